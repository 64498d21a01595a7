// Where a source writes to the log, with the words that stand in its message: read from the text, as TypeScript has no parser to ask.

export interface LogCall {
  readonly file: string;
  readonly line: number;
  readonly levels: readonly string[];
  /** Of the message, what is the same each time; names that it is put together of are followed within the file. */
  readonly words: readonly string[];
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const CALL = new RegExp(`\\blog\\??(?:\\.(${LEVELS.join('|')})|\\[([^\\]]*)\\])\\(`, 'g');

export function logCalls(file: string, source: string): readonly LogCall[] {
  return [...source.matchAll(CALL)].map((match) => {
    const { index } = match;
    const [, level, choice = ''] = match;
    const message = scan(source, index + match[0].length, ')').last;
    return {
      file,
      line: source.slice(0, index).split('\n').length,
      levels: level === undefined ? [...choice.matchAll(/'(\w+)'/g)].map(([, one = '']) => one) : [level],
      words: wordsOf(message, source.slice(0, index)).filter((one) => /[a-z]/i.test(one)),
    };
  });
}

function wordsOf(message: string, before: string): readonly string[] {
  const named = [...message.matchAll(/\$\{(\w+)\}/g)].flatMap(([, name = '']) => {
    const at = before.lastIndexOf(`const ${name} = `);
    return at < 0 ? [] : scan(before, at, ';').strings;
  });
  return [...scan(`${message};`, 0, ';').strings, ...named].map((one) => one.trim());
}

interface Scanned {
  readonly end: number;
  /** What stands between quotes; of templates, the parts beside what is put in. */
  readonly strings: readonly string[];
  /** The text after the last comma that is in no bracket. */
  readonly last: string;
}

/** From `start` to the closing character, with all that is in brackets and quotes on the way. */
function scan(source: string, start: number, close: string): Scanned {
  const strings: string[] = [];
  let depth = 0;
  let comma = start;
  for (let at = start; at < source.length; at++) {
    const character = source[at] ?? '';
    if (depth === 0 && character === close) return { end: at, strings, last: source.slice(comma, at).replace(/,\s*$/, '').trim() };
    if (character === "'" || character === '`') {
      const quoted = scanQuoted(source, at + 1, character);
      strings.push(...quoted.strings);
      at = quoted.end;
    } else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (depth === 0 && character === ',' && /\S/.test(source.slice(at + 1).match(/^\s*[^)]/)?.[0] ?? '')) comma = at + 1;
  }
  throw new Error(`What begins at ${start} has no end: ${source.slice(start, start + 60)}`);
}

function scanQuoted(source: string, start: number, quote: string): Pick<Scanned, 'end' | 'strings'> {
  const strings: string[] = [];
  let part = '';
  for (let at = start; at < source.length; at++) {
    const character = source[at] ?? '';
    if (character === quote) return { end: at, strings: [...strings, part] };
    if (character === '\\') {
      at += 1;
      part += source[at] ?? '';
    } else if (quote === '`' && character === '$' && source[at + 1] === '{') {
      const inner = scan(source, at + 2, '}');
      strings.push(part, ...inner.strings);
      part = '';
      at = inner.end;
    } else part += character;
  }
  throw new Error(`A text that begins at ${start} has no end.`);
}
