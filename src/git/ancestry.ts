// Which commits names lead to, and which commits another contains: one process for any number of them.
import { type Ancestry, GitProblem } from '../flows/ports.ts';
import { askGit, isFullSha, safeRevision } from './process.ts';

/** As `git rev-parse` would, but a tag always comes before a branch of the same name, and a name that no ref has may be one of origin's. */
export async function resolve(dir: string, names: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const asked = names.map((name) => candidates(name));
  const found = await peel(dir, asked.flat());
  const resolved = new Map<string, string | null>();
  let at = 0;
  names.forEach((name, index) => {
    const end = at + (asked[index]?.length ?? 0);
    resolved.set(name, found.slice(at, end).find((sha) => sha !== null) ?? null);
    at = end;
  });
  return resolved;
}

export async function readAncestors(dir: string, ask: { readonly of: string; readonly shas: readonly string[] }): Promise<Ancestry> {
  const of = safeRevision(ask.of);
  const shas = ask.shas.filter((sha) => isFullSha(sha));
  // What the commits have that `of` does not have: an ancestor is not in it. A missing one is not in it either, hence the second process.
  const [outside, [head, ...commits]] = await Promise.all([
    shas.length === 0 ? '' : askGit(dir, ['rev-list', '--ignore-missing', '--stdin'], [`^${of}`, ...shas, ''].join('\n')),
    peel(dir, [of, ...shas]),
  ]);
  if (head === null) throw new GitProblem('unknown-ref', `${ask.of} is not a commit in ${dir}. Check the name.`, ask.of);
  const strangers = new Set(outside.split('\n'));
  const ancestors = new Set<string>();
  const missing = new Set<string>(ask.shas.filter((sha) => !isFullSha(sha)));
  shas.forEach((sha, index) => {
    const commit = commits[index] ?? null;
    if (commit === null) missing.add(sha);
    else if (!strangers.has(commit)) ancestors.add(sha);
  });
  return { ancestors, missing };
}

export async function readMerged(dir: string, head: string): Promise<ReadonlySet<string>> {
  const text = await askGit(dir, ['for-each-ref', '--format=%(refname)', `--merged=${safeRevision(head)}`, 'refs/tags']);
  const names = text.split('\n');
  names.pop();
  return new Set(names.map((name) => name.slice('refs/tags/'.length)));
}

/** The commit that each revision leads to, or null, in their order. */
export async function peel(dir: string, revisions: readonly string[]): Promise<readonly (string | null)[]> {
  if (revisions.length === 0) return [];
  const input = revisions.map((revision) => `${revision}^{commit}\n`).join('');
  const text = await askGit(dir, ['cat-file', '--batch-check=%(objectname)'], input);
  // Whatever has no commit is told as `<what was asked> missing` or `ambiguous`.
  return text.split('\n', revisions.length).map((line) => (isFullSha(line) ? line : null));
}

function candidates(name: string): readonly string[] {
  if (name === '' || /^[-^]|\.\.|\p{Cc}/u.test(name)) return [];
  if (name === 'HEAD' || name.startsWith('refs/') || isFullSha(name)) return [name];
  return [`refs/tags/${name}`, `refs/heads/${name}`, `refs/remotes/origin/${name}`, name];
}
