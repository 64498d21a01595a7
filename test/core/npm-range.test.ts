import fc from 'fast-check';
import semver from 'semver';
import { describe, expect, it } from 'vitest';
import { isInRange } from '../../src/core/import/npm-range.ts';

const number = fc.integer({ min: 0, max: 4 }).map(String);
const pre = fc.constantFrom('', '', '', '-rc.1', '-0', '-beta.2');
const version = fc.tuple(number, number, number, pre).map(([a, b, c, d]) => `${a}.${b}.${c}${d}`);
// After a wildcard only wildcards: what semver makes of `x.0` depends on what stands around it.
const wild = fc
  .tuple(fc.array(number, { maxLength: 3 }), fc.array(fc.constantFrom('x', '*', 'X'), { maxLength: 3 }))
  .map(([numbers, rest]) => [...numbers, ...rest].slice(0, 3).join('.') || '*');
const partial = fc.oneof(version, wild);
const comparator = fc
  .tuple(fc.constantFrom('', '^', '~', '>', '>=', '<', '<=', '=', '~>', '>= ', 'v'), partial)
  .map(([operator, text]) => operator + text);
const set = fc.oneof(
  fc.array(comparator, { minLength: 1, maxLength: 3 }).map((all) => all.join(' ')),
  fc.tuple(partial, partial).map(([a, b]) => `${a} - ${b}`),
);
const range = fc.oneof(
  set,
  fc.array(set, { minLength: 2, maxLength: 3 }).map((all) => all.join(' || ')),
  fc.constantFrom('', '*', 'x'),
);

describe('npm ranges', () => {
  it('hold what semver says they hold', () => {
    fc.assert(
      fc.property(version, range, (one, text) => {
        const valid = semver.validRange(text);
        expect([one, text, isInRange(one, text)]).toEqual([one, text, valid === null ? null : semver.satisfies(one, text)]);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['latest', 'file:../x', 'git+https://x/y.git', 'npm:other@^1.0.0', 'workspace:^', '1.2.3.4', '^a'])(
    'that are none are unknown: %s',
    (text) => {
      expect(isInRange('1.0.0', text)).toBeNull();
    },
  );

  it('beside `*` no other alternative counts, not even for a prerelease', () => {
    expect(isInRange('0.1.0-beta.2', '0.1.0-0 - 0.1.0 || *')).toBe(semver.satisfies('0.1.0-beta.2', '0.1.0-0 - 0.1.0 || *'));
  });

  it('know nothing of what is no version', () => {
    expect(isInRange('1.0', '^1.0.0')).toBeNull();
  });

  it.each([' ', '^', '1', '|', '1.', '- '])('end soon on 20,000 of %j', (text) => {
    const from = performance.now();
    isInRange('1.0.0', text.repeat(20_000));
    isInRange('1.0.0', text.repeat(140));
    expect(performance.now() - from).toBeLessThan(500);
  });
});
