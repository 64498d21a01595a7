// Environments, dispatched workflows and deployments of the world, through a real Octokit.
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
