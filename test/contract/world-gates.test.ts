// Deployments, environments, workflow runs and their gates, and an App signing in as itself, through a real Octokit.
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App, Installation } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf, refusalOf, silent } from './client.ts';
import { Receiver } from './receiver.ts';

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
    const older = repository.deploy('production');
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

describe('environments', () => {
  it('are configured by administrators, with rules of Apps that qualify', async () => {
    const production = { ...at, environment_name: 'pro/duction' };
    const reviewer = world.state.account('maintainer').id;
    await admin.rest.repos.createOrUpdateEnvironment({
      ...production,
      wait_timer: 10,
      prevent_self_review: true,
      reviewers: [{ type: 'User', id: reviewer }],
    });
    expect(await refusalOf(own.rest.repos.createOrUpdateEnvironment(production))).toMatch(/^403/);
    const apps = await own.rest.repos.listCustomDeploymentRuleIntegrations(production);
    expect(apps.data.available_custom_deployment_protection_rule_integrations?.map((one) => one.slug)).toEqual(['shiplock']);
    const rule = await admin.rest.repos.createDeploymentProtectionRule({ ...production, integration_id: app.id });
    expect((await own.rest.repos.getAllDeploymentProtectionRules(production)).data.total_count).toBe(1);
    await own.rest.repos.getCustomDeploymentProtectionRule({ ...production, protection_rule_id: rule.data.id });
    const { data } = await own.rest.repos.getAllEnvironments(at);
    expect(data.environments?.map((one) => [one.name, one.protection_rules?.map((each) => each.type)])).toEqual([
      ['pro/duction', ['wait_timer', 'required_reviewers', 'custom']],
    ]);
    await admin.rest.repos.disableDeploymentProtectionRule({ ...production, protection_rule_id: rule.data.id });
    const same = { protected_branches: true, custom_branch_policies: true };
    expect(await refusalOf(admin.rest.repos.createOrUpdateEnvironment({ ...production, deployment_branch_policy: same }))).toMatch(/^422/);
    await admin.rest.repos.deleteAnEnvironment(production);
    expect(await refusalOf(own.rest.repos.getEnvironment(production))).toBe('404 Not Found');
  });
});

describe('dispatching', () => {
  const dispatch = (ref: string, inputs: Record<string, string>, more: object = {}) =>
    own.rest.actions.createWorkflowDispatch({ ...at, workflow_id: 'deploy.yml', ref, inputs, ...more });

  it('starts a run of a branch or tag, and says which when asked', async () => {
    repository.tag('v1');
    expect((await dispatch('main', { environment: 'qa' })).status).toBe(204);
    const { data } = await dispatch('v1', { environment: 'qa' }, { return_run_details: true });
    const run = await own.rest.actions.getWorkflowRun({ ...at, run_id: (data as unknown as { workflow_run_id: number }).workflow_run_id });
    expect(run.data).toMatchObject({
      event: 'workflow_dispatch',
      head_branch: 'v1',
      head_sha: repository.sha(),
      actor: { login: 'shiplock[bot]' },
    });
    expect((await own.rest.actions.listWorkflowRuns({ ...at, workflow_id: 'deploy.yml' })).data.total_count).toBe(2);
    expect((await own.rest.actions.listRepoWorkflows(at)).data.workflows.map((one) => [one.name, one.path])).toEqual([
      ['Deploy', '.github/workflows/deploy.yml'],
    ]);
    expect((await own.rest.actions.getWorkflow({ ...at, workflow_id: 'deploy.yml' })).data.state).toBe('active');
    world.expectEffects(['dispatch deploy.yml on main', 'dispatch deploy.yml on v1']);
  });

  it.each([
    ['a hash', () => dispatch(repository.sha(), { environment: 'qa' }), /^422 No ref found/],
    [
      'an input that the workflow does not have',
      () => dispatch('main', { environment: 'qa', sha: 'x' }),
      /^422 Unexpected inputs provided: \["sha"\]/,
    ],
    ['without a required input', () => dispatch('main', {}), /^422 Required input 'environment'/],
    [
      'a workflow that does not exist',
      () => own.rest.actions.createWorkflowDispatch({ ...at, workflow_id: 'none.yml', ref: 'main' }),
      /^404/,
    ],
  ] as const)('refuses %s', async (_, act, words) => {
    expect(await refusalOf(act())).toMatch(words);
  });
});

describe('deployments over REST', () => {
  it('are made without merging or contexts only when asked so', async () => {
    const writer = clientOf(world, world.installationToken(installation, { deployments: 'write', contents: 'write' } as never));
    repository.push('topic', [{ message: 'topic' }]);
    repository.push('main', [{ message: 'main moved' }]);
    const merged = await writer.rest.repos.createDeployment({ ...at, ref: 'topic' });
    expect([merged.status, (merged.data as { message?: string }).message]).toEqual([202, 'Auto-merged main into topic on deployment.']);
    repository.status('ci', 'failure', { at: 'topic' });
    expect(await refusalOf(writer.rest.repos.createDeployment({ ...at, ref: 'topic' }))).toMatch(/^409/);
    const { data } = await writer.rest.repos.createDeployment({
      ...at,
      ref: 'topic',
      auto_merge: false,
      required_contexts: [],
      environment: 'qa',
      payload: { version: '1' },
    });
    const deployment_id = (data as { id: number }).id;
    const set = (state: 'success' | 'in_progress', description = '') =>
      writer.rest.repos.createDeploymentStatus({ ...at, deployment_id, state, description });
    await set('in_progress');
    const status = await set('success', 'done');
    expect(await refusalOf(set('success', 'x'.repeat(141)))).toMatch(/^422/);
    await writer.rest.repos.getDeploymentStatus({ ...at, deployment_id, status_id: status.data.id });
    expect((await writer.rest.repos.getDeployment({ ...at, deployment_id })).data).toMatchObject({
      environment: 'qa',
      payload: { version: '1' },
      production_environment: false,
    });
    await writer.rest.repos.deleteDeployment({ ...at, deployment_id });
    expect((await writer.rest.repos.listDeployments(at)).data).toEqual([]);
  });

  it('show over GraphQL with the states that REST lacks', async () => {
    repository.environment('production', { rules: [app], reviewers: ['boss'], waitTimer: 5 });
    const run = startDeploy();
    repository.deploy('qa');
    const query = `{ repository(owner: "acme", name: "app") {
      deployments(first: 10, orderBy: { field: CREATED_AT, direction: ASC }) { nodes { environment state commitOid latestStatus { state } creator { login } } }
      environment(name: "production") { name protectionRules(first: 10) { nodes { type timeout reviewers(first: 5) { nodes { ... on User { login } } } } } }
    } node(id: "${run.nodeId}") { ... on WorkflowRun { databaseId pendingDeploymentRequests(first: 5) { nodes { waitTimer environment { name } } } } } }`;
    const { data } = await own.request('POST /graphql', { query });
    expect(data.data.repository.deployments.nodes).toMatchObject([
      { environment: 'production', state: 'WAITING', latestStatus: null },
      { environment: 'qa', state: 'ACTIVE', latestStatus: { state: 'SUCCESS' } },
    ]);
    expect(data.data.repository.environment.protectionRules.nodes).toMatchObject([
      { type: 'REQUIRED_REVIEWERS', reviewers: { nodes: [{ login: 'boss' }] } },
      { type: 'WAIT_TIMER', timeout: 5 },
    ]);
    expect(data.data.node.pendingDeploymentRequests.nodes).toEqual([{ waitTimer: 5, environment: { name: 'production' } }]);
  });
});

describe('an App signs in as itself', () => {
  const signIn = (baseUrl: string) =>
    new Octokit({
      baseUrl,
      log: silent,
      authStrategy: createAppAuth,
      auth: { appId: app.id, privateKey: app.privateKey, installationId: installation.id },
    });

  it.each(['', '/api/v3'])('with its key and gets tokens of its installation at %s/', async (prefix) => {
    const octokit = signIn(`${world.url}${prefix}`);
    expect((await octokit.rest.apps.getAuthenticated()).data?.slug).toBe('shiplock');
    expect((await octokit.rest.apps.listInstallations()).data.map((one) => one.id)).toEqual([installation.id]);
    await octokit.rest.apps.getInstallation({ installation_id: installation.id });
    expect((await octokit.rest.apps.getRepoInstallation(at)).data.id).toBe(installation.id);
    expect((await octokit.rest.apps.getOrgInstallation({ org: 'acme' })).data.app_slug).toBe('shiplock');
    expect(await refusalOf(octokit.rest.apps.getUserInstallation({ username: 'boss' }))).toBe('404 Not Found');
    const { data } = await octokit.rest.apps.listReposAccessibleToInstallation();
    expect(data.repositories.map((one) => one.full_name)).toEqual(['acme/app']);
    expect(data.repositories[0]?.url).toBe(`${world.url}${prefix}/repos/acme/app`);
    expect((await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }')).viewer.login).toBe('shiplock');
    await octokit.rest.apps.getBySlug({ app_slug: 'shiplock' });
  });

  it('and reads, pages and repeats the deliveries of its webhook', async () => {
    const receiver = new Receiver();
    Object.assign(app, { events: ['issues'], webhook: await receiver.start() });
    const octokit = signIn(world.url);
    receiver.status = 500;
    repository.openIssue('One');
    await world.deliveries.settled();
    receiver.status = 202;
    repository.openIssue('Two');
    await world.deliveries.settled();
    const list = await octokit.rest.apps.listWebhookDeliveries({ per_page: 1 });
    expect(list.data.map((one) => [one.event, one.action, one.status_code, one.installation_id])).toEqual([
      ['issues', 'opened', 202, installation.id],
    ]);
    const next = /<([^>]+)>; rel="next"/.exec(list.headers.link ?? '')?.[1] ?? '';
    const { data } = await octokit.request(`GET ${next.replace(world.url, '')}`, {
      headers: { authorization: `bearer ${((await octokit.auth({ type: 'app' })) as { token: string }).token}` },
    });
    expect(data[0].status_code).toBe(500);
    const whole = await octokit.rest.apps.getWebhookDelivery({ delivery_id: data[0].id });
    expect((whole.data.request.payload as { issue: { title: string } }).issue.title).toBe('One');
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: data[0].id });
    await world.deliveries.settled();
    expect(world.deliveries.log.at(-1)).toMatchObject({ redelivery: true, guid: data[0].guid, statusCode: 202 });
    await receiver.stop();
  });
});
