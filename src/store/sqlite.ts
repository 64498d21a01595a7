// SQLite, embedded: WAL with every commit synced. Writes that wait at the same moment share one transaction, each in a savepoint of its
// own, so that thousands a second are possible at one sync for them all; nobody is answered before that sync. Several processes may use
// one file (https://sqlite.org/wal.html).

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreProblem } from '../flows/store-port.ts';
import type { Database, Session, Value } from './database.ts';
import { checkTexts } from './database.ts';
import { FILE, readyFolder } from './folder.ts';

export async function openSqlite(folder: string): Promise<Database> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 24) {
    throw new StoreProblem(
      `The embedded store needs Node 24 or newer, and this is Node ${process.versions.node}. Start Shiplock with Node 24, or set DATABASE_URL to use PostgreSQL.`,
    );
  }
  const sqlite = await import('node:sqlite');
  const path = readyFolder(folder);
  const connections: Connection[] = [];
  const connect = async () => {
    const connection = await connectTo(sqlite, path);
    connections.push(connection);
    return connection;
  };
  const closeAll = () => {
    for (const connection of connections) connection.close();
  };
  try {
    const writer = await connect();
    const reader = await connect();
    reader.exec('pragma query_only = on');
    return databaseOf(writer, reader, () => connectTo(sqlite, path), closeAll);
  } catch (error) {
    closeAll();
    throw error;
  }
}

/** How many writes share a transaction at most: others' processes must get their turn. */
const GROUP = 256;

/** How long another process may hold the file before that is a failure. */
const PATIENCE_MS = 15_000;

interface Job {
  readonly work: (session: Session) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What somebody else writes, while nothing is open here. */
type Alone = () => Promise<void>;

function databaseOf(writer: Connection, reader: Connection, connect: () => Promise<Connection>, closeAll: () => void): Database {
  const queue: (Job | Alone)[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

  const refuseClosed = () => {
    if (closed) throw new StoreProblem('The store is closed: Shiplock is shutting down.');
  };
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const drain = async () => {
    while (queue.length > 0) {
      // Whoever else writes in this turn of the event loop, or while a commit syncs, comes along.
      await turn();
      const first = queue[0];
      if (typeof first === 'function') {
        queue.shift();
        await first();
        continue;
      }
      const jobs: Job[] = [];
      for (let next = queue[0]; typeof next === 'object' && jobs.length < GROUP; next = queue[0]) {
        jobs.push(next);
        queue.shift();
      }
      await commitTogether(writer, jobs);
    }
    running = null;
  };

  return {
    dialect: 'sqlite',
    read: async <R>(sql: string, values?: readonly Value[]) => {
      refuseClosed();
      return patiently(() => reader.rows<R>(sql, values));
    },
    write: async <T>(work: (session: Session) => Promise<T>) => {
      refuseClosed();
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        running ??= drain();
      });
    },
    alone: async <T>(work: () => Promise<T>) => {
      refuseClosed();
      return new Promise<T>((resolve, reject) => {
        queue.push(() => work().then(resolve, reject));
        running ??= drain();
      });
    },
    snapshot: async () => {
      refuseClosed();
      const own = await connect();
      own.exec('pragma query_only = on');
      own.exec('begin');
      // The first read is what fixes the moment.
      own.rows('select count(*) from sqlite_master');
      return { session: own.session, release: async () => own.close() };
    },
    close: async () => {
      closed = true;
      await running;
      closeAll();
    },
  };
}

async function commitTogether(writer: Connection, jobs: readonly Job[]): Promise<void> {
  const answers: (() => void)[] = [];
  try {
    await patiently(() => writer.exec('begin immediate'));
    for (const job of jobs) {
      writer.exec('savepoint job');
      try {
        const value = await job.work(writer.session);
        answers.push(() => job.resolve(value));
      } catch (error) {
        // SQLite itself ends the whole transaction where the disk fails: then nobody has written anything.
        if (!writer.inTransaction()) throw error;
        writer.exec('rollback to job');
        answers.push(() => job.reject(error));
      }
      writer.exec('release job');
    }
    writer.exec('commit');
  } catch (error) {
    if (writer.inTransaction()) writer.exec('rollback');
    for (const job of jobs) job.reject(error);
    return;
  }
  for (const answer of answers) answer();
}

interface Connection {
  readonly session: Session;
  readonly rows: <R>(sql: string, values?: readonly Value[]) => readonly R[];
  readonly exec: (sql: string) => void;
  readonly inTransaction: () => boolean;
  readonly close: () => void;
}

async function connectTo(sqlite: typeof import('node:sqlite'), path: string): Promise<Connection> {
  const database = said(path, () => new sqlite.DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: false }));
  const connection = connectionOf(database, path);
  try {
    // While another process begins with the same file, this is refused as busy without any waiting (https://sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode).
    await patiently(() => connection.exec('pragma journal_mode = wal'));
    if (connection.rows<{ readonly journal_mode: string }>('pragma journal_mode')[0]?.journal_mode !== 'wal') {
      throw new StoreProblem(`${path} is on a file system without shared memory, which the embedded store needs. Keep it on a local disk.`);
    }
    // FULL: `normal` lost acknowledged rows in power cuts. The two others make that true on macOS, and are nothing elsewhere.
    for (const pragma of ['synchronous = full', 'fullfsync = on', 'checkpoint_fullfsync = on', 'journal_size_limit = 67108864']) {
      connection.exec(`pragma ${pragma}`);
    }
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

/** Waiting inside SQLite blocks the event loop: it is short, and `patiently` waits on beside it. */
const BUSY_MS = 100;

function connectionOf(database: DatabaseSync, path: string): Connection {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const found = statements.get(sql);
    if (found !== undefined) return found;
    const statement = database.prepare(placed(sql));
    if (statements.size >= STATEMENTS) statements.delete([...statements.keys()][0] ?? '');
    statements.set(sql, statement);
    return statement;
  };
  const rows = <R>(sql: string, values: readonly Value[] = []): readonly R[] => {
    checkTexts(values);
    return said(path, () => prepared(sql).all(...values) as unknown as readonly R[]);
  };
  return {
    rows,
    session: {
      dialect: 'sqlite',
      rows: async <R>(sql: string, values?: readonly Value[]) => rows<R>(sql, values),
      run: async (sql, values = []) => {
        checkTexts(values);
        return said(path, () => Number(prepared(sql).run(...values).changes));
      },
    },
    exec: (sql) => said(path, () => database.exec(sql)),
    inTransaction: () => database.isTransaction,
    close: () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Without numbers where they say nothing: Node looks each number up among all of them. */
function placed(sql: string): string {
  const numbers = Array.from(sql.matchAll(/\$(\d+)/g), ([, number]) => Number(number));
  const inOrder = numbers.every((number, index) => number === index + 1);
  return sql.replace(/\$(\d+)/g, inOrder ? '?' : '?$1');
}

/** The store has some thirty statements of one shape, and a few whose shape depends on how much is written. */
const STATEMENTS = 200;

class Busy extends StoreProblem {}

async function patiently<T>(work: () => T): Promise<T> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Busy) || performance.now() > until) throw error;
    }
    await pause(20);
  }
}

function said<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw problemOf(path, error);
  }
}

/** https://sqlite.org/rescode.html */
function problemOf(path: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;
  if (code === null && !('code' in error && error.code === 'ERR_INVALID_STATE')) return error;
  if (code === 5 || code === 6) {
    return new Busy(`Another process holds ${path} without letting go. See which one has it open (lsof ${path}), and end it.`, {
      cause: error,
    });
  }
  const advice = code === null ? undefined : ADVICE[code];
  return new StoreProblem(
    `The embedded store (${path}) fails: ${error.message}. ${advice ?? 'If it stays so, report this with the words above.'}`,
    { cause: error },
  );
}

const ADVICE: Readonly<Record<number, string>> = {
  8: `The file, its folder or the disk is read-only for this user: let the user that Shiplock runs as write to it.`,
  10: 'The disk fails to read or write: see the system log (dmesg), free space and quotas.',
  11: 'The file is damaged: stop Shiplock, keep a copy, and restore it from a backup.',
  13: 'The disk is full, or the quota used up: free some space. Nothing that was acknowledged is lost.',
  14: `The file cannot be opened: let the user that Shiplock runs as read and write ${FILE} and its folder.`,
  26: `That file is no SQLite database: move it away, or let SHIPLOCK_DATA name another folder.`,
};
