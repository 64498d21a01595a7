import { describe, expect, it } from 'vitest';
import { flagAt, listAt, mapAt, readConfig, readMap, shownValue, tellUnknown, textAt, textsAt } from '../../src/core/import/config.ts';
import { joinOverrides, openLedger } from '../../src/core/import/report.ts';
import { inputsOfAction } from '../../src/core/import/workflow.ts';

describe('reading a configuration', () => {
  it.each<[string, string, string, unknown]>([
    ['JSON', 'a.json', '{"a": 1, "b": ["x"]}', { a: 1, b: ['x'] }],
    ['JSON indented with tabs', 'a.json', '{\n\t"a": {\n\t\t"b": true\n\t}\n}', { a: { b: true } }],
    ['JSON with comments', 'a.json', '{ // one\n "a": 1, /* two */ "b": 2 }', { a: 1, b: 2 }],
    ['JSON with a comment before it, under a name without an ending', '.releaserc', '// release\n{"a": 1}', { a: 1 }],
    [
      'slashes within texts',
      'a.json',
      '{"$schema": "https://x/y", "b": "/* no */ // no", "c": "\\" // no"}',
      { $schema: 'https://x/y', b: '/* no */ // no', c: '" // no' },
    ],
    ['a trailing comma', 'a.json', '{"a": [1, 2,],}', { a: [1, 2] }],
    ['a byte order mark', 'a.json', '\ufeff{"a": 1}', { a: 1 }],
    ['YAML', 'a.yml', '# c\na: 1\nb:\n  - "//x"\n', { a: 1, b: ['//x'] }],
    ['YAML under a name without an ending', '.releaserc', 'branches:\n  - main\n', { branches: ['main'] }],
    ['an empty file', 'a.yml', '', null],
  ])('takes %s', (_, path, text, value) => {
    const read = readConfig({ path, text });
    expect(read).toEqual({ ok: true, value, slips: [] });
  });

  it.each([
    ['JSON that does not end', 'a.json', '{"a": 1', /^a\.json:1:8: this map does not end/],
    ['YAML with a wrong indent', 'a.yml', "a:\n  - label: 'x'\n      branch:\n        - y\n", /^a\.yml:\d+:\d+: /],
    ['a file of more than a configuration', 'a.json', `{"a": "${'x'.repeat(300_000)}"}`, /300,?\d*|KiB long/],
  ])('tells what is wrong with %s, and where', (_, path, text, says) => {
    const read = readConfig({ path, text });
    expect(read.ok).toBe(false);
    expect(read.ok ? '' : read.problems[0]).toMatch(says);
  });

  it('keeps the places of what follows a comment', () => {
    const read = readConfig({ path: 'a.json', text: '{ /* one\n two */ "a": 1,\n "a": 2 }' });
    expect(read).toEqual({ ok: true, value: { a: 1 }, slips: ['a.json:3:2: "a" stands here twice: put all of it under one key'] });
  });

  it('refuses a file that holds no keys', () => {
    expect(readMap({ path: 'a.yml', text: '- a\n- b\n' })).toEqual({
      ok: false,
      problems: ['a.yml:1:1: it holds a list where keys and values should be'],
    });
  });

  it.each([
    ['quotes', '"'.repeat(20_000)],
    ['slashes', '/'.repeat(20_000)],
    ['stars after a slash', `/${'*'.repeat(20_000)}`],
    ['braces', '{'.repeat(20_000)],
    ['comments that do not end', '/*'.repeat(10_000)],
    ['spaces before a brace', `${' '.repeat(20_000)}{`],
  ])('ends soon on 20,000 %s', (_, text) => {
    const from = performance.now();
    readConfig({ path: 'a.json', text });
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});

describe('values of the expected kind', () => {
  it('are taken, and others are told and left out', () => {
    const ledger = openLedger();
    const place = { ledger, at: 'top.' };
    const map = { text: 'x', flag: false, list: [1], map: { a: 1 }, texts: ['a', 2, 'b'], one: 'alone', nothing: null };
    expect(textAt(map, 'text', place)).toBe('x');
    expect(flagAt(map, 'flag', place)).toBe(false);
    expect(listAt(map, 'list', place)).toEqual([1]);
    expect(mapAt(map, 'map', place)).toEqual({ a: 1 });
    expect(textsAt(map, 'texts', place)).toEqual(['a', 'b']);
    expect(textsAt(map, 'one', place)).toEqual(['alone']);
    expect(textAt(map, 'nothing', place)).toBeNull();
    expect(textAt(map, 'toString', place)).toBeNull();
    expect(textAt(map, 'flag', place)).toBeNull();
    expect(flagAt(map, 'text', place)).toBeNull();
    expect(ledger.cannot).toEqual([
      { key: 'top.texts', says: 'should be a list of texts; 1 of its entries were left out' },
      { key: 'top.flag', says: 'holds false where a text should be, so it was left out' },
      { key: 'top.text', says: 'holds the text "x" where true or false should be, so it was left out' },
    ]);
  });

  it('are shown in one short line', () => {
    expect(shownValue('x'.repeat(100))).toBe(`"${'x'.repeat(59)}…"`);
    expect(shownValue([1])).toBe('a list');
    expect(shownValue({})).toBe('a map of keys');
    expect(shownValue(null)).toBe('null');
  });

  it('that are under an unknown key are told, with what may be meant', () => {
    const ledger = openLedger();
    tellUnknown({ 'relase-type': 1, zzz: 2, packages: {} }, ['release-type', 'packages'], { ledger, at: '' }, 'release-please');
    expect(ledger.cannot).toEqual([
      { key: 'relase-type', says: 'is no key that release-please documents; if `release-type` is meant, mend it there and import again' },
      { key: 'zzz', says: 'is no key that release-please documents' },
    ]);
  });
});

it('joins settings key by key, the later ones over the earlier', () => {
  expect(
    joinOverrides(
      { release: { mode: 'direct', before1: { breaking: 'major' } }, classify: { types: { a: 'none' } } },
      { release: { initial: '1.0.0', before1: { feature: 'patch' } }, classify: { types: { b: 'bug' } }, lines: [{ branch: 'a' }] },
      { release: { mode: 'draft' }, lines: [{ branch: 'b' }] },
    ),
  ).toEqual({
    release: { mode: 'draft', initial: '1.0.0', before1: { breaking: 'major', feature: 'patch' } },
    classify: { types: { a: 'none', b: 'bug' } },
    lines: [{ branch: 'b' }],
  });
});

describe('the steps of a workflow', () => {
  const workflow = (text: string) => inputsOfAction({ path: '.github/workflows/release.yml', text }, ['googleapis/release-please-action']);

  it('that use the action are found with their inputs, at whatever version', () => {
    const text = `
on: push
jobs:
  lint: { runs-on: x, steps: [{ run: npm test }] }
  release:
    steps:
      - uses: actions/checkout@v5
      - uses: googleapis/release-please-action@16a9c90856f42705d54a6fda1823352bdc62cf38 # v4.4.0
        with: { release-type: node, token: "\${{ secrets.TOKEN }}" }
      - uses: googleapis/release-please-action/sub@v4
      - uses: googleapis/release-please-action-fork@v4
        with: { release-type: go }
`;
    expect(workflow(text)).toEqual([{ 'release-type': 'node', token: `\${{ secrets.TOKEN }}` }, {}]);
  });

  it.each([
    ['no YAML', 'uses: googleapis/release-please-action\n  - {'],
    ['no jobs', '# googleapis/release-please-action\nname: x\n'],
    ['jobs of another kind', 'jobs: [googleapis/release-please-action]'],
    ['a reusable workflow', 'jobs:\n  a:\n    uses: googleapis/release-please-action/.github/workflows/x.yml@v1\n'],
  ])('are none in a file with %s', (_, text) => {
    expect(workflow(text)).toEqual([]);
  });
});
