// Deployments as a release sees them: what is where and what was there before it, who has an environment's turn, how a started deployment
// ended, and what may go where next. Plain data in, plain data out; who deploys and when is a flow's matter.

import type { Policy } from './policy.ts';
import type { Actor } from './record.ts';
import { compareVersions } from './version.ts';

/** A deployment as GitHub tells it. */
export interface DeploymentSight {
  readonly id: number;
  readonly sha: string;
  readonly run: number | null;
  readonly createdAt: string;
  /** GitHub's newest word for it, in lower case. */
  readonly state: string;
  /** Oldest first. */
  readonly statuses: readonly { readonly state: string; readonly createdAt: string }[];
}

/** A commit that is, was or will be in an environment. */
export interface Stay {
  readonly deployment: number;
  readonly sha: string;
  readonly run: number | null;
  /** ISO 8601: since when, which is its success where it has one. */
  readonly at: string;
  /** GitHub's word. */
  readonly state: string;
}

export interface Standing {
  /** What succeeded last; null: nothing has, as far as was looked back. */
  readonly current: Stay | null;
  /** Another commit that succeeded last before it. */
  readonly previous: Stay | null;
  /** Came after `current`, was let in, and did not succeed: what is there may be half of each. */
  readonly failed: Stay | null;
  /** On its way in. */
  readonly pending: Stay | null;
}

const FAILED: ReadonlySet<string> = new Set(['failure', 'error']);
const ON_ITS_WAY: ReadonlySet<string> = new Set(['queued', 'pending', 'waiting', 'in_progress', 'requested']);

export function standingOf(deployments: readonly DeploymentSight[]): Standing {
  const stood = successesOf(deployments);
  const current = stood[0] ?? null;
  const newer = newestFirst(deployments).filter((one) => current === null || isLater(one.createdAt, current.at));
  const failed = newer.find((one) => hasBegun(one) && !isSuccess(one)) ?? null;
  const pending = newer.find((one) => ON_ITS_WAY.has(one.state)) ?? null;
  return {
    current,
    previous: current === null ? null : (goodBefore(deployments, current.sha) ?? null),
    failed: failed !== null && FAILED.has(failed.state) ? stayOf(failed, failed.createdAt) : null,
    pending: pending === null ? null : stayOf(pending, pending.createdAt),
  };
}

/** Every success, the latest first; of a deployment that succeeded twice the first. */
export function successesOf(deployments: readonly DeploymentSight[]): readonly Stay[] {
  return deployments
    .flatMap((one) => {
      const success = one.statuses.find(({ state }) => state === 'success');
      return success === undefined ? [] : [stayOf(one, success.createdAt)];
    })
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.deployment - a.deployment);
}

/**
 * Where a rollback from that commit goes: what succeeded last of all that had been there before it. What came only after it is no way
 * back, so that two rollbacks in a row are two steps.
 */
export function goodBefore(deployments: readonly DeploymentSight[], sha: string): Stay | null {
  const stood = successesOf(deployments);
  // By its place and not its time, so that of two in one second one came first.
  const arrival = (commit: string) => stood.findLastIndex((one) => one.sha === commit);
  const own = arrival(sha);
  return stood.find((one) => one.sha !== sha && (own < 0 || arrival(one.sha) > own)) ?? null;
}

/** What a rollback leaves: what failed on its way in, else what is there. */
export function leftBehind({ current, failed }: Standing): Stay | null {
  return failed !== null && failed.sha !== current?.sha ? failed : current;
}

/** A deployment that has entered the environment: something there may have been changed by it. */
export function hasBegun({ statuses }: Pick<DeploymentSight, 'statuses'>): boolean {
  return statuses.some(({ state }) => state === 'in_progress' || state === 'success');
}

/** It has entered the environment, and has not ended there. */
export function isInside({ state, statuses }: Pick<DeploymentSight, 'state' | 'statuses'>): boolean {
  return hasBegun({ statuses }) && ON_ITS_WAY.has(state);
}

/** It is over, with or without success, and that is to be recorded. */
export function isOver({ state }: Pick<DeploymentSight, 'state'>): boolean {
  return state === 'success' || FAILED.has(state);
}

function isSuccess({ statuses }: DeploymentSight): boolean {
  return statuses.some(({ state }) => state === 'success');
}

function stayOf({ id, sha, run, state }: DeploymentSight, at: string): Stay {
  return { deployment: id, sha, run, at, state };
}

function newestFirst(deployments: readonly DeploymentSight[]): readonly DeploymentSight[] {
  return deployments.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || b.id - a.id);
}

function isLater(at: string, other: string): boolean {
  return Date.parse(at) > Date.parse(other);
}

/** Whose turn it is in an environment. Plain data. */
export interface Claim {
  /** Tells this claim from any other: whoever frees it must hold it. */
  readonly token: string;
  readonly kind: 'deploy' | 'rollback';
  readonly environment: string;
  readonly sha: string;
  readonly tag: string;
  readonly version: string;
  /** File name of the workflow. */
  readonly workflow: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly by: Actor;
  /** ISO 8601, by GitHub's clock. */
  readonly at: string;
  readonly comment: number | null;
  /** Where it was commanded, or where its release is talked about. */
  readonly issue: number | null;
  /** ISO 8601: when GitHub took the dispatch; null: not yet. */
  readonly sent: string | null;
  /** The run; null: it is not known yet which it is. */
  readonly run: number | null;
  /** Whose turn it was, and who has to make way: it is given back to them where they have begun after all. */
  readonly instead: Claim | null;
  /** Of a rollback: what it leaves. */
  readonly from: { readonly tag: string | null; readonly sha: string } | null;
  /** What the policy has it for; absent: `promote: auto`, or a person. */
  readonly why?: string;
}

/** The run of a claim as GitHub tells it. */
export interface RunSight {
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | null;
}

/**
 * `sought`: its run is not found yet; `runs`: it goes on, or waits; `moved`: it deploys another commit than was meant; `nowhere`: it ended
 * well and deployed nothing to this environment; `lost`: there is no such run.
 */
export type Course = 'sought' | 'runs' | 'succeeded' | 'failed' | 'cancelled' | 'moved' | 'nowhere' | 'lost';

export function courseOf(
  claim: Pick<Claim, 'sha' | 'run'>,
  run: RunSight | null,
  deployment: Pick<DeploymentSight, 'state' | 'statuses'> | null,
): Course {
  if (claim.run === null) return 'sought';
  if (run === null) return 'lost';
  if (run.headSha !== claim.sha) return 'moved';
  // What else the run does after that is no part of this environment.
  if (deployment?.statuses.some(({ state }) => state === 'success') && !FAILED.has(deployment.state)) return 'succeeded';
  if (run.status !== 'completed') return 'runs';
  if (run.conclusion === 'cancelled') return 'cancelled';
  return run.conclusion === 'success' && deployment === null ? 'nowhere' : 'failed';
}

/** Of what a workflow declares, in its own spelling, that which we know. */
export function inputsFor(
  declared: readonly string[],
  known: Readonly<Record<'environment' | 'version' | 'sha', string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    declared.flatMap((name) => {
      const value = Object.hasOwn(known, name) ? known[name as keyof typeof known] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Where a release goes from an environment: whatever comes after it by the policy's word, else the next in its order that comes after nothing. */
export function nextAfter({ environments }: Pick<Policy, 'environments'>, environment: string): readonly string[] {
  const isSame = (name: string | undefined) => name?.toLowerCase() === environment.toLowerCase();
  const all = Object.entries(environments);
  const after = all.filter(([, one]) => isSame(one.after)).map(([name]) => name);
  if (after.length > 0) return after;
  const next = all[all.findIndex(([name]) => isSame(name)) + 1];
  return next !== undefined && next[1].after === undefined && all.some(([name]) => isSame(name)) ? [next[0]] : [];
}

/** Whether a version is a step on from what is there; null: that cannot be told, as what is there is no release. */
export function isStepOn(version: string, there: { readonly version: string | null } | null): boolean | null {
  if (there === null) return true;
  return there.version === null ? null : compareVersions(version, there.version) > 0;
}

/** A commit's own word that there is no way back over it: a footer `Rollback: unsafe`, as Git's trailers are written. */
export function saysUnsafe(message: string): boolean {
  const last =
    message
      .trimEnd()
      .split(/\n[^\S\n]*\n/)
      .at(-1) ?? '';
  return last.split('\n').some((line) => /^rollback:[^\S\n]{0,10}unsafe[^\S\n]{0,10}$/i.test(line.trim()));
}

export const UNSAFE_LABEL = 'rollback: unsafe';
