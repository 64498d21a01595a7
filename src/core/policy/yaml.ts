// A YAML text → plain values that remember where they were written, or findings in words. Whatever the text is, it ends, soon: a policy
// is small by rule, anchors are expanded within a budget, and no key becomes a property that JavaScript gives a meaning of its own.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { syntaxFindings } from './yaml-words.ts';

export type Path = readonly (string | number)[];

/** Something wrong at an offset of the text. */
export interface Finding {
  readonly path: Path;
  readonly offset: number;
  readonly says: string;
}

export interface YamlText {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** True where the text is no YAML that could be looked at further. */
  readonly broken: boolean;
  /** Where a key or a value stands; for what is not there, the nearest map or list around it. */
  readonly offsetOf: (path: Path, what: 'key' | 'value') => number;
  /** How a scalar was written, before YAML made a number or a boolean of it. */
  readonly sourceOf: (path: Path) => string | null;
  /** Line and column, both from 1. */
  readonly placeOf: (offset: number) => { readonly line: number; readonly column: number };
}

const LARGEST = 256 * 1024;
const DEEPEST = 20;
const MOST_VALUES = 50_000;

export function readYaml(written: string): YamlText {
  const text = written.startsWith('\ufeff') ? written.slice(1) : written;
  if (text.length > LARGEST) {
    return unread(`it is ${Math.ceil(text.length / 1024)} KiB long, and no policy of more than ${LARGEST / 1024} KiB is read`);
  }
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: 'error',
    });
  } catch (error) {
    // What the parser dislikes it lists; what it throws is a limit of its own, as the depth of its stack.
    return unread(`it cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const syntax = syntaxFindings(document, (offset) => lines.linePos(offset).line);
  const taken = syntax.broken ? null : takeOut(document);
  return {
    value: taken === null ? null : taken.value,
    findings: [...syntax.findings, ...(taken?.findings ?? [])],
    broken: syntax.broken,
    offsetOf: (path, what) => offsetOf(taken?.seen ?? new Map(), path, what),
    sourceOf: (path) => taken?.seen.get(keyOf(path))?.source ?? null,
    placeOf: (offset) => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(line, 1), column: Math.max(col, 1) };
    },
  };
}

function unread(says: string): YamlText {
  return {
    value: null,
    findings: [{ path: [], offset: 0, says }],
    broken: true,
    offsetOf: () => 0,
    sourceOf: () => null,
    placeOf: () => ({ line: 1, column: 1 }),
  };
}

interface Seen {
  readonly key: number;
  readonly value: number;
  readonly source: string | null;
}

const keyOf = (path: Path): string => path.join('\u0000');

function offsetOf(seen: ReadonlyMap<string, Seen>, path: Path, what: 'key' | 'value'): number {
  const found = seen.get(keyOf(path));
  if (found !== undefined) return what === 'key' ? found.key : found.value;
  return path.length === 0 ? 0 : offsetOf(seen, path.slice(0, -1), 'key');
}

/** The values of a document. Done here and not by the parser's own `toJS`, which knows no positions and would build circles and `__proto__`. */
function takeOut(document: Document): { value: unknown; seen: ReadonlyMap<string, Seen>; findings: readonly Finding[] } {
  const seen = new Map<string, Seen>();
  const findings: Finding[] = [];
  const anchors = new Map<string, Node>();
  let values = 0;

  function take(node: unknown, path: Path, keyOffset: number): unknown {
    values += 1;
    if (values === MOST_VALUES + 1) findings.push({ path: [], offset: keyOffset, says: `it holds more than ${MOST_VALUES} values` });
    if (values > MOST_VALUES) return null;
    if (isAlias(node)) return takeAlias(node.source, node.range?.[0] ?? keyOffset, path, keyOffset);
    const offset = rangeOf(node, keyOffset);
    if (isScalar(node) || isMap(node) || isSeq(node)) if (node.anchor !== undefined) anchors.set(node.anchor, node);
    seen.set(keyOf(path), { key: keyOffset, value: offset, source: isScalar(node) ? (node.source ?? null) : null });
    if (path.length > DEEPEST) {
      findings.push({ path: path.slice(0, 2), offset, says: `is nested more than ${DEEPEST} deep` });
      return null;
    }
    if (isMap(node)) return takeMap(node, path, offset);
    if (isSeq(node)) return (node as YAMLSeq).items.map((item, index) => take(item, [...path, index], rangeOf(item, offset)));
    return isScalar(node) ? node.value : null;
  }

  function takeAlias(name: string, offset: number, path: Path, keyOffset: number): unknown {
    const target = anchors.get(name);
    if (target !== undefined) return take(target, path, keyOffset);
    findings.push({ path, offset, says: `the alias *${name} has no anchor &${name} before it` });
    return null;
  }

  function takeMap(map: YAMLMap, path: Path, offset: number): unknown {
    const entries = new Map<string, unknown>();
    for (const pair of map.items as Pair[]) {
      const at = rangeOf(pair.key, offset);
      const name = nameOf(pair.key);
      const here = [...path, name ?? '?'];
      if (name === null) findings.push({ path, offset: at, says: 'a key must be a plain text' });
      else if (name === '<<')
        findings.push({
          path: here,
          offset: at,
          says: 'merge keys (<<) are not YAML 1.2: write the keys out, or repeat a whole value by an alias',
        });
      else if (name === '__proto__') findings.push({ path: here, offset: at, says: 'unknown key "__proto__": no name here may be that' });
      else if (entries.has(name)) {
        findings.push({ path: here, offset: at, says: `"${name}" stands here twice: put all of it under one key` });
      } else entries.set(name, take(pair.value, here, at));
    }
    return Object.fromEntries(entries);
  }

  const value = take(document.contents, [], 0);
  return { value, seen, findings };
}

function rangeOf(node: unknown, otherwise: number): number {
  return (node as Node | null)?.range?.[0] ?? otherwise;
}

/** A key as it was written, so that `2024:` and `on:` are the names they look like. */
function nameOf(key: unknown): string | null {
  if (!isScalar(key)) return null;
  if (typeof key.value === 'string') return key.value;
  return key.value === null || key.source === undefined ? null : key.source;
}
