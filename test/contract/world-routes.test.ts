// The world's table of routes against GitHub's description, and the few operations that no other story needs.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findOperation } from '../support/github/contract/rest.ts';
import { allRoutes } from '../support/github/routes.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf, refusalOf } from './client.ts';
import { Receiver } from './receiver.ts';

let world: World;
let repository: RepositoryStory;
const at = { owner: 'acme', repo: 'app' };

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

it('serves only what GitHub documents, each operation once, each write with words for its effect', () => {
  const routes = allRoutes(world.deliveries);
  const templates = routes.map((route) => findOperation(route.method, route.template.replace(/\{(\w+)\}/g, '1'))?.template);
  expect(templates).toEqual(routes.map((route) => route.template));
  expect(new Set(routes.map((route) => route.name)).size).toBe(routes.length);
  const silent = routes.filter((route) => route.method !== 'GET' && route.does === null).map((route) => route.name);
  // These change nothing that anybody sees.
  expect(silent).toEqual([
    'POST /app-manifests/{code}/conversions',
    'POST /app/installations/{installation_id}/access_tokens',
    'DELETE /installation/token',
    'POST /repos/{owner}/{repo}/releases/generate-notes',
  ]);
});

it('shows what protects a branch, and who belongs to an organization', async () => {
  world.organization('acme', { boss: 'admin' });
  world.state.account('stranger');
  repository.record.protectedBranches.set('main', { requiredChecks: ['ci'], requiredApprovals: 2 });
  const client = clientOf(world, world.userToken('boss'));
  const { data } = await client.rest.repos.getBranchRules({ ...at, branch: 'main' });
  expect(data.map((rule) => rule.type)).toEqual(['pull_request', 'required_status_checks']);
  expect((await client.rest.repos.getBranchRules({ ...at, branch: '1.x' })).data).toEqual([]);
  expect((await client.rest.orgs.checkMembershipForUser({ org: 'acme', username: 'boss' })).status).toBe(204);
  expect(await refusalOf(client.rest.orgs.checkMembershipForUser({ org: 'acme', username: 'stranger' }))).toBe('404 Not Found');
});

it('tells an App of its installation and of events that others make up', async () => {
  const receiver = new Receiver();
  const app = world.app('shiplock', {
    permissions: { contents: 'write' },
    events: ['repository_dispatch'],
    webhook: await receiver.start(),
  });
  const installation = world.install(app, 'acme', [repository]);
  const client = clientOf(world, world.installationToken(installation));
  await client.rest.repos.createDispatchEvent({ ...at, event_type: 'nightly', client_payload: { deep: true } });
  await world.deliveries.settled();
  expect(receiver.names).toEqual(['installation.created', 'repository_dispatch.nightly']);
  expect(receiver.received[0]?.payload).toMatchObject({
    installation: { app_slug: 'shiplock' },
    repositories: [{ full_name: 'acme/app' }],
  });
  await receiver.stop();
});

it('takes ten inputs and names no run when it is met as an Enterprise Server', async () => {
  const inputs = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`i${n}`, {}]));
  const workflow = `on: { workflow_dispatch: { inputs: ${JSON.stringify(inputs)} } }\njobs: { one: {} }\n`;
  repository.push('main', [{ message: 'workflow', files: { '.github/workflows/w.yml': workflow } }]);
  const client = clientOf(world, world.userToken('maintainer'));
  const dispatch = (count: number, baseUrl: string) => {
    const given = Object.fromEntries(
      Object.keys(inputs)
        .slice(0, count)
        .map((name) => [name, 'x']),
    );
    return client.rest.actions.createWorkflowDispatch({
      ...at,
      baseUrl,
      workflow_id: 'w.yml',
      ref: 'main',
      inputs: given,
      return_run_details: true,
    } as never);
  };
  expect((await dispatch(11, world.url)).status).toBe(200);
  expect((await dispatch(10, `${world.url}/api/v3`)).status).toBe(204);
  expect(await refusalOf(dispatch(11, `${world.url}/api/v3`))).toMatch(/^422/);
});

it.each([
  [['v1.0.0', 'v1.0.1:legacy', 'v0.9.9:legacy'], 'v1.0.1'],
  [['v2.0.0', 'v1.9.1:legacy'], 'v2.0.0'],
  [['v2.0.0', 'v1.9.1:true'], 'v1.9.1'],
  [['v1.0.0', 'v2.0.0:false'], 'v1.0.0'],
] as const)('of releases %j the latest is %s', async (releases, latest) => {
  for (const one of releases) {
    const [tag = '', make_latest] = one.split(':');
    repository.release(tag, make_latest ? { make_latest: make_latest as 'legacy' } : {});
  }
  expect((await clientOf(world).rest.repos.getLatestRelease(at)).data.tag_name).toBe(latest);
});
