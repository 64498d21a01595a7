// The record of a release, attached to it by the App once it has come into the last environment, where the operator asks for that: what is
// recorded of it until then. A release that GitHub keeps from changes is left alone, and that is said where people talk about it.

import { notAttachedText, unattachedMark } from '../../core/answer/record.ts';
import { nextAfter } from '../../core/deployment.ts';
import type { AttachErrand } from '../../core/errand.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import type { Policy } from '../../core/policy.ts';
import type { Situation } from '../app-port.ts';
import { sayOnce } from '../deployment/say-once.ts';
import { threadOf } from '../gate/keep-thread.ts';
import { GitHubProblem } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import type { NewTask, Outcome } from '../store-port.ts';
import { attachRecord } from './attach-record.ts';

/** After a deployment with success: one that nothing comes after, by the policy. The task is done once its entry is written. */
export function attachTasks(
  { home, now, attaches }: Pick<Situation, 'home' | 'now' | 'attaches'>,
  policy: Policy,
  { environment, sha, tag }: { readonly environment: string; readonly sha: string; readonly tag: string | null },
): readonly NewTask[] {
  if (tag === null || attaches?.(`${home.owner}/${home.name}`) !== true) return [];
  if (environmentOf(policy, environment) === null || nextAfter(policy, environment).length > 0) return [];
  return tasksOf([{ kind: 'attach', home, sha, tag }], { now, delivery: null });
}

export async function attachDeployed(situation: Situation, { sha, tag }: AttachErrand): Promise<Outcome> {
  const { github, notes, repository, head, entries } = situation;
  const [now, release] = await Promise.all([github.tag(tag), github.release(tag)]);
  // A tag without a release has nothing to attach it to, and one that was moved is another release.
  if (release === null || now?.sha !== sha || entries === undefined) return {};
  if (release.immutable === true)
    return unattached(situation, { sha, tag }, 'the release is immutable, so GitHub takes no more files for it.');
  const store = { head, entries: (_: string, from: { after: number; limit: number }) => entries(from), note: notes.note };
  try {
    await attachRecord({ github, store, repository }, release, new Set([sha]));
    return {};
  } catch (error) {
    if (!(error instanceof GitHubProblem) || (error.kind !== 'refused' && error.kind !== 'forbidden')) throw error;
    return unattached(situation, { sha, tag }, error.message);
  }
}

async function unattached(situation: Situation, { sha, tag }: Pick<AttachErrand, 'sha' | 'tag'>, why: string): Promise<Outcome> {
  const { home } = situation;
  const thread = await threadOf(situation, sha);
  const text = notAttachedText({ tag, sha, why, repository: `${home.owner}/${home.name}` });
  await sayOnce(situation, thread.issue, unattachedMark(sha), text);
  return { notes: thread.notes };
}
