// The decision of a gate → the page that people read: whether it opens, and what each requirement says, since when and until when.

import type { Decision, Finding, Verdict } from '../gate/finding.ts';
import { inlineText } from '../notes/markdown.ts';
import type { Occasion } from '../policy/environment.ts';
import { alert, joined, nameSpan, table } from './page.ts';

export interface GateSummaryInput {
  readonly environment: string;
  readonly sha: string;
  readonly decision: Pick<Decision, 'outcome' | 'findings' | 'occasion'>;
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
  const { findings, occasion } = decision;
  const where = policy === null ? 'a policy that could not be seen' : policyText(policy);
  const shown = findings.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]);
  const timed = findings.some((one) => timeText(one) !== '');
  return `${joined([
    `## ${inlineText(gateHeadline(environment, decision))}`,
    `Commit ${nameSpan(sha.slice(0, 7))}${occasion === null ? '' : `, ${OCCASION_WORDS[occasion]},`} by ${where}.`,
    table(
      ['', 'Requirement', ...(timed ? ['Since, or opens'] : []), 'Why'],
      shown
        .slice(0, MOST)
        .map((one) => [
          MARKS[one.verdict],
          inlineText(one.requirement),
          ...(timed ? [inlineText(timeText(one))] : []),
          inlineText(one.says, 1_000),
        ]),
      { left: findings.length - MOST, noun: 'requirement' },
    ),
    alert('NOTE', 'Look at this.', hints, MOST),
    COMMANDLESS,
  ])}\n`;
}

const COMMANDLESS =
  'Decided by what GitHub knows: the commands `/approve`, `/hold`, `/freeze` and `/override` are the App’s, and none of them counts here.';

function timeText({ since, opensAt }: Finding): string {
  const short = (instant: string) => `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
  return [...(since === undefined ? [] : [`since ${short(since)}`]), ...(opensAt === undefined ? [] : [`opens ${short(opensAt)}`])].join(
    ', ',
  );
}

function policyText({ branch, sha, blob }: NonNullable<GateSummaryInput['policy']>): string {
  const at = `${nameSpan(branch)} at ${nameSpan(sha.slice(0, 7))}`;
  return blob === null ? `the built-in policy, as ${at} has none` : `the policy of ${at} (${nameSpan(blob.slice(0, 7))})`;
}

const MOST = 200;
const OCCASION_WORDS: Readonly<Record<Occasion, string>> = {
  maintenance: 'a maintenance release',
  security: 'a security release',
  feature: 'a feature release',
  breaking: 'a feature release with a breaking change',
  rollback: 'a step back to what was here before',
};
const RANK: Readonly<Record<Verdict, number>> = { unmet: 0, unknown: 1, pending: 2, met: 3 };
const MARKS: Readonly<Record<Verdict, string>> = {
  unmet: '❌ unmet',
  unknown: '❔ unknown',
  pending: '⏳ pending',
  met: '✅ met',
};
