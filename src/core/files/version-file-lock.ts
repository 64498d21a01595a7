// The entries of our own packages in Cargo.lock and uv.lock, which `cargo --locked` and `uv --locked` hold against the manifests.

import { type Key, lineOf, type Place, Unreadable } from './version-file-key.ts';
import { tomlPlaces, walkToml } from './version-file-toml.ts';

/** Manifests by path, as they were before the new version was written to them; where they are not at hand, null. */
export type Manifests = ReadonlyMap<string, string> | null;

/** The lock file with our packages at `version`; a reason in words where that cannot be known. Throws `Unreadable`. */
export function replaceLocked(
  tool: 'cargo' | 'uv',
  lock: { readonly path: string; readonly text: string },
  version: string,
  manifests: Manifests,
): { readonly text: string } | { readonly says: string } {
  const written = tool === 'uv' ? pythonVersion(version) : version;
  if (written === null) return { says: `names versions as Python does, which has no name for ${version}` };
  const { packages, listed } = readLock(lock.text);
  const own = manifests === null ? onlyOne(packages) : ownPackages(tool, lock.path, packages, manifests);
  if (own === null)
    return { says: 'holds several packages of this repository, and the manifests that say which one this is about were not read' };
  const places: Place[] = [];
  for (const one of own) {
    if (one.version === null) continue;
    places.push(one.version);
    // Where two packages share a name, those that need one say which: `"name 1.2.3"`.
    const named = `${one.name} ${textOf(lock.text, one.version)}`;
    for (const place of listed) {
      if (textOf(lock.text, place) === named) places.push({ ...place, start: place.start + one.name.length + 1 });
    }
  }
  return { text: spliced(lock.text, places, written) };
}

/** The text with each place replaced. */
export function spliced(text: string, places: readonly Place[], version: string): string {
  let out = '';
  let at = 0;
  for (const place of [...places].sort((a, b) => a.start - b.start)) {
    out += text.slice(at, place.start) + version;
    at = place.end;
  }
  return out + text.slice(at);
}

/** A package of this repository: it came from no registry. */
interface Package {
  readonly name: string;
  readonly version: Place | null;
  readonly text: string | null;
}

function readLock(text: string): { readonly packages: readonly Package[]; readonly listed: readonly Place[] } {
  const seen = new Map<number, { name: string; version: Place | null; foreign: boolean }>();
  const listed: Place[] = [];
  walkToml(text, (path, place) => {
    const [list, index, key, inner] = path;
    if (list !== 'package' || typeof index !== 'number') return;
    let one = seen.get(index);
    if (one === undefined) {
      one = { name: '', version: null, foreign: false };
      seen.set(index, one);
    }
    if (key === 'dependencies' && path.length === 4 && place.holds === 'text') listed.push(place);
    else if (path.length === 3 && place.holds === 'text' && key === 'name') one.name = textOf(text, place);
    else if (path.length === 3 && place.holds === 'text' && key === 'version') one.version = place;
    else if (key === 'source') one.foreign ||= isForeign(path, place, inner);
  });
  const packages = [...seen.values()].filter((one) => !one.foreign);
  return {
    packages: packages.map(({ name, version }) => ({ name, version, text: version === null ? null : textOf(text, version) })),
    listed,
  };
}

/** Cargo names a source in one text, for what came from elsewhere only; uv in a table, for everything. */
function isForeign(path: Key, place: Place, inner: string | number | undefined): boolean {
  if (path.length === 3) return place.holds === 'text';
  return inner === 'registry' || inner === 'git' || inner === 'url';
}

function onlyOne(packages: readonly Package[]): readonly Package[] | null {
  return packages.length > 1 ? null : packages;
}

function ownPackages(
  tool: 'cargo' | 'uv',
  path: string,
  packages: readonly Package[],
  manifests: ReadonlyMap<string, string>,
): readonly Package[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const file = tool === 'cargo' ? 'Cargo.toml' : 'pyproject.toml';
  const own = new Set<Package>();
  for (const [at, text] of manifests) {
    if (!at.startsWith(folder) || (at !== folder + file && !at.endsWith(`/${file}`))) continue;
    const names =
      tool === 'cargo'
        ? [['package', 'name']]
        : [
            ['project', 'name'],
            ['tool', 'poetry', 'name'],
          ];
    const inherited = tool === 'cargo' ? firstText({ path: at, text }, [['workspace', 'package', 'version']]) : null;
    const name = firstText({ path: at, text }, names);
    for (const one of packages) {
      if (name !== null && plainName(tool, one.name) === plainName(tool, name)) own.add(one);
      // Members take the workspace's version without a word in the workspace's own manifest: they are those that are at it.
      else if (inherited !== null && one.text === inherited) own.add(one);
    }
  }
  return [...own];
}

function firstText(manifest: { readonly path: string; readonly text: string }, keys: readonly Key[]): string | null {
  const { path, text } = manifest;
  for (const key of keys) {
    try {
      const [place] = tomlPlaces(text, key);
      if (place?.holds === 'text') return textOf(text, place);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      throw new Unreadable(0, `${path}, which it is about, cannot be read (line ${lineOf(text, error.offset)}: ${error.message})`);
    }
  }
  return null;
}

/** https://packaging.python.org/en/latest/specifications/name-normalization/ */
function plainName(tool: 'cargo' | 'uv', name: string): string {
  return tool === 'uv' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name;
}

const PRE: Readonly<Record<string, string>> = { alpha: 'a', a: 'a', beta: 'b', b: 'b', rc: 'rc', c: 'rc', pre: 'rc', preview: 'rc' };

/** As https://peps.python.org/pep-0440/ normalises it; null for what it does not know. */
function pythonVersion(version: string): string | null {
  const parts = /^(\d+\.\d+\.\d+)(?:-([A-Za-z]+)\.?(\d*))?$/.exec(version);
  if (parts === null) return null;
  const [, base, word, number] = parts;
  if (word === undefined) return base as string;
  const count = Number(number);
  const name = word.toLowerCase();
  if (name === 'dev' || name === 'post') return `${base}.${name}${count}`;
  return Object.hasOwn(PRE, name) ? `${base}${PRE[name]}${count}` : null;
}

function textOf(text: string, place: Place): string {
  return text.slice(place.start, place.end);
}
