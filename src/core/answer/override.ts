// What `/override` says, and the issue in which each is looked back at: who broke the glass, why, and what was not met then.

import type { Decision } from '../gate/finding.ts';
import { timeText, VERDICTS } from '../gate/status-page.ts';
import { inlineText } from '../notes/markdown.ts';
import { QUESTIONS, reviewMark, reviewTitle, whom } from '../review.ts';
import { counted, joined, nameSpan, table } from '../summary/page.ts';
import { missingText, type Spot, spotText } from './gate.ts';
import { linkTo } from './page.ts';

/** A waiver holds so long for the commit and the environment: time for a deployment and another try, and not for the next emergency. */
export const WAIVER_SECONDS = 3_600;
/** `/override production asap` says nothing to who looks back. */
export const LEAST_REASON = 10;

export interface Override {
  readonly spot: Spot;
  /** Login. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
  readonly until: string;
}

/** `open`: how many were not met without it. `decision`: what follows with it. */
export function overriddenText(
  { spot, until }: Override,
  open: number,
  decision: Pick<Decision, 'outcome' | 'findings'>,
  review: { readonly number: number; readonly url: string },
): string {
  return joined([
    `The glass is broken: ${counted(open, 'requirement')} of ${spotText(spot)} need not be met until ${timeText(until)}, for this commit and this environment alone.`,
    missingText(decision, spot),
    `It is in the record, and ${linkTo(`#${review.number}`, review.url)} looks back at it.`,
  ]);
}

export function nothingToOverrideText(spot: Spot): string {
  return `There is nothing to override: every requirement of ${spotText(spot)} is met. Nothing was done.`;
}

export function shortReasonText(reason: string): string {
  return `${nameSpan(reason)} does not say why: whoever looks back at an override has only its reason to go by. Write at least ${LEAST_REASON} characters, with the incident’s number if there is one. Nothing was done.`;
}

/** What no waiver covers stands in the way. `says`: why. */
export function notWaivableText(spot: Spot, says: string): string {
  return `An override would not open ${spotText(spot)}. ${inlineText(says, 600)} Nothing was done.`;
}

/** It came to be read only when it would have been over. */
export function tooLateText(spot: Spot, until: string): string {
  return `Your comment was read too late: what it asks for would have ended at ${timeText(until)}. Nothing was done. If ${spotText(spot)} still needs it, write it again.`;
}

export interface Review {
  readonly override: Override;
  /** As it was without the override. */
  readonly decision: Pick<Decision, 'findings'>;
  /** The comment, and where it was written. */
  readonly comment: { readonly id: number; readonly issue: number; readonly url: string };
  readonly runUrl: string | null;
  /** Whom the policy asks to look back. */
  readonly to: readonly string[];
}

/** One for a commit and an environment, so that it is opened once. */
export function reviewIssue({ override, decision, comment, runUrl, to }: Review): { readonly title: string; readonly body: string } {
  const { spot, by, reason, at, until } = override;
  const of = { sha: spot.sha, environment: spot.environment, cause: 'overridden' } as const;
  const open = decision.findings.filter(({ verdict }) => verdict !== 'met');
  const rows = open.slice(0, MOST).map((one) => [inlineText(one.requirement, 100), VERDICTS[one.verdict], inlineText(one.says, 500)]);
  const body = joined([
    reviewMark(of),
    `${nameSpan(by)} overrode the gate of ${spotText(spot)} in #${comment.issue} ([comment](${comment.url})).`,
    [
      `- Why: ${inlineText(reason, 600)}`,
      `- From ${timeText(at)} until ${timeText(until)}, for this commit and this environment alone`,
      runUrl === null ? '- No deployment waited then' : `- The deployment that waited: [run ${spot.run}](${runUrl})`,
    ].join('\n'),
    '**What was not met then**',
    table(['Requirement', 'Verdict', 'Why'], rows, { left: 0, noun: 'requirement' }),
    open.length > MOST ? `…and ${open.length - MOST} more.` : '',
    `**To look back at it**\n\n${QUESTIONS.overridden.map((one) => `- [ ] ${one}`).join('\n')}`,
    `Somebody else than ${nameSpan(by)} closes this once it is answered.${to.length === 0 ? '' : ` Asked to look: ${to.map(whom).join(' ')}`}`,
  ]);
  return { title: reviewTitle(of), body };
}

const MOST = 50;

/** Tells one override from the next in a review of both. */
export function overrideMark(comment: number): string {
  return `<!-- shiplock:override ${comment} -->`;
}
