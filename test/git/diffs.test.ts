// What commits did: the paths that they touched, and the patch-ids by which a cherry-pick is known for what it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diffable } from '../../src/flows/ports.ts';
import { localGit } from '../../src/git/local.ts';
import { makeRepository, type Repository, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

async function commitsOf(repository: Repository, ...revisions: string[]): Promise<Diffable[]> {
  const lines = repository.git('rev-list', '--parents', '--topo-order', ...revisions, '--').split('\n');
  return lines.map((line) => {
    const [sha = '', ...parents] = line.split(' ');
    return { sha, parents };
  });
}

describe('files', () => {
  const repository = makeRepository((story) => {
    story.commit('root', {
      files: { 'a.txt': '1', 'deep/er/b.txt': '1', 'lib/c.txt': 'a longer text, to be found again when it is moved' },
    });
    story.commit('change', { files: { 'a.txt': '2' } });
    story.commit('move', { files: { 'lib/c.txt': null, 'src/c.txt': 'a longer text, to be found again when it is moved' } });
    story.commit('odd', { files: { 'ü ñ/"q".txt': '1', [`${'0123456789'.repeat(4)}`]: 'named like a commit', M: 'named like a status' } });
    story.commit('nothing');
    story.on('topic');
    story.commit('topic', { files: { 'topic.txt': '1' } });
    story.on('main');
    story.commit('main', { files: { 'main.txt': '1' } });
    story.merge('topic', 'merge');
    story.merge('topic', 'merge of nothing new');
  });

  it('are the paths that a commit added, changed, moved or deleted', async () => {
    const commits = await commitsOf(repository, 'main');
    const files = await localGit.readFiles(repository.dir, commits);
    const titles = new Map(commits.map(({ sha }) => [sha, repository.git('show', '-s', '--format=%s', sha)]));
    expect(Object.fromEntries(Array.from(files, ([sha, paths]) => [titles.get(sha), paths]))).toEqual({
      'merge of nothing new': [],
      merge: ['topic.txt'],
      main: ['main.txt'],
      topic: ['topic.txt'],
      nothing: [],
      odd: ['0123456789012345678901234567890123456789', 'M', 'ü ñ/"q".txt'],
      move: ['lib/c.txt', 'src/c.txt'],
      change: ['a.txt'],
      root: ['a.txt', 'deep/er/b.txt', 'lib/c.txt'],
    });
  });

  it('of a submodule are its own path', async () => {
    const host = makeRepository((story) => {
      story.commit('one', { files: { 'a.txt': '1' } });
    });
    host.git('update-index', '--add', '--cacheinfo', `160000,${repository.sha('main')},vendor/inner`);
    host.git('commit', '--quiet', '--message', 'chore: add the submodule');
    host.git('update-index', '--cacheinfo', `160000,${repository.sha('main~1')},vendor/inner`);
    host.git('commit', '--quiet', '--message', 'chore: move the submodule');
    host.git('config', 'diff.ignoreSubmodules', 'all');
    const commits = await commitsOf(host, 'main', '^main~2');
    const files = await localGit.readFiles(host.dir, commits);
    expect(Array.from(files.values())).toEqual([['vendor/inner'], expect.arrayContaining(['vendor/inner'])]);
  });

  it('of nothing asked are none', async () => {
    expect(await localGit.readFiles(repository.dir, [])).toEqual(new Map());
  });

  it('of a commit that is not there are an error, not an empty list', async () => {
    const gone = { sha: '0123456789012345678901234567890123456789', parents: [] };
    await expect(localGit.readFiles(repository.dir, [gone])).rejects.toMatchObject({ name: 'GitProblem' });
    await expect(localGit.readFiles(repository.dir, [{ sha: 'HEAD', parents: [] }])).rejects.toMatchObject({ kind: 'unknown-ref' });
  });
});

describe('patch-ids', () => {
  const text = (change: string) => `${Array.from({ length: 40 }, (_, line) => (line === 20 ? change : `line ${line}`)).join('\n')}\n`;
  const repository = makeRepository((story) => {
    story.commit('one', { files: { 'a.txt': text('original'), 'b.txt': 'b' } });
    story.tag('v1.0.0');
    story.on('1.x');
    story.on('main');
    story.commit('unrelated', { files: { 'b.txt': 'other' } });
    story.commit('fix: the line', { files: { 'a.txt': text('fixed') } });
    story.tag('fix');
    story.on('topic');
    story.commit('topic', { files: { 'topic.txt': 'topic\n' } });
    story.on('main');
    story.merge('topic', 'merge');
    story.tag('merge');
    story.on('1.x');
    story.commit('fix: the line, picked', { files: { 'a.txt': text('fixed') } });
    story.tag('picked');
    story.commit('the topic, squashed', { files: { 'topic.txt': 'topic\n' } });
    story.tag('squashed');
    story.commit('fix: the line otherwise', { files: { 'a.txt': text('fixed otherwise') } });
    story.tag('otherwise');
    story.commit('empty');
    story.tag('empty');
  });
  let ids: ReadonlyMap<string, string>;
  const id = (name: string) => ids.get(repository.sha(name));
  beforeAll(async () => {
    ids = await localGit.readPatchIds(repository.dir, await commitsOf(repository, '--all'));
  });

  it('are equal for a commit and its cherry-pick, and for nothing else', () => {
    expect(id('picked')).toMatch(/^[0-9a-f]{40}$/);
    expect(id('picked')).toBe(id('fix'));
    expect(id('otherwise')).not.toBe(id('fix'));
  });

  it('of a merge are those of what it brought in, squashed', () => {
    expect(id('merge')).toBeDefined();
    expect(id('merge')).toBe(id('squashed'));
  });

  it('are not there for a commit without a change', () => {
    expect(id('empty')).toBeUndefined();
  });

  it('are the same whatever the configuration makes of a diff', async () => {
    for (const [key, value] of Object.entries({
      'diff.noprefix': 'true',
      'diff.mnemonicPrefix': 'true',
      'diff.context': '10',
      'diff.interHunkContext': '10',
      'diff.algorithm': 'histogram',
      'diff.renames': 'copies',
      'diff.suppressBlankEmpty': 'true',
      'diff.wsErrorHighlight': 'all',
      'patchid.stable': 'false',
      'color.diff': 'always',
      'core.abbrev': '4',
    })) {
      repository.git('config', key, value);
    }
    expect(await localGit.readPatchIds(repository.dir, await commitsOf(repository, '--all'))).toEqual(ids);
  });

  it('of more than a pipe holds are all there', async () => {
    const big = makeRepository((story) => {
      story.commit('first', { files: { 'big.txt': `${'0\n'.repeat(50_000)}` } });
      for (let index = 1; index <= 10; index += 1) story.commit(`big ${index}`, { files: { 'big.txt': `${index}\n`.repeat(50_000) } });
    });
    expect(new Set((await localGit.readPatchIds(big.dir, await commitsOf(big, 'main'))).values()).size).toBe(11);
  });

  it('of nothing asked are none, of what is no SHA an error', async () => {
    expect(await localGit.readPatchIds(repository.dir, [])).toEqual(new Map());
    await expect(localGit.readPatchIds(repository.dir, [{ sha: 'HEAD', parents: [] }])).rejects.toMatchObject({ kind: 'unknown-ref' });
  });
});
