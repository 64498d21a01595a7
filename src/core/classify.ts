// A change → maintenance, feature or none, and because of what. Every source is read alone, then the strongest wins; a stronger source may
// raise a kind in silence but never lower what a weaker one stated: that is disputed, for a person to settle.

import type { Bump, Classification, Evidence, Kind, Proposal, Source, Subkind } from './change.ts';
import { matchesGlob } from './glob.ts';
import { type Message, readMessage, type Statement } from './message.ts';
import { type ClassifyPolicy, DEFAULT_POLICY, type Meaning } from './policy.ts';
import { isReleaseTitle } from './release-title.ts';
import { isShownLabel, type Settled, settledAs, settledOf, settlingLabels } from './settled.ts';
import { meaningOfSchool, readWords } from './words.ts';

/** One source's word. A `guess` (words, branch, paths, default) yields to any statement and never disputes one. */
interface Reading {
  readonly source: Source;
  readonly means: Meaning;
  /** A breaking statement keeps the meaning of its type; `means` is then what it is besides. */
  readonly breaking: boolean;
  readonly guess: boolean;
  readonly says: string;
}

const RANK = { none: 0, maintenance: 1, feature: 2, breaking: 3 } as const;

/** How far the words of an unconventional title are trusted: `full`, or `tame` in a history that otherwise follows the convention. */
export type Words = 'full' | 'tame';

/** Classifies one change. Pure and total: any text gives an answer, in time linear in its length. */
export function classify(proposal: Proposal, policy: ClassifyPolicy = DEFAULT_POLICY.classify): Classification {
  return classifyMessage(readMessage(proposal.title, proposal.body), proposal, policy);
}

/** As `classify`, for a message that has been read already. */
export function classifyMessage(message: Message, proposal: Proposal, policy: ClassifyPolicy, trust: Words = 'full'): Classification {
  const { labels } = proposal;
  const settled = proposal.override ?? (labels === undefined || labels.length === 0 ? undefined : settledOf(labels, policy.labels));
  if (settled === 'contradictory') return conclude(contradiction(labels ?? [], policy), true, message);
  if (settled !== undefined) {
    const { as, by } = settled;
    return conclude([settledReading(as, by === undefined ? `settled as ${as}` : `settled as ${as} by ${by}`)], false, message);
  }
  const readings: Reading[] = [];
  if (proposal.labels !== undefined && proposal.labels.length > 0) readLabels(proposal.labels, policy, readings);
  readTitle(message, policy, trust, readings);
  if (proposal.commits !== undefined && proposal.commits.length > 0) readCommits(proposal.commits, policy, trust, readings);
  if (!readings.some((one) => !one.guess)) {
    if (proposal.branch !== undefined) readBranch(proposal.branch, policy, readings);
    if (proposal.files !== undefined && proposal.files.length > 0) readPaths(proposal.files, policy, readings);
  }
  if (readings.length === 0) {
    readings.push({
      source: 'default',
      means: policy.unrecognised,
      breaking: false,
      guess: true,
      says: `nothing says what it is, so it counts as ${policy.unrecognised}`,
    });
  }
  return settle(readings, message);
}

function settledReading(as: Settled['as'], says: string): Reading {
  return { source: 'override', means: as, breaking: as === 'breaking', guess: false, says };
}

function contradiction(labels: readonly string[], policy: ClassifyPolicy): Reading[] {
  const found = settlingLabels(labels, policy.labels).map((label) => {
    return settledReading(settledAs(label), `the label "${label}" settles it as ${settledAs(label)}`);
  });
  return strongestFirst(found);
}

function settle(readings: readonly Reading[], message: Message): Classification {
  let winner = readings[0] as Reading;
  let disputed = false;
  for (const one of readings) {
    if (one.guess || rankOf(one) <= rankOf(winner)) continue;
    // A guess is no statement, statements of one source add up, and a breaking mark in a commit is never talked down by the title above it.
    if (winner.guess || one.source === winner.source || (one.breaking && winner.source === 'title')) winner = one;
    else disputed = true;
  }
  // A title that only just misses the convention is neither acted on nor dropped: somebody has to say what it is.
  if (message.slip !== null && winner.guess && winner.source === 'title') disputed = true;
  return conclude([winner, ...readings.filter((one) => one !== winner)], disputed, message);
}

function conclude(readings: readonly Reading[], disputed: boolean, message: Message): Classification {
  const winner = readings[0] as Reading;
  const kind = winner.breaking ? 'feature' : kindOf(winner.means);
  const breaking = winner.breaking || winner.means === 'breaking';
  const because: Evidence[] = readings.map((one) => ({
    source: one.source,
    kind: one.breaking ? 'feature' : kindOf(one.means),
    breaking: one.breaking || one.means === 'breaking',
    says: one.says,
  }));
  for (const hint of message.hints) because.push({ source: 'title', kind, breaking: false, says: `hint: ${hint}` });
  const subkind = kind === 'maintenance' ? subkindOf(winner.means, readings, message) : null;
  return {
    status: disputed ? 'disputed' : kind === 'none' ? 'excluded' : 'classified',
    kind,
    subkind,
    breaking,
    bump: bumpOf(kind, breaking),
    section: breaking ? 'breaking' : kind === 'maintenance' ? (subkind ?? 'maintenance') : kind,
    because,
  };
}

function bumpOf(kind: Kind, breaking: boolean): Bump {
  if (breaking) return 'major';
  return kind === 'feature' ? 'minor' : kind === 'maintenance' ? 'patch' : 'none';
}

function kindOf(means: Meaning): Kind {
  if (means === 'none') return 'none';
  return means === 'feature' || means === 'breaking' ? 'feature' : 'maintenance';
}

function rankOf(one: Reading): number {
  return one.breaking ? RANK.breaking : one.means === 'breaking' ? RANK.breaking : RANK[kindOf(one.means)];
}

function subkindOf(means: Meaning, readings: readonly Reading[], message: Message): Subkind | null {
  // Any source that says security, and an advisory in the text, outweigh "bug": readers look for it first.
  if (message.advisories.length > 0 || readings.some((one) => one.means === 'security')) return 'security';
  const precise = [means, ...readings.map((one) => one.means)].find((one) => PRECISE.has(one));
  if (precise !== undefined) return precise as Subkind;
  return null;
}

const PRECISE: ReadonlySet<Meaning> = new Set([
  'security',
  'bug',
  'performance',
  'compatibility',
  'stability',
  'dependency',
  'documentation',
]);

/** Labels that mark an area or a bot's work rather than a person's judgement of the kind: they guess. */
const AREA: ReadonlySet<Meaning> = new Set(['dependency', 'documentation']);

function readLabels(labels: readonly string[], policy: ClassifyPolicy, into: Reading[]): void {
  const found: Reading[] = [];
  for (const label of labels) {
    if (isShownLabel(label)) continue;
    const means = lookUp(policy.labels, label);
    if (means === null) continue;
    found.push({
      source: 'label',
      means,
      breaking: means === 'breaking',
      guess: AREA.has(means),
      says: `label "${label}" means ${means}`,
    });
  }
  into.push(...strongestFirst(found));
}

function readTitle(message: Message, policy: ClassifyPolicy, trust: Words, into: Reading[]): void {
  const said: Reading[] = [];
  const listed: Reading[] = [];
  const released = message.breaking.length === 0 && isReleaseTitle(message.title);
  for (const one of message.statements) {
    if (released && one.where === 'header') continue;
    if (one.where === 'list') listed.push(readStatement(one, 'commits', policy));
    else said.push(readStatement(one, 'title', policy));
  }
  if (message.breaking.length > 0) {
    const means = said[0]?.means ?? 'feature';
    said.unshift({ source: 'title', means, breaking: true, guess: false, says: 'a BREAKING CHANGE footer says that users must act' });
  }
  if (released || message.statements[0]?.where !== 'header') {
    const words = readTitleWords(message, trust);
    if (words !== null) said.push(words);
  }
  into.push(...strongestFirst(said), ...strongestFirst(listed));
}

/** Statements before guesses, then the highest: the head of the list is what the source says. */
function strongestFirst(readings: Reading[]): Reading[] {
  return readings.length < 2 ? readings : readings.sort((a, b) => Number(a.guess) - Number(b.guess) || rankOf(b) - rankOf(a));
}

function readTitleWords(message: Message, trust: Words): Reading | null {
  const guess = (means: Meaning, says: string): Reading => ({ source: 'title', means, breaking: means === 'breaking', guess: true, says });
  if (message.revert !== null) return guess('maintenance', 'it takes back an earlier change');
  // GitHub writes this title itself for what was mended in a security advisory's private fork.
  if (ADVISORY_MERGE.test(message.title)) return { ...guess('security', 'it merges the fix of a security advisory'), guess: false };
  if (isReleaseTitle(message.title)) return guess('none', 'it is the commit of a release');
  if (message.slip !== null) return guess('none', `it may mean \`${message.slip}: …\`, which a person has to say`);
  const words = readWords(message.title);
  if (words === null) return null;
  if (trust === 'tame' && (words.means === 'feature' || words.means === 'breaking')) {
    return guess('maintenance', `${words.says}, but changes here say \`feat:\` when they are features`);
  }
  return guess(words.means, `the title says so: ${words.says}`);
}

const ADVISORY_MERGE = /^Merge (?:pull request|commit) from GHSA-/;

function readStatement(one: Statement, source: Source, policy: ClassifyPolicy): Reading {
  const written = `\`${one.type}${one.scope === null ? '' : `(${one.scope})`}${one.breaking ? '!' : ''}: …\``;
  const place = one.where === 'header' ? written : `${written} in the body`;
  const known = lookUp(policy.types, one.type);
  if (known !== null) {
    // `fix(deps)`, `chore(deps-dev)` and `fix(security)` say in the scope what the type leaves open.
    const means = kindOf(known) === 'maintenance' ? (scopeMeaning(one.scope) ?? known) : known;
    return {
      source,
      means,
      breaking: one.breaking,
      guess: false,
      says: one.breaking ? `${place} is marked as breaking` : `${place} means ${means}`,
    };
  }
  const words = meaningOfSchool(one.type) ?? readWords(one.subject)?.means ?? null;
  if (words !== null) return { source, means: words, breaking: one.breaking, guess: !one.breaking, says: `${place} reads as ${words}` };
  return {
    source,
    means: policy.unrecognised,
    breaking: one.breaking,
    guess: !one.breaking,
    says: `${place} has a type that the policy does not name, so it counts as ${policy.unrecognised}`,
  };
}

function scopeMeaning(scope: string | null): Meaning | null {
  if (scope === null) return null;
  if (/^(?:deps|deps-dev|dev-deps|dependencies|dependency|devdeps|peer-deps)$/i.test(scope)) return 'dependency';
  return /^(?:security|sec)$/i.test(scope) ? 'security' : null;
}

function readCommits(messages: readonly string[], policy: ClassifyPolicy, trust: Words, into: Reading[]): void {
  let best: Reading | null = null;
  for (const text of messages) {
    const cut = text.indexOf('\n');
    const message = readMessage(cut < 0 ? text : text.slice(0, cut), cut < 0 ? '' : text.slice(cut + 1));
    const found: Reading[] = [];
    readTitle(message, policy, trust, found);
    for (const top of found) {
      if (top.guess && isReleaseTitle(message.title)) continue;
      const one: Reading = { ...top, source: 'commits', says: `commit "${clip(message.title)}": ${top.says}` };
      if (best === null || (best.guess && !one.guess) || (best.guess === one.guess && rankOf(one) > rankOf(best))) best = one;
    }
  }
  if (best !== null) into.push(best);
}

function readBranch(branch: string, policy: ClassifyPolicy, into: Reading[]): void {
  const prefix = /^([A-Za-z]+)[/_-]/.exec(branch)?.[1];
  const means = prefix === undefined ? null : lookUp(policy.branches, prefix);
  if (means === null) return;
  into.push({ source: 'branch', means, breaking: means === 'breaking', guess: true, says: `branch "${clip(branch)}" means ${means}` });
}

function readPaths(files: readonly string[], policy: ClassifyPolicy, into: Reading[]): void {
  const globs = Object.entries(policy.paths);
  let top: Meaning | null = null;
  for (const file of files) {
    const means = globs.find(([glob]) => matchesGlob(glob, file))?.[1];
    if (means === undefined) return;
    if (top === null || RANK[kindOf(means)] > RANK[kindOf(top)]) top = means;
  }
  if (top !== null) {
    into.push({
      source: 'paths',
      means: top,
      breaking: top === 'breaking',
      guess: true,
      says: `all it touches is ${top === 'none' ? 'outside what is released' : top}`,
    });
  }
}

function lookUp(table: Readonly<Record<string, Meaning>>, name: string): Meaning | null {
  if (Object.hasOwn(table, name)) return table[name] ?? null;
  const lower = name.toLowerCase();
  if (lower !== name && Object.hasOwn(table, lower)) return table[lower] ?? null;
  for (const key of Object.keys(table)) if (key.toLowerCase() === lower) return table[key] ?? null;
  return null;
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
