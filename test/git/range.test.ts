// The commits of a range are a set by ancestry, whatever their dates, and say in the same breath whether the base is in it.
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../src/core/change.ts';
import { localGit } from '../../src/git/local.ts';
import { type Mark, makeRepository, type Repository, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

async function range(repository: Repository, head: string, base: string | null, files = false) {
  const commits: Commit[] = [];
  const read = await localGit.readRange(repository.dir, { head, base, files, onCommit: (commit) => commits.push(commit) });
  return { ...read, list: commits, titles: commits.map((commit) => commit.subject) };
}

describe('a base', () => {
  const repository = makeRepository((story) => {
    story.commit('one');
    story.tag('root');
    story.tag('annotated-root', { message: 'the first' });
    story.commit('two');
    story.tag('v1.0.0');
    story.tag('v1.0.0+annotated', { message: 'release' });
    story.on('side');
    story.commit('side of two');
    story.tag('v9.0.0');
    story.on('main');
    story.commit('three');
    story.commit('four');
    story.tag('head', { message: 'the last' });
  });
  repository.git('tag', 'nested', 'v1.0.0+annotated');
  repository.git('tag', 'tree', 'HEAD^{tree}');
  const sha = (name: string) => repository.sha(name);

  it.each([
    ['a light tag', 'v1.0.0'],
    ['an annotated tag', 'v1.0.0+annotated'],
    ['a tag of a tag', 'nested'],
    ['a full ref name', 'refs/tags/v1.0.0'],
    ['a SHA', sha('v1.0.0')],
  ])('is known as %s', async (_, base) => {
    const read = await range(repository, 'HEAD', base);
    expect(read).toMatchObject({ titles: ['four', 'three'], commits: 2, baseIsAncestor: true, boundary: [] });
    expect(read.headSha).toBe(sha('main'));
    expect(read.baseSha).toBe(sha('v1.0.0'));
  });

  it.each(['root', 'annotated-root'])('may be the first commit of all (%s)', async (base) => {
    const read = await range(repository, 'HEAD', base);
    expect(read).toMatchObject({ titles: ['four', 'three', 'two'], baseIsAncestor: true });
    expect(read.baseSha).toBe(sha('root'));
  });

  it('that is the head leaves nothing', async () => {
    for (const [head, base] of [
      ['HEAD', 'head'],
      ['refs/tags/head', 'head'],
      [sha('main'), sha('main')],
      ['refs/heads/main', sha('main')],
    ] as const) {
      const read = await range(repository, head, base);
      expect(read).toMatchObject({ titles: [], commits: 0, baseIsAncestor: true, headSha: sha('main'), baseSha: sha('main') });
    }
  });

  it('on another branch is no ancestor', async () => {
    expect(await range(repository, 'HEAD', 'v9.0.0')).toMatchObject({
      baseIsAncestor: false,
      baseSha: sha('v9.0.0'),
      headSha: sha('main'),
    });
  });

  it('after the head is no ancestor', async () => {
    expect(await range(repository, 'refs/tags/v1.0.0', 'head')).toMatchObject({ baseIsAncestor: false, baseSha: sha('main'), commits: 0 });
  });

  it.each([
    ['a tag that is not there', 'v7.7.7'],
    ['a tag of a tree', 'tree'],
    ['a commit that is not there', '0123456789012345678901234567890123456789'],
  ])('that is %s is a value, so that the next candidate can be tried', async (_, base) => {
    expect(await range(repository, 'HEAD', base)).toMatchObject({ baseIsAncestor: false, baseSha: null, commits: 0 });
  });

  it('that is absent gives the whole history', async () => {
    const read = await range(repository, 'HEAD', null);
    expect(read).toMatchObject({ titles: ['four', 'three', 'two', 'one'], baseIsAncestor: true, baseSha: null, headSha: sha('main') });
  });

  it('may be promised, and a promise that fails ends git', async () => {
    const commits: Commit[] = [];
    const ask = { head: Promise.resolve('HEAD'), onCommit: (commit: Commit) => commits.push(commit) };
    const read = await localGit.readRange(repository.dir, { ...ask, base: Promise.resolve('v1.0.0') });
    expect(read.commits).toBe(2);
    const failed = localGit.readRange(repository.dir, { ...ask, base: Promise.reject(new Error('no base')) });
    await expect(failed).rejects.toThrow('no base');
  });

  it('is read as a tag where a branch has the same name', async () => {
    const twins = makeRepository((story) => {
      story.commit('one');
      story.tag('1.x');
      story.commit('two');
      story.on('1.x');
      story.commit('three');
    });
    expect((await range(twins, 'refs/heads/1.x', '1.x')).titles).toEqual(['three', 'two']);
  });
});

describe('a head', () => {
  const repository = makeRepository((story) => {
    story.commit('one');
    story.on('next');
    story.commit('two');
  });

  it.each(['nope', 'refs/heads/nope', '0123456789012345678901234567890123456789'])('%s that is not there is told by name', async (head) => {
    await expect(range(repository, head, null)).rejects.toMatchObject({ name: 'GitProblem', kind: 'unknown-ref', revision: head });
  });

  it.each(['--output=/tmp/x', '^main', 'main..next', 'main\nnext', ''])('%j is no revision', async (head) => {
    await expect(range(repository, head, null)).rejects.toMatchObject({ kind: 'unknown-ref' });
  });

  it('may be detached', async () => {
    repository.git('checkout', '--quiet', '--detach', 'next');
    expect((await range(repository, 'HEAD', null)).titles).toEqual(['two', 'one']);
  });
});

describe('a set', () => {
  it('goes by ancestry where dates lie', async () => {
    const repository = makeRepository((story) => {
      story.commit('released', { at: 2_000_000_000 });
      story.on('old-branch');
      story.commit('written long before the release, merged after it', { at: 1_000_000_000 });
      story.on('main');
      story.commit('last of the release', { at: 1_900_000_000 });
      story.tag('v1.0.0', { message: 'release', at: 2_000_000_000 });
      story.merge('old-branch', 'merge', { at: 1_500_000_000 });
    });
    expect((await range(repository, 'HEAD', 'v1.0.0')).titles).toEqual(['merge', 'written long before the release, merged after it']);
  });

  it('is base..head for every pair of commits of any history, children first, with the truth about ancestry', async () => {
    const histories = fc.array(
      fc.record({ parents: fc.array(fc.nat({ max: 5 }), { maxLength: 3 }), at: fc.integer({ min: 1, max: 2_000_000_000 }) }),
      { minLength: 2, maxLength: 14 },
    );
    await fc.assert(
      fc.asyncProperty(histories, fc.nat(), fc.nat(), async (history, first, second) => {
        const marks: Mark[] = [];
        const parents: number[][] = [];
        const repository = makeRepository((story) => {
          history.forEach((one, index) => {
            // `0` is the commit before, `1` the one before that: every earlier commit may be a parent, and some commits are roots.
            const from = Array.from(new Set(one.parents.map((back) => index - 1 - back).filter((parent) => parent >= 0)));
            parents.push(from);
            const [head, ...merged] = from.map((parent) => marks[parent] as Mark);
            if (head === undefined) story.orphan(`b${index}`);
            else story.on(`b${index}`, head);
            marks.push(merged.length > 0 ? story.merge(merged, `c${index}`, { at: one.at }) : story.commit(`c${index}`, { at: one.at }));
          });
        });
        const reach = (from: number): Set<number> => {
          const seen = new Set<number>([from]);
          for (const one of seen) for (const parent of parents[one] ?? []) seen.add(parent);
          return seen;
        };
        const head = first % marks.length;
        const base = second % marks.length;
        const sha = (index: number) => repository.sha(marks[index] as Mark);
        const read = await range(repository, sha(head), sha(base));
        expect(read.baseIsAncestor).toBe(reach(head).has(base));
        expect(read.baseSha).toBe(sha(base));
        if (read.baseIsAncestor) {
          const behind = reach(base);
          const expected = [...reach(head)].filter((one) => !behind.has(one));
          expect(new Set(read.titles)).toEqual(new Set(expected.map((one) => `c${one}`)));
          expect(read.headSha).toBe(sha(head));
          const position = new Map(read.list.map((commit, index) => [commit.sha, index]));
          for (const commit of read.list) {
            for (const parent of commit.parents)
              expect(position.get(parent) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(position.get(commit.sha) as number);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('files of a range', () => {
  const repository = makeRepository((story) => {
    story.commit('one', { files: { 'a.txt': '1', 'src/b.txt': '1' } });
    story.tag('v1.0.0');
    story.on('topic');
    story.commit('topic', { files: { 'topic.txt': 't', 'ünï/"quoted" name.txt': 'q' } });
    story.on('main');
    story.commit('two', { files: { 'a.txt': '2', 'src/b.txt': null } });
    story.commit('empty');
    story.merge('topic', 'merge');
  });

  it('come with each commit, a merge compared with its first parent, in the same order', async () => {
    const read = await range(repository, 'HEAD', 'v1.0.0', true);
    const plain = await range(repository, 'HEAD', 'v1.0.0');
    expect(read.titles).toEqual(plain.titles);
    expect(Object.fromEntries(read.list.map((commit) => [commit.subject, commit.files]))).toEqual({
      merge: ['topic.txt', 'ünï/"quoted" name.txt'],
      empty: [],
      two: ['a.txt', 'src/b.txt'],
      topic: ['topic.txt', 'ünï/"quoted" name.txt'],
    });
    expect(plain.list.every((commit) => !('files' in commit))).toBe(true);
  });

  it('are all of them for the first commit', async () => {
    const read = await range(repository, 'refs/tags/v1.0.0', null, true);
    expect(read.list.map((commit) => commit.files)).toEqual([['a.txt', 'src/b.txt']]);
  });

  it('are asked for nothing where the range is empty', async () => {
    expect(await range(repository, 'refs/tags/v1.0.0', 'v1.0.0', true)).toMatchObject({ commits: 0, baseIsAncestor: true });
  });
});

it('what the caller throws ends git and comes back', async () => {
  const repository = makeRepository((story) => {
    for (let index = 0; index < 3_000; index += 1) story.commit(`commit ${index}`);
  });
  for (const files of [false, true]) {
    let calls = 0;
    const onCommit = () => {
      calls += 1;
      throw new Error('enough');
    };
    await expect(localGit.readRange(repository.dir, { head: 'HEAD', base: null, files, onCommit })).rejects.toThrow('enough');
    expect(calls).toBe(1);
  }
});
