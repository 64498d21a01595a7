// Where values stand in a TOML text (https://toml.io/en/v1.0.0). A reader of our own, because TOML's writers do not keep comments and
// spacing; it is told nothing but keys and places, so that lock files of any length are read once.

import { type Key, type Place, sameKey, Unreadable } from './version-file-key.ts';

/** Every place that `key` names. Throws `Unreadable`. */
export function tomlPlaces(text: string, key: Key): readonly Place[] {
  const places: Place[] = [];
  walkToml(text, (path, place) => {
    if (sameKey(path, key)) places.push(place);
  });
  return places;
}

/** Every value of the text, those within lists and inline tables before these themselves. `path` changes after the call. */
export function walkToml(text: string, visit: (path: Key, place: Place) => void): void {
  const reader: Reader = { text, visit, at: text.startsWith('\ufeff') ? 1 : 0, depth: 0, path: [] };
  const tables = new Map<string, number>();
  let table: Key = [];
  for (;;) {
    skipBetween(reader);
    if (reader.at >= text.length) return;
    if (text[reader.at] === '[') table = readHeader(reader, tables);
    else {
      reader.path = [...table];
      readPair(reader);
    }
    skip(reader, BLANK);
    if (reader.at < text.length && !/[\r\n#]/.test(text[reader.at] as string)) {
      throw new Unreadable(reader.at, 'the line should end here');
    }
  }
}

interface Reader {
  readonly text: string;
  readonly visit: (path: Key, place: Place) => void;
  at: number;
  depth: number;
  path: (string | number)[];
}

const DEEPEST = 200;
const BLANK = /[ \t]*/y;
const SPACE = /\s*/y;
const BARE_KEY = /[\w-]+/y;
const BARE_VALUE = /[\w.:+-]+(?: \d\d:[\d:.Z+-]+)?/y;

function readHeader(reader: Reader, tables: Map<string, number>): Key {
  const isList = reader.text[reader.at + 1] === '[';
  reader.at += isList ? 2 : 1;
  const names = readNames(reader);
  const close = isList ? ']]' : ']';
  if (!reader.text.startsWith(close, reader.at)) throw new Unreadable(reader.at, `${close} is expected`);
  reader.at += close.length;
  const path: (string | number)[] = [];
  for (const [index, name] of names.entries()) {
    path.push(name);
    const key = JSON.stringify(path);
    const count = tables.get(key);
    if (isList && index === names.length - 1) {
      const next = count === undefined ? 0 : count + 1;
      tables.set(key, next);
      path.push(next);
    } else if (count !== undefined) path.push(count);
  }
  return path;
}

/** `key = value`; the value's place is told with the path that the reader has, and the key behind it. */
function readPair(reader: Reader): void {
  const names = readNames(reader);
  if (reader.text[reader.at] !== '=') throw new Unreadable(reader.at, 'an equals sign is expected');
  reader.at += 1;
  skip(reader, BLANK);
  reader.path.push(...names);
  readValue(reader);
  reader.path.length -= names.length;
}

/** A key with its dots, and the blanks behind it. */
function readNames(reader: Reader): string[] {
  const names: string[] = [];
  do {
    if (names.length > 0) reader.at += 1;
    skip(reader, BLANK);
    const { text, at } = reader;
    if (text[at] === '"' || text[at] === "'") {
      const { start, end } = readText(reader);
      const raw = text.slice(start, end);
      names.push(text[at] === '"' ? raw.replace(/\\(["\\])/g, '$1') : raw);
    } else {
      skip(reader, BARE_KEY);
      if (reader.at === at) throw new Unreadable(at, 'a key is expected');
      names.push(text.slice(at, reader.at));
    }
    skip(reader, BLANK);
  } while (reader.text[reader.at] === '.' && names.length < DEEPEST);
  return names;
}

function readValue(reader: Reader): void {
  const { text, at } = reader;
  const first = text[at];
  if (first === '"' || first === "'") {
    const { start, end } = readText(reader);
    reader.visit(reader.path, { start, end, holds: 'text' });
  } else if (first === '[' || first === '{') {
    if (reader.depth === DEEPEST) throw new Unreadable(at, `it is nested more than ${DEEPEST} levels deep`);
    reader.depth += 1;
    if (first === '[') readList(reader);
    else readInline(reader);
    reader.depth -= 1;
    reader.visit(reader.path, { start: at, end: reader.at, holds: first === '[' ? 'list' : 'table' });
  } else {
    skip(reader, BARE_VALUE);
    if (reader.at === at) throw new Unreadable(at, 'a value is expected');
    reader.visit(reader.path, { start: at, end: reader.at, holds: 'bare' });
  }
}

function readList(reader: Reader): void {
  reader.at += 1;
  for (let index = 0; !closed(reader, ']'); index += 1) {
    reader.path.push(index);
    readValue(reader);
    reader.path.length -= 1;
    endMember(reader, ']');
  }
}

/** Line ends and a last comma are TOML 1.1's. */
function readInline(reader: Reader): void {
  reader.at += 1;
  while (!closed(reader, '}')) {
    readPair(reader);
    endMember(reader, '}');
  }
}

function endMember(reader: Reader, close: string): void {
  skipBetween(reader);
  if (reader.text[reader.at] === ',') reader.at += 1;
  else if (reader.text[reader.at] !== close) throw new Unreadable(reader.at, `a comma or ${close} is expected`);
}

function closed(reader: Reader, close: string): boolean {
  skipBetween(reader);
  if (reader.text[reader.at] !== close) return false;
  reader.at += 1;
  return true;
}

/** Goes behind the closing quotes. */
function readText(reader: Reader): { readonly start: number; readonly end: number } {
  const { text, at } = reader;
  const quote = text[at] as string;
  const long = text.startsWith(quote.repeat(3), at);
  const close = long ? quote.repeat(3) : quote;
  const start = at + close.length;
  for (let end = start; end < text.length; end += 1) {
    const char = text[end];
    if (char === '\\' && quote === '"') end += 1;
    else if (char === '\n' && !long) break;
    else if (char === quote && text.startsWith(close, end)) {
      // Up to two quotes may stand at the end of a long text.
      while (long && text[end + 3] === quote) end += 1;
      reader.at = end + close.length;
      return { start, end };
    }
  }
  throw new Unreadable(at, 'a closing quote is missing');
}

/** Over blank lines and comments. */
function skipBetween(reader: Reader): void {
  skip(reader, SPACE);
  while (reader.text[reader.at] === '#') {
    const end = reader.text.indexOf('\n', reader.at);
    reader.at = end < 0 ? reader.text.length : end;
    skip(reader, SPACE);
  }
}

function skip(reader: Reader, what: RegExp): void {
  what.lastIndex = reader.at;
  if (what.test(reader.text)) reader.at = what.lastIndex;
}
