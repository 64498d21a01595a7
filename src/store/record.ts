// The record: a chain of entries for each repository. Entries are only ever appended; the tables' own triggers refuse anything else.

import type { ChainHead, Entry, StoredEntry } from '../flows/store-port.ts';
import type { Database, Session } from './database.ts';

/** Seals each entry to the end of its repository's chain, which nobody else can lengthen meanwhile. */
export async function append(session: Session, entries: readonly Entry[], at: number): Promise<void> {
  for (const repository of [...new Set(entries.map((entry) => entry.repository))].sort()) {
    await session.run(
      'insert into shiplock_chains (repository) values ($1) on conflict (repository) do update set repository = excluded.repository',
      [repository],
    );
    let end = await endOf(session.rows, repository);
    for (const entry of entries) {
      if (entry.repository !== repository) continue;
      const { hash, text } = entry.seal(end);
      const seq: number = (end?.seq ?? 0) + 1;
      await session.run('insert into shiplock_record (repository, seq, hash, text, at) values ($1, $2, $3, $4, $5)', [
        repository,
        seq,
        hash,
        text,
        at,
      ]);
      end = { seq, hash };
    }
  }
}

export function head(database: Database, repository: string): Promise<ChainHead | null> {
  return endOf(database.read, repository);
}

export async function entries(
  database: Database,
  repository: string,
  from: { readonly after: number; readonly limit: number },
): Promise<readonly StoredEntry[]> {
  const rows = await database.read<StoredEntry>(
    'select repository, seq, hash, text, at from shiplock_record where repository = $1 and seq > $2 order by seq limit $3',
    [repository, from.after, from.limit],
  );
  return rows.map((row) => ({ ...row }));
}

/** Read from the record itself, a step in its index for each, and from no list beside it that could leave one out. */
export async function repositories(database: Database): Promise<readonly string[]> {
  const rows = await database.read<{ readonly name: string }>(
    `with recursive names (name) as (
      select min(repository) from shiplock_record
      union all
      select (select min(r.repository) from shiplock_record r where r.repository > names.name) from names where names.name is not null
    ) select name from names where name is not null order by name`,
  );
  return rows.map((row) => row.name);
}

async function endOf(rows: Session['rows'], repository: string): Promise<ChainHead | null> {
  const [row] = await rows<ChainHead>('select seq, hash from shiplock_record where repository = $1 order by seq desc limit 1', [
    repository,
  ]);
  return row === undefined ? null : { seq: row.seq, hash: row.hash };
}
