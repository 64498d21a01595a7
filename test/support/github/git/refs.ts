// References of one bare repository, kept as git keeps them (files, and `packed-refs` after a clone or gc), so that `git clone`, `git
// push` and the world see the same.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export class RefStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The object a full name (`refs/heads/main`) stands at, or null. */
  read(name: string): string | null {
    if (!isRefName(name)) return null;
    const file = join(this.folder, name);
    if (existsSync(file)) {
      try {
        return readFileSync(file, 'utf8').trim();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EISDIR') return null;
        throw error;
      }
    }
    return this.#packed().get(name) ?? null;
  }

  /** All below a prefix such as `refs/heads/`, in order of their names. */
  list(prefix: string): { readonly name: string; readonly sha: string }[] {
    const found = new Map([...this.#packed()].filter(([name]) => name.startsWith(prefix)));
    const folder = prefix.slice(0, prefix.lastIndexOf('/'));
    const root = join(this.folder, folder);
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
      for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        const file = join(entry.parentPath, entry.name);
        const name = file.slice(this.folder.length + 1);
        if (entry.isFile() && name.startsWith(prefix)) found.set(name, readFileSync(file, 'utf8').trim());
      }
    }
    return [...found].map(([name, sha]) => ({ name, sha })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** False where git could not hold it: a name that is a folder of other names, or lies below one that is a name itself. */
  write(name: string, sha: string): boolean {
    if (!isRefName(name) || this.list(`${name}/`).length > 0) return false;
    const parts = name.split('/');
    if (parts.some((_, index) => index > 2 && this.read(parts.slice(0, index).join('/')) !== null)) return false;
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${sha}\n`);
    return true;
  }

  delete(name: string): void {
    rmSync(join(this.folder, name), { force: true });
    const packed = this.#packed();
    if (packed.delete(name)) {
      const lines = [...packed].map(([one, sha]) => `${sha} ${one}\n`);
      writeFileSync(join(this.folder, 'packed-refs'), `# pack-refs with: sorted \n${lines.join('')}`);
    }
  }

  #packed(): Map<string, string> {
    const file = join(this.folder, 'packed-refs');
    if (!existsSync(file)) return new Map();
    const lines = readFileSync(file, 'utf8').split('\n');
    return new Map(lines.flatMap((line) => (/^[0-9a-f]{40} /.test(line) ? [[line.slice(41), line.slice(0, 40)] as const] : [])));
  }
}

/** git-check-ref-format(1), as far as a name that GitHub would take goes. */
export function isRefName(name: string): boolean {
  if (!/^refs\/[^/]+\/./.test(name) || name.endsWith('/') || name.endsWith('.') || name.includes('..') || name.includes('//')) return false;
  if (/[\s~^:?*[\\\x7f]|@\{/.test(name) || [...name].some((letter) => letter.charCodeAt(0) < 32)) return false;
  return name.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}
