// Messages for the operator's own address. A few of a repository go as they come; what follows soon after them is collected and goes as one,
// so that a day on which much happens is no storm for whoever reads it. What is sent stands in the store before it is sent.

import type { Home } from '../../core/errand.ts';
import { digestOfNews } from '../../core/news-digest.ts';
import { type Happening, type Message, messageOf } from '../../core/tell.ts';
import type { Situation } from '../app-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import type { Json, NewTask, Outcome } from '../store-port.ts';

/** So many within that time go by themselves. */
export const ALONE = 5;
export const COLLECTED_FOR = 10 * 60_000;
/** Of what is collected; the rest is counted. */
const MOST_KEPT = 100;

const NOTE = { kind: 'outgoing', name: 'messages' } as const;

interface Going {
  /** Milliseconds since 1970: when messages went lately. */
  readonly went: readonly number[];
  readonly waiting: readonly { readonly id: string; readonly message: Message }[];
  /** Beside those that wait. */
  readonly more: number;
}

const NOTHING: Going = { went: [], waiting: [], more: 0 };

/** A message that is not to be told alone any more waits for the others. `name` tells the happening from others of its commit. */
export async function sendOrCollect(situation: Situation, home: Home, happening: Happening, name: string): Promise<Outcome> {
  const { now } = situation;
  const going = await goingOf(situation);
  const went = going.went.filter((at) => at > now - COLLECTED_FOR);
  const one = { id: `${home.id} ${happening.sha} ${name}`, message: messageOf(happening, `${home.owner}/${home.name}`) };
  const first = going.waiting.length === 0;
  if (first && went.length < ALONE) {
    return { tasks: sendTasks(situation, home, one), notes: [goingNote(situation, { ...going, went: [...went, now] })] };
  }
  const full = going.waiting.length >= MOST_KEPT;
  const waiting = full ? going.waiting : [...going.waiting, one];
  const note = goingNote(situation, { went, waiting, more: going.more + (full ? 1 : 0) });
  const [later] = tasksOf([{ kind: 'tell', home, sha: null, happening: null }], { now, delivery: null });
  // Where somebody comes already it stays at that time; who was to come may have been another version, which knows nothing of it.
  return { tasks: [{ ...(later as NewTask), runAt: now + COLLECTED_FOR }], notes: [note] };
}

/** What was collected goes, as one. */
export async function sendCollected(situation: Situation, home: Home): Promise<Outcome> {
  const { now, outgoing } = situation;
  const { waiting, more } = await goingOf(situation);
  const note = goingNote(situation, { ...NOTHING, went: [now] });
  const [one] = waiting;
  // Where the operator has taken the address away meanwhile there is nobody to send it to.
  if (one === undefined || outgoing === undefined) return { notes: [note] };
  const all = waiting.map(({ message }) => message);
  const whole = waiting.length === 1 && more === 0 ? one : { id: `digest ${one.id}`, message: digestOfNews(all, more, nameOf(home)) };
  return { tasks: sendTasks(situation, home, whole), notes: [note] };
}

function sendTasks({ now }: Situation, home: Home, one: { readonly id: string; readonly message: Message }): readonly NewTask[] {
  return tasksOf([{ kind: 'send', home, ...one }], { now, delivery: null });
}

function nameOf({ owner, name }: Home): string {
  return `${owner}/${name}`;
}

async function goingOf({ notes, repository }: Situation): Promise<Going> {
  return ((await notes.note(repository, NOTE.kind, NOTE.name))?.body ?? NOTHING) as unknown as Going;
}

function goingNote({ repository }: Situation, going: Going) {
  return { repository, ...NOTE, body: going as unknown as Json };
}
