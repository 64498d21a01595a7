// The App as it is shipped, from one command: pull requests are opened, classified, merged, drafted, and published by a comment. The same
// story on the embedded store and on PostgreSQL.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundle, writeBundle } from '../../scripts/bundle.ts';
import type { Pull } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { eventually, type RunningApp, runApp } from '../support/running-app.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'shiplock-app-'));
let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
  await writeBundle(join(folder, 'dist'), await bundle(ROOT));
  copyFileSync(join(ROOT, 'app.yml'), join(folder, 'app.yml'));
}, 60_000);
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

const STORES = [
  ['the embedded store', async () => undefined],
  ['PostgreSQL', () => postgres.emptyUrl()],
] as const;

describe.each(STORES)('on %s', (_, databaseUrl) => {
  let world: World;
  let app: RunningApp;
  let repository: RepositoryStory;
  beforeEach(async () => {
    world = await startWorld();
    world.clock.set(new Date().toISOString());
    const url = await databaseUrl();
    app = await runApp({ world, cli: join(folder, 'dist/cli.js'), ...(url === undefined ? {} : { databaseUrl: url }) });
    repository = app.repository('acme/app');
    repository.tag('v1.0.0');
  });
  afterEach(async () => {
    await app.remove();
    world.expectEffects(world.effects.all.map(() => /^/));
    await world.assertClean();
    await world.stop();
  });

  it('a pull request is classified, merged, drafted, and published by `/release publish`', async () => {
    const fix = repository.openPull({ title: 'fix: mend the lock', author: 'ada' });
    await eventually('the fix is classified', () => conclusionOf(repository, fix) === 'success');
    expect(checksOf(repository, fix)[0]?.output.title).toContain('1.0.1');

    const feature = repository.openPull({
      title: 'Let boats pass at night',
      author: 'bob',
      labels: ['bug'],
      commits: [{ message: 'feat!: nights' }],
    });
    await eventually('a person is asked about the other', () => conclusionOf(repository, feature) === 'action_required');
    repository.comment(feature, '/classify feature', { by: 'maintainer' });
    await eventually('it is settled', () => conclusionOf(repository, feature) === 'success');

    repository.merge(fix, { method: 'squash' });
    await eventually('the fix is drafted', () => draftOf(repository)?.tag === 'v1.0.1');
    repository.merge(feature, { method: 'merge' });
    await eventually('the feature is drafted', () => draftOf(repository)?.tag === 'v1.1.0');

    await world.deliveries.settled();
    world.clock.set(new Date(world.clock.now() + 60_000).toISOString());
    repository.comment(feature, 'Good.\r\n\r\n/release publish', { by: 'maintainer' });
    await eventually('it is published', () => repository.record.releases.some((one) => one.tag === 'v1.1.0' && !one.draft));
    await eventually('it is said', () => wordsTo(feature).some((text) => text.includes('v1.1.0')));
    expect(repository.record.releases.map((one) => [one.tag, one.draft])).toEqual([['v1.1.0', false]]);
  });

  it('killed with work at hand and started again, it does what it had acknowledged, and finds what it was not there for', async () => {
    await eventually('it has looked for what was lost', () => app.log().some(({ msg }) => String(msg).includes('are compared')));
    const pulls = ['fix: one', 'feat: two', 'docs: three', 'fix: four'].map((title) => repository.openPull({ title }));
    await eventually('some were acknowledged', () => world.deliveries.log.filter((one) => one.statusCode === 202).length > 3);
    await app.kill();
    pulls.push(repository.openPull({ title: 'fix: five' }));
    await world.deliveries.settled();
    await app.start();
    for (const pull of pulls) {
      await eventually(`#${pull.issue.number} is classified`, () => conclusionOf(repository, pull) === 'success');
      expect(checksOf(repository, pull)).toHaveLength(1);
    }
  }, 90_000);
});

function checksOf(repository: RepositoryStory, { head }: Pull) {
  return repository.record.checks.filter((one) => one.name === 'shiplock / release' && one.suite.sha === head.sha);
}

function conclusionOf(repository: RepositoryStory, pull: Pull) {
  return checksOf(repository, pull).at(-1)?.conclusion;
}

function draftOf(repository: RepositoryStory) {
  return repository.record.releases.find((one) => one.draft);
}

function wordsTo(pull: Pull): readonly string[] {
  return pull.issue.comments.filter((one) => one.user.login === 'shiplock[bot]').map((one) => one.body);
}
