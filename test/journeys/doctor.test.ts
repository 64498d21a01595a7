// `shiplock doctor` as people run it: on the files of a clone, and on a repository of a GitHub of its own, whose settings go wrong one by
// one. It writes nothing.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DIAGNOSES } from '../../src/core/doctor/diagnosis.ts';
import { makeRepository, removeRepositories } from '../support/git.ts';
import type { App, Permissions } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function doctor(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = import.meta.dirname): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'doctor', ...args], { cwd, env: { PATH: process.env.PATH ?? '', ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

function codesOf({ stdout }: Said): string[] {
  const { findings } = JSON.parse(stdout) as { findings: { severity: string; code: string; about: string }[] };
  return findings.map(({ severity, code, about }) => `${severity} ${code} ${about}`.trim());
}

const POLICY = `version: 1
environments:
  qa: {}
  production:
    after: qa
    deploy: deploy.yml
    requires:
      - checks: [test]
        app: github-actions
      - approvals: { count: 1, from: ["@acme/crew"], except: [author] }
`;
const WORKFLOW = `on: { push: { branches: [main] }, workflow_dispatch: {} }
jobs:
  qa: { runs-on: ubuntu-latest, environment: qa, steps: [{ run: "true" }] }
  production: { runs-on: ubuntu-latest, needs: qa, environment: production, steps: [{ run: "true" }] }
`;

describe('on GitHub', () => {
  let world: World;
  afterEach(async () => {
    world.expectEffects([]);
    await world.assertClean();
    await world.stop();
  });

  /** Everything as it should be. */
  async function begin(): Promise<{ readonly repository: RepositoryStory; readonly app: App }> {
    world = await startWorld();
    const files = { '.github/shiplock.yml': POLICY, '.github/workflows/deploy.yml': WORKFLOW };
    const repository = world.repository('acme/lock', {
      commits: [{ message: 'feat: begin', files }],
      collaborators: { ada: 'admin', ben: 'write' },
    });
    world.organization('acme', { ben: 'member', carol: 'member' });
    world.team('acme', 'crew', ['ben', 'carol'], { repositories: { 'acme/lock': 'write' } });
    repository.check('test', 'success');
    const app = world.app('acme-shiplock', {
      permissions: { deployments: 'write', actions: 'read' },
      events: ['deployment_protection_rule'],
    });
    world.install(app, 'acme');
    repository.record.protectedBranches.set('main', { requiredChecks: [], requiredApprovals: 0 } as never);
    for (const name of ['qa', 'production']) repository.environment(name, { rules: [app] }).branchPolicy = 'protected';
    return { repository, app };
  }

  const ask = (token = world.userToken('ada'), ...args: string[]) =>
    doctor(['--repo', 'acme/lock', ...args], {
      GITHUB_API_URL: world.url,
      GITHUB_GRAPHQL_URL: `${world.url}/graphql`,
      GITHUB_TOKEN: token,
    });

  it('finds nothing where nothing is wrong', async () => {
    await begin();
    const said = await ask();
    expect(said).toEqual({ status: 0, stdout: 'Nothing is wrong that could be seen from here.\n', stderr: '' });
  });

  it('S-45: names the environment that the next push would make, unprotected', async () => {
    const { repository } = await begin();
    repository.push('main', [
      {
        message: 'ci: deploy',
        files: { '.github/workflows/deploy.yml': WORKFLOW.replace('environment: production', 'environment: prodution') },
      },
    ]);
    repository.check('test', 'success');
    const said = await ask();
    expect(said.status).toBe(1);
    expect(said.stdout).toContain('error  prodution  environment-missing');
    expect(said.stdout).toContain('If production is meant, write `environment: production`');
    expect(said.stdout).toMatch(/\n\d+ errors, \d+ warnings?\n$/);
  });

  it('names what guards nothing', async () => {
    const { repository } = await begin();
    repository.record.protectedBranches.clear();
    repository.environment('qa', { waitTimer: 30 });
    const [qa] = repository.record.environments;
    if (qa !== undefined) qa.rules.length = 0;
    expect(codesOf(await ask(undefined, '--json'))).toEqual([
      'error gate-missing qa',
      'error protected-none qa',
      'error protected-none production',
    ]);
  });

  it('names another App, unless it is said to be Shiplock', async () => {
    const { repository } = await begin();
    const watcher = world.app('watcher', { permissions: { deployments: 'write' }, events: ['deployment_protection_rule'] });
    repository.environment('canary', { rules: [watcher] });
    repository.push('main', [
      {
        message: 'ci: a canary',
        files: {
          '.github/shiplock.yml': `${POLICY}  canary: {}\n`,
          '.github/workflows/canary.yml': 'on: push\njobs: { ship: { runs-on: x, environment: canary } }\n',
        },
      },
    ]);
    repository.check('test', 'success');
    expect(codesOf(await ask(undefined, '--json'))).toEqual(['info app-unnamed canary']);
    expect(codesOf(await ask(undefined, '--json', '--app', 'watcher'))).toEqual(['error gate-missing qa', 'error gate-missing production']);
    expect(codesOf(await ask(undefined, '--json', '--app', 'acme-shiplock'))).toEqual(['error gate-missing canary']);
  });

  it('names what nobody can approve, and what nobody reports', async () => {
    const { repository } = await begin();
    repository.push('main', [
      {
        message: 'ci: ask for more',
        files: { '.github/shiplock.yml': POLICY.replace('count: 1', 'count: 3').replace('[test]', '[tests]') },
      },
    ]);
    repository.check('test', 'success');
    expect(codesOf(await ask(undefined, '--json'))).toEqual(['error approvers-few production', 'warn check-unreported production']);
  });

  it('tells what a token may not see, and whose plan would ignore it all', async () => {
    const { repository } = await begin();
    repository.record.private = true;
    const permissions: Permissions = { contents: 'read', metadata: 'read', pull_requests: 'read' };
    const said = await ask(world.githubToken(repository, permissions));
    expect(said.stdout).toMatch(/The environments could not be seen: .*`?(?:actions|environments|deployments): read/);
    expect(said.stdout).toMatch(/The checks that were reported lately could not be seen: .*checks: read/);
    expect(said.stdout).toContain('Who belongs to @acme/crew could not be seen');
    expect(codesOf(await ask(undefined, '--json'))).toEqual(['warn plan-limits']);
  });

  it('does not take the repository for sound that it cannot see', async () => {
    await begin();
    const said = await doctor(['--repo', 'acme/none'], { GITHUB_API_URL: world.url, GITHUB_TOKEN: world.userToken('ada') });
    expect(said).toMatchObject({ status: 3, stdout: '' });
    expect(said.stderr).toContain('acme/none');
  });
});

describe('in a clone', () => {
  afterAll(removeRepositories);
  const clone = makeRepository((story) => {
    story.commit('feat: begin');
  });
  mkdirSync(join(clone.dir, '.github/workflows'), { recursive: true });
  writeFileSync(join(clone.dir, '.github/shiplock.yml'), POLICY);
  writeFileSync(join(clone.dir, '.github/workflows/deploy.yml'), WORKFLOW.replace('environment: production', 'environment: prodution'));

  it('reads the files, and says what was not asked', async () => {
    const said = await doctor(['--json'], {}, clone.dir);
    expect(said.status).toBe(1);
    expect(codesOf(said)).toEqual([
      'error environment-misspelt prodution',
      'error deploy-elsewhere production',
      'warn environment-unused production',
      'info not-asked',
    ]);
  });

  it.each<[string, readonly string[], Record<string, string>, string]>([
    ['a folder', ['--repo', '../app'], { GITHUB_TOKEN: 'x' }, 'takes a repository on GitHub as OWNER/NAME'],
    ['no token', ['--repo', 'acme/lock'], {}, 'needs a token'],
  ])('takes for --repo not %s', async (_, args, env, says) => {
    const said = await doctor(args, env, clone.dir);
    expect(said).toMatchObject({ status: 2, stdout: '' });
    expect(said.stderr).toContain(says);
  });
});

it('is what docs/doctor.md says that it finds', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/doctor.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| (error|warn|info) \| (.+) \|$/gm)].map(([, code, severity, says]) => [
    code,
    { severity, says },
  ]);
  expect(Object.fromEntries(rows)).toEqual(DIAGNOSES);
});
