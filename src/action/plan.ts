// The task `plan`: the next release of the checkout, as outputs, annotations and a page that people read. An objection fails the step.

import { inlineText } from '../core/markdown.ts';
import { planJson, releasesOf } from '../core/plan-json.ts';
import { planHeadline, planSentence, planSummary } from '../core/plan-summary.ts';
import { maxBump } from '../core/version.ts';
import { type Planned, planFromClone } from '../flows/plan.ts';
import { GitProblem } from '../flows/ports.ts';
import { localGit } from '../git/local.ts';
import { gitOnRunner, readPolicy, repositoryOf, workspaceOf } from './checkout.ts';
import { InputProblem, type Inputs } from './inputs.ts';
import { EXIT, type Step } from './step.ts';

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
  const plans = releasesOf(planned);
  for (const plan of plans) step.say(`${plan.package === null ? '' : `${plan.package}: `}${planHeadline(plan)} (${planSentence(plan)})`);
  for (const remark of planned.remarks) step.say(`Assumed: ${remark}`);

  const objections = plans.flatMap((plan) => plan.objections.map(({ says }) => ({ message: says, title: titleOf('Objection', plan) })));
  const warned = plans.includes(planned) ? plans : [planned, ...plans];
  const alarms = warned.flatMap((plan) => plan.alarms.map(({ says }) => ({ message: says, title: titleOf('Look at this', plan) })));
  step.annotate('error', objections);
  step.annotate('warning', alarms);
  step.setOutputs(outputsOf(planned));
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

function titleOf(what: string, plan: Planned): string {
  return `${what}${plan.package === null ? '' : ` (${plan.package})`}`;
}

/** What action.yml declares, each a text; empty where there is nothing to say. */
function outputsOf(planned: Planned): Readonly<Record<string, string>> {
  const plans = releasesOf(planned);
  // A number of several packages would be nobody's: only one that is alone speaks for the repository.
  const only = plans.length === 1 ? plans[0] : undefined;
  const kind = plans.some((plan) => plan.kind === 'feature') ? 'feature' : plans.some((plan) => plan.kind === 'maintenance');
  return {
    kind: kind === true ? 'maintenance' : kind === false ? 'none' : kind,
    bump: maxBump(plans.map((plan) => plan.bump)),
    version: only?.version ?? '',
    tag: only?.tag ?? '',
    'previous-tag': only?.since?.tag ?? '',
    notes: only?.notes ?? packageNotes(plans as readonly Planned[]),
    reasons: plans.flatMap(reasonsOf).join('\n'),
    plan: JSON.stringify(planJson(planned)),
  };
}

function packageNotes(plans: readonly Planned[]): string {
  const released = plans.filter((plan) => plan.version !== null);
  return released.map((plan) => `# ${inlineText(`${plan.package} ${plan.version}`)}\n\n${plan.notes}`).join('\n\n');
}

function reasonsOf(plan: Pick<Planned, 'package' | 'because' | 'objections' | 'alarms'>): string[] {
  const name = plan.package === null ? '' : `${plan.package}: `;
  const says = [...plan.because, ...plan.objections.map((one) => one.says), ...plan.alarms.map((one) => one.says)];
  return says.map((one) => `${name}${one}`.replace(/\s+/g, ' '));
}
