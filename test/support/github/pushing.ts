// A branch or tag that moves: the ref itself, and all that GitHub does about it (push event, pull requests that follow their head or are
// merged by what reached their base).
import { changedPaths } from './git/diff.ts';
import { htmlUrl, repositoryUrl, userOf } from './present.ts';
import { emitPull } from './pulls.ts';
import type { Account, Pull, Repository } from './records.ts';
import type { GitHubState, Urls } from './state.ts';

const ZERO = '0'.repeat(40);

export interface Move {
  readonly by: Account;
  /** Null: the ref is deleted. */
  readonly to: string | null;
  readonly forced?: boolean;
}

/** False where git cannot hold such a name. */
export function moveRef(state: GitHubState, repository: Repository, ref: string, move: Move): boolean {
  const { git } = repository;
  const before = git.refs.read(ref);
  if (before === move.to) return true;
  if (move.to === null) git.refs.delete(ref);
  else if (!git.refs.write(ref, move.to)) return false;
  repository.pushedAt = state.clock.iso();
  const kind = ref.startsWith('refs/heads/') ? 'branch' : ref.startsWith('refs/tags/') ? 'tag' : null;
  if (kind === null) return true;
  const short = ref.replace(/^refs\/(heads|tags)\//, '');
  const common = { ref: short, ref_type: kind, pusher_type: 'user' };
  if (before === null) {
    const payload = () => ({ ...common, master_branch: repository.defaultBranch, description: repository.description });
    state.emit({ name: 'create', action: null, repository, sender: move.by, payload });
  }
  if (move.to === null) state.emit({ name: 'delete', action: null, repository, sender: move.by, payload: () => common });
  emitPush(state, repository, ref, before, move);
  if (kind === 'branch') followBranch(state, repository, short, move);
  return true;
}

function emitPush(state: GitHubState, repository: Repository, ref: string, before: string | null, move: Move): void {
  const payload = (urls: Urls) => {
    const { git } = repository;
    const to = move.to === null ? null : git.peel(move.to);
    // The push that makes a branch names what no other branch held; the world names the commits past the default branch.
    const known = before === null ? git.head(repository.defaultBranch) : git.peel(before);
    const shas =
      to === null || ref.startsWith('refs/tags/')
        ? []
        : [...git.range(known === to ? null : known, to)].slice(0, known === to ? 0 : 2048).reverse();
    return {
      ref,
      before: before ?? ZERO,
      after: move.to ?? ZERO,
      created: before === null,
      deleted: move.to === null,
      forced: move.forced ?? false,
      base_ref: null,
      compare: `${htmlUrl(repository, urls)}/compare/${(before ?? ZERO).slice(0, 12)}...${(move.to ?? ZERO).slice(0, 12)}`,
      commits: shas.map((sha) => pushedCommit(state, repository, sha, urls)),
      head_commit: to === null ? null : pushedCommit(state, repository, to, urls),
      pusher: { name: move.by.login, email: move.by.email },
      // A push is older than the rest of the API: its repository has times in seconds and an owner with a name.
      repository: pushRepository(repository, urls),
    };
  };
  state.emit({ name: 'push', action: null, repository, sender: move.by, payload });
}

function pushedCommit(state: GitHubState, repository: Repository, sha: string, urls: Urls) {
  const commit = repository.git.commit(sha);
  const person = ({ name, email, date }: { name: string; email: string; date: string }) => {
    const account = state.accountByEmail(email);
    return { name, email, date, ...(account ? { username: account.login } : {}) };
  };
  const { added, removed, modified } = changedPaths(repository.git, commit.parents[0] ?? null, sha);
  return {
    id: sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${htmlUrl(repository, urls)}/commit/${sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added,
    removed,
    modified,
  };
}

function pushRepository(repository: Repository, urls: Urls) {
  const seconds = (time: string) => Math.floor(Date.parse(time) / 1000);
  return {
    created_at: seconds(repository.createdAt),
    pushed_at: seconds(repository.pushedAt),
    stargazers: 0,
    master_branch: repository.defaultBranch,
    url: repositoryUrl(repository, urls),
    owner: { ...userOf(repository.owner, urls), name: repository.owner.login, email: null },
  };
}

function followBranch(state: GitHubState, repository: Repository, branch: string, move: Move): void {
  for (const other of state.repositories.values()) {
    for (const issue of other.issues.values()) {
      const { pull } = issue;
      if (!pull || issue.state !== 'open') continue;
      if (pull.head.repository === repository && pull.head.ref === branch) synchronize(state, other, pull, move);
      else if (other === repository && pull.base.ref === branch && move.to !== null)
        mergeIfContained(state, repository, pull, move.to, move.by);
    }
  }
}

function synchronize(state: GitHubState, repository: Repository, pull: Pull, move: Move): void {
  const { issue } = pull;
  const before = pull.head.sha;
  if (move.to === null) {
    // A pull request whose branch is deleted closes.
    Object.assign(issue, { state: 'closed', closedAt: state.clock.iso(), closedBy: move.by, updatedAt: state.clock.iso() });
  } else {
    pull.head.sha = move.to;
    repository.git.refs.write(`refs/pull/${issue.number}/head`, move.to);
    repository.git.refs.delete(`refs/pull/${issue.number}/merge`);
    issue.updatedAt = state.clock.iso();
  }
  const action = move.to === null ? 'closed' : 'synchronize';
  const more = move.to === null ? {} : { before, after: move.to };
  emitPull(state, repository, pull, action, move.by, more);
}

/** GitHub calls a pull request merged once its head is on its base, however it got there. */
function mergeIfContained(state: GitHubState, repository: Repository, pull: Pull, to: string, by: Account): void {
  const { git } = repository;
  if (!git.isAncestor(pull.head.sha, to)) return;
  const commits = [...git.range(pull.base.sha, pull.head.sha)].reverse();
  const at = state.clock.iso();
  pull.merged = { at, by, sha: to, method: 'pushed', written: commits, commits };
  Object.assign(pull.issue, { state: 'closed', closedAt: at, closedBy: by, updatedAt: at });
  emitPull(state, repository, pull, 'closed', by);
}
