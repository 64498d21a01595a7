// What a train finds on its line when it is looked at, and settling its load: from then on the line's next release is made of what is there,
// and people are told so where they talk about it.

import { settledText, trainMark, trainText } from '../../core/answer/train.ts';
import type { TrainPolicy } from '../../core/policy.ts';
import type { Situation } from '../app-port.ts';
import { sayOnce } from '../deployment/say-once.ts';
import { threadOf } from '../gate/keep-thread.ts';
import { GitHubProblem } from '../github-port.ts';
import type { Outcome } from '../store-port.ts';
import { type Load, loadNote, loadOf } from './load.ts';
import { type GitHubPlan, type GitHubSituation, observeGitHub, planOnGitHub } from './plan-github.ts';
import { type ReleaseRequest, releaseOnGitHub, withheldOf } from './release.ts';
import { recorded } from './train-notes.ts';
import { wished, wishOf } from './wish.ts';

export interface Look {
  readonly seen: GitHubSituation;
  readonly plan: GitHubPlan;
  readonly request: ReleaseRequest;
  readonly load: Load | null;
  readonly line: string;
}

/** Null: the train's branch is gone. */
export async function lookAt({ github, notes, repository, readPolicy, now }: Situation, train: TrainPolicy): Promise<Look | null> {
  try {
    const branch = train.line === null ? {} : { line: train.line };
    const seen = await observeGitHub(github, { readPolicy, ...branch });
    const line = seen.line.name;
    const wish = await wishOf(notes, repository, line, seen.tags);
    const request: ReleaseRequest = { readPolicy, ...branch, ...wished(wish), today: new Date(now).toISOString().slice(0, 10) };
    const plan = await planOnGitHub(github, seen, request);
    return { seen, plan, request, load: await loadOf(notes, repository, line, seen.tags), line };
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind === 'not-found') return null;
    throw error;
  }
}

/** When a load is settled, for which departure; `departure` null: until somebody publishes it. */
export interface Settling {
  readonly departure: number | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** That the train is due, where it is. */
  readonly due: string;
}

/** Null: there is nothing to settle, or somebody has settled it. */
export async function settleLoad(
  situation: Situation,
  train: TrainPolicy,
  { seen, request, plan, load, line }: Look,
  { departure, at, due }: Settling,
): Promise<Outcome | null> {
  const { github, repository } = situation;
  const { version, tag } = plan.plan;
  if (withheldOf(seen) !== null || version === null || tag === null || load !== null) return null;
  await releaseOnGitHub(github, { ...request, observed: seen, mode: draftMode(seen) });
  const settled: Load = { train: train.name, head: plan.head, version, tag, departure };
  const thread = await threadOf(situation, plan.head);
  const word = { name: train.name, at, due };
  await sayOnce({ github }, thread.issue, trainMark(word), trainText(word, settledText(settled, train.zone), objectionsOf(plan)));
  const until = departure === null ? 'until it is published' : `until the train leaves at ${new Date(departure).toISOString()}`;
  const told = recorded(situation, `The train ${train.name} settled its load: ${tag} is made of ${plan.head} ${until}.`, plan.head);
  return { notes: [loadNote(repository, line, settled), ...thread.notes, ...told.texts], entries: [told] };
}

export function draftMode({ policy }: GitHubSituation): 'draft' | 'pull-request' {
  return policy.release.mode === 'pull-request' ? 'pull-request' : 'draft';
}

/** Whatever keeps it from being published. */
export function objectionsOf({ plan }: GitHubPlan): readonly string[] {
  return plan.objections.map(({ says }) => says);
}
