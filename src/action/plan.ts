// The task `plan`: the next release of the checkout, as outputs, annotations and a page that people read. An objection fails the step.

import { planSummary } from '../core/summary/plan.ts';
import { planFromClone } from '../flows/plan.ts';
import { GitProblem } from '../flows/ports.ts';
import { localGit } from '../git/local.ts';
import { gitOnRunner, readPolicy, repositoryOf, workspaceOf } from './checkout.ts';
import { InputProblem, type Inputs } from './inputs.ts';
import { outputsWith, planOutputs } from './outputs.ts';
import { EXIT, type Step } from './step.ts';
import { tellPlan } from './tell.ts';

export async function planTask(inputs: Inputs, step: Step): Promise<number> {
  const { env } = step;
  const dir = workspaceOf(env);
  const planned = await planFromClone(gitOnRunner(localGit, env), {
    dir,
    policy: await readPolicy(dir, inputs.policy),
    ...(inputs.line === null ? {} : { line: inputs.line }),
    ...(inputs.releaseAs === null ? {} : { releaseAs: inputs.releaseAs }),
    progress: (says) => step.say(says),
  }).catch((error: unknown) => {
    throw inWorkflowWords(error, inputs.line);
  });
  const { objections } = tellPlan(planned, step);
  step.annotate('error', objections);
  step.setOutputs(outputsWith(planOutputs(planned)));
  step.summarise(planSummary({ planned, repository: repositoryOf(env) }));
  return objections.length > 0 ? EXIT.no : EXIT.done;
}

/** The flow speaks of the command line's option where the input `line` names no branch. */
function inWorkflowWords(error: unknown, line: string | null): unknown {
  if (line === null || !(error instanceof GitProblem) || error.kind !== 'unknown-ref' || error.revision !== line) return error;
  return new InputProblem(
    `There is no branch ${JSON.stringify(line)} in this checkout. Set \`line\` to a branch that is there, or let actions/checkout fetch all of them with \`fetch-depth: 0\`.`,
  );
}
