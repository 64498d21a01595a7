// The set `base..head`: whole, each commit once, children before parents, with what brought it; held against git itself.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Commit } from '../../src/core/change.ts';
import type { RangeSeen } from '../../src/flows/github-port.ts';
import { localGit } from '../../src/git/local.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { portOf, problemOf } from './port.ts';

let world: World;
let repository: RepositoryStory;

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  repository.tag('v1.0.0', { message: 'One' });
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

/** What git says of the same range, as the port should say it. */
async function byGit(base: string | null, head: string): Promise<ReturnType<typeof essence>[]> {
  const commits: Commit[] = [];
  await localGit.readRange(repository.folder, { base, head, files: true, onCommit: (commit) => commits.push(commit) });
  return commits.map(essence);
}

function essence({ sha, parents, author, date, subject, body, files }: Commit) {
  const { name, email } = author;
  return { sha, parents, author: { name, email }, date: Date.parse(date), subject, body, ...(files ? { files: [...files].sort() } : {}) };
}

function bySha<T extends { readonly sha: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.sha < b.sha ? -1 : 1));
}

function expectChildrenFirst({ commits }: RangeSeen): void {
  const seen = new Set<string>();
  for (const { commit } of commits) {
    for (const parent of commit.parents) expect(seen.has(parent), `${commit.subject} comes after its parent`).toBe(false);
    seen.add(commit.sha);
  }
}

/** A bit of everything that people do. */
function tellStory(): void {
  repository.merge(
    repository.openPull({
      title: 'feat: squashed',
      body: 'Why\r\nnot',
      labels: ['enhancement', 'area: core'],
      commits: [
        { message: 'feat: one\n\nBody\n  indented', files: { 'src/a.txt': 'a\n', 'src/b.txt': 'b\n' } },
        { message: 'two', author: 'helper' },
      ],
    }),
  );
  repository.merge(
    repository.openPull({
      title: 'Rebased',
      fork: 'stranger',
      commits: [
        { message: 'fix: a', files: { 'lib/a.txt': '1\n' } },
        { message: 'fix: b', files: { 'lib/b.txt': '1\n' } },
      ],
    }),
    { method: 'rebase' },
  );
  repository.push('main', [
    { message: 'docs: direct\nsecond line of the subject', files: { 'docs/x.md': 'x\n' }, date: '2001-01-01T00:00:00Z' },
  ]);
  repository.merge(
    repository.openPull({
      title: 'Merged',
      commits: [
        { message: 'feat: c', files: { 'lib/c.txt': '1\n' }, date: '1999-01-01T00:00:00Z' },
        { message: 'feat: move', files: { 'lib/a.txt': null, 'moved/a.txt': '1\n' } },
      ],
    }),
    { method: 'merge' },
  );
  repository.merge(
    repository.openPull({ title: 'one alone', commits: [{ message: 'one alone', files: { 'src/a.txt': null, 'pkg/a.txt': 'a\n' } }] }),
  );
}

describe('a range', () => {
  beforeEach(tellStory);

  it('is what git says it is, in one call', async () => {
    const { github } = portOf(world, repository);
    const range = await github.range('v1.0.0', repository.sha(), false);
    expect(world.calls.all).toEqual(['graphql']);
    expect(range.baseIsAncestor).toBe(true);
    expectChildrenFirst(range);
    const git = (await byGit('v1.0.0', repository.sha())).map(({ files, ...rest }) => rest);
    expect(bySha(range.commits.map(({ commit }) => essence(commit)))).toEqual(bySha(git));
  });

  it('tells each commit with its pull request and its authors', async () => {
    const { github } = portOf(world, repository);
    const { commits } = await github.range('v1.0.0', repository.sha(), false);
    const told = commits.map(({ commit, pulls }) => [commit.subject, pulls.map((pull) => pull.number)]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['feat: squashed (#1)', [1]],
        ['fix: a', [2]],
        ['fix: b', [2]],
        ['docs: direct', []],
        ['feat: c', [3]],
        ['feat: move', [3]],
        ['Merge pull request #3 from acme/change-3', [3]],
        ['one alone (#4)', [4]],
      ]),
    );
    const squashed = commits.find(({ commit }) => commit.subject.startsWith('feat: squashed'));
    expect(squashed?.authors?.map((person) => person.login)).toEqual(['contributor', 'helper']);
    expect(squashed?.pulls[0]).toEqual({
      number: 1,
      title: 'feat: squashed',
      body: 'Why\r\nnot',
      state: 'merged',
      labels: ['enhancement', 'area: core'],
      head: { ref: 'change-1', sha: expect.any(String), repository: 'acme/app' },
      base: 'main',
      mergeSha: squashed?.commit.sha,
      author: { name: 'contributor', login: 'contributor' },
      firstTime: false,
      url: 'https://github.com/acme/app/pull/1',
    });
    const rebased = commits.find(({ commit }) => commit.subject === 'fix: a');
    expect(rebased?.pulls[0]).toMatchObject({ head: { repository: 'stranger/app' }, author: { login: 'stranger' } });
  });

  it.each([
    ['pages of one', () => world.faults.pageSize(1)],
    ['a 502 first', () => world.faults.answer('graphql', 502)],
    ['a dropped connection first', () => world.faults.drop('graphql', 'before')],
    ['an answer lost on its way', () => world.faults.drop('graphql', 'after')],
    ['GraphQL giving up', () => world.faults.answer('graphql', 504, { times: 3 })],
  ])('is the same after %s', async (_, breaks) => {
    const { github } = portOf(world, repository);
    const range = await github.range('v1.0.0', repository.sha(), false);
    breaks();
    expect(await github.range('v1.0.0', repository.sha(), false)).toEqual(range);
  });

  it('has the paths that git says each commit touched', async () => {
    const { github } = portOf(world, repository);
    const range = await github.range('v1.0.0', repository.sha(), true);
    const sorted = range.commits.map(({ commit }) => essence(commit));
    expect(bySha(sorted)).toEqual(bySha(await byGit('v1.0.0', repository.sha())));
    // The range, the pull requests' files, and one by one: both rebased commits, the direct one, both of the branch, and the moved file's.
    expect(world.calls.count('graphql')).toBe(2);
    expect(world.calls.count('GET /repos/{owner}/{repo}/commits/{ref}')).toBe(7);
  });

  it('has the same paths from pages of one', async () => {
    const { github } = portOf(world, repository);
    world.faults.pageSize(1);
    const range = await github.range('v1.0.0', repository.sha(), true);
    expect(bySha(range.commits.map(({ commit }) => essence(commit)))).toEqual(bySha(await byGit('v1.0.0', repository.sha())));
  });

  it.each(['v1.0.0', 'refs/tags/v1.0.0', 'COMMIT'])('is the same from %s', async (name) => {
    const { github } = portOf(world, repository);
    const base = name === 'COMMIT' ? repository.sha('v1.0.0') : name;
    const range = await github.range('v1.0.0', repository.sha(), false);
    expect(await github.range(base, repository.sha(), false)).toEqual(range);
    expect(await github.range(base, 'main', false)).toEqual(range);
  });
});

describe('a base that is no ancestor', () => {
  beforeEach(() => {
    repository.branch('1.x');
    repository.push('1.x', [{ message: 'fix: on the line' }]);
    repository.tag('v1.0.1', { at: '1.x' });
    repository.push('main', [{ message: 'feat: on main' }]);
  });

  it('is told from the first page, with something that is ahead', async () => {
    const { github } = portOf(world, repository);
    const range = await github.range('v1.0.1', repository.sha(), true);
    expect([range.baseIsAncestor, range.commits.map(({ commit }) => commit.subject)]).toEqual([false, ['feat: on main']]);
    expect(world.calls.total).toBe(1);
  });

  it('or with nothing, where the base holds all of head', async () => {
    const { github } = portOf(world, repository);
    expect(await github.range('v1.0.1', repository.sha('v1.0.0'), false)).toEqual({ baseIsAncestor: false, commits: [] });
    expect(await github.range('v1.0.1', repository.sha('1.x'), false)).toEqual({ baseIsAncestor: true, commits: [] });
  });

  it.each([false, true])('also where it is a commit (diverged: %s)', async (diverged) => {
    const { github } = portOf(world, repository);
    const head = diverged ? repository.sha() : repository.sha('v1.0.0');
    const range = await github.range(repository.sha('1.x'), head, false);
    expect([range.baseIsAncestor, range.commits.length]).toEqual([false, diverged ? 1 : 0]);
  });
});

describe('a history without a base', () => {
  beforeEach(tellStory);

  it('is all of it', async () => {
    const { github } = portOf(world, repository);
    const range = await github.range(null, repository.sha(), false);
    expect(range.unread).toBeUndefined();
    expectChildrenFirst(range);
    const git = (await byGit(null, repository.sha())).map(({ files, ...rest }) => rest);
    expect(bySha(range.commits.map(({ commit }) => essence(commit)))).toEqual(bySha(git));
  });

  it('is cut where it would be too long, and says so', async () => {
    const { github, said } = portOf(world, repository, { historyLimit: 3 });
    world.faults.pageSize(2);
    const range = await github.range(null, repository.sha(), false);
    expect([range.commits.length, range.unread]).toEqual([4, 5]);
    expect(said).toEqual(['There is no release to start from: of 9 commits the newest 4 are read.']);
  });
});

describe('what is not there is said', () => {
  it.each([
    ['a tag', 'v9.9.9', null, 'There is no tag v9.9.9 on GitHub. Push it, or name another.'],
    ['a head', 'v1.0.0', 'f'.repeat(40), /^GitHub has nothing at GET \/repos\/acme\/app\/compare\/.*, or the token may not see it/],
    ['a head without a base', null, 'f'.repeat(40), /^GitHub has no commit f+\.$/],
  ])('%s', async (_, base, head, words) => {
    const { github } = portOf(world, repository);
    const problem = await problemOf(github.range(base, head ?? repository.sha(), false));
    expect(problem.kind).toBe('not-found');
    expect(problem.message).toMatch(words);
  });
});

describe('the number of calls', () => {
  const squash = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      repository.merge(
        repository.openPull({
          title: `feat: number ${index}`,
          commits: [{ message: `feat: number ${index}`, files: { [`${index}.txt`]: 'x\n' } }],
        }),
      );
    }
  };

  it.each([
    [0, 1],
    [1, 1],
    [100, 1],
    [101, 2],
    [300, 3],
  ])('for %i squashed pull requests is %i', async (count, calls) => {
    squash(count);
    const { github } = portOf(world, repository);
    world.calls.reset();
    const range = await github.range('v1.0.0', repository.sha(), false);
    expect(range.commits).toHaveLength(count);
    expect(range.commits.every(({ pulls }) => pulls.length === 1)).toBe(true);
    console.log(`range of ${count} squashed: ${world.calls.total} call(s)`);
    world.calls.expectAtMost(calls);
  });

  it('for 100 with their paths is 5', async () => {
    squash(100);
    const { github } = portOf(world, repository);
    world.calls.reset();
    const range = await github.range('v1.0.0', repository.sha(), true);
    expect(range.commits.every(({ commit }) => commit.files?.length === 1)).toBe(true);
    console.log(`range of 100 squashed with paths: ${world.calls.total} calls`);
    world.calls.expectAtMost(5);
  });

  const rebase = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      const commits = ['a', 'b', 'c'].map((name) => ({ message: `fix: ${index} ${name}`, files: { [`${name}/${index}.txt`]: 'x\n' } }));
      repository.merge(repository.openPull({ title: `Number ${index}`, commits }), { method: 'rebase' });
    }
  };

  it('for 300 rebased commits is 3', async () => {
    rebase(100);
    const { github } = portOf(world, repository);
    world.calls.reset();
    expect((await github.range('v1.0.0', repository.sha(), false)).commits).toHaveLength(300);
    console.log(`range of 300 rebased: ${world.calls.total} calls`);
    world.calls.expectAtMost(3);
  });

  it('for 30 of them with their paths is 32: the range, their pull requests, and one for each', async () => {
    rebase(10);
    const { github } = portOf(world, repository);
    world.calls.reset();
    const range = await github.range('v1.0.0', repository.sha(), true);
    expect(range.commits.every(({ commit }) => commit.files?.length === 1)).toBe(true);
    console.log(`range of 30 rebased with paths: ${world.calls.total} calls`);
    world.calls.expectAtMost(32);
  });
});
