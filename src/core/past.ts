// A repository's whole history → its past releases, each with what could be known before it was cut: the input of a backtest.

import type { PastRelease } from './backtest.ts';
import type { Bump, Commit } from './change.ts';
import { slotOf, windowOf } from './line-range.ts';
import { unitsOf } from './unit.ts';
import { compareVersions, isPrerelease, isWithin } from './version.ts';

export interface VersionTagged {
  readonly tag: string;
  readonly version: string;
  /** The commit that the tag leads to. */
  readonly commit: string;
  /** ISO 8601; null where git cannot tell. */
  readonly date: string | null;
}

export interface PastInput {
  /** Every commit behind the tags and branches, children before parents. */
  readonly commits: readonly Commit[];
  readonly tags: readonly VersionTagged[];
  /** Head of the default branch; null where it is not known. */
  readonly main: string | null;
  readonly branches: readonly { readonly name: string; readonly sha: string }[];
}

/** The stable releases that follow another stable release in their own history, oldest first. */
export function pastReleases(input: PastInput): PastRelease[] {
  const graph = graphOf(input.commits);
  const tags = input.tags.filter((tag) => graph.index.has(tag.commit));
  const main = input.main === null ? null : ancestors(graph, input.main);
  const lines = maintenanceLines(graph, input, main);
  const stable = tags.filter((tag) => !isPrerelease(tag.version));
  const previous = previousOf(graph, stable);
  const releases: { release: PastRelease; date: number; order: number }[] = [];
  for (const tag of stable) {
    const before = previous.get(tag.tag);
    if (before === undefined) continue;
    const own = ancestors(graph, tag.commit);
    const base = ancestors(graph, before.commit);
    const at = graph.index.get(tag.commit) ?? 0;
    const range: Commit[] = [];
    for (let index = at; index < graph.commits.length; index += 1) {
      if (own[index] === 1 && base[index] === 0) range.push(graph.commits[index] as Commit);
    }
    const has = (marks: Uint8Array, other: VersionTagged) => marks[graph.index.get(other.commit) ?? -1] === 1;
    const known = tags.filter((other) => other.version !== tag.version && isBefore(other, tag));
    const prereleases = known
      .filter((other) => isPrerelease(other.version) && has(own, other) && !has(base, other))
      .map((one) => one.version);
    const elsewhere = known
      .filter((other) => !has(own, other) && compareVersions(other.version, before.version) > 0)
      .map((one) => one.version);
    const old = main !== null && main[at] === 0;
    const line = old
      ? lines.find((one) => one.marks[at] === 1 && isWithin(tag.version, one.range) && isWithin(before.version, one.range))
      : undefined;
    releases.push({
      release: {
        tag: tag.tag,
        version: tag.version,
        previousTag: before.tag,
        previousVersion: before.version,
        units: unitsOf(range, tag.commit),
        prereleases,
        elsewhere,
        old,
        ...(line === undefined ? {} : { permits: line.permits }),
      },
      date: tag.date === null ? 0 : Date.parse(tag.date) || 0,
      order: -at,
    });
  }
  releases.sort((a, b) => a.date - b.date || a.order - b.order || compareVersions(a.release.version, b.release.version));
  return releases.map((one) => one.release);
}

interface Graph {
  readonly commits: readonly Commit[];
  readonly index: ReadonlyMap<string, number>;
  /** Parents of each commit as indices; those outside the history are left out. */
  readonly parents: readonly (readonly number[])[];
}

function graphOf(commits: readonly Commit[]): Graph {
  const index = new Map<string, number>();
  commits.forEach((commit, at) => {
    index.set(commit.sha, at);
  });
  const parents = commits.map((commit) => commit.parents.flatMap((sha) => index.get(sha) ?? []));
  return { commits, index, parents };
}

/** One mark for each commit: 1 for the commit of that SHA and all that it holds. */
function ancestors(graph: Graph, sha: string, stop?: Uint8Array): Uint8Array {
  const marks = new Uint8Array(graph.commits.length);
  const start = graph.index.get(sha);
  if (start === undefined) return marks;
  const stack = [start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (marks[at] === 1 || stop?.[at] === 1) continue;
    marks[at] = 1;
    for (const parent of graph.parents[at] ?? []) if (marks[parent] === 0) stack.push(parent);
  }
  return marks;
}

/** For each tag the highest stable version that its history holds, itself apart: one pass from the oldest commit to the newest. */
function previousOf(graph: Graph, stable: readonly VersionTagged[]): Map<string, VersionTagged> {
  const at = new Map<number, VersionTagged[]>();
  for (const tag of stable) {
    const index = graph.index.get(tag.commit) as number;
    at.set(index, [...(at.get(index) ?? []), tag]);
  }
  const best: (VersionTagged | undefined)[] = new Array(graph.commits.length);
  const previous = new Map<string, VersionTagged>();
  for (let index = graph.commits.length - 1; index >= 0; index -= 1) {
    let top: VersionTagged | undefined;
    for (const parent of graph.parents[index] ?? []) top = higher(top, best[parent]);
    for (const tag of at.get(index) ?? [])
      if (top !== undefined && compareVersions(top.version, tag.version) < 0) previous.set(tag.tag, top);
    for (const tag of at.get(index) ?? []) top = higher(top, tag);
    best[index] = top;
  }
  return previous;
}

function higher(one: VersionTagged | undefined, other: VersionTagged | undefined): VersionTagged | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareVersions(one.version, other.version) >= 0 ? one : other;
}

function isBefore(one: VersionTagged, other: VersionTagged): boolean {
  if (one.date === null || other.date === null) return false;
  return Date.parse(one.date) < Date.parse(other.date);
}

interface PastLine {
  readonly marks: Uint8Array;
  readonly range: ReturnType<typeof windowOf>;
  readonly permits: readonly Bump[];
}

/** Branches named as maintenance lines, with the commits that they hold and main does not. */
function maintenanceLines(graph: Graph, input: PastInput, main: Uint8Array | null): PastLine[] {
  const named = new Map<string, string>();
  for (const { name, sha } of input.branches) if (slotOf(name) !== null && !named.has(name)) named.set(name, sha);
  const lines: PastLine[] = [];
  for (const [name, sha] of named) {
    const slot = slotOf(name);
    if (slot === null) continue;
    const permits: readonly Bump[] = slot.minor === null ? ['patch', 'minor'] : ['patch'];
    lines.push({ marks: ancestors(graph, sha, main ?? undefined), range: windowOf(slot, []), permits });
  }
  return lines;
}
