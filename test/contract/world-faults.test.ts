// The world when it goes wrong, and how a story ends: faults are used up, effects are expected, calls are counted, breaches are kept.
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf, refusalOf } from './client.ts';

let world: World;
let repository: RepositoryStory;
let octokit: ReturnType<typeof clientOf>;
const at = { owner: 'acme', repo: 'app' };
const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  repository.openIssue('One');
  octokit = clientOf(world, world.userToken('maintainer'));
});
afterEach(() => world.stop());

const comment = (body = 'x') => octokit.rest.issues.createComment({ ...at, issue_number: 1, body });
const comments = () => repository.record.issues.get(1)?.comments.length;

describe('requests fail', () => {
  it.each([500, 502, 503])('with %d as often as was said, without effect', async (status) => {
    world.faults.answer(COMMENT, status, { times: 2 });
    expect(await refusalOf(comment())).toMatch(new RegExp(`^${status}`));
    expect(await refusalOf(comment())).toMatch(new RegExp(`^${status}`));
    await comment();
    world.expectEffects(['comment on #1']);
    await world.assertClean();
  });

  it.each([
    [{ kind: 'secondary', status: 403, retryAfter: 7 }, 403, 'retry-after', '7'],
    [{ kind: 'secondary', status: 429, retryAfter: 1 }, 429, 'retry-after', '1'],
    [{ kind: 'primary' }, 403, 'x-ratelimit-remaining', '0'],
  ] as const)('with a rate limit %j', async (options, status, header, value) => {
    world.faults.rateLimit('*', options);
    const error = await comment().catch((caught: unknown) => caught as { status: number; response: { headers: Record<string, string> } });
    expect([error.status, (error as { response: { headers: Record<string, string> } }).response.headers[header]]).toEqual([status, value]);
    await world.assertClean();
  });

  it('with a broken connection, before the effect or after it', async () => {
    world.faults.drop(COMMENT, 'before');
    expect(await refusalOf(comment())).toMatch(/^500 /);
    expect(comments()).toBe(0);
    world.faults.drop(/comments$/, 'after');
    expect(await refusalOf(comment())).toMatch(/^500 /);
    expect(comments()).toBe(1);
    world.expectEffects(['comment on #1']);
    await world.assertClean();
  });

  it('over GraphQL too', async () => {
    world.faults.answer('graphql', 502);
    expect(await refusalOf(octokit.graphql('{ viewer { login } }'))).toMatch(/^502/);
    await world.assertClean();
  });

  it('as if the process had died after its second write', async () => {
    let died = 0;
    world.faults.killAfterWrite(2, () => died++);
    await comment();
    expect(await refusalOf(comment())).toMatch(/^500 /);
    expect(await refusalOf(octokit.rest.repos.get(at))).toMatch(/^500 /);
    expect([died, comments()]).toEqual([1, 2]);
    world.faults.revive();
    await octokit.rest.repos.get(at);
    world.expectEffects(['comment on #1', 'comment on #1']);
    await world.assertClean();
  });

  it('once an installation token has ended', async () => {
    const installation = world.install(world.app('shiplock', { permissions: { issues: 'write' } }), 'acme');
    octokit = clientOf(world, world.installationToken(installation));
    await comment();
    world.faults.expireTokens();
    expect(await refusalOf(comment())).toBe('401 Bad credentials');
    world.expectEffects([{ by: 'shiplock[bot]', says: 'comment on #1' }]);
    await world.assertClean();
  });

  it('while the index lags: nothing is found by a commit', async () => {
    const pull = repository.openPull({ title: 'A change' });
    const sha = repository.merge(pull);
    const find = async () => (await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: sha })).data.length;
    const catchUp = world.faults.lagIndex();
    expect(await find()).toBe(0);
    catchUp();
    expect(await find()).toBe(1);
    await world.assertClean();
  });
});

describe('a story does not end clean', () => {
  const ending = async () =>
    world.assertClean().then(
      () => 'clean',
      (error: Error) => error.message,
    );

  it('with an effect that nobody expected', async () => {
    await comment();
    expect(await ending()).toContain('unexpected effect: maintainer: comment on #1 (acme/app)');
    world.expectEffects(['comment on #1']);
    expect(await ending()).toBe('clean');
  });

  it('with a fault that never happened', async () => {
    world.faults.answer(COMMENT, 500);
    world.deliveries.lose();
    expect(await ending()).toMatch(/unused fault: answer on POST .*\n.*unused fault: lose a delivery/s);
    world.faults.clear();
  });

  it('with deliveries still held back', async () => {
    world.hook(repository, 'http://127.0.0.1:9/', 'secret');
    world.deliveries.hold();
    repository.openIssue('Two');
    expect(await ending()).toContain('1 deliveries are still held back');
  });

  it('with a request that GitHub does not know', async () => {
    await octokit.request('GET /repos/acme/app/colours').catch(() => {});
    await octokit.request('GET /repos/acme/app/labels?colour=red').catch(() => {});
    expect(await refusalOf(octokit.request('POST /repos/acme/app/issues', { titel: 'x' } as never))).toMatch(/^422/);
    expect(await ending()).toMatch(
      /colours: GitHub documents no such operation.*query parameter colour is not documented.*must have required property 'title'/s,
    );
  });

  it('with an operation that this world does not serve', async () => {
    await octokit.rest.repos.listForks(at).catch(() => {});
    expect(await ending()).toContain('GET /repos/acme/app/forks: this world does not serve the operation');
  });

  it('with a request without a User-Agent, which is refused', async () => {
    const status = await new Promise((resolve) => {
      httpRequest(`${world.url}/rate_limit`, (response) => resolve(response.resume().statusCode)).end();
    });
    expect(status).toBe(403);
  });
});

describe('effects and calls', () => {
  it('are compared in order, in any order, by their fields, and shown side by side when they differ', async () => {
    await comment('one');
    await octokit.rest.issues.addLabels({ ...at, issue_number: 1, labels: ['bug'] });
    expect(() => world.expectEffects(['add label bug to #1'])).toThrow(
      /Expected:\n {2}add label bug to #1\nHappened:\n {2}maintainer: comment on #1 \(acme\/app\)\n {2}maintainer: add label bug to #1/,
    );
    await comment('one');
    await octokit.rest.issues.addLabels({ ...at, issue_number: 1, labels: ['bug'] });
    world.expectEffects([/^add label/, { by: 'maintainer', body: { body: /^on/ } }], { anyOrder: true });
    await world.assertClean();
  });

  it('are counted against a budget', async () => {
    world.calls.reset();
    await octokit.rest.repos.get(at);
    await octokit.rest.repos.get(at);
    expect([world.calls.total, world.calls.count('GET /repos/{owner}/{repo}')]).toEqual([2, 2]);
    world.calls.expectAtMost(2);
    expect(() => world.calls.expectAtMost(1)).toThrow('2 calls, where at most 1 were allowed:\n  2 × GET /repos/{owner}/{repo}');
  });

  it('do not count what people do in a story', async () => {
    const pull = repository.openPull({ title: 'A change', labels: ['bug'] });
    repository.comment(pull, 'hi');
    repository.merge(pull);
    repository.release('v1');
    await world.assertClean();
  });
});

describe('a world', () => {
  it('is the same in every run: hashes and times follow its own clock', async () => {
    const other = await startWorld({ check: false });
    expect(other.repository('acme/app').sha()).toBe(repository.sha());
    expect(other.clock.iso() < '2026-01-05T11:00:00Z').toBe(true);
    await other.stop();
  });

  it('can be met as a GitHub Enterprise Server, with addresses of its own', async () => {
    const server = clientOf(world, world.userToken('maintainer')).rest.repos.get.bind(null);
    const { data } = await server({ ...at, baseUrl: `http://${world.host}/api/v3` });
    expect([data.url, data.html_url]).toEqual([`http://${world.host}/api/v3/repos/acme/app`, `http://${world.host}/acme/app`]);
    const viewer = await octokit.request('POST /graphql', { baseUrl: `http://${world.host}/api`, query: '{ viewer { login } }' });
    expect(viewer.data.data.viewer.login).toBe('maintainer');
    await world.assertClean();
  });

  it('goes forward in time only, and in durations that it knows', () => {
    expect(() => world.clock.set('2020-01-01T00:00:00Z')).toThrow('only goes forward');
    expect(() => world.clock.advance('soon')).toThrow('is not one of 90s');
    world.clock.advance('3d');
    expect(world.clock.iso().slice(0, 10)).toBe('2026-01-08');
  });
});
