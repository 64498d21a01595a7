// How GitHub shows a pull request: in lists, in full, and as a mention in check runs and workflow runs.
import { associationOf, htmlUrl, repositoryOf, repositoryUrl, teamOf, userOf } from './present.ts';
import type { Label, Milestone, Pull, Repository } from './records.ts';
import type { GitHubState, Urls } from './state.ts';

export function labelOf(label: Label, urls: Urls) {
  return {
    id: label.id,
    node_id: label.nodeId,
    url: `${repositoryUrl(label.repository, urls)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  };
}

export function milestoneOf(milestone: Milestone, urls: Urls) {
  const { repository, number } = milestone;
  const url = `${repositoryUrl(repository, urls)}/milestones/${number}`;
  const items = [...repository.issues.values()].filter((issue) => issue.milestone === milestone);
  const open = items.filter((issue) => issue.state === 'open').length;
  return {
    url,
    html_url: `${htmlUrl(repository, urls)}/milestone/${number}`,
    labels_url: `${url}/labels`,
    id: milestone.id,
    node_id: milestone.nodeId,
    number,
    title: milestone.title,
    description: null,
    creator: userOf(milestone.creator, urls),
    open_issues: open,
    closed_issues: items.length - open,
    state: milestone.state,
    created_at: milestone.createdAt,
    updated_at: milestone.updatedAt,
    due_on: null,
    closed_at: null,
  };
}

function sideOf(repository: Repository, ref: string, sha: string, urls: Urls) {
  const label = `${repository.owner.login}:${ref}`;
  return { label, ref, sha, user: userOf(repository.owner, urls), repo: repositoryOf(repository, urls) };
}

export function pullSimple(state: GitHubState, repository: Repository, pull: Pull, urls: Urls) {
  const { issue } = pull;
  const url = `${repositoryUrl(repository, urls)}/pulls/${issue.number}`;
  const issueUrl = `${repositoryUrl(repository, urls)}/issues/${issue.number}`;
  const html = `${htmlUrl(repository, urls)}/pull/${issue.number}`;
  const statuses = `${repositoryUrl(repository, urls)}/statuses/${pull.head.sha}`;
  const link = (href: string) => ({ href });
  return {
    url,
    id: pull.id,
    node_id: pull.nodeId,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: userOf(issue.user, urls),
    body: issue.body,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.sha ?? testMerge(repository, pull),
    assignee: issue.assignees[0] ? userOf(issue.assignees[0], urls) : null,
    assignees: issue.assignees.map((one) => userOf(one, urls)),
    requested_reviewers: pull.requestedReviewers.map((one) => userOf(one, urls)),
    requested_teams: pull.requestedTeams.map((one) => teamOf(one, urls)),
    labels: issue.labels.map((label) => labelOf(label, urls)),
    milestone: issue.milestone ? milestoneOf(issue.milestone, urls) : null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(repository, urls)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    head: sideOf(pull.head.repository, pull.head.ref, pull.head.sha, urls),
    base: sideOf(repository, pull.base.ref, pull.base.sha, urls),
    _links: {
      self: link(url),
      html: link(html),
      issue: link(issueUrl),
      comments: link(`${issueUrl}/comments`),
      review_comments: link(`${url}/comments`),
      review_comment: link(`${repositoryUrl(repository, urls)}/pulls/comments{/number}`),
      commits: link(`${url}/commits`),
      statuses: link(statuses),
    },
    author_association: associationOf(state, repository, issue.user),
    auto_merge: null,
    active_lock_reason: null,
  };
}

/** GitHub's test merge of an open pull request, which `refs/pull/N/merge` names; null where it conflicts. */
export function testMerge(repository: Repository, pull: Pull): string | null {
  if (pull.issue.state === 'closed') return null;
  return repository.git.refs.read(`refs/pull/${pull.issue.number}/merge`);
}

export function pullMention(pull: Pull, urls: Urls) {
  const { repository } = pull.issue;
  const side = (where: Repository, ref: string, sha: string) => {
    return { ref, sha, repo: { id: where.id, url: repositoryUrl(where, urls), name: where.name } };
  };
  return {
    url: `${repositoryUrl(repository, urls)}/pulls/${pull.issue.number}`,
    id: pull.id,
    number: pull.issue.number,
    head: side(pull.head.repository, pull.head.ref, pull.head.sha),
    base: side(repository, pull.base.ref, pull.base.sha),
  };
}

/** Open pull requests whose head is this commit, of this repository's own branches: GitHub leaves forks out of check runs (documented). */
export function pullsWithHead(repository: Repository, sha: string): Pull[] {
  const pulls = [...repository.issues.values()].flatMap((issue) => (issue.pull ? [issue.pull] : []));
  return pulls.filter((pull) => pull.issue.state === 'open' && pull.head.sha === sha && pull.head.repository === repository);
}

export function requestedReviewersOf(pull: Pull, urls: Urls) {
  return { users: pull.requestedReviewers.map((one) => userOf(one, urls)), teams: pull.requestedTeams.map((one) => teamOf(one, urls)) };
}
