// What lets a waiting job through: the answers of Apps with custom protection rules, people's reviews, and the record of both.
import type { Approval, Job, Run } from './deployment-records.ts';
import { deploymentShape } from './deployments.ts';
import { environmentShape, reviewerOf } from './environments.ts';
import { htmlUrl, repositoryUrl, userOf } from './present.ts';
import type { Account, App } from './records.ts';
import { type Call, found, notFound, Refusal, Reply, type Route, route } from './routing.ts';
import { currentJobs, emitReview, endJob, letThrough } from './runs.ts';
import type { GitHubState, Urls } from './state.ts';

const MOST_REPORTS = 10;
const LONGEST_COMMENT = 1_024;

export interface RuleAnswer {
  readonly environment_name: string;
  readonly state?: 'approved' | 'rejected';
  readonly comment?: string;
}

export function runOf(call: Call<unknown>): Run {
  return found(call.repository.runs.find((run) => run.id === Number(call.params.run_id)));
}

function waitingJobs(run: Run, environment: string): Job[] {
  return currentJobs(run).filter((job) => job.hold !== null && job.hold.environment.name.toLowerCase() === environment.toLowerCase());
}

/** An App answers its own rule, for this environment of this run: every job that waits there. */
function answerRule(call: Call<RuleAnswer>): Reply {
  const { state, body } = call;
  if (call.actor.kind !== 'installation') throw notFound();
  const { app } = call.actor;
  const run = runOf(call);
  const { environment_name: name, state: answer, comment = '' } = body;
  if (comment.length > LONGEST_COMMENT) throw new Refusal(422, `comment is too long (maximum is ${LONGEST_COMMENT} characters)`);
  const jobs = waitingJobs(run, name).filter((job) => job.hold?.apps.has(app));
  const first = jobs[0]?.hold;
  // Whether it never waited, waits for another App, or was answered before: GitHub says 422 to all, which proves no approval of ours.
  if (!first) throw new Refusal(422, `No pending deployment requests for environment ${name} to review.`);
  if (answer === undefined) {
    const reports = (first.reports.get(app.id) ?? 0) + 1;
    if (reports > MOST_REPORTS) throw new Refusal(422, `A status can be reported at most ${MOST_REPORTS} times.`);
    for (const job of jobs) job.hold?.reports.set(app.id, reports);
  }
  run.approvals.push(approvalOf(state, { environments: [first.environment], state: answer ?? 'pending', user: app.bot, comment }));
  for (const job of jobs) {
    if (answer === 'rejected') endJob(state, job, 'failure');
    else if (answer === 'approved') {
      job.hold?.apps.delete(app);
      letThrough(state, job);
    }
  }
  return new Reply(204);
}

function approvalOf(state: GitHubState, approval: Approval): Approval {
  return state.make('DeploymentReview', (made) => ({ ...made, ...approval }));
}

function mayReview(state: GitHubState, job: Job, account: Account): boolean {
  const { hold, run } = job;
  if (!hold?.reviewers) return false;
  // Barred is who started the run, not who wrote the change.
  if (hold.environment.preventSelfReview && run.triggeringActor === account) return false;
  return hold.environment.reviewers.some((one) => ('slug' in one ? state.teamMembers(one).has(account.login) : one === account));
}

/** A required reviewer's decision; one is enough. Also for a story. */
export function reviewDeployment(
  state: GitHubState,
  run: Run,
  environments: readonly string[],
  answer: 'approved' | 'rejected',
  by: Account,
  comment: string,
): Job[] {
  const jobs = environments.flatMap((name) => waitingJobs(run, name));
  if (jobs.length === 0 || jobs.some((job) => !mayReview(state, job, by))) {
    throw new Refusal(422, 'There was one or more errors approving deployments: You do not have permission to approve this deployment.');
  }
  const reviewed = [...new Set(jobs.flatMap((job) => (job.hold ? [job.hold.environment] : [])))];
  run.approvals.push(approvalOf(state, { environments: reviewed, state: answer, user: by, comment }));
  for (const job of jobs) {
    emitReview(state, job, answer, by, comment);
    if (answer === 'rejected') endJob(state, job, 'failure');
    else if (job.hold) {
      job.hold.reviewers = false;
      letThrough(state, job);
    }
  }
  return jobs;
}

/** "Start all waiting jobs": an administrator passes every rule, custom ones too, and no App is asked. */
export function bypassRules(state: GitHubState, run: Run, by: Account, comment: string): void {
  const jobs = currentJobs(run).filter((job) => job.hold !== null);
  const environments = jobs.flatMap((job) => (job.hold ? [job.hold.environment] : []));
  run.approvals.push(approvalOf(state, { environments, state: 'approved', user: by, comment }));
  for (const job of jobs) {
    Object.assign(job.hold ?? {}, { reviewers: false, timer: false, apps: new Set<App>() });
    letThrough(state, job);
  }
}

function pendingShape(call: Call, job: Job, urls: Urls) {
  const { hold } = job;
  const { environment } = found(hold);
  const { id, node_id, name, url, html_url } = environmentShape(environment, urls);
  return {
    environment: { id, node_id, name, url, html_url },
    wait_timer: environment.waitTimer,
    wait_timer_started_at: hold?.timer ? hold.since : null,
    current_user_can_approve: call.actor.kind === 'user' && mayReview(call.state, job, call.actor.account),
    reviewers: environment.reviewers.map((one) => reviewerOf(one, urls)),
  };
}

const RUN = '/repos/{owner}/{repo}/actions/runs/{run_id}';

export const gateRoutes: readonly Route[] = [
  route<RuleAnswer>(
    `POST ${RUN}/deployment_protection_rule`,
    { needs: 'deployments:write', only: 'installations' },
    answerRule,
    'answer {body.environment_name} of run {run_id}: {body.state}',
  ),
  route(`GET ${RUN}/pending_deployments`, { needs: ['actions:read', 'deployments:read'] }, (call) => {
    return currentJobs(runOf(call)).flatMap((job) => (job.hold ? [pendingShape(call, job, call.urls)] : []));
  }),
  // The sources disagree whether an installation may: people only is the safe reading.
  route<{ environment_ids: number[]; state: 'approved' | 'rejected'; comment: string }>(
    `POST ${RUN}/pending_deployments`,
    { needs: 'deployments:write', only: 'people', role: 'read' },
    (call) => {
      if (call.actor.kind !== 'user') throw new Refusal(403, 'Resource not accessible by integration');
      const names = call.repository.environments.filter((one) => call.body.environment_ids.includes(one.id)).map((one) => one.name);
      const jobs = reviewDeployment(call.state, runOf(call), names, call.body.state, call.actor.account, call.body.comment);
      return jobs.flatMap((job) => (job.deployment ? [deploymentShape(job.deployment, call.urls)] : []));
    },
    'review the deployments of run {run_id}: {body.state}',
  ),
  route(`GET ${RUN}/approvals`, 'actions:read', (call) => {
    // No time of the decision is shown, as on GitHub.
    return runOf(call).approvals.map(({ environments, state, user, comment }) => ({
      environments: environments.map((one) => {
        const { id, node_id, name, url, html_url, created_at, updated_at } = environmentShape(one, call.urls);
        return { id, node_id, name, url, html_url, created_at, updated_at };
      }),
      state,
      user: userOf(user, call.urls),
      comment,
    }));
  }),
];

export function runUrl(run: Run, urls: Urls): { api: string; html: string } {
  const { repository } = run.workflow;
  return { api: `${repositoryUrl(repository, urls)}/actions/runs/${run.id}`, html: `${htmlUrl(repository, urls)}/actions/runs/${run.id}` };
}
