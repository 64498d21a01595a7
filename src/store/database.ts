// The little that the store asks of a database engine: reads, durable transactions, and one unmoving view for an export. All SQL of the
// store is written once for both engines, with `$1` placeholders; where they differ, the session says which one it is.

import { StoreProblem } from '../flows/store-port.ts';

export type Dialect = 'sqlite' | 'postgres';
export type Value = null | number | string | Uint8Array;

export interface Session {
  readonly dialect: Dialect;
  readonly rows: <R>(sql: string, values?: readonly Value[]) => Promise<readonly R[]>;
  /** How many rows it changed. */
  readonly run: (sql: string, values?: readonly Value[]) => Promise<number>;
}

export interface Database {
  readonly dialect: Dialect;
  readonly read: Session['rows'];
  /**
   * All that `work` writes, durable when the promise resolves, or nothing of it where `work` throws. `work` awaits its session only, and may
   * run again where the engine asks for another try.
   */
  readonly write: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  /** For reads that all see the database as it was at one moment, until it is released. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Runs `work` while nothing else of this process writes; there only where the engine lets one write at a time. */
  readonly alone?: <T>(work: () => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

export interface Snapshot {
  readonly session: Session;
  readonly release: () => Promise<void>;
}

/** `($1, $2), ($3, $4)` and its values. */
export function tuples(rows: readonly (readonly Value[])[]): { readonly sql: string; readonly values: readonly Value[] } {
  return { sql: shapeOf(rows.length, rows[0]?.length ?? 0), values: rows.flat() };
}

/** The small ones are made once. */
function shapeOf(rows: number, width: number): string {
  const name = rows * 100 + width;
  const found = SHAPES.get(name);
  if (found !== undefined) return found;
  const made = Array.from({ length: rows }, (_, row) => `(${places(width, row * width)})`).join(', ');
  if (rows <= 2 ** LARGEST_SHAPE) SHAPES.set(name, made);
  return made;
}

const SHAPES = new Map<number, string>();

/** `$3, $4, $5` for three values where two stand before them. */
export function places(count: number, before = 0): string {
  return Array.from({ length: count }, (_, index) => `$${index + before + 1}`).join(', ');
}

/** In parts that stay far below both engines' limits of placeholders (32,766 and 65,535). */
export function chunks<T>(items: readonly T[], size = 500): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** In parts of few different sizes where the engine prepares a statement for each: of powers of two, the largest first. */
export function shapes<T>({ dialect }: Session, items: readonly T[], size = 500): readonly (readonly T[])[] {
  if (dialect === 'postgres') return chunks(items, size);
  const parts: (readonly T[])[] = [];
  for (let from = 0; from < items.length; ) {
    const part = items.slice(from, from + 2 ** Math.min(LARGEST_SHAPE, Math.floor(Math.log2(items.length - from))));
    parts.push(part);
    from += part.length;
  }
  return parts;
}

const LARGEST_SHAPE = 5;

/**
 * PostgreSQL has no place for U+0000 in a text, and both engines would silently change half of a surrogate pair: said here, for both alike,
 * before a hash is stored beside a text that is no longer its own.
 */
export function checkTexts(values: readonly Value[]): void {
  for (const value of values) {
    if (typeof value === 'string' && (value.includes('\0') || !isWellFormed.call(value))) {
      throw new StoreProblem(
        'A text with a NUL character or half a character in it cannot be stored. Send it as JSON, which escapes both.',
      );
    }
  }
}

/** In Node from 20 on, and ten times as fast as a pattern; the language's library of 2023 does not know it yet. */
const { isWellFormed } = String.prototype as unknown as { readonly isWellFormed: (this: string) => boolean };

/** What somebody else's error says, so that it can be stored. */
export function plainText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\u{fffd}');
}
