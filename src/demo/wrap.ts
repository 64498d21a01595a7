// Text in columns of a terminal: how wide it is there, and where its lines break. Colours are put on after that, so that they take no place.

import type { Colour } from '../cli/terminal.ts';

export type Paint = (colour: Colour, text: string) => string;

export interface Span {
  /** A line break is a break; other space is where a line may end. */
  readonly text: string;
  readonly colours: readonly Colour[];
}

export interface Width {
  readonly width: number;
  readonly paint: Paint;
}

/** Lines of at most `width` columns; what is longer than a line is cut where the line ends. */
export function wrapSpans(spans: readonly Span[], { width, paint }: Width): string[] {
  return breakSpans(spans, Math.max(8, width)).map((line) => line.map((span) => painted(span, paint)).join(''));
}

/** The same, before it is painted: for columns that are filled up to their width. */
export function breakSpans(spans: readonly Span[], width: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  let space: Span | null = null;
  const newLine = () => {
    lines.push([]);
    used = 0;
    space = null;
  };
  const put = (span: Span) => {
    lines.at(-1)?.push(span);
    used += widthOf(span.text);
  };
  for (const word of wordsOf(spans)) {
    if (word.kind === 'break') newLine();
    else if (word.kind === 'space') space = used === 0 ? null : (word.spans[0] ?? null);
    else {
      const wide = word.spans.reduce((sum, span) => sum + widthOf(span.text), 0);
      if (used > 0 && used + (space === null ? 0 : 1) + wide > width) newLine();
      else if (space !== null) put({ ...(space as Span), text: ' ' });
      space = null;
      for (const span of word.spans) {
        for (const [index, piece] of piecesOf(span.text, width - used, width).entries()) {
          if (index > 0) newLine();
          put({ ...span, text: piece });
        }
      }
    }
  }
  while (lines.length > 1 && lines.at(-1)?.length === 0) lines.pop();
  return lines.length === 1 && lines[0]?.length === 0 ? [] : lines;
}

export function painted({ text, colours }: Span, paint: Paint): string {
  return colours.reduce((inner, colour) => paint(colour, inner), text);
}

/** Columns: most signs that people call emoji take two, and what joins or varies them none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) {
    const code = sign.codePointAt(0) ?? 0;
    if (code === 0x200d || (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0x300 && code <= 0x36f)) continue;
    const wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xffdc && code < 0xfe00) || code >= 0x1f300;
    width += wide || TWO.has(code) ? 2 : 1;
  }
  return width;
}

/** ⏳ ⏰ ⌛ ✅ ❌ ❓ ❗ ➕ ⭐ ⛔ ⚡: older than the blocks of emoji, and as wide. */
const TWO: ReadonlySet<number> = new Set([
  0x23f3, 0x23f0, 0x231b, 0x2705, 0x274c, 0x2753, 0x2754, 0x2755, 0x2757, 0x2795, 0x2b50, 0x26d4, 0x26a1,
]);

interface Word {
  readonly kind: 'word' | 'space' | 'break';
  readonly spans: Span[];
}

/** A word may be of several spans: `**1.4.0**,` does not break before its comma. */
function wordsOf(spans: readonly Span[]): Word[] {
  const words: Word[] = [];
  for (const span of spans) {
    for (const text of span.text.match(/\n|[^\S\n]+|\S+/g) ?? []) {
      const kind = text === '\n' ? 'break' : /^\s/.test(text) ? 'space' : 'word';
      const last = words.at(-1);
      if (kind === 'word' && last?.kind === 'word') last.spans.push({ ...span, text });
      else words.push({ kind, spans: [{ ...span, text }] });
    }
  }
  return words;
}

function piecesOf(text: string, room: number, width: number): string[] {
  if (widthOf(text) <= room) return [text];
  const pieces: string[] = [];
  let piece = '';
  let left = Math.max(1, room);
  for (const sign of text) {
    const wide = widthOf(sign);
    if (wide > left && piece !== '') {
      pieces.push(piece);
      piece = '';
      left = width;
    }
    piece += sign;
    left -= wide;
  }
  return [...pieces, piece];
}
