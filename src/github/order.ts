// Commits as a graph: children before parents, whatever order and dates GitHub sent them in.

/** Sorts so that each commit comes before its parents, and keeps what a merge brought together. Linear. */
export function childrenFirst<C extends { readonly sha: string; readonly parents: readonly string[] }>(commits: readonly C[]): C[] {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]));
  const waiting = new Map<string, number>();
  for (const { parents } of commits) for (const parent of parents) waiting.set(parent, (waiting.get(parent) ?? 0) + 1);
  const sorted: C[] = [];
  // A stack of those that wait for no child: what became free last goes first, so that branches do not interleave.
  for (const start of commits) {
    if (waiting.has(start.sha)) continue;
    const free: C[] = [start];
    for (let commit = free.pop(); commit !== undefined; commit = free.pop()) {
      sorted.push(commit);
      for (const parent of commit.parents) {
        const left = (waiting.get(parent) ?? 0) - 1;
        waiting.set(parent, left);
        const next = left === 0 ? bySha.get(parent) : undefined;
        if (next !== undefined) free.push(next);
      }
    }
  }
  return sorted;
}
