// What the App asks as itself, on the world and against answers that GitHub should never give.
import { afterEach, describe, expect, it } from 'vitest';
import { appApi } from '../../src/github/app-api.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { APP_PERMISSIONS } from './app-world.ts';

let world: World | null = null;
afterEach(async () => {
  await world?.assertClean();
  await world?.stop();
  world = null;
});

/** The App's own requests by a plain fetch with a JWT that the world takes. */
async function apiOn(on: World) {
  const { createSign } = await import('node:crypto');
  const app = on.app('shiplock', { permissions: APP_PERMISSIONS });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: app.id, iat: now - 30, exp: now + 300 })}`;
  const jwt = `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(app.privateKey, 'base64url')}`;
  const { Octokit } = await import('@octokit/core');
  const { request } = new Octokit({ baseUrl: on.url, userAgent: 'test' });
  const { GitHubProblem } = await import('../../src/flows/github-port.ts');
  const api = appApi({
    asApp: async (route, parameters = {}) => {
      try {
        return await request(route, { ...parameters, headers: { authorization: `Bearer ${jwt}` } });
      } catch (error) {
        const { status } = error as { status: number };
        throw new GitHubProblem(status === 404 ? 'not-found' : 'refused', String(error), { status });
      }
    },
    clientOf: (id) => {
      const installation = [...on.state.installations.values()].find((one) => one.id === id);
      if (installation === undefined) throw new Error(`There is no installation ${id}.`);
      return { api: on.url, token: on.installationToken(installation) };
    },
  });
  return { api, app };
}

describe('the App as itself', () => {
  it('sees its installations and their repositories, page by page', async () => {
    world = await startWorld();
    const { api, app } = await apiOn(world);
    const [one, two, three] = ['acme/one', 'acme/two', 'globex/three'].map((name) => world?.repository(name));
    const acme = world.install(app, 'acme');
    const globex = world.install(app, 'globex');
    globex.suspendedAt = world.clock.iso();
    world.faults.pageSize(1);
    expect(await api.installations()).toEqual([
      { id: acme.id, suspended: false },
      { id: globex.id, suspended: true },
    ]);
    const homes = [one, two].map((repository) => ({
      installation: acme.id,
      id: repository?.record.id,
      owner: 'acme',
      name: repository?.repo,
    }));
    expect(await api.repositories(acme.id)).toEqual(homes);
    expect(await api.installed({ installation: acme.id, id: one?.record.id as number, owner: 'acme', name: 'one' })).toBe(true);
    expect(await api.installed({ installation: 1, id: 1, owner: 'acme', name: 'one' })).toBe(false);
    expect(await api.installed({ installation: globex.id, id: three?.record.id as number, owner: 'globex', name: 'three' })).toBe(false);
    expect(await api.installed({ installation: acme.id, id: 1, owner: 'acme', name: 'gone' })).toBe(false);
    expect(await api.delivery(4711)).toBeNull();
  });
});

describe('answers that are none', () => {
  const answering = (data: unknown, link?: string) =>
    appApi({
      asApp: async () => ({ headers: link === undefined ? {} : { link }, data }),
      clientOf: () => {
        throw new Error('unreached');
      },
    });
  const entry = { id: 1, guid: 'g', event: 'push', action: null, delivered_at: '2026-01-05T10:00:00Z' };

  it.each([
    ['no list', { message: 'ok' }],
    ['an entry without a guid', [{ ...entry, guid: undefined }]],
    ['an entry without a time', [{ ...entry, delivered_at: null }]],
    ['an entry that is none', [null]],
  ])('the log: %s', async (_, data) => {
    await expect(answering(data).deliveries(null)).rejects.toMatchObject({ name: 'GitHubProblem', kind: 'unavailable' });
  });

  it('a next page without a cursor is not the end', async () => {
    await expect(answering([entry], '<https://x/y>; rel="next"').deliveries(null)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(await answering([entry], '<https://x/y?cursor=v1_2>; rel="next"').deliveries(null)).toMatchObject({ next: 'v1_2' });
    expect(await answering([entry], '<https://x/y?cursor=v1_2>; rel="prev"').deliveries(null)).toMatchObject({ next: null });
  });

  it('installations without a number', async () => {
    await expect(answering([{ id: 'one' }]).installations()).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(answering({}).installations()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it.each([[{}], [null], [{ request: null }], [{ request: {} }]])('a delivery without a payload is one that is gone: %j', async (data) => {
    expect(await answering(data).delivery(1)).toBeNull();
  });
});
