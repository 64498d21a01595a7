// The task `plan`: the next release of the checkout, as outputs, annotations and a page that people read. An objection fails the step.

import { planSummary } from '../core/summary/plan.ts';
import { type Planned, planFromClone } from '../flows/clone/plan.ts';
import { GitProblem } from '../flows/ports.ts';
import { localGit } from '../git/local.ts';
import { gitOnRunner, readPolicy, repositoryOf, workspaceOf } from './checkout.ts';
import { hasToken, InputProblem, type Inputs } from './inputs.ts';
import { outputsWith, planOutputs } from './outputs.ts';
import { EXIT, type Step } from './step.ts';
import { tellPlan } from './tell.ts';

/** Null where the checkout cannot answer and GitHub can be asked instead. */
export async function planTask(inputs: Inputs, step: Step): Promise<number | null> {
  const { env } = step;
  const dir = workspaceOf(env);
  const planned: Planned | null = await planFromClone(gitOnRunner(localGit, env), {
    dir,
    policy: await readPolicy(dir, inputs.policy),
    ...(inputs.line === null ? {} : { line: inputs.line }),
    ...(inputs.releaseAs === null ? {} : { releaseAs: inputs.releaseAs }),
    progress: (says) => step.say(says),
  }).catch((error: unknown) => {
    const why = elsewhere(error, inputs, env);
    if (why === null) throw inWorkflowWords(error, inputs.line);
    step.say(why);
    return null;
  });
  if (planned === null) return null;
  const { objections } = tellPlan(planned, step);
  step.annotate('error', objections);
  step.setOutputs(outputsWith(planOutputs(planned)));
  step.summarise(planSummary({ planned, repository: repositoryOf(env) }));
  return objections.length > 0 ? EXIT.no : EXIT.done;
}

/** Why GitHub is asked instead of the checkout; null where it would not help, or where a policy of the checkout was asked for. */
function elsewhere(error: unknown, inputs: Inputs, env: NodeJS.ProcessEnv): string | null {
  if (!(error instanceof GitProblem) || inputs.policy !== null || !hasToken(env) || repositoryOf(env) === null) return null;
  if (error.kind === 'no-repository') return 'There is no checkout here, so the plan is read from GitHub.';
  return error.kind === 'shallow' ? 'The checkout is shallow, so the plan is read from GitHub.' : null;
}

/** The flow speaks of the command line's option where the input `line` names no branch. */
function inWorkflowWords(error: unknown, line: string | null): unknown {
  if (line === null || !(error instanceof GitProblem) || error.kind !== 'unknown-ref' || error.revision !== line) return error;
  return new InputProblem(
    `There is no branch ${JSON.stringify(line)} in this checkout. Set \`line\` to a branch that is there, or let actions/checkout fetch all of them with \`fetch-depth: 0\`.`,
  );
}
