// When a check takes a deployment back: surely failed, its own app's, on that commit, after the deployment and in its time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failedChecksText, notTakenBackText, notVerifiedText, takenBackText } from '../../src/core/answer/verification.ts';
import { type DeploymentSight, standingOf } from '../../src/core/deployment.ts';
import type { CheckFact } from '../../src/core/gate/facts.ts';
import { toVerify, verificationEnds, verify } from '../../src/core/verification.ts';
import { hostileText, leaksOf } from '../support/markdown.ts';

const at = (minutes: number) => new Date(1_790_000_000_000 + minutes * 60_000).toISOString();
const POLICY = { names: ['smoke / *', 'probe'], app: 'ci', seconds: 1_800 };
/** Deployed at 0. */
const DEPLOYED = { at: at(0) };

function check(over: Partial<CheckFact> = {}): CheckFact {
  return {
    name: 'smoke / shop',
    kind: 'check',
    app: 'ci',
    appId: 7,
    state: 'failure',
    id: 1,
    startedAt: at(1),
    completedAt: at(2),
    suite: 1,
    ...over,
  };
}

function seen(...checks: readonly CheckFact[]) {
  return verify(POLICY, DEPLOYED, { known: true, value: checks });
}

describe('what was deployed is taken back', () => {
  it.each<[string, readonly CheckFact[], string]>([
    ['by a failure in its time', [check()], 'smoke / shop'],
    ['by one that timed out', [check({ state: 'timed_out' })], 'smoke / shop'],
    ['by one that began before and ended after', [check({ startedAt: at(-5), completedAt: at(1) })], 'smoke / shop'],
    ['by the last moment', [check({ completedAt: at(30) })], 'smoke / shop'],
    [
      'by the app’s status, which is posted at its end',
      [check({ kind: 'status', name: 'probe', completedAt: null, startedAt: at(3) })],
      'probe',
    ],
    ['by a re-run that fails, too', [check(), check({ id: 2, startedAt: at(4), completedAt: at(40) })], 'smoke / shop'],
    [
      'by one that failed before, passed, and fails again',
      [check({ id: 1, completedAt: at(-1), startedAt: at(-2) }), check({ id: 2 })],
      'smoke / shop',
    ],
    ['by one of several, whatever the others say', [check(), check({ name: 'probe', id: 2, state: 'success' })], 'smoke / shop'],
    ['by all of them', [check(), check({ name: 'probe', id: 2 })], 'probe, smoke / shop'],
    ['though another’s app is not told', [check(), check({ name: 'probe', app: null, id: 2 })], 'smoke / shop'],
  ])('%s', (_, checks, names) => {
    const found = seen(...checks);
    expect(found.is === 'failed' ? found.checks.map(({ name }) => name).join(', ') : found).toBe(names);
  });
});

describe('what was deployed stays', () => {
  it.each<[string, readonly CheckFact[]]>([
    ['where nothing has reported', []],
    ['where it passed', [check({ state: 'success' })]],
    ['where it was skipped, or cancelled', [check({ state: 'skipped' }), check({ name: 'probe', state: 'cancelled' })]],
    ['where it is another check', [check({ name: 'unit' })]],
    ['where it is another app’s', [check({ app: 'other', appId: 8 })]],
    ['where it is a person’s status', [check({ kind: 'status', app: null, appId: null })]],
    ['where it ended before the deployment', [check({ startedAt: at(-9), completedAt: at(-1) })]],
    ['where it ended at that very moment, which may have been before', [check({ completedAt: at(0) })]],
    ['where it ended after its time', [check({ completedAt: at(31) })]],
    ['where a newer run passes', [check(), check({ id: 2, startedAt: at(3), completedAt: at(4), state: 'success' })]],
    ['where a newer run is under way', [check(), check({ id: 2, startedAt: at(3), completedAt: null, state: 'in_progress' })]],
  ])('%s', (_, checks) => expect(seen(...checks)).toEqual({ is: 'open' }));

  it.each<[string, readonly CheckFact[], RegExp]>([
    ['where the app is not told', [check({ app: null })], /Which app reported smoke \/ shop/],
    ['where it is not told when it ended', [check({ completedAt: null })], /When smoke \/ shop failed is not told/],
    [
      'where a run of which nobody knows when it began passed',
      [check(), check({ id: 2, startedAt: null, completedAt: at(4), state: 'success' })],
      /another run of it may be newer/,
    ],
  ])('and people are told, %s', (_, checks, says) => {
    expect(seen(...checks)).toEqual({ is: 'unknown', says: expect.stringMatching(says) });
  });

  it('where the checks, or the time of the deployment, cannot be seen', () => {
    const unseen = verify(POLICY, DEPLOYED, { known: false, why: 'The App may not.' });
    expect(unseen).toEqual({ is: 'unknown', says: 'The checks of this commit could not be seen: The App may not.' });
    expect(verify(POLICY, { at: 'soon' }, { known: true, value: [check()] })).toMatchObject({ is: 'unknown' });
  });

  it('whatever is taken from what is known', () => {
    const facts = fc.array(
      fc.record({
        name: fc.constantFrom('smoke / shop', 'probe', 'unit'),
        app: fc.constantFrom('ci', 'other', null),
        state: fc.constantFrom('success', 'failure', 'in_progress', 'cancelled', 'new-word'),
        id: fc.option(fc.integer({ min: 1, max: 4 })),
        startedAt: fc.option(fc.integer({ min: -5, max: 40 }).map(at)),
        completedAt: fc.option(fc.integer({ min: -5, max: 40 }).map(at)),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(facts, fc.nat(), fc.constantFrom('app', 'id', 'startedAt', 'completedAt'), (all, index, key) => {
        const known = all.map((one) => check(one));
        if (seen(...known).is === 'failed') return;
        const less = known.map((one, nth) => (nth === index % known.length ? { ...one, [key]: null } : one));
        expect(seen(...less).is).not.toBe('failed');
      }),
    );
  });
});

describe('what is to be verified', () => {
  const deployment = (id: number, sha: string, ...statuses: readonly (readonly [string, number])[]): DeploymentSight => ({
    id,
    sha,
    run: id,
    createdAt: at(statuses[0]?.[1] ?? 0),
    state: statuses.at(-1)?.[0] ?? 'waiting',
    statuses: statuses.map(([state, minutes]) => ({ state, createdAt: at(minutes) })),
  });
  const a = deployment(1, 'a', ['success', 1]);
  const b = deployment(2, 'b', ['success', 2]);
  it.each<[string, readonly DeploymentSight[], string, number | null, number | null]>([
    ['is what came there last', [a, b], 'b', null, 2],
    ['is the first that ever came', [a], 'a', null, 1],
    ['is the same commit again', [a, b, deployment(3, 'b', ['success', 3])], 'b', null, 3],
    ['is not what was replaced', [a, b], 'a', null, null],
    ['is not another deployment of the commit than was looked at', [a, b, deployment(3, 'b', ['success', 3])], 'b', 2, null],
    ['is not a way back', [a, b, deployment(3, 'a', ['success', 3])], 'a', null, null],
    ['is not a way back that is repeated', [a, b, deployment(3, 'a', ['success', 3]), deployment(4, 'a', ['success', 4])], 'a', null, null],
    ['is what comes after a way back', [a, b, deployment(3, 'a', ['success', 3]), deployment(4, 'c', ['success', 4])], 'c', 4, 4],
    ['is not what never came', [a, deployment(2, 'b', ['in_progress', 2])], 'b', null, null],
  ])('%s', (_, deployments, sha, wanted, found) => {
    const newest = deployments.toReversed();
    expect(toVerify(standingOf(newest), newest, { sha, deployment: wanted })?.deployment ?? null).toBe(found);
  });

  it('has an end, a little later than its failures', () => {
    expect(verificationEnds(POLICY, at(0))).toEqual({ failures: Date.parse(at(30)), acts: Date.parse(at(45)) });
    expect(verificationEnds(POLICY, '?')).toBeNull();
  });
});

describe('the words', () => {
  const verified = { environment: 'production', deployment: 7, release: { tag: 'v1.2.0', sha: 'a'.repeat(40) } };
  const failed = (name: string, state = 'failure') => ({ name, state, at: at(1) });

  it('name what failed, and some of many', () => {
    expect(failedChecksText([failed('one')])).toBe('one failed after the deployment');
    expect(failedChecksText([failed('one'), failed('two')])).toBe('one and two failed after the deployment');
    expect(failedChecksText(['1', '2', '3', '4', '5', '6', '7'].map((name) => failed(name)))).toBe(
      '1, 2, 3, 4, 5 and 2 more failed after the deployment',
    );
  });

  it('of others neither ping, link, hide nor command', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const checks = [failed(text, text), failed('x'.repeat(20_000))];
        const of = { ...verified, environment: text, release: { tag: text, sha: 'a'.repeat(40) } };
        for (const page of [
          takenBackText('', of, checks, 'It goes back.'),
          notTakenBackText('', of, checks, { why: 'No.', command: `/rollback ${text}` }),
          notVerifiedText('', of, text),
        ]) {
          expect(leaksOf(page)).toEqual([]);
          expect(page.length).toBeLessThan(5_000);
        }
      }),
      { numRuns: 150 },
    );
  });
});
