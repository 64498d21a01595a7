import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bump } from '../../src/core/change.ts';
import { type NextInput, nextVersion } from '../../src/core/next-version.ts';
import { compareVersions, isPrerelease, isTaken } from '../../src/core/version.ts';
import { anyPrerelease, anyVersion, stableVersion } from './version-arbitraries.ts';

const usual: NextInput = {
  last: null,
  bump: 'patch',
  initial: '0.1.0',
  before1: { breaking: 'minor', feature: 'minor' },
  prerelease: null,
  existing: [],
};

/** The version, or the code of what objects. */
function next(input: Partial<NextInput>): string | null {
  const found = nextVersion({ ...usual, existing: [input.last, ...(input.prereleases ?? [])].flatMap((one) => one ?? []), ...input });
  return found === null ? null : 'objection' in found ? found.objection.code : found.version;
}

describe('a stable line', () => {
  it.each<[string | null, Bump, string | null]>([
    ['1.2.3', 'patch', '1.2.4'],
    ['1.2.3', 'minor', '1.3.0'],
    ['1.2.3', 'major', '2.0.0'],
    ['1.9.9', 'minor', '1.10.0'],
    ['1.2.3', 'none', null],
    ['1.2.3+k3s1', 'patch', '1.2.4'],
    ['0.4.2', 'major', '0.5.0'],
    ['0.4.2', 'minor', '0.5.0'],
    ['0.4.2', 'patch', '0.4.3'],
    [null, 'patch', '0.1.0'],
    [null, 'major', '0.1.0'],
    [null, 'none', null],
  ])('after %s, a %s change gives %s', (last, bump, version) => {
    expect(next({ last, bump })).toBe(version);
  });

  it.each<[string, string | null, Bump, string[], string]>([
    ['a candidate becomes its version', '1.2.0', 'minor', ['1.3.0-rc.1', '1.3.0-rc.2'], '1.3.0'],
    ['though only fixes came after it', '1.2.0', 'patch', ['1.3.0-rc.2'], '1.3.0'],
    ['a breaking change asks for more than the candidate', '1.2.0', 'major', ['1.3.0-rc.2'], '2.0.0'],
    ['the highest candidate counts, as a number', '1.2.0', 'patch', ['1.10.0-rc.1', '1.9.0-rc.1'], '1.10.0'],
    ['a candidate that a release has overtaken does not', '1.3.0', 'patch', ['1.3.0-rc.2', '1.2.9-beta.1'], '1.3.1'],
    ['a candidate before the first release', null, 'minor', ['2.0.0-beta.1'], '2.0.0'],
    ['a candidate below the first version', null, 'minor', ['0.0.1-beta.1'], '0.1.0'],
    ['a prerelease given as the last release', '1.3.0-rc.2', 'minor', [], '1.3.0'],
  ])('%s: after %s, %s, with %j offered, comes %s', (_, last, bump, prereleases, version) => {
    expect(next({ last, bump, prereleases })).toBe(version);
  });

  it('says what a release comes to after a promotion and before 1.0', () => {
    expect(nextVersion({ ...usual, last: '1.2.0', bump: 'patch', prereleases: ['2.0.0-rc.2'] })).toEqual({
      version: '2.0.0',
      bump: 'major',
      because: ['1.2.0 raised by a patch release is 1.2.1.', '2.0.0-rc.2 was offered since, so it is not below 2.0.0.'],
    });
    expect(nextVersion({ ...usual, last: '0.2.0', bump: 'major' })).toEqual({
      version: '0.3.0',
      bump: 'minor',
      because: ['Before 1.0, this policy makes a major change a minor release.', '0.2.0 raised by a minor release is 0.3.0.'],
    });
  });

  it('reports a number that exists elsewhere instead of making it or guessing another', () => {
    expect(nextVersion({ ...usual, last: '1.0.0', bump: 'patch', existing: ['1.0.0', '1.0.1'] })).toEqual({
      objection: {
        code: 'version-exists',
        says: 'The next version would be 1.0.1, which exists already. Plan from that release if this line holds it, merge it into this line if it lies elsewhere, or ask for another version with release-as.',
      },
      bump: 'patch',
      because: ['1.0.0 raised by a patch release is 1.0.1.'],
    });
  });
});

describe('a prerelease line', () => {
  it.each<[string, Partial<NextInput>, string]>([
    ['begins at 1', { last: '1.2.0', bump: 'minor', prerelease: 'rc' }, '1.3.0-rc.1'],
    ['counts on', { last: '1.3.0-rc.1', stable: '1.2.0', bump: 'patch', prerelease: 'rc' }, '1.3.0-rc.2'],
    ['counts as numbers', { last: '1.3.0-rc.9', stable: '1.2.0', bump: 'patch', prerelease: 'rc' }, '1.3.0-rc.10'],
    ['keeps a style without a dot', { last: '2.8.0-rc1', stable: '2.7.3', bump: 'patch', prerelease: 'rc' }, '2.8.0-rc2'],
    ['goes up when a change asks for more', { last: '1.2.1-rc.4', stable: '1.2.0', bump: 'minor', prerelease: 'rc' }, '1.3.0-rc.1'],
    ['does not go up for what it prepares already', { last: '2.0.0-rc.4', stable: '1.2.0', bump: 'minor', prerelease: 'rc' }, '2.0.0-rc.5'],
    ['goes on from alpha to beta', { last: '1.2.0', bump: 'minor', prerelease: 'beta', prereleases: ['1.3.0-alpha.4'] }, '1.3.0-beta.1'],
    ['goes on from beta to rc', { last: '1.2.0', bump: 'patch', prerelease: 'rc', prereleases: ['1.3.0-beta.2'] }, '1.3.0-rc.1'],
    [
      'passes what would sort above it',
      { last: '1.2.0', bump: 'minor', prerelease: 'alpha', prereleases: ['1.3.0-beta.2'] },
      '1.4.0-alpha.1',
    ],
    ['begins before the first release', { last: null, bump: 'patch', prerelease: 'rc' }, '0.1.0-rc.1'],
    ['counts on before the first release', { last: '0.1.0-rc.1', bump: 'minor', prerelease: 'rc' }, '0.1.0-rc.2'],
    ['skips a base that is out elsewhere', { last: '1.2.0', bump: 'minor', prerelease: 'rc', existing: ['1.3.0'] }, '1.4.0-rc.1'],
    ['skips a counter that is out elsewhere', { last: '1.2.0', bump: 'minor', prerelease: 'rc', existing: ['1.3.0-rc.3'] }, '1.3.0-rc.4'],
    ['takes no other identifier for its own', { last: '1.2.0', bump: 'minor', prerelease: 'rc', existing: ['1.3.0-rcx.3'] }, '1.3.0-rc.1'],
  ])('%s', (_, input, version) => {
    expect(next(input)).toBe(version);
  });
});

describe('laws of the next version', () => {
  const bump = fc.constantFrom<Bump>('patch', 'minor', 'major');
  const before1 = fc.constantFrom(
    { breaking: 'minor', feature: 'minor' } as const,
    { breaking: 'major', feature: 'patch' } as const,
    { breaking: 'patch', feature: 'patch' } as const,
  );
  const input = fc.record({
    last: fc.option(stableVersion),
    bump,
    initial: fc.constantFrom('0.1.0', '1.0.0'),
    before1,
    prerelease: fc.constantFrom(null, 'alpha', 'rc'),
    existing: fc.array(anyVersion, { maxLength: 8 }),
    prereleases: fc.array(anyPrerelease, { maxLength: 4 }),
  });

  it('it is above the last, it is free, and a stable line makes stable versions', () => {
    fc.assert(
      fc.property(input, (given) => {
        const found = nextVersion(given);
        expect(found).not.toBeNull();
        if (found === null || 'objection' in found) return;
        if (given.last !== null) expect(compareVersions(found.version, given.last)).toBeGreaterThan(0);
        expect(isTaken(found.version, given.existing)).toBe(false);
        expect(isPrerelease(found.version)).toBe(given.prerelease !== null);
      }),
    );
  });

  it('a line that counts on from its own last prerelease passes it', () => {
    fc.assert(
      fc.property(input, anyPrerelease, (given, last) => {
        const found = nextVersion({ ...given, last, prerelease: given.prerelease ?? 'rc' });
        if (found !== null && 'version' in found) expect(compareVersions(found.version, last)).toBeGreaterThan(0);
      }),
    );
  });

  it('a stronger bump never gives a lower version', () => {
    fc.assert(
      fc.property(input, (given) => {
        const versions = (['patch', 'minor', 'major'] as const).map((one) => nextVersion({ ...given, bump: one, existing: [] }));
        const [patch, minor, major] = versions.map((found) => (found !== null && 'version' in found ? found.version : ''));
        expect(compareVersions(minor as string, patch as string)).toBeGreaterThanOrEqual(0);
        expect(compareVersions(major as string, minor as string)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
