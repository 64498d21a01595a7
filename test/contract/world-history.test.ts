// Commits, comparisons, refs, git objects, contents and releases of the world, asked through a real Octokit and held to the contract.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  repository = world.repository('acme/app', { collaborators: { admin: 'admin' } });
  octokit = clientOf(world, world.userToken('maintainer'));
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  await world.stop();
});

describe('comparing', () => {
  it('is topological: an old commit that was merged late is in the range', async () => {
    repository.push('topic', [{ message: 'old work', date: '2001-01-01T00:00:00Z' }]);
    repository.push('main', [{ message: 'feat: newer' }]);
    repository.tag('v1.0.0');
    const pull = repository.openPull({ title: 'Late', branch: 'late', commits: [{ message: 'late' }] });
    repository.merge(pull, { method: 'merge' });
    await octokit.rest.repos.merge({ ...at, base: 'main', head: 'topic', commit_message: 'Merge topic' });
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'v1.0.0...main' });
    expect(data).toMatchObject({ status: 'ahead', ahead_by: 4, behind_by: 0, total_commits: 4 });
    expect(data.commits.map((one) => one.commit.message.split('\n')[0]).sort()).toEqual(
      ['Merge pull request #1 from acme/late', 'Merge topic', 'late', 'old work'].sort(),
    );
  });

  it.each([
    ['main...main', 'identical', 0, 0],
    ['main...topic', 'diverged', 2, 1],
    ['topic...main', 'diverged', 1, 2],
    ['v1...main', 'ahead', 1, 0],
    ['main...v1', 'behind', 0, 1],
    ['main...stranger:main', 'behind', 0, 1],
  ] as const)('%s is %s', async (basehead, status, ahead, behind) => {
    repository.tag('v1');
    repository.fork('stranger');
    repository.push('topic', [{ message: 'a' }, { message: 'b', files: { 'gone.txt': 'x', 'README.md': null } }]);
    repository.push('main', [{ message: 'c' }]);
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead });
    expect([data.status, data.ahead_by, data.behind_by]).toEqual([status, ahead, behind]);
  });

  it('shows 250 commits without pages, and pages them when asked, with files on the first alone', async () => {
    repository.tag('v1');
    repository.push(
      'main',
      Array.from({ length: 260 }, (_, n) => ({ message: `commit ${n}`, files: { 'n.txt': `${n}\n` } })),
    );
    const whole = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'v1...main' });
    expect([whole.data.total_commits, whole.data.commits.length, whole.data.commits[0]?.commit.message]).toEqual([260, 250, 'commit 0']);
    const second = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'v1...main', per_page: 100, page: 3 });
    expect([second.data.commits.length, second.data.files, second.headers.link?.includes('rel="next"')]).toEqual([60, undefined, false]);
    const all = await octokit.paginate(octokit.rest.repos.compareCommitsWithBasehead, { ...at, basehead: 'v1...main', per_page: 100 });
    expect((all as unknown as { commits: unknown[] }[]).flatMap((page) => page.commits ?? page)).toHaveLength(260);
  });

  it('refuses what it does not know', async () => {
    expect(await refusalOf(octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead: 'nothing...main' }))).toBe('404 Not Found');
  });
});

describe('listing', () => {
  it('filters commits by path, author, time and start', async () => {
    const first = repository.push('main', [{ message: 'docs', files: { 'docs/a.md': 'a' }, author: 'writer' }]);
    world.clock.advance('1h');
    repository.push('main', [{ message: 'code', files: { 'src/a.ts': 'a' } }]);
    const messages = async (filter: object) =>
      (await octokit.rest.repos.listCommits({ ...at, ...filter })).data.map((one) => one.commit.message);
    expect(await messages({})).toEqual(['code', 'docs', 'Initial commit']);
    expect(await messages({ path: 'docs' })).toEqual(['docs']);
    expect(await messages({ author: 'writer' })).toEqual(['docs']);
    expect(await messages({ sha: first })).toEqual(['docs', 'Initial commit']);
    expect(await messages({ since: '2026-01-05T10:30:00Z' })).toEqual(['code']);
  });

  it('pages one at a time and by Link, whatever size is asked for', async () => {
    repository.push('main', [{ message: 'two' }, { message: 'three' }]);
    world.faults.pageSize(1);
    const first = await octokit.rest.repos.listCommits({ ...at, per_page: 100 });
    expect(first.data).toHaveLength(1);
    expect(first.headers.link).toContain('rel="next"');
    expect(await octokit.paginate(octokit.rest.repos.listCommits, { ...at, per_page: 100 })).toHaveLength(3);
  });

  it('answers unchanged lists with 304', async () => {
    const first = await octokit.rest.repos.listCommits(at);
    const again = octokit.rest.repos.listCommits({ ...at, headers: { 'if-none-match': first.headers.etag ?? '' } });
    expect(await refusalOf(again)).toMatch(/^304/);
  });

  it('shows branches and tags, also annotated ones by their commit', async () => {
    const sha = repository.tag('v1', { message: 'Version 1' });
    repository.branch('1.x');
    repository.record.protectedBranches.set('main', { requiredChecks: ['ci'], requiredApprovals: 1 });
    expect((await octokit.rest.repos.listBranches(at)).data.map((one) => [one.name, one.protected])).toEqual([
      ['1.x', false],
      ['main', true],
    ]);
    expect((await octokit.rest.repos.listTags(at)).data.map((one) => [one.name, one.commit.sha])).toEqual([['v1', sha]]);
    expect((await octokit.rest.repos.getBranch({ ...at, branch: 'main' })).data.protection.required_status_checks?.contexts).toEqual([
      'ci',
    ]);
    expect((await octokit.rest.repos.listBranchesForHeadCommit({ ...at, commit_sha: sha })).data.map((one) => one.name)).toEqual([
      '1.x',
      'main',
    ]);
    expect((await octokit.rest.repos.getCommit({ ...at, ref: 'v1' })).data.sha).toBe(sha);
  });
});

describe('refs', () => {
  it('are made, moved forward only, moved by force and deleted', async () => {
    const first = repository.sha();
    const second = repository.push('main', [{ message: 'more' }]);
    await octokit.rest.git.createRef({ ...at, ref: 'refs/heads/line', sha: second });
    expect(await refusalOf(octokit.rest.git.createRef({ ...at, ref: 'refs/heads/line', sha: second }))).toBe(
      '422 Reference already exists',
    );
    expect(await refusalOf(octokit.rest.git.createRef({ ...at, ref: 'refs/heads/line/x', sha: second }))).toBe(
      '422 Reference update failed',
    );
    expect(await refusalOf(octokit.rest.git.updateRef({ ...at, ref: 'heads/line', sha: first }))).toBe('422 Update is not a fast forward');
    await octokit.rest.git.updateRef({ ...at, ref: 'heads/line', sha: first, force: true });
    expect((await octokit.rest.git.getRef({ ...at, ref: 'heads/line' })).data.object.sha).toBe(first);
    expect((await octokit.rest.git.listMatchingRefs({ ...at, ref: 'heads/l' })).data.map((one) => one.ref)).toEqual(['refs/heads/line']);
    await octokit.rest.git.deleteRef({ ...at, ref: 'heads/line' });
    expect(await refusalOf(octokit.rest.git.getRef({ ...at, ref: 'heads/line' }))).toBe('404 Not Found');
    world.expectEffects([
      `create refs/heads/line at ${second.slice(0, 7)}`,
      `move refs/heads/line to ${first.slice(0, 7)}`,
      'delete refs/heads/line',
    ]);
  });

  it('hold what was written as blob, tree, commit and tag object', async () => {
    const base = repository.sha();
    const blob = await octokit.rest.git.createBlob({ ...at, content: 'aGVsbG8=', encoding: 'base64' });
    const tree = await octokit.rest.git.createTree({
      ...at,
      base_tree: base,
      tree: [
        { path: 'deep/hello.txt', mode: '100644', type: 'blob', sha: blob.data.sha },
        { path: 'inline.txt', mode: '100644', type: 'blob', content: 'inline' },
        { path: 'README.md', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const commit = await octokit.rest.git.createCommit({ ...at, message: 'built', tree: tree.data.sha, parents: [base] });
    const tag = await octokit.rest.git.createTag({ ...at, tag: 'v1', message: 'One', object: commit.data.sha, type: 'commit' });
    await octokit.rest.git.createRef({ ...at, ref: 'refs/tags/v1', sha: tag.data.sha });
    const whole = await octokit.rest.git.getTree({ ...at, tree_sha: 'v1', recursive: 'true' });
    expect(whole.data.tree.map((one) => one.path)).toEqual(['deep', 'deep/hello.txt', 'inline.txt']);
    expect((await octokit.rest.git.getBlob({ ...at, file_sha: blob.data.sha })).data.content).toBe('aGVsbG8=');
    expect((await octokit.rest.git.getTag({ ...at, tag_sha: tag.data.sha })).data.object.sha).toBe(commit.data.sha);
    expect((await octokit.rest.git.getCommit({ ...at, commit_sha: commit.data.sha })).data.message).toBe('built');
    expect((await octokit.rest.git.getRef({ ...at, ref: 'tags/v1' })).data.object.type).toBe('tag');
  });

  it('are those that git itself sees and pushes', () => {
    const clone = mkdtempSync(join(tmpdir(), 'clone-'));
    const git = (...args: string[]) => {
      const env = {
        ...process.env,
        GIT_AUTHOR_NAME: 'a',
        GIT_AUTHOR_EMAIL: 'a@b.c',
        GIT_COMMITTER_NAME: 'a',
        GIT_COMMITTER_EMAIL: 'a@b.c',
      };
      const { status, stdout, stderr } = spawnSync('git', args, { cwd: clone, env, encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      return stdout.trim();
    };
    git('clone', '-q', repository.folder, '.');
    expect(git('rev-parse', 'HEAD')).toBe(repository.sha());
    git('commit', '-q', '--allow-empty', '-m', 'from a clone');
    git('push', '-q', 'origin', 'HEAD:refs/heads/main');
    expect(repository.sha()).toBe(git('rev-parse', 'HEAD'));
    expect(git('fsck', '--strict')).toBe('');
    rmSync(clone, { recursive: true });
  });
});

describe('contents', () => {
  it('are read as file, folder and raw text', async () => {
    repository.push('main', [{ message: 'files', files: { '.github/shiplock.yml': 'version: 1\n', 'src/a.ts': 'a' } }]);
    const file = await octokit.rest.repos.getContent({ ...at, path: '.github/shiplock.yml' });
    expect(file.data).toMatchObject({ type: 'file', encoding: 'base64', content: `${Buffer.from('version: 1\n').toString('base64')}\n` });
    const folder = await octokit.rest.repos.getContent({ ...at, path: '' });
    expect((folder.data as { path: string }[]).map((one) => one.path)).toEqual(['.github', 'README.md', 'src']);
    const raw = await octokit.rest.repos.getContent({ ...at, path: 'src/a.ts', mediaType: { format: 'raw' } });
    expect(raw.data).toBe('a');
    expect(await refusalOf(octokit.rest.repos.getContent({ ...at, path: 'none' }))).toBe('404 Not Found');
    expect((await octokit.rest.repos.getReadme(at)).data.name).toBe('README.md');
  });

  it('are written one commit at a time, against the blob that was seen', async () => {
    const content = Buffer.from('new').toString('base64');
    const made = await octokit.rest.repos.createOrUpdateFileContents({ ...at, path: 'new.txt', message: 'add', content });
    expect(made.status).toBe(201);
    const write = (sha?: string) =>
      octokit.rest.repos.createOrUpdateFileContents({ ...at, path: 'new.txt', message: 'again', content, ...(sha ? { sha } : {}) });
    expect(await refusalOf(write())).toMatch(/^422 .*"sha" wasn't supplied/s);
    expect(await refusalOf(write('0'.repeat(40)))).toMatch(/^409 /);
    const sha = made.data.content?.sha ?? '';
    await write(sha);
    await octokit.rest.repos.deleteFile({ ...at, path: 'new.txt', message: 'remove', sha });
    expect(repository.record.git.log(repository.sha(), {})).toHaveLength(4);
    repository.record.protectedBranches.set('main', { requiredChecks: [], requiredApprovals: 1 });
    expect(await refusalOf(octokit.rest.repos.createOrUpdateFileContents({ ...at, path: 'x', message: 'x', content }))).toMatch(
      /through a pull request/,
    );
  });
});

describe('releases', () => {
  it('go from draft to published: then the tag exists, and the latest is the newest that may be', async () => {
    const draft = await octokit.rest.repos.createRelease({ ...at, tag_name: 'v1.0.0', name: 'One', body: 'notes', draft: true });
    expect(draft.data).toMatchObject({ draft: true, published_at: null, tarball_url: null });
    expect(await refusalOf(octokit.rest.git.getRef({ ...at, ref: 'tags/v1.0.0' }))).toBe('404 Not Found');
    expect(await refusalOf(octokit.rest.repos.getReleaseByTag({ ...at, tag: 'v1.0.0' }))).toBe('404 Not Found');
    await octokit.rest.repos.updateRelease({ ...at, release_id: draft.data.id, draft: false });
    expect((await octokit.rest.git.getRef({ ...at, ref: 'tags/v1.0.0' })).data.object.sha).toBe(repository.sha());
    await octokit.rest.repos.createRelease({ ...at, tag_name: 'v2.0.0-rc.1', prerelease: true });
    await octokit.rest.repos.createRelease({ ...at, tag_name: 'v0.9.1', make_latest: 'false' });
    expect((await octokit.rest.repos.getLatestRelease(at)).data.tag_name).toBe('v1.0.0');
    expect((await octokit.rest.repos.listReleases(at)).data.map((one) => one.tag_name)).toEqual(['v0.9.1', 'v2.0.0-rc.1', 'v1.0.0']);
    expect(await refusalOf(octokit.rest.repos.createRelease({ ...at, tag_name: 'v1.0.0' }))).toMatch(/^422 .*already_exists/);
    world.expectEffects(['create release v1.0.0', 'update release v1.0.0', 'create release v2.0.0-rc.1', 'create release v0.9.1']);
  });

  it('hide their drafts from those who may not write', async () => {
    const draft = repository.release('v1', { draft: true });
    const reader = clientOf(world, world.userToken('reader'));
    expect((await reader.rest.repos.listReleases(at)).data).toEqual([]);
    expect(await refusalOf(reader.rest.repos.getRelease({ ...at, release_id: draft.id }))).toBe('404 Not Found');
  });

  it('carry assets, notes of their own making, and can be deleted', async () => {
    repository.merge(repository.openPull({ title: 'feat: one', author: 'contributor' }));
    const { data } = await octokit.rest.repos.createRelease({ ...at, tag_name: 'v1', generate_release_notes: true });
    expect(data.body).toContain('* feat: one by @contributor in https://github.com/acme/app/pull/1');
    const upload = {
      ...at,
      release_id: data.id,
      name: 'app.tgz',
      data: 'bytes' as unknown as string,
      headers: { 'content-type': 'application/gzip' },
    };
    const asset = await octokit.rest.repos.uploadReleaseAsset({ ...upload, baseUrl: `${world.url}/uploads` });
    expect(asset.data).toMatchObject({ name: 'app.tgz', size: 5, content_type: 'application/gzip' });
    expect(await refusalOf(octokit.rest.repos.uploadReleaseAsset({ ...upload, url: data.upload_url }))).toMatch(/^422/);
    expect((await octokit.rest.repos.listReleaseAssets({ ...at, release_id: data.id })).data).toHaveLength(1);
    await octokit.rest.repos.getReleaseAsset({ ...at, asset_id: asset.data.id });
    await octokit.rest.repos.deleteReleaseAsset({ ...at, asset_id: asset.data.id });
    await octokit.rest.repos.generateReleaseNotes({ ...at, tag_name: 'v1' });
    await octokit.rest.repos.deleteRelease({ ...at, release_id: data.id });
    expect((await octokit.rest.repos.listReleases(at)).data).toEqual([]);
  });
});

it('shows the repository with its settings to those who push, and changes them for administrators', async () => {
  expect((await octokit.rest.repos.get(at)).data).toMatchObject({
    default_branch: 'main',
    squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
  });
  expect((await clientOf(world).rest.repos.get(at)).data.allow_squash_merge).toBeUndefined();
  expect(await refusalOf(octokit.rest.repos.update({ ...at, allow_rebase_merge: false }))).toMatch(/^403/);
  const admin = clientOf(world, world.userToken('admin'));
  expect((await admin.rest.repos.update({ ...at, allow_rebase_merge: false })).data.allow_rebase_merge).toBe(false);
});
