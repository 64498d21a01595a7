// `shiplock metrics` as people run it, against the world: words, JSON, and what is said without a token, a repository or an environment.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
let world: World;
let repository: RepositoryStory;

beforeAll(async () => {
  world = await startWorld();
  // The command asks the machine's clock.
  world.clock.set(new Date(Date.now() - 2 * 86_400_000).toISOString());
  repository = world.repository('acme/app');
  repository.environment('production');
  const first = repository.sha();
  repository.deploy('production');
  const pull = repository.openPull({ title: 'feat: one' });
  repository.merge(pull, { method: 'squash' });
  repository.tag('v1.0.0');
  world.clock.advance('3h');
  repository.deploy('production');
  world.clock.advance('1h');
  repository.deploy('production', { ref: first });
});
afterAll(async () => {
  await world.assertClean();
  await world.stop();
});

function metrics(args: readonly string[], env: Record<string, string> = {}) {
  const token = world.githubToken(repository, {
    contents: 'read',
    deployments: 'read',
    actions: 'read',
    pull_requests: 'read',
    metadata: 'read',
  });
  const { GITHUB_REPOSITORY: _, ...own } = process.env;
  const child = spawn(process.execPath, [CLI, 'metrics', ...args], {
    env: {
      ...own,
      NO_COLOR: '1',
      GH_TOKEN: '',
      GITHUB_TOKEN: token,
      GITHUB_API_URL: world.url,
      GITHUB_GRAPHQL_URL: `${world.url}/graphql`,
      ...env,
    },
  });
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (piece) => {
      stdout += piece;
    });
    child.stderr.on('data', (piece) => {
      stderr += piece;
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

describe('shiplock metrics', () => {
  it('tells the four keys in words', async () => {
    const { status, stdout, stderr } = await metrics(['--repo', 'acme/app', '--days', '10']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z/g, 'TIME')).toMatch(
      /^acme\/app, the last 10 days\n\nproduction\n {2}deployment frequency {3}2 deployments, one every 5d, and 1 rollback\n {2}lead time for changes {2}median 3h, nine in ten within 3h \(1 commit; 1 deployment not measured\)\n {2}change failure rate {4}at least 50 % \(1 of 2\)\n {2}time to restore {8}median 1h, nine in ten within 1h \(1 failure\)\n {2}v1\.0\.0 rolled-back, TIME to TIME\n {2}What 1 of the deployments brought/,
    );
  });

  it('tells them as JSON', async () => {
    const { status, stdout } = await metrics(['--environment', 'PRODUCTION', '--json'], { GITHUB_REPOSITORY: 'acme/app' });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      repository: 'acme/app',
      environments: [
        {
          environment: 'production',
          days: 90,
          frequency: { known: true, value: { deployments: 2, rollbacks: 1 } },
          failureRate: { known: true, value: { rate: 0.5, atLeast: true } },
          failures: [{ how: 'rolled-back', tag: 'v1.0.0' }],
        },
      ],
    });
  });

  it('says no where there is no such environment', async () => {
    expect(await metrics(['--repo', 'acme/app', '--environment', 'staging'])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'The repository has no environment staging. It has production.\n',
    });
  });

  it.each<[string, readonly string[], Record<string, string>, string]>([
    ['a repository', [], {}, 'Which repository? Name it with --repo OWNER/NAME, or in GITHUB_REPOSITORY.\n'],
    [
      'a name that GitHub has',
      ['--repo', '../app'],
      {},
      '../app is no repository on GitHub. Name one with --repo OWNER/NAME, or in GITHUB_REPOSITORY.\n',
    ],
    [
      'a token',
      ['--repo', 'acme/app'],
      { GITHUB_TOKEN: '' },
      'GitHub is asked with a token: set GITHUB_TOKEN or GH_TOKEN, for instance to what `gh auth token` prints.\n',
    ],
    ['a number of days', ['--repo', 'acme/app', '--days', '1000'], {}, '--days takes a number from 1 to 366.\n'],
  ])('asks for %s', async (_, args, env, says) => {
    expect(await metrics(args, env)).toEqual({ status: 2, stdout: '', stderr: says });
  });
});
