// Who said that a deployment succeeded, looked at where it decides something and GitHub's list leaves it open: of a workflow's job and of a
// person who posts by hand it names the same account. What was said once stays said, so that it is read once.

import { believedPart, type Poster } from '../../core/deployer.ts';
import type { DeploymentCourse, GatePort } from '../gate-port.ts';
import type { GateMemory } from './gate-memory.ts';

export interface Prover {
  /** The same, with everybody told who said that it succeeded; null where GitHub does not tell, or could not be asked. */
  readonly prove: <T extends DeploymentCourse>(one: T) => Promise<T>;
  /** The same by what is remembered alone; left open where nothing is. */
  readonly recall: <T extends DeploymentCourse>(one: T) => Promise<T>;
  /** How many of them GitHub was asked about so far. */
  readonly asked: () => number;
}

const POSTED = 'posted';
const MINUTES = 90 * 24 * 60;
/** Of successes that are remembered. */
const MOST = 300;

export function proverIn(
  { gates, memory }: { readonly gates: Pick<GatePort, 'posted'>; readonly memory: GateMemory },
  environment: string,
): Prover {
  const name = environment.toLowerCase();
  let known: Promise<Map<string, Poster | null>> | null = null;
  let asked = 0;
  const recall = async () => new Map(Object.entries((await memory.recall<Record<string, Poster | null>>(POSTED, name, MINUTES)) ?? {}));
  const openOf = (one: DeploymentCourse) => one.statuses.filter(({ state, by }) => state === 'success' && by === undefined);
  const withSaid = <T extends DeploymentCourse>(one: T, said: (id: string) => { readonly by?: Poster | null }): T => {
    const open = openOf(one);
    return { ...one, statuses: one.statuses.map((status) => (open.includes(status) ? { ...status, ...said(status.id) } : status)) };
  };
  return {
    asked: () => asked,
    recall: async (one) => {
      if (openOf(one).length === 0) return one;
      known ??= recall();
      const said = await known;
      return withSaid(one, (id) => (said.has(id) ? { by: said.get(id) ?? null } : {}));
    },
    prove: async (one) => {
      const open = openOf(one);
      if (open.length === 0) return one;
      known ??= recall();
      const said = await known;
      if (open.some(({ id }) => !said.has(id))) {
        asked += 1;
        const seen = await gates.posted(one.id);
        for (const { id, by } of seen.known ? seen.value : []) said.set(id, by);
        if (seen.known) memory.remember(POSTED, name, Object.fromEntries([...said].slice(-MOST)));
      }
      return withSaid(one, (id) => ({ by: said.get(id) ?? null }));
    },
  };
}

/** Deployments that GitHub is asked about at a time; what is remembered of others is for nothing, so that the next look comes further. */
const TRIES = 5;

/**
 * The newest successes made sure of, until so many commits are proven to have been there. Who said it of older ones is left open where nobody
 * remembers; but where none was proven, whoever posts many by hand would bring the oldest of them to count.
 */
export async function provenNewest<T extends DeploymentCourse>(
  { prove, recall, asked }: Prover,
  list: readonly T[],
  { deployers, enough }: { readonly deployers: readonly string[]; readonly enough: number },
): Promise<readonly T[]> {
  const proven = new Map<number, T>();
  const commits = new Set<string>();
  const before = asked();
  for (const one of bySuccess(list)) {
    const isOut = asked() - before >= TRIES;
    const made = isOut || commits.size >= enough ? await recall(one) : await prove(one);
    proven.set(one.id, commits.size === 0 && isOut ? unproven(made) : made);
    if (!isOpen(made) && hasSucceeded(believedPart(made, deployers))) commits.add(one.sha);
  }
  return list.map((one) => proven.get(one.id) ?? one);
}

/** What was not made sure of counts for nothing where something is decided by it. */
export function unproven<T extends DeploymentCourse>(one: T): T {
  return { ...one, statuses: one.statuses.map((status) => (status.by === undefined ? { ...status, by: null } : status)) };
}

function isOpen({ statuses }: DeploymentCourse): boolean {
  return statuses.some(({ state, by }) => state === 'success' && by === undefined);
}

export function hasSucceeded({ statuses }: Pick<DeploymentCourse, 'statuses'>): boolean {
  return statuses.some(({ state }) => state === 'success');
}

/** Those that succeeded, the last to do so first. */
function bySuccess<T extends DeploymentCourse>(list: readonly T[]): readonly T[] {
  const at = ({ statuses }: T) => Date.parse(statuses.findLast(({ state }) => state === 'success')?.createdAt ?? '');
  return list.filter(hasSucceeded).sort((a, b) => at(b) - at(a) || b.id - a.id);
}
