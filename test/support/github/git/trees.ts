// Trees of a repository: reading a path, walking all of them, and writing a tree that differs from another in a few files.
import type { ObjectStore, TreeEntry } from './objects.ts';

export interface PathEntry extends TreeEntry {
  readonly path: string;
}

/** What a path becomes: text or bytes, nothing (removed), or an object that exists already. */
export type Content = string | Uint8Array | null | { readonly mode: string; readonly sha: string };
export type Files = Readonly<Record<string, Content>>;

export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export function findPath(store: ObjectStore, tree: string, path: string): PathEntry | null {
  let here: PathEntry = { mode: '040000', name: '', path: '', sha: tree };
  for (const name of path.split('/').filter((part) => part !== '')) {
    const next = store.tree(here.sha)?.find((entry) => entry.name === name);
    if (!next) return null;
    here = { ...next, path: here.path ? `${here.path}/${name}` : name };
  }
  return here;
}

export function* walkTree(store: ObjectStore, tree: string, prefix = ''): Generator<PathEntry> {
  for (const entry of store.tree(tree) ?? []) {
    const path = `${prefix}${entry.name}`;
    yield { ...entry, path };
    if (entry.mode === '040000') yield* walkTree(store, entry.sha, `${path}/`);
  }
}

/** The tree that has `files` over `base`; a folder that becomes empty goes, as git knows no empty folders. */
export function writeFiles(store: ObjectStore, base: string | null, files: Files): string {
  return write(store, base, Object.entries(files)) ?? store.write('tree', Buffer.alloc(0));
}

function write(store: ObjectStore, base: string | null, files: readonly [path: string, content: Content][]): string | null {
  const entries = new Map((base === null ? [] : (store.tree(base) ?? [])).map((entry) => [entry.name, entry]));
  const folders = new Map<string, [string, Content][]>();
  for (const [path, content] of files) {
    const slash = path.indexOf('/');
    if (slash !== -1) {
      const folder = path.slice(0, slash);
      folders.set(folder, [...(folders.get(folder) ?? []), [path.slice(slash + 1), content]]);
    } else if (content === null) entries.delete(path);
    else if (typeof content === 'string' || content instanceof Uint8Array) {
      entries.set(path, { mode: entries.get(path)?.mode ?? '100644', name: path, sha: store.write('blob', Buffer.from(content)) });
    } else entries.set(path, { mode: content.mode, name: path, sha: content.sha });
  }
  for (const [name, inside] of folders) {
    const before = entries.get(name);
    const sha = write(store, before?.mode === '040000' ? before.sha : null, inside);
    if (sha === null) entries.delete(name);
    else entries.set(name, { mode: '040000', name, sha });
  }
  return entries.size === 0 ? null : writeEntries(store, [...entries.values()]);
}

export function writeEntries(store: ObjectStore, entries: readonly TreeEntry[]): string {
  // Git sorts folders as if their names ended in a slash.
  const key = (entry: TreeEntry) => Buffer.from(entry.mode === '040000' ? `${entry.name}/` : entry.name);
  const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
  const parts = sorted.map((entry) =>
    Buffer.concat([Buffer.from(`${entry.mode.replace(/^0+/, '')} ${entry.name}\0`), Buffer.from(entry.sha, 'hex')]),
  );
  return store.write('tree', Buffer.concat(parts));
}
