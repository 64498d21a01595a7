// GitHub is told what was decided, within its contract: a final answer once, a report on a change of reasons only. What was decided too long
// ago is decided anew, as an old approval must not be given on old facts; what GitHub does not take is shown to people and tried again.

import type { AnswerErrand, GateErrand } from '../../core/errand.ts';
import { witnessText } from '../../core/record.ts';
import type { Situation } from '../app-port.ts';
import type { Answered } from '../gate-port.ts';
import { GitHubProblem } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import type { NewTask, NoteWrite, Outcome } from '../store-port.ts';
import { agedNotes } from './gate-memory.ts';
import { decidedNote, letInNote, readDecided, readWaiting, sameName, settledNote, type WaitingGate, waitingNote } from './gate-notes.ts';
import { ownAnswers } from './native-reviews.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Facts of an answer are not older. */
const FRESH = MINUTE;
const FIRST_PAUSE = 15 * SECOND;
const LONGEST_PAUSE = 60 * MINUTE;

export async function answerGate(situation: Situation, errand: AnswerErrand): Promise<Outcome> {
  const { gates, notes, repository, now } = situation;
  const { run, attempt, environment, state, told } = errand;
  const kept = (await readWaiting(notes, repository)).find((one) => {
    return one.run === run && one.attempt === attempt && sameName(one.environment, environment);
  });
  // Settled meanwhile, or decided otherwise: the newer decision has an answer of its own.
  if (kept === undefined || kept.told !== told) return {};
  if (now - errand.decided > FRESH) {
    // Whatever is decided now is told, even if it is the same.
    return { notes: [waitingNote(repository, { ...kept, told: '', outcome: null })], tasks: [gateTask(situation, errand, kept, 0)] };
  }
  // GitHub takes an answer for the run, whichever attempt it is at by now: who began that one may be who approved this one.
  if (state === 'approved') {
    const seen = await gates.run(run);
    if (!seen.known) throw new GitHubProblem('unavailable', `Run ${run}, which was to be let on, could not be seen: ${seen.why}`);
    if (seen.value !== null && seen.value.attempt !== attempt) return { tasks: [gateTask(situation, errand, kept, 0)] };
  }
  const comment = await withWitness(situation, errand.says);
  const answered = await gates.answer({ run, environment, comment, ...(state === null ? {} : { state }) });
  switch (answered.result) {
    case 'done':
      return done(situation, errand, kept);
    case 'gone':
      // The run was deleted: GitHub shows it to whoever may see the repository.
      return settled(situation, kept);
    case 'refused':
      return refused(situation, errand, kept, answered);
    case 'already':
      return already(situation, errand, kept);
  }
}

/** The end of the record, told to somebody outside: what came before it cannot be changed any more without that being seen. */
async function withWitness({ head }: Situation, says: string): Promise<string> {
  const end = await head();
  return end === null ? says : `${says}\n\n${witnessText(end)}`;
}

async function done(situation: Situation, errand: AnswerErrand, kept: WaitingGate): Promise<Outcome> {
  const untroubled = await withTrouble(situation, kept, null);
  if (errand.state === null) return untroubled;
  const end = await settled(situation, kept);
  const entered = errand.state === 'approved' ? [letInNote(situation.repository, kept.environment, kept.sha, kept.run)] : [];
  return { ...untroubled, notes: [...entered, ...(end.notes ?? []), ...(untroubled.notes ?? [])] };
}

async function settled({ notes, repository, now }: Situation, kept: WaitingGate): Promise<Outcome> {
  return { notes: [settledNote(repository, kept), ...(await agedNotes(notes, repository, now))] };
}

/** People see what permission is missing; once they have given it the answer is given by itself. */
async function refused(situation: Situation, errand: AnswerErrand, kept: WaitingGate, { says }: Answered): Promise<Outcome> {
  const { repository } = situation;
  const misses = (kept.misses ?? 0) + 1;
  const shown = await withTrouble(situation, kept, says);
  return {
    notes: [waitingNote(repository, { ...kept, told: '', outcome: null, misses }), ...(shown.notes ?? [])],
    tasks: [gateTask(situation, errand, kept, misses), ...(shown.tasks ?? [])],
  };
}

/** Nothing waits for this answer, which is no proof that ours is there: only GitHub's history tells. */
async function already(situation: Situation, errand: AnswerErrand, kept: WaitingGate): Promise<Outcome> {
  const { gates, self, repository } = situation;
  const { run, environment, state } = errand;
  // What else it may mean of a report: that GitHub takes no more of them.
  const pending = await gates.pendingDeployments(run);
  const waits = !pending.known || pending.value.some((one) => sameName(one.environment.name, environment));
  if (!waits) return { tasks: [gateTask(situation, errand, kept, 0)] };
  if (state === null) return {};
  const own = ownAnswers(self, environment, await gates.approvals(run));
  if (own !== null && own.answers > (kept.before?.answers ?? 0)) return done(situation, errand, kept);
  const misses = (kept.misses ?? 0) + 1;
  return {
    notes: [waitingNote(repository, { ...kept, told: '', outcome: null, misses })],
    tasks: [gateTask(situation, errand, kept, misses)],
  };
}

/** Deciding again, after a pause that grows with each time that it led to nothing. */
function gateTask({ home, now }: Situation, { run, environment }: AnswerErrand, { deployment, sha }: WaitingGate, misses: number): NewTask {
  const errand: GateErrand = { kind: 'gate', home, run, environment, deployment, sha };
  const [task] = tasksOf([errand], { now, delivery: null });
  const runAt = misses === 0 ? 0 : now + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(misses, 10));
  return { ...(task as NewTask), runAt };
}

/** Shows what is in the way of telling GitHub, or that it no longer is. */
async function withTrouble({ notes, repository, home, now }: Situation, kept: WaitingGate, trouble: string | null): Promise<Outcome> {
  const last = kept.sha === '' ? null : await readDecided(notes, repository, kept.environment, kept.sha);
  if (last === null || last.trouble === trouble) return {};
  const writes: NoteWrite[] = [decidedNote(repository, { ...last, trouble })];
  return {
    notes: writes,
    tasks: tasksOf([{ kind: 'status', home, sha: kept.sha, environment: kept.environment }], { now, delivery: null }),
  };
}
