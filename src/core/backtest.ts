// How often a policy would have chosen what people really released: each past release's range is judged as if it were the next one.

import { bumpOfRange } from './bump.ts';
import type { Bump } from './change.ts';
import { judgeUnits } from './history.ts';
import { capOfOldLine } from './line-range.ts';
import { nextVersion } from './next-version.ts';
import type { Policy } from './policy.ts';
import type { Units } from './unit.ts';
import { diffBump, effectiveBump } from './version.ts';

/** A stable release as it was cut, with what could be known before it. */
export interface PastRelease {
  readonly tag: string;
  readonly version: string;
  readonly previousTag: string;
  readonly previousVersion: string;
  /** The range `previousTag..tag`. */
  readonly units: Units;
  /** Prereleases tagged within the range. */
  readonly prereleases: readonly string[];
  /** Versions that existed by then outside the release's own history. */
  readonly elsewhere: readonly string[];
  /** True if it was cut off the main line: from an older line's branch. */
  readonly old: boolean;
  /** What the maintenance line it was cut from takes, where its branch is still there to tell. */
  readonly permits?: readonly Bump[];
}

/** What a policy makes of a past release. */
export interface Choice {
  readonly bump: Bump;
  readonly version: string | null;
  readonly because: readonly string[];
}

export interface Disagreement {
  readonly tag: string;
  readonly previousTag: string;
  readonly released: { readonly version: string; readonly bump: Bump };
  readonly chosen: { readonly version: string | null; readonly bump: Bump };
  readonly because: readonly string[];
}

export interface Score {
  /** Releases scored. */
  readonly releases: number;
  /** Share of them for which the same bump was chosen as was released, 0–1; null when there are none. */
  readonly agreement: number | null;
  /** Share for which maintenance was told from feature. */
  readonly kindAgreement: number | null;
  /** Ranges that people released and the policy would not. */
  readonly none: number;
  /** Releases whose range holds nothing but the release's own commits: re-publications, which no policy can judge and none is scored on. */
  readonly empty: number;
  /** Chosen bump → released bump → how many. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly disagreements: readonly Disagreement[];
}

/** What people did: a stable release after a stable release is a patch, minor or major. */
export function releasedBump(release: Pick<PastRelease, 'previousVersion' | 'version'>): Bump {
  const bump = diffBump(release.previousVersion, release.version);
  return bump === 'prerelease' || bump === 'backwards' ? 'none' : bump;
}

/** What the policy would have chosen; null for an empty range, which nothing can be said of. */
export function choose(release: PastRelease, policy: Policy): Choice | null {
  const history = judgeUnits(release.units, { policy });
  if (history.changes.length === 0 && history.excluded.every((one) => one.code === 'release-commit')) return null;
  const range = bumpOfRange(history, policy, release.prereleases);
  const because = range.by.slice(0, 3).map((change) => `${change.title.slice(0, 100)}: ${change.classification.because[0]?.says ?? ''}`);
  for (const one of history.changes.length === 0 ? history.excluded.slice(0, 3) : [])
    because.push(`${one.title.slice(0, 100)}: ${one.says}`);
  because.push(...range.because);
  const bump = fitting(release, policy, range.bump, because);
  const next = nextVersion({
    last: release.previousVersion,
    bump,
    initial: policy.release.initial,
    before1: policy.release.before1,
    prerelease: null,
    existing: [],
    prereleases: release.prereleases,
  });
  if (next === null) return { bump: 'none', version: null, because };
  return { bump: next.bump, version: 'version' in next ? next.version : null, because };
}

/** On an old line a feature is an objection; settling it there comes down to the most that the line may release. */
function fitting(release: PastRelease, policy: Policy, bump: Bump, because: string[]): Bump {
  if (!release.old || bump === 'none') return bump;
  const cap = capOfOldLine(release.previousVersion, release.elsewhere);
  const permits = cap.permits.filter((one) => release.permits?.includes(one) ?? true);
  const made = effectiveBump(bump, release.previousVersion, policy.release.before1);
  if (permits.length === 0 || permits.includes(made)) return bump;
  because.push(cap.says ?? 'The maintenance line that it was cut from takes no more.');
  return permits.at(-1) ?? bump;
}

/** Scores a policy on releases, oldest first. */
export function scorePolicy(releases: readonly PastRelease[], policy: Policy): Score {
  return scoreChoices(
    releases,
    releases.map((release) => choose(release, policy)),
  );
}

/** As `scorePolicy`, of choices already made: one for each release. */
export function scoreChoices(releases: readonly PastRelease[], choices: readonly (Choice | null)[]): Score {
  const confusion: Record<string, Record<string, number>> = {};
  const disagreements: Disagreement[] = [];
  let scored = 0;
  let agreed = 0;
  let kinds = 0;
  let none = 0;
  releases.forEach((release, index) => {
    const choice = choices[index] ?? null;
    if (choice === null) return;
    scored += 1;
    const released = releasedBump(release);
    confusion[choice.bump] ??= {};
    const row = confusion[choice.bump] as Record<string, number>;
    row[released] = (row[released] ?? 0) + 1;
    if (choice.bump === 'none') none += 1;
    if (isFeature(choice.bump) === isFeature(released) && choice.bump !== 'none') kinds += 1;
    if (choice.bump === released) {
      agreed += 1;
      return;
    }
    disagreements.push({
      tag: release.tag,
      previousTag: release.previousTag,
      released: { version: release.version, bump: released },
      chosen: { version: choice.version, bump: choice.bump },
      because: choice.because,
    });
  });
  return {
    releases: scored,
    agreement: scored === 0 ? null : agreed / scored,
    kindAgreement: scored === 0 ? null : kinds / scored,
    none,
    empty: releases.length - scored,
    confusion,
    disagreements,
  };
}

function isFeature(bump: Bump): boolean {
  return bump === 'minor' || bump === 'major';
}
