import { describe, expect, it } from 'vitest';
import { judgeUnits } from '../../src/core/history.ts';
import { settlePolicy } from '../../src/core/import/policy.ts';
import { importReleaseDrafter } from '../../src/core/import/release-drafter.ts';
import { importReleasePlease } from '../../src/core/import/release-please.ts';
import type { Imported } from '../../src/core/import/report.ts';
import { importSemanticRelease } from '../../src/core/import/semantic-release.ts';
import { compareReleases, needsFiles, releaseOf, type Shadow, type ToolRules } from '../../src/core/import/shadow.ts';
import { importText, shadowText } from '../../src/core/import/shadow-text.ts';
import { lineOf } from '../../src/core/line.ts';
import { planRelease } from '../../src/core/plan.ts';
import { unitsOf } from '../../src/core/unit.ts';
import { commitsOf, type Sketch, shaOf } from '../support/commits.ts';
import { importedOf } from '../support/imports.ts';

/** The next release of both after 1.2.3, under the imported policy. */
function shadowOf({ overrides, rules }: Imported<ToolRules>, told: readonly (string | Sketch)[], last: string | null = '1.2.3'): Shadow {
  const { policy } = settlePolicy(overrides);
  const commits = commitsOf(told.map((one, index) => (typeof one === 'string' ? { id: `c${index}`, subject: one } : one)));
  const head = commits[0]?.sha ?? '';
  const units = unitsOf(commits, head);
  const { line } = lineOf('main', { lines: policy.lines, defaultBranch: 'main', branches: ['main'] });
  if (line === null) throw new Error('main is a line');
  const ours = planRelease({
    policy,
    line,
    since: last === null ? null : { tag: `v${last}`, version: last, sha: shaOf('base') },
    history: judgeUnits(units, { policy }),
    template: 'v{version}',
    existing: last === null ? [] : [last],
    within: [],
    elsewhere: [],
  });
  const theirs = releaseOf(rules, null, { commits, units: units.units, last, stable: null, branch: 'main' });
  if (theirs === null) throw new Error('it has the package');
  return compareReleases(rules.tool, ours, theirs, units.units);
}

const please = (settings: object = {}): Imported<ToolRules> =>
  importedOf(
    importReleasePlease({
      config: { path: 'c.json', text: JSON.stringify({ packages: { '.': { 'include-component-in-tag': false, ...settings } } }) },
      manifest: null,
      inputs: {},
      packages: [],
      present: [],
      defaultBranch: 'main',
    }),
  );

const semantic = (config: object = {}): Imported<ToolRules> =>
  importedOf(importSemanticRelease({ config: { path: '.releaserc', text: JSON.stringify(config) }, key: null, defaultBranch: 'main' }));

const drafter = (config: object): Imported<ToolRules> =>
  importedOf(
    importReleaseDrafter({ config: { path: 'r.yml', text: JSON.stringify(config) }, inputs: {}, repository: null, defaultBranch: 'main' }),
  );

function briefs(shadow: Shadow): string[] {
  return shadow.differences.map(({ title, theirs, ours }) => `${title}: ${theirs.bump} / ${ours.bump}`);
}

describe('under the policy that was imported', () => {
  it.each<[string, Imported<ToolRules>, readonly string[], string | null]>([
    ['release-please, with its defaults', please(), ['feat: a', 'fix: b', 'chore: c', 'docs: d', 'refactor: e'], '1.3.0'],
    ['release-please, with what it hides only', please(), ['chore: c', 'build: d', 'style: e'], null],
    [
      'release-please, with sections',
      please({
        'changelog-sections': [
          { type: 'docs', section: 'Docs' },
          { type: 'feat', section: 'New' },
        ],
      }),
      ['docs: a', 'fix: b'],
      '1.2.4',
    ],
    ['semantic-release, with its defaults', semantic(), ['feat: a', 'perf: b', 'chore: c'], '1.3.0'],
    [
      'semantic-release, with rules',
      semantic({
        releaseRules: [
          { type: 'refactor', release: 'minor' },
          { type: 'feat', release: 'patch' },
        ],
      }),
      ['feat: a'],
      '1.2.4',
    ],
    ['semantic-release, with nothing to release', semantic(), ['docs: a', 'refactor: b'], null],
    [
      'release-drafter, by titles',
      drafter({ categories: [{ title: 'New', 'semver-increment': 'minor', when: { conventional: { type: 'improve' } } }] }),
      ['improve: a (#1)'],
      '1.3.0',
    ],
  ])('%s: the two agree on the version and on every change', (_, imported, told, version) => {
    const shadow = shadowOf(imported, told);
    expect([shadow.theirs.version, shadow.ours.version]).toEqual([version, version]);
    expect(shadow).toMatchObject({ agree: true, differences: [], unseen: 0 });
  });

  it('the first release is the same, too', () => {
    expect(shadowOf(please(), ['feat: a'], null)).toMatchObject({ agree: true, theirs: { version: '1.0.0' }, ours: { version: '1.0.0' } });
    expect(shadowOf(semantic(), ['fix: a'], null)).toMatchObject({ agree: true, theirs: { version: '1.0.0' } });
  });

  it('and versions below 1.0', () => {
    expect(shadowOf(please({ 'bump-minor-pre-major': true, 'bump-patch-for-minor-pre-major': true }), ['feat!: a'], '0.3.1')).toMatchObject(
      { agree: true, ours: { version: '0.4.0' } },
    );
    expect(shadowOf(please({ 'bump-patch-for-minor-pre-major': true }), ['feat: a'], '0.3.1')).toMatchObject({
      agree: true,
      ours: { version: '0.3.2' },
    });
    expect(shadowOf(semantic({ preset: 'conventionalcommits' }), ['feat!: a'], '0.3.1')).toMatchObject({
      agree: true,
      ours: { version: '1.0.0' },
    });
  });
});

describe('what one sees and the other drops', () => {
  it('is told with both reasons', () => {
    const shadow = shadowOf(semantic(), ['feat!: drop Node 18 (#7)', 'fix: b']);
    expect(shadow).toMatchObject({ agree: false, theirs: { version: '1.2.4' }, ours: { version: '2.0.0' } });
    expect(shadow.differences).toEqual([
      {
        sha: shaOf('c0'),
        pr: 7,
        title: 'feat!: drop Node 18',
        theirs: { bump: 'none', says: 'drops it: the angular preset has no `!`, so it sees no type there' },
        ours: { bump: 'major', says: 'reads it as breaking: `feat!: …` is marked as breaking' },
      },
    ]);
  });

  it('of a body that its parser stumbles over, of reverts, and of squashed lists', () => {
    const told: Sketch[] = [
      { id: 'a', subject: 'feat: sum (#1)', body: 'uses\nMIN(COALESCE(a, b))' },
      { id: 'b', subject: 'feat: gone (#2)' },
      { id: 'c', subject: 'revert: feat: gone (#2)', body: `This reverts commit ${shaOf('b')}.` },
      { id: 'd', subject: 'fix: list (#4)', body: '* fix: one\n* feat!: two' },
    ];
    expect(briefs(shadowOf(please(), told))).toEqual([
      'fix: list: patch / major',
      'revert: feat: gone: patch / none',
      'feat: gone: minor / none',
      'feat: sum: none / minor',
    ]);
  });

  it('is told once of a pull request and of what it brought', () => {
    const told: Sketch[] = [
      { id: 'a', subject: 'chore: begin' },
      { id: 'b', subject: 'feat: x', parents: ['a'] },
      { id: 'c', subject: 'fix: y', parents: ['b'] },
      { id: 'm', subject: 'Merge pull request #9 from acme/x', body: 'Add x', parents: ['a', 'c'] },
    ];
    const shadow = shadowOf(please(), told);
    expect(shadow).toMatchObject({ agree: true, ours: { version: '1.3.0' } });
    expect(shadow.differences).toEqual([]);
  });

  it('is not told where labels say it, which are not in a clone', () => {
    const shadow = shadowOf(drafter({ 'version-resolver': { minor: { labels: ['feature'] } } }), [
      'feat: a (#1)',
      'fix: b (#2)',
      'docs: c',
    ]);
    expect(shadow).toMatchObject({ agree: false, unseen: 2, differences: [] });
  });

  it('cannot be told where its rules are a program', () => {
    const shadow = shadowOf(semantic({ releaseRules: './x.js' }), ['feat: a']);
    expect(shadow).toMatchObject({ agree: null, differences: [], theirs: { unknown: true } });
    expect(shadowText('semantic-release', [shadow])).toContain('What semantic-release would do cannot be told from a clone.');
  });
});

it.each<[string, ToolRules, boolean]>([
  ['release-please at the root', please().rules, false],
  ['release-please that leaves paths out', please({ 'exclude-paths': ['docs'] }).rules, true],
  ['semantic-release', semantic().rules, false],
  ['release-drafter by titles', drafter({ categories: [{ title: 'a', when: { conventional: true } }] }).rules, false],
  ['release-drafter by paths', drafter({ categories: [{ title: 'a', when: { path: 'src' } }] }).rules, true],
  [
    'changesets',
    {
      tool: 'changesets',
      packages: [],
      fixed: [],
      linked: [],
      pending: [],
      pre: null,
      alwaysDependents: false,
      workspaceOnly: false,
      single: true,
    },
    true,
  ],
])('%s needs paths: only where something hangs on them', (_, rules, needs) => {
  expect(needsFiles(rules)).toBe(needs);
});

describe('the page', () => {
  it('holds the two releases beside each other', () => {
    const page = shadowText('semantic-release', [shadowOf(semantic(), ['feat!: drop Node 18 (#7)', 'Fix b', 'chore: c', 'fix: d'])]);
    expect(page).toBe(`## The next release, of semantic-release and of Shiplock

Since v1.2.3. They differ: they do not read every change alike, as told below.

|  | version | release |
|---|---|---|
| semantic-release | 1.2.4 | patch |
| Shiplock | 2.0.0 | major |

- semantic-release: 1.2.3 raised by a patch release is 1.2.4.
- Shiplock: 1.2.3 raised by a major release is 2.0.0.

#### Only Shiplock releases: 2 changes

- \`${shaOf('c1').slice(0, 7)}\` Fix b
  - semantic-release drops it: its title has no \`type: \` (no release)
  - Shiplock reads it as maintenance: the title says so: its verb mends something (patch)
- #7 feat!: drop Node 18
  - semantic-release drops it: the angular preset has no \`!\`, so it sees no type there (no release)
  - Shiplock reads it as breaking: \`feat!: …\` is marked as breaking (major)`);
  });

  it.each<[string, readonly string[], string]>([
    ['agree', ['feat: a'], 'Since v1.2.3. Both would release the same version.'],
    ['release nothing', ['chore: a'], 'Since v1.2.3. Both would release nothing.'],
    [
      'agree by chance',
      ['feat: a', 'Fix b'],
      'Since v1.2.3. Both would release the same version, though they do not read every change alike.',
    ],
  ])('says so where they %s', (_, told, says) => {
    expect(shadowText('release-please', [shadowOf(please(), told)])).toContain(says);
  });

  it('counts packages that agree', () => {
    const one = shadowOf(please(), ['feat: a']);
    const page = shadowText('release-please', [
      { ...one, package: 'core' },
      { ...one, package: '@acme/cli', agree: false },
    ]);
    expect(page).toContain('The two agree on 1 of 2 packages.');
    expect(page).toContain('### core');
  });

  it('shortens what is long, and says how much is left', () => {
    const page = shadowText('release-please', [
      shadowOf(
        please(),
        Array.from({ length: 50 }, (_, index) => `Fix ${index}`),
      ),
    ]);
    expect(page).toContain('#### Only Shiplock releases: 50 changes');
    expect(page).toContain('…and 10 more.');
  });

  it('makes harmless what strangers wrote', () => {
    const page = shadowText('semantic-release', [shadowOf(semantic(), ['feat!: ping @acme/all [x](http://evil) \u001b[31m<b> #12 | x'])]);
    expect(page).not.toContain('\u001b');
    expect(page).not.toMatch(/\[x\]\(http/);
    expect(page).toContain('`@acme/all`');
  });

  it('tells of an import key by key', () => {
    expect(
      importText({
        tool: 'changesets',
        files: ['.changeset/config.json'],
        did: [
          { key: 'a', says: 'release.mode: x' },
          { key: 'a', says: 'release.mode: x' },
        ],
        cannot: [],
      }),
    ).toBe(
      '# changesets, read from `.changeset/config.json`\n\n## Imported\n\n- `a`: release.mode: x\n\n## Could not be imported\n\nEverything that it says has a counterpart here.',
    );
    expect(importText({ tool: 'changesets', files: [], did: [], cannot: [{ key: 'x`y\u001b', says: 'ping @acme' }] })).toContain(
      '- `x y`: ping `@acme`',
    );
  });
});
