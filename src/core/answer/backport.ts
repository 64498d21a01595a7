// What `/backport` says, the pull request that it opens, and the commands that do by hand what could not be done.

import { inlineText } from '../notes/markdown.ts';
import { alert, joined, nameSpan } from '../summary/page.ts';
import { linkTo } from './page.ts';

/** Where the picked commits of a pull request go. */
export function backportBranch(number: number, line: string): string {
  return `backport/${number}-to-${line}`;
}

/** Tells a pull request that a comment asked for from one that somebody else opened from that branch. */
export function backportMark(comment: number): string {
  return `<!-- shiplock:backport ${comment} -->`;
}

export interface BackportOf {
  readonly number: number;
  readonly line: string;
  /** Oldest first. */
  readonly commits: readonly string[];
  readonly comment: number;
  /** Login of who asked for it. */
  readonly by: string;
}

/** The text: references that git and the release plan read, too, where it becomes the message of a squash. */
export function backportBody({ number, line, commits, comment, by }: BackportOf): string {
  return joined([
    backportMark(comment),
    `Brings #${number} to ${nameSpan(line)}, as ${nameSpan(by)} asked.`,
    commits.map((sha) => `(cherry picked from commit ${sha})`).join('\n'),
  ]);
}

export interface OpenedBackport {
  readonly number: number;
  readonly url: string;
  readonly line: string;
  readonly objections: readonly string[];
}

export function openedText(of: number, { number, url, line, objections }: OpenedBackport): string {
  return joined([
    `${linkTo(`#${number}`, url)} brings #${of} to ${nameSpan(line)}. The next release there will have it once that is merged.`,
    alert(
      'WARNING',
      `Merged, it would hold back the next release of ${line.length > 100 ? 'the line' : inlineText(line)}.`,
      objections,
      10,
    ),
  ]);
}

export function thereAlreadyText(of: number, { number, url, line }: Omit<OpenedBackport, 'objections'>, state: 'open' | 'merged'): string {
  return state === 'merged'
    ? `${linkTo(`#${number}`, url)} brought #${of} to ${nameSpan(line)} already.`
    : `${linkTo(`#${number}`, url)} is open already and brings #${of} to ${nameSpan(line)}.`;
}

export function emptyText(of: number, line: string): string {
  return `There is nothing to bring: all that #${of} changed is on ${nameSpan(line)} already.`;
}

export function notMergedYetText(number: number): string {
  return `#${number} is not merged yet. Only what is merged can be brought to another line: ask again then.`;
}

export function noSuchLineText(asked: string, lines: readonly string[], meant: string | null, says: string): string {
  const some = lines.slice(0, 10).map(nameSpan).join(', ');
  return joined([
    inlineText(says, 500),
    meant === null ? '' : `Did you mean ${nameSpan(meant)}?`,
    lines.length === 0
      ? `There is no maintenance line here: a branch named like \`1.x\` or \`1.4.x\`, or one that the policy names. Cut ${nameSpan(asked)} from the release that it is to maintain.`
      : `Maintenance lines are ${some}${lines.length > 10 ? ` and ${lines.length - 10} more` : ''}.`,
  ]);
}

export interface ByHand {
  readonly number: number;
  readonly title: string;
  readonly line: string;
  readonly commits: readonly string[];
  /** True where the commit to pick is a merge. */
  readonly merge: boolean;
  /** `https://host/owner/name`. */
  readonly base: string;
}

/** It conflicts, or GitHub would not: why, and the commands that lead to the same pull request. */
export function byHandText(says: string, by: ByHand): string {
  const branch = backportBranch(by.number, by.line);
  const commands = [
    'git fetch origin',
    `git switch -c ${quoted(branch)} ${quoted(`origin/${by.line}`)}`,
    `git cherry-pick -x ${by.merge ? '-m 1 ' : ''}${by.commits.filter(isSha).join(' ')}`,
    '# resolve the conflicts, then: git add … && git cherry-pick --continue',
    `git push -u origin ${quoted(branch)}`,
  ].join('\n');
  const compare = `${by.base}/compare/${path(by.line)}...${path(branch)}?expand=1`;
  return joined([
    `#${by.number} was not brought to ${nameSpan(by.line)}, and no branch or pull request was left behind: ${inlineText(says, 500)}`,
    'By hand:',
    fenced('sh', commands),
    `Then [open the pull request](${compare}) into ${nameSpan(by.line)} under its title, ${inlineText(by.title)}, which says what it is.`,
  ]);
}

function isSha(text: string): boolean {
  return /^[\da-f]{40,64}$/.test(text);
}

/** A word of the shell: a branch may be called almost anything, but for control characters. */
function quoted(word: string): string {
  if (/^[\w./-]+$/.test(word)) return word;
  return `'${word.replace(/[\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu, ' ').replaceAll("'", "'\\''")}'`;
}

function path(name: string): string {
  return encodeURIComponent(name.replace(/[\ud800-\udfff]/g, ''))
    .replaceAll('%2F', '/')
    .replace(/[()]/g, (char) => (char === '(' ? '%28' : '%29'));
}

function fenced(language: string, text: string): string {
  let fence = '```';
  while (text.includes(fence)) fence += '`';
  return `${fence}${language}\n${text}\n${fence}`;
}
