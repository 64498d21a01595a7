// Who is measured and how each is called: ours, the floor, and the peers that `bench/package.json` pins.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant } from './measure.ts';
import type { State } from './repositories.ts';

const HERE = import.meta.dirname;
export const CLI = join(HERE, '..', 'dist', 'cli.js');
const NODE = process.execPath;

/** Installs the peers where they are absent, saying so: they are not part of the project's own tree. */
export function installPeers(): void {
  if (existsSync(join(HERE, 'node_modules', '.package-lock.json'))) return;
  console.error('Installing the peers with `npm ci --prefix bench` (about 110 MB, once) …');
  const { status } = spawnSync('npm', ['ci', '--prefix', HERE, '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    throw new Error('The peers could not be installed. Run `npm ci --prefix bench` and read what it says, or pass --without-peers.');
}

/** git-cliff's own program, not its wrapper in Node; null where npm has no build of that edition for this machine (2.14: Linux x64 only). */
function cliffBinary(edition: string): string | null {
  const path = join(HERE, 'node_modules', `git-cliff-${edition}-${process.platform}-${process.arch}`, 'bin', 'git-cliff');
  if (existsSync(path)) return path;
  console.error(`Skipped: git-cliff ${edition} has no build for ${process.platform} ${process.arch} here.`);
  return null;
}

function readsJson<T>(check: (value: T) => string | null): (output: string) => string | null {
  return (output) => {
    try {
      return check(JSON.parse(output) as T);
    } catch (error) {
      return `unreadable output: ${error instanceof Error ? error.message.slice(0, 60) : error}`;
    }
  };
}

function sawAll(state: State, orMore = false): (output: string) => string | null {
  return readsJson<{ commits: number }>(({ commits }) =>
    commits === state.commits || (orMore && commits > state.commits) ? null : `saw ${commits} of ${state.commits} commits`,
  );
}

function wroteNotes(output: string): string | null {
  return output.includes('\n') && output.length > 500 ? null : `only ${output.length} characters of notes`;
}

export function floor(state: State): Contestant {
  const range = state.since === null ? 'HEAD' : `${state.since}..HEAD`;
  return { name: 'floor', command: [NODE, join(HERE, 'floor.mjs'), 'log', state.directory, range], check: sawAll(state) };
}

interface Answer {
  readonly since: { readonly tag: string } | null;
  readonly changes: readonly unknown[];
  readonly excluded: readonly unknown[];
  readonly notes: string;
}

/** Ours finds the last release and the range by itself; that they are the right ones is checked. */
export function ours(state: State): Contestant {
  return {
    name: 'shiplock plan',
    command: [NODE, CLI, 'plan', '--repo', state.directory, '--json'],
    // 1 is an answer too: a plan with objections.
    accept: [0, 1],
    check: readsJson<Answer>((plan) => {
      const since = plan.since?.tag ?? null;
      if (since !== state.since) return `planned since ${since}, not ${state.since}`;
      const seen = plan.changes.length + plan.excluded.length;
      // Merge commits and squashed branches make fewer changes than commits; half of them would be a loss.
      return seen < state.commits / 2
        ? `saw ${seen} changes in ${state.commits} commits`
        : plan.notes.length > 200
          ? null
          : 'wrote no notes';
    }),
  };
}

/** `tagged`: the same commits with all their tags, where git-cliff 2.12 writes a whole history quicker (and 2.14 takes minutes). */
export function peers(state: State, tagged: State = state): Contestant[] {
  const from = state.since ?? '';
  const options = ['--offline', '--tag-pattern', '^v?[0-9]', ...(state.since === null ? [] : ['--unreleased', '--bump'])];
  const cliff = (edition: string, { directory }: State): Contestant[] => {
    const binary = cliffBinary(edition);
    return binary === null ? [] : [{ name: `git-cliff ${edition}`, command: [binary, ...options], cwd: directory, check: wroteNotes }];
  };
  const node = (name: string, ...args: string[]) => [NODE, join(HERE, 'peers', name), state.directory, ...args];
  return [
    ...cliff('2.12', tagged),
    ...cliff('2.14', state),
    {
      name: 'semantic-release analyzer + notes',
      command: node('semantic-release.mjs', from, 'conventionalcommits'),
      check: sawAll(state),
    },
    { name: 'conventional-changelog', command: node('conventional-changelog.mjs'), check: wroteNotes },
    // It asks git for `from...to`, which takes in what was released elsewhere meanwhile: more commits than the range has, never fewer.
    { name: 'changelogen', command: node('changelogen.mjs', from), check: sawAll(state, true) },
  ];
}

function writesLines(count: number): (output: string) => string | null {
  return (output) => {
    const lines = output.split('\n').length - 1;
    return lines === count ? null : `wrote ${lines} lines for ${count}`;
  };
}

export function classifyFloor(input: string, lines: number): Contestant {
  return { name: 'floor', command: [NODE, join(HERE, 'floor.mjs'), 'lines'], input, check: writesLines(lines) };
}

export function oursClassify(input: string, lines: number): Contestant {
  return { name: 'shiplock classify', command: [NODE, CLI, 'classify', '--json'], input, accept: [0, 1], check: writesLines(lines) };
}
