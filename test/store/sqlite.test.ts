// What is SQLite's alone: the folder and its file, the Node that is needed, other processes, and a disk that will not write.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { Delivery } from '../../src/flows/store-port.ts';
import { StoreProblem } from '../../src/flows/store-port.ts';
import { networkType, refuseNetwork } from '../../src/store/folder.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

const root = mkdtempSync(join(tmpdir(), 'shiplock-sqlite-'));
chmodSync(root, 0o755);
const opened: Store[] = [];
let places = 0;

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const place = () => join(root, String(++places));
const open = async (folder: string) => {
  const store = await openStore({ folder });
  opened.push(store);
  return store;
};
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

it('keeps folder and file for their owner alone', async () => {
  const folder = join(place(), 'deep', 'er');
  await (await open(folder)).ping();
  expect(mode(folder)).toBe('700');
  expect(mode(join(folder, 'shiplock.db'))).toBe('600');
  expect(mode(join(folder, 'shiplock.db-wal'))).toBe('600');

  const empty = place();
  mkdirSync(empty, { mode: 0o755 });
  await open(empty);
  expect(mode(empty)).toBe('700');
});

it('leaves a folder in which other things are as it was, and its own file closed', async () => {
  const folder = place();
  mkdirSync(folder);
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'theirs.txt'), '');
  await open(folder);
  expect(mode(folder)).toBe('755');
  expect(mode(join(folder, 'shiplock.db'))).toBe('600');
});

it('commits as SQLite promises to keep it through a power cut', async () => {
  const store = await open(place());
  await store.database.write(async (session) => {
    expect(await session.rows('pragma journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    expect(await session.rows('pragma synchronous')).toEqual([{ synchronous: 2 }]);
  });
});

it.runIf(process.platform === 'linux')('refuses a network file system in words, and knows a local disk', () => {
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [-11_317_950, 'CIFS'],
    [0xff534d42, 'CIFS'],
    [0x01021997, '9p'],
  ] as const) {
    expect(networkType('/srv', () => type)).toBe(name);
  }
  expect(networkType('/srv', () => 0xef53)).toBeNull();
  expect(networkType(tmpdir())).toBeNull();
  expect(() => refuseNetwork('/srv', 'NFS')).toThrow(/\/srv.*network file system \(NFS\).*SHIPLOCK_DATA.*DATABASE_URL/);
  expect(() => refuseNetwork('/srv', null)).not.toThrow();
});

it('says that it needs Node 24 where Node is older', async () => {
  const versions = process.versions;
  const folder = place();
  Object.defineProperty(process, 'versions', { value: { ...versions, node: '20.20.2' }, configurable: true });
  try {
    await expect(openStore({ folder })).rejects.toThrow(
      new StoreProblem(
        'The embedded store needs Node 24 or newer, and this is Node 20.20.2. Start Shiplock with Node 24, or set DATABASE_URL to use PostgreSQL.',
      ),
    );
  } finally {
    Object.defineProperty(process, 'versions', { value: versions, configurable: true });
  }
  expect(existsSync(folder)).toBe(false);
});

it('says why it cannot be opened, and what to do', async () => {
  const file = place();
  writeFileSync(file, 'a file');
  await expect(openStore({ folder: file })).rejects.toThrow(/cannot be kept in .*EEXIST.*SHIPLOCK_DATA/);
  await expect(openStore({ folder: join(file, 'below') })).rejects.toThrow(/cannot be kept in .*ENOTDIR/);

  const noDatabase = place();
  mkdirSync(noDatabase);
  writeFileSync(join(noDatabase, 'shiplock.db'), 'something else entirely, and long enough to be looked at '.repeat(20));
  await expect(openStore({ folder: noDatabase })).rejects.toThrow(/not a database.*move it away/s);

  const inTheWay = place();
  mkdirSync(join(inTheWay, 'shiplock.db'), { recursive: true });
  await expect(openStore({ folder: inTheWay })).rejects.toThrow(/cannot be kept in .*EISDIR/);
});

it('says so where file and folder are read-only', async () => {
  const folder = place();
  const store = await openStore({ folder });
  await store.close();
  chmodSync(join(folder, 'shiplock.db'), 0o444);
  chmodSync(folder, 0o555);
  // Root may write anywhere: then as somebody else.
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(65_534);
  try {
    await expect(openStore({ folder })).rejects.toThrow(/EACCES.*this user may write to/s);
  } finally {
    if (root) process.seteuid?.(0);
    chmodSync(folder, 0o700);
  }
});

it('waits for another process that writes, without holding up its own', async () => {
  const folder = place();
  const store = await open(folder);
  const other = new DatabaseSync(join(folder, 'shiplock.db'));
  other.exec('begin immediate');
  const accepted = store.accept([delivery('a')]);
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
    // Reads go on beside both.
    if (turns === 1) void store.stats(0);
    if (turns === 3) {
      other.exec('commit');
      other.close();
    }
  }, 5);
  expect(await accepted).toEqual([true]);
  clearInterval(ticking);
  expect(turns).toBeGreaterThanOrEqual(3);
});

it.runIf(process.platform === 'linux')('on a full disk refuses what it cannot keep, and has all that it acknowledged', async () => {
  const folder = place();
  const orders = JSON.stringify({ folder, name: 'full', lanes: 3, keys: 2, leaseMs: 60_000 });
  const worker = fileURLToPath(new URL('../support/store-worker.ts', import.meta.url));
  // No file may grow beyond 600 KB, which the system says as it would of a full disk or quota.
  const child = spawn('sh', ['-c', `trap '' XFSZ; ulimit -f 1200; exec "$0" "$1" "$2"`, process.execPath, worker, orders], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, complaint] = await Promise.all([textOf(child, 'stdout'), textOf(child, 'stderr')]);
  expect(complaint).toMatch(/StoreProblem: The embedded store \(.*shiplock\.db\) fails: .*(disk|full)/);
  const acknowledged = out
    .split('\n')
    .filter((line) => line.startsWith('+'))
    .map((line) => line.slice(1));
  expect(acknowledged.length).toBeGreaterThan(5);
  const store = await open(folder);
  const known = await store.known(acknowledged);
  expect(acknowledged.filter((guid) => !known.has(guid))).toEqual([]);
  await store.ping();
});

async function textOf(child: ChildProcess, stream: 'stdout' | 'stderr'): Promise<string> {
  let text = '';
  child[stream]?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(child, 'close');
  return text;
}

function delivery(guid: string): Delivery {
  return { guid, event: 'push', action: null, key: 'repo:1', payload: new Uint8Array(10), receivedAt: 0 };
}
