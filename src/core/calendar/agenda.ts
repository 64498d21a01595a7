// A calendar as people read it on a terminal: a day after the other, times on the clock of the entry's own zone.

import { Temporal } from 'temporal-polyfill';
import type { Calendar, CalendarEntry } from '../calendar.ts';

export interface AgendaDay {
  /** `Mon 2026-11-23` */
  readonly day: string;
  readonly rows: readonly AgendaRow[];
}

export interface AgendaRow {
  /** `09:00 – 16:00`, or with dates where it ends on another day. */
  readonly time: string;
  readonly zone: string;
  readonly says: string;
  readonly what: CalendarEntry['what'];
}

/** Whatever began before the calendar does stands under its first day. */
export function agendaOf({ entries, from }: Calendar): AgendaDay[] {
  const days = new Map<string, { readonly date: string; readonly day: string; readonly rows: AgendaRow[] }>();
  for (const entry of entries) {
    const shown = Temporal.Instant.fromEpochMilliseconds(Math.max(entry.start, from)).toZonedDateTimeISO(entry.zone);
    const date = shown.toPlainDate().toString();
    const there = days.get(date) ?? { date, day: dayText(shown), rows: [] };
    there.rows.push({ time: timeText(entry), zone: entry.zone, says: rowText(entry), what: entry.what });
    days.set(date, there);
  }
  return [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1)).map(({ day, rows }) => ({ day, rows }));
}

function timeText({ start, end, zone }: CalendarEntry): string {
  const [begins, ends] = [start, end].map((at) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)) as [
    Temporal.ZonedDateTime,
    Temporal.ZonedDateTime,
  ];
  if (start === end) return clock(begins);
  if (begins.toPlainDate().equals(ends.toPlainDate())) return `${clock(begins)} – ${clock(ends)}`;
  // Midnight is the end of a day rather than the beginning of the next.
  const midnight = ends.hour === 0 && ends.minute === 0 && begins.toPlainDate().add({ days: 1 }).equals(ends.toPlainDate());
  return midnight ? `${clock(begins)} – 24:00` : `${dayText(begins)} ${clock(begins)} – ${dayText(ends)} ${clock(ends)}`;
}

function rowText({ says, reason, except, what }: CalendarEntry): string {
  const why = reason === null ? '' : `: ${reason}`;
  if (except.length === 0) return `${says}${why}`;
  return `${says}${why} (${what === 'freeze' ? 'not for' : 'at any time:'} ${except.join(', ')})`;
}

const NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function dayText(at: Temporal.ZonedDateTime): string {
  return `${NAMES[at.dayOfWeek - 1]} ${at.toPlainDate().toString()}`;
}

function clock({ hour, minute }: Temporal.ZonedDateTime): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
