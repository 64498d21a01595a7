// A check belongs to a commit, and one commit may be the head of several pull requests, say into main and into 1.x. Who else stands on it is
// noted, so that the verdict on one never hides that on another: GitHub's own index of commits leaves out forks.

import type { Situation } from '../app-port.ts';
import type { NoteWrite } from '../store-port.ts';

const HEADS = 'heads';
const HEAD_OF = 'head-of';

export interface SameHead {
  /** Numbers of the others that were last seen on that commit; they may have moved or ended since. */
  readonly others: readonly number[];
  readonly notes: readonly NoteWrite[];
}

/** Notes that a pull request stands on a commit now, and no longer where it stood before. Two that do at once are told apart by `expect`. */
export async function standOn(situation: Situation, number: number, sha: string): Promise<SameHead> {
  const { notes, repository } = situation;
  const before = (await notes.note(repository, HEAD_OF, String(number)))?.body ?? null;
  const there = await readHeads(situation, sha);
  const others = there.pulls.filter((one) => one !== number);
  if (before === sha && there.pulls.includes(number)) return { others, notes: [] };
  const stands = writeHeads(situation, sha, [...others, number], there.version);
  const moved = typeof before === 'string' && before !== sha ? [await without(situation, number, before)] : [];
  return { others, notes: [{ repository, kind: HEAD_OF, name: String(number), body: sha }, stands, ...moved] };
}

/** Notes that a pull request has ended; `others` are those that still stand where it stood. */
export async function leave(situation: Situation, number: number): Promise<SameHead> {
  const { notes, repository } = situation;
  const before = (await notes.note(repository, HEAD_OF, String(number)))?.body ?? null;
  if (typeof before !== 'string') return { others: [], notes: [] };
  const { pulls } = await readHeads(situation, before);
  const gone = { repository, kind: HEAD_OF, name: String(number), body: null };
  return { others: pulls.filter((one) => one !== number), notes: [gone, await without(situation, number, before)] };
}

async function without(situation: Situation, number: number, sha: string): Promise<NoteWrite> {
  const { pulls, version } = await readHeads(situation, sha);
  const left = pulls.filter((one) => one !== number);
  return writeHeads(situation, sha, left, version);
}

interface Heads {
  readonly pulls: readonly number[];
  /** Of the note; 0 where there is none. */
  readonly version: number;
}

async function readHeads({ notes, repository }: Situation, sha: string): Promise<Heads> {
  const note = await notes.note(repository, HEADS, sha);
  const body = note?.body ?? null;
  return { pulls: Array.isArray(body) ? body.filter((one): one is number => typeof one === 'number') : [], version: note?.version ?? 0 };
}

function writeHeads({ repository }: Situation, sha: string, pulls: readonly number[], expect: number): NoteWrite {
  return { repository, kind: HEADS, name: sha, body: pulls.length === 0 ? null : [...pulls].sort((a, b) => a - b), expect };
}
