// How GitHub shows accounts, repositories, teams and Apps wherever another thing mentions them.
import type { Account, Actor, App, Reaction, Repository, Team } from './records.ts';
import { fullName, type GitHubState, ROLES, type Urls } from './state.ts';

export function userOf(account: Account, urls: Urls) {
  const url = `${urls.api}/users/${encodeURIComponent(account.login)}`;
  return {
    login: account.login,
    id: account.id,
    node_id: account.nodeId,
    avatar_url: `https://avatars.githubusercontent.com/u/${account.id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `${urls.html}/${account.type === 'Bot' ? `apps/${account.login.replace('[bot]', '')}` : account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

export function repositoryUrl(repository: Repository, urls: Urls): string {
  return `${urls.api}/repos/${fullName(repository)}`;
}

export function htmlUrl(repository: Repository, urls: Urls): string {
  return `${urls.html}/${fullName(repository)}`;
}

const LINKS = `archive:/{archive_format}{/ref} assignees:/assignees{/user} blobs:/git/blobs{/sha} branches:/branches{/branch}
  collaborators:/collaborators{/collaborator} comments:/comments{/number} commits:/commits{/sha} compare:/compare/{base}...{head}
  contents:/contents/{+path} contributors:/contributors deployments:/deployments downloads:/downloads events:/events forks:/forks
  git_commits:/git/commits{/sha} git_refs:/git/refs{/sha} git_tags:/git/tags{/sha} hooks:/hooks issue_comment:/issues/comments{/number}
  issue_events:/issues/events{/number} issues:/issues{/number} keys:/keys{/key_id} labels:/labels{/name} languages:/languages
  merges:/merges milestones:/milestones{/number} notifications:/notifications{?since,all,participating} pulls:/pulls{/number}
  releases:/releases{/id} stargazers:/stargazers statuses:/statuses/{sha} subscribers:/subscribers subscription:/subscription
  tags:/tags teams:/teams trees:/git/trees{/sha}`
  .split(/\s+/)
  .map((pair) => [`${pair.slice(0, pair.indexOf(':'))}_url`, pair.slice(pair.indexOf(':') + 1)] as const);

export function minimalRepository(repository: Repository, urls: Urls) {
  const url = repositoryUrl(repository, urls);
  return {
    id: repository.id,
    node_id: repository.nodeId,
    name: repository.name,
    full_name: fullName(repository),
    owner: userOf(repository.owner, urls),
    private: repository.private,
    html_url: htmlUrl(repository, urls),
    description: repository.description,
    fork: repository.parent !== null,
    url,
    ...Object.fromEntries(LINKS.map(([name, path]) => [name, url + path])),
  };
}

/** Everywhere else: with counts, features and times. */
export function repositoryOf(repository: Repository, urls: Urls) {
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  const name = fullName(repository);
  return {
    ...minimalRepository(repository, urls),
    git_url: `git://github.com/${name}.git`,
    ssh_url: `git@github.com:${name}.git`,
    clone_url: `${urls.html}/${name}.git`,
    svn_url: `${urls.html}/${name}`,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks_count: 0,
    forks: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    size: 1,
    default_branch: repository.defaultBranch,
    open_issues_count: open,
    open_issues: open,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    allow_forking: true,
    web_commit_signoff_required: false,
    custom_properties: {},
  };
}

/** `GET /repos/{owner}/{repo}`: merge settings are shown to those who may push, as on GitHub. */
export function fullRepository(state: GitHubState, repository: Repository, actor: Actor, urls: Urls) {
  const rank = actor.kind === 'user' ? ROLES.indexOf(state.role(repository, actor.account)) : -1;
  const app = actor.kind === 'installation' ? actor.permissions : null;
  const pushes = rank >= ROLES.indexOf('write') || app?.contents === 'write' || app?.administration !== undefined;
  const permissions = {
    admin: rank >= 5,
    maintain: rank >= 4,
    push: rank >= 3 || app?.contents === 'write',
    triage: rank >= 2,
    pull: rank >= 1 || app !== null || !repository.private,
  };
  const organization = repository.owner.type === 'Organization' ? { organization: userOf(repository.owner, urls) } : {};
  const above = repository.parent ? { parent: repositoryOf(repository.parent, urls), source: repositoryOf(repository.parent, urls) } : {};
  const settings = pushes ? { ...repository.settings, allow_auto_merge: false, allow_update_branch: false } : {};
  return {
    ...repositoryOf(repository, urls),
    ...settings,
    ...organization,
    ...above,
    permissions,
    temp_clone_token: null,
    subscribers_count: 0,
    network_count: 0,
  };
}

export function teamOf(team: Team, urls: Urls): Record<string, unknown> {
  return { ...simpleTeam(team, urls), parent: team.parent ? simpleTeam(team.parent, urls) : null };
}

export function simpleTeam(team: Team, urls: Urls) {
  const url = `${urls.api}/organizations/${team.org.id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: team.nodeId,
    url,
    html_url: `${urls.html}/orgs/${team.org.login}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    type: 'organization',
    organization_id: team.org.id,
  };
}

export function appOf(app: App, urls: Urls) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: app.nodeId,
    client_id: app.clientId,
    owner: userOf(app.owner, urls),
    name: app.slug,
    description: '',
    external_url: `https://${app.slug}.example`,
    html_url: `${urls.html}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: app.permissions,
    events: app.events,
  };
}

export function reactionsOf(reactions: readonly Reaction[], url: string) {
  const count = (content: string) => reactions.filter((one) => one.content === content).length;
  const kinds = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'];
  return { url: `${url}/reactions`, total_count: reactions.length, ...Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) };
}

/** How GitHub describes somebody's relation to a repository. */
export function associationOf(state: GitHubState, repository: Repository, account: Account): string {
  if (repository.owner === account) return 'OWNER';
  if (state.members.get(repository.owner.login)?.has(account.login)) return 'MEMBER';
  if ((repository.collaborators.get(account.login) ?? 'none') !== 'none') return 'COLLABORATOR';
  const merged = [...repository.issues.values()].some((issue) => issue.pull?.merged && issue.user === account);
  return merged ? 'CONTRIBUTOR' : 'NONE';
}
