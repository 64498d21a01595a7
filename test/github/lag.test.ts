// Right after a merge GitHub's index does not know the pull request of a commit: it is found by other ways, and nothing else is taken for it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { portOf } from './port.ts';

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

/** Subject → numbers of its pull requests, and how many calls it took. */
async function brought(options: { calls: number; now?: () => number; head?: string } = { calls: 2 }): Promise<Record<string, number[]>> {
  const { github } = portOf(world, repository, { now: options.now ?? world.clock.now });
  world.calls.reset();
  const { commits } = await github.range('v1.0.0', options.head ?? repository.sha(), false);
  expect(world.calls.total).toBe(options.calls);
  return Object.fromEntries(commits.map(({ commit, pulls }) => [commit.subject, pulls.map((pull) => pull.number)]));
}

describe('while the index lags', () => {
  it.each(['squash', 'merge', 'rebase'] as const)('the pull request of a %s is found with one call more', async (method) => {
    const commits = [
      { message: 'feat: a', files: { 'a.txt': 'a\n' } },
      { message: 'feat: b', files: { 'b.txt': 'b\n' } },
    ];
    repository.merge(repository.openPull({ title: 'feat: both', labels: ['enhancement'], commits }), { method });
    const catchUp = world.faults.lagIndex();
    const lagging = await brought();
    catchUp();
    const caughtUp = await brought({ calls: 1 });
    // The commits that a merge brought are told by the merge.
    const expected = method === 'merge' ? { ...caughtUp, 'feat: a': [], 'feat: b': [] } : caughtUp;
    expect(lagging).toEqual(expected);
  });

  it('from pages of one, too', async () => {
    const commits = ['a', 'b', 'c'].map((name) => ({ message: `feat: ${name}`, files: { [name]: 'x\n' } }));
    repository.merge(repository.openPull({ title: 'all three', commits }), { method: 'rebase' });
    world.faults.lagIndex();
    world.faults.pageSize(1);
    const { github } = portOf(world, repository, { now: world.clock.now });
    const range = await github.range('v1.0.0', repository.sha(), false);
    expect(range.commits.map(({ pulls }) => pulls.map((pull) => pull.number))).toEqual([[1], [1], [1]]);
  });

  it('labels come with it', async () => {
    repository.merge(repository.openPull({ title: 'feat: a', labels: ['one', 'two'] }));
    world.faults.lagIndex();
    const { github } = portOf(world, repository, { now: world.clock.now });
    const { commits } = await github.range('v1.0.0', repository.sha(), false);
    expect(commits[0]?.pulls[0]).toMatchObject({ number: 1, labels: ['one', 'two'], state: 'merged', mergeSha: repository.sha() });
  });

  it('direct commits before a squash are not taken for a rebase of it', async () => {
    repository.push('main', [{ message: 'direct: one' }, { message: 'direct: two' }]);
    const commits = [{ message: 'x' }, { message: 'y' }, { message: 'z' }];
    repository.merge(repository.openPull({ title: 'feat: squashed', commits }));
    world.faults.lagIndex();
    expect(await brought()).toEqual({ 'feat: squashed (#1)': [1], 'direct: two': [], 'direct: one': [] });
  });
});

describe('a number in a message is not believed alone', () => {
  it('of a pick, whose pull request was merged elsewhere', async () => {
    repository.branch('1.x');
    repository.merge(repository.openPull({ title: 'fix: a' }));
    repository.push('1.x', [{ message: 'fix: a (#1)' }]);
    expect(await brought({ calls: 2, head: repository.sha('1.x') })).toEqual({ 'fix: a (#1)': [] });
  });

  it('of a direct commit that speaks of a pull request in the range', async () => {
    repository.merge(repository.openPull({ title: 'fix: a' }));
    repository.push('main', [{ message: 'chore: undo what was wrong (#1)' }]);
    expect(await brought()).toEqual({ 'fix: a (#1)': [1], 'chore: undo what was wrong (#1)': [] });
  });

  it.each([
    ['an issue', () => repository.openIssue('Broken')],
    ['nothing', () => undefined],
    ['an open pull request', () => repository.openPull({ title: 'feat: open' })],
  ])('of %s', async (_, make) => {
    make();
    repository.push('main', [{ message: 'fix: it (#1)' }]);
    expect(await brought()).toEqual({ 'fix: it (#1)': [] });
  });
});

describe('nothing more is asked', () => {
  it('where every commit has its pull request', async () => {
    repository.merge(repository.openPull({ title: 'fix: a' }));
    await brought({ calls: 1 });
  });

  it('for direct commits of long ago', async () => {
    repository.push('main', [{ message: 'fix: direct' }]);
    await brought({ calls: 2 });
    world.clock.advance('1h');
    await brought({ calls: 1 });
  });
});
