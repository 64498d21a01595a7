// changesets' configuration (.changeset/config.json, its prerelease mode, and the change files that wait) → our settings, and how it
// decides. https://changesets.dev/guide/config

import { readPattern } from '../pattern.ts';
import type { PolicyOverrides } from '../policy/overrides.ts';
import type { PackagePolicy } from '../policy.ts';
import { readVersion } from '../version.ts';
import { branchPattern, globPattern, isGlob } from './branches.ts';
import { type PendingChangeset, pendingOf } from './changeset-files.ts';
import { clip, isMap, listAt, mapAt, type Place, type Raw, readMap, shownValue, tellUnknown, textAt, textsAt, valueAt } from './config.ts';
import { type ImportOutcome, joinOverrides, type NodePackage, openLedger, type SourceFile } from './report.ts';

export interface ChangesetsPackage extends NodePackage {
  readonly name: string;
  /** True where it is ignored or private, and so never versioned. */
  readonly skipped: boolean;
  /** True where its versions get a tag, and so a release. */
  readonly tagged: boolean;
}

export interface ChangesetsRules {
  readonly tool: 'changesets';
  readonly packages: readonly ChangesetsPackage[];
  readonly fixed: readonly (readonly string[])[];
  readonly linked: readonly (readonly string[])[];
  readonly pending: readonly PendingChangeset[];
  readonly pre: { readonly mode: 'pre' | 'exit'; readonly tag: string } | null;
  /** `updateInternalDependents: always`: dependents are released whether their ranges still hold or not. */
  readonly alwaysDependents: boolean;
  /** `bumpVersionsWithWorkspaceProtocolOnly`: only `workspace:` ranges make a dependent. */
  readonly workspaceOnly: boolean;
  readonly single: boolean;
}

export interface ChangesetsSource {
  readonly config: SourceFile;
  readonly pre: SourceFile | null;
  /** The `.md` files of `.changeset` besides its README. */
  readonly changesets: readonly SourceFile[];
  /** The packages of the workspace; the root's own where there is no workspace. */
  readonly packages: readonly NodePackage[];
  readonly defaultBranch: string;
}

const EXPERIMENTAL = '___experimentalUnsafeOptions_WILL_CHANGE_IN_PATCH';
const READ = ['$schema', 'baseBranch', 'fixed', 'linked', 'ignore', 'changelog', 'privatePackages', EXPERIMENTAL];

const WITHOUT: Readonly<Record<string, string>> = {
  access: 'packages are not published to a registry here: let a workflow do that when a release is published',
  commit: 'the commits of a release have messages of their own here',
  snapshot: 'snapshot versions are not made here',
};

const NEEDLESS: Readonly<Record<string, string>> = {
  updateInternalDependencies: 'ranges between the packages of a repository are not rewritten here',
  bumpVersionsWithWorkspaceProtocolOnly: 'ranges between the packages of a repository are not rewritten here',
  changedFilePatterns: 'a change belongs to the packages whose files it touches here',
  prettier: 'no file but the version files and the changelog is written here',
  format: 'no file but the version files and the changelog is written here',
};

export function importChangesets(source: ChangesetsSource): ImportOutcome<ChangesetsRules> {
  const config = readMap(source.config);
  const pre = source.pre === null ? { ok: true as const, map: null, slips: [] } : readMap(source.pre);
  if (!config.ok || !pre.ok) return { ok: false, problems: [config, pre].flatMap((read) => (read.ok ? [] : read.problems)) };
  const ledger = openLedger();
  const place = { ledger, at: '' };
  for (const slip of [...config.slips, ...pre.slips]) ledger.cannot.push({ key: 'the file', says: slip });
  tellUnknown(config.map, [...READ, ...Object.keys(WITHOUT), ...Object.keys(NEEDLESS)], place, 'changesets');
  tellWithout(config.map, place);
  const packages = packagesOf(source, config.map, place);
  const names = packages.map(({ name }) => name);
  const single = packages.length === 1 && packages[0]?.path === '.';
  const mode = preOf(pre.map);
  const pending = pendingOf(source.changesets, pre.map, mode?.mode ?? null, place);
  const unsafe = mapAt(config.map, EXPERIMENTAL, place);
  ledger.did.push(
    { key: 'the version pull request', says: 'release.mode: pull-request' },
    {
      key: 'versions below 1.0',
      says: 'release.before-1.0: { breaking: major, feature: minor }, as changesets raises them like any other',
    },
  );
  ledger.cannot.push({
    key: '.changeset/*.md',
    says: `change files are not read here: labels, titles and commits say what a change is, and what they say nothing of counts as maintenance${pending.length > 0 ? `; release what waits (${pending.length} now) before you change over` : ''}`,
  });
  const rules: ChangesetsRules = {
    tool: 'changesets',
    packages,
    fixed: groupsAt(config.map, 'fixed', names, place),
    linked: groupsAt(config.map, 'linked', names, place),
    pending,
    pre: mode,
    alwaysDependents: unsafe !== null && valueAt(unsafe, 'updateInternalDependents') === 'always',
    workspaceOnly: valueAt(config.map, 'bumpVersionsWithWorkspaceProtocolOnly') === true,
    single,
  };
  if (packages.some((one) => Object.keys(one.dependencies).some((name) => names.includes(name)))) {
    ledger.cannot.push({ key: 'dependents', says: 'a package is not released here because one that it depends on is' });
  }
  const overrides = joinOverrides(
    { release: { mode: 'pull-request', before1: { breaking: 'major', feature: 'minor' } } },
    importPackages(packages, single, place),
    importChangelog(config.map, single, place),
    importLines(config.map, mode, source.defaultBranch, place),
  );
  return { ok: true, imported: { overrides, did: ledger.did, cannot: ledger.cannot, rules } };
}

function tellWithout(config: Raw, { ledger }: Place): void {
  for (const key of Object.keys(config)) {
    const value = valueAt(config, key);
    if (value === undefined || value === false) continue;
    const without = Object.hasOwn(WITHOUT, key) ? WITHOUT[key] : undefined;
    if (without !== undefined) ledger.cannot.push({ key, says: without });
    const needless = Object.hasOwn(NEEDLESS, key) ? NEEDLESS[key] : undefined;
    if (needless !== undefined) ledger.did.push({ key, says: `needs no setting: ${needless}` });
  }
}

function packagesOf(source: ChangesetsSource, config: Raw, place: Place): ChangesetsPackage[] {
  const named = source.packages.filter((one): one is NodePackage & { name: string } => one.name !== null);
  const names = named.map(({ name }) => name);
  const ignored = new Set(expand(textsAt(config, 'ignore', place), names));
  const privates = valueAt(config, 'privatePackages');
  const told = (key: 'version' | 'tag'): boolean | null => {
    const value = isMap(privates) ? valueAt(privates, key) : privates;
    return typeof value === 'boolean' ? value : null;
  };
  // Private packages were versioned, but not tagged, before version 4 of this configuration, and are neither since.
  const recent = Number(/@changesets\/config@(\d{1,3})/.exec(String(valueAt(config, '$schema') ?? ''))?.[1] ?? 0) >= 4;
  const versioned = told('version') ?? !recent;
  const packages = named.map((one) => ({
    ...one,
    skipped: ignored.has(one.name) || one.version === null || (one.private && !versioned),
    tagged: !one.private || told('tag') === true,
  }));
  for (const { name, path, skipped, version, tagged } of packages) {
    if (!skipped && tagged) continue;
    const why = ignored.has(name) ? 'is ignored' : version === null ? 'has no version' : 'is private';
    const key = ignored.has(name) ? 'ignore' : 'privatePackages';
    place.ledger.did.push({ key, says: `${clip(name)} at ${clip(path)} ${why} and gets no tag, so it is no package here` });
  }
  if (packages.every(({ skipped, tagged }) => skipped || !tagged)) {
    place.ledger.cannot.push({
      key: 'packages',
      says: 'no package.json of the workspace names a package to release, so the policy has no packages',
    });
  }
  return packages;
}

/** Names that globs stand for; `!` takes names out again. */
function expand(globs: readonly string[], names: readonly string[]): string[] {
  const found = new Set<string>();
  for (const glob of globs) {
    const out = glob.startsWith('!');
    const bare = out ? glob.slice(1) : glob;
    const pattern = isGlob(bare) ? globPattern(bare) : null;
    const read = pattern === null ? null : readPattern(pattern);
    const hits = names.filter((name) => name === bare || (read !== null && read.problem === null && read.matches(name)));
    for (const name of hits) {
      if (out) found.delete(name);
      else found.add(name);
    }
  }
  return [...found];
}

function groupsAt(config: Raw, key: 'fixed' | 'linked', names: readonly string[], place: Place): string[][] {
  const groups: string[][] = [];
  for (const [index, entry] of (listAt(config, key, place) ?? []).entries()) {
    const texts = Array.isArray(entry) ? (entry as unknown[]).filter((one) => typeof one === 'string') : null;
    if (texts === null) {
      place.ledger.cannot.push({ key: `${key}[${index}]`, says: `should be a list of package names, but is ${shownValue(entry)}` });
      continue;
    }
    const group = expand(texts, names);
    groups.push(group);
    const what = key === 'fixed' ? 'are always released together, with one version' : 'take the same version when they are released';
    place.ledger.cannot.push({
      key: `${key}[${index}]`,
      says: `${group.map(clip).join(', ') || 'no package of this repository'} ${what} there; here each package takes its own`,
    });
  }
  return groups;
}

function preOf(pre: Raw | null): ChangesetsRules['pre'] {
  if (pre === null) return null;
  const tag = valueAt(pre, 'tag');
  return typeof tag === 'string' ? { mode: valueAt(pre, 'mode') === 'exit' ? 'exit' : 'pre', tag } : null;
}

function importPackages(packages: readonly ChangesetsPackage[], single: boolean, { ledger }: Place): PolicyOverrides {
  const released = packages.filter(({ skipped, tagged }) => !skipped && tagged);
  if (released.length === 0) return {};
  if (single) {
    ledger.did.push({ key: 'packages', says: 'release.tag: v{version}' });
    return { release: { tag: 'v{version}' } };
  }
  const list: PackagePolicy[] = released.map(({ name, path }) => ({ name, path, tag: '{name}@{version}' }));
  for (const { name, path } of list)
    ledger.did.push({ key: 'packages', says: `packages: ${clip(name)} at ${clip(path)}, tagged {name}@{version}` });
  const files = released.map(({ path }) => (path === '.' ? 'package.json' : `${path}/package.json`));
  ledger.did.push({ key: 'packages', says: `release.files: ${files.map(clip).join(', ')}` });
  const untagged = released.filter(({ version }) => version !== null && readVersion(version) !== null);
  if (untagged.length > 0) {
    ledger.cannot.push({
      key: 'versions',
      says: 'the last release is what package.json says there; here it is the last tag, so tag what is out where tags are missing',
    });
  }
  return { packages: list, release: { files } };
}

function importChangelog(config: Raw, single: boolean, { ledger }: Place): PolicyOverrides {
  const changelog = Object.hasOwn(config, 'changelog') ? config.changelog : undefined;
  if (changelog === false) {
    ledger.did.push({ key: 'changelog', says: 'release.changelog: null' });
    return { release: { changelog: null } };
  }
  const [module] = Array.isArray(changelog) ? (changelog as unknown[]) : [changelog];
  if (typeof module === 'string' && !module.startsWith('@changesets/')) {
    ledger.cannot.push({
      key: 'changelog',
      says: `${shownValue(module)} is a program, which is not run here; notes.template and notes.line say how notes look`,
    });
  } else if (typeof module === 'string')
    ledger.did.push({ key: 'changelog', says: 'release.changelog: CHANGELOG.md, with links to pull requests and people' });
  if (!single)
    ledger.cannot.push({
      key: 'changelog',
      says: 'each package keeps a changelog in its own folder there; release.changelog names one file',
    });
  return {};
}

function importLines(config: Raw, pre: ChangesetsRules['pre'], defaultBranch: string, place: Place): PolicyOverrides {
  const branch = textAt(config, 'baseBranch', place)?.replace(/^origin\//, '') || defaultBranch;
  if (pre?.mode === 'pre') {
    place.ledger.did.push({
      key: 'pre.json',
      says: `lines: ${clip(branch)} makes ${clip(pre.tag)} prereleases, counted from 1, where changesets counts from 0; take the line out when you leave prerelease mode`,
    });
    return { lines: [{ branch: branchPattern(branch), prerelease: pre.tag }] };
  }
  if (branch === defaultBranch) {
    if (valueAt(config, 'baseBranch') !== undefined)
      place.ledger.did.push({ key: 'baseBranch', says: `needs no setting: ${clip(branch)} is the default branch` });
    return {};
  }
  place.ledger.did.push({ key: 'baseBranch', says: `lines: ${clip(branch)}` });
  return { lines: [{ branch: branchPattern(branch) }] };
}
