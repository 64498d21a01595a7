// Moving house: what is exported from one engine and imported into the other is the same store; what is damaged or mixed is refused.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Entry, Lease } from '../../src/flows/store-port.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { dumpStore, loadStore } from '../../src/store/transfer.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

let server: PostgresServer;
const folder = mkdtempSync(join(tmpdir(), 'shiplock-transfer-'));
const opened: Store[] = [];
let places = 0;

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const engines = ['sqlite', 'postgres'] as const;
type Engine = (typeof engines)[number];
const open = async (engine: Engine) => {
  const store = await openStore({
    folder: join(folder, String(++places)),
    ...(engine === 'postgres' ? { databaseUrl: await server.emptyUrl() } : {}),
  });
  opened.push(store);
  return store;
};
const linesOf = async (store: Store) => {
  const lines: string[] = [];
  for await (const line of dumpStore(store)) lines.push(line);
  return lines;
};

describe.each(engines.flatMap((from) => engines.map((to) => ({ from, to }))))('from $from to $to', ({ from, to }) => {
  it('nothing changes, and all goes on where it was', async () => {
    const source = await open(from);
    await fill(source);
    const lines = await linesOf(source);
    const target = await open(to);
    expect(await loadStore(withBreaks(lines), target)).toBe(lines.length - 1);
    expect(await linesOf(target)).toEqual(lines);

    const both = [source, target];
    const [here, there] = await Promise.all(
      both.map(async (store) => ({
        stats: await store.stats(500),
        dead: await store.dead(10),
        notes: await store.notes('repo:1', 'k'),
        entries: await store.entries('repo:1', { after: 0, limit: 1000 }),
        repositories: await store.repositories(),
        known: await store.known(['done', 'open', 'dead', 'x']),
        open: await store.delivery('open'),
        again: await store.accept([delivery('done', 'repo:1')]),
      })),
    );
    expect(there).toEqual(here);
    expect(here?.entries).toHaveLength(700);
    expect(here?.stats).toEqual({ ready: 1, waiting: 2, running: 1, dead: 1, oldest: 450 });
    expect(await target.delivery('done')).toBeNull();

    // New ids and numbers go on after the old ones, leases still hold, and so does the order.
    for (const store of both) await store.add([{ key: 'repo:2', kind: 'new', body: null }], 600);
    const claims = await Promise.all(both.map((store) => store.claim({ owner: 'me', now: 100_000, leaseMs: 10, limit: 10 })));
    expect(claims[1]?.map((task) => [task.key, task.kind, task.attempts])).toEqual(
      claims[0]?.map((task) => [task.key, task.kind, task.attempts]),
    );
    expect(await target.replay((await target.dead(1))[0]?.id ?? 0, 100_000)).toBe(true);
  });
});

it('what nobody has looked at yet is begun where it comes to', async () => {
  for (const engine of engines) {
    const source = await open('sqlite');
    await source.accept([delivery('a', 'repo:1'), delivery('b', 'repo:2')]);
    const target = await open(engine);
    await loadStore(await linesOf(source), target);
    const tasks = await target.claim({ owner: 'me', now: 10, leaseMs: 10, limit: 5 });
    expect(tasks.map((task) => task.body)).toEqual([{ guid: 'a' }, { guid: 'b' }]);
    expect(await target.delivery('b')).toEqual(delivery('b', 'repo:2'));
  }
});

it('an export is of one moment, while others write', async () => {
  for (const engine of engines) {
    const store = await open(engine);
    await fill(store);
    const still = await linesOf(store);
    const moving: string[] = [];
    let written = 0;
    for await (const line of dumpStore(store)) {
      moving.push(line);
      if (written < 30) await store.accept([delivery(`while ${written++}`, 'repo:9')]);
    }
    expect(moving).toEqual(still);
  }
});

it('an export that nobody reads to its end holds nothing up', async () => {
  for (const engine of engines) {
    const store = await open(engine);
    await fill(store);
    for (let round = 0; round < 20; round++) for await (const line of dumpStore(store)) if (line !== '') break;
    await store.ping();
  }
});

describe.each(engines)('into %s', (engine) => {
  it('never into a store with something in it', async () => {
    const source = await open('sqlite');
    await fill(source);
    const lines = await linesOf(source);
    for (const begin of [
      (store: Store) => store.write([{ repository: 'r', kind: 'k', name: 'n', body: 1 }], 0),
      (store: Store) => store.add([{ key: 'k', kind: 'k', body: 1 }], 0),
      (store: Store) => loadStore(lines, store),
    ]) {
      const target = await open(engine);
      await begin(target);
      const before = await linesOf(target);
      await expect(loadStore(lines, target)).rejects.toThrow(/not empty.*new folder or a new database/s);
      expect(await linesOf(target)).toEqual(before);
    }
  });

  it('never what is damaged: nothing of it is kept', async () => {
    const source = await open('sqlite');
    await fill(source);
    const lines = await linesOf(source);
    const target = await open(engine);
    const empty = await linesOf(target);
    const changed = (index: number, line: string) => lines.map((old, at) => (at === index ? line : old));
    const middle = lines.findIndex((line) => line.startsWith('{"note"'));
    const damaged: readonly (readonly [readonly string[], RegExp])[] = [
      [[], /ends in the middle/],
      [lines.slice(0, -1), /ends in the middle/],
      [lines.slice(0, 5), /ends in the middle, after line 5/],
      [lines.toSpliced(middle, 1), /changed or is damaged/],
      [changed(middle, (lines[middle] ?? '').replace('"version":1', '"version":7')), /changed or is damaged/],
      [changed(0, '{"format":"shiplock-store","schema":99}'), /no export of this version/],
      [changed(middle, '{"note":'), /Line \d+ of the export is damaged/],
      [changed(middle, '{"note":7}'), /Line \d+ of the export is damaged/],
      [changed(middle, '{"secret":{}}'), /unknown kind/],
      [changed(middle, '{"note":{"name":"n"}}'), /has no repository/],
    ];
    for (const [broken, says] of damaged) await expect(loadStore(broken, target)).rejects.toThrow(says);
    expect(await linesOf(target)).toEqual(empty);
    await loadStore(lines, target);
  });
});

/** Something of everything: done, dead, held, waiting; a chain of more than a page. */
async function fill(store: Store): Promise<void> {
  // Payloads that are written together stay together.
  await store.accept([delivery('done', 'repo:1')]);
  await store.accept([delivery('dead', 'repo:2'), delivery('open', 'repo:3')]);
  const leases = (await store.claim({ owner: 'w', now: 10, leaseMs: 100, limit: 3 })).map((task): Lease => ({ task, owner: 'w' }));
  const of = (key: string): Lease => {
    const found = leases.find((lease) => lease.task.key === key);
    if (found === undefined) throw new Error(`Nothing of ${key} was claimed.`);
    return found;
  };
  const entries = Array.from({ length: 700 }, (_, index): Entry => {
    return { repository: 'repo:1', seal: (head) => ({ hash: `h${head?.seq ?? 0}`, text: `{"é":${index}}` }) };
  });
  const notes = ['ä', 'a', 'Z', 'gone'].map((name) => ({ repository: 'repo:1', kind: 'k', name, body: { name } }));
  await store.finish(of('repo:1'), { entries, notes }, 20);
  await store.write([{ repository: 'repo:1', kind: 'k', name: 'gone', body: null }], 21);
  await store.bury(of('repo:2'), 'it fails', 30);
  await store.retry(of('repo:3'), { at: 90_000, error: 'later' });
  await store.add([{ key: 'repo:4', kind: 'held', body: { x: [1] } }], 40);
  await store.claim({ owner: 'other', now: 41, leaseMs: 50_000, limit: 1 });
  await store.add(
    [
      { key: 'repo:2', kind: 'ready', body: null, unique: 'u' },
      { key: 'timer', kind: 'timer', body: null, runAt: 80_000 },
    ],
    50,
  );
}

function delivery(guid: string, key: string) {
  return {
    guid,
    event: 'push',
    action: guid === 'done' ? null : 'opened',
    key,
    payload: new TextEncoder().encode(guid.repeat(100)),
    receivedAt: 5,
  };
}

async function* withBreaks(lines: readonly string[]): AsyncGenerator<string> {
  for (const line of lines) {
    yield `${line}\n`;
    yield '';
  }
}
