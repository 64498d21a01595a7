// How the four tools decide, as tables. Each was held to the published tool itself on public histories and generated cases before it was
// written down here; what is recorded of semantic-release's commit analyzer is held to it still.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ChangesetsSource, importChangesets } from '../../src/core/import/changesets.ts';
import { importReleaseDrafter } from '../../src/core/import/release-drafter.ts';
import { importReleasePlease } from '../../src/core/import/release-please.ts';
import type { NodePackage } from '../../src/core/import/report.ts';
import { importSemanticRelease } from '../../src/core/import/semantic-release.ts';
import { releaseOf } from '../../src/core/import/shadow.ts';
import type { ShadowRange } from '../../src/core/import/shadow-reading.ts';
import { readConventional } from '../../src/core/import/shadow-release-please.ts';
import { unitsOf } from '../../src/core/unit.ts';
import { commitsOf, type Sketch } from '../support/commits.ts';
import { importedOf, nodePackage } from '../support/imports.ts';

type Told = readonly (string | Sketch)[];

/** The range of some messages, oldest first; a text's first line is the subject, and after an empty line comes the body. */
function rangeOf(told: Told, last: string | null, more: Partial<ShadowRange> = {}): ShadowRange {
  const commits = commitsOf(
    told.map((one, index) => {
      if (typeof one !== 'string') return one;
      const [subject = '', ...body] = one.split('\n\n');
      return { id: `c${index}`, subject, body: body.join('\n\n') };
    }),
  );
  return { commits, units: unitsOf(commits, commits[0]?.sha ?? '').units, last, stable: null, branch: 'main', ...more };
}

function please(
  settings: object,
  told: Told,
  last: string | null = '1.2.3',
  more: Partial<ShadowRange> & { readonly manifest?: object } = {},
) {
  const { manifest, ...range } = more;
  const config = 'packages' in settings ? settings : { packages: { '.': settings } };
  const outcome = importReleasePlease({
    config: { path: 'c.json', text: JSON.stringify(config) },
    manifest: manifest === undefined ? null : { path: 'm.json', text: JSON.stringify(manifest) },
    inputs: {},
    packages: [],
    present: [],
    defaultBranch: 'main',
  });
  const { rules } = importedOf(outcome);
  const theirs = releaseOf(rules, rules.packages[0]?.name ?? null, rangeOf(told, last, range));
  if (theirs === null) throw new Error('it has no such package');
  return theirs;
}

describe('release-please', () => {
  it.each<[string, string, string | null]>([
    ['feat: a', 'feat', null],
    ['feat!: a', 'feat!', null],
    ['feat(ui)!: a', 'feat!', null],
    ['fix: a\n\nBREAKING CHANGE: b', 'fix!', null],
    ['fix: a\n\ntext\nBREAKING-CHANGE: b', 'fix!', null],
    ['fix: a\n\nwrite BREAKING CHANGE: when', 'fix', null],
    ['feat:a', 'feat', null],
    ['Feat: a', 'Feat', null],
    ['Add a thing', '', 'title'],
    ['Revert "feat: a"', '', 'title'],
    ['feat (ui): a', '', 'title'],
    ['✨ feat: a', '', 'title'],
    ['Merge pull request #5 from x/y\n\nfix: a', 'fix', 'title'],
    ['feat: a\n\nfix: b\n\nchore: c', 'chore feat fix', null],
    ['feat: a\n\n* feat!: b', 'feat', null],
    ['feat: a\n\nuses\nMIN(COALESCE(a, b))', '', 'MIN(COALESCE(a, b))'],
    ['feat: a\n\ncalls f(x) and g(y)', 'feat', null],
    ['feat: a\n\nSee (this (that)).', 'feat', null],
    ['fix: a\n\nCo-authored-by: B <b@c>\nfix(b)!: also this', 'Co-authored-by fix fix!', null],
    ['chore: a\n\nRelease-As: 3.0.0', 'Release-As chore@3.0.0', null],
    ['chore: a\n\nRelease-As: 3.0.0\nmore text', 'chore', null],
    ['chore: a\n\nBEGIN_COMMIT_OVERRIDE\nfeat: b\n\nfix: c\nEND_COMMIT_OVERRIDE', 'feat fix', null],
    ['chore: a\n\nBEGIN_NESTED_COMMIT\nfeat: b\nEND_NESTED_COMMIT', 'chore feat', null],
  ])('reads %j', (message, commits, dropped) => {
    const read = readConventional(message);
    expect(
      read.commits
        .map((one) => `${one.type}${one.breaking ? '!' : ''}${one.releaseAs === null ? '' : `@${one.releaseAs}`}`)
        .sort()
        .join(' '),
    ).toBe(commits);
    if (dropped === null) expect(read.dropped).toBeNull();
    else expect(read.dropped).toContain(dropped);
  });

  it.each(['(', ')', 'a(', ' ', '\n', '\n\n', ': ', 'feat: ', '!', 'a: b\n', '-', 'BREAKING CHANGE: ', 'BEGIN_NESTED_COMMIT'])(
    'ends soon on 20,000 characters of %j',
    (text) => {
      const from = performance.now();
      readConventional(`feat: x\n\n${text.repeat(20_000 / text.length)}`);
      readConventional(text.repeat(20_000 / text.length));
      expect(performance.now() - from).toBeLessThan(500);
    },
  );

  it.each<[string, object, Told, string | null, string | null]>([
    ['a fix', {}, ['fix: a'], '1.2.3', '1.2.4'],
    ['a feature and what it hides', {}, ['docs: a', 'feat: b', 'chore: c'], '1.2.3', '1.3.0'],
    ['only what it hides', {}, ['docs: a', 'chore: b', 'Add c'], '1.2.3', null],
    ['something breaking that it hides', {}, ['chore!: a'], '1.2.3', '2.0.0'],
    ['what it was told to show', { 'changelog-sections': [{ type: 'docs', section: 'D' }] }, ['docs: a', 'feat: b'], '1.2.3', '1.3.0'],
    ['what it was told nothing about', { 'changelog-sections': [{ type: 'docs', section: 'D' }] }, ['feat: b'], '1.2.3', null],
    ['anything, with the notes of GitHub', { 'changelog-type': 'github' }, ['chore: b'], '1.2.3', '1.2.4'],
    ['a break before 1.0', {}, ['feat!: a'], '0.3.1', '1.0.0'],
    ['a calm break before 1.0', { 'bump-minor-pre-major': true }, ['feat!: a'], '0.3.1', '0.4.0'],
    ['a calm feature before 1.0', { 'bump-patch-for-minor-pre-major': true }, ['feat: a'], '0.3.1', '0.3.2'],
    ['a feature and its revert, both of which it keeps', {}, ['feat: a', 'revert: feat: a'], '1.2.3', '1.3.0'],
    ['nothing before', {}, ['fix: a'], null, '1.0.0'],
    ['nothing before, of Python', { 'release-type': 'python', 'package-name': 'x' }, ['fix: a'], null, '0.1.0'],
    ['a version asked for, even backwards', {}, ['feat: a', 'chore: b\n\nRelease-As: 0.1.0'], '1.2.3', '0.1.0'],
    ['a version asked for by its settings', { 'release-as': '3.0.0' }, ['fix: a'], '1.2.3', '3.0.0'],
    ['always a patch', { versioning: 'always-bump-patch' }, ['feat!: a'], '1.2.3', '1.2.4'],
    ['always a major', { versioning: 'always-bump-major' }, ['fix: a'], '1.2.3', '2.0.0'],
    ['service packs', { versioning: 'service-pack' }, ['feat: a'], '1.2.3', '1.2.3-sp.1'],
    ['more service packs', { versioning: 'service-pack' }, ['feat: a'], '1.2.3-sp.4', '1.2.3-sp.5'],
    ['a prerelease', { versioning: 'prerelease', prerelease: true, 'prerelease-type': 'beta' }, ['feat: a'], '1.2.3', '1.3.0-beta'],
    [
      'one more prerelease',
      { versioning: 'prerelease', prerelease: true, 'prerelease-type': 'beta' },
      ['feat: a'],
      '1.3.0-beta',
      '1.3.0-beta.1',
    ],
    ['a counted prerelease', { versioning: 'prerelease', prerelease: true }, ['fix: a'], '1.3.0-beta01', '1.3.0-beta02'],
    ['a prerelease that breaks', { versioning: 'prerelease', prerelease: true }, ['feat!: a'], '1.3.0-beta.1', '2.0.0-beta.1'],
    ['the end of prereleases', { versioning: 'prerelease' }, ['fix: a'], '1.3.0-beta.4', '1.3.0'],
    ['a prerelease under the default strategy', {}, ['fix: a'], '1.3.0-beta.4', '1.3.1-beta.4'],
  ])('of %s makes %#', (_, settings, told, last, version) => {
    expect(please(settings, told, last).version).toBe(version);
  });

  it('goes by its manifest, not by the last tag', () => {
    expect(please({}, ['fix: a'], '1.2.3', { manifest: { '.': '1.4.0' } }).version).toBe('1.4.1');
  });

  const PACKAGE = { packages: { core: { component: 'core', 'exclude-paths': ['core/docs'] } } };

  it('counts to a package what touches it, and what touches nothing', () => {
    const told = [
      { id: 'a', subject: 'feat: elsewhere', files: ['cli/a.ts'] },
      { id: 'b', subject: 'fix: here', files: ['core/a.ts', 'cli/a.ts'] },
      { id: 'c', subject: 'feat: excluded', files: ['core/docs/a.md'] },
      { id: 'd', subject: 'fix: empty', files: [] },
    ];
    const theirs = please(PACKAGE, told);
    expect(theirs).toMatchObject({ version: '1.2.4', package: 'core', blind: [] });
    expect([...theirs.readings.values()].map(({ bump, says }) => `${bump}: ${says}`)).toEqual([
      'patch: reads it as `fix`, which makes a patch release',
      'none: leaves it out: it touches nothing but `exclude-paths`',
      'patch: reads it as `fix`, which makes a patch release',
    ]);
  });

  it('says so where paths or plugins are out of sight', () => {
    expect(please(PACKAGE, ['fix: a']).blind).toEqual([
      'The paths that its commits touch were not read, so all of them are counted to the package.',
    ]);
    expect(please({ packages: { '.': {} }, plugins: ['linked-versions'] }, ['fix: a']).blind).toEqual([
      'Its plugins linked-versions may change this version, which is not followed here.',
    ]);
  });
});

function semantic(config: object, told: Told, last: string | null = '1.2.3', more: Partial<ShadowRange> = {}) {
  const outcome = importSemanticRelease({ config: { path: '.releaserc', text: JSON.stringify(config) }, key: null, defaultBranch: 'main' });
  const theirs = releaseOf(importedOf(outcome).rules, null, rangeOf(told, last, more));
  if (theirs === null) throw new Error('it always has a word');
  return theirs;
}

const CONVENTIONAL = { preset: 'conventionalcommits' };
const ruled = (...releaseRules: object[]) => ({ releaseRules });

describe('semantic-release', () => {
  it.each<[string, object, Told, string | null]>([
    ['fixes', {}, ['fix: a'], '1.2.4'],
    ['features', {}, ['fix: a', 'feat(ui): b'], '1.3.0'],
    ['nothing else', {}, ['docs: a', 'chore: b', 'Add c', 'refactor: d'], null],
    ['breaking footers', {}, ['fix: a\n\nBREAKING CHANGE: b'], '2.0.0'],
    ['footers in small letters', {}, ['fix: a\n\nbreaking change: b'], '2.0.0'],
    ['`!` by its default preset', {}, ['feat!: a'], null],
    ['`!` by the other preset', CONVENTIONAL, ['feat!: a'], '2.0.0'],
    ['BREAKING-CHANGE by its default preset', {}, ['fix: a\n\nBREAKING-CHANGE: b'], '1.2.4'],
    ['BREAKING-CHANGE by the other preset', CONVENTIONAL, ['fix: a\n\nBREAKING-CHANGE: b'], '2.0.0'],
    ['capitals', {}, ['Feat: a'], null],
    ['shouting', {}, ['FEAT: a'], '1.3.0'],
    ['0.x like any other', {}, ['feat: a\n\nBREAKING CHANGE: b'], '2.0.0'],
    ['words of its own for breaking changes', { parserOpts: { noteKeywords: ['NEW EDITION'] } }, ['fix: a\n\nNEW EDITION: b'], '2.0.0'],
    ['rules for types', ruled({ type: 'docs', release: 'patch' }), ['docs: a'], '1.2.4'],
    ['rules for scopes', ruled({ type: 'docs', scope: 'README', release: 'patch' }), ['docs: a', 'docs(README): b'], '1.2.4'],
    ['rules with globs', ruled({ type: 'refactor', scope: 'core-*', release: 'minor' }), ['refactor(core-ui): a'], '1.3.0'],
    ['rules that silence', ruled({ scope: 'no-release', release: false }), ['feat(no-release): a'], null],
    ['the highest of its rules', ruled({ type: 'chore', release: 'minor' }, { type: 'chore', release: 'patch' }), ['chore: a'], '1.3.0'],
    ['its defaults where no rule matches', ruled({ type: 'chore', release: 'patch' }), ['feat: a'], '1.3.0'],
    ['calm breaking changes', ruled({ breaking: true, release: 'minor' }), ['fix: a\n\nBREAKING CHANGE: b'], '1.3.0'],
    ['[skip release]', {}, ['feat: a\n\n[skip release]'], null],
  ])('knows %s', (_, config, told, version) => {
    expect(semantic(config, told).version).toBe(version);
  });

  const SHA = commitsOf([{ id: 'x', subject: 'x' }])[0]?.sha ?? '';

  it.each<[string, Told, string | null]>([
    [
      'takes both out',
      [
        { id: 'x', subject: 'feat: a' },
        { id: 'y', subject: 'Revert "feat: a"', body: `This reverts commit ${SHA}.` },
      ],
      null,
    ],
    [
      'is a patch where what it names was released before',
      [{ id: 'y', subject: 'Revert "feat: b"', body: `This reverts commit ${SHA}.` }],
      '1.2.4',
    ],
    [
      'that was reverted leaves the feature',
      [
        { id: 'x', subject: 'feat: a' },
        { id: 'y', subject: 'Revert "feat: a"', body: `This reverts commit ${SHA}.` },
        { id: 'z', subject: 'Revert "Revert "feat: a""', body: `This reverts commit ${commitsOf([{ id: 'y', subject: '' }])[0]?.sha}.` },
      ],
      '1.3.0',
    ],
  ])('a revert %s', (_, told, version) => {
    expect(semantic({}, told).version).toBe(version);
  });

  it('says why it drops a commit', () => {
    const theirs = semantic(ruled({ type: 'docs', release: false }), ['feat!: a', 'Add b', 'wip: c', 'docs: d', 'feat: e']);
    expect([...theirs.readings.values()].map(({ says }) => says).reverse()).toEqual([
      'drops it: the angular preset has no `!`, so it sees no type there',
      'drops it: its title has no `type: `',
      'has no rule for `wip`',
      'its releaseRules say that type `docs` makes no release',
      'its rules say that type `feat` makes a minor release',
    ]);
  });

  const BRANCHES = { branches: ['main', { name: 'beta', prerelease: true }, { name: 'next', prerelease: 'rc' }] };

  it.each<[string, string, string | null, string | null, string]>([
    ['begins with 1.0.0', 'main', null, null, '1.0.0'],
    ['begins a prerelease line', 'beta', null, null, '1.0.0-beta.1'],
    ['prepares a version', 'beta', '1.2.3', null, '1.3.0-beta.1'],
    ['counts on', 'next', '1.3.0-rc.4', '1.2.3', '1.3.0-rc.5'],
    ['counts on under the name of its own line', 'next', '1.3.0-beta.4', '1.2.3', '1.3.0-rc.1'],
    ['follows the last stable version elsewhere', 'main', '1.3.0-rc.4', '1.2.3', '1.3.0'],
  ])('%s', (_, branch, last, stable, version) => {
    expect(semantic(BRANCHES, ['feat: a'], last, { branch, stable }).version).toBe(version);
  });

  it('is unknown where its rules are a program', () => {
    expect(semantic({ releaseRules: './rules.cjs' }, ['feat: a'])).toMatchObject({
      unknown: true,
      version: null,
      blind: [expect.stringContaining('a program')],
    });
  });

  it.each(['(', ')', 'a(', ' ', '\n', '|', '* ', 'Revert ', 'Revert "', 'This reverts commit a', ': '])(
    'ends soon on 20,000 characters of %j',
    (text) => {
      const from = performance.now();
      const long = text.repeat(20_000 / text.length);
      semantic(ruled({ message: '*a*b*', release: 'patch' }), [
        `Revert "${long}`,
        `fix(${long}): a\n\n${long}`,
        { id: 'x', subject: 'a', body: long },
      ]);
      expect(performance.now() - from).toBeLessThan(1_000);
    },
  );
});

const folder = process.env.SHIPLOCK_DATA_DIR ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const file = `${folder}/vectors/commit-analyzer.jsonl`;

interface Vector {
  readonly cfg: Readonly<Record<string, unknown>>;
  readonly commits?: readonly { readonly message: string }[];
  readonly error?: string;
  readonly result?: string | null;
}

describe.runIf(existsSync(file))(`what the commit analyzer answered (skipped where ${file} is not there)`, () => {
  const vectors = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Vector)
    : [];
  // Only those that its configuration alone decides: no error to start with, and no preset, patterns or rules that are programs.
  const decided = vectors.filter(
    ({ cfg, error }) =>
      error === undefined &&
      typeof cfg.releaseRules !== 'string' &&
      cfg.parserOpts === undefined &&
      cfg.config === undefined &&
      cfg.preset !== 'eslint',
  );

  it('has cases to tell', () => {
    expect(decided.length).toBeGreaterThanOrEqual(8);
  });

  it.each(decided.map((vector) => [JSON.stringify(vector.cfg), vector] as const))('%s', (_, { cfg, commits = [], result }) => {
    const told = [...commits].reverse().map(({ message }, index): Sketch => {
      const [subject = '', ...body] = message.split('\n\n');
      // The recorded revert names its target by a short hash, which is what its commits were called there.
      return { id: `v${index}`, subject, body: body.join('\n\n').replace('df012f3', commitsOf([{ id: 'v0', subject: '' }])[0]?.sha ?? '') };
    });
    expect(semantic(cfg, told).bump).toBe(result ?? 'none');
  });
});

function drafter(config: object, told: Told, last: string | null = '1.2.3', more: Partial<ShadowRange> = {}) {
  const outcome = importReleaseDrafter({
    config: { path: 'r.yml', text: JSON.stringify(config) },
    inputs: {},
    repository: null,
    defaultBranch: 'main',
  });
  const theirs = releaseOf(importedOf(outcome).rules, null, rangeOf(told, last, more));
  if (theirs === null) throw new Error('it always has a word');
  return theirs;
}

describe('release-drafter', () => {
  const TITLES = {
    categories: [
      { title: 'Breaking', 'semver-increment': 'major', exclusive: true, when: { conventional: { breaking: true } } },
      { title: 'New', 'semver-increment': 'minor', when: { conventional: { type: 'feat' } } },
      { title: 'API', 'semver-increment': 'minor', when: { conventional: { scopes: ['api'] } } },
      { title: 'Docs', when: { paths: ['docs/', '*.md'], 'paths-mode': 'only' } },
      { type: 'pre-exclude', when: { conventional: { types: ['chore'] } } },
    ],
  };

  it.each<[string, object, Told, string]>([
    ['titles that its categories ask for', TITLES, ['fix: a (#1)', 'feat: b (#2)'], '1.3.0'],
    ['breaking titles', TITLES, ['feat!: a (#1)'], '2.0.0'],
    ['scopes', TITLES, ['fix(api): a (#1)'], '1.3.0'],
    ['what is excluded as if it were not there', TITLES, ['chore!: a (#1)'], '1.2.4'],
    ['no commit outside of a pull request', TITLES, ['feat: a'], '1.2.4'],
    ['nothing, and drafts all the same', TITLES, [], '1.2.4'],
    [
      'its default where labels would decide',
      { 'version-resolver': { major: { labels: ['x'] }, default: 'minor' } },
      ['fix: a (#1)'],
      '1.3.0',
    ],
    ['the uncategorised', { categories: [{ title: 'Rest', 'semver-increment': 'minor' }] }, ['Any (#1)'], '1.3.0'],
    ['its tag template', { 'tag-template': 'v$NEXT_MAJOR_VERSION' }, ['fix: a (#1)'], '2.0.0'],
  ])('knows %s', (_, config, told, version) => {
    expect(drafter(config, told).version).toBe(version);
  });

  it('does not know labels from a clone, and says so', () => {
    const theirs = drafter({ 'version-resolver': { minor: { labels: ['feature'] } } }, ['feat: a (#1)', 'fix: b (#2)', 'docs: c']);
    expect(theirs.blind).toEqual([
      'Labels are not in a clone, so what they say is not counted: where nothing else decides it takes its default, patch.',
    ]);
    expect([...theirs.readings.values()].map(({ bump }) => bump)).toEqual([null, null, 'none']);
  });

  it('says which category has a pull request, and what keeps one out', () => {
    const theirs = drafter(TITLES, [
      { id: 'a', subject: 'feat: a (#1)', files: ['src/a.ts'] },
      { id: 'b', subject: 'chore: b (#2)', files: ['src/a.ts'] },
      'docs: c (#3)',
      { id: 'd', subject: 'More words (#4)', files: ['docs/a.txt', 'README.md'] },
    ]);
    expect([...theirs.readings.values()].map(({ says }) => says).reverse()).toEqual([
      'has it in `New`, which makes a minor release',
      'leaves it out: a category excludes it',
      'goes by its paths, which were not read',
      'has it in `Docs`, which makes a patch release',
    ]);
  });

  it.each<[string, object, string | null, string | null, string]>([
    ['begins with 0.0.1', {}, null, null, '0.0.1'],
    ['counts prereleases from 0', { 'prerelease-identifier': 'rc' }, '1.2.3', null, '1.2.4-rc.0'],
    ['counts prereleases on', { 'prerelease-identifier': 'rc' }, '1.2.4-rc.3', '1.2.3', '1.2.4-rc.4'],
    ['begins under another name', { 'prerelease-identifier': 'rc' }, '1.2.4-beta.3', '1.2.3', '1.2.4-rc.0'],
    ['follows the last stable version', {}, '1.3.0-rc.1', '1.2.3', '1.2.4'],
  ])('%s', (_, config, last, stable, version) => {
    expect(drafter(config, ['fix: a (#1)'], last, { stable }).version).toBe(version);
  });
});

interface Workspace extends Omit<Partial<ChangesetsSource>, 'config' | 'pre'> {
  readonly config?: object;
  readonly pre?: object;
  readonly files?: Readonly<Record<string, string>>;
}

function changesets(name: string | null, packages: readonly NodePackage[], { config = {}, pre, files = {} }: Workspace, told: Told = []) {
  const outcome = importChangesets({
    config: { path: '.changeset/config.json', text: JSON.stringify(config) },
    pre: pre === undefined ? null : { path: '.changeset/pre.json', text: JSON.stringify(pre) },
    changesets: Object.entries(files).map(([id, front]) => ({ path: `.changeset/${id}.md`, text: `---\n${front}\n---\n\nx\n` })),
    packages,
    defaultBranch: 'main',
  });
  const theirs = releaseOf(importedOf(outcome).rules, name, rangeOf(told, null));
  if (theirs === null) throw new Error('it always has a word');
  return theirs;
}

describe('changesets', () => {
  const on = (range: string) => ({ dependencies: { a: range } });
  const TWO = (range: string) => [nodePackage('a', 'a', '1.2.3'), nodePackage('b', 'b', '0.4.0', on(range))];

  it.each<[string, string, readonly NodePackage[], Workspace, string | null]>([
    ['the highest of its files', 'a', TWO('^1.0.0'), { files: { x: 'a: patch', y: 'a: minor', z: 'b: major' } }, '1.3.0'],
    ['nothing without a file', 'a', TWO('^1.0.0'), { files: { x: 'b: minor' } }, null],
    ['nothing for none', 'a', TWO('^1.0.0'), { files: { x: 'a: none' } }, null],
    ['0.x like any other', 'b', TWO('^1.0.0'), { files: { x: 'b: major' } }, '1.0.0'],
    ['no dependent whose range still holds', 'b', TWO('^1.0.0'), { files: { x: 'a: minor' } }, null],
    ['a dependent whose range is left', 'b', TWO('^1.0.0'), { files: { x: 'a: major' } }, '0.4.1'],
    ['a dependent on the very version', 'b', TWO('workspace:*'), { files: { x: 'a: patch' } }, '0.4.1'],
    ['a dependent on the workspace', 'b', TWO('workspace:~'), { files: { x: 'a: minor' } }, '0.4.1'],
    ['no dependent that takes it from elsewhere', 'b', TWO('^0.9.0'), { files: { x: 'a: major' } }, null],
    ['no dependent by a tag', 'b', TWO('latest'), { files: { x: 'a: major' } }, null],
    [
      'no dependent without the protocol',
      'b',
      TWO('^1.0.0'),
      { config: { bumpVersionsWithWorkspaceProtocolOnly: true }, files: { x: 'a: major' } },
      null,
    ],
    [
      'every dependent, if so told',
      'b',
      TWO('^1.0.0'),
      { config: { ___experimentalUnsafeOptions_WILL_CHANGE_IN_PATCH: { updateInternalDependents: 'always' } }, files: { x: 'a: patch' } },
      '0.4.1',
    ],
    ['fixed packages as one', 'b', TWO('^1.0.0'), { config: { fixed: [['a', 'b']] }, files: { x: 'a: minor' } }, '1.3.0'],
    [
      'linked packages at one version',
      'b',
      TWO('^1.0.0'),
      { config: { linked: [['*']] }, files: { x: 'a: minor', y: 'b: patch' } },
      '1.3.0',
    ],
    ['linked packages only where they are released', 'b', TWO('^1.0.0'), { config: { linked: [['*']] }, files: { x: 'a: minor' } }, null],
    ['no package that is ignored', 'a', TWO('^1.0.0'), { config: { ignore: ['a'] }, files: { x: 'a: minor' } }, null],
    ['prereleases', 'a', TWO('^1.0.0'), { pre: { mode: 'pre', tag: 'next' }, files: { x: 'a: minor' } }, '1.3.0-next.0'],
  ])('releases %s', (_, name, packages, workspace, version) => {
    expect(changesets(name, packages, workspace).version).toBe(version);
  });

  it('counts prereleases on, and ends them', () => {
    const packages = [nodePackage('a', 'a', '1.3.0-next.2')];
    expect(
      changesets('a', packages, { pre: { mode: 'pre', tag: 'next', changesets: ['old'] }, files: { old: 'a: minor', new: 'a: patch' } })
        .version,
    ).toBe('1.3.0-next.3');
    expect(changesets('a', packages, { pre: { mode: 'exit', tag: 'next', changesets: ['old'] }, files: { old: 'a: minor' } }).version).toBe(
      '1.3.0',
    );
    expect(changesets('a', packages, { pre: { mode: 'exit', tag: 'next' } }).version).toBe('1.3.0');
  });

  it('has a single package without a name of ours', () => {
    expect(changesets(null, [nodePackage('.', 'kit', '1.0.0')], { files: { x: 'kit: minor' } })).toMatchObject({
      package: null,
      version: '1.1.0',
    });
  });

  it('knows of a change by the file that it brought', () => {
    const told = [
      { id: 'a', subject: 'Add a (#1)', files: ['a/x.ts', '.changeset/x.md'] },
      { id: 'b', subject: 'Fix b (#2)', files: ['b/x.ts', '.changeset/y.md'] },
      { id: 'c', subject: 'Fix c (#3)', files: ['a/x.ts'] },
    ];
    const theirs = changesets('a', TWO('^1.0.0'), { files: { x: 'a: minor', y: 'b: patch' } }, told);
    expect([...theirs.readings.values()].map(({ bump, says }) => `${bump}: ${says}`).reverse()).toEqual([
      'minor: has x.md for it',
      'none: has y.md for it, which is for other packages',
      'none: knows nothing of it: it brought no change file',
    ]);
  });

  it('says so where a file is for a package that there is not, and where paths were not read', () => {
    const { blind } = changesets('a', TWO('^1.0.0'), { files: { x: 'gone: minor' } }, ['fix: a']);
    expect(blind[0]).toContain('gone, which is no package');
    expect(blind[1]).toContain('were not read');
  });
});
