// How deployments fare, whoever began them: what ended goes into the record once, what is where is brought up to date, and whoever had the
// environment's turn is told how it ended and has it no longer. Everything is read anew: an event only says where to look.

import { type Ended, endedText, endMark } from '../../core/answer/deploy.ts';
import { quotedName } from '../../core/answer/gate.ts';
import { type Claim, type Course, courseOf, hasBegun, isOver, nextAfter, type RunSight } from '../../core/deployment.ts';
import type { FollowErrand } from '../../core/errand.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { Situation } from '../app-port.ts';
import { memoryIn } from '../gate/gate-memory.ts';
import { holdNote, readDecided, readThread } from '../gate/gate-notes.ts';
import type { DeploymentSeen, RunSeen } from '../gate-port.ts';
import { GitHubProblem, type Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { recordDecision } from '../record/record-decision.ts';
import type { Entry, Json, NewTask, NoteWrite, Outcome } from '../store-port.ts';
import { tasksAfter } from './after-deployment.ts';
import { type Claimed, claimNote, freedNotes, readClaim, readClaims, stoppedOf } from './claim.ts';
import { BY_HAND, byHandEvent, isOfMachine, outsideEvent } from './outside.ts';
import { sayIfTaken } from './say-once.ts';
import { baseOf, followTasks, NEWS, runsOf, stopRun } from './start-deployment.ts';
import { allVersionTags, type Deployed, deployedIn, placeIn, placeNote, type VersionTag, versionAt } from './what-is-where.ts';

export async function followDeployment(situation: Situation, errand: FollowErrand): Promise<Outcome> {
  const { notes, repository, github } = situation;
  const names = errand.environment === null ? await claimedBy(situation, errand.run) : [errand.environment];
  if (names.length === 0) return {};
  const scene = await github.scene({ releaseBranch });
  const policy = await policyOf(situation, scene);
  const outcomes: Outcome[] = [];
  for (const name of names) {
    const claimed = await readClaim(notes, repository, name);
    // Of an environment that the policy does not name nobody wants to know: there may be one for each pull request.
    if (claimed === null && environmentOf(policy, name) === null) continue;
    outcomes.push(await followOne({ situation, errand, scene, policy, environment: name, claimed }));
  }
  return {
    notes: outcomes.flatMap((one) => one.notes ?? []),
    tasks: outcomes.flatMap((one) => one.tasks ?? []),
    entries: outcomes.flatMap((one) => one.entries ?? []),
  };
}

/** Environments of claims whose run it is or may be. */
async function claimedBy({ notes, repository }: Situation, run: number | null): Promise<readonly string[]> {
  const all = await readClaims(notes, repository);
  return all.flatMap(({ claim }) => (claim.run === null || claim.run === run ? [claim.environment] : []));
}

/** A policy that cannot be used holds up no deployment that has begun. */
async function policyOf({ readPolicy }: Situation, scene: Scene): Promise<Policy> {
  if (scene.policy === null) return DEFAULT_POLICY;
  try {
    return await readPolicy(scene.policy.text);
  } catch (error) {
    if (policyProblemLines(error) === null) throw error;
    return DEFAULT_POLICY;
  }
}

interface Following {
  readonly situation: Situation;
  readonly errand: FollowErrand;
  readonly scene: Scene;
  readonly policy: Policy;
  readonly environment: string;
  readonly claimed: Claimed | null;
}

/** What was recorded of an environment's deployments: ids and GitHub's words. */
type Recorded = Readonly<Record<string, string>>;

const FOLLOWED = 'followed';

async function followOne(following: Following): Promise<Outcome> {
  const { situation, errand, scene, policy, environment, claimed } = following;
  const { notes, repository, now, home } = situation;
  const { memory, writes } = memoryIn(notes, repository, now);
  const seen = await deployedIn(situation, memory, environment, policy.deployers);
  if (!seen.known) throw new GitHubProblem('unavailable', `What was deployed to ${environment} could not be seen: ${seen.why}`);
  const deployed = seen.value;
  const tags = await allVersionTags(situation, scene, policy);
  const note = await notes.note(repository, FOLLOWED, environment.toLowerCase());
  const course = claimed === null ? null : await seeCourse(following, claimed, deployed);
  const own = course?.deployment?.id ?? null;
  // What happened before anybody looked is no news, but for what is looked for now.
  const first = note === null;
  const isNews = ({ id }: { readonly id: number }) => !first || id === errand.deployment || id === own;
  const before = (note?.body ?? {}) as Recorded;
  const over = deployed.deployments.filter((one) => isOver(one));
  const stopped = await stoppedOf(situation, claimed, over);
  const fresh = over.filter((one) => before[String(one.id)] !== one.state && isNews(one) && !stopped.has(one.id));
  const hands = deployed.byHand.filter(({ deployment: id, by }) => by !== null && before[String(id)] !== BY_HAND && isNews({ id }));
  const known = deployed.byHand.flatMap(({ deployment, by }) => (by === null ? [] : [[String(deployment), BY_HAND]]));
  const recorded = Object.fromEntries([...over.map((one) => [String(one.id), one.state]), ...known]);
  const ended = course === null || claimed === null ? null : await endOf(following, claimed, course);
  const others = fresh.filter((one) => one.id !== own || ended === null);
  const events = [
    ...others.map((one) => outsideEvent(situation, environment, one, tags)),
    ...hands.flatMap((one) => byHandEvent(situation, environment, one, tags)),
  ];
  const entries = events.map((one) => recordDecision(repository, one));
  const succeeded = fresh.some(({ state }) => state === 'success') || ended?.course === 'succeeded';
  const current = deployed.current?.sha ?? null;
  const tasks: NewTask[] = [...(ended?.tasks ?? [])];
  for (const one of others) tasks.push(...afterOutside(following, one, tags));
  const origin = { now, delivery: null };
  if (succeeded || ended !== null) tasks.push(...tasksOf([{ kind: 'promote', home }], origin));
  for (const sha of new Set([current, deployed.previous?.sha ?? null, claimed?.claim.sha ?? null, ...fresh.map((one) => one.sha)])) {
    if (sha !== null && (fresh.length > 0 || hands.length > 0 || ended !== null) && (await readThread(notes, repository, sha)) !== null)
      tasks.push(...tasksOf([{ kind: 'status', home, sha, environment }], origin));
  }
  return {
    notes: [
      placeNote(repository, placeIn(environment, deployed, tags, policy)),
      { repository, kind: FOLLOWED, name: environment.toLowerCase(), body: recorded as Json },
      ...writes(),
      ...entries.flatMap((one) => one.texts),
      ...(ended?.notes ?? course?.notes ?? []),
    ],
    entries: [...entries, ...(ended?.entries ?? [])],
    tasks: [...tasks, ...(ended === null ? (course?.tasks ?? []) : [])],
  };
}

/** What never got in is the gate's to tell. */
function afterOutside({ situation, scene, policy, environment }: Following, one: DeploymentSeen, tags: readonly VersionTag[]) {
  const { sha, run, state, creator } = one;
  if (!hasBegun(one)) return [];
  const by = creator !== null && !creator.bot ? creator.login : null;
  const tag = versionAt(tags, sha)?.tag.name ?? null;
  const event = state === 'success' ? 'deployed' : 'failed';
  return tasksAfter(situation, { policy, scene }, { event, environment, sha, tag, run, by, says: null });
}

interface SeenCourse {
  readonly course: Course;
  /** With the run that was found for it. */
  readonly claimed: Claimed;
  readonly run: RunSeen | null;
  readonly deployment: DeploymentSeen | null;
  /** Where it goes on. */
  readonly notes: readonly NoteWrite[];
  readonly tasks: readonly NewTask[];
}

async function seeCourse({ situation }: Following, claimed: Claimed, { deployments }: Deployed): Promise<SeenCourse> {
  const { gates, repository } = situation;
  let claim = claimed.claim;
  if (claim.run === null && claim.sent !== null) {
    const runs = await runsOf(situation, claim);
    // Several may be it: the one that goes into this environment is.
    const inside = runs.filter((run) => deployments.some((one) => one.run === run.id && one.sha === claim.sha));
    const found = runs.length === 1 ? runs[0] : inside.length === 1 ? inside[0] : undefined;
    if (found !== undefined) claim = { ...claim, run: found.id };
  }
  const run = claim.run === null ? null : await gates.run(claim.run);
  if (run !== null && !run.known) throw new GitHubProblem('unavailable', `Run ${claim.run} could not be seen: ${run.why}`);
  const ofRun = deployments.filter((one) => one.run !== null && one.run === claim.run);
  const own = ofRun.find(isOfMachine) ?? ofRun[0] ?? null;
  const sight: RunSight | null = run?.value ?? null;
  const course = courseOf(claim, sight, own);
  const bound = claim.run !== claimed.claim.run;
  const notes = bound ? [claimNote(repository, claim, claimed)] : [];
  const found = bound ? lookTasksOf(situation, claim) : [];
  const tasks = course === 'sought' || course === 'runs' ? [...laterTasks(situation, claim), ...found] : [];
  return { course, claimed: { ...claimed, claim }, run: run?.value ?? null, deployment: own, notes, tasks };
}

/** Its gate may wait and not know yet whose it is. */
function lookTasksOf({ home, now }: Situation, { environment, run, sha }: Claim): readonly NewTask[] {
  return tasksOf([{ kind: 'look', home, sha, environment, run, urgent: true }], { now, delivery: null });
}

/** While its run is looked for: often, then seldom; afterwards in case that no event tells of its end. */
function laterTasks(situation: Situation, claim: Claim): readonly NewTask[] {
  const { now } = situation;
  if (claim.sent === null) return [];
  const age = now - Date.parse(claim.sent);
  return followTasks(situation, claim).map((task) => {
    const isNews = task.unique?.endsWith('/news') === true;
    return isNews ? task : { ...task, runAt: now + Math.min(15 * 60_000, Math.max(5_000, age)) };
  });
}

interface EndSeen extends Required<Outcome> {
  readonly course: Exclude<Course, 'runs'>;
}

/** Null: it goes on. */
async function endOf(following: Following, before: Claimed, seen: SeenCourse): Promise<EndSeen | null> {
  const { situation, policy, scene, environment } = following;
  const { notes, repository, now, home } = situation;
  const { course, run, deployment } = seen;
  const { claim } = seen.claimed;
  if (course === 'runs') return null;
  if (course === 'sought' && (claim.sent === null || now - Date.parse(claim.sent) < NEWS)) return null;
  const at = new Date(now).toISOString();
  const base = baseOf(scene);
  if (course === 'moved' && claim.run !== null) {
    const says = `The tag ${claim.tag} was moved: this run is of another commit than was meant.`;
    await stopRun(situation, { run: claim.run, environment, says });
  }
  const decided = await readDecided(notes, repository, environment, claim.sha);
  const prefix = policy.commands.prefix === '' ? '/' : `/${policy.commands.prefix} `;
  const ended: Ended = {
    claim,
    course,
    conclusion: run?.conclusion ?? null,
    rejected: decided?.run === claim.run && decided?.outcome === 'reject',
    newer: course === 'cancelled' ? await newerRun(situation, claim) : null,
    next: nextAfter(policy, environment)
      .filter((name) => environmentOf(policy, name)?.deploy !== undefined && environmentOf(policy, name)?.promote !== 'auto')
      .map((name) => `${prefix}deploy ${quotedName(name)}`),
    unhold: `${prefix}unhold ${quotedName(environment)}`,
    base,
  };
  const told = await sayIfTaken(situation, claim, endMark(claim.token), endedText(ended));
  const entries: (Entry & { texts: readonly NoteWrite[] })[] = [
    recordDecision(repository, {
      what: 'deployment',
      at,
      home,
      actor: 'app' in claim.by ? { app: situation.self.slug } : claim.by,
      environment,
      sha: claim.sha,
      release: claim.tag,
      run: claim.run === null ? null : { id: claim.run, attempt: 1 },
      state: course === 'succeeded' ? 'success' : course === 'failed' ? (run?.conclusion ?? 'failure') : course,
      ...(deployment === null ? {} : { deployment: deployment.id }),
      ...(claim.kind === 'rollback' ? { reason: 'rollback' } : {}),
    }),
  ];
  const held = course === 'succeeded' && claim.kind === 'rollback' ? holdAfter(following, claim, at, prefix) : null;
  if (held !== null) entries.push(held.entry);
  return {
    course,
    notes: [
      ...freedNotes(repository, { claim, version: before.version }),
      ...told,
      ...entries.flatMap((one) => one.texts),
      ...(held === null ? [] : [held.note]),
    ],
    entries,
    tasks: [
      ...tasksOf([{ kind: 'look', home, sha: null, environment, run: null, urgent: true }], { now, delivery: null }),
      ...(ended.rejected ? [] : afterOwn(following, claim, course)),
    ],
  };
}

/** What was cancelled was meant to be. */
function afterOwn({ situation, scene, policy, environment }: Following, claim: Claim, course: Course): readonly NewTask[] {
  if (course === 'cancelled') return [];
  const { kind, sha, tag, run } = claim;
  const by = 'login' in claim.by ? claim.by.login : null;
  const event = course !== 'succeeded' ? 'failed' : kind === 'rollback' ? 'rolled-back' : 'deployed';
  return tasksAfter(situation, { policy, scene }, { event, environment, sha, tag, run, by, says: claim.why ?? null });
}

/** Started since, by the same workflow. */
async function newerRun({ deploys }: Situation, { workflow, at, run }: Claim): Promise<number | null> {
  const seen = await deploys.dispatchedRuns(workflow, at);
  return seen.known ? (seen.value.filter((one) => run !== null && one.id > run).at(-1)?.id ?? null) : null;
}

/** So that what was rolled back does not come back by itself. */
function holdAfter({ situation }: Following, claim: Claim, at: string, prefix: string) {
  const { repository, home, self } = situation;
  const by = 'login' in claim.by ? claim.by.login : self.slug;
  const from = claim.from === null ? 'what was there' : (claim.from.tag ?? claim.from.sha.slice(0, 7));
  const { environment } = claim;
  const reason = `rolled back from ${from} to ${claim.tag} by @${by}: ${prefix}unhold once it is fixed`;
  // No person's number is less than one, whatever the App's is.
  const hold = { environment, person: -self.app, comment: claim.comment ?? 0, by, reason, at };
  return {
    note: holdNote(repository, hold),
    entry: recordDecision(repository, { what: 'hold', at, home, actor: { app: self.slug }, environment, reason }),
  };
}
