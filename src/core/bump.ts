// What a range of changes asks of the version: the most that any of them asks, unless the policy wants features to be staged first.

import type { Bump, Change } from './change.ts';
import type { History } from './history.ts';
import type { Policy } from './policy.ts';
import { maxBump } from './version.ts';

export interface RangeBump {
  readonly bump: Bump;
  /** The changes that ask for it; empty when none does. */
  readonly by: readonly Change[];
  /** How the policy moved it, where it did. */
  readonly because: readonly string[];
}

/** Branches that hold the next release's features by their name, besides the prerelease lines of the policy. */
const STAGING = /^(?:next|develop|dev|alpha|beta|canary|rc|edge|unstable|v?\d+(?:\.\d+)*(?:\.x)?(?:[-_/].*)?|(?:release|next)[-_/].+)$/i;

/** `prereleases`: those offered within the range, by which its features were staged. */
export function bumpOfRange(history: Pick<History, 'changes' | 'integrated'>, policy: Policy, prereleases: readonly string[]): RangeBump {
  const bump = maxBump(history.changes.map((change) => change.classification.bump));
  const by = bump === 'none' ? [] : history.changes.filter((change) => change.classification.bump === bump);
  if (policy.release.features === 'staged' && bump === 'minor' && prereleases.length === 0 && !isStaged(history.integrated, policy)) {
    const says =
      'Features here are staged in a prerelease or on a prerelease line first; none of these was, so they ride in a maintenance release.';
    return { bump: 'patch', by, because: [says] };
  }
  return { bump, by, because: [] };
}

function isStaged(integrated: readonly string[], policy: Policy): boolean {
  const named = policy.lines.filter((line) => line.prerelease !== undefined).map((line) => line.branch);
  return integrated.some((branch) => named.includes(branch) || (branch.length <= 100 && STAGING.test(branch)));
}
