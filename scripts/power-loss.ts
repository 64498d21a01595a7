// Power cuts, simulated on the embedded store: `node scripts/power-loss.ts [ROUNDS] [SEED]`, for a nightly run (300 rounds: a minute or two).
//
// After each commit that was acknowledged, a round, the database and its write-ahead log are copied. A cut during a round leaves each
// 512-byte sector that differs from the copy before as it was, as it became, or torn: first in the log, and only once the log is whole, in
// the database (SQLite syncs the log before a commit returns, and before it moves anything from the log into the database), where bytes that
// were not written stay as they are (https://sqlite.org/psow.html). Such states are made at random, opened as Shiplock opens its store, and
// must hold every delivery and entry acknowledged in the rounds before, byte for byte, in a database that SQLite finds sound.
//
// What that proves: nothing is acknowledged before its commit; a log with a torn, missing or garbled end is recovered to exactly what was
// committed; the settings and the grouping of commits do not weaken that. As a counter-proof the round that was cut must be missing in
// some states: else the cuts cut nothing.
// What it does not prove: that SQLite calls fsync where its documentation says so (https://sqlite.org/atomiccommit.html), that the kernel
// and the disk keep what fsync promised, or anything about PostgreSQL, which has its own tests for this.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChainHead, Task } from '../src/flows/store-port.ts';
import { FILE } from '../src/store/folder.ts';
import { openStore } from '../src/store/open.ts';
import type { Store } from '../src/store/store.ts';

const SECTOR = 512;
const LOG_HEADER = 32;
/** After so many rounds a new store is begun, so that copies stay small. */
const ROUNDS_OF_A_STORE = 40;

interface Image {
  readonly database: Buffer;
  readonly log: Buffer;
}

interface Acknowledged {
  /** GUID → digest of its payload. */
  readonly deliveries: Map<string, string>;
  /** Entries of each repository. */
  readonly entries: Map<string, number>;
}

const rounds = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomOf(seed);
const root = mkdtempSync(join(tmpdir(), 'shiplock-power-'));
try {
  process.exitCode = await main();
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function main(): Promise<number> {
  let cuts = 0;
  let bitten = 0;
  let moved = 0;
  let kept = 0;
  const failures: string[] = [];
  for (let done = 0; done < rounds; done += ROUNDS_OF_A_STORE) {
    const folder = join(root, `store-${done}`);
    const store = await openStore({ folder });
    const sure: Acknowledged = { deliveries: new Map(), entries: new Map() };
    const held: Task[] = [];
    let before = imageOf(folder);
    for (let round = done; round < Math.min(rounds, done + ROUNDS_OF_A_STORE); round++) {
      const fresh = await writeRound(store, held, round);
      const after = imageOf(folder);
      for (const state of statesBetween(before, after)) {
        cuts += 1;
        const { missing, found } = await judge(state, sure, fresh);
        failures.push(...missing.map((what) => `round ${round}: ${what}`));
        kept += sure.deliveries.size;
        if (found < fresh.deliveries.size) bitten += 1;
      }
      if (!before.database.equals(after.database)) moved += 1;
      for (const [guid, digest] of fresh.deliveries) sure.deliveries.set(guid, digest);
      for (const [repository, count] of fresh.entries) sure.entries.set(repository, count);
      before = after;
    }
    await store.close();
    rmSync(folder, { recursive: true });
  }
  for (const failure of failures.slice(0, 20)) console.error(failure);
  console.log(
    `${cuts} power cuts in ${rounds} rounds (${moved} with a checkpoint), ${kept} acknowledged deliveries looked for, ${failures.length} failures; ` +
      `${bitten} cuts took the unacknowledged round with them; seed ${seed}`,
  );
  if (bitten === 0 || moved === 0) console.error('The cuts cut nothing: this run proves nothing.');
  return failures.length === 0 && bitten > 0 && moved > 0 ? 0 : 1;
}

/** One commit, of many writes at once: deliveries that come, tasks that are begun, or tasks that end with an entry each. */
async function writeRound(store: Store, held: Task[], round: number): Promise<Acknowledged> {
  const fresh: Acknowledged = { deliveries: new Map(), entries: new Map() };
  if (held.length > 0) {
    const ending = held.splice(0).map(async (task) => {
      const seal = (head: ChainHead | null) => {
        const seq = (head?.seq ?? 0) + 1;
        fresh.entries.set(task.key, seq);
        return { hash: `h${seq}`, text: JSON.stringify(task.body) };
      };
      await store.finish({ task, owner: 'w' }, { entries: [{ repository: task.key, seal }] }, round);
    });
    await Promise.all(ending);
  } else if (random() < 0.2) {
    held.push(...(await store.claim({ owner: 'w', now: round, leaseMs: 1000, limit: 3 })));
  } else {
    const coming = Array.from({ length: 1 + Math.floor(random() * 16) }, async (_, index) => {
      const payload = new Uint8Array(500 + Math.floor(random() * 20_000)).map(() => random() * 256);
      const guid = `${round}-${index}`;
      await store.accept([{ guid, event: 'push', action: null, key: `repo:${index % 4}`, payload, receivedAt: round }]);
      fresh.deliveries.set(guid, digestOf(payload));
    });
    await Promise.all(coming);
  }
  return fresh;
}

/** By another process: closing a file lets go of all locks that this one has on it (https://sqlite.org/howtocorrupt.html). */
function imageOf(folder: string): Image {
  const copy = mkdtempSync(join(root, 'image-'));
  const files = [FILE, `${FILE}-wal`].map((name) => join(folder, name)).filter((path) => existsSync(path));
  execFileSync('cp', [...files, copy]);
  const read = (name: string) => (existsSync(join(copy, name)) ? readFileSync(join(copy, name)) : Buffer.alloc(0));
  const image = { database: read(FILE), log: read(`${FILE}-wal`) };
  rmSync(copy, { recursive: true });
  return image;
}

function statesBetween(before: Image, after: Image): Image[] {
  // A log that begins anew over the old one gets its new header first, and that is synced by itself (`syncHeader` in SQLite's wal.c).
  const renewed = before.log.length > 0 && !before.log.subarray(0, LOG_HEADER).equals(after.log.subarray(0, LOG_HEADER));
  const start = renewed ? Buffer.concat([after.log.subarray(0, LOG_HEADER), before.log.subarray(LOG_HEADER)]) : before.log;
  const states = (['none', 'prefix', 'suffix', 'any', 'torn'] as const).map((how) => ({
    database: before.database,
    log: mixed(start, after.log, how),
  }));
  if (renewed)
    states.push({ database: before.database, log: before.log }, { database: before.database, log: mixed(before.log, start, 'torn') });
  if (!before.database.equals(after.database)) {
    for (const how of ['prefix', 'any', 'torn'] as const)
      states.push({ database: mixed(before.database, after.database, how), log: after.log });
  }
  return states;
}

function mixed(before: Buffer, after: Buffer, how: 'none' | 'prefix' | 'suffix' | 'any' | 'torn'): Buffer {
  const sectors = Math.ceil(Math.max(before.length, after.length) / SECTOR);
  const differing = Array.from({ length: sectors }, (_, index) => index).filter((index) => {
    const [start, end] = [index * SECTOR, (index + 1) * SECTOR];
    return !before.subarray(start, end).equals(after.subarray(start, end));
  });
  const split = Math.floor(random() * differing.length);
  const isNew = new Set(
    differing.filter((_, position) => {
      if (how === 'none') return false;
      if (how === 'prefix') return position < split;
      return how === 'suffix' ? position >= split : random() < 0.5;
    }),
  );
  const torn = how === 'torn' ? differing[split] : undefined;
  // The file is as long as its last sector that was written; what was never written in between reads as nothing.
  const last = Math.max(Math.ceil(before.length / SECTOR), ...[...isNew, torn ?? -1].map((index) => index + 1));
  const result = Buffer.alloc(Math.min(last * SECTOR, Math.max(before.length, after.length)));
  before.copy(result);
  for (const index of isNew) after.subarray(index * SECTOR, (index + 1) * SECTOR).copy(result, index * SECTOR);
  if (torn !== undefined) {
    const start = torn * SECTOR;
    for (let at = start; at < Math.min(start + SECTOR, result.length); at++) {
      if (before[at] !== after[at]) result[at] = (random() < 0.5 ? after[at] : random() * 256) ?? 0;
    }
  }
  return result;
}

async function judge(
  state: Image,
  sure: Acknowledged,
  fresh: Acknowledged,
): Promise<{ readonly missing: string[]; readonly found: number }> {
  const folder = mkdtempSync(join(root, 'cut-'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, FILE), state.database);
  writeFileSync(join(folder, `${FILE}-wal`), state.log);
  const missing: string[] = [];
  let found = 0;
  try {
    const store = await openStore({ folder });
    const sound = await store.database.read<{ readonly integrity_check: string }>('pragma integrity_check');
    if (sound[0]?.integrity_check !== 'ok') missing.push(`the database is damaged: ${sound.map((row) => row.integrity_check).join('; ')}`);
    for (const [guid, digest] of sure.deliveries) {
      const kept = await store.delivery(guid);
      if (kept === null || digestOf(kept.payload) !== digest) missing.push(`the delivery ${guid} is ${kept === null ? 'lost' : 'changed'}`);
    }
    for (const [repository, count] of sure.entries) {
      const seq = (await store.head(repository))?.seq ?? 0;
      if (seq < count) missing.push(`the record of ${repository} ends at ${seq}, not at ${count}`);
    }
    found = (await store.known([...fresh.deliveries.keys()])).size;
    await store.ping();
    await store.close();
  } catch (error) {
    missing.push(`it cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
  rmSync(folder, { recursive: true });
  return { missing, found };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Mulberry32. */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
