// What was deployed to an environment, as facts: when it first succeeded, and when that ended.

import { askedOf, type DeploymentFact } from '../../core/gate/facts.ts';
import type { DeploymentCourse } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import type { GateMemory } from './gate-memory.ts';
import type { GateLook } from './observe-gate.ts';
import type { Eyes } from './see-together.ts';

/** Enough to know what stood there before; what replaced it is newer. */
export const DEPLOYMENTS = 100;

export async function deploymentsTo(
  { courses }: Pick<Eyes, 'courses'>,
  environment: string,
  names: () => Promise<readonly string[]>,
): Promise<Observed<readonly DeploymentFact[]>> {
  const spelled = spelledAs(await names(), environment);
  const seen = await courses(spelled);
  return seen.known ? { known: true, value: seen.value.items.map(deploymentFact) } : seen;
}

/** A name as it stands among others, which may be alike without being the same: U+212A in lower case is a plain k. */
export function spelledAs(names: readonly string[], wanted: string): string {
  const alike = names.filter((one) => one.toLowerCase() === wanted.toLowerCase());
  return alike.find((one) => one === wanted) ?? alike.find((one) => one.toUpperCase() === wanted.toUpperCase()) ?? wanted;
}

/** Statuses that end what a success began. */
const ENDS: ReadonlySet<string> = new Set(['inactive', 'destroyed', 'failure', 'error', 'abandoned']);

export function deploymentFact({ id, sha, state, overall, createdAt, statuses }: DeploymentCourse): DeploymentFact {
  const first = statuses.findIndex((one) => one.state === 'success');
  const succeededAt = statuses[first]?.createdAt ?? null;
  // It may have failed after it had succeeded, and succeeded again: the last end after which no success came.
  const lastSuccess = statuses.findLastIndex((one) => one.state === 'success');
  const end = first < 0 ? undefined : statuses.slice(lastSuccess + 1).find((one) => ENDS.has(one.state));
  const over = overall !== null && (ENDS.has(overall) || overall === 'abandoned') && first >= 0;
  const fact = { id, sha, digest: null, state, createdAt, succeededAt };
  // GitHub calls it over and has no status that says since when.
  if (end === undefined && over) return { ...fact, state: overall };
  return { ...fact, endedAt: end?.createdAt ?? null };
}

const NAMES_MINUTES = 60;

/** GitHub's own spelling, which its filter of deployments asks for. Where it cannot be seen the policy's has to do: it finds less, not more. */
export async function environmentNames({ gates, memory, gate }: GateLook, seen: Eyes['names']): Promise<readonly string[]> {
  const before = await seen();
  if (before !== null) return before;
  const wanted = [gate.environment, ...askedOf(gate).deployments];
  const all = await gates.environments();
  const names = all.known ? all.value.map((one) => one.name) : wanted;
  if (all.known) memory.remember('environments', 'names', names);
  return names;
}

export async function recallNames(memory: GateMemory): Promise<readonly string[] | null> {
  return memory.recall<string[]>('environments', 'names', NAMES_MINUTES);
}

/** This very commit succeeded here before, and something else is there now. */
export function isStepBack(deployments: readonly DeploymentFact[], sha: string): boolean {
  const stood = deployments
    .filter((one) => typeof one.succeededAt === 'string')
    .sort((a, b) => Date.parse(b.succeededAt ?? '') - Date.parse(a.succeededAt ?? ''));
  return stood.some((one) => one.sha === sha) && stood[0]?.sha !== sha;
}
