// Tasks: begun in the order of their key under a lease, ended by who holds it and by nobody else. A timer is a task that is not due yet.

import type { DeadTask, Json, Lease, NewTask, StoreStats, Task } from '../flows/store-port.ts';
import type { Database, Session, Value } from './database.ts';
import { places, plainText, shapes, tuples } from './database.ts';
import type { KeyState, KeyStates } from './keys.ts';
import { freeKey, holdKeys, lockKeys, saveKeys, sortIn, stir, wakingKeys } from './keys.ts';
import { BEGUN, DEAD, DONE, FRESH, WAITING } from './schema.ts';

/** A task as it is added, with the bundle that holds the payload it needs. */
export interface Addition extends NewTask {
  readonly bundle?: number;
  readonly createdAt?: number;
  /** Nobody looks for it before it is sorted in. */
  readonly fresh?: boolean;
}

/** Adds tasks to keys that are locked, and leaves the keys' new states to be saved. */
export async function enqueue(session: Session, states: KeyStates, tasks: readonly Addition[], now: number): Promise<void> {
  const named = new Map<string, Row>();
  const rows: Row[] = [];
  for (const task of tasks) {
    const state = stateOf(states, task.key);
    const runAt = task.runAt ?? 0;
    if (task.unique !== undefined) {
      const name = JSON.stringify([task.key, task.unique]);
      const twin = named.get(name);
      if (twin !== undefined) twin.runAt = Math.min(twin.runAt, runAt);
      if (twin !== undefined || (await hasten(session, state, task.unique, runAt))) {
        stir(state, runAt, now);
        continue;
      }
    }
    const row = { task, seq: state.next++, runAt };
    if (task.unique !== undefined) named.set(JSON.stringify([task.key, task.unique]), row);
    rows.push(row);
    stir(state, runAt, task.createdAt ?? now);
  }
  for (const part of shapes(session, rows)) {
    const { sql, values } = tuples(
      part.map(({ task, seq, runAt }): readonly Value[] => {
        const { key, kind, body, unique = null, bundle = null, createdAt = now, fresh = false } = task;
        return [key, seq, kind, JSON.stringify(body), unique, bundle, fresh ? FRESH : WAITING, runAt, createdAt, 0];
      }),
    );
    await session.run(
      `insert into shiplock_tasks (key, seq, kind, body, name, bundle, status, run_at, created_at, attempts) values ${sql}`,
      values,
    );
  }
}

export function add(database: Database, tasks: readonly NewTask[], now: number): Promise<void> {
  return database.write(async (session) => {
    const states = await lockKeys(session, keysOf(tasks));
    await enqueue(session, states, tasks, now);
    await saveKeys(session, states);
  });
}

export function claim(
  database: Database,
  ask: { readonly owner: string; readonly now: number; readonly leaseMs: number; readonly limit: number },
): Promise<readonly Task[]> {
  const until = ask.now + ask.leaseMs;
  return sorted(database, async (session) => {
    const keys = await wakingKeys(session, ask.now, ask.limit);
    if (keys.length === 0) return [];
    const rows = await session.rows<TaskRow>(
      `update shiplock_tasks set status = ${BEGUN}, attempts = attempts + 1, owner = $1, lease_until = $2 where id in (
        select case when k.begun is not null then k.begun else (
          select t.id from shiplock_tasks t where t.key = k.key and t.status = 0 and t.run_at <= $3 order by t.seq limit 1
        ) end from shiplock_keys k where k.key in (${places(keys.length, 3)})
      ) returning ${COLUMNS}`,
      [ask.owner, until, ask.now, ...keys],
    );
    await holdKeys(session, keys, until);
    return rows.map(taskOf).sort((one, other) => keys.indexOf(one.key) - keys.indexOf(other.key));
  });
}

/** With nothing left that is fresh: what has piled up while nobody worked comes in parts that hold nobody up for long. */
async function sorted<T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> {
  for (;;) {
    const done = await database.write(async (session) => {
      return (await sortIn(session, SORTED_AT_ONCE)) < SORTED_AT_ONCE ? { value: await work(session) } : null;
    });
    if (done !== null) return done.value;
  }
}

const SORTED_AT_ONCE = 1000;

/** Ends the leases of owners that are gone, so that nobody waits for them; how many there were. */
export function reclaim(database: Database, isGone: (owner: string) => boolean, now: number): Promise<number> {
  return database.write(async (session) => {
    const begun = await session.rows<{ readonly id: number; readonly key: string; readonly owner: string }>(
      `select id, key, owner from shiplock_tasks where status = ${BEGUN} and owner is not null and lease_until > $1`,
      [now],
    );
    const left = begun.filter((one) => isGone(one.owner));
    await lockKeys(session, [...new Set(left.map((one) => one.key))]);
    let ended = 0;
    for (const { id, key, owner } of left) {
      const set = `update shiplock_tasks set lease_until = $1 where id = $2 and owner = $3 and status = ${BEGUN}`;
      if ((await session.run(set, [now, id, owner])) !== 1) continue;
      await holdKeys(session, [key], now);
      ended += 1;
    }
    return ended;
  });
}

export function renew(database: Database, lease: Lease, until: number): Promise<boolean> {
  return change(database, lease, 'lease_until = $4', [until], async (_, state) => {
    state.wake = until;
    state.since = until;
  });
}

export function retry(
  database: Database,
  lease: Lease,
  again: { readonly at: number; readonly error: string; readonly free?: boolean },
): Promise<boolean> {
  const values = [again.at, plainText(again.error)];
  const counted = again.free === true ? ', attempts = attempts - 1' : '';
  return change(database, lease, `owner = null, lease_until = null, run_at = $4, error = $5${counted}`, values, async (_, state) => {
    state.wake = again.at;
    state.since = again.at;
  });
}

export function bury(database: Database, lease: Lease, error: string, now: number): Promise<boolean> {
  const values = [now, plainText(error)];
  return change(database, lease, `status = ${DEAD}, owner = null, lease_until = null, finished_at = $4, error = $5`, values, freeKey);
}

/** Ends a task of a locked key, in whoever holds it's name; false: somebody else holds it. */
export async function endTask(session: Session, lease: Lease, now: number): Promise<boolean> {
  const set = `status = ${DONE}, owner = null, lease_until = null, finished_at = $4`;
  return (await session.run(fenced(set), [...fence(lease), now])) === 1;
}

/** What comes of a task and goes on with its payload stands beside that payload as it did. */
export async function withPayload(session: Session, { task }: Lease, tasks: readonly NewTask[]): Promise<readonly Addition[]> {
  if (!tasks.some((one) => one.inherits === true)) return tasks;
  const [row] = await session.rows<{ readonly bundle: number | null }>('select bundle from shiplock_tasks where id = $1', [task.id]);
  const bundle = row?.bundle ?? null;
  return bundle === null ? tasks : tasks.map((one) => (one.inherits === true ? { ...one, bundle } : one));
}

/** The dead, newest first. */
export async function dead(database: Database, limit: number): Promise<readonly DeadTask[]> {
  const rows = await database.read<TaskRow & { readonly error: string; readonly finished_at: number }>(
    `select ${COLUMNS}, error, finished_at from shiplock_tasks where status = 2 order by finished_at desc, id desc limit $1`,
    [limit],
  );
  return rows.map((row) => ({ ...taskOf(row), error: row.error, diedAt: row.finished_at }));
}

/** As if it had just come, and as a task with an id of its own: whoever still works on the old one for a lease long lost has nothing to write to. */
export function replay(database: Database, id: number, now: number): Promise<boolean> {
  return database.write(async (session) => {
    const [row] = await session.rows<{ readonly key: string }>(`select key from shiplock_tasks where id = $1 and status = ${DEAD}`, [id]);
    if (row === undefined) return false;
    const states = await lockKeys(session, [row.key]);
    const [task] = await session.rows<TaskRow & { readonly bundle: number | null }>(
      `update shiplock_tasks set status = ${DONE}, finished_at = $2 where id = $1 and status = ${DEAD} returning ${COLUMNS}, bundle`,
      [id, now],
    );
    if (task === undefined) return false;
    const { key, kind, unique, body } = taskOf(task);
    const again = {
      key,
      kind,
      body: anew(body),
      ...(unique === null ? {} : { unique }),
      ...(task.bundle === null ? {} : { bundle: task.bundle }),
    };
    await enqueue(session, states, [again], now);
    await saveKeys(session, states);
    return true;
  });
}

/** Without the worker's own count of how often it gave up its place. */
function anew(body: Json): Json {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { round: _, ...rest } = body as Readonly<Record<string, Json>>;
  return rest;
}

export async function stats(database: Database, now: number): Promise<StoreStats> {
  const due = `(select run_at, created_at from shiplock_tasks where status = 0 and run_at <= $1
    union all select run_at, created_at from shiplock_tasks where status = -1
    union all select run_at, run_at from shiplock_tasks where status = 1 and owner is null and run_at <= $1) due`;
  const [row] = await database.read<{ [K in keyof StoreStats]: number | null }>(
    `select (select count(*) from ${due}) as ready,
      (select count(*) from shiplock_tasks where status = 0 and run_at > $1)
        + (select count(*) from shiplock_tasks where status = 1 and owner is null and run_at > $1) as waiting,
      (select count(*) from shiplock_tasks where status = 1 and owner is not null) as running,
      (select count(*) from shiplock_tasks where status = 2) as dead,
      (select min(case when run_at > created_at then run_at else created_at end) from ${due}) as oldest`,
    [now],
  );
  const { ready, waiting, running, dead: buried, oldest } = row ?? {};
  const waited = oldest === null || oldest === undefined ? 0 : Math.max(0, now - oldest);
  return { ready: ready ?? 0, waiting: waiting ?? 0, running: running ?? 0, dead: buried ?? 0, oldest: waited };
}

export function keysOf(tasks: readonly NewTask[]): readonly string[] {
  return tasks.map((task) => task.key);
}

interface Row {
  readonly task: Addition;
  readonly seq: number;
  runAt: number;
}

interface TaskRow {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  readonly body: string;
  readonly run_at: number;
  readonly name: string | null;
  readonly attempts: number;
  readonly created_at: number;
}

const COLUMNS = 'id, key, kind, body, run_at, name, attempts, created_at';

function taskOf(row: TaskRow): Task {
  return {
    id: row.id,
    key: row.key,
    kind: row.kind,
    body: JSON.parse(row.body) as Json,
    runAt: row.run_at,
    unique: row.name,
    attempts: row.attempts,
    createdAt: row.created_at,
  };
}

/** Lets the unstarted task of that name be due earlier; false where there is none. Names are of a key: no key ever swallows another's task. */
async function hasten(session: Session, state: KeyState, name: string, runAt: number): Promise<boolean> {
  const changed = await session.run(
    `update shiplock_tasks set run_at = case when run_at > $3 then $3 else run_at end where key = $1 and name = $2 and status = 0`,
    [state.key, name, runAt],
  );
  return changed > 0;
}

async function change(
  database: Database,
  lease: Lease,
  set: string,
  values: readonly Value[],
  then: (session: Session, state: KeyState) => Promise<void>,
): Promise<boolean> {
  return database.write(async (session) => {
    const states = await lockKeys(session, [lease.task.key]);
    if ((await session.run(fenced(set), [...fence(lease), ...values])) !== 1) return false;
    await then(session, stateOf(states, lease.task.key));
    await saveKeys(session, states);
    return true;
  });
}

function fenced(set: string): string {
  return `update shiplock_tasks set ${set} where id = $1 and owner = $2 and attempts = $3 and status = ${BEGUN}`;
}

function fence({ task, owner }: Lease): readonly Value[] {
  return [task.id, owner, task.attempts];
}

export function stateOf(states: KeyStates, key: string): KeyState {
  const state = states.get(key);
  if (state === undefined) throw new Error(`The key ${key} was not locked.`);
  return state;
}
