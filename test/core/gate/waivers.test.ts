// Break-glass: what a waiver covers, for which commit and environment, until when, and that its words stay in the finding.
import { describe, expect, it } from 'vitest';
import type { WaiverFact } from '../../../src/core/gate/facts.ts';
import { decide } from '../../../src/core/gate.ts';
import { approval, check, facts, known, OTHER_SHA, production, unseen, waiver } from '../../support/gate-facts.ts';

const GATE = production('requires:\n  - checks: [test, lint]\n    on-failure: reject\n  - approvals: { count: 1 }\nhold: the year ends');
const red = { checks: known([check('test', 'failure'), check('lint')]), approvals: known([]) };
const judge = (...waivers: readonly WaiverFact[]) => decide(GATE, facts({ ...red, waivers: known(waivers) }));
const codes = (...waivers: readonly WaiverFact[]) => judge(...waivers).findings.map(({ code }) => code);

describe('a waiver', () => {
  it('of all covers whatever is not met, in its words and those of what it covers', () => {
    const decision = judge(waiver());
    expect(decision).toMatchObject({ outcome: 'approve', again: '2026-11-23T13:00:00Z' });
    expect(decision.findings[0]).toEqual({
      asks: 'checks',
      requirement: 'check test',
      verdict: 'met',
      code: 'waived',
      says: 'Waived by @ada until 2026-11-23T13:00:00Z: the shop is down. Without it: test ended as failure.',
      who: ['ada'],
    });
    expect(decision.findings.map(({ code }) => code)).toEqual(['waived', 'check-passed', 'waived', 'waived']);
  });

  it.each<[string, string, string[]]>([
    ['what is asked', 'checks', ['waived', 'check-passed', 'approvals-missing', 'held']],
    ['what else is asked', 'approvals', ['check-failed', 'check-passed', 'waived', 'held']],
    ['one requirement by its name', 'check test', ['waived', 'check-passed', 'approvals-missing', 'held']],
    ['one that is met already', 'check lint', ['check-failed', 'check-passed', 'approvals-missing', 'held']],
    ['nothing that there is', 'soak', ['check-failed', 'check-passed', 'approvals-missing', 'held']],
  ])('covers %s', (_, requirement, expected) => {
    expect(codes(waiver({ requirement }))).toEqual(expected);
  });

  it('lifts a rejection that it covers, and no other', () => {
    expect(judge(waiver({ requirement: 'checks' })).outcome).toBe('wait');
    expect(judge(waiver({ requirement: 'approvals' })).outcome).toBe('reject');
    const rejected = facts({ ...red, approvals: known([approval('grace', 'reject')]), waivers: known([waiver()]) });
    expect(decide(GATE, rejected).outcome).toBe('approve');
  });

  it.each<[string, Partial<WaiverFact>, boolean]>([
    ['this commit', {}, true],
    ['another commit', { sha: OTHER_SHA }, false],
    ['this environment in other letters', { environment: 'PRODUCTION' }, true],
    ['another environment', { environment: 'qa' }, false],
    ['nobody', { by: ' ' }, false],
    ['no reason', { reason: ' ' }, false],
    ['until just now', { until: '2026-11-23T12:00:00Z' }, false],
    ['until in a moment', { until: '2026-11-23T12:00:00.001Z' }, true],
    ['since just now', { at: '2026-11-23T12:00:00Z' }, true],
    ['from in a moment', { at: '2026-11-23T12:00:00.001Z' }, false],
    ['an end that is no time', { until: 'tomorrow' }, false],
    ['a beginning that is no time', { at: 'now' }, false],
  ])('S-26: by or for %s counts or does not', (_, more, counts) => {
    expect(judge(waiver(more)).outcome).toBe(counts ? 'approve' : 'reject');
  });

  it('that is yet to begin, or to end, is looked at again then', () => {
    expect(judge(waiver({ at: '2026-11-23T12:30:00Z' })).again).toBe('2026-11-23T12:30:00Z');
    expect(judge(waiver({ until: '2026-11-23T11:59:00Z' })).again).toBeNull();
    expect(judge(waiver({ sha: OTHER_SHA })).again).toBeNull();
  });

  it('of several, the one that lasts longest is told', () => {
    const says = judge(
      waiver({ by: 'grace' }),
      waiver({ until: '2026-11-24T00:00:00Z' }),
      waiver({ by: 'grace', until: '2026-11-23T14:00:00Z' }),
    ).findings[0]?.says;
    expect(says).toContain('Waived by @ada until 2026-11-24T00:00:00Z');
    expect(codes(waiver({ requirement: 'approvals', until: '2026-11-24T00:00:00Z' }), waiver({ requirement: 'checks' }))).toEqual([
      'waived',
      'check-passed',
      'waived',
      'held',
    ]);
  });

  it('that could not be seen waives nothing', () => {
    expect(decide(GATE, facts({ ...red, waivers: unseen() })).outcome).toBe('reject');
    expect(decide(GATE, facts(red)).outcome).toBe('reject');
  });

  it('covers what could not be seen, and an environment without an entry', () => {
    expect(decide(GATE, facts({ waivers: known([waiver()]) })).outcome).toBe('approve');
    const unlisted = { environment: 'production', entry: null, unlisted: 'closed', listed: [] } as const;
    expect(decide(unlisted, facts({ waivers: known([waiver({ requirement: 'policy' })]) })).outcome).toBe('approve');
  });

  it('covers no facts of another environment', () => {
    expect(decide(GATE, facts({ environment: 'qa', waivers: known([waiver()]) })).outcome).toBe('wait');
  });
});
