// What `/approve` and `/reject` say: what counts from now on and what is still missing, or whom the gate counts and why not this person.

import type { Decision } from '../gate/finding.ts';
import { inlineText } from '../notes/markdown.ts';
import { approversText } from '../role.ts';
import { joined, nameSpan } from '../summary/page.ts';
import { missingText, type Spot, spotText } from './gate.ts';

/** `early`: the policy leaves out who deploys it, and nobody does yet. `reject`: the command that takes it back. */
export function approvedText(spot: Spot, decision: Pick<Decision, 'outcome' | 'findings'>, early: boolean, reject: string): string {
  return joined([
    `You approve ${spotText(spot)}. That holds for this commit in this environment, re-runs included, until you take it back with ${nameSpan(reject)}.`,
    spot.run === null ? 'No deployment of it waits there yet.' : '',
    early ? 'The policy does not count whoever deploys it: if that will be you, this approval will not count.' : '',
    missingText(decision, spot),
  ]);
}

export function rejectedText(spot: Spot, reason: string, command: string): string {
  const then =
    spot.run === null
      ? 'No deployment of it waits there now. One that has begun goes on, but none is let in from now on.'
      : 'Its deployment is stopped.';
  return `You reject ${spotText(spot)}: ${inlineText(reason, 500)}\n\n${then} Only you can take that back, with ${nameSpan(command)}; the deployment then has to be started again.`;
}

/** An older comment that came late: what was said since holds. */
export function saidSinceText(spot: Omit<Spot, 'run'>, state: 'approve' | 'reject'): string {
  return `You ${state === 'approve' ? 'approved' : 'rejected'} ${spotText(spot)} after you wrote this comment, and your latest word counts. Nothing was done.`;
}

/** The gate leaves this person out for a part in what is deployed. `why`: `is an author.` */
export function ownWorkText(spot: Omit<Spot, 'run'>, why: string, from: readonly string[]): string {
  return `Your approval of ${spotText(spot)} would not count: the policy asks for approval by people who had no part in it, and you ${inlineText(why.replace(/^is /, 'are '), 300)} Nothing was done. Ask ${fromText(from)}.`;
}

/** Whether the gate counts this person is not known, and nobody is counted by chance. */
export function standingUnseenText(spot: Omit<Spot, 'run'>, why: string): string {
  return `Whether the gate of ${spotText(spot)} counts you could not be seen: ${inlineText(why, 500)} Nothing was done; try again in a moment.`;
}

/** Goes with whom the gate counts: whoever may not write is none of these, whatever team they are in. */
export function noWriteText(): string {
  return 'It counts nobody without write access to the repository, whatever team they belong to.';
}

/** There is nobody whom the gate counts. */
export function nobodyAskedText(spot: Omit<Spot, 'run'>, listed: boolean, name: 'approve' | 'reject', hold: string): string {
  const what = listed
    ? `The policy asks for nobody’s approval of ${spotText(spot)}`
    : `The policy has no entry for ${nameSpan(spot.environment)}, so nobody’s approval is asked for there`;
  const instead =
    name === 'approve' ? 'There is nothing to approve.' : `Nor is anybody’s rejection counted: ${nameSpan(hold)} keeps it out.`;
  return `${what}. ${instead} Nothing was done.`;
}

function fromText(from: readonly string[]): string {
  if (from.length === 0) return 'somebody else with write access';
  return `another of ${from
    .slice(0, 10)
    .map((one) => approversText(one, nameSpan))
    .join(', ')}${from.length > 10 ? ` and ${from.length - 10} more` : ''}`;
}
