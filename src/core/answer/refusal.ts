// Why a comment's commands were not done, where that has nothing to do with the commands themselves.

import { inlineText } from '../notes/markdown.ts';
import { joined, nameSpan } from '../summary/page.ts';

export function editedText(): string {
  return 'Nothing was done: the comment was edited after it was written, which people other than its author can do. Write a new comment instead.';
}

/** `may`: who wrote it may, but something before it was refused for another reason. */
export function notTriedText(may: boolean): string {
  return may ? 'Not tried, because what came before it was not done.' : 'Not tried: a comment’s commands are run all or none.';
}

export function policyText(file: string, lines: readonly string[]): string {
  const shown = lines.slice(0, 20).map((line) => `- ${nameSpan(line)}`);
  if (lines.length > 20) shown.push(`- …and ${lines.length - 20} more`);
  return joined([
    `Nothing was done: ${nameSpan(file)} on the default branch cannot be used as a policy.`,
    shown.join('\n'),
    'Fix it, then ask again.',
  ]);
}

export function troubleText(why: string): string {
  return `It was not done, or not to its end: ${inlineText(why, 1_000)}`;
}
