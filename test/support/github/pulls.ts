// Pull requests: made, listed, shown in full with whether they can be merged, changed, and their commits and files.
import { newest } from './checks.ts';
import { commitOf, commitsOfPull, fileOf, forkOf } from './commits.ts';
import { changedFiles } from './git/diff.ts';
import { mergeTrees } from './git/merge.ts';
import { userOf } from './present.ts';
import { pullSimple } from './pull-shape.ts';
import type { Account, App, Issue, Pull, Repository } from './records.ts';
import { actingAccount, actingApp, type Call, found, invalid, page, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState, Urls } from './state.ts';
import { latestStatuses } from './statuses.ts';

const GREEN: readonly string[] = ['success', 'neutral', 'skipped'];

export interface NewPull {
  readonly title: string;
  readonly head: string;
  readonly base: string;
  readonly body?: string | null;
  readonly draft?: boolean;
  readonly maintainer_can_modify?: boolean;
}

export function pullsOf(repository: Repository): Pull[] {
  return [...repository.issues.values()].flatMap((issue) => (issue.pull ? [issue.pull] : []));
}

export function pullOf(repository: Repository, number: string | number | undefined): Pull {
  return found(repository.issues.get(Number(number))?.pull);
}

/** Null while GitHub cannot know: a merged or closed pull request. */
export function mergeability(repository: Repository, pull: Pull): { mergeable: boolean | null; state: string } {
  const { git } = repository;
  const base = git.head(pull.base.ref);
  if (pull.issue.state === 'closed' || base === null) return { mergeable: null, state: 'unknown' };
  const tree = mergeTrees(git, base, pull.head.sha);
  const name = `refs/pull/${pull.issue.number}/merge`;
  if (tree === null) {
    git.refs.delete(name);
    return { mergeable: false, state: 'dirty' };
  }
  const who = { name: 'GitHub', email: 'noreply@github.com', date: pull.issue.updatedAt };
  const message = `Merge ${pull.head.sha} into ${base}`;
  git.refs.write(name, git.writeCommit({ tree, parents: [base, pull.head.sha], author: who, committer: who, message }));
  if (pull.draft) return { mergeable: true, state: 'draft' };
  if (missingForMerge(repository, pull) !== null) return { mergeable: true, state: 'blocked' };
  return { mergeable: true, state: allGreen(repository, pull.head.sha) ? 'clean' : 'unstable' };
}

function allGreen(repository: Repository, sha: string): boolean {
  const checks = newest(repository.checks.filter((check) => check.suite.sha === sha));
  const green = checks.every((check) => GREEN.includes(check.conclusion ?? ''));
  return green && latestStatuses(repository, sha).every((status) => status.state === 'success');
}

/** What branch protection still asks, in GitHub's words; null when nothing. */
export function missingForMerge(repository: Repository, pull: Pull): string | null {
  const rule = repository.protectedBranches.get(pull.base.ref);
  if (!rule) return null;
  const sha = pull.head.sha;
  for (const context of rule.requiredChecks) {
    const check = repository.checks.findLast((one) => one.suite.sha === sha && one.name === context);
    const status = repository.statuses.findLast((one) => one.sha === sha && one.context === context);
    const green = check ? GREEN.includes(check.conclusion ?? '') : status?.state === 'success';
    if (!green) return `Required status check "${context}" is ${check || status ? 'not passing' : 'expected'}.`;
  }
  const approvals = new Set(pull.reviews.filter((review) => review.state === 'APPROVED').map((review) => review.user.login));
  if (approvals.size < rule.requiredApprovals) {
    return `At least ${rule.requiredApprovals} approving review is required by reviewers with write access.`;
  }
  return null;
}

export function pullFull(state: GitHubState, repository: Repository, pull: Pull, urls: Urls) {
  const { mergeable, state: mergeState } = mergeability(repository, pull);
  const commits = commitsOfPull(repository, pull);
  const files = filesOf(repository, pull);
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0);
  return {
    ...pullSimple(state, repository, pull, urls),
    merged: pull.merged !== null,
    merged_by: pull.merged ? userOf(pull.merged.by, urls) : null,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeState,
    comments: pull.issue.comments.length,
    review_comments: 0,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: commits.length,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: files.length,
  };
}

export function emitPull(state: GitHubState, repository: Repository, pull: Pull, action: string, sender: Account, more: object = {}): void {
  const payload = (urls: Urls) => ({ number: pull.issue.number, pull_request: pullFull(state, repository, pull, urls), ...more });
  state.emit({ name: 'pull_request', action, repository, sender, payload });
}

function filesOf(repository: Repository, pull: Pull) {
  const { git } = repository;
  const base = pull.merged ? pull.base.sha : (git.head(pull.base.ref) ?? pull.base.sha);
  return changedFiles(git, git.mergeBase(base, pull.head.sha), pull.head.sha);
}

/** For a REST call and for a story alike. */
export function createPull(state: GitHubState, repository: Repository, user: Account, app: App | null, wanted: NewPull): Pull {
  const colon = wanted.head.indexOf(':');
  const owner = colon === -1 ? repository.owner.login : wanted.head.slice(0, colon);
  const ref = wanted.head.slice(colon + 1);
  const from = forkOf(state, repository, owner);
  const sha = from?.git.head(ref);
  const base = repository.git.head(wanted.base);
  if (!from || !sha) throw invalid('PullRequest', 'head', 'invalid');
  if (!base) throw invalid('PullRequest', 'base', 'invalid');
  const custom = (message: string) =>
    new Refusal(422, 'Validation Failed', { errors: [{ resource: 'PullRequest', code: 'custom', message }] });
  const same = pullsOf(repository).some(
    (one) => one.issue.state === 'open' && one.head.repository === from && one.head.ref === ref && one.base.ref === wanted.base,
  );
  if (same) throw custom(`A pull request already exists for ${owner}:${ref}.`);
  if (repository.git.range(base, sha).length === 0) throw custom(`No commits between ${wanted.base} and ${ref}`);
  const number = repository.nextNumber++;
  const at = state.clock.iso();
  const pull = state.make(
    'PR',
    (made): Pull => ({
      ...made,
      issue: null as unknown as Issue,
      draft: wanted.draft ?? false,
      head: { repository: from, ref, sha },
      base: { ref: wanted.base, sha: base },
      requestedReviewers: [],
      requestedTeams: [],
      maintainerCanModify: from !== repository && (wanted.maintainer_can_modify ?? true),
      merged: null,
      reviews: [],
    }),
  );
  const text = { title: wanted.title, body: wanted.body ?? null };
  pull.issue = newIssue(state, repository, number, user, app, text, at, pull);
  state.nodes.set(pull.nodeId, { type: 'PullRequest', value: pull });
  repository.git.refs.write(`refs/pull/${number}/head`, sha);
  emitPull(state, repository, pull, 'opened', user);
  return pull;
}

export function newIssue(
  state: GitHubState,
  repository: Repository,
  number: number,
  user: Account,
  app: App | null,
  text: { title: string; body: string | null },
  at: string,
  pull: Pull | null,
): Issue {
  const issue = state.make('Issue', (made): Issue => {
    const empty = { labels: [], milestone: null, assignees: [], comments: [], reactions: [] };
    const open = { state: 'open', stateReason: null, locked: false, closedAt: null, closedBy: null } as const;
    return { ...made, ...open, ...empty, ...text, repository, number, user, app, createdAt: at, updatedAt: at, lastEditedAt: null, pull };
  });
  repository.issues.set(number, issue);
  return issue;
}

function listPulls(call: Call): Reply {
  const { repository, query, state, urls } = call;
  const wanted = query.get('state') ?? 'open';
  const [head, base] = [query.get('head'), query.get('base')];
  const pulls = pullsOf(repository).filter((pull) => {
    if (wanted !== 'all' && pull.issue.state !== wanted) return false;
    if (head !== null && head !== `${pull.head.repository.owner.login}:${pull.head.ref}`) return false;
    return base === null || pull.base.ref === base;
  });
  const sort = query.get('sort') ?? 'created';
  const key = (pull: Pull) => (sort === 'updated' ? pull.issue.updatedAt : pull.issue.createdAt);
  const ascending = (query.get('direction') ?? (query.has('sort') ? 'asc' : 'desc')) === 'asc';
  pulls.sort((a, b) => (Date.parse(key(a)) - Date.parse(key(b)) || a.issue.number - b.issue.number) * (ascending ? 1 : -1));
  return page(call, pulls, (pull) => pullSimple(state, repository, pull, urls));
}

export function updatePull(state: GitHubState, repository: Repository, pull: Pull, by: Account, wanted: UpdatedPull): void {
  const { issue } = pull;
  const changes: Record<string, unknown> = {};
  if (wanted.title !== undefined && wanted.title !== issue.title) {
    changes.title = { from: issue.title };
    issue.title = wanted.title;
  }
  if (wanted.body !== undefined && wanted.body !== issue.body) {
    changes.body = { from: issue.body ?? '' };
    issue.body = wanted.body;
    issue.lastEditedAt = state.clock.iso();
  }
  if (wanted.base !== undefined && wanted.base !== pull.base.ref) {
    const sha = repository.git.head(wanted.base);
    if (!sha) throw invalid('PullRequest', 'base', 'invalid');
    changes.base = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } };
    Object.assign(pull.base, { ref: wanted.base, sha });
  }
  issue.updatedAt = state.clock.iso();
  if (Object.keys(changes).length > 0) emitPull(state, repository, pull, 'edited', by, { changes });
  if (wanted.state === undefined || wanted.state === issue.state) return;
  if (pull.merged)
    throw new Refusal(422, 'Validation Failed', {
      errors: [{ resource: 'PullRequest', code: 'custom', message: 'state cannot be changed. The pull request is merged.' }],
    });
  const closed = wanted.state === 'closed';
  Object.assign(issue, { state: wanted.state, closedAt: closed ? state.clock.iso() : null, closedBy: closed ? by : null });
  emitPull(state, repository, pull, closed ? 'closed' : 'reopened', by);
}

interface UpdatedPull {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
  readonly base?: string;
}

export const pullRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/pulls', 'pull_requests:read', listPulls),
  route<NewPull>(
    'POST /repos/{owner}/{repo}/pulls',
    { needs: 'pull_requests:write', role: 'read' },
    (call) => {
      const pull = createPull(call.state, call.repository, actingAccount(call.actor), actingApp(call.actor), call.body);
      return new Reply(201, pullFull(call.state, call.repository, pull, call.urls));
    },
    'open pull request #{answer.number} {body.head} → {body.base}',
  ),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}', 'pull_requests:read', (call) => {
    return pullFull(call.state, call.repository, pullOf(call.repository, call.params.pull_number), call.urls);
  }),
  route<UpdatedPull>(
    'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    'pull_requests:write',
    (call) => {
      const pull = pullOf(call.repository, call.params.pull_number);
      updatePull(call.state, call.repository, pull, actingAccount(call.actor), call.body);
      return pullFull(call.state, call.repository, pull, call.urls);
    },
    'update pull request #{pull_number}',
  ),
  // At most 250 commits and 3,000 files are listed (documented).
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', 'pull_requests:read', (call) => {
    const pull = pullOf(call.repository, call.params.pull_number);
    return page(call, commitsOfPull(call.repository, pull).slice(0, 250), (sha) => commitOf(call.state, call.repository, sha, call.urls));
  }),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', 'pull_requests:read', (call) => {
    const pull = pullOf(call.repository, call.params.pull_number);
    return page(call, filesOf(call.repository, pull).slice(0, 3_000), (file) => fileOf(call.repository, pull.head.sha, file, call.urls));
  }),
];
