// A train: at its time it does what the policy says with the line's next release. Departures that nobody looked at are one, the newest, and
// what is long over is told and not done. What is to be published is noted first, so that whoever begins again publishes that and nothing else.

import {
  carriesText,
  keptLoadText,
  loadCarriesText,
  nothingDraftedText,
  staleText,
  trainMark,
  trainText,
  withheldText,
} from '../../core/answer/train.ts';
import type { TrainErrand } from '../../core/errand.ts';
import { DEFAULT_POLICY, type Policy, type TrainPolicy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { type DueDeparture, dueDeparture, nextDeparture } from '../../core/train.ts';
import type { Situation } from '../app-port.ts';
import { sayOnce } from '../deployment/say-once.ts';
import { threadOf } from '../gate/keep-thread.ts';
import { policyProblemLines } from '../policy-problem.ts';
import type { NewTask, Outcome } from '../store-port.ts';
import { leave } from './leave.ts';
import { freedLoads, loadNote } from './load.ts';
import { releaseOnGitHub, withheldOf } from './release.ts';
import { draftMode, type Look, lookAt, objectionsOf, settleLoad } from './settle-load.ts';
import {
  goOn,
  isLate,
  joinedOutcome,
  LATEST_HOURS,
  type Running,
  recorded,
  runningNote,
  runningOf,
  taskAt,
  wakeAt,
} from './train-notes.ts';

/** For whoever has read the policy: the trains that nobody waits for yet. */
export async function trainTasks(situation: Situation, trains: Policy['trains']): Promise<readonly NewTask[]> {
  const tasks: NewTask[] = [];
  for (const train of trains) {
    const running = await runningOf(situation, train.name);
    const at = running === null ? situation.now : wakeAt(train, running);
    if (at !== null) tasks.push(taskAt(situation, train.name, at));
  }
  return tasks;
}

export async function runTrain(situation: Situation, { train: name }: TrainErrand): Promise<Outcome> {
  const { github, repository, now } = situation;
  const scene = await github.scene({ releaseBranch });
  const policy = await policyOf(situation, scene.policy?.text ?? null);
  // It is looked for again once the policy can be read.
  if (policy === null) return {};
  const train = policy.trains.find((one) => one.name === name);
  // Nobody comes any more for what it had settled.
  if (train === undefined) return { notes: [runningNote(repository, name, null), ...(await freedLoads(situation, name))] };
  const before = await runningOf(situation, name);
  // A train that is new has missed nothing.
  if (before === null) return goOn(situation, train, { seen: now, settled: null, leaving: null });
  if (before.leaving !== null) return leave(situation, train, before.leaving, before);
  const due = dueDeparture(train, before.seen, now);
  if (!due.known) return { notes: [runningNote(repository, name, { ...before, seen: now })] };
  if (due.value !== null) return depart(situation, train, before, due.value);
  const next = nextDeparture(train, before.seen);
  const departure = next.known ? next.value : null;
  if (departure === null || departure.freezesAt === null || departure.freezesAt > now || before.settled === departure.at) {
    return goOn(situation, train, before);
  }
  const look = await lookAt(situation, train);
  const settling = { departure: departure.at, at: departure.freezesAt, due: '' };
  const settled = look === null ? null : await settleLoad(situation, train, look, settling);
  return joinedOutcome(settled ?? {}, goOn(situation, train, { ...before, settled: departure.at }));
}

async function depart(situation: Situation, train: TrainPolicy, running: Running, due: DueDeparture): Promise<Outcome> {
  const { now, github, repository } = situation;
  const done: Running = { ...running, seen: due.at, settled: null };
  const look = await lookAt(situation, train);
  if (look === null) {
    const told = recorded(situation, `${due.says} Its branch is gone, so nothing was done.`, null);
    return joinedOutcome({ notes: told.texts, entries: [told] }, goOn(situation, train, done));
  }
  const { seen, plan, load } = look;
  const word = { name: train.name, at: due.at, due: due.says };
  // The load that was settled for this departure is free where it leaves without it; another train's is not touched.
  const freed = load !== null && load.train === train.name && load.departure !== null ? [loadNote(repository, look.line, null)] : [];
  const ended = async (head: string, says: readonly string[], free = freed): Promise<Outcome> => {
    const thread = await threadOf(situation, plan.head);
    await sayOnce({ github }, thread.issue, trainMark(word), trainText(word, head, says));
    const told = recorded(situation, `${due.says} ${[head, ...says].join(' ')}`, plan.head);
    return joinedOutcome({ notes: [...thread.notes, ...told.texts, ...free], entries: [told] }, goOn(situation, train, done));
  };
  const carries = load === null ? carriesText(plan.plan) : loadCarriesText(load);
  const withheld = withheldOf(seen);
  const objections = [...(withheld === null ? [] : [withheld.says]), ...objectionsOf(plan)];
  if (isLate(due.at, now)) return ended(staleText(LATEST_HOURS), []);
  if (train.does === 'report') return ended(carries, objections);
  if (train.does === 'freeze') {
    const settled = await settleLoad(situation, train, look, { departure: null, at: due.at, due: due.says });
    if (settled !== null) return joinedOutcome(settled, goOn(situation, train, done));
    if (load === null) return ended(carries, objections);
    // From now on it waits for people, whatever it was settled for.
    const kept = load.departure === null ? [] : [loadNote(repository, look.line, { ...load, departure: null })];
    return ended(keptLoadText(load), objections, kept);
  }
  if (train.does === 'draft') return joinedOutcome(await draft(situation, look, due), goOn(situation, train, done));
  const { version, tag } = plan.plan;
  const target = load ?? (version === null || tag === null ? null : { head: plan.head, version, tag });
  if (target !== null && objections.length > 0) return ended(withheldText(target.tag), objections);
  if (target === null) return ended(carries, objections);
  const leaving = { head: target.head, version: target.version, tag: target.tag, at: due.at };
  // What is published is what stands here, whoever goes on with it.
  return { notes: [runningNote(repository, train.name, { ...running, leaving })], tasks: [taskAt(situation, train.name, now)] };
}

/** The draft itself is what people see; the record tells whose doing it is. */
async function draft(situation: Situation, { seen, plan, load, request }: Look, due: DueDeparture): Promise<Outcome> {
  const withheld = withheldOf(seen);
  let says: string;
  if (withheld !== null) says = nothingDraftedText(withheld.says);
  else if (load !== null) says = keptLoadText(load);
  else {
    const drafted = await releaseOnGitHub(situation.github, { ...request, observed: seen, mode: draftMode(seen) });
    says = drafted.draft === null && drafted.pull === null ? carriesText(drafted.plan) : 'The draft is up to date.';
  }
  const told = recorded(situation, `${due.says} ${says}`, plan.head);
  return { notes: told.texts, entries: [told] };
}

/** Null: it cannot be read. */
async function policyOf({ readPolicy }: Situation, text: string | null): Promise<Policy | null> {
  if (text === null) return DEFAULT_POLICY;
  try {
    return await readPolicy(text);
  } catch (error) {
    if (policyProblemLines(error) === null) throw error;
    return null;
  }
}
