// What a changelog is made of: its headings and the versions they are about, outside of code and comments. Keep a Changelog's headings are
// read, conventional-changelog's, release-please's and the underlined ones of older files.

export interface Heading {
  /** The first character of the entry: an anchor above the heading belongs to it. */
  readonly top: number;
  readonly start: number;
  /** Behind the last character of the heading, before its line end. */
  readonly end: number;
  readonly level: number;
  readonly text: string;
  /** The version that it is about; null for other headings. */
  readonly about: About | null;
  /** Changes that are not released yet, under a name rather than a version. */
  readonly unreleased: boolean;
}

export interface About {
  readonly version: string;
  /** What stands before the version in its name: `v`, `core@`. */
  readonly prefix: string;
  /** `[1.2.3]` whose link, if it has one, is somewhere else. */
  readonly bracketed: boolean;
  /** What stands between the name and the date: ` - `, ` (`; empty where nothing follows. */
  readonly separator: string;
}

/** A comment at the end of an entry that we wrote. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly words: readonly string[];
}

export interface Outline {
  readonly headings: readonly Heading[];
  readonly marks: readonly Mark[];
  /** Code between fences and comments of several lines: lines that are nothing but text, whatever they look like. */
  readonly blocks: readonly { readonly start: number; readonly end: number }[];
  /** Where code or a comment begins that nothing ends; null where there is none. */
  readonly open: { readonly start: number; readonly close: string } | null;
  /** Where the text begins behind its front matter and its byte order mark; 0 without. */
  readonly begin: number;
}

export const MARK = '<!-- shiplock ';

/** Of a whole file, unless it is told where to begin: `0` for a part of one, which has no front matter. */
export function readOutline(text: string, begin = frontMatterEnd(text)): Outline {
  const headings: Heading[] = [];
  const marks: Mark[] = [];
  const blocks: { start: number; end: number }[] = [];
  let open: { start: number; close: string } | null = null;
  let anchor: number | null = null;
  // The line above, where it is the whole of a paragraph so far.
  let above: { readonly start: number; readonly end: number; readonly line: string } | null = null;
  let blank = true;
  for (let start = begin, next = begin; start < text.length; start = next) {
    const feed = text.indexOf('\n', start);
    next = feed < 0 ? text.length : feed + 1;
    const last = feed < 0 ? text.length : feed;
    const end = last > start && text[last - 1] === '\r' ? last - 1 : last;
    const line = text.slice(start, end);
    if (open !== null) {
      if (closes(line, open.close)) {
        blocks.push({ start: open.start, end });
        open = null;
      }
      continue;
    }
    const top: number = anchor ?? start;
    const before = above;
    const afterBlank = blank;
    above = null;
    blank = false;
    const fence = FENCE.exec(line);
    if (fence !== null) {
      open = { start, close: fence[1] ?? (fence[2] as string) };
      anchor = null;
    } else if (COMMENT.test(line)) {
      if (!line.includes('-->')) open = { start, close: '-->' };
      else if (line.startsWith(MARK)) {
        const close = line.indexOf('-->');
        marks.push({ start, end: start + close + 3, words: line.slice(MARK.length, close).trim().split(' ') });
      }
      blank = true;
    } else if (line.trim() === '') {
      blank = true;
    } else if (ANCHOR.test(line)) {
      anchor = top;
      blank = true;
    } else {
      const heading = atx(line) ?? (before === null ? null : underlined(line, before.line));
      if (heading === null) {
        if (afterBlank && !NO_PARAGRAPH.test(line)) above = { start, end, line };
        else anchor = null;
        continue;
      }
      const at = heading.under && before !== null ? before.start : start;
      const about = readAbout(heading.text);
      const unreleased = about === null && UNRELEASED.test(heading.text.slice(0, LONGEST));
      anchor = null;
      blank = true;
      // A line with a rule below it is a heading too, but rarely meant to be one.
      if (heading.under && heading.level === 2 && about === null && !unreleased) continue;
      headings.push({ top: Math.min(top, at), start: at, end, level: heading.level, text: heading.text, about, unreleased });
    }
  }
  if (open !== null) blocks.push({ start: open.start, end: text.length });
  return { headings, marks, blocks, open, begin };
}

const FENCE = /^ {0,3}(?:(`{3,})[^`]*|(~{3,}).*)$/s;
const COMMENT = /^ {0,3}<!--/;
const ANCHOR = /^ {0,3}<a (?:name|id)=[^>]{1,300}>(?:[ \t]*<\/a>)?[ \t]*$/i;
const NO_PARAGRAPH = /^(?:[\s*_=-]+$| {4}|\t| {0,3}(?:[-*+>|]|\d{1,9}[.)])(?:\s|$))/;
const LONGEST = 800;
const UNRELEASED = /^\\?\[?\s{0,9}(?:unreleased\b|(?:v?next|upcoming)(?: release| version)?\s{0,9}(?:\\?\]|$)|head\s{0,9}(?:\\?\]|\(|$))/i;
const ABOUT =
  /^(?:<a [^>]{1,200}>\s{0,9}(?:<\/a>)?\s{0,9})?(?:\*\*|__)?(\[)?((?:(?:version|release) )?(?:@?[A-Za-z][\w./-]{0,100}[@/-])?v?)(\d{1,15}\.\d{1,15}\.\d{1,15}(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)(?![\w+-]|\.\w)/i;

/** What a heading says of a version; null for a heading about something else, even if it speaks of one. */
export function readAbout(heading: string): About | null {
  const text = heading.slice(0, LONGEST);
  const found = ABOUT.exec(text);
  if (found === null) return null;
  const [whole, bracket, prefix, version] = found as unknown as readonly [string, string | undefined, string, string];
  let rest = text.slice(whole.length);
  let bracketed = false;
  if (bracket !== undefined) {
    const link = /^\](\([^()]*\))?/.exec(rest);
    if (link === null) return null;
    bracketed = link[1] === undefined;
    rest = rest.slice(link[0].length);
  }
  const after = /^(?:\*\*|__)?\s*(\(|[-–—/|,:]\s)?/.exec(rest);
  const sign = after?.[1]?.trim() ?? '';
  const separator =
    rest.trim() === '' ? '' : sign === '(' ? ' (' : sign === ',' || sign === ':' ? `${sign} ` : sign === '' ? ' - ' : ` ${sign} `;
  return { version, prefix, bracketed, separator };
}

function atx(line: string): { readonly level: number; readonly text: string; readonly under: false } | null {
  const found = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line);
  if (found === null) return null;
  const text = line.slice(found[0].length).trim();
  let end = text.length;
  while (text[end - 1] === '#') end -= 1;
  const closing = end < text.length && (end === 0 || text[end - 1] === ' ' || text[end - 1] === '\t');
  return { level: (found[1] as string).length, text: closing ? text.slice(0, end).trimEnd() : text, under: false };
}

function underlined(line: string, above: string): { readonly level: number; readonly text: string; readonly under: true } | null {
  const found = /^ {0,3}(?:(=+)|-+)[ \t]*$/.exec(line);
  return found === null ? null : { level: found[1] === undefined ? 2 : 1, text: above.trim(), under: true };
}

function closes(line: string, close: string): boolean {
  if (close === '-->') return line.includes('-->');
  const text = line.trim();
  return text.length >= close.length && text === (close[0] as string).repeat(text.length) && /^ {0,3}\S/.test(line);
}

/** Where the text begins behind a byte order mark and a block of YAML between two lines of dashes. */
function frontMatterEnd(text: string): number {
  const begin = text.startsWith('\ufeff') ? 1 : 0;
  const first = /^---[ \t]*\r?\n/.exec(text.slice(begin, begin + 20));
  if (first === null) return begin;
  for (let start = begin + first[0].length; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const next = feed < 0 ? text.length : feed + 1;
    const line = text.slice(start, next).trimEnd();
    if (line === '---' || line === '...') return next;
    // A comment in YAML may be, but the heading of a version is Markdown: the dashes above were a rule.
    const heading = atx(line);
    if (heading !== null && (heading.level > 1 || readAbout(heading.text) !== null)) return begin;
    start = next;
  }
  return begin;
}
