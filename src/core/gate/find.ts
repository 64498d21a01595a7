// Looks for a regular expression of a policy anywhere in texts of strangers, in time that grows with the length of the text and no faster:
// all ways through the pattern are followed at once (Thompson, 1968), where the engine's own matcher would try one after the other.

/** The first and longest text that is found, never an empty one; or what is wrong with the pattern, as a half sentence. */
export type Finder = { readonly find: (text: string) => string | null; readonly problem: null } | { readonly problem: string };

/** As in the patterns of branches, a `.` that nothing repeats is a dot. */
export function finderOf(source: string): Finder {
  try {
    const program = compile(source);
    return { find: (text) => run(program, text), problem: null };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: error.message };
    throw error;
  }
}

type Test = (char: string) => boolean;

/** One step: read a character, go both ways, be at a place, or be done. Followed by the next one unless it says otherwise. */
type Step =
  | { readonly op: 'char'; readonly test: Test }
  | { readonly op: 'split'; to: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'at'; readonly holds: (before: string, after: string) => boolean }
  | { readonly op: 'done' };

const MOST_STEPS = 1_000;
/** More than a policy may have; groups are read within groups, so a record that was tampered with could nest them past the stack. */
const LONGEST_SOURCE = 1_000;

type Part = (program: Step[]) => void;

function compile(source: string): readonly Step[] {
  if (source.length > LONGEST_SOURCE) throw new SyntaxError(`it is longer than ${LONGEST_SOURCE} characters`);
  const reader = { source, at: 0 };
  const whole = alternatives(reader);
  if (reader.at < source.length) throw new SyntaxError(`the group that ends at ${reader.at + 1} never began`);
  const program: Step[] = [];
  whole(program);
  emit(program, { op: 'done' });
  return program;
}

function emit<T extends Step>(program: Step[], step: T): T {
  if (program.length >= MOST_STEPS) throw new SyntaxError('it is too long with all its repeats');
  program.push(step);
  return step;
}

interface Reader {
  readonly source: string;
  at: number;
}

function alternatives(reader: Reader): Part {
  const parts = [sequence(reader)];
  while (reader.source[reader.at] === '|') {
    reader.at += 1;
    parts.push(sequence(reader));
  }
  return parts.reduceRight((rest, first) => (program) => {
    const split = emit(program, { op: 'split', to: 0 });
    first(program);
    const jump = emit(program, { op: 'jump', to: 0 });
    split.to = program.length;
    rest(program);
    jump.to = program.length;
  });
}

function sequence(reader: Reader): Part {
  const parts: Part[] = [];
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] as string)) parts.push(repeated(reader));
  return (program) => {
    for (const part of parts) part(program);
  };
}

const QUANTIFIER = /^(?:([*+?])|\{(\d{1,4})(,(\d{1,4})?)?\})\??/;

function repeated(reader: Reader): Part {
  const begin = reader.at;
  const part = atom(reader);
  const found = QUANTIFIER.exec(reader.source.slice(reader.at, reader.at + 16));
  if (found === null) return reader.source.slice(begin, reader.at) === '.' ? character((char) => char === '.') : part;
  reader.at += found[0].length;
  const [, sign, least, range, most] = found;
  const from = sign === undefined ? Number(least) : sign === '+' ? 1 : 0;
  const to = sign === '?' ? 1 : sign !== undefined || (range !== undefined && most === undefined) ? null : Number(most ?? least);
  if (to !== null && to < from) throw new SyntaxError(`the repeat at ${begin + 1} has its numbers the wrong way round`);
  return (program) => {
    for (let times = 0; times < from; times += 1) part(program);
    if (to === null) {
      const split = emit(program, { op: 'split', to: 0 });
      const back = program.length - 1;
      part(program);
      emit(program, { op: 'jump', to: back });
      split.to = program.length;
      return;
    }
    const splits: { to: number }[] = [];
    for (let times = from; times < to; times += 1) {
      splits.push(emit(program, { op: 'split', to: 0 }));
      part(program);
    }
    for (const split of splits) split.to = program.length;
  };
}

const GROUP = /^\((?:\?:|\?<[A-Za-z]\w{0,30}>)?/;
const ESCAPE = /^\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[\s\S])/;

function atom(reader: Reader): Part {
  const { source } = reader;
  const char = source[reader.at] as string;
  const begin = reader.at;
  if (char === '(') {
    const opening = (GROUP.exec(source.slice(begin, begin + 40)) as RegExpExecArray)[0];
    if (opening === '(' && source[begin + 1] === '?') throw new SyntaxError(`look-around at ${begin + 1} is not supported`);
    reader.at += opening.length;
    const inner = alternatives(reader);
    if (source[reader.at] !== ')') throw new SyntaxError(`the group that begins at ${begin + 1} never ends`);
    reader.at += 1;
    return inner;
  }
  if ('*+?'.includes(char)) throw new SyntaxError(`there is nothing to repeat at ${begin + 1}`);
  if (char === '^') return place(reader, 1, (before) => before === '');
  if (char === '$') return place(reader, 1, (_, after) => after === '');
  if (char === '[') return characterClass(reader);
  if (char !== '\\') {
    reader.at += 1;
    return char === '.' ? character((one) => one !== '\n') : character((one) => one === char);
  }
  const token = ESCAPE.exec(source.slice(begin, begin + 6))?.[0];
  if (token === undefined) throw new SyntaxError('it ends with a backslash');
  if (/^\\[1-9k]/.test(token)) throw new SyntaxError(`the back-reference at ${begin + 1} is not supported`);
  if (token === '\\b' || token === '\\B') {
    return place(reader, 2, (before, after) => (WORD.test(before) !== WORD.test(after)) === (token === '\\b'));
  }
  reader.at += token.length;
  return native(token);
}

const WORD = /\w/;

function characterClass(reader: Reader): Part {
  const { source, at: begin } = reader;
  let end = begin + 1;
  while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1;
  if (end >= source.length) throw new SyntaxError(`the class that begins at ${begin + 1} never ends`);
  reader.at = end + 1;
  return native(source.slice(begin, end + 1));
}

/** What stands for one character is left to the engine, one character at a time. */
function native(token: string): Part {
  const expression = new RegExp(`^${token}$`);
  return character((char) => expression.test(char));
}

function character(test: Test): Part {
  return (program) => {
    emit(program, { op: 'char', test });
  };
}

function place(reader: Reader, length: number, holds: (before: string, after: string) => boolean): Part {
  reader.at += length;
  return (program) => {
    emit(program, { op: 'at', holds });
  };
}

/** The places in the program that are reached, each with where in the text its way began, the earliest first. */
interface Reached {
  readonly steps: number[];
  readonly begins: number[];
}

function run(program: readonly Step[], text: string): string | null {
  let now: Reached = { steps: [], begins: [] };
  let next: Reached = { steps: [], begins: [] };
  const seenAt = new Int32Array(program.length).fill(-1);
  let best: { readonly from: number; readonly to: number } | null = null;

  function reach(to: Reached, first: number, begin: number, at: number): void {
    const open = [first];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      if (seenAt[step] === at) continue;
      seenAt[step] = at;
      const it = program[step] as Step;
      if (it.op === 'jump') open.push(it.to);
      else if (it.op === 'split') open.push(it.to, step + 1);
      else if (it.op === 'at') {
        if (it.holds(at === 0 ? '' : (text[at - 1] as string), at === text.length ? '' : (text[at] as string))) open.push(step + 1);
      } else if (it.op === 'char') {
        to.steps.push(step);
        to.begins.push(begin);
      } else if (at > begin) best = { from: begin, to: at };
    }
  }

  for (let at = 0; at < text.length; at += 1) {
    if (best === null) reach(now, 0, at, at);
    else if (now.steps.length === 0) break;
    const char = text[at] as string;
    for (let index = 0; index < now.steps.length; index += 1) {
      const begin = now.begins[index] as number;
      // Ways that began earlier are followed first, so that what is found later began no later, or is longer.
      if (best !== null && begin > (best as { readonly from: number }).from) continue;
      const step = now.steps[index] as number;
      if ((program[step] as { readonly test: Test }).test(char)) reach(next, step + 1, begin, at + 1);
    }
    [now, next] = [next, now];
    next.steps.length = 0;
    next.begins.length = 0;
  }
  const found = best as { readonly from: number; readonly to: number } | null;
  return found === null ? null : text.slice(found.from, found.to);
}
