// Plan the line's next release from a clone, and render its notes: what `plan` and `notes` do. One reading of the refs and one of the
// range suffice for most repositories; whatever more is read is read because the range asks for it.

import { type History, type HistoryInput, judgeUnits, packagesOf } from '../../core/history.ts';
import { contributorKey } from '../../core/notes/contributors.ts';
import { renderNotes } from '../../core/notes.ts';
import { type Plan, planRelease } from '../../core/plan.ts';
import type { PackagePolicy } from '../../core/policy.ts';
import { type Units, unitsOf } from '../../core/unit.ts';
import { maxBump } from '../../core/version.ts';
import type { GitPort, Refs, Remote } from '../ports.ts';
import { pickedBefore, twinsBefore } from './duplicates.ts';
import { type CloneRequest, openClone, placeVersions, readSince } from './observe-clone.ts';

export interface PlanRequest extends CloneRequest {
  readonly releaseAs?: string;
  /** Tell who contributed for the first time; walks the history before the range. */
  readonly newcomers?: boolean;
}

/** A plan with its notes; for a monorepo, one of each package besides. */
export interface Planned extends Plan {
  readonly notes: string;
  readonly head: string | null;
  readonly packages?: readonly Planned[];
  /** What was assumed, in words. */
  readonly remarks: readonly string[];
  /** The release that `to` names, where it names one: what the notes are of, instead of the next. */
  readonly released: { readonly tag: string; readonly version: string } | null;
}

/** Plans from a clone. Throws `GitProblem` where the clone cannot answer. */
export async function planFromClone(git: GitPort, request: PlanRequest): Promise<Planned> {
  const refs = git.readRefs(request.dir);
  const remote = git.readRemote(request.dir);
  // Both are awaited further on; a failure must not go unhandled until then.
  refs.catch(() => undefined);
  remote.catch(() => undefined);
  const whole = await planOne(git, request, { refs, remote }, null);
  if (request.policy.packages.length === 0) return whole;
  const packages: Planned[] = [];
  for (const one of request.policy.packages) packages.push(await planOne(git, request, { refs, remote }, one));
  return together(whole, packages);
}

/** A repository of packages has no number and no tag of its own: as a whole it is what its packages are. */
function together(whole: Planned, packages: readonly Planned[]): Planned {
  const released = packages.filter((one) => one.version !== null);
  const kinds = new Set(packages.map((one) => one.kind));
  return {
    ...whole,
    since: null,
    kind: kinds.has('feature') ? 'feature' : kinds.has('maintenance') ? 'maintenance' : 'none',
    bump: maxBump(packages.map((one) => one.bump)),
    version: null,
    tag: null,
    prerelease: false,
    latest: false,
    because: ['Each package has a number of its own.'],
    changes: onceEach(packages.flatMap((one) => one.changes)),
    excluded: onceEach(packages.flatMap((one) => one.excluded)),
    objections: packages.flatMap((one) => one.objections),
    alarms: whole.alarms.filter((one) => one.code === 'change-in-no-package'),
    notes: released.map((one) => `## ${one.package} ${one.version}\n\n${one.notes}`).join('\n\n') || 'No package has anything to release.',
    packages,
  };
}

function onceEach<T extends { readonly sha: string }>(all: readonly T[]): T[] {
  return [...new Map(all.map((one) => [one.sha, one])).values()];
}

interface Begun {
  readonly refs: Promise<Refs>;
  readonly remote: Promise<Remote | null>;
}

/** Changes that nothing but their paths can tell of: more than these are not worth a diff each. */
const FILES_LIMIT = 300;

async function planOne(git: GitPort, request: PlanRequest, begun: Begun, one: PackagePolicy | null): Promise<Planned> {
  const { plan, head, remarks, released } = await decide(git, request, begun, one);
  const remote = await begun.remote;
  const newcomers =
    request.newcomers === true && plan.since !== null ? await firstTimers(git, request.dir, plan.since.sha, plan.changes) : null;
  const notes = renderNotes({
    version: released?.version ?? plan.version,
    tag: released?.tag ?? plan.tag,
    kind: plan.kind,
    previousTag: plan.since?.tag ?? null,
    repository: remote === null ? null : { host: remote.host, owner: remote.owner, name: remote.repository },
    changes: plan.changes,
    policy: request.policy.notes,
    ...(newcomers === null ? {} : { firstTime: newcomers }),
  });
  return { ...plan, notes, head, remarks, released };
}

interface Decided {
  readonly plan: Plan;
  readonly head: string | null;
  readonly remarks: readonly string[];
  readonly released: Planned['released'];
}

/** Apart from the notes, so that the commits and their messages, of which there may be many, are let go of before those are written. */
async function decide(git: GitPort, request: PlanRequest, begun: Begun, one: PackagePolicy | null): Promise<Decided> {
  const { policy, dir } = request;
  const files = policy.packages.length > 0;
  const opened = openClone(begun.refs, request, one);
  const range = await readSince(git, request, opened, files);
  const clone = await opened;
  const placed = placeVersions(git, dir, range, clone.tags);
  placed.catch(() => undefined);
  const all = unitsOf(range.commits, range.headSha ?? '');
  const units = one === null ? all : { ...all, units: all.units.filter((unit) => packagesOf(unit, policy).includes(one.name)) };
  const facts = { policy, ...(await pickedBefore(git, dir, units, range)), ...(await twinsBefore(git, dir, units, range)) };
  const history = await withPaths(git, dir, units, facts, judgeUnits(units, facts));
  const plan = planRelease({
    policy,
    line: clone.line,
    since: range.since,
    history,
    template: clone.templates.write,
    ...(await placed),
    releaseAs: request.releaseAs ?? null,
    package: one?.name ?? null,
  });
  const to = request.to?.replace(/^refs\/tags\//, '');
  const release = to === undefined ? undefined : clone.tags.find(({ tag }) => tag.name === to);
  const released = release === undefined ? null : { tag: release.tag.name, version: release.version.text };
  return { plan, head: range.headSha, remarks: clone.remarks, released };
}

/** Judges anew, by the paths they touch, changes that nothing else told of. */
async function withPaths(
  git: GitPort,
  dir: string,
  units: Units,
  facts: Omit<HistoryInput, 'commits' | 'head'>,
  history: History,
): Promise<History> {
  if (facts.policy.packages.length > 0) return history;
  const undecided = history.changes.filter((change) => change.classification.because[0]?.source === 'default').slice(0, FILES_LIMIT);
  if (undecided.length === 0) return history;
  const judged = new Map(history.changes.map((change) => [change.sha, change]));
  for (const { sha } of undecided) judged.delete(sha);
  const wanted = new Set(undecided.map((change) => change.sha));
  const commits = units.units.map((unit) => unit.commit).filter((commit) => wanted.has(commit.sha));
  return judgeUnits(units, { ...facts, files: await git.readFiles(dir, commits), judged });
}

async function firstTimers(git: GitPort, dir: string, base: string, changes: Plan['changes']): Promise<ReadonlySet<string>> {
  const people = changes.flatMap((change) => change.authors);
  const emails = new Set(people.flatMap((who) => who.email?.toLowerCase() ?? []));
  const before = await git.readAuthors(dir, base, emails);
  return new Set(people.filter((who) => who.email !== undefined && !before.has(who.email.toLowerCase())).map(contributorKey));
}
