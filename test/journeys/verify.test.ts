// An auditor's way: the record is exported from the store that the App has written, carried elsewhere, and verified there.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Sealed } from '../../src/core/record.ts';
import { openStore } from '../../src/store/open.ts';
import { OTHER_SHA, SHA } from '../support/gate-facts.ts';
import { newFolder, removeRepositories } from '../support/git.ts';
import { chained, decided, exported, happen, held } from '../support/records.ts';

afterAll(removeRepositories);

const CLI = join(import.meta.dirname, '../../src/cli.ts');

function shiplock(args: readonly string[], options: { readonly store?: string; readonly input?: string } = {}) {
  const env = { ...process.env, SHIPLOCK_DATA: options.store ?? newFolder(), DATABASE_URL: '', NO_COLOR: '1' };
  const run = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', env, input: options.input ?? '', timeout: 30_000 });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}

const entriesIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as Sealed & { open?: Record<string, { text: string }> });

let store: string;
beforeAll(async () => {
  store = newFolder();
  const opened = await openStore({ folder: store });
  await happen(opened, [decided(0), held('the shop is on fire'), decided(1), decided(1, { sha: OTHER_SHA })]);
  await happen(
    opened,
    [
      { ...held('no'), home: { owner: 'acme', name: 'old' } },
      { ...held('no'), home: { owner: 'acme', name: 'site' } },
    ],
    'repo:8',
  );
  await opened.close();
});

describe('a record that is carried elsewhere', () => {
  it('is exported with its texts, and sound', () => {
    const file = join(newFolder(), 'record.jsonl');
    expect(shiplock(['record', '--repo', 'acme/app', '--to', file], { store })).toEqual({
      status: 0,
      stdout: '',
      stderr: `Written to ${file}. Check it anywhere: shiplock verify ${file}\n`,
    });
    const entries = entriesIn(readFileSync(file, 'utf8'));
    expect(entries.map(({ what, seq }) => [seq, what])).toEqual([
      [1, 'gate'],
      [2, 'hold'],
      [3, 'gate'],
      [4, 'gate'],
    ]);
    expect(entries[1]?.open?.['1']?.text).toBe('the shop is on fire');
    const hash = entries[3]?.hash;
    const { status, stdout, stderr } = shiplock(['verify', file]);
    expect(stderr).toBe('');
    expect(stdout).toBe(`sound  record of acme/app (repo:7): 4 entries, 2026-11-23T12:00:00Z to 2026-11-23T12:00:00Z
  every entry follows from the one before, and every decision from its facts
  production: 1 × approve, 2 × wait
  head  4 · ${hash}
  Whoever can write the store could write a record anew: compare the head with what Shiplock told GitHub (--witness HASH).
`);
    expect(status).toBe(0);
  });

  it('goes through a pipe', () => {
    const { stdout } = shiplock(['record', '--repo', 'repo:7'], { store });
    expect(shiplock(['verify', '-', '--json'], { input: stdout })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"sound":true'),
    });
  });

  it('has the hash that GitHub was told', () => {
    const { stdout } = shiplock(['record', '--repo', 'repo:7'], { store });
    const hash = entriesIn(stdout)[2]?.hash ?? '';
    const seen = shiplock(['verify', '-', '--witness', `record 3 · ${hash.slice(0, 12)}`], { input: stdout });
    expect(seen).toMatchObject({ status: 0, stdout: expect.stringContaining('entry 3 has the hash that was looked for') });
    const other = shiplock(['verify', '-', '--witness', 'abcdef012345'], { input: stdout });
    expect(other).toMatchObject({ status: 1, stdout: expect.stringContaining('The file: no entry has the hash abcdef012345.') });
    expect(shiplock(['verify', '-', '--witness', 'abc'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('its first 12 digits or more'),
    });
  });

  it('can be about one commit, and without what people wrote', () => {
    const { stdout } = shiplock(['record', '--repo', 'acme/app', '--sha', SHA, '--without-texts'], { store });
    expect(entriesIn(stdout).map(({ seq }) => seq)).toEqual([1, 3]);
    const answer = shiplock(['verify', '-'], { input: stdout });
    expect(answer).toMatchObject({ status: 0, stdout: expect.stringContaining('an excerpt of 2 entries') });
  });

  it('is not sound once a word in it is another', () => {
    const { stdout } = shiplock(['record', '--repo', 'acme/app'], { store });
    const file = join(newFolder(), 'record.jsonl');
    writeFileSync(file, stdout.replace('"outcome":"wait"', '"outcome":"approve"'));
    const { status, stdout: says } = shiplock(['verify', file]);
    expect(status).toBe(1);
    expect(says).toContain('broken  first at line 2: record of acme/app (repo:7): 4 entries');
    expect(says).toContain('  Line 2 (entry 1): its hash is not that of what it says: something in it was changed.\n');
    expect(says).toContain(
      '  Line 2 (entry 1): its decision does not follow from its facts: this version decides wait, and it says approve',
    );
    expect(says).toContain('  Line 6: it is not the digest of the lines before: something in them was changed.\n');
    const { breaks } = JSON.parse(shiplock(['verify', file, '--json']).stdout) as { breaks: { line: number; code: string }[] };
    expect(breaks.map(({ line, code }) => [line, code])).toEqual([
      [2, 'hash'],
      [2, 'other-version'],
      [6, 'file'],
    ]);
  });

  it('does not print what is in a file to a terminal as it stands', () => {
    const odd = exported(chained([held('no')], undefined, 'repo:\u001b[31m9'), 'whole', 'repo:\u001b[31m9');
    const { stdout } = shiplock(['verify', '-'], { input: odd });
    expect(stdout).toContain('sound  record of acme/app (repo: [31m9)');
  });

  it('can have a text erased, and stays sound', async () => {
    const folder = newFolder();
    const opened = await openStore({ folder });
    await happen(opened, [decided(0), held('Ada’s cat is ill')]);
    await opened.close();
    expect(shiplock(['record', '--erase', '2'], { store: folder })).toEqual({
      status: 0,
      stdout: '1 text of entry 2 erased.\n',
      stderr: '',
    });
    expect(shiplock(['record', '--erase', '2'], { store: folder }).stdout).toBe('Entry 2 has no text that is not erased.\n');
    expect(shiplock(['record', '--erase', '3'], { store: folder })).toMatchObject({ status: 2, stderr: 'The record has no entry 3.\n' });
    const { stdout } = shiplock(['record'], { store: folder });
    expect(stdout).not.toContain('cat');
    expect(shiplock(['verify', '-'], { input: stdout })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('\n  1 of 1 text is erased\n'),
    });
  });
});

describe('which record', () => {
  it.each([
    [['--repo', 'acme/site'], 'repo:8'],
    [['--repo', 'ACME/App'], 'repo:7'],
  ])('is found by %j, by the name that it has now', (args, key) => {
    expect(JSON.parse(shiplock(['record', ...args], { store }).stdout.split('\n')[0] as string)).toMatchObject({ repository: key });
  });

  it.each([
    [[], 'The store has several records. Name one with --repo: acme/app (repo:7), acme/site (repo:8).\n'],
    [['--repo', 'acme/old'], 'The store has no record of acme/old. It has those of acme/app (repo:7), acme/site (repo:8).\n'],
    [['--sha', 'abc'], '--sha takes the full SHA of a commit: `git rev-parse v1.2.0^{commit}` tells it.\n'],
    [['--erase', 'two'], '--erase takes the number of an entry, its `seq`: `shiplock record --erase 12`.\n'],
  ])('is asked for where %j does not say', (args, stderr) => {
    expect(shiplock(['record', ...args], { store })).toEqual({ status: 2, stdout: '', stderr });
  });

  it('is never looked for by making a store', () => {
    const folder = newFolder();
    expect(shiplock(['record'], { store: folder })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`There is no store in ${folder}.`),
    });
    expect(existsSync(join(folder, 'shiplock.db'))).toBe(false);
  });

  it('is never written over another file', () => {
    const file = join(newFolder(), 'record.jsonl');
    writeFileSync(file, 'the only copy\n');
    const { status, stderr } = shiplock(['record', '--repo', 'repo:7', '--to', file], { store });
    expect([status, stderr]).toEqual([3, expect.stringContaining('EEXIST')]);
    expect(readFileSync(file, 'utf8')).toBe('the only copy\n');
  });
});

describe('the command line', () => {
  it.each([
    [['verify'], 2, '`verify` needs FILE, as in `shiplock verify record.jsonl`. See `shiplock verify --help`.\n'],
    [['verify', 'a', 'b'], 2, '`verify` takes no second word `b`. See `shiplock verify --help`.\n'],
    [['plan', 'a'], 2, '`plan` takes no word `a`. See `shiplock plan --help`.\n'],
    [['verify', '/nowhere/record.jsonl'], 3, expect.stringContaining('/nowhere/record.jsonl cannot be used: ENOENT')],
  ])('%j', (args, status, stderr) => {
    expect(shiplock(args)).toEqual({ status, stdout: '', stderr });
  });

  it('shows FILE in the help', () => {
    expect(shiplock(['verify', '--help']).stdout).toContain('Usage  shiplock verify FILE [options]');
  });

  it('takes an empty file for no record', () => {
    expect(shiplock(['verify', '-'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('The file: it is empty, which no exported record is.'),
    });
  });
});
