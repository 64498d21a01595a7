// Whether the records in the store are still as they were written. What is broken is noted, and with that note the gates of its repository
// stay closed: what a record says of a release is worth nothing while nobody knows who changed it.

import { type BreakCode, chainOf, type Looked } from '../../core/record/chain.ts';
import { type ChainEnd, witnessText } from '../../core/record.ts';
import type { Json, NotesPort, NoteWrite, Outcome, StoredEntry, StorePort } from '../store-port.ts';
import { entriesOf } from './export-record.ts';

/** The kind of note that says that a record is broken. */
const BROKEN_NOTE = 'record-broken';
/** Where the chain ended when it was last looked at: it can grow from there, and in no other way. */
const CHECKED_NOTE = 'record-checked';
const NAME = 'chain';

export interface BrokenRecord {
  /** In words: what is broken, and where. */
  readonly says: string;
  /** Of the first entry that is; null: it is about the chain as a whole. */
  readonly seq: number | null;
  /** ISO 8601: when it was found first. */
  readonly since: string;
}

export interface CheckedRecord {
  readonly repository: string;
  readonly entries: number;
  readonly head: ChainEnd | null;
  /** Null: it is sound. */
  readonly broken: Omit<BrokenRecord, 'since'> | null;
  /** Decisions of which only the words differ, or that this version decides otherwise than the one that wrote them: told, and no break. */
  readonly otherwise: number;
}

type Source = Pick<StorePort, 'head' | 'entries' | 'note' | 'repositories'>;

export interface CheckFacts {
  readonly store: Source;
  readonly now: number;
  /** Told of each record. */
  readonly tell: (checked: CheckedRecord) => void;
  /** Lets others have their turn: deciding so many times anew takes a while. */
  readonly pause: () => Promise<void>;
}

/** Entries between two pauses: some ten milliseconds. */
const AT_ONCE = 20;

/** Looks at every repository's record; the outcome notes what is broken and what is sound again. */
export async function checkRecords({ store, now, tell, pause }: CheckFacts): Promise<Outcome> {
  const notes: NoteWrite[] = [];
  for (const repository of await store.repositories()) {
    const checked = await checkRecord({ store, pause }, repository);
    tell(checked);
    notes.push(...(await notesOf(store, checked, now)));
  }
  return { notes };
}

/** A build that decides or words otherwise must not close every gate: nobody has changed a thing, and the chain says so. */
const MILD: ReadonlySet<BreakCode> = new Set(['other-version', 'words']);

/** Goes through all of a repository's entries; each is decided anew. */
export async function checkRecord({ store, pause }: Pick<CheckFacts, 'store' | 'pause'>, repository: string): Promise<CheckedRecord> {
  const before = endIn((await store.note(repository, CHECKED_NOTE, NAME))?.body);
  const head = await store.head(repository);
  const look = chainOf(repository, { version: typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt' });
  let broken: CheckedRecord['broken'] = null;
  let otherwise = 0;
  let entries = 0;
  let met = before === null;
  for await (const stored of entriesOf(store, repository, head?.seq ?? 0)) {
    const looked = look(stored.text);
    entries += 1;
    if (entries % AT_ONCE === 0) await pause();
    if (looked.wrong.some(({ code }) => MILD.has(code))) otherwise += 1;
    broken ??= breakOf(stored, looked);
    if (stored.seq === before?.seq && stored.hash === before.hash) met = true;
  }
  if (broken === null && entries !== (head?.seq ?? 0)) {
    broken = { seq: null, says: `it should have ${head?.seq ?? 0} entries, and has ${entries}` };
  }
  if (broken === null && !met && before !== null) {
    broken = {
      seq: before.seq,
      says: `it had ${witnessText(before)} when it was last looked at, and has it no more`,
    };
  }
  return { repository, entries, head, broken, otherwise };
}

/** What is broken in the repository's record, as it was last looked at; null: nothing. */
export async function recordState(notes: NotesPort, repository: string): Promise<BrokenRecord | null> {
  return ((await notes.note(repository, BROKEN_NOTE, NAME))?.body ?? null) as BrokenRecord | null;
}

/** Why no gate opens then. */
export function brokenText({ says, since }: BrokenRecord): string {
  return `The record of this repository was found broken at ${since}: ${says}. Who changed it, and what, has to be found out first; \`shiplock verify\` shows it.`;
}

/** The break of a stored entry; the row's own columns must say what its text does. */
function breakOf({ seq, hash }: StoredEntry, { entry, wrong }: Looked): CheckedRecord['broken'] {
  const first = wrong.find(({ code }) => !MILD.has(code));
  if (first !== undefined) return { seq, says: `entry ${seq}: ${first.says}` };
  if (entry?.seq !== seq || entry.hash !== hash)
    return { seq, says: `entry ${seq}: its row in the store is of another entry than its text` };
  return null;
}

/** A broken record is not looked at as the beginning of a sound one, and who mended it is told so by the next look. */
async function notesOf(store: Pick<Source, 'note'>, checked: CheckedRecord, now: number): Promise<NoteWrite[]> {
  const { repository, head, broken } = checked;
  const noted = await store.note(repository, BROKEN_NOTE, NAME);
  if (broken === null) {
    const end: NoteWrite[] =
      head === null ? [] : [{ repository, kind: CHECKED_NOTE, name: NAME, body: { seq: head.seq, hash: head.hash } }];
    return noted?.body ? [...end, { repository, kind: BROKEN_NOTE, name: NAME, body: null }] : end;
  }
  const known = noted?.body as unknown as BrokenRecord | null | undefined;
  if (known?.says === broken.says) return [];
  const since = known?.since ?? new Date(now).toISOString();
  return [{ repository, kind: BROKEN_NOTE, name: NAME, body: { ...broken, since } as unknown as Json }];
}

function endIn(body: unknown): ChainEnd | null {
  const { seq, hash } = (body ?? {}) as Partial<ChainEnd>;
  return typeof seq === 'number' && typeof hash === 'string' ? { seq, hash } : null;
}
