// A gate waits no longer: because we answered, because the run ended, or because somebody let it pass without us, which is found out from
// GitHub's history alone, as no event tells of it, and goes into the record.

import type { GateErrand } from '../../core/errand.ts';
import type { GateStatus } from '../../core/gate/status-page.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import type { Policy } from '../../core/policy.ts';
import type { Situation } from '../app-port.ts';
import type { ApprovalSeen, DeploymentSeen, RunSeen } from '../gate-port.ts';
import { GitHubProblem, type Observed } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { recordDecision } from '../record/record-decision.ts';
import type { Outcome } from '../store-port.ts';
import { agedNotes } from './gate-memory.ts';
import { decidedNote, readDecided, readThread, settledNote, type WaitingGate } from './gate-notes.ts';
import { bypassOf, lastAnswer, ownAnswers } from './native-reviews.ts';

export interface Ended {
  /** Null: it is gone. */
  readonly run: RunSeen | null;
  /** What we had noted of it. */
  readonly kept: readonly WaitingGate[];
  readonly approvals: Observed<readonly ApprovalSeen[]>;
  /** Null: not known. */
  readonly policy: Policy | null;
}

export async function settleGate(situation: Situation, errand: GateErrand, ended: Ended): Promise<Outcome> {
  const { repository, notes } = situation;
  const { run, kept } = ended;
  const own = kept.toSorted((a, b) => b.attempt - a.attempt)[0] ?? null;
  const gone = [...kept.map((one) => settledNote(repository, one)), ...(await agedNotes(notes, repository, situation.now))];
  const sha = own?.sha ?? run?.headSha ?? null;
  if (run === null || sha === null) return tell(situation, errand, { own, last: null, outcome: 'ended', notes: gone });
  const last = await readDecided(notes, repository, errand.environment, sha);
  const same = last !== null && last.run === run.id && last.attempt === run.attempt;
  // It was settled before, and the event came twice.
  if (own === null && same && last.outcome !== 'wait') return { notes: gone };
  const approvals = await withOwnAnswer(situation, errand, own, ended.approvals);
  const answer = answerIn(situation, errand, own, approvals);
  // A run that was stopped, as for another that takes its place, was rejected without a decision.
  const refused = same && last.outcome === 'wait' ? 'ended' : 'reject';
  if (answer !== null) return tell(situation, errand, { own, last, outcome: answer === 'approved' ? 'approve' : refused, notes: gone });
  const deployment = await deploymentOf(situation, errand, sha, run.id);
  if (deployment === null || !WENT.some((state) => deployment.statuses.some((one) => one.state === state))) {
    return tell(situation, errand, { own, last, outcome: 'ended', notes: gone });
  }
  // Where the policy says nothing of an environment, and nobody asked, there is nothing to pass.
  const guarded = own !== null || (ended.policy !== null && environmentOf(ended.policy, errand.environment) !== null);
  return guarded ? bypassed(situation, errand, { own, last, run, sha, deployment, approvals, gone }) : { notes: gone };
}

/**
 * What was read beside the run may be older than the run: our own answer, which is a task of its own, may have come in between. Nobody is
 * said to have passed us by that.
 */
async function withOwnAnswer(
  situation: Situation,
  errand: GateErrand,
  own: WaitingGate | null,
  approvals: Observed<readonly ApprovalSeen[]>,
): Promise<Observed<readonly ApprovalSeen[]>> {
  return answerIn(situation, errand, own, approvals) === null ? await situation.gates.approvals(errand.run) : approvals;
}

/** Our final answer since it waits; null: there is none. Throws where that could not be seen. */
function answerIn(
  { self }: Situation,
  { environment, run }: GateErrand,
  own: WaitingGate | null,
  approvals: Observed<readonly ApprovalSeen[]>,
): string | null {
  if (!approvals.known) throw new GitHubProblem('unavailable', `Who let run ${run} go on could not be seen: ${approvals.why}`);
  const answered = (ownAnswers(self, environment, approvals)?.answers ?? 0) > (own?.before?.answers ?? 0);
  return answered ? lastAnswer(self, environment, approvals.value) : null;
}

/** It was begun. */
const WENT = ['in_progress', 'success'] as const;

async function deploymentOf(
  { gates }: Situation,
  { environment, deployment }: GateErrand,
  sha: string,
  run: number,
): Promise<DeploymentSeen | null> {
  const seen = await gates.deployments(environment);
  if (!seen.known) throw new GitHubProblem('unavailable', `What was deployed to ${environment} could not be seen: ${seen.why}`);
  const own = seen.value.items.filter((one) => one.sha === sha);
  return own.find((one) => one.run === run) ?? own.find((one) => one.id === deployment) ?? null;
}

interface Bypass {
  readonly own: WaitingGate | null;
  readonly last: GateStatus | null;
  readonly run: RunSeen;
  readonly sha: string;
  readonly deployment: DeploymentSeen;
  readonly approvals: Ended['approvals'];
  readonly gone: Outcome['notes'];
}

async function bypassed(
  situation: Situation,
  errand: GateErrand,
  { own, last, run, sha, deployment, approvals, gone = [] }: Bypass,
): Promise<Outcome> {
  const { repository, now, home, self } = situation;
  const { environment } = errand;
  const { by, notes } = await bypassOf(situation, { environment, sha, run: run.id, approvals });
  const at = new Date(now).toISOString();
  const entry = recordDecision(repository, {
    what: 'bypassed',
    at,
    home,
    actor: by === null ? { app: self.slug } : { login: by.login, id: by.id },
    environment,
    sha,
    run: { id: run.id, attempt: run.attempt },
    deployment: deployment.id,
    state: deployment.state,
    release: last?.version ?? null,
  });
  const status: GateStatus = {
    environment,
    sha,
    outcome: 'bypassed',
    at,
    since: own?.since ?? at,
    run: run.id,
    attempt: run.attempt,
    version: last?.version ?? null,
    findings: last?.findings ?? [],
    trouble: null,
    ...(by === null ? {} : { by: by.login }),
  };
  return {
    entries: [entry],
    notes: [...gone, ...notes, ...entry.texts, decidedNote(repository, status)],
    tasks: tasksOf([{ kind: 'status', home, sha, environment }], { now, delivery: null }),
  };
}

interface Told {
  readonly own: WaitingGate | null;
  readonly last: GateStatus | null;
  readonly outcome: GateStatus['outcome'];
  readonly notes: Outcome['notes'];
}

/** People are shown the end where they were shown that it waits. */
async function tell(situation: Situation, { environment }: GateErrand, { own, last, outcome, notes = [] }: Told): Promise<Outcome> {
  const { repository, now, home } = situation;
  const before = last ?? (own === null ? null : await readDecided(situation.notes, repository, environment, own.sha));
  if (own === null || before === null || before.outcome === outcome) return { notes };
  const status: GateStatus = { ...before, outcome, at: new Date(now).toISOString(), trouble: null };
  const thread = await readThread(situation.notes, repository, own.sha);
  const tasks = thread === null ? [] : tasksOf([{ kind: 'status', home, sha: own.sha, environment }], { now, delivery: null });
  return { notes: [...notes, decidedNote(repository, status)], tasks };
}
