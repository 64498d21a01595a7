// Real git repositories for tests, written in one go through `git fast-import`: the same story always has the same SHAs.
// Importing this keeps the machine's own git configuration out of the test process and of every git that it starts.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

Object.assign(process.env, {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2024-06-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2024-06-01T00:00:00Z',
});

/** A commit of a story, before it has a SHA. */
export type Mark = `:${number}`;

export interface CommitOptions {
  /** Path → content, or null to delete. What is not named stays as it was. */
  readonly files?: Readonly<Record<string, string | null>>;
  /** `Name <address>`. */
  readonly author?: string;
  /** Seconds since 1970; by default each commit is a minute after the one before. */
  readonly at?: number;
  /** The message's encoding header; the message is then given in bytes. */
  readonly encoding?: string;
}

/** Writes a history, one branch at a time. Begins on `main`. */
export interface Story {
  /** Goes on with a branch; a new one begins at `from`, by default where the story is. */
  on(branch: string, from?: Mark): void;
  /** Goes on with a branch that has no commits and no parents. */
  orphan(branch: string): void;
  commit(message: string | Buffer, options?: CommitOptions): Mark;
  /** Merges branches, or commits, into the one the story is on: what was done to files there is done here, and where both did, theirs wins. */
  merge(from: string | readonly string[], message?: string, options?: CommitOptions): Mark;
  /** Light, or annotated with a message; at the last commit or at `of`. */
  tag(name: string, options?: { readonly message?: string; readonly of?: Mark; readonly at?: number }): void;
}

export interface Repository {
  readonly dir: string;
  /** The SHA of a mark, or of whatever git knows by that name. */
  sha(name: string): string;
  /** Runs git in it, and gives what it prints without the last line feed; throws where it fails. */
  git(...args: readonly string[]): string;
  /** Adds to the history. Marks of earlier stories are known. */
  write(tell: (story: Story) => void): void;
  /** A clone made with `git clone`, from a file:// address so that `--depth` works. */
  clone(...options: readonly string[]): Repository;
}

export function makeRepository(tell?: (story: Story) => void, options: { readonly bare?: boolean } = {}): Repository {
  const dir = join(newFolder(), 'repository');
  mkdirSync(dir);
  run(dir, ['init', '--quiet', '--template=', ...(options.bare === true ? ['--bare'] : [])]);
  // As --initial-branch, which git has since 2.28.
  writeFileSync(join(dir, options.bare === true ? '' : '.git', 'HEAD'), 'ref: refs/heads/main\n');
  const repository = openRepository(dir);
  if (tell !== undefined) repository.write(tell);
  return repository;
}

/** An empty folder that `removeRepositories` takes away. */
export function newFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'shiplock-git-'));
  made.push(dir);
  return dir;
}

export function removeRepositories(): void {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true });
}

const made: string[] = [];

function openRepository(dir: string): Repository {
  const marks = new Map<string, string>();
  const writer = storyWriter();
  return {
    dir,
    sha: (name) => marks.get(name) ?? run(dir, ['rev-parse', '--verify', `${name}^{commit}`]),
    git: (...args) => run(dir, args),
    write: (tell) => {
      tell(writer.story);
      const list = `${dir}.marks`;
      run(
        dir,
        [
          '-c',
          'fastimport.unpackLimit=0',
          'fast-import',
          '--quiet',
          '--force',
          `--import-marks-if-exists=${list}`,
          `--export-marks=${list}`,
        ],
        writer.take(),
      );
      for (const line of readFileSync(list, 'latin1').split('\n')) {
        const [mark = '', sha = ''] = line.split(' ');
        if (sha !== '') marks.set(mark, sha);
      }
    },
    clone: (...options) => {
      const folder = newFolder();
      run(folder, ['clone', '--quiet', '--template=', ...options, pathToFileURL(dir).href, 'clone']);
      return openRepository(join(folder, 'clone'));
    },
  };
}

type FileChange = readonly [path: string, content: string | null];

function storyWriter(): { readonly story: Story; readonly take: () => Buffer } {
  let stream: Buffer[] = [];
  let text = '';
  let marks = 0;
  let clock = Date.UTC(2024, 0, 1) / 1_000;
  let current = 'main';
  const tips = new Map<string, Mark>();
  const history = new Map<Mark, { readonly parents: readonly Mark[]; readonly files: readonly FileChange[] }>();

  const reach = (from: readonly Mark[], except: ReadonlySet<Mark>): Set<Mark> => {
    const seen = new Set(from.filter((mark) => !except.has(mark)));
    for (const mark of seen) for (const parent of history.get(mark)?.parents ?? []) if (!except.has(parent)) seen.add(parent);
    return seen;
  };
  /** What the commits that a merge brings in did to files, oldest first. */
  const broughtFiles = ([first, ...merged]: readonly Mark[]): readonly FileChange[] => {
    if (first === undefined || merged.length === 0) return [];
    const brought = Array.from(reach(merged, reach([first], new Set())));
    brought.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    return Array.from(new Map(brought.flatMap((mark) => history.get(mark)?.files ?? [])));
  };

  const write = (message: string | Buffer, parents: readonly Mark[], options: CommitOptions): Mark => {
    marks += 1;
    const mark: Mark = `:${marks}`;
    clock = options.at ?? clock + 60;
    const author = options.author ?? 'Ada <ada@example.com>';
    const body = typeof message === 'string' ? Buffer.from(message) : message;
    text += `commit refs/heads/${current}\nmark ${mark}\nauthor ${author} ${clock} +0000\ncommitter ${author} ${clock} +0000\n`;
    if (options.encoding !== undefined) text += `encoding ${options.encoding}\n`;
    text += `data ${body.length}\n`;
    stream.push(Buffer.from(text), body);
    text = '\n';
    parents.forEach((parent, index) => {
      text += `${index === 0 ? 'from' : 'merge'} ${parent}\n`;
    });
    const changed = [...broughtFiles(parents), ...Object.entries(options.files ?? {})];
    for (const [path, content] of changed) {
      if (content === null) text += `D ${JSON.stringify(path)}\n`;
      else text += `M 100644 inline ${JSON.stringify(path)}\ndata ${Buffer.byteLength(content)}\n${content}\n`;
    }
    history.set(mark, { parents, files: changed });
    tips.set(current, mark);
    return mark;
  };

  const known = (name: string): Mark => {
    const mark = /^:\d+$/.test(name) ? (name as Mark) : tips.get(name);
    if (mark === undefined) throw new Error(`The story has no branch ${name} with a commit.`);
    return mark;
  };

  const story: Story = {
    on: (branch, from) => {
      const tip = tips.get(branch) ?? from ?? known(current);
      current = branch;
      if (tips.get(branch) === undefined) {
        tips.set(branch, tip);
        text += `reset refs/heads/${branch}\nfrom ${tip}\n\n`;
      }
    },
    orphan: (branch) => {
      current = branch;
      text += `reset refs/heads/${branch}\n\n`;
    },
    commit: (message, options = {}) => {
      const tip = tips.get(current);
      return write(message, tip === undefined ? [] : [tip], options);
    },
    merge: (from, message, options = {}) => {
      const names = typeof from === 'string' ? [from] : from;
      return write(message ?? `Merge branch '${names.join("', '")}'\n`, [known(current), ...names.map(known)], options);
    },
    tag: (name, { message, of = known(current), at = clock } = {}) => {
      if (message === undefined) text += `reset refs/tags/${name}\nfrom ${of}\n\n`;
      else {
        text += `tag ${name}\nfrom ${of}\ntagger Ada <ada@example.com> ${at} +0000\ndata ${Buffer.byteLength(message)}\n${message}\n`;
      }
    },
  };
  return {
    story,
    take: () => {
      const whole = Buffer.concat([...stream, Buffer.from(text)]);
      stream = [];
      text = '';
      return whole;
    },
  };
}

function run(dir: string, args: readonly string[], input?: Buffer): string {
  const { status, stdout, stderr, error } = spawnSync('git', args, { cwd: dir, input: input ?? '', maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed (${status}): ${stderr.toString()}`);
  return stdout.toString().replace(/\n$/, '');
}
