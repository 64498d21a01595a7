// The whole past at once: every tag with its commit and date, every commit behind the tags, and everybody who wrote one.
import { afterAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../src/core/change.ts';
import { localGit } from '../../src/git/local.ts';
import { makeRepository, type Repository, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

async function past(repository: Repository, ...heads: string[]) {
  const commits: Commit[] = [];
  const history = await localGit.readWholeHistory(repository.dir, { heads, onCommit: (commit) => commits.push(commit) });
  return { ...history, list: commits };
}

describe('the whole history', () => {
  const repository = makeRepository((story) => {
    story.commit('one', { at: 1_600_000_000 });
    story.tag('v1.0.0', { at: 1_700_000_000, message: 'annotated later' });
    story.on('1.x');
    story.commit('hotfix', { at: 1_600_000_100 });
    story.tag('v1.0.1');
    story.on('main');
    story.commit('two', { at: 1_600_000_200 });
    story.tag('v1.1.0');
    story.commit('not released', { at: 1_600_000_300 });
  });
  repository.git('tag', 'nested', 'v1.0.0', '-m', 'a tag of a tag');
  repository.git('tag', 'nested-twice', 'nested', '-m', 'a tag of a tag of a tag');
  repository.git('tag', 'tree', 'HEAD^{tree}');
  repository.git('tag', 'annotated-tree', 'HEAD^{tree}', '-m', 'a tag of a tree');
  const sha = (name: string) => repository.sha(name);

  it('has each tag with its commit, its date and what it is', async () => {
    const { tags } = await past(repository);
    expect(new Map(tags.map(({ name, ...tag }) => [name, tag]))).toEqual(
      new Map(
        Object.entries({
          'annotated-tree': { commit: null, date: '2024-06-01T00:00:00Z', annotated: true },
          nested: { commit: sha('refs/tags/v1.0.0'), date: '2024-06-01T00:00:00Z', annotated: true },
          'nested-twice': { commit: sha('refs/tags/v1.0.0'), date: '2024-06-01T00:00:00Z', annotated: true },
          tree: { commit: null, date: null, annotated: false },
          'v1.0.0': { commit: sha('refs/tags/v1.0.0'), date: '2023-11-14T22:13:20Z', annotated: true },
          'v1.0.1': { commit: sha('v1.0.1'), date: '2020-09-13T12:28:20Z', annotated: false },
          'v1.1.0': { commit: sha('v1.1.0'), date: '2020-09-13T12:30:00Z', annotated: false },
        }),
      ),
    );
  });

  it('has the commits behind tags, children before parents, and those of other heads where asked', async () => {
    const { list, commits, boundary } = await past(repository);
    expect(list.map(({ subject }) => subject).sort()).toEqual(['hotfix', 'one', 'two']);
    expect(list.at(-1)?.subject).toBe('one');
    expect({ commits, boundary }).toEqual({ commits: 3, boundary: [] });
    expect((await past(repository, 'HEAD')).list.map(({ subject }) => subject)).toContain('not released');
  });

  it('has no commits where nothing is tagged, and needs heads that are there', async () => {
    const untagged = makeRepository((story) => story.commit('one'));
    expect(await past(untagged)).toEqual({ tags: [], commits: 0, boundary: [], list: [] });
    await expect(past(untagged, 'refs/heads/nope')).rejects.toMatchObject({ kind: 'unknown-ref' });
  });

  it('of a hundred thousand commits and a thousand releases is read in one piece', async () => {
    const large = makeRepository((story) => {
      for (let index = 1; index <= 100_000; index += 1) {
        story.commit(`feat: change ${index} (#${index})\n\nA body.`, { author: `Dev ${index % 500} <dev${index % 500}@example.com>` });
        if (index % 100 === 0) story.tag(`v0.${index / 100}.0`, { message: 'release' });
      }
    });
    let count = 0;
    const authors = new Set<unknown>();
    const history = await localGit.readWholeHistory(large.dir, {
      onCommit: ({ author, body }) => {
        if (body === 'A body.') count += 1;
        authors.add(author);
      },
    });
    expect([history.commits, count, history.tags.length, authors.size]).toEqual([100_000, 100_000, 1_000, 500]);

    const last: string[] = [];
    const base = Promise.resolve('v0.999.0');
    const range = await localGit.readRange(large.dir, { head: 'HEAD', base, onCommit: ({ subject }) => last.push(subject) });
    expect(range).toMatchObject({ commits: 100, baseIsAncestor: true });
    expect(last[0]).toBe('feat: change 100000 (#100000)');

    const newcomers = new Set(['dev7@example.com', 'nobody@example.com']);
    expect(await localGit.readAuthors(large.dir, 'v0.999.0', newcomers)).toEqual(new Set(['dev7@example.com']));
  });
});

describe('authors', () => {
  const repository = makeRepository((story) => {
    story.commit('one', { author: 'Ada <Ada@Example.com>' });
    story.tag('v1.0.0', { message: 'release' });
    story.on('topic');
    story.commit('two', { author: 'Bob <bob@example.com>' });
    story.on('main');
    story.merge('topic', 'merge', { author: 'Cy <cy@example.com>' });
    story.tag('v1.1.0');
    story.commit('three', { author: 'Dee <dee@example.com>' });
  });

  it('are everybody up to and including the base, in lower case', async () => {
    expect(await localGit.readAuthors(repository.dir, 'v1.1.0')).toEqual(new Set(['ada@example.com', 'bob@example.com', 'cy@example.com']));
    expect(await localGit.readAuthors(repository.dir, 'v1.0.0')).toEqual(new Set(['ada@example.com']));
  });

  it('are looked for until all are found', async () => {
    const among = new Set(['ADA@example.com', 'dee@example.com']);
    expect(await localGit.readAuthors(repository.dir, 'v1.1.0', among)).toEqual(new Set(['ada@example.com']));
    expect(await localGit.readAuthors(repository.dir, 'v1.1.0', new Set(['cy@example.com']))).toEqual(new Set(['cy@example.com']));
    expect(await localGit.readAuthors(repository.dir, 'v1.1.0', new Set())).toEqual(new Set());
  });

  it('of a base that is not there are an error', async () => {
    await expect(localGit.readAuthors(repository.dir, 'v9.9.9')).rejects.toMatchObject({ kind: 'unknown-ref' });
  });
});
