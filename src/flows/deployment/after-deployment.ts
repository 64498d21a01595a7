// What follows once a deployment has ended: people are told, the four keys are worked out anew, and where the operator asks for it the record is
// attached to the release. Where the policy asks for it its checks are watched, and somebody looks back: at once after a rollback and after the
// time that it gives a deployment to show what it does.

import type { ReviewCause } from '../../core/errand.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import type { Policy } from '../../core/policy.ts';
import type { Happening } from '../../core/tell.ts';
import type { Situation } from '../app-port.ts';
import type { Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { attachTasks } from '../record/attach-deployed.ts';
import type { NewTask } from '../store-port.ts';
import { measureAfter } from './keep-metrics.ts';
import { tellTasks } from './tell.ts';
import { watchTasks } from './watch-notes.ts';

export interface EndedDeployment {
  readonly event: 'deployed' | 'rolled-back' | 'failed';
  readonly environment: string;
  readonly sha: string;
  readonly tag: string | null;
  readonly run: number | null;
  /** Login. */
  readonly by: string | null;
  /** Why, in words of others. */
  readonly says: string | null;
}

export function tasksAfter(
  situation: Situation,
  { policy, scene }: { readonly policy: Policy; readonly scene: Scene },
  { event, environment, sha, tag, run, by, says }: EndedDeployment,
): readonly NewTask[] {
  const at = new Date(situation.now).toISOString();
  const once = run === null ? at : `run ${run}`;
  const happening: Happening = { event, sha, environment, release: tag, at, by, url: null, says, once, ...(run === null ? {} : { run }) };
  const told = [...tellTasks(situation, happening, scene.policy), ...measureAfter(situation, policy.environments)];
  const { review = null, rollback } = environmentOf(policy, environment) ?? {};
  if (event === 'deployed') told.push(...attachTasks(situation, policy, { environment, sha, tag }));
  if (rollback !== undefined && event === 'deployed') told.push(...watchTasks(situation, environment, sha));
  if (review === null || event === 'failed') return told;
  return [...told, ...reviewTasks(situation, { environment, sha, cause: event, after: event === 'deployed' ? review.after : 0 })];
}

/** `after`: seconds. */
function reviewTasks(
  { home, now }: Pick<Situation, 'home' | 'now'>,
  { environment, sha, cause, after }: { environment: string; sha: string; cause: ReviewCause; after: number },
): readonly NewTask[] {
  const tasks = tasksOf([{ kind: 'review', home, sha, environment, cause }], { now, delivery: null });
  return after === 0 ? tasks : tasks.map((task) => ({ ...task, runAt: now + after * 1_000 }));
}
