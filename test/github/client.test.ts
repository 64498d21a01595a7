// What holds for every request: where the token goes, how long is waited, what is repeated, and what people are told.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GitHubProblem } from '../../src/flows/github-port.ts';
import { actionEndpoints, appEndpoints, endpointsOf } from '../../src/github/endpoints.ts';
import { connect, type GitHubOptions } from '../../src/github/github.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { portOf, problemOf, releaseBranch } from './port.ts';
import { type Asked, json, serve, type TestServer } from './server.ts';

const TOKEN = 'ghs_0123456789abcdefghijABCDEFGHIJ0123';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(answer: Parameters<typeof serve>[0]): Promise<TestServer> {
  const server = await serve(answer);
  servers.push(server);
  return server;
}

function portAt(api: string, options: Partial<GitHubOptions> = {}) {
  const waits: number[] = [];
  const said: string[] = [];
  const sleep = (milliseconds: number) => {
    waits.push(milliseconds);
    return Promise.resolve();
  };
  const progress = (says: string) => {
    said.push(says);
  };
  return { waits, said, github: connect({ api, token: TOKEN, owner: 'acme', name: 'app', sleep, progress, ...options }) };
}

const COMMENT = { id: 7, body: 'hello' };

describe('where GitHub is', () => {
  it.each([
    ['https://api.github.com', 'https://api.github.com/graphql', 'https://uploads.github.com'],
    ['https://api.github.com/', 'https://api.github.com/graphql', 'https://uploads.github.com'],
    ['https://api.octo.ghe.com', 'https://api.octo.ghe.com/graphql', 'https://uploads.octo.ghe.com'],
    ['https://ghe.example/api/v3', 'https://ghe.example/api/graphql', 'https://ghe.example/api/uploads'],
    ['http://ghe.example:8080/api/v3/', 'http://ghe.example:8080/api/graphql', 'http://ghe.example:8080/api/uploads'],
    ['http://127.0.0.1:9', 'http://127.0.0.1:9/graphql', 'http://127.0.0.1:9/uploads'],
    ['https://api.evil.example', 'https://api.evil.example/graphql', 'https://api.evil.example/uploads'],
  ])('%s', (api, graphql, uploads) => {
    expect(endpointsOf(api)).toEqual({ api: api.replace(/\/$/, ''), graphql, uploads });
  });

  it('is what the runner says', () => {
    expect(actionEndpoints({})).toEqual(endpointsOf('https://api.github.com'));
    const env = { GITHUB_API_URL: 'https://ghe.example/api/v3', GITHUB_GRAPHQL_URL: 'https://ghe.example/api/graphql' };
    expect(actionEndpoints(env)).toEqual(endpointsOf('https://ghe.example/api/v3'));
  });

  it('is what the operator says', () => {
    expect(appEndpoints({})).toEqual(endpointsOf('https://api.github.com'));
    expect(appEndpoints({ GHE_HOST: 'ghe.example' })).toEqual(endpointsOf('https://ghe.example/api/v3'));
    expect(appEndpoints({ GHE_HOST: 'ghe.example:8443', GHE_PROTOCOL: 'http' }).api).toBe('http://ghe.example:8443/api/v3');
  });

  it.each([
    ['nothing', () => endpointsOf('')],
    ['a path', () => endpointsOf('/api/v3')],
    ['another scheme', () => endpointsOf('file:///etc')],
    ['a password', () => endpointsOf('https://user:pass@ghe.example/api/v3')],
    ['another host for GraphQL', () => endpointsOf('https://ghe.example/api/v3', 'https://elsewhere.example/graphql')],
    ['another scheme for GraphQL', () => endpointsOf('https://ghe.example/api/v3', 'http://ghe.example/api/graphql')],
  ])('%s is refused', (_, make) => {
    expect(make).toThrow(GitHubProblem);
  });
});

describe('S-38: the token goes to GitHub alone', () => {
  it.each([301, 302, 303, 307, 308])('a redirect (%i) to another host is not followed', async (status) => {
    const other = await start((_, response) => json(response, 200, COMMENT));
    const server = await start((_, response) => response.writeHead(status, { location: `${other.url}/steal` }).end());
    for (const call of [portAt(server.url).github.tag('v1'), portAt(server.url).github.comment(1, 'hello')]) {
      const problem = await problemOf(call);
      expect(problem).toMatchObject({ kind: 'misconfigured', message: expect.stringContaining(other.url.replace('http://', '')) });
      expect(problem.message).not.toContain(TOKEN);
    }
    expect(other.asked).toEqual([]);
    expect(server.asked).toHaveLength(2);
  });

  it('a redirect out of the API of the same host is not followed', async () => {
    const server = await start((_, response) => response.writeHead(302, { location: '/somewhere/else' }).end());
    expect(await problemOf(portAt(`${server.url}/api/v3`).github.tag('v1'))).toMatchObject({ kind: 'misconfigured' });
    expect(server.asked).toHaveLength(1);
  });

  it('a renamed repository is followed, a write as it was', async () => {
    const server = await start(({ url }, response) => {
      if (url.startsWith('/repositories/1')) json(response, 201, COMMENT);
      else response.writeHead(307, { location: `/repositories/1${url.slice('/repos/acme/app'.length)}` }).end();
    });
    expect(await portAt(server.url).github.comment(1, 'hello')).toEqual({ id: 7, body: 'hello', own: true });
    expect(server.asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', '/repos/acme/app/issues/1/comments', '{"body":"hello"}'],
      ['POST', '/repositories/1/issues/1/comments', '{"body":"hello"}'],
    ]);
    expect(server.asked.every(({ headers }) => headers.authorization === `token ${TOKEN}`)).toBe(true);
  });

  it('a circle of redirects ends', async () => {
    const server = await start(({ url }, response) => response.writeHead(302, { location: url }).end());
    expect(await problemOf(portAt(server.url).github.comment(1, 'hello'))).toMatchObject({ kind: 'unavailable', status: 302 });
    expect(server.asked.length).toBeLessThan(80);
  });

  it('assets go to the known address and not to the one of a payload', async () => {
    const world = await startWorld();
    const other = await start((_, response) => json(response, 201, {}));
    world.state.urls = { ...world.state.urls, uploads: other.url };
    const repository = world.repository('acme/app');
    const { github } = portOf(world, repository);
    const release = await github.createRelease({
      tag: 'v1',
      target: 'main',
      name: 'v1',
      body: '',
      draft: true,
      prerelease: false,
      latest: true,
    });
    await github.uploadAsset(release, { name: 'a.txt', type: 'text/plain', bytes: new TextEncoder().encode('hello') });
    expect(other.asked).toEqual([]);
    world.expectEffects(['create release v1', /^upload a\.txt/]);
    await world.assertClean();
    await world.stop();
  });

  it.each(['', 'two words', 'line\nfeed', 'ünïcode'])('%j is no token, and nothing is sent', async (token) => {
    const server = await start((_, response) => json(response, 200, {}));
    expect(await problemOf(portAt(server.url, { token }).github.tag('v1'))).toMatchObject({ kind: 'unauthorised' });
    expect(server.asked).toEqual([]);
  });

  it('no message repeats it, whatever answers', async () => {
    const server = await start(({ headers }, response) =>
      json(response, 400, { message: `Bad header: authorization: ${headers.authorization}` }),
    );
    const problem = await problemOf(portAt(server.url).github.tag('v1'));
    expect(problem.kind).toBe('refused');
    expect(JSON.stringify({ ...problem, message: problem.message })).not.toContain(TOKEN);
    expect(
      JSON.stringify(Object.getOwnPropertyNames(problem).map((key) => (problem as unknown as Record<string, unknown>)[key])),
    ).not.toContain(TOKEN);
  });

  it('who asks is told', async () => {
    const server = await start((_, response) => json(response, 404, { message: 'Not Found' }));
    await portAt(server.url).github.tag('v1');
    expect(server.asked[0]?.headers).toMatchObject({
      'user-agent': expect.stringMatching(/^shiplock\/\d/),
      'x-github-api-version': '2022-11-28',
    });
  });
});

describe('an Enterprise Server', () => {
  it('is spoken to at its own addresses', async () => {
    const world = await startWorld();
    const repository = world.repository('acme/app');
    repository.tag('v1.0.0');
    const { github } = portOf(world, repository, { api: appEndpoints({ GHE_HOST: world.host, GHE_PROTOCOL: 'http' }).api });
    const scene = await github.scene({ releaseBranch });
    expect(scene.repository.host).toBe(world.host);
    const release = await github.createRelease({
      tag: 'v1',
      target: 'main',
      name: 'v1',
      body: '',
      draft: true,
      prerelease: false,
      latest: true,
    });
    await github.uploadAsset(release, { name: 'a.txt', type: 'text/plain', bytes: new TextEncoder().encode('hello') });
    world.expectEffects(['create release v1', /^upload a\.txt/]);
    await world.assertClean();
    await world.stop();
  });
});

describe('limits are waited for, within bounds', () => {
  let world: World;
  let repository: RepositoryStory;

  beforeEach(async () => {
    world = await startWorld();
    repository = world.repository('acme/app');
    repository.tag('v1.0.0');
  });
  afterEach(async () => {
    await world.assertClean();
    await world.stop();
  });

  it.each([
    ['429 with Retry-After', { status: 429, retryAfter: 7 }],
    ['403 with Retry-After', { status: 403, retryAfter: 7 }],
    ['an exhausted quota', { kind: 'primary', status: 403, retryAfter: 7 }],
    ['an exhausted quota as 429', { kind: 'primary', status: 429, retryAfter: 7 }],
  ] as const)('%s', async (_, fault) => {
    const { github, waits, said } = portOf(world, repository);
    world.faults.rateLimit('GET /repos/{owner}/{repo}/git/ref/{ref}', fault);
    world.faults.rateLimit('graphql', fault);
    expect((await github.tag('v1.0.0'))?.name).toBe('v1.0.0');
    await github.scene({ releaseBranch });
    expect(waits).toHaveLength(2);
    for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(6_000);
    for (const wait of waits) expect(wait).toBeLessThanOrEqual(8_000);
    expect(said[0]).toMatch(/rate limit.*, until 20\d\d-.*Z\. Waiting \d seconds\.$/);
  });

  it('a write is repeated after a limit, as nothing has happened', async () => {
    const { github } = portOf(world, repository);
    const pull = repository.openPull({ title: 'One' });
    world.faults.rateLimit('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { status: 429, times: 2 });
    await github.comment(pull.issue.number, 'hello');
    world.expectEffects(['comment on #1']);
  });

  it('is not waited for longer than allowed: the problem says until when', async () => {
    const { github, waits } = portOf(world, repository, { maxWaitSeconds: 60 });
    world.faults.rateLimit('graphql', { kind: 'primary', retryAfter: 3_600 });
    const problem = await problemOf(github.scene({ releaseBranch }));
    expect(problem).toMatchObject({
      kind: 'rate-limited',
      status: 403,
      message: expect.stringMatching(/hourly limit .* is used up .* until 20/),
    });
    expect(Math.abs(Date.parse(problem.until ?? '') - Date.now() - 3_600_000)).toBeLessThan(10_000);
    expect(waits).toEqual([]);
  });

  it('all waits of a port come out of one purse', async () => {
    const { github, waits } = portOf(world, repository, { maxWaitSeconds: 25 });
    world.faults.rateLimit(/git\/ref/, { retryAfter: 10, times: 3 });
    expect(await problemOf(github.tag('v1.0.0'))).toMatchObject({ kind: 'rate-limited' });
    expect(waits).toEqual([10_000, 10_000]);
  });

  it('a limit that is always over at once comes to an end', async () => {
    const { github, waits } = portOf(world, repository, { maxWaitSeconds: 30 });
    world.faults.rateLimit(/git\/ref/, { retryAfter: 0, times: 31 });
    expect(await problemOf(github.tag('v1.0.0'))).toMatchObject({ kind: 'rate-limited' });
    expect(waits).toHaveLength(30);
  });

  it('many writes keep a second between them, the first twenty do not', async () => {
    let time = 0;
    const waits: number[] = [];
    const sleep = (milliseconds: number) => {
      waits.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    };
    const { github } = portOf(world, repository, { now: () => time, sleep });
    const pull = repository.openPull({ title: 'One' });
    for (let index = 0; index < 23; index += 1) await github.addLabels(pull.issue.number, [`label ${index}`]);
    expect(waits).toEqual([1_000, 1_000, 1_000]);
    time += 500;
    await github.addLabels(pull.issue.number, ['last']);
    expect(waits.at(-1)).toBe(500);
    world.effects.ignore();
  });
});

describe('limits without a word of when', () => {
  it.each([
    ['429', 429, { message: 'Too many requests' }],
    ['a secondary limit in words', 403, { message: 'You have exceeded a secondary rate limit.' }],
  ])('%s: a minute', async (_, status, body) => {
    let times = 0;
    const server = await start((_asked, response) => {
      times += 1;
      if (times === 1) json(response, status, body);
      else json(response, 404, { message: 'Not Found' });
    });
    const { github, waits } = portAt(server.url);
    expect(await github.tag('v1')).toBeNull();
    expect(waits).toEqual([60_000]);
  });

  it('GraphQL says it with 200 and nothing else', async () => {
    const server = await start((_, response) => json(response, 200, { message: 'You have exceeded a secondary rate limit.' }));
    const { github, waits } = portAt(server.url, { maxWaitSeconds: 100 });
    expect(await problemOf(github.allTags())).toMatchObject({ kind: 'rate-limited' });
    expect(waits).toEqual([60_000]);
  });

  it('GraphQL says it with 200', async () => {
    const server = await start((_, response) => {
      const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 600) };
      json(response, 200, { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1.' }] }, headers);
    });
    expect(await problemOf(portAt(server.url).github.allTags())).toMatchObject({ kind: 'rate-limited', status: 429 });
  });
});

describe('what GitHub cannot do now', () => {
  const rest = (status: number) => (_: Asked, response: Parameters<typeof json>[0]) => json(response, status, { message: 'Server Error' });

  it.each([500, 502, 503, 504])('a read is asked four times (%i)', async (status) => {
    const server = await start(rest(status));
    const { github, waits } = portAt(server.url);
    const problem = await problemOf(github.tag('v1'));
    expect(problem).toMatchObject({
      kind: 'unavailable',
      status,
      message: `GitHub could not answer GET /repos/acme/app/git/ref/tags/v1 (${status} Server Error).`,
    });
    expect(server.asked).toHaveLength(4);
    expect(waits).toEqual([1_000, 2_000, 4_000]);
  });

  it('a refusal is not asked twice', async () => {
    const server = await start((_, response) =>
      json(response, 422, { message: 'Validation Failed', errors: [{ field: 'x', code: 'invalid' }] }),
    );
    const problem = await problemOf(portAt(server.url).github.updatePull(1, { title: 'x' }));
    expect(problem).toMatchObject({ kind: 'refused', status: 422 });
    expect(problem.message).toBe('GitHub refuses PATCH /repos/acme/app/pulls/1: 422 Validation Failed: {"field":"x","code":"invalid"}.');
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['half an answer', { 'content-length': '9999' }, '[{"draft": false'],
    ['no JSON', {}, '<html>Unicorn!</html>'],
    ['JSON that ends too soon', {}, '[{"draft": false'],
  ])('S-25: %s is no answer, and no empty list', async (_, headers, body) => {
    const server = await start((_asked, response) => {
      response.writeHead(200, { 'content-type': 'application/json', ...headers });
      response.write(body);
      if ('content-length' in headers) setTimeout(() => response.destroy(), 5);
      else response.end();
    });
    const { github } = portAt(server.url);
    expect(await problemOf(github.drafts())).toMatchObject({ kind: 'unavailable' });
    expect((await github.checks('a'.repeat(40))).known).toBe(false);
  });

  it.each([
    ['an object instead of a list', { message: 'fine' }],
    ['null', null],
  ])('S-25: %s is no empty list', async (_, body) => {
    const server = await start((_asked, response) => json(response, 200, body));
    const { github } = portAt(server.url);
    expect(await problemOf(github.drafts())).toMatchObject({ kind: 'unavailable' });
  });

  it('an answer that does not come is not waited for', async () => {
    const server = await start(() => undefined);
    const { github } = portAt(server.url, { timeoutSeconds: 0.05 });
    expect(await problemOf(github.tag('v1'))).toMatchObject({ kind: 'unavailable', status: 504 });
    expect(server.asked).toHaveLength(4);
  });

  it('a host that is not there is said', async () => {
    const server = await start(() => undefined);
    await server.close();
    const { github } = portAt(server.url);
    expect((await problemOf(github.tag('v1'))).message).toMatch(/^GitHub could not be reached \(connect ECONNREFUSED/);
  });

  it('a mistake of ours is not taken for the network', async () => {
    const fetch = () => Promise.reject(new RangeError('ours'));
    const { github, waits } = portAt('http://127.0.0.1:9', { fetch });
    await expect(github.tag('v1')).rejects.toThrow(RangeError);
    expect(waits).toEqual([]);
  });
});

describe('what people are told', () => {
  it.each([
    [
      401,
      { message: 'Bad credentials' },
      {},
      'unauthorised',
      /^GitHub does not accept the token \(401 Bad credentials\)\. Check that it is set/,
    ],
    [
      403,
      { message: 'Resource not accessible by integration' },
      {},
      'forbidden',
      /It needs `pull-requests: write`: add that to `permissions:`/,
    ],
    [
      403,
      { message: 'Resource not accessible by integration' },
      { 'x-accepted-github-permissions': 'issues=write; contents=read,pull_requests=write' },
      'forbidden',
      /It needs `issues: write, or contents: read and pull-requests: write`/,
    ],
    [
      403,
      { message: 'Resource protected by organization SAML enforcement.' },
      { 'x-github-sso': 'required; url=https://x' },
      'forbidden',
      /single sign-on/,
    ],
    [404, { message: 'Not Found' }, {}, 'not-found', /has nothing at PATCH \/repos\/acme\/app\/pulls\/1, or the token may not see it/],
    [410, { message: 'Issues are disabled for this repo' }, {}, 'refused', /410 Issues are disabled/],
    [422, { message: 'x'.repeat(5_000) }, { 'x-github-request-id': 'AB:12' }, 'refused', /^.{0,500}…, request AB:12\.$/],
  ])('%i %j', async (status, body, headers, kind, words) => {
    const server = await start((_, response) => json(response, status, body, headers));
    const problem = await problemOf(portAt(server.url).github.updatePull(1, { title: 'x' }));
    expect(problem).toMatchObject({ kind, status });
    expect(problem.message).toMatch(words);
  });
});

describe("T10: an App's token lives for an hour", () => {
  it('and is asked for again when GitHub refuses the last', async () => {
    const world = await startWorld();
    const repository = world.repository('acme/app');
    repository.tag('v1');
    const installation = world.install(world.app('shiplock', { permissions: { contents: 'write' } }), 'acme');
    const asked: boolean[] = [];
    let current = world.installationToken(installation);
    const token = (renew: boolean) => {
      asked.push(renew);
      if (renew) current = world.installationToken(installation);
      return Promise.resolve(current);
    };
    const { github } = portOf(world, repository, { token });
    await github.tag('v1');
    world.faults.expireTokens();
    await github.tag('v1');
    expect(asked).toEqual([false, false, true]);
    const broken = portOf(world, repository, { token: () => Promise.resolve('ghs_expired') });
    expect(await problemOf(broken.github.tag('v1'))).toMatchObject({ kind: 'unauthorised' });
    await world.assertClean();
    await world.stop();
  });
});
