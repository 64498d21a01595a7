// Where files of a well-known name keep their version, so that naming the file is enough.

import { type Key, readKey } from './version-file-key.ts';

export type Format = 'json' | 'yaml' | 'toml';

export type Rule =
  | {
      readonly by: 'keys';
      readonly format: Format;
      readonly keys: readonly Key[];
      /** Whether the version stands at all of the keys that are there, or at the first. */
      readonly take: 'all' | 'first';
      /** Dart's `1.2.3+4`: the number of the build stays, one higher. */
      readonly build?: true;
    }
  /** The first pattern that a line matches; its first group is what stands before the value, its second the value. */
  | { readonly by: 'lines'; readonly patterns: readonly RegExp[]; readonly looks: string }
  | { readonly by: 'lock'; readonly tool: 'cargo' | 'uv' }
  /** The whole file is the version. */
  | { readonly by: 'whole' }
  | { readonly by: 'marks' };

/** The format that a key path can be followed in; null for other files. */
export function formatOf(path: string): Format | null {
  const ending = /\.(json|jsonc|json5|webmanifest|ya?ml|cff|toml)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined) return null;
  if (ending === 'toml') return 'toml';
  return ending.startsWith('y') || ending === 'cff' ? 'yaml' : 'json';
}

export function ruleOf(path: string): Rule {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name]?.() : BY_PATTERN.find(([pattern]) => pattern.test(name))?.[1]();
  if (known !== undefined) return known;
  const format = formatOf(name);
  return format === null ? { by: 'marks' } : keys(format, 'first', 'version');
}

function keys(format: Format, take: 'all' | 'first', ...names: readonly string[]): Rule {
  return { by: 'keys', format, take, keys: names.map((name) => readKey(name) as Key) };
}

function lines(looks: string, ...patterns: readonly RegExp[]): Rule {
  return { by: 'lines', looks, patterns };
}

// Read on demand: a run looks up a file or two.
const BY_NAME: Readonly<Record<string, () => Rule>> = {
  'package-lock.json': () => keys('json', 'all', 'version', 'packages[""].version'),
  'npm-shrinkwrap.json': () => keys('json', 'all', 'version', 'packages[""].version'),
  'Cargo.toml': () => keys('toml', 'first', 'package.version', 'workspace.package.version'),
  'pyproject.toml': () => keys('toml', 'first', 'project.version', 'tool.poetry.version'),
  'Cargo.lock': () => ({ by: 'lock', tool: 'cargo' }),
  'uv.lock': () => ({ by: 'lock', tool: 'uv' }),
  'pubspec.yaml': () => ({ by: 'keys', format: 'yaml', take: 'first', keys: [['version']], build: true }),
  'setup.cfg': () =>
    lines('`version =` below `[metadata]`', /^(\[metadata\](?:(?!\n\[)[\s\S])*?\n[ \t]*version[ \t]*[=:][ \t]*)([^\s#;]+)/m),
  'setup.py': () => lines('`version="…"`', /^([^\n#]{0,200}?\bversion[ \t]*=[ \t]*['"])([^'"\n]*)/m),
  'gradle.properties': () =>
    lines('`version=` or `VERSION_NAME=`', /^([ \t]*version[ \t]*[=:][ \t]*)([^\s]+)/m, /^([ \t]*VERSION_NAME[ \t]*[=:][ \t]*)([^\s]+)/m),
  'mix.exs': () =>
    lines('`@version "…"` or `version: "…"`', /^([ \t]*@version[ \t]+")([^"\n]*)/m, /^([^\n#]{0,200}?\bversion:[ \t]*")([^"\n]*)/m),
};

const BY_PATTERN: readonly (readonly [RegExp, () => Rule])[] = [
  [/^\.?version(?:\.txt)?$/i, () => ({ by: 'whole' })],
  [/\.gemspec$/, () => lines('`spec.version = "…"`', /^([ \t]*\w{1,60}\.version[ \t]*=[ \t]*['"])([^'"\n]*)/m)],
  [/^version\.rb$/, () => lines('`VERSION = "…"`', /^([ \t]*VERSION[ \t]*=[ \t]*['"])([^'"\n]*)/m)],
  [/\.py$/, () => lines('`__version__ = "…"`', /^([ \t]*__version__[ \t]*(?::[ \t]*\w{1,60}[ \t]*)?=[ \t]*['"])([^'"\n]*)/m)],
];
