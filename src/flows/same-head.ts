// A check belongs to a commit, and one commit may be the head of several pull requests, say into main and into 1.x. Who else stands on it is
// noted, so that the verdict on one never hides that on another: GitHub's own index of commits leaves out forks.

import type { Situation } from './app-port.ts';
import type { NoteWrite } from './store-port.ts';

const HEADS = 'heads';
const HEAD_OF = 'head-of';

export interface SameHead {
  /** Numbers of the others that were last seen on that commit; they may have moved or ended since. */
  readonly others: readonly number[];
  readonly notes: readonly NoteWrite[];
}

/** Notes that a pull request stands on a commit now, and no longer where it stood before. */
export async function standOn(situation: Situation, number: number, sha: string): Promise<SameHead> {
  const { notes, repository } = situation;
  const before = (await notes.note(repository, HEAD_OF, String(number)))?.body ?? null;
  const there = await headsOn(situation, sha);
  const others = there.filter((one) => one !== number);
  if (before === sha && there.includes(number)) return { others, notes: [] };
  const writes: NoteWrite[] = [
    { repository, kind: HEAD_OF, name: String(number), body: sha },
    { repository, kind: HEADS, name: sha, body: [...others, number].sort((a, b) => a - b) },
  ];
  if (typeof before === 'string' && before !== sha) writes.push(await without(situation, number, before));
  return { others, notes: writes };
}

/** Notes that a pull request has ended; `others` are those that still stand where it stood. */
export async function leave(situation: Situation, number: number): Promise<SameHead> {
  const { notes, repository } = situation;
  const before = (await notes.note(repository, HEAD_OF, String(number)))?.body ?? null;
  if (typeof before !== 'string') return { others: [], notes: [] };
  const others = (await headsOn(situation, before)).filter((one) => one !== number);
  const gone = { repository, kind: HEAD_OF, name: String(number), body: null };
  return { others, notes: [gone, await without(situation, number, before)] };
}

async function without(situation: Situation, number: number, sha: string): Promise<NoteWrite> {
  const left = (await headsOn(situation, sha)).filter((one) => one !== number);
  return { repository: situation.repository, kind: HEADS, name: sha, body: left.length === 0 ? null : left };
}

async function headsOn({ notes, repository }: Situation, sha: string): Promise<number[]> {
  const body = (await notes.note(repository, HEADS, sha))?.body ?? null;
  return Array.isArray(body) ? body.filter((one): one is number => typeof one === 'number') : [];
}
