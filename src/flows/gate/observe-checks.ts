// What was reported on the commit that is to be deployed, and on the release before it, as facts.

import type { BaselineFact, CheckFact } from '../../core/gate/facts.ts';
import type { CheckRunSeen } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import type { GateLook } from './observe-gate.ts';
import type { ReleaseRead } from './release-of.ts';

export async function observeChecks({ gates, isOwn }: GateLook, sha: string): Promise<Observed<readonly CheckFact[]>> {
  const seen = await gates.checksOf(sha);
  return seen.known ? { known: true, value: seen.value.filter((one) => !isOwn(one)).map(checkFact) } : seen;
}

export function checkFact({ name, kind, app, appId, state, id, startedAt, completedAt, suite }: CheckRunSeen): CheckFact {
  return { name, kind, app, appId, state, id, startedAt, completedAt, suite };
}

/** A check of a release that is out is run again now and then, at most. */
export const BASELINE_MINUTES = 10;
export const BASELINE = 'baseline';

export async function baselineOf(
  { gates, memory }: GateLook,
  release: () => Promise<Observed<ReleaseRead>>,
): Promise<Observed<BaselineFact | null>> {
  const read = await release();
  if (!read.known) return read;
  const { base } = read.value;
  if (base === null) return { known: true, value: null };
  // One for the repository: most of its gates compare with the same release.
  const before = await memory.recall<BaselineFact>(BASELINE, 'checks', BASELINE_MINUTES);
  if (before?.sha === base.sha) return { known: true, value: { ...base, checks: before.checks } };
  const seen = await gates.checksOf(base.sha);
  if (!seen.known) return seen;
  const checks = seen.value.map(checkFact);
  memory.remember(BASELINE, 'checks', { ...base, checks });
  return { known: true, value: { ...base, checks } };
}
