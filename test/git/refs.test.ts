// The refs of a clone: read unpeeled and in one go, whatever they are called, and where the clone lies and comes from.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { localGit } from '../../src/git/local.ts';
import { parseRemote } from '../../src/git/place.ts';
import { makeRepository, newFolder, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

describe('refs', () => {
  const origin = makeRepository((story) => {
    story.commit('one');
    story.tag('v1.0.0');
    story.tag('v1.1.0', { message: 'annotated' });
    story.tag('not-a-version');
    story.tag('pkg/core@1.0.0');
    story.on('1.x');
    story.commit('two');
    story.on("feature/ünï-\"quoted\"-'it's'-$(x)-加");
    story.commit('three');
    story.on('-dash');
    story.on('main');
  });

  it('are told by name and object, a tag object where there is one', async () => {
    const refs = await localGit.readRefs(origin.dir);
    expect(refs.tags).toEqual([
      { name: 'not-a-version', sha: origin.sha('v1.0.0') },
      { name: 'pkg/core@1.0.0', sha: origin.sha('v1.0.0') },
      { name: 'v1.0.0', sha: origin.sha('v1.0.0') },
      { name: 'v1.1.0', sha: origin.git('rev-parse', 'v1.1.0') },
    ]);
    expect(refs.tags[3]?.sha).not.toBe(origin.sha('v1.1.0'));
    expect(refs.heads.map(({ name }) => name)).toEqual(['-dash', '1.x', "feature/ünï-\"quoted\"-'it's'-$(x)-加", 'main']);
    expect(refs).toMatchObject({ remoteHeads: [], current: 'main', defaultBranch: null });
  });

  it('of a clone tell the default branch and the branches of each remote', async () => {
    const clone = origin.clone();
    clone.git('remote', 'add', 'fork', clone.dir);
    clone.git('update-ref', 'refs/remotes/fork/topic/x', 'HEAD');
    clone.git('checkout', '--quiet', '1.x');
    const refs = await localGit.readRefs(clone.dir);
    expect(refs).toMatchObject({ current: '1.x', defaultBranch: 'main' });
    expect(refs.heads.map(({ name }) => name)).toEqual(['1.x', 'main']);
    expect(refs.remoteHeads.map(({ remote, name }) => `${remote} ${name}`)).toEqual([
      'fork topic/x',
      'origin -dash',
      'origin 1.x',
      "origin feature/ünï-\"quoted\"-'it's'-$(x)-加",
      'origin main',
    ]);
  });

  it('have no current branch on a detached HEAD', async () => {
    const clone = origin.clone();
    clone.git('checkout', '--quiet', '--detach');
    expect((await localGit.readRefs(clone.dir)).current).toBeNull();
  });

  it('are all told where the branch that is checked out has no commit yet', async () => {
    const clone = origin.clone();
    clone.git('symbolic-ref', 'HEAD', 'refs/heads/unborn');
    const refs = await localGit.readRefs(clone.dir);
    expect(refs).toMatchObject({ current: null, heads: [{ name: 'main' }] });
    expect(refs.tags).toHaveLength(4);
  });

  it('may have any name that git allows, and any object', async () => {
    const clone = origin.clone();
    const names = ['false', 'true', 'HEAD.x', 'refs/tags/x', 'origin/main', origin.sha('main')];
    for (const name of names) {
      clone.git('update-ref', `refs/tags/${name}`, origin.sha('v1.0.0'));
      clone.git('update-ref', `refs/heads/${name}`, origin.sha('1.x'));
    }
    clone.git('tag', 'a-tree', 'HEAD^{tree}');
    const refs = await localGit.readRefs(clone.dir);
    const tags = new Map(refs.tags.map(({ name, sha }) => [name, sha]));
    expect(names.map((name) => tags.get(name))).toEqual(names.map(() => origin.sha('v1.0.0')));
    expect(tags.get('a-tree')).toBe(clone.git('rev-parse', 'HEAD^{tree}'));
    expect(refs.heads.filter(({ name }) => names.includes(name)).map(({ sha }) => sha)).toEqual(names.map(() => origin.sha('1.x')));
    expect(refs.current).toBe('main');
  });

  it('are those of the working tree that is asked', async () => {
    const clone = origin.clone();
    const tree = join(newFolder(), 'tree');
    clone.git('worktree', 'add', '--quiet', tree, '1.x');
    expect((await localGit.readRefs(tree)).current).toBe('1.x');
    expect((await localGit.readRefs(clone.dir)).current).toBe('main');
  });

  it('are those of the submodule that is asked, not of what holds it', async () => {
    const clone = origin.clone();
    clone.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      '--branch',
      '1.x',
      pathToFileURL(origin.dir).href,
      'inner',
    );
    const inner = join(clone.dir, 'inner');
    expect((await localGit.readRefs(inner)).current).toBe('1.x');
    expect((await localGit.readRefs(clone.dir)).current).toBe('main');
    expect(await localGit.readRoot(inner)).toBe(await realpath(inner));
    expect(await localGit.readRange(inner, { head: 'HEAD', base: 'v1.0.0', files: true, onCommit: () => undefined })).toMatchObject({
      commits: 1,
      baseIsAncestor: true,
    });
  });

  it('of a bare repository are the same', async () => {
    const bare = origin.clone('--mirror');
    const refs = await localGit.readRefs(bare.dir);
    expect(refs).toEqual({ ...(await localGit.readRefs(origin.dir)) });
  });

  it('that point on to others, or to nothing, do no harm', async () => {
    const clone = origin.clone();
    clone.git('symbolic-ref', 'refs/tags/latest', 'refs/tags/v1.0.0');
    clone.git('symbolic-ref', 'refs/heads/master', 'refs/heads/main');
    clone.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/gone');
    const refs = await localGit.readRefs(clone.dir);
    expect(refs.tags).toContainEqual({ name: 'latest', sha: origin.sha('v1.0.0') });
    expect(refs.heads.map(({ name }) => name)).toEqual(['main', 'master']);
    expect(refs).toMatchObject({ current: 'main', defaultBranch: null });
  });

  it('are all there where there are twelve thousand', async () => {
    const many = makeRepository((story) => story.commit('one'));
    const sha = many.sha('HEAD');
    const lines = Array.from({ length: 12_000 }, (_, index) => `${sha} refs/tags/v0.${index}.0\n`);
    writeFileSync(join(many.dir, '.git/packed-refs'), `# pack-refs with: peeled fully-peeled \n${lines.join('')}`);
    const refs = await localGit.readRefs(many.dir);
    expect(new Set(refs.tags.map(({ name }) => name)).size).toBe(12_000);
    expect(refs.tags.every(({ name, sha }) => /^v0\.\d+\.0$/.test(name) && sha.length === 40)).toBe(true);
  });

  it('of SHA-256 repositories have longer SHAs', async () => {
    const folder = newFolder();
    const made = makeRepository();
    made.git('init', '--quiet', '--object-format=sha256', '--initial-branch=main', folder);
    made.git('-C', folder, 'commit', '--quiet', '--allow-empty', '--message', 'feat: one');
    made.git('-C', folder, 'tag', 'v1.0.0');
    const refs = await localGit.readRefs(folder);
    expect(refs.tags).toEqual([{ name: 'v1.0.0', sha: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const sha = refs.tags[0]?.sha ?? '';
    expect(await localGit.readRange(folder, { head: 'HEAD', base: sha, files: true, onCommit: () => undefined })).toMatchObject({
      baseIsAncestor: true,
      headSha: sha,
    });
  });
});

describe('the root', () => {
  const repository = makeRepository((story) => story.commit('one'));
  const folder = join(repository.dir, 'deep', 'down');
  mkdirSync(folder, { recursive: true });

  it('is found from the folder itself and from any below it', async () => {
    const root = await realpath(repository.dir);
    expect(await localGit.readRoot(repository.dir)).toBe(root);
    expect(await localGit.readRoot(folder)).toBe(root);
  });

  it('is not there in a bare repository and inside .git', async () => {
    expect(await localGit.readRoot(makeRepository(undefined, { bare: true }).dir)).toBeNull();
    expect(await localGit.readRoot(join(repository.dir, '.git'))).toBeNull();
  });
});

describe('the remote', () => {
  const github = { url: 'https://github.com/acme/app', host: 'github.com', owner: 'acme', repository: 'app' };

  it.each([
    ['https://github.com/acme/app', github],
    ['https://github.com/acme/app.git', github],
    ['https://github.com/acme/app/', github],
    ['https://x-access-token:ghs_secret@github.com/acme/app.git', github],
    ['git@github.com:acme/app.git', github],
    ['github.com:acme/app', github],
    ['ssh://git@github.com/acme/app.git', github],
    ['ssh://git@ssh.github.com:443/acme/app.git', github],
    ['git://GitHub.com/acme/app', github],
    ['https://github.com/acme/app.js', { ...github, url: 'https://github.com/acme/app.js', repository: 'app.js' }],
    [
      'http://git.example.com:8080/acme/app',
      { url: 'http://git.example.com:8080/acme/app', host: 'git.example.com:8080', owner: 'acme', repository: 'app' },
    ],
    [
      'git@gitlab.com:group/sub/app.git',
      { url: 'https://gitlab.com/group/sub/app', host: 'gitlab.com', owner: 'group/sub', repository: 'app' },
    ],
    ['', null],
    ['/srv/git/app.git', null],
    ['../app', null],
    ['file:///srv/git/app.git', null],
    ['C:\\repos\\app', null],
    ['https://github.com/acme', null],
    ['https://github.com/acme/..', null],
    ['https://github.com/acme/a](javascript:x)', null],
    ['ext::sh -c whoami% acme/app', null],
  ])('%j', (url, expected) => {
    expect(parseRemote(url)).toEqual(expected);
  });

  it('is read from the configuration, through shorthands, and without credentials', async () => {
    const repository = makeRepository();
    expect(await localGit.readRemote(repository.dir)).toBeNull();
    repository.git('remote', 'add', 'origin', 'https://user:secret@github.com/acme/app.git');
    expect(await localGit.readRemote(repository.dir)).toEqual(github);
    repository.git('remote', 'set-url', 'origin', 'gh:acme/app');
    repository.git('config', 'url.git@github.com:.insteadOf', 'gh:');
    expect(await localGit.readRemote(repository.dir)).toEqual(github);
    repository.git('remote', 'set-url', 'origin', '/srv/git/app.git');
    expect(await localGit.readRemote(repository.dir)).toBeNull();
  });

  it.each([
    ['plain', '[remote "origin"]\n\turl = https://github.com/acme/app.git\n'],
    ['in a one-line section', '[remote "origin"] url = https://github.com/acme/app.git\n'],
    ['quoted', '[remote "origin"]\n\turl = "https://github.com/acme/app.git"\n'],
    ['with a comment', '[remote "origin"]\n\turl = https://github.com/acme/app.git # here\n'],
    ['without spaces and in capitals', '[REMOTE "origin"]\nURL=https://github.com/acme/app.git\n'],
    ['over two lines', '[remote "origin"]\n\turl = https://github.com/\\\nacme/app.git\n'],
    ['given twice', '[remote "origin"]\n\turl = https://github.com/other/one.git\n\turl = https://github.com/acme/app.git\n'],
    ['given twice, the second time oddly', '[remote "origin"]\n\turl = https://github.com/a/b\n\turl=https://github.com/acme/app\n'],
    [
      'beside other remotes',
      '[remote "fork"]\n\turl = https://github.com/a/b\n[remote "origin"]\n\turl = https://github.com/acme/app\n[x]\n\turl = c\n',
    ],
    ['beside other keys', '[remote "origin"]\n\turls = x\n\turl = https://github.com/acme/app\n\tpushurl = https://github.com/a/b\n'],
    ['with line ends of Windows', '[remote "origin"]\r\n\turl = https://github.com/acme/app.git\r\n'],
    ['in an included file', '[include]\n\tpath = more\n[remote "origin"]\n\turl = https://github.com/a/b\n'],
  ])('is what git says it is where its line is %s', async (_, lines) => {
    const repository = makeRepository();
    const config = join(repository.dir, '.git/config');
    writeFileSync(config, `${readFileSync(config, 'utf8')}${lines}`);
    writeFileSync(join(repository.dir, '.git/more'), '[x]\n\ty = z\n');
    const url = repository.git('config', '--get', 'remote.origin.url');
    expect(await localGit.readRemote(repository.dir)).toEqual(parseRemote(url));
    expect(await localGit.readRemote(join(repository.dir, '.git'))).toEqual(parseRemote(url));
  });

  it('of a working tree and of a subfolder is that of the clone', async () => {
    const repository = makeRepository((story) => story.commit('one'));
    repository.git('remote', 'add', 'origin', 'https://github.com/acme/app.git');
    const tree = join(newFolder(), 'tree');
    repository.git('worktree', 'add', '--quiet', '--detach', tree);
    mkdirSync(join(tree, 'sub'));
    expect(await localGit.readRemote(tree)).toEqual(github);
    expect(await localGit.readRemote(join(tree, 'sub'))).toEqual(github);
  });

  it('is unknown outside a repository, whatever the environment names', async () => {
    const repository = makeRepository();
    repository.git('remote', 'add', 'origin', 'https://github.com/acme/app.git');
    vi.stubEnv('GIT_DIR', join(repository.dir, '.git'));
    expect(await localGit.readRemote(newFolder())).toBeNull();
    vi.unstubAllEnvs();
  });

  it('is parsed without delay whatever it is', () => {
    for (const shape of ['/', '@', ':', 'a', 'a/', '.git', 'https://', 'a@']) {
      const started = performance.now();
      parseRemote(`https://${shape.repeat(20_000)}`);
      parseRemote(shape.repeat(20_000));
      expect(performance.now() - started).toBeLessThan(100);
    }
  });
});
