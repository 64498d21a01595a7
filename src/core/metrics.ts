// DORA's four keys of one environment (https://dora.dev/guides/dora-metrics-four-keys/), each as docs/metrics.md defines it. What was not
// seen is not counted as nothing: a key that cannot be told says why, and one of which only a part was seen says so.

import { instantOf, instantText } from './gate/clock.ts';
import type { Revert } from './message.ts';
import { type Arrival, type Course, courseOf, type DeploymentCourse } from './metrics/course.ts';
import type { Observed } from './observed.ts';

/** One commit that a change brought. */
export interface CarriedChange {
  readonly sha: string;
  readonly pr: number | null;
  readonly title: string;
  /** When it was written, ISO 8601. */
  readonly at: string;
  /** What it says that it takes back. */
  readonly revert: Revert | null;
  /** It calls itself a hotfix. */
  readonly hotfix: boolean;
}

export interface MetricsRequest {
  readonly environment: string;
  /** Milliseconds since 1970: from the first, up to just before the second. */
  readonly from: number;
  readonly to: number;
  /** Those before `from` too, by which a rollback is known; `more`: there are older ones that were not read. */
  readonly deployments: Observed<{ readonly items: readonly DeploymentCourse[]; readonly more: boolean }>;
  /** Id of an arrival's deployment → what it brought. */
  readonly carried: ReadonlyMap<number, Observed<readonly CarriedChange[]>>;
  /** Deployments for which a gate was overridden, by id. */
  readonly overridden: Observed<ReadonlySet<number>>;
}

export interface Spread {
  /** Seconds. */
  readonly median: number;
  /** The least that nine in ten do not exceed. */
  readonly p90: number;
}

const FAILURES = ['failed', 'broke', 'rolled-back', 'reverted', 'hotfixed', 'overridden'] as const;

export interface FailedChange {
  readonly deployment: number;
  readonly sha: string;
  readonly how: (typeof FAILURES)[number];
  /** ISO 8601. */
  readonly since: string;
  /** Null: not yet. */
  readonly restored: string | null;
}

export interface EnvironmentMetrics {
  readonly environment: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly frequency: Observed<{
    readonly deployments: number;
    readonly perDay: number;
    readonly rollbacks: number;
    /** Of the commit that stood there already. */
    readonly repeats: number;
  }>;
  /** `unmeasured`: deployments of which it was not seen what they brought. */
  readonly leadTime: Observed<Spread & { readonly changes: number; readonly unmeasured: number }>;
  /** `atLeast`: not everything was seen that could have been a failure. */
  readonly failureRate: Observed<{ readonly rate: number; readonly failed: number; readonly of: number; readonly atLeast: boolean }>;
  /** Null where everything that failed still does. */
  readonly restore: Observed<{ readonly times: Spread | null; readonly restored: number; readonly open: number }>;
  readonly failures: readonly FailedChange[];
  readonly remarks: readonly string[];
}

/** What comes so soon after a change and takes it back, or calls itself a hotfix, was for its sake. */
const REMEDY_HOURS = 72;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The arrivals whose load has to be known: what a change brought, and what came soon after the period for its sake. */
export function measuredArrivals(deployments: readonly DeploymentCourse[], from: number, to: number): Arrival[] {
  return courseOf(deployments).arrivals.filter(({ kind, at }) => kind === 'change' && at >= from && at < to + REMEDY_HOURS * HOUR);
}

export function metricsOf(request: MetricsRequest): EnvironmentMetrics {
  const { environment, from, to, deployments } = request;
  const days = (to - from) / DAY;
  const frame = { environment, from: instantText(from), to: instantText(to), days };
  const why = deployments.known ? unseenPart(deployments.value, from) : `What was deployed could not be seen: ${deployments.why}`;
  if (!deployments.known || why !== null) {
    const unknown = { known: false, why: why ?? '' } as const;
    return { ...frame, frequency: unknown, leadTime: unknown, failureRate: unknown, restore: unknown, failures: [], remarks: [] };
  }
  const course = courseOf(deployments.value.items);
  const within = <T extends { readonly at: number }>(all: readonly T[]): T[] => all.filter(({ at }) => at >= from && at < to);
  const arrivals = within(course.arrivals);
  const changes = arrivals.filter(({ kind }) => kind === 'change');
  const attempts = within(course.failures);
  const failures = failuresOf(request, course);
  const of = changes.length + attempts.length;
  const unseen = unseenWords(request, course);
  const count = (kind: Arrival['kind']) => arrivals.filter((one) => one.kind === kind).length;
  return {
    ...frame,
    frequency: {
      known: true,
      value: { deployments: changes.length, perDay: changes.length / days, rollbacks: count('rollback'), repeats: count('repeat') },
    },
    leadTime: leadTimeOf(changes, request.carried),
    failureRate:
      of === 0
        ? { known: false, why: 'Nothing was deployed.' }
        : { known: true, value: { rate: failures.length / of, failed: failures.length, of, atLeast: unseen.length > 0 } },
    restore: restoreOf(failures, unseen),
    failures,
    remarks: [...(course.untold === 0 ? [] : [`${course.untold} of the deployments tell no time and are not counted.`]), ...unseen],
  };
}

function unseenPart({ items, more }: { readonly items: readonly DeploymentCourse[]; readonly more: boolean }, from: number): string | null {
  if (!more) return null;
  const oldest = items.reduce((least, { createdAt }) => Math.min(least, instantOf(createdAt) ?? least), Number.POSITIVE_INFINITY);
  if (oldest < from) return null;
  const since = oldest === Number.POSITIVE_INFINITY ? 'none of them' : `those since ${instantText(oldest)}`;
  return `There are more deployments in these days than were read: ${since}. Ask for fewer days.`;
}

function unseenWords({ from, to, carried, overridden }: MetricsRequest, { arrivals }: Course): string[] {
  const until = to + REMEDY_HOURS * HOUR;
  const blind = arrivals.filter(({ id, kind, at }) => kind === 'change' && at >= from && at < until && carried.get(id)?.known !== true);
  const words: string[] = [];
  if (blind.length > 0) {
    const first = blind.map(({ id }) => carried.get(id)).find((one) => one?.known === false);
    const why = first?.known === false ? `: ${first.why}` : '.';
    words.push(`What ${blind.length} of the deployments brought, reverts and hotfixes among it, was not seen${why}`);
  }
  if (!overridden.known) words.push(`Whether a gate was overridden was not seen: ${overridden.why}`);
  return words;
}

/** From the writing of each commit to the success of the deployment that first brought it. */
function leadTimeOf(changes: readonly Arrival[], carried: MetricsRequest['carried']): EnvironmentMetrics['leadTime'] {
  const times = new Map<string, number>();
  let unmeasured = 0;
  let why: string | null = null;
  for (const { id, at } of changes) {
    const seen = carried.get(id) ?? { known: false, why: 'it was not looked at.' };
    if (!seen.known) {
      unmeasured += 1;
      why ??= seen.why;
      continue;
    }
    for (const { sha, at: written } of seen.value) {
      const seconds = (at - (instantOf(written) ?? Number.POSITIVE_INFINITY)) / 1000;
      // A commit from the future was written by a clock that is wrong.
      if (seconds >= 0 && !times.has(sha)) times.set(sha, seconds);
    }
  }
  const spread = spreadOf([...times.values()]);
  if (spread !== null) return { known: true, value: { ...spread, changes: times.size, unmeasured } };
  if (changes.length === 0) return { known: false, why: 'Nothing was deployed.' };
  return {
    known: false,
    why: why === null ? 'No commit was deployed that tells when it was written.' : `What was deployed was not seen: ${why}`,
  };
}

function failuresOf(request: MetricsRequest, { arrivals, failures }: Course): FailedChange[] {
  const { from, to, carried, overridden } = request;
  const nextAfter = (at: number) => arrivals.find((one) => one.at > at)?.at ?? null;
  const found: FailedChange[] = [];
  const add = (one: { id: number; sha: string }, how: FailedChange['how'], since: number, restored: number | null) =>
    found.push({
      deployment: one.id,
      sha: one.sha,
      how,
      since: instantText(since),
      restored: restored === null ? null : instantText(restored),
    });
  for (const one of failures) if (one.at >= from && one.at < to) add(one, 'failed', one.at, nextAfter(one.at));
  for (const [index, one] of arrivals.entries()) {
    if (one.kind !== 'change' || one.at < from || one.at >= to) continue;
    if (one.brokeAt !== null) {
      add(one, 'broke', one.brokeAt, nextAfter(one.brokeAt));
      continue;
    }
    const later = arrivals.slice(index + 1).filter(({ kind }) => kind !== 'repeat');
    const next = later[0];
    if (next?.kind === 'rollback') {
      add(one, 'rolled-back', one.at, next.at);
      continue;
    }
    const soon = later.filter(({ kind, at }) => kind === 'change' && at - one.at <= REMEDY_HOURS * HOUR);
    const own = loadOf(carried, one.id);
    const revert = soon.find(({ id }) => loadOf(carried, id).some(({ revert }) => revert !== null && takesBack(revert, own)));
    const follower = soon[0];
    if (revert !== undefined) add(one, 'reverted', one.at, revert.at);
    else if (follower !== undefined && follower === next) {
      if (loadOf(carried, follower.id).some(({ hotfix }) => hotfix)) add(one, 'hotfixed', one.at, follower.at);
      else if (overridden.known && overridden.value.has(follower.id)) add(one, 'overridden', one.at, follower.at);
    }
  }
  return found.sort((a, b) => (instantOf(a.since) ?? 0) - (instantOf(b.since) ?? 0) || a.deployment - b.deployment);
}

function loadOf(carried: MetricsRequest['carried'], id: number): readonly CarriedChange[] {
  const seen = carried.get(id);
  return seen?.known === true ? seen.value : [];
}

function takesBack({ shas, prs, title }: Revert, own: readonly CarriedChange[]): boolean {
  return own.some(
    (one) =>
      shas.some((sha) => one.sha.startsWith(sha)) || (one.pr !== null && prs.includes(one.pr)) || (title !== null && title === one.title),
  );
}

function restoreOf(failures: readonly FailedChange[], unseen: readonly string[]): EnvironmentMetrics['restore'] {
  if (failures.length === 0) {
    return { known: false, why: unseen.length === 0 ? 'Nothing failed.' : 'No failure was seen, and not everything could be.' };
  }
  const times = failures.flatMap(({ since, restored }) => {
    return restored === null ? [] : [((instantOf(restored) ?? 0) - (instantOf(since) ?? 0)) / 1000];
  });
  return { known: true, value: { times: spreadOf(times), restored: times.length, open: failures.length - times.length } };
}

/** The median, between the two in the middle where there are two; the ninetieth percentile by the nearest rank. */
function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  const p90 = sorted[Math.ceil(sorted.length * 0.9) - 1];
  return low === undefined || high === undefined || p90 === undefined ? null : { median: (low + high) / 2, p90 };
}
