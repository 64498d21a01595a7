// The packages of a release-please configuration, each with the settings that hold for it and how release-please decides about it.

import { readVersion } from '../version.ts';
import {
  clip,
  flagAt,
  isMap,
  mapAt,
  type Place,
  type Raw,
  readConfig,
  shownValue,
  tellUnknown,
  textAt,
  textsAt,
  valueAt,
} from './config.ts';
import { PACKAGE_KEYS, SHARED_KEYS } from './release-please-keys.ts';
import { type Ledger, type NodePackage, openLedger } from './report.ts';
import { type CommitType, readTypes, STANDARD_TYPES } from './sections.ts';

/** How release-please decides about one package. */
export interface ReleasePleaseRule {
  /** Folder from the root; `.` is the root, to which every commit counts. */
  readonly path: string;
  /** Our name for it; null where it is the whole repository. */
  readonly name: string | null;
  /** The manifest's word on what is out; null where it has none. */
  readonly released: string | null;
  readonly initial: string;
  readonly types: readonly CommitType[];
  readonly bumpMinorPreMajor: boolean;
  readonly bumpPatchForMinorPreMajor: boolean;
  readonly versioning: string;
  readonly prerelease: boolean;
  readonly prereleaseType: string | null;
  readonly releaseAs: string | null;
  readonly excludePaths: readonly string[];
  /** GitHub writes the notes: they are never empty, so that any commit makes a release. */
  readonly githubNotes: boolean;
}

/** A package as the configuration has it. */
export interface ConfiguredPackage {
  readonly path: string;
  readonly name: string;
  /** Null where the tags can only be read off the repository. */
  readonly tag: string | null;
  readonly releaseType: string;
  /** Its own keys over those of the whole file. */
  readonly settings: Raw;
  /** What stands before its keys in a remark. */
  readonly at: string;
  readonly rule: ReleasePleaseRule;
}

/** A package's path, its own keys, and those keys over the file's. */
export interface Entry {
  readonly path: string;
  readonly own: Raw;
  readonly settings: Raw;
}

/** Inputs about how the action runs, or of its version 3 alone, which say nothing further about releases. */
const RUNNING: readonly string[] = [
  ...[
    'token',
    'path',
    'target-branch',
    'default-branch',
    'config-file',
    'manifest-file',
    'repo-url',
    'github-api-url',
    'github-graphql-url',
  ],
  ...['fork', 'proxy-server', 'skip-github-pull-request', 'skip-labeling', 'command', 'changelog-types', 'monorepo-tags', 'labels'],
];

/** The action's own inputs stand for a configuration of one package, whose tags have no component unless that is asked for. */
export function configOfInputs(inputs: Raw, ledger: Ledger): Raw {
  tellUnknown(inputs, [...SHARED_KEYS, ...PACKAGE_KEYS, ...RUNNING], { ledger, at: 'with.' }, 'release-please-action');
  const known = Object.entries(inputs).filter(([key]) => SHARED_KEYS.includes(key) || PACKAGE_KEYS.includes(key));
  const flags = known.map(([key, value]) => [key, value === 'true' ? true : value === 'false' ? false : value] as const);
  const path = valueAt(inputs, 'path');
  const files = valueAt(inputs, 'extra-files');
  const types = valueAt(inputs, 'changelog-types');
  const read = typeof types === 'string' ? readConfig({ path: 'changelog-types', text: types }) : null;
  if (read !== null && !read.ok) ledger.cannot.push({ key: 'with.changelog-types', says: `cannot be read: ${read.problems.join('; ')}` });
  const tagged = valueAt(inputs, 'monorepo-tags');
  return {
    'include-component-in-tag': tagged === true || tagged === 'true',
    ...Object.fromEntries(flags),
    ...(typeof files === 'string'
      ? {
          'extra-files': files
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== ''),
        }
      : {}),
    ...(read?.ok === true ? { 'changelog-sections': read.value } : {}),
    packages: { [typeof path === 'string' && path !== '' ? path : '.']: {} },
  };
}

export function entriesOf(config: Raw, place: Place): Entry[] {
  const { packages: _, ...shared } = config;
  const map = mapAt(config, 'packages', place);
  if (map === null || Object.keys(map).length === 0) {
    place.ledger.cannot.push({
      key: 'packages',
      says: 'names no package, without which release-please does nothing; it was read as one package at the root',
    });
    return [{ path: '.', own: {}, settings: shared }];
  }
  return Object.entries(map).map(([written, value]) => {
    const at = `packages[${JSON.stringify(clip(written))}]`;
    if (!isMap(value) && value !== null) {
      place.ledger.cannot.push({ key: at, says: `should hold a map of keys, but is ${shownValue(value)}` });
    }
    const own = isMap(value) ? value : {};
    tellUnknown(own, [...SHARED_KEYS, ...PACKAGE_KEYS], { ledger: place.ledger, at: `${at}.` }, 'release-please');
    const path = written.replace(/^(?:\.\/){1,10}(?=.)/, '').replace(/\/{1,100}$/, '') || '.';
    return { path, own, settings: { ...shared, ...own } };
  });
}

/** Types whose package is named by its own package.json. */
const NODE = ['node', 'node-librarian', 'expo'];
/** Types that give their package no name by themselves. */
const NAMELESS = [
  'simple',
  'go',
  'bazel',
  'elixir',
  'ruby',
  'terraform-module',
  'java',
  'maven',
  'krm-blueprint',
  'ocaml',
  'sfdx',
  'salesforce',
];
/** Types whose first version is 0.1.0, whatever is configured. */
const BEGIN_LOW = ['python', 'r', 'rust', 'terraform-module', 'go-yoshi', 'java-yoshi', 'krm-blueprint'];

export function readPackage(
  { path, own, settings }: Entry,
  manifest: Raw,
  packages: readonly NodePackage[],
  ledger: Ledger,
): ConfiguredPackage {
  // What is wrong with a shared key is told where the settings of the whole are read.
  const quiet: Place = { ledger: openLedger(), at: '' };
  const text = (key: string): string | null => textAt(settings, key, quiet) || null;
  const flag = (key: string, otherwise: boolean): boolean => flagAt(settings, key, quiet) ?? otherwise;
  const releaseType = text('release-type') ?? 'node';
  const isNode = NODE.includes(releaseType);
  const packageName = text('package-name') ?? (isNode ? (packages.find((one) => one.path === path)?.name ?? null) : null);
  const component = text('component') ?? (isNode ? (packageName?.replace(/^@[\w-]+\//, '') ?? null) : packageName);
  const version = `${flag('include-v-in-tag', true) ? 'v' : ''}{version}`;
  let tag: string | null = version;
  if (flag('include-component-in-tag', true)) {
    if (component !== null) tag = `${component}${textAt(settings, 'tag-separator', quiet) ?? '-'}${version}`;
    else if (!NAMELESS.includes(releaseType)) tag = null;
  }
  const sections = valueAt(settings, 'changelog-sections');
  const initial = text('initial-version');
  const name = component ?? packageName ?? (path === '.' ? 'root' : (path.split('/').at(-1) ?? path));
  const at = Object.keys(own).length === 0 ? '' : `packages[${JSON.stringify(clip(path))}].`;
  return {
    path,
    name,
    tag,
    releaseType,
    settings,
    at,
    rule: {
      path,
      name: null,
      released: releasedIn(manifest, path, ledger),
      initial: BEGIN_LOW.includes(releaseType) ? '0.1.0' : initial !== null && readVersion(initial) !== null ? initial : '1.0.0',
      types: Array.isArray(sections) ? readTypes(sections as unknown[], quiet) : STANDARD_TYPES,
      bumpMinorPreMajor: flag('bump-minor-pre-major', false),
      bumpPatchForMinorPreMajor: flag('bump-patch-for-minor-pre-major', false),
      versioning: text('versioning') ?? 'default',
      prerelease: flag('prerelease', false),
      prereleaseType: text('prerelease-type'),
      releaseAs: text('release-as'),
      excludePaths: textsAt(settings, 'exclude-paths', quiet),
      githubNotes: valueAt(settings, 'changelog-type') === 'github',
    },
  };
}

function releasedIn(manifest: Raw, path: string, ledger: Ledger): string | null {
  const value = valueAt(manifest, path);
  if (value === undefined || value === '0.0.0') return null;
  if (typeof value === 'string' && readVersion(value) !== null) return value;
  ledger.cannot.push({ key: `the manifest's ${clip(path)}`, says: `${shownValue(value)} is not a semantic version` });
  return null;
}
