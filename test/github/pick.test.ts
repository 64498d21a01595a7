// Cherry-picking over REST: the same as git's, once, and nothing left behind.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppGitHubPort, Picked } from '../../src/flows/app-port.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { appPortOf } from './app-world.ts';
import { problemOf } from './port.ts';

let world: World;
let repository: RepositoryStory;
let github: AppGitHubPort;

const LINES = Array.from({ length: 12 }, (_, index) => `line ${index}\n`);
const text = (changes: Record<number, string> = {}) => LINES.map((line, index) => changes[index] ?? line).join('');
const AUTHOR = { name: 'Ada', email: 'ada@example.com', date: '2020-02-03T04:05:06Z' };

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app', { commits: [{ message: 'first', files: { 'a.txt': text(), 'b.txt': 'b\n' } }] });
  ({ github } = appPortOf(world, repository));
  repository.branch('1.x');
  repository.push('1.x', [{ message: 'only there', files: { 'old.txt': 'old\n' } }]);
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

const fix = (message = 'fix: one (#7)\n\nWhy.', files: Record<string, string> = { 'a.txt': text({ 1: 'fixed\n' }) }) =>
  repository.push('main', [{ message, files, author: AUTHOR }]);
const pick = (commits: readonly string[], more: { onto?: string; branch?: string } = {}) =>
  github.pick({ commits, onto: '1.x', branch: 'pick/1.x', ...more });
const branches = () => repository.record.git.refs.list('refs/heads/').map((one) => one.name.slice(11));
const at = (sha: string) => repository.record.git.commit(sha);
const files = (branch: string) =>
  repository.record.git
    .git(['ls-tree', '-r', '--name-only', repository.sha(`refs/heads/${branch}`)])
    .out.trim()
    .split('\n');
const file = (branch: string, path: string) => repository.record.git.git(['show', `refs/heads/${branch}:${path}`]).out;
function shaOf(picked: Picked): string {
  if (!picked.done) throw new Error(picked.says);
  return picked.sha;
}

describe('a pick', () => {
  it('puts the change of one commit on another branch, keeps its author and says where it is from', async () => {
    repository.push('main', [{ message: 'feat: not this', files: { 'feature.txt': 'new\n' } }]);
    const sha = fix();
    const head = shaOf(await pick([sha]));
    expect(repository.sha('refs/heads/pick/1.x')).toBe(head);
    expect(at(head)).toMatchObject({
      parents: [repository.sha('refs/heads/1.x')],
      message: `fix: one (#7)\n\nWhy.\n\n(cherry picked from commit ${sha})`,
      author: AUTHOR,
      committer: { name: 'shiplock[bot]', email: world.state.account('shiplock[bot]').email },
    });
    expect(file('pick/1.x', 'a.txt')).toBe(text({ 1: 'fixed\n' }));
    expect(files('pick/1.x')).toEqual(['a.txt', 'b.txt', 'old.txt']);
    expect(branches()).toEqual(['1.x', 'main', 'pick/1.x']);
  });

  it('puts several, one commit each, where one stands on the other', async () => {
    const one = fix('fix: one', { 'a.txt': text({ 1: 'one\n' }) });
    repository.push('main', [{ message: 'between', files: { 'between.txt': 'x\n' } }]);
    const two = fix('fix: two\n\nCo-authored-by: Bob <bob@example.com>', { 'a.txt': text({ 1: 'one and two\n' }) });
    const head = shaOf(await pick([one, two]));
    expect(at(head).message).toBe(`fix: two\n\nCo-authored-by: Bob <bob@example.com>\n(cherry picked from commit ${two})`);
    const below = at(at(head).parents[0] ?? '');
    expect(below).toMatchObject({ message: `fix: one\n\n(cherry picked from commit ${one})`, parents: [repository.sha('refs/heads/1.x')] });
    expect(file('pick/1.x', 'a.txt')).toContain('one and two');
    expect(files('pick/1.x')).not.toContain('between.txt');
  });

  it('of a merge commit is what it brought to its first parent', async () => {
    const pull = repository.openPull({
      title: 'fix: merged',
      commits: [
        { message: 'fix: a', files: { 'a.txt': text({ 2: 'a\n' }) } },
        { message: 'fix: b', files: { 'c.txt': 'c\n' } },
      ],
    });
    repository.push('main', [{ message: 'meanwhile', files: { 'meanwhile.txt': 'x\n' } }]);
    const merge = repository.merge(pull, { method: 'merge' });
    expect(at(merge).parents).toHaveLength(2);
    const head = shaOf(await pick([merge]));
    expect(at(head).parents).toEqual([repository.sha('refs/heads/1.x')]);
    expect(files('pick/1.x')).toEqual(['a.txt', 'b.txt', 'c.txt', 'old.txt']);
    expect(file('pick/1.x', 'a.txt')).toContain('a\n');
  });

  it('onto the commit’s own parent needs no merge', async () => {
    repository.branch('2.x', 'main');
    const sha = fix();
    world.calls.reset();
    const head = shaOf(await pick([sha], { onto: '2.x' }));
    expect(at(head).tree).toBe(at(sha).tree);
    expect(world.calls.count('POST /repos/{owner}/{repo}/merges')).toBe(0);
  });

  it('makes no commit on any branch that starts workflows', async () => {
    await pick([fix()]);
    const written = world.effects.all.filter((effect) => effect.says === 'write a commit' || effect.says.startsWith('merge '));
    const words = written.map((effect) => effect.body as { message?: string; commit_message?: string });
    const scratch = words.map((body) => body.message ?? body.commit_message ?? '').filter((message) => !message.includes('cherry picked'));
    expect(scratch.length).toBe(2);
    expect(scratch.every((message) => message.includes('[skip ci]'))).toBe(true);
  });
});

describe('what cannot be picked', () => {
  it('conflicts, in words that name the commit', async () => {
    repository.push('1.x', [{ message: 'other', files: { 'a.txt': text({ 1: 'theirs\n' }) } }]);
    const sha = fix();
    expect(await pick([sha])).toEqual({
      done: false,
      why: 'conflict',
      says: `${sha.slice(0, 10)} (fix: one (#7)) conflicts with what is on 1.x.`,
    });
    expect(branches()).toEqual(['1.x', 'main']);
  });

  it('makes no half of a branch when the second of two conflicts', async () => {
    repository.push('1.x', [{ message: 'other', files: { 'b.txt': 'theirs\n' } }]);
    const one = fix();
    const two = fix('fix: two', { 'b.txt': 'ours\n' });
    expect(await pick([one, two])).toMatchObject({ done: false, why: 'conflict', says: expect.stringContaining(two.slice(0, 10)) });
    expect(branches()).toEqual(['1.x', 'main']);
  });

  it('is empty where it is there already, and left out where others are not', async () => {
    const one = fix();
    repository.push('1.x', [{ message: 'the same', files: { 'a.txt': text({ 1: 'fixed\n' }) } }]);
    expect(await pick([one])).toMatchObject({ done: false, why: 'empty', says: expect.stringContaining('on 1.x already') });
    const two = fix('fix: two', { 'b.txt': 'two\n' });
    const head = shaOf(await pick([one, two]));
    expect(at(head).parents).toEqual([repository.sha('refs/heads/1.x')]);
    expect(shaOf(await pick([one, two]))).toBe(head);
  });

  it('is refused where there is nothing to pick from or onto', async () => {
    const sha = fix();
    expect(await pick([sha], { onto: 'none' })).toMatchObject({ why: 'refused', says: 'There is no branch none.' });
    expect(await pick(['a'.repeat(40)])).toMatchObject({ why: 'refused' });
    const first = repository.record.git.log(sha, {}).at(-1) ?? '';
    expect(await pick([first])).toMatchObject({ why: 'refused', says: expect.stringContaining('first commit') });
  });

  it.each([
    ['POST /repos/{owner}/{repo}/git/refs', 403],
    ['POST /repos/{owner}/{repo}/git/refs', 422],
    ['POST /repos/{owner}/{repo}/merges', 403],
  ])('is refused in GitHub’s words at %s (%i), and leaves nothing', async (route, status) => {
    const message = 'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission';
    const sha = fix();
    world.faults.answer(route, status, { message });
    expect(await pick([sha])).toMatchObject({
      done: false,
      why: 'refused',
      says: expect.stringContaining('without `workflows` permission'),
    });
    expect(branches()).toEqual(['1.x', 'main']);
  });

  it('is thrown where GitHub is down: nobody said no', async () => {
    const sha = fix();
    world.faults.answer('POST /repos/{owner}/{repo}/merges', 503, { times: 4 });
    expect(await problemOf(pick([sha]))).toMatchObject({ kind: 'unavailable' });
    expect(branches()).toEqual(['1.x', 'main']);
  });
});

describe('done twice is done once', () => {
  it('and finds what it made, also when the line has moved on and people have gone on', async () => {
    const [one, two] = [fix(), fix('fix: two', { 'b.txt': 'two\n' })];
    const head = shaOf(await pick([one, two]));
    expect(shaOf(await pick([one, two]))).toBe(head);
    repository.push('1.x', [{ message: 'meanwhile', files: { 'meanwhile.txt': 'x\n' } }]);
    expect(shaOf(await pick([one, two]))).toBe(head);
    const finished = repository.push('pick/1.x', [{ message: 'test: it', files: { 'test.txt': 'x\n' } }]);
    world.faults.pageSize(1);
    expect(shaOf(await pick([one, two]))).toBe(finished);
    expect(branches()).toEqual(['1.x', 'main', 'pick/1.x']);
  });

  it('a branch with something else is not touched', async () => {
    const [one, two] = [fix(), fix('fix: two', { 'b.txt': 'two\n' })];
    const theirs = repository.push('pick/1.x', [{ message: `fake\n\n(cherry picked from commit ${one})` }], { from: '1.x' });
    expect(await pick([one])).toMatchObject({ done: false, why: 'refused', says: expect.stringContaining('pick/1.x exists') });
    expect(repository.sha('refs/heads/pick/1.x')).toBe(theirs);
    await pick([one], { branch: 'other' });
    expect(await pick([one, two], { branch: 'other' })).toMatchObject({ done: false, why: 'refused' });
  });

  it('a branch without commits of its own is taken', async () => {
    repository.branch('pick/1.x', '1.x');
    repository.push('1.x', [{ message: 'meanwhile', files: { 'meanwhile.txt': 'x\n' } }]);
    const head = shaOf(await pick([fix()]));
    expect(repository.sha('refs/heads/pick/1.x')).toBe(head);
    expect(at(head).parents).toEqual([repository.sha('refs/heads/1.x')]);
  });

  it('once merged, it is there already', async () => {
    const sha = fix();
    const head = shaOf(await pick([sha]));
    repository.record.git.refs.write('refs/heads/1.x', head);
    expect(await pick([sha])).toMatchObject({ done: false, why: 'empty' });
  });

  it.each(Array.from({ length: 6 }, (_, index) => index + 1))('after being killed at write %i', async (n) => {
    const sha = fix();
    world.faults.killAfterWrite(n);
    await problemOf(pick([sha]));
    world.faults.revive();
    const head = shaOf(await pick([sha]));
    expect(at(head).parents).toEqual([repository.sha('refs/heads/1.x')]);
    expect(branches()).toEqual(['1.x', 'main', 'pick/1.x']);
  });

  it.each([
    'POST /repos/{owner}/{repo}/git/commits',
    'POST /repos/{owner}/{repo}/git/refs',
    'POST /repos/{owner}/{repo}/merges',
    'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
  ])('when answers are lost at %s', async (route) => {
    const sha = fix();
    for (const breaks of [
      () => world.faults.drop(route, 'after'),
      () => world.faults.drop(route, 'before'),
      () => world.faults.answer(route, 502),
    ]) {
      if (branches().includes('pick/1.x')) repository.deleteRef('refs/heads/pick/1.x');
      breaks();
      const head = shaOf(await pick([sha]));
      expect(at(head)).toMatchObject({ parents: [repository.sha('refs/heads/1.x')] });
      expect(branches()).toEqual(['1.x', 'main', 'pick/1.x']);
    }
  });
});
