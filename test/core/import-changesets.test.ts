import { describe, expect, it } from 'vitest';
import { type ChangesetsSource, importChangesets } from '../../src/core/import/changesets.ts';
import { importedOf, keysOf, nodePackage, said } from '../support/imports.ts';

const PACKAGES = [
  nodePackage('packages/core', '@acme/core', '1.4.0'),
  nodePackage('packages/cli', '@acme/cli', '0.3.1', { dependencies: { '@acme/core': 'workspace:^' } }),
  nodePackage('packages/ui', '@acme/ui', '2.0.0'),
  nodePackage('examples/app', 'example-app', '0.0.1', { private: true }),
];

interface Case extends Omit<Partial<ChangesetsSource>, 'pre' | 'changesets'> {
  readonly pre?: object;
  readonly changesets?: Readonly<Record<string, string>>;
}

function outcomeOf(config: object | string, { pre, changesets = {}, ...more }: Case = {}) {
  return importChangesets({
    config: { path: '.changeset/config.json', text: typeof config === 'string' ? config : JSON.stringify(config) },
    pre: pre === undefined ? null : { path: '.changeset/pre.json', text: JSON.stringify(pre) },
    changesets: Object.entries(changesets).map(([name, text]) => ({ path: `.changeset/${name}.md`, text })),
    packages: PACKAGES,
    defaultBranch: 'main',
    ...more,
  });
}

function importOf(config: object, more: Case = {}) {
  return importedOf(outcomeOf(config, more));
}

const CONFIG = {
  $schema: 'https://unpkg.com/@changesets/config@3.1.1/schema.json',
  changelog: ['@changesets/changelog-github', { repo: 'acme/kit' }],
  commit: false,
  fixed: [],
  linked: [],
  access: 'public',
  baseBranch: 'main',
  updateInternalDependencies: 'patch',
  ignore: ['@acme/ui'],
};

describe('a workspace', () => {
  const { overrides, did, cannot, rules } = importOf(CONFIG);

  it('has its packages, tagged as changesets tags them', () => {
    expect(overrides.packages).toEqual([
      { name: '@acme/core', path: 'packages/core', tag: '{name}@{version}' },
      { name: '@acme/cli', path: 'packages/cli', tag: '{name}@{version}' },
    ]);
    expect(overrides.release).toEqual({
      mode: 'pull-request',
      before1: { breaking: 'major', feature: 'minor' },
      files: ['packages/core/package.json', 'packages/cli/package.json'],
    });
    expect(overrides.lines).toBeUndefined();
  });

  it('leaves out what is ignored or private', () => {
    expect(said(did, 'ignore')).toContain('@acme/ui at packages/ui is ignored');
    expect(said(did, 'privatePackages')).toContain('example-app at examples/app is private');
    expect(rules.packages.map(({ name, skipped, tagged }) => [name, skipped, tagged])).toEqual([
      ['@acme/core', false, true],
      ['@acme/cli', false, true],
      ['@acme/ui', true, true],
      ['example-app', false, false],
    ]);
  });

  it('tells what goes otherwise', () => {
    expect(keysOf(cannot)).toEqual(expect.arrayContaining(['access', '.changeset/*.md', 'dependents', 'versions', 'changelog']));
    expect(said(did, 'updateInternalDependencies')).toMatch(/^needs no setting/);
    expect(said(did, 'baseBranch')).toContain('main is the default branch');
  });

  it.each<[string, object, readonly [string, boolean, boolean]]>([
    ['are versioned but not tagged by older versions', {}, ['example-app', false, false]],
    ['are neither by newer ones', { $schema: 'https://unpkg.com/@changesets/config@4.0.0/schema.json' }, ['example-app', true, false]],
    ['are neither where that is said', { privatePackages: false }, ['example-app', true, false]],
    ['are both where that is said', { privatePackages: { version: true, tag: true } }, ['example-app', false, true]],
  ])('whose private packages %s', (_, more, expected) => {
    const { rules: read } = importOf({ ...CONFIG, ignore: [], ...more });
    expect(read.packages.filter(({ private: one }) => one).map(({ name, skipped, tagged }) => [name, skipped, tagged])).toEqual([expected]);
  });

  it('knows packages by globs', () => {
    const { rules: read, cannot: told } = importOf({
      ...CONFIG,
      ignore: ['@acme/*', '!@acme/cli'],
      fixed: [['@acme/c*'], 'x'],
      linked: [['nobody']],
    });
    expect(read.packages.filter(({ skipped }) => skipped).map(({ name }) => name)).toEqual(['@acme/core', '@acme/ui']);
    expect(read.fixed).toEqual([['@acme/core', '@acme/cli']]);
    expect(said(told, 'fixed[0]')).toContain('@acme/core, @acme/cli are always released together');
    expect(said(told, 'fixed[1]')).toContain('should be a list');
    expect(said(told, 'linked[0]')).toContain('no package of this repository');
  });

  it('without a package to release has none, and says so', () => {
    const { overrides: none, cannot: told } = importOf(CONFIG, { packages: [nodePackage('a', null, null)] });
    expect(none.packages).toBeUndefined();
    expect(said(told, 'packages')).toContain('no package.json');
  });
});

it('a single package has plain tags', () => {
  const { overrides, rules } = importOf(
    { ...CONFIG, baseBranch: 'origin/trunk', changelog: false },
    { packages: [nodePackage('.', 'kit', '1.0.0')] },
  );
  expect(overrides).toEqual({
    release: { mode: 'pull-request', before1: { breaking: 'major', feature: 'minor' }, tag: 'v{version}', changelog: null },
    lines: [{ branch: 'trunk' }],
  });
  expect(rules.single).toBe(true);
});

describe('change files', () => {
  const changesets = {
    'brave-lions': '---\n"@acme/core": minor\n\'@acme/cli\': patch\n---\n\nAdds lions.\n',
    'calm-seas': '---\r\n"@acme/core": major\r\n---\r\n\r\nCalms.\r\n',
    empty: '---\n---\n',
    odd: '---\n"@acme/core": huge\n---\nx',
    broken: '"@acme/core": minor\n\nno front matter',
    list: '---\n- a\n---\n',
  };

  it('that wait are what the comparison goes by', () => {
    const { rules, cannot } = importOf(CONFIG, { changesets });
    expect(rules.pending).toEqual([
      {
        path: '.changeset/brave-lions.md',
        releases: [
          { name: '@acme/core', bump: 'minor' },
          { name: '@acme/cli', bump: 'patch' },
        ],
      },
      { path: '.changeset/calm-seas.md', releases: [{ name: '@acme/core', bump: 'major' }] },
      { path: '.changeset/empty.md', releases: [] },
      { path: '.changeset/odd.md', releases: [] },
    ]);
    expect(said(cannot, '.changeset/odd.md')).toContain('"huge" for @acme/core');
    expect(said(cannot, '.changeset/broken.md')).toContain('is no change file');
    expect(said(cannot, '.changeset/list.md')).toContain('is no change file');
    expect(said(cannot, '.changeset/*.md')).toContain('release what waits (4 now)');
  });

  it('that a prerelease has had wait until its mode is left', () => {
    const pre = { mode: 'pre', tag: 'next', initialVersions: { '@acme/core': '1.4.0' }, changesets: ['brave-lions'] };
    const within = importOf(CONFIG, { changesets, pre });
    expect(within.rules.pending.map(({ path }) => path)).not.toContain('.changeset/brave-lions.md');
    expect(within.rules.pre).toEqual({ mode: 'pre', tag: 'next' });
    expect(within.overrides.lines).toEqual([{ branch: 'main', prerelease: 'next' }]);
    const left = importOf(CONFIG, { changesets, pre: { ...pre, mode: 'exit' } });
    expect(left.rules.pending.map(({ path }) => path)).toContain('.changeset/brave-lions.md');
    expect(left.overrides.lines).toBeUndefined();
  });

  it.each(['-', ' ', '\n', '---\n', '"a": '])('of 20,000 characters of %j end soon', (text) => {
    const from = performance.now();
    outcomeOf(CONFIG, { changesets: { long: `---\n${text.repeat(20_000 / text.length)}` } });
    expect(performance.now() - from).toBeLessThan(1_000);
  });
});

describe('the rest', () => {
  it.each<[object, string, RegExp]>([
    [{ changelog: './scripts/changelog.js' }, 'changelog', /is a program/],
    [{ commit: true }, 'commit', /messages of their own/],
    [{ snapshot: { useCalculatedVersion: true } }, 'snapshot', /not made here/],
    [{ lnked: [] }, 'lnked', /`linked`/],
    [{ fixed: 'all' }, 'fixed', /a list/],
  ])('%o is told', (config, key, says) => {
    expect(said(importOf({ ...CONFIG, ...config }).cannot, key)).toMatch(says);
  });

  it('that changes who depends on whom is kept for the comparison', () => {
    const { rules } = importOf({
      ...CONFIG,
      bumpVersionsWithWorkspaceProtocolOnly: true,
      ___experimentalUnsafeOptions_WILL_CHANGE_IN_PATCH: { updateInternalDependents: 'always' },
    });
    expect(rules).toMatchObject({ alwaysDependents: true, workspaceOnly: true });
  });

  it('cannot be read where a file is broken', () => {
    expect(outcomeOf('{')).toMatchObject({ ok: false, problems: [expect.stringMatching(/^\.changeset\/config\.json:1:/)] });
  });
});
