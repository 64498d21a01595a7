// The text of another tool's configuration → plain values, and values of the expected kind out of them. JSON may have comments; a value of
// another kind than the tool documents is told and left out, never guessed at.

import { nearest } from '../nearest.ts';
import { readYaml } from '../policy/yaml.ts';
import type { Ledger, SourceFile } from './report.ts';

export type Raw = Readonly<Record<string, unknown>>;

export type ReadConfig =
  | { readonly ok: true; readonly value: unknown /** Slips that cost nothing, in words. */; readonly slips: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads JSON, JSON with comments, or YAML. An empty file is null. */
export function readConfig({ path, text }: SourceFile): ReadConfig {
  const isJson = /\.jsonc?5?$/.test(path) || /^\ufeff?\s{0,100}(?:\{|\/[/*])/.test(text);
  const yaml = readYaml(isJson ? withoutComments(text) : text);
  const says = yaml.findings.map((one) => {
    const { line, column } = yaml.placeOf(one.offset);
    return `${path}:${line}:${column}: ${one.says}`;
  });
  return yaml.broken ? { ok: false, problems: says } : { ok: true, value: yaml.value, slips: says };
}

/** As `readConfig`, for a file that must hold a map of keys; an empty file holds none. */
export function readMap(file: SourceFile): { readonly ok: true; readonly map: Raw; readonly slips: readonly string[] } | Failed {
  const read = readConfig(file);
  if (!read.ok) return read;
  if (read.value === null) return { ok: true, map: {}, slips: read.slips };
  if (!isMap(read.value))
    return { ok: false, problems: [`${file.path}:1:1: it holds ${kindOf(read.value)} where keys and values should be`] };
  return { ok: true, map: read.value, slips: read.slips };
}

interface Failed {
  readonly ok: false;
  readonly problems: readonly string[];
}

/** Comments of JSON made into spaces, so that every place stays what it was. */
function withoutComments(text: string): string {
  if (!text.includes('//') && !text.includes('/*')) return text;
  let out = '';
  let kept = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const block = text[at + 1] === '*';
      const found = text.indexOf(block ? '*/' : '\n', at + 2);
      const end = found < 0 ? text.length : block ? found + 2 : found;
      out += text.slice(kept, at) + text.slice(at, end).replace(/[^\n]/g, ' ');
      kept = end;
      at = end - 1;
    }
  }
  return out + text.slice(kept);
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"' || text[at] === '\n') return at;
  }
  return text.length;
}

export function isMap(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is there under a key, own keys only; undefined for null, which these tools take as absent. */
export function valueAt(map: Raw, key: string): unknown {
  return Object.hasOwn(map, key) ? (map[key] ?? undefined) : undefined;
}

/** Where a key stands, for remarks, and where they go. */
export interface Place {
  readonly ledger: Ledger;
  /** What is written before the key: `packages["packages/core"].`; empty at the top. */
  readonly at: string;
}

export function textAt(map: Raw, key: string, place: Place): string | null {
  return takeAt(map, key, place, 'a text', (value) => (typeof value === 'string' ? value : null));
}

export function flagAt(map: Raw, key: string, place: Place): boolean | null {
  return takeAt(map, key, place, 'true or false', (value) => (typeof value === 'boolean' ? value : null));
}

export function listAt(map: Raw, key: string, place: Place): readonly unknown[] | null {
  return takeAt(map, key, place, 'a list', (value) => (Array.isArray(value) ? (value as unknown[]) : null));
}

export function mapAt(map: Raw, key: string, place: Place): Raw | null {
  return takeAt(map, key, place, 'a map of keys', (value) => (isMap(value) ? value : null));
}

/** A list of texts; one text alone counts as a list of it. Entries of another kind are told and left out. */
export function textsAt(map: Raw, key: string, place: Place): readonly string[] {
  const value = valueAt(map, key);
  if (value === undefined) return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const texts = list.filter((one) => typeof one === 'string');
  if (texts.length < list.length) {
    place.ledger.cannot.push({
      key: place.at + key,
      says: `should be a list of texts; ${list.length - texts.length} of its entries were left out`,
    });
  }
  return texts;
}

function takeAt<T>(map: Raw, key: string, place: Place, wanted: string, take: (value: unknown) => T | null): T | null {
  const value = valueAt(map, key);
  if (value === undefined) return null;
  const taken = take(value);
  if (taken === null)
    place.ledger.cannot.push({ key: place.at + key, says: `holds ${kindOf(value)} where ${wanted} should be, so it was left out` });
  return taken;
}

/** Tells of the keys that are none of those known, with what may have been meant. */
export function tellUnknown(map: Raw, known: readonly string[], { ledger, at }: Place, tool: string): void {
  for (const key of Object.keys(map)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    const hint = meant === null ? '' : `; if \`${meant}\` is meant, mend it there and import again`;
    ledger.cannot.push({ key: at + clip(key), says: `is no key that ${tool} documents${hint}` });
  }
}

/** A value as a sentence quotes it. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(clip(value));
  return isMap(value) || Array.isArray(value) ? kindOf(value) : String(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map of keys';
  return typeof value === 'string' ? `the text ${JSON.stringify(clip(value))}` : String(value);
}

export function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
