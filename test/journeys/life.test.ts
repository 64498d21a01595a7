// Whole lives in the world, from pull requests to a production that has opened, by the App as it is built: a feature release, a maintenance
// release of an older line, and a security fix in a freeze. On both stores it is killed (SIGKILL) in half of the steps, each time at another
// moment, and in the other half on the other store; whatever it was doing, all comes about, and once.
//
// LIFE_SEED=7 chooses other moments; LIFE_KILLS=all kills in every step.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundle, writeBundle } from '../../scripts/bundle.ts';
import type { Sealed } from '../../src/core/record.ts';
import type { Run } from '../support/github/deployment-records.ts';
import type { Issue, Pull, Release } from '../support/github/records.ts';
import { latestRelease } from '../support/github/releases.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { FREEZE, foundHarbour } from '../support/harbour.ts';
import { answersOf, BOT, Life, own } from '../support/life.ts';
import { MortalApp } from '../support/mortal-app.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE = join(ROOT, 'node_modules/.bin/node');
const SEED = Number(process.env.LIFE_SEED ?? 1);
const EVERY = process.env.LIFE_KILLS === 'all';
const PATIENCE_MS = 240_000;

const folder = mkdtempSync(join(tmpdir(), 'shiplock-life-'));
const dist = join(folder, 'dist');
let postgres: PostgresServer;
beforeAll(async () => {
  [postgres] = await Promise.all([startPostgres(), bundle(ROOT).then((made) => writeBundle(dist, made))]);
  copyFileSync(join(ROOT, 'app.yml'), join(folder, 'app.yml'));
}, 90_000);
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const STORES = [
  { name: 'the embedded store', databaseUrl: async () => undefined, half: 0 },
  { name: 'PostgreSQL', databaseUrl: () => postgres.emptyUrl(), half: 1 },
] as const;

describe.each(STORES)('on $name', ({ name, databaseUrl, half }) => {
  const lives: { readonly world: World; readonly app: MortalApp }[] = [];
  afterEach(async () => {
    for (const { app, world } of lives.splice(0)) {
      await app.remove();
      await world.stop();
    }
  });

  async function begin(found: (repository: Life['repository']) => void = () => undefined): Promise<Life> {
    const world = await startWorld();
    // As an Enterprise Server writes its own addresses, in payloads too.
    const address = `http://${world.host}`;
    world.state.urls = { api: `${address}/api/v3`, html: address, uploads: `${address}/api/uploads` };
    const app = new MortalApp({ world, bundle: dist, databaseUrl: await databaseUrl() });
    lives.push({ world, app });
    const repository = foundHarbour(world, app.app);
    found(repository);
    await app.start();
    world.install(app.app, repository.owner);
    return new Life({ world, app, repository, killing: { in: (step) => EVERY || step % 2 === half, seed: 100 * SEED + half } });
  }

  /** The end of each: GitHub's contract was kept, nothing was given up, and the record tells it all and is sound. */
  async function end(life: Life): Promise<readonly string[]> {
    const { app, world, deaths } = life;
    await app.settled();
    expect(await (await fetch(`${app.url}/metrics`)).text()).toContain('shiplock_tasks{state="dead"} 0');
    expect(app.log.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
    world.effects.ignore();
    await world.assertClean();
    const file = join(app.folder, 'record.jsonl');
    const env = { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', NO_COLOR: '1', ...app.store };
    const shiplock = (...args: string[]) => spawnSync(NODE, [join(dist, 'cli.js'), ...args], { encoding: 'utf8', env });
    expect(shiplock('record', '--repo', life.repository.name, '--to', file)).toMatchObject({ status: 0 });
    const verified = shiplock('verify', file, '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ sound: true });
    console.log(`${name}: killed ${app.kills} times\n${deaths.map((one) => `  ${one}`).join('\n')}`);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(1, -1);
    return lines.map((line) => tell(JSON.parse(line) as Sealed));
  }

  it('a feature release lives from its pull requests to production', { timeout: PATIENCE_MS }, async () => {
    const life = await begin();
    const { repository, world } = life;
    const fix = await opens(life, { title: 'fix: keep a booking', author: 'ada' });
    const night = await opens(life, { title: 'feat: book at night', author: 'ben' });
    const times = await life.step(
      'the third is disputed',
      () =>
        repository.openPull({ title: 'Show all times', author: 'ada', labels: ['bug'], commits: [{ message: 'feat!: show all times' }] }),
      (pull) => conclusionOf(life, pull) === 'action_required',
    );
    await commands(life, times, 'ben', '/classify feature', () => conclusionOf(life, times) === 'success');
    for (const pull of [fix, night]) repository.merge(pull, { by: 'dan' });
    await life.step(
      'they are drafted',
      () => repository.merge(times, { by: 'dan' }),
      () => [fix, night, times].every((one) => draftOf(life, 'v1.1.0')?.body?.includes(`#${one.issue.number}`)),
    );
    await publishes(life, times, 'v1.1.0');
    expect(own(fix).filter((one) => one.body.includes('v1.1.0'))).toHaveLength(1);

    const suite = tests(life, 'v1.1.0', 'failure');
    const toQa = await deploys(life, times, 'qa', (run) => lastSaid(run).includes('regression / api'));
    await life.step(
      'qa opens when the checks have passed',
      () => {
        repository.rerun(suite, { by: 'ben' });
        repository.finish(suite);
      },
      () => toQa.status === 'in_progress',
    );
    await arrives(life, times, toQa);

    const run = await deploys(life, times, 'production', (one) => /approv/.test(lastSaid(one)) && /soak/.test(lastSaid(one)));
    await commands(life, times, 'dan', '/approve production', () => lastSaid(run).includes('one more person'));
    await commands(life, times, 'grace', '/approve production', () => !lastSaid(run).includes('one more person'));
    expect(run.status).toBe('waiting');
    world.clock.advance('12h');
    await life.app.settled();
    expect(run.status).toBe('waiting');
    await life.step(
      'production opens after its soak',
      () => world.clock.advance('12h'),
      () => run.status === 'in_progress',
    );
    await arrives(life, times, run);
    const why = await commands(life, times, 'ada', '/why production', () => true);
    expect(why).toMatch(/\| `production` \| `v1\.1\.0` .* \| `v1\.0\.0` /);
    const status = own(times).find((one) => one.body.startsWith('<!-- shiplock:status '))?.body ?? '';
    expect(status).toContain('| `qa` | **🟢 open** |');
    expect(status).toContain('| `production` | **🟢 open** |');
    expect(status).toContain('| 2 approvals | ✅ met | `@dan`, `@grace` approved. |');
    expect(status).toContain('| soak 24h | ✅ met | This commit has stood in qa for 24h');

    expect(await end(life)).toEqual([
      'publish v1.1.0 by carol',
      'deploy qa by ada',
      'gate qa by shiplock: wait',
      'gate qa by shiplock: approve',
      'deployment qa by ada: success',
      'deploy production by ada',
      'gate production by shiplock: wait',
      'approve production by dan',
      'gate production by shiplock: wait',
      'approve production by grace',
      'gate production by shiplock: wait',
      'gate production by shiplock: approve',
      'deployment production by ada: success',
    ]);
    expect(releasesOf(life)).toEqual(['v1.0.0', 'v1.1.0']);
  });

  it('a maintenance release lives on an older line, from a fix on main by `/backport` to production', {
    timeout: PATIENCE_MS,
  }, async () => {
    const life = await begin((repository) => {
      repository.branch('1.x', 'refs/tags/v1.0.0');
      repository.push('main', [{ message: 'feat!: passages', author: 'ben' }], { by: 'ben' });
      repository.tag('v2.0.0', { by: 'carol' });
      repository.release('v2.0.0', { by: 'carol', name: 'v2.0.0', body: 'Passages.' });
    });
    const { repository, world } = life;
    const fix = await opens(life, { title: 'fix: tide of the right harbour', author: 'ada' });
    await life.step(
      'the fix is drafted on main',
      () => repository.merge(fix, { by: 'dan' }),
      () => draftOf(life, 'v2.0.1')?.body?.includes(`#${fix.issue.number}`),
    );
    const backport = () => [...repository.record.issues.values()].find((one) => one.pull?.base.ref === '1.x')?.pull ?? null;
    await commands(life, fix, 'ben', '/backport 1.x', () => {
      const pull = backport();
      return pull !== null && conclusionOf(life, pull) === 'success';
    });
    const pull = backport() as Pull;
    expect(pull.issue).toMatchObject({ title: fix.issue.title, user: { login: BOT } });
    await life.step(
      'it is drafted on 1.x',
      () => repository.merge(pull, { by: 'dan' }),
      () => draftOf(life, 'v1.0.1')?.body?.includes(`#${pull.issue.number}`),
    );
    await publishes(life, pull, 'v1.0.1');
    expect(latestRelease(repository.record)?.tag).toBe('v2.0.0');
    expect(releasesOf(life)).toEqual(['v1.0.0', 'v1.0.1', 'v2.0.0', 'v2.0.1 (draft)']);

    tests(life, 'v1.0.1', 'success');
    const toQa = await deploys(life, pull, 'qa', (one) => one.status === 'in_progress');
    await arrives(life, pull, toQa);
    const run = await deploys(life, pull, 'production', (one) => /one person/.test(lastSaid(one)) && /soak 2h/.test(lastSaid(one)));
    await commands(life, pull, 'dan', '/approve production', () => !lastSaid(run).includes('one person'));
    expect(run.status).toBe('waiting');
    await life.step(
      'production opens after its soak',
      () => world.clock.advance('2h'),
      () => run.status === 'in_progress',
    );
    await arrives(life, pull, run);
    expect(await end(life)).toEqual([
      'publish v1.0.1 by carol',
      'deploy qa by ada',
      'gate qa by shiplock: approve',
      'deployment qa by ada: success',
      'deploy production by ada',
      'gate production by shiplock: wait',
      'approve production by dan',
      'gate production by shiplock: wait',
      'gate production by shiplock: approve',
      'deployment production by ada: success',
    ]);
  });

  it('a security fix lives in a freeze, past a feature that stays frozen', { timeout: PATIENCE_MS }, async () => {
    const life = await begin((repository) => repository.branch('1.0.x', 'refs/tags/v1.0.0'));
    const { repository, world } = life;
    const feature = await opens(life, { title: 'feat: book at night', author: 'ada' });
    await life.step(
      'the feature is drafted',
      () => repository.merge(feature, { by: 'dan' }),
      () => draftOf(life, 'v1.1.0')?.body?.includes(`#${feature.issue.number}`),
    );
    await publishes(life, feature, 'v1.1.0');
    tests(life, 'v1.1.0', 'success');
    await arrives(life, feature, await deploys(life, feature, 'qa', (one) => one.status === 'in_progress'));
    world.clock.set(`${FREEZE.from}:00Z`);
    await life.app.settled();
    // By the button of GitHub's own page, so that it has not the environment's turn.
    const frozen = await life.step(
      'the feature is frozen',
      () => {
        const inputs = { environment: 'production', version: '1.1.0' };
        return repository.run('deploy.yml', { event: 'workflow_dispatch', ref: 'refs/tags/v1.1.0', inputs, by: 'ada' });
      },
      (run) => lastSaid(run).includes('the fair'),
    );
    await commands(life, feature, 'dan', '/approve production', () => true);
    await commands(life, feature, 'grace', '/approve production', () => !lastSaid(frozen).includes('person'));

    const fix = await opens(life, { title: 'fix: check whose booking it is', author: 'ben', labels: ['security'], base: '1.0.x' });
    await life.step(
      'the security fix is drafted',
      () => repository.merge(fix, { by: 'dan' }),
      () => draftOf(life, 'v1.0.1')?.body?.includes(`#${fix.issue.number}`),
    );
    await publishes(life, fix, 'v1.0.1');
    tests(life, 'v1.0.1', 'success');
    await arrives(life, fix, await deploys(life, fix, 'qa', (one) => one.status === 'in_progress'));
    const run = await deploys(life, fix, 'production', (one) => lastSaid(one).includes('one person'));
    await commands(life, fix, 'grace', '/approve production', () => run.status === 'in_progress');
    await arrives(life, fix, run);
    expect([frozen.status, answersOf(frozen).filter((one) => one.state !== 'pending')]).toEqual(['waiting', []]);
    expect(lastSaid(frozen)).toContain('the fair');
    expect(await end(life)).toEqual([
      'publish v1.1.0 by carol',
      'deploy qa by ada',
      'gate qa by shiplock: approve',
      'deployment qa by ada: success',
      'gate production by shiplock: wait',
      'approve production by dan',
      'gate production by shiplock: wait',
      'approve production by grace',
      'gate production by shiplock: wait',
      'publish v1.0.1 by carol',
      'deploy qa by ada',
      'gate qa by shiplock: approve',
      'deployment qa by ada: success',
      'deploy production by ada',
      'gate production by shiplock: wait',
      'approve production by grace',
      'gate production by shiplock: approve',
      'deployment production by ada: success',
    ]);
  });
});

/** An entry in a few words. */
function tell({ what, environment, release, actor, decision, state }: Sealed): string {
  const end = decision?.outcome ?? state;
  return `${what} ${environment ?? release} by ${'login' in actor ? actor.login : actor.app}${end === undefined ? '' : `: ${end}`}`;
}

type Wish = Parameters<Life['repository']['openPull']>[0];

function opens(life: Life, wish: Wish): Promise<Pull> {
  return life.step(
    `"${wish.title}" is classified`,
    () => life.repository.openPull(wish),
    (pull) => conclusionOf(life, pull) === 'success',
  );
}

/** Gives the answer, which there is one of, and which says that it is done. */
async function commands(life: Life, on: Pull | Issue, by: string, text: string, comes: () => unknown): Promise<string> {
  const answer = (id: number) => own(on).find((one) => one.body.startsWith(`<!-- shiplock:answer ${id} -->`));
  const comment = await life.step(
    `${text} by ${by} is answered`,
    () => life.repository.comment(on, text, { by }),
    ({ id, reactions }) => answer(id) !== undefined && reactions.length === 2 && comes(),
  );
  const says = answer(comment.id)?.body ?? '';
  expect([says, comment.reactions.map((one) => [one.user.login, one.content])]).toEqual([
    says,
    [
      [BOT, 'eyes'],
      [BOT, 'rocket'],
    ],
  ]);
  return says;
}

async function publishes(life: Life, on: Pull, tag: string): Promise<void> {
  // What was drafted is to be seen before somebody asks for it.
  life.world.clock.advance('1m');
  await commands(life, on, 'carol', '/release publish', () => life.repository.record.releases.some((one) => one.tag === tag && !one.draft));
  expect(life.repository.record.git.resolve(`refs/tags/${tag}`)).not.toBeNull();
}

/** As GitHub Actions would, once the release is published. */
function tests(life: Life, tag: string, conclusion: 'success' | 'failure'): Run {
  const { repository } = life;
  const run = repository.run('regression.yml', { event: 'release', ref: `refs/tags/${tag}`, by: 'ada' });
  repository.finish(run, conclusion, 'regression / api');
  repository.finish(run, 'success', 'regression / web');
  return run;
}

/** Gives the run, which the App has started. */
async function deploys(life: Life, on: Pull, environment: string, comes: (run: Run) => unknown): Promise<Run> {
  const { runs } = life.repository.record;
  const before = new Set(runs);
  const started = () => runs.filter((one) => !before.has(one));
  await commands(life, on, 'ada', `/deploy ${environment}`, () => started().length > 0 && started().every(comes));
  const [run, ...others] = started();
  expect(others).toEqual([]);
  expect(run?.actor.login).toBe(BOT);
  return run as Run;
}

/** The deployment ends well, and it is said. */
async function arrives(life: Life, on: Pull, run: Run): Promise<void> {
  const before = own(on).length;
  await life.step(
    `run ${run.id} ends well, and that is said`,
    () => life.repository.finish(run),
    () =>
      own(on)
        .slice(before)
        .some((one) => one.body.includes('✅') && one.body.includes(`/runs/${run.id}`)),
  );
  expect(
    answersOf(run)
      .filter((one) => one.state !== 'pending')
      .map((one) => one.state),
  ).toEqual(['approved']);
}

function lastSaid(run: Run): string {
  return answersOf(run).at(-1)?.comment ?? '';
}

function conclusionOf({ repository }: Life, { head }: Pull): string | null | undefined {
  return repository.record.checks.find((one) => one.name === 'shiplock / release' && one.suite.sha === head.sha)?.conclusion;
}

function draftOf({ repository }: Life, tag: string): Release | undefined {
  return repository.record.releases.find((one) => one.draft && one.tag === tag);
}

/** All, and for each that is published: with its tag. */
function releasesOf({ repository }: Life): readonly string[] {
  return repository.record.releases.map((one) => `${one.tag}${one.draft ? ' (draft)' : ''}`).sort();
}
