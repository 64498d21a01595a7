// The labels that are ours: `release: feature` and its kin are how `/classify` is remembered on GitHub itself, and `shiplock: feature` and
// its kin show what a pull request was found to be. The first are read, the second never are (docs/decisions/0008-settled-by-label.md).

import type { Proposal } from './change.ts';
import type { Meaning } from './policy.ts';

export type Settled = NonNullable<Proposal['override']>;

/** Label names → their meanings in the policy. */
type Mapped = Readonly<Record<string, Meaning>>;

const SETTLES = /^release: (maintenance|feature|breaking|security|none)$/i;

/** The label that remembers it. */
export function settlingLabel(as: Settled['as']): string {
  return `release: ${as}`;
}

/** The labels that settle something. A name that the policy gives a meaning is a label like any other. */
export function settlingLabels(labels: readonly string[], mapped: Mapped): readonly string[] {
  return labels.filter((label) => SETTLES.test(label) && !isMapped(label, mapped));
}

/** What the labels settle; `contradictory` where they settle different things. */
export function settledOf(labels: readonly string[], mapped: Mapped): Settled | undefined | 'contradictory' {
  let found: Settled | undefined;
  for (const label of settlingLabels(labels, mapped)) {
    const as = settledAs(label);
    if (found !== undefined && found.as !== as) return 'contradictory';
    found ??= { as, by: `the label "${label}"` };
  }
  return found;
}

/** What one of `settlingLabels` says. */
export function settledAs(label: string): Settled['as'] {
  return label.slice('release: '.length).toLowerCase() as Settled['as'];
}

function isMapped(label: string, mapped: Mapped): boolean {
  const name = label.toLowerCase();
  return Object.keys(mapped).some((key) => key.toLowerCase() === name);
}

/** What is shown of a verdict, as one word. */
export const SHOWN = ['maintenance', 'feature', 'breaking', 'none', 'disputed'] as const;
export type Shown = (typeof SHOWN)[number];

const SHOWS = /^shiplock: (?:maintenance|feature|breaking|none|disputed)$/i;

/** True for a label that only shows our own verdict: reading it would let a verdict confirm itself, whatever the policy says. */
export function isShownLabel(label: string): boolean {
  return SHOWS.test(label);
}

/** What to add and take off, so that exactly this verdict is shown; null shows none. */
export function labelsToShow(
  labels: readonly string[],
  shown: Shown | null,
): { readonly add: readonly string[]; readonly remove: readonly string[] } {
  const wanted = shown === null ? null : `shiplock: ${shown}`;
  const ours = labels.filter(isShownLabel);
  return {
    add: wanted === null || ours.some((label) => label.toLowerCase() === wanted) ? [] : [wanted],
    remove: ours.filter((label) => label.toLowerCase() !== wanted),
  };
}
