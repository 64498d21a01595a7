// The whole store as JSON Lines, and back into an empty one of either engine: deliveries (with the payloads of unfinished ones), the keys' order,
// unfinished and dead tasks, notes, the record. The last line holds a digest of all before it, and what was written is read again and
// compared with it before anything counts.

import { createHash } from 'node:crypto';
import { StoreProblem } from '../flows/store-port.ts';
import type { Session, Value } from './database.ts';
import { chunks, places, tuples } from './database.ts';
import { MIGRATIONS } from './schema.ts';
import type { Store } from './store.ts';

/** Lines without their line breaks, all of one moment, whatever is written meanwhile. */
export async function* dumpStore(store: Store): AsyncGenerator<string, void> {
  const { session, release } = await store.database.snapshot();
  try {
    const digest = startDigest();
    for await (const line of linesOf(session)) {
      digest.add(line);
      yield line;
    }
    yield JSON.stringify({ end: digest.end() });
  } finally {
    await release();
  }
}

/** All of it or nothing. Resolves to the number of lines that were written. */
export async function loadStore(lines: AsyncIterable<string> | Iterable<string>, store: Store): Promise<number> {
  let begun = false;
  return store.database.write(async (session) => {
    if (begun) throw new StoreProblem('Somebody else writes to this store. Stop every Shiplock that uses it, and import again.');
    begun = true;
    await refuseOccupied(session);
    if (session.dialect === 'postgres') await session.run('set local idle_in_transaction_session_timeout = 0');
    const end = await writeLines(session, lines);
    if (session.dialect === 'postgres') for (const sql of NEXT_IDS) await session.rows(sql);

    const digest = startDigest();
    for await (const line of linesOf(session)) digest.add(line);
    const found = digest.end();
    if (found.sha256 !== end.sha256 || found.lines !== end.lines) {
      throw new StoreProblem(
        'What was imported does not read as what was exported: nothing was kept. Export again; if it stays so, report it.',
      );
    }
    return found.lines;
  });
}

interface End {
  readonly lines: number;
  readonly sha256: string;
}

interface Table {
  readonly line: string;
  readonly table: string;
  /** Its columns, and how each is read where it is not as it stands. */
  readonly columns: Readonly<Record<string, string | null>>;
  readonly order: readonly string[];
  readonly where?: string;
  readonly page: number;
}

const NEEDED = 'select 1 from shiplock_tasks t where t.bundle is not null and t.status < 3';

const TABLES: readonly Table[] = [
  {
    line: 'bundle',
    table: 'shiplock_bundles',
    columns: { id: null, received_at: null, bytes: null },
    order: ['id'],
    where: `exists (${NEEDED} and t.bundle = shiplock_bundles.id)`,
    page: 20,
  },
  {
    line: 'delivery',
    table: 'shiplock_deliveries',
    columns: {
      guid: null,
      event: null,
      action: null,
      key: null,
      received_at: null,
      // A number that is not exported will be another bundle's.
      bundle: `case when exists (${NEEDED} and t.bundle = shiplock_deliveries.bundle) then bundle end`,
      start: null,
      size: null,
    },
    order: ['guid'],
    page: 500,
  },
  {
    line: 'key',
    table: 'shiplock_keys',
    columns: { key: null, next: null, begun: null, wake: null, since: null },
    order: ['key'],
    page: 500,
  },
  {
    line: 'task',
    table: 'shiplock_tasks',
    columns: {
      ...Object.fromEntries('id key seq kind body name bundle'.split(' ').map((column) => [column, null])),
      // Fresh is what SQLite alone knows.
      status: 'case when status < 0 then 0 else status end',
      ...Object.fromEntries('run_at created_at attempts owner lease_until error finished_at'.split(' ').map((column) => [column, null])),
    },
    order: ['id'],
    where: 'status < 3',
    page: 500,
  },
  {
    line: 'note',
    table: 'shiplock_notes',
    columns: { repository: null, kind: null, name: null, body: null, version: null, at: null },
    order: ['repository', 'kind', 'name'],
    page: 500,
  },
  {
    line: 'entry',
    table: 'shiplock_record',
    columns: { repository: null, seq: null, hash: null, text: null, at: null },
    order: ['repository', 'seq'],
    page: 200,
  },
];

const NEXT_IDS = ['shiplock_tasks', 'shiplock_bundles'].map(
  (table) => `select setval(pg_get_serial_sequence('${table}', 'id'), coalesce(max(id), 0) + 1, false) from ${table}`,
);

async function* linesOf(session: Session): AsyncGenerator<string, void> {
  yield HEADER;
  for (const table of TABLES) {
    for await (const row of rowsOf(session, table)) yield JSON.stringify({ [table.line]: row });
  }
}

const HEADER = JSON.stringify({ format: 'shiplock-store', schema: MIGRATIONS.length });

/** Page by page, each from where the last one ended. */
async function* rowsOf(session: Session, { table, columns, order, where, page }: Table): AsyncGenerator<Row, void> {
  const names = Object.keys(columns);
  const selected = names.map((name) => (columns[name] === null ? name : `${columns[name]} as ${name}`)).join(', ');
  let last: readonly Value[] | null = null;
  for (;;) {
    const after = last === null ? [] : [`(${order.join(', ')}) > (${places(order.length)})`];
    const conditions = [...after, ...(where === undefined ? [] : [where])];
    const rows: readonly Row[] = await session.rows<Row>(
      `select ${selected} from ${table}${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}
        order by ${order.join(', ')} limit ${page}`,
      last ?? [],
    );
    for (const row of rows) yield Object.fromEntries(names.map((name) => [name, written(row[name])]));
    const end = rows.at(-1);
    if (end === undefined || rows.length < page) return;
    last = order.map((name) => end[name] ?? null);
  }
}

type Row = Readonly<Record<string, Value>>;

function written(value: Value | undefined): Value {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') : (value ?? null);
}

async function refuseOccupied(session: Session): Promise<void> {
  for (const { table } of TABLES) {
    if ((await session.rows(`select 1 as one from ${table} limit 1`)).length > 0) {
      throw new StoreProblem('The store is not empty: an import would mix two pasts. Import into a new folder or a new database.');
    }
  }
}

async function writeLines(session: Session, lines: AsyncIterable<string> | Iterable<string>): Promise<End> {
  const digest = startDigest();
  let batch: { readonly table: Table; readonly rows: (readonly Value[])[] } | null = null;
  const flush = async () => {
    if (batch !== null) await insert(session, batch.table, batch.rows);
    batch = null;
  };
  let number = 0;
  for await (const raw of lines) {
    const line = raw.replace(/\r?\n$/, '');
    if (line === '') continue;
    number += 1;
    if (number === 1) {
      if (line !== HEADER) throw new StoreProblem(`That is no export of this version of Shiplock: its first line is not ${HEADER}.`);
      digest.add(line);
      continue;
    }
    const [name, content] = parsed(line, number);
    if (name === 'end') {
      await flush();
      const end = content as unknown as End;
      const found = digest.end();
      if (found.lines !== end.lines || found.sha256 !== end.sha256) {
        throw new StoreProblem(`The export was changed or is damaged: its ${found.lines} lines do not have the digest of its last line.`);
      }
      return end;
    }
    digest.add(line);
    const table = TABLES.find((one) => one.line === name);
    if (table === undefined) throw new StoreProblem(`Line ${number} of the export is of an unknown kind.`);
    if (batch !== null && (batch.table !== table || batch.rows.length >= table.page)) await flush();
    batch ??= { table, rows: [] };
    batch.rows.push(valuesOf(table, content, number));
  }
  throw new StoreProblem(`The export ends in the middle, after line ${number}: its last line is missing. Export again.`);
}

function parsed(line: string, number: number): readonly [string, Row] {
  try {
    const [entry] = Object.entries(JSON.parse(line) as Record<string, Row>);
    if (entry !== undefined && typeof entry[1] === 'object' && entry[1] !== null) return entry;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StoreProblem(`Line ${number} of the export is damaged. Export again.`);
}

function valuesOf({ columns }: Table, content: Row, number: number): readonly Value[] {
  return Object.keys(columns).map((name) => {
    const value = content[name];
    if (value === undefined) throw new StoreProblem(`Line ${number} of the export has no ${name}. Export again.`);
    return name === 'bytes' && typeof value === 'string' ? new Uint8Array(Buffer.from(value, 'base64')) : value;
  });
}

async function insert(session: Session, { table, columns }: Table, rows: readonly (readonly Value[])[]): Promise<void> {
  for (const part of chunks(rows)) {
    const { sql, values } = tuples(part);
    await session.run(`insert into ${table} (${Object.keys(columns).join(', ')}) values ${sql}`, values);
  }
}

function startDigest(): { readonly add: (line: string) => void; readonly end: () => End } {
  const hash = createHash('sha256');
  let lines = 0;
  return {
    add: (line) => {
      lines += 1;
      hash.update(`${line}\n`);
    },
    end: () => ({ lines, sha256: hash.copy().digest('hex') }),
  };
}
