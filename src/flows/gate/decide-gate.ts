// GitHub asks whether a deployment may start, or something has changed that this may rest on: look at everything anew, decide, and come to
// what GitHub and people are to be told. Nothing is told here: the answer is a task of its own, written together with the record's entry.

import type { Claim } from '../../core/deployment.ts';
import type { GateErrand } from '../../core/errand.ts';
import { gateIn } from '../../core/gate/facts.ts';
import { decide, undecided, unrecorded } from '../../core/gate.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { Situation } from '../app-port.ts';
import { claimBehind, oursBy } from '../deployment/claim.ts';
import { versionAt, versionTags } from '../deployment/what-is-where.ts';
import type { RunSeen, Sight } from '../gate-port.ts';
import { GitHubProblem, type Observed, type Scene } from '../github-port.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { brokenText, recordState } from '../record/check-record.ts';
import type { NoteWrite, Outcome } from '../store-port.ts';
import { conclude, type Known, type Looked } from './conclude-gate.ts';
import { type GateMemory, memoryIn } from './gate-memory.ts';
import {
  readApprovals,
  readFreezes,
  readHolds,
  readWaiting,
  readWaivers,
  type SpokenApproval,
  sameName,
  settledNote,
  versionOfWaiting,
  type WaitingGate,
  wasLetIn,
} from './gate-notes.ts';
import { nativeReviews } from './native-reviews.ts';
import { mergedPulls } from './observe-approvals.ts';
import { observeGate } from './observe-gate.ts';
import { type Ahead, lookAhead } from './see-together.ts';
import { settleGate } from './settle-gate.ts';

export async function decideGate(situation: Situation, errand: GateErrand): Promise<Outcome> {
  const { gates, notes, repository } = situation;
  const { run: id } = errand;
  const kept = (await readWaiting(notes, repository)).filter((one) => one.run === id && sameName(one.environment, errand.environment));
  const versions = new Map(
    await Promise.all(kept.map(async (one) => [one.attempt, await versionOfWaiting(notes, repository, one)] as const)),
  );
  const { memory, writes } = memoryIn(notes, repository, situation.now);
  const spoken = await readApprovals(notes, repository);
  const newest = kept.toSorted((a, b) => b.attempt - a.attempt)[0] ?? null;
  const node = newest?.node ?? null;
  const first = { memory, spoken, native: NOBODY, pulls: errand.pulls ?? [], environment: errand.environment };
  const [[scene, ahead], run, approvals, asked] = await Promise.all([
    seeScene(situation, { ...first, sha: newest?.sha ?? errand.sha ?? '', waiting: node }),
    gates.run(id),
    gates.approvals(id),
    // Whoever was just asked need not ask whether it is asked.
    newest !== null && node === null ? gates.pendingDeployments(id) : null,
  ]);
  const listed = ahead?.waiting.find((name) => sameName(name, errand.environment));
  const pending: Pending = listed === undefined ? asked : { known: true, value: [{ environment: { name: listed } }] };
  if (run.known && run.value === null && !(await isStillAsked(situation, errand, pending))) {
    return settleGate(situation, errand, { run: null, kept, approvals, policy: null });
  }
  if (!run.known || run.value === null) {
    const why = `The workflow run could not be seen: ${run.known ? 'GitHub has its waiting jobs, and says that there is no such run.' : run.why}`;
    return conclude(situation, errand, {
      ...blind(kept, errand, versions),
      scene,
      approvals,
      decision: undecided(why),
      policy: null,
      seen: null,
    });
  }
  const { attempt, status, headSha } = run.value;
  const stale = kept.filter((one) => one.attempt !== attempt).map((one) => settledNote(repository, one));
  const before = kept.find((one) => one.attempt === attempt) ?? null;
  const waits =
    status === 'completed'
      ? false
      : await isPending(situation, errand, before === null && status !== 'waiting' ? null : pending, kept.length === 0 ? status : '');
  const read = await readPolicyOf(situation, scene);
  if (!waits) {
    const policy = 'policy' in read ? read.policy : null;
    return settleGate(situation, errand, { run: run.value, kept: before === null ? kept : [before], approvals, policy });
  }
  const claim = await claimBehind(situation, errand.environment, run.value);
  const sha = await deployedCommit(situation, errand, headSha, claim);
  const known = { before, version: versions.get(attempt) ?? 0, attempt, sha: sha.sha ?? headSha, scene, approvals, run: run.value };
  if (sha.sha === null)
    return withNotes(await conclude(situation, errand, { ...known, decision: undecided(sha.why), policy: null, seen: null }), stale);
  if (!('policy' in read)) {
    return withNotes(await conclude(situation, errand, { ...known, decision: undecided(read.why), policy: null, seen: null }), stale);
  }
  const given = { ...known, claim, run: run.value, policy: read.policy, scene: read.scene, memory, spoken, ahead };
  const looked = await look(situation, errand, given);
  // Where people talk is most likely the pull request that the look has seen.
  const pullsOf = (commit: string) => mergedPulls({ gates, memory, sha: commit });
  const concluded = await conclude({ ...situation, gates: { ...gates, pullsOf } }, errand, { ...known, ...looked });
  return withNotes(concluded, [...stale, ...writes()]);
}

/** Reviews of the deployment itself are read beside it. */
const NOBODY = { known: true, value: [] } as const;

/** The run itself is not seen: what was known of it has to do. */
function blind(
  kept: readonly WaitingGate[],
  errand: GateErrand,
  versions: ReadonlyMap<number, number>,
): Omit<Known, 'scene' | 'approvals'> {
  const before = kept.toSorted((a, b) => b.attempt - a.attempt)[0] ?? null;
  return { before, version: versions.get(before?.attempt ?? 0) ?? 0, attempt: before?.attempt ?? 0, sha: before?.sha ?? errand.sha ?? '' };
}

/** What may be otherwise in a minute, and what people have to mend, is told at the gate; a limit, or an App that has left, is the worker's. */
async function seeScene({ github, gates }: Situation, first: Ahead): Promise<readonly [Observed<Scene>, Sight | null]> {
  let ahead: Sight | null = null;
  try {
    ahead = await lookAhead(gates, first);
    return [{ known: true, value: ahead?.scene ?? (await github.scene({ releaseBranch, glance: true })) }, ahead];
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind !== 'rate-limited' && error.kind !== 'unauthorised')
      return [{ known: false, why: error.message }, ahead];
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

/** Environments that the run waits for; null: not asked. */
type Pending = Observed<readonly { readonly environment: { readonly name: string } }[]> | null;

/** Whether GitHub still holds the environment's jobs; where that cannot be seen, they count as held: an answer that nobody needs does no harm. */
async function isPending({ gates }: Situation, { run, environment }: GateErrand, seen: Pending, status: string): Promise<boolean> {
  if (seen === null && status === 'waiting') return true;
  const pending = seen ?? (await gates.pendingDeployments(run));
  return !pending.known || pending.value.some((one) => sameName(one.environment.name, environment));
}

/** GitHub may say for a moment that there is no run of which it has just asked: whoever left then would leave its jobs waiting for weeks. */
async function isStillAsked({ gates }: Situation, { run, environment }: GateErrand, seen: Pending): Promise<boolean> {
  const pending = seen ?? (await gates.pendingDeployments(run));
  return pending.known && pending.value.some((one) => sameName(one.environment.name, environment));
}

/** The run's commit, by GitHub's word; an event that tells another is held against the deployment itself. */
async function deployedCommit(
  { gates }: Situation,
  { sha, deployment, environment }: GateErrand,
  head: string,
  claim: Claim | null,
): Promise<{ readonly sha: string } | { readonly sha: null; readonly why: string }> {
  if (claim !== null && claim.sha !== head) {
    const why = `The run is of ${head.slice(0, 7)}, and ${claim.tag} was ${claim.sha.slice(0, 7)} when it was asked for: the tag was moved.`;
    return { sha: null, why };
  }
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
  readonly claim: Claim | null;
  readonly run: RunSeen;
  readonly policy: Policy;
  readonly memory: GateMemory;
  readonly spoken: readonly SpokenApproval[];
  readonly ahead: Sight | null;
}

async function look(situation: Situation, errand: GateErrand, given: Omit<Given, 'scene'> & { readonly scene: Scene }): Promise<Looked> {
  const { github, gates, notes, repository, now, self } = situation;
  const { environment, pulls = [] } = errand;
  const { scene, policy, sha, run, approvals, claim, memory, spoken, ahead } = given;
  const gate = gateIn(policy, environment);
  const [holds, freezes, waivers, native, broken] = await Promise.all([
    readHolds(notes, repository, environment),
    readFreezes(notes, repository, environment),
    readWaivers(notes, repository),
    nativeReviews({ notes, repository, now, self }, { environment, sha, run: run.id, approvals }),
    recordState(notes, repository),
  ]);
  if (broken !== null) return { decision: unrecorded(brokenText(broken)), seen: null, policy: scene.policy };
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
    rollback: claim?.kind === 'rollback',
    letIn: () => wasLetIn(notes, repository, environment, sha),
    ours: oursBy(self, claim),
    memory,
    ahead,
    // The job that asks waits for us: nobody may wait for it.
    isOwn: (check) => check.run === run.id && check.state === 'waiting',
  });
  // Where nothing that is asked needs the release it was not looked for, and people are told its name all the same.
  const tag =
    (seen.release?.known === true ? seen.release.value.tag : null) ?? versionAt(versionTags(scene.tags, policy), sha)?.tag.name ?? null;
  return {
    decision: decide(gate, seen.facts),
    seen: { gate, facts: seen.facts, tag },
    policy: scene.policy,
    prefix: policy.commands.prefix,
    notes: native.notes,
  };
}

function withNotes(outcome: Outcome, notes: readonly NoteWrite[]): Outcome {
  return { ...outcome, notes: [...notes, ...(outcome.notes ?? [])] };
}
