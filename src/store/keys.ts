// What orders tasks: a row for each key, locked by whoever adds to it, begins, or ends something of it, in one order of keys, so that
// nobody waits in a circle. The number of a task comes from that row: the order of commits is the order of numbers.

import type { Session } from './database.ts';
import { places, shapes, tuples } from './database.ts';
import { FRESH, WAITING } from './schema.ts';

export interface KeyState {
  readonly key: string;
  next: number;
  /** Id of the one task that is begun. */
  begun: number | null;
  wake: number | null;
  since: number | null;
}

export type KeyStates = ReadonlyMap<string, KeyState>;

export async function lockKeys(session: Session, keys: Iterable<string>): Promise<KeyStates> {
  const states = new Map<string, KeyState>();
  const sorted = [...new Set(keys)].sort();
  for (const part of shapes(session, sorted)) {
    for (const row of await (session.dialect === 'sqlite' ? readKeys : insertKeys)(session, part)) states.set(row.key, { ...row });
  }
  for (const key of sorted) if (!states.has(key)) states.set(key, { key, next: 1, begun: null, wake: null, since: null });
  return states;
}

/** A transaction of SQLite's that writes is the only one: there is nobody to lock a row against. */
function readKeys(session: Session, keys: readonly string[]): Promise<readonly KeyState[]> {
  return session.rows(`select key, next, begun, wake, since from shiplock_keys where key in (${places(keys.length)})`, keys);
}

/** A row that is not there cannot be locked, and two must not take its first number. */
function insertKeys(session: Session, keys: readonly string[]): Promise<readonly KeyState[]> {
  const { sql, values } = tuples(keys.map((key) => [key, 1]));
  return session.rows(
    `insert into shiplock_keys (key, next) values ${sql}
      on conflict (key) do update set next = shiplock_keys.next returning key, next, begun, wake, since`,
    values,
  );
}

export async function saveKeys(session: Session, states: KeyStates): Promise<void> {
  const rows = [...states.values()].map(({ key, next, begun, wake, since }) => [key, next, begun, wake, since]);
  for (const part of shapes(session, rows)) {
    const { sql, values } = tuples(part);
    await session.run(
      `insert into shiplock_keys (key, next, begun, wake, since) values ${sql} on conflict (key) do update
        set next = excluded.next, begun = excluded.begun, wake = excluded.wake, since = excluded.since`,
      values,
    );
  }
}

/** A task was added to the key, or has become due earlier. */
export function stir(state: KeyState, runAt: number, createdAt: number): void {
  if (state.begun !== null) return;
  state.wake = state.wake === null ? runAt : Math.min(state.wake, runAt);
  const since = Math.max(runAt, createdAt);
  state.since = state.since === null ? since : Math.min(state.since, since);
}

/**
 * Puts the tasks of new deliveries where those who work look for them; how many there were. An index by key is another page for each
 * repository, thousands a second of which would be half the cost of accepting deliveries; later they come in one go.
 */
export async function sortIn(session: Session, limit?: number): Promise<number> {
  if (session.dialect === 'postgres') return 0;
  const some = limit === undefined ? '' : ` and id in (select id from shiplock_tasks where status = ${FRESH} order by id limit ${limit})`;
  return session.run(`update shiplock_tasks set status = ${WAITING} where status = ${FRESH}${some}`);
}

/** Its begun task is at an end: the key waits for whatever is due next. */
export async function freeKey(session: Session, state: KeyState): Promise<void> {
  await sortIn(session);
  const found = await session.rows<{ readonly run_at: number; readonly created_at: number }>(
    `select * from (select run_at, created_at from shiplock_tasks where key = $1 and status = 0 and run_at <= 0 order by seq limit 1) at_once
      union all select * from
      (select run_at, created_at from shiplock_tasks where key = $1 and status = 0 and run_at > 0 order by run_at, seq limit 1) later`,
    [state.key],
  );
  const first = found.toSorted((one, other) => one.run_at - other.run_at)[0];
  state.begun = null;
  state.wake = first === undefined ? null : first.run_at;
  state.since = first === undefined ? null : Math.max(first.run_at, first.created_at);
}

/** Locks up to `limit` keys that have something to begin, whoever waits longest first; those that others hold are passed over. */
export async function wakingKeys(session: Session, now: number, limit: number): Promise<readonly string[]> {
  const lock = session.dialect === 'postgres' ? ' for update skip locked' : '';
  const rows = await session.rows<{ readonly key: string }>(
    `select key from shiplock_keys where wake <= $1 order by since, key limit $2${lock}`,
    [now, limit],
  );
  return rows.map((row) => row.key);
}

/** Notes for each key which of its tasks is begun now. */
export async function holdKeys(session: Session, keys: readonly string[], until: number): Promise<void> {
  await session.run(
    `update shiplock_keys set begun = t.id, wake = $1, since = $1 from shiplock_tasks t
      where t.key = shiplock_keys.key and t.status = 1 and shiplock_keys.key in (${places(keys.length, 1)})`,
    [until, ...keys],
  );
}
