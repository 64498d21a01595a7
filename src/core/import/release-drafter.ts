// release-drafter's configuration (.github/release-drafter.yml, versions 5 to 7) → our settings, and how it decides.
// https://github.com/release-drafter/release-drafter#configuration-options

import type { PolicyOverrides } from '../policy/overrides.ts';
import { branchPattern } from './branches.ts';
import { clip, isMap, type Place, type Raw, readMap, shownValue, tellUnknown, textAt, valueAt } from './config.ts';
import { importAutolabeler } from './drafter-autolabeler.ts';
import { categoriesIn, type DrafterCategory, type Increment } from './drafter-categories.ts';
import { importCategories, meaningsOf } from './drafter-labels.ts';
import { fixedIncrement, lineTemplateOf, notesTemplateOf, tagTemplateOf } from './drafter-templates.ts';
import { type ImportOutcome, joinOverrides, openLedger, type SourceFile } from './report.ts';

export interface ReleaseDrafterRules {
  readonly tool: 'release-drafter';
  readonly categories: readonly DrafterCategory[];
  /** Both are needed for it to count prereleases. */
  readonly prerelease: boolean;
  readonly identifier: string | null;
  /** The level that its tag template takes whatever the labels say; null: what they say. */
  readonly fixed: Increment | null;
}

export interface ReleaseDrafterSource {
  readonly config: SourceFile;
  /** Inputs of the action's step in a workflow, which go over the file. */
  readonly inputs: Raw;
  readonly repository: { readonly owner: string; readonly name: string } | null;
  readonly defaultBranch: string;
}

const READ = [
  'template',
  'tag-template',
  'change-template',
  'categories',
  'version-resolver',
  'autolabeler',
  'exclude-labels',
  'include-labels',
].concat([
  'exclude-paths',
  'include-paths',
  'prerelease',
  'prerelease-identifier',
  'header',
  'footer',
  'commitish',
  'tag-prefix',
  'version-template',
]);

const WITHOUT: Readonly<Record<string, string>> = {
  'name-template': 'the name of the GitHub release is no setting here',
  'category-template': 'headings of sections are of the third level here',
  'no-changes-template': 'a range without changes is told in a sentence of its own here',
  'no-contributors-template': 'a range without contributors names none here',
  'no-new-contributor-template': 'a range without new contributors names none here',
  'new-contributor-template': 'how new contributors are told is no setting here',
  'change-author-template': 'people are written as @login here, or by their name',
  'change-authors-separator': 'people are told as "a, b and c" here',
  'change-authors-final-separator': 'people are told as "a, b and c" here',
  'exclude-contributors': 'bots are never named here; which people are is no setting',
  'sort-by': 'changes stand newest first here',
  'sort-direction': 'changes stand newest first here',
  replacers: 'the notes are not searched and replaced here',
  'include-pre-releases': 'a stable release follows the last stable one here',
  'filter-by-range': 'which release a line follows is read off its branch here',
  latest: 'only the highest stable version is called the latest here, by itself',
  _extends: 'a configuration of another repository is not read: put its keys into this file and import again',
};

const NEEDLESS: Readonly<Record<string, string>> = {
  'change-title-escapes': 'titles are always made harmless here',
  'filter-by-commitish': 'a line follows the last release of its own branch here',
  'pull-request-limit': 'the range is read here as a whole',
  'history-limit': 'the range is read here as a whole',
  'initial-commits-since': 'before the first release the whole history is read here',
  references: 'the branches of `lines` are all that releases are made from here',
};

export function importReleaseDrafter(source: ReleaseDrafterSource): ImportOutcome<ReleaseDrafterRules> {
  const read = readMap(source.config);
  if (!read.ok) return read;
  const ledger = openLedger();
  const place = { ledger, at: '' };
  for (const slip of read.slips) ledger.cannot.push({ key: 'the file', says: slip });
  tellUnknown(read.map, [...READ, ...Object.keys(WITHOUT), ...Object.keys(NEEDLESS)], place, 'release-drafter');
  const config = withInputs(read.map, source.inputs);
  tellWithout(config, place);
  const publishes = source.inputs.publish === true || source.inputs.publish === 'true';
  ledger.did.push(publishes ? { key: 'publish', says: 'release.mode: direct' } : { key: 'the draft release', says: 'release.mode: draft' });
  const categories = categoriesIn(config, place);
  const template = textAt(config, 'tag-template', place);
  const identifier = textAt(config, 'prerelease-identifier', place) || null;
  const overrides = joinOverrides(
    { release: { mode: publishes ? 'direct' : 'draft', before1: { breaking: 'major', feature: 'minor' } } },
    importTag(template, config, place),
    importCategories(categories, ledger),
    importAutolabeler(config, meaningsOf(categories).labels, place),
    importTemplates(config, source, place),
    importLines(config, identifier, source, place),
  );
  ledger.did.push({
    key: 'versions below 1.0',
    says: 'release.before-1.0: { breaking: major, feature: minor }, as release-drafter raises them like any other',
  });
  ledger.cannot.push(
    {
      key: 'titles',
      says: 'say nothing to release-drafter unless a category asks for them; here title and commits are read as well as labels, and a label that says less than the title is disputed until a person settles it',
    },
    {
      key: 'labels that it does not list',
      says: 'say nothing there; here the built-in labels keep their meaning, and `null` under classify.labels takes one out',
    },
    { key: 'the first version', says: 'is 0.0.0 raised once there; release.initial says it here' },
  );
  const prerelease = flagOf(valueAt(config, 'prerelease')) ?? identifier !== null;
  const rules: ReleaseDrafterRules = { tool: 'release-drafter', categories, prerelease, identifier, fixed: fixedIncrement(template) };
  return { ok: true, imported: { overrides, did: ledger.did, cannot: ledger.cannot, rules } };
}

/** Inputs that go over the keys of the file; an expression is known only while the workflow runs. */
function withInputs(config: Raw, inputs: Raw): Raw {
  const given = [
    'prerelease',
    'prerelease-identifier',
    'commitish',
    'header',
    'footer',
    'latest',
    'include-pre-releases',
    'filter-by-range',
  ].flatMap((key) => {
    const value = valueAt(inputs, key);
    return value === undefined || value === '' || String(value).includes('${') ? [] : [[key, value] as const];
  });
  return { ...config, ...Object.fromEntries(given) };
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
  for (const [index, entry] of (Array.isArray(config.categories) ? (config.categories as unknown[]) : []).entries()) {
    if (isMap(entry) && typeof entry['collapse-after'] === 'number' && entry['collapse-after'] >= 0) {
      ledger.cannot.push({
        key: `categories[${index}].collapse-after`,
        says: 'long sections are not folded here; the bumps of one dependency are told as one',
      });
    }
  }
}

function flagOf(value: unknown): boolean | null {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : null;
}

function importTag(template: string | null, config: Raw, place: Place): PolicyOverrides {
  const { ledger } = place;
  const version = textAt(config, 'version-template', place);
  if (version !== null && version.replace(/\$PRERELEASE$/, '') !== '$MAJOR.$MINOR.$PATCH') {
    ledger.cannot.push({ key: 'version-template', says: `${shownValue(version)} is no semantic version, and versions here are` });
  }
  const prefix = textAt(config, 'tag-prefix', place);
  if (template === null) {
    if (prefix === null) return {};
    ledger.did.push({ key: 'tag-prefix', says: `release.tag: ${clip(prefix)}{version}` });
    return { release: { tag: `${prefix}{version}` } };
  }
  const tag = tagTemplateOf(template);
  if (!tag.ok) {
    ledger.cannot.push({ key: 'tag-template', says: `${shownValue(template)} ${tag.says}, so the tags that exist say how they are made` });
    return {};
  }
  ledger.did.push({ key: prefix === null ? 'tag-template' : 'tag-template, tag-prefix', says: `release.tag: ${clip(tag.text)}` });
  const fixed = fixedIncrement(template);
  if (fixed !== null)
    ledger.cannot.push({
      key: 'tag-template',
      says: `${shownValue(template)} makes every release a ${fixed} release, whatever the labels say; here they say it`,
    });
  return { release: { tag: tag.text } };
}

function importTemplates(config: Raw, source: ReleaseDrafterSource, place: Place): PolicyOverrides {
  const { ledger } = place;
  const notes: { template?: string; line?: string } = {};
  const line = textAt(config, 'change-template', place);
  const change = line === null ? null : lineTemplateOf(line);
  if (change?.ok === true) {
    notes.line = change.text;
    ledger.did.push({ key: 'change-template', says: `notes.line: ${clip(change.text)} ({subject} is the title without its type)` });
  } else if (change !== null) ledger.cannot.push({ key: 'change-template', says: `${change.says}; the built-in line is used` });
  const body = textAt(config, 'template', place);
  if (body === null || body.trim() === '') return Object.keys(notes).length === 0 ? {} : { notes };
  const parts = [textAt(config, 'header', place) ?? '', body, textAt(config, 'footer', place) ?? ''];
  const tag = tagTemplateOf(textAt(config, 'tag-template', { ledger: openLedger(), at: '' }) ?? '');
  const whole = notesTemplateOf(parts.join(''), { tag: tag.ok ? tag.text : null, repository: source.repository });
  if (whole.ok) {
    notes.template = whole.text;
    ledger.did.push({
      key: 'template',
      says: 'notes.template, in our words: {changes}, {contributors}, {compare}, {previous}, {tag}, {version}',
    });
  } else ledger.cannot.push({ key: 'template', says: `${whole.says}; the built-in layout is used` });
  return Object.keys(notes).length === 0 ? {} : { notes };
}

function importLines(config: Raw, identifier: string | null, { defaultBranch }: ReleaseDrafterSource, place: Place): PolicyOverrides {
  const { ledger } = place;
  const target = textAt(config, 'commitish', place)?.replace(/^refs\/heads\//, '') ?? '';
  const branch = target === '' || target.startsWith('refs/') || /^[0-9a-f]{40}$/.test(target) ? defaultBranch : target;
  if (target !== '' && branch !== target)
    ledger.cannot.push({ key: 'commitish', says: `${shownValue(target)} is no branch; releases are made from branches here` });
  if (identifier !== null && flagOf(valueAt(config, 'prerelease')) !== false) {
    ledger.did.push({
      key: 'prerelease-identifier',
      says: `lines: ${clip(branch)} makes ${clip(identifier)} prereleases, counted from 1, where release-drafter counts from 0`,
    });
    return { lines: [{ branch: branchPattern(branch), prerelease: identifier }] };
  }
  if (flagOf(valueAt(config, 'prerelease')) === true) {
    ledger.cannot.push({
      key: 'prerelease',
      says: 'without an identifier it marks a release with a stable number as prerelease; here the number says what it is',
    });
  }
  if (branch === defaultBranch) return {};
  ledger.did.push({ key: 'commitish', says: `lines: ${clip(branch)}` });
  return { lines: [{ branch: branchPattern(branch) }] };
}
