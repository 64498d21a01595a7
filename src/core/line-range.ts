// Which versions belong to which line: the numbers that a branch's name claims, and how much of them is still free when the versions of
// the other lines are looked at. Numbers are compared as numbers, so that 1.10.x comes after 1.9.x.

import type { Bump } from './change.ts';
import type { Line } from './line.ts';
import {
  baseOf,
  compareRead,
  compareVersions,
  isPrerelease,
  isWithin,
  levelBetween,
  type Range,
  readVersion,
  sortNewestFirst,
  type Version,
} from './version.ts';

/** The numbers in a maintenance branch's name: `1.2.x` is 1 and 2, `1.x` is 1 and null. */
export interface Slot {
  readonly major: number;
  readonly minor: number | null;
}

const WITH_X = /^(?:(?:release|maint|maintenance|support|stable|hotfix)[-/])?v?(0|[1-9]\d{0,8})\.(?:(0|[1-9]\d{0,8})\.x|x(?:\.x)?)$/i;
const PREFIXED = /^(?:release|maint|maintenance|support|stable|hotfix)[-/]v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/i;

/**
 * Reads a maintenance branch's name: `1.x`, `1.x.x`, `1.2.x`, each also as `v1.x`, `release-1.2.x`, `support/v1.2.x` and the like, and
 * `release-1.2` without an `x`. Numbers alone (`1.2`, `v5`, `release-5`) are as often tags, copies or sprints, so they are no line.
 */
export function slotOf(branch: string): Slot | null {
  if (branch.length > 60) return null;
  const parts = WITH_X.exec(branch) ?? PREFIXED.exec(branch);
  return parts === null ? null : { major: Number(parts[1]), minor: parts[2] === undefined ? null : Number(parts[2]) };
}

/** `1.2.x` is its minor; `1.x` is what its major has above every `1.N.x` that exists. */
export function windowOf({ major, minor }: Slot, slots: readonly Slot[]): Range {
  if (minor !== null) return { min: `${major}.${minor}.0`, below: `${major}.${minor + 1}.0` };
  const taken = slots.reduce((most, slot) => (slot.major === major && slot.minor !== null ? Math.max(most, slot.minor + 1) : most), 0);
  return { min: `${major}.${taken}.0`, below: `${major + 1}.0.0` };
}

/** What still fits after a version, and the sentence that says why; nothing stands in the way where `below` is null. */
export interface Cap {
  readonly permits: readonly Bump[];
  readonly below: string | null;
  readonly says: string;
}

export const RELEASING: readonly Bump[] = ['patch', 'minor', 'major'];

/**
 * What a line may release after `last` when versions above it exist outside its history: once 2.8.0-rc.1 is out elsewhere, 2.7.3 may
 * only be followed by patches, because whoever made that candidate speaks for 2.8.0 and above.
 */
export function capOfOldLine(last: string | null, elsewhere: Iterable<string>): Cap {
  const below = lowestAbove(last, elsewhere);
  if (below === null) return { permits: RELEASING, below, says: `No version above ${last ?? 'it'} exists outside this line's history.` };
  if (last === null) return { permits: [], below, says: `${below} is released, and this line's history holds no release.` };
  const permits = bumpsBelow(last, below);
  const fits = permits.length === 0 ? 'nothing fits in between' : `only ${permits.join(' and ')} releases fit in between`;
  return { permits, below, says: `${below} exists outside this line's history, and after ${last} ${fits}.` };
}

/** Bumps that stay under the level at which the two differ. */
function bumpsBelow(min: string, below: string | null): readonly Bump[] {
  if (below === null) return RELEASING;
  return compareVersions(min, below) < 0 ? RELEASING.slice(0, Math.max(0, RELEASING.indexOf(levelBetween(min, below)))) : [];
}

function lowestAbove(last: string | null, versions: Iterable<string>): string | null {
  const floor = last === null ? null : readVersion(last);
  let lowest: Version | null = null;
  for (const text of versions) {
    const version = readVersion(text);
    if (version === null || (floor !== null && compareRead(version, floor) <= 0)) continue;
    if (lowest === null || compareRead(version, lowest) < 0) lowest = version;
  }
  return lowest === null ? null : lowest.text;
}

/**
 * Where a main line goes on when maintenance lines have taken over the numbers after `last`: a `1.0.x` that was cut there owns the patches,
 * so main's next is 1.1.0 or more. A `1.x` leaves main its numbers until it has released above `last` itself.
 */
export function floorOfMain(
  last: string,
  maintenance: readonly Line[],
  elsewhere: readonly string[],
): { readonly min: string; readonly owner: Line } | null {
  let found: { readonly min: string; readonly owner: Line } | null = null;
  for (let next = ownerOf(last, maintenance, elsewhere); next !== null; next = ownerOf(found.min, maintenance, elsewhere)) {
    found = { min: next.range.below as string, owner: next };
  }
  return found;
}

function ownerOf(version: string, maintenance: readonly Line[], elsewhere: readonly string[]): Line | null {
  const owns = ({ kind, accepts, range }: Line): boolean => {
    if (kind !== 'maintenance' || range.below === null || !isWithin(version, range)) return false;
    return !accepts.includes('minor') || elsewhere.some((other) => isWithin(other, range) && compareVersions(other, version) > 0);
  };
  return maintenance.find(owns) ?? null;
}

/** A line and the versions within its history. */
export type LineHistory = Line & { readonly versions: readonly string[] };

/** What a line may release next: `range` begins at its last release (`min` itself is out) and is empty where `min` equals `below`. */
export interface LineRange {
  readonly name: string;
  readonly range: Range;
  readonly accepts: readonly Bump[];
}

/**
 * What each of a repository's lines may release next, seen together: maintenance lines in the order of their numbers, then main lines
 * in the order given, the earlier below the later. A maintenance line without a release has nothing to maintain.
 */
export function lineRanges(lines: readonly LineHistory[], initial: string): LineRange[] {
  const maintenance = lines.filter(({ kind }) => kind === 'maintenance').sort(byNumber);
  const mains = lines.filter(({ kind }) => kind === 'main');
  const found = maintenance.map((line) => maintenanceRange(line, lines));
  let last: string | null = null;
  for (const [index, line] of mains.entries()) {
    last = newestStable(last === null ? line.versions : [...line.versions, last]);
    const earlier = new Set(mains.slice(0, index + 1).flatMap(({ versions }) => versions));
    const later = mains.slice(index + 1).flatMap(({ versions }) => versions.filter((version) => !earlier.has(version)));
    found.push(mainRange(line.name, last, initial, later, maintenance));
  }
  return found;
}

function maintenanceRange(line: LineHistory, lines: readonly LineHistory[]): LineRange {
  const last = newestStable(line.versions);
  if (last === null) return { name: line.name, range: { min: line.range.min, below: line.range.min }, accepts: [] };
  const own = new Set(line.versions);
  const elsewhere = lines.flatMap(({ versions }) => versions.filter((version) => !own.has(version)));
  const begun = compareVersions(last, line.range.min) >= 0;
  const min = begun ? last : line.range.min;
  const taken = lowestAbove(last, begun ? elsewhere : elsewhere.filter((version) => compareVersions(version, min) >= 0));
  return rangeBetween(line.name, min, lowest(line.range.below, taken));
}

function mainRange(
  name: string,
  last: string | null,
  initial: string,
  later: readonly string[],
  maintenance: readonly LineHistory[],
): LineRange {
  // A maintenance branch that main has left behind within its own numbers owns nothing.
  const alive = maintenance.filter(({ versions }) => last !== null && compareVersions(newestStable(versions) ?? '', last) >= 0);
  const floor =
    last === null
      ? null
      : floorOfMain(
          last,
          alive,
          alive.flatMap(({ versions }) => versions),
        );
  const min = floor?.min ?? last ?? initial;
  return rangeBetween(name, min, lowestAbove(last, later));
}

function rangeBetween(name: string, min: string, below: string | null): LineRange {
  const empty = below !== null && compareVersions(min, below) >= 0;
  return { name, range: { min, below: empty ? min : below }, accepts: bumpsBelow(min, below) };
}

function lowest(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return compareVersions(one, other) < 0 ? one : other;
}

function newestStable(versions: readonly string[]): string | null {
  return sortNewestFirst(versions).find((version) => !isPrerelease(version)) ?? null;
}

/** By the number a line begins at; `1.9.x` before `1.x`, which begins above it. */
function byNumber(a: Line, b: Line): number {
  return compareVersions(baseOf(a.range.min), baseOf(b.range.min));
}
