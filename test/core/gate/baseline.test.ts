// The requirement `baseline`: whatever passed on the previous release passes on this commit too.
import { describe, expect, it } from 'vitest';
import { judgeBaseline } from '../../../src/core/gate/baseline.ts';
import type { CheckFact, GateFacts } from '../../../src/core/gate/facts.ts';
import { decide } from '../../../src/core/gate.ts';
import type { ChecksPolicy } from '../../../src/core/policy/environment.ts';
import { check, facts, known, NOW, OTHER_SHA, production, unseen } from '../../support/gate-facts.ts';

const gate = (rest = '') => production(`requires:\n  - checks: ["r / *"]\n    baseline: previous-release\n${rest.replace(/^/gm, '    ')}`);
const previous = (...checks: readonly CheckFact[]): NonNullable<GateFacts['baseline']> => known({ tag: 'v1.2.3', sha: OTHER_SHA, checks });

/** The finding about the baseline alone. */
function judge(then: readonly CheckFact[], now: readonly CheckFact[], rest = '') {
  const decision = decide(gate(rest), facts({ checks: known(now), baseline: previous(...then) }));
  const finding = decision.findings.find(({ asks }) => asks === 'baseline');
  return { outcome: decision.outcome, code: finding?.code, says: finding?.says, requirement: finding?.requirement };
}

describe('what passed on the previous release', () => {
  it.each<[string, readonly CheckFact[], readonly CheckFact[], string]>([
    ['passes now', [check('r / a')], [check('r / a')], 'baseline-kept'],
    ['fails now', [check('r / a')], [check('r / a', 'failure'), check('r / b')], 'regression'],
    ['has not reported', [check('r / a')], [check('r / b')], 'baseline-missing'],
    ['is running', [check('r / a')], [check('r / a', 'queued')], 'baseline-running'],
    ['was skipped', [check('r / a')], [check('r / a', 'skipped')], 'baseline-not-success'],
    ['ended as nobody knows what', [check('r / a')], [check('r / a', 'sparkling')], 'baseline-not-success'],
    ['is another app’s now', [check('r / a')], [check('r / a', 'success', { app: 'circleci' })], 'baseline-missing'],
    ['is a status now', [check('r / a')], [check('r / a', 'success', { kind: 'status' })], 'baseline-missing'],
    ['may have passed: nobody can read it', [check('r / a', 'sparkling')], [check('r / b')], 'baseline-missing'],
    ['was failing then', [check('r / a', 'failure')], [check('r / a', 'failure')], 'baseline-none'],
    ['was skipped then', [check('r / a', 'skipped')], [check('r / b')], 'baseline-none'],
    ['was running then', [check('r / a', 'in_progress')], [check('r / b')], 'baseline-none'],
    ['was nothing', [], [check('r / a')], 'baseline-none'],
    ['is not what is asked', [check('lint')], [check('r / a'), check('lint', 'failure')], 'baseline-none'],
  ])('%s', (_, then, now, code) => {
    expect(judge(then, now).code).toBe(code);
  });

  it.each<[string, readonly CheckFact[], string]>([
    ['failed first, then passed', [check('r / a', 'failure', { id: 1 }), check('r / a', 'success', { id: 2 })], 'baseline-missing'],
    ['passed first, then failed', [check('r / a', 'success', { id: 1 }), check('r / a', 'failure', { id: 2 })], 'baseline-none'],
    [
      'passed and failed, nobody knows in which order',
      [check('r / a', 'success', { id: null }), check('r / a', 'failure', { id: 2 })],
      'baseline-missing',
    ],
  ])('%s: its newest run then counts', (_, then, code) => {
    expect(judge(then, [check('r / b')]).code).toBe(code);
  });

  it('counts by one pass where that is enough, then as now', () => {
    const then = [check('r / a', 'success', { id: 1 }), check('r / a', 'failure', { id: 2 })];
    expect(judge(then, [check('r / b')], 'flake: passed').code).toBe('baseline-missing');
  });

  it('counts what is accepted, then as now', () => {
    expect(judge([check('r / a', 'skipped')], [check('r / b')], 'accept: [skipped]').code).toBe('baseline-missing');
    expect(judge([check('r / a')], [check('r / a', 'skipped')], 'accept: [skipped]').code).toBe('baseline-kept');
  });

  it('names each, and most of many', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((letter) => `r / ${letter}`);
    const then = names.map((name) => check(name));
    expect(
      judge(
        then,
        names.map((name) => check(name, 'failure')),
      ).says,
    ).toBe('r / a, r / b, r / c, r / d, r / e, and 2 more passed on v1.2.3 and fail now.');
    expect(judge([check('r / a')], [check('r / a', 'failure')]).says).toBe('r / a passed on v1.2.3 and fails now.');
    expect(
      judge(
        then,
        names.map((name) => check(name)),
      ).says,
    ).toBe('r / a, r / b, r / c, r / d, r / e, and 2 more passed on v1.2.3 and pass now.');
    expect(judge([check('r / a')], [check('r / a')]).says).toBe('r / a passed on v1.2.3 and passes now.');
    expect(judge([check('r / a')], []).says).toBe(
      'r / a passed on v1.2.3 and has not reported on this commit. What is no longer run belongs under `except`.',
    );
    expect(judge(then.slice(0, 2), []).says).toContain('r / a, r / b passed on v1.2.3 and have not reported');
    expect(judge([check('r / a')], [check('r / a', 'stale')]).says).toBe('r / a passed on v1.2.3 and ended as stale now.');
    expect(judge([check('r / a')], [check('r / a', 'queued')]).says).toBe('r / a passed on v1.2.3; not over yet on this commit.');
    expect(judge([], []).says).toBe('Nothing that is asked passed on v1.2.3.');
  });

  it('is told worst first', () => {
    const then = ['a', 'b', 'c', 'd'].map((letter) => check(`r / ${letter}`));
    const [fails, odd, runs] = [check('r / a', 'failure'), check('r / b', 'stale'), check('r / d', 'queued')];
    expect(judge(then, [fails, odd, runs]).code).toBe('regression');
    expect(judge(then, [check('r / a'), odd, runs]).code).toBe('baseline-not-success');
    expect(judge(then, [check('r / a'), check('r / b'), runs]).code).toBe('baseline-missing');
    expect(judge(then, [check('r / a'), check('r / b'), check('r / c'), runs]).code).toBe('baseline-running');
  });

  it('is unclear where its runs are', () => {
    const runs = [check('r / a', 'sparkling', { id: 1 }), check('r / a', 'success', { id: 2 })];
    expect(judge([check('r / a')], runs, 'retries: 0').code).toBe('baseline-not-success');
    const flaky = [check('r / a', 'failure', { id: 1 }), check('r / a', 'success', { id: 2 })];
    expect(judge([check('r / a')], flaky, 'flake: failed').code).toBe('regression');
    expect(judge([check('r / a')], flaky).code).toBe('baseline-kept');
    expect(judge([check('r / a')], [check('r / a', 'success', { id: null })], 'retries: 0').says).toBe(
      'r / a passed on v1.2.3 and ended as nobody can tell now.',
    );
  });

  it('rejects where failures do, and only where every run that counts failed', () => {
    const [then, rest] = [[check('r / a')], 'on-failure: reject'];
    expect(judge(then, [check('r / a', 'failure')], rest)).toMatchObject({ outcome: 'reject', code: 'regression' });
    expect(judge(then, [check('r / a', 'failure')])).toMatchObject({ outcome: 'wait', code: 'regression' });
    const open = [check('r / a', 'failure', { id: null }), check('r / a', 'success')];
    expect(judge(then, open, rest)).toMatchObject({ outcome: 'wait', code: 'regression' });
  });

  it('does not count in quarantine', () => {
    const quarantine = 'quarantine: [{ check: "r / a", until: 2027-01-31, reason: flaky }]';
    expect(judge([check('r / a'), check('r / b')], [check('r / a', 'failure'), check('r / b')], quarantine)).toMatchObject({
      outcome: 'approve',
      code: 'baseline-kept',
    });
    const decision = decide(gate(quarantine), facts({ checks: known([check('r / b')]), baseline: known(null) }));
    expect(decision.again).toBe('2027-02-01T00:00:00Z');
  });

  it('counts by the app that the policy names', () => {
    const app = 'app: github-actions';
    expect(judge([check('r / a', 'success', { app: 'impostor' })], [check('r / b')], app).code).toBe('baseline-none');
    expect(judge([check('r / a')], [check('r / b')], app).code).toBe('baseline-missing');
    expect(judge([check('r / a', 'success', { app: null })], [check('r / b')], app).code).toBe('baseline-missing');
    expect(judge([check('r / a')], [check('r / a', 'success', { app: null })], app).code).toBe('check-app-unseen');
  });
});

describe('a baseline', () => {
  it('is none for the first release', () => {
    const decision = decide(gate(), facts({ checks: known([check('r / a')]), baseline: known(null) }));
    expect(decision).toMatchObject({
      outcome: 'approve',
      findings: [
        {},
        {
          asks: 'baseline',
          requirement: 'baseline of r / *',
          code: 'baseline-none',
          says: 'There is no previous release to compare with.',
        },
      ],
    });
  });

  it('is not in doubt by a check that is not asked, whoever reported it', () => {
    const [app, nobody] = ['app: 15368', { appId: null }];
    expect(judge([check('r / a')], [check('r / a'), check('lint', 'success', nobody)], app).code).toBe('baseline-kept');
    expect(judge([check('r / a')], [check('r / a', 'success', nobody)], app).code).toBe('check-app-unseen');
  });

  it('tells by itself when a quarantine ends', () => {
    const entry = gate('quarantine: [{ check: "r / b", until: 2027-01-31, reason: flaky }]').entry;
    const policy = entry?.requires[0] as ChecksPolicy;
    const judged = judgeBaseline(policy, facts({ checks: known([check('r / a')]), baseline: previous(check('r / a')) }), Date.parse(NOW));
    expect(judged).toMatchObject({ finding: { code: 'baseline-kept' }, turns: [Date.UTC(2027, 1, 1)] });
  });

  it('is called by its names where they are one', () => {
    const two = production('requires: [{ checks: [a, b], baseline: previous-release }]');
    expect(decide(two, facts({ baseline: known(null), checks: known([]) })).findings.at(-1)?.requirement).toBe('baseline');
  });

  it('is unknown where it, or what it is compared with, could not be seen', () => {
    const codes = (more: Partial<GateFacts>) => decide(gate(), facts(more)).findings.at(-1);
    const [here, there] = [known([check('r / a')]), previous(check('r / a'))];
    expect(codes({ checks: here, baseline: unseen('No tag.') })).toMatchObject({
      code: 'baseline-unseen',
      says: 'What passed on the previous release could not be seen: No tag.',
    });
    expect(codes({ checks: here })).toMatchObject({
      code: 'not-asked',
      says: expect.stringContaining('What passed on the previous release'),
    });
    expect(codes({ checks: unseen('No.'), baseline: there })).toMatchObject({
      asks: 'baseline',
      code: 'checks-unseen',
      says: expect.stringContaining('No.'),
    });
    expect(codes({ baseline: there })).toMatchObject({
      asks: 'baseline',
      code: 'not-asked',
      says: expect.stringContaining('What the checks of this commit say'),
    });
    expect(codes({ checks: unseen(), baseline: known(null) })).toMatchObject({ code: 'baseline-none' });
  });
});
