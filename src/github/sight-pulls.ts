// Pull requests within a larger query: those whose merge a commit is, and what reviewers said of one.

import type { MergedSeen, ReviewSeen } from '../flows/gate-port.ts';
import { ACCOUNT, actorOfGraphql, type RawAccount } from './actors.ts';
import { MERGED, mergedOf, type RawMerged } from './gate-pulls.ts';
import { type List, PAGE_INFO, wholeOf } from './graphql.ts';

interface RawReview {
  readonly fullDatabaseId: string | null;
  readonly state: string;
  readonly author: RawAccount | null;
  readonly commit: { readonly oid: string } | null;
  readonly submittedAt: string | null;
  readonly authorAssociation: string;
}

export interface RawReviewed {
  readonly number?: number;
  readonly reviews: List<RawReview> | null;
}

export interface RawMerge {
  readonly oid?: string;
  readonly associatedPullRequests: List<RawMerged & RawReviewed> | null;
}

const REVIEW = `fullDatabaseId state author { ${ACCOUNT} } commit { oid } submittedAt authorAssociation`;
const REVIEWS = `reviews(first: 100) { nodes { ${REVIEW} } ${PAGE_INFO} }`;

/** Within `repository { … }`. */
export function reviewsSelection(pull: number): string {
  return `pullRequest(number: ${pull}) { number ${REVIEWS} }`;
}

/** Within `repository { … }`. */
export function mergedSelection(sha: string): string {
  const pulls = `associatedPullRequests(first: 10) { nodes { ${MERGED} ${REVIEWS} } ${PAGE_INFO} }`;
  return `object(oid: ${JSON.stringify(sha)}) { ... on Commit { oid ${pulls} } }`;
}

interface MergedShown {
  readonly merged: readonly MergedSeen[];
  /** By number; of the others not all came. */
  readonly reviews: ReadonlyMap<number, readonly ReviewSeen[]>;
}

/** Null: not all of it is there; nor is it where there is none, as GitHub's index of commits lags behind a merge. */
export function mergedShown(sha: string, raw: RawMerge | null): MergedShown | null {
  const list = raw?.oid === sha ? wholeOf(raw.associatedPullRequests) : null;
  if (list === null) return null;
  const found = list.filter((one) => one.state === 'MERGED' && one.mergeCommit?.oid === sha);
  if (found.length === 0 || found.some(({ labels }) => wholeOf(labels) === null)) return null;
  const reviews = new Map<number, readonly ReviewSeen[]>();
  for (const one of found) {
    const shown = reviewsShown(one);
    if (shown !== null) reviews.set(one.number, shown);
  }
  return { merged: found.map(mergedOf), reviews };
}

/** Oldest first. Null: not all of it is there, or not all that REST tells. */
export function reviewsShown({ reviews }: RawReviewed): readonly ReviewSeen[] | null {
  const list = wholeOf(reviews);
  if (list === null) return null;
  const all: ReviewSeen[] = [];
  for (const { fullDatabaseId, state, author, commit, submittedAt, authorAssociation } of list) {
    const by = actorOfGraphql(author);
    if (fullDatabaseId === null || commit === null || (author !== null && by === null)) return null;
    const id = Number(fullDatabaseId);
    const association = authorAssociation.toLowerCase();
    all.push({ id, commit: commit.oid, state: state.toLowerCase(), author: by, submittedAt, association });
  }
  return all;
}
