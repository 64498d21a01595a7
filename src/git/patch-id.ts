// Commits that make the same change on two branches: `git diff-tree` piped into `git patch-id`, with nothing left to configuration.
import type { Diffable } from '../flows/ports.ts';
import { diffLine } from './files.ts';
import { startGit } from './process.ts';

export async function readPatchIds(dir: string, commits: readonly Diffable[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (commits.length === 0) return found;
  const asked = commits.map(diffLine).join('');
  const chunks: Buffer[] = [];
  const ids = startGit(dir, ['patch-id', '--stable'], (chunk) => void chunks.push(chunk), true);
  const feed = (chunk: Buffer): undefined | Promise<unknown> => {
    const into = ids.input;
    if (into === null || into.write(chunk)) return undefined;
    return Promise.race([new Promise((resolve) => into.once('drain', resolve)), ids.done]);
  };
  const diff = startGit(dir, ['diff-tree', ...PATCH], feed, true);
  try {
    diff.input?.end(asked);
    await diff.done;
    ids.input?.end();
    await ids.done;
  } finally {
    diff.stop();
    ids.stop();
  }
  for (const line of Buffer.concat(chunks).toString('latin1').split('\n')) {
    const [id = '', sha = ''] = line.split(' ');
    if (sha !== '') found.set(sha, id);
  }
  return found;
}

/** What `git diff` is set to for people (prefixes, context, algorithm, textconv) would make other ids of the same change. */
const PATCH: readonly string[] = [
  '--stdin',
  '-r',
  '--root',
  '-p',
  '--full-index',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--unified=3',
  '--inter-hunk-context=0',
  '--diff-algorithm=myers',
  '--no-indent-heuristic',
  '--submodule=short',
  '--ignore-submodules=none',
];
