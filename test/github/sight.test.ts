// One query in place of many reads: it tells what the reads tell, whatever the repository holds, however short its pages are, and whatever
// the token may not see.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { releaseBranch } from '../../src/core/release-pull.ts';
import type { GatePort, Sight, SightRequest } from '../../src/flows/gate-port.ts';
import { connectGates } from '../../src/github/gates.ts';
import { connect, type GitHubOptions, placeOf } from '../../src/github/github.ts';
import { readRole } from '../../src/github/roles.ts';
import type { App, Permissions } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { APP_PERMISSIONS } from './app-world.ts';

const WORKFLOW = `name: Deploy
on: { workflow_dispatch: { inputs: { environment: { required: true } } } }
jobs: { deploy: { environment: "\${{ inputs.environment }}" } }
`;
const ENVIRONMENTS = ['qa', 'Production/EU'] as const;
const PEOPLE = ['ada', 'bob', 'cat', 'eve'] as const;

let world: World;
let app: App;
let count = 0;
beforeEach(async () => {
  world = await startWorld();
  world.organization('acme', { boss: 'admin' });
  app = world.app('shiplock', { permissions: APP_PERMISSIONS });
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

function begin(): RepositoryStory {
  count += 1;
  const files = { '.github/workflows/deploy.yml': WORKFLOW, '.github/shiplock.yml': 'version: 1\n' };
  const repository = world.repository(`acme/app-${count}`, { commits: [{ message: 'first', files }] });
  for (const [login, role] of Object.entries({ ada: 'write', bob: 'maintain', cat: 'read' } as const)) world.grant(repository, login, role);
  for (const name of ENVIRONMENTS) repository.environment(name, { rules: name === 'qa' ? [] : [app] });
  if (world.state.installations.size === 0) world.install(app, 'acme');
  return repository;
}

function optionsFor(repository: RepositoryStory, permissions: Permissions = APP_PERMISSIONS): GitHubOptions {
  const [installation] = world.state.installations.values();
  if (installation === undefined) throw new Error('The App is not installed.');
  const token = world.installationToken(installation, permissions);
  return {
    api: world.url,
    token,
    owner: repository.owner,
    name: repository.repo,
    now: () => world.clock.now(),
    sleep: async () => undefined,
  };
}

/** What the reads tell, one by one. */
async function byReads(
  gates: GatePort,
  options: GitHubOptions,
  request: SightRequest,
): Promise<Omit<Sight, 'scene' | 'waiting' | 'environments' | 'range' | 'failed'>> {
  const each = async <K, V>(keys: readonly K[], see: (key: K) => Promise<V>) =>
    new Map(await Promise.all(keys.map(async (key) => [key, await see(key)] as const)));
  const place = placeOf(options);
  const merged = await each(request.merged, (sha) => gates.pullsOf(sha));
  return {
    checks: await each(request.checks, (sha) => gates.checksOf(sha)),
    deployments: await each(request.deployments, async (name) => {
      const seen = await gates.deployments(name);
      if (!seen.known) return seen;
      return { known: true, value: { ...seen.value, items: seen.value.items.map(({ ref, task, payload, app, ...course }) => course) } };
    }),
    merged,
    reviews: await each(request.reviews, (pull) => gates.reviews(pull)),
    roles: await each(request.roles, (login) => readRole(place, login)),
  };
}

function plain(sight: Omit<Sight, 'scene' | 'waiting' | 'environments' | 'range' | 'failed'>, request: SightRequest) {
  const { checks, deployments, merged, reviews, roles } = sight;
  const strip = (name: string) => {
    const seen = deployments.get(name);
    if (seen?.known !== true) return seen;
    return {
      known: true,
      value: { ...seen.value, items: seen.value.items.map((one) => ({ ...one, ref: 0, task: 0, payload: 0, app: 0 })) },
    };
  };
  return {
    checks: request.checks.map((one) => checks.get(one)),
    deployments: request.deployments.map(strip),
    merged: request.merged.map((one) => merged.get(one)),
    reviews: request.reviews.map((one) => reviews.get(one)),
    roles: request.roles.map((one) => roles.get(one)),
  };
}

const NOTHING: SightRequest = { checks: [], deployments: [], environments: false, merged: [], reviews: [], roles: [] };

async function bothWays(repository: RepositoryStory, request: SightRequest, permissions?: Permissions) {
  const options = optionsFor(repository, permissions);
  const gates = connectGates(options);
  if (gates.sight === undefined) throw new Error('This port sees nothing together.');
  const before = world.calls.total;
  const sight = await gates.sight(request);
  const calls = world.calls.total - before;
  expect(plain(sight, request)).toEqual(plain(await byReads(gates, options, request), request));
  return { sight, calls };
}

interface Step {
  readonly does: 'check' | 'rerun' | 'status' | 'deploy' | 'run' | 'end' | 'review' | 'dismiss' | 'pass';
  readonly who: number;
  readonly good: boolean;
}

const steps = fc.array(
  fc.record({
    does: fc.constantFrom<Step['does']>('check', 'rerun', 'status', 'deploy', 'run', 'end', 'review', 'dismiss', 'pass'),
    who: fc.nat({ max: 3 }),
    good: fc.boolean(),
  }),
  { maxLength: 14 },
);

function act(repository: RepositoryStory, pull: number, { does, who, good }: Step): void {
  const person = PEOPLE[who % PEOPLE.length] ?? 'ada';
  const environment = ENVIRONMENTS[who % ENVIRONMENTS.length] ?? 'qa';
  const { record } = repository;
  switch (does) {
    case 'check':
      repository.check(`test ${who}`, good ? 'success' : null);
      return;
    case 'rerun':
      repository.check('test 0', good ? 'success' : 'timed_out');
      return;
    case 'status':
      if (good) repository.status(`ci/${who}`, 'success', { by: person });
      return;
    case 'deploy':
      repository.deploy(environment, { state: good ? 'success' : 'failure', by: person });
      return;
    case 'run':
      repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment }, by: person });
      return;
    case 'end': {
      const open = record.runs.find((one) => one.status !== 'completed' && one.status !== 'waiting');
      if (open !== undefined) repository.finish(open, good ? 'success' : 'failure');
      return;
    }
    case 'review': {
      const merged = record.issues.get(pull)?.pull;
      if (merged) repository.review(merged, good ? 'APPROVE' : 'COMMENT', { by: person, body: 'so' });
      return;
    }
    case 'dismiss': {
      const given = record.issues.get(pull)?.pull?.reviews.at(-1);
      if (given !== undefined) given.state = 'DISMISSED';
      return;
    }
    case 'pass':
      world.clock.advance('1h');
  }
}

describe('what is seen together', () => {
  it('is what single reads see, in whatever came to pass, from pages of a hundred and of one', { timeout: 100_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        world.faults.pageSize(null);
        const repository = begin();
        const base = repository.sha();
        const pull = repository.openPull({ title: 'feat: one', author: 'zoe', labels: ['a', 'b'] });
        const sha = repository.merge(pull, { by: 'bob' });
        const { number } = pull.issue;
        for (const step of all) act(repository, number, step);
        const request = {
          checks: [sha, base],
          deployments: ENVIRONMENTS,
          environments: true,
          merged: [sha, base],
          reviews: [number],
          roles: [...PEOPLE, 'boss', 'nobody'],
        };
        for (const name of request.roles) world.state.account(name);
        const whole = await bothWays(repository, request);
        expect(whole.sight.environments).toEqual(ENVIRONMENTS);
        world.faults.pageSize(1);
        await bothWays(repository, request);
        world.faults.pageSize(null);
        world.effects.ignore();
      }),
      { numRuns: 12 },
    );
  });

  const REFUSED = ['checks', 'statuses', 'deployments', 'pull_requests', 'contents', 'actions'] as const;
  it.each(REFUSED)('a token without `%s: read` sees the rest, and is told by the same words what it lacks', async (name) => {
    const repository = begin();
    const pull = repository.openPull({ title: 'feat: one', author: 'ada' });
    repository.review(pull, 'APPROVE', { by: 'bob' });
    const sha = repository.merge(pull);
    repository.check('test', 'success');
    repository.status('ci', 'success');
    repository.deploy('qa');
    const { [name]: _, ...permissions } = APP_PERMISSIONS as Record<string, 'read' | 'write'>;
    const request = { ...NOTHING, checks: [sha], deployments: ENVIRONMENTS, merged: [sha], reviews: [pull.issue.number], roles: ['bob'] };
    await bothWays(repository, request, permissions as Permissions);
    world.effects.ignore();
  });

  it('of a query that fails as a whole is read part by part', async () => {
    const repository = begin();
    repository.check('test', 'success');
    world.faults.answer('graphql', 502);
    const { sight } = await bothWays(repository, { ...NOTHING, checks: [repository.sha()], roles: ['ada'] });
    expect(sight.checks.get(repository.sha())).toMatchObject({ known: true, value: [{ name: 'test' }] });
    expect(sight.failed).toBe(true);
  });

  it('is less than the repository: where both are too much at a time, it is seen at once, and the rest after it', async () => {
    const repository = begin();
    repository.check('test', 'success');
    world.faults.answer('graphql', 502);
    const { sight, calls } = await bothWays(repository, { ...NOTHING, checks: [repository.sha()], scene: { releaseBranch } });
    expect([sight.scene?.branch.name, sight.failed, calls]).toEqual(['main', false, 3]);
  });

  it('of a commit that there is not is unknown, and no list of nothing', async () => {
    const repository = begin();
    const sha = 'a'.repeat(40);
    const { sight } = await bothWays(repository, { ...NOTHING, checks: [sha, 'main'], merged: [sha], reviews: [99] });
    for (const seen of [sight.checks.get(sha), sight.checks.get('main'), sight.merged.get(sha), sight.reviews.get(99)]) {
      expect(seen).toMatchObject({ known: false });
    }
  });

  it('costs one query, the repository included; statuses, which show only in part, one read more', async () => {
    const repository = begin();
    const pull = repository.openPull({ title: 'feat: one', author: 'ada' });
    repository.review(pull, 'APPROVE', { by: 'bob' });
    const sha = repository.merge(pull);
    repository.check('test', 'success');
    repository.deploy('qa');
    const run = repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'Production/EU' } });
    const request = { ...NOTHING, checks: [sha], deployments: ENVIRONMENTS, environments: true, merged: [sha], roles: ['ada', 'bob'] };
    const { sight, calls } = await bothWays(repository, { ...request, scene: { releaseBranch, glance: true }, waiting: run.nodeId });
    expect(calls).toBe(1);
    expect(sight.scene).toEqual(await connect(optionsFor(repository)).scene({ releaseBranch }));
    expect(sight.waiting).toEqual(['Production/EU']);
    expect(sight.reviews.get(pull.issue.number)).toMatchObject({ known: true, value: [{ author: { login: 'bob' }, state: 'approved' }] });
    repository.status('ci', 'success');
    expect((await bothWays(repository, request)).calls).toBe(2);
    world.effects.ignore();
  });

  it('has the range since a ref, with the people of its commits, as the single reads have them', async () => {
    const repository = begin();
    const base = repository.sha();
    repository.tag('v1.0.0', { message: 'v1.0.0' });
    const bot = world.state.account('renovate[bot]', 'Bot');
    repository.push('main', [
      { message: `fix: a\n\nCo-authored-by: renovate[bot] <${bot.id}+renovate[bot]@users.noreply.github.com>`, author: 'ada' },
    ]);
    const sha = repository.merge(repository.openPull({ title: 'feat: one', author: 'bob' }), { by: 'cat' });
    const options = optionsFor(repository);
    const gates = connectGates(options);
    const before = world.calls.total;
    const seen = (await gates.sight?.({ ...NOTHING, range: { base: 'refs/tags/v1.0.0', head: sha } }))?.range?.seen;
    // Of the commit that came by none, a pull request that GitHub's index does not have yet is looked for.
    expect(world.calls.total - before).toBe(2);
    expect(seen).toEqual(await connect(options).range('refs/tags/v1.0.0', sha, false));
    expect(seen?.people).toMatchObject({ commits: 2 });
    expect({ known: true, value: seen?.people }).toEqual(await gates.commitPeople(base, sha));
    // Whose an address is that is nobody's here may be known there.
    const stranger = { name: 'Sam Stranger', email: 'sam@nowhere.example', date: '2020-01-01T00:00:00Z' };
    const next = repository.push('main', [{ message: 'fix: b', author: stranger }]);
    expect((await connect(options).range('refs/tags/v1.0.0', next, false)).people).toBeUndefined();
    world.faults.pageSize(1);
    expect((await gates.sight?.({ ...NOTHING, range: { base: 'refs/tags/v1.0.0', head: sha } }))?.range).toBeNull();
    expect((await gates.sight?.({ ...NOTHING, range: { base: 'refs/tags/none', head: sha } }))?.range).toBeNull();
  });

  it('leaves the repository to be seen where a part beside it is refused', async () => {
    const repository = begin();
    const { deployments: _, ...permissions } = APP_PERMISSIONS;
    const { sight } = await bothWays(repository, { ...NOTHING, deployments: ENVIRONMENTS, scene: { releaseBranch } }, permissions);
    expect(sight.deployments.get('qa')).toMatchObject({ known: false, why: expect.stringContaining('`deployments: read`') });
  });

  it('knows a default branch of another name by a guess, and drafts by their texts', async () => {
    const repository = begin();
    repository.release('v2.0.0', { name: 'v2.0.0', body: 'Soon.', draft: true });
    const gates = connectGates(optionsFor(repository));
    const before = world.calls.total;
    const sight = await gates.sight?.({ ...NOTHING, scene: { releaseBranch, glance: true, guess: 'main' } });
    expect(world.calls.total - before).toBe(1);
    expect(sight?.scene?.releases).toMatchObject([{ draft: true, body: 'Soon.' }]);
    world.effects.ignore();
  });
});
