// The changelog file with the entry of one version: put in, kept up to date until the release, and left to people where they have edited
// it. Nothing else in the file is touched, and a second run changes nothing.

import { entryBody, entryDigest, entryHeading, entryText, markText, styleOf, trimmed } from './changelog-entry.ts';
import { keysOf, mergeItems } from './changelog-merge.ts';
import { type Heading, type Outline, readOutline } from './changelog-outline.ts';

export interface ChangelogUpdate {
  /** Null: there is no such file yet. */
  readonly text: string | null;
  readonly version: string;
  readonly tag: string;
  /** Printed as it is given. */
  readonly date: string;
  /** Markdown; its headings are made to fit below the entry's. */
  readonly notes: string;
  readonly compareUrl?: string;
  /** The version that this release was going to have: its entry becomes this one's. */
  readonly pending?: string;
}

/** The whole text of the file. */
export function updateChangelog(update: ChangelogUpdate): string {
  const text = update.text ?? '';
  const outline = readOutline(text);
  const own = entryOf(text, outline, update.version);
  const pending = update.pending === undefined || update.pending === update.version ? null : entryOf(text, outline, update.pending);
  if (own !== null && pending?.ours.heading && pending.ours.body) {
    // Two entries for one release: people's words never go, but ours may.
    const { pending: _, ...rest } = update;
    return updateChangelog({ ...rest, text: text.slice(0, pending.start) + text.slice(pending.end).replace(/^[\r\n]+/, '') });
  }
  const eol = lineEndOf(text);
  const entry = own ?? pending;
  if (entry !== null) return text.slice(0, entry.start) + keptEntry(text, entry, outline, update, eol) + text.slice(entry.end);
  const style = styleOf(outline, []);
  const body = entryBody(update.notes, style.level, update.version);
  return insertEntry(text, outline, entryText({ heading: entryHeading(style, update), body, keys: keysOf(body) }), eol);
}

/** An entry as the file has it: a heading, what is below it, and our mark at its end. */
interface Entry {
  readonly start: number;
  readonly headingEnd: number;
  /** Without the blank lines around it. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly level: number;
  /** Null for an entry that is not ours. */
  readonly mark: { readonly start: number; readonly heading: string; readonly body: string; readonly listed: readonly string[] } | null;
  readonly end: number;
  /** Which of its parts are as we wrote them. */
  readonly ours: { readonly heading: boolean; readonly body: boolean };
}

/** The entry of a version; of several the first that we wrote. */
function entryOf(text: string, outline: Outline, version: string): Entry | null {
  const entries = outline.headings.filter((one) => one.about?.version === version).map((one) => readEntry(text, outline, one));
  return entries.find((one) => one.mark !== null) ?? entries[0] ?? null;
}

function readEntry(text: string, outline: Outline, { start, end: headingEnd, level }: Heading): Entry {
  const after = outline.headings.filter((one) => one.start > start);
  const next = after.find((one) => one.about !== null || one.unreleased)?.top ?? text.length;
  const found = outline.marks.find((one) => one.start > start && one.start < next);
  // A mark says where the entry ends, even if people have put headings of any level into it.
  const other = after.find((one) => one.level <= level)?.top ?? text.length;
  const limit = found?.start ?? Math.max(headingEnd, Math.min(next, other, linksStart(text)));
  const within = text.slice(headingEnd, limit).trimEnd();
  const bodyStart = headingEnd + within.length - trimmed(within).length;
  const bodyEnd = headingEnd + within.length;
  const parts = { start, headingEnd, bodyStart, bodyEnd, level };
  if (found === undefined) return { ...parts, mark: null, end: bodyEnd, ours: { heading: false, body: false } };
  const [heading = '', body = '', ...listed] = found.words;
  const ours = {
    heading: entryDigest(text.slice(start, headingEnd)) === heading,
    body: entryDigest(text.slice(bodyStart, bodyEnd)) === body,
  };
  return { ...parts, mark: { start: found.start, heading, body, listed }, end: found.end, ours };
}

/** The text of an entry that is there already, up to date, with what people wrote kept to the letter. */
function keptEntry(text: string, entry: Entry, outline: Outline, update: ChangelogUpdate, eol: string): string {
  const { mark, ours } = entry;
  const { version, pending = version } = update;
  const style = styleOf(outline, [version, pending]);
  const generated = entryBody(update.notes, ours.heading ? style.level : entry.level, version);
  const written = text.slice(entry.start, entry.headingEnd);
  const heading = ours.heading ? entryHeading(style, update) : renamed(written, pending, version);
  if (ours.heading && ours.body) return entryText({ heading, body: generated, keys: keysOf(generated) }).replaceAll('\n', eol);

  const before = text.slice(entry.bodyStart, entry.bodyEnd);
  const peoples = before.replaceAll('\r\n', '\n');
  const listed = mark?.listed ?? [];
  const body = ours.body ? generated : mergeItems(retagged(peoples, update), generated, new Set(listed));
  // An entry that is wholly people's gets a mark only together with something of ours.
  if (mark === null && heading === written && body === peoples) return text.slice(entry.start, entry.end);
  const keys = ours.body ? keysOf(generated) : [...new Set([...listed, ...keysOf(generated)])];
  const between = before === '' ? eol + eol : text.slice(entry.headingEnd, entry.bodyStart);
  const head = ours.heading ? entryDigest(heading) : (mark?.heading ?? PEOPLES);
  const end = mark === null || (before === '' && body !== '') ? eol + eol : text.slice(entry.bodyEnd, mark.start);
  return [
    heading === written ? written : heading.replaceAll('\n', eol),
    body === '' ? '' : between,
    body === peoples ? before : body.replaceAll('\n', eol),
    end,
    markText(head, ours.body ? entryDigest(generated) : (mark?.body ?? PEOPLES), keys),
  ].join('');
}

/** The link that compares with the release before ends with a tag that is not going to be. */
function retagged(body: string, { version, pending = version, tag }: ChangelogUpdate): string {
  const formerly = tag.replace(version, () => pending);
  return formerly === tag ? body : body.replace(/(?<=\.\.\.|…)[^\s()[\]]+/g, (end) => (end === formerly ? tag : end));
}

/** Stands for the digest of what was never ours. */
const PEOPLES = 'edited';

/** A new entry above the newest one. */
function insertEntry(text: string, outline: Outline, entry: string, eol: string): string {
  const [mark, content] = text.startsWith('\ufeff') ? ['\ufeff', text.slice(1)] : ['', text];
  const lines = entry.replaceAll('\n', eol);
  if (content.trim() === '') return `${mark}# Changelog${eol}${eol}${lines}${eol}`;
  const at = placeOf(text, outline);
  const hasTitle =
    outline.begin > mark.length ||
    outline.headings.some((one) => one.start < at && one.about === null && !one.unreleased && isTitle(text, outline, one)) ||
    /^[ \t]*<h1[\s>]/im.test(text.slice(0, at));
  const before = `${mark}${hasTitle ? '' : `# Changelog${eol}${eol}`}${text.slice(mark.length, at)}`;
  const after = text.slice(at);
  const gap = before === '' || /\n\r?\n$/.test(before) ? '' : before.endsWith('\n') ? eol : eol + eol;
  return `${before}${gap}${lines}${eol}${after.trim() === '' ? '' : eol}${after}`;
}

/** A heading of the first level, or whatever heading the file begins with. */
function isTitle(text: string, { begin }: Outline, { level, start }: Heading): boolean {
  return level === 1 || text.slice(begin, start).trim() === '';
}

/** Above the newest version; without one, above what follows the unreleased changes, or above the first section, or at the end. */
function placeOf(text: string, { headings, open }: Outline): number {
  const newest = headings.find((one) => one.about !== null);
  if (newest !== undefined) return newest.top;
  const unreleased = headings.find((one) => one.unreleased);
  const title = headings.find((one) => one.level === 1);
  const follows = (one: Heading) =>
    unreleased === undefined ? one !== title && one.level > 1 : one.start > unreleased.start && one.level <= unreleased.level;
  return headings.find(follows)?.top ?? open?.start ?? linksStart(text);
}

/** Where the definitions of links at the end of a file begin, `[1.2.3]: https://…`; its length where there are none. */
function linksStart(text: string): number {
  let start = text.length;
  for (let end = text.length; end > 0; ) {
    const from = end < 2 ? 0 : text.lastIndexOf('\n', end - 2) + 1;
    const line = text.slice(from, end);
    if (line.trim() !== '' && !/^ {0,3}\[[^\]]{1,300}\]:\s/.test(line)) break;
    if (line.trim() !== '') start = from;
    end = from;
  }
  return start;
}

/** `text` with a version in it replaced, where it is not part of another one. */
function renamed(text: string, from: string, to: string): string {
  if (from === to) return text;
  return text.split(from).reduce((done, rest) => {
    const part = (/[\d.]$/.test(done) && !done.endsWith('...')) || /^(?:[\w+-]|\.\d)/.test(rest);
    return done + (part ? from : to) + rest;
  });
}

/** What most lines end with. */
function lineEndOf(text: string): string {
  const all = text.split('\n').length - 1;
  return (text.split('\r\n').length - 1) * 2 > all ? '\r\n' : '\n';
}
