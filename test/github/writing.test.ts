// Writes: each ends the same when the answer is lost, the connection breaks before, GitHub fails, or it is simply done again.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GitHubPort, ReleaseWrite } from '../../src/flows/github-port.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { portOf, problemOf } from './port.ts';

let world: World;
let repository: RepositoryStory;
let github: GitHubPort;

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  github = portOf(world, repository).github;
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

const DRAFT: ReleaseWrite = { tag: 'v1.0.0', target: 'main', name: 'One', body: 'Notes\n', draft: true, prerelease: false, latest: true };
const BYTES = new TextEncoder().encode('hello');
const ASSET = { name: 'app.tgz', type: 'application/gzip', bytes: BYTES };

/** What people and other tools can see of the repository, without ids and times. */
function look() {
  const { record } = repository;
  const { git } = record;
  return {
    tags: git.refs.list('refs/tags/').map(({ name, sha }) => [name, git.objects.tag(sha)?.message, git.peel(sha)]),
    branches: git.refs.list('refs/heads/').map(({ name, sha }) => [name, git.commit(sha).message]),
    releases: record.releases.map(({ tag, target, name, body, draft, prerelease, latest, assets }) => {
      return {
        tag,
        target,
        name,
        body,
        draft,
        prerelease,
        latest,
        assets: assets.map((one) => [one.name, one.contentType, one.bytes.toString()]),
      };
    }),
    issues: [...record.issues.values()].map(({ number, title, body, state, comments, labels }) => {
      return { number, title, body, state, comments: comments.map((one) => one.body), labels: labels.map((one) => one.name) };
    }),
  };
}

interface Write {
  readonly name: string;
  /** The request that makes the change. */
  readonly route: string;
  readonly prepare?: () => Promise<unknown> | unknown;
  readonly run: () => Promise<unknown>;
}

const writes: readonly Write[] = [
  {
    name: 'createTag',
    route: 'POST /repos/{owner}/{repo}/git/refs',
    run: () => github.createTag({ name: 'v1.0.0', sha: repository.sha(), message: 'One' }),
  },
  {
    name: "createTag's object",
    route: 'POST /repos/{owner}/{repo}/git/tags',
    run: () => github.createTag({ name: 'v1.0.0', sha: repository.sha(), message: 'One' }),
  },
  { name: 'createRelease, a draft', route: 'POST /repos/{owner}/{repo}/releases', run: () => github.createRelease(DRAFT) },
  {
    name: 'createRelease, published',
    route: 'POST /repos/{owner}/{repo}/releases',
    run: () => github.createRelease({ ...DRAFT, draft: false }),
  },
  {
    name: 'updateRelease',
    route: 'PATCH /repos/{owner}/{repo}/releases/{release_id}',
    prepare: () => repository.release('v1.0.0', { draft: true }),
    run: () => github.updateRelease(repository.record.releases[0]?.id ?? 0, { draft: false, latest: true, name: 'One' }),
  },
  {
    name: 'deleteRelease',
    route: 'DELETE /repos/{owner}/{repo}/releases/{release_id}',
    prepare: () => {
      id = repository.release('v1.0.0', { draft: true }).id;
    },
    run: () => github.deleteRelease(id),
  },
  {
    name: 'uploadAsset',
    route: 'POST /repos/{owner}/{repo}/releases/{release_id}/assets',
    prepare: () => repository.release('v1.0.0', { draft: true }),
    run: async () => github.uploadAsset((await github.drafts())[0] as never, ASSET),
  },
  {
    name: 'putBranch, a new one',
    route: 'POST /repos/{owner}/{repo}/git/refs',
    run: () => github.putBranch('release', repository.sha()),
  },
  {
    name: 'putBranch, one that is elsewhere',
    route: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
    prepare: () => {
      repository.branch('release');
      repository.push('release', [{ message: 'old' }]);
    },
    run: () => github.putBranch('release', repository.sha()),
  },
  {
    name: 'deleteBranch',
    route: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    prepare: () => repository.branch('release'),
    run: () => github.deleteBranch('release'),
  },
  {
    name: 'commit',
    route: 'graphql',
    prepare: () => repository.branch('release'),
    run: () =>
      github.commit({
        branch: 'release',
        expected: repository.sha('main'),
        message: { headline: 'chore: release 1.0.0', body: 'Both' },
        files: [
          { path: 'CHANGELOG.md', text: '# 1.0.0 ü\n' },
          { path: 'README.md', text: null },
        ],
      }),
  },
  {
    name: 'openPull',
    route: 'POST /repos/{owner}/{repo}/pulls',
    prepare: () => repository.push('release', [{ message: 'chore: release' }]),
    run: () => github.openPull({ title: 'Release', body: 'Notes', head: 'release', base: 'main' }),
  },
  {
    name: 'updatePull',
    route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    prepare: () => repository.openPull({ title: 'One' }),
    run: () => github.updatePull(1, { title: 'Two', body: 'More', state: 'closed' }),
  },
  {
    name: 'comment',
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    prepare: () => repository.openIssue('One'),
    run: () => github.comment(1, 'hello\r\n'),
  },
  {
    name: 'deleteComment',
    route: 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
    prepare: () => {
      id = repository.comment(repository.openIssue('One'), 'old').id;
    },
    run: () => github.deleteComment(id),
  },
  {
    name: 'addLabels',
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    prepare: () => repository.openIssue('One'),
    run: () => github.addLabels(1, ['released', 'on main']),
  },
];
let id = 0;

describe.each(writes)('$name', ({ route, prepare, run }) => {
  /** The same beginning, told anew, with this going wrong. */
  async function outcome(breaks: (to: World) => void): Promise<{ result: unknown; state: ReturnType<typeof look> }> {
    await world.stop();
    world = await startWorld();
    repository = world.repository('acme/app');
    github = portOf(world, repository).github;
    await prepare?.();
    breaks(world);
    const result = await run();
    world.effects.ignore();
    return { result: withoutIds(result), state: look() };
  }

  /** Objects of git hold times, and ids are given in the order of requests. */
  function withoutIds(result: unknown): unknown {
    if (typeof result === 'string') return /^[0-9a-f]{40}$/.test(result) ? repository.record.git.commit(result).message : result;
    return typeof result === 'object' && result !== null ? { ...result, id: 0, node: '', updatedAt: '' } : result;
  }

  it.each([
    ['the answer is lost', (to: World) => to.faults.drop(route, 'after')],
    ['the connection breaks before', (to: World) => to.faults.drop(route, 'before')],
    ['GitHub fails', (to: World) => to.faults.answer(route, 502)],
    ['GitHub fails three times', (to: World) => to.faults.answer(route, 500, { times: 3 })],
    ['a limit is met', (to: World) => to.faults.rateLimit(route, { status: 429 })],
  ])('comes to the same end when %s', async (_, breaks) => {
    const wanted = await outcome(() => undefined);
    await world.assertClean();
    expect(await outcome(breaks)).toEqual(wanted);
  });

  it('gives up on a GitHub that stays down, and says so', async () => {
    await prepare?.();
    const before = look();
    world.faults.answer(route, 503, { times: 4 });
    expect(await problemOf(run())).toMatchObject({ kind: 'unavailable', status: 503 });
    world.effects.ignore();
    const { tags, branches, releases, issues } = look();
    expect({ tags, branches, releases, issues }).toEqual(before);
  });
});

describe('done twice is done once', () => {
  it('a tag is made by one of two', async () => {
    const tag = { name: 'v1.0.0', sha: repository.sha(), message: 'One' };
    expect([await github.createTag(tag), await github.createTag(tag)]).toEqual([true, false]);
    expect(await github.tag('v1.0.0')).toEqual({ name: 'v1.0.0', sha: repository.sha() });
    world.expectEffects([/^write tag object/, /^create refs\/tags\/v1\.0\.0/, /^write tag object/]);
  });

  it('a tag with a name that git does not take is refused, and not believed to be there', async () => {
    const problem = await problemOf(github.createTag({ name: 'no..good', sha: repository.sha(), message: 'One' }));
    expect(problem).toMatchObject({ kind: 'refused', status: 422 });
    world.expectEffects([/^write tag object/]);
  });

  it('a pull request is opened once; the second call finds it, and not that of a fork', async () => {
    repository.push('release', [{ message: 'chore: release' }]);
    repository.openPull({ title: 'theirs', fork: 'mallory', branch: 'release' });
    const wanted = { title: 'Release', body: 'Notes', head: 'release', base: 'main' };
    const opened = await github.openPull(wanted);
    expect(opened).toMatchObject({ number: 2, title: 'Release', body: 'Notes', state: 'open', base: 'main', mergeSha: null });
    expect(await github.openPull({ ...wanted, title: 'Again' })).toEqual(opened);
    world.expectEffects(['open pull request #2 release → main']);
  });

  it('a pull request without commits is refused in GitHub’s words', async () => {
    repository.branch('same');
    const problem = await problemOf(github.openPull({ title: 'x', body: '', head: 'same', base: 'main' }));
    expect(problem).toMatchObject({ kind: 'refused', message: expect.stringContaining('No commits between main and same') });
  });

  it('an asset that arrived is not sent again; another of its name gives way', async () => {
    const release = await github.createRelease(DRAFT);
    await github.uploadAsset(release, ASSET);
    await github.uploadAsset(release, ASSET);
    await github.uploadAsset(release, { ...ASSET, bytes: new TextEncoder().encode('HELLO') });
    await github.uploadAsset(release, { ...ASSET, bytes: new TextEncoder().encode('longer') });
    expect(repository.record.releases[0]?.assets.map((one) => [one.name, one.bytes.toString()])).toEqual([['app.tgz', 'longer']]);
    expect((await github.drafts())[0]?.assets).toEqual([{ name: 'app.tgz', size: 6, uploaded: true }]);
    world.expectEffects([/^create release/, /^upload/, /^delete asset/, /^upload/, /^delete asset/, /^upload/]);
  });

  it('an empty asset is refused in GitHub’s words', async () => {
    const release = await github.createRelease(DRAFT);
    const problem = await problemOf(github.uploadAsset(release, { ...ASSET, bytes: new Uint8Array() }));
    expect(problem).toMatchObject({ kind: 'refused', status: 422 });
    world.expectEffects([/^create release/]);
  });

  it('what is gone may be deleted again', async () => {
    await github.deleteRelease(99);
    await github.deleteComment(99);
    await github.deleteBranch('none');
    await github.addLabels(99, []);
  });
});

describe('a commit', () => {
  const write = (expected: string) =>
    github.commit({ branch: 'main', expected, message: { headline: 'chore: release' }, files: [{ path: 'a/b.txt', text: 'x\n' }] });

  it('is signed by GitHub and stands on the head that was seen', async () => {
    const before = repository.sha();
    const sha = await write(before);
    expect(sha).toBe(repository.sha());
    expect(repository.record.verified.has(repository.sha())).toBe(true);
    expect(repository.record.git.commit(repository.sha())).toMatchObject({ parents: [before], message: 'chore: release' });
    world.expectEffects(['commit a/b.txt on main']);
  });

  it('is not made where the branch has moved', async () => {
    const before = repository.sha();
    repository.push('main', [{ message: 'somebody else' }]);
    expect(await write(before)).toBeNull();
  });

  it('of somebody else is not taken for ours when the answer is lost', async () => {
    const before = repository.sha();
    world.faults.drop('graphql', 'before');
    const writing = write(before);
    repository.push('main', [{ message: 'somebody else' }]);
    expect(await writing).toBeNull();
  });

  it('on a protected branch is refused in words', async () => {
    repository.record.protectedBranches.set('main', { requiredChecks: [], requiredApprovals: 1 });
    expect(await problemOf(write(repository.sha()))).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('through a pull request'),
    });
  });

  it('on a branch that is not there is said', async () => {
    const missing = github.commit({ branch: 'none', expected: repository.sha(), message: { headline: 'x' }, files: [] });
    expect(await problemOf(missing)).toMatchObject({ kind: 'not-found' });
  });
});

describe('releases', () => {
  it.each([
    ['published and latest', { draft: false, latest: true }, 'true'],
    ['published on an old line', { draft: false, latest: false }, 'false'],
    ['a prerelease is never latest', { draft: false, prerelease: true, latest: true }, 'false'],
  ])('%s', async (_, fields, latest) => {
    const release = await github.createRelease({ ...DRAFT, ...fields });
    expect(repository.record.releases[0]).toMatchObject({ latest, draft: false });
    expect(release).toMatchObject({ tag: 'v1.0.0', name: 'One', body: 'Notes\n', target: 'main', author: 'github-actions[bot]' });
    expect(await github.release('v1.0.0')).toEqual(release);
    world.expectEffects(['create release v1.0.0']);
  });

  it('a draft is no release of its tag, and is published as the latest or not', async () => {
    repository.tag('v0.9.0');
    repository.release('v0.9.0');
    const draft = await github.createRelease(DRAFT);
    expect(await github.release('v1.0.0')).toBeNull();
    await github.updateRelease(draft.id, { draft: false, latest: false });
    expect(repository.record.releases.at(-1)).toMatchObject({ draft: false, latest: 'false' });
    world.expectEffects([/^create/, /^update/]);
  });

  it('publishing where another release of the tag is out is null, and any other refusal is thrown', async () => {
    const draft = await github.createRelease(DRAFT);
    const twin = await github.createRelease({ ...DRAFT, body: 'Another' });
    expect(await github.updateRelease(twin.id, { draft: false })).toMatchObject({ draft: false });
    expect(await github.updateRelease(draft.id, { draft: false })).toBeNull();
    expect(await github.updateRelease(draft.id, { tag: 'v1.0.0', draft: false })).toBeNull();
    expect(await problemOf(github.updateRelease(draft.id, { tag: 'no..good', draft: false }))).toMatchObject({ kind: 'refused' });
    expect(await problemOf(github.updateRelease(99, { draft: false }))).toMatchObject({ kind: 'not-found' });
    world.effects.ignore();
  });

  it('every draft is found among many releases, from pages of one too', async () => {
    for (let index = 0; index < 130; index += 1) {
      const drafted = index === 31 || index === 129;
      if (!drafted) repository.tag(`v1.0.${index}`);
      repository.release(`v1.0.${index}`, { draft: drafted });
    }
    world.calls.reset();
    expect((await github.drafts()).map((one) => one.tag)).toEqual(['v1.0.129', 'v1.0.31']);
    expect(world.calls.total).toBe(2);
    world.faults.pageSize(1);
    expect((await github.drafts()).map((one) => one.tag)).toEqual(['v1.0.129', 'v1.0.31']);
  });

  it('a missing permission is named', async () => {
    const token = world.githubToken(repository, { contents: 'read', metadata: 'read' });
    const narrow = portOf(world, repository, { token }).github;
    expect(await problemOf(narrow.createRelease(DRAFT))).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('`contents: write`'),
    });
    expect(await problemOf(narrow.comment(1, 'x'))).toMatchObject({ kind: 'forbidden', message: expect.stringContaining('issues: write') });
  });
});
