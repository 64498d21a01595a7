// PostgreSQL from version 15: a pool that finds the server again by itself. Row locks order what belongs together; no advisory locks, so
// that databases which speak its language without them stay possible.

import type { ClientBase, Pool, PoolClient } from 'pg';
import { StoreProblem } from '../flows/store-port.ts';
import type { Database, Session, Value } from './database.ts';
import { checkTexts } from './database.ts';

export async function openPostgres(url: string): Promise<Database> {
  const said = problems(url);
  const { Pool, types } = (await import('pg')).default;
  const numbers = {
    // Times and ids: all below 2^53. `count` and `min` of them too.
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      oid === INT8 || oid === NUMERIC ? Number : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
  };
  const pool = said.now(
    () =>
      new Pool({
        connectionString: url,
        types: numbers,
        max: 10,
        // GitHub waits ten seconds for an answer: it is to be told in time that its delivery was not taken.
        connectionTimeoutMillis: 5_000,
        idleTimeoutMillis: 30_000,
        query_timeout: 45_000,
        keepAlive: true,
        application_name: 'shiplock',
      }),
  );
  // A connection that breaks while nobody uses it is dropped from the pool; the next one is made when it is needed. One that breaks in use
  // fails its query besides, and nobody listening to that would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    return databaseOf(pool, await said.later(() => settings(pool)), said);
  } catch (error) {
    await pool.end();
    throw error;
  }
}

const INT8 = 20;
const NUMERIC = 1700;

/** Given up by the server: a process that stands still must not hold its locks forever. */
const LIMITS = 'set local statement_timeout = 30000; set local idle_in_transaction_session_timeout = 30000';

export function refuseOld(version: number, name: string): void {
  if (version >= 150_000) return;
  throw new StoreProblem(`Shiplock needs PostgreSQL 15 or newer, and DATABASE_URL names a server of version ${name}. Upgrade that server.`);
}

async function settings(pool: Pool): Promise<{ readonly begin: string }> {
  const { rows } = await pool.query<{ version: number; name: string; sync: string }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
      current_setting('synchronous_commit') as sync`,
  );
  const { version = 0, name = 'unknown', sync = 'on' } = rows[0] ?? {};
  refuseOld(version, name);
  // With `off` the server acknowledges what it would lose in a power cut; any other setting is the operator's choice.
  const durable = sync === 'off' ? '; set local synchronous_commit = on' : '';
  return { begin: `begin isolation level read committed; ${LIMITS}${durable}` };
}

function databaseOf(pool: Pool, { begin }: { readonly begin: string }, said: Problems): Database {
  let closing: Promise<void> | null = null;
  const refuseClosed = () => {
    if (closing !== null) throw new StoreProblem('The store is closed: Shiplock is shutting down.');
  };
  const once = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const client = await said.later(() => pool.connect());
    let broken: Error | undefined;
    try {
      const session = sessionOf(client, said);
      await said.later(() => client.query(begin));
      const value = await work(session);
      await said.later(() => client.query('commit'));
      return value;
    } catch (error) {
      broken = await undo(client, error);
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const write = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      refuseClosed();
      try {
        return await once(work);
      } catch (error) {
        if (!(error instanceof Collision) || attempt >= ATTEMPTS) throw error;
      }
    }
  };
  return {
    dialect: 'postgres',
    read: async <R>(sql: string, values?: readonly Value[]) => {
      refuseClosed();
      return rowsOf<R>(pool, said, sql, values);
    },
    write,
    snapshot: async () => {
      refuseClosed();
      const client = await said.later(() => pool.connect());
      const release = async () => client.release(true);
      try {
        // The first query is what fixes the moment.
        await said.later(() => client.query('begin isolation level repeatable read, read only; select 1'));
      } catch (error) {
        await release();
        throw error;
      }
      return { session: sessionOf(client, said), release };
    },
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

const ATTEMPTS = 5;

/** Ends the transaction where the server still listens; else returns why the connection is to be thrown away. */
async function undo(client: PoolClient, error: unknown): Promise<Error | undefined> {
  if (error instanceof Gone) return error;
  try {
    await client.query('rollback');
    return undefined;
  } catch (failure) {
    return failure instanceof Error ? failure : new Error(String(failure));
  }
}

function sessionOf(client: ClientBase, said: Problems): Session {
  return {
    dialect: 'postgres',
    rows: <R>(sql: string, values?: readonly Value[]) => rowsOf<R>(client, said, sql, values),
    run: async (sql, values = []) => {
      checkTexts(values);
      const { rowCount } = await said.later(() => client.query(sql, [...values]));
      return rowCount ?? 0;
    },
  };
}

async function rowsOf<R>(on: Pool | ClientBase, said: Problems, sql: string, values: readonly Value[] = []): Promise<readonly R[]> {
  checkTexts(values);
  const { rows } = await said.later(() => (on as Pool).query(sql, [...values]));
  return rows as R[];
}

interface Problems {
  readonly now: <T>(work: () => T) => T;
  readonly later: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Two transactions were in each other's way: the same again will do. */
class Collision extends StoreProblem {}

/** There is no more talking on that connection. */
class Gone extends StoreProblem {}

/** Deadlock, serialisation failure, and two that create the same thing at the same moment (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const COLLISIONS = new Set(['40001', '40P01', '23505', '42P07', '42710']);

/** Failures in words, with the password of the URL taken out wherever a driver may have put it. */
function problems(url: string): Problems {
  const secrets = secretsOf(url);
  const clean = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
  const problemOf = (error: unknown): unknown => {
    if (!(error instanceof Error) || error instanceof StoreProblem) return error;
    const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
    // An aggregate of one failure for each address of the host has no words of its own.
    const all = error instanceof AggregateError ? error.errors : [error];
    const words = clean([...new Set(all.map((one) => (one instanceof Error ? one.message : String(one))))].join('; '));
    // Only its words and code: a driver's error may hold the whole URL.
    const cause = Object.assign(new Error(words), { code });
    if (COLLISIONS.has(code)) return new Collision(`PostgreSQL could not order what was written at once: ${words}.`, { cause });
    if (!('severity' in error)) return new Gone(`PostgreSQL does not answer: ${words}. ${UNREACHABLE}`, { cause });
    return new StoreProblem(`PostgreSQL refuses: ${words}. ${adviceOn(code)}`, { cause });
  };
  return {
    now: (work) => {
      try {
        return work();
      } catch (error) {
        throw problemOf(error);
      }
    },
    later: async (work) => {
      try {
        return await work();
      } catch (error) {
        throw problemOf(error);
      }
    },
  };
}

const UNREACHABLE = 'Check that the server runs, and the host and port in DATABASE_URL. Shiplock connects again by itself.';

function adviceOn(code: string): string {
  if (code.startsWith('28')) return 'Check the user and the password in DATABASE_URL.';
  if (code === '3D000') return 'Create that database, or name another one in DATABASE_URL.';
  if (code === '42501') return 'Grant the user of DATABASE_URL what it needs: to create tables in its schema, and to read and write them.';
  if (code === '25006') return 'That is a standby: let DATABASE_URL name the primary (or add target_session_attrs=read-write).';
  if (code.startsWith('53')) return 'The server is short of disk, memory or connections: give it more.';
  if (code.startsWith('57') || code.startsWith('08')) return 'The server is starting or stopping. Shiplock connects again by itself.';
  return 'If it stays so, report this with the words above.';
}

function secretsOf(url: string): readonly string[] {
  const written = /^[^:/?#]*:\/\/[^:@/]*:(.*)@/s.exec(url)?.[1] ?? '';
  const named = /[?&]password=([^&#]*)/.exec(url)?.[1] ?? '';
  const plain = [written, named].flatMap((secret) => {
    try {
      return [secret, decodeURIComponent(secret)];
    } catch (error) {
      if (error instanceof URIError) return [secret];
      throw error;
    }
  });
  return [url, ...new Set(plain)].filter((secret) => secret !== '').sort((one, other) => other.length - one.length);
}
