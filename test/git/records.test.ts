// What people really wrote into commits: every message, name and date that git can store is read, and nothing in it can shift a record.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Commit } from '../../src/core/change.ts';
import { localGit } from '../../src/git/local.ts';
import { splitRecords } from '../../src/git/records.ts';
import { type CommitOptions, makeRepository, type Repository, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

async function head(repository: Repository, revision = 'HEAD'): Promise<Commit> {
  const commits: Commit[] = [];
  await localGit.readRange(repository.dir, { head: revision, base: null, onCommit: (commit) => commits.push(commit) });
  return commits[0] as Commit;
}

/** A commit object as it stands, which git itself would refuse to make. */
function rawCommit(repository: Repository, content: string | Buffer): string {
  const tree = repository.git('rev-parse', 'HEAD^{tree}');
  const input = Buffer.concat([Buffer.from(`tree ${tree}\n`), Buffer.from(content)]);
  const { stdout } = spawnSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], { cwd: repository.dir, input });
  return stdout.toString().trim();
}

describe('a message', () => {
  it.each<[string, string | Buffer, { subject: string; body: string }, CommitOptions?]>([
    ['of one line', 'feat: x', { subject: 'feat: x', body: '' }],
    ['with a body', 'feat: x\n\nbody\n\nlast\n', { subject: 'feat: x', body: 'body\n\nlast' }],
    ['that is empty', '', { subject: '', body: '' }],
    ['of blank lines', '\n  \n\t\n', { subject: '', body: '' }],
    ['that begins with blank lines', '\n \nfix: y\n\nbody', { subject: 'fix: y', body: 'body' }],
    ['with spaces around its subject', '  fix: y \t \n\n  indented\nbody', { subject: 'fix: y', body: '  indented\nbody' }],
    ['with a footer right below its subject', 'feat: x\nBREAKING CHANGE: y', { subject: 'feat: x', body: 'BREAKING CHANGE: y' }],
    ['with line ends of Windows', 'fix: y\r\n\r\nbody\r\nlast\r\n', { subject: 'fix: y', body: 'body\nlast' }],
    [
      'with what this reader separates by',
      'fix: %H%x00\n\n%x00 \u0001\u001f\u001e text',
      { subject: 'fix: %H%x00', body: '%x00 \u0001\u001f\u001e text' },
    ],
    ['with terminal control', 'fix: \u001b[31mred\u001b[0m\u0007', { subject: 'fix: \u001b[31mred\u001b[0m\u0007', body: '' }],
    ['in many scripts', 'feat: 加 ✨ ünï 🚀\n\nтело', { subject: 'feat: 加 ✨ ünï 🚀', body: 'тело' }],
    ['in Latin-1 that says so', Buffer.from('fix: déjà vu', 'latin1'), { subject: 'fix: déjà vu', body: '' }, { encoding: 'ISO-8859-1' }],
    [
      'in Shift JIS that says so',
      Buffer.from('fix: \x93\xfa\x96\x7b', 'latin1'),
      { subject: 'fix: 日本', body: '' },
      { encoding: 'Shift_JIS' },
    ],
    ['in Latin-1 that does not say so', Buffer.from('fix: d\xe9j\xe0 vu', 'latin1'), { subject: 'fix: d\ufffdj\ufffd vu', body: '' }],
    ['in an encoding nobody knows', 'fix: plain', { subject: 'fix: plain', body: '' }, { encoding: 'klingon-8' }],
  ])('%s', async (_, message, expected, options) => {
    const repository = makeRepository((story) => {
      story.commit('before');
      story.commit(message, options);
    });
    expect(await head(repository)).toMatchObject(expected);
  });

  it('of a megabyte in one line is read whole, and so is what comes after it', async () => {
    const long = `feat: ${'long '.repeat(200_000)}end`;
    const repository = makeRepository((story) => {
      story.commit('before');
      story.commit(long);
      story.commit(`after\n\n${long}`);
    });
    const commits: Commit[] = [];
    await localGit.readRange(repository.dir, { head: 'HEAD', base: null, onCommit: (commit) => commits.push(commit) });
    expect(commits.map((commit) => [commit.subject.length, commit.body.length])).toEqual([
      [5, long.length],
      [long.length, 0],
      [6, 0],
    ]);
  });

  it('is read as git log itself has it whatever the configuration says', async () => {
    const repository = makeRepository((story) => {
      story.commit(Buffer.from('fix: déjà', 'latin1'), { encoding: 'ISO-8859-1' });
    });
    for (const [key, value] of Object.entries({
      'i18n.commitEncoding': 'ISO-8859-1',
      'i18n.logOutputEncoding': 'UTF-16',
      'color.ui': 'always',
      'format.pretty': 'oneline',
      'log.date': 'relative',
      'log.decorate': 'full',
      'log.showRoot': 'false',
      'log.follow': 'true',
      'log.diffMerges': 'on',
      'diff.renames': 'copies',
      'core.quotePath': 'true',
    })) {
      repository.git('config', key, value);
    }
    expect((await head(repository)).subject).toBe('fix: déjà');
  });
});

describe('an author', () => {
  const author = async (line: string) => {
    const repository = makeRepository((story) => {
      story.commit('before');
    });
    return head(repository, rawCommit(repository, `${line}committer C <c@example.com> 1700000000 +0000\n\nfix: x\n`));
  };

  it.each([
    ['has a name and an address', 'author José Ñu <jose@example.com> 1700000000 +0100\n', { name: 'José Ñu', email: 'jose@example.com' }],
    ['has no address', 'author Nobody <> 1700000000 +0000\n', { name: 'Nobody' }],
    ['has no name', 'author  <a@example.com> 1700000000 +0000\n', { name: '', email: 'a@example.com' }],
    ['has neither', 'author  <> 1700000000 +0000\n', { name: '' }],
    ['is not there', '', { name: '' }],
  ])('%s', async (_, line, person) => {
    const commit = await author(line);
    expect(commit.author).toEqual(person);
    expect(commit).toMatchObject({ subject: 'fix: x', parents: [] });
  });

  it.each([
    ['in their own time zone', '1700000000 +0530', '2023-11-15T03:43:20+05:30'],
    ['before 1970, which git does not know', '-5 +0000', '1970-01-01T00:00:00Z'],
    ['beyond all years', '99999999999999999999 +0000', '1970-01-01T00:00:00Z'],
    ['that is no number', 'yesterday +0000', '1970-01-01T00:00:00Z'],
    ['that is not there', '', '1970-01-01T00:00:00Z'],
  ])('has a date %s', async (_, date, expected) => {
    expect((await author(`author A <a@example.com> ${date}\n`)).date).toBe(expected);
  });

  it('who is missing has a date all the same', async () => {
    expect((await author('')).date).toBe('1970-01-01T00:00:00Z');
  });
});

it('a message with a NUL in it ends there, and shifts nothing', async () => {
  const repository = makeRepository((story) => {
    story.commit('before');
  });
  const content = `parent ${repository.sha('HEAD')}\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n\nfix: x\0hidden\n`;
  const sha = rawCommit(repository, content);
  const subjects: string[] = [];
  await localGit.readRange(repository.dir, { head: sha, base: null, onCommit: (commit) => subjects.push(commit.subject) });
  expect(subjects).toEqual(['fix: x', 'before']);
});

describe('records', () => {
  it('are the same however the bytes come in', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat({ max: 9 })), (texts, sizes) => {
        const records = texts.map((text) => text.replaceAll('\0', ''));
        const bytes = Buffer.from(records.map((record) => `${record}\0`).join(''));
        const read: string[] = [];
        const take = splitRecords((buffer, start, end) => read.push(buffer.toString('utf8', start, end)));
        let at = 0;
        for (const size of sizes) {
          take(bytes.subarray(at, at + size));
          at += size;
        }
        take(bytes.subarray(at));
        expect(read).toEqual(records);
      }),
    );
  });
});
