// The comment that answers a comment: one for all its commands, known by its mark among those that are ours, and inert to whoever reads
// commands from comments.

import { inlineText } from '../notes/markdown.ts';
import { joined, nameSpan } from '../summary/page.ts';

/** What came of one command. */
export interface Answered {
  /** The command's line as it was written; null where the whole comment is answered. */
  readonly text: string | null;
  readonly done: boolean;
  /** Markdown. */
  readonly says: string;
}

/** GitHub refuses a comment above 65,536 characters; what stands around the answers takes some of them. */
export const ANSWER_LIMIT = 60_000;

/** Says which comment was answered. It tells an answer of ours from others of ours; whether it is ours its author tells. */
export function answerMark(comment: number): string {
  return `<!-- shiplock:answer ${comment} -->`;
}

/** The answer's text. Its author is the only one whom it mentions. */
export function answerText(comment: number, author: string, answers: readonly Answered[]): string {
  const [only] = answers;
  const parts =
    answers.length === 1 && only !== undefined
      ? // A heading, a quote or a table needs a line of its own.
        /^(?:#+ |[>|<])/.test(only.says)
        ? [mention(author), only.says]
        : [`${mention(author)} ${only.says}`]
      : [
          `${mention(author)} each in its turn:`,
          ...answers.map(({ text, done, says }) =>
            joined([text === null ? '' : `**${done ? 'Done' : 'Not done'}:** ${nameSpan(text)}`, says]),
          ),
        ];
  return `${answerMark(comment)}\n${clipped(withoutCommands(joined(parts)))}`;
}

/** What is too long all the same: shorter is better than unsaid. */
function clipped(page: string): string {
  if (page.length <= MOST) return page;
  const cut = page.slice(0, MOST);
  return `${cut.slice(0, cut.lastIndexOf('\n') + 1 || MOST).trimEnd()}\n\n…`;
}

const MOST = 65_000;

/** A line that begins with a slash is a command to the next bot, and to us if ours were ever taken for another's (prow#432). */
export function withoutCommands(markdown: string): string {
  return markdown.replace(/^([^\S\n]*)\//gm, '$1&#47;');
}

function mention(login: string): string {
  return /^[A-Za-z\d](?:[A-Za-z\d-]{0,37}[A-Za-z\d])?$/.test(login) ? `@${login}` : inlineText(login, 60);
}

/** A commit as people know it. */
export function shortSha(sha: string): string {
  return nameSpan(sha.slice(0, 7));
}

/** An address of GitHub's own behind a name; the name alone where it does not look like one. */
export function linkTo(name: string, url: string): string {
  const shown = /^#\d+$/.test(name) ? name : nameSpan(name);
  return /^https?:\/\/[\w.:-]+(?:\/[\w.~%@+#-]+)*$/.test(url) ? `[${shown}](${url})` : shown;
}
