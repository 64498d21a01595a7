// The decision of a gate → the page that people read: whether it opens, and what each requirement says.

import type { Decision, Verdict } from '../gate/finding.ts';
import { inlineText } from '../notes/markdown.ts';
import { alert, joined, nameSpan, table } from './page.ts';

export interface GateSummaryInput {
  readonly environment: string;
  readonly sha: string;
  readonly decision: Pick<Decision, 'outcome' | 'findings'>;
  /** Where the policy was read; null where it could not be seen. */
  readonly policy: { readonly branch: string; readonly sha: string; readonly blob: string | null } | null;
  /** Worth knowing beside it. */
  readonly hints: readonly string[];
}

/** In a few words, as plain text of one line: `The gate of production waits`. */
export function gateHeadline(environment: string, { outcome }: Pick<Decision, 'outcome'>): string {
  const does = { approve: 'is open', wait: 'waits', reject: 'stays shut' }[outcome];
  return `The gate of ${environment} ${does}`;
}

/** The page as Markdown, with a line end at the end. */
export function gateSummary({ environment, sha, decision, policy, hints }: GateSummaryInput): string {
  const { findings } = decision;
  const where = policy === null ? 'a policy that could not be seen' : policyText(policy);
  const shown = findings.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
  return `${joined([
    `## ${inlineText(gateHeadline(environment, decision))}`,
    `Commit ${nameSpan(sha.slice(0, 7))} by ${where}.`,
    table(
      ['', 'Requirement', 'Why'],
      shown.slice(0, MOST).map(({ verdict, requirement, says }) => [MARKS[verdict], inlineText(requirement), inlineText(says, 1_000)]),
      { left: findings.length - MOST, noun: 'requirement' },
    ),
    alert('NOTE', 'Look at this.', hints, MOST),
  ])}\n`;
}

function policyText({ branch, sha, blob }: NonNullable<GateSummaryInput['policy']>): string {
  const at = `${nameSpan(branch)} at ${nameSpan(sha.slice(0, 7))}`;
  return blob === null ? `the built-in policy, as ${at} has none` : `the policy of ${at} (${nameSpan(blob.slice(0, 7))})`;
}

const MOST = 200;
const RANK: Readonly<Record<Verdict, number>> = { unmet: 0, unknown: 1, pending: 2, met: 3 };
const MARKS: Readonly<Record<Verdict, string>> = {
  unmet: '❌ unmet',
  unknown: '❔ unknown',
  pending: '⏳ pending',
  met: '✅ met',
};
