// Asking a gate: how often it looks, when it stops, what it tells, and that the job which asks does not wait for itself.
import { describe, expect, it } from 'vitest';
import { hintsOf, ownChecks } from '../../src/action/gate.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { askGate, type GateRequest } from '../../src/flows/gate.ts';
import { type CheckSeen, type GitHubPort, GitHubProblem, type Observed, type Scene } from '../../src/flows/github-port.ts';

const SHA = 'a'.repeat(40);
const POLICY = 'version: 1\nenvironments:\n  production:\n    requires:\n      - checks: ["*"]\n';

const check = (name: string, state: string, url: string | null = null): CheckSeen => ({
  name,
  app: 'github-actions',
  kind: 'check',
  state,
  url,
});

interface Look {
  readonly policy?: string | null;
  readonly checks?: Observed<readonly CheckSeen[]>;
  readonly problem?: GitHubProblem;
}

const known = (...checks: readonly CheckSeen[]): Observed<readonly CheckSeen[]> => ({ known: true, value: checks });
const GREEN = known(check('test', 'success'));
const RUNNING = known(check('test', 'in_progress'));

/** A GitHub that shows one look after the other, the last one again and again. */
function gitHubOf(looks: readonly Look[]): { readonly github: GitHubPort; readonly asked: string[] } {
  const asked: string[] = [];
  let at = -1;
  const look = () => looks[Math.min(at, looks.length - 1)] as Look;
  const scene = async () => {
    at += 1;
    const { policy = POLICY, problem } = look();
    if (problem !== undefined) throw problem;
    const file = policy === null ? null : { text: policy, blob: 'b'.repeat(40) };
    return { policy: file, branch: { name: 'main', sha: 'c'.repeat(40) } } as Scene;
  };
  const checks = async (sha: string) => {
    asked.push(sha);
    return look().checks ?? GREEN;
  };
  return { github: { scene, checks } as unknown as GitHubPort, asked };
}

async function ask(looks: readonly Look[], more: Partial<GateRequest> = {}) {
  const { github, asked } = gitHubOf(looks);
  const pauses: number[] = [];
  const told: string[] = [];
  let now = 1_000;
  const answer = await askGate(github, {
    environment: 'production',
    sha: SHA,
    readPolicy: async (text) => {
      const parsed = parsePolicy(text);
      if (!parsed.ok) throw new Error('a bad policy');
      return parsed.policy;
    },
    isOwn: () => false,
    waitSeconds: 0,
    sleep: async (seconds) => {
      pauses.push(seconds);
      now += seconds;
    },
    now: () => now,
    instant: () => '2026-11-22T09:00:00Z',
    changed: ({ findings }) => told.push(findings.map(({ says }) => says).join(' ')),
    ...more,
  });
  return { answer, pauses, told, asked };
}

describe('how often it looks', () => {
  it('is once where it may not wait', async () => {
    const { answer, pauses } = await ask([{ checks: RUNNING }, { checks: GREEN }]);
    expect([answer.outcome, pauses]).toEqual(['wait', []]);
  });

  it('is after 15 seconds, after 30, then each minute, and a last time at the end', async () => {
    const { answer, pauses } = await ask([{ checks: RUNNING }], { waitSeconds: 300 });
    expect([answer.outcome, pauses]).toEqual(['wait', [15, 30, 60, 60, 60, 60, 15]]);
  });

  it('is until it opens', async () => {
    const { answer, pauses } = await ask([{ checks: known() }, { checks: RUNNING }, { checks: GREEN }], { waitSeconds: 3_600 });
    expect([answer.outcome, pauses]).toEqual(['approve', [15, 30]]);
  });

  it('is not again where a check rejects, or where only a change of the policy could help', async () => {
    const rejects = { policy: POLICY.replace('["*"]', '["*"]\n        on-failure: reject'), checks: known(check('test', 'failure')) };
    expect(await ask([rejects], { waitSeconds: 300 })).toMatchObject({ answer: { outcome: 'reject' }, pauses: [] });
    expect(await ask([{}], { waitSeconds: 300, environment: 'elsewhere' })).toMatchObject({ answer: { outcome: 'wait' }, pauses: [] });
    expect(await ask([{ policy: null }], { waitSeconds: 300 })).toMatchObject({ answer: { findings: [{ code: 'no-entry' }] }, pauses: [] });
  });

  it('is anew each time: a hold that was set meanwhile counts', async () => {
    const held = POLICY.replace('production:', 'production:\n    hold: the year ends');
    const { answer } = await ask([{ checks: RUNNING }, { policy: held }], { waitSeconds: 300 });
    expect(answer).toMatchObject({ outcome: 'wait', policy: { branch: 'main', sha: 'c'.repeat(40), blob: 'b'.repeat(40) } });
    expect(answer.findings.map(({ code }) => code)).toContain('held');
  });
});

describe('what it tells', () => {
  it('is each change of what stands in the way, once', async () => {
    const looks = [
      { checks: RUNNING },
      { checks: RUNNING },
      { checks: known(check('test', 'failure')) },
      { checks: RUNNING },
      { checks: GREEN },
    ];
    const { told } = await ask(looks, { waitSeconds: 3_600 });
    expect(told).toEqual(['test is in_progress.', 'test ended as failure.', 'test is in_progress.', 'test passed.']);
  });

  it('is of the exact commit', async () => {
    expect((await ask([{}])).asked).toEqual([SHA]);
  });
});

describe('what could not be seen', () => {
  const unseen = { known: false, why: 'GitHub could not be reached.' } as const;

  it('never opens, and is looked for again', async () => {
    const { answer, pauses } = await ask([{ checks: unseen }], { waitSeconds: 15 });
    expect(answer).toMatchObject({ outcome: 'wait', checks: null, findings: [{ code: 'checks-unseen', verdict: 'unknown' }] });
    expect(pauses).toEqual([15]);
    expect((await ask([{ checks: unseen }, {}], { waitSeconds: 15 })).answer.outcome).toBe('approve');
  });

  it.each(['unavailable', 'rate-limited'] as const)('of the policy passes: %s', async (kind) => {
    const problem = new GitHubProblem(kind, 'GitHub has a bad day.');
    const { answer } = await ask([{ problem }]);
    expect(answer).toMatchObject({
      outcome: 'wait',
      policy: null,
      findings: [{ code: 'policy-unseen', says: expect.stringContaining('a bad day') }],
    });
    expect((await ask([{ problem }, {}], { waitSeconds: 60 })).answer.outcome).toBe('approve');
  });

  it.each(['forbidden', 'unauthorised', 'not-found', 'misconfigured'] as const)('of the policy stays so: %s', async (kind) => {
    await expect(ask([{ problem: new GitHubProblem(kind, 'No.') }], { waitSeconds: 60 })).rejects.toThrow('No.');
  });

  it('is a malformed policy, which is used in no part', async () => {
    await expect(ask([{ policy: 'version: 1\nenvironment: {}\n' }], { waitSeconds: 60 })).rejects.toThrow('a bad policy');
  });
});

describe('the own check', () => {
  const page = (run: number, job = 7) => `https://github.com/acme/lock/actions/runs/${run}/job/${job}`;
  const own = ownChecks({ GITHUB_RUN_ID: '42', GITHUB_JOB: 'gate' });

  it.each<[string, CheckSeen, boolean]>([
    ['the job', check('gate', 'in_progress', page(42)), true],
    ['the job of a called workflow', check('deploy / gate', 'in_progress', page(42)), true],
    ['a leg of its matrix', check('gate (production)', 'in_progress', page(42)), true],
    ['another job of the run', check('test', 'in_progress', page(42)), false],
    ['a job that begins like it', check('gatekeeper', 'in_progress', page(42)), false],
    ['the job of another run', check('gate', 'in_progress', page(421)), false],
    ['a check of that name without a page', check('gate', 'success', null), false],
    ['a check of that name by another app', { ...check('gate', 'success', page(42)), app: 'impostor' }, false],
  ])('is or is not %s', (_, seen, expected) => {
    expect(own.isJob(seen)).toBe(expected);
  });

  it('does not count, so that a pattern which matches it waits for nothing', async () => {
    const checks = known(check('gate', 'in_progress', page(42)), check('test', 'success', page(42, 8)));
    expect((await ask([{ checks }], { isOwn: own.isJob })).answer.outcome).toBe('approve');
    expect((await ask([{ checks }])).answer.outcome).toBe('wait');
  });

  it('opens nothing by itself', async () => {
    const checks = known(check('gate', 'success', page(42)));
    expect((await ask([{ checks }], { isOwn: own.isJob })).answer).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'check-missing' }],
    });
  });

  it('under another name is told of, and so is a job that needs this one', () => {
    const checks = [check('Gate', 'in_progress', page(42)), check('test', 'success', page(42)), check('deploy', 'queued', page(41))];
    expect(hintsOf({ outcome: 'wait', checks }, own)).toEqual([expect.stringContaining('Gate is a job of this very workflow run')]);
    expect(hintsOf({ outcome: 'approve', checks }, own)).toEqual([]);
    expect(hintsOf({ outcome: 'wait', checks: null }, own)).toEqual([]);
  });

  it('is not known where no runner says which run it is', () => {
    for (const env of [{}, { GITHUB_RUN_ID: '', GITHUB_JOB: 'gate' }, { GITHUB_RUN_ID: '4.', GITHUB_JOB: 'gate' }]) {
      expect(ownChecks(env).isJob(check('gate', 'in_progress', page(42)))).toBe(false);
    }
  });
});
