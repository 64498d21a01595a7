// Changes → the groups that notes list, and each group → lines within a given room. Lines are made only while they fit, so that a history
// of any size costs what the page holds.

import type { Change } from '../change.ts';
import type { NotesPolicy } from '../policy.ts';
import { type Bundle, bundleDependencies, dependencyLine, type LineStyle, lineOf, mayNeedUpgrade, upgradeNote } from './line.ts';
import { countOf, SECTIONS, sectionOf } from './section.ts';

/** A line of the page and the changes that it stands for. */
interface Line {
  readonly text: string;
  readonly changes: readonly Change[];
}

/** Changes under one title. */
export interface Group {
  readonly title: string;
  readonly changes: readonly Change[];
  /** Lower is more important, and is given room first. */
  readonly rank: number;
  /** Shown whole or as a number, never in part. */
  readonly whole: boolean;
  /** Upgrade notes follow their lines: below them, or (`only`) a line without its note is of no use. */
  readonly notes: 'below' | 'only' | 'elsewhere';
  /** "3 features". */
  readonly count: (changes: number) => string;
  /** The group's dependency bumps, put together the first time that they are asked for. */
  bundles?: readonly Bundle[];
}

/** Groups in the order of the page, and the number of changes that none of them lists. */
export interface Groups {
  readonly groups: readonly Group[];
  readonly unlisted: number;
}

/** What went onto the page, and what did not. */
export interface Filled {
  readonly text: string;
  /** "132 features", most important first. */
  readonly left: readonly string[];
  /** True where breaking changes, security or what users must do is among that. */
  readonly urgentLeft: boolean;
}

/** The groups of the policy, or the built-in ones. */
export function groupsOf(changes: readonly Change[], policy: NotesPolicy): Groups {
  const byKey = new Map<string, Change[]>();
  for (const change of changes) {
    const { breaking, section } = change.classification;
    const key = breaking ? 'breaking' : section === 'none' || sectionOf(section) !== null ? section : 'maintenance';
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [change]);
    else known.push(change);
  }
  const groups = policy.sections.length === 0 ? builtIn(byKey) : custom(byKey, policy);
  let unlisted = 0;
  for (const left of byKey.values()) unlisted += left.length;
  return { groups, unlisted };
}

/**
 * The groups as text of at most `room` characters. With `all`, everything or null. Otherwise breaking changes and security come first, then
 * what users must do, then the rest in the order of importance; the least important groups shrink to a number.
 */
export function fillGroups(groups: readonly Group[], style: LineStyle, room: number, all: boolean): Filled | null {
  const pages = groups.map((group) => ({ group, lines: [] as Line[], notes: [] as string[], shown: 0, size: 0, notesLeft: 0 }));
  const order = all ? pages : [...pages].sort((a, b) => a.group.rank - b.group.rank);
  let free = room;
  // The groups that follow may each say at least how much of them there is.
  let reserved = 0;
  const reserve = (some: typeof pages) => {
    reserved = 0;
    if (!all) for (const page of some) reserved += collapsed(page.group).length + 2;
    if (reserved > free) reserved = 0;
  };

  const addLines = (page: (typeof pages)[number], whole = page.group.whole) => {
    const { group } = page;
    const own = Math.min(reserved, collapsed(group).length + 2);
    const most = free - reserved + own;
    const head = group.title.length + 8;
    const source = group.notes === 'only' ? noteLines(group, style) : linesOf(group, style);
    let used = head + (all || whole ? 0 : MORE);
    for (const line of source) {
      used += line.text.length + 1;
      if (used > most) break;
      page.lines.push(line);
      page.shown += line.changes.length;
    }
    if (page.shown < group.changes.length) {
      if (all) return false;
      if (whole) {
        page.lines.length = 0;
        page.shown = 0;
      }
    }
    page.size = pageText(page).length + 2;
    if (page.size > most) page.size = 0;
    reserved -= own;
    free -= page.size;
    return true;
  };
  const addNotes = (page: (typeof pages)[number]) => {
    if (page.group.notes !== 'below') return true;
    for (const [index, line] of page.lines.entries()) {
      const [change] = line.changes;
      if (change === undefined || !mayNeedUpgrade(change)) continue;
      const note = upgradeNote(change);
      if (note.length > free - reserved) {
        if (all) return false;
        page.notesLeft += 1;
      } else {
        page.notes[index] = note;
        page.size += note.length;
        free -= note.length;
      }
    }
    return true;
  };

  const urgent = order.filter((page) => page.group.rank <= URGENT);
  const others = order.filter((page) => page.group.rank > URGENT);
  reserve(urgent);
  for (const page of urgent) if (!addLines(page)) return null;
  for (const page of urgent) if (!addNotes(page)) return null;
  // What users must do is not shortened for the sake of the numbers of what follows.
  for (const page of others) {
    if (page === others[0] && page.group.notes !== 'only') reserve(others);
    if (!addLines(page) || !addNotes(page)) return null;
    if (page.group.notes === 'only') reserve(others.slice(1));
  }

  // A page that stays half empty for that lists what it can.
  for (const page of others) {
    if (page.lines.length > 0 || free * 2 < room || !page.group.whole) continue;
    free += page.size;
    addLines(page, false);
  }

  let notesLeft = 0;
  const left: string[] = [];
  for (const page of order) {
    const missing = page.group.changes.length - page.shown;
    notesLeft += page.notesLeft + (page.group.notes === 'only' ? missing : 0);
    if (missing > 0 && page.group.notes !== 'only') left.push(page.group.count(missing));
  }
  if (notesLeft > 0) left.push(notesLeft === 1 ? '1 upgrade note' : `${notesLeft} upgrade notes`);
  const shown = pages.filter((page) => page.size > 0);
  const urgentLeft = notesLeft > 0 || urgent.some((page) => page.shown < page.group.changes.length);
  return { text: shown.map(pageText).join('\n\n'), left, urgentLeft };
}

/** The longest that `left` can be, for a sentence that must be given room before it is known. */
export function mostLeft(groups: readonly Group[]): readonly string[] {
  const listed = groups.filter((group) => group.notes !== 'only').map((group) => group.count(group.changes.length));
  return [...listed, `${groups.reduce((sum, group) => sum + group.changes.length, 0)} upgrade notes`];
}

/** Ranks up to here are never given up for another group's sake: breaking changes and security. */
const URGENT = 1;
const UPGRADE = 1.5;
/** Room for "…and 1234 more maintenance changes." */
const MORE = 70;
const MINOR: ReadonlySet<string> = new Set(['dependency', 'documentation', 'maintenance', 'none']);

/** Takes the changes it lists out of `byKey`. */
function builtIn(byKey: Map<string, Change[]>): Group[] {
  const groups: Group[] = [];
  const upgrades: Change[] = [];
  for (const [rank, section] of SECTIONS.entries()) {
    const changes = byKey.get(section.key);
    if (changes === undefined) continue;
    byKey.delete(section.key);
    const breaking = section.key === 'breaking';
    if (!breaking) for (const change of changes) if (change.upgrade.length > 0 && mayNeedUpgrade(change)) upgrades.push(change);
    const count = (number: number) => countOf(section, number);
    groups.push({ title: section.title, changes, rank, whole: MINOR.has(section.key), notes: breaking ? 'below' : 'elsewhere', count });
  }
  if (upgrades.length > 0) {
    const at = groups[0]?.rank === 0 ? 1 : 0;
    const count = (number: number) => `${number} upgrade ${number === 1 ? 'note' : 'notes'}`;
    groups.splice(at, 0, { title: 'Upgrade notes', changes: upgrades, rank: UPGRADE, whole: false, notes: 'only', count });
  }
  return groups;
}

function custom(byKey: Map<string, Change[]>, policy: NotesPolicy): Group[] {
  const groups: Group[] = [];
  const asked = new Set<string>(policy.sections.flatMap((section) => section.of));
  // Whatever a policy lists, what breaks users and what protects them is never left out.
  for (const [rank, { key, title }] of SECTIONS.entries()) {
    if (rank <= URGENT && !asked.has(key)) add(title, [key]);
  }
  for (const { title, of } of policy.sections) add(title, of);
  return groups;

  function add(title: string, keys: readonly string[]): void {
    const changes = keys.flatMap((key) => byKey.get(key) ?? []);
    if (changes.length === 0) return;
    for (const key of keys) byKey.delete(key);
    const ranks = keys.map((key) => SECTIONS.findIndex((section) => section.key === key)).filter((rank) => rank >= 0);
    const [only] = keys.length === 1 ? ranks : [];
    const section = only === undefined ? undefined : SECTIONS[only];
    groups.push({
      title: title.replace(/\s+/g, ' ').trim(),
      changes,
      rank: ranks.length === 0 ? SECTIONS.length : Math.min(...ranks),
      whole: keys.every((key) => MINOR.has(key)),
      notes: 'below',
      count: (number) => (section === undefined ? `${number} in “${title.replace(/\s+/g, ' ').trim()}”` : countOf(section, number)),
    });
  }
}

/** The group's lines one by one: dependency bumps are folded where the first of them stands, all else is a line each. */
function* linesOf(group: Group, style: LineStyle): Generator<Line> {
  let done = false;
  for (const change of group.changes) {
    if (!isFolded(change, group)) yield { text: lineOf(change, style), changes: [change] };
    else if (!done) {
      done = true;
      group.bundles ??= bundleDependencies(group.changes.filter((one) => isFolded(one, group)));
      for (const bundle of group.bundles) yield { text: dependencyLine(bundle, style), changes: bundle.changes };
    }
  }
}

function isFolded(change: Change, group: Group): boolean {
  if (change.dependency === null || change.classification.section !== 'dependency' || change.classification.breaking) return false;
  return group.notes !== 'below' || change.upgrade.length === 0;
}

/** Lines with their notes, for a group that exists for the notes. */
function* noteLines(group: Group, style: LineStyle): Generator<Line> {
  for (const change of group.changes) yield { text: lineOf(change, style) + upgradeNote(change), changes: [change] };
}

function collapsed(group: Group): string {
  return `### ${group.title}\n\n${group.count(group.changes.length)}.`;
}

function pageText(page: { group: Group; lines: readonly Line[]; notes: readonly string[]; shown: number }): string {
  const { group, lines, notes, shown } = page;
  if (lines.length === 0) return collapsed(group);
  const missing = group.changes.length - shown;
  const more = missing === 0 ? '' : `\n\n…and ${group.count(missing).replace(' ', ' more ')}.`;
  const body = lines.map((line, index) => line.text + (notes[index] ?? '')).join('\n');
  return `### ${group.title}\n\n${body.trimEnd()}${more}`;
}
