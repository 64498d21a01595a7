// A plan in the log and among the annotations, for each task that makes one.

import { type PlannedRelease, releasesOf } from '../core/plan-json.ts';
import { planHeadline, planSentence } from '../core/summary/plan.ts';
import type { Note, Step } from './step.ts';

/** Tells what the plan is and what looks wrong, which fails nothing. The objections are for the task to weigh. */
export function tellPlan(planned: PlannedRelease, step: Step): { readonly objections: readonly Note[] } {
  const plans = releasesOf(planned);
  for (const plan of plans) step.say(`${plan.package === null ? '' : `${plan.package}: `}${planHeadline(plan)} (${planSentence(plan)})`);
  for (const remark of planned.remarks) step.say(`Assumed: ${remark}`);
  const warned = plans.includes(planned) ? plans : [planned, ...plans];
  const alarms = warned.flatMap((plan) => plan.alarms.map(({ says }) => ({ message: says, title: titleOf('Look at this', plan) })));
  step.annotate('warning', alarms);
  return { objections: plans.flatMap((plan) => plan.objections.map(({ says }) => ({ message: says, title: titleOf('Objection', plan) }))) };
}

function titleOf(what: string, plan: PlannedRelease): string {
  return `${what}${plan.package === null ? '' : ` (${plan.package})`}`;
}
