// Environments and what guards them: reviewers, wait timer, branch policy, and Apps with custom protection rules.
import type { Environment, ProtectionRule } from './deployment-records.ts';
import { htmlUrl, repositoryUrl, teamOf, userOf } from './present.ts';
import type { Account, App, Repository, Team } from './records.ts';
import { type Call, found, page, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState, Urls } from './state.ts';

export interface EnvironmentSettings {
  readonly wait_timer?: number;
  readonly prevent_self_review?: boolean;
  readonly reviewers?: readonly { readonly type: 'User' | 'Team'; readonly id: number }[] | null;
  readonly deployment_branch_policy?: { readonly protected_branches: boolean; readonly custom_branch_policies: boolean } | null;
}

/** A name that no environment has makes one, without any protection: GitHub's own trap. Names differ by more than their case. */
export function ensureEnvironment(state: GitHubState, repository: Repository, name: string): Environment {
  const known = repository.environments.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (known) return known;
  const at = state.clock.iso();
  const environment = state.make('Environment', (made): Environment => {
    const open = { waitTimer: 0, preventSelfReview: false, reviewers: [], branchPolicy: null, policies: [], rules: [] };
    return { ...made, ...open, repository, name, createdAt: at, updatedAt: at };
  });
  repository.environments.push(environment);
  return environment;
}

export function addProtectionRule(state: GitHubState, environment: Environment, app: App): ProtectionRule {
  const known = environment.rules.find((rule) => rule.app === app);
  if (known) return known;
  if (environment.rules.length >= 6) throw new Refusal(422, 'An environment can have at most 6 deployment protection rules.');
  const rule = state.make('DeploymentProtectionRule', (made): ProtectionRule => ({ ...made, app }));
  environment.rules.push(rule);
  return rule;
}

/** Patterns as Ruby's File.fnmatch reads them: `*` stops at a slash. `protected` without any protected branch lets all deploy. */
export function branchMayDeploy(repository: Repository, environment: Environment, ref: string): boolean {
  const type = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  const name = ref.replace(/^refs\/(heads|tags)\//, '');
  if (environment.branchPolicy === null) return true;
  if (environment.branchPolicy === 'protected')
    return repository.protectedBranches.size === 0 || (type === 'branch' && repository.protectedBranches.has(name));
  return environment.policies.some((policy) => policy.type === type && matchesPattern(policy.name, name));
}

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*\*\//g, '(?:.*/)?')
    .replace(/\*/g, '[^/]*')
    .replace(/\?/g, '[^/]');
  return new RegExp(`^${source}$`).test(name);
}

export function environmentShape(environment: Environment, urls: Urls) {
  const { repository } = environment;
  const rule = (type: string, more: object) => ({ id: environment.id, node_id: `GA_${environment.id}`, type, ...more });
  const reviewers = environment.reviewers.map((one) => reviewerOf(one, urls));
  const { preventSelfReview, waitTimer, branchPolicy } = environment;
  return {
    id: environment.id,
    node_id: environment.nodeId,
    name: environment.name,
    url: `${repositoryUrl(repository, urls)}/environments/${encodeURIComponent(environment.name)}`,
    html_url: `${htmlUrl(repository, urls)}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
    created_at: environment.createdAt,
    updated_at: environment.updatedAt,
    protection_rules: [
      ...(waitTimer > 0 ? [rule('wait_timer', { wait_timer: waitTimer })] : []),
      ...(reviewers.length > 0 ? [rule('required_reviewers', { prevent_self_review: preventSelfReview, reviewers })] : []),
      ...(branchPolicy === null ? [] : [rule('branch_policy', {})]),
      // Custom rules are listed here by a type of their own, and named by the endpoint beside this one.
      ...environment.rules.map((one) => ({ id: one.id, node_id: one.nodeId, type: 'custom' })),
    ],
    deployment_branch_policy:
      branchPolicy === null
        ? null
        : { protected_branches: branchPolicy === 'protected', custom_branch_policies: branchPolicy === 'custom' },
  };
}

export function reviewerOf(one: Account | Team, urls: Urls) {
  return 'slug' in one ? { type: 'Team', reviewer: teamOf(one, urls) } : { type: 'User', reviewer: userOf(one, urls) };
}

function environmentOf(call: Call): Environment {
  const name = (call.params.environment_name ?? '').toLowerCase();
  return found(call.repository.environments.find((one) => one.name.toLowerCase() === name));
}

export function configureEnvironment(state: GitHubState, environment: Environment, wanted: EnvironmentSettings): void {
  const { deployment_branch_policy: policy } = wanted;
  if (policy && policy.protected_branches === policy.custom_branch_policies)
    throw new Refusal(422, 'protected_branches and custom_branch_policies cannot have the same value');
  if ((wanted.reviewers?.length ?? 0) > 6) throw new Refusal(422, 'Up to 6 reviewers may be specified');
  // What the request leaves out is reset, as a PUT does.
  environment.waitTimer = wanted.wait_timer ?? 0;
  environment.preventSelfReview = wanted.prevent_self_review ?? false;
  environment.reviewers = (wanted.reviewers ?? []).map(({ type, id }) => {
    const all: readonly (Account | Team)[] = type === 'Team' ? [...state.teams.values()] : [...state.accounts.values()];
    const reviewer = all.find((one) => one.id === id);
    if (!reviewer || ('type' in reviewer && reviewer.type !== 'User'))
      throw new Refusal(422, `Failed to create the environment protection rule. Please ensure that reviewer ${id} has read access.`);
    return reviewer;
  });
  environment.branchPolicy = policy ? (policy.protected_branches ? 'protected' : 'custom') : null;
  environment.updatedAt = state.clock.iso();
}

function ruleShape(rule: ProtectionRule, _environment: Environment, urls: Urls) {
  const { app } = rule;
  return {
    id: rule.id,
    node_id: rule.nodeId,
    enabled: true,
    app: { id: app.id, slug: app.slug, integration_url: `${urls.api}/apps/${app.slug}`, node_id: app.nodeId },
  };
}

/** Apps that could guard an environment here: installed, with Deployments: write, and subscribed to the event. */
function eligibleApps(state: GitHubState, repository: Repository): App[] {
  const installed = [...state.installations.values()].filter((one) => one.account === repository.owner).map((one) => one.app);
  return installed.filter((app) => app.permissions.deployments === 'write' && app.events.includes('deployment_protection_rule'));
}

const AT = '/repos/{owner}/{repo}/environments/{environment_name}';
const ADMIN = { needs: 'administration:write', role: 'admin' } as const;
const READ = { needs: ['actions:read', 'environments:read', 'deployments:read'] } as const;

export const environmentRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/environments', READ, (call) => {
    const all = call.repository.environments;
    return page(
      call,
      all,
      (one) => environmentShape(one, call.urls),
      (items) => ({ total_count: all.length, environments: items }),
    );
  }),
  route(`GET ${AT}`, READ, (call) => environmentShape(environmentOf(call), call.urls)),
  route<EnvironmentSettings>(
    `PUT ${AT}`,
    ADMIN,
    (call) => {
      const environment = ensureEnvironment(call.state, call.repository, call.params.environment_name ?? '');
      configureEnvironment(call.state, environment, call.body);
      return environmentShape(environment, call.urls);
    },
    'configure environment {environment_name}',
  ),
  route(
    `DELETE ${AT}`,
    ADMIN,
    (call) => {
      const all = call.repository.environments;
      all.splice(all.indexOf(environmentOf(call)), 1);
      return new Reply(204);
    },
    'delete environment {environment_name}',
  ),
  route(`GET ${AT}/deployment_protection_rules`, READ, (call) => {
    const environment = environmentOf(call);
    const rules = environment.rules.map((rule) => ruleShape(rule, environment, call.urls));
    return { total_count: rules.length, custom_deployment_protection_rules: rules };
  }),
  route(`GET ${AT}/deployment_protection_rules/apps`, READ, (call) => {
    environmentOf(call);
    const apps = eligibleApps(call.state, call.repository);
    const shown = apps.map((app) => ({
      id: app.id,
      slug: app.slug,
      integration_url: `${call.urls.api}/apps/${app.slug}`,
      node_id: app.nodeId,
    }));
    return { total_count: apps.length, available_custom_deployment_protection_rule_integrations: shown };
  }),
  route(`GET ${AT}/deployment_protection_rules/{protection_rule_id}`, READ, (call) => {
    const environment = environmentOf(call);
    return ruleShape(found(environment.rules.find((rule) => rule.id === Number(call.params.protection_rule_id))), environment, call.urls);
  }),
  route<{ integration_id: number }>(
    `POST ${AT}/deployment_protection_rules`,
    ADMIN,
    (call) => {
      const environment = environmentOf(call);
      const app = eligibleApps(call.state, call.repository).find((one) => one.id === call.body.integration_id);
      if (!app) throw new Refusal(422, 'The App is not available as a deployment protection rule.');
      return new Reply(201, ruleShape(addProtectionRule(call.state, environment, app), environment, call.urls));
    },
    'guard environment {environment_name} with App {body.integration_id}',
  ),
  route(
    `DELETE ${AT}/deployment_protection_rules/{protection_rule_id}`,
    ADMIN,
    (call) => {
      const { rules } = environmentOf(call);
      rules.splice(rules.indexOf(found(rules.find((rule) => rule.id === Number(call.params.protection_rule_id)))), 1);
      return new Reply(204);
    },
    'take rule {protection_rule_id} from environment {environment_name}',
  ),
  route(`GET ${AT}/deployment-branch-policies`, READ, (call) => {
    const { policies } = environmentOf(call);
    const show = (one: (typeof policies)[number]) => ({ id: one.id, node_id: one.nodeId, name: one.name, type: one.type });
    return page(call, policies, show, (items) => ({ total_count: policies.length, branch_policies: items }));
  }),
  route<{ name: string; type?: 'branch' | 'tag' }>(
    `POST ${AT}/deployment-branch-policies`,
    ADMIN,
    (call) => {
      const environment = environmentOf(call);
      if (environment.branchPolicy !== 'custom') throw new Refusal(404, 'Not Found');
      const policy = call.state.make('BranchPolicy', (made) => ({ ...made, name: call.body.name, type: call.body.type ?? 'branch' }));
      environment.policies.push(policy);
      return new Reply(200, { id: policy.id, node_id: policy.nodeId, name: policy.name, type: policy.type });
    },
    'let {body.name} deploy to {environment_name}',
  ),
];
