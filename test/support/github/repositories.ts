// Repositories and their branches and tags, accounts, teams and what somebody may do.
import { commitOf } from './commits.ts';
import { fullRepository, htmlUrl, repositoryUrl, teamOf, userOf } from './present.ts';
import type { Account, MergeSettings, Role, Team } from './records.ts';
import { type Call, found, notFound, page, Refusal, Reply, type Route, route } from './routing.ts';
import { fullName, ROLES } from './state.ts';

type Settings = Partial<MergeSettings> & { description?: string; default_branch?: string; private?: boolean };

function teamOfPath(call: Call): Team {
  return found(call.state.teams.get(`${call.state.accounts.get(call.params.org?.toLowerCase() ?? '')?.login}/${call.params.team_slug}`));
}

function accountOf(call: Call): Account {
  const account = call.state.accounts.get(call.params.username?.toLowerCase() ?? '');
  if (!account) throw notFound();
  return account;
}

function profile(account: Account, call: Call) {
  const empty = { company: null, blog: '', location: null, email: null, hireable: null, bio: null };
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 };
  const epoch = '2020-01-01T00:00:00Z';
  return { ...userOf(account, call.urls), name: account.name, ...empty, ...counts, created_at: epoch, updated_at: epoch };
}

/** The five old permissions that `permission` knows (documented): maintain counts as write, triage as read. */
function legacyPermission(role: Role): string {
  return role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;
}

function permissionOf(call: Call): unknown {
  const account = accountOf(call);
  // The endpoint knows people only: asked about an App's bot it answers 404.
  if (account.type !== 'User') throw new Refusal(404, `${account.login} is not a user`);
  const role = call.state.role(call.repository, account);
  const permissions = permissionsOf(role);
  return { permission: legacyPermission(role), role_name: role, user: { ...userOf(account, call.urls), permissions, role_name: role } };
}

function permissionsOf(role: Role) {
  const rank = ROLES.indexOf(role);
  return { admin: rank >= 5, maintain: rank >= 4, push: rank >= 3, triage: rank >= 2, pull: rank >= 1 };
}

/** By the least that is asked for; whoever may only read what all may read is no collaborator. */
function collaboratorsOf(call: Call) {
  const { state, repository } = call;
  const least = { triage: 'triage', push: 'write', maintain: 'maintain', admin: 'admin' }[call.query.get('permission') ?? ''] ?? 'read';
  const isWithin = ({ login }: Account) => repository.collaborators.has(login) || state.members.get(repository.owner.login)?.has(login);
  return [...state.accounts.values()]
    .filter(({ type }) => type === 'User')
    .map((account) => ({ account, role: state.role(repository, account) }))
    .filter(({ account, role }) => ROLES.indexOf(role) >= ROLES.indexOf(least as Role) && (least !== 'read' || isWithin(account)));
}

/** What protects a branch, in the form of a ruleset's rules. */
function rulesOf(call: Call): object[] {
  const rule = call.repository.protectedBranches.get(call.params.branch ?? '');
  if (!rule) return [];
  const source = { ruleset_source_type: 'Repository', ruleset_source: fullName(call.repository), ruleset_id: call.repository.id };
  const checks = rule.requiredChecks.map((context) => ({ context }));
  const review = {
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
  };
  const pull = { ...review, required_approving_review_count: rule.requiredApprovals };
  return [
    { type: 'pull_request', ...source, parameters: pull },
    {
      type: 'required_status_checks',
      ...source,
      parameters: { required_status_checks: checks, strict_required_status_checks_policy: false },
    },
  ];
}

export const repositoryRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}', 'metadata:read', (call) => fullRepository(call.state, call.repository, call.actor, call.urls)),
  route<Settings>(
    'PATCH /repos/{owner}/{repo}',
    { needs: 'administration:write', role: 'admin' },
    (call) => {
      const { description, default_branch, private: hidden, ...settings } = call.body;
      if (description !== undefined) call.repository.description = description;
      if (default_branch !== undefined) call.repository.defaultBranch = default_branch;
      if (hidden !== undefined) call.repository.private = hidden;
      Object.assign(call.repository.settings, settings);
      call.repository.updatedAt = call.state.clock.iso();
      return fullRepository(call.state, call.repository, call.actor, call.urls);
    },
    'change the repository',
  ),
  route('GET /repos/{owner}/{repo}/branches', 'contents:read', (call) => {
    const refs = call.repository.git.refs.list('refs/heads/');
    const wanted = call.query.get('protected');
    const shown = refs.filter(
      (ref) => wanted === null || call.repository.protectedBranches.has(ref.name.slice(11)) === (wanted === 'true'),
    );
    return page(call, shown, (ref) => {
      const name = ref.name.slice(11);
      const url = `${repositoryUrl(call.repository, call.urls)}/commits/${ref.sha}`;
      return { name, commit: { sha: ref.sha, url }, protected: call.repository.protectedBranches.has(name) };
    });
  }),
  route('GET /repos/{owner}/{repo}/branches/{branch}', 'contents:read', (call) => {
    const name = call.params.branch ?? '';
    const head = call.repository.git.head(name);
    if (!head) throw new Refusal(404, 'Branch not found');
    const url = `${repositoryUrl(call.repository, call.urls)}/branches/${name}`;
    const rule = call.repository.protectedBranches.get(name);
    const contexts = [...(rule?.requiredChecks ?? [])];
    const checks = contexts.map((context) => ({ context, app_id: null }));
    const required = { enforcement_level: rule ? 'everyone' : 'off', contexts, checks };
    return {
      name,
      commit: commitOf(call.state, call.repository, head, call.urls),
      _links: { self: url, html: `${htmlUrl(call.repository, call.urls)}/tree/${name}` },
      protected: rule !== undefined,
      protection: { enabled: rule !== undefined, required_status_checks: required },
      protection_url: `${url}/protection`,
    };
  }),
  route('GET /repos/{owner}/{repo}/rules/branches/{branch}', 'metadata:read', (call) => page(call, rulesOf(call), (rule) => rule)),
  route('GET /orgs/{org}/members/{username}', { needs: 'members:read' }, (call) => {
    if (!call.state.members.get(call.params.org ?? '')?.has(accountOf(call).login)) throw notFound();
    return new Reply(204);
  }),
  route('GET /repos/{owner}/{repo}/tags', 'contents:read', (call) => {
    const refs = call.repository.git.refs.list('refs/tags/').reverse();
    const url = repositoryUrl(call.repository, call.urls);
    return page(call, refs, (ref) => {
      const name = ref.name.slice(10);
      const sha = call.repository.git.peel(ref.sha) ?? ref.sha;
      const archives = { zipball_url: `${url}/zipball/refs/tags/${name}`, tarball_url: `${url}/tarball/refs/tags/${name}` };
      return {
        name,
        commit: { sha, url: `${url}/commits/${sha}` },
        ...archives,
        node_id: `REF_${Buffer.from(ref.name).toString('base64url')}`,
      };
    });
  }),
  route('GET /repos/{owner}/{repo}/collaborators/{username}/permission', 'metadata:read', permissionOf),
  route('GET /repos/{owner}/{repo}/collaborators', { needs: 'metadata:read', role: 'write' }, (call) =>
    page(call, collaboratorsOf(call), ({ account, role }) => ({
      ...userOf(account, call.urls),
      role_name: role,
      permissions: permissionsOf(role),
    })),
  ),
  route('GET /orgs/{org}/teams/{team_slug}', { needs: 'members:read' }, (call) => {
    const team = teamOfPath(call);
    const organization = call.state.organization(team.org.login);
    const url = `${call.urls.api}/orgs/${organization.login}`;
    const org = {
      ...profile(organization, call),
      url,
      hooks_url: `${url}/hooks`,
      events_url: `${url}/events`,
      issues_url: `${url}/issues`,
      members_url: `${url}/members{/member}`,
      public_members_url: `${url}/public_members{/member}`,
      description: null,
      has_organization_projects: true,
      has_repository_projects: true,
      archived_at: null,
      blog: undefined,
      company: undefined,
      location: undefined,
      email: undefined,
    };
    const counts = { members_count: call.state.teamMembers(team).size, repos_count: team.repositories.size };
    return {
      ...teamOf(team, call.urls),
      ...counts,
      created_at: '2020-01-01T00:00:00Z',
      updated_at: '2020-01-01T00:00:00Z',
      organization: JSON.parse(JSON.stringify(org)),
    };
  }),
  route('GET /orgs/{org}/teams/{team_slug}/members', { needs: 'members:read' }, (call) => {
    const role = call.query.get('role') ?? 'all';
    const members = [...call.state.teamMembers(teamOfPath(call))].filter(([, one]) => role === 'all' || one === role);
    return page(call, members, ([login]) => userOf(call.state.account(login), call.urls));
  }),
  route('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', { needs: 'members:read' }, (call) => {
    const team = teamOfPath(call);
    const account = accountOf(call);
    const role = found(call.state.teamMembers(team).get(account.login));
    return { url: `${call.urls.api}/organizations/${team.org.id}/team/${team.id}/memberships/${account.login}`, role, state: 'active' };
  }),
  route('GET /users/{username}', { needs: 'anyone' }, (call) => profile(accountOf(call), call)),
  route('GET /user', { needs: 'account', only: 'people' }, (call) => {
    if (call.actor.kind !== 'user') throw new Refusal(403, 'Resource not accessible by integration');
    const own = {
      private_gists: 0,
      total_private_repos: 0,
      owned_private_repos: 0,
      disk_usage: 0,
      collaborators: 0,
      two_factor_authentication: true,
    };
    return { ...profile(call.actor.account, call), ...own };
  }),
  route('GET /rate_limit', { needs: 'anyone' }, () => {
    const reset = Math.ceil(Date.now() / 1000) + 3_600;
    const limit = (most: number) => ({ limit: most, used: 0, remaining: most, reset });
    return { resources: { core: limit(5_000), search: limit(30), graphql: limit(5_000) }, rate: limit(5_000) };
  }),
];
