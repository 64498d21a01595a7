// Cron expressions of five fields, as crontab(5) has them: reading one, and which days and times of day it names. When a time zone's clock
// shows them is asked elsewhere.

/** A date as the calendar on the wall shows it; weekday 0 is Sunday. */
export interface WallDate {
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
}

export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Weekdays of one week of the month alone, `tue#1`, as weekday × 10 + week. */
  readonly nths: ReadonlySet<number>;
  /** Both day fields begin otherwise than with `*`, so that a day which either names counts. */
  readonly either: boolean;
}

export type CronRead =
  | { readonly cron: Cron; readonly problem: null }
  /** It says what is wrong and what could be written. */
  | { readonly cron: null; readonly problem: string };

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Words for the numbers, the first for the least. */
  readonly words?: readonly string[];
}

const MINUTE: Field = { name: 'minute', least: 0, most: 59 };
const HOUR: Field = { name: 'hour', least: 0, most: 23 };
const DAY: Field = { name: 'day of the month', least: 1, most: 31 };
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH: Field = { name: 'month', least: 1, most: 12, words: MONTHS };
/** Sunday is 0 and 7. */
const WEEKDAY: Field = { name: 'day of the week', least: 0, most: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const LONGEST = 200;
const FORM = 'five fields, "minute hour day month weekday", as "0 10 * * tue" for ten o’clock each Tuesday';

export function readCron(text: string): CronRead {
  if (text.length > LONGEST) return { cron: null, problem: `it is longer than ${LONGEST} characters` };
  const parts = text.trim().toLowerCase().split(/\s+/);
  const [minute, hour, day, month, weekday] = parts;
  if (parts.length !== 5 || !minute || !hour || !day || !month || !weekday) {
    return { cron: null, problem: `it needs ${FORM}, and has ${parts[0] === '' ? 0 : parts.length}` };
  }
  const nths = new Set<number>();
  const minutes = valuesOf(minute, MINUTE);
  const hours = valuesOf(hour, HOUR);
  const days = valuesOf(day, DAY);
  const months = valuesOf(month, MONTH);
  const weekdays = valuesOf(weekday, WEEKDAY, nths);
  for (const one of [minutes, hours, days, months, weekdays]) if (typeof one === 'string') return { cron: null, problem: one };
  const cron: Cron = {
    minutes: sorted(minutes as Set<number>),
    hours: sorted(hours as Set<number>),
    months: months as Set<number>,
    days: days as Set<number>,
    weekdays: new Set([...(weekdays as Set<number>)].map((one) => one % 7)),
    nths,
    either: !day.startsWith('*') && !weekday.startsWith('*'),
  };
  if (neverComes(cron)) return { cron: null, problem: 'there is no such day in any of its months' };
  return { cron, problem: null };
}

/** Whether the expression names that date. */
export function namesDate(cron: Cron, { month, day, weekday }: WallDate): boolean {
  if (!cron.months.has(month)) return false;
  const onDay = cron.days.has(day);
  const onWeekday = cron.weekdays.has(weekday) || cron.nths.has(weekday * 10 + Math.ceil(day / 7));
  return cron.either ? onDay || onWeekday : onDay && onWeekday;
}

/** The times of day that it names, as minutes since midnight, in their order. */
export function timesOf({ minutes, hours }: Cron): number[] {
  return hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
}

/** The numbers that a field names, or what is wrong with it. */
function valuesOf(text: string, field: Field, nths?: Set<number>): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const nth = nths === undefined ? null : /^([a-z0-9]{1,9})#([1-5])$/.exec(part);
    if (nth !== null) {
      const weekday = numberOf(nth[1] ?? '', field);
      if (weekday === null) return wrong(nth[1] ?? '', field);
      nths?.add((weekday % 7) * 10 + Number(nth[2]));
      continue;
    }
    const problem = addPart(part, field, values);
    if (problem !== null) return problem;
  }
  return values;
}

function addPart(part: string, field: Field, values: Set<number>): string | null {
  const [range = '', step, ...rest] = part.split('/');
  const [first = '', last, ...more] = range.split('-');
  if (rest.length > 0 || more.length > 0) return wrong(part, field);
  const every = step === undefined ? 1 : /^[0-9]{1,3}$/.test(step) ? Number(step) : 0;
  if (every < 1 || every > field.most) return `"/${step}" is no step for the ${field.name}: write a number from 1 to ${field.most}`;
  if (first === '*') {
    if (last !== undefined) return wrong(part, field);
    // For a weekday * ends at Saturday, since 7 is Sunday again.
    for (let value = field.least; value <= (field === WEEKDAY ? 6 : field.most); value += every) values.add(value);
    return null;
  }
  const from = numberOf(first, field);
  if (from === null) return wrong(first, field);
  const to = last === undefined ? (step === undefined ? from : field === WEEKDAY ? 6 : field.most) : numberOf(last, field);
  if (to === null) return wrong(last ?? '', field);
  // Where they have names people write fri-mon and nov-feb, and sun, which is 0, ends a week as often as it begins one.
  const around = field === WEEKDAY ? 7 : field.words?.length;
  if (to < from && around === undefined) return `"${part}" goes backwards in the ${field.name}: write the smaller number first`;
  const end = to < from ? to + (around ?? 0) : to;
  for (let value = from; value <= end; value += every) values.add(value > field.most ? value - (around ?? 0) : value);
  return null;
}

function numberOf(text: string, field: Field): number | null {
  const word = field.words?.indexOf(text) ?? -1;
  if (word >= 0) return field.least + word;
  const value = /^[0-9]{1,2}$/.test(text) ? Number(text) : -1;
  return value >= field.least && value <= field.most ? value : null;
}

function wrong(text: string, { name, least, most, words }: Field): string {
  const named = words === undefined ? '' : ` or ${words[0]} to ${words.at(-1)}`;
  return `${JSON.stringify(text.slice(0, 30))} is nothing that the ${name} can be: write ${least} to ${most}${named}, lists (1,3), ranges (1-3), steps (*/2) or *`;
}

const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function neverComes({ months, days, either }: Cron): boolean {
  if (either) return false;
  const first = Math.min(...days);
  return [...months].every((month) => first > (LENGTHS[month - 1] ?? 0));
}

function sorted(values: ReadonlySet<number>): number[] {
  return [...values].sort((a, b) => a - b);
}
