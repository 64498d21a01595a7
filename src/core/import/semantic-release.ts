// semantic-release's configuration (.releaserc in JSON or YAML, or package.json) → our settings, and how it decides.
// https://semantic-release.gitbook.io/semantic-release/usage/configuration

import type { PolicyOverrides } from '../policy/overrides.ts';
import { clip, isMap, type Place, type Raw, readMap, shownValue, tellUnknown, textAt, valueAt } from './config.ts';
import { type ImportOutcome, joinOverrides, type Ledger, openLedger, type SourceFile } from './report.ts';
import { readTypes, sectionsOf } from './sections.ts';
import { linesOf, standardBranches } from './semantic-branches.ts';
import { type Plugin, pluginsIn, STANDARD_PLUGINS, tellPlugins } from './semantic-plugins.ts';
import { importRules, meaningOfType, rulesOf } from './semantic-rules.ts';
import type { SemanticReleaseRules } from './shadow-semantic-release.ts';

export interface SemanticReleaseSource {
  /** Null: there is none, and its defaults hold. */
  readonly config: SourceFile | null;
  /** The key that holds it, in package.json. */
  readonly key: string | null;
  readonly defaultBranch: string;
}

const STEPS = [
  'verifyConditions',
  'analyzeCommits',
  'verifyRelease',
  'generateNotes',
  'prepare',
  'publish',
  'addChannel',
  'success',
  'fail',
];
const READ = [
  'branches',
  'tagFormat',
  'plugins',
  'extends',
  'preset',
  'presetConfig',
  'releaseRules',
  'parserOpts',
  'writerOpts',
  'config',
  ...STEPS,
];

const WITHOUT: Readonly<Record<string, string>> = {
  repositoryUrl: 'the repository is the one that the clone was made from',
  dryRun: '`shiplock plan` never changes anything',
  ci: 'runs everywhere alike',
  noCi: 'runs everywhere alike',
  debug: 'says every reason by itself',
  $schema: 'is for editors',
};

export function importSemanticRelease(source: SemanticReleaseSource): ImportOutcome<SemanticReleaseRules> {
  const ledger = openLedger();
  const place = { ledger, at: '' };
  const read = source.config === null ? { ok: true as const, map: {}, slips: [] } : readMap(source.config);
  if (!read.ok) return read;
  for (const slip of read.slips) ledger.cannot.push({ key: 'the file', says: slip });
  const inner = source.key === null ? read.map : valueAt(read.map, source.key);
  if (typeof inner === 'string') {
    ledger.cannot.push({ key: source.key ?? '', says: `${shownValue(inner)} is a configuration in another package, which is not read` });
  }
  const config = isMap(inner) ? inner : {};
  if (source.config === null) ledger.did.push({ key: 'no configuration', says: 'read as the defaults of semantic-release' });
  tellUnknown(config, [...READ, ...Object.keys(WITHOUT)], place, 'semantic-release');
  for (const key of Object.keys(config))
    if (Object.hasOwn(WITHOUT, key)) ledger.did.push({ key, says: `needs no setting: ${WITHOUT[key]}` });
  const { plugins: list, branches, ...shared } = config;
  const plugins = pluginsIn(Array.isArray(list) ? (list as unknown[]) : STANDARD_PLUGINS, optionsIn(shared), ledger);
  const analyzer = pluginOf(plugins, config, 'analyzeCommits', '@semantic-release/commit-analyzer', ledger);
  const generator = pluginOf(plugins, config, 'generateNotes', '@semantic-release/release-notes-generator', ledger);
  const unknown = tellPlugins(plugins, ledger);
  tellSteps(config, ledger);
  const hidden =
    isMap(inner) || source.config === null
      ? hiddenBy(config, plugins, unknown)
      : `Its rules are in ${shownValue(inner)}, which is not read.`;
  const lines = linesOf(branchesIn(branches, source.defaultBranch), place);
  const rules = rulesOf(analyzer, lines, hidden, ledger);
  ledger.did.push({ key: 'each push releases', says: 'release.mode: direct' });
  const overrides = joinOverrides(
    { release: { mode: 'direct', initial: '1.0.0' }, ...(lines.length > 0 ? { lines } : {}) },
    importTag(config, place),
    importRules(rules, ledger),
    importNotes(generator, rules, ledger),
    importFiles(plugins, ledger),
  );
  ledger.did.push({ key: 'the first version', says: 'release.initial: 1.0.0' });
  return { ok: true, imported: { overrides, did: ledger.did, cannot: ledger.cannot, rules } };
}

/** Options at the top that all plugins are given. */
function optionsIn(shared: Raw): Raw {
  return Object.fromEntries(
    Object.entries(shared).filter(([key]) => !STEPS.includes(key) && !['tagFormat', 'extends', ...Object.keys(WITHOUT)].includes(key)),
  );
}

/** A plugin's options: those of its step where the step names it, else those of the list of plugins. */
function pluginOf(plugins: readonly Plugin[], config: Raw, step: string, name: string, ledger: Ledger): Plugin | null {
  const own = valueAt(config, step);
  if (own !== undefined && own !== false) {
    const [first] = pluginsIn(Array.isArray(own) && typeof own[1] !== 'object' ? (own as unknown[]) : [own], {}, ledger, step);
    if (first?.name === name || first === undefined) return first ?? null;
    return null;
  }
  return plugins.find((one) => one.name === name) ?? (step === 'analyzeCommits' ? { name, options: {} } : null);
}

function tellSteps(config: Raw, ledger: Ledger): void {
  for (const step of STEPS) {
    const value = valueAt(config, step);
    if (value === undefined || value === false || step === 'analyzeCommits' || step === 'generateNotes') continue;
    const names = (Array.isArray(value) ? (value as unknown[]) : [value])
      .map((one) => (isMap(one) ? valueAt(one, 'path') : one))
      .filter((one) => typeof one === 'string');
    if (names.length > 0)
      ledger.cannot.push({
        key: step,
        says: `${names.map((one) => clip(one)).join(', ')} ${names.length === 1 ? 'is a program' : 'are programs'} of this step, not run here`,
      });
  }
}

/** Why its rules cannot be followed from this configuration alone. */
function hiddenBy(config: Raw, plugins: readonly Plugin[], unknown: readonly string[]): string | null {
  const named = plugins.some(({ name }) => name === '@semantic-release/commit-analyzer');
  const extended = valueAt(config, 'extends');
  if (extended !== undefined && !named) return `Its rules are in ${shownValue(extended)}, another package, which is not read.`;
  if (!named && unknown.length > 0 && valueAt(config, 'analyzeCommits') === undefined)
    return `No commit analyzer is among its plugins; ${unknown.map(clip).join(' or ')} may decide, which is not run here.`;
  const step = valueAt(config, 'analyzeCommits');
  const path = isMap(step) ? valueAt(step, 'path') : Array.isArray(step) ? step[0] : step;
  return typeof path === 'string' && path !== '@semantic-release/commit-analyzer' ? `${clip(path)} decides, which is not run here.` : null;
}

function branchesIn(branches: unknown, defaultBranch: string): readonly unknown[] {
  if (branches === undefined || branches === null) return standardBranches(defaultBranch);
  return Array.isArray(branches) ? (branches as unknown[]) : [branches];
}

function importTag(config: Raw, place: Place): PolicyOverrides {
  const format = textAt(config, 'tagFormat', place);
  const tag = (format ?? 'v{version}').replace(/\$\{\s{0,5}version\s{0,5}\}|<%=\s{0,5}version\s{0,5}%>/g, '{version}');
  if (/\$\{|<%/.test(tag) || !tag.includes('{version}')) {
    place.ledger.cannot.push({
      key: 'tagFormat',
      says: `${shownValue(format)} has more than the version in it, so the tags that exist say how they are made`,
    });
    return {};
  }
  place.ledger.did.push({ key: 'tagFormat', says: `release.tag: ${clip(tag)}` });
  return { release: { tag } };
}

function importNotes(generator: Plugin | null, rules: SemanticReleaseRules, ledger: Ledger): PolicyOverrides {
  if (generator === null) return {};
  const { options } = generator;
  const at = 'release-notes-generator.presetConfig.types';
  if (valueAt(options, 'writerOpts') !== undefined)
    ledger.cannot.push({
      key: 'release-notes-generator.writerOpts',
      says: 'templates and functions of your own for the notes are not read; notes.template and notes.line say how they look',
    });
  const preset = valueAt(options, 'presetConfig');
  const list = isMap(preset) ? valueAt(preset, 'types') : undefined;
  if (!Array.isArray(list)) return {};
  const types = readTypes(list as unknown[], { ledger, at });
  const sections = sectionsOf(types, (type) => meaningOfType(rules, type), { ledger, at });
  if (sections.length === 0) return {};
  ledger.did.push({ key: at, says: `notes.sections: ${sections.map(({ title }) => clip(title)).join(', ')}` });
  return { notes: { sections } };
}

function importFiles(plugins: readonly Plugin[], ledger: Ledger): PolicyOverrides {
  const changelog = plugins.find(({ name }) => name === '@semantic-release/changelog');
  const git = plugins.find(({ name }) => name === '@semantic-release/git');
  const place = { ledger, at: 'changelog.' };
  const file = changelog === undefined ? null : (textAt(changelog.options, 'changelogFile', place) ?? 'CHANGELOG.md').replace(/^\.\//, '');
  if (file !== null) ledger.did.push({ key: 'plugin @semantic-release/changelog', says: `release.changelog: ${clip(file)}` });
  if (changelog !== undefined && valueAt(changelog.options, 'changelogTitle') !== undefined)
    ledger.cannot.push({ key: 'changelog.changelogTitle', says: 'the head of the changelog stays what it is in the file' });
  const assets = git === undefined ? [] : assetsIn(valueAt(git.options, 'assets')).filter((path) => path !== file);
  const files = assets.filter((path) => !/[*?{}!]/.test(path));
  if (git !== undefined) {
    if (files.length > 0) ledger.did.push({ key: 'plugin @semantic-release/git', says: `release.files: ${files.map(clip).join(', ')}` });
    for (const path of assets)
      if (!files.includes(path))
        ledger.cannot.push({ key: 'git.assets', says: `${shownValue(path)} is a pattern; release.files lists files by name` });
    ledger.cannot.push({
      key: 'plugin @semantic-release/git',
      says: 'a release commits nothing in `direct` mode here; with `release.mode: pull-request` the release pull request changes version files and changelog',
    });
  } else if (file !== null) {
    ledger.cannot.push({ key: 'plugin @semantic-release/changelog', says: 'the file is written in `release.mode: pull-request` only' });
  }
  return { release: { ...(file === null ? { changelog: null } : { changelog: file }), ...(files.length > 0 ? { files } : {}) } };
}

function assetsIn(value: unknown): string[] {
  if (value === undefined) return ['CHANGELOG.md', 'package.json'];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const paths = list.map((one) => (isMap(one) ? valueAt(one, 'path') : one)).filter((one) => typeof one === 'string');
  return paths.map((path) => path.replace(/^\.\//, ''));
}
