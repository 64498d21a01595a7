// The store over a database of either engine: each function of the port as one transaction.

import type { Lease, NoteWrite, Outcome, StorePort } from '../flows/store-port.ts';
import type { Database } from './database.ts';
import * as inbox from './deliveries.ts';
import type { Write } from './gather.ts';
import { gathering } from './gather.ts';
import { freeKey, lockKeys, saveKeys } from './keys.ts';
import { note, notes, writeNotes } from './notes.ts';
import { append, entries, head, repositories } from './record.ts';
import * as queue from './tasks.ts';

export interface Store extends StorePort {
  /** What an export reads from and an import writes to. */
  readonly database: Database;
}

/** `write` writes deliveries where that is not done here. */
export function storeOver(database: Database, write = writeHere(database)): Store {
  return {
    database,
    accept: gathering(write),
    delivery: (guid) => inbox.delivery(database, guid),
    known: (guids) => inbox.known(database, guids),
    add: (tasks, now) => queue.add(database, tasks, now),
    claim: (ask) => queue.claim(database, ask),
    reclaim: (isGone, now) => queue.reclaim(database, isGone, now),
    renew: (lease, until) => queue.renew(database, lease, until),
    finish: (lease, outcome, now) => finish(database, lease, outcome, now),
    retry: (lease, again) => queue.retry(database, lease, again),
    bury: (lease, error, now) => queue.bury(database, lease, error, now),
    dead: (limit) => queue.dead(database, limit),
    replay: (id, now) => queue.replay(database, id, now),
    note: (repository, kind, name) => note(database, repository, kind, name),
    notes: (repository, kind) => notes(database, repository, kind),
    write: (writes, now) => writeAlone(database, writes, now),
    head: (repository) => head(database, repository),
    entries: (repository, from) => entries(database, repository, from),
    repositories: () => repositories(database),
    stats: (now) => queue.stats(database, now),
    forget: (before) => inbox.forget(database, before),
    ping: () => ping(database),
    close: () => database.close(),
  };
}

function writeHere(database: Database): Write {
  return async (take) => {
    // Whoever else comes in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    return inbox.accept(database, take());
  };
}

/** Thrown to undo what a transaction has written so far, where that is an answer and no failure. */
class Moved extends Error {}

async function finish(database: Database, lease: Lease, outcome: Outcome, now: number): Promise<'done' | 'lost' | 'moved'> {
  const { tasks = [], notes: writes = [], entries: added = [] } = outcome;
  const { key } = lease.task;
  const ended = database.write(async (session) => {
    const states = await lockKeys(session, [key, ...queue.keysOf(tasks)]);
    if (!(await queue.endTask(session, lease, now))) return 'lost' as const;
    if (!(await writeNotes(session, writes, now))) throw new Moved();
    await append(session, added, now);
    await queue.enqueue(session, states, await queue.withPayload(session, lease, tasks), now);
    await freeKey(session, queue.stateOf(states, key));
    await saveKeys(session, states);
    return 'done' as const;
  });
  return ended.catch((error: unknown) => {
    if (error instanceof Moved) return 'moved' as const;
    throw error;
  });
}

async function writeAlone(database: Database, writes: readonly NoteWrite[], now: number): Promise<boolean> {
  const written = database.write(async (session) => {
    if (!(await writeNotes(session, writes, now))) throw new Moved();
    return true;
  });
  return written.catch((error: unknown) => {
    if (error instanceof Moved) return false;
    throw error;
  });
}

/** A write like any other: a full disk, a lost one, and a standby answer reads well enough. */
async function ping(database: Database): Promise<void> {
  await database.write((session) =>
    session.run('insert into shiplock_pulse (id, beat) values (1, 1) on conflict (id) do update set beat = shiplock_pulse.beat + 1'),
  );
}
