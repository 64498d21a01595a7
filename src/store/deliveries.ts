// The inbox: a delivery is written once, whoever sends it and however often, together with the task that will read it.

import type { Delivery } from '../flows/store-port.ts';
import type { Bundle } from './bundles.ts';
import { bundled, unbundled } from './bundles.ts';
import type { Database, Session } from './database.ts';
import { chunks, places, shapes, tuples } from './database.ts';
import { lockKeys, saveKeys } from './keys.ts';
import { enqueue, keysOf } from './tasks.ts';

/** In one transaction. True for each that is new. */
export async function accept(database: Database, deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
  const first = new Map<string, Delivery>();
  for (const delivery of deliveries) if (!first.has(delivery.guid)) first.set(delivery.guid, delivery);
  const bundles = await bundled([...first.values()]);
  const fresh = await database.write(async (session) => {
    const parts: Part[] = [];
    for (const bundle of bundles) parts.push(...(await writeBundle(session, bundle)));
    const written = await writeParts(session, parts);
    const tasks = parts
      .filter(({ delivery }) => written.has(delivery.guid))
      .map(({ delivery: { key, guid, receivedAt: createdAt }, bundle }) => {
        return { key, kind: 'delivery', body: { guid }, bundle, createdAt, fresh: session.dialect === 'sqlite' };
      });
    if (tasks.length < parts.length) await dropUnused(session, parts, written);
    if (tasks.length > 0) {
      const states = await lockKeys(session, keysOf(tasks));
      await enqueue(session, states, tasks, 0);
      await saveKeys(session, states);
    }
    return written;
  });
  // Of several with one GUID the first is the new one.
  return deliveries.map(({ guid }) => fresh.delete(guid));
}

/** A delivery, and where its payload is. */
interface Part {
  readonly delivery: Delivery;
  readonly bundle: number;
  readonly start: number;
}

async function writeBundle(session: Session, { bytes, receivedAt, deliveries }: Bundle): Promise<readonly Part[]> {
  const [row] = await session.rows<{ readonly id: number }>(
    'insert into shiplock_bundles (received_at, bytes) values ($1, $2) returning id',
    [receivedAt, bytes],
  );
  const bundle = row?.id ?? 0;
  let end = 0;
  return deliveries.map((delivery) => {
    end += delivery.payload.length;
    return { delivery, bundle, start: end - delivery.payload.length };
  });
}

/** Returns the GUIDs that were not there. */
async function writeParts(session: Session, parts: readonly Part[]): Promise<Set<string>> {
  // By GUID: two transactions with the same deliveries must not wait for each other.
  const sorted = parts.toSorted((one, other) => (one.delivery.guid < other.delivery.guid ? -1 : 1));
  const written = new Set<string>();
  for (const some of shapes(session, sorted)) {
    const { sql, values } = tuples(
      some.map(({ delivery: { guid, event, action, key, receivedAt, payload }, bundle, start }) => {
        return [guid, event, action, key, receivedAt, bundle, start, payload.length];
      }),
    );
    const rows = await session.rows<{ readonly guid: string }>(
      `insert into shiplock_deliveries (guid, event, action, key, received_at, bundle, start, size) values ${sql}
        on conflict (guid) do nothing returning guid`,
      values,
    );
    for (const row of rows) written.add(row.guid);
  }
  return written;
}

/** Of what GitHub sent again nothing is kept but what came with something new. */
async function dropUnused(session: Session, parts: readonly Part[], written: ReadonlySet<string>): Promise<void> {
  const used = new Set(parts.filter(({ delivery }) => written.has(delivery.guid)).map(({ bundle }) => bundle));
  const unused = new Set(parts.map(({ bundle }) => bundle).filter((bundle) => !used.has(bundle)));
  for (const bundle of unused) await session.run('delete from shiplock_bundles where id = $1', [bundle]);
}

/** Null where it is unknown, or its payload was forgotten. */
export async function delivery(database: Database, guid: string): Promise<Delivery | null> {
  const [row] = await database.read<DeliveryRow>(
    `select d.event, d.action, d.key, d.received_at, d.start, d.size, b.bytes
      from shiplock_deliveries d join shiplock_bundles b on b.id = d.bundle where d.guid = $1`,
    [guid],
  );
  if (row === undefined) return null;
  const { event, action, key, received_at: receivedAt, start, size, bytes } = row;
  return { guid, event, action, key, receivedAt, payload: await unbundled(bytes, start, size) };
}

export async function known(database: Database, guids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const part of chunks([...new Set(guids)])) {
    const rows = await database.read<{ readonly guid: string }>(
      `select guid from shiplock_deliveries where guid in (${places(part.length)})`,
      part,
    );
    for (const row of rows) found.add(row.guid);
  }
  return found;
}

/** In small transactions, so that nobody waits long; what a task still needs, a dead one too, stays. */
export async function forget(database: Database, before: number): Promise<number> {
  let dropped = 0;
  for (const sql of [FORGET_TASKS, FORGET_PAYLOADS]) {
    for (;;) {
      const count = await database.write((session) => session.run(sql, [before, FORGET_AT_ONCE]));
      dropped += count;
      if (count < FORGET_AT_ONCE) break;
    }
  }
  return dropped;
}

interface DeliveryRow {
  readonly event: string;
  readonly action: string | null;
  readonly key: string;
  readonly received_at: number;
  readonly start: number;
  readonly size: number;
  readonly bytes: Uint8Array;
}

const FORGET_AT_ONCE = 1000;

const FORGET_TASKS = `delete from shiplock_tasks where id in (
  select id from shiplock_tasks where status = 3 and finished_at < $1 order by finished_at limit $2)`;

const FORGET_PAYLOADS = `delete from shiplock_bundles where id in (
  select b.id from shiplock_bundles b where b.received_at < $1
    and not exists (select 1 from shiplock_tasks t where t.bundle = b.id and t.bundle is not null and t.status < 3)
  order by b.received_at limit $2)`;
