// Reads a long GraphQL list in pages as large as GitHub can compute in its ten seconds: half as many where it gives up, slowly more again.

import { GitHubProblem } from '../flows/github-port.ts';
import type { List } from './graphql.ts';
import type { Patience } from './patience.ts';

const LARGEST = 100;
/** Failures of one commit alone, after which GitHub is taken to be down. */
const TRIES_OF_ONE = 3;
/** Pages in a row that must have come before a larger one is tried. */
const GOOD_PAGES = 3;

/** The pages in order, nothing lost and nothing twice: a cursor says where the last page that came ended. `read` must be asked as `heavy`. */
export async function* walk<L extends List<unknown>>(
  patience: Patience,
  read: (size: number, after: string | null) => Promise<L>,
  start: { readonly largest?: number } = {},
): AsyncGenerator<L, void, undefined> {
  const { largest = LARGEST } = start;
  let size = largest;
  let after: string | null = null;
  let good = 0;
  let failures = 0;
  for (;;) {
    let page: L;
    try {
      page = await read(size, after);
    } catch (error) {
      if (!(error instanceof GitHubProblem) || error.kind !== 'unavailable') throw error;
      if (size === 1) failures += 1;
      if (failures === TRIES_OF_ONE || !(await patience.wait(1, error.message))) throw error;
      size = Math.max(1, Math.floor(size / 2));
      good = 0;
      continue;
    }
    yield page;
    const { hasNextPage, endCursor } = page.pageInfo;
    if (!hasNextPage) return;
    if (endCursor === null || endCursor === after) {
      throw new GitHubProblem('unavailable', 'GitHub says that a list goes on, but not where. Try again.');
    }
    after = endCursor;
    failures = 0;
    good += 1;
    if (good % GOOD_PAGES === 0) size = Math.min(largest, size * 2);
  }
}
