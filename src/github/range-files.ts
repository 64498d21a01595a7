// The paths that each commit of a range touched. GraphQL does not know them for a commit, but for a pull request: where one commit is all
// that a pull request became, its files are the commit's, 25 pull requests a call. Every other commit costs a call of its own: all commits
// of rebased pull requests and of branches that were merged, and those that were pushed directly.

import { GitHubProblem } from '../flows/github-port.ts';
import { askRepository, finish, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { at, listOf, pagesOf } from './rest.ts';
import { isRebaseOf, type RawPull, type Written } from './shapes.ts';
import { walk } from './walk.ts';

interface RawFiles {
  readonly number: number;
  readonly commits: List<{ readonly commit: Written }> & { readonly totalCount: number };
  readonly files: List<{ readonly path: string; readonly changeType: string }> | null;
}

const READ = { needs: 'contents: read and pull-requests: read', heavy: true, partial: true } as const;
const FILE = 'path changeType';
const FILES = `number commits(last: 1) { totalCount nodes { commit { message authoredDate } } ${PAGE_INFO} } files(first: 100) { nodes { ${FILE} } ${PAGE_INFO} }`;
const PULLS_A_CALL = 25;
/** Commits that are asked for one by one, at most; the others' paths stay unknown. */
const ONE_BY_ONE = 500;
const SIDE_BY_SIDE = 5;

/** A commit as it is, and as GitHub wrote it. */
export interface RangedCommit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly written: Written;
}

/** Paths by commit; without an entry they were not read. */
export async function readRangeFiles(
  place: Place,
  commits: readonly RangedCommit[],
  pulls: ReadonlyMap<string, readonly RawPull[]>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const merges = new Map<string, number>();
  for (const { sha } of commits) {
    const pull = pulls.get(sha)?.find((one) => one.state === 'MERGED' && one.mergeCommit?.oid === sha);
    if (pull !== undefined) merges.set(sha, pull.number);
  }
  const known = await readPullFiles(place, [...new Set(merges.values())]);
  const found = new Map<string, readonly string[]>();
  const left: RangedCommit[] = [];
  for (const commit of commits) {
    const number = merges.get(commit.sha);
    const files = number === undefined ? undefined : known.get(number);
    if (files !== undefined && isWhole(commit, files)) found.set(commit.sha, files.paths);
    else left.push(commit);
  }
  if (left.length > ONE_BY_ONE) {
    place.patience.progress(`The files of ${left.length} commits must be read one by one: only the newest ${ONE_BY_ONE} are.`);
  }
  await sideBySide(left.slice(0, ONE_BY_ONE), async (commit) => {
    found.set(commit.sha, await readCommitFiles(place, commit.sha));
  });
  return found;
}

/** True if the commit is all that its pull request became: a merge, a squash, or one commit; and not the last of several rebased ones. */
function isWhole(commit: RangedCommit, { own, last }: PullFiles): boolean {
  return own === 1 || commit.parents.length > 1 || (last !== undefined && !isRebaseOf(commit.written, last));
}

interface PullFiles {
  /** How many commits the pull request had. */
  readonly own: number;
  readonly last: Written | undefined;
  readonly paths: readonly string[];
}

async function readPullFiles(place: Place, numbers: readonly number[]): Promise<ReadonlyMap<number, PullFiles>> {
  const found = new Map<number, PullFiles>();
  const read = async (size: number, after: string | null): Promise<List<RawFiles>> => {
    const from = Number(after ?? 0);
    const some = numbers.slice(from, from + size);
    if (some.length === 0) return { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    const selection = some.map((number) => `n${number}: pullRequest(number: ${number}) { ${FILES} }`).join(' ');
    const data = await askRepository<Record<string, RawFiles | null>>(place, selection, { how: READ });
    const end = from + some.length;
    const nodes = some.map((number) => data[`n${number}`] ?? null);
    return { nodes, pageInfo: { hasNextPage: end < numbers.length, endCursor: String(end) } };
  };
  for await (const page of walk(place.patience, read, { largest: PULLS_A_CALL })) {
    const raws = nodesOf(page);
    const lists = raws.flatMap(({ number, files: list }) => {
      return list === null ? [] : [{ owner: `pullRequest(number: ${number})`, field: 'files', selection: FILE, list }];
    });
    await finish(place, lists, READ);
    for (const { number, commits, files } of raws) {
      if (files === null) continue;
      // Where a file was moved from, only REST says.
      if (nodesOf(files).some(({ changeType }) => changeType === 'RENAMED' || changeType === 'COPIED')) continue;
      const paths = nodesOf(files).map(({ path }) => path);
      found.set(number, { own: commits.totalCount, last: nodesOf(commits).at(-1)?.commit, paths });
    }
  }
  return found;
}

/** A merge is compared with its first parent. GitHub tells of 3,000 files at most (documented). */
async function readCommitFiles(place: Place, sha: string): Promise<readonly string[]> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}';
  const paths = new Set<string>();
  const read = (page: number) => place.octokit.request(route, { ...at(place), ref: sha, page, request: { needs: 'contents: read' } });
  for await (const { data } of pagesOf(read)) {
    if (data.sha !== sha) throw new GitHubProblem('unavailable', `GitHub answered for ${data.sha} where ${sha} was asked for. Try again.`);
    for (const { filename, previous_filename, status } of listOf(data.files, 'files')) {
      if (status === 'renamed' && previous_filename !== undefined) paths.add(previous_filename);
      paths.add(filename);
    }
  }
  return [...paths];
}

async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, items.length) }, worker));
}
