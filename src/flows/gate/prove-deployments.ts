// Who said that a deployment succeeded, looked at where it decides something and GitHub's list leaves it open: of a workflow's job and of a
// person who posts by hand it names the same account. What was said once stays said, so that it is read once.

import { believedPart, type Poster } from '../../core/deployer.ts';
import type { DeploymentCourse, GatePort } from '../gate-port.ts';
import type { GateMemory } from './gate-memory.ts';

export interface Prover {
  /** The same, with everybody told who said that it succeeded; null where GitHub does not tell, or could not be asked. */
  readonly prove: <T extends DeploymentCourse>(one: T) => Promise<T>;
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
  const recall = async () => new Map(Object.entries((await memory.recall<Record<string, Poster | null>>(POSTED, name, MINUTES)) ?? {}));
  return {
    prove: async (one) => {
      const open = one.statuses.filter(({ state, by }) => state === 'success' && by === undefined);
      if (open.length === 0) return one;
      known ??= recall();
      const said = await known;
      if (open.some(({ id }) => !said.has(id))) {
        const seen = await gates.posted(one.id);
        for (const { id, by } of seen.known ? seen.value : []) said.set(id, by);
        if (seen.known) memory.remember(POSTED, name, Object.fromEntries([...said].slice(-MOST)));
      }
      return {
        ...one,
        statuses: one.statuses.map((status) => (open.includes(status) ? { ...status, by: said.get(status.id) ?? null } : status)),
      };
    },
  };
}

/** More would be one after the other what nobody can say who said. */
const TRIES = 5;

/** The newest successes made sure of, until so many commits are proven to have been there. */
export async function provenNewest<T extends DeploymentCourse>(
  { prove }: Prover,
  list: readonly T[],
  { deployers, enough }: { readonly deployers: readonly string[]; readonly enough: number },
): Promise<readonly T[]> {
  const proven = new Map<number, T>();
  const commits = new Set<string>();
  for (const one of bySuccess(list).slice(0, TRIES)) {
    const made = await prove(one);
    proven.set(one.id, made);
    if (hasSucceeded(believedPart(made, deployers))) commits.add(one.sha);
    if (commits.size >= enough) break;
  }
  return list.map((one) => proven.get(one.id) ?? one);
}

export function hasSucceeded({ statuses }: Pick<DeploymentCourse, 'statuses'>): boolean {
  return statuses.some(({ state }) => state === 'success');
}

/** Those that succeeded, the last to do so first. */
function bySuccess<T extends DeploymentCourse>(list: readonly T[]): readonly T[] {
  const at = ({ statuses }: T) => Date.parse(statuses.findLast(({ state }) => state === 'success')?.createdAt ?? '');
  return list.filter(hasSucceeded).sort((a, b) => at(b) - at(a) || b.id - a.id);
}
