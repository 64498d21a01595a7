// What became of an environment's deployments, in the order in which they arrived: which brought something new, which went back, which
// brought what stood there already, and which never arrived.

import { instantOf } from '../gate/clock.ts';

/** A deployment and its statuses, the oldest first, as GitHub tells them. */
export interface DeploymentCourse {
  readonly id: number;
  readonly sha: string;
  readonly createdAt: string;
  readonly statuses: readonly { readonly state: string; readonly createdAt: string }[];
}

export interface Arrival {
  readonly id: number;
  readonly sha: string;
  /** When it first succeeded, milliseconds since 1970. */
  readonly at: number;
  /** `change`: a commit that had not stood here, or one to which it came back after a rollback; `repeat`: the commit that stood here. */
  readonly kind: 'change' | 'rollback' | 'repeat';
  /** The commit that the change before it brought, from which on it carries something; null: none was seen. */
  readonly base: string | null;
  /** When a failure was reported of it after it had succeeded. */
  readonly brokeAt: number | null;
}

/** One that began and ended without success. */
export interface Failure {
  readonly id: number;
  readonly sha: string;
  readonly at: number;
}

export interface Course {
  /** In the order of their arrival. */
  readonly arrivals: readonly Arrival[];
  readonly failures: readonly Failure[];
  /** How many tell no time that can be read. */
  readonly untold: number;
}

const FAILED: ReadonlySet<string> = new Set(['failure', 'error']);

export function courseOf(deployments: readonly DeploymentCourse[]): Course {
  const successes: { id: number; sha: string; at: number; brokeAt: number | null }[] = [];
  const failures: Failure[] = [];
  let untold = 0;
  for (const { id, sha, statuses } of deployments) {
    const told = statuses.map(({ state, createdAt }) => ({ state, at: instantOf(createdAt) }));
    const success = told.findIndex(({ state }) => state === 'success');
    const failed = told.findIndex(({ state }, index) => FAILED.has(state) && index > success);
    const at = told[success]?.at;
    const failedAt = told[failed]?.at;
    if (at === null || failedAt === null) untold += 1;
    else if (at !== undefined) successes.push({ id, sha, at, brokeAt: failedAt ?? null });
    else if (failedAt !== undefined && began(told)) failures.push({ id, sha, at: failedAt });
  }
  successes.sort((a, b) => a.at - b.at || a.id - b.id);
  failures.sort((a, b) => a.at - b.at || a.id - b.id);
  return { arrivals: arrivalsOf(successes), failures, untold };
}

/** One that waited, and never ran, was turned away at the gate and touched nothing. */
function began(told: readonly { readonly state: string }[]): boolean {
  const states = told.map(({ state }) => state);
  return !states.includes('waiting') || states.includes('in_progress');
}

function arrivalsOf(successes: readonly { id: number; sha: string; at: number; brokeAt: number | null }[]): Arrival[] {
  /** Commit → which one it was to come here first. */
  const first = new Map<string, number>();
  let standing: string | null = null;
  let base: string | null = null;
  return successes.map((one) => {
    const before = standing;
    const nth = first.get(one.sha);
    const back = nth !== undefined && before !== null && nth < (first.get(before) ?? 0);
    const kind = one.sha === before ? 'repeat' : back ? 'rollback' : 'change';
    const arrival: Arrival = { ...one, kind, base };
    if (nth === undefined) first.set(one.sha, first.size);
    standing = one.sha;
    // After a rollback what comes next carries what came after the version that was taken back: that had been here.
    if (kind === 'change') base = one.sha;
    return arrival;
  });
}
