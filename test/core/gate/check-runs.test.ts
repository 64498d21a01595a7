// The runs of one check: what they come to together, when a failure is sure, and which facts are of one check.
import { describe, expect, it } from 'vitest';
import { countsFor, isOfApp, isSure, mayHavePassed, quarantineEnds, runsOf, runsVerdict } from '../../../src/core/gate/check-runs.ts';
import type { CheckFact } from '../../../src/core/gate/facts.ts';
import { decide } from '../../../src/core/gate.ts';
import { check, facts, known, production } from '../../support/gate-facts.ts';

const PLAIN = { accept: [], flake: 'latest', retries: null } as const;
const run = (id: number | null, state: string): CheckFact => check('test', state, { id, startedAt: '2026-11-23T10:00:00Z' });

describe('what runs come to', () => {
  it.each<[readonly [number | null, string][], object, object]>([
    [[[1, 'success']], {}, { is: 'passed', state: 'success', definite: false }],
    [[[1, 'failure']], {}, { is: 'failed', state: 'failure', definite: true }],
    [[[1, 'queued']], {}, { is: 'running', state: 'queued', definite: false }],
    [[[1, 'stale']], {}, { is: 'other', state: 'stale', definite: false }],
    [[[1, 'skipped']], { accept: ['skipped'] }, { is: 'passed', state: 'success', definite: false }],
    [
      [
        [null, 'stale'],
        [null, 'queued'],
        [null, 'error'],
      ],
      {},
      { is: 'failed', state: 'error', definite: false },
    ],
    [
      [
        [null, 'stale'],
        [null, 'queued'],
      ],
      {},
      { is: 'running', state: 'queued', definite: false },
    ],
    [
      [
        [null, 'error'],
        [null, 'failure'],
      ],
      {},
      { is: 'failed', state: 'error', definite: true },
    ],
    [
      [
        [1, 'failure'],
        [2, 'success'],
      ],
      { retries: 0 },
      { is: 'flaky', state: 'failed once', definite: true },
    ],
    [
      [
        [1, 'failure'],
        [2, 'failure'],
        [3, 'success'],
      ],
      { flake: 'failed' },
      { is: 'flaky', state: 'failed 2 times', definite: true },
    ],
    [
      [
        [1, 'sparkling'],
        [2, 'success'],
      ],
      { retries: 0 },
      { is: 'unclear', state: 'sparkling', definite: false },
    ],
    [[[null, 'success']], { retries: 0 }, { is: 'unclear', state: '', definite: false }],
    [
      [
        [null, 'success'],
        [2, 'success'],
      ],
      { retries: 0 },
      { is: 'unclear', state: '', definite: false },
    ],
    [
      [
        [null, 'success'],
        [2, 'success'],
      ],
      {},
      { is: 'passed', state: 'success', definite: false },
    ],
    [
      [
        [1, 'success'],
        [2, 'failure'],
      ],
      { flake: 'passed' },
      { is: 'passed', state: 'success', definite: false },
    ],
  ])('%j with %j', (runs, more, expected) => {
    expect(
      runsVerdict(
        runs.map(([id, state]) => run(id, state)),
        { ...PLAIN, ...more },
      ),
    ).toEqual(expected);
  });

  it.each<[string, object, boolean]>([
    ['success', {}, true],
    ['sparkling', {}, true],
    ['failure', {}, false],
    ['queued', {}, false],
    ['skipped', {}, false],
    ['skipped', { accept: ['skipped'] }, true],
    ['skipped', { accept: ['neutral'] }, false],
  ])('%s with %j may have passed: %s', (state, more, expected) => {
    expect(mayHavePassed([run(1, state)], { ...PLAIN, ...more })).toBe(expected);
  });
});

describe('a failure is sure', () => {
  const one = (name: string, ofApp: boolean, definite: boolean) => ({ name, ofApp, verdict: { definite } });
  const failed = one('test', true, true);
  const blurred = one('test', false, true);

  it.each<[string, ReturnType<typeof one>, readonly ReturnType<typeof one>[], boolean]>([
    ['alone', failed, [], true],
    ['not where it is none', one('test', true, false), [], false],
    ['beside another app’s pass', failed, [one('test', true, false)], true],
    ['not beside a pass of nobody knows which app', failed, [one('test', false, false)], false],
    ['not where its own app is not told, beside a pass', blurred, [one('test', true, false)], false],
    ['where its own app is not told, beside a pass of another name', blurred, [one('lint', true, false)], true],
    ['where its own app is not told, beside another failure', blurred, [one('test', false, true)], true],
    ['not where one of several others passed', blurred, [one('test', true, true), one('test', true, false)], false],
  ])('%s', (_, failure, others, expected) => {
    expect(isSure(failure, [failure, ...others])).toBe(expected);
    expect(isSure(failure, [...others, failure])).toBe(expected);
  });

  it('and only then rejects', () => {
    const gate = production('requires: [{ checks: ["*"], on-failure: reject }]');
    const outcome = (...checks: readonly CheckFact[]) => decide(gate, facts({ checks: known(checks) })).outcome;
    expect(outcome(check('test', 'failure'), check('test', 'success', { app: null, appId: null }))).toBe('wait');
    expect(outcome(check('test', 'failure'), check('test', 'success', { app: 'circleci' }))).toBe('reject');
    expect(outcome(check('test', 'failure', { app: null, kind: 'status' }), check('test', 'success'))).toBe('reject');
    expect(outcome(check('test', 'failure'), check('lint'))).toBe('reject');
  });
});

describe('facts of one check', () => {
  it('have one name, kind and app, and come in the order of their names', () => {
    const listed = [
      check('b', 'success', { id: 1 }),
      check('a', 'success', { id: 2, app: null, kind: 'status' }),
      check('b', 'failure', { id: 3 }),
      check('a', 'success', { id: 4, app: null, appId: 7 }),
      check('a', 'success', { id: 5, app: 'circleci' }),
    ];
    const groups = runsOf(listed).map(({ name, ofApp, runs }) => [name, ofApp, runs.map(({ id }) => id)]);
    expect(groups).toEqual([
      ['a', true, [5]],
      ['a', false, [4]],
      ['a', true, [2]],
      ['b', true, [1, 3]],
    ]);
    expect(runsOf(listed.toReversed()).map(({ key }) => key)).toEqual(runsOf(listed).map(({ key }) => key));
  });

  it('are counted by any of the names and none of the exceptions', () => {
    const counts = (name: string) => countsFor({ names: ['a*', 'b'], except: ['ab', 'ac'] }, check(name));
    expect(['a', 'b', 'ax', 'ab', 'ac', 'c'].map(counts)).toEqual([true, true, true, false, false, false]);
  });

  it.each<[string | null, Partial<CheckFact>, string]>([
    [null, { app: null, appId: null }, 'yes'],
    ['github-actions', {}, 'yes'],
    ['github-actions', { app: 'x' }, 'no'],
    ['github-actions', { app: null }, 'unknown'],
    ['github-actions', { app: null, kind: 'status' }, 'no'],
    ['15368', {}, 'yes'],
    ['15368', { appId: 1 }, 'no'],
    ['15368', { appId: null }, 'unknown'],
    ['15368', { appId: null, kind: 'status' }, 'no'],
    ['1password', { app: '1password', appId: 1 }, 'yes'],
    ['acme-2', { app: 'acme-2', appId: null }, 'yes'],
  ])('of the app %s where %j: %s', (app, more, expected) => {
    expect(isOfApp(app, check('test', 'success', more))).toBe(expected);
  });

  it('are called by the app, its slug or its number', () => {
    const name = (app: string) => decide(production(`requires: [{ checks: [test], app: ${app} }]`), facts()).findings[0]?.requirement;
    expect([name('1password'), name('acme-2'), name('7')]).toEqual([
      'check test of 1password',
      'check test of acme-2',
      'check test of app 7',
    ]);
  });
});

describe('the ends of quarantines', () => {
  it('are those that can be read', () => {
    const quarantine = [
      { check: 'a', until: '2027-01-31', reason: 'x' },
      { check: 'b', until: 'spring', reason: 'x' },
    ];
    expect(quarantineEnds({ quarantine })).toEqual([Date.UTC(2027, 1, 1)]);
  });
});

describe('a failure that is allowed', () => {
  it('is none where one failure is enough, whatever the retries', () => {
    const gate = production('requires: [{ checks: [test], flake: failed, retries: 3 }]');
    const decision = decide(gate, facts({ checks: known([run(1, 'failure'), run(2, 'success')]) }));
    expect(decision.findings[0]?.says).toContain('the policy allows no failure');
  });
});
