// The task `gate` as GitHub runs it: the built bundle with the documented permissions opens for a commit whose checks have passed, and fails
// for everything else. It writes nothing.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gatePermissions } from '../../src/core/doctor/deploys.ts';
import { type ActionRun, type BuiltAction, buildAction, documentedPermissions, type RunRequest } from '../support/action.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { leaksOf } from '../support/markdown.ts';

let action: BuiltAction;
let world: World;

beforeAll(async () => {
  action = await buildAction();
}, 60_000);
afterAll(() => action.remove());
afterEach(async () => {
  world.expectEffects([]);
  await world.assertClean();
  await world.stop();
});

const POLICY = `version: 1
environments:
  production:
    requires:
      - checks: [test, "regression / *"]
        app: github-actions
`;

async function begin(policy: string | null = POLICY): Promise<RepositoryStory> {
  world = await startWorld();
  const files = { 'README.md': '# Lock\n', ...(policy === null ? {} : { '.github/shiplock.yml': policy }) };
  return world.repository('acme/lock', { commits: [{ message: 'feat: begin', files }] });
}

function gate(
  repository: RepositoryStory,
  inputs: Readonly<Record<string, string>> = {},
  more: Partial<RunRequest> = {},
): Promise<ActionRun> {
  const token = world.githubToken(repository, documentedPermissions('gate'));
  return action.run({ world, repository, token, ...more, inputs: { task: 'gate', environment: 'production', ...inputs } });
}

function green(repository: RepositoryStory, ...names: readonly string[]): void {
  for (const name of names) repository.check(name, 'success');
}

describe('the gate opens', () => {
  it('for the exact commit whose checks have passed', async () => {
    const repository = await begin();
    green(repository, 'test', 'regression / a', 'regression / b');
    const result = await gate(repository);
    expect(result).toMatchObject({ status: 0, commands: [], outputs: { decision: 'approve', released: 'false' } });
    expect(result.outputs.reasons).toBe('test passed.\nregression / a, regression / b passed.');
    expect(result.summary).toMatch(/^## The gate of production is open\n/);
    expect(result.summary).toContain('| ✅ met | check test of github-actions | test passed. |');
    expect(JSON.parse(result.outputs.plan ?? '')).toMatchObject({ environment: 'production', sha: repository.sha(), outcome: 'approve' });
  });

  it('for an environment that the policy leaves open', async () => {
    const repository = await begin('version: 1\nenvironments:\n  default: open\n');
    expect(await gate(repository, { environment: 'preview' })).toMatchObject({ status: 0, outputs: { decision: 'approve' } });
  });

  it('once what it waits for has passed', async () => {
    const repository = await begin();
    green(repository, 'test');
    const running = gate(repository, { 'wait-minutes': '0.05' });
    // The first look has happened when two queries were answered: for the policy, and for what it asks.
    while (world.calls.count('graphql') < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    green(repository, 'regression / a');
    const result = await running;
    expect(result).toMatchObject({ status: 0, commands: [], outputs: { decision: 'approve' } });
    expect(result.log).toMatch(
      /production waits:\n- met: test passed\.\n- pending: No check named regression \/ \* .*\nThe gate of production is open:/,
    );
  });

  it('T13, S-21: whatever the size of GitHub’s pages', async () => {
    const repository = await begin();
    world.faults.pageSize(1);
    green(repository, 'lint', 'test', 'regression / a', 'regression / b');
    expect(await gate(repository)).toMatchObject({ status: 0 });
    repository.check('regression / c', 'failure');
    expect(await gate(repository)).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
  });
});

describe('the gate stays shut', () => {
  it.each<[string, (repository: RepositoryStory) => void, string]>([
    ['a check has not reported', (one) => green(one, 'test'), 'No check named regression / * has reported on this commit.'],
    ['a check is running', (one) => void one.check('regression / a', null), 'regression / a is in_progress.'],
    ['a check failed', (one) => void one.check('regression / a', 'failure'), 'regression / a ended as failure.'],
    ['a check was skipped', (one) => void one.check('regression / a', 'skipped'), 'regression / a ended as skipped, which is not success.'],
    [
      'a check was cancelled',
      (one) => void one.check('regression / a', 'cancelled'),
      'regression / a ended as cancelled, which is not success.',
    ],
    [
      'a person posts a status of that name',
      (one) => void one.status('regression / a', 'success'),
      'not by github-actions, so it does not count',
    ],
    [
      'another app reports that name',
      (one) => void one.check('regression / a', 'success', { app: world.app('impostor', { permissions: { checks: 'write' } }) }),
      'regression / a was reported by impostor, not by github-actions',
    ],
    [
      'what had passed failed when it ran again',
      (one) => {
        one.check('regression / a', 'success');
        one.check('regression / a', 'failure');
      },
      'regression / a ended as failure.',
    ],
  ])('where %s', async (_, story, says) => {
    const repository = await begin();
    green(repository, 'test');
    story(repository);
    const result = await gate(repository);
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'wait', reasons: expect.stringContaining(says) } });
    expect(result.commands).toMatchObject([
      { name: 'error', properties: { title: 'The gate of production waits' }, data: expect.stringContaining(says) },
    ]);
    expect(result.summary).toMatch(/^## The gate of production waits\n/);
  });

  it('where the checks passed on another commit', async () => {
    const repository = await begin();
    green(repository, 'test', 'regression / a');
    const before = repository.sha();
    repository.push('main', [{ message: 'feat: open the gate' }]);
    expect(await gate(repository)).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(await gate(repository, {}, { env: { GITHUB_SHA: before } })).toMatchObject({ status: 0 });
  });

  it('at once where a failed check rejects, however long it may wait', async () => {
    const repository = await begin(POLICY.replace('app: github-actions', 'on-failure: reject'));
    repository.check('test', 'failure');
    const result = await gate(repository, { 'wait-minutes': '30' });
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'reject' } });
    expect(result.summary).toMatch(/^## The gate of production stays shut\n/);
  });

  it('for an environment that the policy does not name, and says what is missing', async () => {
    const repository = await begin();
    const typo = await gate(repository, { environment: 'prodution', 'wait-minutes': '30' });
    expect(typo).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(typo.commands[0]?.data).toContain('Did you mean production?');
    const none = await begin(null);
    const result = await gate(none);
    expect(result).toMatchObject({
      status: 1,
      outputs: { decision: 'wait', reasons: expect.stringContaining('environments.default: open') },
    });
    expect(result.summary).toContain('the built-in policy');
  });

  it('where the token may not see the checks, and the words name what is missing', async () => {
    const repository = await begin();
    repository.record.private = true;
    green(repository, 'test', 'regression / a');
    for (const missing of ['checks', 'statuses'] as const) {
      const { [missing]: _, ...permissions } = documentedPermissions('gate');
      const result = await gate(repository, {}, { token: world.githubToken(repository, permissions) });
      expect(result).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
      expect(result.commands[0]?.data).toContain(`\`${missing}: read\`: add that to \`permissions:\``);
    }
    for (const missing of ['contents', 'pull_requests'] as const) {
      const { [missing]: _, ...blind } = documentedPermissions('gate');
      const result = await gate(repository, {}, { token: world.githubToken(repository, blind) });
      expect(result).toMatchObject({ status: 3, outputs: {} });
      expect(result.commands).toMatchObject([{ data: expect.stringContaining(`${missing.replace('_', '-')}: read`) }]);
      expect(result.summary).toMatch(/^## The gate stays shut\n/);
    }
  });

  it('by a policy with problems, of which no part is used', async () => {
    const repository = await begin(`${POLICY}  qa: { requires: [{ chekcs: [test] }] }\n`);
    green(repository, 'test', 'regression / a');
    const result = await gate(repository);
    expect(result).toMatchObject({ status: 2, outputs: {}, commands: [{ properties: { file: '.github/shiplock.yml', line: '7' } }] });
  });
});

const HOUR = 3_600_000;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The runner's clock is the real one, so stories are told as of so many hours ago. */
function hoursAgo(hours: number): string {
  return new Date(Date.now() - hours * HOUR).toISOString();
}

const DEPLOY = `on: { push: { branches: [main] } }
jobs:
  gate: { runs-on: ubuntu-latest, steps: [{ run: "true" }] }
  deploy: { runs-on: ubuntu-latest, environment: production, steps: [{ run: "true" }] }
`;

/** A repository with this production, after staging, as it was so many hours ago. */
async function beginAgo(hours: number, production: string): Promise<RepositoryStory> {
  world = await startWorld();
  world.clock.set(hoursAgo(hours));
  const policy = `version: 1\nenvironments:\n  Staging: {}\n  production: { ${production} }\n`;
  const files = { '.github/shiplock.yml': policy, '.github/workflows/deploy.yml': DEPLOY };
  const repository = world.repository('acme/lock', {
    commits: [{ message: 'feat: begin', files }],
    collaborators: { ada: 'write', ben: 'write' },
  });
  repository.environment('Staging');
  return repository;
}

describe('what the commit has been through', () => {
  it('is the environment before, at this very commit, with success', async () => {
    const repository = await beginAgo(5, 'after: staging');
    expect(await gate(repository)).toMatchObject({ status: 1, outputs: { reasons: expect.stringContaining('Deploy it there first.') } });
    repository.deploy('Staging', { state: 'failure' });
    expect(await gate(repository)).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    repository.deploy('Staging');
    expect(await gate(repository)).toMatchObject({
      status: 0,
      outputs: { reasons: expect.stringContaining('deployed to Staging with success') },
    });
    repository.push('main', [{ message: 'fix: another' }]);
    expect(await gate(repository)).toMatchObject({ status: 1 });
  });

  it('S-19: is nothing that a person has posted by hand', async () => {
    const repository = await beginAgo(5, 'after: staging');
    repository.deploy('Staging', { by: 'ada' });
    expect(await gate(repository)).toMatchObject({
      status: 1,
      outputs: { decision: 'wait', reasons: expect.stringContaining('was posted by @ada by hand, which is not counted') },
    });
  });

  it('is time there, which goes on while the gate waits', async () => {
    const repository = await beginAgo(26, 'after: staging, requires: [{ soak: 24h }]');
    world.clock.set(new Date(Date.now() - 24 * HOUR + 8_000).toISOString());
    repository.deploy('Staging');
    const result = await gate(repository, { 'wait-minutes': '0.5' });
    expect(result).toMatchObject({ status: 0, outputs: { decision: 'approve' } });
    expect(result.log).toMatch(/production waits:\n(?:- .*\n)*- pending: This commit has stood in Staging since/);
    expect(result.summary).toContain('| ✅ met | soak 24h | since ');
  });

  it('is no time that ended, and none that is over only after the wait', async () => {
    const repository = await beginAgo(10, 'after: staging, requires: [{ soak: 24h }]');
    repository.deploy('Staging');
    const soaking = await gate(repository, { 'wait-minutes': '30' });
    expect(soaking).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(soaking.summary).toMatch(/\| ⏳ pending \| soak 24h \| since [\d-]+ [\d:]+ UTC, opens [\d-]+ [\d:]+ UTC \|/);
    expect(JSON.parse(soaking.outputs.plan ?? '')).toMatchObject({ again: expect.stringMatching(/^2/) });
    world.clock.advance('1h');
    const first = repository.sha();
    repository.push('main', [{ message: 'fix: another' }]);
    repository.deploy('Staging');
    const cut = await gate(repository, {}, { env: { GITHUB_SHA: first } });
    expect(cut.outputs.reasons).toContain('Deploy it there again.');
  });

  it('is what the release is: a security fix has its own rules', async () => {
    const production = 'after: staging, requires: [{ soak: 24h }], for: { security: { soak: 0h } }';
    const repository = await beginAgo(5, production);
    repository.tag('v1.0.0');
    repository.push('main', [{ message: 'security: close the gap' }]);
    repository.deploy('Staging');
    const urgent = await gate(repository);
    expect(urgent).toMatchObject({ status: 0 });
    expect(urgent.summary).toContain(', a security release, by the policy');
    repository.push('main', [{ message: 'feat: take your time' }]);
    repository.deploy('Staging');
    const feature = await gate(repository);
    expect(feature).toMatchObject({ status: 1 });
    expect(JSON.parse(feature.outputs.plan ?? '')).toMatchObject({ occasion: 'feature' });
  });

  it('is a ticket in the texts of its pull requests', async () => {
    const repository = await beginAgo(5, 'requires: [{ ticket: "CHG-[0-9]+" }]');
    repository.tag('v1.0.0');
    const pull = repository.openPull({ title: 'fix: lock', body: 'For CHG-471.', author: 'ada' });
    repository.merge(pull);
    expect(await gate(repository)).toMatchObject({ status: 0, outputs: { reasons: expect.stringContaining('CHG-471 is named in #') } });
    repository.tag('v1.0.1');
    repository.push('main', [{ message: 'fix: no ticket' }]);
    expect(await gate(repository)).toMatchObject({ status: 1, outputs: { reasons: expect.stringContaining('names nothing') } });
  });

  it('is everything that passed on the release before', async () => {
    const repository = await beginAgo(5, 'requires: [{ checks: [test*], baseline: previous-release }]');
    green(repository, 'test', 'test-arm');
    repository.tag('v1.0.0');
    repository.push('main', [{ message: 'fix: lock' }]);
    green(repository, 'test');
    expect(await gate(repository)).toMatchObject({
      status: 1,
      outputs: { reasons: expect.stringContaining('test-arm passed on v1.0.0 and has not reported on this commit') },
    });
    green(repository, 'test-arm');
    expect(await gate(repository)).toMatchObject({ status: 0 });
  });
});

describe('the clock', () => {
  const today = new Date();
  const other = DAYS[(today.getUTCDay() + 3) % 7];

  it('opens and shuts windows', async () => {
    const repository = await beginAgo(1, 'windows: [{ days: [sun, mon, tue, wed, thu, fri, sat] }]');
    expect(await gate(repository)).toMatchObject({ status: 0, outputs: { reasons: 'A window is open.' } });
    await world.stop();
    const shut = await gate(await beginAgo(1, `windows: [{ days: [${other}] }]`), { 'wait-minutes': '30' });
    expect(shut).toMatchObject({ status: 1, outputs: { reasons: expect.stringContaining('The next window opens at') } });
  });

  it('freezes, but for what is excepted', async () => {
    const freeze = `{ from: "${hoursAgo(1).slice(0, 16)}", to: "${hoursAgo(-48).slice(0, 16)}", except: [security], reason: year end }`;
    const repository = await beginAgo(1, `freeze: [${freeze}]`);
    repository.tag('v1.0.0');
    repository.push('main', [{ message: 'fix: lock' }]);
    const frozen = await gate(repository, { 'wait-minutes': '30' });
    expect(frozen).toMatchObject({ status: 1, outputs: { reasons: expect.stringMatching(/Frozen until .* UTC: year end/) } });
    repository.tag('v1.0.1');
    repository.push('main', [{ message: 'security: close the gap' }]);
    expect(await gate(repository)).toMatchObject({ status: 0 });
  });
});

describe('people', () => {
  const APPROVALS = 'requires: [{ approvals: { count: 1, except: [author, committer, deployer] } }]';

  /** A merged pull request by ada, and the run that deploys it, begun by the maintainer. */
  async function merged(production = APPROVALS, method: 'squash' | 'merge' = 'merge') {
    const repository = await beginAgo(5, production);
    repository.tag('v1.0.0');
    const pull = repository.openPull({ title: 'fix: lock', author: 'ada' });
    return {
      repository,
      pull,
      merge: () => {
        repository.merge(pull, { method, by: 'maintainer' });
        const run = repository.run('deploy.yml');
        return { env: { GITHUB_RUN_ID: String(run.id), GITHUB_JOB: 'gate' } };
      },
    };
  }

  it.each(['merge', 'squash'] as const)('approve by a review of the head as it was merged: %s', async (method) => {
    const { repository, pull, merge } = await merged(APPROVALS, method);
    repository.review(pull, 'APPROVE', { by: 'ben' });
    const result = await gate(repository, {}, merge());
    expect(result).toMatchObject({ status: 0, outputs: { reasons: '@ben approved.' } });
  });

  it('do not approve what they made, began, or have seen an older state of', async () => {
    const { repository, pull, merge } = await merged();
    repository.review(pull, 'APPROVE', { by: 'maintainer' });
    repository.review(pull, 'APPROVE', { by: 'ben' });
    repository.update(pull, [{ message: 'fix: more' }]);
    repository.review(pull, 'APPROVE', { by: 'maintainer' });
    const result = await gate(repository, {}, merge());
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(result.outputs.reasons).toContain('@maintainer approved too, but is a');
    expect(result.outputs.reasons).not.toContain('@ben');
  });

  it('approve by a review of the branch that is deployed, as it stands', async () => {
    const { repository, pull } = await merged();
    const { ref, sha } = pull.head;
    const deployed = { ref: `refs/heads/${ref}`, env: { GITHUB_SHA: sha } };
    expect(await gate(repository, {}, deployed)).toMatchObject({ status: 1 });
    repository.review(pull, 'APPROVE', { by: 'ben' });
    const run = repository.run('deploy.yml', { ref: `refs/heads/${ref}` });
    const env = { GITHUB_RUN_ID: String(run.id), GITHUB_JOB: 'gate' };
    expect(await gate(repository, {}, { ...deployed, env: { ...deployed.env, ...env } })).toMatchObject({ status: 0 });
    const head = repository.update(pull, [{ message: 'fix: more' }]);
    expect(await gate(repository, {}, { ...deployed, env: { GITHUB_SHA: head, ...env } })).toMatchObject({ status: 1 });
  });

  it('of a team that the workflow’s token may not see are unknown', async () => {
    const { repository, pull, merge } = await merged('requires: [{ approvals: { count: 1, from: ["@acme/crew"] } }]');
    world.organization('acme', { ben: 'member' });
    world.team('acme', 'crew', ['ben']);
    repository.review(pull, 'APPROVE', { by: 'ben' });
    const result = await gate(repository, {}, merge());
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(result.commands[0]?.data).toContain('name people (`@user`) or a role in the policy');
  });
});

it('asks for the permissions that the doctor looks for', () => {
  const every = { release: true, checks: true, baseline: true, people: true, run: true, approvals: true, owners: true };
  const needed = gatePermissions({ ...every, teams: [], deployments: ['qa'] }).map((one) => one.replace('-', '_'));
  const { metadata: _, ...documented } = documentedPermissions('gate');
  expect(documented).toEqual(Object.fromEntries(needed.map((one) => [one, 'read'])));
});

describe('a permission that is missing', () => {
  it.each([
    ['deployments', 'after: staging'],
    ['actions', 'requires: [{ approvals: { count: 1 } }]'],
  ] as const)('makes unknown what it is for, and is named: %s', async (missing, production) => {
    const repository = await beginAgo(5, production);
    repository.record.private = true;
    const pull = repository.openPull({ title: 'fix: lock', author: 'ada' });
    repository.review(pull, 'APPROVE', { by: 'ben' });
    repository.merge(pull);
    repository.deploy('Staging');
    const run = repository.run('deploy.yml');
    const more = { env: { GITHUB_RUN_ID: String(run.id), GITHUB_JOB: 'gate' } };
    expect(await gate(repository, {}, more)).toMatchObject({ status: 0 });
    const { [missing]: _, ...permissions } = documentedPermissions('gate');
    const result = await gate(repository, {}, { ...more, token: world.githubToken(repository, permissions) });
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(result.commands[0]?.data).toContain(`${missing.replace('_', '-')}: read`);
  });
});

describe('S-37: the rules come from the default branch', () => {
  it('whatever the branch says that is deployed', async () => {
    const repository = await begin();
    repository.push('topic', [
      { message: 'feat: open it', files: { '.github/shiplock.yml': 'version: 1\nenvironments: { default: open }\n' } },
    ]);
    const result = await gate(repository, {}, { ref: 'refs/heads/topic' });
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(JSON.parse(result.outputs.plan ?? '')).toMatchObject({
      sha: repository.sha('topic'),
      policy: { branch: 'main', sha: repository.sha('main') },
    });
    expect(result.summary).toContain(`the policy of \`main\` at \`${repository.sha('main').slice(0, 7)}\``);
  });

  it.each(['pull_request', 'pull_request_target', 'pull_request_review', 'pull_request_review_comment'])(
    'S-44: so it does not run on %s',
    async (name) => {
      const repository = await begin();
      green(repository, 'test', 'regression / a');
      const result = await gate(repository, {}, { event: { name, payload: { pull_request: { number: 1 } } } });
      expect(result).toMatchObject({ status: 2, outputs: {}, commands: [{ data: expect.stringContaining('can bring its own workflow') }] });
    },
  );
});

describe('a wrong input', () => {
  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['no environment', { environment: '' }, {}, 'needs `environment`'],
    ['no commit', {}, { GITHUB_SHA: 'main' }, 'GITHUB_SHA is not the full SHA'],
    ['no repository', {}, { GITHUB_REPOSITORY: '' }, 'GITHUB_REPOSITORY does not say'],
  ])('is %s', async (_, inputs, env, says) => {
    const repository = await begin();
    expect(await gate(repository, inputs, { env })).toMatchObject({
      status: 2,
      outputs: {},
      commands: [{ data: expect.stringContaining(says) }],
    });
  });
});

it('hostile names are only text', async () => {
  const repository = await begin(POLICY.replace('test,', '"*",'));
  for (const name of [
    '::error::forged',
    '##[error]forged',
    'x\n::stop-commands::y',
    '@acme/team #1 </details>',
    '| a | `b` [x](javascript:alert(1))',
  ]) {
    repository.check(name, 'failure');
  }
  const result = await gate(repository, { environment: 'PRODUCTION' });
  expect(result.status).toBe(1);
  for (const { name, properties } of result.commands) expect([name, properties.title]).toEqual(['error', 'The gate of PRODUCTION waits']);
  expect(leaksOf(result.summary)).toEqual([]);
  const odd = await gate(repository, { environment: '::error::x%0A@acme/team\n## Forged' });
  for (const { name } of odd.commands) expect(name).toBe('error');
  expect(odd.commands).toHaveLength(1);
  expect(leaksOf(odd.summary)).toEqual([]);
  expect(odd.summary.match(/^## /gm)).toHaveLength(1);
});
