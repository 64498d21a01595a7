import { describe, expect, it } from 'vitest';
import { importReleasePlease, type ReleasePleaseSource } from '../../src/core/import/release-please.ts';
import { applyOverrides } from '../../src/core/policy/overrides.ts';
import { importedOf, keysOf, nodePackage, said } from '../support/imports.ts';

type Case = Omit<Partial<ReleasePleaseSource>, 'config' | 'manifest'> & { readonly manifest?: object };

function outcomeOf(config: object | string | null, { manifest, ...more }: Case = {}) {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  return importReleasePlease({
    config: config === null ? null : { path: 'release-please-config.json', text },
    manifest: manifest === undefined ? null : { path: '.release-please-manifest.json', text: JSON.stringify(manifest) },
    inputs: {},
    present: [],
    packages: [nodePackage('.', '@acme/web-kit', '2.3.0')],
    defaultBranch: 'main',
    ...more,
  });
}

function importOf(config: object | string | null, more: Case = {}) {
  return importedOf(outcomeOf(config, more));
}

const ROOT = { packages: { '.': {} } };

describe('a repository with one package', () => {
  it('keeps the release pull request, the way it counts before 1.0, and the first version', () => {
    const { overrides } = importOf({ ...ROOT, 'release-type': 'node' });
    expect(overrides.release).toMatchObject({
      mode: 'pull-request',
      before1: { breaking: 'major', feature: 'minor' },
      initial: '1.0.0',
      files: ['package.json'],
    });
    expect(overrides.packages).toBeUndefined();
  });

  it.each<[string, object, string | null | undefined]>([
    ['of a Node package begin with its name without the scope', {}, 'web-kit-v{version}'],
    ['are plain where the component is left out', { 'include-component-in-tag': false }, 'v{version}'],
    ['have no v where that is left out, too', { 'include-component-in-tag': false, 'include-v-in-tag': false }, '{version}'],
    ['take the component over the name', { component: 'kit' }, 'kit-v{version}'],
    ['take the separator', { component: 'kit', 'tag-separator': '@', 'include-v-in-tag': false }, 'kit@{version}'],
    ['of a type without names are plain', { 'release-type': 'simple' }, 'v{version}'],
    ['of a named package of another type begin with the name', { 'release-type': 'python', 'package-name': 'acme' }, 'acme-v{version}'],
    ['are read off the repository where only Cargo.toml knows the name', { 'release-type': 'rust' }, undefined],
  ])('whose tags %s', (_, settings, tag) => {
    const { overrides, cannot } = importOf({ ...ROOT, ...settings });
    expect(overrides.release?.tag).toBe(tag);
    expect(said(cannot, 'include-component-in-tag') !== '').toBe(tag === undefined);
  });

  it.each<[object, object]>([
    [{ 'bump-minor-pre-major': true }, { breaking: 'minor', feature: 'minor' }],
    [{ 'bump-patch-for-minor-pre-major': true }, { breaking: 'major', feature: 'patch' }],
    [
      { 'bump-minor-pre-major': true, 'bump-patch-for-minor-pre-major': true },
      { breaking: 'minor', feature: 'patch' },
    ],
  ])('%o', (settings, before1) => {
    expect(importOf({ packages: { '.': settings } }).overrides.release?.before1).toEqual(before1);
  });

  it.each<[object, string]>([
    [{ 'initial-version': '0.3.0' }, '0.3.0'],
    [{ 'initial-version': 'soon' }, '1.0.0'],
    [{ 'release-type': 'python', 'package-name': 'x', 'initial-version': '0.3.0' }, '0.1.0'],
  ])('begins where %o says', (settings, initial) => {
    expect(importOf({ ...ROOT, ...settings }).overrides.release?.initial).toBe(initial);
  });
});

describe('commit types', () => {
  it('that are hidden by default make no release, and neither does what follows no convention', () => {
    const { overrides } = importOf(ROOT);
    expect(overrides.classify).toEqual({ types: { chore: 'none', refactor: 'none', build: 'none' }, unrecognised: 'none' });
    expect(overrides.notes).toBeUndefined();
  });

  const sections = [
    { type: 'feat', section: '🚀 Features' },
    { type: 'fix', section: '🐛 Bug fixes' },
    { type: 'deps', section: 'Dependencies' },
    { type: 'docs', section: 'Documentation' },
    { type: 'refactor', section: 'Maintenance' },
    { type: 'chore', section: 'Maintenance' },
    { type: 'test', section: 'Tests', hidden: true },
    { type: 'perf', section: 'Speed', hidden: false },
  ];

  it('that are listed mean what they make, and those of the standard that are not make none', () => {
    const { overrides, cannot } = importOf({ ...ROOT, 'changelog-sections': sections });
    const { types } = applyOverrides(overrides).classify;
    expect(types).toMatchObject({
      feat: 'feature',
      fix: 'bug',
      deps: 'dependency',
      docs: 'documentation',
      refactor: 'maintenance',
      chore: 'maintenance',
      test: 'none',
      perf: 'performance',
    });
    expect(types).toMatchObject({ revert: 'none', build: 'none', feature: 'feature', style: 'none', ci: 'none' });
    expect(said(cannot, 'changelog-sections')).toContain('Here feature, bugfix, hotfix, security, sec keep their meanings');
  });

  it('give the notes their sections, breaking changes first and nothing lost', () => {
    const { overrides } = importOf({ packages: { '.': { 'changelog-sections': sections } } });
    expect(overrides.notes?.sections).toEqual([
      { title: '⚠ BREAKING CHANGES', of: ['breaking'] },
      { title: '🚀 Features', of: ['feature'] },
      { title: '🐛 Bug fixes', of: ['bug', 'security', 'compatibility', 'stability'] },
      { title: 'Dependencies', of: ['dependency'] },
      { title: 'Documentation', of: ['documentation'] },
      { title: 'Maintenance', of: ['maintenance'] },
      { title: 'Speed', of: ['performance'] },
    ]);
  });

  it('of one meaning share the first section, which is told', () => {
    const { overrides, cannot } = importOf({
      ...ROOT,
      'changelog-sections': [
        { type: 'fix', section: 'Fixes' },
        { type: 'refactor', section: 'Refactoring' },
        { type: 'build', section: 'Build' },
      ],
    });
    expect(overrides.notes?.sections?.map(({ title }) => title)).toEqual(['⚠ BREAKING CHANGES', 'Fixes', 'Refactoring', 'Other changes']);
    expect(said(cannot, 'changelog-sections')).toContain('`build` is listed under "Refactoring", not "Build"');
  });

  it('that are no entries are told one by one', () => {
    const { cannot } = importOf({ ...ROOT, 'changelog-sections': ['feat', { section: 'x' }, { type: 'fix', section: 'F', scope: 'ui' }] });
    expect(keysOf(cannot)).toEqual(
      expect.arrayContaining(['changelog-sections[0]', 'changelog-sections[1]', 'changelog-sections[2].scope']),
    );
  });
});

describe('files', () => {
  it.each<[string, object, readonly string[]]>([
    ['a release type', { 'release-type': 'helm' }, ['Chart.yaml']],
    ['a version file', { 'release-type': 'ruby', 'version-file': 'lib/acme/version.rb' }, ['lib/acme/version.rb']],
    [
      'extra files by name, and their types',
      {
        'extra-files': [
          'src/version.ts',
          { type: 'yaml', path: 'chart/Chart.yaml', jsonpath: '$.appVersion' },
          { type: 'generic', path: '/docs/install.md' },
        ],
      },
      ['package.json', 'src/version.ts', 'chart/Chart.yaml#appVersion', 'docs/install.md'],
    ],
    ['no pattern', { 'extra-files': [{ type: 'generic', path: 'docs/*.md', glob: true }, { type: 'json' }] }, ['package.json']],
  ])('of %s', (_, settings, files) => {
    expect(importOf({ ...ROOT, ...settings }).overrides.release?.files).toEqual(files);
  });

  it.each<[string, string]>([
    ['$.version', 'a.json#version'],
    ['$.app.versions[0]', 'a.json#app.versions[0]'],
    ['$["a.b"].c', 'a.json#["a.b"].c'],
    ["$['x-y']", 'a.json#x-y'],
    ['$..version', 'a.json'],
    ['$.packages[*].version', 'a.json'],
    ['$.packages[?(@.name=="a")].version', 'a.json'],
  ])('of which a key is named by the JSONPath %s', (jsonpath, entry) => {
    const { overrides, cannot } = importOf({ ...ROOT, 'extra-files': [{ type: 'json', path: 'a.json', jsonpath }] });
    expect(overrides.release?.files).toEqual(['package.json', entry]);
    expect(said(cannot, 'extra-files[0]') === '').toBe(entry.includes('#'));
  });

  it('that only some packages have are listed where they are', () => {
    const packages = {
      'packages/a': {},
      crate: { 'release-type': 'rust', 'package-name': 'c' },
      py: { 'release-type': 'python', 'package-name': 'p' },
    };
    const present = ['packages/a/package-lock.json', 'crate/Cargo.lock', 'py/setup.cfg', 'package-lock.json'];
    expect(importOf({ packages }, { present }).overrides.release?.files).toEqual([
      'packages/a/package.json',
      'packages/a/package-lock.json',
      'crate/Cargo.toml',
      'crate/Cargo.lock',
      'py/setup.cfg',
    ]);
  });

  it.each<[string, object, string, RegExp]>([
    [
      'an XPath',
      { 'extra-files': [{ type: 'xml', path: 'a.xml', xpath: '//version' }] },
      'extra-files[0]',
      /"\/\/version" leads to no single key/,
    ],
    ['a pattern', { 'extra-files': [{ type: 'generic', path: 'b/*', glob: true }] }, 'extra-files[0]', /is a pattern/],
    ['nothing', { 'extra-files': [7] }, 'extra-files[0]', /names no file/],
    ['a type that is not known', { 'release-type': 'java-yoshi' }, 'release-type', /"java-yoshi"/],
    ['a file of which only the type knows the place', { 'release-type': 'maven' }, 'release-type', /where pom\.xml has its version/],
  ])('that are told by %s are told', (_, settings, key, says) => {
    expect(said(importOf({ ...ROOT, ...settings }).cannot, key)).toMatch(says);
  });

  it.each<[object, string | null | undefined]>([
    [{ 'changelog-path': 'docs/CHANGES.md' }, 'docs/CHANGES.md'],
    [{ 'changelog-path': '/HISTORY.md' }, 'HISTORY.md'],
    [{ 'skip-changelog': true }, null],
    [{}, 'CHANGELOG.md'],
  ])('changelog of %o', (settings, changelog) => {
    expect(importOf({ packages: { '.': settings } }).overrides.release?.changelog).toBe(changelog);
  });
});

describe('a monorepo', () => {
  const config = {
    'release-type': 'node',
    'bump-minor-pre-major': true,
    'separate-pull-requests': true,
    plugins: ['node-workspace', { type: 'linked-versions', groupName: 'core', components: ['a', 'b'] }, 'sentence-case', './own.js', 3],
    packages: {
      'packages/core': { component: 'core', 'changelog-path': 'CHANGES.md' },
      './packages/cli/': { 'bump-minor-pre-major': false, 'extra-files': ['src/version.ts'] },
      crates: { 'release-type': 'rust', 'package-name': 'acme', 'exclude-paths': ['crates/fuzz'] },
    },
  };
  const packages = [nodePackage('packages/core', '@acme/core', '1.0.0'), nodePackage('packages/cli', '@acme/cli', '0.2.0')];
  const { overrides, cannot, rules } = importOf(config, {
    packages,
    manifest: { 'packages/core': '1.4.0', 'packages/cli': '0.0.0', crates: 'x' },
  });

  it('has its packages with their names, paths and tags', () => {
    expect(overrides.packages).toEqual([
      { name: 'core', path: 'packages/core', tag: 'core-v{version}' },
      { name: 'cli', path: 'packages/cli', tag: 'cli-v{version}' },
      { name: 'acme', path: 'crates', tag: 'acme-v{version}' },
    ]);
    expect(overrides.release?.files).toEqual([
      'packages/core/package.json',
      'packages/cli/package.json',
      'packages/cli/src/version.ts',
      'crates/Cargo.toml',
    ]);
  });

  it('is told what holds for one package alone, and what plugins would do', () => {
    expect(
      said(cannot, 'packages["./packages/cli/"].bump-minor-pre-major') + said(cannot, 'packages["packages/cli"].bump-minor-pre-major'),
    ).toContain('holds for this package alone');
    expect(said(cannot, 'packages["crates"].exclude-paths')).toContain('holds for this package alone');
    expect(said(cannot, 'changelog-path')).toContain('release.changelog names one file');
    expect(said(cannot, 'plugins[1]')).toBe(
      'linked-versions "core": packages that share a version are no setting here: each takes its own',
    );
    expect(said(cannot, 'plugins[3]')).toContain('a plugin of your own is not run here');
    expect(said(cannot, 'plugins[4]')).toContain('names no plugin');
    expect(said(cannot, "the manifest's crates")).toBe('"x" is not a semantic version');
    expect(said(cannot, 'initial-version')).toContain('begin with 1.0.0 and 0.1.0');
    expect(said(cannot, 'separate-pull-requests')).not.toBe('');
  });

  it('knows what each package has released, by the manifest', () => {
    expect(rules.packages.map(({ name, path, released }) => [name, path, released])).toEqual([
      ['core', 'packages/core', '1.4.0'],
      ['cli', 'packages/cli', null],
      ['acme', 'crates', null],
    ]);
    expect(rules.plugins).toEqual(['node-workspace', 'linked-versions', './own.js']);
  });

  it('with the root among its packages is told how commits fall to it', () => {
    const { overrides: both, cannot: told } = importOf({ packages: { '.': { component: 'all' }, 'packages/core': {} } }, { packages });
    expect(both.packages?.map(({ path }) => path)).toEqual(['.', 'packages/core']);
    expect(said(told, 'packages["."]')).toContain('every commit there');
  });

  it('of one package in a folder is one, too', () => {
    expect(
      importOf({ packages: { calls: {} }, 'tag-separator': '@' }, { packages: [nodePackage('calls', '@acme/calls', '1.0.0')] }).overrides
        .packages,
    ).toEqual([{ name: 'calls', path: 'calls', tag: 'calls@v{version}' }]);
  });
});

describe('lines', () => {
  it('make prereleases where the strategy does', () => {
    const { overrides, did } = importOf({ ...ROOT, versioning: 'prerelease', prerelease: true, 'prerelease-type': 'beta.1' });
    expect(overrides.lines).toEqual([{ branch: 'main', prerelease: 'beta' }]);
    expect(said(did, 'versioning: prerelease')).toContain('counted beta.1, beta.2');
  });

  it.each<[string, object]>([
    ['a flag alone', { prerelease: true }],
    ['a strategy that only ends prereleases', { versioning: 'prerelease' }],
    ['a name that is none', { versioning: 'prerelease', prerelease: true, 'prerelease-type': 'beta01-x.' }],
  ])('are left as they are for %s', (_, settings) => {
    expect(importOf({ ...ROOT, ...settings }).overrides.lines).toBeUndefined();
  });
});

describe('the action’s inputs alone', () => {
  it('are a configuration of one package, with plain tags', () => {
    const { overrides, rules, cannot } = importOf(null, {
      inputs: { 'release-type': 'simple', token: 'x', path: 'charts/app', 'target-branch': 'stable', 'relese-as': '1.0.0' },
    });
    expect(overrides.packages).toEqual([{ name: 'app', path: 'charts/app', tag: 'v{version}' }]);
    expect(overrides.lines).toEqual([{ branch: 'stable' }]);
    expect(rules.packages).toMatchObject([{ path: 'charts/app', name: 'app' }]);
    expect(keysOf(cannot)).toContain('with.relese-as');
  });

  it('of version 3 may list files and sections', () => {
    const { overrides } = importOf(null, {
      inputs: {
        'release-type': 'node',
        'package-name': 'kit',
        'monorepo-tags': 'true',
        'bump-minor-pre-major': 'true',
        'extra-files': 'a.txt\n  b.txt\n',
        'changelog-types': '[{"type":"feat","section":"New","hidden":false},{"type":"chore","section":"Chores","hidden":true}]',
        'default-branch': `\${{ github.ref_name }}`,
      },
    });
    expect(overrides.release).toMatchObject({
      tag: 'kit-v{version}',
      files: ['package.json', 'a.txt', 'b.txt'],
      before1: { breaking: 'minor' },
    });
    expect(overrides.notes?.sections?.[1]).toEqual({ title: 'New', of: ['feature'] });
    expect(overrides.lines).toBeUndefined();
  });
});

describe('what has no counterpart', () => {
  it.each([
    'draft',
    'skip-github-release',
    'pull-request-title-pattern',
    'pull-request-header',
    'bootstrap-sha',
    'signoff',
    'versioning',
    'changelog-type',
    'release-as',
    'exclude-paths',
    'extra-label',
  ])('%s is told', (key) => {
    const values: Record<string, unknown> = {
      versioning: 'always-bump-patch',
      'changelog-type': 'github',
      'release-as': '3.0.0',
      'exclude-paths': ['docs'],
    };
    const { cannot } = importOf({ ...ROOT, [key]: values[key] ?? (key === 'draft' || key === 'skip-github-release' ? true : 'x') });
    expect(said(cannot, key)).not.toBe('');
    expect(said(cannot, key)).not.toContain('is no key');
  });

  it('is nothing where a key is off or empty', () => {
    const { cannot } = importOf({ ...ROOT, draft: false, 'release-as': '', versioning: 'default', 'separate-pull-requests': false });
    expect(keysOf(cannot)).toEqual(['changelog-sections', 'commits without a known type']);
  });

  it.each(['always-update', 'commit-search-depth', 'label', 'force-tag-creation'])('%s needs no setting', (key) => {
    expect(said(importOf({ ...ROOT, [key]: key === 'label' ? 'x' : 5 }).did, key)).toMatch(/^needs no setting: /);
  });

  it('is told of keys that release-please does not have, at the top and in a package', () => {
    const { cannot } = importOf({ packages: { '.': { 'extra-file': [] } }, 'relase-type': 'go' });
    expect(said(cannot, 'relase-type')).toContain('`release-type`');
    expect(said(cannot, 'packages["."].extra-file')).toContain('`extra-files`');
  });

  it('is told of values of another kind', () => {
    const { cannot } = importOf({
      packages: { '.': { 'bump-minor-pre-major': 'yes', 'changelog-sections': 'all' } },
      plugins: 'node-workspace',
    });
    expect(said(cannot, 'bump-minor-pre-major')).toContain('true or false');
    expect(said(cannot, 'changelog-sections')).toContain('a list');
    expect(said(cannot, 'plugins')).toContain('a list');
  });

  it('is no reason to stop where there are no packages', () => {
    expect(said(importOf({ 'release-type': 'go' }).cannot, 'packages')).toContain('names no package');
  });
});

describe('a file that cannot be read', () => {
  it('is told with its place', () => {
    expect(outcomeOf('{ "packages": { ".": {} ')).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^release-please-config\.json:1:\d+: /)],
    });
  });

  it('with comments is read', () => {
    expect(importOf('{\n  // the root\n  "packages": { ".": { "component": "x" } }\n}').overrides.release?.tag).toBe('x-v{version}');
  });
});
