// Which settings would have agreed best with a repository's own past: a greedy search over single settings, on the older half of its
// releases only. A setting is taken when it helps there, and still helps in the part of that half nearest to now; no other is.

import { type Choice, choose, type PastRelease, releasedBump, type Score, scoreChoices } from './backtest.ts';
import type { Meaning, Policy } from './policy.ts';

/** One setting the search tried and kept. */
export interface LearntSetting {
  /** Path in the policy file, such as `classify.types.refactor`. */
  readonly path: readonly string[];
  readonly value: string;
  /** How many more of the releases it was learnt on it gets right. */
  readonly gain: number;
}

export interface Learnt {
  readonly policy: Policy;
  readonly settings: readonly LearntSetting[];
  readonly trainedOn: number;
  /** How the learnt policy does on the newer half, which the search never saw. */
  readonly score: Score;
}

interface Move {
  readonly path: readonly string[];
  readonly value: string;
  readonly apply: (policy: Policy) => Policy;
  /** Releases whose range it can matter for. */
  readonly touches: (release: PastRelease) => boolean;
}

/** The older half, to learn from, and the newer half, to be scored on. `releases` are oldest first. */
export function halves(releases: readonly PastRelease[]): {
  readonly older: readonly PastRelease[];
  readonly newer: readonly PastRelease[];
} {
  const middle = Math.floor(releases.length / 2);
  return { older: releases.slice(0, middle), newer: releases.slice(middle) };
}

/** Learns on the older half and scores on the newer. `progress` is told after each round of the search. */
export function learnPolicy(releases: readonly PastRelease[], start: Policy, progress?: (round: number) => void): Learnt {
  const { older, newer } = halves(releases);
  const { policy, settings } = search(older, start, progress);
  return {
    policy,
    settings,
    trainedOn: older.length,
    score: scoreChoices(
      newer,
      newer.map((release) => choose(release, policy)),
    ),
  };
}

/** Fewer gained releases than this are an accident, not a habit. */
const LEAST_GAIN = 2;
const MOST_ROUNDS = 12;

function search(releases: readonly PastRelease[], start: Policy, progress?: (round: number) => void): Pick<Learnt, 'policy' | 'settings'> {
  let policy = start;
  const settings: LearntSetting[] = [];
  if (releases.length < 2 * LEAST_GAIN) return { policy, settings };
  let choices = releases.map((release) => choose(release, policy));
  const moves = movesFor(releases, start);
  const recent = Math.floor((releases.length * 2) / 3);
  const least = Math.max(LEAST_GAIN, Math.ceil(releases.length / 100));
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    let best: { move: Move; policy: Policy; choices: (Choice | null)[]; gain: number } | null = null;
    for (const move of moves) {
      const tried = move.apply(policy);
      if (tried === policy) continue;
      const retried = choices.map((choice, index) => {
        const release = releases[index] as PastRelease;
        return choice !== null && move.touches(release) ? choose(release, tried) : choice;
      });
      const gain = rights(releases, retried, 0) - rights(releases, choices, 0);
      const lately = rights(releases, retried, recent) - rights(releases, choices, recent);
      if (gain < least || lately < 0 || (lately === 0 && gain < 2 * least)) continue;
      if (best === null || gain + lately > best.gain) best = { move, policy: tried, choices: retried, gain: gain + lately };
    }
    progress?.(round);
    if (best === null) break;
    const gain = rights(releases, best.choices, 0) - rights(releases, choices, 0);
    policy = best.policy;
    choices = best.choices;
    settings.push({ path: best.move.path, value: best.move.value, gain });
  }
  return { policy, settings };
}

function rights(releases: readonly PastRelease[], choices: readonly (Choice | null)[], from: number): number {
  let right = 0;
  for (let index = from; index < releases.length; index += 1) {
    if (choices[index]?.bump === releasedBump(releases[index] as PastRelease)) right += 1;
  }
  return right;
}

const BEFORE_1 = ['patch', 'minor', 'major'] as const;
const TYPE_MEANINGS: readonly Meaning[] = ['none', 'maintenance', 'feature'];

/** Every single setting worth trying on this history. */
function movesFor(releases: readonly PastRelease[], start: Policy): Move[] {
  const moves: Move[] = [];
  const early = (release: PastRelease) => release.previousVersion.startsWith('0.');
  for (const key of ['feature', 'breaking'] as const) {
    for (const value of BEFORE_1) {
      moves.push({
        path: ['release', 'before-1.0', key],
        value,
        touches: early,
        apply: (policy) =>
          policy.release.before1[key] === value
            ? policy
            : { ...policy, release: { ...policy.release, before1: { ...policy.release.before1, [key]: value } } },
      });
    }
  }
  for (const value of ['any', 'staged'] as const) {
    moves.push({
      path: ['release', 'features'],
      value,
      touches: () => true,
      apply: (policy) => (policy.release.features === value ? policy : { ...policy, release: { ...policy.release, features: value } }),
    });
  }
  for (const value of ['maintenance', 'feature', 'none'] as const) {
    moves.push({
      path: ['classify', 'unrecognised'],
      value,
      touches: () => true,
      apply: (policy) =>
        policy.classify.unrecognised === value ? policy : { ...policy, classify: { ...policy.classify, unrecognised: value } },
    });
  }
  for (const [type, where] of typesIn(releases)) {
    const means = start.classify.types[type];
    for (const value of TYPE_MEANINGS) {
      // `fix` stays what it is unless the repository says otherwise by hand; a precise meaning is maintenance already.
      if (value === 'maintenance' && means !== undefined && means !== 'none' && means !== 'feature') continue;
      moves.push({
        path: ['classify', 'types', type],
        value,
        touches: (release) => where.has(release),
        apply: (policy) =>
          policy.classify.types[type] === value
            ? policy
            : { ...policy, classify: { ...policy.classify, types: { ...policy.classify.types, [type]: value } } },
      });
    }
  }
  return moves;
}

/** Types that at least three ranges use, with those ranges. */
function typesIn(releases: readonly PastRelease[]): Map<string, ReadonlySet<PastRelease>> {
  const found = new Map<string, Set<PastRelease>>();
  for (const release of releases) {
    for (const unit of release.units.units) {
      for (const { type } of unit.message.statements) {
        const where = found.get(type);
        if (where === undefined) found.set(type, new Set([release]));
        else where.add(release);
      }
    }
  }
  for (const [type, where] of found) if (where.size < 3) found.delete(type);
  return found;
}
