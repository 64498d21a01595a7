// The App through Probot: how it signs in, where its tokens come from and go to, and what a delivery asks for.
import { Probot } from 'probot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeLog } from '../../src/app/log.ts';
import { openGitHubApp } from '../../src/app/probot.ts';
import { probotApp } from '../../src/app.ts';
import { errandsOf } from '../../src/core/errand-of.ts';
import { endpointsOf } from '../../src/github/endpoints.ts';
import type { App, Installation } from '../support/github/records.ts';
import { startWorld, type World } from '../support/github/world.ts';

const { log } = makeLog({ level: 'silent' });

let world: World;
let app: App;
let installation: Installation;
beforeEach(async () => {
  world = await startWorld();
  world.organization('acme');
  world.repository('acme/app');
  app = world.app('shiplock', { permissions: { contents: 'write' } });
  installation = world.install(app, 'acme');
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

const open = (more: { api?: string; appId?: number; fetch?: typeof globalThis.fetch } = {}) =>
  openGitHubApp({
    credentials: { appId: more.appId ?? app.id, privateKey: app.privateKey, webhookSecret: 'secret' },
    endpoints: endpointsOf(more.api ?? world.url),
    log,
    ...(more.fetch === undefined ? {} : { fetch: more.fetch as never }),
  });

describe.each(['', '/api/v3'])('at %s/, the App', (prefix) => {
  it('knows who it is', async () => {
    expect(await (await open({ api: `${world.url}${prefix}` })).look()).toMatchObject({ id: app.id, slug: 'shiplock' });
  });

  it('gets a token of an installation once, and another only where the first is no good', async () => {
    const { tokenOf } = await open({ api: `${world.url}${prefix}` });
    const first = await tokenOf(installation.id, false);
    expect(await tokenOf(installation.id, false)).toBe(first);
    expect(world.calls.count('POST /app/installations/{installation_id}/access_tokens')).toBe(1);
    const second = await tokenOf(installation.id, true);
    expect(second).not.toBe(first);
    expect(await tokenOf(installation.id, false)).toBe(second);
  });

  it('reads the log of its webhook and its installations', async () => {
    const { asApp } = await open({ api: `${world.url}${prefix}` });
    expect(((await asApp('GET /app/installations')).data as { id: number }[]).map((one) => one.id)).toEqual([installation.id]);
    expect((await asApp('GET /app/hook/deliveries', { per_page: 5 })).data).toEqual([]);
    const { data } = await asApp('GET /repos/{owner}/{repo}/installation', { owner: 'acme', repo: 'app' });
    expect((data as { id: number }).id).toBe(installation.id);
  });
});

it('what it sends goes to the configured GitHub and nowhere else', async () => {
  const hosts = new Set<string>();
  const fetch = (async (url: string, init: RequestInit) => {
    hosts.add(new URL(url).host);
    return globalThis.fetch(url, init);
  }) as typeof globalThis.fetch;
  const own = await open({ api: `${world.url}/api/v3`, fetch });
  await own.look();
  await own.tokenOf(installation.id, false);
  for (const path of ['/app', '/app/installations', '/repos/acme/app/installation']) {
    await expect(own.asApp(`GET https://evil.example${path}`)).rejects.toThrow();
  }
  expect([...hosts]).toEqual([new URL(world.url).host]);
});

describe('what GitHub refuses is a problem in words', () => {
  it('for credentials that are none', async () => {
    const other = await open({ appId: 424_242 });
    await expect(other.look()).rejects.toMatchObject({
      name: 'GitHubProblem',
      kind: 'unauthorised',
      message: expect.stringContaining('APP_ID'),
    });
    await expect(other.tokenOf(installation.id, false)).rejects.toMatchObject({ kind: 'unauthorised' });
  });

  it('for an installation that is gone, or suspended', async () => {
    const { tokenOf } = await open();
    await expect(tokenOf(987_654, false)).rejects.toMatchObject({ kind: 'not-found' });
    installation.suspendedAt = world.clock.iso();
    await expect(tokenOf(installation.id, true)).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('for a GitHub that is away', async () => {
    const own = await open();
    world.faults.answer('GET /app', 502);
    await expect(own.look()).rejects.toMatchObject({ kind: 'unavailable' });
    world.faults.drop('GET /app', 'before');
    await expect(own.look()).rejects.toMatchObject({ kind: 'unavailable', status: null });
    world.faults.answer('POST /app/installations/{installation_id}/access_tokens', 500);
    await expect(own.tokenOf(installation.id, true)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('for an answer that is not GitHub’s', async () => {
    const fetch = (async () => new Response('<html>', { headers: { 'content-type': 'text/html' } })) as unknown as typeof globalThis.fetch;
    await expect((await open({ fetch })).look()).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

describe('what a delivery asks for', () => {
  it('is what the core says, by way of Probot', async () => {
    const payload = {
      ref: 'refs/heads/main',
      commits: [],
      installation: { id: installation.id },
      repository: { id: 7, name: 'app', full_name: 'acme/app', owner: { login: 'acme' }, default_branch: 'main' },
      sender: { id: 1, login: 'x' },
    };
    const { receive } = await open();
    const errands = await receive({ guid: '1', event: 'push', payload });
    expect(errands).toEqual(errandsOf('push', payload));
    expect(errands).not.toEqual([]);
  });

  it('is kept apart for deliveries at the same time, the same one twice among them', async () => {
    const { receive } = await open();
    const payload = (branch: string) => ({
      ref: `refs/heads/${branch}`,
      commits: [],
      installation: { id: installation.id },
      repository: { id: 7, name: 'app', full_name: 'acme/app', owner: { login: 'acme' }, default_branch: 'trunk' },
      sender: { id: 1, login: 'x' },
    });
    const names = ['1.x', '2.x', '3.x', '3.x'];
    const heard = await Promise.all(names.map((branch) => receive({ guid: branch, event: 'push', payload: payload(branch) })));
    expect(heard.map((errands) => errands.map((one) => 'branch' in one && one.branch))).toEqual(names.map((name) => [name]));
  });

  it('is heard by any Probot that loads the App’s function', async () => {
    const heard: unknown[] = [];
    const { privateKey } = app;
    const probot = new Probot({ appId: app.id, privateKey, secret: 'secret', log: log as never, baseUrl: world.url });
    await probot.load(probotApp((payload, errands) => heard.push([payload, errands])));
    const payload = { action: 'created', installation: { id: installation.id, account: { login: 'acme' } }, repositories: [] };
    await probot.receive({ id: '1', name: 'installation', payload } as never);
    expect(heard).toEqual([[payload, errandsOf('installation', payload)]]);
  });

  it('is nothing for an event that nobody knows', async () => {
    expect(await (await open()).receive({ guid: '1', event: 'tomorrows_event', payload: { installation: { id: 1 } } })).toEqual([]);
  });
});
