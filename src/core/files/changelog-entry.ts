// How an entry of a changelog is written: in the style of the entries below it, and so that nothing in the notes can be taken for the
// beginning or the end of an entry.

import { digestOf } from '../fence.ts';
import { type About, MARK, type Outline, readOutline } from './changelog-outline.ts';

export interface EntryStyle {
  readonly level: number;
  readonly prefix: string;
  readonly bracketed: boolean;
  readonly separator: string;
}

/** As the newest entry that is not among `own` is written; as Keep a Changelog asks where there is none. */
export function styleOf(outline: Outline, own: readonly string[]): EntryStyle {
  let level = 7;
  let newest: About | null = null;
  for (const heading of outline.headings) {
    if (heading.about === null || own.includes(heading.about.version)) continue;
    // Older tools wrote patches one level below.
    level = Math.min(level, heading.level);
    newest ??= heading.about;
  }
  if (newest === null) return { level: 2, prefix: '', bracketed: false, separator: ' - ' };
  const { prefix, bracketed, separator } = newest;
  return { level, prefix, bracketed, separator };
}

export function entryHeading(
  { level, prefix, bracketed, separator }: EntryStyle,
  { version, date, compareUrl }: { readonly version: string; readonly date: string; readonly compareUrl?: string },
): string {
  const label = prefix + version;
  const url = compareUrl?.replace(/[\s()<>[\]\\]/g, (char) => encodeURIComponent(char).replace('(', '%28').replace(')', '%29'));
  const name = url === undefined ? (bracketed ? `[${label}]` : label) : `[${label}](${url})`;
  const day = date.replace(/\s+/g, ' ').trim();
  const dated = separator === '' || day === '' ? '' : `${separator}${day}${separator === ' (' ? ')' : ''}`;
  return `${'#'.repeat(level)} ${name}${dated}`;
}

/** The notes below a heading of that level: their own headings moved down, and what would end the entry made harmless. */
export function entryBody(notes: string, level: number, version: string): string {
  let text = trimmed(notes.replace(/\r\n?/g, '\n')).replaceAll(MARK, MARK.replace('<', '&lt;'));
  // What is begun in the notes ends with them.
  let { open, headings } = readOutline(text, 0);
  if (open?.close === '-->') {
    text = text.slice(0, open.start) + text.slice(open.start).replaceAll('<!--', '&lt;!--');
    open = readOutline(text, 0).open;
  }
  if (open !== null) text = `${text}\n${open.close}`;

  // The entry has a heading already.
  const [first] = headings;
  if (first !== undefined && first.about?.version === version && text.slice(0, first.start).trim() === '')
    text = trimmed(text.slice(first.end));
  headings = readOutline(text, 0).headings;
  const inside = headings.filter((one) => one.about === null && !one.unreleased);
  const down = Math.max(0, level + 1 - Math.min(...inside.map((one) => one.level)));
  let out = '';
  let at = 0;
  for (const heading of headings) {
    out += text.slice(at, heading.start);
    at = heading.end;
    if (heading.about === null && !heading.unreleased) out += `${'#'.repeat(Math.min(6, heading.level + down))} ${heading.text}`.trimEnd();
    // A rule below it would make a heading of it again.
    else out += `**${heading.text}**${/^\n {0,3}\S/.test(text.slice(at, at + 5)) ? '\n' : ''}`;
  }
  return out + text.slice(at);
}

/** An entry with its mark. */
export function entryText({
  heading,
  body,
  keys,
}: {
  readonly heading: string;
  readonly body: string;
  readonly keys: readonly string[];
}): string {
  return `${heading}\n\n${body === '' ? '' : `${body}\n\n`}${markText(entryDigest(heading), entryDigest(body), keys)}`;
}

/** Tells the next run what of an entry is ours, by digests of its parts, and which changes were listed. */
export function markText(heading: string, body: string, keys: readonly string[]): string {
  return `${MARK}${[heading, body, ...keys].join(' ')} -->`;
}

/** What editors change by themselves is no edit: line ends, blanks at the ends of lines, blank lines around. */
export function entryDigest(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return digestOf(trimmed(lines.join('\n')));
}

/** Without blank lines around. */
export function trimmed(text: string): string {
  return text.trimEnd().replace(/^(?:[ \t]*\r?\n)+/, '');
}
