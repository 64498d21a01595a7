// Which release somebody means who names one by its tag, by a package and a version, or by a version that only packages have: every tag counts
// that the policy's patterns write, the repository's own before those of packages.

import type { Policy } from './policy.ts';
import { detectTagTemplate, readTags, type Tag } from './tag.ts';
import { compareVersions, readVersion } from './version.ts';

export interface NamedTag<T extends Tag> {
  readonly tag: T;
  readonly version: string;
}

export type TagNamed<T extends Tag> =
  /** `siblings`: all of the same repository or package, the highest first; `package`: its name, null for the repository's own. */
  | (NamedTag<T> & { readonly package: string | null; readonly siblings: readonly NamedTag<T>[] })
  /** A version that several packages have. */
  | { readonly several: readonly T[] };

type Patterns = Pick<Policy, 'packages'> & { readonly release: Pick<Policy['release'], 'tag'> };

/** Null: nothing here is named so, or it is a version of the repository's own. */
export function tagNamed<T extends Tag>(tags: readonly T[], policy: Patterns, text: string): TagNamed<T> | null {
  const groups = groupsOf(tags, policy);
  for (const group of groups) {
    const found = group.siblings.find(({ tag }) => tag.name === text);
    if (found !== undefined) return { ...found, ...group };
  }
  const at = text.lastIndexOf('@');
  if (at > 0) {
    const group = groups.find((one) => one.package === text.slice(0, at));
    const found = group?.siblings.find(({ version }) => isSame(version, text.slice(at + 1)));
    return group === undefined || found === undefined ? null : { ...found, ...group };
  }
  if (groups[0]?.siblings.some(({ version }) => isSame(version, text)) !== false) return null;
  const of = groups.flatMap((group) => group.siblings.filter(({ version }) => isSame(version, text)).map((one) => ({ ...one, ...group })));
  return of.length > 1 ? { several: of.map(({ tag }) => tag) } : (of[0] ?? null);
}

/** The names of all tags that are releases. */
export function releaseTags<T extends Tag>(tags: readonly T[], policy: Patterns): readonly string[] {
  return groupsOf(tags, policy).flatMap(({ siblings }) => siblings.map(({ tag }) => tag.name));
}

interface Group<T extends Tag> {
  readonly package: string | null;
  readonly siblings: readonly NamedTag<T>[];
}

function groupsOf<T extends Tag>(tags: readonly T[], { release, packages }: Patterns): readonly Group<T>[] {
  const own = release.tag === null ? detectTagTemplate(tags).read : [release.tag];
  const groups: Group<T>[] = [{ package: null, siblings: highestFirst(readTags(tags, own)) }];
  for (const { name, tag } of packages) {
    const templates = tag === null ? detectTagTemplate(tags, name).read : [tag];
    groups.push({ package: name, siblings: highestFirst(readTags(tags, templates, name)) });
  }
  return groups;
}

function highestFirst<T extends Tag>(tags: NamedTag<T>[]): readonly NamedTag<T>[] {
  return tags.sort((a, b) => compareVersions(b.version, a.version));
}

function isSame(version: string, text: string): boolean {
  const written = text.replace(/^[vV](?=\d)/, '');
  return readVersion(written) !== null && compareVersions(version, written) === 0;
}
