// The gate of one environment as it would be decided for a commit now, whether or not a deployment waits there: for whoever commands it and
// wants to know what is missing. It decides nothing for GitHub.

import { type Gate, type GateFacts, gateIn, type WaiverFact } from '../../core/gate/facts.ts';
import type { Decision } from '../../core/gate/finding.ts';
import { decide, unrecorded } from '../../core/gate.ts';
import { claimBehind, oursBy, readClaim } from '../deployment/claim.ts';
import { readApprovals, readFreezes, readHolds, readWaivers, type SpokenApproval, wasLetIn } from '../gate/gate-notes.ts';
import { nativeReviews } from '../gate/native-reviews.ts';
import { observeGate } from '../gate/observe-gate.ts';
import type { ReleaseRead } from '../gate/release-of.ts';
import type { CheckRunSeen, RunSeen } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import { brokenText, recordState } from '../record/check-record.ts';
import type { Ask } from './answer.ts';
import type { Subject } from './gate-subject.ts';

export interface GateView {
  readonly gate: Gate;
  readonly facts: GateFacts;
  readonly decision: Decision;
  readonly run: RunSeen | null;
  /** Null: nothing asked for it. */
  readonly release: Observed<ReleaseRead> | null;
}

/** What a command is about to say counts as if it were said already. */
export interface Saying {
  readonly approval?: SpokenApproval;
}

export async function viewGate(
  { situation, policy }: Pick<Ask, 'situation' | 'policy'>,
  subject: Pick<Subject, 'spot' | 'waiting' | 'scene' | 'memory'>,
  { approval }: Saying = {},
): Promise<GateView> {
  const { github, gates, notes, repository, now, self } = situation;
  const { spot, waiting, scene, memory } = subject;
  const { environment, sha } = spot;
  const gate = gateIn(policy, environment);
  const [broken, turn, run, reviewed, holds, freezes, waivers, spoken] = await Promise.all([
    recordState(notes, repository),
    readClaim(notes, repository, environment),
    waiting === null ? null : gates.run(waiting.run),
    waiting === null ? NOTHING : gates.approvals(waiting.run),
    readHolds(notes, repository, environment),
    readFreezes(notes, repository, environment),
    readWaivers(notes, repository),
    readApprovals(notes, repository),
  ]);
  const asked = { environment, sha, run: waiting?.run ?? 0, approvals: reviewed };
  const native = await nativeReviews({ notes, repository, now, self }, asked);
  const here = run?.known === true ? run.value : null;
  const { facts, release } = await observeGate({
    github,
    gates,
    roleOf: github.roleOf,
    scene,
    policy,
    gate,
    sha,
    run: here,
    now,
    spoken: approval === undefined ? spoken : [...spoken.filter((one) => !isReplaced(one, approval)), approval],
    native: native.reviews,
    stops: {
      holds: { known: true, value: holds.map(({ by, reason, at }) => ({ by, reason, at })) },
      freezes: { known: true, value: freezes.map(({ by, reason, at, until }) => ({ by, reason, at, until })) },
      waivers: { known: true, value: waivers.filter((one) => isFor(one, environment, sha)) },
    },
    pulls: [],
    rollback: turn?.claim.kind === 'rollback' && turn.claim.sha === sha,
    letIn: () => wasLetIn(notes, repository, environment, sha),
    ours: oursBy(self, here === null ? null : await claimBehind({ notes, repository, self }, environment, here)),
    memory,
    isOwn: (check: CheckRunSeen) => waiting !== null && check.run === waiting.run && check.state === 'waiting',
  });
  const decision = broken === null ? decide(gate, facts) : unrecorded(brokenText(broken));
  return { gate, facts, decision, run: here, release };
}

const NOTHING = { known: true, value: [] } as const;

function isReplaced(one: SpokenApproval, by: SpokenApproval): boolean {
  return one.by.id === by.by.id && isFor(one, by.environment, by.sha);
}

function isFor(one: Pick<WaiverFact, 'sha' | 'environment'>, environment: string, sha: string): boolean {
  return one.sha === sha && one.environment.toLowerCase() === environment.toLowerCase();
}
