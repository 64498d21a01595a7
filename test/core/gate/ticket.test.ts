// The requirement `ticket`, and the search behind it: it finds what JavaScript's own regular expressions find, and no text makes it slow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finderOf } from '../../../src/core/gate/find.ts';
import { decide } from '../../../src/core/gate.ts';
import { readPattern } from '../../../src/core/pattern.ts';
import { facts, known, production, unseen } from '../../support/gate-facts.ts';

const GATE = production('requires: [{ ticket: "CHG-\\\\d+" }]');
const release = (...texts: readonly string[]) =>
  known({
    version: null,
    tag: null,
    kind: 'maintenance',
    occasion: 'maintenance',
    texts: texts.map((text, at) => ({ where: `text ${at + 1}`, text })),
  });

function find(pattern: string, text: string): string | null {
  const finder = finderOf(pattern);
  if (finder.problem !== null) throw new Error(finder.problem);
  return finder.find(text);
}

describe('a ticket', () => {
  it('is found anywhere in the release’s texts, and where is told', () => {
    const decision = decide(GATE, facts({ release: release('Nothing here.', 'Fixes things.\n\nRefs: [CHG-1234](https://example.com)') }));
    expect(decision).toMatchObject({
      outcome: 'approve',
      findings: [{ asks: 'ticket', requirement: 'ticket CHG-\\d+', code: 'ticket-found', says: 'CHG-1234 is named in text 2.' }],
    });
  });

  it.each<[string, readonly string[], string]>([
    ['no text', [], 'it has no text'],
    ['one text', ['chg-12 CHG 12 CHG-'], 'looked through text 1'],
    ['several texts', ['a', 'b'], 'looked through 2 texts'],
  ])('is missed in %s', (_, texts, says) => {
    const decision = decide(GATE, facts({ release: release(...texts) }));
    expect(decision).toMatchObject({ outcome: 'wait', findings: [{ code: 'ticket-missing', verdict: 'unmet' }] });
    expect(decision.findings[0]?.says).toBe(
      `The release names nothing that CHG-\\d+ finds (${says}). Name the ticket in its notes or its pull request.`,
    );
  });

  it('is unknown where the release could not be seen, or nobody looked', () => {
    expect(decide(GATE, facts({ release: unseen() }))).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'release-unseen', says: expect.stringContaining('GitHub did not answer.') }],
    });
    expect(decide(GATE, facts())).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'not-asked', says: expect.stringContaining('What the release says') }],
    });
  });

  it('is looked for in so many characters, and that is told', () => {
    const long = 'x'.repeat(150_000);
    expect(decide(GATE, facts({ release: release(long, `${'x'.repeat(49_000)} CHG-1`) })).outcome).toBe('approve');
    const decision = decide(GATE, facts({ release: release(long, long, 'CHG-1') }));
    expect(decision.outcome).toBe('wait');
    expect(decision.findings[0]?.says).toContain('looked through 3 texts, the first 200000 characters');
  });

  it('by a pattern that is none is unknown', () => {
    const entry = GATE.entry as NonNullable<typeof GATE.entry>;
    const odd = { ...GATE, entry: { ...entry, requires: [{ asks: 'ticket' as const, pattern: '(' }] } };
    expect(decide(odd, facts({ release: release('(') }))).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'pattern-unusable', verdict: 'unknown' }],
    });
  });
});

describe('the search', () => {
  it.each<[string, string, string | null]>([
    ['CHG-\\d+', 'see CHG-12, CHG-3', 'CHG-12'],
    ['CHG-\\d+', 'CHG-', null],
    ['[A-Z]{2,4}-[0-9]+', 'ABCDE-1', 'BCDE-1'],
    ['[A-Z]{2}-1', 'ABC-1', 'BC-1'],
    ['[A-Z]{2,}-1', 'xABC-1', 'ABC-1'],
    ['[^a]b', 'abcb', 'cb'],
    ['[\\]]x', ']x', ']x'],
    ['a|bc', 'xbc', 'bc'],
    ['a|ab', 'ab', 'ab'],
    ['(?:JIRA|CHG)-\\d', 'CHG-1', 'CHG-1'],
    ['(?<key>CHG)-1', 'CHG-1', 'CHG-1'],
    ['(a|b)+c', 'ababc', 'ababc'],
    ['(a*)*b', 'aab', 'aab'],
    ['colou?r', 'color', 'color'],
    ['a{0}b', 'ab', 'b'],
    ['a{2}', 'aaa', 'aa'],
    ['a{2,12}b', 'aaab', 'aaab'],
    ['a{', 'a{', 'a{'],
    ['a{b}', 'a{b}', 'a{b}'],
    ['x*', 'ab', null],
    ['x*', 'axx', 'xx'],
    ['^CHG', 'CHG', 'CHG'],
    ['^CHG', ' CHG', null],
    ['CHG$', 'CHG', 'CHG'],
    ['CHG$', 'CHG ', null],
    ['\\bCHG-\\d+\\b', 'xCHG-1 CHG-2x CHG-3.', 'CHG-3'],
    ['\\BHG', 'CHG', 'HG'],
    ['\\BHG', 'HG', null],
    ['\\w+@\\w+', 'a ada@acme b', 'ada@acme'],
    ['1.2', '1x2 1.2', '1.2'],
    ['a.*b', 'xaccb\nb', 'accb'],
    ['a.*b', 'a\nb', null],
    ['a.+', 'xa', null],
    ['\\x41\\u0042', 'AB', 'AB'],
    ['\\(\\d\\)', '(1)', '(1)'],
    ['a\\ b', 'a b', 'a b'],
    ['é', 'café', 'é'],
    ['', 'a', null],
    ['a', '', null],
    ['ab|b', 'ab', 'ab'],
    ['b|abc', 'abc', 'abc'],
  ])('%s in %j', (pattern, text, expected) => {
    expect(find(pattern, text)).toBe(expected);
  });

  it.each<[string, string]>([
    ['a(', 'the group that begins at 2 never ends'],
    ['a(b|', 'the group that begins at 2 never ends'],
    [')', 'the group that ends at 1 never began'],
    ['a)', 'the group that ends at 2 never began'],
    ['a[b', 'the class that begins at 2 never ends'],
    ['[a\\', 'the class that begins at 1 never ends'],
    ['[\\]', 'the class that begins at 1 never ends'],
    ['*a', 'there is nothing to repeat at 1'],
    ['a|+', 'there is nothing to repeat at 3'],
    ['(?:?)', 'there is nothing to repeat at 4'],
    ['a**', 'there is nothing to repeat at 3'],
    ['a\\', 'it ends with a backslash'],
    ['(?=a)', 'look-around at 1 is not supported'],
    ['a(?!b)', 'look-around at 2 is not supported'],
    ['(?<=a)', 'look-around at 1 is not supported'],
    ['(a)\\1', 'the back-reference at 4 is not supported'],
    ['(?<a>b)\\k<a>', 'the back-reference at 8 is not supported'],
    ['ba{3,2}', 'the repeat at 2 has its numbers the wrong way round'],
    ['a{9999}', 'it is too long with all its repeats'],
    ['(a{99}){99}', 'it is too long with all its repeats'],
  ])('refuses %s', (pattern, problem) => {
    expect(finderOf(pattern).problem).toBe(problem);
  });

  it('refuses a class that the engine refuses, in its words', () => {
    expect(finderOf('[b-a]').problem).toContain('out of order');
  });

  it('takes a pattern of a thousand characters and steps, and no longer one, however it is nested', () => {
    expect(find(`${'('.repeat(499)}a${')'.repeat(499)}`, 'ba')).toBe('a');
    expect(find('a{999}', 'a'.repeat(999))).toHaveLength(999);
    expect(finderOf('a{1000}').problem).toBe('it is too long with all its repeats');
    expect(finderOf('()'.repeat(500)).problem).toBeNull();
    expect(finderOf(`${'()'.repeat(500)}a`).problem).toBe('it is longer than 1000 characters');
    expect(finderOf('('.repeat(20_000)).problem).toBe('it is longer than 1000 characters');
  });

  const parts = fc.constantFrom(
    'a',
    'b',
    'ab',
    '[ab]',
    '[^a]',
    '\\d',
    '\\w',
    '\\b',
    '(?:a|b)',
    '(a|bc)',
    'a+',
    'b*',
    'a?',
    '(?:ab){1,2}',
    '.*',
    '\\.',
    '1',
    '$',
    '^',
  );
  const texts = fc.array(fc.constantFrom('a', 'b', 'c', '1', '.', ' ', '\n'), { maxLength: 12 }).map((chars) => chars.join(''));

  it('finds something exactly where JavaScript’s own does, beginning at the same place', () => {
    fc.assert(
      fc.property(fc.array(parts, { minLength: 1, maxLength: 4 }), texts, (pattern, text) => {
        const source = pattern.join('');
        const matches = [...text.matchAll(new RegExp(`(?=(${source}))`, 'g'))].filter(([, found]) => found !== '');
        const found = find(source, text);
        if (found === null) expect(matches).toEqual([]);
        else {
          expect(new RegExp(`^(?:${source})$`, '').test(found) || source.includes('\\b') || /[$^]/.test(source)).toBe(true);
          expect(text).toContain(found);
        }
        if (matches[0] !== undefined) expect(text.slice(matches[0].index).startsWith(found ?? '\0')).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each<[string, string]>([
    ['CHG-\\d+', 'CHG-'],
    ['(a+)+b', 'a'],
    ['(a|a)*b', 'a'],
    ['a*a*a*a*b', 'a'],
    ['\\w+\\w+\\w+-1', 'w'],
    ['.*.*.*x', ' '],
    ['[A-Z]+-[0-9]+', 'A'],
    ['\\bx', ' '],
  ])('is quick with %s in 20,000 of %j', (pattern, char) => {
    const text = char.repeat(20_000 / char.length);
    find(pattern, text);
    const begin = performance.now();
    expect(find(pattern, text)).toBeNull();
    expect(performance.now() - begin).toBeLessThan(2_000);
  });

  it('takes every pattern that a policy may have', () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 4 }), (pattern) => {
        const source = pattern.join('');
        if (readPattern(source).problem === null) expect(finderOf(source).problem).toBeNull();
      }),
    );
  });
});
