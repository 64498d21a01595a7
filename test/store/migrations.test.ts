// The tables' way from version to version, on both engines: each step once, whoever starts at the same moment, and never back.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import type { Migration } from '../../src/store/schema.ts';
import { MIGRATIONS, migrate } from '../../src/store/schema.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import type { Orders } from '../support/store-worker.ts';

let server: PostgresServer;
const folder = mkdtempSync(join(tmpdir(), 'shiplock-migrations-'));
const WORKER = fileURLToPath(new URL('../support/store-worker.ts', import.meta.url));
let places = 0;

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let where: { readonly databaseUrl?: string; readonly folder: string };
  const database = () => (where.databaseUrl === undefined ? openSqlite(where.folder) : openPostgres(where.databaseUrl));

  beforeEach(async () => {
    where = { folder: join(folder, String(++places)), ...(engine === 'postgres' ? { databaseUrl: await server.emptyUrl() } : {}) };
  });

  it('three processes that start at once on nothing all work', async () => {
    const ends = await Promise.all(['a', 'b', 'c'].map((name) => run({ ...where, name, lanes: 2, keys: 3, leaseMs: 200, count: 4 })));
    expect(ends.map((end) => end.complaint)).toEqual(['', '', '']);
    const acknowledged = ends.flatMap((end) => end.acknowledged);
    expect(acknowledged).toHaveLength(24);
    const store = await openStore(where);
    expect(await store.known(acknowledged)).toEqual(new Set(acknowledged));
    await store.close();
  });

  it('many that migrate at once take each step once', async () => {
    const handles = await Promise.all(Array.from({ length: 5 }, database));
    const counting: Migration = () => [
      'create table shiplock_count (id integer primary key, n integer not null)',
      'insert into shiplock_count values (1, 1)',
    ];
    const again: Migration = () => ['update shiplock_count set n = n + 1'];
    const versions = await Promise.all(handles.map((handle) => migrate(handle, [counting, again, again])));
    expect(versions).toEqual([3, 3, 3, 3, 3]);
    expect(await handles[0]?.read('select n from shiplock_count')).toEqual([expect.objectContaining({ n: 3 })]);
    await Promise.all(handles.map((handle) => handle.close()));
  });

  it('a later version finds what an earlier one wrote', async () => {
    const store = await openStore(where);
    await store.write([{ repository: 'r', kind: 'k', name: 'n', body: 1 }], 0);
    await store.close();
    const handle = await database();
    const next: Migration = ({ integer }) => [
      `alter table shiplock_notes add column extra ${integer}`,
      'update shiplock_notes set extra = 5',
    ];
    await migrate(handle, [...MIGRATIONS, next]);
    expect(await handle.read('select name, extra from shiplock_notes')).toEqual([expect.objectContaining({ name: 'n', extra: 5 })]);
    await handle.close();
    await expect(openStore(where)).rejects.toThrow(/newer Shiplock.*version 2, this one knows 1.*no way back/s);
  });

  it('a step that fails leaves nothing, and is taken again', async () => {
    const handle = await database();
    const fails: Migration = () => ['create table shiplock_half (id integer primary key)', 'insert into nowhere values (1)'];
    await expect(migrate(handle, [...MIGRATIONS, fails])).rejects.toThrow(/nowhere/);
    const works: Migration = () => ['create table shiplock_half (id integer primary key)'];
    expect(await migrate(handle, [...MIGRATIONS, works])).toBe(MIGRATIONS.length + 1);
    await handle.close();
  });
});

async function run(orders: Orders): Promise<{ readonly acknowledged: readonly string[]; readonly complaint: string }> {
  const child = spawn(process.execPath, [WORKER, JSON.stringify(orders)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk: Buffer) => {
      text[stream] += chunk.toString();
    });
  }
  await once(child, 'close');
  const lines = text.stdout.split('\n').filter((line) => line !== '');
  return { acknowledged: lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)), complaint: text.stderr };
}
