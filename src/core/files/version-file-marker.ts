// Versions on lines that people have marked in a comment, in files of any kind: `x-shiplock-version` on the line or alone on the line
// before it, or the lines between `x-shiplock-start-version` and `x-shiplock-end`. release-please's marks (`x-release-please-…`) are read
// as well, so that nobody has to change every file to move over.

import { replaceFirst, replaceNumber, type VersionPart } from '../version-text.ts';

export type Marked = { readonly text: string } | { readonly line: number; readonly says: string };

/** The text with each marked version replaced; the first mark that marks nothing, in words; null where the text has no mark. */
export function replaceMarked(text: string, version: string): Marked | null {
  if (!/x-(?:shiplock|release-please)-/.test(text)) return null;
  const lines = text.split(/(?<=\n)/);
  let block: { readonly part: VersionPart; readonly line: number; found: boolean } | null = null;
  let marks = 0;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] as string;
    const mark = readMark(line);
    if (mark === null) {
      const next = block === null ? null : replacePart(line, version, block.part);
      if (block === null || next === null) continue;
      block.found = true;
      lines[index] = next;
      continue;
    }
    marks += 1;
    if (mark.is === 'end') {
      if (block === null) return { line: index + 1, says: 'ends a block that nothing begins' };
      if (!block.found) return { line: block.line, says: `begins a block without ${article(block.part)}` };
      block = null;
    } else if (mark.is === 'start') {
      if (block !== null) return { line: index + 1, says: `begins a block within the block of line ${block.line}` };
      block = { part: mark.part, line: index + 1, found: false };
    } else {
      const at = mark.alone ? index + 1 : index;
      const next = replacePart(lines[at] ?? '', version, mark.part);
      if (next === null) return { line: index + 1, says: `marks a line without ${article(mark.part)}` };
      lines[at] = next;
      // The marked line is done with, whatever stands on it.
      if (mark.alone) index += 1;
    }
  }
  if (block !== null) return { line: block.line, says: 'begins a block that nothing ends (x-shiplock-end)' };
  return marks === 0 ? null : { text: lines.join('') };
}

interface Mark {
  readonly is: 'line' | 'start' | 'end';
  readonly part: VersionPart;
  /** True where nothing but the mark and what makes a comment of it is on the line. */
  readonly alone: boolean;
}

// A version may end in any word: `1.2.3-x-shiplock-version` would be one.
const MARK = /(?<![\w.+-])x-(?:shiplock|release-please)-(?:(start-)?(version|major|minor|patch)|end)(?![\w-])/;
/** What comments begin with in languages that use words for it. */
const COMMENT_WORD = /^\s*(?:rem|dnl)\s/i;

function readMark(line: string): Mark | null {
  const found = MARK.exec(line);
  if (found === null) return null;
  const [whole, start, part] = found;
  if (part === undefined) return { is: 'end', part: 'version', alone: false };
  const rest = (line.slice(0, found.index) + line.slice(found.index + whole.length)).replace(COMMENT_WORD, '');
  return { is: start === undefined ? 'line' : 'start', part: part as VersionPart, alone: !/[\p{L}\p{N}]/u.test(rest) };
}

function replacePart(line: string, version: string, part: VersionPart): string | null {
  return part === 'version' ? replaceFirst(line, version) : replaceNumber(line, version, part);
}

function article(part: VersionPart): string {
  return part === 'version' ? 'a version such as 1.2.3' : `a number for the ${part} part`;
}
