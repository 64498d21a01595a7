// Every key of release-please's configuration that has no counterpart here, with the sentence that says what happens instead; its plugins;
// and the files that its release types write the version to. The list follows its JSON Schema, schemas/config.json.

import { keyText, readKey } from '../files/version-file-key.ts';
import { formatOf, ruleOf } from '../files/version-file-known.ts';
import { clip, isMap, type Place, type Raw, shownValue, textAt, valueAt } from './config.ts';
import type { Ledger } from './report.ts';

/** Keys that are read into settings. */
const READ = [
  'release-type',
  'bump-minor-pre-major',
  'bump-patch-for-minor-pre-major',
  'prerelease-type',
  'prerelease',
  'versioning',
  'changelog-sections',
  'release-as',
  'skip-changelog',
  'include-component-in-tag',
  'include-v-in-tag',
  'tag-separator',
  'changelog-path',
  'extra-files',
  'exclude-paths',
  'version-file',
  'initial-version',
  'changelog-type',
] as const;

/** Keys of the whole file or of a package that have no setting here. */
const WITHOUT: Readonly<Record<string, string>> = {
  draft: 'the merged pull request publishes here; `release.mode: draft` keeps one draft release instead of a pull request',
  'draft-pull-request': 'the release pull request is no draft here',
  'skip-github-release': 'every release is a GitHub release here',
  'include-v-in-release-name': 'the name of the GitHub release is no setting here',
  'pull-request-title-pattern': 'the title of the release pull request is no setting here',
  'group-pull-request-title-pattern': 'the title of the release pull request is no setting here',
  'component-no-space': 'the title of the release pull request is no setting here',
  'pull-request-header': 'the text around the notes in the release pull request is no setting here; notes.template says how the notes look',
  'pull-request-footer': 'the text around the notes in the release pull request is no setting here; notes.template says how the notes look',
  'separate-pull-requests': 'each package is planned on its own here; whether they share a pull request is no setting',
  'extra-label': 'labels for the release pull request are no setting here',
  'date-format': 'dates are not written into version files here',
  'snapshot-label': 'snapshot versions between releases are not made here',
  'skip-snapshot': 'snapshot versions between releases are not made here',
  'bootstrap-sha': 'a range begins after the last release’s tag here; `shiplock plan --since TAG` begins elsewhere for once',
  'last-release-sha': 'a range begins after the last release’s tag here; `shiplock plan --since TAG` begins elsewhere for once',
  'always-link-local': 'ranges between the packages of a repository are not rewritten here',
  signoff: 'commits are not signed off here',
};

/** Keys that mend what does not arise here. */
const NEEDLESS: Readonly<Record<string, string>> = {
  label: 'tags and releases say here what is out, not labels',
  'release-label': 'tags and releases say here what is out, not labels',
  'always-update': 'the pull request is always brought up to date here',
  'force-tag-creation': 'a draft is found here by itself, without its tag',
  'release-search-depth': 'the last release is found here by its tag, at any depth',
  'commit-search-depth': 'the range is read here as a whole, at any length',
  'commit-batch-size': 'the range is read here as a whole, at any length',
  'sequential-calls': 'there are few calls to GitHub here, one after another',
  'changelog-host': 'links lead here to the host that the repository is on',
  'include-commit-authors': 'notes name their contributors here by themselves',
};

export const SHARED_KEYS: readonly string[] = [...READ, ...Object.keys(WITHOUT), ...Object.keys(NEEDLESS)];
export const TOP_KEYS: readonly string[] = ['$schema', 'packages', 'plugins'];
export const PACKAGE_KEYS: readonly string[] = ['component', 'package-name', 'changelog-path'];

const VERSIONINGS: Readonly<Record<string, string>> = {
  'always-bump-patch':
    'every release is a patch release there; here what changes mean decides, and `classify.types: { feat: maintenance }` comes near',
  'always-bump-minor': 'every release is a minor release there; here what changes mean decides',
  'always-bump-major': 'every release is a major release there; here what changes mean decides',
  'service-pack': 'service packs (1.2.3-sp.1) are not made here; a maintenance line makes 1.2.4',
};

/** A sentence about each key that is set and has no setting here, or needs none. */
export function tellWithout(settings: Raw, place: Place): void {
  const { ledger, at } = place;
  for (const key of Object.keys(settings)) {
    const value = valueAt(settings, key);
    if (value === undefined || value === false) continue;
    const without = Object.hasOwn(WITHOUT, key) ? WITHOUT[key] : undefined;
    if (without !== undefined) ledger.cannot.push({ key: at + key, says: without });
    const needless = Object.hasOwn(NEEDLESS, key) ? NEEDLESS[key] : undefined;
    if (needless !== undefined) ledger.did.push({ key: at + key, says: `needs no setting: ${needless}` });
  }
  const versioning = textAt(settings, 'versioning', place);
  if (versioning !== null && versioning !== 'default' && versioning !== 'prerelease') {
    const says = Object.hasOwn(VERSIONINGS, versioning) ? VERSIONINGS[versioning] : undefined;
    ledger.cannot.push({ key: `${at}versioning`, says: says ?? `${shownValue(versioning)} is no strategy that release-please documents` });
  }
  if (valueAt(settings, 'changelog-type') === 'github') {
    ledger.cannot.push({
      key: `${at}changelog-type`,
      says: 'GitHub writes the notes there; here they are written from the changes that make the release',
    });
  }
  const asked = textAt(settings, 'release-as', place);
  if (asked)
    ledger.cannot.push({
      key: `${at}release-as`,
      says: `${shownValue(asked)} is asked for until the key is taken out; here \`shiplock plan --release-as ${clip(asked)}\` asks once, and a Release-As footer does`,
    });
  if (valueAt(settings, 'prerelease') === true && versioning !== 'prerelease') {
    ledger.cannot.push({
      key: `${at}prerelease`,
      says: 'marks releases below 1.0 as prereleases on GitHub; here only versions with a prerelease name are',
    });
  }
  if (valueAt(settings, 'exclude-paths') !== undefined) {
    ledger.cannot.push({
      key: `${at}exclude-paths`,
      says: 'a commit that touches only these is left out there, whatever it says; here classify.paths is asked only where title and labels say nothing',
    });
  }
}

const PLUGINS: Readonly<Record<string, string>> = {
  'linked-versions': 'packages that share a version are no setting here: each takes its own',
  'node-workspace': 'a package is not released here because one that it depends on is, and ranges between packages are not rewritten',
  'cargo-workspace': 'a crate is not released here because one that it depends on is, and Cargo.lock is not rewritten',
  'maven-workspace': 'a module is not released here because one that it depends on is',
  'group-priority': 'release pull requests have no order here',
  'sentence-case': 'titles stay here as they were written',
};

/** Plugins that may change which version a package takes. */
const DECIDING = ['linked-versions', 'node-workspace', 'cargo-workspace', 'maven-workspace'];

/** A sentence about each plugin; gives those that may change a version. */
export function tellPlugins(list: readonly unknown[], ledger: Ledger): string[] {
  const deciding: string[] = [];
  for (const [index, entry] of list.entries()) {
    const type = isMap(entry) ? valueAt(entry, 'type') : entry;
    const name = typeof type === 'string' ? type : null;
    const group = isMap(entry) ? valueAt(entry, 'groupName') : undefined;
    const says = name !== null && Object.hasOwn(PLUGINS, name) ? PLUGINS[name] : undefined;
    ledger.cannot.push({
      key: `plugins[${index}]`,
      says:
        name === null
          ? `is ${shownValue(entry)}, which names no plugin`
          : `${clip(name)}${typeof group === 'string' ? ` "${clip(group)}"` : ''}: ${says ?? 'a plugin of your own is not run here'}`,
    });
    if (name !== null && (DECIDING.includes(name) || says === undefined)) deciding.push(name);
  }
  return deciding;
}

/** Where the release types write the version, from the package's folder; with a question mark, where there is such a file. */
const VERSION_FILES: Readonly<Record<string, readonly string[]>> = {
  node: ['package.json', 'package-lock.json?', 'npm-shrinkwrap.json?'],
  'node-librarian': ['package.json', 'package-lock.json?', 'npm-shrinkwrap.json?'],
  expo: ['package.json', 'package-lock.json?', 'app.json#expo.version'],
  simple: ['version.txt'],
  rust: ['Cargo.toml', 'Cargo.lock?'],
  python: ['pyproject.toml?', 'setup.py?', 'setup.cfg?'],
  'python-librarian': ['pyproject.toml?', 'setup.py?', 'setup.cfg?'],
  php: ['composer.json'],
  helm: ['Chart.yaml'],
  dart: ['pubspec.yaml'],
  elixir: ['mix.exs'],
  maven: ['pom.xml'],
  sfdx: ['sfdx-project.json'],
  salesforce: ['sfdx-project.json'],
  r: ['DESCRIPTION'],
  bazel: ['MODULE.bazel'],
  go: [],
};

/** Files that are listed only where they are, for whoever looks. */
export const OPTIONAL_FILES: readonly string[] = [
  ...new Set(
    Object.values(VERSION_FILES)
      .flat()
      .flatMap((file) => (file.endsWith('?') ? [file.slice(0, -1)] : [])),
  ),
];

interface WithFiles {
  readonly path: string;
  readonly at: string;
  readonly releaseType: string;
  readonly settings: Raw;
}

/** Entries of `release.files` for a package. `present`: those of `OPTIONAL_FILES` that there are, from the repository's root. */
export function versionFilesOf({ path, at, releaseType, settings }: WithFiles, present: readonly string[], ledger: Ledger): string[] {
  const place = { ledger, at };
  const inFolder = (file: string): string => (path === '.' || file.startsWith('/') ? file.replace(/^\/{1,10}/, '') : `${path}/${file}`);
  const versionFile = textAt(settings, 'version-file', place);
  const known = Object.hasOwn(VERSION_FILES, releaseType) ? VERSION_FILES[releaseType] : undefined;
  if (known === undefined && versionFile === null) {
    const says = `the files that ${shownValue(releaseType)} writes the version to are not known here: list them under release.files`;
    ledger.cannot.push({ key: `${at}release-type`, says });
  }
  const own = versionFile === null ? (known ?? []) : [versionFile];
  const files = own.flatMap((file) =>
    file.endsWith('?') ? [inFolder(file.slice(0, -1))].filter((one) => present.includes(one)) : [inFolder(file)],
  );
  for (const file of files) {
    if (file.includes('#') || ruleOf(file).by !== 'marks') continue;
    const says = `where ${clip(file)} has its version is not known here: mark that line with the comment x-shiplock-version`;
    ledger.cannot.push({ key: `${at}release-type`, says });
  }
  const extra = valueAt(settings, 'extra-files');
  for (const [index, entry] of (Array.isArray(extra) ? (extra as unknown[]) : []).entries()) {
    const file = extraFileOf(entry, inFolder, { ledger, at: `${at}extra-files[${index}]` });
    if (file !== null) files.push(file);
  }
  return files;
}

/** A file by name alone, or with the key that a JSONPath leads to. */
function extraFileOf(entry: unknown, inFolder: (file: string) => string, { ledger, at: key }: Place): string | null {
  const file = isMap(entry) ? valueAt(entry, 'path') : entry;
  if (typeof file !== 'string' || file === '') {
    ledger.cannot.push({ key, says: `is ${shownValue(entry)}, which names no file` });
    return null;
  }
  if (isMap(entry) && (valueAt(entry, 'glob') === true || file.includes('*'))) {
    ledger.cannot.push({ key, says: `${shownValue(file)} is a pattern; release.files lists files by name` });
    return null;
  }
  const name = inFolder(file);
  const inside = isMap(entry) ? (valueAt(entry, 'jsonpath') ?? valueAt(entry, 'xpath')) : undefined;
  if (inside === undefined) return name;
  // `..` looks for a key anywhere, which is no way to one.
  const plain = typeof inside === 'string' && !inside.includes('..') && isMap(entry) && valueAt(entry, 'xpath') === undefined;
  const read = plain && formatOf(name) !== null ? readKey(inside) : null;
  if (read !== null) return `${name}#${keyText(read)}`;
  ledger.cannot.push({
    key,
    says: `${shownValue(inside)} leads to no single key that release.files can name; mark the line in ${clip(name)} with the comment x-shiplock-version`,
  });
  return name;
}
