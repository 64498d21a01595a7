// Finds what lost events hid: a repository is compared with how it was seen last, and what differs becomes errands, as if events had told of
// it. Comments are not read again: a command that was lost is given anew by whoever gave it, and is never guessed at hours later.

import type { Errand, Home, ReconcileErrand } from '../../core/errand.ts';
import { lineOf } from '../../core/line.ts';
import { DEFAULT_POLICY, type LinePolicy, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { movedLines, type RepositoryMarks, repositoryMark } from '../../core/repository-state.ts';
import type { AppApi, Situation } from '../app-port.ts';
import { leftBehindNotes, measureTasks } from '../deployment/keep-metrics.ts';
import { findWaiting, seekWaiting } from '../gate/find-waiting.ts';
import { GitHubProblem, type Scene } from '../github-port.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { trainTasks } from '../release/run-train.ts';
import type { NewTask, NotesPort, Outcome } from '../store-port.ts';
import { RECONCILE_STEP, tasksOf } from './errand-task.ts';
import { guardedNote, leftUnguarded } from './guarded.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const RECONCILE_EVERY = HOUR;
/** GitHub's clock and ours are not one. */
const OVERLAP = 10 * MINUTE;
/** What is looked at of a repository that was never seen, or whose policy is another. */
const FIRST_LOOK = 30 * DAY;
/** Newest first; each is a few requests. */
const MOST_PULLS = 100;
const PULL_STEP = 2_000;
/** Lines whose heads are looked at, a query each; merges to others are found by their pull requests. */
const MOST_LINES = 8;

const NOTE = { kind: 'reconciled', name: 'repository' } as const;

interface Seen extends RepositoryMarks {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Blob of the policy: under another one every pull request may read differently. */
  readonly policy: string | null;
}

/** One repository. A query or two where nothing happened. */
export async function reconcile(situation: Situation, { home, waiting }: ReconcileErrand): Promise<Outcome> {
  if (waiting === true) {
    const found = await seekWaiting(situation);
    return { tasks: tasksOf(found.errands, { now: situation.now, delivery: null }), notes: found.notes };
  }
  const { github, notes, repository, now } = situation;
  const note = await notes.note(repository, NOTE.kind, NOTE.name);
  const before = seenIn(note?.body);
  const scene = await github.scene({ releaseBranch });
  const { lines, all, environments, trains } = await linesOf(situation, scene);
  const heads: Record<string, string> = { [scene.branch.name]: scene.branch.sha };
  for (const line of all.slice(0, MOST_LINES)) {
    const head = line === scene.branch.name ? scene.branch.sha : await headOf(situation, line);
    if (head !== null) heads[line] = head;
  }
  const policy = scene.policy?.blob ?? null;
  const shared = repositoryMark({
    defaultBranch: scene.repository.defaultBranch,
    lines: all,
    tags: scene.tags,
    releases: scene.releases,
    policy,
  });
  const marks: RepositoryMarks = { shared, heads };
  const known = before !== null && before.policy === policy;
  const since = new Date(known ? before.at - OVERLAP : now - FIRST_LOOK).toISOString();
  const pulls = (await github.recentPulls('open', since)).slice(0, MOST_PULLS);
  const branches = new Set(movedLines(before, marks));
  if (before !== null) {
    for (const pull of await github.recentPulls('closed', new Date(before.at - OVERLAP).toISOString())) {
      if (pull.state === 'merged' && lineOf(pull.base, lines).line !== null) branches.add(pull.base);
    }
  }
  const drafts = [...branches].map((branch): Errand => ({ kind: 'draft', home, branch }));
  const previews = pulls.map((pull): Errand => ({ kind: 'preview', home, pull: pull.number }));
  const origin = { now, delivery: null };
  const gates = await findWaiting(situation);
  const guards = gates.length > 0 || Object.keys(environments).length > 0;
  const tasks = [
    // Another policy, or an event that was lost, and deployments wait.
    ...tasksOf(gates, origin),
    ...tasksOf(deploymentsOf(home, environments), origin),
    ...(await trainTasks(situation, trains)),
    ...(await measureTasks(situation, environments)),
    ...tasksOf(drafts, origin),
    ...tasksOf(previews, origin).map((task, index) => ({ ...task, runAt: now + index * PULL_STEP })),
  ];
  const body = { at: now, shared, heads, policy };
  return { tasks, notes: [{ repository, ...NOTE, body, expect: note?.version ?? 0 }, guardedNote(home, guards, now)] };
}

interface Lines {
  readonly lines: { readonly lines: readonly LinePolicy[]; readonly defaultBranch: string; readonly branches: readonly string[] };
  /** The default branch first. */
  readonly all: readonly string[];
  readonly trains: Policy['trains'];
  readonly environments: Policy['environments'];
}

async function linesOf({ readPolicy }: Situation, scene: Scene): Promise<Lines> {
  const { defaultBranch } = scene.repository;
  let policy = DEFAULT_POLICY;
  try {
    if (scene.policy !== null) policy = await readPolicy(scene.policy.text);
  } catch (error) {
    // The errand of the default branch will tell people of it.
    if (policyProblemLines(error) === null) throw error;
  }
  const lines = { lines: policy.lines, defaultBranch, branches: scene.branches };
  const others = scene.branches.filter((name) => name !== defaultBranch && lineOf(name, lines).line !== null);
  return {
    lines,
    environments: policy.environments,
    trains: policy.trains,
    all: [...(lineOf(defaultBranch, lines).line === null ? [] : [defaultBranch]), ...others],
  };
}

/** What was deployed where, by whom or what ever, and what of it goes on by itself. */
function deploymentsOf(home: Home, environments: Policy['environments']): readonly Errand[] {
  const follows = Object.keys(environments).map(
    (environment): Errand => ({ kind: 'follow', home, environment, run: null, deployment: null }),
  );
  return Object.values(environments).some((one) => one.promote === 'auto') ? [...follows, { kind: 'promote', home }] : follows;
}

/** Null: it has gone since it was listed. */
async function headOf({ github }: Situation, branch: string): Promise<string | null> {
  try {
    return (await github.scene({ releaseBranch, branch })).branch.sha;
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind === 'not-found') return null;
    throw error;
  }
}

function seenIn(body: unknown): Seen | null {
  const { at, shared, heads, policy = null } = (body ?? {}) as Partial<Seen>;
  if (typeof at !== 'number' || typeof shared !== 'string' || typeof heads !== 'object' || heads === null) return null;
  return { at, shared, heads, policy };
}

export interface ReconcileAllFacts {
  readonly api: Pick<AppApi, 'installations' | 'repositories'>;
  readonly notes: NotesPort;
  readonly now: number;
  /** As soon as the limits allow, as events were lost; else over the hour. */
  readonly soon: boolean;
  /** Told of an installation that cannot be seen. */
  readonly tell: (installation: number, problem: GitHubProblem) => void;
}

/** Every repository of every installation, one after another: always at the same place of the hour, and never more than sixty a minute. */
export async function reconcileAll({ api, notes, now, soon, tell }: ReconcileAllFacts): Promise<Outcome> {
  const homes: Home[] = [];
  const unseen = new Set<number>();
  for (const { id, suspended } of await api.installations()) {
    if (suspended) continue;
    try {
      homes.push(...(await api.repositories(id)));
    } catch (error) {
      // Uninstalled or suspended meanwhile, or at the end of its own limit: the others are not to suffer for it.
      if (!(error instanceof GitHubProblem) || !THEIRS.has(error.kind)) throw error;
      unseen.add(id);
      tell(id, error);
    }
  }
  homes.sort((one, other) => place(one.id) - place(other.id) || one.id - other.id);
  const step = soon ? RECONCILE_STEP : Math.max(RECONCILE_STEP, RECONCILE_EVERY / Math.max(1, homes.length));
  const tasks = homes.map((home, index): NewTask => {
    const [task] = tasksOf([{ kind: 'reconcile', home }], { now, delivery: null });
    return { ...(task as NewTask), runAt: now + Math.floor(index * step) };
  });
  return { tasks, notes: [...(await leftBehindNotes(notes, homes, unseen)), ...(await leftUnguarded(notes, homes, unseen))] };
}

const THEIRS: ReadonlySet<GitHubProblem['kind']> = new Set(['not-found', 'forbidden', 'rate-limited']);

/** Spreads repositories that were made one after another, such as those of one organization (Fibonacci hashing). */
function place(id: number): number {
  return Math.imul(id, 0x9e3779b1) >>> 0;
}
