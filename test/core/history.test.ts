import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHistory } from '../../src/core/history.ts';
import { DEFAULT_POLICY, type Policy } from '../../src/core/policy.ts';
import { unitsOf } from '../../src/core/unit.ts';
import { commitsOf, type Sketch, shaOf } from '../support/commits.ts';

function read(sketches: readonly Sketch[], more: { released?: string[]; policy?: Policy; head?: string } = {}) {
  const commits = commitsOf(sketches);
  const history = readHistory({
    commits,
    head: more.head === undefined ? (commits[0]?.sha ?? '') : shaOf(more.head),
    policy: more.policy ?? DEFAULT_POLICY,
    ...(more.released === undefined ? {} : { released: new Set(more.released) }),
  });
  return {
    ...history,
    titles: history.changes.map((change) => change.title),
    left: history.excluded.map((one) => `${one.code}: ${one.title}`),
  };
}

describe('pull requests and merges', () => {
  it('a merge commit and its commits are one change, with the pull request’s title, number and branch', () => {
    const { changes, excluded } = read([
      { id: 'm0', subject: 'feat: start' },
      { id: 'a', subject: 'wip', parents: ['m0'], author: 'Bea' },
      { id: 'b', subject: 'fix: more', parents: ['a'], author: 'Cyd' },
      { id: 'm1', subject: 'Merge pull request #7 from bea/fix/parser', body: 'Parser keeps order', parents: ['m0', 'b'] },
    ]);
    expect(changes).toHaveLength(2);
    expect(changes[0]).toMatchObject({ pr: 7, title: 'Parser keeps order', sha: shaOf('m1') });
    expect(changes[0]?.authors.map((who) => who.name)).toEqual(['Bea', 'Cyd']);
    expect(excluded).toEqual([]);
  });

  it('a merge is never a second change beside the commit that it merged', () => {
    const { titles } = read([
      { id: 'm0', subject: 'chore: start' },
      { id: 'a', subject: 'fix: x', parents: ['m0'] },
      { id: 'm1', subject: 'Merge pull request #7 from u/b', body: 'fix: x', parents: ['m0', 'a'] },
    ]);
    expect(titles).toEqual(['fix: x', 'chore: start']);
  });

  it('a merge of main into a branch is nothing by itself', () => {
    const { titles } = read([
      { id: 'm0', subject: 'fix: one' },
      { id: 'a', subject: 'feat: two', parents: ['m0'] },
      { id: 'm1', subject: 'fix: three', parents: ['m0'] },
      { id: 'a2', subject: "Merge branch 'main' into topic", parents: ['a', 'm1'] },
      { id: 'm2', subject: 'Merge pull request #9 from u/topic', body: 'feat: two', parents: ['m1', 'a2'] },
    ]);
    expect(titles).toEqual(['feat: two', 'fix: three', 'fix: one']);
  });

  it('an integration branch brings its pull requests one by one', () => {
    const { titles, integrated } = read([
      { id: 'm0', subject: 'chore: start' },
      { id: 'n1', subject: 'feat: a (#1)', parents: ['m0'] },
      { id: 'n2', subject: 'fix: b (#2)', parents: ['n1'] },
      { id: 'm1', subject: 'Merge pull request #3 from acme/next', body: 'Next', parents: ['m0', 'n2'] },
    ]);
    expect(titles).toEqual(['fix: b', 'feat: a', 'chore: start']);
    expect(integrated).toEqual(['next']);
  });

  it.each([
    ['GitLab', "Merge branch 'fix/x' into 'main'", 'Fix the cache\n\nSee merge request acme/app!12', 12, 'Fix the cache'],
    ['Bitbucket', 'Merged in fix/x (pull request #12)', 'Fix the cache', 12, 'Fix the cache'],
    ['Azure', 'Merged PR 12: Fix the cache', '', 12, 'Fix the cache'],
    ['GitHub, titled by the pull request', 'Fix the cache (#12)', '', 12, 'Fix the cache'],
  ])('%s’s way to write a merge is read', (_name, subject, body, pr, title) => {
    const { changes } = read([
      { id: 'm0', subject: 'chore: start' },
      { id: 'a', subject: 'wip', parents: ['m0'] },
      { id: 'm1', subject, body, parents: ['m0', 'a'] },
    ]);
    expect(changes[0]).toMatchObject({ pr, title });
  });

  it('squash and rebase merges keep the number at the end of the title', () => {
    expect(read([{ id: 'a', subject: 'fix: x (#12)' }]).changes[0]).toMatchObject({ pr: 12, title: 'fix: x', subject: 'x' });
  });

  it('a backport names its original first and itself last', () => {
    expect(read([{ id: 'a', subject: 'fix: x (#100) (#120)' }]).changes[0]?.pr).toBe(120);
  });

  it('every commit belongs to at most one unit, whatever the graph', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.boolean()), { minLength: 1, maxLength: 60 }), (shape) => {
        const sketches = shape.map(([one, other, merge], index): Sketch => {
          const first = index - 1 - (one % Math.max(1, index));
          const second = index - 1 - (other % Math.max(1, index));
          const parents = index === 0 ? ['base'] : merge && first !== second ? [`c${first}`, `c${second}`] : [`c${first}`];
          return { id: `c${index}`, subject: parents.length > 1 ? `Merge pull request #${index} from u/b` : `fix: ${index}`, parents };
        });
        const commits = commitsOf(sketches);
        const { units } = unitsOf(commits, commits[0]?.sha ?? '');
        const seen = units.flatMap((unit) => [unit.commit.sha, ...unit.brought.map((one) => one.sha)]);
        expect(new Set(seen).size).toBe(seen.length);
        const plain = commits.filter((commit) => commit.parents.length < 2).map((commit) => commit.sha);
        expect(plain.every((sha) => seen.includes(sha))).toBe(true);
      }),
    );
  });
});

describe('reverts cancel what they revert', () => {
  it.each<[string, Sketch[], string[]]>([
    [
      'by SHA',
      [
        { id: 'a', subject: 'feat: x' },
        { id: 'b', subject: 'Revert "feat: x"', body: `This reverts commit ${shaOf('a')}.` },
      ],
      [],
    ],
    [
      'by pull request',
      [
        { id: 'a', subject: 'feat: x (#1)' },
        { id: 'b', subject: 'Take x back (#2)', body: 'nothing here' },
        { id: 'c', subject: 'Revert "feat: x" (#3)', body: 'Reverts acme/app#1' },
      ],
      ['Take x back'],
    ],
    [
      'by the title that it quotes',
      [
        { id: 'a', subject: 'feat: x (#1)' },
        { id: 'b', subject: 'Revert "feat: x (#1)" (#2)' },
      ],
      [],
    ],
    [
      'in conventional words with Refs',
      [
        { id: 'a', subject: 'feat: x' },
        { id: 'b', subject: 'revert: let us never speak of it again', body: `Refs: ${shaOf('a').slice(0, 10)}` },
      ],
      [],
    ],
    [
      'a reverted revert lets it stand',
      [
        { id: 'a', subject: 'feat: x' },
        { id: 'b', subject: 'Revert "feat: x"', body: `This reverts commit ${shaOf('a')}.` },
        { id: 'c', subject: 'Revert "Revert "feat: x""', body: `This reverts commit ${shaOf('b')}.` },
      ],
      ['feat: x'],
    ],
    [
      'so does a reapply',
      [
        { id: 'a', subject: 'feat: x' },
        { id: 'b', subject: 'Revert "feat: x"', body: `This reverts commit ${shaOf('a')}.` },
        { id: 'c', subject: 'Reapply "feat: x"', body: `This reverts commit ${shaOf('b')}.` },
      ],
      ['feat: x'],
    ],
    [
      'a merged pull request by its merge',
      [
        { id: 'm0', subject: 'chore: start' },
        { id: 'a', subject: 'feat: x', parents: ['m0'] },
        { id: 'm1', subject: 'Merge pull request #4 from u/x', body: 'feat: x', parents: ['m0', 'a'] },
        { id: 'r', subject: 'Revert "feat: x"', body: 'Reverts #4' },
      ],
      ['chore: start'],
    ],
    [
      'only once',
      [
        { id: 'a', subject: 'feat: x' },
        { id: 'b', subject: 'Revert "feat: x"' },
        { id: 'c', subject: 'feat: x' },
      ],
      ['feat: x'],
    ],
  ])('%s', (_name, sketches, titles) => {
    expect(read(sketches).titles).toEqual(titles);
  });

  it('a revert of what was released before is maintenance', () => {
    const { changes } = read([{ id: 'b', subject: 'Revert "feat: x"', body: `This reverts commit ${'f'.repeat(40)}.` }]);
    expect(changes[0]?.classification).toMatchObject({ kind: 'maintenance', bump: 'patch' });
  });

  it('what is re-landed after an earlier release reverted it is what it was', () => {
    const { changes } = read([{ id: 'b', subject: 'Reapply "feat: x"', body: `This reverts commit ${'f'.repeat(40)}.` }]);
    expect(changes[0]?.classification.bump).toBe('minor');
  });

  it('says what took what back', () => {
    const { excluded } = read([
      { id: 'a', subject: 'feat: x (#1)' },
      { id: 'b', subject: 'Revert "feat: x" (#2)', body: 'Reverts acme/app#1' },
    ]);
    expect(excluded.map((one) => one.says)).toEqual(['it takes back #1 of the same release', 'it was taken back by #2']);
  });
});

describe('what is left out, and why', () => {
  it('commits that a release made, changes that are none, and picks of what is there already', () => {
    const { titles, left, announced } = read(
      [
        { id: 'a', subject: 'fix: x' },
        { id: 'b', subject: 'docs: y' },
        { id: 'c', subject: 'chore(release): 1.2.3' },
        { id: 'd', subject: 'fix: x', body: `(cherry picked from commit ${shaOf('a')})` },
        { id: 'e', subject: 'fix: z', body: `(cherry picked from commit ${shaOf('old')})` },
      ],
      { released: [shaOf('old')] },
    );
    expect(titles).toEqual(['fix: x']);
    expect(left).toEqual(['already-released: fix: z', 'duplicate: fix: x', 'release-commit: chore(release): 1.2.3', 'no-release: docs: y']);
    expect(announced).toEqual(['1.2.3']);
  });

  it('in a conventional history an untyped title is no claim to be a feature', () => {
    const typed = ['fix: a', 'feat: b', 'chore: c'].map((subject, index) => ({ id: `t${index}`, subject }));
    const bump = (sketches: Sketch[]) => read(sketches).changes[0]?.classification.bump;
    expect(bump([...typed, { id: 'x', subject: 'Add more thoughts' }])).toBe('patch');
    expect(bump([{ id: 'x', subject: 'Add more thoughts' }])).toBe('minor');
  });

  it('the newest Release-As counts', () => {
    const { releaseAs } = read([
      { id: 'a', subject: 'chore: x', body: 'Release-As: 2.0.0' },
      { id: 'b', subject: 'chore: y', body: 'Release-As: 3.0.0' },
    ]);
    expect(releaseAs).toBe('3.0.0');
  });

  it('a Release-As of a commit that a merge brought counts', () => {
    const { releaseAs, titles } = read([
      { id: 'm0', subject: 'feat: start' },
      { id: 'a', subject: 'wip', body: 'Release-As: 3.0.0', parents: ['m0'] },
      { id: 'b', subject: 'fix: more', body: 'release-as nothing in particular', parents: ['a'] },
      { id: 'm1', subject: 'Merge pull request #7 from bea/fix/parser', body: 'Parser keeps order', parents: ['m0', 'b'] },
    ]);
    expect([releaseAs, titles]).toEqual(['3.0.0', ['Parser keeps order', 'feat: start']]);
  });

  it('packages are told by the longest path', () => {
    const packages = [
      { name: 'core', path: 'packages/core', tag: null },
      { name: 'plugin', path: 'packages/core/plugin', tag: null },
    ];
    const { changes } = read([{ id: 'a', subject: 'fix: x', files: ['packages/core/plugin/a.ts', 'packages/core/b.ts', 'README.md'] }], {
      policy: { ...DEFAULT_POLICY, packages },
    });
    expect(changes[0]?.packages).toEqual(['core', 'plugin']);
  });
});
