// The times of a policy file, read and written: durations, times of day, weekdays, and moments that may lack an offset. All arithmetic on
// what is written; whether a moment has come is asked elsewhere, of a clock and a zone.

import { DAYS, type Day } from './environment.ts';

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/** Seconds of a duration that the schema allows: `90s`, `15m`, `24h`, `3d`. */
export function secondsOf(duration: string): number {
  const unit = UNITS.find(([letter]) => duration.endsWith(letter));
  return Number(duration.slice(0, -1)) * (unit?.[1] ?? 1);
}

/** A duration in the largest unit that it fills without rest, hours for less than four days: `24h`, not `1d`. */
export function durationText(seconds: number): string {
  const [letter, size] = UNITS.find(([name, size]) => seconds > 0 && seconds % size === 0 && (name !== 'd' || seconds > 3 * size)) ?? [
    's',
    1,
  ];
  return `${seconds / size}${letter}`;
}

/** Minutes since midnight of a time of day that the schema allows. */
export function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}

export function clockText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** Days and ranges of days, `fri-mon` across the weekend, in the order of the week. */
export function daysOf(written: string | readonly string[]): Day[] {
  const chosen = new Set<Day>();
  for (const part of typeof written === 'string' ? [written] : written) {
    const [first, last = first] = part.split('-');
    const end = DAYS.indexOf(last as Day);
    for (let at = DAYS.indexOf(first as Day); at !== end; at = (at + 1) % DAYS.length) chosen.add(DAYS[at] as Day);
    chosen.add(DAYS[end] as Day);
  }
  return DAYS.filter((day) => chosen.has(day));
}

/** Days as a range where they are one, else as a list. */
export function daysText(days: readonly Day[]): string | readonly Day[] {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || days.length < 3) return days.length === 1 && first !== undefined ? first : days;
  return DAYS.indexOf(last) - DAYS.indexOf(first) === days.length - 1 ? `${first}-${last}` : days;
}

/** Whether a freeze written like this could never be: its end is not after its beginning, whatever the zone. */
export function endsBefore(from: Moment, to: Moment): boolean {
  // Where only one of them has an offset the order depends on the zone, by 26 hours at most.
  return from.offset === to.offset ? to.minutes <= from.minutes : to.minutes + 26 * 60 <= from.minutes;
}

/** Minutes since a common beginning: in UTC where it has an offset, else on the clock of its zone. */
export interface Moment {
  readonly minutes: number;
  readonly offset: boolean;
}

const MOMENT = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?$/;

/** A moment as the schema allows it; null where there is no such day, time or offset. */
export function momentOf(written: string): Moment | null {
  const found = MOMENT.exec(written);
  if (found === null) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [zulu, sign, hours, minutes] = [found[7], found[8], Number(found[9] ?? 0), Number(found[10] ?? 0)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59) return null;
  if (hours > 14 || minutes > 59) return null;
  const shift = (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
  return {
    minutes: (dayNumber(year, month, day) * 24 + hour) * 60 + minute + second / 60 - shift,
    offset: zulu !== undefined || sign !== undefined,
  };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days since a common beginning, counting years from March so that the leap day is the last. */
function dayNumber(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const m = (month + 9) % 12;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + Math.floor((m * 306 + 5) / 10) + day;
}
