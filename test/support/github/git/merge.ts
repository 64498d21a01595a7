// The three ways in which GitHub merges a pull request, computed by git on trees without a work tree.
import type { Person } from './objects.ts';
import type { GitRepository } from './repository.ts';

/** The tree of both sides merged, or null where they conflict. */
export function mergeTrees(git: GitRepository, ours: string, theirs: string): string | null {
  return git.remember(`merge ${ours} ${theirs}`, () => {
    if (git.isAncestor(ours, theirs)) return git.commit(theirs).tree;
    if (git.isAncestor(theirs, ours)) return git.commit(ours).tree;
    const { status, out } = git.git(['merge-tree', '--write-tree', '--allow-unrelated-histories', ours, theirs]);
    return status === 0 ? out.slice(0, 40) : null;
  });
}

export function mergeCommit(
  git: GitRepository,
  base: string,
  head: string,
  message: string,
  author: Person,
  committer: Person,
): string | null {
  const tree = mergeTrees(git, base, head);
  return tree === null ? null : git.writeCommit({ tree, parents: [base, head], author, committer, message });
}

export function squashCommit(
  git: GitRepository,
  base: string,
  head: string,
  message: string,
  author: Person,
  committer: Person,
): string | null {
  const tree = mergeTrees(git, base, head);
  return tree === null ? null : git.writeCommit({ tree, parents: [base], author, committer, message });
}

/**
 * Each commit of the head anew on the base, oldest first; merge commits are left out, as git rebase does. The committer is always the one
 * who merges, so the hashes change even where the head could have been fast-forwarded (documented by GitHub).
 */
export function rebaseCommits(git: GitRepository, base: string, head: string, committer: Person): readonly string[] | null {
  const written: string[] = [];
  let onto = base;
  for (const sha of [...git.range(base, head)].reverse()) {
    const commit = git.commit(sha);
    if (commit.parents.length > 1) continue;
    const tree = pickTree(git, onto, sha);
    if (tree === null) return null;
    onto = git.writeCommit({ tree, parents: [onto], author: commit.author, committer, message: commit.message });
    written.push(onto);
  }
  return written;
}

/** `git merge-tree` takes its base from the histories, so the base side is dressed as a child of the picked commit's parent. */
export function pickTree(git: GitRepository, onto: string, sha: string): string | null {
  const commit = git.commit(sha);
  const parent = commit.parents[0];
  if (parent === undefined || parent === onto) return parent === undefined ? mergeTrees(git, onto, sha) : commit.tree;
  const { tree } = git.commit(onto);
  if (git.commit(parent).tree === tree) return commit.tree;
  const dressed = git.writeCommit({ tree, parents: [parent], author: commit.author, committer: commit.committer, message: 'onto' });
  return mergeTrees(git, dressed, sha);
}
