// A range of commits → the changes it holds, each once: pull requests put together from their merges, reverts paired with what they take
// back, release commits and duplicates left out with the reason. The range is a set; nothing here goes by date.

import type { Change, Commit, DependencyBump, Excluded, Person, Proposal } from './change.ts';
import { classifyMessage, type Words } from './classify.ts';
import { readDependencyBump } from './dependency.ts';
import { type Message, readMessage } from './message.ts';
import type { Policy } from './policy.ts';
import { isReleaseTitle, releasedVersion } from './release-title.ts';
import { type Left, pairReverts } from './revert.ts';
import { nameOf, type Unit, type Units, unitsOf } from './unit.ts';

export interface HistoryInput {
  /** The commits of `base..head`, children before parents. */
  readonly commits: readonly Commit[];
  readonly head: string;
  readonly policy: Policy;
  /** SHAs named as picked from that the last release already contains. */
  readonly released?: ReadonlySet<string>;
  /** Commit → the commit with the same patch that this line has already, from patch-ids. */
  readonly twins?: ReadonlyMap<string, string>;
  /** Paths of commits that were read apart from the range, by SHA. */
  readonly files?: ReadonlyMap<string, readonly string[]>;
  /** Changes of an earlier judgement by SHA, which stand: only what `files` are about is judged again. */
  readonly judged?: ReadonlyMap<string, Change>;
}

export interface History {
  /** Newest first. */
  readonly changes: readonly Change[];
  readonly excluded: readonly Excluded[];
  /** Source branches of the merges that brought in other pull requests, such as `next`. */
  readonly integrated: readonly string[];
  /** Versions that release commits in the range name. */
  readonly announced: readonly string[];
  /** A `Release-As` footer in the range, the newest. */
  readonly releaseAs: string | null;
}

/** Reads the history of a range. */
export function readHistory(input: HistoryInput): History {
  return judgeUnits(unitsOf(input.commits, input.head), input);
}

/** What `unitsOf` found, judged by a policy; reading once and judging often is how a policy is learnt. */
export function judgeUnits({ units, integrated }: Units, input: Omit<HistoryInput, 'commits' | 'head'>): History {
  const cancelled = pairReverts(units);
  const trust = isConventional(units) ? 'tame' : 'full';
  const seen = new Map<string, Unit>();
  const changes: Change[] = [];
  const excluded: Excluded[] = [];
  const announced: string[] = [];
  let releaseAs: string | null = null;
  if (units.some((unit) => unit.message.pickedFrom.length > 0)) {
    for (const unit of units) {
      seen.set(unit.commit.sha, unit);
      for (const one of unit.brought) seen.set(one.sha, unit);
    }
  }
  units.forEach((unit, index) => {
    releaseAs ??= unit.message.releaseAs ?? askedIn(unit);
    const version = releasedVersion(unit.message.title);
    if (version !== null) announced.push(version);
    const left = cancelled.get(index) ?? leaveOut(unit, input, seen);
    if (left !== null) {
      excluded.push({ sha: unit.commit.sha, pr: unit.pr, title: unit.message.title, ...left });
      return;
    }
    const change = input.judged?.get(unit.commit.sha) ?? judge(unit, input, trust);
    if (change.classification.status === 'excluded') {
      const says = change.classification.because[0]?.says ?? 'it is not for a release';
      excluded.push({ sha: change.sha, pr: change.pr, title: change.title, code: 'no-release', says });
    } else changes.push(change);
  });
  return { changes, excluded, integrated, announced, releaseAs };
}

/** What a commit that a merge or a rebase brought asks for: a footer counts wherever in the range it stands. */
function askedIn({ brought, commit }: Unit): string | null {
  for (const one of brought) {
    if (one === commit || !RELEASE_AS.test(one.body)) continue;
    const { releaseAs } = readMessage(one.subject, one.body);
    if (releaseAs !== null) return releaseAs;
  }
  return null;
}

const RELEASE_AS = /^release-as\b/im;

function leaveOut(unit: Unit, input: Omit<HistoryInput, 'commits' | 'head'>, seen: ReadonlyMap<string, Unit>): Left | null {
  if (isReleaseTitle(unit.message.title) && unit.message.breaking.length === 0) {
    return { code: 'release-commit', says: 'it is the commit of a release, not a change' };
  }
  for (const sha of unit.message.pickedFrom) {
    const original = seen.get(sha);
    if (original !== undefined && original !== unit)
      return { code: 'duplicate', says: `it is ${nameOf(original)} again, picked into the same range` };
    if (input.released?.has(sha))
      return { code: 'already-released', says: `it was picked from ${sha.slice(0, 7)}, which the last release contains` };
  }
  const twin = input.twins?.get(unit.commit.sha);
  if (twin !== undefined)
    return { code: 'already-released', says: `its patch is that of ${twin.slice(0, 7)}, which this line has already` };
  return null;
}

/** True if at least half of what people wrote follows the convention: an untyped title there is no claim to be a feature. */
function isConventional(units: readonly Unit[]): boolean {
  let said = 0;
  let all = 0;
  for (const { message } of units) {
    if (message.revert !== null || isReleaseTitle(message.title)) continue;
    all += 1;
    if (message.statements[0]?.where === 'header') said += 1;
  }
  return said * 2 >= all && all > 0;
}

function judge(unit: Unit, input: Omit<HistoryInput, 'commits' | 'head'>, trust: Words): Change {
  const { policy } = input;
  const { commit, message } = unit;
  const files = commit.files ?? input.files?.get(commit.sha);
  const again = relanded(message);
  const proposal: { -readonly [K in keyof Proposal]: Proposal[K] } = { title: again ?? message.title };
  if (unit.brought.length > 0) {
    const own = unit.brought.filter((one) => one.parents.length < 2);
    proposal.commits = own.map((one) => (one.body === '' ? one.subject : `${one.subject}\n\n${one.body}`));
  }
  if (unit.branch !== null) proposal.branch = unit.branch;
  if (files !== undefined) proposal.files = files;
  if (unit.pull !== undefined) {
    proposal.labels = unit.pull.labels;
    if (unit.pull.override !== undefined) proposal.override = unit.pull.override;
  }
  const classification = classifyMessage(again === null ? message : readMessage(again), proposal, policy.classify, trust);
  const [first] = message.statements;
  return {
    sha: commit.sha,
    pr: unit.pr,
    title: message.title,
    subject: message.subject,
    scope: first?.where === 'header' ? first.scope : null,
    classification,
    authors: authorsOf(unit),
    references:
      message.references.length === 0
        ? message.references
        : message.references.filter((one) => one.owner !== null || one.repository !== null || !message.prs.includes(one.number)),
    advisories: message.advisories,
    dependency: classification.subkind === 'dependency' || classification.subkind === 'security' ? dependencyOf(message) : null,
    upgrade: message.breaking,
    pickedFrom: message.pickedFrom,
    packages: packagesOf(unit, policy),
  };
}

/** `Revert "Revert "x""` and `Reapply "x"`, whose revert is not in the range, bring x back: they are what x was. */
function relanded(message: Message): string | null {
  if (!message.title.startsWith('Re')) return null;
  const twice = /^Revert "Revert "(.+)""$/.exec(message.title) ?? /^Reapply "(.+)"$/.exec(message.title);
  return twice?.[1] ?? null;
}

function dependencyOf(message: Message): DependencyBump | null {
  return readDependencyBump(message.title) ?? (message.subject === message.title ? null : readDependencyBump(message.subject));
}

function authorsOf(unit: Unit): Person[] {
  if (unit.pull === undefined && unit.brought.length === 0 && unit.message.coAuthors.length === 0) return [unit.commit.author];
  const found = new Map<string, Person>();
  const add = (who: Person) => {
    const key = (who.email ?? who.name).toLowerCase();
    if (!found.has(key)) found.set(key, who);
  };
  if (unit.pull !== undefined) add(unit.pull.author);
  if (unit.brought.length === 0) add(unit.commit.author);
  for (const one of unit.brought.toReversed()) if (one.parents.length < 2) add(one.author);
  if (found.size === 0) add(unit.commit.author);
  for (const who of unit.message.coAuthors) add(who);
  return [...found.values()];
}

const NO_PACKAGES: readonly string[] = [];

/** Names of the packages that the files of a commit lie in: the longest path wins. */
export function packagesOf({ commit, brought }: Unit, policy: Policy): readonly string[] {
  if (policy.packages.length === 0) return NO_PACKAGES;
  const files = commit.files ?? brought.flatMap((one) => one.files ?? []);
  const found = new Set<string>();
  for (const file of files) {
    let best: { name: string; path: string } | null = null;
    for (const one of policy.packages) {
      if ((one.path === '' || one.path === '.' || file.startsWith(`${one.path}/`)) && (best === null || one.path.length > best.path.length))
        best = one;
    }
    if (best !== null) found.add(best.name);
  }
  return [...found].sort();
}
