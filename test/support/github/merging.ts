// Merging a pull request as its repository's settings say: the three methods, the messages that GitHub proposes, and what follows.
import { commitOf, commitsOfPull } from './commits.ts';
import { mergeCommit, rebaseCommits, squashCommit } from './git/merge.ts';
import type { Person } from './git/objects.ts';
import { emitPull, missingForMerge, pullOf } from './pulls.ts';
import { moveRef } from './pushing.ts';
import type { Account, Pull, Repository } from './records.ts';
import { actingAccount, notFound, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState } from './state.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';
export interface MergeOptions {
  readonly merge_method?: MergeMethod;
  readonly commit_title?: string;
  readonly commit_message?: string;
  readonly sha?: string;
}

export function personOf(account: Account, date: string): Person {
  return { name: account.name, email: account.email, date };
}

/** Returns the commit that the base branch then stands at. */
export function mergePull(state: GitHubState, repository: Repository, pull: Pull, by: Account, options: MergeOptions = {}): string {
  const { git, settings } = repository;
  const method = options.merge_method ?? 'merge';
  if (pull.merged || pull.issue.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable');
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  const refused: Record<MergeMethod, string> = { merge: 'Merge commits are', squash: 'Squash merges are', rebase: 'Rebase merges are' };
  const allowed = { merge: settings.allow_merge_commit, squash: settings.allow_squash_merge, rebase: settings.allow_rebase_merge };
  if (!allowed[method]) throw new Refusal(405, `${refused[method]} not allowed on this repository.`);
  if (options.sha !== undefined && options.sha !== pull.head.sha)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  const missing = missingForMerge(repository, pull);
  if (missing !== null) throw new Refusal(405, missing);
  const base = git.head(pull.base.ref);
  if (base === null) throw new Refusal(405, 'Base branch was deleted');
  const commits = commitsOfPull(repository, pull);
  const written = write(state, repository, pull, base, method, by, options, commits);
  const tip = written?.at(-1);
  if (!written || !tip) throw new Refusal(405, method === 'rebase' ? "This branch can't be rebased" : 'Merge conflict');
  const at = state.clock.iso();
  // Before the ref moves: what its push finds must be merged already, or it would count as pushed by hand.
  pull.base.sha = base;
  pull.merged = { at, by, sha: tip, method, written, commits };
  Object.assign(pull.issue, { state: 'closed', closedAt: at, closedBy: by, updatedAt: at });
  git.refs.delete(`refs/pull/${pull.issue.number}/merge`);
  moveRef(state, repository, `refs/heads/${pull.base.ref}`, { by, to: tip });
  emitPull(state, repository, pull, 'closed', by);
  if (settings.delete_branch_on_merge && pull.head.repository === repository)
    moveRef(state, repository, `refs/heads/${pull.head.ref}`, { by, to: null });
  return tip;
}

function write(
  state: GitHubState,
  repository: Repository,
  pull: Pull,
  base: string,
  method: MergeMethod,
  by: Account,
  options: MergeOptions,
  commits: readonly string[],
): readonly string[] | null {
  const { git } = repository;
  const date = state.clock.iso();
  const github: Person = { name: 'GitHub', email: 'noreply@github.com', date };
  if (method === 'rebase') return rebaseCommits(git, base, pull.head.sha, personOf(by, date));
  const proposed = method === 'merge' ? mergeMessage(repository, pull) : squashMessage(state, repository, pull, commits);
  const title = options.commit_title ?? proposed.title;
  const body = options.commit_message ?? proposed.body;
  const message = body === '' ? title : `${title}\n\n${body}`;
  // A merge commit's author is who merged; a squash's is who opened the pull request.
  const author = personOf(method === 'merge' ? by : pull.issue.user, date);
  const sha = (method === 'merge' ? mergeCommit : squashCommit)(git, base, pull.head.sha, message, author, github);
  if (sha === null) return null;
  repository.verified.add(sha);
  return [sha];
}

function mergeMessage(repository: Repository, pull: Pull): { title: string; body: string } {
  const { title, body, number } = pull.issue;
  const { merge_commit_title, merge_commit_message } = repository.settings;
  const standard = `Merge pull request #${number} from ${pull.head.repository.owner.login}/${pull.head.ref}`;
  const bodies = { PR_TITLE: title, PR_BODY: body ?? '', BLANK: '' };
  return { title: merge_commit_title === 'PR_TITLE' ? `${title} (#${number})` : standard, body: bodies[merge_commit_message] };
}

function squashMessage(
  state: GitHubState,
  repository: Repository,
  pull: Pull,
  commits: readonly string[],
): { title: string; body: string } {
  const { git, settings } = repository;
  const all = commits.map((sha) => git.commit(sha)).filter((commit) => commit.parents.length < 2);
  const only = all.length === 1 ? all[0] : undefined;
  const [subject = '', ...rest] = (only?.message ?? '').split('\n');
  const title = only && settings.squash_merge_commit_title === 'COMMIT_OR_PR_TITLE' ? subject : pull.issue.title;
  const onlyBody = rest.join('\n').trim();
  const listed = all.map((commit) => `* ${commit.message.trim()}`).join('\n\n');
  const bodies = { PR_BODY: pull.issue.body ?? '', COMMIT_MESSAGES: only ? onlyBody : listed, BLANK: '' };
  const body = bodies[settings.squash_merge_commit_message];
  const credits = coAuthors(state, pull, all).filter((line) => !body.includes(line));
  if (credits.length === 0) return { title: `${title} (#${pull.issue.number})`, body };
  // Under a list of several commits GitHub draws a line before the people.
  const line = !only && settings.squash_merge_commit_message === 'COMMIT_MESSAGES' ? '---------\n\n' : '';
  return {
    title: `${title} (#${pull.issue.number})`,
    body: [body, `${line}${credits.join('\n')}`].filter((part) => part !== '').join('\n\n'),
  };
}

function coAuthors(state: GitHubState, pull: Pull, commits: readonly { author: Person }[]): string[] {
  const others = commits
    .map((commit) => commit.author)
    .filter((author) => (state.accountByEmail(author.email) ?? author.email) !== pull.issue.user);
  return [...new Set(others.map((author) => `Co-authored-by: ${author.name} <${author.email}>`))];
}

export const mergeRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/merge', 'contents:read', (call) => {
    if (!pullOf(call.repository, call.params.pull_number).merged) throw notFound();
    return new Reply(204);
  }),
  route<MergeOptions>(
    'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
    'contents:write',
    (call) => {
      const pull = pullOf(call.repository, call.params.pull_number);
      const sha = mergePull(call.state, call.repository, pull, actingAccount(call.actor), call.body);
      return { sha, merged: true, message: 'Pull Request successfully merged' };
    },
    'merge pull request #{pull_number}',
  ),
  // Merges a branch into another without a pull request.
  route<{ base: string; head: string; commit_message?: string }>(
    'POST /repos/{owner}/{repo}/merges',
    'contents:write',
    (call) => {
      const { repository, state, body } = call;
      const base = repository.git.head(body.base);
      const head = repository.git.resolve(body.head);
      if (!base) throw new Refusal(404, 'Base does not exist');
      if (!head) throw new Refusal(404, 'Head does not exist');
      if (repository.git.isAncestor(head, base)) return new Reply(204);
      const by = actingAccount(call.actor);
      const date = state.clock.iso();
      const message = body.commit_message ?? `Merge ${body.head} into ${body.base}`;
      const github = { name: 'GitHub', email: 'noreply@github.com', date };
      const sha = mergeCommit(repository.git, base, head, message, personOf(by, date), github);
      if (sha === null) throw new Refusal(409, 'Merge conflict');
      repository.verified.add(sha);
      moveRef(state, repository, `refs/heads/${body.base}`, { by, to: sha });
      return new Reply(201, commitOf(call.state, repository, sha, call.urls));
    },
    'merge {body.head} into {body.base}',
  ),
];
