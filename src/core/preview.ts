// What a pull request will be once it is merged, for each method that the repository allows: the commits that GitHub would make are worked
// out from its settings, and read as the merged history will be read.

import type { Commit } from './change.ts';
import { readMessage } from './message.ts';
import { type MergedPull, withPulls } from './pulled.ts';
import type { Unit } from './unit.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** How a repository words its squash and merge commits (docs.github.com, "Configuring commit squashing" and "… merging"). */
export interface MergeWording {
  readonly squash: { readonly title: 'PR_TITLE' | 'COMMIT_OR_PR_TITLE'; readonly message: 'PR_BODY' | 'COMMIT_MESSAGES' | 'BLANK' };
  readonly merge: { readonly title: 'PR_TITLE' | 'MERGE_MESSAGE'; readonly message: 'PR_BODY' | 'PR_TITLE' | 'BLANK' };
}

/** An open pull request with its commits, oldest first. */
export interface OpenPull extends Omit<MergedPull, 'mergeSha'> {
  /** Owner of the head's repository, for the words of a merge commit. */
  readonly owner: string;
  readonly commits: readonly Commit[];
}

/** The unit that merging would leave on the line. The SHA of a commit that GitHub has yet to make is forty zeros. */
export function predictUnit(pull: OpenPull, method: MergeMethod, wording: MergeWording): Unit {
  const commit = predictCommit(pull, method, wording);
  const plain = pull.commits.filter((one) => one.parents.length < 2);
  const unit: Unit = {
    commit,
    message: readMessage(commit.subject, commit.body),
    pr: pull.number,
    branch: pull.branch,
    brought: method === 'squash' ? [] : plain.toReversed(),
  };
  const { units } = withPulls({ units: [unit], integrated: [] }, () => ({ ...pull, mergeSha: commit.sha }));
  return units[0] as Unit;
}

const NOT_YET = '0'.repeat(40);

/** The commit that ends up on the line: what the squash or merge makes, or the last one of a rebase. */
export function predictCommit(pull: OpenPull, method: MergeMethod, { squash, merge }: MergeWording): Commit {
  const last = pull.commits.at(-1);
  const only = pull.commits.length === 1 ? last : undefined;
  const made = { sha: NOT_YET, author: pull.author, date: last?.date ?? '' };
  const titled = `${pull.title} (#${pull.number})`;
  if (method === 'rebase' && last !== undefined) return { ...last, sha: NOT_YET, parents: [] };
  if (method === 'squash') {
    const subject = squash.title === 'COMMIT_OR_PR_TITLE' && only !== undefined ? `${only.subject} (#${pull.number})` : titled;
    const body =
      squash.message === 'PR_BODY' ? pull.body : squash.message === 'BLANK' ? '' : only !== undefined ? only.body : listOf(pull.commits);
    return { ...made, parents: [], subject, body };
  }
  const subject = merge.title === 'PR_TITLE' ? titled : `Merge pull request #${pull.number} from ${pull.owner}/${pull.branch}`;
  const body = merge.message === 'PR_TITLE' ? pull.title : merge.message === 'PR_BODY' ? pull.body : '';
  return { ...made, parents: [NOT_YET, last?.sha ?? NOT_YET], subject, body };
}

/** GitHub's list of the squashed commits. */
function listOf(commits: readonly Commit[]): string {
  return commits.map((one) => `* ${one.subject}${one.body.trim() === '' ? '' : `\n\n${one.body.trim()}`}`).join('\n\n');
}
