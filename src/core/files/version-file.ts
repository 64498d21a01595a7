// The files that hold a repository's version: which place of which file an entry of the policy's `release.files` names, and the file with
// the new version there and everything else as it was, to the byte.

import { readVersion } from '../version.ts';
import { replaceValue } from '../version-text.ts';
import { jsonPlaces } from './version-file-json.ts';
import { type Key, keyText, lineOf, type Place, readKey, sameKey, Unreadable } from './version-file-key.ts';
import { type Format, formatOf, type Rule, ruleOf } from './version-file-known.ts';
import { type Manifests, replaceLocked, spliced } from './version-file-lock.ts';
import { replaceMarked } from './version-file-marker.ts';
import { tomlPlaces, walkToml } from './version-file-toml.ts';
import { yamlPlaces } from './version-file-yaml.ts';

/** An entry of `release.files`. */
export interface VersionFile {
  /** From the root of the repository. */
  readonly path: string;
  /** What stands behind `#`; null: wherever files of this name have their version, and wherever people marked it. */
  readonly key: Key | null;
}

/** Why it cannot be done and what to do, in one or two sentences. */
export interface VersionFileProblem {
  readonly problem: string;
}

export interface VersionFileUpdate {
  readonly entry: string;
  /** Where the text was read, which all words are about. */
  readonly path: string;
  readonly text: string;
  readonly version: string;
  /** Other version files as they were before, by path: Cargo.lock and uv.lock are about packages that only these name. */
  readonly beside?: ReadonlyMap<string, string>;
}

/** Reads `package.json`, `charts/app/Chart.yaml#version` or `config.json#app.versions[0]`. */
export function parseVersionFile(entry: string): VersionFile | VersionFileProblem {
  const written = entry.trim();
  const cut = cutOf(written);
  const path = (cut < 0 ? written : written.slice(0, cut)).replace(/^(?:\.\/)+/, '');
  const problem = pathProblem(path);
  if (problem !== null) return { problem: `The version file ${quoted(entry)} ${problem}.` };
  if (cut < 0) return { path, key: null };
  const key = readKey(written.slice(cut + 1));
  if (key === null) {
    return {
      problem: `${quoted(entry)} has no key path behind its #: write one such as ${path}#project.version, with ["…"] around a name that has dots, and one entry for each place.`,
    };
  }
  if (formatOf(path) === null) {
    return {
      problem: `${quoted(entry)} asks for a key, which only JSON, YAML and TOML files have: write ${quoted(path)}, and mark the line in that file with the comment x-shiplock-version.`,
    };
  }
  return { path, key };
}

/** The text with the new version; the same text where it is there already. A version that is no semantic version is our own mistake. */
export function updateVersionFile(update: VersionFileUpdate): { readonly text: string } | VersionFileProblem {
  const { text, version, path } = update;
  if (readVersion(version) === null) throw new Error(`not a version: ${quoted(version)}`);
  const file = parseVersionFile(update.entry);
  if ('problem' in file) return file;
  if (file.key !== null) {
    const format = formatOf(file.path) as Format;
    const done = replaceByRule({ by: 'keys', format, take: 'first', keys: [file.key] }, update);
    return 'text' in done
      ? done
      : { problem: `${path} ${done.says}. ${done.mend ?? `Put the version there, or change ${quoted(update.entry)} in release.files.`}` };
  }
  const rule = ruleOf(file.path);
  const done = replaceByRule(rule, update);
  // A mark may stand beside the version that is known (a dependency on it), or be the only place.
  const marked = replaceMarked('text' in done ? done.text : text, version);
  if (marked !== null && 'text' in marked) return marked;
  if (marked !== null) return { problem: `${path}: line ${marked.line} ${marked.says}. Mend the mark, or take it out.` };
  return 'text' in done ? done : { problem: `${path} ${done.says}. ${done.mend ?? mendOf(rule, path)}` };
}

/** Lock files beside version files that hold the same version, to be brought along where they exist. */
export function lockfilesOf(paths: readonly string[]): string[] {
  const locks = new Set<string>();
  for (const path of paths) {
    const cut = path.lastIndexOf('/') + 1;
    const name = path.slice(cut);
    let folder = path.slice(0, cut);
    if (name === 'package.json') {
      locks.add(`${folder}package-lock.json`);
      locks.add(`${folder}npm-shrinkwrap.json`);
    } else if (name === 'Cargo.toml' || name === 'pyproject.toml') {
      // Packages of a workspace share the lock file of a folder above them. It tells them apart by name, so any may be looked into.
      for (;;) {
        locks.add(folder + (name === 'Cargo.toml' ? 'Cargo.lock' : 'uv.lock'));
        if (folder === '') break;
        folder = folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
      }
    }
  }
  for (const path of paths) locks.delete(path);
  return [...locks];
}

/** Not done: why, as the end of a sentence that begins with the path; and what to do, where there is something better than usual. */
type Replaced = { readonly text: string } | { readonly says: string; readonly mend?: string };

function replaceByRule(rule: Rule, update: VersionFileUpdate): Replaced {
  if (rule.by === 'keys') return reading(rule.format.toUpperCase(), update, () => replaceKeys(rule, update));
  if (rule.by === 'lines') return replaceLine(rule, update);
  if (rule.by === 'lock') {
    const manifests: Manifests = update.beside ?? null;
    return reading('TOML', update, () => replaceLocked(rule.tool, update, update.version, manifests));
  }
  if (rule.by === 'marks') return { says: 'has no line that is marked as holding the version' };
  const value = update.text.trim();
  const next = /\s/.test(value) ? null : replaceValue(value, update.version);
  if (next === null)
    return { says: 'holds more than a version', mend: 'Let the version be all of it, or name another file in release.files.' };
  const start = value === '' ? update.text.length : update.text.indexOf(value);
  return { text: `${update.text.slice(0, start)}${next}${value === '' ? '\n' : update.text.slice(start + value.length)}` };
}

function reading(format: string, { text }: VersionFileUpdate, read: () => Replaced): Replaced {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return {
      says: `cannot be read as ${format}: line ${lineOf(text, error.offset)}: ${error.message}`,
      mend: format === 'JSON' ? 'Mend the file.' : `Mend the file, or name it without a key and ${MARK_IT}.`,
    };
  }
}

const PLACES = { json: jsonPlaces, yaml: yamlPlaces, toml: tomlPlaces } as const;

function replaceKeys({ format, keys, take, build }: Rule & { by: 'keys' }, { text, version }: VersionFileUpdate): Replaced {
  const names = keys.map((key) => quoted(keyText(key)));
  let refused: string | null = null;
  let out = text;
  let found = false;
  for (const key of keys) {
    for (const place of PLACES[format](out, key).toReversed()) {
      const value = out.slice(place.start, place.end);
      const holds = place.holds === 'text' || (place.holds === 'bare' && format === 'yaml');
      const next = holds ? replaceValue(value, build === true ? withBuild(value, version) : version) : null;
      if (next === null) {
        refused ??= holds
          ? `holds ${quoted(value)} at ${quoted(keyText(key))}, which is no version`
          : `has ${HOLDS[place.holds]} at ${quoted(keyText(key))}, where a version should be`;
        continue;
      }
      out = spliced(out, [place], next);
      found = true;
    }
    if (found && take === 'first') break;
  }
  if (found) return { text: out };
  return inherited(format, text, keys) ?? { says: refused ?? `has no version at ${names.join(' or ')}` };
}

const HOLDS: Readonly<Record<Place['holds'], string>> = {
  text: 'a text',
  bare: 'a value without quotes',
  table: 'a table',
  list: 'a list',
  alias: 'an alias of another value',
  nothing: 'nothing',
};

/** Manifests that say that their version stands elsewhere. */
function inherited(format: Format, text: string, keys: readonly Key[]): Replaced | null {
  if (format !== 'toml') return null;
  let workspace = false;
  let dynamic = false;
  walkToml(text, (path, place) => {
    workspace ||= path.at(-1) === 'workspace' && keys.some((key) => sameKey(path.slice(0, -1), key));
    const names = path.length === 3 && path[0] === 'project' && path[1] === 'dynamic' && keys.some(([first]) => first === 'project');
    dynamic ||= names && text.slice(place.start, place.end) === 'version';
  });
  if (workspace) {
    return { says: 'takes its version from the workspace', mend: "Name the workspace's own Cargo.toml in release.files instead." };
  }
  if (!dynamic) return null;
  return {
    says: 'says that its version is dynamic',
    mend: 'Name the file that holds it, such as src/app/__init__.py, in release.files instead; a version read off tags needs no entry.',
  };
}

/** A version with the build number that follows: the same one where the version is there already. */
function withBuild(value: string, version: string): string {
  const [, base, number] = /^(\S+)\+(\d{1,15})$/.exec(value) ?? [];
  if (number === undefined || version.includes('+')) return version;
  return base === version ? value : `${version}+${Number(number) + 1}`;
}

function replaceLine({ patterns, looks }: Rule & { by: 'lines' }, { text, version }: VersionFileUpdate): Replaced {
  let refused: string | null = null;
  for (const pattern of patterns) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const [, before, value] = found as unknown as readonly [string, string, string];
    const next = replaceValue(value, version);
    const start = found.index + before.length;
    if (next !== null) return { text: text.slice(0, start) + next + text.slice(start + value.length) };
    refused ??= `line ${lineOf(text, start)} holds ${quoted(value)}, which is no version`;
  }
  return { says: refused === null ? `has no line with ${looks}` : `has no version where one is expected: ${refused}` };
}

const MARK_IT = 'mark the line that holds the version with the comment x-shiplock-version';

/** What people can do about a version that was not found. */
function mendOf(rule: Rule, path: string): string {
  if (rule.by === 'marks') return 'Put the comment x-shiplock-version on the line that holds the version, or alone on the line before it.';
  if (rule.by === 'lock') return 'Bring it up to date with its own tool.';
  if (rule.by !== 'keys') return `Put the version there, ${MARK_IT}, or take the file out of release.files.`;
  const name = `name its place in release.files (${path}#some.key)`;
  return `Put the version there, ${name}, ${rule.format === 'json' ? '' : `${MARK_IT}, `}or take the file out of release.files.`;
}

/** The `#` behind which a key begins: the first behind a name that can have keys, else the first; -1 for a `#` in a folder's name. */
function cutOf(entry: string): number {
  let first = -1;
  for (let at = entry.indexOf('#'); at >= 0; at = entry.indexOf('#', at + 1)) {
    if (formatOf(entry.slice(0, at)) !== null) return at;
    if (first < 0) first = at;
  }
  return first >= 0 && entry.includes('/', first) ? -1 : first;
}

function pathProblem(path: string): string | null {
  if (path === '') return 'has no path';
  if (/^[/\\]|^[A-Za-z]:/.test(path)) return 'is an absolute path: write it from the root of the repository';
  if (path.includes('\\')) return 'has a backslash: write folders with /';
  if (/\p{Cc}/u.test(path)) return 'has a control character in it';
  if (/[*?]/.test(path)) return 'is a pattern: write one entry for each file';
  if (path.endsWith('/')) return 'is a folder: write the file in it';
  return path.split('/').some((part) => part === '..' || part === '.' || part === '')
    ? 'leaves its folder or goes through an empty name'
    : null;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
}
