// The paths that commits touched, from one `git diff-tree` that is fed commits; a merge is compared with its first parent.
import type { Commit } from '../core/change.ts';
import { type Diffable, GitProblem } from '../flows/ports.ts';
import { isFullSha, startGit } from './process.ts';
import { splitRecords } from './records.ts';

export async function readFiles(dir: string, commits: readonly Diffable[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  if (commits.length === 0) return found;
  const run = startFiles<Diffable>(dir, (commit) => found.set(commit.sha, commit.files ?? []));
  for (const commit of commits) run.ask(commit);
  await run.end();
  return found;
}

export interface FilesRun<C> {
  readonly ask: (commit: C) => void;
  /** No more is asked: settles when all is answered. */
  readonly end: () => Promise<void>;
  readonly stop: () => void;
}

/** Hands on each commit that is asked for, in that order, with its files. Runs beside the `git log` that the commits come from. */
export function startFiles<C extends Diffable>(dir: string, onCommit: (commit: C & Required<Pick<Commit, 'files'>>) => void): FilesRun<C> {
  const asked: C[] = [];
  let answered = 0;
  let files: string[] = [];
  let status = false;
  let lines = '';
  const answer = (): void => {
    const commit = asked[answered - 1];
    if (commit !== undefined) onCommit({ ...commit, files });
    files = [];
  };
  // `sha NUL`, and for each file `status NUL path NUL`: with its status a path cannot be taken for a commit.
  const take = splitRecords((bytes, start, end) => {
    if (status) files.push(bytes.toString('utf8', start, end));
    else if (end - start >= 40) {
      answer();
      answered += 1;
    }
    status = !status && end - start < 40;
  });
  const run = startGit(
    dir,
    [
      'diff-tree',
      '--stdin',
      '-z',
      '-r',
      '--root',
      '--always',
      '--name-status',
      '--no-renames',
      '--no-ext-diff',
      '--ignore-submodules=none',
    ],
    take,
    true,
  );
  return {
    ask: (commit) => {
      asked.push(commit);
      lines += diffLine(commit);
      if (lines.length > 16_384) {
        run.input?.write(lines);
        lines = '';
      }
    },
    end: async () => {
      run.input?.end(lines);
      await run.done;
      answer();
      if (answered !== asked.length) {
        throw new GitProblem(
          'failed',
          `\`git diff-tree\` answered for ${answered} of ${asked.length} commits in ${dir}. Run \`git fsck\`.`,
        );
      }
    },
    stop: run.stop,
  };
}

/** A line for `git diff-tree --stdin`: naming the first parent keeps a merge from being compared with all of them. */
export function diffLine({ sha, parents }: Diffable): string {
  const parent = parents[0];
  if (!isFullSha(sha) || (parent !== undefined && !isFullSha(parent))) {
    throw new GitProblem('unknown-ref', `${JSON.stringify(sha)} is no full commit SHA.`);
  }
  return parent === undefined ? `${sha}\n` : `${sha} ${parent}\n`;
}
