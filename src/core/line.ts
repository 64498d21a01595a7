// Release lines: which branch is one, which versions it owns, which changes it takes, and what to say when they do not fit.

import type { Bump, Objection } from './change.ts';
import { capOfOldLine, floorOfMain, RELEASING, type Slot, slotOf, windowOf } from './line-range.ts';
import { type Pattern, readPattern } from './pattern.ts';
import type { LinePolicy } from './policy.ts';
import { compareRead, compareVersions, isWithin, levelBetween, type Range, raise, readVersion, sayRange, type Version } from './version.ts';

export interface Line {
  /** The branch. */
  readonly name: string;
  readonly kind: 'main' | 'maintenance' | 'prerelease';
  readonly range: Range;
  /** Identifier of its prereleases; null where it makes stable versions. */
  readonly prerelease: string | null;
  readonly accepts: readonly Bump[];
}

/** A line among the others of its repository. */
export interface PlacedLine extends Line {
  readonly others: readonly Line[];
  /** Identifiers of the policy's prerelease lines: versions so named prepare a release, they do not take its number. */
  readonly channels: readonly string[];
}

export interface LineFound {
  /** Null where the branch is no release line. */
  readonly line: PlacedLine | null;
  /** One sentence: what the branch is, and why. */
  readonly says: string;
  /** What is wrong with the policy's lines, each a sentence. */
  readonly problems: readonly string[];
}

export interface LineFacts {
  /** The policy's lines; none: the default branch, and every branch named like a maintenance line. */
  readonly lines: readonly LinePolicy[];
  /** Null where it could not be seen: then `main` and `master` count as it. */
  readonly defaultBranch: string | null;
  /** Every branch of the repository, without a remote's name. */
  readonly branches: readonly string[];
}

/** What a branch is to releases. `next`, `beta` and other channels are lines only where the policy says so. */
export function lineOf(branch: string, facts: LineFacts): LineFound {
  const { rules, problems } = readRules(facts);
  const role = roleOf(branch, facts, rules);
  if (role === null) return { line: null, says: `${branch} is not a release line: ${sayWhyNot(branch, rules)}.`, problems };
  // Only branches with numbers in their names and the likely main lines are others: a repository may have thousands of branches.
  const names = new Set([...facts.branches.filter((name) => slotOf(name) !== null), ...mainNames(facts)]);
  const roles = [...names].filter((name) => name !== branch).flatMap((name) => roleOf(name, facts, rules) ?? []);
  const slots = [role, ...roles].flatMap(({ slot }) => slot ?? []);
  const channels = rules.flatMap(({ prerelease }) => prerelease ?? []);
  const line = { ...lineFrom(role, slots), others: roles.map((other) => lineFrom(other, slots)), channels };
  return { line, says: sayLine(line), problems };
}

/** Versions to try as the base of the next release, newest first: the first that the branch's history holds is it. */
export function baseCandidates(line: Line, versions: Iterable<string>): string[] {
  const candidates: Version[] = [];
  for (const text of new Set(versions)) {
    const version = readVersion(text);
    if (version !== null && isCandidate(version, line)) candidates.push(version);
  }
  return candidates.sort((a, b) => compareRead(b, a)).map(({ text }) => text);
}

/** The first of `baseCandidates`, which most often is the base: without putting thousands in order. */
export function newestCandidate<T extends { readonly version: Version }>(line: Line, tags: Iterable<T>): T | null {
  let newest: T | null = null;
  for (const tag of tags) {
    if ((newest === null || compareRead(tag.version, newest.version) > 0) && isCandidate(tag.version, line)) newest = tag;
  }
  return newest;
}

function isCandidate({ major, minor, patch, prerelease }: Version, { range, prerelease: channel }: Line): boolean {
  if (range.below !== null && compareVersions(`${major}.${minor}.${patch}`, range.below) >= 0) return false;
  return prerelease === '' || (channel !== null && isOfChannel(prerelease, channel));
}

/** Only the highest stable version there is may be called latest: an old line never takes the word from a newer one. */
export function takesLatest(version: string, versions: Iterable<string>): boolean {
  const own = readVersion(version);
  if (own === null || own.prerelease !== '') return false;
  for (const text of versions) {
    const other = readVersion(text);
    if (other !== null && other.prerelease === '' && compareRead(other, own) > 0) return false;
  }
  return true;
}

/** What is known besides the line when a bump is held against it. */
export interface Seen {
  /** The version it would be, where that is more than `last` raised by the bump: a promotion, a `release-as`. */
  readonly version?: string;
  /** Versions outside the line's history; those that are not above `last` do not matter. */
  readonly elsewhere?: readonly string[];
  /** The commits that ask for the bump. */
  readonly shas?: readonly string[];
}

/** Null where the line takes a release of that (effective) bump after `last`; else what does not fit, why, and what would. */
export function accepts(line: PlacedLine, last: string | null, bump: Bump, seen: Seen = {}): Objection | null {
  if (bump === 'none') return null;
  const version = seen.version ?? (last === null ? null : raise(last, bump));
  const about = seen.shas === undefined ? {} : { shas: seen.shas };
  if (line.kind === 'maintenance' && !line.accepts.includes(bump)) {
    const what = `${line.name} takes ${sayBumps(line.accepts)} releases only (${sayRange(line.range)}), but these changes ask for a ${bump} release`;
    return {
      code: 'feature-on-maintenance-line',
      says: `${what}${version === null ? '' : `, ${version}`}. ${sayWhere(line, version, bump)}`,
      ...about,
    };
  }
  const outside = version === null ? sayNothingToMaintain(line) : sayOutside(line, last, bump, version, seen.elsewhere ?? []);
  return outside === null ? null : { code: 'outside-range', says: outside, ...about };
}

function sayNothingToMaintain(line: PlacedLine): string | null {
  if (line.kind !== 'maintenance') return null;
  return `${line.name} maintains ${sayRange(line.range)}, but its history holds no release. Cut it from the release it is to maintain, or fetch the tags if they are missing here.`;
}

function sayOutside(line: PlacedLine, last: string | null, bump: Bump, version: string, elsewhere: readonly string[]): string | null {
  if (!isWithin(version, line.range)) {
    return `${version} is outside the range of ${line.name} (${sayRange(line.range)}). ${sayWhere(line, version, bump)}`;
  }
  if (line.kind === 'prerelease') return null;
  const floor = line.kind === 'main' && last !== null ? floorOfMain(last, line.others, elsewhere) : null;
  if (floor !== null && compareVersions(version, floor.min) < 0) {
    const { name, range } = floor.owner;
    return `${version} belongs to ${name} (${sayRange(range)}). Release it from there, or ask for ${floor.min} or more with release-as.`;
  }
  const isFree = (other: string): boolean => isPromise(other, line.channels) || (floor !== null && compareVersions(other, floor.min) < 0);
  const binding = floor === null && line.channels.length === 0 ? elsewhere : elsewhere.filter((other) => !isFree(other));
  const cap = capOfOldLine(last, binding);
  const level = last === null ? bump : levelBetween(last, version);
  if (cap.below === null || cap.permits.includes(level)) return null;
  return `${version} does not fit on ${line.name}: ${cap.says} Merge the newer releases into ${line.name}, or release from a newer line.`;
}

function sayWhere(line: PlacedLine, version: string | null, bump: Bump): string {
  const takers = line.others.filter((other) => {
    if (!other.accepts.includes(bump) || other.kind === 'prerelease') return false;
    // A fix is for the line that has its number; main takes features under the number that comes next there.
    return other.kind === 'main' ? bump !== 'patch' : version === null || isWithin(version, other.range);
  });
  if (takers.length === 0) return 'No other line is known that would take it: take the change back, or classify it anew.';
  const names = takers.slice(0, 5).map(({ name }) => name);
  return `${names.join(' or ')} would take it: move the change there, or classify it anew.`;
}

function sayBumps(bumps: readonly Bump[]): string {
  return bumps.length > 2 ? `${bumps.slice(0, -1).join(', ')} and ${bumps.at(-1)}` : bumps.join(' and ');
}

function sayLine({ name, kind, range, prerelease, accepts }: Line): string {
  if (kind === 'prerelease') return `${name} makes ${prerelease} prereleases.`;
  const takes = `${name} takes ${sayBumps(accepts)} releases`;
  return kind === 'maintenance' || range.below !== null ? `${takes} from ${sayRange(range)}.` : `${takes}.`;
}

function sayWhyNot(branch: string, rules: readonly Rule[]): string {
  if (rules.length === 0) return 'it is neither the default branch nor named like 1.x, 1.2.x or release-1.2';
  return rules.some((rule) => rule.matches(branch))
    ? "its prerelease identifier in the policy's lines is not valid"
    : "none of the policy's lines matches it";
}

interface Rule {
  readonly matches: (branch: string) => boolean;
  readonly prerelease: string | null;
  /** A broken rule still takes its branches, so that they do not fall to a rule that would release them in another way. */
  readonly broken: boolean;
}

function readRules({ lines, branches }: LineFacts): { readonly rules: readonly Rule[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const rules = lines.map(({ branch, prerelease = null }): Rule => {
    const pattern: Pattern = isPlain(branch) ? { matches: () => false, problem: null } : readPattern(branch);
    if (pattern.problem !== null && !branches.includes(branch))
      problems.push(`The line ${JSON.stringify(branch)} is refused: ${pattern.problem}.`);
    const broken = prerelease !== null && readVersion(`1.0.0-${prerelease}.1`) === null;
    if (broken)
      problems.push(`The line ${JSON.stringify(branch)} cannot make versions like 1.0.0-${prerelease}.1: use letters, digits and hyphens.`);
    return { matches: (name) => name === branch || (pattern.problem === null && pattern.matches(name)), prerelease, broken };
  });
  return { rules, problems };
}

function isPlain(branch: string): boolean {
  return /^[\w/-]*$/.test(branch);
}

interface Role {
  readonly name: string;
  readonly kind: Line['kind'];
  readonly prerelease: string | null;
  readonly slot: Slot | null;
}

function roleOf(name: string, facts: LineFacts, rules: readonly Rule[]): Role | null {
  const slot = slotOf(name);
  const isDefault = facts.defaultBranch === null ? name === 'main' || name === 'master' : name === facts.defaultBranch;
  const maintains = slot !== null && !isDefault;
  if (facts.lines.length === 0)
    return isDefault || maintains ? { name, kind: maintains ? 'maintenance' : 'main', prerelease: null, slot } : null;
  const rule = rules.find(({ matches }) => matches(name));
  if (rule === undefined || rule.broken) return null;
  const kind = rule.prerelease !== null ? 'prerelease' : maintains ? 'maintenance' : 'main';
  return { name, kind, prerelease: rule.prerelease, slot };
}

/** The default branch, and the lines that the policy names in full. */
function mainNames({ lines, defaultBranch, branches }: LineFacts): string[] {
  const named = [...(defaultBranch === null ? ['main', 'master'] : [defaultBranch]), ...lines.map(({ branch }) => branch)];
  return named.filter((name) => name === defaultBranch || branches.includes(name));
}

function lineFrom({ name, kind, prerelease, slot }: Role, slots: readonly Slot[]): Line {
  if (slot === null) return { name, kind, prerelease, range: { min: '0.0.0', below: null }, accepts: RELEASING };
  return { name, kind, prerelease, range: windowOf(slot, slots), accepts: slot.minor === null ? ['patch', 'minor'] : ['patch'] };
}

function isPromise(version: string, channels: readonly string[]): boolean {
  const prerelease = version.includes('-') ? (readVersion(version)?.prerelease ?? '') : '';
  return prerelease !== '' && channels.some((channel) => isOfChannel(prerelease, channel));
}

/** `rc.1` and `rc1` are of the channel `rc`. */
function isOfChannel(prerelease: string, channel: string): boolean {
  return prerelease.startsWith(channel) && /^(?:$|[.\d])/.test(prerelease.slice(channel.length));
}
