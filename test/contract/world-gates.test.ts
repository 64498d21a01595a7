// Gates of the world: custom protection rules, required reviewers, wait timers and branch policies, through a real Octokit.
import type { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App, Installation } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf, refusalOf } from './client.ts';

let world: World;
let repository: RepositoryStory;
let app: App;
let installation: Installation;
let own: Octokit;
let admin: Octokit;
const at = { owner: 'acme', repo: 'app' };

const WORKFLOW = `name: Deploy
on:
  workflow_dispatch:
    inputs: { environment: { required: true }, version: { default: latest } }
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
  app = world.app('shiplock', {
    permissions: { deployments: 'write', actions: 'write', environments: 'read' },
    events: ['deployment_protection_rule'],
  });
  installation = world.install(app, 'acme');
  own = clientOf(world, world.installationToken(installation));
  admin = clientOf(world, world.userToken('boss'));
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

const startDeploy = () => {
  const run = repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'production' } });
  repository.finish(run, 'success', 'build');
  return run;
};
const answer = (run_id: number, body: object) =>
  own.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule', {
    ...at,
    run_id,
    environment_name: 'production',
    ...body,
  } as never);

describe('a custom protection rule', () => {
  beforeEach(() => {
    repository.environment('production', { rules: [app] });
  });

  it('holds the job until the App approves, then the deployment succeeds and the older one retires', async () => {
    const older = repository.deploy('production', { by: 'maintainer' });
    const run = startDeploy();
    expect([run.status, run.jobs.map((job) => job.status)]).toEqual(['waiting', ['completed', 'waiting']]);
    const waiting = await own.rest.actions.listWorkflowRunsForRepo({ ...at, status: 'waiting' });
    expect(waiting.data.workflow_runs.map((one) => one.id)).toEqual([run.id]);
    await answer(run.id, { comment: 'waiting for checks' });
    expect(run.status).toBe('waiting');
    await answer(run.id, { state: 'approved', comment: 'all met' });
    expect(run.status).toBe('in_progress');
    repository.finish(run);
    const approvals = await own.rest.actions.getReviewsForRun({ ...at, run_id: run.id });
    expect(approvals.data.map((one) => [one.state, one.user.login, one.comment])).toEqual([
      ['pending', 'shiplock[bot]', 'waiting for checks'],
      ['approved', 'shiplock[bot]', 'all met'],
    ]);
    const deployments = await own.rest.repos.listDeployments({ ...at, environment: 'production' });
    expect(deployments.data.map((one) => [one.creator?.login, one.performed_via_github_app?.slug])).toEqual([
      ['maintainer', 'github-actions'],
      ['maintainer', undefined],
    ]);
    const statuses = await own.rest.repos.listDeploymentStatuses({ ...at, deployment_id: deployments.data[0]?.id ?? 0 });
    expect(statuses.data.map((one) => one.state)).toEqual(['success', 'in_progress']);
    const retired = await own.rest.repos.listDeploymentStatuses({ ...at, deployment_id: older.id });
    expect(retired.data[0]?.state).toBe('inactive');
    expect((await own.rest.actions.getWorkflowRun({ ...at, run_id: run.id })).data).toMatchObject({
      status: 'completed',
      conclusion: 'success',
      run_attempt: 1,
    });
  });

  it('ends the run when the App rejects', async () => {
    const run = startDeploy();
    await answer(run.id, { state: 'rejected', comment: 'no' });
    expect([run.status, run.conclusion]).toEqual(['completed', 'failure']);
  });

  it.each([
    [
      'a second answer',
      async (id: number) => {
        await answer(id, { state: 'approved' });
        return answer(id, { state: 'approved' });
      },
      /^422 No pending deployment/,
    ],
    ['an environment that is not waiting', (id: number) => answer(id, { environment_name: 'qa', state: 'approved' }), /^422/],
    ['a run that does not exist', () => answer(1, { state: 'approved' }), /^404/],
    ['a comment too long', (id: number) => answer(id, { comment: 'x'.repeat(1_025) }), /^422 comment is too long/],
    [
      'an eleventh report',
      async (id: number) => {
        for (let n = 0; n < 10; n++) await answer(id, { comment: `report ${n}` });
        return answer(id, { comment: 'one more' });
      },
      /^422 .*10 times/,
    ],
  ] as const)('refuses %s', async (_, act, words) => {
    expect(await refusalOf(act(startDeploy().id))).toMatch(words);
  });

  it('can be answered by its own App only, and by no workflow', async () => {
    const run = startDeploy();
    const other = world.install(world.app('other', { permissions: { deployments: 'write' }, events: [] }), 'acme');
    const act = (token: string) =>
      refusalOf(
        clientOf(world, token).request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule', {
          ...at,
          run_id: run.id,
          environment_name: 'production',
          state: 'approved',
        }),
      );
    expect(await act(world.installationToken(other))).toMatch(/^422/);
    expect(await act(world.githubToken(repository, { deployments: 'write' }))).toMatch(/^422/);
    expect(await act(world.userToken('boss'))).toMatch(/^403/);
    expect(await act(world.installationToken(installation, { deployments: 'read' }))).toBe('403 Resource not accessible by integration');
  });

  it('is passed by an administrator, and asked anew by another attempt', async () => {
    const run = startDeploy();
    repository.bypass(run, { by: 'boss', comment: 'urgent' });
    expect(run.status).toBe('in_progress');
    repository.finish(run, 'failure');
    await own.rest.actions.reRunWorkflow({ ...at, run_id: run.id });
    repository.finish(run, 'success', 'build');
    expect([run.attempt, run.status, run.triggeringActor.login, run.actor.login]).toEqual([2, 'waiting', 'shiplock[bot]', 'maintainer']);
    expect(
      (await own.rest.actions.listJobsForWorkflowRun({ ...at, run_id: run.id })).data.jobs.map((job) => [
        job.name,
        job.run_attempt,
        job.status,
      ]),
    ).toEqual([
      ['build', 2, 'completed'],
      ['deploy', 2, 'waiting'],
    ]);
    await own.rest.actions.cancelWorkflowRun({ ...at, run_id: run.id });
    expect(run.conclusion).toBe('cancelled');
  });
});

describe('people and time', () => {
  it('a required reviewer lets the job go on, never who started it', async () => {
    world.team('acme', 'release-managers', ['deputy']);
    repository.environment('production', { reviewers: ['acme/release-managers', 'maintainer'], preventSelfReview: true });
    const run = startDeploy();
    const review = async (login: string) => {
      const person = clientOf(world, world.userToken(login));
      const { data } = await person.rest.actions.getPendingDeploymentsForRun({ ...at, run_id: run.id });
      const ids = data.map((one) => one.environment.id ?? 0);
      return person.rest.actions.reviewPendingDeploymentsForRun({
        ...at,
        run_id: run.id,
        environment_ids: ids,
        state: 'approved',
        comment: 'go',
      });
    };
    expect(await refusalOf(review('maintainer'))).toMatch(/^422/);
    expect(await refusalOf(review('boss'))).toMatch(/^422/);
    const token = world.installationToken(installation);
    const byApp = clientOf(world, token).rest.actions.reviewPendingDeploymentsForRun({
      ...at,
      run_id: run.id,
      environment_ids: [1],
      state: 'approved',
      comment: 'x',
    });
    expect(await refusalOf(byApp)).toMatch(/^403/);
    expect((await review('deputy')).data).toHaveLength(1);
    expect(run.status).toBe('in_progress');
  });

  it('a wait timer ends by the clock of the world', () => {
    repository.environment('production', { waitTimer: 30 });
    const run = startDeploy();
    world.clock.advance('29m');
    expect(run.status).toBe('waiting');
    world.clock.advance('2m');
    expect(run.status).toBe('in_progress');
  });

  it('an environment that nobody configured is made, open, and a branch policy stops others', async () => {
    const run = repository.run('deploy.yml', { inputs: { environment: 'prodution' } });
    repository.finish(run, 'success', 'build');
    expect(run.status).toBe('in_progress');
    expect((await own.rest.repos.getEnvironment({ ...at, environment_name: 'prodution' })).data.protection_rules).toEqual([]);
    const policy = { protected_branches: false, custom_branch_policies: true };
    await admin.rest.repos.createOrUpdateEnvironment({
      ...at,
      environment_name: 'production',
      deployment_branch_policy: policy,
      wait_timer: 5,
    });
    await admin.rest.repos.createDeploymentBranchPolicy({ ...at, environment_name: 'production', name: 'release/*' });
    const barred = startDeploy();
    expect([barred.status, barred.conclusion]).toEqual(['completed', 'failure']);
    repository.branch('release/1');
    const allowed = repository.run('deploy.yml', { ref: 'refs/heads/release/1', inputs: { environment: 'production' } });
    repository.finish(allowed);
    expect(allowed.status).toBe('waiting');
    expect(
      (await own.rest.repos.listDeploymentBranchPolicies({ ...at, environment_name: 'production' })).data.branch_policies.map(
        (one) => one.name,
      ),
    ).toEqual(['release/*']);
  });
});
