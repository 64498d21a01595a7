// Pull requests against real histories: the three merge methods and their messages, what follows a merge, and when one is refused.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf, refusalOf } from './client.ts';

let world: World;
let repository: RepositoryStory;
let octokit: ReturnType<typeof clientOf>;
const at = { owner: 'acme', repo: 'app' };

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  octokit = clientOf(world, world.userToken('maintainer'));
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

const two = [
  { message: 'feat: one\n\nWhy one.', files: { 'one.txt': '1\n' } },
  { message: 'fix: two', files: { 'two.txt': '2\n' }, author: 'helper' },
];

describe('merge methods write the graph that GitHub writes', () => {
  it('merge: one commit with two parents, the head as it was', async () => {
    const pull = repository.openPull({ title: 'One and two', commits: two, branch: 'both' });
    const before = repository.sha();
    const { data } = await octokit.rest.pulls.merge({ ...at, pull_number: 1, merge_method: 'merge' });
    const commit = repository.record.git.commit(data.sha);
    expect(commit.parents).toEqual([before, pull.head.sha]);
    expect(commit.message).toBe('Merge pull request #1 from acme/both\n\nOne and two');
    expect(commit.author.name).toBe('maintainer');
    expect(commit.committer.email).toBe('noreply@github.com');
    expect(repository.sha()).toBe(data.sha);
  });

  it('squash: one commit on the base, by the author, with the list of commits and their people', async () => {
    repository.openPull({ title: 'One and two', commits: two, author: 'contributor' });
    const before = repository.sha();
    const { data } = await octokit.rest.pulls.merge({ ...at, pull_number: 1, merge_method: 'squash' });
    const commit = repository.record.git.commit(data.sha);
    const helper = world.state.account('helper').email;
    expect(commit.parents).toEqual([before]);
    expect(commit.author.name).toBe('contributor');
    expect(commit.message).toBe(
      `One and two (#1)\n\n* feat: one\n\nWhy one.\n\n* fix: two\n\n---------\n\nCo-authored-by: helper <${helper}>`,
    );
    const files = await octokit.rest.repos.getCommit({ ...at, ref: data.sha });
    expect(files.data.files?.map((file) => [file.filename, file.status, file.additions])).toEqual([
      ['one.txt', 'added', 1],
      ['two.txt', 'added', 1],
    ]);
    expect(files.data.commit.verification?.verified).toBe(true);
  });

  it('squash of one commit: its own title and body', async () => {
    repository.openPull({ title: 'Another title', commits: [{ message: 'feat: one\n\nWhy one.' }] });
    const { data } = await octokit.rest.pulls.merge({ ...at, pull_number: 1, merge_method: 'squash' });
    expect(repository.record.git.commit(data.sha).message).toBe('feat: one (#1)\n\nWhy one.');
  });

  it('rebase: each commit anew on the base, author kept, committer the one who merges', async () => {
    const pull = repository.openPull({ title: 'One and two', commits: two });
    repository.push('main', [{ message: 'docs: meanwhile', files: { 'docs.md': 'x\n' } }]);
    const before = repository.sha();
    const { data } = await octokit.rest.pulls.merge({ ...at, pull_number: 1, merge_method: 'rebase' });
    const written = [...repository.record.git.range(before, data.sha)].reverse().map((sha) => repository.record.git.commit(sha));
    expect(written.map((commit) => commit.message)).toEqual(['feat: one\n\nWhy one.', 'fix: two']);
    expect(written.map((commit) => commit.author.name)).toEqual(['contributor', 'helper']);
    expect(written.map((commit) => commit.committer.name)).toEqual(['maintainer', 'maintainer']);
    expect(written[0]?.parents).toEqual([before]);
    expect(written.some((commit) => commit.sha === pull.head.sha)).toBe(false);
    const found = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: written[0]?.sha ?? '' });
    expect(found.data.map((one) => one.number)).toEqual([1]);
  });

  it.each([
    [{ squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'PR_BODY' }, 'squash', 'The title (#1)\n\nThe body'],
    [{ squash_merge_commit_title: 'PR_TITLE', squash_merge_commit_message: 'BLANK' }, 'squash', 'The title (#1)'],
    [{ merge_commit_title: 'PR_TITLE', merge_commit_message: 'PR_BODY' }, 'merge', 'The title (#1)\n\nThe body'],
    [{ merge_commit_title: 'MERGE_MESSAGE', merge_commit_message: 'BLANK' }, 'merge', 'Merge pull request #1 from acme/change-1'],
  ] as const)('settings %j', async (settings, method, message) => {
    Object.assign(repository.record.settings, settings);
    repository.openPull({ title: 'The title', body: 'The body', commits: [{ message: 'a commit' }] });
    const { data } = await octokit.rest.pulls.merge({ ...at, pull_number: 1, merge_method: method });
    expect(repository.record.git.commit(data.sha).message).toBe(message);
  });
});

describe('a merge is refused', () => {
  it.each([
    ['when the head moved', 409, 'Head branch was modified. Review and try the merge again.', { sha: '0'.repeat(40) }, () => {}],
    [
      'when the method is off',
      405,
      'Squash merges are not allowed on this repository.',
      { merge_method: 'squash' },
      () => {
        repository.record.settings.allow_squash_merge = false;
      },
    ],
    [
      'when both sides changed a line',
      405,
      'Merge conflict',
      {},
      () => {
        repository.push('main', [{ message: 'main', files: { 'one.txt': 'other\n' } }]);
      },
    ],
    [
      'when a required check is missing',
      405,
      'Required status check "ci" is expected.',
      {},
      () => {
        repository.record.protectedBranches.set('main', { requiredChecks: ['ci'], requiredApprovals: 0 });
      },
    ],
  ] as const)('%s', async (_, status, message, options, prepare) => {
    repository.openPull({ title: 'One', commits: two });
    prepare();
    expect(await refusalOf(octokit.rest.pulls.merge({ ...at, pull_number: 1, ...options }))).toBe(`${status} ${message}`);
  });
});

describe('a pull request lives with its branches', () => {
  it('shows whether it can be merged', async () => {
    repository.openPull({ title: 'One', commits: two });
    const clean = await octokit.rest.pulls.get({ ...at, pull_number: 1 });
    expect([clean.data.mergeable, clean.data.mergeable_state, clean.data.commits, clean.data.changed_files]).toEqual([true, 'clean', 2, 2]);
    repository.push('main', [{ message: 'main', files: { 'one.txt': 'other\n' } }]);
    const dirty = await octokit.rest.pulls.get({ ...at, pull_number: 1 });
    expect([dirty.data.mergeable, dirty.data.mergeable_state]).toEqual([false, 'dirty']);
  });

  it('follows its head, also on a fork', async () => {
    const pull = repository.openPull({ title: 'One', commits: two, fork: 'stranger' });
    const head = repository.update(pull, [{ message: 'more' }]);
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number: 1 });
    expect([data.head.sha, data.head.label, data.head.repo?.full_name]).toEqual([head, 'stranger:change-1', 'stranger/app']);
    expect((await octokit.rest.pulls.listCommits({ ...at, pull_number: 1 })).data).toHaveLength(3);
    expect((await octokit.rest.pulls.listFiles({ ...at, pull_number: 1 })).data).toHaveLength(3);
  });

  it('counts as merged once its head reached the base by a push', async () => {
    const pull = repository.openPull({ title: 'One', commits: two });
    await octokit.rest.git.updateRef({ ...at, ref: 'heads/main', sha: pull.head.sha });
    expect((await octokit.rest.pulls.get({ ...at, pull_number: 1 })).data).toMatchObject({
      merged: true,
      state: 'closed',
      merge_commit_sha: pull.head.sha,
    });
    await octokit.rest.pulls.checkIfMerged({ ...at, pull_number: 1 });
  });

  it('cannot be opened twice, for nothing, or from nowhere', async () => {
    repository.openPull({ title: 'One', branch: 'one' });
    repository.branch('same');
    const open = (head: string) => refusalOf(octokit.rest.pulls.create({ ...at, title: 'x', head, base: 'main' }));
    expect(await open('one')).toContain('A pull request already exists for acme:one.');
    expect(await open('same')).toContain('No commits between main and same');
    expect(await open('nowhere')).toContain('422 Validation Failed');
  });

  it('is created, edited and closed over the API', async () => {
    repository.push('topic', [{ message: 'work' }]);
    const { data } = await octokit.rest.pulls.create({ ...at, title: 'Work', head: 'topic', base: 'main', body: 'Why' });
    await octokit.rest.pulls.update({ ...at, pull_number: data.number, title: 'Better work' });
    await octokit.rest.pulls.update({ ...at, pull_number: data.number, state: 'closed' });
    const listed = await octokit.rest.pulls.list({ ...at, state: 'closed', head: 'acme:topic' });
    expect(listed.data.map((one) => [one.number, one.title, one.merged_at])).toEqual([[1, 'Better work', null]]);
    world.expectEffects(['open pull request #1 topic → main', 'update pull request #1', 'update pull request #1']);
  });

  it('merges a branch without a pull request', async () => {
    repository.push('topic', [{ message: 'work' }]);
    const { data } = await octokit.rest.repos.merge({ ...at, base: 'main', head: 'topic' });
    expect(data.parents).toHaveLength(2);
    expect((await octokit.rest.repos.merge({ ...at, base: 'main', head: 'topic' })).status).toBe(204);
  });
});
