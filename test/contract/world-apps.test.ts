// An App signing in as itself with its key, and the log of what its webhook was sent.
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { App, Installation } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { refusalOf, silent } from './client.ts';
import { Receiver } from './receiver.ts';

let world: World;
let repository: RepositoryStory;
let app: App;
let installation: Installation;
const at = { owner: 'acme', repo: 'app' };

beforeEach(async () => {
  world = await startWorld();
  world.organization('acme', { boss: 'admin' });
  repository = world.repository('acme/app');
  app = world.app('shiplock', {
    permissions: { deployments: 'write' },
    events: [],
  });
  installation = world.install(app, 'acme');
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
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
    expect((await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }')).viewer.login).toBe('shiplock[bot]');
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

it('an App registered from a manifest hands its credentials over, once', async () => {
  const code = world.confirmManifest({
    name: 'Ship It',
    hook_attributes: { url: 'https://shiplock.example/api/github/webhooks' },
    default_permissions: { contents: 'write' },
    default_events: ['push'],
  });
  const anybody = new Octokit({ baseUrl: world.url, log: silent });
  const { status, data } = await anybody.rest.apps.createFromManifest({ code });
  expect([status, data.slug, data.webhook_secret]).toEqual([201, 'ship-it', 'webhook-secret-of-ship-it']);
  const own = new Octokit({ baseUrl: world.url, log: silent, authStrategy: createAppAuth, auth: { appId: data.id, privateKey: data.pem } });
  expect((await own.rest.apps.getAuthenticated()).data?.permissions).toMatchObject({ contents: 'write' });
  expect(await refusalOf(anybody.rest.apps.createFromManifest({ code }))).toBe('404 Not Found');
});
