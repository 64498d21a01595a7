// Workflow runs as far as gates see them: jobs that start, wait for their environment's rules, are let through or stopped, and end.
import { createCheck, updateCheck } from './checks.ts';
import type { Environment, Hold, Job, Run, Workflow } from './deployment-records.ts';
import { createDeployment, deploymentShape, setDeploymentStatus } from './deployments.ts';
import { branchMayDeploy, ensureEnvironment } from './environments.ts';
import { htmlUrl, repositoryUrl, teamOf, userOf } from './present.ts';
import { pullSimple, pullsWithHead } from './pull-shape.ts';
import type { Account, App, CheckSuite, Repository } from './records.ts';
import { runShape, workflowShape } from './run-shape.ts';
import type { GitHubState, Urls } from './state.ts';
import { fillIn, readWorkflow } from './workflows.ts';

export interface NewRun {
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly actor: Account;
}

export function startRun(state: GitHubState, workflow: Workflow, wanted: NewRun): Run {
  const { repository } = workflow;
  const app = state.apps.get('github-actions') as App;
  const at = state.clock.iso();
  // One suite for each run, unlike other Apps.
  const suite = state.make('CheckSuite', (made): CheckSuite => {
    const branch = wanted.ref.startsWith('refs/heads/') ? wanted.ref.slice(11) : null;
    return { ...made, repository, app, sha: wanted.sha, branch, createdAt: at, updatedAt: at };
  });
  repository.suites.push(suite);
  const run = state.make('WorkflowRun', (made): Run => {
    const times = { createdAt: at, updatedAt: at, startedAt: at };
    const open = { attempt: 1, status: 'queued', conclusion: null, jobs: [], approvals: [] } as const;
    const number = repository.runs.filter((one) => one.workflow === workflow).length + 1;
    return {
      ...made,
      ...open,
      ...times,
      workflow,
      number,
      suite,
      triggeringActor: wanted.actor,
      inputs: {},
      ...wanted,
      jobs: [],
      approvals: [],
    };
  });
  repository.runs.push(run);
  emitRun(state, run, 'requested');
  planJobs(state, run);
  advance(state, run);
  return run;
}

/** The same run again: its id stays, the attempt counts up, and every gate is asked anew. */
export function rerun(state: GitHubState, run: Run, by: Account): void {
  run.attempt += 1;
  Object.assign(run, {
    triggeringActor: by,
    status: 'queued',
    conclusion: null,
    startedAt: state.clock.iso(),
    updatedAt: state.clock.iso(),
  });
  planJobs(state, run);
  advance(state, run);
}

function planJobs(state: GitHubState, run: Run): void {
  const { repository, path } = run.workflow;
  const file = readWorkflow(repository, run.sha, path);
  const app = state.apps.get('github-actions') as App;
  const at = state.clock.iso();
  for (const planned of file?.jobs ?? []) {
    const environment = planned.environment === null ? null : fillIn(planned.environment, run.inputs);
    const check = createCheck(state, repository, app, { name: planned.name, head_sha: run.sha }, run.suite);
    const job = state.make('Job', (made): Job => {
      const open = { status: 'queued', conclusion: null, hold: null, completedAt: null, deployment: null } as const;
      return {
        ...made,
        ...open,
        // As on GitHub, where a job's address is that of its check.
        id: check.id,
        run,
        name: planned.name,
        attempt: run.attempt,
        check,
        environment,
        needs: planned.needs,
        createdAt: at,
        startedAt: at,
      };
    });
    // The check of a job leads to its log (documented for `details_url` of Actions' checks).
    job.check.detailsUrl = jobUrl(state, job);
    run.jobs.push(job);
  }
}

export function currentJobs(run: Run): Job[] {
  return run.jobs.filter((job) => job.attempt === run.attempt);
}

/** Starts what may start, and gives the run the state of its jobs. */
export function advance(state: GitHubState, run: Run): void {
  const jobs = currentJobs(run);
  for (const job of jobs) {
    if (job.status !== 'queued') continue;
    const needed = jobs.filter((one) => job.needs.includes(one.name));
    if (needed.some((one) => one.status === 'completed' && one.conclusion !== 'success')) endJob(state, job, 'skipped');
    else if (needed.every((one) => one.status === 'completed')) enter(state, job);
  }
  const before = run.status;
  const all = (status: string) => jobs.length > 0 && jobs.every((job) => job.status === status);
  const active = jobs.some((job) => job.status === 'in_progress');
  run.status = all('completed')
    ? 'completed'
    : active
      ? 'in_progress'
      : jobs.some((job) => job.status === 'waiting')
        ? 'waiting'
        : run.status;
  if (run.status === before) return;
  run.updatedAt = state.clock.iso();
  if (run.status === 'completed') {
    const conclusions = jobs.map((job) => job.conclusion);
    run.conclusion = ['cancelled', 'failure'].find((one) => conclusions.includes(one)) ?? 'success';
    emitRun(state, run, 'completed');
  } else if (run.status === 'in_progress') emitRun(state, run, 'in_progress');
}

/** A job reaches its environment: GitHub makes the deployment, then asks everything that guards it. */
function enter(state: GitHubState, job: Job): void {
  const { run } = job;
  const { repository } = run.workflow;
  if (job.environment === null || job.environment === '') {
    begin(state, job);
    return;
  }
  const environment = ensureEnvironment(state, repository, job.environment);
  const ref = run.ref.replace(/^refs\/(heads|tags)\//, '');
  const app = state.apps.get('github-actions') as App;
  const wanted = { ref, environment: environment.name, payload: {}, task: 'deploy' };
  const deployment = createDeployment(state, repository, run.triggeringActor, app, run.sha, wanted, job);
  Object.assign(job, { deployment });
  if (!branchMayDeploy(repository, environment, run.ref)) {
    endJob(state, job, 'failure');
    return;
  }
  const apps = new Set(environment.rules.map((rule) => rule.app));
  const hold: Hold = {
    environment,
    reviewers: environment.reviewers.length > 0,
    timer: environment.waitTimer > 0,
    apps,
    since: state.clock.iso(),
    reports: new Map(),
  };
  if (!hold.reviewers && !hold.timer && apps.size === 0) {
    begin(state, job);
    return;
  }
  job.hold = hold;
  job.status = 'waiting';
  job.check.status = 'waiting';
  for (const asked of apps) askApp(state, job, asked);
  if (hold.reviewers) emitReview(state, job, 'requested', run.triggeringActor, '');
  if (hold.timer) state.clock.watch(() => endTimer(state, job, hold));
}

function endTimer(state: GitHubState, job: Job, hold: Hold): void {
  const due = Date.parse(hold.since) + hold.environment.waitTimer * 60_000;
  if (job.hold !== hold || !hold.timer || state.clock.now() < due) return;
  hold.timer = false;
  letThrough(state, job);
}

/** The job goes on once nothing holds it any more. */
export function letThrough(state: GitHubState, job: Job): void {
  const { hold } = job;
  if (!hold || hold.reviewers || hold.timer || hold.apps.size > 0) return;
  job.hold = null;
  begin(state, job);
  advance(state, job.run);
}

function begin(state: GitHubState, job: Job): void {
  job.status = 'in_progress';
  job.startedAt = state.clock.iso();
  updateCheck(state, job.check, { status: 'in_progress', started_at: job.startedAt });
  if (job.deployment)
    setDeploymentStatus(state, job.deployment, job.run.triggeringActor, state.apps.get('github-actions') ?? null, {
      state: 'in_progress',
      log_url: jobUrl(state, job),
    });
}

function jobUrl({ urls }: GitHubState, { id, run }: Job): string {
  return `${htmlUrl(run.workflow.repository, urls)}/actions/runs/${run.id}/job/${id}`;
}

/** For a story that finishes a job, a rejection, and a cancelled run. */
export function endJob(state: GitHubState, job: Job, conclusion: string): void {
  if (job.status === 'completed') return;
  const at = state.clock.iso();
  Object.assign(job, { status: 'completed', conclusion, completedAt: at, hold: null });
  updateCheck(state, job.check, { conclusion });
  const outcome = conclusion === 'success' ? 'success' : conclusion === 'cancelled' ? 'error' : 'failure';
  const app = state.apps.get('github-actions') ?? null;
  if (job.deployment)
    setDeploymentStatus(state, job.deployment, job.run.triggeringActor, app, { state: outcome, log_url: jobUrl(state, job) });
  advance(state, job.run);
}

function askApp(state: GitHubState, job: Job, app: App): void {
  const { run, deployment } = job;
  const { repository } = run.workflow;
  const payload = (urls: Urls) => ({
    environment: job.hold?.environment.name,
    event: run.event,
    // The run, not the environment: two environments of one run share it.
    deployment_callback_url: `${repositoryUrl(repository, urls)}/actions/runs/${run.id}/deployment_protection_rule`,
    ...(deployment ? { deployment: deploymentShape(deployment, urls) } : {}),
    // None for a push, a tag, a dispatch or a fork.
    pull_requests: run.event.startsWith('pull_request')
      ? pullsWithHead(repository, run.sha).map((pull) => pullSimple(state, repository, pull, urls))
      : [],
  });
  state.emit({ name: 'deployment_protection_rule', action: 'requested', repository, sender: run.triggeringActor, app, payload });
}

export function emitReview(
  state: GitHubState,
  job: Job,
  action: 'requested' | 'approved' | 'rejected',
  by: Account,
  comment: string,
): void {
  const { run } = job;
  const { repository } = run.workflow;
  const environment = job.environment ?? '';
  const payload = (urls: Urls) => {
    const jobRun = {
      id: job.id,
      name: job.name,
      status: job.status,
      conclusion: job.conclusion,
      html_url: `${urls.html}/${repository.owner.login}/${repository.name}/actions/runs/${run.id}/job/${job.id}`,
      created_at: job.createdAt,
      updated_at: run.updatedAt,
      environment,
    };
    const reviewers = (findReviewers(repository, environment) ?? []).map((one) => {
      return 'slug' in one ? { type: 'Team', reviewer: teamOf(one, urls) } : { type: 'User', reviewer: userOf(one, urls) };
    });
    const common = { workflow_run: runShape(run, urls), since: run.startedAt };
    if (action === 'requested') return { ...common, environment, reviewers, requestor: userOf(by, urls), workflow_job_run: jobRun };
    return { ...common, approver: userOf(by, urls), comment, reviewers, workflow_job_run: jobRun, workflow_job_runs: [jobRun] };
  };
  state.emit({ name: 'deployment_review', action, repository, sender: by, payload });
}

function findReviewers(repository: Repository, name: string): Environment['reviewers'] | undefined {
  return repository.environments.find((one) => one.name.toLowerCase() === name.toLowerCase())?.reviewers;
}

export function emitRun(state: GitHubState, run: Run, action: 'requested' | 'in_progress' | 'completed'): void {
  const payload = (urls: Urls) => ({ workflow_run: runShape(run, urls), workflow: workflowShape(run.workflow, urls) });
  state.emit({ name: 'workflow_run', action, repository: run.workflow.repository, sender: run.triggeringActor, payload });
}
