// Regular expressions that a policy brings along. The App reads policies of strangers and the engine's matcher backtracks, so a pattern
// that could send it down too many ways (`(a+)+b`) is refused in words before it meets a text, and texts are short.

/** A pattern that a whole text must match, or what is wrong with it: a half sentence that follows "the pattern … is refused: ". */
export type Pattern = { readonly matches: (text: string) => boolean; readonly problem: null } | { readonly problem: string };

/** A `.` that nothing repeats is the dot that people mean when they write `[0-9]+.x` or `release-1.2`. */
export function readPattern(source: string): Pattern {
  const read = weigh(source);
  if (read.problem !== null) return read;
  let expression: RegExp;
  try {
    expression = new RegExp(`^(?:${read.source})$`);
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  return { matches: (text) => text.length <= LONGEST_TEXT && expression.test(text), problem: null };
}

const LONGEST_SOURCE = 300;
/** What git hosts allow a branch's name to be. */
const LONGEST_TEXT = 255;
/** Ways through a pattern, as a power of two: three open repeats and an option, which is less than 0.1 s at worst. */
const MOST_WAYS = 26;
/** What a repeat can choose from in the longest text, as a power of two. */
const REPEAT = 8;
/** A choice of two, which costs more than its share of a repeat: repeats of a text divide it among them. */
const CHOICE = 1.5;

/** A group that is being read: the ways through its current alternative, and through the widest one before. */
interface Frame {
  ways: number;
  widest: number;
  alternatives: number;
}

/** Reads the source once: adds up the ways through it, and makes lone dots literal. */
function weigh(source: string): { readonly source: string; readonly problem: null } | { readonly problem: string } {
  if (source.length > LONGEST_SOURCE) return { problem: `it is longer than ${LONGEST_SOURCE} characters` };
  const open: Frame[] = [{ ways: 0, widest: 0, alternatives: 1 }];
  let out = '';
  let at = 0;
  while (at < source.length) {
    const frame = open.at(-1) as Frame;
    const token = tokenAt(source, at);
    if (token.startsWith('(')) {
      if (token === '(?') return { problem: `look-around at ${at + 1} is not supported` };
      open.push({ ways: 0, widest: 0, alternatives: 1 });
      out += token;
      at += token.length;
      continue;
    }
    let inside = 0;
    if (token === ')') {
      if (open.length === 1) return { problem: `the group that ends at ${at + 1} never began` };
      open.pop();
      inside = waysThrough(frame);
    }
    if (token === '|') {
      frame.widest = Math.max(frame.widest, frame.ways);
      frame.ways = 0;
      frame.alternatives += 1;
    }
    if (/^\\[1-9k]/.test(token)) return { problem: `the back-reference at ${at + 1} is not supported` };
    const repeat = token === '|' ? '' : (QUANTIFIER.exec(source.slice(at + token.length, at + token.length + 16))?.[0] ?? '');
    const optional = repeat.startsWith('?') || repeat.startsWith('{0,1}');
    if (inside > 0 && repeat !== '' && !optional) return { problem: `the group that ends at ${at + 1} repeats what varies by itself` };
    (open.at(-1) as Frame).ways += inside + (repeat === '' ? 0 : optional ? CHOICE : REPEAT);
    out += (token === '.' && repeat === '' ? '\\.' : token) + repeat;
    at += token.length + repeat.length;
  }
  return waysThrough(open[0] as Frame) > MOST_WAYS
    ? { problem: 'it repeats too many parts; split it into several lines' }
    : { source: out, problem: null };
}

const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;

/** One character, one escape, a whole class, or what opens a group; `(?` alone opens something that is not supported. */
function tokenAt(source: string, at: number): string {
  const char = source[at] as string;
  if (char === '\\') return source.slice(at, at + 2);
  if (char === '(') return /^\((?:\?:|\?<[A-Za-z]\w{0,30}>|\?)?/.exec(source.slice(at, at + 40))?.[0] ?? char;
  if (char !== '[') return char;
  let end = at + 1;
  while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
  return source.slice(at, end + 1);
}

function waysThrough(frame: Frame): number {
  return Math.max(frame.widest, frame.ways) + CHOICE * Math.log2(frame.alternatives);
}
