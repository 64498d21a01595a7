// What a decision comes to: what GitHub is to be told, the record's entry, what people are shown, and when to look again. All of it is written
// together with the end of the task that decided, or none of it is.

import type { AnswerErrand, GateErrand } from '../../core/errand.ts';
import { digestOf } from '../../core/fence.ts';
import type { Gate, GateFacts } from '../../core/gate/facts.ts';
import { CODES, type Decision } from '../../core/gate/finding.ts';
import { type GateStatus, reportText, seenFindings } from '../../core/gate/status-page.ts';
import { undecided } from '../../core/gate.ts';
import type { Happening } from '../../core/tell.ts';
import type { Situation } from '../app-port.ts';
import { tellTasks } from '../deployment/tell.ts';
import type { ApprovalSeen, RunSeen } from '../gate-port.ts';
import { GitHubProblem, type Observed, type Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { type RecordedEntry, recordDecision } from '../record/record-decision.ts';
import type { NewTask, NoteWrite, Outcome } from '../store-port.ts';
import { decidedNote, readDecided, type WaitingGate, waitingNote } from './gate-notes.ts';
import { findThread } from './keep-thread.ts';
import { ownAnswers } from './native-reviews.ts';

/** What a decision rests on that there may be without one. */
export interface Known {
  readonly before: WaitingGate | null;
  /** Version of its note: whoever settles it meanwhile has the last word. */
  readonly version: number;
  readonly attempt: number;
  readonly sha: string;
  readonly scene: Observed<Scene>;
  readonly approvals: Observed<readonly ApprovalSeen[]>;
  readonly run?: RunSeen;
}

export interface Looked {
  readonly decision: Decision;
  /** What it was made of; null: it was not even looked. */
  readonly seen: { readonly gate: Gate; readonly facts: GateFacts; readonly tag: string | null } | null;
  readonly policy: Scene['policy'];
  readonly notes?: readonly NoteWrite[];
  /** What commands begin with; absent: not known. */
  readonly prefix?: string;
}

/** GitHub takes ten reports for a deployment (documented). */
const MOST_REPORTS = 10;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A decision that GitHub was told so long ago, and that still waits, was lost on its way: it is told again. */
const LOST = 5 * MINUTE;
const LONGEST_PAUSE = 15 * MINUTE;

export async function conclude(situation: Situation, errand: GateErrand, given: Known & Looked): Promise<Outcome> {
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
    ...(given.run === undefined ? {} : { node: given.run.node }),
  };
  const version = seen?.tag ?? null;
  const last = sha === '' ? null : await readDecided(notes, repository, errand.environment, sha);
  const prefix = given.prefix ?? last?.prefix ?? '';
  const status = statusOf(waiting, decision, { version, last, at, prefix });
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
  if (changed && sha !== '') tasks.push(...tellOf(situation, waiting, decision, { version, policy }));
  const timer = timerOf(decision, misses, now);
  if (timer !== null) tasks.push(...tasksOf([again(errand, waiting)], { now, delivery: null }).map((task) => ({ ...task, runAt: timer })));
  return {
    tasks,
    notes: [
      waitingNote(repository, waiting, given.version),
      ...(status === null ? [] : [decidedNote(repository, status)]),
      ...(given.notes ?? []),
      ...(changed ? (recorded.entry?.texts ?? []) : []),
    ],
    entries: changed && recorded.entry !== null && policy !== undefined ? [recorded.entry] : [],
  };
}

/** Stakeholders hear of the end, and of a gate that waits for people once the rest is as it should be. */
function tellOf(
  situation: Situation,
  { environment, sha, run, attempt }: WaitingGate,
  { outcome, findings }: Decision,
  { version, policy }: { readonly version: string | null; readonly policy: Scene['policy'] | undefined },
): readonly NewTask[] {
  const open = findings.filter(({ verdict }) => verdict !== 'met');
  const asked = open.filter(({ verdict, code }) => verdict === 'pending' && CODES[code].by === 'person');
  if (outcome === 'wait' && (asked.length === 0 || open.some(({ code }) => CODES[code].by === 'world'))) return [];
  const reasons = outcome === 'wait' ? asked : outcome === 'reject' ? open : [];
  const happening: Happening = {
    event: outcome === 'wait' ? 'waiting' : outcome === 'approve' ? 'approved' : 'rejected',
    sha,
    environment,
    release: version,
    at: new Date(situation.now).toISOString(),
    by: null,
    url: null,
    run,
    says: reasons[0]?.says ?? null,
    once: `run ${run} ${attempt}`,
  };
  return tellTasks(situation, happening, policy);
}

/** A change of what is asked, of how it stands, or of when it could pass; not of the words in which it is told. */
function reasonsOf({ outcome, findings }: Pick<Decision, 'outcome' | 'findings'>): string {
  return digestOf(
    JSON.stringify([outcome, findings.map(({ requirement, code, who = [], opensAt = '' }) => [requirement, code, who, opensAt])]),
  );
}

function statusOf(
  { environment, sha, run, attempt, since }: WaitingGate,
  decision: Decision,
  {
    version,
    last,
    at,
    prefix,
  }: { readonly version: string | null; readonly last: GateStatus | null; readonly at: string; readonly prefix: string },
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
    ...(prefix === '' ? {} : { prefix }),
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
