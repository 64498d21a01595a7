// The lines of a comment that its author says: those of paragraphs that stand in nothing else. What is quoted, shown as code, folded away,
// hidden in HTML, part of a link, a list, a table or a heading, or comes below in an email, is not said
// (docs/commands.md, "What is read as a command").

import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { follow, mayHoldMarkup, type Open } from './markup.ts';
import { lineAt, type Segment, segmentsOf } from './segments.ts';

export interface SpokenLine {
  /** From its first character on, without trailing space. */
  readonly text: string;
  /** How much of it is nothing but text; after it comes code, emphasis, a link or HTML. */
  readonly plain: number;
  /** It holds HTML, of which a reader sees nothing. */
  readonly markup: boolean;
}

export interface Spoken {
  readonly lines: readonly SpokenLine[];
  /** Where the first line begins of which it could not be told, and none after it was looked at; null: all could. */
  readonly lost: number | null;
}

/** Which of the lines that begin at `starts` (ascending) are said. */
export function spokenLines(body: string, starts: readonly number[]): Spoken {
  const lines: SpokenLine[] = [];
  let open: Open = [];
  let budget = MOST_READ;
  let next = 0;
  for (const segment of segmentsOf(body)) {
    const here: number[] = [];
    while ((starts[next] ?? body.length) < segment.end) here.push(starts[next++] ?? 0);
    if (segment.fenced) continue;
    const text = body.slice(segment.start, segment.end);
    if (here.length === 0 && !(mayHoldMarkup(text) || MAIL.test(text))) continue;
    budget -= Math.max(text.length, LEAST_COST);
    if (budget < 0 || !isReadable(text)) {
      const lost = here[0] ?? starts[next];
      return { lines, lost: lost ?? null };
    }
    const read = readSegment(body, segment, here, open);
    lines.push(...read.lines);
    if (read.ended || next >= starts.length) break;
    open = read.open;
  }
  return { lines, lost: null };
}

/** Characters of a comment that are given to the Markdown parser at most, and what a piece counts at least. */
const MOST_READ = 4_000;
const LEAST_COST = 100;
const MOST_SEGMENT = 2_000;
const MOST_LINES = 80;
const MOST_MARKS = 300;
/** Quotes and lists in one another, five deep: the parser's time grows with the square of it, and its stack with it. */
const NESTED = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){6}/m;

/** Whether the Markdown parser reads it in no time: what it is slow on is told by counting. */
function isReadable(text: string): boolean {
  if (text.length > MOST_SEGMENT || NESTED.test(text)) return false;
  let lines = 0;
  let marks = 0;
  for (const character of text) {
    if (character === '\n' || character === '\r') lines += 1;
    else if (MARKS.includes(character)) marks += 1;
  }
  return lines <= MOST_LINES && marks <= MOST_MARKS;
}

const MARKS = '*_~`[]<!&|\\';

type Root = ReturnType<typeof fromMarkdown>;
type Block = Root['children'][number];
type Paragraph = Extract<Block, { type: 'paragraph' }>;
interface Markup {
  readonly end: number;
  readonly html: string;
}

function readSegment(
  body: string,
  { start, end }: Segment,
  starts: readonly number[],
  before: Open,
): { readonly lines: SpokenLine[]; readonly open: Open; readonly ended: boolean } {
  // The parser takes away a byte order mark, and counts without it.
  const from = body[start] === '\ufeff' ? start + 1 : start;
  const root = parse(body.slice(from, end));
  const lines: SpokenLine[] = [];
  let open = before;
  for (const block of root.children) {
    const markup: Markup[] = [];
    collect(block, from, markup);
    if (block.type === 'paragraph') {
      const place = placeOf(block, from);
      const mail = mailEnd(body, place.start, place.end);
      for (const at of starts) {
        if (at < place.start || at >= place.end || at >= mail) continue;
        const passed = markup.filter((one) => one.end <= at).reduce<Open>((state, one) => follow(state, one.html), open);
        const line = passed?.length === 0 ? lineOf(body, block, from, at) : null;
        if (line !== null) lines.push(line);
      }
      if (mail < place.end) return { lines, open, ended: true };
    } else if (block.type === 'heading') {
      const place = placeOf(block, from);
      if (mailEnd(body, place.start, place.end) < place.end) return { lines, open, ended: true };
    }
    open = markup.reduce<Open>((state, one) => follow(state, one.html), open);
  }
  return { lines, open, ended: false };
}

/** GFM but for addresses that become links by themselves: `/why www.example.com` is said in plain text. */
function parse(text: string): Root {
  dialect ??= {
    extensions: [gfm(), { disable: { null: ['wwwAutolink', 'protocolAutolink', 'emailAutolink'] } }],
    mdastExtensions: gfmFromMarkdown().filter((one) => one.transforms === undefined),
  };
  return fromMarkdown(text, dialect);
}

let dialect: NonNullable<Parameters<typeof fromMarkdown>[1] & object> | undefined;

/** All HTML within, in the order of the text. */
function collect(node: Block | Paragraph['children'][number], from: number, into: Markup[]): void {
  if (node.type === 'html') into.push({ end: placeOf(node, from).end, html: node.value });
  else if ('children' in node) for (const child of node.children) collect(child as Block, from, into);
}

function placeOf(node: Block | Paragraph['children'][number], from: number): { readonly start: number; readonly end: number } {
  const { position } = node;
  return { start: from + (position?.start.offset ?? 0), end: from + (position?.end.offset ?? 0) };
}

/** Null where the line's beginning is not the paragraph's own text. */
function lineOf(body: string, paragraph: Paragraph, from: number, at: number): SpokenLine | null {
  let [end] = lineAt(body, at);
  let plain = end;
  let markup = false;
  for (const child of paragraph.children) {
    const place = placeOf(child, from);
    if (place.end <= at || place.start >= end || child.type === 'text') continue;
    if (place.start <= at) return null;
    if (child.type === 'break') end = Math.min(end, place.start);
    plain = Math.min(plain, place.start);
    if (holdsMarkup(child)) markup = true;
  }
  if (isBracketed(body, placeOf(paragraph, from), at, end)) return null;
  const text = body.slice(at, end).trimEnd();
  return { text, plain: Math.min(plain - at, text.length), markup };
}

function holdsMarkup(node: Paragraph['children'][number]): boolean {
  return node.type === 'html' || ('children' in node && node.children.some(holdsMarkup));
}

/** Between brackets of lines before and after: the words of a link, if the comment says elsewhere where it leads. */
function isBracketed(body: string, place: { readonly start: number; readonly end: number }, at: number, end: number): boolean {
  let depth = 0;
  for (let index = place.start; index < at; index += 1) {
    if (body[index] === '[') depth += 1;
    else if (body[index] === ']' && body[index - 1] !== '\\') depth = Math.max(0, depth - 1);
  }
  return depth > 0 && body.slice(end, place.end).includes(']');
}

const MAIL = /^-- $|wrote:[ \t]*$|--- ?original message|^[* ]{0,4}from:/im;

/** Where an email's signature, or the message that it answers, begins; the text's end where it does not. */
function mailEnd(body: string, start: number, end: number): number {
  let before = '';
  let beforeAt = start;
  for (let at = start; at < end; ) {
    const [stop, next] = lineAt(body, at);
    const line = body.slice(at, stop);
    const text = line.trim();
    if (line === '-- ' || /^-{3,} ?original message ?-{3,}$/i.test(text)) return at;
    if (/^(?:sent|date|to):/i.test(plainly(text)) && /^from:/i.test(plainly(before))) return beforeAt;
    // A quote that is marked as one needs no rule, and what stands below it is an answer.
    if (text.endsWith('wrote:') && text.length < 300 && !/^\s*>/.test(body.slice(stop))) {
      if (/^On\b/.test(text)) return at;
      if (/^On\b/.test(before)) return beforeAt;
    }
    before = text;
    beforeAt = at;
    at = next;
  }
  return end;
}

function plainly(text: string): string {
  return text.slice(0, 20).replaceAll('*', '');
}
