// What the gate of an environment says of a commit: tables of what opens it and of what does not, and the two laws of every gate.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckFact, type CheckRequirement, decideChecks } from '../../src/core/gate/checks.ts';
import { decideEnvironment } from '../../src/core/gate/environment.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';

function policyOf(environments: string): Policy {
  const parsed = parsePolicy(`version: 1\nenvironments:\n${environments.replace(/^/gm, '  ')}\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

const ACTIONS = 'github-actions';
const passed = (...names: readonly string[]): CheckFact[] => names.map((name) => ({ name, app: ACTIONS, state: 'success' }));
const fact = (name: string, state: string, app: string | null = ACTIONS): CheckFact => ({ name, state, app });

const codesOf = (policy: Policy, facts: readonly CheckFact[] | null, name = 'production') =>
  decideEnvironment(policy, name, facts, 'GitHub did not answer.').findings.map(({ code }) => code);

const PRODUCTION = policyOf('production:\n  requires:\n    - checks: [test, "regression / *"]\n      app: github-actions');

describe('checks', () => {
  it.each<[string, readonly CheckFact[] | null, 'approve' | 'wait', readonly string[]]>([
    ['all passed', passed('test', 'regression / a', 'regression / b'), 'approve', ['check-passed', 'check-passed']],
    [
      'one failed of those that a pattern matches',
      [...passed('test', 'regression / a'), fact('regression / b', 'failure')],
      'wait',
      ['check-passed', 'check-failed'],
    ],
    ['one is running', [...passed('test'), fact('regression / a', 'in_progress')], 'wait', ['check-passed', 'check-running']],
    ['one has not reported', passed('test', 'lint'), 'wait', ['check-passed', 'check-missing']],
    ['none has reported', [], 'wait', ['check-missing', 'check-missing']],
    ['they could not be seen', null, 'wait', ['checks-unseen', 'checks-unseen']],
    ['one was skipped', [...passed('test'), fact('regression / a', 'skipped')], 'wait', ['check-passed', 'check-not-success']],
    [
      'one ended as nobody knows what',
      [...passed('test'), fact('regression / a', 'sparkling')],
      'wait',
      ['check-passed', 'check-not-success'],
    ],
    [
      'another app reports the name',
      [...passed('test'), fact('regression / a', 'success', 'impostor')],
      'wait',
      ['check-passed', 'check-of-other-app'],
    ],
    [
      'a person posts a status of the name',
      [...passed('test'), fact('regression / a', 'success', null)],
      'wait',
      ['check-passed', 'check-of-other-app'],
    ],
    ['the name is only the beginning', passed('test 2', 'regression / a'), 'wait', ['check-missing', 'check-passed']],
  ])('%s', (_, facts, outcome, codes) => {
    const decision = decideEnvironment(PRODUCTION, 'production', facts);
    expect([decision.outcome, decision.findings.map(({ code }) => code)]).toEqual([outcome, codes]);
    expect(decision.again).toBe(outcome === 'wait');
  });

  it('that do not count are left out: `except`', () => {
    const policy = policyOf('production:\n  requires:\n    - checks: ["*"]\n      except: [deploy, "slow / *"]');
    expect(
      decideEnvironment(policy, 'production', [...passed('test'), fact('deploy', 'in_progress'), fact('slow / x', 'failure')]).outcome,
    ).toBe('approve');
    expect(codesOf(policy, [fact('deploy', 'success')])).toEqual(['check-missing']);
  });

  it('may end otherwise where the policy accepts it', () => {
    const policy = policyOf('production:\n  requires:\n    - checks: [test]\n      accept: [skipped]');
    expect(decideEnvironment(policy, 'production', [fact('test', 'skipped')]).outcome).toBe('approve');
    expect(decideEnvironment(policy, 'production', [fact('test', 'neutral')]).outcome).toBe('wait');
    expect(decideEnvironment(policy, 'production', [fact('test', 'cancelled')]).outcome).toBe('wait');
  });

  it('that failed are the end where the policy says so, and nothing else is', () => {
    const policy = policyOf('production:\n  requires:\n    - checks: [test]\n      on-failure: reject\n    - checks: [lint]');
    expect(decideEnvironment(policy, 'production', [fact('test', 'failure'), ...passed('lint')])).toMatchObject({
      outcome: 'reject',
      again: false,
    });
    expect(decideEnvironment(policy, 'production', [...passed('test'), fact('lint', 'failure')])).toMatchObject({
      outcome: 'wait',
      again: true,
    });
    expect(decideEnvironment(policy, 'production', [])).toMatchObject({ outcome: 'wait', again: true });
    expect(decideEnvironment(policy, 'production', null)).toMatchObject({ outcome: 'wait', again: true });
  });

  it('of any app count where the policy names none', () => {
    const policy = policyOf('production:\n  requires:\n    - checks: [test]');
    for (const app of [null, ACTIONS, 'circleci'])
      expect(decideEnvironment(policy, 'production', [fact('test', 'success', app)]).outcome).toBe('approve');
  });
});

describe('what is not judged keeps the gate shut', () => {
  const checks = '  requires:\n    - checks: [test]';
  it.each<[string, string, string]>([
    ['approvals', `production:\n${checks}\n    - approvals: { count: 2 }`, 'Approval by 2 people'],
    ['a soak', `qa: { requires: [{ checks: [test] }] }\nproduction:\n  after: qa\n${checks}\n    - soak: 24h`, 'The time of 24h'],
    ['an environment before', `qa: { requires: [{ checks: [test] }] }\nproduction:\n  after: qa\n${checks}`, 'The deployment to qa'],
    ['a ticket', `production:\n${checks}\n    - ticket: "CHG-\\\\d+"`, 'A ticket'],
    ['windows', `production:\n${checks}\n  windows: [{ days: mon-thu, from: "09:00", to: "16:00" }]`, 'When a deployment may start'],
    ['a freeze', `production:\n${checks}\n  freeze: [{ from: "2026-12-19T18:00", to: "2027-01-04T08:00" }]`, 'Whether it is frozen'],
    ['a baseline', `production:\n${checks}\n      baseline: previous-release`, 'What passed on the previous release'],
    ['flaky checks that count as failed', `production:\n${checks}\n      flake: failed`, 'Whether a check also failed'],
    ['apps by their number', `production:\n${checks}\n      app: 15368`, 'knows apps by their slugs'],
    [
      'what only some releases are asked',
      `production:\n${checks}\n  for: { feature: { approvals: { count: 1 } } }`,
      'Approval by one person',
    ],
  ])('%s', (_, environments, says) => {
    const decision = decideEnvironment(policyOf(environments), 'production', passed('test'));
    expect(decision).toMatchObject({ outcome: 'wait', again: false });
    const unknown = decision.findings.filter(({ verdict }) => verdict === 'unknown');
    expect(unknown.map(({ code }) => code)).toEqual(unknown.map(() => 'not-judged'));
    expect(unknown.map((one) => one.says).join('\n')).toContain(says);
  });

  it('what asks for nothing is no requirement', () => {
    const policy = policyOf('production:\n  requires:\n    - checks: [test]\n  for: { maintenance: { approvals: { count: 0 } } }');
    expect(decideEnvironment(policy, 'production', passed('test')).outcome).toBe('approve');
  });

  it('a flaky check that counts as passed is judged by its newest run, which is stricter', () => {
    const policy = policyOf('production:\n  requires:\n    - checks: [test]\n      flake: passed');
    expect(decideEnvironment(policy, 'production', passed('test')).outcome).toBe('approve');
    expect(decideEnvironment(policy, 'production', [fact('test', 'failure')]).outcome).toBe('wait');
  });

  it('a standing stop is told with its reason', () => {
    const policy = policyOf('production:\n  hold: the year ends\n  requires:\n    - checks: [test]');
    const decision = decideEnvironment(policy, 'production', passed('test'));
    expect(decision.outcome).toBe('wait');
    expect(decision.findings).toContainEqual({
      requirement: 'hold',
      verdict: 'unmet',
      code: 'held',
      says: 'The policy holds it: the year ends',
    });
  });

  it('an entry that asks nothing opens nothing', () => {
    expect(decideEnvironment(policyOf('production: {}'), 'production', passed('test'))).toMatchObject({
      outcome: 'wait',
      again: false,
      findings: [{ code: 'nothing-required', verdict: 'unmet' }],
    });
  });
});

describe('an environment without an entry', () => {
  it('waits, says what is missing, and what may have been meant', () => {
    const decision = decideEnvironment(PRODUCTION, 'prodution', passed('test', 'regression / a'));
    expect(decision).toMatchObject({ outcome: 'wait', again: false, findings: [{ code: 'no-entry' }] });
    expect(decision.findings[0]?.says).toContain('Did you mean production?');
    expect(codesOf(DEFAULT_POLICY, passed('test'))).toEqual(['no-entry']);
  });

  it('is open where the policy says so, and one with an entry is not', () => {
    const policy = policyOf('default: open\nproduction:\n  requires:\n    - checks: [test]');
    expect(decideEnvironment(policy, 'preview', null)).toMatchObject({ outcome: 'approve', findings: [{ code: 'unlisted-open' }] });
    expect(decideEnvironment(policy, 'production', []).outcome).toBe('wait');
  });

  it('is none where only the case differs, as for GitHub', () => {
    expect(decideEnvironment(PRODUCTION, 'PRODUCTION', passed('test', 'regression / a')).outcome).toBe('approve');
  });
});

describe('the laws', () => {
  const names = fc.constantFrom('test', 'lint', 'regression / a', 'regression / b', 'deploy');
  const states = fc.constantFrom('success', 'failure', 'in_progress', 'queued', 'skipped', 'neutral', 'cancelled', 'sparkling');
  const facts = fc.array(fc.record({ name: names, app: fc.constantFrom(ACTIONS, 'other', null), state: states }), { maxLength: 6 });
  const requirements: fc.Arbitrary<readonly CheckRequirement[]> = fc.array(
    fc
      .record({
        names: fc.array(fc.constantFrom('test', 'lint', 'regression / *', '*'), { minLength: 1, maxLength: 3 }),
        except: fc.array(names, { maxLength: 2 }),
        app: fc.option(fc.constantFrom(ACTIONS, 'other'), { nil: undefined }),
        accept: fc.subarray(['skipped', 'neutral']),
        onFailure: fc.constantFrom('wait' as const, 'reject' as const),
      })
      .map(({ app, ...rest }) => ({ ...rest, ...(app === undefined ? {} : { app }) })),
    { maxLength: 3 },
  );

  it('approve exactly where every finding is met and there is at least one', () => {
    fc.assert(
      fc.property(requirements, facts, (asked, seen) => {
        const { outcome, findings } = decideChecks(asked, seen);
        expect(outcome === 'approve').toBe(findings.length > 0 && findings.every(({ verdict }) => verdict === 'met'));
      }),
    );
  });

  it('ignorance never opens: what is not seen, or not over, opens nothing that was shut', () => {
    fc.assert(
      fc.property(requirements, facts, fc.nat(5), fc.constantFrom('in_progress', 'sparkling'), (asked, seen, at, state) => {
        expect(decideChecks(asked, null).outcome).not.toBe('approve');
        if (decideChecks(asked, seen).outcome === 'approve') return;
        const vaguer = seen.map((one, index) => (index === at ? { ...one, state } : one));
        expect(decideChecks(asked, vaguer).outcome).not.toBe('approve');
      }),
    );
  });

  it('a check more that failed opens nothing', () => {
    fc.assert(
      fc.property(requirements, facts, names, (asked, seen, name) => {
        if (decideChecks(asked, seen).outcome === 'approve') return;
        expect(decideChecks(asked, [...seen, fact(name, 'failure')]).outcome).not.toBe('approve');
      }),
    );
  });
});
