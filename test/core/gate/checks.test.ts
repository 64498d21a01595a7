// The requirement `checks`: what opens a gate and what does not, run after run, app by app.
import { describe, expect, it } from 'vitest';
import { matchesName } from '../../../src/core/gate/check-runs.ts';
import type { CheckFact } from '../../../src/core/gate/facts.ts';
import { mayOpen } from '../../../src/core/gate/finding.ts';
import { decide } from '../../../src/core/gate.ts';
import { check, facts, known, production, unseen } from '../../support/gate-facts.ts';

const asked = (rest: string) => production(`requires:\n  - checks: [test]\n${rest.replace(/^/gm, '    ')}`);
const PLAIN = production('requires: [{ checks: [test] }]');
const TWO = production('requires:\n  - checks: [test, "regression / *"]\n    app: github-actions');

const seen = (gate: typeof PLAIN, ...checks: readonly CheckFact[]) => decide(gate, facts({ checks: known(checks) }));
const codes = (gate: typeof PLAIN, ...checks: readonly CheckFact[]) => seen(gate, ...checks).findings.map(({ code }) => code);

describe('each name', () => {
  it.each<[string, readonly CheckFact[], 'approve' | 'wait', readonly string[]]>([
    ['all passed', [check('test'), check('regression / a'), check('regression / b')], 'approve', ['check-passed', 'check-passed']],
    [
      'one failed of those that a pattern matches',
      [check('test'), check('regression / a'), check('regression / b', 'failure')],
      'wait',
      ['check-passed', 'check-failed'],
    ],
    ['one is running', [check('test'), check('regression / a', 'in_progress')], 'wait', ['check-passed', 'check-running']],
    ['one has not reported', [check('test'), check('lint')], 'wait', ['check-passed', 'check-missing']],
    ['T12, S-22: none has reported: an empty list is no pass', [], 'wait', ['check-missing', 'check-missing']],
    [
      'S-19: another app reports the name',
      [check('test'), check('regression / a', 'success', { app: 'impostor' })],
      'wait',
      ['check-passed', 'check-of-other-app'],
    ],
    [
      'S-19: a person posts a status of the name',
      [check('test'), check('regression / a', 'success', { app: null, kind: 'status' })],
      'wait',
      ['check-passed', 'check-of-other-app'],
    ],
    [
      'another app’s failure does not count either',
      [check('test'), check('test', 'failure', { app: 'impostor' }), check('regression / a')],
      'approve',
      ['check-passed', 'check-passed'],
    ],
    ['the name is only the beginning', [check('test 2'), check('regression / a')], 'wait', ['check-missing', 'check-passed']],
  ])('%s', (_, checks, outcome, expected) => {
    const decision = seen(TWO, ...checks);
    expect([decision.outcome, decision.findings.map(({ code }) => code)]).toEqual([outcome, expected]);
    expect(mayOpen(decision)).toBe(outcome === 'wait');
    expect(decision.findings.map(({ requirement }) => requirement)).toEqual([
      'check test of github-actions',
      'check regression / * of github-actions',
    ]);
  });

  it('S-25: is unknown where the checks could not be seen, or nobody looked', () => {
    const decision = decide(TWO, facts({ checks: unseen() }));
    expect(decision).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'checks-unseen', verdict: 'unknown' }, { code: 'checks-unseen' }],
    });
    expect(decision.findings[0]?.says).toContain('GitHub did not answer.');
    expect(decide(PLAIN, facts())).toMatchObject({ outcome: 'wait', findings: [{ code: 'not-asked', verdict: 'unknown' }] });
  });
});

describe('a state', () => {
  it.each<[string, string, string]>([
    ['success', 'check-passed', 'approve'],
    ...['failure', 'error', 'timed_out', 'startup_failure'].map((state): [string, string, string] => [state, 'check-failed', 'reject']),
    ...['queued', 'in_progress', 'pending', 'waiting', 'requested', 'expected'].map((state): [string, string, string] => [
      state,
      'check-running',
      'wait',
    ]),
    ...['skipped', 'neutral', 'cancelled', 'stale', 'action_required', 'sparkling', ''].map((state): [string, string, string] => [
      state,
      'check-not-success',
      'wait',
    ]),
  ])('T11, S-22: %s is %s; where failures reject: %s', (state, code, outcome) => {
    expect(codes(PLAIN, check('test', state))).toEqual([code]);
    expect(seen(PLAIN, check('test', state)).outcome).toBe(outcome === 'reject' ? 'wait' : outcome);
    expect(seen(asked('on-failure: reject'), check('test', state)).outcome).toBe(outcome);
  });

  it('that the policy accepts is a pass, and no other', () => {
    const gate = asked('accept: [skipped]');
    expect(['skipped', 'neutral', 'cancelled'].map((state) => seen(gate, check('test', state)).outcome)).toEqual([
      'approve',
      'wait',
      'wait',
    ]);
    expect(seen(asked('accept: [neutral]'), check('test', 'neutral')).outcome).toBe('approve');
  });

  it('that fails is told before one that runs, and that before any other', () => {
    const gate = production('requires: [{ checks: ["*"] }]');
    const [odd, runs, fails] = [check('a', 'stale'), check('b', 'queued'), check('c', 'failure')];
    expect(seen(gate, odd, runs, fails).findings[0]?.says).toBe('c ended as failure.');
    expect(seen(gate, odd, runs).findings[0]?.says).toBe('b is queued.');
    expect(seen(gate, odd).findings[0]?.says).toBe('a ended as stale, which is not success.');
  });

  it('rejects only where the requirement says so', () => {
    const gate = production('requires:\n  - checks: [test]\n    on-failure: reject\n  - checks: [lint]');
    expect(seen(gate, check('test', 'failure'), check('lint')).outcome).toBe('reject');
    expect(seen(gate, check('test'), check('lint', 'failure')).outcome).toBe('wait');
    expect(seen(gate).outcome).toBe('wait');
    expect(mayOpen(seen(gate, check('test', 'failure')))).toBe(false);
  });
});

describe('S-20: runs of one check', () => {
  const run = (id: number, state: string, more: Partial<CheckFact> = {}) =>
    check('test', state, { id, startedAt: `2026-11-23T10:${String(id).padStart(2, '0')}:00Z`, ...more });

  it.each<[string, readonly CheckFact[], string]>([
    ['the newer pass replaces the failure', [run(1, 'failure'), run(2, 'success')], 'check-passed'],
    ['in whatever order they are listed', [run(2, 'success'), run(1, 'failure')], 'check-passed'],
    ['the newer failure replaces the pass: an older run never hides a re-run', [run(1, 'success'), run(2, 'failure')], 'check-failed'],
    ['a re-run that has not ended is what counts', [run(1, 'success'), run(2, 'queued')], 'check-running'],
    ['of three the last', [run(1, 'success'), run(3, 'success'), run(2, 'failure')], 'check-passed'],
    ['two runs of one id are both asked', [run(2, 'success'), run(2, 'failure')], 'check-failed'],
    [
      'a higher id that began earlier replaces nothing: both are asked',
      [run(1, 'failure', { startedAt: '2026-11-23T11:00:00Z' }), run(2, 'success')],
      'check-failed',
    ],
    [
      'a run begun at the same time is replaced by the higher id',
      [run(1, 'failure', { startedAt: '2026-11-23T10:02:00Z' }), run(2, 'success')],
      'check-passed',
    ],
    ['a run without an id is not replaced', [run(1, 'failure', { id: null }), run(2, 'success')], 'check-failed'],
    ['a run without an id replaces none', [run(1, 'failure'), run(2, 'success', { id: null })], 'check-failed'],
    ['S-04: a run without a start is not replaced', [run(1, 'failure', { startedAt: null }), run(2, 'success')], 'check-failed'],
    ['S-04: a start that is no time is none', [run(1, 'failure'), run(2, 'success', { startedAt: 'yesterday' })], 'check-failed'],
    [
      'S-23: a check and a status of the same name are both asked',
      [run(1, 'failure', { kind: 'status' }), run(2, 'success')],
      'check-failed',
    ],
    ['runs of two apps are both asked', [run(1, 'failure', { app: 'circleci' }), run(2, 'success')], 'check-failed'],
    [
      'runs of two apps without slugs are both asked',
      [run(1, 'failure', { app: null, appId: 1 }), run(2, 'success', { app: null, appId: 2 })],
      'check-failed',
    ],
  ])('%s', (_, runs, code) => {
    expect(codes(PLAIN, ...runs)).toEqual([code]);
  });

  it('reject only where every run that may be the newest failed', () => {
    const gate = asked('on-failure: reject');
    expect(seen(gate, run(1, 'success'), run(2, 'failure')).outcome).toBe('reject');
    expect(seen(gate, run(1, 'failure', { id: null }), run(2, 'success')).outcome).toBe('wait');
    expect(seen(gate, run(1, 'failure', { id: null }), run(2, 'failure')).outcome).toBe('reject');
  });

  it.each<[string, string, readonly string[], string]>([
    ['latest', 'any number of failures before', ['failure', 'failure', 'success'], 'check-passed'],
    ['passed', 'one pass is enough', ['success', 'failure'], 'check-passed'],
    ['passed', 'one pass is enough while it runs again', ['success', 'queued'], 'check-passed'],
    ['passed', 'none is not', ['failure', 'queued'], 'check-running'],
    ['passed', 'none is not, and failed', ['failure', 'failure'], 'check-failed'],
    ['failed', 'one failure is enough', ['failure', 'success'], 'check-flaky'],
    ['failed', 'no failure', ['success', 'success'], 'check-passed'],
    ['failed', 'a cancelled run is no failure', ['cancelled', 'success'], 'check-passed'],
    [
      'failed',
      'a skipped, neutral, stale or halted run is no failure',
      ['skipped', 'neutral', 'stale', 'action_required', 'success'],
      'check-passed',
    ],
    ['failed', 'nobody can read a run before', ['sparkling', 'success'], 'check-unclear'],
  ])('flake: %s: %s', (flake, _, states, code) => {
    expect(codes(asked(`flake: ${flake}`), ...states.map((state, at) => run(at + 1, state)))).toEqual([code]);
  });

  it.each<[number, readonly string[], string]>([
    [0, ['success'], 'check-passed'],
    [0, ['failure', 'success'], 'check-flaky'],
    [1, ['failure', 'success'], 'check-passed'],
    [1, ['failure', 'timed_out', 'success'], 'check-flaky'],
    [1, ['failure', 'sparkling', 'success'], 'check-unclear'],
    [2, ['failure', 'sparkling', 'success'], 'check-passed'],
    [2, ['failure', 'failure', 'failure'], 'check-failed'],
  ])('retries: %i of %j', (retries, states, code) => {
    expect(codes(asked(`retries: ${retries}`), ...states.map((state, at) => run(at + 1, state)))).toEqual([code]);
  });

  it('count towards the retries where one pass is enough, too', () => {
    const runs = [run(1, 'failure'), run(2, 'success'), run(3, 'failure')];
    expect(codes(asked('flake: passed\nretries: 1'), ...runs)).toEqual(['check-flaky']);
    expect(codes(asked('flake: passed\nretries: 2'), ...runs)).toEqual(['check-passed']);
  });

  it('that failed too often reject where failures do, and are told with the number', () => {
    const runs = [run(1, 'failure'), run(2, 'failure'), run(3, 'success')];
    const decision = seen(asked('retries: 1\non-failure: reject'), ...runs);
    expect(decision).toMatchObject({
      outcome: 'reject',
      findings: [{ says: 'test failed 2 times on this commit before it passed, and the policy allows one failure.' }],
    });
    expect(seen(asked('flake: failed'), run(1, 'failure'), run(2, 'success')).findings[0]?.says).toBe(
      'test failed once on this commit before it passed, and the policy allows no failure.',
    );
    expect(seen(asked('retries: 2'), ...runs, run(4, 'failure'), run(5, 'success')).findings[0]?.says).toContain('failed 3 times');
    expect(seen(asked('retries: 2'), ...runs, run(4, 'failure'), run(5, 'success')).findings[0]?.says).toContain('allows 2 failures');
  });

  it('cannot be counted where a run has no number: there may be others', () => {
    const decision = seen(asked('retries: 3'), run(1, 'success', { id: null }));
    expect(decision).toMatchObject({ outcome: 'wait', findings: [{ code: 'check-unclear', verdict: 'unknown' }] });
    expect(decision.findings[0]?.says).toBe(
      'test passed, but a run of it on this commit may not be its only one, and the policy allows 3 failures.',
    );
    expect(seen(asked('retries: 0'), run(1, 'sparkling'), run(2, 'success')).findings[0]?.says).toContain(
      'ended as sparkling, which nobody here can read',
    );
  });
});

describe('S-19: the app', () => {
  it('may be any where the policy names none', () => {
    for (const app of [null, 'github-actions', 'circleci']) expect(seen(PLAIN, check('test', 'success', { app })).outcome).toBe('approve');
  });

  it('may be named by its number', () => {
    const gate = asked('app: 15368');
    expect(codes(gate, check('test'))).toEqual(['check-passed']);
    expect(codes(gate, check('test', 'success', { appId: 1 }))).toEqual(['check-of-other-app']);
    expect(codes(gate, check('test', 'success', { app: '15368', appId: 1 }))).toEqual(['check-of-other-app']);
    expect(seen(gate, check('test')).findings[0]?.requirement).toBe('check test of app 15368');
  });

  it('whose number is not told is unknown, and no more looking helps', () => {
    const gate = asked('app: 15368');
    const decision = seen(gate, check('test', 'success', { appId: null }));
    expect(decision).toMatchObject({ outcome: 'wait', findings: [{ code: 'check-app-unseen', verdict: 'unknown' }] });
    expect(decision.findings[0]?.says).toContain('by its slug alone (github-actions)');
    expect(mayOpen(decision)).toBe(false);
    expect(codes(gate, check('test', 'success', { appId: null, app: null, kind: 'status' }))).toEqual(['check-of-other-app']);
  });

  it('is told where it is another', () => {
    const gate = asked('app: github-actions');
    expect(seen(gate, check('test', 'success', { app: 'impostor' })).findings[0]?.says).toBe(
      'test was reported by impostor, not by github-actions, so it does not count.',
    );
    expect(seen(gate, check('test', 'success', { app: null, kind: 'status' })).findings[0]?.says).toContain('reported by nobody known');
    expect(seen(gate, check('test'), check('test', 'success', { app: null })).findings[0]?.says).toBe(
      'Which app reported test is not told, and only github-actions counts.',
    );
  });
});

describe('checks that do not count', () => {
  it('are left out: `except`', () => {
    const gate = production('requires:\n  - checks: ["*"]\n    except: [deploy, "slow / *"]');
    expect(seen(gate, check('test'), check('deploy', 'in_progress'), check('slow / x', 'failure')).outcome).toBe('approve');
    expect(codes(gate, check('deploy'))).toEqual(['check-missing']);
  });

  const quarantined = (until: string, names = '["*"]') =>
    production(`requires:\n  - checks: ${names}\n    quarantine: [{ check: "e2e / *", until: ${until}, reason: "flaky, #12" }]`);

  it.each<[string, string, readonly CheckFact[], string]>([
    ['until the end of the day', '2026-11-23', [check('test'), check('e2e / a', 'failure')], 'approve'],
    ['no longer on the day after', '2026-11-22', [check('test'), check('e2e / a', 'failure')], 'wait'],
    ['until just before a moment', '2026-11-23T12:00:01', [check('test'), check('e2e / a', 'failure')], 'approve'],
    ['no longer at that moment', '2026-11-23T12:00', [check('test'), check('e2e / a', 'failure')], 'wait'],
    ['until a moment elsewhere', '"2026-11-23T13:30+01:00"', [check('test'), check('e2e / a', 'failure')], 'approve'],
    ['and others still do', '2027-01-31', [check('test', 'failure'), check('e2e / a', 'failure')], 'wait'],
    ['and cannot stand for all of a pattern', '2027-01-31', [check('e2e / a')], 'wait'],
  ])('are in quarantine %s', (_, until, checks, outcome) => {
    expect(seen(quarantined(until), ...checks).outcome).toBe(outcome);
  });

  it('are told', () => {
    expect(seen(quarantined('2027-01-31'), check('test'), check('e2e / a', 'failure')).findings[0]?.says).toBe(
      'test passed. e2e / a did not count: in quarantine.',
    );
    expect(seen(quarantined('2027-01-31'), check('e2e / a')).findings[0]?.says).toBe(
      'No other check named * has reported on this commit. e2e / a did not count: in quarantine.',
    );
  });

  it('may be all that is asked, by their very names', () => {
    const gate = quarantined('2027-01-31', '["e2e / a", "e2e / b"]');
    const decision = seen(gate, check('e2e / a', 'failure'));
    expect(decision.outcome).toBe('approve');
    expect(decision.findings.map(({ says }) => says)).toEqual([
      'e2e / a is in quarantine until 2027-01-31 and does not count: flaky, #12',
      'e2e / b is in quarantine until 2027-01-31 and does not count: flaky, #12',
    ]);
    expect(codes(quarantined('2027-01-31', '["e2e / *"]'), check('e2e / a', 'failure'))).toEqual(['check-missing']);
  });

  it('count again at an instant that is told', () => {
    expect(seen(quarantined('2026-11-23'), check('test')).again).toBe('2026-11-24T00:00:00Z');
    expect(seen(quarantined('2026-11-22'), check('test')).again).toBeNull();
  });
});

describe('a name with stars', () => {
  it.each<[string, string, boolean]>([
    ['test', 'test', true],
    ['test', 'tests', false],
    ['*', '', true],
    ['*a*', 'a', true],
    ['*a*', 'b', false],
    ['a*', 'a', true],
    ['*a', 'ba', true],
    ['*a', 'ab', false],
    ['a*', 'ba', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c', false],
    ['a*b*b', 'ab', false],
    ['a*bc*c', 'abc', false],
    ['a*bc*c', 'abcc', true],
    ['a.c', 'abc', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesName(pattern, name)).toBe(expected);
  });
});
