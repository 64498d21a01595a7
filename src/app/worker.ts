// Takes due tasks from the store and does them: a few at a time, each under a lease that is renewed, each ended together with what it came
// to or not at all. The poll is the truth and `poke` a hint; whatever dies in the middle is begun again by whoever is there.

import { GitHubProblem } from '../flows/github-port.ts';
import { remedyFor, UnreadableDelivery } from '../flows/inbox/remedy.ts';
import { OutgoingProblem } from '../flows/outgoing-port.ts';
import { type Json, type NewTask, type Outcome, type StorePort, StoreProblem, type Task } from '../flows/store-port.ts';
import { isGone, ownerName } from './owner.ts';

/** How tasks of one kind are done. */
export interface Journey {
  readonly run: (task: Task, now: number) => Promise<Outcome>;
  /** Whose limit at GitHub it uses up: `installation:<id>` or `app`; null or absent: none. */
  readonly limit?: (task: Task) => string | null;
  /** Milliseconds after which it comes again by itself, whatever became of it: there is one such task, and it is never given up. */
  readonly every?: number;
  /** Does not wait for its turn when the process starts. */
  readonly atStart?: boolean;
}

export type Journeys = Readonly<Record<string, Journey>>;

export interface WorkerLog {
  readonly info: (fields: object, says: string) => void;
  readonly warn: (fields: object, says: string) => void;
  readonly error: (fields: object, says: string) => void;
}

/** How an attempt ended; `moved` and `lost`: nothing of it was written. */
export type End = 'done' | 'again' | 'later' | 'paused' | 'buried' | 'lost' | 'moved';

export interface WorkerOptions {
  readonly store: StorePort;
  readonly journeys: Journeys;
  readonly log: WorkerLog;
  /** Told of each attempt. */
  readonly ended?: (kind: string, end: End, seconds: number) => void;
  /** Tasks at a time; 4. */
  readonly concurrency?: number;
  readonly leaseMs?: number;
  readonly pollMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

export interface Worker {
  /** There may be something to do: looks at once instead of at the next poll. */
  readonly poke: () => void;
  /** Resolves as soon as nothing is due and nothing running. */
  readonly idle: () => Promise<void>;
  /** Begins nothing more, and resolves when what was begun has ended, or after `within` milliseconds: whoever comes next takes over the rest. */
  readonly stop: (within?: number) => Promise<void>;
}

/** The body of every task is an object, for the worker keeps in it how often the task has given up its place. */
interface Kept {
  readonly round?: number;
  readonly delivery?: string;
  readonly guid?: string;
}

/** Deciding again on notes that moved: somebody else's writes are few. */
const TRIES_WHEN_MOVED = 4;
/** Begun so often without an end of any kind: the process most likely dies of it. */
const BEGUN_AT_MOST = 20;
const STORE_AWAY_AT_MOST = 30_000;

export function startWorker(options: WorkerOptions): Worker {
  const { store, journeys, log, ended = () => undefined, concurrency = 4, leaseMs = 30_000, pollMs = 1_000 } = options;
  const { now = Date.now, random = Math.random } = options;
  const owner = ownerName();
  const running = new Set<Promise<void>>();
  const pauses = new Map<string, number>();
  let stopping = false;
  let abandoned = false;
  let wake: (() => void) | null = null;
  let poked = false;
  let idlers: (() => void)[] = [];

  const poke = () => {
    poked = true;
    wake?.();
  };

  const sleep = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      if (poked || stopping) return resolve();
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function loop(): Promise<void> {
    let away = 0;
    let begun = false;
    while (!stopping) {
      poked = false;
      try {
        if (!begun) {
          await store.reclaim((other) => isGone(other, owner), now());
          await store.add(standing(journeys, now()), now());
        }
        begun = true;
        const room = concurrency - running.size;
        const tasks = room > 0 ? await store.claim({ owner, now: now(), leaseMs, limit: room }) : [];
        if (away > 0) log.info({}, 'The store answers again.');
        away = 0;
        for (const task of tasks) start(task);
        if (tasks.length === 0 && running.size === 0 && !poked) settle();
        // With its last place taken it is woken by an end; else there may be more.
        if (tasks.length === 0 || running.size >= concurrency) await sleep(pollMs);
      } catch (error) {
        away += 1;
        const wait = Math.min(STORE_AWAY_AT_MOST, pollMs * 2 ** Math.min(away, 10));
        if (away === 1) log.error({ err: error }, 'Tasks cannot be taken from the store. It is tried again until it answers.');
        poked = false;
        await sleep(wait);
      }
    }
  }

  function settle(): void {
    const waiting = idlers;
    idlers = [];
    for (const resolve of waiting) resolve();
  }

  function start(task: Task): void {
    const work = begin(task)
      .catch((error: unknown) => {
        // Even giving it back failed: its lease runs out, and somebody begins it again.
        log.error({ ...about(task), err: error }, 'The end of a task could not be written. It will be begun again.');
      })
      .finally(() => {
        running.delete(work);
        poke();
      });
    running.add(work);
  }

  async function begin(task: Task): Promise<void> {
    const lease = { task, owner };
    if (stopping) {
      await store.retry(lease, { at: now(), error: '', free: true });
      return;
    }
    const limit = journeys[task.kind]?.limit?.(task) ?? null;
    const until = limit === null ? 0 : (pauses.get(limit) ?? 0);
    const since = performance.now();
    let end: End;
    if (until > now()) {
      const at = until + Math.floor(random() * 5_000);
      end = (await store.retry(lease, { at, error: 'GitHub’s limit is used up.', free: true })) ? 'paused' : 'lost';
    } else {
      if (limit !== null) pauses.delete(limit);
      const renewal = setInterval(() => {
        if (abandoned) return clearInterval(renewal);
        // What is lost is found out at the end, which is fenced.
        store.renew(lease, now() + leaseMs).catch((error: unknown) => log.warn({ ...about(task), err: error }, 'A lease was not renewed.'));
      }, leaseMs / 3);
      try {
        end = await doTask(task, limit);
      } finally {
        clearInterval(renewal);
      }
    }
    ended(task.kind, end, (performance.now() - since) / 1_000);
  }

  async function doTask(task: Task, limit: string | null): Promise<End> {
    const lease = { task, owner };
    const journey = journeys[task.kind];
    try {
      if (journey === undefined) throw new Error(`Nothing here can do tasks of the kind ${task.kind}: another version wrote it.`);
      if (task.attempts > BEGUN_AT_MOST) throw new Endless(task.attempts);
      for (let tries = 1; ; tries += 1) {
        const outcome = await journey.run(task, now());
        const next = again(task.kind, journey);
        const end = await persist(() =>
          store.finish(lease, next === null ? outcome : { ...outcome, tasks: [...(outcome.tasks ?? []), next] }, now()),
        );
        if (end === 'lost') log.warn(about(task), 'Somebody else has taken this task over, so nothing was written for it here.');
        if (end !== 'moved') return end;
        if (tries === TRIES_WHEN_MOVED) {
          return (await store.retry(lease, { at: now() + 1_000, error: 'What it read was changed meanwhile.' })) ? 'moved' : 'lost';
        }
      }
    } catch (error) {
      return fail(task, error, limit);
    }
  }

  async function fail(task: Task, error: unknown, limit: string | null): Promise<End> {
    const lease = { task, owner };
    const { round = 0 } = kept(task);
    const says = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof Endless ? ({ kind: 'bury' } as const) : remedyFor(error, { task, round, now: now(), random });
    const known = [GitHubProblem, StoreProblem, OutgoingProblem, UnreadableDelivery].some((one) => error instanceof one);
    const fields = { ...about(task), err: error };
    const journey = journeys[task.kind];
    const next = journey === undefined ? null : again(task.kind, journey);
    if (remedy.kind === 'again') {
      if (remedy.pause && limit !== null) pauses.set(limit, remedy.at);
      log[known ? 'warn' : 'error'](fields, `A task failed and is tried again at ${iso(remedy.at)}: ${says}`);
      return (await store.retry(lease, { at: remedy.at, error: says, free: remedy.free })) ? (remedy.pause ? 'paused' : 'again') : 'lost';
    }
    if (next !== null) {
      log.error(fields, `A task that comes again by itself failed, and waits for its next turn: ${says}`);
      return (await store.finish(lease, { tasks: [next] }, now())) === 'done' ? 'later' : 'lost';
    }
    if (remedy.kind === 'later') {
      log.warn(fields, `A task failed and gives up its place; it is tried again at ${iso(remedy.at)}: ${says}`);
      const { key, kind, unique } = task;
      const later: NewTask = { key, kind, body: { ...kept(task), round: remedy.round } as Json, runAt: remedy.at, inherits: true };
      const end = await store.finish(lease, { tasks: [unique === null ? later : { ...later, unique }] }, now());
      return end === 'done' ? 'later' : 'lost';
    }
    log.error(fields, `A task was given up. \`shiplock inbox\` shows it and can begin it anew: ${says}`);
    return (await store.bury(lease, says, now())) ? 'buried' : 'lost';
  }

  function again(kind: string, { every }: Journey): NewTask | null {
    return every === undefined ? null : turn(kind, now() + every);
  }

  async function stop(within: number): Promise<void> {
    stopping = true;
    poke();
    await ending;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, within);
    });
    await Promise.race([Promise.all(running), late]);
    clearTimeout(timer);
    // What hangs keeps its lease no longer: whoever comes next begins it again.
    abandoned = true;
    settle();
  }

  const ending = loop();
  let stopped: Promise<void> | null = null;
  return {
    poke,
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve);
        poke();
      }),
    stop: (within = 25_000) => {
      stopped ??= stop(within);
      return stopped;
    },
  };
}

class Endless extends Error {
  constructor(attempts: number) {
    super(`It was begun ${attempts} times and never came to an end: the process may die of it, or be killed too early.`);
  }
}

/** Tasks that come again by themselves: where one waits already its earlier time stays. */
function standing(journeys: Journeys, now: number): NewTask[] {
  return Object.entries(journeys).flatMap(([kind, { every, atStart = false }]) =>
    every === undefined ? [] : [turn(kind, atStart ? now : now + every)],
  );
}

function turn(kind: string, runAt: number): NewTask {
  return { key: kind, kind, body: {}, unique: kind, runAt };
}

/** The work is done: a moment's failure of the store must not have it done twice. */
async function persist<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreProblem) || tries === 3) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * tries));
    }
  }
}

function kept({ body }: Task): Kept {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Kept) : {};
}

/** What finds it again in the log, the inbox and on GitHub. */
function about(task: Task): object {
  const { delivery, guid } = kept(task);
  return { task: task.id, kind: task.kind, key: task.key, attempts: task.attempts, delivery: delivery ?? guid ?? null };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
