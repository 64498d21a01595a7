// Deployments and their statuses over REST, with the defaults of GitHub's that surprise: auto-merge, required contexts, auto-inactive.
import { newest } from './checks.ts';
import type { Deployment, DeploymentStatus, Job } from './deployment-records.ts';
import { mergeCommit } from './git/merge.ts';
import { personOf } from './merging.ts';
import { appOf, repositoryUrl, userOf } from './present.ts';
import { moveRef } from './pushing.ts';
import type { Account, App, Repository } from './records.ts';
import { actingAccount, actingApp, type Call, found, page, Refusal, Reply, type Route, route } from './routing.ts';
import { runShape, workflowShape } from './run-shape.ts';
import type { GitHubState, Urls } from './state.ts';
import { latestStatuses } from './statuses.ts';

export interface NewDeployment {
  readonly ref: string;
  readonly task?: string;
  readonly auto_merge?: boolean;
  readonly required_contexts?: readonly string[];
  readonly payload?: unknown;
  readonly environment?: string;
  readonly description?: string | null;
  readonly transient_environment?: boolean;
  readonly production_environment?: boolean;
}

export interface NewDeploymentStatus {
  readonly state: string;
  readonly description?: string;
  readonly environment?: string;
  readonly environment_url?: string;
  readonly log_url?: string;
  readonly target_url?: string;
  readonly auto_inactive?: boolean;
}

export function createDeployment(
  state: GitHubState,
  repository: Repository,
  creator: Account,
  app: App | null,
  sha: string,
  wanted: NewDeployment,
  job: Job | null = null,
): Deployment {
  const environment = wanted.environment ?? 'production';
  const at = state.clock.iso();
  const deployment = state.make(
    'Deployment',
    (made): Deployment => ({
      ...made,
      repository,
      sha,
      ref: wanted.ref,
      task: wanted.task ?? 'deploy',
      payload: wanted.payload ?? {},
      environment,
      description: wanted.description ?? null,
      creator,
      app,
      transient: wanted.transient_environment ?? false,
      // True by default for exactly this name (documented).
      production: wanted.production_environment ?? environment === 'production',
      createdAt: at,
      updatedAt: at,
      statuses: [],
      job,
    }),
  );
  repository.deployments.push(deployment);
  const payload = (urls: Urls) => ({ deployment: deploymentShape(deployment, urls), ...runParts(deployment, urls) });
  state.emit({ name: 'deployment', action: 'created', repository, sender: creator, payload });
  return deployment;
}

export function setDeploymentStatus(
  state: GitHubState,
  deployment: Deployment,
  creator: Account,
  app: App | null,
  wanted: NewDeploymentStatus,
): DeploymentStatus {
  const at = state.clock.iso();
  const status = state.make(
    'DeploymentStatus',
    (made): DeploymentStatus => ({
      ...made,
      state: wanted.state,
      creator,
      app,
      description: wanted.description ?? '',
      environment: wanted.environment ?? deployment.environment,
      environmentUrl: wanted.environment_url ?? '',
      logUrl: wanted.log_url ?? wanted.target_url ?? '',
      createdAt: at,
    }),
  );
  deployment.statuses.push(status);
  deployment.updatedAt = at;
  const { repository } = deployment;
  const payload = (urls: Urls) => ({
    deployment_status: statusShape(deployment, status, urls),
    deployment: deploymentShape(deployment, urls),
    // Null for a new deployment outside of Actions, and left out of its statuses.
    ...(deployment.job ? runParts(deployment, urls) : {}),
  });
  // None is sent for these (docs: "Webhook events and payloads", deployment_status).
  if (wanted.state !== 'inactive') state.emit({ name: 'deployment_status', action: 'created', repository, sender: creator, payload });
  if (wanted.state === 'success' && wanted.auto_inactive !== false) retireOthers(state, deployment, creator, app);
  return status;
}

/**
 * `auto_inactive`: a success makes the earlier successful deployments of the environment inactive, except transient and production ones
 * (documented); GitHub Actions retires production ones too.
 */
function retireOthers(state: GitHubState, deployment: Deployment, creator: Account, app: App | null): void {
  for (const other of deployment.repository.deployments) {
    if (other === deployment || other.environment !== deployment.environment || other.statuses.at(-1)?.state !== 'success') continue;
    const kept = deployment.job === null && (other.transient || other.production);
    if (!kept) setDeploymentStatus(state, other, creator, app, { state: 'inactive' });
  }
}

function runParts(deployment: Deployment, urls: Urls) {
  const run = deployment.job?.run;
  return { workflow: run ? workflowShape(run.workflow, urls) : null, workflow_run: run ? runShape(run, urls) : null };
}

export function deploymentShape(deployment: Deployment, urls: Urls) {
  const { repository } = deployment;
  const url = `${repositoryUrl(repository, urls)}/deployments/${deployment.id}`;
  return {
    url,
    id: deployment.id,
    node_id: deployment.nodeId,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: userOf(deployment.creator, urls),
    created_at: deployment.createdAt,
    updated_at: deployment.updatedAt,
    statuses_url: `${url}/statuses`,
    repository_url: repositoryUrl(repository, urls),
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: deployment.app ? appOf(deployment.app, urls) : null,
  };
}

function statusShape(deployment: Deployment, status: DeploymentStatus, urls: Urls) {
  const url = `${repositoryUrl(deployment.repository, urls)}/deployments/${deployment.id}`;
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: status.nodeId,
    state: status.state,
    creator: userOf(status.creator, urls),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    deployment_url: url,
    repository_url: repositoryUrl(deployment.repository, urls),
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: status.app ? appOf(status.app, urls) : null,
  };
}

function deploymentOf(call: Call<unknown>): Deployment {
  return found(call.repository.deployments.find((one) => one.id === Number(call.params.deployment_id)));
}

function postDeployment(call: Call<NewDeployment>): Reply {
  const { repository, state, body } = call;
  const { git } = repository;
  const sha = git.resolve(body.ref);
  if (!sha) throw new Refusal(422, `No ref found for: ${body.ref}`);
  const creator = actingAccount(call.actor);
  const main = git.head(repository.defaultBranch);
  // A branch behind the default branch is merged with it first, and nothing is deployed (202), unless `auto_merge` is false.
  if (body.auto_merge !== false && git.head(body.ref) === sha && main && !git.isAncestor(main, sha)) {
    const github = { name: 'GitHub', email: 'noreply@github.com', date: state.clock.iso() };
    const merged = mergeCommit(
      git,
      sha,
      main,
      `Merge ${repository.defaultBranch} into ${body.ref}`,
      personOf(creator, state.clock.iso()),
      github,
    );
    if (!merged) throw new Refusal(409, `Conflict merging ${repository.defaultBranch} into ${body.ref}`);
    moveRef(state, repository, `refs/heads/${body.ref}`, { by: creator, to: merged });
    return new Reply(202, { message: `Auto-merged ${repository.defaultBranch} into ${body.ref} on deployment.` });
  }
  const failing = failingContexts(repository, sha, body.required_contexts);
  if (failing.length > 0)
    throw new Refusal(409, `Conflict: Commit status checks failed for ${body.ref}.`, {
      errors: [{ contexts: failing, resource: 'Deployment', field: 'required_contexts', code: 'invalid' }],
    });
  const deployment = createDeployment(state, repository, creator, actingApp(call.actor), sha, body);
  return new Reply(201, deploymentShape(deployment, call.urls));
}

function failingContexts(repository: Repository, sha: string, wanted: readonly string[] | undefined): string[] {
  if (wanted?.length === 0) return [];
  const green = new Map<string, boolean>();
  for (const check of newest(repository.checks.filter((one) => one.suite.sha === sha)))
    green.set(check.name, ['success', 'neutral', 'skipped'].includes(check.conclusion ?? ''));
  for (const status of latestStatuses(repository, sha)) green.set(status.context, status.state === 'success');
  return (wanted ?? [...green.keys()]).filter((context) => green.get(context) !== true);
}

export const deploymentRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/deployments', 'deployments:read', (call) => {
    const { query, repository } = call;
    const shown = [...repository.deployments].reverse().filter((one) => {
      return (['sha', 'ref', 'task', 'environment'] as const).every((key) => query.get(key) === null || query.get(key) === one[key]);
    });
    return page(call, shown, (one) => deploymentShape(one, call.urls));
  }),
  route<NewDeployment>(
    'POST /repos/{owner}/{repo}/deployments',
    'deployments:write',
    postDeployment,
    'deploy {body.ref} to {body.environment}',
  ),
  route('GET /repos/{owner}/{repo}/deployments/{deployment_id}', 'deployments:read', (call) =>
    deploymentShape(deploymentOf(call), call.urls),
  ),
  route(
    'DELETE /repos/{owner}/{repo}/deployments/{deployment_id}',
    'deployments:write',
    (call) => {
      const deployment = deploymentOf(call);
      const all = call.repository.deployments;
      if (deployment.statuses.at(-1)?.state === 'success' && all.length > 1)
        throw new Refusal(422, 'We cannot delete an active deployment unless it is the only deployment in a given environment.');
      all.splice(all.indexOf(deployment), 1);
      return new Reply(204);
    },
    'delete deployment {deployment_id}',
  ),
  route('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', 'deployments:read', (call) => {
    const deployment = deploymentOf(call);
    return page(call, [...deployment.statuses].reverse(), (status) => statusShape(deployment, status, call.urls));
  }),
  route<NewDeploymentStatus>(
    'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    'deployments:write',
    (call) => {
      const deployment = deploymentOf(call);
      if ((call.body.description ?? '').length > 140)
        throw new Refusal(422, 'Validation Failed', {
          errors: [
            {
              resource: 'DeploymentStatus',
              field: 'description',
              code: 'custom',
              message: 'description is too long (maximum is 140 characters)',
            },
          ],
        });
      const status = setDeploymentStatus(call.state, deployment, actingAccount(call.actor), actingApp(call.actor), call.body);
      return new Reply(201, statusShape(deployment, status, call.urls));
    },
    'set deployment {deployment_id} to {body.state}',
  ),
  route('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}', 'deployments:read', (call) => {
    const deployment = deploymentOf(call);
    return statusShape(deployment, found(deployment.statuses.find((one) => one.id === Number(call.params.status_id))), call.urls);
  }),
];
