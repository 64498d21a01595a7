// The parts that pages of Markdown are put together from: alerts, lists, tables and folded sections, in which what others wrote has no
// power. A row or a sentence that does not fit is counted, never left out without a word.

import { codeSpan, inlineText } from '../notes/markdown.ts';

/** GitHub refuses a longer job summary as a whole (actions/runner, CreateStepSummaryCommand). */
export const SUMMARY_LIMIT = 1024 * 1024;

/** GitHub's own alert block: docs.github.com, "Basic writing and formatting syntax". Nothing where there is nothing to say. */
export function alert(kind: 'NOTE' | 'WARNING' | 'CAUTION', title: string, says: readonly string[], most: number): string {
  if (says.length === 0) return '';
  return [`[!${kind}]`, `**${title}**`, '', ...paragraphs(says, most).split('\n')].map((line) => `> ${line}`.trimEnd()).join('\n');
}

/** A paragraph, or a list where there are several. */
export function paragraphs(says: readonly string[], most: number): string {
  const lines = says.slice(0, most).map((one) => inlineText(one, 1_000));
  if (says.length > most) lines.push(`…and ${says.length - most} more: the output \`plan\` has them all.`);
  return lines.length === 1 ? (lines[0] ?? '') : lines.map((line) => `- ${line}`).join('\n');
}

export function folded(title: string, inner: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${inner}\n\n</details>`;
}

/** Cells are Markdown. `left` rows more of `noun` are not shown. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { left, noun }: { readonly left: number; readonly noun: string },
): string {
  const more = left > 0 ? `…and ${counted(left, `more ${noun}`)}: the output \`plan\` has them all.` : '';
  if (rows.length === 0) return more;
  const lines = [head, head.map(() => ':--'), ...rows.map((cells) => cells.map(cellText))];
  return joined([lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'), more]);
}

/** A cell's bar is a cell's end even within code, unless a backslash stands before it (GFM, "Tables (extension)"). */
function cellText(markdown: string): string {
  if (!markdown.includes('|')) return markdown;
  let out = '';
  let slashes = 0;
  for (const character of markdown) {
    if (character === '|' && slashes % 2 === 0) out += '\\';
    out += character;
    slashes = character === '\\' ? slashes + 1 : 0;
  }
  return out;
}

/** A name as code: one line, and no other characters than it shows. */
export function nameSpan(name: string): string {
  return codeSpan(
    name
      .slice(0, 200)
      .replace(/[\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
      .trim() || '?',
  );
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Blocks with a blank line between them; empty ones are left out. */
export function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** True if a page takes no more bytes in UTF-8. */
export function fits(page: string, limit: number): boolean {
  return page.length * 3 <= limit || utf8Length(page) <= limit;
}

/** At most so many bytes: exact for ASCII, and no less than it takes for the rest. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) length += 2;
  return length;
}
