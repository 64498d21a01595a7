// Lines for new changes put into an entry that people have edited: what they wrote stays as it is, and what they took out stays out.

import { digestOf } from '../fence.ts';
import { trimmed } from './changelog-entry.ts';
import { readOutline } from './changelog-outline.ts';

/** What the changes of an entry are known by: `#12`, a commit's first seven digits, or, without either, `~` and the text's digest. */
export function keysOf(body: string): string[] {
  return [...new Set(itemsOf(body).flatMap((item) => item.keys))];
}

/** `edited` with the items of `generated` that it neither mentions nor was offered before, each below the heading it has there. */
export function mergeItems(edited: string, generated: string, offered: ReadonlySet<string>): string {
  const mentioned = mentionsOf(edited);
  const missing = itemsOf(generated).filter((item) =>
    item.keys.some((key) => !offered.has(key) && !mentioned.has(key) && !(key.startsWith('~') && edited.includes(item.lines[0] as string))),
  );
  if (missing.length === 0) return edited;
  const lines = edited === '' ? [] : edited.split('\n');
  const shapes = shapesOf(edited);
  const own = sectionsOf(edited, lines.length);
  const order = sectionsOf(generated, 0).map((section) => section.key);
  const inserts: { readonly at: number; readonly lines: readonly string[] }[] = [];
  const byKey = new Map<string, Item[]>();
  for (const item of missing) {
    const same = byKey.get(item.section.key);
    if (same === undefined) byKey.set(item.section.key, [item]);
    else same.push(item);
  }
  for (const [key, items] of byKey) {
    const text = items.flatMap((item) => item.lines);
    const section = own.find((one) => one.key === key);
    if (section !== undefined) inserts.push(intoSection(shapes, section, text));
    else inserts.push(asSection(lines, own, order.slice(order.indexOf(key) + 1), [(items[0] as Item).section.line, '', ...text]));
  }
  // From the end, so that line numbers stay true; of two at one place the later goes first.
  for (const { at, lines: text } of inserts.map((one, index) => ({ ...one, index })).sort((a, b) => b.at - a.at || b.index - a.index)) {
    lines.splice(at, 0, ...text);
  }
  return trimmed(lines.join('\n'));
}

interface Section {
  /** The heading without regard to case, level and decoration; empty before the first heading. */
  readonly key: string;
  /** The heading's line as it was written. */
  readonly line: string;
  /** Lines that it holds, its own not among them. */
  readonly from: number;
  readonly to: number;
}

interface Item {
  readonly section: Section;
  readonly lines: readonly string[];
  readonly keys: readonly string[];
}

const ITEM = /^(?:[-*+]|\d{1,9}[.)])[ \t]/;

function sectionsOf(body: string, count: number): Section[] {
  let number = 0;
  let counted = 0;
  const lineAt = (offset: number) => {
    for (let at = body.indexOf('\n', counted); at >= 0 && at < offset; at = body.indexOf('\n', counted)) {
      number += 1;
      counted = at + 1;
    }
    return number;
  };
  const found = readOutline(body, 0).headings.map(({ start, end, text }) => {
    const key =
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim() || text;
    return { key, line: body.slice(start, end), at: lineAt(start), from: lineAt(end) + 1 };
  });
  const sections: Section[] = [{ key: '', line: '', from: 0, to: found[0]?.at ?? count }];
  for (const [index, { key, line, from }] of found.entries()) sections.push({ key, line, from, to: found[index + 1]?.at ?? count });
  return sections;
}

function itemsOf(body: string): Item[] {
  const lines = body.split('\n');
  const shapes = shapesOf(body);
  const items: Item[] = [];
  for (const section of sectionsOf(body, lines.length)) {
    for (let at = section.from; at < section.to; at += 1) {
      if (!ITEM.test(shapes[at] as string)) continue;
      const end = itemEnd(shapes, at, section.to);
      items.push({ section, lines: lines.slice(at, end), keys: keysOfLine(lines[at] as string) });
      at = end - 1;
    }
  }
  return items;
}

/** The lines, those of code as if they were indented: nothing begins there. */
function shapesOf(body: string): string[] {
  const { blocks } = readOutline(body, 0);
  let out = '';
  let at = 0;
  for (const { start, end } of blocks) {
    out += body.slice(at, start) + body.slice(start, end).replace(/^/gm, '    ');
    at = end;
  }
  return (out + body.slice(at)).split('\n');
}

/** An item goes on as long as lines are indented; blank lines at its end are not its own. */
function itemEnd(lines: readonly string[], start: number, limit: number): number {
  let end = start + 1;
  for (let at = start + 1; at < limit; at += 1) {
    const line = lines[at] as string;
    if (line.trim() === '') continue;
    if (!/^[ \t]/.test(line)) break;
    end = at + 1;
  }
  return end;
}

function intoSection(lines: readonly string[], section: Section, text: readonly string[]) {
  let last = -1;
  for (let at = section.from; at < section.to; at += 1) {
    if (ITEM.test(lines[at] as string)) {
      last = itemEnd(lines, at, section.to);
      at = last - 1;
    }
  }
  if (last >= 0) return { at: last, lines: text };
  let end = section.to;
  while (end > section.from && (lines[end - 1] as string).trim() === '') end -= 1;
  return { at: end, lines: end === 0 ? [...text, ''] : ['', ...text, ...(end === section.to && end < lines.length ? [''] : [])] };
}

/** A section that people do not have yet goes before the one that follows it, else to the end: above the link that closes the notes. */
function asSection(lines: readonly string[], own: readonly Section[], later: readonly string[], text: readonly string[]) {
  const next = own.find((section) => section.key !== '' && later.includes(section.key));
  const block = text[0] === '' ? text.slice(2) : text;
  if (next !== undefined) return { at: next.from - 1, lines: [...block, ''] };
  const closing = lines.length - 1;
  if (closing >= 0 && CLOSING.test(lines[closing] as string)) return { at: closing, lines: [...block, ''] };
  return { at: lines.length, lines: lines.length === 0 ? block : ['', ...block] };
}

/** The line that src/core/notes.ts ends with. */
const CLOSING = /^(?:\S.*\s)?Full changelog: /;

/** The change's own pull requests or commits, not the issues that it closes. */
function keysOfLine(line: string): string[] {
  const linked = [...line.matchAll(/\[(#\d{1,10}|[\da-f]{7})\]\([^()\s]{1,500}\/(?:pull|commit)\/[\da-f]{1,64}\)/g)];
  if (linked.length > 0) return linked.map(([, label]) => label as string);
  const own = line.split(/[(,] ?(?:closes|fixes|resolves|see) /i, 1)[0] as string;
  const plain = [...mentionsOf(own)];
  return plain.length > 0 ? plain : [`~${digestOf(line).slice(0, 8)}`];
}

function mentionsOf(text: string): Set<string> {
  const keys = new Set<string>();
  for (const [, number] of text.matchAll(/(?:(?<![\w/.-])#|\/(?:pull|issues)\/)(\d{1,10})(?!\d)/g)) keys.add(`#${number}`);
  for (const [sha] of text.matchAll(/(?<![\w#])[\da-f]{7,40}(?!\w)/g)) keys.add(sha.slice(0, 7));
  return keys;
}
