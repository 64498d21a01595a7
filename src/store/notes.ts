// Notes: what the App knows beside what GitHub tells, one row a name, with a version that grows by one with each write.

import type { Json, Note, NoteWrite } from '../flows/store-port.ts';
import type { Database, Session } from './database.ts';

export async function note(database: Database, repository: string, kind: string, name: string): Promise<Note | null> {
  const [row] = await database.read<NoteRow>(`${SELECT} and name = $3`, [repository, kind, name]);
  return row === undefined ? null : noteOf(row);
}

export async function notes(database: Database, repository: string, kind: string): Promise<readonly Note[]> {
  const rows = await database.read<NoteRow>(`${SELECT} order by name`, [repository, kind]);
  return rows.map(noteOf);
}

/** False where one was not as expected: then the transaction is to be undone. */
export async function writeNotes(session: Session, writes: readonly NoteWrite[], at: number): Promise<boolean> {
  // In one order, so that two transactions never wait for each other; the sort is stable: of one note's writes the last counts.
  for (const write of [...writes].sort(byName)) if (!(await writeNote(session, write, at))) return false;
  return true;
}

async function writeNote(session: Session, write: NoteWrite, at: number): Promise<boolean> {
  const { repository, kind, name, expect } = write;
  const body = write.body === null ? null : JSON.stringify(write.body);
  if (expect === undefined || expect === 0) {
    // A deleted note keeps its row: to whoever expects none it is none, and its versions go on. The row is locked either way.
    const condition = expect === 0 ? ' where shiplock_notes.body is null' : '';
    const written = await session.run(
      `insert into shiplock_notes (repository, kind, name, body, version, at) values ($1, $2, $3, $4, 1, $5)
        on conflict (repository, kind, name) do update
        set body = excluded.body, version = shiplock_notes.version + 1, at = excluded.at${condition}`,
      [repository, kind, name, body, at],
    );
    return written === 1;
  }
  const written = await session.run(
    `update shiplock_notes set body = $4, version = version + 1, at = $5
      where repository = $1 and kind = $2 and name = $3 and version = $6 and body is not null`,
    [repository, kind, name, body, at, expect],
  );
  return written === 1;
}

interface NoteRow {
  readonly repository: string;
  readonly kind: string;
  readonly name: string;
  readonly body: string;
  readonly version: number;
  readonly at: number;
}

const SELECT =
  'select repository, kind, name, body, version, at from shiplock_notes where repository = $1 and kind = $2 and body is not null';

function noteOf(row: NoteRow): Note {
  return { ...row, body: JSON.parse(row.body) as Json };
}

function byName(one: NoteWrite, other: NoteWrite): number {
  const [left, right] = [JSON.stringify([one.repository, one.kind, one.name]), JSON.stringify([other.repository, other.kind, other.name])];
  return left < right ? -1 : left > right ? 1 : 0;
}
