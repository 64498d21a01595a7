// Who may do what in the world: each kind of token against each kind of need, and how GitHub words its three refusals.
import { createPrivateKey, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Installation } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf, refusalOf } from './client.ts';

let world: World;
let open: RepositoryStory;
let hidden: RepositoryStory;
let installation: Installation;

beforeAll(async () => {
  world = await startWorld();
  world.effects.ignore();
  open = world.repository('acme/open', { collaborators: { writer: 'write', triager: 'triage', admin: 'admin' } });
  hidden = world.repository('acme/hidden', { private: true, collaborators: { reader: 'read' } });
  world.repository('other/place', { private: true });
  installation = world.install(
    world.app('shiplock', { permissions: { contents: 'write', issues: 'write', pull_requests: 'read' } }),
    'acme',
  );
  for (const repository of [open, hidden]) repository.openIssue('One');
});
afterAll(async () => {
  await world.assertClean();
  await world.stop();
});

const NO = '403 Resource not accessible by integration';
type Act = (client: ReturnType<typeof clientOf>, repo: { owner: string; repo: string }) => Promise<unknown>;
const acts = {
  'read contents': (client, repo) => client.rest.repos.listCommits(repo),
  comment: (client, repo) => client.rest.issues.createComment({ ...repo, issue_number: 1, body: 'x' }),
  label: (client, repo) => client.rest.issues.addLabels({ ...repo, issue_number: 1, labels: ['x'] }),
  release: (client, repo) => client.rest.repos.createRelease({ ...repo, tag_name: 'x', draft: true }),
  settings: (client, repo) => client.rest.repos.update({ ...repo, description: 'x' }),
  checks: (client, repo) => client.rest.checks.listForRef({ ...repo, ref: 'main' }),
  'team members': (client) => client.rest.teams.listMembersInOrg({ org: 'acme', team_slug: 'core' }),
  'app as itself': (client) => client.rest.apps.getAuthenticated(),
} satisfies Record<string, Act>;

const tokens: Record<string, () => string | undefined> = {
  nobody: () => undefined,
  stranger: () => world.userToken('stranger'),
  reader: () => world.userToken('reader'),
  triager: () => world.userToken('triager'),
  writer: () => world.userToken('writer'),
  admin: () => world.userToken('admin'),
  app: () => world.installationToken(installation),
  'app elsewhere': () =>
    world.installationToken(world.install(world.app('elsewhere', { permissions: { contents: 'write', issues: 'write' } }), 'other')),
  'workflow, reading': () => world.githubToken(open),
  'workflow, writing': () => world.githubToken(open, { contents: 'write', issues: 'write' }),
};

describe('a public repository', () => {
  it.each([
    ['nobody', 'read contents', 'yes'],
    ['nobody', 'comment', '401 Requires authentication'],
    ['stranger', 'comment', 'yes'],
    ['stranger', 'label', '403 Must have triage rights to acme/open.'],
    ['triager', 'label', 'yes'],
    ['triager', 'release', '403 Must have write rights to acme/open.'],
    ['writer', 'release', 'yes'],
    ['writer', 'settings', '403 Must have admin rights to acme/open.'],
    ['admin', 'settings', 'yes'],
    ['app', 'release', 'yes'],
    ['app', 'label', 'yes'],
    ['app', 'settings', NO],
    ['app', 'checks', NO],
    ['app', 'team members', NO],
    ['app elsewhere', 'read contents', 'yes'],
    ['app elsewhere', 'release', NO],
    ['workflow, reading', 'read contents', 'yes'],
    ['workflow, reading', 'comment', NO],
    ['workflow, writing', 'comment', 'yes'],
    ['writer', 'app as itself', '401 A JSON web token could not be decoded'],
  ] as const)('%s: %s → %s', async (who, what, expected) => {
    const result = acts[what](clientOf(world, tokens[who]?.()), { owner: 'acme', repo: 'open' });
    if (expected === 'yes') await result;
    else expect(await refusalOf(result)).toBe(expected);
  });
});

describe('a private repository is not there for those who cannot see it', () => {
  it.each([
    ['nobody', '404 Not Found'],
    ['stranger', '404 Not Found'],
    ['app elsewhere', '404 Not Found'],
    ['workflow, reading', '404 Not Found'],
    ['reader', 'yes'],
    ['app', 'yes'],
  ] as const)('%s → %s', async (who, expected) => {
    const result = acts['read contents'](clientOf(world, tokens[who]?.()), { owner: 'acme', repo: 'hidden' });
    if (expected === 'yes') await result;
    else expect(await refusalOf(result)).toBe(expected);
  });
});

describe('who may write', () => {
  it('is everybody of that role or above, however they came by it', async () => {
    const client = clientOf(world, world.userToken('writer'));
    const may = async (permission: 'push' | 'pull' | 'admin') => {
      const { data } = await client.rest.repos.listCollaborators({ owner: 'acme', repo: 'open', permission });
      return data.map(({ login, role_name }) => `${login} ${role_name}`).sort();
    };
    expect(await may('admin')).toEqual(['admin admin']);
    expect(await may('push')).toEqual(['admin admin', 'maintainer maintain', 'writer write']);
    expect(await may('pull')).toContain('triager triage');
    expect(await may('pull')).not.toContain('stranger read');
  });

  it('is told to those who may write', async () => {
    const client = clientOf(world, world.userToken('triager'));
    const refused = refusalOf(client.rest.repos.listCollaborators({ owner: 'acme', repo: 'open' }));
    expect(await refused).toBe('403 Must have write rights to acme/open.');
  });
});

describe('tokens', () => {
  it('that nobody issued are bad credentials', async () => {
    expect(await refusalOf(clientOf(world, 'ghp_none').rest.repos.get({ owner: 'acme', repo: 'open' }))).toBe('401 Bad credentials');
  });

  const jwt = (claims: object) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), createPrivateKey(installation.app.privateKey)).toString('base64url')}`;
  };
  const now = () => Math.floor(Date.now() / 1000);
  const asApp = (token: string) => clientOf(world).request('GET /app', { headers: { authorization: `bearer ${token}` } });

  it('of an App are JWTs that it signed, for ten minutes at most', async () => {
    const { id: iss, clientId } = installation.app;
    const claims = () => ({ iss, iat: now() - 60, exp: now() + 540 });
    expect((await asApp(jwt(claims()))).data?.slug).toBe('shiplock');
    await asApp(jwt({ ...claims(), iss: clientId }));
    expect(await refusalOf(asApp(jwt({ ...claims(), exp: now() - 1 })))).toMatch(/^401 .*'exp'/);
    expect(await refusalOf(asApp(jwt({ ...claims(), exp: now() + 3_600 })))).toMatch(/^401 .*too far in the future/);
    expect(await refusalOf(asApp(jwt({ ...claims(), iss: 1 })))).toMatch(/^401 .*Issuer/);
    expect(await refusalOf(asApp(`${jwt(claims()).slice(0, -8)}AAAAAAAA`))).toMatch(/^401 .*decoded/);
    expect(
      await refusalOf(clientOf(world).request('GET /repos/acme/open', { headers: { authorization: `bearer ${jwt(claims())}` } })),
    ).toMatch(/^401/);
  });

  it('of an installation can be made for less, never for more, and end', async () => {
    const headers = { authorization: `bearer ${jwt({ iss: installation.app.id, iat: now() - 60, exp: now() + 540 })}` };
    const make = (body: object) =>
      clientOf(world).request('POST /app/installations/{installation_id}/access_tokens', {
        installation_id: installation.id,
        headers,
        ...body,
      });
    const { data } = await make({ repositories: ['hidden'], permissions: { contents: 'read' } });
    const client = clientOf(world, data.token);
    await acts['read contents'](client, { owner: 'acme', repo: 'hidden' });
    expect(await refusalOf(acts.release(client, { owner: 'acme', repo: 'hidden' }))).toBe(NO);
    expect(await refusalOf(acts.comment(client, { owner: 'acme', repo: 'open' }))).toBe(NO);
    expect(await refusalOf(make({ permissions: { checks: 'write' } }))).toMatch(/^422/);
    expect(await refusalOf(make({ repositories: ['none'] }))).toMatch(/^422/);
    await client.rest.apps.revokeInstallationAccessToken();
    expect(await refusalOf(acts['read contents'](client, { owner: 'acme', repo: 'hidden' }))).toBe('401 Bad credentials');
    installation.suspendedAt = world.clock.iso();
    expect(await refusalOf(make({}))).toMatch(/^403 This installation has been suspended/);
    installation.suspendedAt = null;
  });

  it('count down a quota that every answer shows', async () => {
    const client = clientOf(world, world.userToken('counted'));
    const remaining = async () => Number((await client.rest.repos.get({ owner: 'acme', repo: 'open' })).headers['x-ratelimit-remaining']);
    const first = await remaining();
    expect(await remaining()).toBe(first - 1);
  });
});
