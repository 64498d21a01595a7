import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPattern } from '../../src/core/pattern.ts';

function matches(source: string, text: string): boolean {
  const pattern = readPattern(source);
  if (pattern.problem !== null) throw new Error(`${source}: ${pattern.problem}`);
  return pattern.matches(text);
}

describe('a pattern of a policy', () => {
  it.each([
    ['[0-9]+.x', ['1.x', '10.x'], ['10x', '1-x', '1.x.x', 'v1.x', '1.xy']],
    ['main', ['main'], ['maintenance', 'domain']],
    ['main|[0-9]+\\.x|release/.*', ['main', '2.x', 'release/2024', 'release/'], ['main2', '2.xx', 'prerelease/1']],
    ['release-[0-9]+.[0-9]+(.[0-9]+)?', ['release-1.2', 'release-1.2.3'], ['release-1-2', 'release-1.2.3.4']],
    ['^v[0-9]{1,3}.x$', ['v1.x', 'v123.x'], ['v1234.x']],
    ['(?:main|next)', ['main', 'next'], ['mainnext']],
    ['(?<kind>alpha|beta)-[a-z.]+', ['beta-x.y'], ['rc-x']],
    ['[.]x', ['.x'], ['ax']],
    ['a\\.b', ['a.b'], ['a-b']],
    ['.+', ['anything/at-all'], ['']],
    ['.?x', ['x', 'ax'], ['aax']],
    ['[\\]a]+', [']a]'], ['b']],
  ])('%s', (source, texts, others) => {
    for (const text of texts) expect([text, matches(source, text)]).toEqual([text, true]);
    for (const text of others) expect([text, matches(source, text)]).toEqual([text, false]);
  });

  it.each([
    ['(a+)+b', 'the group that ends at 4 repeats what varies by itself'],
    ['(a|aa)+b', 'the group that ends at 6 repeats what varies by itself'],
    ['((a?)b){2,9}', 'the group that ends at 7 repeats what varies by itself'],
    ['.*.*.*.*x', 'it repeats too many parts; split it into several lines'],
    [`${'a?'.repeat(40)}${'a'.repeat(40)}`, 'it repeats too many parts; split it into several lines'],
    [`${'(a|aa)'.repeat(40)}b`, 'it repeats too many parts; split it into several lines'],
    ['(?=a)b', 'look-around at 1 is not supported'],
    ['(?<!a)b', 'look-around at 1 is not supported'],
    ['(a)\\1', 'the back-reference at 4 is not supported'],
    ['a)|(b', 'the group that ends at 2 never began'],
    ['a'.repeat(301), 'it is longer than 300 characters'],
  ])('%s is refused', (source, problem) => {
    expect(readPattern(source)).toEqual({ problem });
  });

  it.each(['(', '[', '*', 'a**', '\\', 'c++', '(?<', 'a{2,1}', '[z-a]', '(?'])('%s is a problem in words, not a crash', (source) => {
    expect(readPattern(source)).toEqual({ problem: expect.stringMatching(/\S/) });
  });

  it('is read or refused, whatever it is, and answers soon', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '*',
      '+',
      '?',
      '(',
      ')',
      '|',
      '[',
      ']',
      '{2,9}',
      '{3}',
      '\\',
      '\\d',
      '^',
      '$',
      'a*',
      '(a',
      '[a-c]+',
      '(?:',
    );
    const begins = performance.now();
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const pattern = readPattern(pieces.join(''));
        if (pattern.problem === null)
          for (const text of ['a'.repeat(255), `${'a'.repeat(254)}!`]) expect(pattern.matches(text)).toBeTypeOf('boolean');
        else expect(pattern.problem).toMatch(/\S/);
      }),
      { numRuns: 2_000 },
    );
    expect(performance.now() - begins).toBeLessThan(20_000);
  });

  it('never matches a text longer than a branch name may be', () => {
    expect(matches('a*', 'a'.repeat(255))).toBe(true);
    expect(matches('a*', 'a'.repeat(256))).toBe(false);
  });
});
