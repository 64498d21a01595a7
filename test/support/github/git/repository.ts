// One bare git repository on disk: its objects, its refs, and the questions that only git answers well (which commits, which files).
// Answers about commits never change, so they are remembered by their hashes.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Commit, formatPerson, ObjectStore, type Person, type Tag } from './objects.ts';
import { RefStore } from './refs.ts';
import { type Files, writeFiles } from './trees.ts';

export class GitRepository {
  readonly folder: string;
  readonly objects: ObjectStore;
  readonly refs: RefStore;
  readonly #remembered = new Map<string, unknown>();

  /** A fork shares its parent's objects, as GitHub's do: a commit of either is seen in both. */
  constructor(folder: string, parent: GitRepository | null = null) {
    this.folder = folder;
    mkdirSync(join(folder, 'refs', 'heads'), { recursive: true });
    if (parent) symlinkSync(join(parent.folder, 'objects'), join(folder, 'objects'));
    else mkdirSync(join(folder, 'objects', 'info'), { recursive: true });
    if (!existsSync(join(folder, 'HEAD'))) writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
    // What is pushed stays loose, and nothing is ever collected: a commit that no ref holds can still be asked for, as on GitHub.
    const config =
      '[core]\n\trepositoryformatversion = 0\n\tbare = true\n[gc]\n\tauto = 0\n[receive]\n\tunpackLimit = 100000\n\tdenyNonFastForwards = false\n[uploadpack]\n\tallowAnySHA1InWant = true\n';
    writeFileSync(join(folder, 'config'), config);
    this.objects = parent ? parent.objects : new ObjectStore(folder);
    this.refs = new RefStore(folder);
  }

  git(args: readonly string[], input?: string): { readonly status: number; readonly out: string } {
    const env = { PATH: process.env.PATH ?? '', HOME: this.folder, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C', GIT_DIR: this.folder };
    const { status, stdout, stderr, error } = spawnSync('git', args, {
      cwd: this.folder,
      env,
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (error)
      throw new Error(`git could not be started: ${error.message}. The world keeps its histories in real repositories and needs git.`);
    if ((status ?? 128) > 1) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
    return { status: status ?? 128, out: stdout };
  }

  remember<T>(key: string, compute: () => T): T {
    if (!this.#remembered.has(key)) this.#remembered.set(key, compute());
    return this.#remembered.get(key) as T;
  }

  head(branch: string): string | null {
    return this.refs.read(`refs/heads/${branch}`);
  }

  commit(sha: string): Commit {
    const commit = this.objects.commit(sha);
    if (!commit) throw new Error(`There is no commit ${sha} in ${this.folder}.`);
    return commit;
  }

  /** What a name means to GitHub's `{ref}`: a hash (whole, or its unique beginning), a branch, a tag, `heads/x`, `tags/x` or a full name. */
  resolve(name: string): string | null {
    if (name === 'HEAD') return null;
    for (const full of [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name]) {
      const sha = this.refs.read(full);
      if (sha) return this.peel(sha);
    }
    if (/^[0-9a-f]{40}$/.test(name)) return this.objects.read(name) ? this.peel(name) : null;
    if (!/^[0-9a-f]{7,39}$/.test(name)) return null;
    const { status, out } = this.git(['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
    return status === 0 ? out.trim() : null;
  }

  /** From a tag object to the commit it names; null where it names none. */
  peel(sha: string): string | null {
    const object = this.objects.read(sha);
    if (object?.type === 'tag') return this.peel((this.objects.tag(sha) as Tag).object);
    return object?.type === 'commit' ? sha : null;
  }

  writeCommit(commit: { tree: string; parents: readonly string[]; author: Person; committer: Person; message: string }): string {
    const parents = commit.parents.map((sha) => `parent ${sha}\n`).join('');
    const people = `author ${formatPerson(commit.author)}\ncommitter ${formatPerson(commit.committer)}\n`;
    return this.objects.write('commit', Buffer.from(`tree ${commit.tree}\n${parents}${people}\n${commit.message.replace(/\n*$/, '\n')}`));
  }

  writeTag(tag: { object: string; type: string; tag: string; tagger: Person; message: string }): string {
    const head = `object ${tag.object}\ntype ${tag.type}\ntag ${tag.tag}\ntagger ${formatPerson(tag.tagger)}\n`;
    return this.objects.write('tag', Buffer.from(`${head}\n${tag.message.replace(/\n*$/, '\n')}`));
  }

  /** A commit whose tree is its first parent's with `files` changed. */
  commitFiles(commit: { parents: readonly string[]; files: Files; author: Person; committer: Person; message: string }): string {
    const base = commit.parents[0] === undefined ? null : this.commit(commit.parents[0]).tree;
    return this.writeCommit({ ...commit, tree: writeFiles(this.objects, base, commit.files) });
  }

  /** Commits of `to` that `from` does not have, newest first, as `git log from..to` lists them. */
  range(from: string | null, to: string): readonly string[] {
    return this.remember(
      `range ${from} ${to}`,
      () => this.#line(from, to) ?? lines(this.git(['rev-list', to, ...(from ? [`^${from}`] : [])]).out),
    );
  }

  /** All that a commit stands on, itself included. */
  history(sha: string): ReadonlySet<string> {
    return this.remember(`history ${sha}`, () => this.#quickHistory(sha) ?? new Set(lines(this.git(['rev-list', sha]).out)));
  }

  /** Without starting git, which takes longer than to walk the short histories of stories; null where a commit is packed. */
  #quickHistory(sha: string): ReadonlySet<string> | null {
    const found = new Set<string>([sha]);
    for (const one of found) {
      const commit = this.objects.quickCommit(one);
      if (commit === null || found.size > 2_000) return null;
      for (const parent of commit.parents) found.add(parent);
    }
    return found;
  }

  /** The commits from `to` back to `from` where they form one short line: the usual case, answered without starting git. */
  #line(from: string | null, to: string): readonly string[] | null {
    const shas: string[] = [];
    for (let at = to; shas.length < 64; ) {
      if (at === from) return shas;
      const commit = this.objects.quickCommit(at);
      const [parent, second] = commit?.parents ?? [];
      if (!parent || second) return null;
      shas.push(at);
      at = parent;
    }
    return null;
  }

  log(from: string, options: { path?: string; author?: string; since?: string; until?: string }): readonly string[] {
    const args = ['rev-list', from];
    if (options.since) args.push(`--since=${options.since}`);
    if (options.until) args.push(`--until=${options.until}`);
    if (options.author) args.push(`--author=${options.author}`, '--fixed-strings', '--regexp-ignore-case');
    if (options.path) args.push('--', options.path);
    return this.remember(args.join('\0'), () => lines(this.git(args).out));
  }

  mergeBase(a: string, b: string): string | null {
    return this.remember(`base ${a} ${b}`, () => {
      if (this.#line(a, b)) return a;
      if (this.#line(b, a)) return b;
      return lines(this.git(['merge-base', a, b]).out)[0] ?? null;
    });
  }

  isAncestor(old: string, young: string): boolean {
    if (old === young || this.#line(old, young)) return true;
    return this.history(young).has(old);
  }

  apart(base: string, head: string): { readonly behind: number; readonly ahead: number } {
    return this.remember(`apart ${base} ${head}`, () => {
      const [one, other] = [this.history(base), this.history(head)];
      return { behind: [...one].filter((sha) => !other.has(sha)).length, ahead: [...other].filter((sha) => !one.has(sha)).length };
    });
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
