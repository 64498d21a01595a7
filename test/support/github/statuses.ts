// Commit statuses: set by anyone with push rights under any name, which is why they prove less than a check run of a known App.
import { resolveOrThrow } from './commits.ts';
import { htmlUrl, minimalRepository, repositoryUrl, userOf } from './present.ts';
import type { Account, Repository, Status } from './records.ts';
import { actingAccount, page, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState, Urls } from './state.ts';

export function createStatus(state: GitHubState, repository: Repository, creator: Account, sha: string, wanted: NewStatus): Status {
  if (repository.statuses.filter((one) => one.sha === sha && one.context === (wanted.context ?? 'default')).length >= 1_000) {
    throw new Refusal(422, 'This SHA and context has reached the maximum number of statuses.');
  }
  const status = state.make('StatusContext', (made): Status => {
    const { description = null, target_url = null } = wanted;
    return {
      ...made,
      repository,
      sha,
      context: wanted.context ?? 'default',
      state: wanted.state,
      description,
      targetUrl: target_url,
      creator,
      createdAt: state.clock.iso(),
    };
  });
  repository.statuses.push(status);
  const payload = (urls: Urls) => ({ ...statusEvent(state, status, urls) });
  state.emit({ name: 'status', action: null, repository, sender: creator, payload });
  return status;
}

interface NewStatus {
  readonly state: Status['state'];
  readonly context?: string;
  readonly description?: string | null;
  readonly target_url?: string | null;
}

function statusEvent(state: GitHubState, status: Status, urls: Urls) {
  const { repository, sha } = status;
  const commit = repository.git.commit(sha);
  const url = repositoryUrl(repository, urls);
  const account = (email: string) => {
    const known = state.accountByEmail(email);
    return known && userOf(known, urls);
  };
  return {
    id: status.id,
    sha,
    name: `${repository.owner.login}/${repository.name}`,
    avatar_url: userOf(status.creator, urls).avatar_url,
    target_url: status.targetUrl,
    context: status.context,
    description: status.description,
    state: status.state,
    commit: {
      sha,
      node_id: `C_${sha}`,
      commit: {
        author: commit.author,
        committer: commit.committer,
        message: commit.message,
        tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
        url: `${url}/git/commits/${sha}`,
        comment_count: 0,
        verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
      },
      url: `${url}/commits/${sha}`,
      html_url: `${htmlUrl(repository, urls)}/commit/${sha}`,
      comments_url: `${url}/commits/${sha}/comments`,
      author: account(commit.author.email),
      committer: account(commit.committer.email),
      parents: commit.parents.map((parent) => ({
        sha: parent,
        url: `${url}/commits/${parent}`,
        html_url: `${htmlUrl(repository, urls)}/commit/${parent}`,
      })),
    },
    branches: repository.git.refs
      .list('refs/heads/')
      .filter((ref) => ref.sha === sha)
      .map((ref) => {
        return {
          name: ref.name.slice(11),
          commit: { sha, url: `${url}/commits/${sha}` },
          protected: repository.protectedBranches.has(ref.name.slice(11)),
        };
      }),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

function statusShape(status: Status, urls: Urls) {
  return {
    url: `${repositoryUrl(status.repository, urls)}/statuses/${status.sha}`,
    avatar_url: userOf(status.creator, urls).avatar_url,
    id: status.id,
    node_id: status.nodeId,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

/** The newest of each context. */
export function latestStatuses(repository: Repository, sha: string): Status[] {
  return [...new Map(repository.statuses.filter((one) => one.sha === sha).map((one) => [one.context, one])).values()];
}

/** `pending` where there are none at all (documented). */
export function combinedState(statuses: readonly Status[]): string {
  if (statuses.some((one) => one.state === 'error' || one.state === 'failure')) return 'failure';
  return statuses.length === 0 || statuses.some((one) => one.state === 'pending') ? 'pending' : 'success';
}

export const statusRoutes: readonly Route[] = [
  route<NewStatus>(
    'POST /repos/{owner}/{repo}/statuses/{sha}',
    'statuses:write',
    (call) => {
      const sha = resolveOrThrow(call.repository, call.params.sha ?? '');
      const status = createStatus(call.state, call.repository, actingAccount(call.actor), sha, call.body);
      return new Reply(201, { ...statusShape(status, call.urls), creator: userOf(status.creator, call.urls) });
    },
    'set status {body.context} of {sha} to {body.state}',
  ),
  route('GET /repos/{owner}/{repo}/commits/{ref}/statuses', 'statuses:read', (call) => {
    const sha = resolveOrThrow(call.repository, call.params.ref ?? '');
    const statuses = call.repository.statuses.filter((one) => one.sha === sha).reverse();
    return page(call, statuses, (status) => ({ ...statusShape(status, call.urls), creator: userOf(status.creator, call.urls) }));
  }),
  route('GET /repos/{owner}/{repo}/commits/{ref}/status', 'statuses:read', (call) => {
    const { repository, urls } = call;
    const sha = resolveOrThrow(repository, call.params.ref ?? '');
    const statuses = latestStatuses(repository, sha);
    const url = `${repositoryUrl(repository, urls)}/commits/${sha}`;
    const common = { state: combinedState(statuses), sha, total_count: statuses.length, repository: minimalRepository(repository, urls) };
    return page(
      call,
      statuses,
      (status) => statusShape(status, urls),
      (items) => ({ ...common, statuses: items, commit_url: url, url: `${url}/status` }),
    );
  }),
];
