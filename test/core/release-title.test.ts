// What a release itself writes is no change; what only sounds like it is one.
import { describe, expect, it } from 'vitest';
import { isReleaseTitle, releasedVersion } from '../../src/core/release-title.ts';

describe('the title of a release', () => {
  it.each([
    ['v1.2.3', '1.2.3'],
    ['1.2', null],
    ['Release 2.0.0-rc.1', '2.0.0-rc.1'],
    ['chore(release): 1.2.3', '1.2.3'],
    ['chore: release main', null],
    ['Version Packages', null],
    ['🔖 release v3.1.0', '3.1.0'],
    ['Bump version to 4.5.6', '4.5.6'],
    ['update package.json version', null],
    ['Version 1.0', null],
    ['preparing the next release', null],
    ['release/v1.2.3', '1.2.3'],
  ])('is known: %s', (title, version) => {
    expect(isReleaseTitle(title)).toBe(true);
    expect(releasedVersion(title)).toBe(version);
  });

  it.each([
    'feat: publish to npm',
    'fix: read version 1.2 files',
    'Release notes say who contributed',
    'bump lodash from 1.2.3 to 1.2.4',
    'Versions are compared as numbers',
    `release ${'1.2'.repeat(50)}`,
    '',
  ])('is not: %s', (title) => {
    expect(isReleaseTitle(title)).toBe(false);
    expect(releasedVersion(title)).toBeNull();
  });
});
