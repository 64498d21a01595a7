// The task `plan` without a usable checkout: the same plan, read from GitHub with the step's token. It changes nothing.

import type { PlannedRelease } from '../core/plan-json.ts';
import { planSummary } from '../core/summary/plan.ts';
import { observeGitHub, planOnGitHub } from '../flows/release/plan-github.ts';
import { branchOf, repositoryOf } from './checkout.ts';
import { gitHubOf, readRemotePolicy } from './github.ts';
import type { Inputs } from './inputs.ts';
import { outputsWith, planOutputs } from './outputs.ts';
import { EXIT, type Step } from './step.ts';
import { tellPlan } from './tell.ts';

export async function planGitHubTask(inputs: Inputs, step: Step): Promise<number> {
  const line = inputs.line ?? branchOf(step.env);
  const request = {
    readPolicy: readRemotePolicy,
    ...(line === null ? {} : { line }),
    ...(inputs.releaseAs === null ? {} : { releaseAs: inputs.releaseAs }),
  };
  const github = gitHubOf(step);
  const { plan, notes, head, remarks } = await planOnGitHub(github, await observeGitHub(github, request), request);
  const planned: PlannedRelease = { ...plan, notes, head, remarks };
  const { objections } = tellPlan(planned, step);
  step.annotate('error', objections);
  step.setOutputs(outputsWith(planOutputs(planned)));
  step.summarise(planSummary({ planned, repository: repositoryOf(step.env) }));
  return objections.length > 0 ? EXIT.no : EXIT.done;
}
