import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/core/history.ts';
import { lineOf, type PlacedLine } from '../../src/core/line.ts';
import { type PlanInput, planRelease } from '../../src/core/plan.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';
import { compareVersions } from '../../src/core/version.ts';
import { commitsOf, type Sketch, shaOf } from '../support/commits.ts';

function lineNamed(name: string, branches: string[] = [], policy: Policy = DEFAULT_POLICY): PlacedLine {
  const found = lineOf(name, { lines: policy.lines, defaultBranch: 'main', branches: ['main', name, ...branches] });
  if (found.line === null) throw new Error(found.says);
  return found.line;
}

interface Case extends Partial<Omit<PlanInput, 'history' | 'line' | 'since'>> {
  readonly since?: string;
  readonly branch?: string;
  readonly branches?: string[];
}

function plan(
  subjects: readonly (string | Sketch)[],
  { since, branch = 'main', branches = [], policy = DEFAULT_POLICY, ...more }: Case = {},
) {
  const sketches = subjects.map((one, index): Sketch => (typeof one === 'string' ? { id: `c${index}`, subject: one } : one));
  const commits = commitsOf(sketches);
  return planRelease({
    policy,
    line: lineNamed(branch, branches, policy),
    since: since === undefined ? null : { tag: `v${since}`, version: since, sha: shaOf('base') },
    history: readHistory({ commits, head: commits[0]?.sha ?? '', policy }),
    template: 'v{version}',
    existing: since === undefined ? [] : [since],
    within: [],
    elsewhere: [],
    ...more,
  });
}

describe('the next version is what the changes ask for', () => {
  it.each<[string, string[], string, string, string]>([
    ['fixes make a maintenance release', ['fix: a', 'perf: b'], 'maintenance', 'patch', '1.2.4'],
    ['a feature makes a feature release', ['fix: a', 'feat: b'], 'feature', 'minor', '1.3.0'],
    ['a breaking change makes a major one', ['feat!: a', 'fix: b'], 'feature', 'major', '2.0.0'],
  ])('%s', (_name, subjects, kind, bump, version) => {
    expect(plan(subjects, { since: '1.2.3' })).toMatchObject({ kind, bump, version, tag: `v${version}`, objections: [] });
  });

  it('nothing asked for is nothing released', () => {
    expect(plan(['docs: a', 'ci: b'], { since: '1.2.3' })).toMatchObject({ kind: 'none', bump: 'none', version: null, tag: null });
    expect(plan([], { since: '1.2.3' })).toMatchObject({ kind: 'none', version: null });
  });

  it('the first release is the initial version', () => {
    expect(plan(['feat: a'])).toMatchObject({ kind: 'feature', version: '0.1.0' });
    expect(plan(['feat: a'], { policy: { ...DEFAULT_POLICY, release: { ...DEFAULT_POLICY.release, initial: '1.0.0' } } }).version).toBe(
      '1.0.0',
    );
  });

  it('before 1.0 the policy says what features and breaking changes come to', () => {
    expect(plan(['feat: a'], { since: '0.3.1' })).toMatchObject({ kind: 'feature', bump: 'minor', version: '0.4.0' });
    expect(plan(['feat!: a'], { since: '0.3.1' })).toMatchObject({ kind: 'feature', bump: 'minor', version: '0.4.0' });
    const careful = {
      ...DEFAULT_POLICY,
      release: { ...DEFAULT_POLICY.release, before1: { breaking: 'minor', feature: 'patch' } as const },
    };
    expect(plan(['feat: a'], { since: '0.3.1', policy: careful })).toMatchObject({ kind: 'feature', bump: 'patch', version: '0.3.2' });
  });

  it('a prerelease in the range is promoted, and its version is the least that comes next', () => {
    expect(plan(['fix: a'], { since: '1.2.3', within: ['2.0.0-rc.1'], existing: ['1.2.3', '2.0.0-rc.1'] }).version).toBe('2.0.0');
  });

  it('a prerelease line counts on', () => {
    const policy = { ...DEFAULT_POLICY, lines: [{ branch: 'main' }, { branch: 'next', prerelease: 'rc' }] };
    const first = plan(['feat: a'], { since: '1.2.3', branch: 'next', policy });
    expect(first).toMatchObject({ version: '1.3.0-rc.1', prerelease: true, latest: false });
    const second = plan(['fix: b'], {
      since: '1.3.0-rc.1',
      branch: 'next',
      policy,
      existing: ['1.2.3', '1.3.0-rc.1'],
      stable: '1.2.3',
    });
    expect(second.version).toBe('1.3.0-rc.2');
  });

  it('features that were not staged ride in maintenance where the policy wants them staged', () => {
    const staged: Policy = { ...DEFAULT_POLICY, release: { ...DEFAULT_POLICY.release, features: 'staged' } };
    expect(plan(['feat: a'], { since: '1.2.3', policy: staged })).toMatchObject({ kind: 'maintenance', version: '1.2.4' });
    expect(plan(['feat: a'], { since: '1.2.3', policy: staged, within: ['1.3.0-rc.1'] }).version).toBe('1.3.0');
    const merged: Sketch[] = [
      { id: 'm0', subject: 'fix: start' },
      { id: 'n1', subject: 'feat: a (#1)', parents: ['m0'] },
      { id: 'm1', subject: 'Merge pull request #3 from acme/next', body: 'Next', parents: ['m0', 'n1'] },
    ];
    expect(plan(merged, { since: '1.2.3', policy: staged }).version).toBe('1.3.0');
  });
});

describe('lines', () => {
  it('a feature on a maintenance-only line is an objection, never a version', () => {
    const held = plan(['fix: a', 'feat: b'], { since: '1.2.3', branch: '1.2.x', existing: ['1.2.3', '1.3.0'], elsewhere: ['1.3.0'] });
    expect(held.objections.map((one) => one.code)).toEqual(['feature-on-maintenance-line']);
    expect(held).toMatchObject({ version: null, tag: null });
    expect(held.objections[0]?.says).toContain('1.2.x');
  });

  it('a fix on it is the next patch, and is not called latest', () => {
    const patch = plan(['fix: a'], { since: '1.2.3', branch: '1.2.x', existing: ['1.2.3', '1.3.0'], elsewhere: ['1.3.0'] });
    expect(patch).toMatchObject({ version: '1.2.4', latest: false, objections: [] });
  });

  it('a patch is allowed straight from the tag that the line was cut at', () => {
    expect(plan(['fix: a'], { since: '1.0.0', branch: '1.0.x' })).toMatchObject({ version: '1.0.1', objections: [] });
  });

  it('0.x is a line like any other', () => {
    expect(plan(['fix: a'], { since: '0.9.2', branch: '0.9.x', existing: ['0.9.2', '1.0.0'], elsewhere: ['1.0.0'] })).toMatchObject({
      version: '0.9.3',
      latest: false,
    });
  });
});

describe('release-as', () => {
  it.each([
    ['2.0.0', '2.0.0', []],
    ['v2.0.0', '2.0.0', []],
    ['1.2.3', null, ['release-as-backwards']],
    ['0.1.0', null, ['release-as-backwards']],
    ['banana', null, ['release-as-invalid']],
  ])('%s after 1.2.3', (releaseAs, version, codes) => {
    const asked = plan(['fix: a'], { since: '1.2.3', releaseAs });
    expect(asked.version).toBe(version);
    expect(asked.objections.map((one) => one.code)).toEqual(codes);
  });

  it('a footer asks as an argument does, and the argument is stronger', () => {
    const subjects: Sketch[] = [{ id: 'a', subject: 'chore: x', body: 'Release-As: 3.0.0' }];
    expect(plan(subjects, { since: '1.2.3' }).version).toBe('3.0.0');
    expect(plan(subjects, { since: '1.2.3', releaseAs: '2.0.0' }).version).toBe('2.0.0');
  });
});

describe('what a person must settle, and what nobody should overlook', () => {
  it('a disputed change is an objection with both readings', () => {
    const held = plan([{ id: 'a', subject: 'fix: x (#4)', body: '* feat: y\n* wip' }], { since: '1.2.3' });
    expect(held.objections).toHaveLength(1);
    expect(held.objections[0]?.says).toMatch(/#4 .*`fix: …` means bug; but .*`feat: …`.*\/classify/);
  });

  it('a release commit without its tag raises an alarm', () => {
    expect(plan(['feat: a', 'chore(release): 1.3.0', 'fix: b'], { since: '1.2.3' }).alarms.map((one) => one.code)).toEqual([
      'release-without-tag',
    ]);
    expect(plan(['chore(release): 1.2.3', 'fix: b'], { since: '1.2.3' }).alarms).toEqual([]);
  });

  it('a change that no package will carry raises one', () => {
    const policy = { ...DEFAULT_POLICY, packages: [{ name: 'core', path: 'packages/core', tag: null }] };
    const lost = plan([{ id: 'a', subject: 'feat: x', files: ['tools/x.ts'] }], { since: '1.2.3', policy });
    expect(lost.alarms.map((one) => one.code)).toEqual(['change-in-no-package']);
  });

  it('worthy changes that the policy calls none raise one', () => {
    const policy = { ...DEFAULT_POLICY, classify: { ...DEFAULT_POLICY.classify, types: { fix: 'none' } as const } };
    expect(plan(['fix: x'], { since: '1.2.3', policy }).alarms.map((one) => one.code)).toEqual(['worthy-but-unreleased']);
  });
});

describe('laws', () => {
  // Without titles that are read by their words: those are trusted less where the rest of a range follows the convention.
  const subject = fc.constantFrom('feat: a', 'fix: b', 'feat!: c', 'docs: d', 'chore: e', 'Fix g', 'h', 'Revert "fix: b"', '1.2.3');
  const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.'));

  it('a version is above the last release, and adding a change never lowers the bump', () => {
    const rank = ['none', 'patch', 'minor', 'major'];
    fc.assert(
      fc.property(
        fc.array(subject, { maxLength: 8 }),
        fc.constantFrom('feat: z', 'fix: z', 'docs: z'),
        version,
        (subjects, more, since) => {
          const one = plan(subjects, { since });
          const two = plan([...subjects, more], { since });
          if (one.version !== null) expect(compareVersions(one.version, since)).toBeGreaterThan(0);
          expect(rank.indexOf(two.bump)).toBeGreaterThanOrEqual(rank.indexOf(one.bump));
        },
      ),
    );
  });

  it('every commit of a straight history is in the plan once: as a change or left out with a reason', () => {
    fc.assert(
      fc.property(fc.array(subject, { maxLength: 20 }), (subjects) => {
        const { changes, excluded } = plan(subjects, { since: '1.0.0' });
        const shas = [...changes.map((one) => one.sha), ...excluded.map((one) => one.sha)];
        expect(new Set(shas).size).toBe(shas.length);
        expect(shas).toHaveLength(subjects.length);
        expect(excluded.every((one) => one.says.length > 0)).toBe(true);
      }),
    );
  });
});
