// Release trains: when one leaves, and which departure is due after a time in which nobody looked. On the clock of the train's zone a time
// that is skipped comes at the first instant after the gap, and one that is repeated comes the first time only.

import { Temporal } from 'temporal-polyfill';
import { type Cron, namesDate, readCron, timesOf } from './cron.ts';
import { wallText } from './gate/clock.ts';
import type { Observed } from './observed.ts';
import type { TrainPolicy } from './policy.ts';

export interface Departure {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** From when on what is merged waits for the next train; null: everything merged by then goes along. */
  readonly freezesAt: number | null;
}

export interface DueDeparture extends Departure {
  /** How many before it were missed, `MOST_COUNTED` at most. */
  readonly missed: number;
  readonly says: string;
}

/** The first departure after an instant; value null: none in the forty years after it. */
export function nextDeparture(train: TrainPolicy, after: number): Observed<Departure | null> {
  return withCron(train, (cron) => {
    for (const at of ticks(cron, train.zone, after, after + SEARCHED)) return departureOf(train, at);
    return null;
  });
}

/** Those after `from` and up to `to`, in their order; no more than `most`. */
export function departuresBetween(train: TrainPolicy, from: number, to: number, most: number): Observed<readonly Departure[]> {
  return withCron(train, (cron) => {
    const found: Departure[] = [];
    for (const at of ticks(cron, train.zone, from, to)) {
      if (found.push(departureOf(train, at)) === most) break;
    }
    return found;
  });
}

/**
 * What is due now if nobody has looked after `seen`: however many departures went by, the newest alone, since it carries what the others
 * would have. Value null: none.
 */
export function dueDeparture(train: TrainPolicy, seen: number, now: number): Observed<DueDeparture | null> {
  return withCron(train, (cron) => {
    const at = newestTick(cron, train.zone, seen, now);
    if (at === null) return null;
    let missed = 0;
    for (const tick of ticks(cron, train.zone, seen, at)) {
      if (tick === at || missed === MOST_COUNTED) break;
      missed += 1;
    }
    return { ...departureOf(train, at), missed, says: dueWords(train, at, missed) };
  });
}

/** More than a person reads as a number. */
export const MOST_COUNTED = 1000;
const DAY = 86_400_000;
/** A leap day falls on a given weekday again after forty years at most. */
const SEARCHED = 41 * 366 * DAY;

function dueWords({ name, zone }: TrainPolicy, at: number, missed: number): string {
  const when = wallText(at, zone);
  if (missed === 0) return `The train ${name} is due since ${when}.`;
  const many = missed === MOST_COUNTED ? `${MOST_COUNTED} or more` : missed;
  const others = missed === 1 ? 'One departure before it was' : `${many} departures before it were`;
  return `The train ${name} is due since ${when}. ${others} missed; it leaves once for all of them.`;
}

function departureOf({ freezeBefore }: TrainPolicy, at: number): Departure {
  return { at, freezesAt: freezeBefore === null ? null : at - freezeBefore * 1000 };
}

function withCron<T>(train: TrainPolicy, give: (cron: Cron) => T): Observed<T> {
  const { cron, problem } = readCron(train.cron);
  if (cron === null) return { known: false, why: `The times of the train ${train.name} cannot be read: ${problem}.` };
  if (!isZone(train.zone)) return { known: false, why: `The time zone ${train.zone} of the train ${train.name} is not known here.` };
  return { known: true, value: give(cron) };
}

function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return true;
  } catch {
    return false;
  }
}

/** The instants after `after` and up to `until` at which the expression comes on that zone's clock, each once. */
function* ticks(cron: Cron, zone: string, after: number, until: number): Generator<number> {
  // A day early and a day late: whole days have been skipped (Samoa) and midnights repeated.
  const last = dateAt(until, zone).add({ days: 1 });
  let date = dateAt(after, zone).subtract({ days: 1 });
  let newest = after;
  const times = timesOf(cron);
  while (Temporal.PlainDate.compare(date, last) <= 0) {
    if (!cron.months.has(date.month)) {
      date = date.with({ day: 1 }).add({ months: 1 });
      continue;
    }
    for (const minutes of isNamed(cron, date) ? times : []) {
      const at = instantOn(date, minutes, zone);
      if (at > until) return;
      if (at <= newest) continue;
      newest = at;
      yield at;
    }
    date = date.add({ days: 1 });
  }
}

/** The last of them. */
function newestTick(cron: Cron, zone: string, after: number, until: number): number | null {
  const first = dateAt(after, zone).subtract({ days: 1 });
  let date = dateAt(until, zone).add({ days: 1 });
  const times = timesOf(cron).reverse();
  while (Temporal.PlainDate.compare(date, first) >= 0) {
    if (!cron.months.has(date.month)) {
      date = date.with({ day: 1 }).subtract({ days: 1 });
      continue;
    }
    for (const minutes of isNamed(cron, date) ? times : []) {
      const at = instantOn(date, minutes, zone);
      if (at <= after) return null;
      if (at <= until) return at;
    }
    date = date.subtract({ days: 1 });
  }
  return null;
}

function isNamed(cron: Cron, { month, day, dayOfWeek }: Temporal.PlainDate): boolean {
  return namesDate(cron, { month, day, weekday: dayOfWeek % 7 });
}

function dateAt(ms: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate();
}

/** The first instant at which that zone's clock shows the time or has jumped over it. */
function instantOn(date: Temporal.PlainDate, minutes: number, zone: string): number {
  const local = date.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  const earlier = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(local)) return earlier.epochMilliseconds;
  // Skipped: Temporal goes back by the gap's length, so that the jump is what comes next.
  const jump = earlier.getTimeZoneTransition('next');
  return jump?.epochMilliseconds ?? local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
}
