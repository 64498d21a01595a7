// Several paragraphs from others (upgrade notes) made inert in Markdown: paragraphs, lists and code stay what they are, written anew by
// us; bold words and headings are made bold, HTML comments go, and everything else is text as in `inlineText`.

import { guardStart, inlineMarkdown, visibleText } from './markdown.ts';

/** A block for the inside of a list item or for a page of its own. It begins and ends without blank lines; empty for empty text. */
export function blockText(text: string): string {
  const state: State = { out: [], lists: [], blank: true, fence: null, comment: false };
  for (const raw of visibleText(text).split(LINE_END)) readLine(state, raw);
  endFence(state);
  return state.out.join('\n');
}

interface List {
  /** Column at which the item's text begins in the source, and the column at which ours does. */
  readonly content: number;
  readonly column: number;
}

interface Fence {
  readonly mark: string;
  readonly info: string;
  readonly indent: number;
  readonly lines: string[];
}

interface State {
  readonly out: string[];
  readonly lists: List[];
  /** True where a blank line came before, or the text begins. */
  blank: boolean;
  /** Open code: fenced, or indented if `mark` is empty. */
  fence: Fence | null;
  comment: boolean;
}

const LINE_END = /\r\n|[\r\n\v\f\x85\u2028\u2029]/;
const FENCE = /^(`{3,}|~{3,})[ \t]*([^`]*)$/;
const RULE = /^([-*_=])(?:[ \t]*\1){2,}$/;
const HEADING = /^#{1,6}(?:[ \t]+(.*))?$/;
const ITEM = /^(?:[-*+]|(\d{1,9})[.)])[ \t]+(?=\S)/;
const DEEPEST = 5;

function readLine(state: State, raw: string): void {
  const text = raw.trim();
  const indent = indentOf(raw);
  if (state.fence !== null && continueFence(state, state.fence, raw, text, indent)) return;
  if (state.comment) {
    state.comment = !text.includes('-->');
    return;
  }
  // What a template asks of its writer is hidden on the page it was written for.
  if (text.startsWith('<!--')) {
    const end = text.indexOf('-->', 4);
    state.comment = end < 0;
    if (end >= 0 && end + 3 < text.length) readLine(state, text.slice(end + 3));
    return;
  }
  if (text === '' || RULE.test(text)) {
    state.blank = true;
    return;
  }
  const fence = FENCE.exec(text);
  const item = ITEM.exec(text);
  if (state.blank || fence !== null || item !== null) leaveLists(state, indent, item !== null);
  const inside = state.lists.at(-1);
  if (fence !== null) {
    const info = /^[\w+#.-]{1,30}/.exec(fence[2] ?? '')?.[0] ?? '';
    state.fence = { mark: fence[1] ?? '', info, indent, lines: [] };
  } else if (state.blank && indent >= (inside?.content ?? 0) + 4) {
    state.fence = { mark: '', info: '', indent: (inside?.content ?? 0) + 4, lines: [raw] };
  } else if (item !== null) addItem(state, item, text, indent);
  else addParagraph(state, text);
}

function continueFence(state: State, fence: Fence, raw: string, text: string, indent: number): boolean {
  if (fence.mark === '') {
    if (text === '' || indent >= fence.indent) {
      fence.lines.push(raw);
      return true;
    }
    endFence(state);
    return false;
  }
  if (text.length >= fence.mark.length && text[0] === fence.mark[0] && text === fence.mark.charAt(0).repeat(text.length)) endFence(state);
  else fence.lines.push(raw);
  return true;
}

function endFence(state: State): void {
  const { fence } = state;
  if (fence === null) return;
  state.fence = null;
  const lines = fence.lines.map((line) => outdent(line, fence.indent).trimEnd());
  while (lines.length > 0 && lines[0] === '') lines.shift();
  while (lines.length > 0 && lines.at(-1) === '') lines.pop();
  if (lines.length === 0) return;
  let longest = 2;
  for (const line of lines) for (const run of line.match(/`{3,}/g) ?? []) if (run.length > longest) longest = run.length;
  const mark = '`'.repeat(longest + 1);
  // Bots that know no fences read a line of code that begins with a slash as a command: one column to the right it begins with none.
  const column = (state.lists.at(-1)?.column ?? 0) + (lines.some((line) => line.startsWith('/')) ? 1 : 0);
  const pad = ' '.repeat(column);
  separate(state);
  state.out.push(`${pad}${mark}${fence.info}`);
  // Our own marks delimit what is generated; in code they must not be taken for ours.
  for (const line of lines) state.out.push(line === '' ? '' : `${pad}${line.replace(/<!--(?=\s*shiplock)/gi, '<! --')}`);
  state.out.push(`${pad}${mark}`);
  state.blank = true;
}

/** Leaves the lists that a line at this column is not inside of. */
function leaveLists(state: State, indent: number, isItem: boolean): void {
  while (state.lists.length > 0 && indent < (state.lists.at(-1)?.content ?? 0)) state.lists.pop();
  if (isItem && state.lists.length >= DEEPEST) state.lists.pop();
}

function addItem(state: State, item: RegExpExecArray, text: string, indent: number): void {
  const parent = state.lists.at(-1)?.column ?? 0;
  const mark = item[1] === undefined ? '- ' : `${Number(item[1])}. `;
  // A number other than 1 begins no list right below a paragraph.
  if (item[1] !== undefined || state.lists.length === 0) separate(state, LISTED.test(state.out.at(-1) ?? ''));
  else if (state.blank) separate(state);
  state.out.push(' '.repeat(parent) + mark + lineOf(text.slice(item[0].length)));
  state.lists.push({ content: indent + item[0].length, column: parent + mark.length });
  state.blank = false;
}

const LISTED = /^ *(?:-|\d+\.) /;

function addParagraph(state: State, text: string): void {
  const heading = HEADING.exec(text);
  const pad = ' '.repeat(state.lists.at(-1)?.column ?? 0);
  if (heading === null) {
    if (state.blank) separate(state);
    state.out.push(pad + lineOf(text));
    state.blank = false;
    return;
  }
  let title = (heading[1] ?? '').trim();
  while (title.endsWith('#')) title = title.slice(0, -1);
  const inline = inlineMarkdown(title.trim());
  if (inline === '') return;
  separate(state);
  state.out.push(`${pad}**${inline}**`);
  state.blank = true;
}

/** A blank line before what comes, unless it is the first or `close` to what it follows and no blank line was there. */
function separate(state: State, close = false): void {
  if (state.out.length > 0 && !(close && !state.blank)) state.out.push('');
  state.blank = false;
}

const BOLD = /\*\*(?!\s)([^*]+)(?<!\s)\*\*/g;

function lineOf(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  let made = '';
  let from = 0;
  for (const match of line.includes('**') ? line.matchAll(BOLD) : []) {
    const before = line.slice(from, match.index);
    const words = match[1] ?? '';
    // Stars within code are code.
    if (!isBalanced(before) || !isBalanced(words)) continue;
    made += `${inlineMarkdown(before)}**${inlineMarkdown(words)}**`;
    from = match.index + match[0].length;
  }
  return guardStart(made + inlineMarkdown(line.slice(from)));
}

function isBalanced(text: string): boolean {
  let ticks = 0;
  for (let at = text.indexOf('`'); at >= 0; at = text.indexOf('`', at + 1)) ticks += 1;
  return ticks % 2 === 0;
}

function indentOf(line: string): number {
  let column = 0;
  for (const character of line) {
    if (character === ' ') column += 1;
    else if (character === '\t') column += 4 - (column % 4);
    else break;
  }
  return column;
}

/** Takes away up to so many columns of white space. */
function outdent(line: string, columns: number): string {
  let at = 0;
  for (let column = 0; column < columns && at < line.length; at += 1) {
    if (line[at] === ' ') column += 1;
    else if (line[at] === '\t') column += 4 - (column % 4);
    else break;
  }
  return line.slice(at);
}
