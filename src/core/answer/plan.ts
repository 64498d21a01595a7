// A plan as a comment shows it: what comes next and what stands in its way in plain sight, the evidence and the notes folded. It mentions
// nobody: whoever asks for a plan does not call everybody whose change is in it.

import type { Change } from '../change.ts';
import { type Repository, styleOf } from '../notes/line.ts';
import { inlineText } from '../notes/markdown.ts';
import type { PlannedRelease } from '../plan-json.ts';
import { alert, folded, joined, nameSpan } from '../summary/page.ts';
import { planHeadline, planSentence } from '../summary/plan.ts';
import { ANSWER_LIMIT, shortSha } from './page.ts';

export interface PlanAnswer {
  readonly planned: PlannedRelease;
  /** Null: nothing is linked. */
  readonly repository: Repository | null;
  /** What may be done with it, or why nothing, in Markdown; empty says nothing. */
  readonly next: string;
  readonly limit?: number;
}

/** As much of it as fits: the notes go before the evidence, and rows of the evidence before what stands in the way. */
export function planAnswer({ planned, repository, next, limit = ANSWER_LIMIT }: PlanAnswer): string {
  const { base } = styleOf(repository, null);
  let page = '';
  for (const [most, notes] of [
    [300, true],
    [100, true],
    [100, false],
    [20, false],
    [0, false],
  ] as const) {
    page = joined([
      `### ${inlineText(planHeadline(planned))}`,
      `${inlineText(planSentence(planned), 500)}${planned.head === null ? '' : ` Planned at ${shortSha(planned.head)}.`}`,
      alert('CAUTION', 'This holds it back.', said(planned.objections), 20),
      alert('WARNING', 'Look at this before you release.', said(planned.alarms), 10),
      alert('NOTE', 'This was assumed.', planned.remarks, 10),
      next,
      evidenceOf(planned, base, most),
      notes && planned.notes.trim() !== '' && planned.changes.length > 0 ? folded('Release notes', planned.notes) : '',
    ]);
    if (page.length <= limit) return page;
  }
  return page;
}

function said(list: readonly { readonly says: string }[]): string[] {
  return list.map((one) => one.says);
}

function evidenceOf({ because, changes, excluded }: PlannedRelease, base: string | null, most: number): string {
  const steps = because.slice(0, 30).map((one) => `- ${inlineText(one, 500)}`);
  const rows = changes.slice(0, most).map((one) => `- ${changeRow(one, base)}`);
  const out = excluded
    .slice(0, Math.floor(most / 3))
    .map((one) => `- ${referTo(one, base)} ${inlineText(one.title)}: ${inlineText(one.says, 300)}`);
  const inner = joined([
    steps.join('\n'),
    changes.length === 0 ? '' : `**What is in it**\n\n${[...rows, more(changes.length - rows.length)].filter(Boolean).join('\n')}`,
    excluded.length === 0 ? '' : `**What was left out**\n\n${[...out, more(excluded.length - out.length)].filter(Boolean).join('\n')}`,
  ]);
  return inner === '' ? '' : folded('Why', inner);
}

function more(left: number): string {
  return left > 0 ? `- …and ${left} more` : '';
}

function changeRow(change: Change, base: string | null): string {
  const { status, breaking, kind, subkind, because } = change.classification;
  const what = status === 'disputed' ? 'disputed' : breaking ? 'breaking' : kind === 'none' ? 'no release' : (subkind ?? kind);
  const why = because
    .slice(0, status === 'disputed' ? 3 : 1)
    .map((one) => one.says)
    .join('; but ');
  return `**${what}** ${referTo(change, base)} ${inlineText(change.title)}${why === '' ? '' : `: ${inlineText(why, 300)}`}`;
}

/** A pull request by its number, which GitHub links by itself; a commit by its hash. */
export function referTo({ pr, sha }: { readonly pr: number | null; readonly sha: string }, base: string | null): string {
  if (pr !== null) return base === null ? `#${pr}` : `[#${pr}](${base}/pull/${pr})`;
  return base === null || !/^[\da-f]{7,64}$/i.test(sha)
    ? nameSpan(sha.slice(0, 7))
    : `[${nameSpan(sha.slice(0, 7))}](${base}/commit/${sha})`;
}

export interface Publishable {
  readonly tag: string;
  readonly head: string;
  /** The release pull request, where publishing means to merge it. */
  readonly pull: { readonly number: number; readonly head: string } | null;
}

/** What to do with a plan that may be published. */
export function mayPublish(command: string, { tag, head, pull }: Publishable): string {
  const merge = pull === null ? '' : `, by merging #${pull.number} at ${shortSha(pull.head)}`;
  return `${nameSpan(command)} publishes exactly this, ${nameSpan(tag)} at ${shortSha(head)}${merge}; if anything moves before, it says what, and publishes nothing.`;
}
