// When trains leave: what cron expressions name, at both edges of summer time, and after a time in which nobody looked. The long way, which
// walks every minute with a clock on the wall that never goes back, gives the same departures.

import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type Cron, namesDate, readCron, timesOf } from '../../src/core/cron.ts';
import { instantText } from '../../src/core/gate/clock.ts';
import type { Observed } from '../../src/core/observed.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { overridesOf } from '../../src/core/policy/overrides.ts';
import { policyText } from '../../src/core/policy/text.ts';
import type { TrainPolicy } from '../../src/core/policy.ts';
import { departuresBetween, dueDeparture, MOST_COUNTED, nextDeparture } from '../../src/core/train.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function train(cron: string, zone = 'UTC', more: Partial<TrainPolicy> = {}): TrainPolicy {
  return { name: 'weekly', line: null, cron, zone, does: 'publish', freezeBefore: null, ...more };
}

function ms(text: string): number {
  return Temporal.Instant.from(text).epochMilliseconds;
}

function seenOf<T>(seen: Observed<T>): T {
  if (!seen.known) throw new Error(seen.why);
  return seen.value;
}

function cronOf(text: string): Cron {
  const { cron, problem } = readCron(text);
  if (cron === null) throw new Error(problem);
  return cron;
}

function leaves(cron: string, zone: string, from: string, to: string): string[] {
  return seenOf(departuresBetween(train(cron, zone), ms(from), ms(to), 1000)).map(({ at }) => instantText(at));
}

describe('a cron expression', () => {
  it.each<[string, number[]]>([
    ['0 10 * * *', [600]],
    ['30 9,17 * * *', [570, 1050]],
    ['0 9-11 * * *', [540, 600, 660]],
    ['0 */6 * * *', [0, 360, 720, 1080]],
    ['0 20/2 * * *', [1200, 1320]],
    ['10-50/20 8 * * *', [490, 510, 530]],
    ['15,0 9 * * *', [540, 555]],
    ['  0   10 * * *  ', [600]],
  ])('%s names these times of day', (text, times) => expect(timesOf(cronOf(text))).toEqual(times));

  it.each<[string, string]>([
    ['0 0 * * tue', '3 10 17 24'],
    ['0 0 * * 2', '3 10 17 24'],
    ['0 0 * * TUE', '3 10 17 24'],
    ['0 0 * * 0', '1 8 15 22'],
    ['0 0 * * 7', '1 8 15 22'],
    ['0 0 * * sun', '1 8 15 22'],
    ['0 0 * * fri-mon', '1 2 6 7 8 9 13 14 15 16 20 21 22 23 27 28'],
    ['0 0 * * sat-sun', '1 7 8 14 15 21 22 28'],
    ['0 0 * * 5-7', '1 6 7 8 13 14 15 20 21 22 27 28'],
    ['0 0 * * mon,wed', '2 4 9 11 16 18 23 25'],
    ['0 0 * * mon/2', '2 4 6 9 11 13 16 18 20 23 25 27'],
    ['0 0 * * */3', '1 4 7 8 11 14 15 18 21 22 25 28'],
    ['0 0 * * tue#1', '3'],
    ['0 0 * * mon#2,thu#4', '9 26'],
    ['0 0 1 * *', '1'],
    ['0 0 1,15 * *', '1 15'],
    ['0 0 */10 * *', '1 11 21'],
    ['0 0 13 * fri', '6 13 20 27'],
    ['0 0 1-7 * */7', '1'],
    ['0 0 * feb *', [...Array(28).keys()].map((one) => one + 1).join(' ')],
    ['0 0 5 nov-feb *', '5'],
    ['0 0 5 mar-jan *', ''],
    ['0 0 5 1-12/2 *', ''],
  ])('%s names these days of February 2026', (text, days) => {
    const cron = cronOf(text);
    const named = [...Array(28).keys()].map((one) => one + 1).filter((day) => namesDate(cron, { month: 2, day, weekday: (day - 1) % 7 }));
    expect(named.join(' ')).toBe(days);
  });

  it.each<[string, RegExp]>([
    ['', /^it needs five fields, .* and has 0$/],
    ['0 10 * *', /and has 4$/],
    ['0 0 10 * * tue', /and has 6$/],
    ['@weekly', /and has 1$/],
    ['60 10 * * *', /^"60" is nothing that the minute can be: write 0 to 59,/],
    ['0 24 * * *', /the hour can be/],
    ['0 0 0 * *', /the day of the month can be/],
    ['0 0 * 13 *', /the month can be: write 1 to 12 or jan to dec,/],
    ['0 0 * * tues', /^"tues" is nothing that the day of the week can be: write 0 to 7 or sun to sat,/],
    ['0 0 * * 8', /the day of the week can be/],
    ['0 0 * * tue#6', /the day of the week can be/],
    ['0 0 1#1 * *', /the day of the month can be/],
    ['0 17-9 * * *', /^"17-9" goes backwards in the hour/],
    ['0 */0 * * *', /^"\/0" is no step for the hour/],
    ['0 */x * * *', /is no step/],
    ['0 1-2-3 * * *', /is nothing/],
    ['0 *-3 * * *', /is nothing/],
    ['0 1, * * *', /^"" is nothing/],
    ['0 1/2/3 * * *', /is nothing/],
    ['0 0 30 feb *', /^there is no such day/],
    ['0 0 31 4,6,9,11 *', /^there is no such day/],
    ['- - - - -', /is nothing/],
  ])('%j is refused in words', (text, says) => {
    const { cron, problem } = readCron(text);
    expect(cron).toBeNull();
    expect(problem).toMatch(says);
  });

  it.each(['0 0 29 feb *', '0 0 30 2 mon', '0 0 31 * *', '* * * * *'])('%s comes', (text) => {
    expect(seenOf(nextDeparture(train(text), ms('2096-03-01T00:00Z')))).not.toBeNull();
  });

  it.each(['*', ',', '-', '/', '#', ' ', '0', 'a', '*,', '1-', '\t'])('made of 20,000 × %j is answered at once', (piece) => {
    expect(readCron(piece.repeat(20_000)).problem).toMatch(/longer/);
  });
});

const SPRING: [string, string] = ['2026-03-28T00:00Z', '2026-03-29T12:00Z'];

describe('a train', () => {
  it('leaves on the clock of its zone, summer and winter', () => {
    expect(leaves('0 10 * * tue', 'Europe/Berlin', '2026-10-15T00:00Z', '2026-11-01T00:00Z')).toEqual([
      '2026-10-20T08:00:00Z',
      '2026-10-27T09:00:00Z',
    ]);
  });

  it.each<[string, string, string, [string, string], string[]]>([
    [
      'in the hour that is skipped, right after it',
      '30 2 * * *',
      'Europe/Berlin',
      SPRING,
      ['2026-03-28T01:30:00Z', '2026-03-29T01:00:00Z'],
    ],
    ['at the first skipped minute, right after', '0 2 * * *', 'Europe/Berlin', SPRING, ['2026-03-28T01:00:00Z', '2026-03-29T01:00:00Z']],
    ['several times in it, once', '0,20,40 2 * * sun', 'Europe/Berlin', SPRING, ['2026-03-29T01:00:00Z']],
    ['in it and right after it, once', '30 2,3 * * sun', 'Europe/Berlin', SPRING, ['2026-03-29T01:00:00Z', '2026-03-29T01:30:00Z']],
    ['at its end, at its end', '0 3 * * sun', 'Europe/Berlin', SPRING, ['2026-03-29T01:00:00Z']],
    [
      'where half an hour is skipped, half an hour early',
      '15 2 * * sun',
      'Australia/Lord_Howe',
      ['2026-10-03T00:00Z', '2026-10-04T10:00Z'],
      ['2026-10-03T15:30:00Z'],
    ],
    [
      'where midnight is skipped, when the day begins',
      '0 0 * * fri',
      'Africa/Cairo',
      ['2026-04-23T00:00Z', '2026-04-24T12:00Z'],
      ['2026-04-23T22:00:00Z'],
    ],
    [
      'where a whole day is skipped, when the next one begins',
      '0 10 30 12 *',
      'Pacific/Apia',
      ['2011-12-25T00:00Z', '2012-01-05T00:00Z'],
      ['2011-12-30T10:00:00Z'],
    ],
  ])('leaves %s', (_, cron, zone, [from, to], expected) => expect(leaves(cron, zone, from, to)).toEqual(expected));

  it.each<[string, string, string[]]>([
    [
      'in the hour that is repeated, the first time only',
      '30 2 * * *',
      ['2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
    ],
    ['at its end, the one time', '0 3 * * *', ['2026-10-24T01:00:00Z', '2026-10-25T02:00:00Z', '2026-10-26T02:00:00Z']],
  ])('leaves %s', (_, cron, expected) => {
    expect(leaves(cron, 'Europe/Berlin', '2026-10-24T00:00Z', '2026-10-26T12:00Z')).toEqual(expected);
  });

  it('leaves next after an instant, not at it', () => {
    const weekly = train('0 10 * * tue');
    expect(seenOf(nextDeparture(weekly, ms('2026-10-20T09:59:59Z')))?.at).toBe(ms('2026-10-20T10:00Z'));
    expect(seenOf(nextDeparture(weekly, ms('2026-10-20T10:00Z')))?.at).toBe(ms('2026-10-27T10:00Z'));
  });

  it('has its load settled so long before', () => {
    const next = nextDeparture(train('0 10 * * mon', 'Europe/Berlin', { freezeBefore: 86_400 }), ms('2026-10-24T00:00Z'));
    expect(seenOf(next)).toEqual({ at: ms('2026-10-26T09:00Z'), freezesAt: ms('2026-10-25T09:00Z') });
  });

  it('is listed no further than asked', () => {
    expect(seenOf(departuresBetween(train('* * * * *'), 0, DAY, 3)).map(({ at }) => at)).toEqual([60_000, 120_000, 180_000]);
  });

  it.each<[string, TrainPolicy, RegExp]>([
    ['times that cannot be read', train('at ten'), /^The times of the train weekly cannot be read: it needs five fields/],
    ['a zone that is not known here', train('0 10 * * *', 'Mars/Olympus'), /^The time zone Mars\/Olympus of the train weekly is not known/],
  ])('with %s has no departures that could be told', (_, broken, why) => {
    for (const seen of [nextDeparture(broken, 0), dueDeparture(broken, 0, DAY), departuresBetween(broken, 0, DAY, 9)]) {
      expect(seen).toEqual({ known: false, why: expect.stringMatching(why) });
    }
  });
});

describe('after a time in which nobody looked', () => {
  const daily = train('0 10 * * *', 'Europe/Berlin');

  it.each<[string, string, string, string | null, number, RegExp]>([
    ['nothing is due before the first departure', '2026-10-20T08:00Z', '2026-10-21T07:59:59Z', null, 0, /^$/],
    [
      'the departure is due that is there',
      '2026-10-20T08:00Z',
      '2026-10-21T08:00Z',
      '2026-10-21T08:00Z',
      0,
      /is due since 2026-10-21 10:00 Europe\/Berlin\.$/,
    ],
    [
      'of two the newer is due',
      '2026-10-20T08:00Z',
      '2026-10-22T20:00Z',
      '2026-10-22T08:00Z',
      1,
      /One departure before it was missed; it leaves once/,
    ],
    ['of a week the newest is due', '2026-10-20T08:00Z', '2026-10-27T20:00Z', '2026-10-27T09:00Z', 6, /6 departures before it were missed/],
  ])('%s', (_, seen, now, at, missed, says) => {
    const due = seenOf(dueDeparture(daily, ms(seen), ms(now)));
    expect(due?.at ?? null).toBe(at === null ? null : ms(at));
    expect(due?.missed ?? 0).toBe(missed);
    expect(due?.says ?? '').toMatch(says);
  });

  it('counts no further than a person reads', () => {
    const due = seenOf(dueDeparture(train('* * * * *'), 0, 400 * DAY));
    expect(due).toMatchObject({ at: 400 * DAY, missed: MOST_COUNTED });
    expect(due?.says).toContain('1000 or more departures');
  });
});

const ZONES: readonly [string, string][] = [
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['America/St_Johns', '2026-03-08T05:30Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['America/Sao_Paulo', '2018-11-04T03:00Z'],
  ['Africa/Cairo', '2026-10-29T21:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Asia/Kathmandu', '2026-06-01T00:00Z'],
  ['UTC', '2026-06-01T00:00Z'],
];

const field = (least: number, most: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: least, max: most }).map(String) },
    { weight: 2, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 20 }).map((step) => `*/${Math.min(step, most)}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    },
    { weight: 1, arbitrary: fc.array(fc.integer({ min: least, max: most }), { minLength: 2, maxLength: 3 }).map((all) => all.join(',')) },
  );
const cronText = fc
  .tuple(
    field(0, 59),
    // Where clocks jump, more often than elsewhere.
    fc.oneof(field(0, 23), fc.constantFrom('0', '1', '2', '3', '1-3', '23')),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: field(1, 31) }),
    fc.constant('*'),
    fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, { weight: 1, arbitrary: field(0, 7) }),
  )
  .map((parts) => parts.join(' '));
/** A zone and a span of three days, most often around a jump of its clock. */
const span = fc
  .tuple(fc.constantFrom(...ZONES), fc.integer({ min: -100 * 60, max: 20 * 60 }))
  .map(([[zone, jump], minutes]) => ({ zone, from: ms(jump) + minutes * 60_000, to: ms(jump) + minutes * 60_000 + 3 * DAY }));

const offsets = new Map<string, number>();

/** Minutes since 1970 as the clock on the wall has them. No clock of these jumps but at a full ten minutes. */
function wallMinutes(at: number, zone: string): number {
  const start = Math.floor(at / 600_000) * 600_000;
  const key = `${zone} ${start}`;
  const offset = offsets.get(key) ?? Temporal.Instant.fromEpochMilliseconds(start).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6;
  offsets.set(key, offset);
  return Math.floor((at + offset) / 60_000);
}

function isNamed(cron: Cron, minutes: number): boolean {
  const date = new Temporal.PlainDate(1970, 1, 1).add({ days: Math.floor(minutes / 1440) });
  const { month, day, dayOfWeek } = date;
  return timesOf(cron).includes(minutes - Math.floor(minutes / 1440) * 1440) && namesDate(cron, { month, day, weekday: dayOfWeek % 7 });
}

/** Minute by minute, as one would do with a clock at hand: whatever the clock shows for the first time, or has jumped over. */
function walked(cron: Cron, zone: string, from: number, to: number): number[] {
  const start = from - 2 * DAY;
  let highest = wallMinutes(start, zone);
  const found: number[] = [];
  for (let at = start + 60_000; at <= to; at += 60_000) {
    const shown = wallMinutes(at, zone);
    let named = false;
    for (let minutes = highest + 1; minutes <= shown; minutes += 1) named = isNamed(cron, minutes) || named;
    if (named && at > from) found.push(at);
    highest = Math.max(highest, shown);
  }
  return found;
}

describe('any train, in any zone, at any time', () => {
  it('leaves whenever the clock first shows its time or has jumped over it, and at no other time', () => {
    fc.assert(
      fc.property(cronText, span, (text, { zone, from, to }) => {
        const { cron } = readCron(text);
        fc.pre(cron !== null);
        const found = seenOf(departuresBetween(train(text, zone), from, to, 10_000)).map(({ at }) => at);
        expect(found).toEqual(walked(cron, zone, from, to));
      }),
      { numRuns: 150 },
    );
  });

  it('leaves in one order, each time as its fields say unless its hour was skipped', () => {
    fc.assert(
      fc.property(cronText, span, (text, { zone, from, to }) => {
        const { cron } = readCron(text);
        fc.pre(cron !== null);
        let before = from;
        for (const { at } of seenOf(departuresBetween(train(text, zone), from, to, 500))) {
          expect(at).toBeGreaterThan(before);
          expect(isNamed(cron, wallMinutes(at, zone)) || wallMinutes(at, zone) - wallMinutes(at - 60_000, zone) > 1).toBe(true);
          before = at;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leaves as often and as late if whoever looks begins anew at any moment', () => {
    fc.assert(
      fc.property(
        cronText,
        span,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        (text, { zone, from, to }, stops) => {
          fc.pre(readCron(text).cron !== null);
          const one = train(text, zone);
          const whole = seenOf(departuresBetween(one, from, to, 10_000));
          const looks = [...stops.map((part) => Math.floor(from + part * (to - from))).sort((a, b) => a - b), to];
          let seen = from;
          const pieces = looks.flatMap((now) => {
            const piece = seenOf(departuresBetween(one, seen, now, 10_000));
            // What is due is the newest of the piece, and the others are counted.
            const due = seenOf(dueDeparture(one, seen, now));
            expect(due?.at ?? null).toBe(piece.at(-1)?.at ?? null);
            expect(due?.missed ?? 0).toBe(Math.min(Math.max(piece.length - 1, 0), MOST_COUNTED));
            seen = now;
            return piece;
          });
          expect(pieces).toEqual(whole);
          const first = seenOf(nextDeparture(one, from));
          if (whole[0] !== undefined) expect(first).toEqual(whole[0]);
          else if (first !== null) expect(first.at).toBeGreaterThan(to);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the trains of a policy file', () => {
  const FILE = `trains:
  - { name: weekly, line: main, cron: "0 10 * * tue", zone: Europe/Berlin, do: publish, freeze-before: 24h }
  - { name: nightly, cron: "0 1 * * *" }
`;

  it('are read, and written as they were', () => {
    const read = parsePolicy(FILE);
    const trains: TrainPolicy[] = [
      { name: 'weekly', line: 'main', cron: '0 10 * * tue', zone: 'Europe/Berlin', does: 'publish', freezeBefore: 86_400 },
      { name: 'nightly', line: null, cron: '0 1 * * *', zone: 'UTC', does: 'draft', freezeBefore: null },
    ];
    expect(read.ok && read.policy.trains).toEqual(trains);
    const written = read.ok ? policyText(overridesOf(read.policy)) : '';
    const again = parsePolicy(written);
    expect(again.ok && again.policy.trains).toEqual(trains);
  });

  it.each<[string, string, string]>([
    ['no time', 'cron: at ten', 'trains[0].cron | "at ten" is no time for a train: it needs five fields'],
    [
      'a day that never comes',
      'cron: "0 0 30 2 *"',
      'trains[0].cron | "0 0 30 2 *" is no time for a train: there is no such day in any of its months',
    ],
    ['too many times', 'cron: "* * * * *"', 'trains[0].cron | "* * * * *" comes more than 24 times a day'],
    [
      'a misspelt zone',
      'cron: "0 10 * * *", zone: Europe/Berln',
      'trains[0].zone | no time zone "Europe/Berln" is known: did you mean Europe/Berlin?',
    ],
    ['a freeze before a freeze', 'cron: "0 10 * * *", do: freeze, freeze-before: 1h', 'trains[0].freeze-before | is not looked at beside'],
  ])('with %s are refused with the place and what to write', (_, keys, problem) => {
    const read = parsePolicy(`trains:\n  - { name: a, ${keys} }\n`);
    const told = read.ok ? [] : read.problems.map(({ path, says }) => `${path} | ${says}`);
    expect(told).toEqual([expect.stringContaining(problem)]);
  });

  it('have names of their own', () => {
    const read = parsePolicy('trains:\n  - { name: a, cron: "0 10 * * *" }\n  - { name: A, cron: "0 11 * * *" }\n');
    expect(read.ok ? [] : read.problems.map(({ says }) => says)).toEqual(['"A" is the name of trains[0] already']);
  });
});
