// What the gates see: runs, what waits, decisions, deployments, checks, people; and what they answer.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatePort } from '../../src/flows/gate-port.ts';
import type { AppOptions } from '../../src/github/app.ts';
import { connectGates } from '../../src/github/gates.ts';
import { runOfUrl } from '../../src/github/run-url.ts';
import type { Deployment, DeploymentStatus } from '../support/github/deployment-records.ts';
import type { App, CheckRun } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { appPortOf } from './app-world.ts';
import { problemOf } from './port.ts';
import { json, serve } from './server.ts';

let world: World;
let repository: RepositoryStory;
let gates: GatePort;
let app: App;
let options: AppOptions;

const WORKFLOW = `name: Deploy
on:
  workflow_dispatch:
    inputs: { environment: { required: true } }
jobs:
  build: {}
  deploy:
    needs: build
    environment: \${{ inputs.environment }}
`;

beforeEach(async () => {
  world = await startWorld();
  world.organization('acme', { boss: 'admin' });
  repository = world.repository('acme/app', { commits: [{ message: 'first', files: { '.github/workflows/deploy.yml': WORKFLOW } }] });
  ({ app, options } = appPortOf(world, repository));
  gates = connectGates(options);
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

const startDeploy = (environment = 'production', by = 'maintainer') => {
  const run = repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment }, by });
  repository.finish(run, 'success', 'build');
  return run;
};
/** From pages of a hundred and of one: the same. */
async function fromAnyPages<T>(read: () => Promise<T>): Promise<T> {
  const whole = await read();
  world.faults.pageSize(1);
  expect(await read()).toEqual(whole);
  world.faults.pageSize(null);
  return whole;
}
const idOf = (login: string) => world.state.account(login).id;

describe('an answer', () => {
  const RULE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';
  const answer = (run: number, more: object = {}) => gates.answer({ run, environment: 'production', comment: 'because', ...more });

  it('reports, then approves, and is known from the history of the run', async () => {
    repository.environment('production', { rules: [app] });
    const run = startDeploy();
    expect(await answer(run.id)).toEqual({ result: 'done', says: '' });
    expect(await answer(run.id, { state: 'approved', comment: 'all met' })).toEqual({ result: 'done', says: '' });
    expect(run.status).toBe('in_progress');
    expect(await answer(run.id, { state: 'approved' })).toMatchObject({ result: 'already', says: expect.stringContaining('production') });
    expect(await gates.approvals(run.id)).toMatchObject({
      known: true,
      value: [
        { state: 'pending', comment: 'because', by: { login: 'shiplock[bot]', bot: true }, environments: [{ name: 'production' }] },
        { state: 'approved', comment: 'all met' },
      ],
    });
    world.expectEffects([/^answer production/, { says: /^answer production/, body: { state: 'approved' } }]);
  });

  it('T4: that is too long is cut to what GitHub takes', async () => {
    repository.environment('production', { rules: [app] });
    const run = startDeploy();
    expect(await answer(run.id, { comment: '🚢'.repeat(900) })).toMatchObject({ result: 'done' });
    const comment = run.approvals[0]?.comment ?? '';
    expect(comment.length).toBeLessThanOrEqual(1_024);
    expect(comment).toMatch(/^(?:🚢)+…$/u);
    world.expectEffects([/^answer/]);
  });

  it('to what never waited, to a run that is gone, without the right: each has its word', async () => {
    const run = startDeploy('open');
    expect(await answer(run.id, { environment: 'open', state: 'rejected' })).toMatchObject({ result: 'already' });
    expect(await answer(99, { state: 'approved' })).toMatchObject({ result: 'gone' });
    world.faults.answer(RULE, 403, { message: 'Resource not accessible by integration' });
    expect(await answer(run.id)).toMatchObject({ result: 'refused', says: expect.stringContaining('`deployments: write`') });
    world.faults.answer(RULE, 400);
    expect(await answer(run.id)).toMatchObject({ result: 'refused' });
  });

  it('T5: is given once although it was lost, and no approval is claimed for it', async () => {
    repository.environment('production', { rules: [app] });
    const run = startDeploy();
    world.faults.drop(RULE, 'after');
    expect(await answer(run.id, { state: 'rejected' })).toMatchObject({ result: 'already' });
    expect(run.approvals.map((one) => one.state)).toEqual(['rejected']);
    world.faults.answer(RULE, 502, { times: 4 });
    expect(await problemOf(answer(run.id))).toMatchObject({ kind: 'unavailable' });
    world.expectEffects([/^answer/]);
  });
});

describe('a run', () => {
  it('T9, S-30: tells who began it, who ran it again, and which attempt it is', async () => {
    const run = startDeploy('open', 'ada');
    repository.finish(run);
    repository.rerun(run, { by: 'bob' });
    expect(await gates.run(run.id)).toEqual({
      known: true,
      value: {
        id: run.id,
        node: run.nodeId,
        attempt: 2,
        event: 'workflow_dispatch',
        headSha: repository.sha(),
        headBranch: 'main',
        headRepository: 'acme/app',
        path: '.github/workflows/deploy.yml',
        actor: { login: 'ada', id: idOf('ada'), bot: false },
        triggeringActor: { login: 'bob', id: idOf('bob'), bot: false },
        status: run.status,
        conclusion: null,
        createdAt: run.createdAt,
        url: `https://github.com/acme/app/actions/runs/${run.id}`,
      },
    });
    expect(await gates.run(99)).toEqual({ known: true, value: null });
  });

  it('of a fork that is gone, by nobody, with words that are new: as it is said', async () => {
    const raw = {
      id: 1,
      run_attempt: 3,
      event: 'new_event',
      head_sha: 'a',
      head_branch: null,
      head_repository: null,
      path: '.github/workflows/x.yml@main',
    };
    const more = { actor: null, status: 'Dreaming', conclusion: 'Startup_Failure', created_at: 'x', html_url: 'y' };
    const server = await serve((_, response) => json(response, 200, { ...raw, ...more }));
    expect(await connectGates({ ...options, api: server.url, token: 'x' }).run(1)).toMatchObject({
      value: {
        headRepository: null,
        actor: null,
        triggeringActor: null,
        path: '.github/workflows/x.yml',
        status: 'dreaming',
        conclusion: 'startup_failure',
      },
    });
    await server.close();
  });

  it('that waits is found among all', async () => {
    repository.environment('production', { rules: [app], reviewers: ['boss'], waitTimer: 5 });
    startDeploy('open');
    const waiting = [startDeploy(), startDeploy(), startDeploy()].map((run) => run.id);
    const seen = await fromAnyPages(() => gates.waitingRuns());
    expect(seen).toMatchObject({ known: true, value: { more: false } });
    expect(seen.known && seen.value.items.map((run) => run.id)).toEqual(waiting.reverse());
    expect(await gates.pendingDeployments(waiting[0] ?? 0)).toMatchObject({
      known: true,
      value: [
        { environment: { name: 'production' }, waitTimer: 5, reviewers: { people: [{ login: 'boss', id: idOf('boss') }], teams: [] } },
      ],
    });
  });

  it.each([403, 500, 404])('S-25: is unknown at %i, and no run that waits is not "none"', async (status) => {
    world.faults.answer('GET /repos/{owner}/{repo}/actions/runs', status, { times: status === 500 ? 4 : 1 });
    expect(await gates.waitingRuns()).toMatchObject({ known: false });
    world.faults.answer('GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals', status, { times: status === 500 ? 4 : 1 });
    expect(await gates.approvals(1)).toMatchObject({ known: false });
  });
});

describe('deployments', () => {
  it('come newest first with their courses, the run that made them, and who', async () => {
    repository.deploy('staging');
    const old = repository.deploy('production', { state: 'failure', by: 'ada' });
    repository.environment('production', {});
    const run = startDeploy();
    repository.finish(run);
    const again = startDeploy();
    repository.finish(again);
    const seen = await fromAnyPages(() => gates.deployments('production'));
    if (!seen.known) throw new Error(seen.why);
    expect(seen.value.more).toBe(false);
    expect(seen.value.items.map((one) => [one.state, one.overall, one.run, one.creator?.login, one.app])).toEqual([
      ['success', 'active', again.id, 'maintainer', 'github-actions'],
      ['inactive', 'inactive', run.id, 'maintainer', 'github-actions'],
      ['failure', 'failure', null, 'ada', null],
    ]);
    expect(seen.value.items[1]?.statuses.map((one) => one.state)).toEqual(['in_progress', 'success', 'inactive']);
    expect(seen.value.items[2]).toMatchObject({ id: old.id, sha: repository.sha(), ref: 'main', environment: 'production', payload: {} });
  });

  it('S-19: tell who said that they succeeded, and of a job’s word only by a look of its own', async () => {
    const [api, hand] = [repository.deploy('production'), repository.deploy('production', { by: 'ada' })];
    repository.environment('production', {});
    const run = startDeploy();
    repository.finish(run);
    const seen = await gates.deployments('production');
    if (!seen.known) throw new Error(seen.why);
    const said = seen.value.items.map(({ statuses }) => statuses.find((one) => one.state === 'success')?.by);
    const ada = { login: 'ada', app: null };
    expect(said).toMatchObject([undefined, ada, { login: 'github-actions[bot]', app: 'github-actions' }]);
    const job = repository.record.deployments.at(-1) as Deployment;
    const success = job.statuses.find((one) => one.state === 'success') as DeploymentStatus;
    const maintainer = { login: 'maintainer', app: 'github-actions' };
    expect(await gates.posted(job.id)).toMatchObject({ known: true, value: [{ id: success.nodeId, by: maintainer }] });
    expect(await gates.posted(hand.id)).toMatchObject({ value: [{ by: ada }] });
    expect(await gates.posted(api.id)).toMatchObject({ value: [{ by: { app: 'github-actions' } }] });
    // Where GitHub names no App, the job's check tells which deployment it made.
    Object.assign(success, { app: null });
    expect(await gates.posted(job.id)).toMatchObject({ value: [{ by: maintainer }] });
    // A person's success with the address of that job, of another deployment.
    const other = repository.deploy('production', { by: 'ada' });
    Object.assign(other.statuses[0] as DeploymentStatus, { logUrl: success.logUrl });
    const again = await gates.deployments('production');
    expect(again.known && again.value.items[0]?.statuses[0]?.by).toBeUndefined();
    expect(await gates.posted(other.id)).toMatchObject({ value: [{ by: ada }] });
    world.faults.answer('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', 403);
    expect(await gates.posted(job.id)).toMatchObject({ known: false });
  });

  it('S-19: keep their proof where the repository has got another name since', async () => {
    const deployed = async (legacy: boolean) => {
      repository.finish(startDeploy());
      const job = repository.record.deployments.at(-1) as Deployment;
      for (const one of job.statuses) Object.assign(one, { logUrl: one.logUrl.replace('/acme/app/', '/acme/old-name/') });
      const success = job.statuses.find((one) => one.state === 'success') as DeploymentStatus;
      if (legacy) Object.assign(success, { app: null });
      return { job, success };
    };
    repository.environment('production', {});
    for (const legacy of [false, true]) {
      const { job, success } = await deployed(legacy);
      const seen = await gates.deployments('production');
      const told = seen.known ? seen.value.items.find(({ id }) => id === job.id) : undefined;
      expect(told?.statuses.find((one) => one.state === 'success')?.by).toBeUndefined();
      expect(await gates.posted(job.id)).toMatchObject({ value: [{ id: success.nodeId, by: { app: 'github-actions' } }] });
    }
  });

  it('S-19: leave it open whose word it is while the job has not ended', async () => {
    repository.environment('production', {});
    const run = startDeploy();
    repository.finish(run);
    const job = repository.record.deployments.at(-1) as Deployment;
    Object.assign(job.statuses.find((one) => one.state === 'success') as DeploymentStatus, { app: null });
    const check = repository.record.checks.find((one) => job.statuses[0]?.logUrl.endsWith(`/job/${one.id}`)) as CheckRun;
    const ended = { status: check.status, conclusion: check.conclusion };
    Object.assign(check, { status: 'in_progress', conclusion: null });
    expect(await gates.posted(job.id)).toMatchObject({ known: false });
    Object.assign(check, ended);
    expect(await gates.posted(job.id)).toMatchObject({ value: [{ by: { app: 'github-actions' } }] });
  });

  it('are as many as asked for, and it is said that there are more', async () => {
    const at = [1, 2, 3].map(() => {
      world.clock.advance('1h');
      return repository.deploy('production').createdAt;
    });
    const count = async (range: { since?: string; limit?: number }) => {
      const seen = await fromAnyPages(() => gates.deployments('production', range));
      return seen.known ? [seen.value.items.length, seen.value.more] : seen.why;
    };
    expect(await count({ limit: 2 })).toEqual([2, true]);
    expect(await count({ limit: 3 })).toEqual([3, false]);
    expect(await count({ since: at[1] ?? '' })).toEqual([2, false]);
    expect(await count({ since: at[1] ?? '', limit: 1 })).toEqual([1, true]);
    expect(await gates.deployments('none')).toEqual({ known: true, value: { items: [], more: false } });
  });

  it('that wait have no status and GitHub’s own word', async () => {
    repository.environment('production', { rules: [app] });
    startDeploy();
    expect(await gates.deployments('production')).toMatchObject({ value: { items: [{ state: 'waiting', statuses: [], run: null }] } });
  });

  it('are unknown where either half cannot be read', async () => {
    const deployment = repository.deploy('production');
    for (const route of ['graphql', 'GET /repos/{owner}/{repo}/deployments']) {
      world.faults.answer(route, 403);
      expect(await gates.deployments('production')).toMatchObject({ known: false });
    }
    world.state.nodes.delete(deployment.nodeId);
    expect(await gates.deployments('production')).toMatchObject({ known: false, why: expect.stringContaining('how it went') });
  });

  it.each([
    ['https://github.com/acme/app/actions/runs/12/job/3', 12],
    ['https://github.com/Acme/App/actions/runs/12', 12],
    ['https://github.com/acme/other/actions/runs/12', null],
    ['https://github.com/acme/app/actions/runs/12x', null],
    ['https://ci.example/acme/app/runs/12', null],
    ['not an address', null],
    [null, null],
  ])('%s leads to run %s', (url, run) => {
    expect(runOfUrl({ owner: 'acme', name: 'app' }, url)).toBe(run);
  });
});

describe('checks', () => {
  it('are all runs of all checks and all statuses, with their apps and numbers', async () => {
    const other = world.app('other', { permissions: { checks: 'write' } });
    const first = repository.check('test', 'failure');
    repository.check('test', 'success');
    repository.check('test', 'success', { app: other });
    repository.check('lint', null);
    repository.status('test', 'pending');
    repository.status('test', 'success');
    repository.status('test', 'error', { by: 'ada' });
    const seen = await fromAnyPages(() => gates.checksOf(repository.sha()));
    if (!seen.known) throw new Error(seen.why);
    const told = seen.value.map((one) => [one.kind, one.name, one.app, one.state, one.completedAt === null]);
    expect(told).toEqual([
      ['check', 'lint', 'github-actions', 'in_progress', true],
      ['check', 'test', 'other', 'success', false],
      ['check', 'test', 'github-actions', 'success', false],
      ['check', 'test', 'github-actions', 'failure', false],
      ['status', 'test', null, 'error', false],
      ['status', 'test', null, 'success', false],
      ['status', 'test', null, 'pending', true],
    ]);
    expect(seen.value[3]).toMatchObject({
      id: first.id,
      appId: 15_368,
      suite: first.suite.id,
      startedAt: first.startedAt,
      run: null,
      by: null,
    });
    expect(seen.value[4]).toMatchObject({ by: { login: 'ada', id: idOf('ada') }, appId: null, suite: null });
  });

  it('of a workflow tell its run', async () => {
    const run = startDeploy('open');
    const seen = await gates.checksOf(repository.sha());
    expect(seen.known && seen.value.map((one) => [one.name, one.run])).toEqual([
      ['deploy', run.id],
      ['build', run.id],
    ]);
  });

  it('S-19: a status by an App’s bot is its App’s, and a person’s of the same name is not', async () => {
    world.state.account('ci[bot]', 'Bot');
    repository.status('one', 'success', { by: 'ci[bot]' });
    repository.status('two', 'success', { by: 'ci' });
    const seen = await gates.checksOf(repository.sha());
    expect(seen.known && seen.value.map((one) => [one.name, one.app, one.by?.bot])).toEqual([
      ['two', null, false],
      ['one', 'ci', true],
    ]);
  });

  it.each([
    ['checks', 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs'],
    ['statuses', 'GET /repos/{owner}/{repo}/commits/{ref}/statuses'],
  ])('S-25: are unknown where %s cannot be read', async (_, route) => {
    for (const status of [403, 404, 422]) {
      world.faults.answer(route, status);
      expect(await gates.checksOf(repository.sha())).toMatchObject({ known: false });
    }
  });

  it('are asked of a full SHA alone', async () => {
    expect(await gates.checksOf('main')).toMatchObject({ known: false, why: expect.stringContaining('full SHA') });
  });

  it('T11: with words that nobody knows are passed on', async () => {
    const sha = 'a'.repeat(40);
    const run = {
      id: 1,
      name: 'x',
      head_sha: sha,
      status: 'completed',
      conclusion: 'Quantum',
      started_at: null,
      completed_at: null,
      html_url: null,
    };
    const server = await serve((asked, response) => {
      if (asked.url.includes('/statuses')) json(response, 200, []);
      else
        json(response, 200, {
          total_count: 2,
          check_runs: [
            { ...run, app: null, check_suite: null, details_url: null },
            { ...run, id: 2, conclusion: null, app: null, check_suite: null },
          ],
        });
    });
    const seen = await connectGates({ ...options, api: server.url, token: 'x' }).checksOf(sha);
    expect(seen.known && seen.value.map((one) => [one.state, one.app, one.appId, one.suite])).toEqual([
      ['quantum', null, null, null],
      ['unknown', null, null, null],
    ]);
    await server.close();
  });
});

describe('reviews', () => {
  it('come all, each with its commit', async () => {
    const pull = repository.openPull({ title: 'feat: x' });
    const before = pull.head.sha;
    repository.review(pull, 'APPROVE', { by: 'ada' });
    repository.update(pull, [{ message: 'more' }]);
    repository.review(pull, 'REQUEST_CHANGES', { by: 'bob', body: 'no' });
    repository.review(pull, 'COMMENT', { by: 'ada', body: 'hm' });
    const seen = await fromAnyPages(() => gates.reviews(1));
    expect(seen.known && seen.value.map((one) => [one.author?.login, one.state, one.commit])).toEqual([
      ['ada', 'approved', before],
      ['bob', 'changes_requested', pull.head.sha],
      ['ada', 'commented', pull.head.sha],
    ]);
    expect(seen.known && seen.value[0]).toMatchObject({
      association: 'none',
      submittedAt: expect.stringMatching(/Z$/),
      author: { id: idOf('ada'), bot: false },
    });
    expect(await gates.reviews(9)).toMatchObject({ known: false });
  });
});

describe('pull requests of a commit', () => {
  it('are those whose merge it is, with who wrote and who merged', async () => {
    const pull = repository.openPull({ title: 'feat: x', author: 'ada', labels: ['a', 'b'] });
    const head = pull.head.sha;
    const sha = repository.merge(pull, { by: 'bob' });
    const seen = await fromAnyPages(() => gates.pullsOf(sha));
    expect(seen).toMatchObject({
      known: true,
      value: [
        {
          pull: { number: 1, title: 'feat: x', state: 'merged', base: 'main', mergeSha: sha, labels: ['a', 'b'], head: { sha: head } },
          author: { login: 'ada', id: idOf('ada'), bot: false },
          mergedBy: { login: 'bob', id: idOf('bob') },
        },
      ],
    });
    // In the pull request, and not its merge.
    expect(await gates.pullsOf(head)).toEqual({ known: true, value: [] });
    expect(await gates.pullsOf(repository.push('main', [{ message: 'direct' }]))).toEqual({ known: true, value: [] });
    expect(await gates.pullsOf('a'.repeat(40))).toMatchObject({ known: false });
  });

  it('are found while GitHub’s index lags', async () => {
    const sha = repository.merge(repository.openPull({ title: 'feat: x', author: 'ada' }));
    world.faults.lagIndex();
    expect(await gates.pullsOf(sha)).toMatchObject({ value: [{ pull: { number: 1 }, author: { login: 'ada' } }] });
  });

  it('by a bot have its whole login', async () => {
    world.state.account('renovate[bot]', 'Bot');
    const sha = repository.merge(repository.openPull({ title: 'chore: x', author: 'renovate[bot]' }));
    expect(await gates.pullsOf(sha)).toMatchObject({ value: [{ author: { login: 'renovate[bot]', bot: true } }] });
  });
});

describe('people', () => {
  it('are authors, those they credit, and committers, each once, unknown ones by name', async () => {
    const base = repository.sha();
    const stranger = { name: 'Sam Stranger', email: 'sam@nowhere.example', date: '2020-01-01T00:00:00Z' };
    const bot = world.state.account('renovate[bot]', 'Bot');
    const credits = [
      'Bob <bob@elsewhere.example>',
      `ada <${world.state.account('ada').email}>`,
      `renovate[bot] <${bot.id}+renovate[bot]@users.noreply.github.com>`,
    ];
    const message = `feat: x\n\n${credits.map((one) => `Co-authored-by: ${one}`).join('\n')}`;
    repository.push('main', [
      { message: 'one', author: 'bob' },
      { message, author: 'bob' },
      { message: 'three', author: stranger },
    ]);
    const sha = repository.merge(repository.openPull({ title: 'feat: y', author: 'eve' }));
    const seen = await fromAnyPages(() => gates.commitPeople(base, sha));
    if (!seen.known) throw new Error(seen.why);
    const told = (parts: typeof seen.value.authors) =>
      parts.map(({ name, account }) => [name, account?.login ?? null, account?.bot ?? null]);
    expect(seen.value.commits).toBe(4);
    expect(told(seen.value.authors)).toEqual([
      ['bob', 'bob', false],
      ['Sam Stranger', null, null],
      ['eve', 'eve', false],
    ]);
    expect(told(seen.value.coauthors)).toEqual([
      ['Bob', null, null],
      ['ada', 'ada', false],
      ['renovate[bot]', 'renovate[bot]', true],
    ]);
    expect(told(seen.value.committers)).toEqual([
      ['bob', 'bob', false],
      ['Sam Stranger', null, null],
      ['GitHub', 'web-flow', true],
    ]);
  });

  it('of one commit, and of none', async () => {
    const sha = repository.push('main', [{ message: 'one', author: 'ada' }]);
    expect(await gates.commitPeople(null, sha)).toMatchObject({ value: { commits: 1, authors: [{ account: { login: 'ada' } }] } });
    expect(await gates.commitPeople(sha, sha)).toMatchObject({ value: { commits: 0, authors: [], coauthors: [], committers: [] } });
  });

  it('are unknown where they cannot be read, whichever half', async () => {
    const base = repository.sha();
    const sha = repository.push('main', [{ message: 'one' }]);
    world.faults.answer('graphql', 403);
    expect(await gates.commitPeople(base, sha)).toMatchObject({ known: false });
    world.faults.answer('GET /repos/{owner}/{repo}/compare/{basehead}', 404);
    expect(await gates.commitPeople(base, sha)).toMatchObject({ known: false });
    expect(await gates.commitPeople(null, 'a'.repeat(40))).toMatchObject({ known: false });
  });
});

describe('a team', () => {
  beforeEach(() => {
    world.team('acme', 'release', ['ada']);
    world.team('acme', 'night', ['bob', 'eve'], { parent: 'release' });
  });

  it('S-32: has its members and those of its child teams', async () => {
    const seen = await fromAnyPages(() => gates.teamMembers('acme', 'release'));
    expect(seen.known && seen.value.map((one) => one.login).sort()).toEqual(['ada', 'bob', 'eve']);
    expect(await gates.isMember('acme', 'release', 'eve')).toEqual({ known: true, value: true });
    expect(await gates.isMember('acme', 'night', 'ada')).toEqual({ known: true, value: false });
    expect(await gates.isMember('acme', 'release', 'nobody')).toEqual({ known: true, value: false });
  });

  it('that cannot be seen is unknown, and nobody is said not to belong to it', async () => {
    expect(await gates.teamMembers('acme', 'none')).toMatchObject({ known: false });
    expect(await gates.isMember('acme', 'none', 'ada')).toMatchObject({ known: false });
    world.faults.answer('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', 403);
    expect(await gates.isMember('acme', 'release', 'ada')).toMatchObject({ known: false, why: expect.stringContaining('`members: read`') });
  });

  it('where somebody is only invited has no member of them', async () => {
    const server = await serve((_, response) => json(response, 200, { state: 'pending', role: 'member' }));
    expect(await connectGates({ ...options, api: server.url, token: 'x' }).isMember('acme', 'release', 'new')).toEqual({
      known: true,
      value: false,
    });
    await server.close();
  });
});

describe('settings', () => {
  it('environments tell all that guards them', async () => {
    world.team('acme', 'release', ['ada']);
    repository.environment('Production/EU', { rules: [app], reviewers: ['boss', 'acme/release'], waitTimer: 30, preventSelfReview: true });
    repository.environment('open', {});
    const seen = await fromAnyPages(() => gates.environments());
    expect(seen).toMatchObject({
      known: true,
      value: [
        {
          name: 'Production/EU',
          waitTimer: 30,
          reviewers: { people: [{ login: 'boss' }], teams: [{ name: 'acme/release' }] },
          preventSelfReview: true,
          adminsBypass: null,
          branches: 'all',
          rules: ['wait_timer', 'required_reviewers', 'custom'],
          apps: { known: true, value: [{ id: app.id, slug: 'shiplock', enabled: true }] },
        },
        {
          name: 'open',
          waitTimer: 0,
          reviewers: { people: [], teams: [] },
          preventSelfReview: false,
          rules: [],
          apps: { known: true, value: [] },
        },
      ],
    });
  });

  it('an environment whose Apps cannot be seen is seen without them', async () => {
    repository.environment('production', { waitTimer: 1 });
    world.faults.answer('GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules', 403);
    expect(await gates.environments()).toMatchObject({ value: [{ name: 'production', apps: { known: false } }] });
    world.faults.answer('GET /repos/{owner}/{repo}/environments', 403);
    expect(await gates.environments()).toMatchObject({ known: false });
  });

  it('a rule or a reviewer of a new kind is told, or makes it unknown', async () => {
    const environment = (rule: object) => ({
      total_count: 1,
      environments: [{ id: 1, name: 'x', protection_rules: [rule], can_admins_bypass: false }],
    });
    let rule: object = { type: 'quantum' };
    const server = await serve((asked, response) => {
      json(
        response,
        200,
        asked.url.includes('deployment_protection_rules') ? { custom_deployment_protection_rules: [] } : environment(rule),
      );
    });
    const read = () => connectGates({ ...options, api: server.url, token: 'x' }).environments();
    expect(await read()).toMatchObject({ value: [{ rules: ['quantum'], adminsBypass: false }] });
    rule = { type: 'required_reviewers', reviewers: [{ type: 'Robot', reviewer: { id: 1 } }] };
    expect(await read()).toMatchObject({ known: false, why: expect.stringContaining('"Robot"') });
    await server.close();
  });

  it('workflows have their texts', async () => {
    repository.push('main', [{ message: 'ci', files: { '.github/workflows/ci.yml': 'name: CI\n' } }]);
    const seen = await fromAnyPages(() => gates.workflows());
    expect(seen).toMatchObject({
      known: true,
      value: [
        { name: 'CI', path: '.github/workflows/ci.yml', state: 'active', text: 'name: CI\n' },
        { name: 'Deploy', path: '.github/workflows/deploy.yml', text: WORKFLOW },
      ],
    });
  });
});
