// Git objects of one bare repository, written and read as loose files: the format is small, and a process for each object would make
// stories slow. What git itself packed (a push from a clone, an imported history) is read through `git cat-file`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, deflateSync, inflateSync } from 'node:zlib';

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';
export interface GitObject {
  readonly type: ObjectType;
  readonly body: Buffer;
}

export interface Person {
  readonly name: string;
  readonly email: string;
  /** ISO 8601 in UTC. */
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

export interface Tag {
  readonly sha: string;
  readonly object: string;
  readonly type: ObjectType;
  readonly tag: string;
  readonly tagger: Person | null;
  readonly message: string;
}

export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly sha: string;
}

export class ObjectStore {
  readonly folder: string;
  readonly #cache = new Map<string, GitObject>();
  readonly #commits = new Map<string, Commit>();

  constructor(folder: string) {
    this.folder = folder;
  }

  write(type: ObjectType, body: Buffer): string {
    const whole = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
    const sha = createHash('sha1').update(whole).digest('hex');
    if (!this.#cache.has(sha)) {
      const folder = join(this.folder, 'objects', sha.slice(0, 2));
      const file = join(folder, sha.slice(2));
      mkdirSync(folder, { recursive: true });
      if (!existsSync(file)) writeFileSync(file, deflateSync(whole, { level: constants.Z_BEST_SPEED }));
      this.#cache.set(sha, { type, body });
    }
    return sha;
  }

  read(sha: string): GitObject | null {
    const cached = this.#cache.get(sha);
    if (cached) return cached;
    const found = this.#readLoose(sha) ?? this.#readPacked(sha);
    if (found) this.#cache.set(sha, found);
    return found;
  }

  commit(sha: string): Commit | null {
    const known = this.#commits.get(sha);
    if (known) return known;
    const object = this.read(sha);
    const commit = object?.type === 'commit' ? parseCommit(sha, object.body) : null;
    if (commit) this.#commits.set(sha, commit);
    return commit;
  }

  /** A commit that can be had without asking git, or null. */
  quickCommit(sha: string): Commit | null {
    return this.#commits.get(sha) ?? (this.#cache.has(sha) || this.#readLoose(sha) ? this.commit(sha) : null);
  }

  tag(sha: string): Tag | null {
    const object = this.read(sha);
    return object?.type === 'tag' ? parseTag(sha, object.body) : null;
  }

  tree(sha: string): readonly TreeEntry[] | null {
    const object = this.read(sha);
    return object?.type === 'tree' ? parseTree(object.body) : null;
  }

  #readLoose(sha: string): GitObject | null {
    const file = join(this.folder, 'objects', sha.slice(0, 2), sha.slice(2));
    if (!/^[0-9a-f]{40}$/.test(sha) || !existsSync(file)) return null;
    const whole = inflateSync(readFileSync(file));
    const end = whole.indexOf(0);
    return { type: whole.subarray(0, whole.indexOf(32)).toString() as ObjectType, body: whole.subarray(end + 1) };
  }

  #readPacked(sha: string): GitObject | null {
    if (!/^[0-9a-f]{40}$/.test(sha) || !existsSync(join(this.folder, 'objects', 'pack'))) return null;
    const { stdout } = spawnSync('git', ['cat-file', '--batch'], { cwd: this.folder, input: `${sha}\n`, maxBuffer: 1 << 28 });
    const [, type, size] = stdout.subarray(0, stdout.indexOf(10)).toString().split(' ');
    if (!size) return null;
    const start = stdout.indexOf(10) + 1;
    return { type: type as ObjectType, body: stdout.subarray(start, start + Number(size)) };
  }
}

export function formatPerson(person: Person): string {
  return `${person.name.replace(/[<>\n]/g, '')} <${person.email.replace(/[<>\n]/g, '')}> ${Math.floor(Date.parse(person.date) / 1000)} +0000`;
}

/** GitHub's own form of a time: no fraction of a second. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

function parsePerson(line: string): Person {
  const match = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  return { name: match?.[1] ?? '', email: match?.[2] ?? '', date: isoTime(Number(match?.[3] ?? 0) * 1000) };
}

/** Headers up to the blank line; a header's continuation lines (a signature) begin with a space and are left out. */
function splitHeaders(body: Buffer): { headers: [key: string, value: string][]; message: string } {
  const text = body.toString();
  const blank = text.indexOf('\n\n');
  const lines = text.slice(0, blank === -1 ? text.length : blank).split('\n');
  const headers = lines
    .filter((line) => !line.startsWith(' '))
    .map((line): [string, string] => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
  return { headers, message: blank === -1 ? '' : text.slice(blank + 2) };
}

function parseCommit(sha: string, body: Buffer): Commit {
  const { headers, message } = splitHeaders(body);
  const first = (key: string) => headers.find(([name]) => name === key)?.[1] ?? '';
  return {
    sha,
    tree: first('tree'),
    parents: headers.filter(([name]) => name === 'parent').map(([, value]) => value),
    author: parsePerson(first('author')),
    committer: parsePerson(first('committer')),
    // GitHub shows a message without git's closing newline.
    message: message.replace(/\n+$/, ''),
  };
}

function parseTag(sha: string, body: Buffer): Tag {
  const { headers, message } = splitHeaders(body);
  const first = (key: string) => headers.find(([name]) => name === key)?.[1];
  const tagger = first('tagger');
  return {
    sha,
    object: first('object') ?? '',
    type: (first('type') ?? 'commit') as ObjectType,
    tag: first('tag') ?? '',
    tagger: tagger === undefined ? null : parsePerson(tagger),
    message: message.replace(/\n+$/, ''),
  };
}

function parseTree(body: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at);
    const zero = body.indexOf(0, space);
    const mode = body.subarray(at, space).toString().padStart(6, '0');
    entries.push({ mode, name: body.subarray(space + 1, zero).toString(), sha: body.subarray(zero + 1, zero + 21).toString('hex') });
    at = zero + 21;
  }
  return entries;
}
