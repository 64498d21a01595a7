// A train: at its time it does what the policy says with the line's next release. Departures that nobody looked at are one, the newest, and
// what is long over is told and not done. What is to be published is noted first, so that whoever begins again publishes that and nothing else.

import { carriesText, movedLoadText, staleText, trainMark, trainText, withheldText } from '../../core/answer/train.ts';
import type { TrainErrand } from '../../core/errand.ts';
import { readFence } from '../../core/fence.ts';
import { DEFAULT_POLICY, type Policy, type TrainPolicy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { type DueDeparture, dueDeparture, nextDeparture } from '../../core/train.ts';
import type { Situation } from '../app-port.ts';
import { openReleasePull } from '../command/show-plan.ts';
import { sayOnce } from '../deployment/say-once.ts';
import { publishedTasks } from '../deployment/tell.ts';
import { threadOf } from '../gate/keep-thread.ts';
import { GitHubProblem } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { recordDecision } from '../record/record-decision.ts';
import type { Json, NewTask, NoteWrite, Outcome } from '../store-port.ts';
import { type Load, loadNote, loadOf, publishLoad } from './load.ts';
import { type GitHubPlan, type GitHubSituation, observeGitHub, planOnGitHub } from './plan-github.ts';
import { type ReleaseRequest, releaseOnGitHub, withheldOf } from './release.ts';
import { wished, wishOf } from './wish.ts';

const KIND = 'train';
const HOUR = 3_600_000;
/** A train that is so late does not leave by itself. */
export const LATEST_HOURS = 6;

interface Running {
  /** Milliseconds since 1970: departures up to then are done with. */
  readonly seen: number;
  /** The departure whose load was settled, or for which there was nothing to settle. */
  readonly settled: number | null;
  /** What is being published. */
  readonly leaving: (Pick<Load, 'head' | 'version' | 'tag'> & { readonly at: number }) | null;
}

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
  if (train === undefined) return { notes: [{ repository, kind: KIND, name, body: null }] };
  const before = await runningOf(situation, name);
  // A train that is new has missed nothing.
  if (before === null) return goOn(situation, train, { seen: now, settled: null, leaving: null });
  if (before.leaving !== null) return leave(situation, train, { ...before, leaving: before.leaving });
  const due = dueDeparture(train, before.seen, now);
  if (!due.known) return { notes: [noteOf(repository, name, { ...before, seen: now })] };
  if (due.value !== null) return depart(situation, train, before, due.value);
  const next = nextDeparture(train, before.seen);
  const departure = next.known ? next.value : null;
  const settles = departure?.freezesAt != null && departure.freezesAt <= now && before.settled !== departure.at;
  if (departure === null || !settles) return goOn(situation, train, before);
  const settled = await settle(situation, train, departure.at);
  return joinedOutcome(settled, goOn(situation, train, { ...before, settled: departure.at }));
}

async function depart(situation: Situation, train: TrainPolicy, running: Running, due: DueDeparture): Promise<Outcome> {
  const { now, github } = situation;
  const done: Running = { ...running, seen: due.at, settled: null };
  const look = await lookAt(situation, train);
  if (look === null) return goOn(situation, train, done);
  const { seen, plan, load } = look;
  const word = { name: train.name, at: due.at, due: due.says };
  const ended = async (head: string, says: readonly string[]): Promise<Outcome> => {
    const thread = await threadOf(situation, plan.head);
    await sayOnce({ github }, thread.issue, trainMark(word), trainText(word, head, says));
    const told = recorded(situation, `${due.says} ${head} ${says.join(' ')}`, plan.head);
    const freed = load === null || load.departure === null ? [] : [loadNote(situation.repository, look.line, null)];
    return joinedOutcome({ notes: [...thread.notes, ...told.texts, ...freed], entries: [told] }, goOn(situation, train, done));
  };
  if (now - due.at > LATEST_HOURS * HOUR) return ended(staleText(LATEST_HOURS), []);
  if (train.does === 'report') return ended(carriesText(plan.plan), objectionsOf(plan));
  if (train.does === 'freeze') {
    const settled = await settle(situation, train, null);
    return joinedOutcome(settled, goOn(situation, train, done));
  }
  if (train.does === 'draft') {
    await releaseOnGitHub(github, { ...look.request, observed: seen, mode: draftMode(seen) });
    const told = recorded(situation, `${due.says} The draft is up to date.`, plan.head);
    return joinedOutcome({ notes: told.texts, entries: [told] }, goOn(situation, train, done));
  }
  const withheld = withheldOf(seen);
  const objections = [...(withheld === null ? [] : [withheld.says]), ...objectionsOf(plan)];
  const { version, tag } = plan.plan;
  const target = load ?? (version === null || tag === null ? null : { head: plan.head, version, tag });
  if (target !== null && objections.length > 0) return ended(withheldText(target.tag), objections);
  if (target === null) return ended(carriesText(plan.plan), objections);
  const leaving = { head: target.head, version: target.version, tag: target.tag, at: due.at };
  // What is published is what stands here, whoever goes on with it.
  return { notes: [noteOf(situation.repository, train.name, { ...running, leaving })], tasks: [taskAt(situation, train.name, now)] };
}

type Leaving = Running & { readonly leaving: NonNullable<Running['leaving']> };

async function leave(situation: Situation, train: TrainPolicy, { leaving, ...running }: Leaving): Promise<Outcome> {
  const { github, repository, now, home, self } = situation;
  const done: Running = { ...running, seen: leaving.at, settled: null, leaving: null };
  const look = await lookAt(situation, train);
  if (look === null) return goOn(situation, train, done);
  const { seen, request, plan, load, line } = look;
  const isOut = () => seen.scene.releases.some((one) => !one.draft && one.tag === leaving.tag);
  let out = isOut();
  let more: readonly NewTask[] = [];
  if (!out && seen.policy.release.mode === 'pull-request') {
    const merged = await mergeAt(situation, seen, leaving);
    out = merged;
    if (merged) more = tasksOf([{ kind: 'draft', home, branch: seen.scene.branch.name }], { now, delivery: null });
  } else if (!out) {
    const released =
      load !== null && load.head === leaving.head && load.version === leaving.version
        ? await publishLoad(situation, seen, request, load)
        : await releaseOnGitHub(github, { ...request, observed: seen, only: { head: leaving.head, version: leaving.version } });
    out = released?.published.some((one) => one.tagged && one.version === leaving.version) === true;
    more = out ? publishedTasks(situation, leaving.tag, null) : [];
  }
  const freed = load === null ? [] : [loadNote(repository, line, null)];
  const next = goOn(situation, train, done);
  const at = new Date(now).toISOString();
  if (out) {
    const entry = recordDecision(repository, {
      what: 'publish',
      at,
      home,
      actor: { app: self.slug },
      release: leaving.tag,
      sha: leaving.head,
    });
    const drafts = tasksOf([{ kind: 'draft', home, branch: seen.scene.branch.name }], { now, delivery: null });
    return joinedOutcome({ notes: [...entry.texts, ...freed], entries: [entry], tasks: [...more, ...drafts] }, next);
  }
  const word = { name: train.name, at: leaving.at, due: `The train ${train.name} left.` };
  const thread = await threadOf(situation, leaving.head);
  await sayOnce({ github }, thread.issue, trainMark(word), trainText(word, movedLoadText(leaving.tag), objectionsOf(plan)));
  const told = recorded(situation, `${word.due} ${movedLoadText(leaving.tag)}`, leaving.head);
  return joinedOutcome({ notes: [...thread.notes, ...told.texts, ...freed], entries: [told] }, next);
}

/** True: the release pull request of exactly that is merged, and the release follows as after every merge. */
async function mergeAt({ github }: Situation, seen: GitHubSituation, { version, head }: Pick<Load, 'head' | 'version'>): Promise<boolean> {
  const pull = openReleasePull(seen);
  const shown = pull === null ? null : (readFence(pull.body)?.state ?? null);
  if (pull === null || shown?.version !== version || shown.sha !== head) return false;
  // A merge takes what is on the branch: what came after the load was settled would come along.
  if (seen.scene.branch.sha !== head) return false;
  return (await github.mergePull(pull.number, pull.head.sha)).merged;
}

/** From now on the next release of the line is made of what is there now. */
async function settle(situation: Situation, train: TrainPolicy, departure: number | null): Promise<Outcome> {
  const look = await lookAt(situation, train);
  if (look === null || withheldOf(look.seen) !== null) return {};
  const { seen, request, plan, load, line } = look;
  const { version, tag } = plan.plan;
  if (version === null || tag === null || load !== null) return {};
  await releaseOnGitHub(situation.github, { ...request, observed: seen, mode: draftMode(seen) });
  const settled: Load = { train: train.name, head: plan.head, version, tag, departure };
  const until = departure === null ? 'until it is published' : `until the train leaves at ${new Date(departure).toISOString()}`;
  const told = recorded(situation, `The train ${train.name} settled its load: ${tag} is made of ${plan.head} ${until}.`, plan.head);
  return { notes: [loadNote(situation.repository, line, settled), ...told.texts], entries: [told] };
}

interface Look {
  readonly seen: GitHubSituation;
  readonly plan: GitHubPlan;
  readonly request: ReleaseRequest;
  readonly load: Load | null;
  readonly line: string;
}

/** Null: the train's branch is gone. */
async function lookAt({ github, notes, repository, readPolicy, now }: Situation, train: TrainPolicy): Promise<Look | null> {
  try {
    const branch = train.line === null ? {} : { line: train.line };
    const seen = await observeGitHub(github, { readPolicy, ...branch });
    const line = seen.line.name;
    const wish = await wishOf(notes, repository, line, seen.tags);
    const request: ReleaseRequest = { readPolicy, ...branch, ...wished(wish), today: new Date(now).toISOString().slice(0, 10) };
    const plan = await planOnGitHub(github, seen, request);
    return { seen, plan, request, load: await loadOf(notes, repository, line, seen.tags), line };
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind === 'not-found') return null;
    throw error;
  }
}

function draftMode({ policy }: GitHubSituation): 'draft' | 'pull-request' {
  return policy.release.mode === 'pull-request' ? 'pull-request' : 'draft';
}

function objectionsOf({ plan }: GitHubPlan): readonly string[] {
  return plan.objections.map(({ says }) => says);
}

function recorded({ repository, home, now, self }: Situation, reason: string, sha: string) {
  return recordDecision(repository, { what: 'note', at: new Date(now).toISOString(), home, actor: { app: self.slug }, sha, reason });
}

/** It is done with so far, and comes again at its time. */
function goOn(situation: Situation, train: TrainPolicy, running: Running): Outcome {
  const at = wakeAt(train, running);
  return { notes: [noteOf(situation.repository, train.name, running)], tasks: at === null ? [] : [taskAt(situation, train.name, at)] };
}

/** Null: it never leaves again. */
function wakeAt(train: TrainPolicy, { seen, settled }: Running): number | null {
  const next = nextDeparture(train, seen);
  if (!next.known || next.value === null) return null;
  const { at, freezesAt } = next.value;
  return freezesAt === null || settled === at ? at : freezesAt;
}

function taskAt({ home, now }: Situation, train: string, runAt: number): NewTask {
  const [task] = tasksOf([{ kind: 'train', home, train }], { now, delivery: null });
  return { ...(task as NewTask), runAt };
}

function noteOf(repository: string, name: string, running: Running): NoteWrite {
  return { repository, kind: KIND, name, body: running as unknown as Json };
}

async function runningOf({ notes, repository }: Situation, name: string): Promise<Running | null> {
  return ((await notes.note(repository, KIND, name))?.body ?? null) as Running | null;
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

function joinedOutcome(one: Outcome, other: Outcome): Outcome {
  return {
    tasks: [...(one.tasks ?? []), ...(other.tasks ?? [])],
    notes: [...(one.notes ?? []), ...(other.notes ?? [])],
    entries: [...(one.entries ?? []), ...(other.entries ?? [])],
  };
}
