import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importChangesets } from '../../src/core/import/changesets.ts';
import { settlePolicy } from '../../src/core/import/policy.ts';
import { importReleaseDrafter } from '../../src/core/import/release-drafter.ts';
import { importReleasePlease } from '../../src/core/import/release-please.ts';
import { importSemanticRelease } from '../../src/core/import/semantic-release.ts';
import { importText } from '../../src/core/import/shadow-text.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { nodePackage } from '../support/imports.ts';

describe('imported settings', () => {
  it('are written so that they are read back', () => {
    const { text, policy, refused } = settlePolicy({
      release: { mode: 'direct', tag: 'v{version}' },
      lines: [{ branch: 'main' }, { branch: 'next', prerelease: 'rc' }],
    });
    expect(refused).toEqual([]);
    expect(parsePolicy(text)).toEqual({ ok: true, policy });
    expect(policy.lines).toEqual([{ branch: 'main' }, { branch: 'next', prerelease: 'rc' }]);
  });

  it('that are the defaults are not written', () => {
    expect(
      settlePolicy({ release: { mode: 'draft', changelog: 'CHANGELOG.md' }, classify: { unrecognised: 'maintenance' } }).text,
    ).not.toContain('release:');
  });

  it('that the policy does not take are taken out, and the others of their list or table stay', () => {
    const { policy, refused } = settlePolicy({
      release: { tag: 'no version', files: ['package.json', '../up', '/root'], initial: '1.0.0' },
      lines: [{ branch: 'main' }, { branch: '(a+)+b' }, { branch: 'next', prerelease: 'r c' }],
      packages: [
        { name: 'core', path: 'packages/core', tag: 'core-v{version}' },
        { name: 'two words', path: 'packages/two', tag: null },
      ],
      classify: { labels: { bug: 'bug', '': 'none', wontfix: 'none' } },
      notes: { template: 'use {name}' },
    });
    expect(policy.release).toMatchObject({ tag: null, files: ['package.json'], initial: '1.0.0' });
    expect(policy.lines).toEqual([{ branch: 'main' }]);
    expect(policy.packages.map(({ name }) => name)).toEqual(['core']);
    expect(policy.classify.labels).toMatchObject({ bug: 'bug', wontfix: 'none' });
    expect(policy.notes.template).toBeNull();
    expect([...new Set(refused.map(({ key }) => key))]).toEqual([
      'release.tag',
      'release.files',
      'lines',
      'packages',
      'classify.labels',
      'notes.template',
    ]);
    expect(refused[0]?.says).toMatch(/^was taken out, since it "no version" is not a tag template/);
  });

  it('of which two cannot stand together go both', () => {
    const { policy, refused } = settlePolicy({
      packages: [
        { name: 'a', path: 'x', tag: 'v{version}' },
        { name: 'b', path: 'y', tag: 'v{version}' },
      ],
    });
    expect(policy.packages).toEqual([]);
    expect(refused).toHaveLength(1);
  });
});

const TEXTS = [
  '',
  ' ',
  'main',
  'feat',
  'fix',
  'v$RESOLVED_VERSION',
  'v$' + '{version}',
  '{version}',
  '@acme/*',
  'packages/*',
  '../..',
  '/x',
  'a b',
  '__proto__',
  'constructor',
  '(a+)+',
  '+([0-9]).x',
  '1.x',
  'minor',
  'patch',
  '0.0.0',
  '1.2.3-rc.1',
  '---',
  '# x',
  '🚀',
  '*',
  '!x',
  '{a}',
  '$CHANGES {b}',
  '\u0000',
  '\u202e',
  '<<',
  'null',
  'true',
  '1e3',
  ': ',
  '- x',
  '%',
];
const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...TEXTS) }, fc.string({ maxLength: 12 }));
const KEYS: Readonly<Record<string, readonly string[]>> = {
  please: [
    'packages',
    'release-type',
    'changelog-sections',
    'type',
    'section',
    'hidden',
    'component',
    'package-name',
    'tag-separator',
    'include-v-in-tag',
    'extra-files',
    'path',
    'versioning',
    'prerelease',
    'prerelease-type',
    'plugins',
    'initial-version',
    'exclude-paths',
    'changelog-path',
    'release-as',
    'bump-minor-pre-major',
  ],
  semantic: [
    'branches',
    'name',
    'prerelease',
    'channel',
    'range',
    'tagFormat',
    'plugins',
    'preset',
    'releaseRules',
    'type',
    'release',
    'scope',
    'presetConfig',
    'types',
    'section',
    'extends',
    'parserOpts',
    'noteKeywords',
    'analyzeCommits',
    'prepare',
  ],
  drafter: [
    'categories',
    'title',
    'label',
    'labels',
    'when',
    'type',
    'conventional',
    'types',
    'semver-increment',
    'version-resolver',
    'major',
    'minor',
    'default',
    'template',
    'tag-template',
    'change-template',
    'autolabeler',
    'branch',
    'files',
    'exclude-labels',
    'include-paths',
    'commitish',
    'prerelease-identifier',
    'header',
    'tag-prefix',
  ],
  changesets: ['fixed', 'linked', 'ignore', 'baseBranch', 'changelog', 'privatePackages', 'version', 'tag', 'mode', 'changesets', 'access'],
};

/** Values of any shape, made of the keys and words that mean something. */
function configOf(keys: readonly string[]): fc.Arbitrary<unknown> {
  const key = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...keys) }, text);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      text,
      fc.constantFrom<unknown>(true, false, null, 0, 3),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  return fc.array(fc.tuple(key, value), { maxLength: 8 }).map((entries) => Object.fromEntries(entries));
}

const PACKAGES = [
  nodePackage('.', '@acme/kit', '1.0.0'),
  nodePackage('packages/core', 'two words', '0.1.0', { dependencies: { x: 'workspace:^' } }),
];

describe('whatever a configuration holds', () => {
  const cases = {
    please: (file: string) =>
      importReleasePlease({
        config: { path: 'a.json', text: file },
        manifest: { path: 'b.json', text: file },
        inputs: {},
        packages: PACKAGES,
        present: [],
        defaultBranch: 'main',
      }),
    'please, as inputs': (file: string) =>
      importReleasePlease({
        config: null,
        manifest: null,
        inputs: JSON.parse(file) as Record<string, unknown>,
        packages: PACKAGES,
        present: [],
        defaultBranch: 'main',
      }),
    semantic: (file: string) => importSemanticRelease({ config: { path: '.releaserc', text: file }, key: null, defaultBranch: 'main' }),
    drafter: (file: string) =>
      importReleaseDrafter({ config: { path: 'a.yml', text: file }, inputs: {}, repository: null, defaultBranch: 'main' }),
    changesets: (file: string) =>
      importChangesets({
        config: { path: 'a.json', text: file },
        pre: { path: 'pre.json', text: file },
        changesets: [{ path: '.changeset/a.md', text: `---\n${file}\n---\n` }],
        packages: PACKAGES,
        defaultBranch: 'main',
      }),
  } as const;

  it.each(Object.keys(cases) as (keyof typeof cases)[])('%s: it gives a policy that is read as it was meant, and a page', (name) => {
    const keys = KEYS[name.replace(/,.*$/, '')] ?? [];
    fc.assert(
      fc.property(configOf(keys), (config) => {
        const outcome = cases[name](JSON.stringify(config));
        if (!outcome.ok) {
          expect(outcome.problems.length).toBeGreaterThan(0);
          return;
        }
        const { overrides, did, cannot } = outcome.imported;
        const { text: file, policy } = settlePolicy(overrides);
        expect(parsePolicy(file)).toEqual({ ok: true, policy });
        const page = importText({ tool: 'changesets', files: ['a.json'], did, cannot });
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that none of them is left is what is asked
        expect(page).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
      { numRuns: 300 },
    );
  });
});
