// Runs that wait at a gate of ours and that no event told of, or whose event was lost: GitHub gives a rule thirty days and then fails the
// job, and it tells of it once.

import type { Errand, GateErrand } from '../../core/errand.ts';
import type { Situation } from '../app-port.ts';
import type { RunSeen } from '../gate-port.ts';
import type { NoteWrite } from '../store-port.ts';
import { readWaiting, sameName } from './gate-notes.ts';
import { gateOf } from './look-again.ts';

/** Of one look, the newest; each is a request. */
const MOST_RUNS = 30;

/** Everything that waits, known or not: what is known is looked at again, too. One request where nothing does. */
export async function findWaiting(situation: Situation): Promise<readonly Errand[]> {
  const { gates, notes, repository } = situation;
  const known = await readWaiting(notes, repository);
  const found: GateErrand[] = known.map((one) => gateOf(situation, one));
  const runs = await gates.waitingRuns();
  // Who may not see runs is told so at each gate; here it is no reason to leave the rest of the repository alone.
  if (!runs.known) return found;
  return [...found, ...(await pendingOf(situation, runs.value.items.slice(0, MOST_RUNS), found))];
}

/** Of a look between two comparisons. */
const MOST_SOUGHT = 10;
const HOUR = 3_600_000;
const LOOKED = { kind: 'looked', name: 'runs' } as const;

/** Only what nobody knows of: what is known is looked at when its time comes. A run is looked into once an hour at most. */
export async function seekWaiting(
  situation: Situation,
): Promise<{ readonly errands: readonly Errand[]; readonly notes: readonly NoteWrite[] }> {
  const { gates, notes, repository, now } = situation;
  const runs = await gates.waitingRuns();
  if (!runs.known) return { errands: [], notes: [] };
  const noted = await notes.note(repository, LOOKED.kind, LOOKED.name);
  const before = (noted?.body ?? {}) as Readonly<Record<string, number>>;
  const looked = Object.entries(before).filter(([run, at]) => at > now - HOUR && runs.value.items.some(({ id }) => String(id) === run));
  const lately = new Set(looked.map(([run]) => run));
  const sought = runs.value.items.filter(({ id }) => !lately.has(String(id))).slice(0, MOST_SOUGHT);
  if (sought.length === 0) return { errands: [], notes: [] };
  const known = (await readWaiting(notes, repository)).map((one) => gateOf(situation, one));
  const errands = await pendingOf(situation, sought, known);
  const body = Object.fromEntries([...looked, ...sought.map(({ id }) => [String(id), now] as const)]);
  return { errands, notes: [{ repository, ...LOOKED, body }] };
}

/** Environments of ours that those runs wait for and that are not among the known. */
async function pendingOf(situation: Situation, runs: readonly RunSeen[], known: readonly GateErrand[]): Promise<readonly GateErrand[]> {
  const { gates, home } = situation;
  const others: GateErrand[] = [];
  for (const run of runs) {
    const pending = await gates.pendingDeployments(run.id);
    for (const { environment } of pending.known ? pending.value : []) {
      if (known.some((one) => one.run === run.id && sameName(one.environment, environment.name))) continue;
      others.push({ kind: 'gate', home, run: run.id, environment: environment.name, deployment: null, sha: null });
    }
  }
  if (others.length === 0) return [];
  const guarded = await guardedByUs(situation);
  return others.filter((one) => guarded(one.environment));
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
