// The number that comes next on a line: raised from what is out by what the changes ask, promoted from prereleases that were offered
// before, continued within a prerelease, and never a number that is not above the last or that exists already.

import type { Bump, Objection } from './change.ts';
import type { ReleasePolicy } from './policy.ts';
import {
  baseOf,
  compareVersions,
  effectiveBump,
  isPrerelease,
  isTaken,
  levelBetween,
  raise,
  readVersion,
  sortNewestFirst,
} from './version.ts';

export interface NextInput {
  /** The release this one follows: stable, or on a prerelease line its own newest prerelease; null before the first. */
  readonly last: string | null;
  /** What the changes since `last` ask, before the rules for versions below 1.0. */
  readonly bump: Bump;
  readonly initial: string;
  readonly before1: ReleasePolicy['before1'];
  /** Identifier of a prerelease line (`rc`); null makes stable versions. */
  readonly prerelease: string | null;
  /** Every version there is, on whatever line. */
  readonly existing: readonly string[];
  /** Prereleases within this line's history; those that `last` has overtaken do not matter. */
  readonly prereleases?: readonly string[];
  /** The newest stable release within this line's history, where `last` is a prerelease. */
  readonly stable?: string | null;
}

export interface NextVersion {
  readonly version: string;
  /** What it does to the last stable release, after the rules for versions below 1.0 and after a promotion. */
  readonly bump: Bump;
  /** The steps that led there, one sentence each. */
  readonly because: readonly string[];
}

/** The number is worked out, and cannot be used. */
export interface VersionTaken {
  readonly objection: Objection;
  readonly bump: Bump;
  readonly because: readonly string[];
}

/** The next version; null where no change asks for one. */
export function nextVersion(input: NextInput): NextVersion | VersionTaken | null {
  if (input.bump === 'none') return null;
  const stable = input.stable ?? (input.last !== null && !isPrerelease(input.last) ? input.last : null);
  const bump = effectiveBump(input.bump, stable ?? input.last, input.before1) as Exclude<Bump, 'none'>;
  const because: string[] = [];
  const base = nextBase(input, stable, bump, because);
  return input.prerelease === null ? asStable(input, stable, base, bump, because) : asPrerelease(input, stable, base, bump, because);
}

/** The stable number that this release is or prepares. */
function nextBase(input: NextInput, stable: string | null, bump: Exclude<Bump, 'none'>, because: string[]): string {
  const from = stable ?? input.last;
  let base = input.initial;
  if (from === null) because.push(`Nothing was released before, so the first version is ${base}.`);
  else {
    const raised = raise(from, bump);
    base = stable === null && compareVersions(raised, input.initial) < 0 ? input.initial : raised;
    if (bump !== input.bump) because.push(`Before 1.0, this policy makes a ${input.bump} change a ${bump} release.`);
    because.push(
      base === raised ? `${from} raised by a ${bump} release is ${base}.` : `No stable release is out, so it starts at ${base}.`,
    );
  }
  const offered = offeredPrereleases(input, stable)[0];
  if (offered !== undefined && compareVersions(baseOf(offered), base) > 0) {
    base = baseOf(offered);
    because.push(`${offered} was offered since, so it is not below ${base}.`);
  } else if (offered !== undefined && input.prerelease === null) {
    const promotes = compareVersions(baseOf(offered), base) === 0;
    because.push(promotes ? `${offered} prepared this version.` : `${offered} was offered since, but these changes ask for more.`);
  }
  return base;
}

function asStable(
  input: NextInput,
  stable: string | null,
  version: string,
  asked: Bump,
  because: readonly string[],
): NextVersion | VersionTaken {
  const bump = stable === null ? asked : levelBetween(stable, version);
  return isTaken(version, input.existing) ? { objection: alreadyExists(version), bump, because } : { version, bump, because };
}

/** Counts on within the same base and identifier; another base, or one that sorts lower than what was offered, starts at 1. */
function asPrerelease(
  input: NextInput,
  stable: string | null,
  first: string,
  asked: Exclude<Bump, 'none'>,
  because: string[],
): NextVersion | VersionTaken {
  const id = input.prerelease as string;
  const offered = offeredPrereleases(input, stable);
  const continues = input.last !== null && counterOf(input.last, first, id) !== null;
  // Continuing its own count, a line only has to pass its own last release: another line's prerelease may have been merged in between.
  const floor = continues ? input.last : (offered[0] ?? input.last);
  let base = first;
  let version = counted(base, id, input);
  while ((floor !== null && compareVersions(version, floor) <= 0) || isTaken(base, input.existing)) {
    because.push(
      isTaken(base, input.existing) ? `${base} is out already.` : `${version} would sort below ${floor}, which is in this history.`,
    );
    base = raise(base, asked);
    version = counted(base, id, input);
  }
  because.push(`This line makes prereleases: ${version}.`);
  const bump = stable === null ? asked : levelBetween(stable, base);
  return isTaken(version, input.existing) ? { objection: alreadyExists(version), bump, because } : { version, bump, because };
}

/** Prereleases of this history that no stable release has overtaken, newest first. */
function offeredPrereleases(input: NextInput, stable: string | null): string[] {
  const seen = input.last === null ? (input.prereleases ?? []) : [...(input.prereleases ?? []), input.last];
  return sortNewestFirst(seen.filter((version) => isPrerelease(version) && (stable === null || compareVersions(version, stable) > 0)));
}

/** One more than the highest counter there is for this base and identifier, in the style (`rc.1`, `rc1`) that it was begun in. */
function counted(base: string, id: string, input: NextInput): string {
  let highest = 0;
  let dot = '.';
  for (const version of [...input.existing, ...(input.prereleases ?? []), ...(input.last === null ? [] : [input.last])]) {
    const counter = counterOf(version, base, id);
    if (counter === null || counter.value < highest) continue;
    highest = counter.value;
    dot = counter.dot;
  }
  return `${base}-${id}${dot}${highest + 1}`;
}

function counterOf(version: string, base: string, id: string): { readonly value: number; readonly dot: '.' | '' } | null {
  const start = `${base}-${id}`;
  if (!version.startsWith(start)) return null;
  const rest = readVersion(version)?.prerelease.slice(id.length) ?? '';
  const counter = /^(\.?)(\d{1,9})$/.exec(rest);
  return counter === null ? null : { value: Number(counter[2]), dot: counter[1] as '.' | '' };
}

function alreadyExists(version: string): Objection {
  return {
    code: 'version-exists',
    says: `The next version would be ${version}, which exists already. Plan from that release if this line holds it, merge it into this line if it lies elsewhere, or ask for another version with release-as.`,
  };
}
