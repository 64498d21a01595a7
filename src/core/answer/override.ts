// What `/override` says, and the issue in which each is looked back at: who broke the glass, why, and what was not met then.

import type { Decision } from '../gate/finding.ts';
import { timeText, VERDICTS } from '../gate/status-page.ts';
import { inlineText } from '../notes/markdown.ts';
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

/** The same for the same comment, so that it is opened once. */
export function reviewIssue({ override, decision, comment, runUrl, to }: Review): { readonly title: string; readonly body: string } {
  const { spot, by, reason, at, until } = override;
  const open = decision.findings.filter(({ verdict }) => verdict !== 'met');
  const rows = open.slice(0, MOST).map((one) => [inlineText(one.requirement, 100), VERDICTS[one.verdict], inlineText(one.says, 500)]);
  const body = joined([
    `<!-- shiplock:review ${comment.id} -->`,
    `${nameSpan(by)} overrode the gate of ${spotText(spot)} in #${comment.issue} ([comment](${comment.url})).`,
    [
      `- Why: ${inlineText(reason, 600)}`,
      `- From ${timeText(at)} until ${timeText(until)}, for this commit and this environment alone`,
      runUrl === null ? '- No deployment waited then' : `- The deployment that waited: [run ${spot.run}](${runUrl})`,
    ].join('\n'),
    '**What was not met then**',
    table(['Requirement', 'Verdict', 'Why'], rows, { left: 0, noun: 'requirement' }),
    open.length > MOST ? `…and ${open.length - MOST} more.` : '',
    `**To look back at it**\n\n- [ ] Was it needed, and did it do what it was for?\n- [ ] What was not met: has it been made up for?\n- [ ] What would have to change so that the next time needs no override?`,
    `Somebody else than ${nameSpan(by)} closes this once it is answered.${to.length === 0 ? '' : ` Asked to look: ${to.map(whom).join(' ')}`}`,
  ]);
  return { title: `Look back: override of ${plainName(spot.environment)} at ${spot.sha.slice(0, 7)} (comment ${comment.id})`, body };
}

const MOST = 50;

/** The policy asks for them by name, so that they are to be notified. */
function whom(name: string): string {
  return /^@[\w-]+(?:\/[\w.-]+)?$/.test(name) ? name : nameSpan(name);
}

/** A title is no Markdown, but it is shown in many places. */
function plainName(name: string): string {
  return name
    .replace(/[\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .slice(0, 100)
    .trim();
}
