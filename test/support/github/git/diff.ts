// The files that differ between two commits, with their counts and patches, as GitHub lists them.
import type { GitRepository } from './repository.ts';
import { EMPTY_TREE, walkTree } from './trees.ts';

export interface ChangedFile {
  readonly path: string;
  readonly previous: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** Absent for binary files, as in GitHub's answers. */
  readonly patch: string | null;
}

const STATUS: Readonly<Record<string, ChangedFile['status']>> = { A: 'added', D: 'removed', M: 'modified', R: 'renamed', T: 'changed' };

/** From a commit, or from nothing, to a commit. */
export function changedFiles(git: GitRepository, from: string | null, to: string): readonly ChangedFile[] {
  return git.remember(`diff ${from} ${to}`, () => {
    const base = from ?? EMPTY_TREE;
    if (from === null) git.objects.write('tree', Buffer.alloc(0));
    // With -z the list of files ends in an empty record, and the patches follow.
    const { out } = git.git(['diff', '--raw', '--no-abbrev', '-z', '-p', '-M', '--no-color', '--no-ext-diff', base, to]);
    const end = out.indexOf('\0\0');
    const entries = parseRaw(end === -1 ? out : out.slice(0, end));
    if (entries.length === 0) return [];
    const patches = splitPatches(end === -1 ? '' : out.slice(end + 2));
    return entries.map((entry, index) => {
      const patch = hunksOf(patches[index] ?? '');
      const count = (sign: string) => (patch ?? '').split('\n').filter((line) => line.startsWith(sign)).length;
      return { ...entry, patch, additions: count('+'), deletions: count('-') };
    });
  });
}

export interface ChangedPaths {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}

/** The paths alone, from the trees: pushes tell of each, and name what was renamed as removed and added. */
export function changedPaths(git: GitRepository, from: string | null, to: string): ChangedPaths {
  return git.remember(`paths ${from} ${to}`, () => {
    const [before, after] = [filesOf(git, from), filesOf(git, to)];
    return {
      added: [...after.keys()].filter((path) => !before.has(path)),
      removed: [...before.keys()].filter((path) => !after.has(path)),
      modified: [...after].flatMap(([path, is]) => (before.has(path) && before.get(path) !== is ? [path] : [])),
    };
  });
}

/** By path, what stands there. */
function filesOf(git: GitRepository, sha: string | null): ReadonlyMap<string, string> {
  if (sha === null) return new Map();
  return git.remember(`files ${sha}`, () => {
    const all = [...walkTree(git.objects, git.commit(sha).tree)].filter(({ mode }) => mode !== '040000');
    return new Map(all.map(({ path, mode, sha: blob }) => [path, `${mode} ${blob}`]));
  });
}

export function textDiff(git: GitRepository, from: string | null, to: string): string {
  return git.git(['diff', '-p', '-M', '--no-color', from ?? EMPTY_TREE, to]).out;
}

function parseRaw(out: string): Omit<ChangedFile, 'patch' | 'additions' | 'deletions'>[] {
  const parts = out.split('\0');
  const entries: Omit<ChangedFile, 'patch' | 'additions' | 'deletions'>[] = [];
  for (let at = 0; (parts[at] ?? '') !== ''; ) {
    const [, , before = '', after = '', letter = 'M'] = (parts[at] ?? '').split(' ');
    const status = STATUS[letter.charAt(0)] ?? 'modified';
    const renamed = status === 'renamed';
    const path = parts[at + (renamed ? 2 : 1)] ?? '';
    // GitHub names a removed file's blob by what it was.
    entries.push({ path, previous: renamed ? (parts[at + 1] ?? '') : null, status, sha: status === 'removed' ? before : after });
    at += renamed ? 3 : 2;
  }
  return entries;
}

function splitPatches(out: string): string[] {
  return out.split(/^(?=diff --git )/m);
}

function hunksOf(patch: string): string | null {
  const start = patch.search(/^@@ /m);
  return start === -1 ? null : patch.slice(start).replace(/\n$/, '');
}
