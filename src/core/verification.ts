// What has been deployed is verified by checks that the policy names (`rollback`): one that fails on the deployed commit, after the deployment
// and within its time, takes it back, once. What is not surely so takes nothing back.

import type { DeploymentSight, Standing, Stay } from './deployment.ts';
import { countsFor, isOfApp, isSure, type Runs, runsOf, runsVerdict } from './gate/check-runs.ts';
import { appUnseen } from './gate/checks.ts';
import { instantOf } from './gate/clock.ts';
import type { CheckFact } from './gate/facts.ts';
import { courseOf } from './metrics/course.ts';
import type { Observed } from './observed.ts';
import type { RollbackPolicy } from './policy/environment.ts';

/** Events may be lost, and what is found out much later is for people to decide on. */
const LATE = 15 * 60_000;

/** Milliseconds since 1970: when its failures have an end, and until when they are acted upon. Null: its time cannot be read. */
export function verificationEnds(
  { seconds }: RollbackPolicy,
  deployedAt: string,
): { readonly failures: number; readonly acts: number } | null {
  const at = instantOf(deployedAt);
  return at === null ? null : { failures: at + seconds * 1_000, acts: at + seconds * 1_000 + LATE };
}

/**
 * The deployment that is to be verified, if it is the one that was looked for; null: it is replaced, or is itself a way back, which is never
 * taken back by itself: two steps are for people.
 */
export function toVerify(
  { current }: Pick<Standing, 'current'>,
  deployments: readonly DeploymentSight[],
  wanted: { readonly sha: string; readonly deployment: number | null },
): Stay | null {
  if (current === null || current.sha !== wanted.sha) return null;
  if (wanted.deployment !== null && current.deployment !== wanted.deployment) return null;
  // Whoever repeats a rollback has not brought anything new.
  const came = courseOf(deployments).arrivals.findLast(({ kind, sha }) => kind !== 'repeat' && sha === current.sha);
  return came === undefined || came.kind === 'rollback' ? null : current;
}

export interface FailedCheck {
  readonly name: string;
  readonly state: string;
  /** ISO 8601. */
  readonly at: string;
}

export type Verification =
  /** Surely and for now: a re-run that passes takes that back. */
  | { readonly is: 'failed'; readonly checks: readonly FailedCheck[] }
  /** Nothing has failed, as far as is known. */
  | { readonly is: 'open' }
  /** It cannot be told. */
  | { readonly is: 'unknown'; readonly says: string };

/** `checks`: every run of every check of the deployed commit, superseded ones too. */
export function verify(policy: RollbackPolicy, { at }: Pick<Stay, 'at'>, checks: Observed<readonly CheckFact[]>): Verification {
  const [from, ends] = [instantOf(at), verificationEnds(policy, at)];
  if (from === null || ends === null) return { is: 'unknown', says: 'GitHub does not tell when it was deployed.' };
  if (!checks.known) return { is: 'unknown', says: `The checks of this commit could not be seen: ${checks.why}` };
  const named = checks.value.filter((fact) => countsFor({ names: policy.names, except: [] }, fact));
  const groups = runsOf(named.filter((fact) => isOfApp(policy.app, fact) === 'yes')).map((group) => ({
    ...group,
    verdict: runsVerdict(group.runs, { accept: [], flake: 'latest', retries: null }),
  }));
  const told = groups
    .filter(({ verdict }) => verdict.is === 'failed')
    .map((group) => ({ group, ended: endOf(group, from, ends.failures) }));
  const failed = told.flatMap(({ group, ended }) => (ended !== null && ended !== 'untold' && isSure(group, groups) ? [ended] : []));
  // One that may be another app's, or of which nobody knows when it ended, does not unsay what another has said.
  if (failed.length > 0) return { is: 'failed', checks: failed };
  const unclear = named.find((fact) => isOfApp(policy.app, fact) === 'unknown' && FAILED.has(fact.state));
  if (unclear !== undefined) return { is: 'unknown', says: appUnseen(unclear, policy.app) };
  const unsure = told.find(({ ended }) => ended !== null);
  if (unsure === undefined) return { is: 'open' };
  const { name } = unsure.group;
  return {
    is: 'unknown',
    says:
      unsure.ended === 'untold'
        ? `When ${name} failed is not told, and it may have been before the deployment.`
        : `${name} failed, and another run of it may be newer: which of them counts is not told.`,
  };
}

const FAILED: ReadonlySet<string> = new Set(['failure', 'error', 'timed_out', 'startup_failure']);

/** The failure that is the deployment's own; `untold`: it may be one; null: none is. */
function endOf({ runs, name }: Runs, from: number, until: number): FailedCheck | 'untold' | null {
  let untold = false;
  for (const { state, kind, startedAt, completedAt } of runs) {
    if (!FAILED.has(state)) continue;
    // A status is posted at its end.
    const at = completedAt ?? (kind === 'status' ? startedAt : null);
    const ended = at === null ? null : instantOf(at);
    if (at === null || ended === null) untold = true;
    else if (ended > from && ended <= until) return { name, state, at };
  }
  return untold ? 'untold' : null;
}
