// What an environment's gate asks, in one line of Markdown.

import { inlineText } from '../notes/markdown.ts';
import {
  type EnvironmentPolicy,
  type GatePolicy,
  gateOf,
  OCCASIONS,
  type Occasion,
  type RequirementPolicy,
  type WindowPolicy,
} from '../policy/environment.ts';
import { clockText, daysText, durationText } from '../policy/time.ts';
import type { Policy } from '../policy.ts';
import { counted, nameSpan } from '../summary/page.ts';

const MOST = 8;

/** `after qa; checks …; 2 approvals from …; other rules for security`. */
export function gateText(environment: EnvironmentPolicy): string {
  const { after, hold, freeze, deploy } = environment;
  const own = asked(environment);
  const other = OCCASIONS.filter((occasion) => environment.for[occasion] !== undefined);
  const parts = [
    hold === null ? '' : `**held**: ${inlineText(hold, 200)}`,
    after === undefined ? '' : `after ${nameSpan(after)}`,
    ...own,
    freeze.length === 0 ? '' : counted(freeze.length, 'freeze'),
    other.length === 0 ? '' : `other rules for ${other.map((occasion) => occasionText(environment, occasion)).join(', ')}`,
    deploy === undefined ? '' : `deployed by ${nameSpan(deploy)}${environment.promote === 'auto' ? ', by itself' : ''}`,
  ].filter((part) => part !== '');
  const nothing = own.length === 0 && after === undefined && hold === null && other.length === 0;
  return nothing ? ['nothing required, and nothing opens no gate', ...parts].join('; ') : parts.join('; ');
}

/** What holds for environments that the policy does not name. */
export function openText({ environments, unlisted }: Policy): string {
  const any = Object.keys(environments).length > 0 ? 'Other environments' : 'The policy names no environment: all';
  return unlisted === 'open' ? `${any} are open` : `${any} stay shut until the policy names them`;
}

/** An occasion, and whom it asks where those are others. */
function occasionText(environment: EnvironmentPolicy, occasion: Occasion): string {
  const usual = approvalsText(environment);
  const then = approvalsText(gateOf(environment, occasion));
  return then === usual ? occasion : `${occasion} (${then === '' ? 'no approval' : then})`;
}

function approvalsText({ requires }: GatePolicy): string {
  const asked = requires.filter((one) => one.asks === 'approvals').map(requirementText);
  return asked.filter((text) => text !== '').join(' and ');
}

function asked({ requires, windows }: GatePolicy): string[] {
  return cut([...requires.map(requirementText), ...windows.map(windowText)].filter((text) => text !== ''));
}

function cut(parts: readonly string[]): string[] {
  return parts.length > MOST ? [...parts.slice(0, MOST), `${parts.length - MOST} more`] : [...parts];
}

function requirementText(requirement: RequirementPolicy): string {
  switch (requirement.asks) {
    case 'checks': {
      const { names, app, baseline } = requirement;
      const by = app === null ? '' : ` of ${nameSpan(app)}`;
      const since = baseline === null ? '' : ', and what passed on the last release';
      return `checks ${listed(names)}${by}${since}`;
    }
    case 'approvals': {
      const { count, from, except } = requirement;
      if (count === 0) return '';
      const without = except.length === 0 ? '' : `, not the ${except.join(', ')}`;
      return `${counted(count, 'approval')} from ${from.length === 0 ? 'those with write access' : listed(from)}${without}`;
    }
    case 'soak':
      return requirement.seconds === 0 ? '' : `${durationText(requirement.seconds)} in the environment before`;
    case 'ticket':
      return `a ticket that ${nameSpan(requirement.pattern)} finds`;
  }
}

function windowText({ days, from, to, zone }: WindowPolicy): string {
  const on = daysText(days);
  return `${typeof on === 'string' ? on : on.join(', ')} ${clockText(from)}–${clockText(to)} ${inlineText(zone, 60)}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST).map(nameSpan).join(', ');
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}
