// The command line on small repositories, run as people run it: what it answers when a question is odd, and the words when it cannot.
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeRepository, newFolder, removeRepositories } from '../support/git.ts';

afterAll(removeRepositories);

const CLI = join(import.meta.dirname, '../../src/cli.ts');

function shiplock(cwd: string, args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd, encoding: 'utf8', input, timeout: 30_000 });
  return { status, stdout, stderr };
}

const released = makeRepository((story) => {
  story.commit('feat: one');
  story.tag('v1');
  story.commit('fix: two');
  story.tag('v1.0.0');
  story.commit('fix: three');
  story.tag('1.2.3.4');
  story.commit('feat: four');
});

const twice = makeRepository((story) => {
  story.commit('feat: one');
  story.tag('v1.0.0');
  story.commit('feat: two');
  story.tag('v1.1.0');
  story.commit('fix: three');
});

describe('plan --since', () => {
  it.each(['v1', '1.2.3.4', 'v1.0.0'])('counts on from the last release where it names %s, version or not', (tag) => {
    const { status, stdout } = shiplock(released.dir, ['plan', '--json', '--since', tag]);
    expect(JSON.parse(stdout)).toMatchObject({ since: { tag, version: '1.0.0', sha: released.sha(tag) }, version: '1.1.0' });
    expect(status).toBe(0);
  });

  it.each([
    ['1.0.0', 'There is no tag 1.0.0 in the history that is planned. Did you mean v1.0.0?\n'],
    ['main', 'There is no tag main in the history that is planned. Name one that is, with --since.\n'],
  ])('does not take %s for a tag', (name, says) => {
    expect(shiplock(released.dir, ['plan', '--since', name])).toEqual({ status: 2, stdout: '', stderr: says });
  });

  it('does not say that a version lies outside the history that holds it', () => {
    const { status, stdout } = shiplock(twice.dir, ['plan', '--since', 'v1.0.0']);
    expect(status).toBe(1);
    expect(stdout).toContain('The next version would be 1.1.0, which exists already. Plan from that release');
  });
});

describe('plan', () => {
  it('does not say that there is nothing to release where a wish is refused', () => {
    const { status, stdout } = shiplock(released.dir, ['plan', '--release-as', '0.9.0']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^release held back {2}\(main, since v1\.0\.0\)/);
  });

  it('names this folder in words', () => {
    expect(shiplock(released.dir, ['plan', '--to', 'nope']).stderr).toContain('nope is not a commit in this folder. ');
    expect(shiplock(newFolder(), ['plan'])).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('There is no git repository in this folder.'),
    });
  });

  it('reads no policy without end', ({ skip }) => {
    if (process.platform === 'win32') skip('there is no /dev/zero here');
    const link = join(newFolder(), 'shiplock.yml');
    symlinkSync('/dev/zero', link);
    const { status, stderr } = shiplock(released.dir, ['plan', '--policy', link]);
    expect(status).toBe(2);
    expect(stderr).toContain('no policy of more than 256 KiB is read');
  });

  it('says that its answer could not be written', ({ skip }) => {
    if (process.platform !== 'linux') skip('there is no /dev/full here');
    const { status, stderr } = spawnSync('sh', ['-c', '"$0" "$1" plan > /dev/full', process.execPath, CLI], {
      cwd: released.dir,
      encoding: 'utf8',
    });
    expect(stderr).toBe('The answer could not be written (ENOSPC), so what is on stdout is not whole.\n');
    expect(status).toBe(3);
  });
});

describe('notes', () => {
  it.each(['v1.1.0', 'refs/tags/v1.1.0'])('are of the release that --to %s names', (to) => {
    const { status, stdout } = shiplock(twice.dir, ['notes', '--since', 'v1.0.0', '--to', to, '--json']);
    const { version, tag, notes } = JSON.parse(stdout);
    expect({ status, version, tag }).toEqual({ status: 0, version: '1.1.0', tag: 'v1.1.0' });
    expect(notes).toContain('v1.0.0…v1.1.0');
  });
});

describe('classify', () => {
  it('reads a file that begins with a byte order mark', () => {
    const { status, stdout } = shiplock(newFolder(), ['classify', '--json'], '\ufeff{"title":"feat: a"}\r\n{"title":"fix: b"}');
    expect(status).toBe(0);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).kind),
    ).toEqual(['feature', 'maintenance']);
  });
});

describe('a repository of packages', () => {
  const monorepo = makeRepository((story) => {
    story.commit('feat: start', {
      files: {
        'packages/core/a': '1',
        'packages/cli/a': '1',
      },
    });
    story.tag('core-v1.0.0');
    story.tag('cli-v2.0.0');
    story.commit('feat: deeper', { files: { 'packages/core/b': '1' } });
    story.commit('fix: nowhere', { files: { x: '1' } });
  });
  const packages = 'packages:\n  - { name: core, path: packages/core }\n  - { name: cli, path: packages/cli }\n';
  mkdirSync(join(monorepo.dir, '.github'), { recursive: true });
  writeFileSync(join(monorepo.dir, '.github/shiplock.yml'), `version: 1\n${packages}`);

  it('has a number for each package and none as a whole', () => {
    const { status, stdout } = shiplock(monorepo.dir, ['plan', '--json']);
    const plan = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(plan).toMatchObject({ kind: 'feature', bump: 'minor', version: null, tag: null, since: null });
    expect(plan.packages.map((one: { package: string; tag: string | null }) => [one.package, one.tag])).toEqual([
      ['core', 'core-v1.1.0'],
      ['cli', null],
    ]);
    expect(plan.alarms).toMatchObject([{ code: 'change-in-no-package' }]);
  });

  it('has the notes of each package under its own name', () => {
    const { stdout } = shiplock(monorepo.dir, ['notes']);
    expect(stdout).toContain('## core 1.1.0');
    expect(stdout).not.toContain('nowhere');
  });
});

describe('backtest', () => {
  it('says that a shallow clone has no past to replay', () => {
    const { status, stderr } = shiplock(twice.clone('--depth=1').dir, ['backtest']);
    expect(status).toBe(3);
    expect(stderr).toContain('--unshallow');
  });
});

describe('plan --release-as', () => {
  it('is a wrong call where it names no version at all', () => expect(shiplock(twice.dir, ['plan', '--release-as', 'x']).status).toBe(2));
});
