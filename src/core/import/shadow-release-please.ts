// What release-please would release: how it takes a message apart, which commits it shows, and what its versioning strategies make of them.
// https://github.com/googleapis/release-please/blob/main/docs/customizing.md#versioning-strategies

import type { Bump, Commit } from '../change.ts';
import { isPrerelease, levelBetween, maxBump, raise, readVersion } from '../version.ts';
import type { ReleasePleaseRules } from './release-please.ts';
import type { ReleasePleaseRule } from './release-please-package.ts';
import { LONGEST_MESSAGE, messageOf, type Reading, type ShadowRange, type TheirRelease } from './shadow-reading.ts';

/** One conventional commit that a message holds. */
export interface ConventionalCommit {
  readonly type: string;
  readonly breaking: boolean;
  readonly releaseAs: string | null;
}

export interface ReadConventional {
  readonly commits: readonly ConventionalCommit[];
  /** Why nothing was found, or why a part of the message was dropped; null where all was read. */
  readonly dropped: string | null;
}

const HEADER = /^([^\s()!:]+)(?:\(([^()\n]+)\))?(!|BREAKING[ -]CHANGE)?(:| #)[\t ]*(.*)$/;
const FOOTER = /^(?:BREAKING[ -]CHANGE|[^\s()!:]+(?:\([^()\n]+\))?!?)(?::| #)/;
/** A line that opens a parenthesis after a word and does not close it is an error to its grammar, and the whole message is dropped. */
const STUMBLES = /^[^\s()!:]+\([^()]*(?:\(|$)/;
const TYPES = 'feat|fix|docs|style|refactor|perf|test|build|ci|chore|revert';
const NEXT_MESSAGE = new RegExp(`^(?:${TYPES})(?:\\([^\\n]{0,400}?\\))?: `);

/** Takes a message apart as its parser does. */
export function readConventional(whole: string): ReadConventional {
  const commits: ConventionalCommit[] = [];
  let dropped: string | null = null;
  for (const message of splitMessages(overrideOf(whole.slice(0, LONGEST_MESSAGE)))) {
    const read = readOne(message.trim());
    if (typeof read === 'string') dropped ??= read;
    else commits.push(...read);
  }
  return { commits, dropped };
}

function overrideOf(message: string): string {
  const start = message.indexOf('BEGIN_COMMIT_OVERRIDE');
  if (start < 0) return message;
  const end = message.indexOf('END_COMMIT_OVERRIDE', start);
  const block = message.slice(start + 21, end < 0 ? undefined : end).trim();
  return block === '' ? message : block;
}

/** Nested commits are messages of their own, and so is each paragraph that begins with a type it knows. */
function splitMessages(whole: string): string[] {
  const [head = '', ...parts] = whole.split('BEGIN_NESTED_COMMIT');
  let main = head;
  const nested: string[] = [];
  for (const part of parts) {
    const end = part.indexOf('END_NESTED_COMMIT');
    nested.push(end < 0 ? part : part.slice(0, end));
    if (end >= 0) main += part.slice(end + 17);
  }
  const messages: string[] = [];
  for (const paragraph of main.split(/\r?\n\r?\n/)) {
    const last = messages.length - 1;
    if (last < 0 || NEXT_MESSAGE.test(paragraph)) messages.push(paragraph);
    else messages[last] += `\n\n${paragraph}`;
  }
  return [...messages, ...nested];
}

/** The commits of one message, or why it is dropped. */
function readOne(message: string): ConventionalCommit[] | string {
  const [title = '', ...rest] = message.split(/\r?\n/);
  const header = HEADER.exec(title);
  if (header === null) return 'drops it: its title is not `type: subject`';
  const lines = rest.filter((line) => line.trim() !== '');
  const bad = lines.find((line) => STUMBLES.test(line));
  if (bad !== undefined) return `drops it: its parser stumbles over the line \`${bad.length > 40 ? `${bad.slice(0, 39)}…` : bad}\``;
  const footers = footersFrom(lines);
  const found: ConventionalCommit[] = [];
  let releaseAs: string | null = null;
  let breaking = header[3] !== undefined && (header[5] ?? '').trim() !== '';
  for (const line of lines.slice(0, footers)) if (/^BREAKING[ -]CHANGE:/.test(line) || /BREAKING-CHANGE:\s*\S/.test(line)) breaking = true;
  for (const line of lines.slice(footers)) {
    if (/^BREAKING[ -]CHANGE(?::| #)/.test(line)) {
      breaking = true;
      continue;
    }
    if (/^release-as:/i.test(line)) releaseAs = line.slice(line.indexOf(':') + 1).trim();
    // A footer that reads as a commit is one more.
    const footer = HEADER.exec(line);
    if (footer !== null && footer[4] === ':') found.push({ type: footer[1] ?? '', breaking: footer[3] !== undefined, releaseAs: null });
  }
  return [...found, { type: header[1] ?? '', breaking, releaseAs }];
}

/** Where the footers begin: from there to the end each line is one, or goes on with one. */
function footersFrom(lines: readonly string[]): number {
  let from = lines.length;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const line = lines[at] as string;
    if (FOOTER.test(line)) from = at;
    else if (!/^[\t ]/.test(line)) break;
  }
  return from;
}

/** What release-please would make of the range, for each of its packages. */
export function shadowReleasePlease(rules: ReleasePleaseRules, rule: ReleasePleaseRule, range: ShadowRange): TheirRelease {
  const readings = new Map<string, Reading>();
  const found: ConventionalCommit[] = [];
  const blind: string[] = [];
  let shown = false;
  for (const commit of range.commits) {
    const inside = isInside(commit, rule, blind);
    if (inside !== true) {
      if (inside !== null) readings.set(commit.sha, { bump: 'none', says: inside });
      continue;
    }
    const { commits, dropped } = readConventional(messageOf(commit));
    found.push(...commits);
    const visible = commits.filter((one) => isShown(one, rule));
    shown ||= visible.length > 0;
    readings.set(commit.sha, readingOf(commits, visible, dropped));
  }
  if (rules.plugins.length > 0) {
    blind.push(`Its plugins ${rules.plugins.join(', ')} may change this version, which is not followed here.`);
  }
  const base = { package: rule.name, readings, blind: [...new Set(blind)], unknown: false };
  const last = rule.released ?? range.last;
  if (!shown && !(rule.githubNotes && found.length > 0)) {
    return { ...base, version: null, bump: 'none', because: ['None of the commits is one that it shows in its changelog.'] };
  }
  return { ...base, ...nextOf(rule, found, last) };
}

/** True where a commit counts to the package, else what keeps it out; null where it lies elsewhere. */
function isInside(commit: Commit, rule: ReleasePleaseRule, blind: string[]): true | string | null {
  if (rule.path === '.' && rule.excludePaths.length === 0) return true;
  const { files } = commit;
  if (files === undefined) {
    blind.push('The paths that its commits touch were not read, so all of them are counted to the package.');
    return true;
  }
  const within = files.filter((file) => rule.path === '.' || file.startsWith(`${rule.path}/`));
  // A commit without files counts to every package.
  if (within.length === 0 && (files.length > 0 || rule.path === '.')) return rule.path === '.' && files.length === 0 ? true : null;
  const excluded = rule.excludePaths.map((path) => path.replace(/^(?:\.?\/){1,10}|\/{1,10}$/g, ''));
  if (within.length > 0 && excluded.length > 0 && within.every((file) => excluded.some((path) => file.startsWith(`${path}/`)))) {
    return 'leaves it out: it touches nothing but `exclude-paths`';
  }
  return true;
}

function isShown({ type, breaking, releaseAs }: ConventionalCommit, rule: ReleasePleaseRule): boolean {
  if (breaking || releaseAs !== null) return true;
  const entry = rule.types.find((one) => one.type === type.toLowerCase());
  return entry !== undefined && !entry.hidden;
}

function bumpOf({ type, breaking }: ConventionalCommit): Exclude<Bump, 'none'> {
  if (breaking) return 'major';
  return type === 'feat' || type === 'feature' ? 'minor' : 'patch';
}

function readingOf(commits: readonly ConventionalCommit[], visible: readonly ConventionalCommit[], dropped: string | null): Reading {
  if (commits.length === 0) return { bump: 'none', says: dropped ?? 'drops it' };
  const asked = visible.find((one) => one.releaseAs !== null)?.releaseAs;
  if (asked !== undefined) return { bump: 'patch', says: `takes the version ${asked} from its Release-As footer` };
  if (visible.length === 0) {
    const types = [...new Set(commits.map((one) => one.type))].slice(0, 3).map((type) => `\`${type}\``);
    return { bump: 'none', says: `makes no release of ${types.join(', ')}, which its changelog does not show` };
  }
  const bump = maxBump(visible.map(bumpOf));
  const type = visible.find((one) => bumpOf(one) === bump)?.type ?? '';
  const more = commits.length > 1 ? `, one of ${commits.length} commits that it finds in the message` : '';
  if (bump === 'major') return { bump, says: `reads it as breaking${more}` };
  return { bump, says: `reads it as \`${type}\`, which makes a ${bump} release${more}` };
}

interface Next {
  readonly version: string | null;
  readonly bump: Bump;
  readonly because: readonly string[];
}

function nextOf(rule: ReleasePleaseRule, commits: readonly ConventionalCommit[], last: string | null): Next {
  const asked = rule.releaseAs ?? commits.find((one) => one.releaseAs !== null)?.releaseAs ?? null;
  if (asked !== null) {
    const version = asked.replace(/^v(?=\d)/, '');
    const bump = last === null || readVersion(version) === null ? 'patch' : levelBetween(last, version);
    return {
      version,
      bump,
      because: [
        `${version} is asked for by ${rule.releaseAs === null ? 'a Release-As footer' : '`release-as`'}; it does not look whether that is above the last release.`,
      ],
    };
  }
  if (last === null)
    return { version: rule.initial, bump: 'minor', because: [`Nothing was released before, so it begins with ${rule.initial}.`] };
  const most = maxBump(commits.map(bumpOf)) as Exclude<Bump, 'none'>;
  const before1 = last.startsWith('0.');
  let bump = most;
  if (most === 'major' && before1 && rule.bumpMinorPreMajor) bump = 'minor';
  if (most === 'minor' && before1 && rule.bumpPatchForMinorPreMajor) bump = 'patch';
  const forced = /^always-bump-(patch|minor|major)$/.exec(rule.versioning)?.[1] as Exclude<Bump, 'none'> | undefined;
  const because = forced === undefined ? [] : [`\`versioning: ${rule.versioning}\` makes every release a ${forced} release.`];
  if (forced === undefined && bump !== most) because.push(`Before 1.0 its settings make a ${most} change a ${bump} release.`);
  bump = forced ?? bump;
  const version = versionOf(rule, last, bump);
  return { version, bump, because: [...because, `${last} raised by a ${bump} release is ${version}.`] };
}

/** Its own strategies: the default one keeps a prerelease's suffix, whatever it raises. */
function versionOf(rule: ReleasePleaseRule, last: string, bump: Exclude<Bump, 'none'>): string {
  const read = readVersion(last);
  const [, suffix = ''] = /^[^-+]*-([^+]*)/.exec(last) ?? [];
  if (read === null) return last;
  const plain = `${read.major}.${read.minor}.${read.patch}`;
  if (rule.versioning === 'service-pack') {
    const counted = /sp\.(\d{1,9})/.exec(suffix);
    return `${plain}-sp.${counted === null ? 1 : Number(counted[1]) + 1}`;
  }
  if (rule.versioning !== 'prerelease') return `${raise(plain, bump)}${suffix === '' ? '' : `-${suffix}`}`;
  let next: string;
  if (!isPrerelease(last)) next = `${raise(plain, bump)}${rule.prereleaseType === null ? '' : `-${rule.prereleaseType}`}`;
  else if (bump === 'patch' || (read.patch === 0 && (bump === 'minor' || read.minor === 0))) next = `${plain}-${countedUp(suffix)}`;
  else next = `${raise(plain, bump)}-${suffix}`;
  return rule.prerelease ? next : next.replace(/-.*$/s, '');
}

/** `beta.1` → `beta.2`, `beta01` → `beta02`, `beta` → `beta.1`. */
function countedUp(suffix: string): string {
  const number = /^(.*?)(\d{1,9})(\D*)$/.exec(suffix.slice(0, 200));
  if (number === null) return `${suffix}.1`;
  const [, before = '', digits = '', after = ''] = number;
  return `${before}${String(Number(digits) + 1).padStart(digits.length, '0')}${after}`;
}
