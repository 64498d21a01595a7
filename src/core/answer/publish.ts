// What `/release publish`, `/release draft` and `/release as` say: what is out, where it waits, what has moved since it was shown.

import { inlineText } from '../notes/markdown.ts';
import type { PlannedRelease } from '../plan-json.ts';
import type { Shown } from '../shown.ts';
import { alert, joined, nameSpan } from '../summary/page.ts';
import { linkTo, shortSha } from './page.ts';
import { referTo } from './plan.ts';

export function publishedText(tag: string, url: string, untold: readonly string[]): string {
  return joined([`${linkTo(tag, url)} is published. 🚢`, ...untold.map((one) => inlineText(one, 1_000))]);
}

export function outAlreadyText(tag: string, url: string): string {
  return `${linkTo(tag, url)} is out already, and there is nothing to release after it.`;
}

export function nothingToPublishText(line: string, since: string | null): string {
  return `There is nothing to release on ${nameSpan(line)}${since === null ? '' : ` after ${nameSpan(since)}`}.`;
}

/** `later`: there is something to be seen, but it was not there, or not like that, when the comment was written. */
export function notShownText(command: string, later: boolean): string {
  const why = later ? 'the plan has moved since your comment was written' : 'no plan of this release was shown before your comment';
  return `Nothing was published: ${why}. Here it is as it is now. If it is what you want, write ${nameSpan(command)} again.`;
}

export function objectedText(): string {
  return 'Nothing was published: something holds this release back. Once that is settled, ask again.';
}

/** Which commits came between; null where that could not be seen, `rewritten` where the new head does not follow the old one. */
export type Between = readonly { readonly pr: number | null; readonly sha: string; readonly title: string }[] | 'rewritten' | null;

export interface Moved {
  readonly shown: Shown;
  readonly planned: Pick<PlannedRelease, 'version' | 'head' | 'line'>;
  readonly between: Between;
  readonly base: string | null;
  readonly command: string;
}

/** What is another now than it was when it was shown. */
export function movedText({ shown, planned, between, base, command }: Moved): string {
  const says: string[] = [];
  if (planned.head !== null && planned.head !== shown.head) {
    says.push(`- The head of ${nameSpan(planned.line)} was ${shortSha(shown.head)} and is ${shortSha(planned.head)}.`);
  }
  if (planned.version !== shown.version) {
    says.push(`- The version was ${nameSpan(shown.version)} and is ${planned.version === null ? 'none' : nameSpan(planned.version)}.`);
  }
  return joined([
    `Nothing was published: ${whereText(shown)} showed ${nameSpan(shown.tag)} at ${shortSha(shown.head)}, and that has moved.`,
    says.join('\n'),
    betweenText(between, base),
    `Below is the plan as it is now. If it is what you want, write ${nameSpan(command)} again.`,
  ]);
}

function whereText({ where, pull }: Shown): string {
  if (where === 'draft') return 'the draft release';
  if (where === 'pull') return pull === null ? 'the release pull request' : `#${pull.number}`;
  return 'the last plan';
}

const MOST = 20;

function betweenText(between: Between, base: string | null): string {
  if (between === null) return 'What was added could not be seen.';
  if (between === 'rewritten') return 'The new head does not follow the old one: the branch was rewritten.';
  if (between.length === 0) return '';
  const rows = between.slice(0, MOST).map((one) => `- ${referTo(one, base)} ${inlineText(one.title)}`);
  if (between.length > MOST) rows.push(`- …and ${between.length - MOST} more`);
  return `Added since:\n\n${rows.join('\n')}`;
}

/** The release pull request's own branch is another than the one that was shown. */
export function pullMovedText(number: number, before: string | null, now: string, command: string): string {
  const moved =
    before === null
      ? `which commits #${number} would merge was not shown before your comment`
      : `the branch of #${number} was at ${shortSha(before)} and is at ${shortSha(now)}`;
  return `Nothing was merged or published: ${moved}. Look at #${number}. If it is what you want, write ${nameSpan(command)} again.`;
}

export function noReleasePullText(command: string): string {
  return `Nothing was published: there is no open release pull request that shows this plan. ${nameSpan(command)} brings it up to date.`;
}

export function notMergedText(number: number, says: string): string {
  return `#${number} was not merged, so nothing is published. GitHub says: ${inlineText(says, 500)}`;
}

export function mergedText(tag: string): string {
  return `The release pull request is merged, and ${nameSpan(tag)} follows as soon as GitHub shows the merge.`;
}

export function unpublishedText(says: readonly string[]): string {
  return joined(['It could not be published.', ...says.map((one) => inlineText(one, 1_000))]);
}

/** Where the draft, or the release pull request, waits. */
export function draftedText(
  waits: { readonly name: string; readonly url: string; readonly kind: 'draft' | 'pull' } | null,
  { line, since, held }: { readonly line: string; readonly since: string | null; readonly held: readonly string[] },
): string {
  const after = since === null ? '' : ` after ${nameSpan(since)}`;
  const where =
    waits === null
      ? `There is nothing to release on ${nameSpan(line)}${after}.`
      : `${waits.kind === 'draft' ? 'The draft' : 'The release pull request'} ${linkTo(waits.name, waits.url)} is up to date.`;
  return joined([where, alert('CAUTION', 'This holds the release back.', held, 20)]);
}

/** `undo`: the command that takes it back. */
export function releaseAsText(line: string, tag: string, undo: string): string {
  return `The next release of ${nameSpan(line)} is ${nameSpan(tag)}, as you asked. That holds until it is out, another version is asked for, or ${nameSpan(undo)} takes it back.`;
}

/** `asked`: the version that was asked for; null: none was. `tag`: what the changes ask for; null: no release. */
export function releaseAutoText(line: string, asked: string | null, tag: string | null): string {
  const back =
    asked === null
      ? `No version had been asked for on ${nameSpan(line)}`
      : `${nameSpan(asked)} is no longer asked for on ${nameSpan(line)}`;
  return tag === null ? `${back}.` : `${back}: by its changes, the next release is ${nameSpan(tag)}.`;
}

export function cannotReleaseAsText(version: string, says: readonly string[]): string {
  return joined([
    `The next release cannot be ${nameSpan(version)}:`,
    says.map((one) => `- ${inlineText(one, 1_000)}`).join('\n'),
    'What was planned before stays.',
  ]);
}
