// What stops a deployment: holds and freezes by policy and by command, and hours outside the windows, at both ends of summer time.
import { describe, expect, it } from 'vitest';
import { earliest, endOf, freezeSpan, instantOf, windowsAt } from '../../../src/core/gate/clock.ts';
import type { Gate, GateFacts } from '../../../src/core/gate/facts.ts';
import { mayOpen } from '../../../src/core/gate/finding.ts';
import { decide } from '../../../src/core/gate.ts';
import { DAYS, type Occasion, type WindowPolicy } from '../../../src/core/policy/environment.ts';
import { facts, known, production, unseen } from '../../support/gate-facts.ts';

const release = (occasion: Occasion | null): NonNullable<GateFacts['release']> =>
  known({ version: null, tag: null, kind: 'maintenance', occasion, texts: [] });
const EMPTY = production('promote: manual');

describe('a hold', () => {
  it('of the policy stands until the policy changes', () => {
    const decision = decide(production('hold: the year ends'), facts());
    expect(decision).toMatchObject({
      outcome: 'wait',
      again: null,
      findings: [{ code: 'held', verdict: 'unmet', says: 'The policy holds it: the year ends' }],
    });
    expect(mayOpen(decision)).toBe(false);
  });

  it('by command stands until it is taken back, each of them', () => {
    const holds = known([
      { by: 'ada', reason: 'the database is being moved', at: '2026-11-23T10:00:00+01:00' },
      { by: 'grace', reason: 'wait for me', at: 'lately' },
    ]);
    const decision = decide(EMPTY, facts({ holds }));
    expect(decision.findings).toEqual([
      {
        asks: 'hold',
        requirement: 'hold',
        verdict: 'unmet',
        code: 'held-by-person',
        says: '@ada holds it: the database is being moved',
        who: ['ada'],
        since: '2026-11-23T09:00:00Z',
      },
      { asks: 'hold', requirement: 'hold', verdict: 'unmet', code: 'held-by-person', says: '@grace holds it: wait for me', who: ['grace'] },
    ]);
    expect(mayOpen(decision)).toBe(true);
    expect(decide(production('hold: x'), facts({ holds })).findings.map(({ code }) => code)).toEqual([
      'held',
      'held-by-person',
      'held-by-person',
    ]);
  });

  it('is unknown where it could not be seen, or nobody looked', () => {
    const { holds: _, ...without } = facts();
    expect(decide(EMPTY, without)).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'not-asked', says: expect.stringContaining('Whether a person holds it') }],
    });
    expect(decide(EMPTY, facts({ holds: unseen() }))).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'holds-unseen', says: expect.stringContaining('GitHub did not answer.') }],
    });
    expect(decide(production('hold: x'), facts({ holds: unseen() })).findings.map(({ code }) => code)).toEqual(['held', 'holds-unseen']);
    expect(decide(production('hold: x'), without).findings.map(({ code }) => code)).toEqual(['held', 'not-asked']);
  });
});

describe('a freeze by command', () => {
  const frozen = (until: string | null, more: Partial<GateFacts> = {}) =>
    decide(EMPTY, facts({ freezes: known([{ by: 'ada', reason: 'year end', at: '2026-11-23T10:00:00Z', until }]), ...more }));

  it('stands until it is taken back', () => {
    expect(frozen(null)).toMatchObject({
      outcome: 'wait',
      again: null,
      findings: [
        {
          code: 'frozen-by-person',
          says: '@ada has frozen it until it is taken back: year end',
          who: ['ada'],
          since: '2026-11-23T10:00:00Z',
        },
      ],
    });
    expect(frozen(null).findings[0]).not.toHaveProperty('opensAt');
  });

  it('stands until just before its end', () => {
    expect(frozen('2026-11-23T12:00:01Z')).toMatchObject({
      outcome: 'wait',
      again: '2026-11-23T12:00:01Z',
      findings: [{ says: '@ada has frozen it until 2026-11-23T12:00:01Z: year end', opensAt: '2026-11-23T12:00:01Z' }],
    });
    expect(frozen('2026-11-23T12:00:00Z')).toMatchObject({ outcome: 'approve', again: null });
    expect(frozen('2026-11-23T11:00:00Z').outcome).toBe('approve');
  });

  it('S-04: whose end cannot be read stands', () => {
    expect(frozen('soon')).toMatchObject({ outcome: 'wait', findings: [{ code: 'frozen-by-person' }] });
  });

  it('excepts nothing', () => {
    expect(frozen(null, { release: release('security') }).outcome).toBe('wait');
  });

  it('is unknown where it could not be seen, or nobody looked', () => {
    const { freezes: _, ...without } = facts();
    expect(decide(EMPTY, without)).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'not-asked', says: expect.stringContaining('Whether a person has frozen it') }],
    });
    expect(decide(EMPTY, facts({ freezes: unseen() }))).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'freezes-unseen', says: expect.stringContaining('GitHub did not answer.') }],
    });
  });
});

describe('a freeze of the policy', () => {
  const gate = (freeze: string) => production(`freeze: [${freeze}]`);
  const december = gate(
    '{ from: "2026-12-19T18:00", to: "2027-01-04T08:00", zone: Europe/Berlin, except: [security, rollback], reason: year end }',
  );
  const at = (now: string, more: Partial<GateFacts> = {}) => decide(december, facts({ now, release: release('feature'), ...more }));

  it.each<[string, string, string]>([
    ['just before it begins', '2026-12-19T16:59:59Z', 'freeze-none'],
    ['as it begins', '2026-12-19T17:00:00Z', 'frozen'],
    ['within', '2026-12-24T18:00:00Z', 'frozen'],
    ['just before it ends', '2027-01-04T06:59:59Z', 'frozen'],
    ['as it ends', '2027-01-04T07:00:00Z', 'freeze-none'],
  ])('%s', (_, now, code) => {
    const decision = at(now);
    expect(decision.findings.map((one) => one.code)).toEqual([code]);
    expect(decision.outcome).toBe(code === 'frozen' ? 'wait' : 'approve');
  });

  it('is told with its reason and its end, and looked at again then', () => {
    expect(at('2026-12-24T18:00:00Z')).toMatchObject({
      again: '2027-01-04T07:00:00Z',
      findings: [
        { says: 'Frozen until 2027-01-04 08:00 Europe/Berlin: year end.', since: '2026-12-19T17:00:00Z', opensAt: '2027-01-04T07:00:00Z' },
      ],
    });
    expect(at('2026-12-01T00:00:00Z').again).toBe('2026-12-19T17:00:00Z');
    expect(at('2027-02-01T00:00:00Z').again).toBeNull();
    expect(decide(gate('{ from: "2026-11-01T00:00", to: "2026-12-01T00:00" }'), facts()).findings[0]?.says).toBe(
      'Frozen until 2026-12-01 00:00 UTC.',
    );
    expect(decide(gate('{ from: "2026-11-01T00:00", to: "2026-12-01T00:00", reason: "No." }'), facts()).findings[0]?.says).toBe(
      'Frozen until 2026-12-01 00:00 UTC: No.',
    );
  });

  it.each<[Occasion | null, string, string]>([
    ['security', '[security]', 'freeze-excepted'],
    ['security', '[maintenance]', 'freeze-excepted'],
    ['maintenance', '[security]', 'frozen'],
    ['maintenance', '[maintenance]', 'freeze-excepted'],
    ['breaking', '[feature]', 'freeze-excepted'],
    ['feature', '[breaking]', 'frozen'],
    ['rollback', '[rollback]', 'freeze-excepted'],
    ['rollback', '[maintenance, feature]', 'frozen'],
    [null, '[maintenance, security, feature, breaking, rollback]', 'frozen'],
  ])('%s where %s is excepted: %s', (occasion, except, code) => {
    const decision = decide(
      gate(`{ from: "2026-11-01T00:00", to: "2026-12-01T00:00", except: ${except} }`),
      facts({ release: release(occasion) }),
    );
    expect(decision.findings.map((one) => one.code)).toEqual([code]);
  });

  it('says whom it excepts', () => {
    expect(at('2026-12-24T18:00:00Z', { release: release('security') }).findings[0]?.says).toBe(
      'A freeze is on, and does not hold for security.',
    );
    expect(at('2026-12-24T18:00:00Z', { release: release('security') }).again).toBe('2027-01-04T07:00:00Z');
  });

  it('of several, the one that lasts longest is told, and each that is not excepted holds', () => {
    const two = gate(
      '{ from: "2026-11-01T00:00", to: "2026-12-01T00:00" }, { from: "2026-11-20T00:00", to: "2026-12-10T00:00" }, { from: "2026-11-20T00:00", to: "2027-01-01T00:00", except: [feature] }',
    );
    expect(decide(two, facts({ release: release('feature') }))).toMatchObject({
      again: '2026-12-01T00:00:00Z',
      findings: [{ code: 'frozen', opensAt: '2026-12-10T00:00:00Z' }],
    });
  });

  it('that lasts longest is told wherever it stands among the others', () => {
    const spans = ['2026-12-01', '2027-01-01', '2026-12-10'].map((to) => `{ from: "2026-11-01T00:00", to: "${to}T00:00" }`);
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 0, 1],
      [1, 2, 0],
    ]) {
      const some = gate(order.map((index) => spans[index]).join(', '));
      expect(decide(some, facts()).findings).toMatchObject([{ code: 'frozen', opensAt: '2027-01-01T00:00:00Z' }]);
    }
  });

  it('that cannot be worked out stands', () => {
    const entry = december.entry as NonNullable<Gate['entry']>;
    const odd = (more: object): Gate => ({ ...december, entry: { ...entry, freeze: entry.freeze.map((one) => ({ ...one, ...more })) } });
    for (const more of [{ zone: 'Mars/Olympus' }, { from: 'spring' }, { to: 'autumn' }]) {
      expect(decide(odd(more), facts())).toMatchObject({ outcome: 'wait', findings: [{ code: 'zone-unknown', verdict: 'unknown' }] });
    }
    expect(mayOpen(decide(odd({ from: 'spring' }), facts()))).toBe(false);
    const half = odd({ from: 'spring' }).entry as NonNullable<Gate['entry']>;
    const both = { ...december, entry: { ...half, freeze: [...half.freeze, ...entry.freeze] } };
    expect(decide(both, facts())).toMatchObject({ again: '2026-12-19T17:00:00Z', findings: [{ code: 'zone-unknown' }] });
  });

  it.each<[string, string, string, string]>([
    ['a beginning that the clock skips is the earlier', '2026-03-29T02:30', '2026-03-30T00:00', '2026-03-29T00:30:00Z'],
    ['a beginning that comes twice is the first', '2026-10-25T02:30', '2026-10-26T00:00', '2026-10-25T00:30:00Z'],
  ])('S-46 in Berlin: %s', (_, from, to, begins) => {
    expect(freezeSpan({ from, to, zone: 'Europe/Berlin', except: [], reason: null })?.from).toBe(instantOf(begins));
  });

  it.each<[string, string, string]>([
    ['an end that the clock skips is the later', '2026-03-29T02:30', '2026-03-29T01:30:00Z'],
    ['an end that comes twice is the last', '2026-10-25T02:30', '2026-10-25T01:30:00Z'],
  ])('S-46 in Berlin: %s', (_, to, ends) => {
    expect(freezeSpan({ from: '2026-03-01T00:00', to, zone: 'Europe/Berlin', except: [], reason: null })?.to).toBe(instantOf(ends));
  });

  it('with an offset needs no zone', () => {
    expect(
      freezeSpan({ from: '2026-12-19T18:00+01:00', to: '2027-01-04T08:00Z', zone: 'America/New_York', except: [], reason: null }),
    ).toEqual({
      from: instantOf('2026-12-19T17:00:00Z'),
      to: instantOf('2027-01-04T08:00:00Z'),
    });
  });
});

describe('S-46: windows', () => {
  const gate = (windows: string) => production(`windows: [${windows}]`);
  const office = gate('{ days: mon-thu, from: "09:00", to: "16:00", zone: Europe/Berlin }');

  it.each<[string, string, string, string | null]>([
    ['just before it opens', '2026-11-23T07:59:59Z', 'window-closed', '2026-11-23T08:00:00Z'],
    ['as it opens', '2026-11-23T08:00:00Z', 'window-open', '2026-11-23T15:00:00Z'],
    ['within', '2026-11-23T12:00:00Z', 'window-open', '2026-11-23T15:00:00Z'],
    ['just before it closes', '2026-11-23T14:59:59.999Z', 'window-open', '2026-11-23T15:00:00Z'],
    ['as it closes', '2026-11-23T15:00:00Z', 'window-closed', '2026-11-24T08:00:00Z'],
    ['before the weekend', '2026-11-26T15:00:00Z', 'window-closed', '2026-11-30T08:00:00Z'],
    ['on a day that is none', '2026-11-27T12:00:00Z', 'window-closed', '2026-11-30T08:00:00Z'],
    ['in summer', '2026-07-06T07:00:00Z', 'window-open', '2026-07-06T14:00:00Z'],
  ])('%s', (_, now, code, again) => {
    const decision = decide(office, facts({ now }));
    expect(decision).toMatchObject({ outcome: code === 'window-open' ? 'approve' : 'wait', again });
    expect(decision.findings.map((one) => one.code)).toEqual([code]);
    expect(decision.findings[0]?.opensAt).toBe(code === 'window-open' ? undefined : again);
  });

  it('are told with when the next one opens', () => {
    const finding = decide(office, facts({ now: '2026-11-27T12:00:00Z' })).findings[0];
    expect(finding).toMatchObject({
      verdict: 'pending',
      says: 'No window is open. The next window opens at 2026-11-30 09:00 Europe/Berlin.',
    });
    expect(mayOpen(decide(office, facts({ now: '2026-11-27T12:00:00Z' })))).toBe(true);
  });

  it('across midnight belong to the day on which they begin', () => {
    const night = gate('{ days: fri, from: "22:00", to: "02:00" }');
    const open = (now: string) => decide(night, facts({ now })).outcome === 'approve';
    expect(open('2026-11-27T22:00:00Z')).toBe(true);
    expect(open('2026-11-28T01:59:59Z')).toBe(true);
    expect(open('2026-11-28T02:00:00Z')).toBe(false);
    expect(open('2026-11-28T22:00:00Z')).toBe(false);
    expect(open('2026-11-27T01:00:00Z')).toBe(false);
    expect(decide(night, facts({ now: '2026-11-27T23:00:00Z' })).again).toBe('2026-11-28T02:00:00Z');
    const sunday = gate('{ days: sun, from: "22:00", to: "02:00" }');
    expect(decide(sunday, facts({ now: '2026-11-30T01:00:00Z' })).outcome).toBe('approve');
    expect(decide(sunday, facts({ now: '2026-11-29T01:00:00Z' })).outcome).toBe('wait');
  });

  it('to midnight end with their day', () => {
    const day = gate('{ days: [fri] }');
    expect(decide(day, facts({ now: '2026-11-27T23:59:59Z' }))).toMatchObject({ outcome: 'approve', again: '2026-11-28T00:00:00Z' });
    expect(decide(day, facts({ now: '2026-11-28T00:00:00Z' }))).toMatchObject({ outcome: 'wait', again: '2026-12-04T00:00:00Z' });
    expect(decide(day, facts({ now: '2026-11-26T23:59:59Z' }))).toMatchObject({ outcome: 'wait', again: '2026-11-27T00:00:00Z' });
  });

  it('that follow one another are one', () => {
    const two = gate('{ days: mon, from: "09:00", to: "12:00" }, { days: mon, from: "12:00", to: "15:00" }');
    expect(decide(two, facts({ now: '2026-11-23T10:00:00Z' })).again).toBe('2026-11-23T15:00:00Z');
    const overlapping = gate('{ days: mon, from: "09:00", to: "13:00" }, { days: mon, from: "12:00", to: "15:00" }');
    expect(decide(overlapping, facts({ now: '2026-11-23T10:00:00Z' })).again).toBe('2026-11-23T15:00:00Z');
  });

  it('that are always open never turn', () => {
    expect(decide(gate('{ days: mon-sun }'), facts())).toMatchObject({ outcome: 'approve', again: null });
  });

  it('that follow one another for more than a week are looked at again at one of their seams', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => ({ days: DAYS, from: hour * 60, to: hour * 60 + 60, zone: 'UTC' }));
    const now = instantOf('2026-11-23T12:00:00Z') as number;
    expect(windowsAt(hours, now)).toEqual({ open: true, turns: now + 200 * 3_600_000 });
  });

  it('whose zone is not known stay shut', () => {
    const entry = office.entry as NonNullable<Gate['entry']>;
    const mars = { ...office, entry: { ...entry, windows: entry.windows.map((one) => ({ ...one, zone: 'Mars/Olympus' })) } };
    expect(decide(mars, facts())).toMatchObject({ outcome: 'wait', again: null, findings: [{ code: 'zone-unknown', verdict: 'unknown' }] });
  });

  it('that end as they begin never open, which a policy refuses', () => {
    const none = [{ days: DAYS, from: 540, to: 540, zone: 'UTC' }];
    expect(windowsAt(none, instantOf('2026-11-23T09:00:00Z') as number)).toEqual({ open: false, turns: null });
    expect(windowsAt(none, instantOf('2026-11-23T12:00:00Z') as number)).toEqual({ open: false, turns: null });
  });

  it('without a day never open', () => {
    const entry = office.entry as NonNullable<Gate['entry']>;
    const never = { ...office, entry: { ...entry, windows: entry.windows.map((one) => ({ ...one, days: [] })) } };
    expect(decide(never, facts())).toMatchObject({
      outcome: 'wait',
      again: null,
      findings: [{ says: 'No window is open. No window will open in the next two weeks.' }],
    });
    expect(decide(never, facts()).findings[0]).not.toHaveProperty('opensAt');
  });

  it('a freeze beats them', () => {
    const both = production('windows: [{ days: mon }]\nfreeze: [{ from: "2026-11-23T00:00", to: "2026-11-24T00:00" }]');
    expect(decide(both, facts())).toMatchObject({ outcome: 'wait', findings: [{ code: 'window-open' }, { code: 'frozen' }] });
  });
});

describe('S-46: a window where the clock jumps', () => {
  const berlin = (from: string, to: string): WindowPolicy => {
    const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
    return { days: ['sun'], from: minutes(from), to: minutes(to), zone: 'Europe/Berlin' };
  };

  /** When it is open on that Sunday, in minutes of UTC. */
  const openTimes = (window: WindowPolicy, day: string): string[] => {
    const spans: string[] = [];
    const start = instantOf(`${day}T00:00:00Z`) as number;
    let begun: number | null = null;
    for (let at = start - 3_600_000; at <= start + 4 * 3_600_000; at += 60_000) {
      const open = windowsAt([window], at)?.open === true;
      if (open && begun === null) begun = at;
      if (!open && begun !== null) {
        spans.push(`${new Date(begun).toISOString().slice(11, 16)}-${new Date(at).toISOString().slice(11, 16)}`);
        begun = null;
      }
    }
    return spans;
  };

  // Spring: 02:00 is 03:00, at 01:00 UTC on 29 March. Autumn: 03:00 is 02:00 again, at 01:00 UTC on 25 October.
  it.each<[string, string, string, string[]]>([
    ['2026-03-29', '02:00', '03:00', []],
    ['2026-03-29', '01:30', '02:30', ['00:30-01:00']],
    ['2026-03-29', '02:30', '04:00', ['01:00-02:00']],
    ['2026-03-29', '01:00', '04:00', ['00:00-02:00']],
    ['2026-10-25', '02:00', '03:00', ['00:00-02:00']],
    ['2026-10-25', '01:30', '02:30', ['23:30-00:30', '01:00-01:30']],
    ['2026-10-25', '02:30', '03:30', ['00:30-01:00', '01:30-02:30']],
    ['2026-10-25', '03:00', '04:00', ['02:00-03:00']],
  ])('%s, %s to %s', (day, from, to, expected) => {
    expect(openTimes(berlin(from, to), day)).toEqual(expected);
  });

  it.each<[string, string, string, string, string]>([
    ['which it skips, opens a week later', '02:00', '03:00', '2026-03-28T23:00:00Z', '2026-04-05T00:00:00Z'],
    ['which it skips, opens two weeks after it last did', '02:00', '03:00', '2026-03-22T02:00:00Z', '2026-04-05T00:00:00Z'],
    ['which it skips in part, opens as the hour is over', '02:30', '04:00', '2026-03-28T23:00:00Z', '2026-03-29T01:00:00Z'],
    ['which it skips in part, closes as the hour begins', '01:30', '02:30', '2026-03-29T00:45:00Z', '2026-03-29T01:00:00Z'],
    ['which it repeats in part, opens again', '01:30', '02:30', '2026-10-25T00:45:00Z', '2026-10-25T01:00:00Z'],
    ['which it repeats in part, closes as the clock is put back', '02:30', '03:30', '2026-10-25T00:45:00Z', '2026-10-25T01:00:00Z'],
    ['which it repeats in part, closes the second time', '01:30', '02:30', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00Z'],
    ['which it repeats in part, opens the second time', '02:30', '03:30', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00Z'],
    ['which it repeats, closes after the second', '02:00', '03:00', '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z'],
  ])('%s', (_, from, to, now, turns) => {
    expect(windowsAt([berlin(from, to)], instantOf(now) as number)?.turns).toBe(instantOf(turns));
  });
});

describe('the end of a quarantine', () => {
  it.each<[string, string | null]>([
    ['2027-01-31', '2027-02-01T00:00:00Z'],
    ['2027-01-31T18:00', '2027-01-31T18:00:00Z'],
    ['2027-01-31T18:00:30', '2027-01-31T18:00:30Z'],
    ['2027-01-31T18:00+01:00', '2027-01-31T17:00:00Z'],
    ['2027-02-31', null],
    ['spring', null],
  ])('%s is %s', (written, expected) => {
    expect(endOf(written)).toBe(expected === null ? null : instantOf(expected));
  });
});

describe('the earliest of some instants', () => {
  it.each<[readonly (number | null)[], number | null]>([
    [[], null],
    [[null], null],
    [[5, null], 5],
    [[null, 5, 3, 4], 3],
  ])('of %j is %j', (instants, expected) => {
    expect(earliest(instants)).toBe(expected);
  });
});
