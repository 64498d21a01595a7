// The four keys of every repository whose policy has environments, kept up to date in the store for `/metrics`, which reads them there and
// nothing at GitHub. They are worked out anew after each deployment and a few times a day, by whichever process has the task.

import type { Home, MeasureErrand } from '../../core/errand.ts';
import { type OverrideSeen, overriddenDeployments, overrideIn } from '../../core/metrics/overridden.ts';
import type { CarriedChange, EnvironmentMetrics } from '../../core/metrics.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { Situation } from '../app-port.ts';
import type { Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { policyProblemLines } from '../policy-problem.ts';
import type { Json, NewTask, Note, NotesPort, NoteWrite, Outcome } from '../store-port.ts';
import { type LoadMemory, measureEach } from './metrics.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The period of the gauges. */
const DAYS = 30;
const EVERY = 6 * HOUR;
/** After a deployment: whoever deploys has the first turn at GitHub's limit. */
const AFTERWARDS = 5 * MINUTE;
/** Older figures are of nobody's today. */
const STALE = 3 * DAY;
/** Of the policy's, in its order. */
const MOST_ENVIRONMENTS = 20;
/** Read anew each time at most, a call or two each; the others are known from the last time, or read the next time. */
const MOST_RANGES = 60;
/** The longest that an override can matter: the period, and what is read before it. */
const KEPT = (DAYS + 90) * DAY;

/** All repositories' are together, so that whoever shows them asks once. */
const NOTE = { repository: 'app', kind: 'four-keys' } as const;

export interface MeasuredRepository {
  /** `owner/name`. */
  readonly repository: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly environments: readonly EnvironmentMetrics[];
}

interface Kept extends MeasuredRepository {
  readonly v: 1;
  readonly installation: number;
  /** The record has been read up to this entry, and these were in it. */
  readonly read: number;
  readonly overrides: readonly OverrideSeen[];
}

/** Those that are wanted and not older than they may be. */
export async function measuredRepositories(
  notes: NotesPort,
  wanted: (repository: string) => boolean,
  now: number,
): Promise<readonly MeasuredRepository[]> {
  const all = (await notes.notes(NOTE.repository, NOTE.kind)).flatMap((note) => keptIn(note) ?? []);
  return all.filter(({ repository, at }) => wanted(repository) && now - at < STALE);
}

/** It is time again; also where environments, or the operator's wish, have come or gone. */
export async function measureTasks(
  situation: Pick<Situation, 'notes' | 'home' | 'now' | 'measures'>,
  environments: Policy['environments'],
): Promise<readonly NewTask[]> {
  const { notes, home, now } = situation;
  const note = await notes.note(NOTE.repository, NOTE.kind, String(home.id));
  if (!isMeasured(situation, environments)) return note === null ? [] : tasksOf([{ kind: 'measure', home }], { now, delivery: null });
  const kept = keptIn(note);
  if (kept !== null && kept.repository === nameOf(home) && now - kept.at < EVERY) return [];
  return laterTasks(situation);
}

/** Something has been deployed, or has failed to be. */
export function measureAfter(
  situation: Pick<Situation, 'home' | 'now' | 'measures'>,
  environments: Policy['environments'],
): readonly NewTask[] {
  return isMeasured(situation, environments) ? laterTasks(situation) : [];
}

function isMeasured({ home, measures }: Pick<Situation, 'home' | 'measures'>, environments: Policy['environments']): boolean {
  return measures?.(nameOf(home)) === true && Object.keys(environments).length > 0;
}

function laterTasks({ home, now }: Pick<Situation, 'home' | 'now'>): readonly NewTask[] {
  return tasksOf([{ kind: 'measure', home }], { now, delivery: null }).map((task) => ({ ...task, runAt: now + AFTERWARDS }));
}

/** `memory` is of all repositories. */
export async function keepMetrics(situation: Situation, { home }: MeasureErrand, memory: LoadMemory): Promise<Outcome> {
  const { github, gates, notes, now } = situation;
  const note = await notes.note(NOTE.repository, NOTE.kind, String(home.id));
  const none: Outcome = note === null ? {} : { notes: [forgotten(note)] };
  if (situation.measures?.(nameOf(home)) !== true) return none;
  const scene = await github.scene({ releaseBranch });
  const policy = await policyIn(situation, scene);
  // By a policy that cannot be used nothing is known to have gone.
  if (policy === null) return {};
  const names = Object.keys(policy.environments).slice(0, MOST_ENVIRONMENTS);
  if (names.length === 0) return none;
  const before = keptIn(note);
  const { read, overrides } = await readOverrides(situation, before);
  const measured = await measureEach(
    {
      github,
      gates,
      memory: memoryOf(memory, home),
      mostRanges: MOST_RANGES,
      deployers: async () => policy.deployers,
      overridden: async (environment, deployments) => ({ known: true, value: overriddenDeployments(overrides, environment, deployments) }),
    },
    names,
    { from: now - DAYS * DAY, to: now },
  );
  // They tell when they are of, and it is tried again within the hour.
  if (before !== null && now - before.at < STALE && measured.some((one) => isLost(one, before))) return {};
  const { owner, name } = scene.repository;
  const kept: Kept = {
    v: 1,
    repository: `${owner}/${name}`,
    installation: home.installation,
    at: now,
    // Gauges show neither.
    environments: measured.map((one) => ({ ...one, failures: [], remarks: [] })),
    read,
    overrides,
  };
  return { notes: [{ ...NOTE, name: String(home.id), body: kept as unknown as Json }] };
}

/** Commits have one name everywhere; pull requests are those of one repository. */
function memoryOf({ get, set }: LoadMemory, { id }: Home): LoadMemory {
  return { get: (key) => get(`${id} ${key}`), set: (key, load) => set(`${id} ${key}`, load) };
}

/** It was known the last time, and could not be seen now. */
function isLost({ environment, frequency }: EnvironmentMetrics, { environments }: Kept): boolean {
  return !frequency.known && environments.some((one) => one.environment === environment && one.frequency.known);
}

/** Null: it cannot be read. */
async function policyIn({ readPolicy }: Situation, { policy }: Scene): Promise<Policy | null> {
  if (policy === null) return DEFAULT_POLICY;
  try {
    return await readPolicy(policy.text);
  } catch (error) {
    if (policyProblemLines(error) === null) throw error;
    return null;
  }
}

/** On from where it was read to, and from its beginning where another record has taken its place. */
async function readOverrides(
  { head, entries, now }: Situation,
  kept: Kept | null,
): Promise<{ readonly read: number; readonly overrides: readonly OverrideSeen[] }> {
  const end = (await head())?.seq ?? 0;
  const before = kept !== null && kept.read <= end ? kept : { read: 0, overrides: [] };
  const found = before.overrides.filter(({ at }) => Date.parse(at) > now - KEPT);
  let read = before.read;
  while (entries !== undefined && read < end) {
    const page = await entries({ after: read, limit: 500 });
    found.push(...page.flatMap(({ text }) => overrideIn(text) ?? []));
    read = page.at(-1)?.seq ?? end;
  }
  return { read, overrides: found };
}

/** What is kept of repositories that the App is not installed on any more; of an installation that could not be seen nothing is known. */
export async function leftBehindNotes(
  notes: NotesPort,
  homes: readonly Home[],
  unseen: ReadonlySet<number>,
): Promise<readonly NoteWrite[]> {
  const there = new Set(homes.map(({ id }) => String(id)));
  const all = await notes.notes(NOTE.repository, NOTE.kind);
  return all.flatMap((note) => {
    const installation = keptIn(note)?.installation;
    return there.has(note.name) || (installation !== undefined && unseen.has(installation)) ? [] : [forgotten(note)];
  });
}

function forgotten({ name, version }: Note): NoteWrite {
  return { ...NOTE, name, body: null, expect: version };
}

/** Null: there is none, or another version has written it. */
function keptIn(note: Note | null): Kept | null {
  const body = (note?.body ?? null) as Kept | null;
  return body?.v === 1 ? body : null;
}

function nameOf({ owner, name }: Home): string {
  return `${owner}/${name}`;
}

/** Holds so many commits, and lets those go that came first. */
export function rememberLoads(most = 50_000): LoadMemory {
  const known = new Map<string, readonly CarriedChange[]>();
  let held = 0;
  return {
    get: (key) => known.get(key),
    set: (key, load) => {
      if (known.has(key)) return;
      known.set(key, load);
      held += load.length + 1;
      for (const [first, old] of known) {
        if (held <= most) break;
        known.delete(first);
        held -= old.length + 1;
      }
    },
  };
}
