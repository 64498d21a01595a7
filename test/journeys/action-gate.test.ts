// The task `gate` as GitHub runs it: the built bundle with the documented permissions opens for a commit whose checks have passed, and fails
// for everything else. It writes nothing.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
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
    // The first look has happened when the checks were asked for.
    while (world.calls.count('GET /repos/{owner}/{repo}/commits/{ref}/status') === 0)
      await new Promise((resolve) => setTimeout(resolve, 20));
    green(repository, 'regression / a');
    const result = await running;
    expect(result).toMatchObject({ status: 0, commands: [], outputs: { decision: 'approve' } });
    expect(result.log).toMatch(
      /production waits:\n- met: test passed\.\n- pending: No check named regression \/ \* .*\nThe gate of production is open:/,
    );
  });

  it('whatever the size of GitHub’s pages', async () => {
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
    ['a check was cancelled', (one) => void one.check('regression / a', 'cancelled'), 'regression / a ended as cancelled, which is not success.'],
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

  it('for what it does not look at, at once', async () => {
    const repository = await begin(
      `${POLICY}      - approvals: { count: 2 }\n      - ticket: "CHG-\\\\d+"\n    freeze: [{ from: "2016-12-19T18:00", to: "2017-01-04T08:00" }]\n`,
    );
    green(repository, 'test', 'regression / a');
    const result = await gate(repository, { 'wait-minutes': '30' });
    expect(result).toMatchObject({ status: 1, outputs: { decision: 'wait' } });
    expect(result.commands.map(({ data }) => data)).toEqual([
      expect.stringMatching(/^Approval by 2 people was not looked for/),
      expect.stringMatching(/^What the release says was not looked for/),
    ]);
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
    const { contents: _, ...blind } = documentedPermissions('gate');
    const result = await gate(repository, {}, { token: world.githubToken(repository, blind) });
    expect(result).toMatchObject({ status: 3, outputs: {}, commands: [{ data: expect.stringContaining('contents: read') }] });
    expect(result.summary).toMatch(/^## The gate stays shut\n/);
  });

  it('by a policy with problems, of which no part is used', async () => {
    const repository = await begin(`${POLICY}  qa: { requires: [{ chekcs: [test] }] }\n`);
    green(repository, 'test', 'regression / a');
    const result = await gate(repository);
    expect(result).toMatchObject({ status: 2, outputs: {}, commands: [{ properties: { file: '.github/shiplock.yml', line: '7' } }] });
  });
});

describe('the rules come from the default branch', () => {
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
    'so it does not run on %s',
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
