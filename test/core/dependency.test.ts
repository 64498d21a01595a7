// Titles of dependency bumps, and several bumps of one package as one way.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBumpContext, readDependencyBump } from '../../src/core/dependency.ts';
import { chainSteps, compareVersions } from '../../src/core/notes/dependency-chain.ts';

describe('the title of a bump', () => {
  it.each([
    // Dependabot
    ['Bump lodash from 4.17.20 to 4.17.21', 'lodash', '4.17.20', '4.17.21'],
    ['Bump x from 1 to 2', 'x', '1', '2'],
    ['chore(deps): bump x from 1 to 2 in /dir', 'x', '1', '2'],
    ['build(deps-dev): bump @a/b from 1.0.0 to 1.1.0', '@a/b', '1.0.0', '1.1.0'],
    ['build(deps)(deps-dev): bump x from 1.0 to 2.0 (#123)', 'x', '1.0', '2.0'],
    ['Bump actions/checkout from 3 to 4', 'actions/checkout', '3', '4'],
    ['Bump golang.org/x/net from 0.1.0 to 0.2.0 in the go group', 'golang.org/x/net', '0.1.0', '0.2.0'],
    ['Bump the dev group with 3 updates', 'dev group', null, null],
    ['chore(deps): bump the npm_and_yarn group across 2 directories with 3 updates', 'npm_and_yarn group', null, null],
    ['Update x requirement from ^1 to ^2', 'x', '^1', '^2'],
    ['Update rubocop requirement from ~> 0.50 to >= 0.50, < 0.60', 'rubocop', '~> 0.50', '>= 0.50, < 0.60'],
    ['Bump vendor/foo from `abc1234` to `def5678`', 'vendor/foo', 'abc1234', 'def5678'],
    ['Bump ubuntu from focal to jammy in /docker', 'ubuntu', 'focal', 'jammy'],
    ['[Security] Bump lodash from 4.17.11 to 4.17.13', 'lodash', '4.17.11', '4.17.13'],
    ['chore(deps): bump express and @types/express in /frontend', 'express and @types/express', null, null],
    // Renovate
    ['Update dependency x to v2', 'x', null, '2'],
    ['chore(deps): update dependency x to v2.1.0 [security]', 'x', null, '2.1.0'],
    ['fix(deps): update dependency @types/node to ^20.1.0', '@types/node', null, '^20.1.0'],
    ['fix(deps): update babel monorepo to v7.24.0', 'babel', null, '7.24.0'],
    ['fix(deps): update react monorepo', 'react', null, null],
    ['chore(deps): update actions/checkout action to v4', 'actions/checkout', null, '4'],
    ['chore(deps): update actions/checkout digest to 11bd719', 'actions/checkout', null, '11bd719'],
    ['chore(deps): update node docker tag to v20', 'node', null, '20'],
    ['Update Rust crate serde to v1.0.5', 'serde', null, '1.0.5'],
    ['Update module github.com/x/y to v1.2.0', 'github.com/x/y', null, '1.2.0'],
    ['Update Node.js to v20', 'Node.js', null, '20'],
    ['chore(deps): update all non-major dependencies', 'all non-major dependencies', null, null],
    ['chore(deps): lock file maintenance', 'lock files', null, null],
    ['chore(deps): pin dependency x to 1.2.3', 'x', null, '1.2.3'],
    // Greenkeeper, Snyk
    ['fix(package): update x to version 2.0.0', 'x', null, '2.0.0'],
    ['Update x to the latest version 🚀', 'x', null, null],
    ['[Snyk] Upgrade lodash from 4.17.20 to 4.17.21', 'lodash', '4.17.20', '4.17.21'],
    ['[Snyk] Security upgrade lodash from 4.17.20 to 4.17.21', 'lodash', '4.17.20', '4.17.21'],
    ['fix: upgrade react-ga from 2.6.0 to 2.7.0', 'react-ga', '2.6.0', '2.7.0'],
    // People
    ['chore: upgrade x to 2.0', 'x', null, '2.0'],
    ['⬆️ Upgrade x to v2', 'x', null, '2'],
    [':arrow_up: bump x to 1.2.3', 'x', null, '1.2.3'],
    ['bump lodash 4.17.20 -> 4.17.21', 'lodash', '4.17.20', '4.17.21'],
    ['bump lodash 4.17.21', 'lodash', null, '4.17.21'],
    ['bump lodash@4.17.21', 'lodash', null, '4.17.21'],
    ['Upgrade to TypeScript 5.4', 'TypeScript', null, '5.4'],
    ['Upgrade Spring Boot to 3.2.1', 'Spring Boot', null, '3.2.1'],
    ['Updated `inflection` dependency to v1.5.3', 'inflection', null, '1.5.3'],
    ['chore: upgrade redis to 7.0.11 to avoid CVE-2023-0464', 'redis', null, '7.0.11'],
    ['chore(deps): bump go version to 1.22.1', 'go', null, '1.22.1'],
    ['downgrade x from 2.0 to 1.0', 'x', '2.0', '1.0'],
    ['deps: bump undici', 'undici', null, null],
  ])('%s', (title, name, from, to) => {
    expect(readDependencyBump(title)).toEqual({ name, from, to });
  });

  it.each([
    'Bump version to 1.2.3',
    'bump version',
    'Bump version from 1.0.0 to 1.1.0',
    'Bump package version to 2.0.0',
    'chore: bump to v1.2.3',
    'bump up to v0.5.6',
    'bump: version 0.1.0 → 0.2.0',
    'Bump version to 3.3.4 on release-3.3 branch',
    'Bump copyright year to 2024',
    'Bump timeout to 30',
    'Update limit from 10 to 100',
    'Update API to v2',
    'Update README to 2.0',
    'Update minimum supported Rust version to 1.70',
    'Updated validator to 1.5.0 and chai-datetime to 1.1.1',
    'feat: update the docs to explain pins',
    'fix: do not bump on docs',
    'Pin down the flaky test',
    '',
    'bump',
    'update dependency ',
    'bump  from  to ',
  ])('%j is not one', (title) => {
    expect(readDependencyBump(title)).toBeNull();
  });

  it('tells the folder and whether it is for security', () => {
    expect(readBumpContext('chore(deps): bump x from 1 to 2 in /web/ui')).toEqual({ directory: '/web/ui', security: false });
    expect(readBumpContext('Update dependency x to v2 [security] (#12)')).toEqual({ directory: null, security: true });
    expect(readBumpContext('[Snyk] Security upgrade x from 1.0 to 2.0')).toEqual({ directory: null, security: true });
    expect(readBumpContext('Bump the dev group in /web with 2 updates')).toEqual({ directory: '/web', security: false });
    expect(readBumpContext('Bump x from 1 to 2 in the dev group')).toEqual({ directory: null, security: false });
    expect(readBumpContext('Bump step-security/harden-runner from 1 to 2')).toEqual({ directory: null, security: false });
  });

  it('never throws, whatever the title', () => {
    const words = [
      'bump',
      'update',
      'from',
      'to',
      'in',
      '/x',
      'dependency',
      'v1',
      '1.2',
      '@a/b',
      '->',
      '[x]',
      '(y)',
      'the',
      'group',
      'with',
      ':',
      '',
      '🚀',
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 })), { maxLength: 12 }), (parts) => {
        const bump = readDependencyBump(parts.join(' '));
        if (bump !== null) expect(bump.name).toMatch(/[A-Za-z]/);
      }),
    );
  });

  it.each(['bump ', 'a', '1', ' ', ' from ', ' to ', '(', '[a] ', 'x: ', '`', '.', '🚀', ' in /', 'bump x from 1 to 2 (', '- autoclosed '])(
    'made of %j many times costs no more than its length',
    (unit) => {
      const text = unit.repeat(Math.ceil(20_000 / unit.length));
      const start = performance.now();
      readDependencyBump(text);
      readDependencyBump(`bump ${text}`);
      expect(performance.now() - start).toBeLessThan(200);
    },
  );
});

describe('several bumps of one package', () => {
  /** "1>2 >3" is a step from 1 to 2 and one to 3 that does not say from where. */
  const ways = (told: string) =>
    chainSteps(
      told.split(' ').map((step) => {
        const [from = '', to = ''] = step.split('>');
        return { from: from === '' ? null : from, to: to === '' ? null : to };
      }),
    ).map((way) => way.map((point) => point ?? '?').join('>'));

  it.each([
    ['1>2 2>3', ['1>3'], 'steps that follow each other are one'],
    ['1.9.0>1.10.0 1.10.0>1.11.0', ['1.9.0>1.11.0'], 'in the order of versions, not of text'],
    ['2>3 1>2', ['1>3'], 'also where they were merged out of order'],
    ['1>2 3>4 2>3', ['1>4'], 'also where the step between came last'],
    ['1>2 3>4', ['1>2', '3>4'], 'a gap stays a gap'],
    ['3>4 1>2', ['1>2', '3>4'], 'the lower comes first'],
    ['1>2 1>3', ['1>3'], 'a step that another covers is part of it'],
    ['1>3 2>4', ['1>4'], 'overlapping steps are one'],
    ['1>2 1>2', ['1>2'], 'the same step twice is one'],
    ['1>2 2>3 1>2 2>3', ['1>3'], 'the same chain twice is one'],
    ['2>1', ['2>1'], 'a downgrade is a downgrade'],
    ['1>2 2>1', ['1>2>1'], 'there and back is told'],
    ['1>2 2>3 3>2', ['1>3>2'], 'only the turns are told'],
    ['>2 >3', ['?>3'], 'what does not say from where adds up'],
    ['>3 >2', ['?>3>2'], 'and shows when it went back'],
    ['1>2 >3', ['1>3'], 'and joins what was known before'],
    ['focal>jammy jammy>noble', ['focal>noble'], 'words chain by being the same'],
    ['abcdef1>abcdef2 abcdef2>1234567', ['abcdef1>1234567'], 'and so do commits'],
    ['1.0.0-rc.1>1.0.0-rc.10 1.0.0-rc.10>1.0.0', ['1.0.0-rc.1>1.0.0'], 'prereleases come before the release'],
    ['1> 1>2', ['1>2'], 'what names no version tells nothing'],
    ['1>1', [], 'what does not move is no step'],
  ])('%s is %j: %s', (told, expected) => {
    expect(ways(told)).toEqual(expected);
  });

  it('is one way from the first to the last, in whatever order the steps of a climb were merged', () => {
    const climbs = fc.integer({ min: 1, max: 12 }).chain((length) => {
      const steps = Array.from({ length }, (_, index) => ({ from: `1.${index + 5}.0`, to: `1.${index + 6}.0` }));
      return fc.shuffledSubarray(steps, { minLength: length, maxLength: length });
    });
    fc.assert(
      fc.property(climbs, (steps) => {
        expect(chainSteps(steps)).toEqual([['1.5.0', `1.${steps.length + 5}.0`]]);
      }),
    );
  });

  it('ends where the last step in time ended, as far as steps join', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 12 }), (walk) => {
        const stops = walk.filter((stop, index) => stop !== walk[index - 1]).map(String);
        fc.pre(stops.length > 1);
        const steps = stops.slice(1).map((to, index) => ({ from: stops[index] ?? null, to }));
        const [way, ...more] = chainSteps(steps);
        expect(more).toEqual([]);
        expect([way?.[0], way?.at(-1)]).toEqual([stops[0], stops.at(-1)]);
      }),
    );
  });

  it('takes time linear in the number of steps', () => {
    const start = performance.now();
    for (const step of [1, 2, -1]) {
      chainSteps(
        Array.from({ length: 30_000 }, (_, index) => ({ from: String(90_000 + index * step), to: String(90_001 + index * step) })),
      );
    }
    expect(performance.now() - start).toBeLessThan(3_000);
  });
});

describe('comparing versions as titles write them', () => {
  it.each([
    ['1.9', '1.10', -1],
    ['2', '10', -1],
    ['v1.0', '1.0.0', 0],
    ['1.0.0-rc.2', '1.0.0-rc.10', -1],
    ['1.0.0-beta', '1.0.0-rc', -1],
    ['1.0.0-rc.1', '1.0.0', -1],
    ['20-alpine', '22-alpine', -1],
    ['^1.2', '^1.3', -1],
    ['20240101120000', '20231231120000', 1],
    ['20', '20-alpine', null],
    ['focal', 'jammy', null],
    ['abc1234', '1.0', null],
  ])('%s and %s', (a, b, expected) => {
    const sign = (value: number | null) => (value === null ? null : Math.sign(value));
    expect(sign(compareVersions(a, b))).toBe(expected);
    expect(sign(compareVersions(b, a))).toBe(expected === null ? null : 0 - expected);
  });
});
