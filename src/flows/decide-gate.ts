// GitHub asks whether a deployment may start, or something has changed that this may rest on: look at everything anew, decide, and come to
// what GitHub and people are to be told. Nothing is told here: the answer is a task of its own, written together with the record's entry.

import type { AnswerErrand, GateErrand } from '../core/errand.ts';
import { digestOf } from '../core/fence.ts';
import { type Gate, type GateFacts, gateIn } from '../core/gate/facts.ts';
import { CODES, type Decision } from '../core/gate/finding.ts';
import { type GateStatus, reportText, seenFindings } from '../core/gate/status-page.ts';
import { decide, undecided, unrecorded } from '../core/gate.ts';
import { DEFAULT_POLICY, type Policy } from '../core/policy.ts';
import { releaseBranch } from '../core/release-pull.ts';
import type { Situation } from './app-port.ts';
import { type BrokenRecord, recordState } from './check-record.ts';
import { tasksOf } from './errand-task.ts';
import { memoryIn } from './gate-memory.ts';
import {
  decidedNote,
  readApprovals,
  readDecided,
  readFreezes,
  readHolds,
  readWaiting,
  readWaivers,
  settledNote,
  type WaitingGate,
  waitingNote,
} from './gate-notes.ts';
import type { ApprovalSeen, RunSeen } from './gate-port.ts';
import { GitHubProblem, type Observed, type Scene } from './github-port.ts';
import { findThread } from './keep-thread.ts';
import { nativeReviews, ownAnswers } from './native-reviews.ts';
import { observeGate } from './observe-gate.ts';
import { policyProblemLines } from './policy-problem.ts';
import { type RecordedEntry, recordDecision } from './record-decision.ts';
import { settleGate } from './settle-gate.ts';
import type { NewTask, NoteWrite, Outcome } from './store-port.ts';

/** GitHub takes ten reports for a deployment (documented). */
const MOST_REPORTS = 10;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A decision that GitHub was told so long ago, and that still waits, was lost on its way: it is told again. */
const LOST = 5 * MINUTE;
const LONGEST_PAUSE = 15 * MINUTE;

export async function decideGate(situation: Situation, errand: GateErrand): Promise<Outcome> {
  const { gates, notes, repository } = situation;
  const { run: id } = errand;
  const kept = (await readWaiting(notes, repository)).filter((one) => one.run === id && sameName(one.environment, errand.environment));
  const [scene, run, approvals, pending] = await Promise.all([
    seeScene(situation),
    gates.run(id),
    gates.approvals(id),
    // Whoever was just asked need not ask whether it is asked.
    kept.length > 0 ? gates.pendingDeployments(id) : null,
  ]);
  if (!run.known) {
    const why = `The workflow run could not be seen: ${run.why}`;
    return conclude(situation, errand, { ...blind(kept, errand), scene, approvals, decision: undecided(why), policy: null, seen: null });
  }
  if (run.value === null) return settleGate(situation, errand, { run: null, kept, approvals, policy: null });
  const { attempt, status, headSha } = run.value;
  const stale = kept.filter((one) => one.attempt !== attempt).map((one) => settledNote(repository, one));
  const before = kept.find((one) => one.attempt === attempt) ?? null;
  const waits =
    status === 'completed' ? false : await isPending(situation, errand, before === null && status !== 'waiting' ? null : pending, status);
  const read = await readPolicyOf(situation, scene);
  if (!waits) {
    const policy = 'policy' in read ? read.policy : null;
    return settleGate(situation, errand, { run: run.value, kept: before === null ? kept : [before], approvals, policy });
  }
  const sha = await deployedCommit(situation, errand, headSha);
  const known = { before, attempt, sha: sha.sha ?? headSha, scene, approvals, run: run.value };
  if (sha.sha === null)
    return withNotes(await conclude(situation, errand, { ...known, decision: undecided(sha.why), policy: null, seen: null }), stale);
  if (!('policy' in read)) {
    return withNotes(await conclude(situation, errand, { ...known, decision: undecided(read.why), policy: null, seen: null }), stale);
  }
  const looked = await look(situation, errand, { ...known, run: run.value, policy: read.policy, scene: read.scene });
  return withNotes(await conclude(situation, errand, { ...known, ...looked }), stale);
}

/** What a decision rests on that there may be without one. */
interface Known {
  readonly before: WaitingGate | null;
  readonly attempt: number;
  readonly sha: string;
  readonly scene: Observed<Scene>;
  readonly approvals: Observed<readonly ApprovalSeen[]>;
  readonly run?: RunSeen;
}

interface Looked {
  readonly decision: Decision;
  /** What it was made of; null: it was not even looked. */
  readonly seen: { readonly gate: Gate; readonly facts: GateFacts; readonly tag: string | null } | null;
  readonly policy: Scene['policy'];
  readonly notes?: readonly NoteWrite[];
}

/** The run itself is not seen: what was known of it has to do. */
function blind(kept: readonly WaitingGate[], errand: GateErrand): Omit<Known, 'scene' | 'approvals'> {
  const before = kept.toSorted((a, b) => b.attempt - a.attempt)[0] ?? null;
  return { before, attempt: before?.attempt ?? 0, sha: before?.sha ?? errand.sha ?? '' };
}

/** What may be otherwise in a minute, and what people have to mend, is told at the gate; a limit, or an App that has left, is the worker's. */
async function seeScene({ github }: Situation): Promise<Observed<Scene>> {
  try {
    return { known: true, value: await github.scene({ releaseBranch }) };
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind !== 'rate-limited' && error.kind !== 'unauthorised')
      return { known: false, why: error.message };
    throw error;
  }
}

type PolicyRead = { readonly policy: Policy; readonly scene: Scene } | { readonly why: string };

async function readPolicyOf({ readPolicy }: Situation, scene: Observed<Scene>): Promise<PolicyRead> {
  if (!scene.known) return { why: `The policy could not be seen: ${scene.why}` };
  const file = scene.value.policy;
  if (file === null) return { policy: DEFAULT_POLICY, scene: scene.value };
  try {
    return { policy: await readPolicy(file.text), scene: scene.value };
  } catch (error) {
    const problem = policyProblemLines(error);
    if (problem === null) throw error;
    const [first = '', ...others] = problem.lines;
    const more = others.length === 0 ? '' : ` And ${others.length} more.`;
    return {
      why: `The policy is not valid, so that nothing can be decided by it: ${first}${/[.!?]$/.test(first) ? '' : '.'}${more} Mend it on ${scene.value.branch.name}.`,
    };
  }
}

/** Whether GitHub still holds the environment's jobs; where that cannot be seen, they count as held: an answer that nobody needs does no harm. */
async function isPending(
  { gates }: Situation,
  { run, environment }: GateErrand,
  seen: Awaited<ReturnType<Situation['gates']['pendingDeployments']>> | null,
  status: string,
): Promise<boolean> {
  if (seen === null && status === 'waiting') return true;
  const pending = seen ?? (await gates.pendingDeployments(run));
  return !pending.known || pending.value.some((one) => sameName(one.environment.name, environment));
}

/** The run's commit, by GitHub's word; an event that tells another is held against the deployment itself. */
async function deployedCommit(
  { gates }: Situation,
  { sha, deployment, environment }: GateErrand,
  head: string,
): Promise<{ readonly sha: string } | { readonly sha: null; readonly why: string }> {
  if (sha === null || sha === head || deployment === null) return { sha: head };
  const seen = await gates.deployments(environment);
  const own = seen.known ? seen.value.items.find((one) => one.id === deployment) : undefined;
  if (own?.sha === head) return { sha: head };
  const of =
    own === undefined
      ? seen.known
        ? 'is not among the newest of this environment'
        : `could not be seen: ${seen.why}`
      : `is of ${own.sha.slice(0, 7)}`;
  return { sha: null, why: `The run is of ${head.slice(0, 7)}, and its deployment ${of}: which commit would be deployed is not certain.` };
}

interface Given extends Known {
  readonly run: RunSeen;
  readonly policy: Policy;
}

async function look(situation: Situation, errand: GateErrand, given: Omit<Given, 'scene'> & { readonly scene: Scene }): Promise<Looked> {
  const { github, gates, notes, repository, now, self } = situation;
  const { environment, pulls = [] } = errand;
  const { scene, policy, sha, run, approvals } = given;
  const gate = gateIn(policy, environment);
  const [holds, freezes, waivers, spoken, native] = await Promise.all([
    readHolds(notes, repository, environment),
    readFreezes(notes, repository, environment),
    readWaivers(notes, repository),
    readApprovals(notes, repository),
    nativeReviews({ notes, repository, now, self }, { environment, sha, run: run.id, approvals }),
  ]);
  const broken = await recordState(notes, repository);
  if (broken !== null) return { decision: unrecorded(brokenText(broken)), seen: null, policy: scene.policy };
  const { memory, writes } = memoryIn(notes, repository, now);
  const seen = await observeGate({
    github,
    gates,
    roleOf: github.roleOf,
    scene,
    policy,
    gate,
    sha,
    run,
    now,
    spoken,
    native: native.reviews,
    stops: {
      holds: { known: true, value: holds.map(({ by, reason, at }) => ({ by, reason, at })) },
      freezes: { known: true, value: freezes.map(({ by, reason, at, until }) => ({ by, reason, at, until })) },
      waivers: { known: true, value: waivers.filter((one) => one.sha === sha && sameName(one.environment, environment)) },
    },
    pulls,
    memory,
    // The job that asks waits for us: nobody may wait for it.
    isOwn: (check) => check.run === run.id && check.state === 'waiting',
  });
  const tag = seen.release?.known === true ? seen.release.value.tag : null;
  return {
    decision: decide(gate, seen.facts),
    seen: { gate, facts: seen.facts, tag },
    policy: scene.policy,
    notes: [...writes(), ...native.notes],
  };
}

function brokenText({ says, since }: BrokenRecord): string {
  return `The record of this repository was found broken at ${since}: ${says}. Who changed it, and what, has to be found out first; \`shiplock verify\` shows it.`;
}

/** A change of what is asked, of how it stands, or of when it could pass; not of the words in which it is told. */
export function reasonsOf({ outcome, findings }: Pick<Decision, 'outcome' | 'findings'>): string {
  return digestOf(
    JSON.stringify([outcome, findings.map(({ requirement, code, who = [], opensAt = '' }) => [requirement, code, who, opensAt])]),
  );
}

async function conclude(situation: Situation, errand: GateErrand, given: Known & Looked): Promise<Outcome> {
  const { repository, notes, now, home } = situation;
  const { before, attempt, sha, seen, policy } = given;
  const at = new Date(now).toISOString();
  const recorded = record(situation, errand, given, at);
  const decision = recorded.decision;
  const final = decision.outcome !== 'wait';
  const told = reasonsOf(decision);
  const lost = final && before?.outcome === decision.outcome && Date.parse(before.toldAt ?? '') < now - LOST;
  const changed = before === null || before.told !== told || (final && before.outcome === null) || lost;
  const counted = ownAnswers(situation.self, errand.environment, given.approvals);
  const start = before?.before ?? counted ?? { answers: 0, reports: 0 };
  const misses = decision.findings.some(
    ({ verdict, code }) => verdict === 'unknown' && CODES[code].by !== 'policy' && CODES[code].by !== 'clock',
  )
    ? (before?.misses ?? 0) + 1
    : 0;
  const waiting: WaitingGate = {
    run: errand.run,
    attempt,
    environment: errand.environment,
    sha,
    deployment: errand.deployment ?? before?.deployment ?? null,
    since: before?.since ?? at,
    told,
    outcome: decision.outcome === 'wait' ? null : decision.outcome,
    decidedAt: at,
    toldAt: changed ? at : (before?.toldAt ?? at),
    before: start,
    misses,
  };
  const version = seen?.tag ?? null;
  const last = sha === '' ? null : await readDecided(notes, repository, errand.environment, sha);
  const status = statusOf(waiting, decision, { version, last, at });
  const thread = changed && sha !== '' && given.scene.known ? await seeThread(situation, sha, given.scene.value) : null;
  const tasks: NewTask[] = [];
  if (changed) {
    const reports = (counted?.reports ?? start.reports) - start.reports;
    const state = decision.outcome === 'approve' ? 'approved' : decision.outcome === 'reject' ? 'rejected' : null;
    const says = reportText({ environment: errand.environment, decision, thread: thread?.url ?? null, last: reports === MOST_REPORTS - 1 });
    const answer: AnswerErrand = {
      kind: 'answer',
      home,
      run: errand.run,
      attempt,
      environment: errand.environment,
      deployment: waiting.deployment,
      state,
      says,
      decided: now,
      told,
    };
    if (state !== null || reports < MOST_REPORTS) tasks.push(...tasksOf([answer], { now, delivery: null }));
  }
  const tellsPeople = changed && sha !== '' && (decision.outcome !== 'approve' || thread?.kept === true);
  if (tellsPeople) tasks.push(...tasksOf([{ kind: 'status', home, sha, environment: errand.environment }], { now, delivery: null }));
  const timer = timerOf(decision, misses, now);
  if (timer !== null) tasks.push(...tasksOf([again(errand, waiting)], { now, delivery: null }).map((task) => ({ ...task, runAt: timer })));
  return {
    tasks,
    notes: [
      waitingNote(repository, waiting),
      ...(status === null ? [] : [decidedNote(repository, status)]),
      ...(given.notes ?? []),
      ...(changed ? (recorded.entry?.texts ?? []) : []),
    ],
    entries: changed && recorded.entry !== null && policy !== undefined ? [recorded.entry] : [],
  };
}

function statusOf(
  { environment, sha, run, attempt, since }: WaitingGate,
  decision: Decision,
  { version, last, at }: { readonly version: string | null; readonly last: GateStatus | null; readonly at: string },
): GateStatus | null {
  if (sha === '') return null;
  const same = last !== null && last.run === run && last.attempt === attempt;
  const findings = seenFindings(decision.findings, same ? last.findings : [], at);
  const stands = same && last.outcome === decision.outcome;
  return {
    environment,
    sha,
    outcome: decision.outcome,
    at: stands ? last.at : at,
    since: same ? last.since : since,
    run,
    attempt,
    version: version ?? last?.version ?? null,
    findings,
    trouble: same ? last.trouble : null,
  };
}

/** A timer of its own deployment: it holds up nobody, and what comes before it takes its place. */
function again({ home, run, environment, pulls }: GateErrand, { deployment, sha }: WaitingGate): GateErrand {
  return { kind: 'gate', home, run, environment, deployment, sha, ...(pulls === undefined ? {} : { pulls }) };
}

/** When to look again without anything having happened: what the clock opens, and what could not be seen. */
function timerOf({ outcome, again: turns }: Decision, misses: number, now: number): number | null {
  const turn = turns === null || outcome !== 'wait' ? Number.POSITIVE_INFINITY : Math.max(Date.parse(turns), now + SECOND);
  const retry = misses === 0 ? Number.POSITIVE_INFINITY : now + Math.min(LONGEST_PAUSE, 15 * SECOND * 2 ** Math.min(misses, 10));
  const at = Math.min(turn, retry);
  return Number.isFinite(at) ? at : null;
}

interface Recorded {
  readonly decision: Decision;
  readonly entry: RecordedEntry | null;
}

/** What cannot be recorded is not done: it waits and says so. */
function record({ repository, home, self }: Situation, errand: GateErrand, given: Known & Looked, at: string): Recorded {
  const { decision, seen, policy, scene, attempt, sha } = given;
  if (seen === null) return { decision, entry: null };
  try {
    const entry = recordDecision(repository, {
      what: 'gate',
      at,
      home,
      actor: { app: self.slug },
      environment: errand.environment,
      sha,
      release: seen.tag,
      run: { id: errand.run, attempt },
      deployment: errand.deployment,
      gate: seen.gate,
      facts: seen.facts,
      decision,
      policy: { sha: scene.known ? scene.value.branch.sha : null, blob: policy?.blob ?? null, text: policy?.text ?? null },
    });
    return { decision, entry };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return { decision: undecided(`What was decided cannot be recorded, and what is not recorded is not done: ${says}`), entry: null };
  }
}

/** Where it is or will be talked about; null: that cannot be told without opening an issue, or could not be seen. */
async function seeThread(
  situation: Situation,
  sha: string,
  scene: Scene,
): Promise<{ readonly url: string; readonly kept: boolean } | null> {
  try {
    const thread = await findThread(situation, sha, scene.releasePulls);
    if (thread === null) return null;
    const { host, owner, name } = scene.repository;
    return { url: `https://${host}/${owner}/${name}/issues/${thread.issue}`, kept: thread.status !== null };
  } catch (error) {
    // An address beside the answer must not hold the answer up.
    if (error instanceof GitHubProblem && error.kind !== 'rate-limited') return null;
    throw error;
  }
}

function withNotes(outcome: Outcome, notes: readonly NoteWrite[]): Outcome {
  return { ...outcome, notes: [...notes, ...(outcome.notes ?? [])] };
}

export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
