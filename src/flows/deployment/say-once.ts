// A comment of ours that is there once, however often its flow is begun again: known by its mark among those that GitHub says are ours.

import type { Situation } from '../app-port.ts';
import { threadOf } from '../gate/keep-thread.ts';
import { GitHubProblem } from '../github-port.ts';
import type { NoteWrite } from '../store-port.ts';

/** `text` begins with `mark`. False: it was there. */
export async function sayOnce({ github }: Pick<Situation, 'github'>, issue: number, mark: string, text: string): Promise<boolean> {
  const own = (await github.ownComments([issue])).get(issue);
  // The place is gone, and with it whoever would read it.
  if (own === undefined || own.some((one) => one.own && one.body.startsWith(mark))) return false;
  await github.comment(issue, text);
  return true;
}

const FOR_GOOD: ReadonlySet<GitHubProblem['kind']> = new Set(['forbidden', 'not-found', 'refused']);

/**
 * The same, of what has happened whether or not it can be said: where GitHub takes no comment, as in a conversation that was locked, that must
 * not keep an environment's turn; the record and the status have it. `issue`: null where its release is talked about. Notes are to be written.
 */
export async function sayIfTaken(
  situation: Situation,
  { issue, sha }: { readonly issue: number | null; readonly sha: string },
  mark: string,
  text: string,
): Promise<readonly NoteWrite[]> {
  const thread = issue === null ? await threadIfAny(situation, sha) : { issue, notes: [] };
  try {
    if (thread.issue !== null) await sayOnce(situation, thread.issue, mark, text);
  } catch (error) {
    tellUnsaid(situation, `#${thread.issue}`, error);
  }
  return thread.notes;
}

/** Where a release is talked about; null: nowhere, and no issue can be opened for it, as where a repository has none. */
export async function threadIfAny(
  situation: Situation,
  sha: string,
): Promise<{ readonly issue: number | null; readonly notes: readonly NoteWrite[] }> {
  try {
    return await threadOf(situation, sha);
  } catch (error) {
    tellUnsaid(situation, sha, error);
    return { issue: null, notes: [] };
  }
}

/** Throws what may pass by itself. */
function tellUnsaid({ unsaid }: Situation, where: string, error: unknown): void {
  if (!(error instanceof GitHubProblem) || !FOR_GOOD.has(error.kind)) throw error;
  unsaid?.(where, error.message);
}
