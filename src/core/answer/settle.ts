// What `/classify` says.

import type { Settled } from '../settled.ts';
import { settlingLabel } from '../settled.ts';
import { nameSpan } from '../summary/page.ts';

const CALLED: Readonly<Record<Settled['as'], string>> = {
  maintenance: 'a maintenance change',
  feature: 'a feature',
  breaking: 'a breaking change',
  security: 'a security fix',
  none: 'no change that asks for a release',
};

export function settledText(number: number, as: Settled['as'], state: 'open' | 'merged', line: string): string {
  const where = `The label ${nameSpan(settlingLabel(as))} remembers it.`;
  const then =
    state === 'merged'
      ? `The plan of ${nameSpan(line)} is made anew; what is out already stays as it is.`
      : `It will count as that once it is merged.`;
  return `#${number} is ${CALLED[as]}: that is settled, whatever its title and other labels say. ${where} ${then}`;
}

export function notAPullText(command: string): string {
  return `This is an issue, and ${nameSpan(command)} is about a pull request. Write it there.`;
}

export function closedPullText(number: number): string {
  return `#${number} was closed without being merged, so no release will contain it. Reopen it first.`;
}

/** The policy has given the label that would remember it a meaning of its own. */
export function labelTakenText(label: string): string {
  return `The policy gives the label ${nameSpan(label)} a meaning of its own, so that it cannot remember what is settled here. Take it out of \`classify.labels\` in the policy.`;
}
