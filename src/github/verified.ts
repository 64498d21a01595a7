// Writes that must not happen twice: when an answer is lost, look whether it happened before doing it again.

import { GitHubProblem } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';

const TRIES = 4;

/** Writes; where the answer is lost and `look` finds what was to be written, that is the answer. */
export async function verified<T>(place: Place, write: () => Promise<T>, look: () => Promise<T | null>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof GitHubProblem) || error.kind !== 'unavailable') throw error;
      // Lists lag behind writes: a look at once might see nothing and cause a second one.
      const waited = await place.patience.wait(2 ** (tried - 1), `${error.message} Looking whether it was done all the same.`);
      const found = await look();
      if (found !== null) return found;
      if (tried === TRIES || !waited) throw error;
    }
  }
}
