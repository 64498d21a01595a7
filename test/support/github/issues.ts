// Issues and the issue side of pull requests: text, state, labels; and the search that finds them.
import { appOf, associationOf, htmlUrl, reactionsOf, repositoryUrl, userOf } from './present.ts';
import { labelOf, milestoneOf } from './pull-shape.ts';
import { emitPull, newIssue, updatePull } from './pulls.ts';
import type { Account, App, Issue, Label, Milestone, Repository } from './records.ts';
import { actingAccount, actingApp, type Call, found, invalid, page, Reply, type Route, route } from './routing.ts';
import { fullName, type GitHubState, type Urls } from './state.ts';

const WRITE = { needs: ['issues:write', 'pull_requests:write'], role: 'triage' } as const;
const READ = { needs: ['issues:read', 'pull_requests:read'] } as const;

export function issueOf(repository: Repository, number: string | number | undefined): Issue {
  return found(repository.issues.get(Number(number)));
}

export function issueShape(state: GitHubState, issue: Issue, urls: Urls) {
  const { repository, pull } = issue;
  const url = `${repositoryUrl(repository, urls)}/issues/${issue.number}`;
  const html = `${htmlUrl(repository, urls)}/${pull ? 'pull' : 'issues'}/${issue.number}`;
  const pullUrl = `${repositoryUrl(repository, urls)}/pulls/${issue.number}`;
  const links = { url: pullUrl, html_url: html, diff_url: `${html}.diff`, patch_url: `${html}.patch`, merged_at: pull?.merged?.at ?? null };
  return {
    id: issue.id,
    node_id: pull ? pull.nodeId : issue.nodeId,
    url,
    repository_url: repositoryUrl(repository, urls),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    number: issue.number,
    state: issue.state,
    state_reason: issue.stateReason,
    title: issue.title,
    body: issue.body,
    user: userOf(issue.user, urls),
    labels: issue.labels.map((label) => labelOf(label, urls)),
    assignee: issue.assignees[0] ? userOf(issue.assignees[0], urls) : null,
    assignees: issue.assignees.map((one) => userOf(one, urls)),
    milestone: issue.milestone ? milestoneOf(issue.milestone, urls) : null,
    locked: issue.locked,
    active_lock_reason: null,
    comments: issue.comments.length,
    ...(pull ? { pull_request: links, draft: pull.draft } : {}),
    closed_at: issue.closedAt,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_by: issue.closedBy ? userOf(issue.closedBy, urls) : null,
    author_association: associationOf(state, repository, issue.user),
    reactions: reactionsOf(issue.reactions, url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: issue.app ? appOf(issue.app, urls) : null,
  };
}

export function emitIssue(state: GitHubState, issue: Issue, action: string, sender: Account, more: object = {}): void {
  if (issue.pull) {
    emitPull(state, issue.repository, issue.pull, action, sender, more);
    return;
  }
  const payload = (urls: Urls) => ({ issue: issueShape(state, issue, urls), ...more });
  state.emit({ name: 'issues', action, repository: issue.repository, sender, payload });
}

export function createIssue(state: GitHubState, repository: Repository, user: Account, app: App | null, wanted: NewIssue): Issue {
  const at = state.clock.iso();
  const issue = newIssue(
    state,
    repository,
    repository.nextNumber++,
    user,
    app,
    { title: String(wanted.title), body: wanted.body ?? null },
    at,
    null,
  );
  issue.labels = (wanted.labels ?? []).map((label) => ensureLabel(state, repository, typeof label === 'string' ? label : label.name));
  issue.assignees = (wanted.assignees ?? []).map((login) => state.account(login));
  emitIssue(state, issue, 'opened', user);
  return issue;
}

/** As GitHub does when an unknown name is put on an issue: the label is made with the default colour. */
export function ensureLabel(
  state: GitHubState,
  repository: Repository,
  name: string,
  color = 'ededed',
  description: string | null = null,
): Label {
  const known = repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
  if (known) return known;
  const label = state.make('Label', (made): Label => ({ ...made, repository, name, color, description }));
  repository.labels.push(label);
  return label;
}

export function addLabels(state: GitHubState, issue: Issue, names: readonly string[], by: Account): void {
  for (const name of names) {
    const label = ensureLabel(state, issue.repository, name);
    if (issue.labels.includes(label)) continue;
    issue.labels = [...issue.labels, label];
    issue.updatedAt = state.clock.iso();
    emitIssue(state, issue, 'labeled', by, { label: labelOf(label, state.urls) });
  }
}

export function removeLabel(state: GitHubState, issue: Issue, name: string, by: Account): void {
  const label = found(issue.labels.find((one) => one.name.toLowerCase() === name.toLowerCase()));
  issue.labels = issue.labels.filter((one) => one !== label);
  issue.updatedAt = state.clock.iso();
  emitIssue(state, issue, 'unlabeled', by, { label: labelOf(label, state.urls) });
}

/** Puts an issue or pull request into the open milestone of that title, which is made where there is none. */
export function setMilestone(state: GitHubState, issue: Issue, title: string, by: Account): Milestone {
  const { repository } = issue;
  const [createdAt, updatedAt] = [state.clock.iso(), state.clock.iso()];
  const number = repository.milestones.length + 1;
  let milestone = repository.milestones.find((one) => one.title === title && one.state === 'open');
  if (milestone === undefined) {
    milestone = state.make(
      'Milestone',
      (made): Milestone => ({ ...made, repository, number, title, creator: by, state: 'open', createdAt, updatedAt }),
    );
    repository.milestones.push(milestone);
  }
  issue.milestone = milestone;
  issue.updatedAt = updatedAt;
  milestone.updatedAt = updatedAt;
  emitIssue(state, issue, 'milestoned', by, { milestone: milestoneOf(milestone, state.urls) });
  return milestone;
}

interface NewIssue {
  readonly title: string | number;
  readonly body?: string;
  readonly labels?: readonly (string | { name: string })[];
  readonly assignees?: readonly string[];
}

interface UpdatedIssue {
  readonly title?: string;
  readonly body?: string;
  readonly state?: 'open' | 'closed';
  readonly state_reason?: Issue['stateReason'];
  readonly labels?: readonly (string | { name: string })[];
  readonly assignees?: readonly string[];
}

function updateIssue(call: Call<UpdatedIssue>): unknown {
  const { state, repository, body } = call;
  const issue = issueOf(repository, call.params.issue_number);
  const by = actingAccount(call.actor);
  if (body.labels) {
    const names = body.labels.map((label) => (typeof label === 'string' ? label : label.name));
    for (const label of issue.labels) if (!names.includes(label.name)) removeLabel(state, issue, label.name, by);
    addLabels(state, issue, names, by);
  }
  if (body.assignees) issue.assignees = body.assignees.map((login) => state.account(login));
  if (issue.pull) updatePull(state, repository, issue.pull, by, body);
  else {
    const changes = {
      ...(body.title === undefined ? {} : { title: { from: issue.title } }),
      ...(body.body === undefined ? {} : { body: { from: issue.body ?? '' } }),
    };
    if (body.title !== undefined) issue.title = body.title;
    if (body.body !== undefined) Object.assign(issue, { body: body.body, lastEditedAt: state.clock.iso() });
    if (Object.keys(changes).length > 0) emitIssue(state, issue, 'edited', by, { changes });
    if (body.state !== undefined && body.state !== issue.state) {
      const closed = body.state === 'closed';
      const stateReason = closed ? (body.state_reason ?? 'completed') : 'reopened';
      Object.assign(issue, { state: body.state, stateReason, closedAt: closed ? state.clock.iso() : null, closedBy: closed ? by : null });
      emitIssue(state, issue, closed ? 'closed' : 'reopened', by);
    }
  }
  issue.updatedAt = state.clock.iso();
  return issueShape(state, issue, call.urls);
}

function listIssues(call: Call): Reply {
  const { query, repository } = call;
  const wanted = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const since = query.get('since');
  const [creator, assignee] = [query.get('creator'), query.get('assignee')];
  const issues = [...repository.issues.values()].filter((issue) => {
    if (wanted !== 'all' && issue.state !== wanted) return false;
    if (creator !== null && issue.user.login !== creator) return false;
    if (assignee !== null && !issue.assignees.some((one) => one.login === assignee)) return false;
    if (since !== null && Date.parse(issue.updatedAt) < Date.parse(since)) return false;
    return labels.every((name) => issue.labels.some((label) => label.name.toLowerCase() === name.toLowerCase()));
  });
  const key = (issue: Issue) =>
    query.get('sort') === 'updated' ? issue.updatedAt : query.get('sort') === 'comments' ? String(issue.comments.length) : issue.createdAt;
  const ascending = query.get('direction') === 'asc';
  const time = (issue: Issue) => Date.parse(key(issue)) || Number(key(issue));
  issues.sort((a, b) => (time(a) - time(b) || a.number - b.number) * (ascending ? 1 : -1));
  return page(call, issues, (issue) => issueShape(call.state, issue, call.urls));
}

/** `repo:`, `is:`, `type:`, `state:`, `label:`, `author:`, `in:title` and words; each other qualifier is refused loudly. */
function searchIssues(call: Call): Reply {
  const terms = (call.query.get('q') ?? '').match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  let issues = [...call.state.repositories.values()].flatMap((repository) =>
    repository.private && call.actor.kind === 'anonymous' ? [] : [...repository.issues.values()],
  );
  for (const term of terms) {
    const [, key = '', raw = ''] = /^([a-z-]+):(.*)$/.exec(term) ?? [null, '', term];
    const value = raw.replaceAll('"', '').toLowerCase();
    issues = issues.filter((issue) => {
      if (key === '') return `${issue.title}\n${issue.body ?? ''}`.toLowerCase().includes(value);
      if (key === 'repo') return fullName(issue.repository).toLowerCase() === value;
      if (key === 'label') return issue.labels.some((label) => label.name.toLowerCase() === value);
      if (key === 'author') return issue.user.login.toLowerCase() === value;
      if (key === 'in') return true;
      if (key === 'is' || key === 'type' || key === 'state') {
        if (value === 'open' || value === 'closed') return issue.state === value;
        if (value === 'merged') return issue.pull?.merged != null;
        return value === 'pr' || value === 'pull-request' ? issue.pull !== null : issue.pull === null;
      }
      if (key === 'sha')
        return !call.state.indexLags && (issue.pull?.merged?.sha.startsWith(value) || issue.pull?.head.sha.startsWith(value) || false);
      throw invalid('Search', 'q', 'invalid', `This world does not know the qualifier ${key}:`);
    });
  }
  const present = (issue: Issue) => ({ ...issueShape(call.state, issue, call.urls), body: issue.body ?? '', score: 1 });
  return page(call, issues.reverse(), present, (items) => ({
    total_count: issues.length,
    incomplete_results: false,
    search_type: 'lexical',
    items,
  }));
}

export const issueRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/issues', READ, listIssues),
  route('GET /search/issues', { needs: 'anyone' }, searchIssues),
  route<NewIssue>(
    'POST /repos/{owner}/{repo}/issues',
    { needs: 'issues:write', role: 'read' },
    (call) => {
      const issue = createIssue(call.state, call.repository, actingAccount(call.actor), actingApp(call.actor), call.body);
      return new Reply(201, issueShape(call.state, issue, call.urls));
    },
    'open issue #{answer.number}',
  ),
  route('GET /repos/{owner}/{repo}/issues/{issue_number}', READ, (call) =>
    issueShape(call.state, issueOf(call.repository, call.params.issue_number), call.urls),
  ),
  route<UpdatedIssue>('PATCH /repos/{owner}/{repo}/issues/{issue_number}', WRITE, updateIssue, 'update issue #{issue_number}'),
  route('GET /repos/{owner}/{repo}/issues/{issue_number}/labels', READ, (call) => {
    return page(call, issueOf(call.repository, call.params.issue_number).labels, (label) => labelOf(label, call.urls));
  }),
  route<{ labels?: (string | { name: string })[] } | (string | { name: string })[]>(
    'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
    WRITE,
    (call) => {
      const issue = issueOf(call.repository, call.params.issue_number);
      const wanted = Array.isArray(call.body) ? call.body : (call.body.labels ?? []);
      addLabels(
        call.state,
        issue,
        wanted.map((one) => (typeof one === 'string' ? one : one.name)),
        actingAccount(call.actor),
      );
      return issue.labels.map((label) => labelOf(label, call.urls));
    },
    'add label {body.labels} to #{issue_number}',
  ),
  route<{ labels?: string[] }>(
    'PUT /repos/{owner}/{repo}/issues/{issue_number}/labels',
    WRITE,
    (call) => {
      const issue = issueOf(call.repository, call.params.issue_number);
      const names = call.body.labels ?? [];
      for (const label of issue.labels)
        if (!names.includes(label.name)) removeLabel(call.state, issue, label.name, actingAccount(call.actor));
      addLabels(call.state, issue, names, actingAccount(call.actor));
      return issue.labels.map((label) => labelOf(label, call.urls));
    },
    'set labels of #{issue_number} to {body.labels}',
  ),
  route(
    'DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}',
    WRITE,
    (call) => {
      const issue = issueOf(call.repository, call.params.issue_number);
      removeLabel(call.state, issue, call.params.name ?? '', actingAccount(call.actor));
      return issue.labels.map((label) => labelOf(label, call.urls));
    },
    'remove label {name} from #{issue_number}',
  ),
  route('GET /repos/{owner}/{repo}/labels', READ, (call) => page(call, call.repository.labels, (label) => labelOf(label, call.urls))),
  route('GET /repos/{owner}/{repo}/labels/{name}', READ, (call) => {
    return labelOf(found(call.repository.labels.find((label) => label.name.toLowerCase() === call.params.name?.toLowerCase())), call.urls);
  }),
  route<{ name: string; color?: string; description?: string }>(
    'POST /repos/{owner}/{repo}/labels',
    { needs: ['issues:write', 'pull_requests:write'] },
    (call) => {
      const { name, color, description } = call.body;
      if (call.repository.labels.some((label) => label.name.toLowerCase() === name.toLowerCase()))
        throw invalid('Label', 'name', 'already_exists');
      return new Reply(201, labelOf(ensureLabel(call.state, call.repository, name, color, description ?? null), call.urls));
    },
    'create label {body.name}',
  ),
];
