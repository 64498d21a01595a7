import fc from 'fast-check';
import semverCompare from 'semver/functions/compare.js';
import semverInc from 'semver/functions/inc.js';
import semverParse from 'semver/functions/parse.js';
import { describe, expect, it } from 'vitest';
import type { Bump } from '../../src/core/change.ts';
import {
  baseOf,
  compareVersions,
  diffBump,
  effectiveBump,
  isPrerelease,
  isTaken,
  isWithin,
  maxBump,
  raise,
  readVersion,
  releaseAs,
  sortNewestFirst,
} from '../../src/core/version.ts';
import { anyVersion, stableVersion } from './version-arbitraries.ts';

describe('reading a version', () => {
  it.each([
    '0.0.0',
    '1.2.3',
    '10.20.30',
    '1.0.0-rc.1',
    '1.0.0-0.3.7',
    '1.0.0-x-y-z.--',
    '1.0.0+k3s1',
    '1.0.0-rc.1+sha.5',
    '20240101120000.0.0',
  ])('reads %s', (text) => {
    expect(readVersion(text)?.text).toBe(text);
  });

  it.each([
    '',
    'v1.2.3',
    '1',
    '1.2',
    '1.2.3.4',
    '1.02.3',
    '01.2.3',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3+',
    ' 1.2.3',
    '1.2.3\n',
    'foo',
    '-1.2.3',
  ])('refuses %j', (text) => {
    expect(readVersion(text)).toBeNull();
  });

  it('refuses numbers that could not be raised exactly, and text of any length, without effort', () => {
    expect(readVersion('99999999999999.0.0')).not.toBeNull();
    expect(readVersion('100000000000000.0.0')).toBeNull();
    expect(readVersion(`1.0.${'9'.repeat(200)}`)).toBeNull();
    for (const hostile of ['1', '.', '-', '1.', 'a', '0-']) expect(readVersion(`1.0.0-${hostile.repeat(20_000)}!`)).toBeNull();
  });
});

describe('agreement with the semver package', () => {
  const text = fc.stringMatching(/^[0-9a-zA-Z.+-]{0,24}$/);
  const almost = fc.oneof(
    text,
    anyVersion,
    fc.tuple(anyVersion, text).map(([version, more]) => `${version}${more}`),
  );

  it('on what a version is', () => {
    fc.assert(
      fc.property(almost, (candidate) => {
        const theirs = /^\d/.test(candidate) ? semverParse(candidate) : null;
        const ours = readVersion(candidate);
        expect(ours === null ? null : [ours.major, ours.minor, ours.patch, ours.prerelease]).toEqual(
          theirs === null ? null : [theirs.major, theirs.minor, theirs.patch, theirs.prerelease.join('.')],
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('on what follows a version', () => {
    fc.assert(
      fc.property(anyVersion, fc.constantFrom('patch', 'minor', 'major'), (version, bump) => {
        expect(raise(version, bump)).toBe(semverInc(version, bump));
      }),
    );
  });
});

describe('the order of versions', () => {
  it('is the order that the SemVer specification gives as its example', () => {
    const inOrder = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ];
    expect(sortNewestFirst(['1.10.0', ...inOrder, '1.9.0', 'v1', '1.9.0'])).toEqual(['1.10.0', '1.9.0', ...inOrder.toReversed()]);
  });

  it('puts what is no version below every version', () => {
    expect(compareVersions('latest', '0.0.0-0')).toBeLessThan(0);
    expect(compareVersions('0.0.0-0', 'latest')).toBeGreaterThan(0);
    expect(compareVersions('latest', 'newest')).toBe(0);
  });

  it('compares numbers of prereleases exactly, however long', () => {
    const [low, high] = [`1.0.0-rc.${'9'.repeat(40)}`, `1.0.0-rc.1${'0'.repeat(40)}`];
    expect([compareVersions(low, high), compareVersions(high, low), compareVersions(low, low)].map(Math.sign)).toEqual([-1, 1, 0]);
  });

  it('agrees with semver on all versions', () => {
    fc.assert(
      fc.property(anyVersion, anyVersion, (one, other) => {
        expect(Math.sign(compareVersions(one, other))).toBe(semverCompare(one, other));
      }),
    );
  });
});

describe('bumps', () => {
  it.each<[Bump[], Bump]>([
    [[], 'none'],
    [['none'], 'none'],
    [['patch', 'major', 'minor'], 'major'],
    [['none', 'patch'], 'patch'],
  ])('the strongest of %j is %s', (bumps, most) => {
    expect(maxBump(bumps)).toBe(most);
  });

  it.each([
    ['1.2.3', '1.2.4', 'patch'],
    ['1.2.3', '1.2.9', 'patch'],
    ['1.2.3', '1.3.0', 'minor'],
    ['1.2.3', '1.5.2', 'minor'],
    ['1.2.3', '2.0.0', 'major'],
    ['1.2.3', '2.1.1', 'major'],
    ['0.1.0', '0.2.0', 'minor'],
    ['1.2.3', '1.3.0-rc.1', 'prerelease'],
    ['1.3.0-rc.1', '1.3.0-rc.2', 'prerelease'],
    ['1.3.0-rc.2', '1.3.0', 'minor'],
    ['1.3.1-rc.2', '1.3.1', 'patch'],
    ['2.0.0-rc.2', '2.0.0', 'major'],
    ['1.3.0-rc.2', '1.4.0', 'minor'],
    ['1.2.3', '1.2.3', 'backwards'],
    ['1.2.3', '1.2.2', 'backwards'],
    ['2.0.0', '1.9.0', 'backwards'],
  ])('people who released %s and then %s made a %s release', (from, to, level) => {
    expect(diffBump(from, to)).toBe(level);
  });

  const before1 = { breaking: 'minor', feature: 'minor' } as const;
  it.each<[Bump, string | null, Bump]>([
    ['major', '0.4.1', 'minor'],
    ['minor', '0.4.1', 'minor'],
    ['patch', '0.4.1', 'patch'],
    ['none', '0.4.1', 'none'],
    ['major', '1.0.0', 'major'],
    ['major', null, 'major'],
    ['major', '0.9.0-rc.1', 'minor'],
    ['major', '1.0.0-rc.1', 'major'],
  ])('%s after %s comes to %s', (bump, last, effective) => {
    expect(effectiveBump(bump, last, before1)).toBe(effective);
  });

  it('lets the policy say what features and breaking changes come to before 1.0', () => {
    expect(effectiveBump('minor', '0.1.0', { breaking: 'major', feature: 'patch' })).toBe('patch');
    expect(effectiveBump('major', '0.1.0', { breaking: 'major', feature: 'patch' })).toBe('major');
  });

  it('raise to a higher version, the higher the stronger they are', () => {
    fc.assert(
      fc.property(anyVersion, (version) => {
        const [patch, minor, major] = [raise(version, 'patch'), raise(version, 'minor'), raise(version, 'major')];
        expect(compareVersions(patch, version)).toBeGreaterThan(0);
        expect(compareVersions(minor, patch)).toBeGreaterThanOrEqual(0);
        expect(compareVersions(major, minor)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('are told again by the difference of what they raised', () => {
    fc.assert(
      fc.property(stableVersion, fc.constantFrom('patch', 'minor', 'major'), (version, bump) => {
        expect(diffBump(version, raise(version, bump))).toBe(bump);
      }),
    );
  });
});

describe('ranges and what is taken', () => {
  it.each([
    ['1.2.0', true],
    ['1.9.9', true],
    ['1.2.0-rc.1', true],
    ['2.0.0-rc.1', false],
    ['2.0.0', false],
    ['1.1.9', false],
  ])('%s within 1.2.0 up to 2.0.0: %s', (version, within) => {
    expect(isWithin(version, { min: '1.2.0', below: '2.0.0' })).toBe(within);
    expect(isWithin(version, { min: '0.0.0', below: null })).toBe(true);
  });

  it('counts a version with other build metadata as the same', () => {
    expect(isTaken('1.2.3', ['1.2.30', '1.2.3-rc.1'])).toBe(false);
    expect(isTaken('1.2.3', ['1.2.3+k3s1'])).toBe(true);
    expect(isTaken('1.2.3+b', ['1.2.3+a'])).toBe(true);
  });

  it('knows a prerelease, and what it prepares', () => {
    expect([isPrerelease('1.0.0-0'), isPrerelease('1.0.0+a-b'), isPrerelease('latest')]).toEqual([true, false, false]);
    expect([baseOf('1.2.3-rc.1+a'), baseOf('1.2.3')]).toEqual(['1.2.3', '1.2.3']);
  });

  it('stops where text that nobody has read is passed off as a version', () => {
    expect(() => baseOf('latest')).toThrow('not a version: "latest"');
    expect(() => raise('latest', 'patch')).toThrow('not a version: "latest"');
  });
});

describe('release-as', () => {
  const line = { last: '1.4.0', existing: ['1.4.0', '1.6.0', '1.3.0'], range: { min: '1.0.0', below: '2.0.0' } };

  it.each([
    ['1.5.0', '1.5.0'],
    ['v1.5.0', '1.5.0'],
    [' V1.9.9 ', '1.9.9'],
    ['1.5.0-rc.1', '1.5.0-rc.1'],
    ['1.5.0+build.7', '1.5.0+build.7'],
  ])('takes %j as %s, and numbers may be skipped', (requested, version) => {
    expect(releaseAs(requested, line)).toEqual({ version });
  });

  it.each([
    ['1.4.0', 'release-as-backwards', '1.4.0 is the last release itself; ask for a version above 1.4.0.'],
    ['v1.3.9', 'release-as-backwards', '1.3.9 is below the last release, 1.4.0; ask for a version above 1.4.0.'],
    ['1.4.0-rc.1', 'release-as-backwards', '1.4.0-rc.1 is below the last release, 1.4.0; ask for a version above 1.4.0.'],
    ['1.6.0', 'version-exists', "1.6.0 exists already, outside this line's history; ask for a version that is free."],
    ['1.6.0+x', 'version-exists', "1.6.0+x exists already, outside this line's history; ask for a version that is free."],
    [
      '2.0.0',
      'outside-range',
      "2.0.0 is outside this line's range (1.0.0 up to, not including, 2.0.0); release it from the line it belongs to.",
    ],
    ['2.0', 'release-as-invalid', '"2.0" is not a semantic version; write it like 1.4.0, v1.4.0 or 1.4.0-rc.1.'],
    ['vv1.5.0', 'release-as-invalid', '"vv1.5.0" is not a semantic version; write it like 1.4.0, v1.4.0 or 1.4.0-rc.1.'],
    ['', 'release-as-invalid', '"" is not a semantic version; write it like 1.4.0, v1.4.0 or 1.4.0-rc.1.'],
  ])('objects to %j: %s', (requested, code, says) => {
    expect(releaseAs(requested, line)).toEqual({ code, says });
  });

  it('may be any version before the first release', () => {
    expect(releaseAs('3.0.0', { last: null, existing: [], range: { min: '0.0.0', below: null } })).toEqual({ version: '3.0.0' });
  });

  it('quotes no more than the beginning of hostile text', () => {
    const answer = releaseAs('9'.repeat(100_000), line);
    expect('says' in answer && answer.says.length).toBeLessThan(200);
  });

  it('never goes backwards, repeats or leaves the range', () => {
    fc.assert(
      fc.property(anyVersion, fc.array(anyVersion), anyVersion, (last, existing, requested) => {
        const answer = releaseAs(requested, { last, existing, range: { min: '1.0.0', below: '9.0.0' } });
        if ('code' in answer) return;
        expect(compareVersions(answer.version, last)).toBeGreaterThan(0);
        expect(existing.every((other) => compareVersions(answer.version, other) !== 0)).toBe(true);
        expect(isWithin(answer.version, { min: '1.0.0', below: '9.0.0' })).toBe(true);
      }),
    );
  });
});
