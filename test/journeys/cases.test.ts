// Every case that a gate must withstand is shown by a test that names it, and docs/cases.md tells which.
import { describe, expect, it } from 'vitest';
import { CASES, UNTESTED } from '../../scripts/cases.ts';
import { casesReference, namedCases, namedIn } from '../../scripts/cases-reference.ts';

const named = await namedCases();

describe('a case', () => {
  it('is one of fifteen traps or of forty-eight ways to deceive, and each is in the table', () => {
    const traps = Array.from({ length: 15 }, (_, index) => `T${index + 1}`);
    const ways = Array.from({ length: 48 }, (_, index) => `S-${String(index + 1).padStart(2, '0')}`);
    expect(Object.keys(CASES)).toEqual([...traps, ...ways]);
  });

  it.each(Object.keys(CASES))('%s is shown by a test, or has a reason why by none', (id) => {
    expect(named.some((one) => one.id === id)).toBe(UNTESTED[id] === undefined);
  });

  it('that no table knows is named by no test', () => {
    expect(named.filter(({ id }) => CASES[id] === undefined)).toEqual([]);
  });

  it('stands in docs/cases.md with its tests', async () => {
    const rows = (await casesReference()).split('\n').filter((line) => /^\| [ST]/.test(line));
    expect(rows.map((row) => row.split(' | ')[0]?.slice(2))).toEqual(Object.keys(CASES));
    for (const row of rows) expect(row).toMatch(/^\| \S+ \| [^|]{10,} \| [^|]*\S \|$/);
  });
});

/** Not in the call itself: there they would be taken for what they only show. */
const SAMPLES: readonly (readonly [string, string, readonly string[]])[] = [
  ['in its title', `it('S-07: one', () => {});`, ['S-07: S-07: one']],
  ['several', `test("T2, S-38: one (T6)", () => {});`, ['T2: ', 'S-38: ', 'T6: '].map((id) => `${id}T2, S-38: one (T6)`)],
  ['in a group', `describe('a', () => { it('S-01: b', () => {}); });`, ['S-01: a › S-01: b']],
  ['as a group', `describe('T5: a', () => { it('b', () => {}); });`, ['T5: T5: a']],
  ['of a table', `it.each<string>(['x'])('T3: of %s', () => {});`, ['T3: T3: of %s']],
  ['in a row', `it.each([['S-23: same name', 1], ['other', 2]])('%s', () => {});`, ['S-23: S-23: same name']],
  ['in a template', 'it(`S-11: $' + '{name} y`, () => {});', ['S-11: S-11: … y']],
  ['with a condition', `it.skipIf(old)('S-02: one', () => {});`, ['S-02: S-02: one']],
  ['in a loop', `for (const one of all) { it('T1: a', () => {}); }`, ['T1: T1: a']],
  ['not where it is skipped', `describe.skip('S-07: a', () => { it('S-08: b', () => {}); }); it.todo('T1: c');`, []],
  ['not in what it does', `it('a', () => { call('S-07'); });`, []],
  ['not in a comment', `// it('S-07: one')\nconst text = "it('S-07: one')";`, []],
  ['not by a part of a word', `it('at 2026-01-01T10:00, T10:30, XS-07, S-071, T100', () => {});`, []],
];

describe('a test names a case', () => {
  const titles = (source: string) => namedIn('a.test.ts', source).map((one) => `${one.id}: ${one.titles.join(' › ')}`);

  it.each(SAMPLES)('%s', (_, source, expected) => {
    expect(titles(source)).toEqual(expected);
  });
});
