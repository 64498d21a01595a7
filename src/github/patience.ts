// How long to wait for GitHub, and when to ask again. All waiting of one port comes out of one purse, so that a run can never hang: when a
// limit lasts longer than what is left, the problem says until when. Repeating is for those who know that it does no harm.

import { GitHubProblem } from '../flows/github-port.ts';

export interface PatienceOptions {
  /** Most seconds spent on waiting altogether. */
  readonly maxWaitSeconds?: number;
  /** Told of a wait, in words. */
  readonly progress?: (says: string) => void;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

export interface Patience {
  /** Waits and is true, or is false at once where that is longer than what is left. */
  readonly wait: (seconds: number, why: string) => Promise<boolean>;
  /** Before a write: GitHub asks for a second between many of them. */
  readonly pace: () => Promise<void>;
  readonly now: () => number;
  readonly progress: (says: string) => void;
}

const WAIT_SECONDS = 180;
/** "If you are making a large number of … requests, wait at least one second between each", and at most 80 a minute make content. */
const WRITES_AT_ONCE = 20;
const SPACE = 1_000;

export function patienceOf(options: PatienceOptions): Patience {
  const { progress = () => undefined, sleep = pause, now = Date.now } = options;
  let left = options.maxWaitSeconds ?? WAIT_SECONDS;
  let writes = 0;
  let slot = 0;
  return {
    now,
    progress,
    wait: async (seconds, why) => {
      if (seconds > left) return false;
      left -= seconds;
      progress(`${why} Waiting ${spell(seconds)}.`);
      await sleep(seconds * 1_000);
      return true;
    },
    pace: async () => {
      writes += 1;
      slot = writes > WRITES_AT_ONCE ? Math.max(now(), slot + SPACE) : now();
      if (slot > now()) await sleep(slot - now());
    },
  };
}

/** Failures of GitHub itself that are tried again, for what may be repeated. */
const TRIES = 4;

export interface Persistence {
  readonly repeatable: boolean;
  /** Not where GitHub answered that it could not: less will be asked for. */
  readonly heavy: boolean;
}

/** Sends, and sends again: after a limit always, as nothing has happened; after any other failure only what is `repeatable`. */
export async function persist<T>(send: () => Promise<T>, how: Persistence, patience: Patience): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof GitHubProblem)) throw error;
      if (error.kind === 'rate-limited' && error.until !== null) {
        // A second at least: a limit that ends at once, again and again, must come to an end.
        const seconds = Math.max(1, Math.ceil((Date.parse(error.until) - patience.now()) / 1_000));
        if (await patience.wait(seconds, error.message)) continue;
      } else if (error.kind === 'unavailable' && how.repeatable && !(how.heavy && error.status !== null)) {
        failures += 1;
        if (failures < TRIES && (await patience.wait(2 ** (failures - 1), error.message))) continue;
      }
      throw error;
    }
  }
}

function spell(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 120) return whole === 1 ? 'a second' : `${whole} seconds`;
  return `${Math.ceil(whole / 60)} minutes`;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
