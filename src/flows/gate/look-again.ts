// Something has changed: which waiting gates it may concern is told by notes alone, so that where nothing waits it costs one read. Each of
// them is decided anew; a burst of events about one of them is one look every few seconds, and a person is not kept waiting.

import type { Errand, GateErrand, LookErrand } from '../../core/errand.ts';
import type { Situation } from '../app-port.ts';
import { watchedTasks } from '../deployment/watch-notes.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import type { NewTask, NoteWrite, Outcome } from '../store-port.ts';
import { forgottenNotes } from './gate-memory.ts';
import { arePromotionsWaiting, readDecided, readWaiting, sameName, type WaitingGate } from './gate-notes.ts';

/** Between two looks at a gate for the sake of tools; GitHub's hourly limit is shared by all of an installation. */
const PAUSE = 4_000;

export async function lookAgain(situation: Situation, errand: LookErrand): Promise<Outcome> {
  const { notes, repository, now, home } = situation;
  const waiting = await readWaiting(notes, repository);
  const concerned = waiting.filter((one) => concerns(errand, one));
  const tasks = concerned.map((one): NewTask => {
    const [task] = tasksOf([gateOf(situation, one)], { now, delivery: null });
    const last = Date.parse(one.decidedAt ?? '');
    // Checks and statuses come in bursts, each with its commit; of people and of runs there are few.
    const burst = errand.sha !== null && errand.urgent !== true;
    const runAt = burst && last + PAUSE > now ? last + PAUSE : 0;
    return { ...(task as NewTask), runAt };
  });
  const dropped: NoteWrite[] =
    errand.fresh === true ? [...new Set(concerned.map(({ sha }) => sha))].flatMap((sha) => forgottenNotes(repository, sha)) : [];
  const passed = await passedBy(situation, errand, waiting);
  const extra = passed === null ? [] : tasksOf([passed], { now, delivery: null });
  // What a promotion waits for may be over, too; checks come in bursts.
  const promotions = (await arePromotionsWaiting(notes, repository)) ? tasksOf([{ kind: 'promote', home }], { now, delivery: null }) : [];
  const runAt = errand.urgent === true ? 0 : now + PAUSE;
  const others = [...promotions, ...(await watchedTasks(situation, errand))];
  return { tasks: [...tasks, ...extra, ...others.map((task) => ({ ...task, runAt }))], notes: dropped };

  function concerns({ sha, environment, run }: LookErrand, one: WaitingGate): boolean {
    // A gate may wait for another commit in the environment before it to be replaced: what is told by run or commit alone narrows.
    const byRun = run === null || one.run === run;
    const bySha = sha === null || one.sha === sha;
    const byEnvironment = environment === null || sameName(one.environment, environment);
    return home.id === errand.home.id && byRun && bySha && byEnvironment;
  }
}

/** A deployment that goes on, of which nothing is known here: whether it should have waited for us is looked into. */
async function passedBy(
  { notes, repository, home }: Situation,
  { went }: LookErrand,
  waiting: readonly WaitingGate[],
): Promise<Errand | null> {
  if (went === undefined) return null;
  const { run, environment, deployment, sha } = went;
  if (waiting.some((one) => one.run === run && sameName(one.environment, environment))) return null;
  const decided = await readDecided(notes, repository, environment, sha);
  if (decided !== null && decided.run === run && decided.outcome !== 'wait') return null;
  return { kind: 'gate', home, run, environment, deployment, sha };
}

export function gateOf({ home }: Pick<Situation, 'home'>, { run, environment, deployment, sha }: WaitingGate): GateErrand {
  return { kind: 'gate', home, run, environment, deployment, sha };
}
