// Asking a gate: how often it looks, when it stops, what it tells, and that the job which asks does not wait for itself.
import { describe, expect, it } from 'vitest';
import { hintsOf, ownChecks } from '../../src/action/gate.ts';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { askGate, type GateEyes, type GateRequest } from '../../src/flows/gate/gate.ts';
import type {
  ActorSeen,
  ApprovalSeen,
  CheckRunSeen,
  DeploymentSeen,
  EnvironmentSeen,
  GatePort,
  MergedSeen,
  PeopleSeen,
  ReviewSeen,
  RunSeen,
} from '../../src/flows/gate-port.ts';
import { type GitHubPort, GitHubProblem, type Observed, type RangeSeen, type Scene } from '../../src/flows/github-port.ts';

const SHA = 'a'.repeat(40);
const POLICY = 'version: 1\nenvironments:\n  production:\n    requires:\n      - checks: ["*"]\n';

let ids = 0;
function check(name: string, state: string, url: string | null = null): CheckRunSeen {
  ids += 1;
  const at = '2026-11-22T08:00:00Z';
  const own = { id: ids, appId: 15_368, app: 'github-actions', startedAt: at, completedAt: at, suite: ids, run: null, by: null };
  return { name, kind: 'check', state, url, ...own };
}

interface Look {
  readonly policy?: string | null;
  readonly checks?: Observed<readonly CheckRunSeen[]>;
  readonly problem?: GitHubProblem;
  readonly deployments?: Readonly<Record<string, Observed<readonly DeploymentSeen[]>>>;
  readonly reviews?: Observed<readonly ReviewSeen[]>;
  readonly approvals?: Observed<readonly ApprovalSeen[]>;
  readonly run?: Observed<RunSeen | null>;
  readonly teams?: Observed<readonly ActorSeen[]>;
  readonly open?: Observed<readonly number[]>;
  /** Pull requests whose merge the commit is. */
  readonly merged?: readonly MergedSeen[];
  readonly range?: RangeSeen;
  readonly environments?: Observed<readonly EnvironmentSeen[]>;
}

const known = (...checks: readonly CheckRunSeen[]): Observed<readonly CheckRunSeen[]> => ({ known: true, value: checks });
const seen = <T>(value: T): Observed<T> => ({ known: true, value });
const GREEN = known(check('test', 'success'));
const RUNNING = known(check('test', 'in_progress'));

const person = (login: string): ActorSeen => ({ login, id: [...login].reduce((sum, one) => sum * 31 + one.charCodeAt(0), 7), bot: false });
const ROLES: Readonly<Record<string, 'admin' | 'write' | 'read'>> = { ada: 'write', ben: 'write', carol: 'admin', mallory: 'read' };

const MERGED = {
  pull: { number: 5, head: { ref: 'topic', sha: 'd'.repeat(40), repository: 'acme/lock' }, mergeSha: SHA, body: '' },
  author: person('ada'),
  mergedBy: person('ben'),
  mergedAt: '2026-11-22T07:00:00Z',
} as unknown as MergedSeen;

const RUN: RunSeen = {
  id: 42,
  node: 'WFR_42',
  attempt: 1,
  event: 'push',
  headSha: SHA,
  headBranch: 'main',
  headRepository: 'acme/lock',
  path: '.github/workflows/deploy.yml',
  actor: person('ben'),
  triggeringActor: person('ben'),
  status: 'in_progress',
  conclusion: null,
  createdAt: '2026-11-22T08:00:00Z',
  url: 'https://github.com/acme/lock/actions/runs/42',
};

function review(login: string, state: string, more: Partial<ReviewSeen> = {}): ReviewSeen {
  ids += 1;
  return {
    id: ids,
    commit: 'd'.repeat(40),
    state,
    author: person(login),
    submittedAt: '2026-11-22T07:30:00Z',
    association: 'member',
    ...more,
  };
}

const ACTIONS = { login: 'github-actions[bot]', id: 41898282, app: 'github-actions' };

function deployment(sha: string, succeededAt: string | null, more: Partial<DeploymentSeen> = {}): DeploymentSeen {
  ids += 1;
  const statuses = succeededAt === null ? [] : [{ id: `status ${ids}`, state: 'success', createdAt: succeededAt, url: null, by: ACTIONS }];
  const state = succeededAt === null ? 'in_progress' : 'success';
  const rest = { ref: 'main', task: 'deploy', payload: {}, creator: null, app: 'github-actions', overall: null, run: null };
  return { id: ids, sha, environment: 'qa', createdAt: '2026-11-22T06:00:00Z', state, statuses, ...rest, ...more };
}

/** A GitHub that shows one look after the other, the last one again and again. */
function gitHubOf(looks: readonly Look[]): { readonly eyes: GateEyes; readonly asked: string[] } {
  const asked: string[] = [];
  let at = -1;
  const look = () => looks[Math.min(at, looks.length - 1)] as Look;
  const scene = async () => {
    at += 1;
    const { policy = POLICY, problem } = look();
    if (problem !== undefined) throw problem;
    const file = policy === null ? null : { text: policy, blob: 'b'.repeat(40) };
    const repository = { owner: 'acme', name: 'lock', host: 'github.com', defaultBranch: 'main' };
    return { repository, policy: file, branch: { name: 'main', sha: 'c'.repeat(40) }, tags: [], releases: [] } as unknown as Scene;
  };
  const range = async (): Promise<RangeSeen> => look().range ?? { baseIsAncestor: true, commits: [] };
  const gates: Partial<GatePort> = {
    checksOf: async (sha) => {
      asked.push(sha);
      return look().checks ?? GREEN;
    },
    run: async () => look().run ?? seen(RUN),
    approvals: async () => look().approvals ?? seen([]),
    deployments: async (environment) => {
      asked.push(environment);
      const found = look().deployments?.[environment] ?? seen([]);
      return found.known ? seen({ items: found.value, more: false }) : found;
    },
    environments: async () => look().environments ?? seen([{ name: 'QA' }, { name: 'production' }] as unknown as EnvironmentSeen[]),
    reviews: async () => look().reviews ?? seen([]),
    pullsOf: async () => seen(look().merged ?? [MERGED]),
    commitPeople: async () => {
      const part = (login: string) => ({ name: login, account: person(login) });
      return seen<PeopleSeen>({ commits: 1, authors: [part('ada')], coauthors: [], committers: [part('ada')] });
    },
    teamMembers: async () => look().teams ?? { known: false, why: 'GitHub has nothing there.' },
  };
  const eyes = {
    github: { scene, range },
    gates,
    roleOf: async (login: string) => seen(ROLES[login] ?? 'none'),
    openPulls: async () => look().open ?? seen([]),
  };
  return { eyes: eyes as unknown as GateEyes & { github: GitHubPort }, asked };
}

async function ask(looks: readonly Look[], more: Partial<GateRequest> = {}) {
  const { eyes, asked } = gitHubOf(looks);
  const pauses: number[] = [];
  const told: string[] = [];
  let now = 1_000;
  const answer = await askGate(eyes, {
    environment: 'production',
    sha: SHA,
    run: 42,
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
    // A Sunday.
    instant: () => Date.parse('2026-11-22T09:00:00Z') + (now - 1_000) * 1_000,
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

/** A policy whose production asks this, and comes after qa. */
function asking(requires: string, more = ''): string {
  return `version: 1\nenvironments:\n  qa: {}\n  production:\n    after: qa\n${more}    requires: [${requires}]\n`;
}

describe('what happened in the environment before', () => {
  it('is looked for as GitHub spells it', async () => {
    const { answer, asked } = await ask([{ policy: asking(''), deployments: { QA: seen([deployment(SHA, '2026-11-22T06:10:00Z')]) } }]);
    expect(answer).toMatchObject({ outcome: 'approve', findings: [{ code: 'deployed-before' }] });
    expect(asked).toEqual(['QA']);
  });

  it('is waited for as long as it takes, and looked at when the soak is over', async () => {
    const deployments = { QA: seen([deployment(SHA, '2026-11-22T08:00:00Z')]) };
    const { answer, pauses, told } = await ask([{ policy: asking('{ soak: 3630s }'), deployments }], {
      waitSeconds: 600,
    });
    expect(answer).toMatchObject({ outcome: 'approve', again: null });
    expect(pauses).toEqual([15, 15]);
    expect(told[0]).toContain('3630s will have passed at 2026-11-22T09:00:30Z');
  });

  it('is not waited for where its time is over after the wait', async () => {
    const deployments = { QA: seen([deployment(SHA, '2026-11-22T08:00:00Z')]) };
    const { answer, pauses } = await ask([{ policy: asking('{ soak: 24h }'), deployments }], { waitSeconds: 600 });
    expect(pauses).toEqual([]);
    expect(answer).toMatchObject({ outcome: 'wait', again: '2026-11-23T08:00:00Z' });
    expect(answer.findings).toContainEqual(
      expect.objectContaining({ code: 'soaking', since: '2026-11-22T08:00:00Z', opensAt: '2026-11-23T08:00:00Z' }),
    );
  });

  it('is unknown where GitHub’s spelling could not be seen and nothing is there by the policy’s', async () => {
    const environments = { known: false, why: 'It needs `actions: read`.' } as const;
    const { answer } = await ask([{ policy: asking(''), environments }]);
    expect(answer).toMatchObject({ findings: [{ code: 'deployments-unseen', says: expect.stringContaining(environments.why) }] });
    const there = { qa: seen([deployment(SHA, '2026-11-22T06:10:00Z')]) };
    expect((await ask([{ policy: asking(''), environments, deployments: there }])).answer.outcome).toBe('approve');
    // What comes along with it cannot be told either: any of these gates may be the one that counts.
    const light = asking('{ approvals: { count: 1 } }', '    for: { maintenance: { requires: [] } }\n').replace('    after: qa\n', '');
    expect((await ask([{ policy: light }])).answer).toMatchObject({ outcome: 'approve', occasion: 'maintenance' });
    expect((await ask([{ policy: light, environments }])).answer).toMatchObject({ outcome: 'wait', occasion: null });
  });

  it('is unknown where it could not be seen, and the words are GitHub’s', async () => {
    const why = 'The token may not do it. It needs `deployments: read`.';
    const { answer } = await ask([{ policy: asking(''), deployments: { QA: { known: false, why } } }]);
    expect(answer).toMatchObject({ outcome: 'wait', findings: [{ code: 'deployments-unseen', says: expect.stringContaining(why) }] });
  });
});

describe('the own run', () => {
  const policy = asking('', '    for: { rollback: { requires: [] } }\n');
  const before = deployment('e'.repeat(40), '2026-11-21T06:00:00Z', { environment: 'production' });

  it('is no past of the environment that it enters', async () => {
    const own = deployment(SHA, '2026-11-22T08:30:00Z', { environment: 'production', run: 42 });
    const deployments = { QA: seen([deployment(SHA, '2026-11-22T06:10:00Z')]), production: seen([own, before]) };
    expect((await ask([{ policy, deployments }])).answer.occasion).toBe('maintenance');
  });

  it('is another’s where another deployed there: going back to that is a rollback', async () => {
    const older = deployment(SHA, '2026-11-20T08:30:00Z', { environment: 'production', run: 41 });
    const deployments = { QA: seen([deployment(SHA, '2026-11-22T06:10:00Z')]), production: seen([before, older]) };
    const range = { baseIsAncestor: false, commits: [] };
    expect((await ask([{ policy, deployments, range }])).answer).toMatchObject({ outcome: 'approve', occasion: 'rollback' });
    // What comes after that, and was here already, goes forward again.
    expect((await ask([{ policy, deployments }])).answer.occasion).toBe('maintenance');
  });
});

describe('the clock', () => {
  it('opens a window while it waits', async () => {
    const policy = 'version: 1\nenvironments:\n  production:\n    windows: [{ days: sun, from: "09:01", to: "10:00" }]\n';
    const { answer, pauses } = await ask([{ policy }], { waitSeconds: 600 });
    expect([answer.outcome, pauses]).toEqual(['approve', [15, 30, 15]]);
    expect((await ask([{ policy }], { waitSeconds: 30 })).pauses).toEqual([]);
  });

  it('ends a freeze while it waits', async () => {
    const policy = 'version: 1\nenvironments:\n  production:\n    freeze: [{ from: "2026-11-20T18:00", to: "2026-11-22T09:00:20" }]\n';
    expect(await ask([{ policy }], { waitSeconds: 60 })).toMatchObject({ answer: { outcome: 'approve' }, pauses: [15, 5] });
  });
});

describe('approvals', () => {
  const approvals = (more = '') => asking(`{ approvals: { count: 1${more} } }`).replace('    after: qa\n', '');

  it('are reviews of the pull request as it was merged', async () => {
    const { answer } = await ask([{ policy: approvals(), reviews: seen([review('ben', 'approved')]) }]);
    expect(answer).toMatchObject({ outcome: 'approve', findings: [{ code: 'approved', who: ['ben'] }] });
  });

  it.each<[string, readonly ReviewSeen[], string]>([
    ['of a head before the merged one', [review('ben', 'approved', { commit: 'f'.repeat(40) })], ''],
    [
      'taken back by asking for changes',
      [review('ben', 'approved'), review('ben', 'changes_requested', { submittedAt: '2026-11-22T07:40:00Z' })],
      '',
    ],
    ['dismissed', [review('ben', 'dismissed')], ''],
    ['by who may only read', [review('mallory', 'approved')], 'has no write access'],
    ['by the author', [review('ada', 'approved')], 'is an author'],
    ['by who deploys', [review('ben', 'approved')], 'is a deployer'],
    ['by nobody that GitHub still has', [review('ben', 'approved', { author: null })], ''],
    ['by a bot', [review('ben', 'approved', { author: { ...person('ben'), bot: true } })], ''],
  ])('are none %s', async (_, reviews, says) => {
    const policy = approvals(', except: [author, deployer]');
    const { answer } = await ask([{ policy, reviews: seen(reviews) }]);
    expect(answer).toMatchObject({ outcome: 'wait', findings: [{ code: 'approvals-missing', says: expect.stringContaining(says) }] });
  });

  it('are given in GitHub’s own page for this run and this environment, and there taken for a no as well', async () => {
    const environments = [{ id: 1, name: 'Production' }];
    const given = (state: string, more: Partial<ApprovalSeen> = {}) =>
      seen([{ environments, state, by: person('carol'), comment: '', ...more }]);
    const look = { policy: approvals(', except: [author, deployer]') };
    expect((await ask([{ ...look, approvals: given('approved') }])).answer.outcome).toBe('approve');
    expect((await ask([{ ...look, approvals: given('pending') }])).answer.outcome).toBe('wait');
    expect((await ask([{ ...look, approvals: given('approved', { environments: [{ id: 2, name: 'qa' }] }) }])).answer.outcome).toBe('wait');
    const no = await ask([{ ...look, approvals: given('rejected') }], { waitSeconds: 600 });
    expect(no).toMatchObject({ answer: { outcome: 'reject', findings: [{ code: 'rejected-by-person' }] }, pauses: [] });
  });

  it('are waited for', async () => {
    const looks = [{ policy: approvals() }, { policy: approvals(), reviews: seen([review('ben', 'approved')]) }];
    expect(await ask(looks, { waitSeconds: 60 })).toMatchObject({ answer: { outcome: 'approve' }, pauses: [15] });
  });

  it('are reviews of an open pull request, of exactly this commit', async () => {
    const look = { policy: approvals(), merged: [], open: seen([6]) };
    expect((await ask([{ ...look, reviews: seen([review('ben', 'approved', { commit: SHA })]) }])).answer.outcome).toBe('approve');
    expect((await ask([{ ...look, reviews: seen([review('ben', 'approved')]) }])).answer.outcome).toBe('wait');
    const unseen = { known: false, why: 'It needs `pull-requests: read`.' } as const;
    const { answer } = await ask([{ policy: approvals(), open: unseen, reviews: seen([review('ben', 'approved')]) }]);
    expect(answer).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'approvals-unseen', says: expect.stringContaining('pull-requests') }],
    });
  });

  it('of a team that cannot be seen are unknown, and the words say what would do', async () => {
    const look = { policy: approvals(', from: ["@acme/crew"]'), reviews: seen([review('ben', 'approved')]) };
    const { answer } = await ask([look]);
    expect(answer).toMatchObject({
      outcome: 'wait',
      findings: [{ code: 'approver-unclear', says: expect.stringContaining('name people (`@user`) or a role') }],
    });
    expect((await ask([{ ...look, teams: seen([person('ben')]) }])).answer.outcome).toBe('approve');
    expect((await ask([{ ...look, teams: seen([person('ada')]) }])).answer.findings[0]?.code).toBe('approvals-missing');
  });

  it('count for nothing where nobody can say who deploys, and it is told why', async () => {
    const run = { known: false, why: 'It needs `actions: read`.' } as const;
    const { answer } = await ask([{ policy: approvals(', except: [deployer]'), run, reviews: seen([review('carol', 'approved')]) }]);
    expect(answer).toMatchObject({ outcome: 'wait', remarks: ['Who deploys could not be seen: It needs `actions: read`.'] });
    const byHand = await ask([{ policy: approvals(', except: [deployer]'), reviews: seen([review('carol', 'approved')]) }], { run: null });
    expect(byHand.answer).toMatchObject({ outcome: 'wait', findings: [{ code: 'people-unseen' }] });
  });
});

describe('the own check', () => {
  const page = (run: number, job = 7) => `https://github.com/acme/lock/actions/runs/${run}/job/${job}`;
  const own = ownChecks({ GITHUB_RUN_ID: '42', GITHUB_JOB: 'gate' });

  it.each<[string, CheckRunSeen, boolean]>([
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
