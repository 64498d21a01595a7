// The set `base..head` with the pull requests behind each commit, by ancestry and never by date: GitHub's compare, a hundred commits a call.

import type { Commit } from '../core/change.ts';
import { GitHubProblem, type RangeCommit, type RangeSeen } from '../flows/github-port.ts';
import { peopleShown } from './gate-people.ts';
import { askRepository, finish, isFull, type List, nodesOf, PAGE_INFO, type Place, wholeOf } from './graphql.ts';
import { findLagging } from './lag.ts';
import { childrenFirst } from './order.ts';
import { readRangeFiles } from './range-files.ts';
import { at, listOf } from './rest.ts';
import { commitOf, gitPersonOf, labelsOf, listsOf, pullOf, RANGE_COMMIT, type RawPull, type RawRangeCommit } from './shapes.ts';
import { readTag } from './tags.ts';
import { walk } from './walk.ts';

export interface RangeRequest {
  /** A tag's name, a full ref name, or a full SHA; null: as far back as is worth it. */
  readonly base: string | null;
  readonly head: string;
  /** Read the paths of each commit, too: see range-files.ts for what that costs. */
  readonly files: boolean;
  /** Commits that are read where there is no base to stop at. */
  readonly historyLimit?: number;
}

interface Seen {
  readonly baseIsAncestor: boolean;
  readonly commits: readonly RawRangeCommit[];
  readonly unread?: number;
}

const READ = { needs: 'contents: read and pull-requests: read', heavy: true } as const;
const PAGED = ', $size: Int!, $after: String';
const HISTORY_LIMIT = 1_000;

export async function readRange(place: Place, request: RangeRequest): Promise<RangeSeen> {
  const { base, head, historyLimit = HISTORY_LIMIT } = request;
  return rangeOf(place, base === null ? await readHistory(place, head, historyLimit) : await compare(place, base, head), request.files);
}

/** A comparison with a ref as it comes within a larger query. */
export interface RawComparison {
  readonly compare: { readonly behindBy: number; readonly commits: List<RawRangeCommit> } | null;
}

/** Within `repository { … }`: as much as is no burden to it. */
export function comparisonSelection(base: string, head: string): string {
  const list = `behindBy commits(first: 50) { totalCount nodes { ${RANGE_COMMIT} } ${PAGE_INFO} }`;
  return `ref(qualifiedName: ${JSON.stringify(base)}) { compare(headRef: ${JSON.stringify(head)}) { ${list} } }`;
}

/** Null: not all of it came. */
export async function rangeShown(place: Place, { compare: raw }: RawComparison): Promise<RangeSeen | null> {
  const commits = wholeOf(raw?.commits);
  if (raw === null || commits === null || !commits.every(isFilled)) return null;
  if (raw.behindBy > 0) return rangeOf(place, { baseIsAncestor: false, commits }, false);
  return rangeOf(place, { baseIsAncestor: true, commits: whole(commits, raw.commits.totalCount ?? -1) }, false);
}

function isFilled({ parents, authors, associatedPullRequests: pulls }: RawRangeCommit): boolean {
  return isFull(parents) && isFull(authors) && isFull(pulls) && nodesOf(pulls).every(({ labels }) => isFull(labels));
}

async function rangeOf(place: Place, seen: Seen, files: boolean): Promise<RangeSeen> {
  const raws = new Map(seen.commits.map((raw) => [raw.oid, raw]));
  await finish(place, seen.commits.flatMap(listsOf), READ);
  await finish(
    place,
    seen.commits.flatMap((raw) => nodesOf(raw.associatedPullRequests).flatMap(labelsOf)),
    READ,
  );
  const pulls = new Map(seen.commits.map((raw): [string, readonly RawPull[]] => [raw.oid, nodesOf(raw.associatedPullRequests)]));
  if (seen.baseIsAncestor) for (const [sha, pull] of await findLagging(place, raws)) pulls.set(sha, [pull]);
  const commits = childrenFirst(seen.commits.map(commitOf));
  const written = ({ sha, parents }: Commit) => ({ sha, parents, written: raws.get(sha) as RawRangeCommit });
  const paths = files && seen.baseIsAncestor ? await readRangeFiles(place, commits.map(written), pulls) : null;
  const ranged = commits.map((commit): RangeCommit => {
    const files = paths?.get(commit.sha);
    return {
      commit: files === undefined ? commit : { ...commit, files },
      authors: nodesOf(raws.get(commit.sha)?.authors).map(gitPersonOf),
      pulls: (pulls.get(commit.sha) ?? []).map(pullOf),
    };
  });
  const people = seen.baseIsAncestor && seen.unread === undefined && seen.commits.length > 0 ? peopleShown(place, seen.commits) : null;
  return {
    baseIsAncestor: seen.baseIsAncestor,
    commits: ranged,
    ...(people === null ? {} : { people }),
    ...(seen.unread === undefined ? {} : { unread: seen.unread }),
  };
}

/** A page of a comparison, or why there is none. */
interface Page extends List<RawRangeCommit> {
  readonly behind: number;
  readonly missing?: 'ref' | 'comparison';
}

const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

async function compare(place: Place, base: string, head: string): Promise<Seen> {
  if (FULL_SHA.test(base)) return compareCommits(place, base, head);
  for (const name of base.startsWith('refs/') ? [base] : [`refs/tags/${base}`, `refs/heads/${base}`]) {
    const seen = await compareRef(place, name, head);
    if (seen !== null) return seen;
  }
  throw new GitHubProblem('not-found', `There is no tag ${base} on GitHub. Push it, or name another.`, { status: 404 });
}

/** Null where there is no such ref. */
async function compareRef(place: Place, base: string, head: string): Promise<Seen | null> {
  const list = `aheadBy behindBy commits(first: $size, after: $after) { totalCount nodes { ${RANGE_COMMIT} } ${PAGE_INFO} }`;
  const selection = `ref(qualifiedName: $base) { compare(headRef: $head) { ${list} } }`;
  const declares = `, $base: String!, $head: String!${PAGED}`;
  const read = async (size: number, after: string | null): Promise<Page> => {
    const variables = { base, head, size, after };
    const how = { ...READ, partial: true };
    const { ref } = await askRepository<{
      ref: { compare: { behindBy: number; commits: List<RawRangeCommit> } | null } | null;
    }>(place, selection, { variables, declares, how });
    const comparison = ref?.compare ?? null;
    if (comparison === null) return { ...NO_LIST, behind: 0, missing: ref === null ? 'ref' : 'comparison' };
    return { ...comparison.commits, behind: comparison.behindBy };
  };
  const commits: RawRangeCommit[] = [];
  let total = 0;
  for await (const page of walk(place.patience, read)) {
    if (page.missing === 'ref') return null;
    // Where GitHub does not compare with what is no ref, REST does.
    if (page.missing === 'comparison') return compareCommits(place, await shaOf(place, base), head);
    commits.push(...nodesOf(page));
    total = page.totalCount ?? total;
    // Another base is needed: that there is something ahead is all that the rest could tell.
    if (page.behind > 0) return { baseIsAncestor: false, commits };
  }
  return { baseIsAncestor: true, commits: whole(commits, total) };
}

const NO_LIST: List<never> = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };

/** REST takes a tag for a branch of the same name. */
async function shaOf(place: Place, ref: string): Promise<string> {
  if (!ref.startsWith('refs/tags/')) return ref.replace(/^refs\/heads\//, '');
  return (await readTag(place, ref.slice('refs/tags/'.length)))?.sha ?? ref;
}

/** For a base that is no ref: REST tells which commits, GraphQL what is known of them, which takes two calls a hundred. */
async function compareCommits(place: Place, base: string, head: string): Promise<Seen> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  const commits: RawRangeCommit[] = [];
  for (let page = 1; ; page += 1) {
    const request = { needs: 'contents: read' };
    const { data } = await place.octokit.request(route, { ...at(place), basehead: `${base}...${head}`, per_page: 100, page, request });
    const shas = listOf(data.commits, 'commits').map(({ sha }) => sha);
    for await (const part of walk(place.patience, (size, after) => lookUp(place, shas, size, after))) commits.push(...nodesOf(part));
    if (data.behind_by > 0) return { baseIsAncestor: false, commits };
    if (shas.length === 0 || commits.length >= data.total_commits)
      return { baseIsAncestor: true, commits: whole(commits, data.total_commits) };
  }
}

/** Commits by their names, as a page of a list. */
async function lookUp(place: Place, shas: readonly string[], size: number, after: string | null): Promise<List<RawRangeCommit>> {
  const from = Number(after ?? 0);
  const some = shas.slice(from, from + size);
  if (some.length === 0) return NO_LIST;
  const selection = some.map((sha, index) => `c${index}: object(oid: "${sha}") { ... on Commit { ${RANGE_COMMIT} } }`).join(' ');
  const found = await askRepository<Record<string, RawRangeCommit | null>>(place, selection, { how: READ });
  const end = from + some.length;
  return {
    nodes: some.map((_, index) => found[`c${index}`] ?? null),
    pageInfo: { hasNextPage: end < shas.length, endCursor: String(end) },
  };
}

async function readHistory(place: Place, head: string, limit: number): Promise<Seen> {
  const list = `history(first: $size, after: $after) { totalCount nodes { ${RANGE_COMMIT} } ${PAGE_INFO} }`;
  const selection = `object(expression: $head) { ... on Commit { ${list} } }`;
  const declares = `, $head: String!${PAGED}`;
  const read = async (size: number, after: string | null): Promise<List<RawRangeCommit>> => {
    const variables = { head, size, after };
    const options = { variables, declares, how: READ };
    const { object } = await askRepository<{ object: { history?: List<RawRangeCommit> } | null }>(place, selection, options);
    if (object?.history !== undefined) return object.history;
    throw new GitHubProblem('not-found', `GitHub has no commit ${head}.`, { status: 404 });
  };
  const commits: RawRangeCommit[] = [];
  let total = 0;
  for await (const page of walk(place.patience, read)) {
    commits.push(...nodesOf(page));
    total = page.totalCount ?? total;
    if (commits.length >= limit) break;
  }
  const unread = total - commits.length;
  if (unread <= 0) return { baseIsAncestor: true, commits: whole(commits, total) };
  place.patience.progress(`There is no release to start from: of ${total} commits the newest ${commits.length} are read.`);
  return { baseIsAncestor: true, commits, unread };
}

/** All of them, each once: a branch that moved while it was read would lose or double changes. */
function whole(commits: readonly RawRangeCommit[], total: number): readonly RawRangeCommit[] {
  if (new Set(commits.map(({ oid }) => oid)).size === total) return commits;
  const says = `GitHub speaks of ${total} commits and sent ${commits.length}: they moved while they were read. Try again.`;
  throw new GitHubProblem('unavailable', says);
}
