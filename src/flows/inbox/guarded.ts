// Which repositories have gates, so that each sweep looks there for runs that wait and that no delivery told of. What it may spend is so much
// an hour, of all repositories together: whose turn was longest ago comes first, and the hourly comparison looks at each in any case.

import type { Home } from '../../core/errand.ts';
import type { Json, NewTask, Note, NotesPort, NoteWrite } from '../store-port.ts';
import { tasksOf } from './errand-task.ts';

const HOUR = 3_600_000;
/** Looks an hour: a request each where nothing waits. GitHub's limit is 5,000 an hour for an installation at least. */
export const LOOKS_AN_HOUR = 500;
/** At a time. */
const MOST_LOOKS = 100;

/** All of them together, so that whoever sweeps asks once. */
const NOTE = { repository: 'app', kind: 'guarded' } as const;

interface Guarded {
  readonly home: Home;
  /** Milliseconds since 1970: when its turn was. */
  readonly at: number;
}

/** Of a repository that was compared just now, runs that wait included; `guards`: it has gates. */
export function guardedNote(home: Home, guards: boolean, now: number): NoteWrite {
  return { ...NOTE, name: String(home.id), body: guards ? bodyOf({ home, at: now }) : null };
}

/** Repositories that the App has left; not those of installations that could not be seen. */
export async function leftUnguarded(notes: NotesPort, homes: readonly Home[], unseen: ReadonlySet<number>): Promise<readonly NoteWrite[]> {
  const there = new Set(homes.map(({ id }) => String(id)));
  const all = await notes.notes(NOTE.repository, NOTE.kind);
  return all.flatMap((note) => {
    const installation = guardedIn(note)?.home.installation;
    const stays = there.has(note.name) || (installation !== undefined && unseen.has(installation));
    return stays ? [] : [{ ...NOTE, name: note.name, body: null }];
  });
}

export interface Turns {
  readonly tasks: readonly NewTask[];
  readonly notes: readonly NoteWrite[];
  /** Up to when the hour's share is spent. */
  readonly spent: number;
}

/** Who is looked at now; `spent` as it was given the last time, null the first time. `every`: milliseconds from one sweep to the next. */
export async function nextTurns(notes: NotesPort, now: number, every: number, spent: number | null): Promise<Turns> {
  const share = spent === null ? 0 : Math.floor(((now - spent) * LOOKS_AN_HOUR) / HOUR);
  // A clock that was put back is no reason to wait until it has caught up.
  if (share <= 0) return { tasks: [], notes: [], spent: Math.min(spent ?? now, now) };
  const all = (await notes.notes(NOTE.repository, NOTE.kind)).flatMap((note) => guardedIn(note) ?? []);
  const due = all.filter(({ at }) => at <= now - every / 2).sort((one, other) => one.at - other.at || one.home.id - other.home.id);
  const turns = due.slice(0, Math.min(share, MOST_LOOKS));
  const step = Math.min(every / 2 / Math.max(1, turns.length), 1_000);
  return {
    tasks: turns.map(({ home }, index) => taskAt(home, now, now + Math.floor(index * step))),
    notes: turns.map(({ home }) => guardedNote(home, true, now)),
    spent: now,
  };
}

function taskAt(home: Home, now: number, runAt: number): NewTask {
  const [task] = tasksOf([{ kind: 'reconcile', home, waiting: true }], { now, delivery: null });
  return { ...(task as NewTask), runAt, unique: `waiting/${home.id}` };
}

function bodyOf(guarded: Guarded): Json {
  return guarded as unknown as Json;
}

function guardedIn({ body }: Note): Guarded | null {
  const { home, at } = (body ?? {}) as Partial<Guarded>;
  return typeof at === 'number' && typeof home === 'object' && home !== null ? { home, at } : null;
}
