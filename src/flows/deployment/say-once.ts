// A comment of ours that is there once, however often its flow is begun again: known by its mark among those that GitHub says are ours.

import type { Situation } from '../app-port.ts';
import { GitHubProblem } from '../github-port.ts';

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
 * The same, of what has happened whether or not it can be said: where GitHub will not take a comment, as in a conversation that was locked,
 * that must not keep an environment's turn. The record and the status have it.
 */
export async function sayIfTaken(situation: Pick<Situation, 'github'>, issue: number, mark: string, text: string): Promise<boolean> {
  try {
    return await sayOnce(situation, issue, mark, text);
  } catch (error) {
    if (error instanceof GitHubProblem && FOR_GOOD.has(error.kind)) return false;
    throw error;
  }
}
