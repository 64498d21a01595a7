// What is remembered of a train from one look to the next: which departures are done with, whether its load is settled, what is being
// published; and when it is to be looked at again.

import type { TrainPolicy } from '../../core/policy.ts';
import { nextDeparture } from '../../core/train.ts';
import type { Situation } from '../app-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { type RecordedEntry, recordDecision } from '../record/record-decision.ts';
import type { Json, NewTask, NoteWrite, Outcome } from '../store-port.ts';
import type { Load } from './load.ts';

const KIND = 'train';
const HOUR = 3_600_000;
/** A train that is so late does not leave by itself. */
export const LATEST_HOURS = 6;

export function isLate(at: number, now: number): boolean {
  return now - at > LATEST_HOURS * HOUR;
}

export interface Running {
  /** Milliseconds since 1970: departures up to then are done with. */
  readonly seen: number;
  /** The departure whose load was settled, or for which there was nothing to settle. */
  readonly settled: number | null;
  /** What is being published. */
  readonly leaving: (Pick<Load, 'head' | 'version' | 'tag'> & { readonly at: number }) | null;
}

export async function runningOf({ notes, repository }: Situation, name: string): Promise<Running | null> {
  return ((await notes.note(repository, KIND, name))?.body ?? null) as Running | null;
}

/** Null: there is no such train any more. */
export function runningNote(repository: string, name: string, running: Running | null): NoteWrite {
  return { repository, kind: KIND, name, body: running as unknown as Json };
}

/** It is done with so far, and comes again at its time. */
export function goOn(situation: Situation, train: TrainPolicy, running: Running): Outcome {
  const at = wakeAt(train, running);
  return { notes: [runningNote(situation.repository, train.name, running)], tasks: at === null ? [] : [taskAt(situation, train.name, at)] };
}

/** Null: it never leaves again. */
export function wakeAt(train: TrainPolicy, { seen, settled }: Running): number | null {
  const next = nextDeparture(train, seen);
  if (!next.known || next.value === null) return null;
  const { at, freezesAt } = next.value;
  return freezesAt === null || settled === at ? at : freezesAt;
}

export function taskAt({ home, now }: Situation, train: string, runAt: number): NewTask {
  const [task] = tasksOf([{ kind: 'train', home, train }], { now, delivery: null });
  return { ...(task as NewTask), runAt };
}

/** A departure, as the record tells it. */
export function recorded({ repository, home, now, self }: Situation, reason: string, sha: string | null): RecordedEntry {
  const at = new Date(now).toISOString();
  return recordDecision(repository, { what: 'note', at, home, actor: { app: self.slug }, ...(sha === null ? {} : { sha }), reason });
}

export function joinedOutcome(...outcomes: readonly Outcome[]): Outcome {
  return {
    tasks: outcomes.flatMap((one) => one.tasks ?? []),
    notes: outcomes.flatMap((one) => one.notes ?? []),
    entries: outcomes.flatMap((one) => one.entries ?? []),
  };
}
