// A clone may come from anybody: reading it runs nothing that its configuration, attributes or mailmap name, and reaches for no network.
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Commit } from '../../src/core/change.ts';
import { localGit } from '../../src/git/local.ts';
import { makeRepository, newFolder, type Repository, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);
afterEach(() => vi.unstubAllEnvs());

const folder = newFolder();
const trace = join(folder, 'was-run');
const program = join(folder, 'program');
writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${trace}'\ncat\n`);
chmodSync(program, 0o755);

function makeSigned(): Repository {
  const repository = makeRepository((story) => {
    story.commit('one', { files: { 'a.txt': 'a\n' } });
    story.tag('v1.0.0', { message: 'release' });
    story.commit('two', {
      files: { 'a.txt': 'b\n', '.gitattributes': '*.txt diff=evil filter=evil\n', '.mailmap': 'Eve <eve@x.example> <ada@example.com>\n' },
    });
  });
  // A signature makes git start gpg.program where log.showSignature is set.
  const tree = repository.git('rev-parse', 'HEAD^{tree}');
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEz\n -----END PGP SIGNATURE-----\n';
  const commit = `tree ${tree}\nparent ${repository.sha('HEAD')}\nauthor Ada <ada@example.com> 1700000000 +0000\ncommitter Ada <ada@example.com> 1700000000 +0000\n${signature}\nsigned\n`;
  const file = join(folder, 'commit');
  writeFileSync(file, commit);
  const sha = repository.git('hash-object', '-t', 'commit', '-w', file);
  repository.git('update-ref', 'refs/heads/main', sha);
  repository.git('reset', '--hard', '--quiet');
  return repository;
}

async function askEverything(dir: string): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  await localGit.readRefs(dir);
  await localGit.readRemote(dir);
  await localGit.readRoot(dir);
  await localGit.readRange(dir, { head: 'HEAD', base: 'v1.0.0', files: true, onCommit: (commit) => commits.push(commit) });
  await localGit.readFiles(dir, commits);
  await localGit.readPatchIds(dir, commits);
  await localGit.readAncestors(dir, { of: 'HEAD', shas: commits.map(({ sha }) => sha) });
  await localGit.readMerged(dir, 'HEAD');
  await localGit.resolve(dir, ['main']);
  await localGit.readWholeHistory(dir, { onCommit: () => undefined });
  await localGit.readAuthors(dir, 'HEAD');
  return commits;
}

const SETTINGS: Readonly<Record<string, string>> = {
  'core.fsmonitor': program,
  'core.pager': program,
  'pager.log': program,
  'core.hooksPath': folder,
  'core.sshCommand': program,
  'core.askPass': program,
  'core.editor': program,
  'credential.helper': `!${program}`,
  'diff.external': program,
  'diff.evil.command': program,
  'diff.evil.textconv': program,
  'filter.evil.clean': program,
  'filter.evil.smudge': program,
  'filter.evil.process': program,
  'log.showSignature': 'true',
  'gpg.program': program,
  'gpg.x509.program': program,
  'alias.log': `!${program}`,
  'alias.for-each-ref': `!${program}`,
  'uploadpack.packObjectsHook': program,
  'trailer.x.command': program,
  'interactive.diffFilter': program,
};

describe('a configuration that names programs', () => {
  it('would have git run them when asked the plain way, so that this test can fail', () => {
    const repository = makeSigned();
    for (const [key, value] of Object.entries(SETTINGS)) repository.git('config', key, value);
    repository.git('log', '-1');
    expect(existsSync(trace)).toBe(true);
  });

  it('runs none of them', async () => {
    const repository = makeSigned();
    for (const [key, value] of Object.entries(SETTINGS)) repository.git('config', key, value);
    writeFileSync(trace, '');
    const commits = await askEverything(repository.dir);
    expect(commits.map(({ subject }) => subject)).toEqual(['signed', 'two']);
    expect(readFileSync(trace, 'utf8')).toBe('');
  });

  it('is not joined by one in the environment', async () => {
    const repository = makeSigned();
    writeFileSync(trace, '');
    vi.stubEnv('GIT_EXTERNAL_DIFF', program);
    vi.stubEnv('GIT_PAGER', program);
    vi.stubEnv('GIT_DIFF_OPTS', '--unified=0');
    await askEverything(repository.dir);
    expect(readFileSync(trace, 'utf8')).toBe('');
  });
});

it('a mailmap does not change who wrote a commit, be it a file, an endless one, or a setting', async () => {
  const repository = makeSigned();
  const first = await askEverything(repository.dir);
  repository.git('rm', '--quiet', '--force', '.mailmap');
  symlinkSync('/dev/zero', join(repository.dir, '.mailmap'));
  repository.git('config', 'mailmap.file', '/dev/zero');
  expect(await askEverything(repository.dir)).toEqual(first);
  expect(first[0]?.author).toEqual({ name: 'Ada', email: 'ada@example.com' });
});

it('a replaced commit is read as everybody else has it', async () => {
  const repository = makeRepository((story) => {
    story.commit('one');
    story.tag('v1.0.0');
    story.commit('feat: as pushed');
    story.orphan('elsewhere');
    story.commit('fix: as replaced');
  });
  repository.git('replace', 'main', 'elsewhere');
  const subjects: string[] = [];
  await localGit.readRange(repository.dir, { head: 'HEAD', base: 'v1.0.0', onCommit: ({ subject }) => subjects.push(subject) });
  expect(subjects).toEqual(['feat: as pushed']);
});

describe('a partial clone', () => {
  const origin = makeRepository((story) => {
    story.commit('one', { files: { 'a.txt': 'a\n', 'deep/b.txt': 'b\n' } });
    story.tag('v1.0.0');
    story.commit('two', { files: { 'a.txt': 'b\n' } });
  });
  origin.git('config', 'uploadpack.allowFilter', 'true');
  const ask = (dir: string) => {
    const commits: Commit[] = [];
    const read = localGit.readRange(dir, { head: 'HEAD', base: 'v1.0.0', files: true, onCommit: (commit) => commits.push(commit) });
    return read.then(() => commits);
  };

  it('without file contents tells commits and paths, and says what it cannot tell', async () => {
    const clone = origin.clone('--filter=blob:none', '--no-checkout');
    const commits = await ask(clone.dir);
    expect(commits.map(({ files }) => files)).toEqual([['a.txt']]);
    await expect(localGit.readPatchIds(clone.dir, commits)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('partial clone'),
    });
  });

  it('without folders says so, and fetches nothing', async () => {
    const clone = origin.clone('--filter=tree:0', '--no-checkout');
    clone.git('config', 'remote.origin.uploadpack', program);
    clone.git('config', 'remote.origin.url', 'ssh://git@example.com/acme/app.git');
    clone.git('config', 'core.sshCommand', program);
    writeFileSync(trace, '');
    await expect(ask(clone.dir)).rejects.toMatchObject({ kind: 'failed', message: expect.stringContaining('partial clone') });
    expect(readFileSync(trace, 'utf8')).toBe('');
  });
});

it('nothing of the clone is written', async () => {
  const repository = makeSigned();
  mkdirSync(join(repository.dir, 'untracked'));
  const list = () => repository.git('-c', 'core.untrackedCache=false', 'count-objects', '-v') + repository.git('for-each-ref');
  const before = list();
  await askEverything(repository.dir);
  expect(list()).toBe(before);
});
