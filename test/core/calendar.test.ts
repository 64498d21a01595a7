// The days to come: what stands in the calendar and when, across changes of the clocks and with freezes in it; and the iCalendar file, read
// back by a parser of other people's (node-ical) and held to RFC 5545 line by line.

import fc from 'fast-check';
import ical from 'node-ical';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { agendaOf } from '../../src/core/calendar/agenda.ts';
import { iCalendarText } from '../../src/core/calendar/icalendar.ts';
import { type Calendar, type CalendarEntry, calendarOf } from '../../src/core/calendar.ts';
import { freezeSpan, instantText, windowsAt } from '../../src/core/gate/clock.ts';
import { isExcepted } from '../../src/core/gate/stops.ts';
import { DAYS, gateOf, OCCASIONS } from '../../src/core/policy/environment.ts';
import { parsePolicy, problemLines } from '../../src/core/policy/file.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function policyOf(text: string): Policy {
  const read = parsePolicy(text);
  if (!read.ok) throw new Error(problemLines(read.problems, 'policy').join('\n'));
  return read.policy;
}

function ms(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

function seen(text: string, from: string, to: string): string[] {
  return calendarOf(policyOf(text), ms(from), ms(to)).entries.map(lineOf);
}

function lineOf({ what, of, only, start, end, except }: CalendarEntry): string {
  const span = start === end ? instantText(start) : `${instantText(start)}/${instantText(end)}`;
  return [
    what,
    of,
    span,
    ...(only.length === 0 ? [] : [`only ${only.join()}`]),
    ...(except.length === 0 ? [] : [`not ${except.join()}`]),
  ].join(' ');
}

describe('the calendar', () => {
  it('has a window’s hours on the clock of its zone, summer and winter', () => {
    const text = 'environments: { prod: { windows: [{ days: fri-mon, from: "09:00", to: "16:00", zone: Europe/Berlin }] } }';
    expect(seen(text, '2026-10-23T00:00Z', '2026-10-27T00:00Z')).toEqual([
      'window prod 2026-10-23T07:00:00Z/2026-10-23T14:00:00Z',
      'window prod 2026-10-24T07:00:00Z/2026-10-24T14:00:00Z',
      'window prod 2026-10-25T08:00:00Z/2026-10-25T15:00:00Z',
      'window prod 2026-10-26T08:00:00Z/2026-10-26T15:00:00Z',
    ]);
  });

  it('has windows that overlap or touch as one', () => {
    const text = `environments:
  prod:
    windows: [{ days: mon, from: "09:00", to: "12:00" }, { days: mon, from: "11:00", to: "14:00" }, { days: mon, from: "14:00", to: "15:00" }]`;
    expect(seen(text, '2026-10-19T00:00Z', '2026-10-20T00:00Z')).toEqual(['window prod 2026-10-19T09:00:00Z/2026-10-19T15:00:00Z']);
  });

  it('tells of what began before it and ends after it with its real beginning and end', () => {
    const text = `environments:
  prod:
    windows: [{ days: mon, from: "22:00", to: "06:00" }]
    freeze: [{ from: "2026-10-01T00:00", to: "2026-12-01T00:00", except: [security, maintenance, feature, breaking, rollback] }]`;
    expect(seen(text, '2026-10-20T00:00Z', '2026-10-20T01:00Z')).toEqual([
      'freeze prod 2026-10-01T00:00:00Z/2026-12-01T00:00:00Z not security,maintenance,feature,breaking,rollback',
      'window prod 2026-10-19T22:00:00Z/2026-10-20T06:00:00Z',
    ]);
  });

  it('has nothing of what ends when it begins or begins when it ends', () => {
    const text = 'environments: { prod: { freeze: [{ from: "2026-10-01T00:00", to: "2026-10-02T00:00" }] } }';
    expect(seen(text, '2026-10-02T00:00Z', '2026-10-03T00:00Z')).toEqual([]);
    expect(seen(text, '2026-09-30T00:00Z', '2026-10-01T00:00Z')).toEqual([]);
  });

  it('takes the hours of a freeze out of a window, but for those who may pass it', () => {
    const text = `environments:
  prod:
    windows: [{ days: mon-wed, from: "09:00", to: "17:00" }]
    freeze:
      - { from: "2026-10-19T12:00", to: "2026-10-20T12:00", reason: audit }
      - { from: "2026-10-21T00:00", to: "2026-10-21T12:00", except: [maintenance] }`;
    expect(seen(text, '2026-10-19T00:00Z', '2026-10-22T00:00Z')).toEqual([
      'window prod 2026-10-19T09:00:00Z/2026-10-19T12:00:00Z',
      'freeze prod 2026-10-19T12:00:00Z/2026-10-20T12:00:00Z',
      'window prod 2026-10-20T12:00:00Z/2026-10-20T17:00:00Z',
      'freeze prod 2026-10-21T00:00:00Z/2026-10-21T12:00:00Z not maintenance',
      'window prod 2026-10-21T09:00:00Z/2026-10-21T12:00:00Z only maintenance,security',
      'window prod 2026-10-21T12:00:00Z/2026-10-21T17:00:00Z',
    ]);
  });

  it('has hours of their own for releases that have them, and says who needs none', () => {
    const text = `environments:
  prod:
    windows: [{ days: mon, from: "09:00", to: "17:00" }]
    for: { security: { windows: any }, feature: { windows: [{ days: mon, from: "10:00", to: "11:00" }] } }`;
    expect(seen(text, '2026-10-19T00:00Z', '2026-10-20T00:00Z')).toEqual([
      'window prod 2026-10-19T09:00:00Z/2026-10-19T17:00:00Z only maintenance,rollback not security',
      'window prod 2026-10-19T10:00:00Z/2026-10-19T11:00:00Z only feature,breaking not security',
    ]);
  });

  it('has each departure, and from when on its load is settled', () => {
    const text = 'trains: [{ name: weekly, cron: "0 10 * * tue", zone: Europe/Berlin, do: publish, freeze-before: 24h }]';
    expect(seen(text, '2026-10-20T00:00Z', '2026-10-27T00:00Z')).toEqual([
      'cut-off weekly 2026-10-19T08:00:00Z/2026-10-20T08:00:00Z',
      'train weekly 2026-10-20T08:00:00Z',
      'cut-off weekly 2026-10-26T09:00:00Z/2026-10-27T09:00:00Z',
    ]);
  });

  it('has a departure at its first instant, and none at its end', () => {
    const text = 'trains: [{ name: daily, cron: "0 0 * * *" }]';
    expect(seen(text, '2026-10-20T00:00Z', '2026-10-21T00:00Z')).toEqual(['train daily 2026-10-20T00:00:00Z']);
  });

  it('has nothing where deployments may start at any time, or never', () => {
    const text = 'environments: { any: {}, always: { windows: [{}] } }';
    expect(seen(text, '2026-10-20T00:00Z', '2026-11-20T00:00Z')).toEqual([]);
  });

  it('tells what is held for as long as the policy says so', () => {
    const { held } = calendarOf(policyOf('environments: { qa: { hold: moving } }'), 0, DAY);
    expect(held).toEqual([{ environment: 'qa', reason: 'moving' }]);
  });

  it('says what it cannot work out, once, and tells the rest', () => {
    const base = policyOf('environments: { qa: { freeze: [{ from: "1970-01-01T00:00", to: "1970-01-02T00:00" }] } }');
    const zone = 'Mars/Olympus';
    const window = { days: DAYS, from: 0, to: 60, zone };
    const policy: Policy = {
      ...base,
      environments: {
        ...base.environments,
        prod: {
          ...(base.environments.qa as Policy['environments'][string]),
          windows: [window],
          for: { feature: { requires: [], windows: [window, window] } },
          freeze: [{ from: '1970-01-01T00:00', to: '1970-01-02T00:00', zone, except: [], reason: null }],
        },
      },
      trains: [{ name: 'weekly', line: null, cron: '0 10 * * *', zone, does: 'draft', freezeBefore: null }],
    };
    const { entries, unknown } = calendarOf(policy, 0, DAY);
    expect(entries.map(lineOf)).toEqual(['freeze qa 1970-01-01T00:00:00Z/1970-01-02T00:00:00Z']);
    expect(unknown).toEqual([
      'When the freeze of prod from 1970-01-01T00:00 to 1970-01-02T00:00 (Mars/Olympus) is cannot be worked out here.',
      'When deployments to prod may start cannot be worked out here: the time zone of a window is not known.',
      'The time zone Mars/Olympus of the train weekly is not known here.',
    ]);
  });

  it('is empty without a policy', () => {
    expect(calendarOf(DEFAULT_POLICY, 0, DAY)).toEqual({ from: 0, to: DAY, entries: [], held: [], unknown: [] });
  });
});

const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
const window = fc
  .record({
    days: fc.subarray([...DAYS], { minLength: 1 }),
    from: fc.integer({ min: 0, max: 47 }).map((half) => half * 30),
    to: fc.integer({ min: 1, max: 48 }).map((half) => half * 30),
    zone: zones,
  })
  .filter(({ from, to }) => from !== to % 1440);
const START = ms('2026-10-22T00:00Z');
const freeze = fc
  .record({ from: fc.nat({ max: 120 }), hours: fc.integer({ min: 1, max: 60 }), except: fc.subarray([...OCCASIONS]) })
  .map(({ from, hours, except }) => ({
    from: instantText(START + from * HOUR),
    to: instantText(START + (from + hours) * HOUR),
    zone: 'UTC',
    except,
    reason: null,
  }));
const environment = fc.record({
  requires: fc.constant([]),
  windows: fc.array(window, { maxLength: 3 }),
  for: fc.record({ feature: fc.record({ requires: fc.constant([]), windows: fc.array(window, { maxLength: 2 }) }) }, { requiredKeys: [] }),
  freeze: fc.array(freeze, { maxLength: 2 }),
  promote: fc.constant('manual' as const),
  hold: fc.constant(null),
  review: fc.constant(null),
});

describe('any calendar', () => {
  it('shows an environment open to a release exactly when its windows and freezes let it pass', () => {
    fc.assert(
      fc.property(environment, fc.array(fc.nat({ max: 5 * 48 - 1 }), { minLength: 8, maxLength: 8 }), (prod, looks) => {
        const { entries } = calendarOf({ ...DEFAULT_POLICY, environments: { prod } }, START, START + 5 * DAY);
        for (const look of looks) {
          const at = START + look * 30 * 60_000;
          for (const occasion of OCCASIONS) {
            const { windows } = gateOf(prod, occasion);
            const steady = windowsAt(windows, START - 8 * DAY);
            // Without hours, or with hours that never end, there is nothing to show.
            if (windows.length === 0 || steady?.turns === null) continue;
            const frozen = prod.freeze.some((one) => {
              const span = freezeSpan(one);
              return span !== null && span.from <= at && at < span.to && !isExcepted(one, occasion);
            });
            const open = windowsAt(windows, at)?.open === true && !frozen;
            const shown = entries.some(({ what, only, except, start, end }) => {
              const meant = only.length === 0 ? !except.includes(occasion) : only.includes(occasion);
              return what === 'window' && meant && start <= at && at < end;
            });
            expect({ occasion, at: instantText(at), shown }).toEqual({ occasion, at: instantText(at), shown: open });
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('the agenda', () => {
  it('goes day by day, each time on the clock of its zone', () => {
    const policy = policyOf(`environments:
  prod:
    windows: [{ days: mon, from: "09:00", to: "16:00", zone: Europe/Berlin }, { days: tue, from: "20:00", zone: Europe/Berlin }]
    freeze: [{ from: "2026-10-21T18:00", to: "2026-10-23T08:00", except: [security], reason: audit }]
trains: [{ name: weekly, cron: "0 10 * * tue", zone: America/New_York, do: publish }]`);
    expect(agendaOf(calendarOf(policy, ms('2026-10-19T00:00Z'), ms('2026-10-22T00:00Z')))).toEqual([
      { day: 'Mon 2026-10-19', rows: [{ time: '09:00 – 16:00', zone: 'Europe/Berlin', says: 'prod may be deployed to', what: 'window' }] },
      {
        day: 'Tue 2026-10-20',
        rows: [
          { time: '10:00', zone: 'America/New_York', says: 'The train weekly leaves: publishes (the default branch)', what: 'train' },
          { time: '20:00 – 24:00', zone: 'Europe/Berlin', says: 'prod may be deployed to', what: 'window' },
        ],
      },
      {
        day: 'Wed 2026-10-21',
        rows: [
          {
            time: 'Wed 2026-10-21 18:00 – Fri 2026-10-23 08:00',
            zone: 'UTC',
            says: 'prod is frozen: audit (not for security)',
            what: 'freeze',
          },
        ],
      },
    ]);
  });

  it('puts what began before it under its first day', () => {
    const policy = policyOf('environments: { prod: { freeze: [{ from: "2026-10-01T00:00", to: "2026-12-01T00:00" }] } }');
    expect(agendaOf(calendarOf(policy, ms('2026-10-19T00:00Z'), ms('2026-10-22T00:00Z'))).map(({ day }) => day)).toEqual([
      'Mon 2026-10-19',
    ]);
  });
});

const FILE = { name: 'acme/app', stamp: ms('2026-10-01T12:00Z') };

function eventsOf(text: string) {
  return Object.values(ical.sync.parseICS(text)).filter((one) => one?.type === 'VEVENT');
}

/** The lines as a reader unfolds them, RFC 5545 section 3.1; every law of lines is held on the way. */
function unfolded(text: string): string[] {
  expect(text.endsWith('\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/\p{Cc}/u);
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  // A character that was cut in two would not survive a reader of octets.
  expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
  return text.trimEnd().replaceAll('\r\n ', '').split('\r\n');
}

describe('the iCalendar file', () => {
  const policy = policyOf(`environments:
  prod:
    hold: moving house
    windows: [{ days: sat-sun, from: "09:00", to: "16:00", zone: Europe/Berlin }]
    freeze: [{ from: "2026-12-19T18:00", to: "2027-01-04T08:00", zone: Europe/Berlin, except: [security], reason: "year end; no, really\\nnone \\\\o/" }]
trains: [{ name: weekly, line: main, cron: "0 10 * * tue", zone: Europe/Berlin, do: publish }]`);
  const calendar = calendarOf(policy, ms('2026-10-24T00:00Z'), ms('2026-12-20T00:00Z'));
  const text = iCalendarText(calendar, FILE);

  it('is read by others as what it says', () => {
    const events = eventsOf(text);
    expect(events).toHaveLength(calendar.entries.length);
    const read = events.map((event) => `${event.start.toISOString()}/${event.end?.toISOString()}`);
    expect(read).toEqual(calendar.entries.map(({ start, end }) => `${new Date(start).toISOString()}/${new Date(end).toISOString()}`));
    expect(read.slice(0, 2)).toEqual([
      '2026-10-24T07:00:00.000Z/2026-10-24T14:00:00.000Z',
      '2026-10-25T08:00:00.000Z/2026-10-25T15:00:00.000Z',
    ]);
    const freeze = events.find((event) => String(event.summary).includes('frozen'));
    expect(freeze?.summary).toBe('prod is frozen: year end; no, really\nnone \\o/');
    expect(freeze?.description).toBe(
      '2026-12-19 18:00 Europe/Berlin to 2027-01-04 08:00 Europe/Berlin\nWhy: year end; no, really\nnone \\o/\nNot frozen: security',
    );
    const train = events.find((event) => String(event.summary).startsWith('The train'));
    expect(train?.summary).toBe('The train weekly leaves: publishes (main)');
    expect(events.every((event) => event.dtstamp?.toISOString() === '2026-10-01T12:00:00.000Z')).toBe(true);
  });

  it('has what RFC 5545 asks of it', () => {
    const lines = unfolded(text);
    expect(lines.slice(0, 4)).toEqual(['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Shiplock//Shiplock//EN', 'CALSCALE:GREGORIAN']);
    expect(lines).toContain('NAME:acme/app');
    expect(lines).toContain('DESCRIPTION:prod is held: moving house');
    expect(lines.at(-1)).toBe('END:VCALENDAR');
    for (const name of ['UID', 'DTSTAMP', 'DTSTART', 'SUMMARY']) {
      expect(lines.filter((line) => line.startsWith(`${name}:`))).toHaveLength(calendar.entries.length);
    }
    for (const line of lines) expect(line).toMatch(/^[A-Z-]+:/);
  });

  it('has the same UIDs whenever and from whenever it is told, others for another repository, and no two alike', () => {
    const uids = (from: string, file = FILE) => {
      const lines = unfolded(iCalendarText(calendarOf(policy, ms(from), ms('2026-12-20T00:00Z')), file));
      return lines.filter((line) => line.startsWith('UID:'));
    };
    const all = uids('2026-10-24T00:00Z');
    expect(new Set(all).size).toBe(all.length);
    expect(uids('2026-11-01T12:00Z', { ...FILE, stamp: 0 })).toEqual(all.slice(-uids('2026-11-01T12:00Z').length));
    expect(uids('2026-10-24T00:00Z', { ...FILE, name: 'acme/other' }).filter((uid) => all.includes(uid))).toEqual([]);
  });

  it('has a component even where nothing is to come', () => {
    const lines = unfolded(iCalendarText(calendarOf(DEFAULT_POLICY, 0, DAY), FILE));
    expect(lines).toContain('BEGIN:VTIMEZONE');
    expect(eventsOf(lines.join('\r\n'))).toEqual([]);
  });

  it('carries any text whole, and no text can add a line to it', () => {
    const unit = fc.oneof(
      fc.constantFrom('\\', ';', ',', ':', '"', '\n', '\r', '\r\n', ' ', '\t', '🚢', 'é', '漢', '\u0000', 'END:VEVENT'),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    );
    const anyText = fc.array(unit, { minLength: 1, maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(anyText, anyText, (name, reason) => {
        const span = { start: 0, end: HOUR, zone: 'UTC', only: [], except: [] };
        const one: CalendarEntry = { ...span, what: 'freeze', of: name, says: name, reason };
        const calendar: Calendar = { from: 0, to: DAY, entries: [one], held: [], unknown: [] };
        const lines = unfolded(iCalendarText(calendar, { name, stamp: 0 }));
        expect(lines.filter((line) => /^(?:BEGIN|END):/.test(line))).toHaveLength(4);
        const kept = (text: string) => text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n]+/gu, ' ');
        const summary = lines.find((line) => line.startsWith('SUMMARY:'))?.slice('SUMMARY:'.length) ?? '';
        // Read back as section 3.3.11 says.
        expect(summary.replace(/\\([\\;,nN])/g, (_, mark) => (/n/i.test(mark) ? '\n' : mark))).toBe(kept(`${name}: ${reason}`));
      }),
      { numRuns: 300 },
    );
  });
});
