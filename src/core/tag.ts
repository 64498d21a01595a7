// Tags and the versions they name: a template such as `v{version}` written and read back, and which template a repository already uses.
// A tag that names no strict version (`latest`, `v1`, `v1.2`) is simply not a release.

import { compareRead, readVersion, type Version } from './version.ts';

export interface Tag {
  readonly name: string;
  /** When it was made, in ISO 8601, where that is known. */
  readonly date?: string | null;
}

export interface TagTemplates {
  /** Templates that name this repository's (or package's) versions, the one for new tags first. */
  readonly read: readonly string[];
  readonly write: string;
}

const VERSION = '{version}';

export function tagOf(template: string, version: string, name = ''): string {
  return template.split('{name}').join(name).split(VERSION).join(version);
}

/** The version that a tag names under a template; null where it names none. */
export function versionOfTag(template: string, tag: string, name = ''): string | null {
  return versionIn(cutTemplate(template, name), tag);
}

/** Every tag that names a version under one of the templates, in the order given. Made for thousands of tags. */
export function readTags<T extends Tag>(
  tags: Iterable<T>,
  templates: readonly string[],
  name = '',
): { readonly tag: T; readonly version: string }[] {
  const cuts = templates.map((template) => cutTemplate(template, name));
  const read: { readonly tag: T; readonly version: string }[] = [];
  for (const tag of tags) {
    for (const cut of cuts) {
      const version = versionIn(cut, tag.name);
      if (version === null) continue;
      read.push({ tag, version });
      break;
    }
  }
  return read;
}

/**
 * Which template a repository uses, read off its tags. Plain tags (`v1.2.3`, `1.2.3`, `release-1.2.3`) name the repository's versions
 * unless they are few beside those of packages (`core-v1.2.3`, `core@1.2.3`); where the style has changed, all of its styles are read and
 * the newest is written. With `name`, only tags of that package count.
 */
export function detectTagTemplate(tags: Iterable<Tag>, name?: string): TagTemplates {
  return templatesOfStyles(
    stylesOf(tags, () => undefined),
    name,
  );
}

export interface VersionTag<T extends Tag> {
  readonly tag: T;
  readonly version: Version;
}

/** As `detectTagTemplate`, and then `readTags` with what it found: what was read of thousands of tags for the one is kept for the other. */
export function detectVersionTags<T extends Tag>(
  tags: readonly T[],
  name?: string,
): { readonly templates: TagTemplates; readonly tags: readonly VersionTag<T>[] } {
  const known: (VersionTag<T> | null)[] = [];
  const styles = stylesOf(tags, (entry) => known.push(entry));
  const templates = templatesOfStyles(styles, name);
  const cuts = templates.read.map((template) => cutTemplate(template, name ?? ''));
  const read: VersionTag<T>[] = [];
  for (let index = 0; index < tags.length; index += 1) {
    const tag = tags[index] as T;
    const entry = known[index] ?? null;
    const prefix = entry === null ? -1 : tag.name.length - entry.version.text.length;
    for (const cut of cuts) {
      // A tag's own version is the longest that it ends with, so that no shorter prefix leaves one.
      const before = cut?.before.length ?? 0;
      if (before < prefix) continue;
      const version = before === prefix && tag.name.startsWith(cut?.before ?? '') ? entry?.version : readCut(cut, tag.name);
      if (version == null) continue;
      read.push(entry?.version === version ? entry : { tag, version });
      break;
    }
  }
  return { templates, tags: read };
}

/** As `readTags`, with the versions in their parts. */
export function readVersionTags<T extends Tag>(tags: readonly T[], templates: readonly string[], name?: string): VersionTag<T>[] {
  return readTags(tags, templates, name).map(({ tag, version }) => ({ tag, version: readVersion(version) as Version }));
}

function templatesOfStyles(styles: readonly Style<Tag>[], name: string | undefined): TagTemplates {
  const families = new Map<string, Style<Tag>[]>();
  for (const style of styles) {
    const stem = stemOf(style.prefix);
    const family = families.get(stem);
    if (family === undefined) families.set(stem, [style]);
    else family.push(style);
  }
  if (name !== undefined) return templatesOfPackage(families, name);
  const family = mainFamily(families);
  return family === null ? { read: [`v${VERSION}`], write: `v${VERSION}` } : templatesOf(family, (prefix) => prefix);
}

/** All tags with one prefix. */
interface Style<T extends Tag> {
  readonly prefix: string;
  readonly tags: VersionTag<T>[];
}

/** Longer names are no release tags, and nobody shall make us look for one in them. */
const LONGEST_TAG = 300;

/** `onTag` is told of each tag in turn; null where it ends with no version. */
function stylesOf<T extends Tag>(tags: Iterable<T>, onTag: (read: VersionTag<T> | null) => void): Style<T>[] {
  const styles = new Map<string, Style<T>>();
  let last: Style<T> | undefined;
  for (const tag of tags) {
    const version = lastVersion(tag.name);
    const entry = version === null ? null : { tag, version };
    onTag(entry);
    if (version === null || entry === null) continue;
    const length = tag.name.length - version.text.length;
    // Most tags have the prefix of the one before.
    if (last === undefined || last.prefix.length !== length || !tag.name.startsWith(last.prefix)) {
      const prefix = tag.name.slice(0, length);
      last = styles.get(prefix);
      if (last === undefined) {
        last = { prefix, tags: [] };
        styles.set(prefix, last);
      }
    }
    last.tags.push(entry);
  }
  return [...styles.values()];
}

/** The newest by date, where every tag has one; else the highest. */
interface Newest {
  readonly time: number | null;
  readonly version: Version;
}

function newestOf({ tags }: Style<Tag>): Newest {
  let time: number | null = Number.NEGATIVE_INFINITY;
  let highest: Version | null = null;
  for (const { tag, version } of tags) {
    const made = tag.date ? Date.parse(tag.date) : Number.NaN;
    time = time === null || Number.isNaN(made) ? null : Math.max(time, made);
    if (highest === null || compareRead(version, highest) > 0) highest = version;
  }
  return { time, version: highest as Version };
}

function newestFirst(a: Newest, b: Newest): number {
  const later = a.time === null || b.time === null ? 0 : b.time - a.time;
  return later || compareRead(b.version, a.version);
}

/** The version that the tag ends with, as long as possible, where no number is cut in two. */
function lastVersion(tag: string): Version | null {
  if (tag.length > LONGEST_TAG || tag.includes('{')) return null;
  for (let at = 0; at < tag.length; at += 1) {
    if (!isDigit(tag, at) || isDigit(tag, at - 1) || tag[at - 1] === '.') continue;
    const version = readVersion(at === 0 ? tag : tag.slice(at));
    if (version !== null) return version;
  }
  return null;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** What the tags of one prefix are about: a package's name, or nothing for the repository as a whole. */
function stemOf(prefix: string): string {
  const stem = /^v$/i.test(prefix) ? '' : prefix.replace(/[@/_.-]v?$/i, '');
  return /^(?:releases?|rel|versions?|ver)$/i.test(stem) ? '' : stem;
}

function countOf(family: readonly Style<Tag>[]): number {
  return family.reduce((sum, style) => sum + style.tags.length, 0);
}

/** The repository's own tags where they are at least a tenth of all or as many as any package has; else the most used. */
function mainFamily(families: ReadonlyMap<string, readonly Style<Tag>[]>): readonly Style<Tag>[] | null {
  const plain = families.get('') ?? [];
  let all = 0;
  let most: readonly Style<Tag>[] = plain;
  for (const family of families.values()) {
    all += countOf(family);
    if (countOf(family) > countOf(most)) most = family;
  }
  if (all === 0) return null;
  return countOf(plain) * 10 >= all ? plain : most;
}

function templatesOf(family: readonly Style<Tag>[], name: (prefix: string) => string): TagTemplates {
  const dated = family.length === 1 ? [] : family.map((style) => ({ style, newest: newestOf(style) }));
  const styles = family.length === 1 ? family : dated.sort((a, b) => newestFirst(a.newest, b.newest)).map(({ style }) => style);
  const read = styles.map(({ prefix }) => name(prefix) + VERSION);
  return { read, write: read[0] as string };
}

/** A package without tags is named as its siblings are. */
function templatesOfPackage(families: ReadonlyMap<string, readonly Style<Tag>[]>, name: string): TagTemplates {
  const bare = name.slice(name.lastIndexOf('/') + 1);
  const own = families.get(name) ?? families.get(bare);
  if (own !== undefined) return templatesOf(own, (prefix) => (prefix.startsWith(name) ? `{name}${prefix.slice(name.length)}` : prefix));
  const endings = { '-v': 0, '@': name.startsWith('@') ? 1 : 0 };
  for (const [stem, family] of families) {
    if (stem === '') continue;
    for (const { prefix, tags } of family) {
      if (prefix.endsWith('@')) endings['@'] += tags.length;
      if (prefix.endsWith('-v')) endings['-v'] += tags.length;
    }
  }
  const write = `{name}${endings['@'] > endings['-v'] ? '@' : '-v'}${VERSION}`;
  return { read: [write], write };
}

interface Cut {
  readonly before: string;
  readonly after: string;
}

function cutTemplate(template: string, name: string): Cut | null {
  const filled = template.split('{name}').join(name);
  const at = filled.indexOf(VERSION);
  return at < 0 ? null : { before: filled.slice(0, at), after: filled.slice(at + VERSION.length) };
}

function versionIn(cut: Cut | null, tag: string): string | null {
  return readCut(cut, tag)?.text ?? null;
}

function readCut(cut: Cut | null, tag: string): Version | null {
  if (cut === null || !tag.startsWith(cut.before) || !tag.endsWith(cut.after)) return null;
  return readVersion(tag.slice(cut.before.length, tag.length - cut.after.length));
}
