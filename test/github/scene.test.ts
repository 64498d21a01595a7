// The first look at a repository.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { updatePull } from '../support/github/pulls.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { portOf, problemOf, releaseBranch } from './port.ts';

let world: World;
let repository: RepositoryStory;

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app', {
    commits: [{ message: 'Initial commit', files: { 'README.md': '# Hello\n', '.github/shiplock.yml': 'version: 1\n' } }],
    settings: { allow_rebase_merge: false, squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'PR_BODY' },
  });
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

describe('one look tells all', () => {
  beforeEach(() => {
    repository.tag('v1.0.0', { message: 'One' });
    repository.release('v1.0.0', { name: 'One', body: 'The first.' });
    repository.push('main', [{ message: 'fix: more' }]);
    repository.tag('v1.0.1');
    repository.branch('1.x');
    const pull = repository.openPull({
      title: 'chore: release 1.1.0',
      body: 'Notes',
      branch: 'shiplock/release/main',
      labels: ['release'],
      author: 'maintainer',
    });
    repository.openPull({ title: 'chore: release 6.6.6', branch: 'shiplock/release/main', fork: 'mallory' });
    repository.openPull({ title: 'feat: something else' });
    repository.comment(pull, 'hello');
  });

  it('in one call', async () => {
    const { github } = portOf(world, repository);
    const scene = await github.scene({ releaseBranch });
    expect(world.calls.all).toEqual(['graphql']);
    expect(scene).toMatchObject({
      repository: {
        owner: 'acme',
        name: 'app',
        host: 'github.com',
        defaultBranch: 'main',
        methods: ['merge', 'squash'],
        squash: { title: 'PR_TITLE', message: 'PR_BODY' },
        merge: { title: 'MERGE_MESSAGE', message: 'PR_TITLE' },
        self: 'github-actions[bot]',
      },
      branch: { name: 'main', sha: repository.sha() },
      moreTags: false,
      policy: { text: 'version: 1\n' },
    });
    expect([...scene.branches].sort()).toEqual(['1.x', 'change-3', 'main', 'shiplock/release/main'].sort());
    expect(scene.moreBranches).toBeUndefined();
    expect(scene.tags).toEqual([
      { name: 'v1.0.1', sha: repository.sha('v1.0.1') },
      { name: 'v1.0.0', sha: repository.record.git.peel(repository.record.git.refs.read('refs/tags/v1.0.0') as string) },
    ]);
    expect(scene.releases).toMatchObject([
      { tag: 'v1.0.0', name: 'One', body: 'The first.', draft: false, author: 'maintainer', assets: [] },
    ]);
    expect(scene.releasePulls).toMatchObject([
      {
        number: 1,
        title: 'chore: release 1.1.0',
        body: 'Notes',
        state: 'open',
        labels: ['release'],
        mergeSha: null,
        head: { repository: 'acme/app' },
      },
    ]);
  });

  it('the same from pages of one', async () => {
    const { github } = portOf(world, repository);
    const scene = await github.scene({ releaseBranch });
    world.faults.pageSize(1);
    expect(await github.scene({ releaseBranch })).toEqual(scene);
  });
});

describe('what is rare', () => {
  it('a default branch of another name costs a second call for its release pull requests', async () => {
    const other = world.repository('acme/trunky', { defaultBranch: 'trunk' });
    other.openPull({ title: 'release', branch: 'shiplock/release/trunk' });
    const { github } = portOf(world, other);
    const scene = await github.scene({ releaseBranch });
    expect(scene.branch).toEqual({ name: 'trunk', sha: other.sha() });
    expect(scene.releasePulls).toHaveLength(1);
    expect(world.calls.total).toBe(2);
    world.calls.reset();
    await github.scene({ branch: 'trunk', releaseBranch });
    expect(world.calls.total).toBe(1);
  });

  it('a line is the branch that was asked for', async () => {
    repository.branch('1.x');
    repository.push('1.x', [{ message: 'fix: old' }]);
    const { github } = portOf(world, repository);
    const scene = await github.scene({ branch: '1.x', releaseBranch });
    expect(scene.branch).toEqual({ name: '1.x', sha: repository.sha('1.x') });
    expect(scene.repository.defaultBranch).toBe('main');
  });

  it('a draft is read again for its target and its assets', async () => {
    repository.tag('v1.0.0');
    repository.release('v1.0.0');
    const sha = repository.sha();
    repository.release('v1.1.0', { draft: true, target_commitish: sha, body: 'Draft notes' });
    const { github } = portOf(world, repository);
    const scene = await github.scene({ releaseBranch });
    expect(scene.releases).toMatchObject([
      { tag: 'v1.1.0', draft: true, target: sha, body: 'Draft notes' },
      { tag: 'v1.0.0', draft: false, target: sha },
    ]);
    expect(world.calls.all).toEqual(['graphql', 'GET /repos/{owner}/{repo}/releases/{release_id}']);
    for (const tag of ['v1.2.0', 'v1.3.0', 'v1.4.0']) repository.release(tag, { draft: true, target_commitish: 'main' });
    world.calls.reset();
    expect((await github.scene({ releaseBranch })).releases.map((one) => [one.tag, one.target])).toEqual([
      ['v1.4.0', 'main'],
      ['v1.3.0', 'main'],
      ['v1.2.0', 'main'],
      ['v1.1.0', sha],
      ['v1.0.0', sha],
    ]);
    expect(world.calls.all).toEqual(['graphql', 'GET /repos/{owner}/{repo}/releases']);
  });

  it('since when a draft and a release pull request look as they do', async () => {
    const draft = repository.release('v1.1.0', { name: 'v1.1.0', body: 'Soon.', draft: true });
    const pull = repository.openPull({ title: 'chore: release 1.1.0', branch: 'shiplock/release/main' });
    world.clock.advance('1h');
    const { github } = portOf(world, repository);
    const first = await github.scene({ releaseBranch });
    expect(first.releases.find((one) => one.draft)?.updatedAt).toBe(draft.updatedAt);
    expect(first.releasePulls[0]?.writtenAt).toBe(pull.issue.createdAt);
    updatePull(world.state, repository.record, pull, pull.issue.user, { body: 'Other notes' });
    const second = await github.scene({ releaseBranch });
    expect(second.releasePulls[0]?.writtenAt).toBe(world.clock.iso());
  });

  it('lines are found behind a hundred other branches', async () => {
    const { git } = repository.record;
    for (let index = 0; index < 130; index += 1) git.refs.write(`refs/heads/dependabot/npm-${index}`, repository.sha());
    for (const name of ['v2.x', 'release-1.4.x', 'zebra']) git.refs.write(`refs/heads/${name}`, repository.sha());
    const { github } = portOf(world, repository);
    const scene = await github.scene({ releaseBranch });
    expect(scene.branches).toContain('v2.x');
    expect(scene.branches).toContain('release-1.4.x');
    expect(scene.branches).not.toContain('zebra');
    expect(scene.moreBranches).toBe(true);
  });

  it('strangers cannot push our release pull request out of sight', async () => {
    repository.openPull({ title: 'ours', branch: 'shiplock/release/main', author: 'maintainer' });
    for (let index = 0; index < 25; index += 1) {
      repository.openPull({ title: 'theirs', branch: 'shiplock/release/main', fork: `mallory-${index}` });
    }
    const { github } = portOf(world, repository);
    expect((await github.scene({ releaseBranch })).releasePulls.map((pull) => pull.title)).toEqual(['ours']);
    expect(world.calls.total).toBe(2);
  });

  it('tags lead to commits through any number of tags; a tag of a tree is none', async () => {
    const { git } = repository.record;
    const tagger = { name: 'A', email: 'a@example.com', date: world.clock.iso() };
    let object = repository.sha();
    for (let depth = 0; depth < 5; depth += 1) {
      object = git.writeTag({ object, type: depth === 0 ? 'commit' : 'tag', tag: `deep${depth}`, tagger, message: 'deep' });
      git.refs.write(`refs/tags/deep${depth}`, object);
    }
    const tree = git.commit(repository.sha()).tree;
    git.refs.write('refs/tags/tree', git.writeTag({ object: tree, type: 'tree', tag: 'tree', tagger, message: 'a tree' }));
    const { github } = portOf(world, repository);
    const { tags } = await github.scene({ releaseBranch });
    expect(tags.map((tag) => tag.name).sort()).toEqual(['deep0', 'deep1', 'deep2', 'deep3', 'deep4']);
    expect(new Set(tags.map((tag) => tag.sha))).toEqual(new Set([repository.sha()]));
    expect(await github.tag('deep4')).toEqual({ name: 'deep4', sha: repository.sha() });
    expect(await github.tag('none')).toBeNull();
    expect((await problemOf(github.tag('tree'))).message).toMatch(/^The tag tree is of a tree, not of a commit/);
  });

  it('all tags are read where there are more than one page', async () => {
    const { git } = repository.record;
    for (let index = 0; index < 250; index += 1) git.refs.write(`refs/tags/v1.0.${index}`, repository.sha());
    const { github } = portOf(world, repository);
    const scene = await github.scene({ releaseBranch });
    expect([scene.tags.length, scene.moreTags]).toEqual([100, true]);
    world.calls.reset();
    const all = await github.allTags();
    expect(new Set(all.map((tag) => tag.name)).size).toBe(250);
    expect(world.calls.total).toBe(3);
  });

  it('files are read at any commit, long ones and missing ones too', async () => {
    const { github } = portOf(world, repository);
    const before = repository.sha();
    repository.push('main', [{ message: 'more', files: { 'README.md': '# Bye\n', 'a b/ü.txt': 'ü\n' } }]);
    const files = await github.files(before, ['README.md', 'a b/ü.txt', '.github']);
    expect([...files]).toEqual([
      ['README.md', '# Hello\n'],
      ['a b/ü.txt', null],
      ['.github', null],
    ]);
    expect((await github.files('main', ['README.md', 'a b/ü.txt'])).get('a b/ü.txt')).toBe('ü\n');
    expect(world.calls.total).toBe(2);
  });
});

describe('what cannot be seen is said', () => {
  it.each([
    ['a branch that is not there', { branch: '9.x', releaseBranch }, /^acme\/app has no branch 9\.x\. Its default branch is main\.$/],
  ])('%s', async (_, request, words) => {
    const { github } = portOf(world, repository);
    expect(await problemOf(github.scene(request))).toMatchObject({ kind: 'not-found', message: expect.stringMatching(words) });
  });

  it('a repository without commits', async () => {
    const { github } = portOf(world, world.repository('acme/empty', { commits: [] }));
    expect((await problemOf(github.scene({ releaseBranch }))).message).toBe(
      'acme/empty has no commits yet, so there is nothing to release.',
    );
  });

  it('a repository that is not there', async () => {
    const { github } = portOf(world, repository, { name: 'none' });
    expect(await problemOf(github.scene({ releaseBranch }))).toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('acme/none'),
    });
  });

  it('a repository without a policy has null', async () => {
    const { github } = portOf(world, world.repository('acme/plain'));
    expect((await github.scene({ releaseBranch })).policy).toBeNull();
  });

  it('a missing permission by its name', async () => {
    const token = world.githubToken(repository, { contents: 'read', metadata: 'read' });
    const { github } = portOf(world, repository, { token });
    expect(await problemOf(github.scene({ releaseBranch }))).toMatchObject({
      kind: 'forbidden',
      message: expect.stringMatching(/Resource not accessible by integration.*`contents: read and pull-requests: read`.*permissions:/),
    });
  });

  it('drafts are not shown to who may only read', async () => {
    repository.release('v1.0.0', { draft: true });
    const token = world.githubToken(repository, { contents: 'read', pull_requests: 'read', metadata: 'read' });
    const { github } = portOf(world, repository, { token });
    expect((await github.scene({ releaseBranch })).releases).toEqual([]);
  });
});

it('asks for less where GitHub gives up', async () => {
  const { git } = repository.record;
  for (let index = 0; index < 60; index += 1) git.refs.write(`refs/tags/v1.0.${index}`, repository.sha());
  world.faults.answer('graphql', 502, { times: 2 });
  const { github, waits } = portOf(world, repository);
  const scene = await github.scene({ releaseBranch });
  expect([scene.tags.length, scene.moreTags]).toEqual([20, true]);
  expect(waits).toEqual([1_000, 1_000]);
});
