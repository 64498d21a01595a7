// The pull request behind a deployed commit, and what its reviewers said.

import type { MergedSeen, ReviewSeen } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { ACCOUNT, actorOf, actorOfGraphql, type RawAccount, type RestAccount } from './actors.ts';
import { askRepository, finish, isFull, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { findLagging } from './lag.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';
import { labelsOf, PULL, pullOf, type RawPull, type RawRangeCommit } from './shapes.ts';

interface RawReview {
  readonly id: number | bigint;
  readonly commit_id: string | null;
  readonly state: string;
  readonly user: RestAccount | null;
  readonly submitted_at?: string | null;
  readonly author_association: string;
}

export interface RawMerged extends Omit<RawPull, 'author'> {
  readonly author: RawAccount | null;
  readonly mergedBy: RawAccount | null;
  readonly mergedAt: string | null;
}

const READ = { needs: 'contents: read and pull-requests: read' } as const;
export const MERGED = `${PULL.replace('author { __typename login }', `author { ${ACCOUNT} }`)} mergedAt mergedBy { ${ACCOUNT} }`;
/** A commit of a long-lived branch may be in hundreds of pull requests. */
const MOST = 200;

export async function readReviews(place: Place, pull: number): Promise<Observed<readonly ReviewSeen[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
    const request = { needs: 'pull-requests: read' };
    const read = (page: number) => place.octokit.request(route, { ...at(place), pull_number: pull, per_page: 100, page, request });
    const found = new Map<number, ReviewSeen>();
    for await (const { data } of pagesOf(read)) {
      for (const raw of listOf<RawReview>(data, 'reviews')) found.set(Number(raw.id), reviewOf(raw));
    }
    return [...found.values()];
  });
}

function reviewOf(raw: RawReview): ReviewSeen {
  return {
    id: Number(raw.id),
    commit: raw.commit_id,
    state: raw.state.toLowerCase(),
    author: actorOf(raw.user),
    submittedAt: raw.submitted_at ?? null,
    association: raw.author_association.toLowerCase(),
  };
}

export async function readMergedPulls(place: Place, sha: string): Promise<Observed<readonly MergedSeen[]>> {
  return observe(async () => {
    const pulls = `associatedPullRequests(first: 10) { nodes { ${MERGED} } ${PAGE_INFO} }`;
    const selection = `object(oid: $sha) { ... on Commit { oid message authoredDate committedDate ${pulls} } }`;
    const options = { variables: { sha }, declares: ', $sha: GitObjectID!', how: READ };
    const { object } = await askRepository<{ object: (RawRangeCommit & { associatedPullRequests: List<RawMerged> }) | null }>(
      place,
      selection,
      options,
    );
    if (object?.associatedPullRequests === undefined) throw new GitHubProblem('not-found', `GitHub has no commit ${sha}.`, { status: 404 });
    const list = object.associatedPullRequests;
    const owner = { owner: `object(oid: "${object.oid}")`, on: 'Commit', field: 'associatedPullRequests', selection: MERGED };
    await finish(place, [{ ...owner, list, upTo: MOST, size: 10 }], READ);
    // One that does not show has an author all the same, who may not approve it.
    if (!isFull(list)) throw new GitHubProblem('unavailable', `GitHub does not show every pull request of ${sha}. Try again.`);
    const found = nodesOf(list as List<RawMerged>).filter((raw) => raw.state === 'MERGED' && raw.mergeCommit?.oid === sha);
    const merged = found.length > 0 ? found : await readLate(place, object);
    await finish(place, merged.flatMap(labelsOf), READ);
    return merged.map(mergedOf);
  });
}

export function mergedOf(raw: RawMerged): MergedSeen {
  return { pull: pullOf(raw), author: actorOfGraphql(raw.author), mergedBy: actorOfGraphql(raw.mergedBy), mergedAt: raw.mergedAt };
}

/** GitHub's index of commits lags behind a merge by minutes, and gates are asked within seconds. */
async function readLate(place: Place, commit: RawRangeCommit): Promise<readonly RawMerged[]> {
  const bare = { ...commit, associatedPullRequests: null };
  const late = (await findLagging(place, new Map([[commit.oid, bare]]))).get(commit.oid);
  if (late?.mergeCommit?.oid !== commit.oid) return [];
  const selection = `pullRequest(number: ${late.number}) { ${MERGED} }`;
  const { pullRequest } = await askRepository<{ pullRequest: RawMerged | null }>(place, selection, { how: READ });
  return pullRequest === null ? [] : [pullRequest];
}
