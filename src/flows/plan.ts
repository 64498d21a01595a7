// Observe a clone, plan the line's next release, and render its notes: what `plan` and `notes` do. One reading of the refs and one of the
// range suffice for most repositories; whatever more is read is read because the range asks for it.

import type { Commit } from '../core/change.ts';
import { judgeUnits, packagesOf } from '../core/history.ts';
import { baseCandidates, lineOf, type PlacedLine } from '../core/line.ts';
import { slotOf } from '../core/line-range.ts';
import { renderNotes } from '../core/notes.ts';
import { type Plan, planRelease, type Since } from '../core/plan.ts';
import type { PackagePolicy, Policy } from '../core/policy.ts';
import { detectTagTemplate, readTags, type TagTemplates } from '../core/tag.ts';
import { type Units, unitsOf } from '../core/unit.ts';
import { compareVersions, isPrerelease } from '../core/version.ts';
import { type GitPort, GitProblem, type Ref, type Refs, type Remote } from './ports.ts';

export interface PlanRequest {
  readonly dir: string;
  readonly policy: Policy;
  /** Branch whose line is planned; absent: the one that is checked out. */
  readonly line?: string;
  /** Tag to plan from, whatever line it is on. */
  readonly since?: string;
  /** Revision to plan up to; absent: the line's branch. */
  readonly to?: string;
  readonly releaseAs?: string;
  /** Tell who contributed for the first time; walks the history before the range. */
  readonly newcomers?: boolean;
  /** Told of a step that may take long, in words. */
  readonly progress?: (says: string) => void;
}

/** A plan with its notes; for a monorepo, one of each package besides. */
export interface Planned extends Plan {
  readonly notes: string;
  readonly head: string | null;
  readonly packages?: readonly Planned[];
  /** What was assumed, in words. */
  readonly remarks: readonly string[];
}

/** Plans from a clone. Throws `GitProblem` where the clone cannot answer. */
export async function planFromClone(git: GitPort, request: PlanRequest): Promise<Planned> {
  const { dir, policy } = request;
  const remoteRead = git.readRemote(dir);
  // Awaited below; a failure here must not go unhandled while the refs are read.
  remoteRead.catch(() => undefined);
  const refs = await git.readRefs(dir);
  const remarks: string[] = [];
  const found = findLine(refs, request, remarks);
  const all = { refs, line: found.line, head: found.head, remote: remoteRead, remarks };
  if (policy.packages.length === 0) return planOne(git, request, all, null);
  const whole = await planOne(git, request, all, null);
  const packages: Planned[] = [];
  for (const one of policy.packages) packages.push(await planOne(git, request, all, one));
  return { ...whole, packages };
}

interface Clone {
  readonly refs: Refs;
  readonly line: PlacedLine;
  readonly head: string;
  readonly remote: Promise<Remote | null>;
  readonly remarks: string[];
}

function findLine(refs: Refs, request: PlanRequest, remarks: string[]): { readonly line: PlacedLine; readonly head: string } {
  const branches = [...refs.heads.map((ref) => ref.name), ...refs.remoteHeads.map((ref) => ref.name)];
  const facts = { lines: request.policy.lines, defaultBranch: refs.defaultBranch ?? guessDefault(refs, branches), branches };
  const name = request.line ?? refs.current ?? facts.defaultBranch ?? 'main';
  const found = lineOf(name, facts);
  for (const problem of found.problems) remarks.push(problem);
  const head = request.to ?? headOf(refs, request.line);
  if (found.line !== null) return { line: found.line, head };
  // On a topic branch people ask what the release would be if it were merged: the main line's rules, this branch's history.
  const main = lineOf(facts.defaultBranch ?? 'main', { ...facts, lines: [] }).line as PlacedLine;
  remarks.push(`${found.says} It is planned as if it were merged to ${main.name}.`);
  return { line: main, head };
}

/** Where `origin/HEAD` is not known: main or master if there is one, else the branch that is checked out. */
function guessDefault(refs: Refs, branches: readonly string[]): string | null {
  return ['main', 'master'].find((name) => branches.includes(name)) ?? refs.current;
}

function headOf(refs: Refs, line: string | undefined): string {
  if (line === undefined || line === refs.current) return 'HEAD';
  const local = refs.heads.find((ref) => ref.name === line);
  if (local !== undefined) return local.sha;
  const remote = refs.remoteHeads.find((ref) => ref.name === line);
  if (remote !== undefined) return remote.sha;
  throw new GitProblem('unknown-ref', `There is no branch ${line} in this clone. Fetch it, or name another with --line.`, line);
}

async function planOne(git: GitPort, request: PlanRequest, clone: Clone, one: PackagePolicy | null): Promise<Planned> {
  const { policy } = request;
  const { refs, line } = clone;
  const templates = templatesFor(refs.tags, policy, one);
  const tags = readTags(refs.tags, templates.read, one?.name ?? '');
  const versionsOfTag = new Map(tags.map(({ tag, version }) => [tag.name, version]));
  const existing = [...versionsOfTag.values()];
  const range = await readRange(git, request, clone, tags);
  const since = range.base === null ? null : sinceOf(range.base, range.baseSha, versionsOfTag);
  const placed = await placeVersions(git, request.dir, range, tags, since);
  let units = range.units;
  if (one !== null) units = { ...units, units: units.units.filter((unit) => packagesOf(unit, policy).includes(one.name)) };
  const facts = { policy, ...(await pickedBefore(git, request.dir, units, range)), ...(await twinsBefore(git, request.dir, units, range)) };
  let history = judgeUnits(units, facts);
  const undecided = history.changes.filter((change) => change.classification.because[0]?.source === 'default').slice(0, FILES_LIMIT);
  if (undecided.length > 0 && !range.withFiles) {
    const wanted = new Set(undecided.map((change) => change.sha));
    const commits = units.units.map((unit) => unit.commit).filter((commit) => wanted.has(commit.sha));
    history = judgeUnits(units, { ...facts, files: await git.readFiles(request.dir, commits) });
  }
  const plan = planRelease({
    policy,
    line,
    since,
    history,
    template: templates.write,
    existing,
    within: placed.within,
    elsewhere: placed.elsewhere,
    stable: placed.stable,
    releaseAs: request.releaseAs ?? null,
    package: one?.name ?? null,
  });
  const remote = await clone.remote;
  const newcomers =
    request.newcomers === true && since !== null ? await firstTimers(git, request.dir, since.sha, history.changes) : undefined;
  const notes = renderNotes({
    version: plan.version,
    tag: plan.tag,
    previousTag: since?.tag ?? null,
    repository: remote === null ? null : { host: remote.host, owner: remote.owner, name: remote.repository },
    changes: plan.changes,
    policy: policy.notes,
    ...(newcomers === undefined ? {} : { firstTime: newcomers }),
  });
  return { ...plan, notes, head: range.headSha, remarks: clone.remarks };
}

/** Changes that nothing but their paths can tell of: more than these are not worth a diff each. */
const FILES_LIMIT = 300;

function templatesFor(tags: readonly Ref[], policy: Policy, one: PackagePolicy | null): TagTemplates {
  const template = one === null ? policy.release.tag : one.tag;
  if (template !== null) return { read: [template], write: template };
  return one === null ? detectTagTemplate(tags) : detectTagTemplate(tags, one.name);
}

interface Range {
  readonly base: string | null;
  readonly baseSha: string | null;
  readonly headSha: string | null;
  readonly units: Units;
  readonly commits: readonly Commit[];
  readonly withFiles: boolean;
}

type VersionTag = { readonly tag: Ref; readonly version: string };

/** Candidates tried one by one before every tag is asked for: most often the first is it. */
const TRIES = 3;

/** Reads `base..head` from the newest version of the line that head's history holds. */
async function readRange(git: GitPort, request: PlanRequest, clone: Clone, tags: readonly VersionTag[]): Promise<Range> {
  const files = request.policy.packages.length > 0;
  const read = async (base: string | null): Promise<Range | null> => {
    const commits: Commit[] = [];
    const result = await git.readRange(request.dir, {
      head: clone.head,
      base,
      ...(files ? { files } : {}),
      onCommit: (commit) => commits.push(commit),
    });
    if (base !== null && !result.baseIsAncestor) return null;
    const units = unitsOf(commits, result.headSha ?? '');
    return { base, baseSha: result.baseSha, headSha: result.headSha, units, commits, withFiles: files };
  };
  if (request.since !== undefined) {
    const range = await read(request.since);
    if (range !== null) return range;
    throw new GitProblem(
      'unknown-ref',
      `${request.since} is not in the history that is planned. Name a tag that is, with --since.`,
      request.since,
    );
  }
  const byVersion = new Map(tags.map(({ tag, version }) => [version, tag.name]));
  const candidates = baseCandidates(clone.line, byVersion.keys());
  for (const version of candidates.slice(0, TRIES)) {
    const range = await read(byVersion.get(version) ?? null);
    if (range !== null) return range;
  }
  if (candidates.length > TRIES) {
    request.progress?.('Looking for the last release among all tags…');
    const merged = await git.readMerged(request.dir, clone.head);
    for (const version of candidates.slice(TRIES)) {
      const tag = byVersion.get(version) ?? '';
      const range = merged.has(tag) ? await read(tag) : null;
      if (range !== null) return range;
    }
  }
  const range = await read(null);
  if (range === null) throw new GitProblem('failed', 'git told the range of no base apart from its head.');
  return range;
}

function sinceOf(base: string, sha: string | null, versions: ReadonlyMap<string, string>): Since | null {
  if (sha === null) return null;
  const tag = base.replace(/^refs\/tags\//, '');
  return { tag, version: versions.get(tag) ?? '0.0.0', sha };
}

interface Placed {
  readonly within: readonly string[];
  readonly elsewhere: readonly string[];
  readonly stable: string | null;
}

/** Where the versions above the last release lie: in the range, or outside this history. Only these few tags are resolved. */
async function placeVersions(git: GitPort, dir: string, range: Range, tags: readonly VersionTag[], since: Since | null): Promise<Placed> {
  const stable = since === null || !isPrerelease(since.version) ? null : await stableBefore(git, dir, since, tags);
  const above = tags.filter(({ version }) => since === null || compareVersions(version, since.version) > 0);
  if (above.length === 0) return { within: [], elsewhere: [], stable };
  const shas = new Set(range.commits.map((commit) => commit.sha));
  const within: string[] = [];
  const elsewhere: string[] = [];
  const resolved = await git.resolve(
    dir,
    above.map(({ tag }) => tag.name),
  );
  for (const { tag, version } of above) {
    const sha = resolved.get(tag.name) ?? null;
    (sha !== null && shas.has(sha) ? within : elsewhere).push(version);
  }
  return { within, elsewhere, stable };
}

async function stableBefore(git: GitPort, dir: string, since: Since, tags: readonly VersionTag[]): Promise<string | null> {
  const lower = tags.filter(({ version }) => !isPrerelease(version) && compareVersions(version, since.version) < 0);
  if (lower.length === 0) return null;
  const merged = await git.readMerged(dir, since.sha);
  const inside = lower.filter(({ tag }) => merged.has(tag.name)).map(({ version }) => version);
  return inside.sort((a, b) => compareVersions(b, a))[0] ?? null;
}

/** Originals of picks in the range that the last release contains already. */
async function pickedBefore(git: GitPort, dir: string, units: Units, range: Range): Promise<{ released?: ReadonlySet<string> }> {
  if (range.baseSha === null) return {};
  const named = new Set(units.units.flatMap((unit) => unit.message.pickedFrom));
  if (named.size === 0) return {};
  const resolved = await git.resolve(dir, [...named]);
  const shas = [...new Set([...resolved.values()].filter((sha): sha is string => sha !== null))];
  const { ancestors } = await git.readAncestors(dir, { of: range.baseSha, shas });
  const released = new Set<string>();
  for (const [name, sha] of resolved) if (sha !== null && ancestors.has(sha)) released.add(name);
  return { released };
}

/** Patches compared at most when an old line was merged back. */
const TWINS_LIMIT = 2_000;

/** Where an old line was merged back, changes that were picked from it before are in this line already, under other SHAs. */
async function twinsBefore(git: GitPort, dir: string, units: Units, range: Range): Promise<{ twins?: ReadonlyMap<string, string> }> {
  if (range.baseSha === null || !units.integrated.some((branch) => slotOf(branch) !== null)) return {};
  const inRange = new Set(range.commits.map((commit) => commit.sha));
  const forks = new Set(range.commits.flatMap((commit) => commit.parents).filter((sha) => !inRange.has(sha) && sha !== range.baseSha));
  if (forks.size === 0) return {};
  const before: Commit[] = [];
  for (const fork of forks) {
    await git.readRange(dir, { head: range.baseSha, base: fork, onCommit: (commit) => before.push(commit) });
    if (before.length > TWINS_LIMIT) break;
  }
  // A pick keeps its author and the author's date: only such pairs are worth a diff.
  const byOrigin = new Map<string, Commit[]>();
  for (const commit of before.slice(0, TWINS_LIMIT)) {
    const key = originOf(commit);
    byOrigin.set(key, [...(byOrigin.get(key) ?? []), commit]);
  }
  const pairs = units.units.flatMap((unit) => (byOrigin.get(originOf(unit.commit)) ?? []).map((twin) => [unit.commit, twin] as const));
  if (pairs.length === 0) return {};
  const patches = await git.readPatchIds(dir, [...new Set(pairs.flat())]);
  const twins = new Map<string, string>();
  for (const [commit, twin] of pairs) {
    const patch = patches.get(commit.sha);
    if (patch !== undefined && patch === patches.get(twin.sha)) twins.set(commit.sha, twin.sha);
  }
  return { twins };
}

function originOf(commit: Commit): string {
  return `${commit.author.email ?? commit.author.name}\0${commit.date}`;
}

async function firstTimers(git: GitPort, dir: string, base: string, changes: Plan['changes']): Promise<ReadonlySet<string>> {
  const emails = new Set(changes.flatMap((change) => change.authors.flatMap((who) => who.email?.toLowerCase() ?? [])));
  const before = await git.readAuthors(dir, base, emails);
  return new Set([...emails].filter((email) => !before.has(email)));
}
