// Who is told of a published release: the pull requests that it holds and the issues that they closed, each once.

import type { Change } from './change.ts';

export interface Audience {
  readonly number: number;
  readonly kind: 'pull' | 'issue';
}

/** More than this would be a storm of comments, and of calls: then the release itself has to do. */
export const AUDIENCE_LIMIT = 200;

/** Pull requests first, then the issues of this repository that a change closes. Direct commits have nobody to tell. */
export function audienceOf(changes: readonly Change[]): readonly Audience[] {
  const pulls = new Set<number>();
  const issues = new Set<number>();
  for (const change of changes) {
    if (change.pr !== null) pulls.add(change.pr);
    for (const one of change.references) if (one.closes && one.owner === null && one.repository === null) issues.add(one.number);
  }
  for (const number of pulls) issues.delete(number);
  return [
    ...[...pulls].map((number): Audience => ({ number, kind: 'pull' })),
    ...[...issues].map((number): Audience => ({ number, kind: 'issue' })),
  ];
}
