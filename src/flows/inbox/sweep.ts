// GitHub sends a delivery once: what did not arrive is found in its log of the App's webhook, and taken as if it had come. Nothing is asked
// to be sent again, so that a long outage does not end in a storm.

import { deliveryKey } from '../../core/errand-of.ts';
import type { AppApi, DeliverySeen } from '../app-port.ts';
import { GitHubProblem } from '../github-port.ts';
import type { Delivery, Json, NewTask, Outcome, StorePort } from '../store-port.ts';
import { nextTurns } from './guarded.ts';

const MINUTE = 60_000;

/** GitHub lists a delivery a little after it was sent, and its clock is not ours. */
const OVERLAP = 10 * MINUTE;
/** What was sent so lately may still be on its way in; the next sweep sees it, too. */
const ON_ITS_WAY = MINUTE / 2;
/** Without a sweep for so long the App was away, and more than deliveries may have been lost. */
const AWAY = 10 * MINUTE;
/** Of one sweep: pages of a hundred, and payloads, a request each. */
const PAGES = 20;
const PAYLOADS = 40;
/** Until what a sweep left is gone on with: some five thousand payloads an hour. */
const SOON = MINUTE / 2;
/** Kept between sweeps; beyond them comparing the repositories is cheaper. */
const MISSING = 5_000;

const NOTE = { repository: 'app', kind: 'sweep', name: 'log' } as const;

export interface SweepFacts {
  readonly api: Pick<AppApi, 'deliveries' | 'delivery'>;
  readonly store: Pick<StorePort, 'note' | 'notes' | 'known' | 'accept'>;
  readonly now: number;
  /** Milliseconds from one sweep to the next. */
  readonly every: number;
  /** Told what was done, in words, where there was something. */
  readonly tell: (swept: Swept) => void;
}

export interface Swept {
  /** Deliveries that had been lost and were taken. */
  readonly found: number;
  /** Left for the next sweep. */
  readonly left: number;
  /** Events may have been lost for good, so that all repositories are compared anew. */
  readonly gap: boolean;
  /** Why it stopped before its end. */
  readonly problem: GitHubProblem | null;
}

/** What is remembered from one sweep to the next. */
interface SweepState {
  /** When the last sweep was. */
  readonly at: number;
  /** The log was looked at up to here. */
  readonly since: number;
  readonly walk: Walk | null;
  /** Up to when looks for runs that wait are spent; null: there was none. */
  readonly spent: number | null;
}

/** A look at the log that is not at its end. */
interface Walk {
  /** When it began: the next looks back to there. */
  readonly top: number;
  /** The page to go on with; null: the log is read, and the payloads are being fetched. */
  readonly page: string | null;
  readonly listed: boolean;
  /** Newest first, as the log is. */
  readonly missing: readonly Missing[];
}

type Missing = readonly [id: number, guid: string, event: string, action: string | null];

export async function sweep(facts: SweepFacts): Promise<Outcome> {
  const { store, now, every, tell } = facts;
  const note = await store.note(NOTE.repository, NOTE.kind, NOTE.name);
  const before = stateIn(note?.body);
  const away = before === null || now - before.at > Math.max(AWAY, 3 * every);
  // On the first start there is nothing to be taken: what was sent before is nobody's, or was done by the App with the store before this.
  const since = before?.since ?? now - OVERLAP;
  const first = before?.walk ?? { top: now, page: null, listed: false, missing: [] };
  const { walk, found, gap, problem } = await advance(facts, first, since - OVERLAP);
  // Where nothing was won the worker waits and tries again, as for any other task.
  if (problem !== null && walk === first) throw problem;
  const over = walk.listed && walk.missing.length === 0;
  // What GitHub never sent is in no log.
  const turns = await nextTurns(store, now, every, before?.spent ?? null);
  const state: SweepState = { at: now, since: over ? walk.top : since, walk: over ? null : walk, spent: turns.spent };
  if (found > 0 || away || gap || problem !== null) tell({ found, left: walk.missing.length, gap: gap || away, problem });
  const tasks: NewTask[] = [
    ...(over || problem !== null ? [] : [{ key: 'sweep', kind: 'sweep', body: {}, unique: 'sweep', runAt: now + SOON }]),
    ...(gap || away ? [RECONCILE_SOON] : []),
    ...turns.tasks,
  ];
  return { tasks, notes: [{ ...NOTE, body: state as unknown as Json, expect: note?.version ?? 0 }, ...turns.notes] };
}

/** Its own name: the hourly one waits under another, and is not for now. */
const RECONCILE_SOON: NewTask = { key: 'reconcile-all', kind: 'reconcile-all', body: { soon: true }, unique: 'reconcile-all/soon' };

interface Advance {
  readonly walk: Walk;
  readonly found: number;
  readonly gap: boolean;
  readonly problem: GitHubProblem | null;
}

async function advance(facts: SweepFacts, first: Walk, until: number): Promise<Advance> {
  let walk = first;
  let found = 0;
  let gap = false;
  try {
    for (let pages = 0; !walk.listed && pages < PAGES; pages += 1) walk = await readPage(facts, walk, until);
    if (walk.missing.length > MISSING) {
      walk = { ...walk, missing: walk.missing.slice(0, MISSING) };
      gap = true;
    }
    // In the order in which they were sent: the last word of two commands is the later one's.
    for (let fetched = 0; walk.listed && fetched < PAYLOADS; fetched += 1) {
      const next = walk.missing.at(-1);
      if (next === undefined) break;
      if (await take(facts, next)) found += 1;
      else gap = true;
      walk = { ...walk, missing: walk.missing.slice(0, -1) };
    }
  } catch (error) {
    if (!(error instanceof GitHubProblem)) throw error;
    return { walk, found, gap, problem: error };
  }
  return { walk, found, gap, problem: null };
}

async function readPage({ api, store, now }: SweepFacts, walk: Walk, until: number): Promise<Walk> {
  const { deliveries, next } = await api.deliveries(walk.page);
  const young = deliveries.filter(({ deliveredAt }) => !(Date.parse(deliveredAt) < until));
  const known = await store.known(young.map(guidOf));
  const listed = new Set(walk.missing.map(([, guid]) => guid));
  const missing = [...walk.missing];
  for (const one of young) {
    const guid = guidOf(one);
    // Several attempts at one event have one GUID, and one payload.
    if (known.has(guid) || listed.has(guid) || Date.parse(one.deliveredAt) > now - ON_ITS_WAY) continue;
    listed.add(guid);
    missing.push([one.id, guid, one.event, one.action]);
  }
  const end = next === null || young.length < deliveries.length;
  return { ...walk, page: end ? null : next, listed: end, missing };
}

/** False: GitHub has it no more. */
async function take({ api, store, now }: SweepFacts, [id, guid, event, action]: Missing): Promise<boolean> {
  // Numbers beyond these were rounded on the way here, and would name another delivery.
  const payload = Number.isSafeInteger(id) ? await api.delivery(id) : null;
  if (typeof payload !== 'object' || payload === null) return false;
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const delivery: Delivery = { guid, event, action, key: deliveryKey(payload), payload: bytes, receivedAt: now };
  await store.accept([delivery]);
  return true;
}

/** As the intake writes it. */
function guidOf({ guid }: DeliverySeen): string {
  return guid.toLowerCase();
}

function stateIn(body: unknown): SweepState | null {
  const { at, since, walk = null, spent = null } = (body ?? {}) as Partial<SweepState>;
  return typeof at === 'number' && typeof since === 'number' ? { at, since, walk, spent } : null;
}
