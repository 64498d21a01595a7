// Several bumps of one package → the way it went: 1 → 2 and 2 → 3 are 1 → 3. What does not join stays apart, and a way back stays visible:
// the notes claim no step that nobody took.

/** One step, as its title tells it; null where it does not. */
export interface Step {
  readonly from: string | null;
  readonly to: string | null;
}

/** First version, each version at which it turned back, last version. The first is null where nobody said what it moved from. */
export type Way = readonly [string | null, string, ...string[]];

/** The ways of one package, lowest first. `steps` are in the order of time, oldest first; those that name no version are left out. */
export function chainSteps(steps: readonly Step[]): readonly Way[] {
  const paths: Path[] = [];
  const endsAt = new Map<string, Path>();
  const startsAt = new Map<string, Path>();
  const seen = new Set<string>();
  let latest: Path | null = null;
  for (const { from, to } of steps) {
    if (to === null || from === to) continue;
    const move = `${from ?? ''} ${to}`;
    const before: Path | null = from === null ? latest : (endsAt.get(from) ?? null);
    const after = from === null ? null : (startsAt.get(to) ?? null);
    if (before !== null) {
      if (before.end === to) continue;
      endsAt.delete(before.end);
      before.points.push(to);
      before.end = to;
      latest = before;
    } else if (after !== null && from !== null) {
      // Merged out of order: the step before is seen after the one that builds on it.
      startsAt.delete(to);
      after.earlier.push(from);
      after.start = from;
      startsAt.set(from, after);
      seen.add(move);
      continue;
    } else if (seen.has(move)) continue;
    else {
      latest = { start: from, end: to, earlier: [], points: from === null ? [to] : [from, to] };
      paths.push(latest);
      if (from !== null) startsAt.set(from, latest);
    }
    seen.add(move);
    endsAt.set(to, latest);
  }
  return mergeWays(paths.map((path) => turnsOf(path)));
}

/** Below 0 if `a` is lower, above 0 if it is higher, null where text does not tell (commits, words). */
export function compareVersions(a: string, b: string): number | null {
  if (a === b) return 0;
  const [left, right] = [partsOf(a), partsOf(b)];
  if (left === null || right === null) return null;
  const core = compareNumbers(left.core, right.core);
  if (core !== 0) return core;
  if (left.rest === right.rest) return 0;
  if (left.rest === '') return EARLY.test(right.rest) ? 1 : null;
  if (right.rest === '') return EARLY.test(left.rest) ? -1 : null;
  const [word, other] = [/^[a-z]+/i.exec(left.rest)?.[0].toLowerCase() ?? '', /^[a-z]+/i.exec(right.rest)?.[0].toLowerCase() ?? ''];
  if (word !== other) return EARLY.test(word) && EARLY.test(other) ? (word < other ? -1 : 1) : null;
  return compareNumbers(left.rest.match(/\d+/g) ?? [], right.rest.match(/\d+/g) ?? []);
}

interface Path {
  start: string | null;
  end: string;
  /** Points before the first of `points`, the nearest first. */
  readonly earlier: string[];
  readonly points: string[];
}

const EARLY = /^(?:a|alpha|b|beta|canary|dev|m|next|pre|preview|rc|snapshot)(?![a-z])/i;

function partsOf(version: string): { core: readonly string[]; rest: string } | null {
  if (/^(?=.*[a-f])[\da-f]{7,64}$/.test(version)) return null;
  const match = /^[~^<>=v ]{0,4}(\d+(?:\.\d+)*)[-.+_]?/.exec(version);
  return match?.[1] === undefined ? null : { core: match[1].split('.'), rest: version.slice(match[0].length) };
}

/** Numbers as text, since dates and builds may exceed what a number holds. */
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const left = (a[at] ?? '0').replace(/^0+(?=\d)/, '');
    const right = (b[at] ?? '0').replace(/^0+(?=\d)/, '');
    if (left.length !== right.length) return left.length - right.length;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Only the ends and the turns of a path. */
function turnsOf(path: Path): Way {
  const all = [...path.earlier.reverse(), ...path.points];
  const turns: string[] = [];
  let direction = 0;
  for (const point of all) {
    const last = turns.at(-1);
    if (last !== undefined) {
      const sign = Math.sign(compareVersions(point, last) ?? 1) || 1;
      if (sign === direction) turns.pop();
      direction = sign;
    }
    turns.push(point);
  }
  const [first = path.end, second, ...rest] = turns;
  if (path.start === null || second === undefined) {
    // Where it began nobody said, so a rise to the second point says no more than that point.
    const rises = second !== undefined && (compareVersions(second, first) ?? 1) > 0;
    return rises ? [null, second, ...rest] : [null, first, ...turns.slice(1)];
  }
  return [first, second, ...rest];
}

/** Joins upward ways that touch or overlap: a bump from 1 to 3 that was proposed before the one from 1 to 2 went in. */
function mergeWays(ways: readonly Way[]): readonly Way[] {
  if (ways.length < 2) return ways;
  const upward: [string, string][] = [];
  const others: Way[] = [];
  for (const way of ways) {
    const [from, to] = way;
    if (from !== null && way.length === 2 && (compareVersions(from, to) ?? 1) < 0) upward.push([from, to]);
    else others.push(way);
  }
  upward.sort((a, b) => compareVersions(a[0], b[0]) ?? 0);
  const merged: [string, string][] = [];
  for (const way of upward) {
    const last = merged.at(-1);
    const gap = last === undefined ? 1 : (compareVersions(way[0], last[1]) ?? 1);
    if (last === undefined || gap > 0) merged.push(way);
    else if ((compareVersions(way[1], last[1]) ?? 0) > 0) last[1] = way[1];
  }
  const covered = (to: string) => merged.some((way) => (compareVersions(to, way[0]) ?? 1) >= 0 && (compareVersions(to, way[1]) ?? 1) <= 0);
  return [...merged, ...others.filter((way) => way[0] !== null || way.length > 2 || !covered(way[1]))];
}
