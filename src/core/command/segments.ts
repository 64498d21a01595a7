// A comment in pieces that can be read each by itself, so that the Markdown parser, which is slow on hostile text, is given little: a piece
// ends only where every block is closed for sure. The scanner knows fences and HTML just well enough to see where it is not sure, and
// there it does not cut (https://spec.commonmark.org/0.31.2/#phase-1-block-structure).

/** A piece of the text. `fenced`: it is one fenced block of code and nothing else. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly fenced: boolean;
}

export function segmentsOf(body: string): Segment[] {
  const segments: Segment[] = [];
  const cut = (start: number, end: number, fenced: boolean) => {
    if (end > start) segments.push({ start, end, fenced });
  };
  let state = fresh(0);
  for (let start = 0; start < body.length; ) {
    const [end, next] = lineAt(body, start);
    const line = body.slice(start, end);
    if (state.fence !== null) {
      if (closes(line, state.fence)) {
        cut(state.start, next, true);
        state = fresh(next);
      }
    } else if (BLANK.test(line)) {
      state.blank = true;
      state.html = false;
    } else {
      if (state.blank && isStart(line) && state.until === null && !state.unsure) {
        cut(state.start, start, false);
        state = fresh(start);
      }
      state.blank = false;
      const fence = readLine(state, line);
      if (fence !== null) {
        cut(state.start, start, false);
        state = { ...fresh(start), fence };
      }
    }
    start = next;
  }
  cut(state.start, body.length, state.fence !== null);
  return segments;
}

/** Where the line that begins there ends, without and with its line end: `\n`, `\r\n` or `\r`. */
export function lineAt(body: string, start: number): readonly [end: number, next: number] {
  LINE_END.lastIndex = start;
  const found = LINE_END.exec(body);
  return found === null ? [body.length, body.length] : [found.index, found.index + found[0].length];
}

interface State {
  readonly start: number;
  /** A fence that is open, outside of every list and footnote. */
  fence: string | null;
  /** No line was read yet, but for blank ones. */
  first: boolean;
  /** The line before is blank, or there is none. */
  blank: boolean;
  /** What must come before a block of HTML that may be open ends. */
  until: string | null;
  /** A block of HTML may be open that ends with the next blank line. */
  html: boolean;
  /** A list or a footnote may be open, into which two or three spaces may lead. */
  container: boolean;
  /** Spaces that surely lead into the list item that surely is open. */
  item: number | null;
  /** Whether something is open cannot be told any more. */
  unsure: boolean;
}

function fresh(start: number): State {
  return { start, fence: null, first: true, blank: true, until: null, html: false, container: false, item: null, unsure: false };
}

const LINE_END = /\r\n?|\n/g;
const BLANK = /^[ \t]*$/;
const FENCE = /^ {0,3}(?:(`{3,})[^`]*|(~{3,}).*)$/s;
const CONTAINER = /^ {0,3}(?:[-+*]|\d{1,9}[.)]|\[\^)/;
/** No thematic break, and no item that begins with a blank line or with code. */
const ITEM = /^(?:[-+*]|\d{1,9}[.)]) {1,4}(?=[^\s*_-])/;
const COMMENT = /^ {0,3}<!--(?!-?>)/;
const RAW = /^ {0,3}<(?:[!?]|(?:script|pre|style|textarea)(?:[\s>]|$))/i;
const TAG = /^ {0,3}<[A-Za-z/]/;

function isStart(line: string): boolean {
  return line[0] !== ' ' && line[0] !== '\t';
}

/** Notes what the line may open; a fence that it surely opens is returned. */
function readLine(state: State, line: string): string | null {
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  if (state.unsure || (state.item !== null && indent >= state.item)) return null;
  followItem(state, line);
  const opener = FENCE.exec(line);
  const raw = RAW.test(line);
  if (state.until !== null) {
    if (opener !== null || raw) state.unsure = true;
    if (line.includes(state.until)) state.until = null;
    return null;
  }
  if (opener !== null) {
    if (!state.html && (indent < 2 || !state.container)) return opener[1] ?? opener[2] ?? null;
    state.unsure = true;
  } else if (COMMENT.test(line)) {
    if (!line.includes('-->')) state.until = '-->';
  } else if (raw) state.unsure = true;
  else if (TAG.test(line)) state.html = true;
  return null;
}

/** An item at a piece's very beginning is one for sure, and so is what follows it with no less space. */
function followItem(state: State, line: string): void {
  const width = ITEM.exec(line)?.[0].length ?? 0;
  const sure = state.first ? width > 0 : state.item !== null && width >= state.item;
  state.item = sure ? width : null;
  state.first = false;
  if (CONTAINER.test(line)) state.container = true;
}

function closes(line: string, fence: string): boolean {
  const found = /^ {0,3}(`+|~+)[ \t]*$/.exec(line)?.[1];
  return found !== undefined && found[0] === fence[0] && found.length >= fence.length;
}
