// What is open of what a release waits for: part of the first look at a repository, so that it costs no call of its own. A token that may
// not see issues sees the rest all the same.

import type { ReleaseScope, ScopeItem } from '../core/scope.ts';
import type { Observed } from '../flows/github-port.ts';
import { type List, nodesOf, PAGE_INFO } from './graphql.ts';
import type { GraphqlError } from './problem.ts';

interface RawItem {
  readonly number: number;
  readonly baseRefName?: string;
  readonly milestone: { readonly title: string } | null;
}

type RawItems = Pick<List<RawItem>, 'nodes'> & { readonly totalCount: number };

interface RawMilestone {
  readonly title: string;
  readonly issues: { readonly totalCount: number };
  readonly pullRequests: { readonly totalCount: number };
}

export interface RawScope {
  readonly milestones: List<RawMilestone> | null;
  readonly blocker: { readonly issues: RawItems; readonly pullRequests: RawItems } | null;
}

const ITEMS = 20;
const OPEN = 'states: OPEN';

/** Within `repository { … }`; `blocker` is the label `release-blocker` (core/scope.ts). */
export const SCOPE = `milestones(first: 50, ${OPEN}, orderBy: { field: UPDATED_AT, direction: DESC }) {
    nodes { title issues(first: 1, ${OPEN}) { totalCount } pullRequests(first: 1, ${OPEN}) { totalCount } } ${PAGE_INFO} }
  blocker: label(name: "release-blocker") {
    issues(first: ${ITEMS}, ${OPEN}) { totalCount nodes { number milestone { title } } }
    pullRequests(first: ${ITEMS}, ${OPEN}) { totalCount nodes { number baseRefName milestone { title } } } }`;

/** Whether an error is about this part alone, and for want of a permission. */
export function isScopeRefusal({ type, path }: GraphqlError): boolean {
  const [root, field] = path ?? [];
  return type === 'FORBIDDEN' && root === 'repository' && (field === 'milestones' || field === 'blocker');
}

export function scopeOf({ milestones, blocker }: RawScope, refused: boolean): Observed<ReleaseScope> {
  if (refused || milestones === null) return { known: false, why: 'the token may not see them; it needs `issues: read`.' };
  const lists = blocker === null ? [] : [blocker.issues, blocker.pullRequests];
  const blockers = lists.flatMap((list) => (list.nodes ?? []).filter((node) => node !== null).map(itemOf));
  return {
    known: true,
    value: {
      blockers,
      unread: lists.reduce((sum, { totalCount }) => sum + totalCount, 0) - blockers.length,
      milestones: nodesOf(milestones).map(({ title, issues, pullRequests }) => ({
        title,
        open: issues.totalCount + pullRequests.totalCount,
      })),
      moreMilestones: milestones.pageInfo.hasNextPage,
    },
  };
}

function itemOf({ number, milestone, baseRefName }: RawItem): ScopeItem {
  return { number, milestone: milestone?.title ?? null, base: baseRefName ?? null };
}
