// Instants, and what the clock on the wall of a time zone shows then: when a window is open, when it next opens or closes, when a freeze
// begins and ends. What the wall shows decides, so an hour that a zone skips never comes, and one that it repeats comes twice.

import { Temporal } from 'temporal-polyfill';
import { DAYS, type FreezePolicy, type WindowPolicy } from '../policy/environment.ts';

/** Milliseconds since 1970 of an ISO 8601 instant; null where it is none. */
export function instantOf(text: string): number | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    return null;
  }
}

export function instantText(ms: number): string {
  return Temporal.Instant.fromEpochMilliseconds(ms).toString();
}

/** The instant as a person in that zone would say it: `2026-11-23 09:00 Europe/Berlin`. */
export function wallText(ms: number, zone: string): string {
  const { year, month, day, hour, minute } = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)} ${zone}`;
}

/** Beginning and end of a freeze, the wider where the zone's clock leaves a choice; null: its times or its zone are none. */
export function freezeSpan({ from, to, zone }: FreezePolicy): { readonly from: number; readonly to: number } | null {
  const [begins, ends] = [momentIn(from, zone, 'earlier'), momentIn(to, zone, 'later')];
  return begins === null || ends === null ? null : { from: begins, to: ends };
}

/** The end of a day `2027-01-31` that is included, or a moment, in UTC where it has no offset. */
export function endOf(written: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(written)) return momentIn(written, 'UTC', 'earlier');
  const midnight = momentIn(`${written}T00:00`, 'UTC', 'earlier');
  return midnight === null ? null : midnight + 86_400_000;
}

/** A moment as written, on the clock of a zone where it has no offset; null where it or the zone is none. */
export function momentIn(written: string, zone: string, disambiguation: 'earlier' | 'later'): number | null {
  const absolute = instantOf(written);
  if (absolute !== null) return absolute;
  try {
    return Temporal.PlainDateTime.from(written).toZonedDateTime(zone, { disambiguation }).epochMilliseconds;
  } catch {
    return null;
  }
}

/** Whether one of the windows is open, and when that next changes, or may (null: never); null where a zone is not known. */
export function windowsAt(windows: readonly WindowPolicy[], ms: number): { readonly open: boolean; readonly turns: number | null } | null {
  try {
    const open = windows.some((one) => isOpen(one, ms));
    let last = ms;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const at = last;
      const then = earliest(windows.map((one) => flipAfter(one, at)));
      if (then === null) return { open, turns: null };
      if (windows.some((one) => isOpen(one, then)) !== open) return { open, turns: then };
      last = then;
    }
    return { open, turns: last };
  } catch {
    return null;
  }
}

/** Windows that follow one another without a gap turn at each seam: so many seams are looked past, and at the last it is looked again. */
const MOST_STEPS = 200;
/** A weekly window may fall into an hour that is skipped, and then comes a week later. */
const MOST_DAYS = 14;
const DAY = 1440;

function isOpen({ days, from, to, zone }: WindowPolicy, ms: number): boolean {
  const { hour, minute, dayOfWeek } = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);
  const now = hour * 60 + minute;
  const today = days.includes(DAYS[dayOfWeek - 1] as (typeof DAYS)[number]);
  if (from <= to) return today && now >= from && now < to;
  const yesterday = days.includes(DAYS[(dayOfWeek + 5) % 7] as (typeof DAYS)[number]);
  return (today && now >= from) || (yesterday && now < to);
}

/** The first instant after `ms` at which that window opens or closes: at one of its two times, or where the zone's clock jumps. */
function flipAfter(window: WindowPolicy, ms: number): number | null {
  const { zone, from, to } = window;
  const open = isOpen(window, ms);
  const first = Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone).toPlainDate();
  for (let day = 0; day <= MOST_DAYS; day += 1) {
    const date = first.add({ days: day });
    const times = [from, to % DAY].flatMap((minutes) => instantsOf(date, minutes, zone));
    const turns = [...times, ...jumpsOn(date, zone)].filter((at) => at > ms).sort((a, b) => a - b);
    const flip = turns.find((at) => isOpen(window, at) !== open);
    if (flip !== undefined) return flip;
  }
  return null;
}

/** When a zone's clock shows a time on a date: once, twice where the hour is repeated, about then where it is skipped. */
function instantsOf(date: Temporal.PlainDate, minutes: number, zone: string): number[] {
  const local = date.toPlainDateTime({ hour: Math.floor(minutes / 60), minute: minutes % 60 });
  return (['earlier', 'later'] as const).map((disambiguation) => local.toZonedDateTime(zone, { disambiguation }).epochMilliseconds);
}

/** When a zone's clock jumps on a date. */
function jumpsOn(date: Temporal.PlainDate, zone: string): number[] {
  const [begins, ends] = [date.toZonedDateTime(zone), date.add({ days: 1 }).toZonedDateTime(zone)];
  if (begins.offsetNanoseconds === ends.offsetNanoseconds) return [];
  const jump = begins.getTimeZoneTransition('next');
  return jump === null ? [] : [jump.epochMilliseconds];
}

export function earliest(instants: readonly (number | null)[]): number | null {
  return instants.reduce<number | null>((least, at) => (at !== null && (least === null || at < least) ? at : least), null);
}
