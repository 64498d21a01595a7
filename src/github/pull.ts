// One pull request with its commits, paths and labels: one query, and more pages where it is long.

import type { GitHubPort, Observed } from '../flows/github-port.ts';
import { GitHubProblem } from '../flows/github-port.ts';
import { askRepository, type Beginning, finish, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { COMMIT, commitOf, labelsOf, PULL, parentsOf, pullOf, type RawCommit, type RawPull } from './shapes.ts';

interface RawFullPull extends RawPull {
  readonly commits: List<{ readonly commit: RawCommit }>;
  readonly files: List<{ readonly path: string }> | null;
}

type PullRead = Awaited<ReturnType<GitHubPort['pull']>>;

const READ = { needs: 'contents: read and pull-requests: read' } as const;
const COMMITS = `commit { ${COMMIT} }`;

export async function readPull(place: Place, number: number): Promise<PullRead> {
  return observe(async () => {
    const parts = `${PULL} commits(first: 100) { nodes { ${COMMITS} } ${PAGE_INFO} } files(first: 100) { nodes { path } ${PAGE_INFO} }`;
    const selection = 'pullRequest(number: $number)';
    const options = { variables: { number }, declares: ', $number: Int!', how: READ };
    const { pullRequest: raw } = await askRepository<{ pullRequest: RawFullPull | null }>(place, `${selection} { ${parts} }`, options);
    if (raw === null) throw new GitHubProblem('not-found', `There is no pull request #${number}.`, { status: 404 });
    const owner = `pullRequest(number: ${raw.number})`;
    const lists: Beginning[] = [...labelsOf(raw), { owner, field: 'commits', selection: COMMITS, list: raw.commits }];
    if (raw.files !== null) lists.push({ owner, field: 'files', selection: 'path', list: raw.files });
    await finish(place, lists, READ);
    const commits = nodesOf(raw.commits).map(({ commit }) => commit);
    await finish(place, commits.map(parentsOf), READ);
    return { pull: pullOf(raw), commits: commits.map(commitOf), files: nodesOf(raw.files).map(({ path }) => path) };
  });
}

/** What was read, or in words why it could not be seen: for reads of which a decision is made. */
export async function observe<T>(read: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    if (error instanceof GitHubProblem) return { known: false, why: error.message };
    throw error;
  }
}
