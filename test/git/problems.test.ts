// What may be wrong with a clone, a machine or a question: each says what happened and what to do, and only where it really matters.
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { GitPort, GitProblemKind } from '../../src/flows/ports.ts';
import { localGit } from '../../src/git/local.ts';
import { problemOf } from '../../src/git/problem.ts';
import { makeRepository, newFolder, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);
afterEach(() => vi.unstubAllEnvs());

const SHA = '0123456789012345678901234567890123456789';
const commit = { sha: SHA, parents: [] };

/** Every question of the port, asked in a way that needs a process; but for the remote, which git also answers outside a repository. */
const QUESTIONS: { readonly [K in keyof Omit<GitPort, 'readRemote'>]: (dir: string) => Promise<unknown> } = {
  readRefs: (dir) => localGit.readRefs(dir),
  readRoot: (dir) => localGit.readRoot(dir),
  readRange: (dir) => localGit.readRange(dir, { head: 'HEAD', base: null, files: true, onCommit: () => undefined }),
  readFiles: (dir) => localGit.readFiles(dir, [commit]),
  readPatchIds: (dir) => localGit.readPatchIds(dir, [commit]),
  readAncestors: (dir) => localGit.readAncestors(dir, { of: 'HEAD', shas: [SHA] }),
  readMerged: (dir) => localGit.readMerged(dir, 'HEAD'),
  resolve: (dir) => localGit.resolve(dir, ['main']),
  readWholeHistory: (dir) => localGit.readWholeHistory(dir, { heads: ['HEAD'], onCommit: () => undefined }),
  readAuthors: (dir) => localGit.readAuthors(dir, 'v1.0.0'),
};
const EACH = Object.entries(QUESTIONS).map(([name, ask]) => ({ name, ask }));

async function problem(asked: Promise<unknown>): Promise<{ kind: GitProblemKind; says: string }> {
  try {
    await asked;
  } catch (error) {
    expect(error).toMatchObject({ name: 'GitProblem' });
    return { kind: (error as { kind: GitProblemKind }).kind, says: (error as Error).message };
  }
  throw new Error('It was answered.');
}

describe.each(EACH)('$name', ({ ask }) => {
  it('says that git is missing', async () => {
    const dir = newFolder();
    vi.stubEnv('PATH', dir);
    const { kind, says } = await problem(ask(dir));
    expect(kind).toBe('no-git');
    expect(says).toContain('Install git');
  });

  it('says that a folder is in no repository', async () => {
    const dir = newFolder();
    const { kind, says } = await problem(ask(dir));
    expect(kind).toBe('no-repository');
    expect(says).toContain(dir);
    expect(says).toContain('actions/checkout');
  });

  it('says that there is no such folder', async () => {
    const { kind, says } = await problem(ask(join(newFolder(), 'nowhere')));
    expect(kind).toBe('no-repository');
    expect(says).toContain('nowhere');
  });

  it('says that a repository is of another user, and how to trust it', async () => {
    const { dir } = makeRepository((story) => story.commit('one'));
    // Only root can give a folder away; git has a switch of its own for tests.
    if (process.getuid?.() === 0) for (const folder of [dir, join(dir, '.git')]) chownSync(folder, 12_345, 12_345);
    else vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1');
    const { kind, says } = await problem(ask(dir));
    expect(kind).toBe('unsafe-repository');
    expect(says).toContain(`git config --global --add safe.directory ${dir}`);
  });

  it('asks the folder it is given, not the one that the environment names', async () => {
    const { dir } = makeRepository((story) => story.commit('one'));
    vi.stubEnv('GIT_DIR', join(dir, '.git'));
    vi.stubEnv('GIT_WORK_TREE', dir);
    expect((await problem(ask(newFolder()))).kind).toBe('no-repository');
  });
});

describe('a repository without commits', () => {
  const { dir } = makeRepository();

  it('has no refs, and no current branch', async () => {
    expect(await localGit.readRefs(dir)).toEqual({ tags: [], heads: [], remoteHeads: [], current: null, defaultBranch: null });
  });

  it('says so when commits are asked for', async () => {
    const { kind, says } = await problem(QUESTIONS.readRange(dir));
    expect(kind).toBe('empty-repository');
    expect(says).toContain('no commits yet');
  });

  it('has an empty past', async () => {
    expect(await localGit.readWholeHistory(dir, { onCommit: () => undefined })).toEqual({ tags: [], commits: 0, boundary: [] });
  });
});

describe('a shallow clone', () => {
  const origin = makeRepository((story) => {
    for (let index = 1; index <= 10; index += 1) {
      story.commit(`commit ${index}`, { files: { 'a.txt': `${index}` } });
      if (index === 8) story.tag('v1.0.0', { message: 'release' });
      if (index === 3) story.tag('v0.9.0');
      if (index === 4) {
        story.on('side');
        story.commit('side');
        story.tag('v5.0.0');
        story.on('main');
      }
    }
  });
  const range = (dir: string, base: string | null) => {
    const subjects: string[] = [];
    const read = localGit.readRange(dir, { head: 'HEAD', base, onCommit: ({ subject }) => subjects.push(subject) });
    return read.then((result) => ({ ...result, subjects }));
  };

  it('that holds the whole range is as good as a full one', async () => {
    const { dir } = origin.clone('--depth=5');
    expect(await range(dir, 'v1.0.0')).toMatchObject({ subjects: ['commit 10', 'commit 9'], baseIsAncestor: true, boundary: [] });
  });

  it('whose base is the last commit it has is as good as a full one', async () => {
    const { dir } = origin.clone('--depth=3');
    expect(await range(dir, 'v1.0.0')).toMatchObject({ subjects: ['commit 10', 'commit 9'], baseIsAncestor: true });
  });

  it('that is cut off within the first release says what to fetch', async () => {
    const clone = origin.clone('--depth=1');
    const { kind, says } = await problem(range(clone.dir, null));
    expect(kind).toBe('shallow');
    expect(says).toContain('`fetch-depth: 0`');
    expect(says).toContain('git fetch --unshallow --tags');
    expect(says).toContain(clone.sha('HEAD').slice(0, 10));
  });

  it('that has the base, but not the way to it, says so by value, for the next candidate may be in reach', async () => {
    const clone = origin.clone('--depth=4');
    clone.git('fetch', '--quiet', '--depth=1', 'origin', 'tag', 'v5.0.0');
    expect(await range(clone.dir, 'v5.0.0')).toMatchObject({ baseIsAncestor: false, boundary: [clone.sha('HEAD~3')] });
    expect(await range(clone.dir, 'v1.0.0')).toMatchObject({ baseIsAncestor: true });
  });

  it('whose merged branch is cut off on the way says so', async () => {
    const merged = makeRepository((story) => {
      story.commit('one');
      story.on('topic');
      for (let index = 1; index <= 5; index += 1) story.commit(`topic ${index}`);
      story.on('main');
      story.commit('two');
      story.tag('v1.0.0');
      story.merge('topic', 'merge');
    });
    const { dir } = merged.clone('--depth=3');
    expect((await problem(range(dir, 'v1.0.0'))).kind).toBe('shallow');
  });

  it('tells where its past is cut off', async () => {
    const clone = origin.clone('--depth=4');
    const history = await localGit.readWholeHistory(clone.dir, { heads: ['HEAD'], onCommit: () => undefined });
    expect(history.boundary).toEqual([clone.sha('HEAD~3')]);
  });

  it('is not what a history is that somebody cut on purpose', async () => {
    const cut = makeRepository((story) => {
      for (let index = 1; index <= 4; index += 1) story.commit(`commit ${index}`);
    });
    mkdirSync(join(cut.dir, '.git/info'), { recursive: true });
    writeFileSync(join(cut.dir, '.git/info/grafts'), `${cut.sha('HEAD~1')}\n`);
    expect(await range(cut.dir, null)).toMatchObject({ subjects: ['commit 4', 'commit 3'], boundary: [] });
  });
});

describe('what git says', () => {
  const failure = { dir: '/repo', command: 'log', code: 128, signal: null };

  it.each<[string, GitProblemKind, string]>([
    ["fatal: detected dubious ownership in repository at '/r e'\nTo add an exception", 'unsafe-repository', 'safe.directory /r e'],
    ["fatal: unsafe repository ('/repo' is owned by someone else)", 'unsafe-repository', 'safe.directory /repo'],
    ["fatal: cannot use bare repository '/repo' (safe.bareRepository is 'explicit')", 'unsafe-repository', 'safe.bareRepository all'],
    ["fatal: bad revision '^refs/tags/v1^@'", 'unknown-ref', '^refs/tags/v1^@'],
    ["fatal: ambiguous argument 'v1': unknown revision or path not in the working tree.", 'unknown-ref', 'v1 is not'],
    [`fatal: bad object ${SHA}`, 'unknown-ref', SHA],
    ["fatal: transport 'https' not allowed", 'failed', 'partial clone'],
    ['fatal: unable to read tree (1234)', 'failed', 'partial clone'],
    ['error: disk on fire', 'failed', 'error: disk on fire'],
    ['', 'failed', 'code 128'],
    ['fatal: \u001b[31m\u0007bad', 'failed', 'fatal: [31mbad'],
  ])('%j is %s', (stderr, kind, words) => {
    const told = problemOf(stderr, failure);
    expect(told.kind).toBe(kind);
    expect(told.message).toContain(words);
  });

  it('nothing where it was ended from outside', () => {
    expect(problemOf('', { ...failure, code: null, signal: 'SIGKILL' }).message).toContain('SIGKILL');
  });

  it('anything at length without delay', () => {
    for (const shape of ["'", '(', ' ', '\n', 'bad revision ', "repository at '"]) {
      const started = performance.now();
      problemOf(shape.repeat(8_192 / shape.length), failure);
      expect(performance.now() - started).toBeLessThan(100);
    }
  });
});

it('a git that fails half way is an error, not a shorter answer', async () => {
  const folder = newFolder();
  const fake = join(folder, 'git');
  writeFileSync(fake, `#!/bin/sh\nprintf '${SHA} refs/tags/v1.0.0 \\n'\necho 'fatal: disk on fire' >&2\nexit 1\n`);
  chmodSync(fake, 0o755);
  vi.stubEnv('PATH', folder);
  const { kind, says } = await problem(localGit.readRefs(folder));
  expect(kind).toBe('failed');
  expect(says).toContain('disk on fire');
});
