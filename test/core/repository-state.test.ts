// What counts as having moved between two looks at a repository.
import { describe, expect, it } from 'vitest';
import { movedLines, type RepositoryFacts, repositoryMark } from '../../src/core/repository-state.ts';

const facts: RepositoryFacts = {
  defaultBranch: 'main',
  lines: ['main', '1.x'],
  tags: [
    { name: 'v1.0.0', sha: 'a' },
    { name: 'v1.1.0', sha: 'b' },
  ],
  releases: [{ id: 1, tag: 'v1.0.0', draft: false }],
  policy: 'blob',
};

describe('the mark of a repository', () => {
  it('is the same whatever the order in which GitHub tells', () => {
    const turned = { ...facts, lines: [...facts.lines].reverse(), tags: [...facts.tags].reverse() };
    expect(repositoryMark(turned)).toBe(repositoryMark(facts));
  });

  it.each<[string, Partial<RepositoryFacts>]>([
    ['another default branch', { defaultBranch: 'trunk' }],
    ['a new line', { lines: ['main', '1.x', '2.x'] }],
    ['a new tag', { tags: [...facts.tags, { name: 'v1.2.0', sha: 'c' }] }],
    ['a tag that was moved', { tags: [{ name: 'v1.0.0', sha: 'z' }] }],
    ['a tag that is gone', { tags: facts.tags.slice(1) }],
    ['a release that is out', { releases: [...facts.releases, { id: 2, tag: 'v1.1.0', draft: false }] }],
    ['a release that was taken back', { releases: [{ id: 1, tag: 'v1.0.0', draft: true }] }],
    ['a draft that somebody deleted', { releases: [] }],
    ['another policy', { policy: 'other' }],
    ['no policy any more', { policy: null }],
  ])('is another after %s', (_, change) => {
    expect(repositoryMark({ ...facts, ...change })).not.toBe(repositoryMark(facts));
  });

  it('cannot be forged by names that look like two', () => {
    const one = { ...facts, tags: [{ name: 'x', sha: 'a b' }] };
    const other = { ...facts, tags: [{ name: 'b x', sha: 'a' }] };
    expect(repositoryMark({ ...one, lines: ['a,b'] })).not.toBe(repositoryMark({ ...other, lines: ['a', 'b'] }));
  });
});

describe('lines to plan anew', () => {
  const before = { shared: 's', heads: { main: '1', '1.x': '2' } };
  it.each([
    ['all, the first time', null, before, ['main', '1.x']],
    ['none where nothing moved', before, before, []],
    ['the one whose head moved', before, { shared: 's', heads: { main: '9', '1.x': '2' } }, ['main']],
    ['a line that is new', before, { shared: 's', heads: { ...before.heads, next: '3' } }, ['next']],
    ['all where what they share moved', before, { shared: 't', heads: before.heads }, ['main', '1.x']],
    ['a branch that is called like something of every object', before, { shared: 's', heads: { constructor: '1' } }, ['constructor']],
  ])('%s', (_, old, now, lines) => {
    expect(movedLines(old, now)).toEqual(lines);
  });
});
