// What is where, where a rollback goes, how a started deployment ended, and what comes next: from deployments as GitHub lists them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Claim,
  courseOf,
  type DeploymentSight,
  goodBefore,
  hasBegun,
  inputsFor,
  isOver,
  isStepOn,
  leftBehind,
  nextAfter,
  type RunSight,
  saysUnsafe,
  standingOf,
  successesOf,
} from '../../src/core/deployment.ts';
import type { EnvironmentPolicy } from '../../src/core/policy/environment.ts';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';

const time = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** `b success 10`: commit b, made in minute 10, went in and ended so in minute 11. `b waiting 10` never went in. */
function course(...lines: readonly string[]): readonly DeploymentSight[] {
  return lines.map((line, index): DeploymentSight => {
    const [sha = '', state = '', minute = '0'] = line.split(' ');
    const at = Number(minute);
    const begun = ['success', 'failure', 'inactive', 'in_progress'].includes(state);
    const statuses = begun ? [{ state: 'in_progress', createdAt: time(at) }] : [];
    if (state === 'inactive') statuses.push({ state: 'success', createdAt: time(at + 1) });
    if (state !== 'in_progress' && state !== 'waiting') statuses.push({ state, createdAt: time(at + 1) });
    return { id: index + 1, sha, run: 100 + index, createdAt: time(at), state, statuses };
  });
}

describe('what is where', () => {
  it.each<[string, readonly string[], Record<string, string | null>]>([
    ['nothing', [], { current: null, previous: null, failed: null, pending: null }],
    ['the last success', ['a inactive 1', 'b success 5'], { current: 'b', previous: 'a', failed: null, pending: null }],
    ['a failure is not there, and may be half there', ['a success 1', 'b failure 5'], { current: 'a', previous: null, failed: 'b' }],
    ['a failure before the last success is over', ['a failure 1', 'b success 5'], { current: 'b', failed: null }],
    ['what waits', ['a success 1', 'b waiting 5'], { current: 'a', pending: 'b', failed: null }],
    ['what runs', ['a success 1', 'b in_progress 5'], { current: 'a', pending: 'b', failed: null }],
    ['what was rejected never went in', ['a success 1', 'b error 5'], { current: 'a', failed: null, pending: null }],
    ['the same commit again', ['a inactive 1', 'b inactive 3', 'b success 5'], { current: 'b', previous: 'a' }],
    ['after a rollback', ['a inactive 1', 'b inactive 3', 'a success 5'], { current: 'a', previous: null }],
    ['in whatever order GitHub lists it', ['b success 5', 'a inactive 1'], { current: 'b', previous: 'a' }],
  ])('%s', (_, lines, expected) => {
    const { current, previous, failed, pending } = standingOf(course(...lines));
    const seen = { current, previous, failed, pending };
    const shas = Object.fromEntries(Object.entries(seen).map(([key, stay]) => [key, stay?.sha ?? null]));
    expect(shas).toMatchObject(expected);
  });
});

describe('where a rollback goes', () => {
  it.each<[string, readonly string[], string | null, string | null]>([
    ['the success before', ['a inactive 1', 'b success 3'], 'b', 'a'],
    ['not to a failure', ['a inactive 1', 'x failure 2', 'b success 3'], 'b', 'a'],
    ['not to the same commit', ['a inactive 1', 'b inactive 3', 'b success 5'], 'b', 'a'],
    ['from a failure to what it came after', ['a inactive 1', 'b success 3', 'c failure 5'], 'c', 'b'],
    ['a second one is a second step', ['a inactive 1', 'b inactive 3', 'c inactive 5', 'b success 7'], 'b', 'a'],
    ['not to what came only later', ['a inactive 1', 'b inactive 3', 'a success 5'], 'a', null],
    ['to what was good last, though it was older once', ['a inactive 1', 'b inactive 3', 'a inactive 5', 'c success 7'], 'c', 'a'],
    ['nothing was there before', ['a success 1'], 'a', null],
    ['nothing was ever there', ['a failure 1'], null, null],
  ])('%s', (_, lines, from, to) => {
    const deployments = course(...lines);
    const left = leftBehind(standingOf(deployments));
    expect(left?.sha ?? null).toBe(from === null ? (left?.sha ?? null) : from);
    expect(left === null ? null : (goodBefore(deployments, left.sha)?.sha ?? null)).toBe(to);
  });

  const line = fc.tuple(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.constantFrom('success', 'inactive', 'failure', 'waiting', 'error'),
    fc.nat(60),
  );
  it('is always a success, and never what is left', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const deployments = course(...lines.map((one) => one.join(' ')));
        const left = leftBehind(standingOf(deployments));
        if (left === null) return;
        const back = goodBefore(deployments, left.sha);
        expect(back?.sha).not.toBe(left.sha);
        if (back !== null) expect(successesOf(deployments)).toContainEqual(back);
      }),
    );
  });

  it('from each step to the next comes to an end', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const deployments = course(...lines.map((one) => one.join(' ')));
        let at = standingOf(deployments).current?.sha ?? null;
        for (let steps = 0; at !== null; steps += 1) {
          expect(steps).toBeLessThan(5);
          at = goodBefore(deployments, at)?.sha ?? null;
        }
      }),
    );
  });
});

describe('how a started deployment fares', () => {
  const claim: Pick<Claim, 'sha' | 'run'> = { sha: 'a', run: 100 };
  const run = (status: string, conclusion: string | null = null, headSha = 'a'): RunSight => ({ status, conclusion, headSha });
  const [success, failure, waiting] = ['success', 'failure', 'waiting'].map((state) => course(`a ${state} 1`)[0] ?? null);
  it.each<[string, Pick<Claim, 'sha' | 'run'>, RunSight | null, DeploymentSight | null | undefined, string]>([
    ['its run is not known', { sha: 'a', run: null }, null, null, 'sought'],
    ['its run is gone', claim, null, null, 'lost'],
    ['it is of another commit', claim, run('queued', null, 'b'), null, 'moved'],
    ['even where that succeeded', claim, run('completed', 'success', 'b'), success, 'moved'],
    ['it builds', claim, run('in_progress'), null, 'runs'],
    ['it waits', claim, run('waiting'), waiting, 'runs'],
    ['it is in, and the run goes on', claim, run('in_progress'), success, 'succeeded'],
    ['it is in, and something else of the run failed', claim, run('completed', 'failure'), success, 'succeeded'],
    ['it failed', claim, run('completed', 'failure'), failure, 'failed'],
    ['its job failed, and the run goes on', claim, run('in_progress'), failure, 'runs'],
    ['it was cancelled', claim, run('completed', 'cancelled'), failure, 'cancelled'],
    ['a word that is not known is no success', claim, run('completed', 'startup_failure'), null, 'failed'],
    ['it ended well elsewhere', claim, run('completed', 'success'), null, 'nowhere'],
  ])('%s: %#', (_, one, seen, deployment, expected) => {
    expect(courseOf(one, seen, deployment ?? null)).toBe(expected);
  });

  it('has begun once it was let in, and is over with a word of the end', () => {
    expect(course('a waiting 1', 'a in_progress 1', 'a success 1', 'a error 1').map(hasBegun)).toEqual([false, true, true, false]);
    expect(course('a waiting 1', 'a in_progress 1', 'a success 1', 'a error 1').map(isOver)).toEqual([false, false, true, true]);
  });
});

describe('what comes next', () => {
  const environment = (more: Partial<EnvironmentPolicy>): EnvironmentPolicy => ({
    requires: [],
    windows: [],
    promote: 'manual',
    hold: null,
    for: {},
    freeze: [],
    review: null,
    ...more,
  });
  const policy = (environments: Record<string, EnvironmentPolicy>) => ({ ...DEFAULT_POLICY, environments });
  it.each<[string, Record<string, EnvironmentPolicy>, string, readonly string[]]>([
    ['what comes after it', { qa: environment({}), production: environment({ after: 'qa' }) }, 'QA', ['production']],
    [
      'all that come after it',
      { qa: environment({}), eu: environment({ after: 'qa' }), us: environment({ after: 'QA' }) },
      'qa',
      ['eu', 'us'],
    ],
    ['the next in the policy, where it comes after nothing', { qa: environment({}), production: environment({}) }, 'qa', ['production']],
    ['nothing after the last', { qa: environment({}), production: environment({ after: 'qa' }) }, 'production', []],
    ['nothing after what the policy does not name', { qa: environment({}) }, 'other', []],
    ['not what comes after another', { a: environment({}), b: environment({}), c: environment({ after: 'a' }) }, 'b', []],
  ])('%s', (_, environments, from, expected) => {
    expect(nextAfter(policy(environments), from)).toEqual(expected);
  });

  it('a version is a step on from a lower one, and from nothing; from what is no release nobody knows', () => {
    expect([
      isStepOn('1.10.0', { version: '1.9.0' }),
      isStepOn('1.9.0', { version: '1.9.0' }),
      isStepOn('1.9.0', { version: '1.10.0' }),
    ]).toEqual([true, false, false]);
    expect([isStepOn('1.0.0', null), isStepOn('1.0.0', { version: null })]).toEqual([true, null]);
  });

  it('a workflow gets what it declares and we know', () => {
    const known = { environment: 'qa', version: '1.0.0', sha: 'a' };
    expect(inputsFor(['sha', 'region', 'environment', 'constructor', '__proto__'], known)).toEqual({ sha: 'a', environment: 'qa' });
  });
});

describe('a commit’s own word that there is no way back', () => {
  it.each([
    ['Rollback: unsafe', true],
    ['It is gone.\n\nrollback:unsafe\nSigned-off-by: A <a@x>', true],
    ['It is gone.\r\n\r\nRollback: unsafe\r\n', true],
    ['Rollback: safe', false],
    ['Rollback: unsafe to say', false],
    ['Rollback: unsafe\n\nReviewed-by: B', false],
    ['A rollback: unsafe', false],
    ['', false],
  ])('%j: %s', (body, expected) => {
    expect(saysUnsafe(body)).toBe(expected);
  });

  it.each(['\n', ' ', '\n \n', 'rollback:', '\t\n'])('of 20,000 × %j is looked for in no time', (unit) => {
    const begun = performance.now();
    saysUnsafe(unit.repeat(20_000));
    saysUnsafe(`${unit.repeat(20_000)}x`);
    expect(performance.now() - begun).toBeLessThan(200);
  });
});
