// One pull request, the checks of one commit, and our own comments: whole, or known to be unknown.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckSeen, Observed } from '../../src/flows/github-port.ts';
import { clientOf } from '../contract/client.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { portOf } from './port.ts';
import { json, serve } from './server.ts';

let world: World;
let repository: RepositoryStory;

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

describe('a pull request', () => {
  it('is read with its commits, paths and labels in one call', async () => {
    const commits = [
      { message: 'feat: one\n\nWhy', files: { 'a.txt': 'a\n' } },
      { message: 'two', files: { 'b.txt': 'b\n', 'README.md': null }, author: 'helper' },
    ];
    const pull = repository.openPull({ title: 'feat: x', body: 'Body', labels: ['one', 'two'], fork: 'stranger', commits });
    const { github } = portOf(world, repository);
    const seen = await github.pull(pull.issue.number);
    expect(world.calls.all).toEqual(['graphql']);
    expect(seen).toMatchObject({
      known: true,
      value: {
        pull: {
          number: 1,
          title: 'feat: x',
          body: 'Body',
          state: 'open',
          labels: ['one', 'two'],
          head: { repository: 'stranger/app' },
          mergeSha: null,
        },
        commits: [
          { subject: 'feat: one', body: 'Why', author: { login: 'stranger' } },
          { subject: 'two', body: '', author: { login: 'helper' } },
        ],
      },
    });
    expect(seen.known && [...seen.value.files].sort()).toEqual(['README.md', 'a.txt', 'b.txt']);
    world.faults.pageSize(1);
    expect(await github.pull(pull.issue.number)).toEqual(seen);
  });

  it('is whole however long it is', async () => {
    const commits = Array.from({ length: 120 }, (_, index) => ({ message: `step ${index}`, files: { [`${index}.txt`]: 'x\n' } }));
    const labels = Array.from({ length: 101 }, (_, index) => `label ${index}`);
    const pull = repository.openPull({ title: 'long', commits, labels });
    const { github } = portOf(world, repository);
    const seen = await github.pull(pull.issue.number);
    expect(seen.known && [seen.value.commits.length, seen.value.files.length, seen.value.pull.labels.length]).toEqual([120, 120, 101]);
    expect(world.calls.total).toBe(2);
  });

  it.each([
    ['a bot', 'dependabot[bot]', { name: 'dependabot[bot]', login: 'dependabot[bot]' }],
    ['a person', 'ada', { name: 'ada', login: 'ada' }],
  ])('its author is %s by the login that REST writes', async (_, login, person) => {
    world.state.account(login, login.endsWith('[bot]') ? 'Bot' : 'User');
    const pull = repository.openPull({ title: 'x', author: login });
    const { github } = portOf(world, repository);
    const seen = await github.pull(pull.issue.number);
    expect(seen.known && seen.value.pull.author).toEqual(person);
  });

  it('that is not there is unknown, in words', async () => {
    repository.openIssue('No pull request');
    const { github } = portOf(world, repository);
    for (const number of [1, 99]) {
      expect(await github.pull(number)).toEqual({ known: false, why: expect.stringMatching(/GitHub has no such thing.*PullRequest/) });
    }
  });

  it('that GitHub cannot tell of is unknown', async () => {
    const { github } = portOf(world, repository);
    world.faults.answer('graphql', 502, { times: 4 });
    expect(await github.pull(1)).toEqual({ known: false, why: expect.stringMatching(/could not answer GraphQL \(502/) });
  });
});

describe('the checks of a commit', () => {
  const values = (seen: Observed<readonly CheckSeen[]>) => {
    if (!seen.known) throw new Error(seen.why);
    return [...seen.value].map((one) => `${one.kind} ${one.app ?? '-'} ${one.name}: ${one.state}`).sort();
  };

  function ci(slug: string) {
    const app = world.app(slug, { permissions: { checks: 'write', statuses: 'write' } });
    return clientOf(world, world.installationToken(world.install(app, 'acme')));
  }

  const at = { owner: 'acme', repo: 'app' };

  it('are the newest of each name and app, with statuses beside them', async () => {
    const sha = repository.sha();
    const [one, other] = [ci('ci'), ci('impostor')];
    await one.rest.checks.create({ ...at, name: 'build', head_sha: sha, conclusion: 'failure' });
    await one.rest.checks.create({ ...at, name: 'build', head_sha: sha, conclusion: 'success' });
    await other.rest.checks.create({ ...at, name: 'build', head_sha: sha, conclusion: 'failure' });
    await one.rest.checks.create({ ...at, name: 'test', head_sha: sha, status: 'in_progress' });
    await one.rest.checks.create({ ...at, name: 'lint', head_sha: sha, conclusion: 'skipped' });
    await one.rest.repos.createCommitStatus({ ...at, sha, context: 'build', state: 'failure' });
    await one.rest.repos.createCommitStatus({ ...at, sha, context: 'build', state: 'success' });
    world.effects.ignore();
    const { github } = portOf(world, repository);
    world.calls.reset();
    const seen = await github.checks(sha);
    expect(values(seen)).toEqual([
      'check ci build: success',
      'check ci lint: skipped',
      'check ci test: in_progress',
      'check impostor build: failure',
      'status - build: success',
    ]);
    expect(world.calls.total).toBe(2);
    world.faults.pageSize(1);
    expect(values(await github.checks(sha))).toEqual(values(seen));
  });

  it('are all pages', async () => {
    const sha = repository.sha();
    const app = ci('ci');
    for (let index = 0; index < 150; index += 1) {
      await app.rest.checks.create({ ...at, name: `check ${index}`, head_sha: sha, conclusion: index === 0 ? 'failure' : 'success' });
      await app.rest.repos.createCommitStatus({ ...at, sha, context: `status ${index}`, state: index === 0 ? 'error' : 'success' });
    }
    world.effects.ignore();
    const { github } = portOf(world, repository);
    world.calls.reset();
    const seen = values(await github.checks(sha));
    expect(seen).toHaveLength(300);
    expect(seen).toContain('check ci check 0: failure');
    expect(seen).toContain('status - status 0: error');
    expect(world.calls.total).toBe(4);
  });

  it('are known to be none where there are none', async () => {
    const { github } = portOf(world, repository);
    expect(await github.checks(repository.sha())).toEqual({ known: true, value: [] });
  });

  it('of another commit do not count', async () => {
    const before = repository.sha();
    await ci('ci').rest.checks.create({ ...at, name: 'build', head_sha: before, conclusion: 'success' });
    world.effects.ignore();
    repository.push('main', [{ message: 'more' }]);
    const { github } = portOf(world, repository);
    expect(await github.checks(repository.sha())).toEqual({ known: true, value: [] });
  });

  it.each([
    ['checks are not shown', 'check-runs', 403, { contents: 'read', statuses: 'read' }, /It needs `checks: read`/],
    ['statuses are not shown', 'status', 403, { contents: 'read', checks: 'read' }, /It needs `statuses: read`/],
  ] as const)('are unknown where %s', async (_, _route, _status, permissions, words) => {
    await ci('ci').rest.checks.create({ ...at, name: 'build', head_sha: repository.sha(), conclusion: 'success' });
    world.effects.ignore();
    // Of a public repository everybody sees them.
    repository.record.private = true;
    const { github } = portOf(world, repository, { token: world.githubToken(repository, { ...permissions, metadata: 'read' }) });
    expect(await github.checks(repository.sha())).toEqual({ known: false, why: expect.stringMatching(words) });
  });

  it.each([
    ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 404, /has nothing at .*check-runs, or the token may not see it/],
    ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 500, /could not answer .*check-runs \(500/],
    ['GET /repos/{owner}/{repo}/commits/{ref}/status', 403, /may not do .*status/],
    ['GET /repos/{owner}/{repo}/commits/{ref}/status', 503, /could not answer .*status \(503/],
  ])('are unknown where %s is answered with %i', async (route, status, words) => {
    const { github } = portOf(world, repository);
    world.faults.answer(route, status, { times: status >= 500 ? 4 : 1 });
    expect(await github.checks(repository.sha())).toEqual({ known: false, why: expect.stringMatching(words) });
  });

  it('are unknown where the connection breaks', async () => {
    const { github } = portOf(world, repository);
    world.faults.drop('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 'before', { times: 4 });
    expect((await github.checks(repository.sha())).known).toBe(false);
  });
});

describe('what a proper GitHub rarely says of checks', () => {
  const SHA = 'a'.repeat(40);
  const run = (id: number, startedAt: string | null, conclusion: string | null) => {
    const status = conclusion === null ? 'queued' : 'completed';
    return { id, name: 'build', status, conclusion, started_at: startedAt, html_url: null, app: { id: 1, slug: 'ci' } };
  };

  async function checksOf(runs: object[], total = runs.length) {
    const server = await serve(({ url }, response) => {
      if (url.includes('check-runs')) json(response, 200, { total_count: total, check_runs: runs });
      else json(response, 200, { sha: SHA, total_count: 0, statuses: [] });
    });
    try {
      const { github } = portOf(world, repository, { api: server.url });
      return await github.checks(SHA);
    } finally {
      await server.close();
    }
  }

  it.each([
    [
      'the one that started last, whatever its number',
      [run(9, '2026-01-01T00:00:00Z', 'success'), run(1, '2026-01-02T00:00:00Z', 'failure')],
      'failure',
    ],
    ['among equals the higher number', [run(9, '2026-01-01T00:00:00Z', 'failure'), run(10, '2026-01-01T00:00:00Z', 'success')], 'success'],
    ['one that waits over one that ended', [run(10, null, null), run(9, '2026-01-01T00:00:00Z', 'success')], 'queued'],
    ['one that ended over an older one that waits', [run(8, null, null), run(9, '2026-01-01T00:00:00Z', 'success')], 'success'],
    ['a conclusion that is missing is no success', [{ ...run(9, '2026-01-01T00:00:00Z', 'success'), conclusion: null }], 'unknown'],
  ])('counts %s', async (_, runs, state) => {
    const seen = await checksOf(runs);
    expect(seen.known && seen.value.map((one) => one.state)).toEqual([state]);
    const reversed = await checksOf([...runs].reverse());
    expect(reversed.known && reversed.value.map((one) => one.state)).toEqual([state]);
  });

  it('fewer than GitHub counts are unknown', async () => {
    expect(await checksOf([run(1, null, null)], 2)).toEqual({ known: false, why: expect.stringMatching(/counts 2 checks and sent 1/) });
  });

  it('an App that was deleted has no name', async () => {
    const seen = await checksOf([{ ...run(1, '2026-01-01T00:00:00Z', 'success'), app: null }]);
    expect(seen).toMatchObject({ known: true, value: [{ app: null, state: 'success' }] });
  });
});

describe('our own comments', () => {
  it('of fifty pull requests and issues take one call', async () => {
    const issue = repository.openIssue('One');
    const pull = repository.openPull({ title: 'Two' });
    for (let index = 3; index <= 50; index += 1) repository.openIssue(`Number ${index}`);
    const { github } = portOf(world, repository);
    const first = await github.comment(issue.number, 'ours, one');
    repository.comment(issue, 'not ours');
    await github.comment(issue.number, 'ours, two');
    const third = await github.comment(pull.issue.number, 'ours, three');
    world.effects.ignore();
    world.calls.reset();
    const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
    const comments = await github.ownComments(numbers);
    expect(world.calls.total).toBe(1);
    expect(comments.get(1)).toEqual([first, { id: expect.any(Number), body: 'ours, two', own: true }]);
    expect(comments.get(2)).toEqual([third]);
    expect(comments.get(3)).toEqual([]);
    world.faults.pageSize(1);
    expect(await github.ownComments(numbers)).toEqual(comments);
    world.calls.reset();
    world.faults.pageSize(null);
    await github.ownComments([...numbers, ...numbers, 51]);
    expect(world.calls.total).toBe(2);
  });

  it('are found behind hundreds of others', async () => {
    const issue = repository.openIssue('Busy');
    const { github } = portOf(world, repository);
    await github.comment(issue.number, 'ours');
    for (let index = 0; index < 250; index += 1) repository.comment(issue, `theirs ${index}`);
    world.effects.ignore();
    world.calls.reset();
    expect((await github.ownComments([issue.number])).get(issue.number)).toHaveLength(1);
    expect(world.calls.total).toBe(3);
  });

  it('of a number that is not there are unknown, of the others known', async () => {
    repository.openIssue('One');
    const { github } = portOf(world, repository);
    expect([...(await github.ownComments([1, 99]))]).toEqual([[1, []]]);
    expect([...(await github.ownComments([]))]).toEqual([]);
  });
});
