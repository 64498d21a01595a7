// Runs that wait at a gate of ours and that no event told of, or whose event was lost: GitHub gives a rule thirty days and then fails the
// job, and it tells of it once.

import type { Errand, GateErrand } from '../../core/errand.ts';
import type { Situation } from '../app-port.ts';
import { readWaiting, sameName } from './gate-notes.ts';
import { gateOf } from './look-again.ts';

/** Of one look, the newest; each is a request. */
const MOST_RUNS = 30;

/** Everything that waits, known or not: what is known is looked at again, too. One request where nothing does. */
export async function findWaiting(situation: Situation): Promise<readonly Errand[]> {
  const { gates, notes, repository, home } = situation;
  const known = await readWaiting(notes, repository);
  const found: GateErrand[] = known.map((one) => gateOf(situation, one));
  const runs = await gates.waitingRuns();
  // Who may not see runs is told so at each gate; here it is no reason to leave the rest of the repository alone.
  if (!runs.known) return found;
  const others: GateErrand[] = [];
  for (const run of runs.value.items.slice(0, MOST_RUNS)) {
    const pending = await gates.pendingDeployments(run.id);
    for (const { environment } of pending.known ? pending.value : []) {
      if (found.some((one) => one.run === run.id && sameName(one.environment, environment.name))) continue;
      others.push({ kind: 'gate', home, run: run.id, environment: environment.name, deployment: null, sha: null });
    }
  }
  if (others.length === 0) return found;
  const guarded = await guardedByUs(situation);
  return [...found, ...others.filter((one) => guarded(one.environment))];
}

/** Where it cannot be seen whose rules guard an environment, ours may. */
async function guardedByUs({ gates, self }: Situation): Promise<(environment: string) => boolean> {
  const environments = await gates.environments();
  if (!environments.known) return () => true;
  return (environment) => {
    const apps = environments.value.find((one) => sameName(one.name, environment))?.apps;
    return apps === undefined || !apps.known || apps.value.some((one) => one.id === self.app && one.enabled);
  };
}
