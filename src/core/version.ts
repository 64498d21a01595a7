// Versions as Semantic Versioning 2.0 has them: reading, comparing, raising, and the ranges that lines are made of. The tests hold this
// to the `semver` package, which is not loaded here: it builds ninety regular expressions first, and a plan has 12,000 tags to look at.

import type { Bump, Objection } from './change.ts';
import type { ReleasePolicy } from './policy.ts';

/** A version in its parts. `prerelease` is empty for a stable one; build metadata stays in `text` alone, since it does not order. */
export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: string;
}

/** Versions from `min` up to, and without, `below`; a prerelease counts as the version that it prepares. */
export interface Range {
  readonly min: string;
  readonly below: string | null;
}

const BUMPS = ['none', 'patch', 'minor', 'major'] as const;

// https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string, after its three numbers, which have no more
// digits than a double holds.
const SUFFIX =
  /^(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?$/;
const MOST_DIGITS = 15;
/** What other tools refuse to look at, too. */
const LONGEST = 256;

/** Numbers above it are read only where we made them ourselves, so that the version after the last readable one is readable to us. */
const HIGHEST = 99_999_999_999_999;

/** Reads a strict version, without `v`; null for anything else (`1.2`, `v1.2.3`, `1.02.3`, `1.2.3.4`). */
export function readVersion(text: string): Version | null {
  const version = parse(text);
  return version === null || Math.max(version.major, version.minor, version.patch) > HIGHEST ? null : version;
}

/** By hand up to the patch number, which is all that most of a repository's thousands of tags have. */
function parse(text: string): Version | null {
  const first = numberEnd(text, 0);
  const second = first < 0 || text.charCodeAt(first) !== DOT ? -1 : numberEnd(text, first + 1);
  const third = second < 0 || text.charCodeAt(second) !== DOT ? -1 : numberEnd(text, second + 1);
  if (third < 0 || text.length > LONGEST) return null;
  let prerelease = '';
  if (third < text.length) {
    const suffix = SUFFIX.exec(text.slice(third));
    if (suffix === null) return null;
    prerelease = suffix[1] ?? '';
  }
  return {
    text,
    major: numberIn(text, 0, first),
    minor: numberIn(text, first + 1, second),
    patch: numberIn(text, second + 1, third),
    prerelease,
  };
}

const DOT = 46;
const ZERO = 48;

/** Where the number that begins there ends; -1 where none does, or one with a leading zero. */
function numberEnd(text: string, start: number): number {
  let at = start;
  for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(at) - ZERO) {
    at += 1;
    if (at - start > MOST_DIGITS) return -1;
  }
  return at === start || (at > start + 1 && text.charCodeAt(start) === ZERO) ? -1 : at;
}

function numberIn(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at += 1) number = number * 10 + text.charCodeAt(at) - ZERO;
  return number;
}

/** Order of two versions as `sort` wants it, by SemVer's precedence. Text that is no version sorts below every version. */
export function compareVersions(one: string, other: string): number {
  const a = parse(one);
  const b = parse(other);
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareRead(a, b);
}

/** Newest first, each once; text that is no version is left out. */
export function sortNewestFirst(versions: Iterable<string>): string[] {
  const read: Version[] = [];
  for (const text of new Set(versions)) {
    const version = readVersion(text);
    if (version !== null) read.push(version);
  }
  return read.sort((a, b) => compareRead(b, a)).map(({ text }) => text);
}

export function compareRead(a: Version, b: Version): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || comparePrereleases(a.prerelease, b.prerelease);
}

export function isPrerelease(version: string): boolean {
  return (readVersion(version)?.prerelease ?? '') !== '';
}

/** The version that a prerelease prepares; a stable version is its own. */
export function baseOf(version: string): string {
  const { major, minor, patch } = mustRead(version);
  return `${major}.${minor}.${patch}`;
}

export function isWithin(version: string, range: Range): boolean {
  const base = baseOf(version);
  return compareVersions(base, baseOf(range.min)) >= 0 && (range.below === null || compareVersions(base, baseOf(range.below)) < 0);
}

/** The strongest of many; `none` of none. */
export function maxBump(bumps: Iterable<Bump>): Bump {
  let most = 0;
  for (const bump of bumps) most = Math.max(most, BUMPS.indexOf(bump));
  return BUMPS[most] as Bump;
}

/** The next version at that level; a prerelease goes to the stable version it prepares where that is enough. */
export function raise(version: string, bump: Exclude<Bump, 'none'>): string {
  const { major, minor, patch, prerelease } = mustRead(version);
  const prepares = prerelease !== '';
  if (bump === 'major') return prepares && minor === 0 && patch === 0 ? `${major}.0.0` : `${major + 1}.0.0`;
  if (bump === 'minor') return prepares && patch === 0 ? `${major}.${minor}.0` : `${major}.${minor + 1}.0`;
  return prepares ? `${major}.${minor}.${patch}` : `${major}.${minor}.${patch + 1}`;
}

/** At which level two versions differ, whichever is higher; prereleases count as what they prepare. */
export function levelBetween(one: string, other: string): Bump {
  const a = mustRead(one);
  const b = mustRead(other);
  if (a.major !== b.major) return 'major';
  if (a.minor !== b.minor) return 'minor';
  return a.patch === b.patch ? 'none' : 'patch';
}

/**
 * What people did when they released `to` after `from`: skipped numbers keep their level (1.2.3 → 1.5.0 is minor), a release of a
 * prerelease is what its number says (1.3.0-rc.2 → 1.3.0 is minor), and an older or equal number is `backwards`.
 */
export function diffBump(from: string, to: string): Bump | 'prerelease' | 'backwards' {
  const a = mustRead(from);
  const b = mustRead(to);
  if (compareRead(a, b) >= 0) return 'backwards';
  if (b.prerelease !== '') return 'prerelease';
  const level = levelBetween(from, to);
  if (level !== 'none') return level;
  if (b.patch > 0) return 'patch';
  return b.minor > 0 ? 'minor' : 'major';
}

/** What a bump comes to: before 1.0 the policy says it, after it stays what it is. A first release has nothing to be raised from. */
export function effectiveBump(bump: Bump, last: string | null, before1: ReleasePolicy['before1']): Bump {
  if (last === null || mustRead(last).major > 0) return bump;
  if (bump === 'major') return before1.breaking;
  return bump === 'minor' ? before1.feature : bump;
}

/** True unless the number is free: the same version with other build metadata is the same release to SemVer. */
export function isTaken(version: string, existing: readonly string[]): boolean {
  const plain = version.replace(/\+.*$/s, '');
  return existing.some((other) => other.startsWith(plain) && (other.length === plain.length || other[plain.length] === '+'));
}

/** A version that a person asks for, held against what is out: it may skip numbers, never go back, repeat or leave the line. */
export function releaseAs(
  requested: string,
  line: { readonly last: string | null; readonly existing: readonly string[]; readonly range: Range },
): { readonly version: string } | Objection {
  const version = requested.trim().replace(/^[vV](?=\d)/, '');
  if (readVersion(version) === null) {
    return {
      code: 'release-as-invalid',
      says: `${quote(requested)} is not a semantic version; write it like 1.4.0, v1.4.0 or 1.4.0-rc.1.`,
    };
  }
  if (line.last !== null && compareVersions(version, line.last) <= 0) {
    const relation = compareVersions(version, line.last) === 0 ? 'is the last release itself' : `is below the last release, ${line.last}`;
    return { code: 'release-as-backwards', says: `${version} ${relation}; ask for a version above ${line.last}.` };
  }
  if (isTaken(version, line.existing)) {
    return { code: 'version-exists', says: `${version} exists already, outside this line's history; ask for a version that is free.` };
  }
  if (!isWithin(version, line.range)) {
    return {
      code: 'outside-range',
      says: `${version} is outside this line's range (${sayRange(line.range)}); release it from the line it belongs to.`,
    };
  }
  return { version };
}

/** `1.2.0 up to, not including, 2.0.0`. */
export function sayRange({ min, below }: Range): string {
  return below === null ? `${min} and above` : `${min} up to, not including, ${below}`;
}

/** https://semver.org/#spec-item-11: a stable version is above its prereleases, numbers are below words, more parts above fewer. */
function comparePrereleases(one: string, other: string): number {
  if (one === other) return 0;
  if (one === '' || other === '') return one === '' ? 1 : -1;
  const a = one.split('.');
  const b = other.split('.');
  for (const [index, part] of a.entries()) {
    const against = b[index];
    if (against === undefined) return 1;
    if (part !== against) return compareParts(part, against);
  }
  return -1;
}

function compareParts(a: string, b: string): number {
  const isNumber = /^\d+$/.test(a);
  if (isNumber !== /^\d+$/.test(b)) return isNumber ? -1 : 1;
  if (isNumber && a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

/** Tags and requests are read where they come in, so text that is no version here is a mistake of ours. */
function mustRead(text: string): Version {
  const version = parse(text);
  if (version === null) throw new Error(`not a version: ${quote(text)}`);
  return version;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
