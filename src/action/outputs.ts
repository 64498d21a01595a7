// The outputs that action.yml declares, each a text. Every task sets all of them, empty where it has nothing to say.

import { inlineText } from '../core/notes/markdown.ts';
import { type PlannedRelease, planJson, releasesOf } from '../core/plan-json.ts';
import { maxBump } from '../core/version.ts';

const NOTHING = {
  kind: '',
  bump: '',
  version: '',
  tag: '',
  'previous-tag': '',
  notes: '',
  released: 'false',
  'release-url': '',
  decision: '',
  reasons: '',
  plan: '',
};

export type Outputs = Readonly<Record<keyof typeof NOTHING, string>>;

export function outputsWith(some: Partial<Outputs>): Outputs {
  return { ...NOTHING, ...some };
}

/** What a plan says. */
export function planOutputs(planned: PlannedRelease): Partial<Outputs> {
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
    notes: only?.notes ?? packageNotes(plans),
    decision: plans.some((plan) => plan.objections.length > 0) ? 'held' : kind === false ? 'none' : 'planned',
    reasons: reasonsText(plans.flatMap(reasonsOf)),
    plan: JSON.stringify(planJson(planned)),
  };
}

/** One sentence a line. */
export function reasonsText(says: readonly string[]): string {
  return says.map((one) => one.replace(/\s+/g, ' ')).join('\n');
}

function packageNotes(plans: readonly PlannedRelease[]): string {
  const released = plans.filter((plan) => plan.version !== null);
  return released.map((plan) => `# ${inlineText(`${plan.package} ${plan.version}`)}\n\n${plan.notes}`).join('\n\n');
}

function reasonsOf(plan: PlannedRelease): string[] {
  const name = plan.package === null ? '' : `${plan.package}: `;
  const says = [...plan.because, ...plan.objections.map((one) => one.says), ...plan.alarms.map((one) => one.says)];
  return says.map((one) => `${name}${one}`);
}
