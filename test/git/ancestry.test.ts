// Names to commits, and commits to what contains them, for any number of them at a time.
import { afterAll, describe, expect, it } from 'vitest';
import { localGit } from '../../src/git/local.ts';
import { makeRepository, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

const MISSING = '0123456789012345678901234567890123456789';

const repository = makeRepository((story) => {
  story.commit('one');
  story.tag('v1.0.0', { message: 'release' });
  story.tag('1.x');
  story.on('1.x');
  story.commit('hotfix');
  story.tag('v1.0.1');
  story.on('main');
  story.commit('two');
  story.tag('v1.1.0');
  story.on('topic');
  story.commit('not merged');
  story.on('main');
});
repository.git('tag', 'nested', 'v1.0.0');
repository.git('tag', 'tree', 'HEAD^{tree}');
repository.git('update-ref', 'refs/remotes/origin/only-there', 'topic');
const sha = (name: string) => repository.sha(name);

describe('names', () => {
  it.each([
    ['HEAD', sha('main')],
    ['main', sha('main')],
    ['v1.0.0', sha('refs/tags/v1.0.0')],
    ['nested', sha('refs/tags/v1.0.0')],
    ['refs/heads/1.x', sha('refs/heads/1.x')],
    ['1.x', sha('refs/tags/1.x')],
    ['only-there', sha('topic')],
    ['HEAD~1', sha('main~1')],
    [sha('topic'), sha('topic')],
    [sha('topic').slice(0, 12), sha('topic')],
    [repository.git('rev-parse', 'v1.0.0'), sha('refs/tags/v1.0.0')],
    ['nope', null],
    ['tree', null],
    [MISSING, null],
    ['', null],
    ['--help', null],
    ['^main', null],
    ['main..topic', null],
    ['main\nHEAD', null],
  ])('%j', async (name, expected) => {
    expect((await localGit.resolve(repository.dir, [name])).get(name)).toBe(expected);
  });

  it('are answered together, each for itself', async () => {
    const found = await localGit.resolve(repository.dir, ['main', '', 'nope', '1.x', 'topic']);
    expect(Array.from(found.values())).toEqual([sha('main'), null, null, sha('refs/tags/1.x'), sha('topic')]);
    expect(await localGit.resolve(repository.dir, [])).toEqual(new Map());
  });
});

describe('ancestors', () => {
  it('are told from strangers and from what is missing', async () => {
    const tag = repository.git('rev-parse', 'v1.0.0');
    const tree = repository.git('rev-parse', 'HEAD^{tree}');
    const shas = [sha('main'), sha('main~1'), tag, sha('topic'), sha('v1.0.1'), MISSING, tree, 'v1.0.0'];
    expect(await localGit.readAncestors(repository.dir, { of: 'refs/heads/main', shas })).toEqual({
      ancestors: new Set([sha('main'), sha('main~1'), tag]),
      missing: new Set([MISSING, tree, 'v1.0.0']),
    });
  });

  it('of nothing asked are none', async () => {
    expect(await localGit.readAncestors(repository.dir, { of: 'HEAD', shas: [] })).toEqual({ ancestors: new Set(), missing: new Set() });
    expect(await localGit.readAncestors(repository.dir, { of: 'HEAD', shas: [MISSING] })).toEqual({
      ancestors: new Set(),
      missing: new Set([MISSING]),
    });
  });

  it('need a commit that is there', async () => {
    const asked = localGit.readAncestors(repository.dir, { of: 'refs/heads/nope', shas: [sha('main')] });
    await expect(asked).rejects.toMatchObject({ kind: 'unknown-ref', revision: 'refs/heads/nope' });
  });

  it('are many at a time', async () => {
    const long = makeRepository((story) => {
      for (let index = 0; index < 5_000; index += 1) story.commit(`commit ${index}`);
      story.on('other', ':2500');
      for (let index = 0; index < 50; index += 1) story.commit(`other ${index}`);
    });
    const shas = long.git('rev-list', '--all').split('\n');
    const { ancestors, missing } = await localGit.readAncestors(long.dir, { of: 'refs/heads/main', shas });
    expect([ancestors.size, missing.size]).toEqual([5_000, 0]);
  });
});

describe('merged tags', () => {
  it('are those whose commit the head contains', async () => {
    expect(await localGit.readMerged(repository.dir, 'refs/heads/main')).toEqual(new Set(['v1.0.0', 'v1.1.0', '1.x', 'nested']));
    expect(await localGit.readMerged(repository.dir, 'v1.0.1')).toEqual(new Set(['v1.0.0', 'v1.0.1', '1.x', 'nested']));
  });

  it('of a head that is not there are an error', async () => {
    await expect(localGit.readMerged(repository.dir, 'nope')).rejects.toMatchObject({ kind: 'unknown-ref' });
  });
});
