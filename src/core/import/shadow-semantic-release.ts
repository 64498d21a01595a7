// What semantic-release would release: its commit-analyzer's documented rules, with the defaults that its presets have. The default preset,
// angular, does not know `feat!:` at all. https://github.com/semantic-release/commit-analyzer#configuration

import type { Bump } from '../change.ts';
import { readPattern } from '../pattern.ts';
import { compareVersions, isPrerelease, maxBump, raise } from '../version.ts';
import { globPattern, isGlob } from './branches.ts';
import { LONGEST_MESSAGE, messageOf, type Reading, type ShadowRange, type TheirRelease } from './shadow-reading.ts';

/** One rule of `releaseRules`: what it asks of a commit besides `breaking` and `revert`, each a text with globs. */
export interface ReleaseRule {
  readonly release: string | false | null;
  readonly breaking: boolean;
  readonly revert: boolean;
  readonly match: Readonly<Record<string, unknown>>;
}

export interface SemanticReleaseRules {
  readonly tool: 'semantic-release';
  /** Null: a preset whose reading of messages is not known here. */
  readonly preset: 'angular' | 'conventionalcommits' | null;
  /** The preset's name as it is written. */
  readonly presetName: string;
  readonly releaseRules: readonly ReleaseRule[];
  /** `parserOpts.noteKeywords`; null: the preset's own. */
  readonly noteKeywords: readonly string[] | null;
  /** Why its rules cannot be followed from its configuration; null where they can. */
  readonly hidden: string | null;
  /** Prerelease branches as patterns, with the identifier of their versions. */
  readonly prereleases: readonly { readonly pattern: string; readonly id: string }[];
}

/** A commit as its parser gives it to the rules. */
export interface AnalyzedCommit {
  readonly header: string;
  readonly message: string;
  readonly type: string | null;
  readonly scope: string | null;
  readonly subject: string | null;
  readonly hash: string;
  readonly breaking: boolean;
  readonly revert: { readonly header: string; readonly hash: string } | null;
}

const ANGULAR = /^(\w*)(?:\((.*)\))?: (.*)$/;
const CONVENTIONAL = /^(\w*)(?:\((.*)\))?!?: (.*)$/;
const BANG = /^(\w*)(?:\((.*)\))?!: (.*)$/;

export function analyzeMessage(whole: string, hash: string, rules: SemanticReleaseRules): AnalyzedCommit {
  const message = whole.slice(0, LONGEST_MESSAGE).replace(/^[\r\n]+/, '');
  const lines = message.split(/\r?\n/);
  const header = lines[0] ?? '';
  const angular = rules.preset !== 'conventionalcommits';
  const parts = (angular ? ANGULAR : CONVENTIONAL).exec(header);
  const keywords = (rules.noteKeywords ?? (angular ? ['BREAKING CHANGE'] : ['BREAKING CHANGE', 'BREAKING-CHANGE'])).map((word) =>
    word.toLowerCase(),
  );
  const noted = lines.slice(1).some((line) => isNote(line, keywords));
  return {
    header,
    message,
    type: parts?.[1] || null,
    scope: parts?.[2] || null,
    subject: parts?.[3] || null,
    hash,
    breaking: noted || (!angular && BANG.test(header)),
    revert: readRevert(message, angular),
  };
}

/** `BREAKING CHANGE: …` in any case, after spaces, `|` and `*`, and followed by a colon or a space. */
function isNote(line: string, keywords: readonly string[]): boolean {
  const start = /^[\s|*]*/.exec(line)?.[0].length ?? 0;
  const rest = line.slice(start, start + 100).toLowerCase();
  return keywords.some((word) => word !== '' && rest.startsWith(word) && /[:\s]/.test(rest[word.length] ?? ''));
}

function readRevert(message: string, angular: boolean): AnalyzedCommit['revert'] {
  const start = /^(?:Revert|revert:)\s"?/i.exec(message)?.[0].length;
  if (start === undefined) return null;
  const told = (angular ? /This reverts commit (\w{7,40})\b/i : /This reverts commit (\w*)\./i).exec(message);
  if (told === null || told.index <= start) return null;
  return { header: message.slice(start, told.index).trimEnd().replace(/"$/, ''), hash: told[1] ?? '' };
}

/** Highest first, as its release types are compared. */
const TYPES: readonly unknown[] = ['major', 'premajor', 'minor', 'preminor', 'patch', 'prepatch', 'prerelease'];

const DEFAULT_RULES: readonly ReleaseRule[] = (
  [
    ['major', { breaking: true }],
    ['patch', { revert: true }],
    ['minor', { type: 'feat' }],
    ['patch', { type: 'fix' }],
    ['patch', { type: 'perf' }],
    ['minor', { type: 'FEAT' }],
    ['patch', { type: 'FIX' }],
  ] as const
).map(([release, rule]) => ({
  release,
  breaking: 'breaking' in rule,
  revert: 'revert' in rule,
  match: 'type' in rule ? { type: rule.type } : {},
}));

export interface Analysis {
  /** Undefined: no rule matches. False and null: a rule says that it makes no release. */
  readonly release: string | false | null | undefined;
  readonly rule: ReleaseRule | null;
  readonly own: boolean;
}

/** The release that one commit asks for: the configured rules', and where none of them matches the built-in ones'. */
export function analyzeCommit(commit: AnalyzedCommit, rules: readonly ReleaseRule[]): Analysis {
  const own = highest(commit, rules);
  if (own !== null) return { release: own.release, rule: own, own: true };
  const standard = highest(commit, DEFAULT_RULES);
  return { release: standard?.release, rule: standard, own: false };
}

function highest(commit: AnalyzedCommit, rules: readonly ReleaseRule[]): ReleaseRule | null {
  let found: ReleaseRule | null = null;
  for (const rule of rules) {
    if ((rule.breaking && !commit.breaking) || (rule.revert && commit.revert === null) || !isMatch(commit, rule.match)) continue;
    // `false` is taken over a type that was found before, and gives way to one that comes after: so it is there.
    if (found === null || !found.release || TYPES.indexOf(rule.release) < TYPES.indexOf(found.release)) found = rule;
    if (found.release === 'major') return found;
  }
  return found;
}

function isMatch(commit: AnalyzedCommit, match: ReleaseRule['match']): boolean {
  return Object.entries(match).every(([key, wanted]) => {
    const value = Object.hasOwn(commit, key) ? commit[key as keyof AnalyzedCommit] : undefined;
    return typeof value === 'string' && typeof wanted === 'string' ? isGlobMatch(wanted, value) : value === wanted;
  });
}

function isGlobMatch(glob: string, text: string): boolean {
  if (glob === text || !isGlob(glob)) return glob === text;
  const pattern = globPattern(glob);
  const read = pattern === null ? null : readPattern(pattern);
  return read !== null && read.problem === null && text !== '' && read.matches(text.slice(0, 255));
}

/** What semantic-release would make of the range. */
export function shadowSemanticRelease(rules: SemanticReleaseRules, range: ShadowRange): TheirRelease {
  const nothing = { package: null, version: null, bump: 'none', because: [], readings: new Map<string, Reading>(), blind: [] } as const;
  if (rules.hidden !== null) return { ...nothing, blind: [rules.hidden], unknown: true };
  const seen = range.commits.filter((commit) => messageOf(commit).trim() !== '');
  const commits = seen.map((commit) => analyzeMessage(messageOf(commit), commit.sha, rules));
  const readings = new Map<string, Reading>();
  const { kept, gone } = withoutReverted(commits.filter((one) => !SKIP.test(one.message)));
  for (const one of commits) readings.set(one.hash, { bump: 'none', says: 'leaves it out: its message says [skip release]' });
  for (const [hash, says] of gone) readings.set(hash, { bump: 'none', says });
  for (const one of kept) readings.set(one.hash, readingOf(one, rules));
  const bump = maxBump([...readings.values()].map((one) => one.bump ?? 'none'));
  if (bump === 'none')
    return { ...nothing, because: ['None of the commits matches a rule that makes a release.'], readings, unknown: false };
  const { version, because } = nextOf(rules, range, bump);
  return { ...nothing, version, bump, because, readings, unknown: false };
}

const SKIP = /\[skip\s{1,20}release\]|\[release\s{1,20}skip\]/i;

function readingOf(commit: AnalyzedCommit, rules: SemanticReleaseRules): Reading {
  const { release, rule, own } = analyzeCommit(commit, rules.releaseRules);
  if (rule === null || release === undefined) {
    if (commit.type === null && rules.preset === 'angular' && CONVENTIONAL.test(commit.header)) {
      return { bump: 'none', says: 'drops it: the angular preset has no `!`, so it sees no type there' };
    }
    return { bump: 'none', says: commit.type === null ? 'drops it: its title has no `type: `' : `has no rule for \`${commit.type}\`` };
  }
  const what = rule.breaking ? 'a breaking change' : rule.revert ? 'a revert' : ruleText(rule);
  const whose = own ? 'its releaseRules say that' : 'its rules say that';
  if (release === 'major' || release === 'minor' || release === 'patch')
    return { bump: release, says: `${whose} ${what} makes a ${release} release` };
  if (release === false || release === null) return { bump: 'none', says: `${whose} ${what} makes no release` };
  return { bump: 'none', says: `${whose} ${what} makes a ${release} release, which it then refuses` };
}

/** `type docs, scope README`. */
export function ruleText({ match }: Pick<ReleaseRule, 'match'>): string {
  const parts = Object.entries(match).map(([key, value]) => `${key} \`${String(value)}\``);
  return parts.length === 0 ? 'any commit' : parts.join(', ');
}

/** Newest first: a revert waits for the commit that it names by title and whole SHA, and both go. */
function withoutReverted(commits: readonly AnalyzedCommit[]): { kept: readonly AnalyzedCommit[]; gone: ReadonlyMap<string, string> } {
  const gone = new Map<string, string>();
  const waiting = new Map<string, AnalyzedCommit>();
  for (const commit of commits) {
    const revert = waiting.get(commit.hash);
    if (revert !== undefined && revert.revert?.header.trim() === commit.header.trim()) {
      waiting.delete(commit.hash);
      gone.set(commit.hash, `leaves it out: it was taken back by ${revert.hash.slice(0, 7)}`);
      gone.set(revert.hash, `leaves it out: it takes back ${commit.hash.slice(0, 7)}`);
    } else if (commit.revert !== null) waiting.set(commit.revert.hash, commit);
  }
  return { kept: commits.filter((one) => !gone.has(one.hash)), gone };
}

function nextOf(rules: SemanticReleaseRules, { last, stable, branch }: ShadowRange, bump: Bump): { version: string; because: string[] } {
  const id = rules.prereleases.find(({ pattern }) => matches(pattern, branch))?.id ?? null;
  const offered = id === null || last === null ? null : counterOf(last, id);
  const from = offered === null && last !== null && isPrerelease(last) ? stable : last;
  if (from === null) {
    const version = id === null ? '1.0.0' : `1.0.0-${id}.1`;
    return { version, because: [`Nothing was released before, so it begins with ${version}.`] };
  }
  const raised = raise(from, bump as Exclude<Bump, 'none'>);
  const because = [`${from} raised by a ${bump} release is ${raised}.`];
  if (id === null) return { version: raised, because };
  const first = `${raised}-${id}.1`;
  const version = offered !== null && compareVersions(offered, first) > 0 ? offered : first;
  return { version, because: [...because, `${branch} makes ${id} prereleases: ${version}.`] };
}

/** The prerelease after this one of the same name; null where it has another name. */
function counterOf(version: string, id: string): string | null {
  const at = version.indexOf(`-${id}.`);
  const counter = at < 0 ? '' : version.slice(at + id.length + 2);
  return /^\d{1,9}$/.test(counter) ? `${version.slice(0, at)}-${id}.${Number(counter) + 1}` : null;
}

function matches(pattern: string, branch: string): boolean {
  const read = readPattern(pattern);
  return read.problem === null && read.matches(branch);
}
