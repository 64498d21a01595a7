// Where a value stands in a JSON text. A reader of our own, because parsing and writing again would reformat people's files; comments,
// trailing commas and JSON5's quotes and bare keys are read too, since many files named .json have them.

import { type Key, type Place, Unreadable } from './version-file-key.ts';

/** Every place that `key` names: a key that stands twice in one object is two. Throws `Unreadable`. */
export function jsonPlaces(text: string, key: Key): readonly Place[] {
  const reader: Reader = { text, key, at: text.startsWith('\ufeff') ? 1 : 0, depth: 0, places: [] };
  skipBlank(reader);
  readValue(reader, 0);
  skipBlank(reader);
  if (reader.at < text.length) throw new Unreadable(reader.at, 'the text should end here');
  return reader.places;
}

interface Reader {
  readonly text: string;
  readonly key: Key;
  at: number;
  depth: number;
  readonly places: Place[];
}

const DEEPEST = 500;
/** Not on the way to the key. */
const ASIDE = -1;

/** `matched` parts of the key lead here. */
function readValue(reader: Reader, matched: number): void {
  const { text, at } = reader;
  const first = text[at];
  const found = matched === reader.key.length;
  if (first === '{' || first === '[') {
    if (reader.depth === DEEPEST) throw new Unreadable(at, `it is nested more than ${DEEPEST} levels deep`);
    reader.depth += 1;
    if (first === '{') readObject(reader, found ? ASIDE : matched);
    else readArray(reader, found ? ASIDE : matched);
    reader.depth -= 1;
    if (found) reader.places.push({ start: at, end: reader.at, holds: first === '{' ? 'table' : 'list' });
  } else if (first === '"' || first === "'") {
    const end = endOfText(reader);
    if (found) reader.places.push({ start: at + 1, end, holds: 'text' });
  } else {
    readBare(reader);
    if (reader.at === at) throw new Unreadable(at, 'a value is expected');
    if (found) reader.places.push({ start: at, end: reader.at, holds: 'bare' });
  }
}

function readObject(reader: Reader, matched: number): void {
  const wanted = matched === ASIDE ? null : String(reader.key[matched]);
  reader.at += 1;
  skipBlank(reader);
  while (!took(reader, '}')) {
    const name = readName(reader);
    skipBlank(reader);
    if (!took(reader, ':')) throw new Unreadable(reader.at, 'a colon is expected');
    skipBlank(reader);
    readValue(reader, name === wanted ? matched + 1 : ASIDE);
    endMember(reader, '}');
  }
}

function readArray(reader: Reader, matched: number): void {
  const wanted = matched === ASIDE ? null : String(reader.key[matched]);
  reader.at += 1;
  skipBlank(reader);
  for (let index = 0; !took(reader, ']'); index += 1) {
    readValue(reader, wanted !== null && String(index) === wanted ? matched + 1 : ASIDE);
    endMember(reader, ']');
  }
}

function endMember(reader: Reader, close: string): void {
  skipBlank(reader);
  if (took(reader, ',')) skipBlank(reader);
  else if (reader.text[reader.at] !== close) throw new Unreadable(reader.at, `a comma or ${close} is expected`);
}

function readName(reader: Reader): string {
  const { text, at } = reader;
  if (text[at] !== '"' && text[at] !== "'") {
    readBare(reader);
    if (reader.at === at) throw new Unreadable(at, 'a key is expected');
    return text.slice(at, reader.at);
  }
  const raw = text.slice(at + 1, endOfText(reader));
  return raw.includes('\\') ? unescaped(raw) : raw;
}

function unescaped(raw: string): string {
  return raw.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gs, (_, code: string | undefined, char: string) =>
    code === undefined ? ({ n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[char] ?? char) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Goes behind the closing quote and tells where that is. */
function endOfText(reader: Reader): number {
  const { text } = reader;
  const start = reader.at;
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === quote) {
      reader.at = at + 1;
      return at;
    } else if (code === 10) break;
  }
  throw new Unreadable(start, 'a closing quote is missing');
}

const BARE = /[^\s,:[\]{}"'/]*/y;

function readBare(reader: Reader): void {
  BARE.lastIndex = reader.at;
  BARE.exec(reader.text);
  reader.at = BARE.lastIndex;
}

function took(reader: Reader, char: string): boolean {
  if (reader.at >= reader.text.length) throw new Unreadable(reader.at, 'the text ends too soon');
  if (reader.text[reader.at] !== char) return false;
  reader.at += 1;
  return true;
}

const BLANK = /\s*/y;

function skipBlank(reader: Reader): void {
  const { text } = reader;
  for (;;) {
    BLANK.lastIndex = reader.at;
    BLANK.exec(text);
    reader.at = BLANK.lastIndex;
    const comment = text[reader.at] === '/' ? text[reader.at + 1] : undefined;
    if (comment !== '/' && comment !== '*') return;
    const end = comment === '/' ? text.indexOf('\n', reader.at) : text.indexOf('*/', reader.at + 2);
    if (end < 0 && comment === '*') throw new Unreadable(reader.at, 'a comment is not closed');
    reader.at = end < 0 ? text.length : comment === '/' ? end + 1 : end + 2;
  }
}
