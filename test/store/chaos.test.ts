// Processes that share a store, each killed at a random moment while it accepts and works: afterwards every delivery that was acknowledged
// has had its effect, none has had it twice, and each key has kept its order. `SHIPLOCK_CHAOS_KILLS` sets how often (220 over both engines).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import type { Orders } from '../support/store-worker.ts';

const KILLS = Number(process.env.SHIPLOCK_CHAOS_KILLS ?? 220);
const SEED = Number(process.env.SHIPLOCK_CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const WORKER = fileURLToPath(new URL('../support/store-worker.ts', import.meta.url));
const KEYS = 40;
const LEASE_MS = 80;

let server: PostgresServer;
const folder = mkdtempSync(join(tmpdir(), 'shiplock-chaos-'));
/** Programs that were compiled once need not be again: a life costs half as much. */
const cache = join(folder, 'compiled');

beforeAll(async () => {
  server = await startPostgres('trust');
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  { engine: 'sqlite', kills: Math.ceil(KILLS * 0.55) },
  { engine: 'postgres', kills: Math.floor(KILLS * 0.45) },
] as const)('$engine loses and doubles nothing in $kills kills', { timeout: 300_000 }, async ({ engine, kills }) => {
  const started = performance.now();
  const where = { folder: join(folder, engine), ...(engine === 'postgres' ? { databaseUrl: await server.emptyUrl() } : {}) };
  const orders = { ...where, lanes: 6, keys: KEYS, leaseMs: LEASE_MS };
  const random = randomOf(SEED);
  const seen: Seen = { acknowledged: [], odd: [], lost: 0, early: 0 };

  await live({ ...orders, name: 'first', count: 1 }, null, seen);
  let left = kills;
  const replica = async (which: number) => {
    while (left > 0) {
      left -= 1;
      // A few die while they open the store.
      await live(
        { ...orders, name: `${which}-${left}` },
        random() < 0.05 ? { opening: random() * 100 } : { working: random() * 150 },
        seen,
      );
    }
  };
  await Promise.all([replica(1), replica(2)]);

  expect(seen.odd).toEqual([]);
  const store = await openStore(where);
  await pause(LEASE_MS);
  const { ready, running, waiting } = await store.stats(Date.now());
  await drain(store);
  const effects = new Map<string, number>();
  for (const repository of await store.repositories()) {
    const chain: { readonly guid: string; readonly id: number }[] = [];
    for (;;) {
      const entries = await store.entries(repository, { after: chain.length, limit: 1000 });
      expect(entries.map((one) => one.seq)).toEqual(entries.map((_, index) => chain.length + index + 1));
      chain.push(...entries.map((one) => JSON.parse(one.text) as { guid: string; id: number }));
      if (entries.length === 0) break;
    }
    for (const { guid } of chain) effects.set(guid, (effects.get(guid) ?? 0) + 1);
    // Within a key a task's id grows with its place.
    expect(chain.map((one) => one.id)).toEqual(chain.map((one) => one.id).sort((one, other) => one - other));
    const last = new Map<string, number>();
    for (const { guid } of chain) {
      const [lane, index] = [guid.slice(0, guid.lastIndexOf('/')), Number(guid.slice(guid.lastIndexOf('/') + 1))];
      expect(index).toBeGreaterThan(last.get(lane) ?? -1);
      last.set(lane, index);
    }
  }
  const end = await store.stats(Date.now() + 3_600_000);
  await store.close();
  const { acknowledged } = seen;
  const unfinished = ready + running + waiting;
  console.log(
    `${engine}: ${kills} kills (${seen.early} while opening), ${acknowledged.length} acknowledged, ${effects.size} had their effect, ` +
      `${unfinished} unfinished at the last kill, ${seen.lost} leases lost, seed ${SEED}, ${Math.round((performance.now() - started) / 1000)} s`,
  );
  expect(acknowledged.filter((guid) => !effects.has(guid))).toEqual([]);
  expect([...effects].filter(([, times]) => times > 1)).toEqual([]);
  expect(end).toEqual({ ready: 0, waiting: 0, running: 0, dead: 0, oldest: 0 });
  // Else nothing was proven: enough came, and enough was worked off by those that died.
  expect(acknowledged.length).toBeGreaterThan(kills);
  expect(effects.size - unfinished).toBeGreaterThan(kills);
});

interface Seen {
  readonly acknowledged: string[];
  readonly odd: string[];
  lost: number;
  early: number;
}

/** Milliseconds after it was started, or after its first delivery was acknowledged. */
type Death = { readonly opening: number } | { readonly working: number };

/** One life: until it is killed, or to its own end. */
async function live(orders: Orders, death: Death | null, seen: Seen): Promise<void> {
  const child = spawn(process.execPath, [WORKER, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const closed = once(lines, 'close');
  let killed = false;
  let marked = false;
  const kill = () => {
    killed = true;
    child.kill('SIGKILL');
  };
  if (death !== null && 'opening' in death) {
    seen.early += 1;
    setTimeout(kill, death.opening);
  }
  lines.on('line', (line) => {
    if (line.startsWith('+') && !marked && death !== null && 'working' in death) {
      marked = true;
      setTimeout(kill, death.working);
    }
    if (line.startsWith('+')) seen.acknowledged.push(line.slice(1));
    if (line.startsWith('?')) seen.odd.push(line);
    if (line.startsWith('-')) seen.lost += 1;
  });
  const [code] = await exit;
  await closed;
  if (!killed && (death !== null || code !== 0)) throw new Error(`A worker ended by itself (${code}):\n${complaint}`);
}

async function drain(store: Awaited<ReturnType<typeof openStore>>): Promise<void> {
  for (;;) {
    const tasks = await store.claim({ owner: 'drain', now: Date.now() + 60_000, leaseMs: 3_600_000, limit: 100 });
    if (tasks.length === 0) return;
    const ends = await Promise.all(
      tasks.map((task) => {
        const { guid } = task.body as { readonly guid: string };
        const text = JSON.stringify({ guid, id: task.id });
        const entries = [
          { repository: task.key, seal: (head: { readonly seq: number } | null) => ({ hash: String((head?.seq ?? 0) + 1), text }) },
        ];
        return store.finish({ task, owner: 'drain' }, { entries }, Date.now());
      }),
    );
    expect(new Set(ends)).toEqual(new Set(['done']));
  }
}

/** Mulberry32: a seed that was printed can be run again, as far as two processes ever do the same twice. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
