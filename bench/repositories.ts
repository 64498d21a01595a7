// The repositories that are measured: real ones that are already on this machine, generated ones, and states derived from them ("as it was
// when nothing after this tag was released"). All made copies are kept in the temporary folder and share the objects of their source.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Shape } from './generate.ts';
import { generateInto } from './generate.ts';

export interface Repository {
  readonly name: string;
  readonly directory: string;
}

/** A repository in which HEAD is unreleased: `since` is the newest release, or null where nothing was ever released. */
export interface State extends Repository {
  readonly since: string | null;
  readonly commits: number;
  readonly tags: number;
}

const CACHE = join(tmpdir(), 'shiplock-bench');
/** Raised when the generator or the way states are derived changes, so that old copies are not taken for new. */
const EDITION = 3;
const STABLE = /^v?\d+\.\d+\.\d+$/;

export function git(directory: string, ...args: string[]): string {
  return execFileSync('git', ['-C', directory, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

function isRepository(directory: string): boolean {
  return existsSync(join(directory, '.git')) || (existsSync(join(directory, 'HEAD')) && existsSync(join(directory, 'objects')));
}

/** Every git directory in `folder`, one level down (`name`) or two (`name/repo`). */
export function findRepositories(folder: string): Repository[] {
  const found: Repository[] = [];
  for (const name of readdirSync(folder).sort()) {
    const directory = [join(folder, name), join(folder, name, 'repo')].find(
      (each) => statSync(each, { throwIfNoEntry: false })?.isDirectory() && isRepository(each),
    );
    if (directory !== undefined) found.push({ name: name.replace('+', '/'), directory });
  }
  return found;
}

export function namedRepository(directory: string): Repository {
  const full = resolve(directory);
  if (!existsSync(full) || !isRepository(full))
    throw new Error(`${full} is no git repository. Give --repo the folder that holds .git, or a bare one.`);
  return {
    name: basename(full) === 'repo' ? basename(dirname(full)).replace('+', '/') : basename(full).replace(/\.git$/, ''),
    directory: full,
  };
}

export function countCommits(directory: string, range = 'HEAD'): number {
  return Number(git(directory, 'rev-list', '--count', range));
}

function describeState(name: string, directory: string, since: string | null): State {
  const tags = git(directory, 'for-each-ref', '--format=x', 'refs/tags').split('\n').filter(Boolean).length;
  return { name, directory, since, tags, commits: countCommits(directory, since === null ? 'HEAD' : `${since}..HEAD`) };
}

/** Makes `directory` once: `fill` works on a folder beside it that takes its name only when it is whole. */
async function once(directory: string, fill: (draft: string) => void | Promise<void>): Promise<void> {
  if (existsSync(directory)) return;
  const draft = `${directory}.making-${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(dirname(draft), { recursive: true });
  await fill(draft);
  renameSync(draft, directory);
}

export async function generated(shape: Shape): Promise<State> {
  const directory = join(CACHE, `generated-${EDITION}-${shape.commits}-${shape.tags}-${shape.unreleased}-${shape.seed}`);
  await once(directory, async (draft) => {
    console.error(`Generating a repository of ${shape.commits} commits and ${shape.tags} tags …`);
    mkdirSync(draft, { recursive: true });
    git(draft, 'init', '--quiet', '--initial-branch=main');
    git(draft, 'remote', 'add', 'origin', 'https://github.com/example/generated.git');
    await generateInto(draft, shape);
    git(draft, 'pack-refs', '--all');
    git(draft, 'checkout', '--quiet', 'HEAD', '--', 'package.json');
  });
  const since = shape.tags === 0 ? null : git(directory, 'describe', '--tags', '--abbrev=0', 'HEAD');
  return describeState(`generated, ${shape.commits.toLocaleString('en')} commits`, directory, since);
}

/** The newest stable release in HEAD's history that has at least `least` commits after it. */
export function sinceWithAtLeast(directory: string, least: number): string | null {
  const merged = git(directory, 'tag', '--merged', 'HEAD', '--sort=-creatordate').split('\n');
  return merged.filter((tag) => STABLE.test(tag)).find((tag) => countCommits(directory, `${tag}..HEAD`) >= least) ?? null;
}

/** The source with HEAD at `to` and only the tags that existed when `since` was made; none at all where `since` is null. */
export async function stateAt(source: Repository, since: string | null, to: string): Promise<State> {
  const target = git(source.directory, 'rev-parse', '--verify', `${to}^{commit}`);
  const key = `${source.name.replaceAll(/[^\w.-]/g, '-')}-${EDITION}-${since?.replaceAll(/[^\w.-]/g, '-') ?? 'no-tags'}-${target.slice(0, 12)}`;
  const directory = join(CACHE, key);
  await once(directory, (draft) => {
    execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', source.directory, draft], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    git(draft, 'remote', 'remove', 'origin');
    git(draft, 'remote', 'add', 'origin', `https://github.com/${source.name.includes('/') ? source.name : `example/${source.name}`}.git`);
    git(draft, 'update-ref', 'refs/heads/main', target);
    git(draft, 'symbolic-ref', 'HEAD', 'refs/heads/main');
    const made = (line: string) => Number(line.split(' ')[0]);
    const tags = git(draft, 'for-each-ref', '--format=%(creatordate:unix) %(refname)', 'refs/tags').split('\n').filter(Boolean);
    const last = since === null ? -1 : made(git(draft, 'for-each-ref', '--format=%(creatordate:unix)', `refs/tags/${since}`));
    const gone = tags.filter((line) => made(line) > last).map((line) => `delete ${line.split(' ')[1]}\n`);
    execFileSync('git', ['-C', draft, 'update-ref', '--stdin'], { input: gone.join('') });
    git(draft, 'pack-refs', '--all');
    try {
      git(draft, 'checkout', '--quiet', 'HEAD', '--', 'package.json');
    } catch {
      // Not every repository has one, and no tool here needs it.
    }
  });
  return describeState(source.name, directory, since);
}
