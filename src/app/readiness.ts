// Whether the App could do its work at this moment: the store answers, and GitHub knows the credentials. Asked often, by machines; what it
// asks of others is asked seldom.

import { GitHubProblem } from '../flows/github-port.ts';
import type { StorePort } from '../flows/store-port.ts';
import type { AppSeen } from './probot.ts';

export interface Readiness {
  readonly ready: boolean;
  /** `ok`, or why not: words for an operator, without a name of a repository. */
  readonly store: string;
  readonly credentials: string;
}

export interface ReadinessOptions {
  readonly store: Pick<StorePort, 'ping'>;
  /** Asks GitHub who we are; null: there are no credentials yet. */
  readonly look: () => (() => Promise<AppSeen>) | null;
  readonly now: () => number;
  /** Told each time that the state is another than before. */
  readonly changed?: (readiness: Readiness) => void;
}

export interface ReadinessCheck {
  readonly check: () => Promise<Readiness>;
  /** The credentials are others now. */
  readonly anew: () => void;
}

/** Milliseconds that GitHub's answer counts; a no is asked again sooner. */
const GOOD = 60_000;
const BAD = 10_000;
/** Milliseconds for the store's answer. */
const STORE = 5_000;

export function makeReadiness({ store, look, now, changed = () => undefined }: ReadinessOptions): ReadinessCheck {
  let credentials: { readonly says: Promise<string>; until: number } | null = null;
  let worked = false;
  let last = '';

  const askGitHub = async (ask: () => Promise<AppSeen>): Promise<string> => {
    try {
      await ask();
      worked = true;
      return 'ok';
    } catch (error) {
      const refused = error instanceof GitHubProblem && ['unauthorised', 'forbidden', 'not-found'].includes(error.kind);
      // GitHub being away is no fault of the credentials: to leave the rotation for it would lose webhooks as well.
      if (worked && !refused) return 'ok';
      return error instanceof GitHubProblem ? error.message : 'GitHub could not be asked; the log says why.';
    }
  };

  const checkCredentials = async (): Promise<string> => {
    const ask = look();
    if (ask === null) return 'There are none yet: open / to set the App up.';
    if (credentials === null || credentials.until <= now()) {
      const entry = { says: askGitHub(ask), until: now() + GOOD };
      credentials = entry;
      if ((await entry.says) !== 'ok') entry.until = now() + BAD;
    }
    return credentials.says;
  };

  const checkStore = async (): Promise<string> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve('The store does not answer.'), STORE);
    });
    try {
      return await Promise.race([store.ping().then(() => 'ok'), late]);
    } catch (error) {
      return (error as Error).message;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    check: async () => {
      const [stored, known] = await Promise.all([checkStore(), checkCredentials()]);
      const readiness = { ready: stored === 'ok' && known === 'ok', store: stored, credentials: known };
      const state = `${stored}\n${known}`;
      if (state !== last) changed(readiness);
      last = state;
      return readiness;
    },
    anew: () => {
      credentials = null;
      worked = false;
    },
  };
}
