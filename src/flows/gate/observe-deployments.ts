// What was deployed to an environment, as facts: when it first succeeded, who says so, and when that ended.

import { believedPart, isBelieved } from '../../core/deployer.ts';
import type { DeploymentFact } from '../../core/gate/facts.ts';
import type { DeploymentCourse } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import type { GateMemory } from './gate-memory.ts';
import type { GateLook } from './observe-gate.ts';
import { hasSucceeded, provenNewest, proverIn, unproven } from './prove-deployments.ts';
import type { Eyes } from './see-together.ts';

/** Enough to know what stood there before; what replaced it is newer. */
export const DEPLOYMENTS = 100;

export interface Deployments {
  readonly facts: Observed<readonly DeploymentFact[]>;
  /** Whether there are no older ones, which may be hidden by many that were posted by hand. */
  readonly whole: boolean;
  /** Whether a commit that is said to have succeeded there is proven to have. */
  readonly isProven: (sha: string) => Promise<boolean>;
}

/** Made sure of are the successes of the commit that is to be deployed and, of the environment that it goes to, what stands there. */
export async function deploymentsTo(
  look: Pick<GateLook, 'gates' | 'gate' | 'memory' | 'sha'>,
  { courses }: Pick<Eyes, 'courses'>,
  environment: string,
  names: () => Promise<Observed<readonly string[]>>,
): Promise<Deployments> {
  const known = await names();
  const told = await courses(spelledAs(known.known ? known.value : [], environment));
  // Nothing under a name that may not be GitHub's is not nothing.
  const seen = !known.known && told.known && told.value.items.length === 0 ? unspelled(environment, known.why) : told;
  if (!seen.known) return { facts: seen, whole: false, isProven: async () => false };
  const prover = proverIn(look, environment);
  const { deployers = [] } = look.gate;
  const prove = async (all: readonly DeploymentCourse[], isMeant: (one: DeploymentCourse) => boolean) => {
    const made = await provenNewest(prover, all.filter(isMeant), { deployers, enough: 1 });
    return all.map((one) => made.find(({ id }) => id === one.id) ?? one);
  };
  const own = await prove(seen.value.items, ({ sha }) => sha === look.sha);
  const isHere = environment.toLowerCase() === look.gate.environment.toLowerCase();
  const all = isHere ? await prove(own, () => true) : own;
  return {
    facts: { known: true, value: all.map((one) => deploymentFact(one, deployers)) },
    whole: !seen.value.more,
    isProven: async (commit) => {
      const made = await prove(seen.value.items, ({ sha }) => sha === commit);
      return made.some((one) => one.sha === commit && hasSucceeded(believedPart(unproven(one), deployers)));
    },
  };
}

/** A name as it stands among others, which may be alike without being the same: U+212A in lower case is a plain k. */
export function spelledAs(names: readonly string[], wanted: string): string {
  const alike = names.filter((one) => one.toLowerCase() === wanted.toLowerCase());
  return alike.find((one) => one === wanted) ?? alike.find((one) => one.toUpperCase() === wanted.toUpperCase()) ?? wanted;
}

/** Statuses that end what a success began. */
const ENDS: ReadonlySet<string> = new Set(['inactive', 'destroyed', 'failure', 'error', 'abandoned']);

/** A success that proves nothing is told only where there is no other. */
export function deploymentFact(seen: DeploymentCourse, deployers: readonly string[] = []): DeploymentFact {
  const told = unproven(seen);
  const believed = believedPart(told, deployers);
  const { id, sha, state, overall, createdAt, statuses } = hasSucceeded(believed) ? believed : told;
  const first = statuses.findIndex((one) => one.state === 'success');
  const succeededAt = statuses[first]?.createdAt ?? null;
  // It may have failed after it had succeeded, and succeeded again: the last end after which no success came.
  const lastSuccess = statuses.findLastIndex((one) => one.state === 'success');
  const end = first < 0 ? undefined : statuses.slice(lastSuccess + 1).find((one) => ENDS.has(one.state));
  const over = overall !== null && (ENDS.has(overall) || overall === 'abandoned') && first >= 0;
  const by = first < 0 ? {} : { by: statuses[first]?.by ?? null };
  const fact = { id, sha, digest: null, state, createdAt, succeededAt, ...by };
  // GitHub calls it over and has no status that says since when.
  if (end === undefined && over) return { ...fact, state: overall };
  return { ...fact, endedAt: end?.createdAt ?? null };
}

const NAMES_MINUTES = 60;

function unspelled(environment: string, why: string) {
  return { known: false, why: `How GitHub spells ${environment} could not be seen, and there is nothing by that name. ${why}` } as const;
}

/** GitHub's own spelling, which its filter of deployments asks for. Where it cannot be seen the policy's has to do: it finds less, not more. */
export async function environmentNames({ gates, memory }: GateLook, seen: Eyes['names']): Promise<Observed<readonly string[]>> {
  const before = await seen();
  if (before !== null) return { known: true, value: before };
  const all = await gates.environments();
  if (!all.known) return all;
  const names = all.value.map((one) => one.name);
  memory.remember('environments', 'names', names);
  return { known: true, value: names };
}

export async function recallNames(memory: GateMemory): Promise<readonly string[] | null> {
  return memory.recall<string[]>('environments', 'names', NAMES_MINUTES);
}

/** What is proven to have succeeded here, the newest first. */
export function stoodHere(deployments: readonly DeploymentFact[], deployers: readonly string[] = []): readonly DeploymentFact[] {
  return deployments
    .filter((one) => typeof one.succeededAt === 'string' && isBelieved(one.by, deployers))
    .sort((a, b) => Date.parse(b.succeededAt ?? '') - Date.parse(a.succeededAt ?? '') || b.id - a.id);
}

/** Which commit is here, where this very commit was before and is not now; null: it goes nowhere back to. */
export function leftHere(stood: readonly DeploymentFact[], sha: string): string | null {
  const [now] = stood;
  return now !== undefined && now.sha !== sha && stood.some((one) => one.sha === sha) ? now.sha : null;
}
