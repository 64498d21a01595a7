// `shiplock store`: what the App remembers is carried from one engine to the other and back, and a backup is never written over.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
const NODE = join(import.meta.dirname, '../../node_modules/.bin/node');
const folder = mkdtempSync(join(tmpdir(), 'shiplock-store-cli-'));
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

function shiplock(args: readonly string[], env: Readonly<Record<string, string>>) {
  const { status, stdout, stderr } = spawnSync(NODE, [CLI, 'store', ...args], {
    encoding: 'utf8',
    timeout: 20_000,
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', ...env },
  });
  return { status, stdout, stderr };
}

it('a store is exported, imported into PostgreSQL, and comes back the same', async () => {
  const first = join(folder, 'first');
  const store = await openStore({ folder: first });
  await store.write([{ repository: 'repo:1', kind: 'hold', name: 'production', body: { by: 'ada' } }], 1);
  await store.add([{ key: 'repo:1', kind: 'draft', body: { branch: 'main' } }], 2);
  await store.close();

  const backup = join(folder, 'backup.jsonl');
  expect(shiplock(['export', backup], { SHIPLOCK_DATA: first })).toMatchObject({ status: 0, stdout: '' });
  expect(statSync(backup).mode & 0o777).toBe(0o600);
  const url = await postgres.emptyUrl();
  expect(shiplock(['import', backup], { DATABASE_URL: url })).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^\d+ lines are read back/),
  });
  expect(shiplock(['export', '-'], { DATABASE_URL: url }).stdout).toBe(readFileSync(backup, 'utf8'));

  const second = join(folder, 'second');
  expect(shiplock(['import', backup], { SHIPLOCK_DATA: second }).status).toBe(0);
  const back = await openStore({ folder: second });
  expect((await back.note('repo:1', 'hold', 'production'))?.body).toEqual({ by: 'ada' });
  await back.close();

  // Neither a store with something in it nor a file is ever written over.
  expect(shiplock(['import', backup], { DATABASE_URL: url })).toMatchObject({ status: 3, stderr: expect.stringContaining('empty') });
  expect(shiplock(['export', backup], { SHIPLOCK_DATA: first })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('is there already'),
  });
});

it('a backup that was cut or changed is not kept', async () => {
  const damaged = join(folder, 'damaged.jsonl');
  writeFileSync(damaged, readFileSync(join(folder, 'backup.jsonl'), 'utf8').replace('ada', 'eve'));
  const into = join(folder, 'into');
  const answer = shiplock(['import', damaged], { SHIPLOCK_DATA: into });
  expect([answer.status, answer.stderr.length > 0]).toEqual([3, true]);
  const store = await openStore({ folder: into });
  expect(await store.notes('repo:1', 'hold')).toEqual([]);
  await store.close();
});

it.each([
  [[], /needs WHAT/],
  [['export'], /needs FILE/],
  [['move', 'a'], /followed by `export` or `import`/],
  [['import', '-'], /takes the file/],
  [['import', 'nowhere.jsonl'], /There is no file nowhere.jsonl/],
  [['export', 'new.jsonl'], /There is no store in/],
])('%j: exit code 2, in words', (args, says) => {
  const { status, stderr } = shiplock(args, { SHIPLOCK_DATA: join(folder, 'nothing') });
  expect([status, stderr]).toEqual([2, expect.stringMatching(says)]);
  expect(existsSync(join(folder, 'new.jsonl'))).toBe(false);
});
