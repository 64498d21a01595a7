// `shiplock calendar`: what the policy says about the days to come, as an agenda, as JSON, or as iCalendar.

import { basename, resolve } from 'node:path';
import { agendaOf } from '../core/calendar/agenda.ts';
import { iCalendarText } from '../core/calendar/icalendar.ts';
import { type Calendar, calendarOf } from '../core/calendar.ts';
import { instantOf, instantText } from '../core/gate/clock.ts';
import { UsageProblem, type Values } from './arguments.ts';
import { loadPolicy } from './policy.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

const DAY = 86_400_000;
const DAYS = 30;
const MOST_DAYS = 366;

export async function run(values: Values, terminal: Terminal): Promise<number> {
  if (values.json === true && values.ics === true) throw new UsageProblem('Choose one of --json and --ics.');
  const now = Date.now();
  const from = beginning(values.from, now);
  const to = from + daysOf(values.days) * DAY;
  const policy = await loadPolicy(typeof values.policy === 'string' ? values.policy : undefined, '.');
  const calendar = calendarOf(policy, from, to);
  for (const one of calendar.unknown) terminal.warn(plain(one));
  if (values.json === true) terminal.print(JSON.stringify(jsonOf(calendar)));
  else if (values.ics === true) terminal.print(iCalendarText(calendar, { name: nameHere(), stamp: now }));
  else terminal.print(agendaText(calendar, terminal));
  return EXIT.done;
}

/** The beginning of today, or of the day or instant that was asked for, in UTC. */
function beginning(written: unknown, now: number): number {
  if (typeof written !== 'string') return Math.floor(now / DAY) * DAY;
  const at = instantOf(/^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00Z` : written);
  if (at === null)
    throw new UsageProblem(`--from takes a day, as 2026-12-01, or an instant, as 2026-12-01T08:00Z; not ${written.slice(0, 60)}.`);
  return at;
}

function daysOf(written: unknown): number {
  if (typeof written !== 'string') return DAYS;
  const days = /^[0-9]{1,3}$/.test(written) ? Number(written) : 0;
  if (days < 1 || days > MOST_DAYS) throw new UsageProblem(`--days takes a number from 1 to ${MOST_DAYS}.`);
  return days;
}

/** A calendar for each repository, wherever it is cloned to on GitHub's runners. */
function nameHere(): string {
  return process.env.GITHUB_REPOSITORY?.trim() || basename(resolve('.')) || 'shiplock';
}

function jsonOf({ from, to, entries, held, unknown }: Calendar): object {
  return {
    from: instantText(from),
    to: instantText(to),
    entries: entries.map(({ start, end, ...entry }) => ({ ...entry, start: instantText(start), end: instantText(end) })),
    held,
    unknown,
  };
}

const COLOURS = { window: 'green', freeze: 'red', train: 'cyan', 'cut-off': 'yellow' } as const;

function agendaText(calendar: Calendar, { paint }: Terminal): string {
  const held = calendar.held.map(({ environment, reason }) => paint('red', `${plain(environment)} is held: ${plain(reason)}`));
  const days = agendaOf(calendar).map(({ day, rows }) => {
    const width = Math.max(...rows.map(({ time }) => time.length));
    const lines = rows.map(({ time, zone, says, what }) => {
      return `  ${time.padEnd(width)}  ${paint(COLOURS[what], plain(says))}  ${paint('dim', plain(zone))}`;
    });
    return [paint('bold', day), ...lines].join('\n');
  });
  if (days.length === 0) {
    const [from, to] = [calendar.from, calendar.to].map((at) => instantText(at).slice(0, 10));
    days.push(`The policy has no windows, freezes or trains from ${from} to ${to}.`);
  }
  return [...(held.length === 0 ? [] : [held.join('\n')]), ...days].join('\n\n');
}
