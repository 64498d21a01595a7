import { describe, expect, it } from 'vitest';
import { importSemanticRelease } from '../../src/core/import/semantic-release.ts';
import { applyOverrides } from '../../src/core/policy/overrides.ts';
import { importedOf, keysOf, said } from '../support/imports.ts';

function outcomeOf(config: object | string | null, key: string | null = null, defaultBranch = 'main') {
  const text = typeof config === 'string' ? config : JSON.stringify(config);
  const path = key === null ? '.releaserc' : 'package.json';
  return importSemanticRelease({ config: config === null ? null : { path, text }, key, defaultBranch });
}

function importOf(config: object | string | null, key: string | null = null) {
  return importedOf(outcomeOf(config, key));
}

const ANALYZER = '@semantic-release/commit-analyzer';
const GENERATOR = '@semantic-release/release-notes-generator';
const withRules = (releaseRules: unknown, more: object = {}) => ({ plugins: [[ANALYZER, { releaseRules, ...more }]] });

describe('the defaults', () => {
  const { overrides, did, cannot, rules } = importOf(null);

  it('release each push, from 1.0.0, with plain tags', () => {
    expect(overrides.release).toEqual({
      mode: 'direct',
      initial: '1.0.0',
      tag: 'v{version}',
      before1: { breaking: 'major', feature: 'minor' },
      changelog: null,
    });
    expect(said(did, 'no configuration')).not.toBe('');
  });

  it('make no release of anything but feat, fix, perf and reverts', () => {
    expect(overrides.classify).toEqual({ types: { chore: 'none', refactor: 'none', build: 'none' }, unrecognised: 'none' });
    expect(applyOverrides(overrides).classify.types).toMatchObject({
      feat: 'feature',
      fix: 'bug',
      perf: 'performance',
      revert: 'maintenance',
      docs: 'none',
    });
    expect(rules).toMatchObject({ preset: 'angular', releaseRules: [], noteKeywords: null, hidden: null });
  });

  it('have the branches of the workflow, with the default branch as the main one', () => {
    expect(overrides.lines).toEqual([
      { branch: '[0-9]+(.([0-9]+|x))?.x' },
      { branch: 'main' },
      { branch: 'next' },
      { branch: 'next-major' },
      { branch: 'beta', prerelease: 'beta' },
      { branch: 'alpha', prerelease: 'alpha' },
    ]);
  });

  it('do not know `feat!:`, which is told', () => {
    expect(said(cannot, 'commit-analyzer.preset')).toContain('`feat!: …`');
    expect(said(importOf({ preset: 'conventionalcommits' }).cannot, 'commit-analyzer.preset')).toBe('');
  });
});

describe('where the configuration stands', () => {
  it('in YAML', () => {
    const { overrides } = importOf(
      `branches:\n  - main\n  - name: next\n    prerelease: rc # candidates\ntagFormat: release-\${version}\n`,
    );
    expect(overrides.lines).toEqual([{ branch: 'main' }, { branch: 'next', prerelease: 'rc' }]);
    expect(overrides.release?.tag).toBe('release-{version}');
  });

  it('under a key of package.json', () => {
    expect(importOf({ name: 'x', release: { branches: 'trunk' } }, 'release').overrides.lines).toEqual([{ branch: 'trunk' }]);
  });

  it('in another package, which is not read', () => {
    const { cannot, rules } = importOf({ release: '@acme/release-config' }, 'release');
    expect(said(cannot, 'release')).toContain('"@acme/release-config"');
    expect(rules.hidden).toContain('"@acme/release-config"');
  });

  it('nowhere it can be read', () => {
    expect(outcomeOf('branches: [main')).toMatchObject({ ok: false, problems: [expect.stringMatching(/^\.releaserc:1:\d+: /)] });
  });
});

describe('branches', () => {
  it.each<[string, unknown, object]>([
    ['names', ['main', 'desktop'], [{ branch: 'main' }, { branch: 'desktop' }]],
    ['one name', 'master', [{ branch: 'master' }]],
    ['maintenance globs', ['+([0-9])?(.{+([0-9]),x}).x', 'main'], [{ branch: '[0-9]+(.([0-9]+|x))?.x' }, { branch: 'main' }]],
    ['a glob that people write', ['[0-9]+.x'], [{ branch: '[0-9]+.x' }]],
    ['prereleases by the branch’s name', [{ name: 'beta', prerelease: true }], [{ branch: 'beta', prerelease: 'beta' }]],
    ['prereleases by a name', [{ name: 'develop', prerelease: 'rc', channel: 'next' }], [{ branch: 'develop', prerelease: 'rc' }]],
    ['prereleases that are off', [{ name: 'main', prerelease: false }], [{ branch: 'main' }]],
    ['names with characters of patterns', ['release/1.0', 'a+b'], [{ branch: 'release/1.0' }, { branch: 'a\\+b' }]],
    ['the same twice', ['main', { name: 'main' }], [{ branch: 'main' }]],
  ])('%s', (_, branches, lines) => {
    expect(importOf({ branches }).overrides.lines).toEqual(lines);
  });

  it.each<[string, unknown, string, RegExp]>([
    ['a channel', [{ name: 'next', channel: 'next' }], 'branches[0].channel', /registry/],
    ['a range that the name does not say', [{ name: 'legacy', range: '1.x' }], 'branches[0].range', /says no range/],
    [
      'prereleases of a glob',
      [{ name: 'pr/*', prerelease: `\${name.replace("/", "-")}` }],
      'branches[0].prerelease',
      /is made for each branch/,
    ],
    ['a negated glob', ['!(main)'], 'branches[0]', /no counterpart/],
    ['no name', [{ prerelease: true }, 7], 'branches[0]', /names no branch/],
    ['a key of a branch that there is not', [{ name: 'main', chanel: 'x' }], 'branches[0].chanel', /`channel`/],
    [
      'several release branches',
      ['main', 'next', 'next-major'],
      'branches',
      /next, next-major and trunk release stable versions ahead of main/,
    ],
  ])('with %s are told', (_, branches, key, says) => {
    expect(said(importOf({ branches: [...(branches as unknown[]), 'trunk'] }).cannot, key)).toMatch(says);
  });

  it('with a range that is the name’s are not', () => {
    expect(keysOf(importOf({ branches: [{ name: '1.x', range: '1.x' }, { name: 'v2.1', range: '2.1.x' }, 'main'] }).cannot)).not.toContain(
      'branches[0].range',
    );
  });
});

describe('tags', () => {
  it.each<[string, string | undefined]>([
    [`v\${version}`, 'v{version}'],
    [`\${version}`, '{version}'],
    [`@acme/core@\${version}`, '@acme/core@{version}'],
    ['app-<%= version %>', 'app-{version}'],
    [`\${name}-\${version}`, undefined],
    ['v1', undefined],
  ])('%s', (tagFormat, tag) => {
    const { overrides, cannot } = importOf({ tagFormat });
    expect(overrides.release?.tag).toBe(tag);
    expect(said(cannot, 'tagFormat') === '').toBe(tag !== undefined);
  });
});

describe('release rules', () => {
  it('say what types mean', () => {
    const rules = [
      { type: 'docs', release: 'patch' },
      { type: 'refactor', release: 'minor' },
      { type: 'feat', release: 'patch' },
      { type: 'fix', release: false },
      { type: 'api', release: 'major' },
      { type: 'deps', release: 'patch' },
      { type: 'Improvement', release: 'minor' },
    ];
    const { overrides } = importOf(withRules(rules));
    expect(overrides.classify?.types).toEqual({
      chore: 'none',
      build: 'none',
      docs: 'documentation',
      refactor: 'feature',
      feat: 'maintenance',
      fix: 'none',
      api: 'breaking',
      Improvement: 'feature',
    });
  });

  it('may stand at the top, for all plugins', () => {
    expect(
      importOf({ preset: 'conventionalcommits', releaseRules: [{ type: 'chore', release: 'patch' }] }).overrides.classify?.types,
    ).toEqual({ refactor: 'none', build: 'none' });
  });

  it.each<[string, object, RegExp]>([
    ['of a scope', { type: 'docs', scope: 'README', release: 'patch' }, /type `docs`, scope `README`: only plain types/],
    ['of a glob', { type: 'c*', release: 'patch' }, /type `c\*`/],
    ['of a subject', { subject: '*release*', release: false }, /subject/],
    ['of another preset’s parts', { tag: 'Update', release: 'minor' }, /tag `Update`/],
    ['that calm breaking changes down', { breaking: true, release: 'minor' }, /below 1\.0/],
    [
      'that silence breaking changes',
      { breaking: true, type: 'docs', release: false },
      /of type `docs` makes no release; here it is major/,
    ],
    ['that silence reverts', { revert: true, release: false }, /a revert makes no release/],
    ['for prereleases', { type: 'feat', release: 'preminor' }, /prerelease lines/],
    ['without a release', { type: 'feat' }, /has no `release`/],
  ])('%s are told', (_, rule, says) => {
    expect(said(importOf(withRules([rule])).cannot, 'commit-analyzer.releaseRules[0]')).toMatch(says);
  });

  it('that calm breaking changes down do so before 1.0', () => {
    expect(importOf(withRules([{ breaking: true, release: 'minor' }])).overrides.release?.before1).toEqual({
      breaking: 'minor',
      feature: 'minor',
    });
  });

  it.each<[string, object, RegExp]>([
    ['in a program', withRules('./release-rules.cjs'), /"\.\/release-rules\.cjs", a program/],
    ['of a preset that reads messages otherwise', { plugins: [[ANALYZER, { preset: 'eslint' }]] }, /preset "eslint"/],
    ['for patterns of their own', { plugins: [[ANALYZER, { parserOpts: { headerPattern: '^(.*)$' } }]] }, /parserOpts/],
    ['of another package', { extends: '@acme/config', plugins: ['@semantic-release/npm'] }, /"@acme\/config"/],
    ['of another analyzer', { plugins: ['semantic-release-gitmoji'] }, /semantic-release-gitmoji may decide/],
    ['of another analyzer for the step', { analyzeCommits: 'my-analyzer' }, /my-analyzer decides/],
  ])('%s cannot be followed, and types keep their meanings', (_, config, why) => {
    const { rules, overrides } = importOf(config);
    expect(rules.hidden).toMatch(why);
    expect(overrides.classify).toBeUndefined();
  });

  it('take a preset by its package, and words for breaking changes', () => {
    const { rules } = importOf({
      plugins: [
        [ANALYZER, { config: 'conventional-changelog-conventionalcommits', parserOpts: { noteKeywords: ['BREAKING', 'NEW EDITION'] } }],
      ],
    });
    expect(rules).toMatchObject({ preset: 'conventionalcommits', noteKeywords: ['BREAKING', 'NEW EDITION'], hidden: null });
  });

  it('know the prerelease branches', () => {
    expect(importOf({ branches: ['main', { name: 'beta', prerelease: true }] }).rules.prereleases).toEqual([
      { pattern: 'beta', id: 'beta' },
    ]);
  });
});

describe('plugins', () => {
  it('that write files say which, and in which mode they are written', () => {
    const { overrides, cannot } = importOf({
      plugins: [
        ANALYZER,
        ['@semantic-release/changelog', { changelogFile: './docs/CHANGES.md', changelogTitle: '# Changes' }],
        [
          '@semantic-release/git',
          { assets: ['docs/CHANGES.md', 'package.json', { path: 'app/package.json' }, 'dist/**/*.js'], message: 'x' },
        ],
      ],
    });
    expect(overrides.release).toMatchObject({ mode: 'direct', changelog: 'docs/CHANGES.md', files: ['package.json', 'app/package.json'] });
    expect(said(cannot, 'plugin @semantic-release/git')).toContain('pull-request');
    expect(said(cannot, 'git.assets')).toContain('"dist/**/*.js" is a pattern');
    expect(said(cannot, 'changelog.changelogTitle')).not.toBe('');
  });

  it('that publish, run and tell are told', () => {
    const { cannot, did } = importOf({
      plugins: [
        ANALYZER,
        '@semantic-release/npm',
        ['@semantic-release/exec', { prepareCmd: './build.sh', publishCmd: './publish.sh' }],
        ['@semantic-release/github', { assets: ['*.zip'], successComment: false, failTitle: 'x', releasedLabels: ['released'] }],
        'semantic-release-slack-bot',
        '@acme/own',
        9,
      ],
    });
    expect(said(cannot, 'plugin @semantic-release/npm')).toContain('npm publish');
    expect(said(cannot, 'plugin @semantic-release/exec')).toContain('prepareCmd, publishCmd not run');
    expect(said(did, 'plugin @semantic-release/github')).not.toBe('');
    expect(keysOf(cannot)).toEqual(
      expect.arrayContaining([
        'plugin @semantic-release/github, assets',
        'plugin @semantic-release/github, failTitle',
        'plugin @semantic-release/github, releasedLabels',
        'plugin semantic-release-slack-bot',
        'plugin @acme/own',
        'plugins[6]',
      ]),
    );
    expect(keysOf(cannot)).not.toContain('plugin @semantic-release/github, successComment');
  });

  it('that publish nothing need nothing', () => {
    expect(
      said(importOf({ plugins: [ANALYZER, ['@semantic-release/npm', { npmPublish: false }]] }).did, 'plugin @semantic-release/npm'),
    ).toContain('publishes nothing');
  });

  it('of single steps are told, and those that decide are read', () => {
    const { cannot, overrides } = importOf({
      verifyConditions: ['semantic-release-vsce', { path: '@semantic-release/github' }],
      prepare: { path: 'semantic-release-vsce', packageVsix: true },
      publish: [],
      analyzeCommits: { path: ANALYZER, releaseRules: [{ type: 'style', release: 'patch' }] },
    });
    expect(said(cannot, 'verifyConditions')).toContain('semantic-release-vsce, @semantic-release/github are programs');
    expect(said(cannot, 'prepare')).toContain('is a program');
    expect(keysOf(cannot)).not.toContain('publish');
    expect(overrides.classify?.types).toMatchObject({ style: 'maintenance' });
  });
});

describe('notes', () => {
  it('take their sections from the preset’s configuration, by the newer word for hidden, too', () => {
    const types = [
      { type: 'feat', section: 'Features' },
      { type: 'fix', section: 'Fixes' },
      { type: 'perf', section: 'Performance', effect: 'hidden' },
      { type: 'docs', section: 'Docs' },
    ];
    const { overrides, cannot } = importOf({
      plugins: [ANALYZER, [GENERATOR, { preset: 'conventionalcommits', presetConfig: { types }, writerOpts: {} }]],
    });
    expect(overrides.notes?.sections).toEqual([
      { title: '⚠ BREAKING CHANGES', of: ['breaking'] },
      { title: 'Features', of: ['feature'] },
      { title: 'Fixes', of: ['bug', 'security', 'performance', 'compatibility', 'stability', 'dependency'] },
      { title: 'Other changes', of: ['documentation', 'maintenance'] },
    ]);
    expect(said(cannot, 'release-notes-generator.presetConfig.types')).toContain('`docs` makes no release');
    expect(said(cannot, 'release-notes-generator.writerOpts')).not.toBe('');
  });
});

it('tells unknown keys, and those that need nothing', () => {
  const { cannot, did } = importOf({ brnaches: ['main'], repositoryUrl: 'x', dryRun: true, foo: 1 });
  expect(said(cannot, 'brnaches')).toContain('`branches`');
  expect(said(cannot, 'foo')).toBe('is no key that semantic-release documents');
  expect(said(did, 'repositoryUrl')).toMatch(/^needs no setting/);
});
