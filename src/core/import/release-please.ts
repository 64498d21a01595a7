// release-please's configuration (release-please-config.json and its manifest, or the inputs of its action) → our settings, and how it
// decides. https://github.com/googleapis/release-please/blob/main/docs/manifest-releaser.md

import type { PolicyOverrides } from '../policy/overrides.ts';
import { DEFAULT_POLICY, type Meaning } from '../policy.ts';
import { branchPattern } from './branches.ts';
import { clip, flagAt, listAt, type Place, type Raw, readMap, shownValue, tellUnknown, textAt, valueAt } from './config.ts';
import { PACKAGE_KEYS, SHARED_KEYS, TOP_KEYS, tellPlugins, tellWithout, versionFilesOf } from './release-please-keys.ts';
import {
  type ConfiguredPackage,
  configOfInputs,
  type Entry,
  entriesOf,
  type ReleasePleaseRule,
  readPackage,
} from './release-please-package.ts';
import { type ImportOutcome, joinOverrides, type Ledger, type NodePackage, openLedger, type SourceFile } from './report.ts';
import { beyondBuiltIn, CONVENTION, type CommitType, maintenanceMeaning, readTypes, STANDARD_TYPES, sectionsOf } from './sections.ts';

export interface ReleasePleaseRules {
  readonly tool: 'release-please';
  readonly packages: readonly ReleasePleaseRule[];
  /** The plugins that may still change a version after each package was decided. */
  readonly plugins: readonly string[];
}

export interface ReleasePleaseSource {
  /** Null where the action's inputs are all there is. */
  readonly config: SourceFile | null;
  readonly manifest: SourceFile | null;
  /** Inputs of the action's step in a workflow. */
  readonly inputs: Raw;
  readonly packages: readonly NodePackage[];
  /** Which of the files there are that only some packages have, from the root of the repository. */
  readonly present: readonly string[];
  readonly defaultBranch: string;
}

export function importReleasePlease(source: ReleasePleaseSource): ImportOutcome<ReleasePleaseRules> {
  const ledger = openLedger();
  const place = { ledger, at: '' };
  const config =
    source.config === null ? { ok: true as const, map: configOfInputs(source.inputs, ledger), slips: [] } : readMap(source.config);
  const manifest = source.manifest === null ? { ok: true as const, map: {}, slips: [] } : readMap(source.manifest);
  if (!config.ok || !manifest.ok) return { ok: false, problems: [config, manifest].flatMap((read) => (read.ok ? [] : read.problems)) };
  for (const slip of [...config.slips, ...manifest.slips]) ledger.cannot.push({ key: 'the file', says: slip });
  tellUnknown(config.map, [...SHARED_KEYS, ...PACKAGE_KEYS, ...TOP_KEYS], place, 'release-please');
  const entries = entriesOf(config.map, place);
  const packages = entries.map((entry) => readPackage(entry, manifest.map, source.packages, ledger));
  const settings = sharedSettings(config.map, entries, ledger);
  ledger.did.push({ key: 'the release pull request', says: 'release.mode: pull-request' });
  const overrides = joinOverrides(
    { release: { mode: 'pull-request' } },
    importTags(packages, ledger),
    importVersions(packages, settings, ledger),
    importTypes(settings, place),
    importFiles(packages, settings, source.present, ledger),
    importLines(packages, source, ledger),
  );
  tellWithout(settings, place);
  const plugins = tellPlugins(listAt(config.map, 'plugins', place) ?? [], ledger);
  const isWhole = packages.length === 1 && packages[0]?.path === '.';
  const rules = packages.map(({ rule, name }) => ({ ...rule, name: isWhole ? null : name }));
  return {
    ok: true,
    imported: { overrides, did: ledger.did, cannot: ledger.cannot, rules: { tool: 'release-please', packages: rules, plugins } },
  };
}

/** Keys that are carried over for each package on its own. */
const PER_PACKAGE = [
  'include-component-in-tag',
  'include-v-in-tag',
  'tag-separator',
  'release-type',
  'extra-files',
  'version-file',
  'initial-version',
];

/** The settings that hold for all packages, and a word about each that only one has: ours hold for the whole repository. */
function sharedSettings(config: Raw, entries: readonly Entry[], ledger: Ledger): Raw {
  const [first] = entries;
  if (first !== undefined && entries.length === 1) return first.settings;
  const { packages: _, ...shared } = config;
  // What every package says for itself in the same words is said by all.
  const common = Object.entries(first?.own ?? {}).filter(([key, value]) => entries.every(({ settings }) => same(settings[key], value)));
  const settings = { ...shared, ...Object.fromEntries(common) };
  for (const { path, own } of entries) {
    for (const [key, value] of Object.entries(own)) {
      if (!SHARED_KEYS.includes(key) || PER_PACKAGE.includes(key) || same(settings[key], value)) continue;
      ledger.cannot.push({
        key: `packages[${JSON.stringify(clip(path))}].${key}`,
        says: 'holds for this package alone there; here the packages have a name, a path and a tag of their own, and share the rest',
      });
    }
  }
  return settings;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function importTags(packages: readonly ConfiguredPackage[], ledger: Ledger): PolicyOverrides {
  for (const { tag, at, path } of packages) {
    if (tag !== null) continue;
    ledger.cannot.push({
      key: `${at}include-component-in-tag`,
      says: `the name that tags of ${clip(path)} begin with is read from a file of its language there; here it is read off the tags that exist`,
    });
  }
  const [only] = packages;
  if (only !== undefined && packages.length === 1 && only.path === '.') {
    if (only.tag === null) return {};
    ledger.did.push({ key: 'include-component-in-tag, include-v-in-tag, tag-separator', says: `release.tag: ${clip(only.tag)}` });
    return { release: { tag: only.tag } };
  }
  for (const { name, path, tag } of packages) {
    ledger.did.push({
      key: `packages[${JSON.stringify(clip(path))}]`,
      says: `packages: ${clip(name)} at ${clip(path)}${tag === null ? '' : `, tagged ${clip(tag)}`}`,
    });
  }
  if (packages.some(({ path }) => path === '.')) {
    ledger.cannot.push({
      key: 'packages["."]',
      says: 'the root has every commit there; here it has those whose files no other package has',
    });
  }
  return { packages: packages.map(({ name, path, tag }) => ({ name, path, tag })) };
}

function importVersions(packages: readonly ConfiguredPackage[], settings: Raw, ledger: Ledger): PolicyOverrides {
  const place = { ledger, at: '' };
  const breaking = flagAt(settings, 'bump-minor-pre-major', place) === true ? 'minor' : 'major';
  const feature = flagAt(settings, 'bump-patch-for-minor-pre-major', place) === true ? 'patch' : 'minor';
  ledger.did.push({
    key: 'bump-minor-pre-major, bump-patch-for-minor-pre-major',
    says: `release.before-1.0: { breaking: ${breaking}, feature: ${feature} }`,
  });
  const initials = [...new Set(packages.map(({ rule }) => rule.initial))];
  const [initial = '1.0.0'] = initials;
  ledger.did.push({ key: 'initial-version', says: `release.initial: ${initial}` });
  if (initials.length > 1) {
    ledger.cannot.push({
      key: 'initial-version',
      says: `the packages begin with ${initials.join(' and ')} there; here all begin with ${initial}`,
    });
  }
  return { release: { before1: { breaking, feature }, initial } };
}

function importTypes(settings: Raw, place: Place): PolicyOverrides {
  const { ledger } = place;
  const list = listAt(settings, 'changelog-sections', place);
  const types = list === null ? STANDARD_TYPES : readTypes(list, { ledger, at: 'changelog-sections' });
  const table = meaningsOf(types);
  const own = beyondBuiltIn(table, DEFAULT_POLICY.classify.types);
  const told = Object.entries(own).map(([type, means]) => `${clip(type)}: ${means}`);
  if (told.length > 0) ledger.did.push({ key: 'changelog-sections', says: `classify.types: { ${told.join(', ')} }` });
  ledger.did.push({ key: 'commits without a known type', says: 'classify.unrecognised: none, since they make no release there' });
  const kept = Object.entries(DEFAULT_POLICY.classify.types).filter(([type, means]) => means !== 'none' && !Object.hasOwn(table, type));
  ledger.cannot.push({
    key: 'changelog-sections',
    says: `a type that it does not list makes no release there. Here ${kept.map(([type]) => type).join(', ')} keep their meanings; write \`none\` beside one under classify.types to have it so`,
  });
  ledger.cannot.push({
    key: 'commits without a known type',
    says: 'are dropped there. Here the words of such a title are read ("Fix …", "Add …"), and labels and branches count, too',
  });
  const sections = list === null ? [] : sectionsOf(types, (type) => table[type] ?? 'none', { ledger, at: 'changelog-sections' });
  if (sections.length > 0)
    ledger.did.push({ key: 'changelog-sections', says: `notes.sections: ${sections.map(({ title }) => clip(title)).join(', ')}` });
  return {
    classify: { ...(told.length === 0 ? {} : { types: own }), unrecognised: 'none' },
    ...(sections.length === 0 ? {} : { notes: { sections } }),
  };
}

/** Shown types make a release, hidden ones and those of the standard that are not listed make none. */
function meaningsOf(types: readonly CommitType[]): Record<string, Meaning> {
  const table: Record<string, Meaning> = {};
  for (const { type, hidden } of types) {
    // The first entry of a type is the one that counts there.
    if (Object.hasOwn(table, type)) continue;
    table[type] = hidden ? 'none' : type === 'feat' || type === 'feature' ? 'feature' : maintenanceMeaning(type);
  }
  for (const type of CONVENTION) if (!Object.hasOwn(table, type)) table[type] = 'none';
  return table;
}

function importFiles(packages: readonly ConfiguredPackage[], settings: Raw, present: readonly string[], ledger: Ledger): PolicyOverrides {
  const place = { ledger, at: '' };
  const files = [...new Set(packages.flatMap((one) => versionFilesOf(one, present, ledger)))];
  ledger.did.push({ key: 'release-type, extra-files', says: `release.files: ${files.length === 0 ? 'none' : files.map(clip).join(', ')}` });
  if (flagAt(settings, 'skip-changelog', place) === true) {
    ledger.did.push({ key: 'skip-changelog', says: 'release.changelog: null' });
    return { release: { files, changelog: null } };
  }
  const [only] = packages;
  if (only === undefined || packages.length > 1) {
    ledger.cannot.push({
      key: 'changelog-path',
      says: 'each package keeps a changelog in its own folder there; release.changelog names one file',
    });
    return { release: { files } };
  }
  const path = textAt(only.settings, 'changelog-path', place) ?? 'CHANGELOG.md';
  const changelog = only.path === '.' || path.startsWith('/') ? path.replace(/^\/{1,10}/, '') : `${only.path}/${path}`;
  if (changelog !== DEFAULT_POLICY.release.changelog)
    ledger.did.push({ key: 'changelog-path', says: `release.changelog: ${clip(changelog)}` });
  return { release: { files, changelog } };
}

function importLines(
  packages: readonly ConfiguredPackage[],
  { inputs, defaultBranch }: ReleasePleaseSource,
  ledger: Ledger,
): PolicyOverrides {
  const target = valueAt(inputs, 'target-branch') ?? valueAt(inputs, 'default-branch');
  // An expression is known only while the workflow runs.
  const branch = typeof target === 'string' && target !== '' && !target.includes('${') ? target : defaultBranch;
  const rule = packages[0]?.rule;
  if (rule?.versioning === 'prerelease' && rule.prerelease) {
    const id = /^([A-Za-z][A-Za-z-]{0,40})(?:\.\d{1,9})?$/.exec(rule.prereleaseType ?? '')?.[1];
    if (id !== undefined) {
      ledger.did.push({
        key: 'versioning: prerelease',
        says: `lines: ${clip(branch)} makes ${id} prereleases, counted ${id}.1, ${id}.2 (release-please begins with ${shownValue(rule.prereleaseType)})`,
      });
      return { lines: [{ branch: branchPattern(branch), prerelease: id }] };
    }
    ledger.cannot.push({
      key: 'prerelease-type',
      says: `${shownValue(rule.prereleaseType ?? '')} cannot name a line’s prereleases, which takes a word such as beta and counts beta.1, beta.2`,
    });
  }
  if (branch === defaultBranch) return {};
  ledger.did.push({ key: 'target-branch', says: `lines: ${clip(branch)}` });
  return { lines: [{ branch: branchPattern(branch) }] };
}
