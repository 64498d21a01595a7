// Where a value stands in a YAML text, in each of its documents, by the positions that the `yaml` package keeps.

import { type Document, isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml';
import { type Key, type Place, Unreadable } from './version-file-key.ts';

const LARGEST = 1024 * 1024;

/** Throws `Unreadable`. */
export function yamlPlaces(written: string, key: Key): readonly Place[] {
  const mark = written.startsWith('\ufeff') ? 1 : 0;
  const text = mark === 1 ? written.slice(1) : written;
  if (text.length > LARGEST) throw new Unreadable(0, `it is longer than ${LARGEST / 1024} KiB`);
  const places: Place[] = [];
  for (const document of documentsOf(text)) {
    const [error] = document.errors;
    if (error !== undefined) throw new Unreadable(error.pos[0] + mark, shortened(error.message));
    const place = placeOf(document.contents, key, text);
    if (place !== null) places.push({ ...place, start: place.start + mark, end: place.end + mark });
  }
  return places;
}

function documentsOf(text: string): readonly Document[] {
  try {
    return [...parseAllDocuments(text, { prettyErrors: false, uniqueKeys: false, resolveKnownTags: false, logLevel: 'error' })];
  } catch (error) {
    // The parser calls itself for each level of nesting, and ends where JavaScript's stack does.
    if (error instanceof RangeError) throw new Unreadable(0, 'it is nested too deep');
    throw error;
  }
}

function placeOf(root: unknown, key: Key, text: string): Place | null {
  let node = root;
  for (const part of key) {
    if (isMap(node)) {
      const name = String(part);
      const pair = node.items.find((one) => isScalar(one.key) && (one.key.source === name || String(one.key.value) === name));
      if (pair === undefined) return null;
      node = pair.value;
    } else if (isSeq(node)) node = node.items[Number(part)];
    else return null;
  }
  if (node === undefined) return null;
  const [start, end] = (node as Node | null)?.range ?? [0, 0];
  if (isAlias(node)) return { start, end, holds: 'alias' };
  if (isMap(node)) return { start, end, holds: 'table' };
  if (isSeq(node)) return { start, end, holds: 'list' };
  if (!isScalar(node) || start === end) return { start, end, holds: 'nothing' };
  if (/^Q/.test(node.type ?? '')) return { start: start + 1, end: end - 1, holds: 'text' };
  if (node.type === 'PLAIN') return { start, end, holds: 'bare' };
  // A block begins with `|` or `>` and what belongs to it.
  const line = text.indexOf('\n', start) + 1;
  return line > 0 && line < end ? { start: line, end, holds: 'text' } : { start, end, holds: 'nothing' };
}

function shortened(message: string): string {
  return message.length > 120 ? `${message.slice(0, 119)}…` : message;
}
