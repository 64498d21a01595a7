// Pull requests that GitHub's index does not know yet: for some time after a merge a commit is there without its pull request, and a run
// that a push started would leave the newest change out of the notes (release-drafter#871, #577). One query finds them by other ways.

import { askRepository, finish, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { isRebaseOf, labelsOf, PULL, type RawPull, type RawRangeCommit, splitMessage, type Written } from './shapes.ts';

interface LatePull extends RawPull {
  /** Its own commits, oldest first. */
  readonly commits: List<{ readonly commit: Written }>;
}

const READ = { needs: 'pull-requests: read', partial: true } as const;
/** Numbers that are asked for at most: the newest commits', as the index catches up within minutes. */
const NUMBERS = 50;
/** Merges of late that are looked through, for those whose commits tell no number. */
const RECENT = 10;
/** Younger commits without a pull request may be waiting for theirs. */
const MINUTES = 15;

const OWN = 'commit { message authoredDate }';
const LATE = `${PULL} commits(first: 50) { nodes { ${OWN} } ${PAGE_INFO} }`;
const RECENT_ARGS = 'states: [MERGED], orderBy: { field: UPDATED_AT, direction: DESC }';

/** Commits (by SHA) → the pull request that brought them, for those that came without any. Asks nothing where every commit has one. */
export async function findLagging(place: Place, commits: ReadonlyMap<string, RawRangeCommit>): Promise<ReadonlyMap<string, RawPull>> {
  const bare = [...commits.values()].filter((commit) => nodesOf(commit.associatedPullRequests).length === 0);
  const since = place.patience.now() - MINUTES * 60_000;
  const young = bare.some((commit) => Date.parse(commit.committedDate) >= since);
  const newest = bare.sort((a, b) => Date.parse(b.committedDate) - Date.parse(a.committedDate));
  const numbers = [...new Set(newest.flatMap((commit) => numberOf(commit.message) ?? []))].slice(0, NUMBERS);
  if (!young && numbers.length === 0) return new Map();
  const parts = numbers.map((number) => `n${number}: pullRequest(number: ${number}) { ${LATE} }`);
  if (young) parts.push(`recent: pullRequests(first: ${RECENT}, ${RECENT_ARGS}) { nodes { ${LATE} } ${PAGE_INFO} }`);
  const found = await askRepository<{ recent?: List<LatePull> }>(place, parts.join(' '), { how: READ });
  const { recent, ...numbered } = found;
  if (recent !== undefined) {
    await finish(place, [{ field: 'pullRequests', args: RECENT_ARGS, selection: LATE, list: recent, upTo: RECENT, size: RECENT }], READ);
  }
  const pulls = [...Object.values(numbered as Record<string, LatePull | null>), ...nodesOf(recent)];
  const merged = pulls
    .filter((pull) => pull !== null)
    .filter((pull) => pull.state === 'MERGED' && commits.has(pull.mergeCommit?.oid ?? ''));
  const lists = merged.map(({ number, commits: list }) => ({
    owner: `pullRequest(number: ${number})`,
    field: 'commits',
    selection: OWN,
    list,
  }));
  await finish(place, [...lists, ...merged.flatMap(labelsOf)], READ);
  const late = new Map<string, RawPull>();
  for (const pull of merged) attribute(pull, commits, late);
  return late;
}

/** `feat: x (#12)` of a squash, `Merge pull request #12 from …` of a merge. */
function numberOf(message: string): number | null {
  const { subject } = splitMessage(message);
  const digits = /^Merge pull request #(\d{1,9})\b/.exec(subject)?.[1] ?? /\(#(\d{1,9})\)$/.exec(subject)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * Only what GitHub calls the pull request's merge belongs to it: a pick names the number of its original, and a direct commit may name any.
 * A rebase wrote its other commits as well; those keep their messages and the author's dates.
 */
function attribute(pull: LatePull, commits: ReadonlyMap<string, RawRangeCommit>, late: Map<string, RawPull>): void {
  const isBare = (commit: RawRangeCommit) => nodesOf(commit.associatedPullRequests).length === 0 && !late.has(commit.oid);
  const merge = commits.get(pull.mergeCommit?.oid ?? '');
  if (merge === undefined || !isBare(merge)) return;
  late.set(merge.oid, pull);
  const own = nodesOf(pull.commits).map(({ commit }) => commit);
  if (!isRebaseOf(merge, own.pop())) return;
  let at = parentOf(merge, commits);
  for (let one = own.pop(); one !== undefined && at !== undefined && isBare(at) && isRebaseOf(at, one); one = own.pop()) {
    late.set(at.oid, pull);
    at = parentOf(at, commits);
  }
}

function parentOf(commit: RawRangeCommit, commits: ReadonlyMap<string, RawRangeCommit>): RawRangeCommit | undefined {
  const parents = nodesOf(commit.parents);
  return parents.length === 1 ? commits.get(parents[0]?.oid ?? '') : undefined;
}
