// The four keys of a repository in the world: which deployments and commits are read for them, and what is said where they cannot be.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rememberLoads } from '../../src/flows/deployment/keep-metrics.ts';
import { type MetricsEyes, measure, measureEach } from '../../src/flows/deployment/metrics.ts';
import { gatesAt } from '../../src/github/gates.ts';
import { placeOf, portAt } from '../../src/github/github.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';

let world: World;
let repository: RepositoryStory;
let eyes: MetricsEyes;
/** What docs/metrics.md says that the token needs. */
const READ = { contents: 'read', deployments: 'read', actions: 'read', pull_requests: 'read', metadata: 'read' } as const;

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  eyes = eyesWith(READ);
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

function eyesWith(permissions: Parameters<World['githubToken']>[1]): MetricsEyes {
  const token = world.githubToken(repository, permissions);
  const options = { api: world.url, token, owner: 'acme', name: 'app', now: () => world.clock.now(), sleep: async () => undefined };
  const place = placeOf(options);
  return { github: portAt(place, {}), gates: gatesAt(place) };
}

/** A squash-merged pull request; its commit is written when it is merged. */
function merge(title: string, branch?: string): string {
  const pull = repository.openPull({ title, ...(branch === undefined ? {} : { branch }) });
  return repository.merge(pull, { method: 'squash' });
}

function deploy(environment: string, ref: string, state = 'success'): void {
  repository.deploy(environment, { ref, state });
}

async function measured(environment: string | null = 'production', with_ = eyes) {
  world.clock.advance('1m');
  const to = world.clock.now();
  const seen = await measure(with_, { environment, from: to - 10 * 24 * 3_600_000, to });
  if (!seen.known) throw new Error(seen.why);
  return seen.value;
}

/** A time in hours, the world's own ticks of seconds aside. */
const hours = (seconds: number | undefined) => Math.round((seconds ?? Number.NaN) / 3600);

describe('S-19: what was posted by hand', () => {
  it('is not counted, and told, but for accounts that the policy names', async () => {
    repository.environment('production');
    deploy('production', repository.sha());
    world.clock.advance('12d');
    repository.deploy('production', { ref: merge('feat: one'), by: 'ada' });
    const [one] = (await measured()).environments;
    expect(one?.frequency).toMatchObject({ value: { deployments: 0 } });
    const says =
      'A deployment was posted by hand (ada) and is not counted; accounts that deploy for a machine are named in `deployers` of the policy.';
    expect(one?.remarks).toContain(says);
    const named = (await measured('production', { ...eyes, deployers: async () => ['Ada'] })).environments[0];
    expect(named?.frequency).toMatchObject({ value: { deployments: 1 } });
    expect(named?.remarks).not.toContain(says);
  });
});

describe('the four keys', () => {
  it('are those of what was deployed and what it brought', async () => {
    repository.environment('production');
    const first = repository.sha();
    deploy('production', first);
    world.clock.advance('12d');
    merge('feat: one');
    world.clock.advance('10h');
    const one = merge('fix: two');
    world.clock.advance('2h');
    deploy('production', one);
    world.clock.advance('20h');
    const bad = merge('feat: three');
    repository.tag('v1.1.0');
    world.clock.advance('4h');
    deploy('production', bad, 'failure');
    world.clock.advance('1h');
    deploy('production', bad);
    world.clock.advance('3h');
    deploy('production', one);
    world.clock.advance('30h');
    const mended = merge('Revert "feat: three"');
    world.clock.advance('1h');
    deploy('production', mended);
    world.clock.advance('1h');

    const { environments, tags, remarks } = await measured('Production');
    const [production] = environments;
    expect(production).toMatchObject({
      environment: 'production',
      frequency: { known: true, value: { deployments: 3, rollbacks: 1, repeats: 0, perDay: 0.3 } },
      leadTime: { known: true, value: { changes: 4, unmeasured: 0 } },
      // Two failures among three changes and a failed attempt.
      failureRate: { known: true, value: { rate: 0.5, failed: 2, of: 4, atLeast: true } },
      restore: { known: true, value: { restored: 2, open: 0 } },
      failures: [
        { sha: bad, how: 'failed' },
        { sha: bad, how: 'rolled-back' },
      ],
      remarks: ['Whether a gate was overridden was not seen: only the App’s record tells.'],
    });
    // 12, 2, 5 and 1 hours: the median is between 2 and 5, and nine in ten of four are all four.
    const lead = production?.leadTime.known ? production.leadTime.value : null;
    expect([lead?.median, lead?.p90].map((seconds) => Math.round((seconds ?? 0) / 360) / 10)).toEqual([3.5, 12]);
    // After one hour and after three.
    const restore = production?.restore.known ? production.restore.value.times : null;
    expect([hours(restore?.median), hours(restore?.p90)]).toEqual([2, 3]);
    expect([...tags]).toEqual([[bad, 'v1.1.0']]);
    expect(remarks).toEqual([]);
  });

  it('read what followed environments share once', async () => {
    for (const name of ['qa', 'production']) repository.environment(name);
    for (const name of ['qa', 'production']) deploy(name, repository.sha());
    for (let nth = 0; nth < 3; nth += 1) {
      world.clock.advance('1d');
      const sha = merge(`feat: number ${nth}`);
      for (const name of ['qa', 'production']) deploy(name, sha);
    }
    const before = world.calls.all.length;
    const { environments } = await measured(null);
    expect(environments.map(({ environment, frequency }) => [environment, frequency.known && frequency.value.deployments])).toEqual([
      ['qa', 4],
      ['production', 4],
    ]);
    // The environments and who guards each, two a list of deployments, and the ranges.
    console.log(`${world.calls.all.length - before} calls`);
    expect(world.calls.all.length - before).toBeLessThanOrEqual(13);
    expect(environments.map(({ leadTime }) => leadTime.known && [leadTime.value.changes, leadTime.value.unmeasured])).toEqual([
      [3, 1],
      [3, 1],
    ]);
  });

  it('read so many ranges each time at most, and know what was read before', async () => {
    repository.environment('production');
    deploy('production', repository.sha());
    for (let nth = 0; nth < 3; nth += 1) deploy('production', merge(`feat: number ${nth}`));
    const memory = rememberLoads();
    const changes: (number | null)[] = [];
    for (let nth = 0; nth < 3; nth += 1) {
      const to = world.clock.now() + 60_000;
      const [one] = await measureEach({ ...eyes, memory, mostRanges: 2 }, ['production'], { from: to - 24 * 3_600_000, to });
      changes.push(one?.leadTime.known ? one.leadTime.value.changes : null);
    }
    // The newest first.
    expect(changes).toEqual([2, 3, 3]);
  });

  it('know a hotfix by its branch', async () => {
    repository.environment('production');
    deploy('production', repository.sha());
    const one = merge('feat: one');
    deploy('production', one);
    deploy('production', merge('Mend it', 'hotfix/it'));
    const { environments } = await measured();
    expect(environments[0]?.failures).toMatchObject([{ sha: one, how: 'hotfixed' }]);
  });

  it('take overrides from whoever knows them', async () => {
    repository.environment('production');
    deploy('production', repository.sha());
    const one = merge('feat: one');
    deploy('production', one);
    const { id } = repository.deploy('production', { ref: merge('fix: two') });
    const { environments } = await measured('production', { ...eyes, overridden: async () => ({ known: true, value: new Set([id]) }) });
    expect(environments[0]?.failures).toMatchObject([{ sha: one, how: 'overridden' }]);
    // The first deployment has no other before it, so that what it brought is not known.
    expect(environments[0]?.remarks).toHaveLength(1);
  });

  it('leave out what does not follow from what was there before, and say so', async () => {
    repository.environment('production');
    deploy('production', repository.sha());
    repository.branch('1.x');
    deploy('production', merge('feat: one'));
    const hot = repository.push('1.x', [{ message: 'fix: on the old line' }]);
    deploy('production', hot);
    const { environments } = await measured();
    expect(environments[0]?.leadTime).toMatchObject({ known: true, value: { changes: 1, unmeasured: 2 } });
    expect(environments[0]?.remarks[0]).toMatch(/^What 2 of the deployments brought, reverts and hotfixes among it, was not seen: /);
  });
});

describe('what cannot be measured', () => {
  it('is an environment that is not there, with what was meant', async () => {
    repository.environment('production');
    expect(await measure(eyes, { environment: 'prodution', from: 0, to: 1 })).toEqual({
      known: false,
      why: 'The repository has no environment prodution. Did you mean production?',
    });
  });

  it('is a repository without environments', async () => {
    expect(await measure(eyes, { environment: null, from: 0, to: 1 })).toEqual({
      known: false,
      why: 'The repository has no environments, so nothing tells what was deployed.',
    });
  });

  it('is what the token may not see, and the permission is named', async () => {
    repository.environment('production');
    deploy('production', repository.sha());
    const { deployments: _, ...without } = READ;
    const { environments } = await measured('production', eyesWith(without));
    expect(environments[0]?.frequency).toMatchObject({ known: false, why: expect.stringContaining('`deployments: read`') });
  });
});

describe('what was read before', () => {
  it('is held up to so many commits, and what came first goes first', () => {
    const load = (count: number) =>
      Array.from({ length: count }, (_, nth) => ({ sha: String(nth), pr: null, title: '', at: '', revert: null, hotfix: false }));
    const { get, set } = rememberLoads(10);
    set('a', load(3));
    set('b', load(3));
    expect([get('a')?.length, get('b')?.length]).toEqual([3, 3]);
    set('c', load(4));
    expect([get('a'), get('b')?.length, get('c')?.length]).toEqual([undefined, 3, 4]);
    set('c', load(1));
    expect(get('c')).toHaveLength(4);
    set('d', load(20));
    expect([get('b'), get('c'), get('d')]).toEqual([undefined, undefined, undefined]);
  });
});
