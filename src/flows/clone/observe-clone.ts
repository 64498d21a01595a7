// A local clone as a release sees it: which line is planned, where its last release lies, and the range that follows it. Git is started on
// the range before the refs are read, and told of its base as soon as they are.

import type { Commit } from '../../core/change.ts';
import { baseCandidates, lineOf, newestCandidate, type PlacedLine } from '../../core/line.ts';
import type { Since } from '../../core/plan.ts';
import type { PackagePolicy, Policy } from '../../core/policy.ts';
import { detectVersionTags, readVersionTags, type TagTemplates, type VersionTag } from '../../core/tag.ts';
import { readAhead } from '../../core/unit.ts';
import { compareRead, isPrerelease, readVersion, type Version } from '../../core/version.ts';
import { type GitPort, GitProblem, type RangeRead, type Ref, type Refs } from '../ports.ts';

export interface CloneRequest {
  readonly dir: string;
  readonly policy: Policy;
  /** Branch whose line is planned; absent: the one that is checked out. */
  readonly line?: string;
  /** Tag to plan from, whatever line it is on. */
  readonly since?: string;
  /** Revision to plan up to; absent: the line's branch. */
  readonly to?: string;
  /** Told of a step that may take long, in words. */
  readonly progress?: (says: string) => void;
}

export type RefTag = VersionTag<Ref>;

export interface Clone {
  readonly line: PlacedLine;
  readonly head: string;
  readonly templates: TagTemplates;
  readonly tags: readonly RefTag[];
  /** The tag to try first as the base, and those to try after it: most often nobody has to put all of them in order. */
  readonly newest: RefTag | null;
  readonly older: () => readonly RefTag[];
  /** What was assumed, in words. */
  readonly remarks: readonly string[];
}

/** Which line is planned, and its version tags. Throws `GitProblem`. */
export async function openClone(refsRead: Promise<Refs>, request: CloneRequest, one: PackagePolicy | null): Promise<Clone> {
  const refs = await refsRead;
  const remarks: string[] = [];
  const { line, head } = findLine(refs, request, remarks);
  const template = one === null ? request.policy.release.tag : one.tag;
  const { templates, tags } =
    template === null
      ? detectVersionTags(refs.tags, one?.name)
      : { templates: { read: [template], write: template }, tags: readVersionTags(refs.tags, [template], one?.name) };
  const found = newestCandidate(line, tags);
  // Where two tags name it, the later one is meant.
  const newest = found === null ? null : (tags.findLast(({ version }) => version.text === found.version.text) ?? null);
  const older = () => {
    const byVersion = new Map(tags.map((tag) => [tag.version.text, tag]));
    return baseCandidates(line, byVersion.keys()).flatMap((text) => (text === newest?.version.text ? [] : (byVersion.get(text) ?? [])));
  };
  return { line, head, templates, tags, newest, older, remarks };
}

function findLine(refs: Refs, request: CloneRequest, remarks: string[]): { readonly line: PlacedLine; readonly head: string } {
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

/** Keeps a commit, and reads its message while git is still writing the next ones. */
function take(commits: Commit[]): (commit: Commit) => void {
  return (commit) => {
    commits.push(commit);
    if (commit.parents.length < 2) readAhead(commit);
  };
}

export interface CloneRange {
  readonly since: Since | null;
  readonly headSha: string | null;
  /** The set `since..head`, children before parents. */
  readonly commits: readonly Commit[];
}

/** Candidates tried one by one before every tag is asked for: most often the first is it. */
const TRIES = 3;

/** Reads `base..head` from the newest version of the line that head's history holds. */
export async function readSince(git: GitPort, request: CloneRequest, opened: Promise<Clone>, files: boolean): Promise<CloneRange> {
  const read = (base: string | null | Promise<string | null>) => {
    const commits: Commit[] = [];
    const head = opened.then((clone) => clone.head);
    const result = git.readRange(request.dir, { head, base, files, onCommit: take(commits) });
    return result.then((seen) => ({ seen, commits }));
  };
  const first = read(request.since ?? opened.then((clone) => clone.newest?.tag.name ?? null));
  // Whoever awaits it below is told; until then nobody listens.
  first.catch(() => undefined);
  const clone = await opened;
  const found = await first;
  if (request.since !== undefined) {
    if (!found.seen.baseIsAncestor) throw noBase(request.since, clone);
    const { since, ...range } = rangeOf(found, versionTag(request.since, clone));
    if (since !== null) return { since, ...range };
    // A tag that is no version here (`v1`, `nightly`, another package's): the number still follows the line's last release.
    const { since: asked, ...last } = request;
    const released = (await readSince(git, last, opened, false)).since;
    return { ...range, since: { tag: asked ?? '', version: released?.version ?? '0.0.0', sha: found.seen.baseSha ?? '' } };
  }
  if (clone.newest === null) return rangeOf(found, null);
  if (found.seen.baseIsAncestor) return rangeOf(found, clone.newest);
  const older = clone.older();
  for (const candidate of older.slice(0, TRIES - 1)) {
    const next = await read(candidate.tag.name);
    if (next.seen.baseIsAncestor) return rangeOf(next, candidate);
  }
  const rest = older.slice(TRIES - 1);
  if (rest.length > 0) {
    request.progress?.('Looking for the last release among all tags…');
    const merged = await git.readMerged(request.dir, clone.head);
    const candidate = rest.find(({ tag }) => merged.has(tag.name));
    const next = candidate === undefined ? null : await read(candidate.tag.name);
    if (candidate !== undefined && next?.seen.baseIsAncestor === true) return rangeOf(next, candidate);
  }
  return rangeOf(await read(null), null);
}

function rangeOf({ seen, commits }: { readonly seen: RangeRead; readonly commits: readonly Commit[] }, base: RefTag | null): CloneRange {
  const since = base === null || seen.baseSha === null ? null : { tag: base.tag.name, version: base.version.text, sha: seen.baseSha };
  return { since, headSha: seen.headSha, commits };
}

function versionTag(name: string, clone: Clone): RefTag | null {
  const short = name.replace(/^refs\/tags\//, '');
  return clone.tags.find(({ tag }) => tag.name === short) ?? null;
}

function noBase(name: string, clone: Clone): GitProblem {
  const meant = clone.tags.find(({ version }) => version.text === name)?.tag.name;
  const next = meant === undefined ? 'Name one that is, with --since.' : `Did you mean ${meant}?`;
  return new GitProblem('unknown-ref', `There is no tag ${name} in the history that is planned. ${next}`, name);
}

export interface Placed {
  /** Every version above the last release, which are all that the next one could clash with. */
  readonly existing: readonly string[];
  readonly within: readonly string[];
  readonly elsewhere: readonly string[];
  readonly stable: string | null;
}

/** Where the versions above the last release lie: in the range, or outside this history. Only these few tags are resolved. */
export async function placeVersions(git: GitPort, dir: string, { since, commits }: CloneRange, tags: readonly RefTag[]): Promise<Placed> {
  const stable = since === null || !isPrerelease(since.version) ? null : await stableBefore(git, dir, since, tags);
  const last = since === null ? null : readVersion(since.version);
  const above = last === null ? tags : tags.filter(({ version }) => compareRead(version, last) > 0);
  const existing = above.map(({ version }) => version.text);
  if (above.length === 0) return { existing, within: [], elsewhere: [], stable };
  const shas = new Set(commits.map((commit) => commit.sha));
  const within: string[] = [];
  const elsewhere: string[] = [];
  // A light tag's object is its commit; the others have to be asked for.
  const asked = above.filter(({ tag }) => !shas.has(tag.sha)).map(({ tag }) => tag.name);
  const resolved = asked.length === 0 ? new Map<string, string | null>() : await git.resolve(dir, asked);
  for (const { tag, version } of above) {
    const sha = resolved.has(tag.name) ? (resolved.get(tag.name) ?? null) : tag.sha;
    (sha !== null && shas.has(sha) ? within : elsewhere).push(version.text);
  }
  return { existing, within, elsewhere, stable };
}

async function stableBefore(git: GitPort, dir: string, since: Since, tags: readonly RefTag[]): Promise<string | null> {
  const last = readVersion(since.version) as Version;
  const lower = tags.filter(({ version }) => version.prerelease === '' && compareRead(version, last) < 0);
  if (lower.length === 0) return null;
  const merged = await git.readMerged(dir, since.sha);
  const inside = lower.filter(({ tag }) => merged.has(tag.name)).map(({ version }) => version);
  return inside.sort((a, b) => compareRead(b, a))[0]?.text ?? null;
}
