// The way to a value within a structured file (`project.version`, `packages[""].version`), and where such a value stands in its text.

/** From the outermost key inwards; numbers count list items from 0. */
export type Key = readonly (string | number)[];

/** Where a value's text begins and ends: without its quotes, if it has any. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** Only a text can hold a version everywhere; a bare number can where the format makes text of what we write (YAML). */
  readonly holds: 'text' | 'bare' | 'table' | 'list' | 'alias' | 'nothing';
}

/** Thrown where a text is not what its name says; `offset` is where reading ended. */
export class Unreadable extends Error {
  readonly offset: number;

  constructor(offset: number, says: string) {
    super(says);
    this.name = 'Unreadable';
    this.offset = offset;
  }
}

const PART = /\.?(?:([^.[\]"'\s]+)|\[(\d{1,9})\]|(?:\["((?:[^"\\]|\\.)*)"\]|\['([^']*)'\]|"((?:[^"\\]|\\.)*)"|'([^']*)'))/y;
const DEEPEST = 50;

/** Reads `a.b`, `a["b.c"].d`, `a."b.c"` and `a[0]`; a JSONPath's leading `$` is dropped. Null for anything else. */
export function readKey(text: string): Key | null {
  const path = text.replace(/^\$(?=\.|\[)/, '').replace(/^\./, '');
  const key: (string | number)[] = [];
  PART.lastIndex = 0;
  for (let at = 0; at < path.length; at = PART.lastIndex) {
    const part = PART.exec(path);
    // Two names need a dot between them: `"a"b` is nobody's key.
    if (part === null || key.length === DEEPEST || (at > 0 && !/[.[]/.test(path[at] as string))) return null;
    const [, bare, index, one, two, three, four] = part;
    if (bare === '*') return null;
    key.push(index === undefined ? (bare ?? two ?? four ?? (one ?? three ?? '').replace(/\\(.)/gs, '$1')) : Number(index));
  }
  return key.length === 0 ? null : key;
}

/** A key as `readKey` reads it. */
export function keyText(key: Key): string {
  return key
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[^.[\]"'\s*]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** An item may be asked for as `[0]` or `.0`, whatever the file makes of it. */
export function sameKey(one: Key, other: Key): boolean {
  return one.length === other.length && one.every((part, index) => String(part) === String(other[index]));
}

export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
