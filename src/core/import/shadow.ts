// Shadow mode: what another tool would release next beside what we would, change by change and with the reasons of both, so that a
// repository can see what changing over would change.

import type { Bump } from '../change.ts';
import type { Plan } from '../plan.ts';
import type { Unit } from '../unit.ts';
import { maxBump } from '../version.ts';
import type { ChangesetsRules } from './changesets.ts';
import type { ReleaseDrafterRules } from './release-drafter.ts';
import type { ReleasePleaseRules } from './release-please.ts';
import { shadowChangesets } from './shadow-changesets.ts';
import type { Reading, ShadowRange, TheirRelease } from './shadow-reading.ts';
import { shadowReleaseDrafter } from './shadow-release-drafter.ts';
import { shadowReleasePlease } from './shadow-release-please.ts';
import { type SemanticReleaseRules, shadowSemanticRelease } from './shadow-semantic-release.ts';

export type ToolRules = ReleasePleaseRules | SemanticReleaseRules | ReleaseDrafterRules | ChangesetsRules;

/** A change that the two read differently. */
export interface Difference {
  readonly sha: string;
  readonly pr: number | null;
  readonly title: string;
  readonly theirs: Reading & { readonly bump: Bump };
  readonly ours: Reading & { readonly bump: Bump };
}

/** The two releases of the repository, or of one of its packages. */
export interface Shadow {
  readonly tool: ToolRules['tool'];
  readonly package: string | null;
  readonly since: string | null;
  readonly theirs: TheirRelease;
  readonly ours: Plan;
  /** True where both would release the same version, or both nothing. Null: theirs cannot be told. */
  readonly agree: boolean | null;
  /** Newest first: where their words on a change differ. */
  readonly differences: readonly Difference[];
  /** Changes on which theirs cannot be known from a clone. */
  readonly unseen: number;
}

/** Whether the tool's word depends on the paths that commits touch. */
export function needsFiles(rules: ToolRules): boolean {
  if (rules.tool === 'changesets') return true;
  if (rules.tool === 'release-please') return rules.packages.some(({ path, excludePaths }) => path !== '.' || excludePaths.length > 0);
  if (rules.tool === 'release-drafter') return rules.categories.some(({ when }) => when.some(({ paths }) => paths.length > 0));
  return false;
}

/** What the tool would make of the range; null where its configuration has no such package. */
export function releaseOf(rules: ToolRules, name: string | null, range: ShadowRange): TheirRelease | null {
  if (rules.tool === 'semantic-release') return shadowSemanticRelease(rules, range);
  if (rules.tool === 'release-drafter') return shadowReleaseDrafter(rules, range);
  if (rules.tool === 'changesets') return shadowChangesets(rules, name, range);
  const rule = rules.packages.find((one) => one.name === name);
  return rule === undefined ? null : shadowReleasePlease(rules, rule, range);
}

/** Holds the two releases beside each other. `units` is what the range is made of. */
export function compareReleases(tool: Shadow['tool'], plan: Plan, theirs: TheirRelease, units: readonly Unit[]): Shadow {
  const ours = ourReadings(plan);
  const differences: Difference[] = [];
  let unseen = 0;
  for (const unit of units) {
    const reading = readingOf(unit, theirs);
    const { sha } = unit.commit;
    const own = ours.get(sha) ?? { bump: 'none', says: 'does not count it to this package' };
    if (reading.bump === null) {
      unseen += 1;
      continue;
    }
    if (reading.bump === own.bump || theirs.unknown) continue;
    differences.push({ sha, pr: unit.pr, title: unit.message.title, theirs: { bump: reading.bump, says: reading.says }, ours: own });
  }
  const agree = theirs.unknown ? null : theirs.version === plan.version;
  return { tool, package: plan.package, since: plan.since?.tag ?? null, theirs, ours: plan, agree, differences, unseen };
}

/** The tool's word on a whole pull request: the most that any of its commits asks. */
function readingOf(unit: Unit, theirs: TheirRelease): Reading {
  const all = [unit.commit, ...unit.brought].flatMap(({ sha }) => theirs.readings.get(sha) ?? []);
  const [first] = all;
  if (first === undefined) return { bump: 'none', says: 'does not see it: it lies elsewhere' };
  if (all.some(({ bump }) => bump === null)) return all.find(({ bump }) => bump === null) ?? first;
  const most = maxBump(all.map(({ bump }) => bump ?? 'none'));
  // Of a merge that asks for nothing, what is said of the commits that it brought tells more than what is said of the merge.
  return (most === 'none' && all.length > 1 ? all.slice(1) : all).find(({ bump }) => bump === most) ?? first;
}

function ourReadings(plan: Plan): ReadonlyMap<string, Difference['ours']> {
  const readings = new Map<string, Difference['ours']>();
  for (const { sha, classification } of plan.changes) {
    const { bump, status, because, kind, breaking } = classification;
    const why = because[0]?.says ?? 'nothing says what it is';
    readings.set(sha, {
      bump,
      says: status === 'disputed' ? `disputes it: ${why}` : `reads it as ${breaking ? 'breaking' : kind}: ${why}`,
    });
  }
  for (const { sha, says } of plan.excluded) readings.set(sha, { bump: 'none', says: `leaves it out: ${says}` });
  return readings;
}
