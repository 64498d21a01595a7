// The inbox: a delivery is written once, whoever sends it and however often, together with the task that will read it.

import type { Delivery } from '../flows/store-port.ts';
import type { Database } from './database.ts';
import { chunks, places, tuples } from './database.ts';
import { lockKeys, saveKeys } from './keys.ts';
import { packed, unpacked } from './payload.ts';
import type { Addition } from './tasks.ts';
import { enqueue, keysOf } from './tasks.ts';

export async function accept(database: Database, deliveries: readonly Delivery[]): Promise<readonly boolean[]> {
  const first = new Map<string, Delivery>();
  for (const delivery of deliveries) if (!first.has(delivery.guid)) first.set(delivery.guid, delivery);
  const payloads = new Map<string, Uint8Array>();
  for (const [guid, delivery] of first) payloads.set(guid, await packed(delivery.payload));
  // By GUID: two transactions with the same deliveries must not wait for each other.
  const sorted = [...first.values()].sort((one, other) => (one.guid < other.guid ? -1 : 1));

  const fresh = await database.write(async (session) => {
    const written = new Set<string>();
    for (const part of chunks(sorted, 100)) {
      const { sql, values } = tuples(
        part.map((it) => [it.guid, it.event, it.action, it.key, it.receivedAt, payloads.get(it.guid) ?? null]),
      );
      const rows = await session.rows<{ readonly guid: string }>(
        `insert into shiplock_deliveries (guid, event, action, key, received_at, payload) values ${sql}
          on conflict (guid) do nothing returning guid`,
        values,
      );
      for (const row of rows) written.add(row.guid);
    }
    const tasks = [...first.values()].filter((delivery) => written.has(delivery.guid));
    if (tasks.length > 0) {
      const states = await lockKeys(session, keysOf(tasks.map(taskFor)));
      for (const delivery of tasks) await enqueue(session, states, [taskFor(delivery)], delivery.receivedAt);
      await saveKeys(session, states);
    }
    return written;
  });
  return deliveries.map(({ guid }, index) => fresh.has(guid) && deliveries.findIndex((other) => other.guid === guid) === index);
}

/** Null where it is unknown, or its payload was forgotten. */
export async function delivery(database: Database, guid: string): Promise<Delivery | null> {
  const [row] = await database.read<DeliveryRow>(
    'select guid, event, action, key, received_at, payload from shiplock_deliveries where guid = $1 and payload is not null',
    [guid],
  );
  if (row === undefined) return null;
  const { event, action, key, received_at: receivedAt, payload } = row;
  return { guid, event, action, key, receivedAt, payload: await unpacked(payload) };
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
  readonly payload: Uint8Array;
}

const FORGET_AT_ONCE = 1000;

const FORGET_TASKS = `delete from shiplock_tasks where id in (
  select id from shiplock_tasks where status = 3 and finished_at < $1 order by finished_at limit $2)`;

const FORGET_PAYLOADS = `update shiplock_deliveries set payload = null where guid in (
  select d.guid from shiplock_deliveries d where d.payload is not null and d.received_at < $1
    and not exists (select 1 from shiplock_tasks t where t.guid = d.guid and t.guid is not null and t.status < 3)
  order by d.received_at limit $2)`;

function taskFor({ key, guid }: Delivery): Addition {
  return { key, kind: 'delivery', body: { guid }, guid };
}
