// What release-drafter would draft: the categories that each merged pull request falls into, and the highest increment of them. Labels are
// not in a clone, so that what hangs on one is unknown, and its default is taken.

import type { Bump } from '../change.ts';
import { matchesGlob } from '../glob.ts';
import type { Unit } from '../unit.ts';
import { isPrerelease, raise } from '../version.ts';
import type { DrafterCategory, DrafterCondition, Increment } from './drafter-categories.ts';
import type { ReleaseDrafterRules } from './release-drafter.ts';
import type { Reading, ShadowRange, TheirRelease } from './shadow-reading.ts';

const RANK = { patch: 1, minor: 2, major: 3 } as const;

/** A condition that hangs on a label is neither met nor unmet here. */
type Met = 'yes' | 'no' | 'unknown';

/** What release-drafter would make of the range. */
export function shadowReleaseDrafter(rules: ReleaseDrafterRules, range: ShadowRange): TheirRelease {
  const readings = new Map<string, Reading>();
  const judged = range.units.filter((unit) => unit.pr !== null).map((unit) => judge(rules, unit));
  for (const { sha, reading } of judged) readings.set(sha, reading);
  for (const unit of range.units) {
    if (unit.pr === null) readings.set(unit.commit.sha, { bump: 'none', says: 'lists pull requests, and this commit belongs to none' });
  }
  // The default of the version resolver gives way to any of its categories that has a pull request, even to a lower one.
  const fallback = defaultOf(rules.categories);
  const resolved = highest(judged.map(({ resolver }) => resolver)) ?? fallback;
  const level = rules.fixed ?? highest([resolved, ...judged.map(({ changelog }) => changelog)]) ?? 'patch';
  const hidden = judged.some(({ reading }) => reading.bump === null) && rules.fixed === null;
  const because: string[] = [];
  if (rules.fixed !== null) because.push(`Its tag template makes every release a ${rules.fixed} release.`);
  if (judged.length === 0) because.push('It finds no pull request, and drafts a release all the same.');
  const version = versionOf(rules, range, level);
  because.push(`${range.last ?? '0.0.0'} raised by a ${level} release is ${version}.`);
  const blind = hidden
    ? [`Labels are not in a clone, so what they say is not counted: where nothing else decides it takes its default, ${fallback}.`]
    : [];
  return { package: null, version, bump: level, because, readings, blind, unknown: false };
}

function highest(levels: readonly (Increment | null)[]): Increment | null {
  let most: Increment | null = null;
  for (const level of levels) if (level !== null && (most === null || RANK[level] > RANK[most])) most = level;
  return most;
}

/** One pull request among the categories. */
interface Judged {
  readonly sha: string;
  /** The level of the changelog categories that have it, and of the resolver's; null where none has. */
  readonly changelog: Increment | null;
  readonly resolver: Increment | null;
  readonly reading: Reading;
}

function judge(rules: ReleaseDrafterRules, unit: Unit): Judged {
  const of = (type: DrafterCategory['type']) => rules.categories.filter((one) => one.type === type);
  const nothing = { sha: unit.commit.sha, changelog: null, resolver: null };
  const include = of('pre-include').map((one) => matchOf(one, unit));
  const exclude = of('pre-exclude').map((one) => matchOf(one, unit));
  if (include.length > 0 && include.every((met) => met === 'no'))
    return { ...nothing, reading: { bump: 'none', says: 'leaves it out: no category lets it in' } };
  if (exclude.includes('yes')) return { ...nothing, reading: { bump: 'none', says: 'leaves it out: a category excludes it' } };
  const changelog = sortInto(of('changelog'), unit);
  const resolver = sortInto(of('version-resolver'), unit);
  const rest = of('changelog').find((one) => one.when.length === 0);
  const uncategorised = changelog.by === null && !changelog.hidden && rest !== undefined ? rest : null;
  const found = {
    ...nothing,
    changelog: changelog.by?.increment ?? uncategorised?.increment ?? null,
    resolver: resolver.by?.increment ?? null,
  };
  const hidden = changelog.hidden || resolver.hidden || exclude.includes('unknown') || (include.length > 0 && !include.includes('yes'));
  if (hidden) {
    const byLabel = rules.categories.some((one) => matchOf(one, unit) === 'unknown' && one.when.some(({ labels }) => labels.length > 0));
    const says = byLabel ? 'goes by its labels, which are not in a clone' : 'goes by its paths, which were not read';
    return { ...found, reading: { bump: null, says } };
  }
  const bump = highest([found.changelog, found.resolver ?? defaultOf(rules.categories)]) ?? 'patch';
  const by = [changelog.by, resolver.by, uncategorised].find((one) => one?.increment === bump) ?? null;
  const says =
    by === null
      ? `has it in no category of that level, and takes ${bump} by default`
      : `has it in \`${by.title ?? by.at}\`, which makes a ${bump} release`;
  return { ...found, reading: { bump, says } };
}

/** The category of the highest level that has it, up to the first that keeps it for itself. */
function sortInto(categories: readonly DrafterCategory[], unit: Unit): { readonly by: DrafterCategory | null; readonly hidden: boolean } {
  let by: DrafterCategory | null = null;
  let hidden = false;
  for (const category of categories) {
    if (category.when.length === 0) continue;
    const met = matchOf(category, unit);
    if (met === 'unknown') hidden = true;
    if (met !== 'yes') continue;
    if (by === null || RANK[category.increment] > RANK[by.increment]) by = category;
    if (category.exclusive) break;
  }
  return { by, hidden };
}

function defaultOf(categories: readonly DrafterCategory[]): Increment {
  return categories.find((one) => one.type === 'version-resolver' && one.when.length === 0)?.increment ?? 'patch';
}

function matchOf({ when }: DrafterCategory, unit: Unit): Met {
  const met = when.map((condition) => meets(condition, unit));
  if (met.length === 0 || met.includes('yes')) return 'yes';
  return met.includes('unknown') ? 'unknown' : 'no';
}

function meets({ labels, paths, pathsMode, conventional }: DrafterCondition, unit: Unit): Met {
  const parts: Met[] = [];
  if (conventional !== null) parts.push(isTitle(conventional, unit) ? 'yes' : 'no');
  if (paths.length > 0) parts.push(touches(paths, pathsMode, unit));
  if (labels.length > 0) parts.push('unknown');
  if (parts.includes('no')) return 'no';
  return parts.includes('unknown') ? 'unknown' : 'yes';
}

const TITLE = /^(\w*)(?:\((.*)\))?(!?): (.*)$/;

function isTitle({ types, scopes, breaking }: NonNullable<DrafterCondition['conventional']>, { message }: Unit): boolean {
  const title = TITLE.exec(message.title);
  const type = title?.[1] ?? '';
  if (title === null || type === '') return false;
  return (
    (types.length === 0 || types.includes(type)) &&
    (scopes.length === 0 || (title[2] !== undefined && scopes.includes(title[2]))) &&
    (breaking === null || breaking === (title[3] === '!'))
  );
}

function touches(paths: readonly string[], mode: DrafterCondition['pathsMode'], { commit, brought }: Unit): Met {
  const lists = [commit, ...brought].map(({ files }) => files);
  if (lists.every((files) => files === undefined)) return 'unknown';
  const files = [...new Set(lists.flatMap((list) => list ?? []))];
  const hits = (path: string) => files.filter((file) => matchesPath(path, file));
  const all = paths.every((path) => hits(path).length > 0);
  const only = files.length > 0 && files.every((file) => paths.some((path) => matchesPath(path, file)));
  if (mode === 'all') return all ? 'yes' : 'no';
  if (mode === 'only') return only ? 'yes' : 'no';
  if (mode === 'exactly') return all && only ? 'yes' : 'no';
  return paths.some((path) => hits(path).length > 0) ? 'yes' : 'no';
}

/** As .gitignore reads a pattern: a name without a slash in any folder, and a folder with all that it holds. */
function matchesPath(pattern: string, file: string): boolean {
  const bare = pattern.replace(/^\//, '').replace(/\/$/, '');
  const anchored = pattern.startsWith('/') || bare.includes('/') ? [bare] : [bare, `**/${bare}`];
  return anchored.some((glob) => matchesGlob(glob, file) || matchesGlob(`${glob}/**`, file));
}

function versionOf(rules: ReleaseDrafterRules, { last, stable }: ShadowRange, level: Exclude<Bump, 'none'>): string {
  if (!rules.prerelease || rules.identifier === null)
    return raise(last !== null && isPrerelease(last) ? (stable ?? '0.0.0') : (last ?? '0.0.0'), level);
  const from = last ?? '0.0.0';
  if (!isPrerelease(from)) return `${raise(from, level)}-${rules.identifier}.0`;
  const counted = /^(.*-)([0-9A-Za-z-]{1,100})\.(\d{1,9})$/.exec(from);
  if (counted?.[2] === rules.identifier) return `${counted[1]}${rules.identifier}.${Number(counted[3]) + 1}`;
  return `${from.replace(/-.*$/s, '')}-${rules.identifier}.0`;
}
