// The commits of `base..head`, from one `git log`: the set by ancestry, children before parents, as they stream in.
import type { Commit } from '../core/change.ts';
import { GitProblem, type RangeRead, type RangeRequest } from '../flows/ports.ts';
import { startFiles } from './files.ts';
import { shallowProblem } from './problem.ts';
import { safeRevision, startGit, tagRevision } from './process.ts';
import { COMMIT_FORMAT, commitReader, splitRecords } from './records.ts';
import { readBoundary } from './shallow.ts';

export async function readRange(dir: string, range: RangeRequest): Promise<RangeRead> {
  let take: (chunk: Buffer) => undefined = () => undefined;
  // Revisions go by stdin, where none is an option, and git has started by the time that a promised base is known.
  const log = startGit(dir, ['log', '-z', '--topo-order', COMMIT_FORMAT, '--stdin'], (chunk) => take(chunk), true);
  const files = range.files === true ? startFiles(dir, range.onCommit) : null;
  try {
    const [named, since] = await Promise.all([range.head, range.base]);
    const head = safeRevision(named);
    const base = since === null ? null : tagRevision(since);
    const set = rangeSet(head, base, files === null ? range.onCommit : files.ask);
    take = splitRecords(commitReader(set.add));
    // Base itself, less its parents: it is then in the output, so that its commit and whether head contains it are known without
    // another process that peels the tag.
    log.input?.end(base === null ? `${head}\n` : `${head}\n${base}\n^${base}^@\n`);
    const problem = await log.done.then(
      () => null,
      (error: unknown) => error,
    );
    if (problem !== null) {
      if (base === null || base === head || !isAbout(base, problem)) throw problem;
      return { headSha: null, baseSha: null, baseIsAncestor: false, commits: 0, boundary: [] };
    }
    const { roots, ...read } = set.end();
    await files?.end();
    const boundary = roots.length === 0 ? [] : await readBoundary(dir, roots);
    if (boundary.length > 0 && read.baseIsAncestor) throw shallowProblem(since === null ? named : `${since}..${named}`, boundary);
    return { ...read, boundary };
  } finally {
    log.stop();
    files?.stop();
  }
}

/** Tells base from the commits of the range, and whether it is an ancestor: then a commit that came before it names it as a parent. */
function rangeSet(head: string, base: string | null, deliver: (commit: Commit) => void) {
  const roots: string[] = [];
  /** Parents of the commits so far, less those that came themselves. */
  const awaited = new Set<string>();
  let held: Commit | null = null;
  let headSha: string | null = null;
  let baseSha: string | null = null;
  let baseIsAncestor = base === null;
  let commits = 0;
  const pass = (commit: Commit): void => {
    commits += 1;
    if (commit.parents.length === 0) roots.push(commit.sha);
    deliver(commit);
  };
  return {
    /** `source` is the revision that led to the commit: base's own for base alone, as all that lies behind it is left out. */
    add: (commit: Commit, source: string): void => {
      if (source === base && base !== head) {
        baseSha = commit.sha;
        baseIsAncestor = awaited.has(commit.sha);
        return;
      }
      if (base !== null) {
        awaited.delete(commit.sha);
        for (const parent of commit.parents) awaited.add(parent);
      }
      headSha ??= commit.sha;
      // One behind: where head is base there is one commit alone, under head's name, and it is not of the range.
      if (held !== null) pass(held);
      held = commit;
    },
    end: () => {
      if (held !== null && base !== null && baseSha === null) {
        baseSha = headSha;
        baseIsAncestor = true;
      } else if (held !== null) pass(held);
      return { headSha, baseSha, baseIsAncestor, commits, roots };
    },
  };
}

/** Whether git stumbled over the base: it names nothing, or a tree or a file, which have no parents to leave out. */
function isAbout(base: string, error: unknown): boolean {
  return (
    error instanceof GitProblem &&
    error.kind === 'unknown-ref' &&
    error.revision !== undefined &&
    error.revision.replace(/^\^|\^@$/g, '') === base
  );
}
