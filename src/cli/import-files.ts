// Finding and reading the configuration of the tool that made releases so far, in the working tree. Nothing of it is run, nothing outside
// of the tree is read, and no file larger than a configuration can be.

import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { matchesGlob } from '../core/glob.ts';
import { isMap, type Raw, readConfig, readMap, valueAt } from '../core/import/config.ts';
import type { NodePackage, SourceFile } from '../core/import/report.ts';
import { inputsOfAction } from '../core/import/workflow.ts';
import { UsageProblem } from './arguments.ts';

const LARGEST = 256 * 1024;
/** Files of one folder, and folders of a workspace, looked at most. */
const MOST_FILES = 500;
const MOST_FOLDERS = 5_000;

/** A file of the tree as text; null where there is none, or where it lies outside. Throws `UsageProblem` where it is too large. */
export async function readSource(root: string, path: string): Promise<SourceFile | null> {
  try {
    const [top, file] = await Promise.all([realpath(root), realpath(join(root, path))]);
    if (!file.startsWith(top.endsWith(sep) ? top : top + sep)) return null;
    const { size } = await stat(file);
    if (size > LARGEST) {
      throw new UsageProblem(
        `${path} is ${Math.ceil(size / 1024)} KiB long, and no configuration of more than ${LARGEST / 1024} KiB is read.`,
      );
    }
    return { path, text: await readFile(file, 'utf8') };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Which of the paths there is a file at. Nothing is read. */
export async function presentFiles(root: string, paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const there = await stat(join(root, path)).then(
      (file) => file.isFile(),
      () => false,
    );
    if (there) found.push(path);
  }
  return found;
}

/** The first of the paths at which there is a file. */
export async function readFirst(root: string, paths: readonly string[]): Promise<SourceFile | null> {
  for (const path of paths) {
    const file = await readSource(root, path);
    if (file !== null) return file;
  }
  return null;
}

/** Names in a folder of the tree, in order; none where there is no such folder. */
export async function namesIn(root: string, path: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(root, path))).sort().slice(0, MOST_FILES);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The inputs with which workflows of the tree use an action. */
export async function inputsInWorkflows(root: string, actions: readonly string[]): Promise<readonly Raw[]> {
  const folder = '.github/workflows';
  const found: Raw[] = [];
  for (const name of await namesIn(root, folder)) {
    if (!/\.ya?ml$/.test(name)) continue;
    const file = await readSource(root, `${folder}/${name}`);
    if (file !== null) found.push(...inputsOfAction(file, actions));
  }
  return found;
}

/** An input that is a path within the tree; null where it is none, or an expression that only a running workflow knows. */
export function pathInput(inputs: Raw, key: string): string | null {
  const value = valueAt(inputs, key);
  if (typeof value !== 'string' || value === '' || value.includes('${') || /(?:^|\/)\.\.(?:\/|$)|^\/|\\/.test(value)) return null;
  return value.replace(/^(?:\.\/){1,10}/, '');
}

/** The package.json of a folder; null where there is none that can be read. */
export async function readNodePackage(root: string, path: string): Promise<NodePackage | null> {
  const file = await readSource(root, path === '.' ? 'package.json' : `${path}/package.json`);
  const read = file === null ? null : readMap(file);
  if (read === null || !read.ok) return null;
  const { map } = read;
  const text = (key: string): string | null => {
    const value = valueAt(map, key);
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const dependencies = ['optionalDependencies', 'peerDependencies', 'dependencies'].flatMap((key) => {
    const value = valueAt(map, key);
    return isMap(value) ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string') : [];
  });
  return {
    path,
    name: text('name'),
    version: text('version'),
    private: valueAt(map, 'private') === true,
    dependencies: Object.fromEntries(dependencies),
  };
}

/** The packages of an npm, yarn or pnpm workspace; the root's own where there is no workspace. */
export async function readWorkspace(root: string): Promise<readonly NodePackage[]> {
  const globs = await workspaceGlobs(root);
  if (globs.length === 0) {
    const own = await readNodePackage(root, '.');
    return own === null ? [] : [own];
  }
  const packages: NodePackage[] = [];
  for (const path of await foldersOf(root, globs)) {
    const one = await readNodePackage(root, path);
    if (one !== null) packages.push(one);
  }
  return packages;
}

async function workspaceGlobs(root: string): Promise<readonly string[]> {
  const pnpm = await readFirst(root, ['pnpm-workspace.yaml', 'pnpm-workspace.yml']);
  const read = pnpm === null ? null : readConfig(pnpm);
  const own = read?.ok === true && isMap(read.value) ? valueAt(read.value, 'packages') : undefined;
  const file = await readSource(root, 'package.json');
  const manifest = file === null ? null : readMap(file);
  const told = manifest?.ok === true ? valueAt(manifest.map, 'workspaces') : undefined;
  const list = own ?? (isMap(told) ? valueAt(told, 'packages') : told);
  const globs = Array.isArray(list) ? (list as unknown[]).filter((one) => typeof one === 'string') : [];
  return globs.map((glob) => glob.replace(/^(!?)(?:\.\/){1,10}/, '$1').replace(/\/{1,10}$/, ''));
}

/** Folders that the globs name, without those that `!` takes out; only where a glob can still match is looked further. */
async function foldersOf(root: string, globs: readonly string[]): Promise<readonly string[]> {
  const wanted = globs.filter((glob) => !glob.startsWith('!')).map((glob) => glob.split('/'));
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  const found: string[] = wanted.some((glob) => glob.join('/') === '.') ? ['.'] : [];
  let folders: readonly string[] = [''];
  let seen = 0;
  for (let depth = 0; depth < 8 && folders.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of folders) {
      for (const name of await foldersIn(root, folder)) {
        const path = folder === '' ? name : `${folder}/${name}`;
        if (!wanted.some((glob) => mayHold(glob, path.split('/')))) continue;
        seen += 1;
        if (seen > MOST_FOLDERS)
          throw new UsageProblem(
            `The workspace has more than ${MOST_FOLDERS} folders in which packages may be, which is more than is looked at.`,
          );
        next.push(path);
        if (wanted.some((glob) => matchesGlob(glob.join('/'), path)) && !unwanted.some((glob) => matchesGlob(glob, path))) found.push(path);
      }
    }
    folders = next;
  }
  return found;
}

async function foldersIn(root: string, folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return entries
      .filter((one) => one.isDirectory() && one.name !== 'node_modules' && !one.name.startsWith('.'))
      .map((one) => one.name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether the glob matches this folder, or one that lies in it. */
function mayHold(glob: readonly string[], path: readonly string[]): boolean {
  for (const [index, part] of path.entries()) {
    const wanted = glob[index];
    if (wanted === '**') return true;
    if (wanted === undefined || !matchesGlob(wanted, part)) return false;
  }
  return true;
}
