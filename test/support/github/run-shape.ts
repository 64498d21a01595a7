// How GitHub shows workflows, their runs and their jobs.
import type { Job, Run, Workflow } from './deployment-records.ts';
import { htmlUrl, minimalRepository, repositoryUrl, userOf } from './present.ts';
import { pullMention, pullsWithHead } from './pull-shape.ts';
import type { Urls } from './state.ts';

export function workflowShape(workflow: Workflow, urls: Urls) {
  const { repository, path } = workflow;
  const file = path.split('/').at(-1) ?? path;
  return {
    id: workflow.id,
    node_id: workflow.nodeId,
    name: workflow.name,
    path,
    state: workflow.state,
    created_at: workflow.createdAt,
    updated_at: workflow.createdAt,
    url: `${repositoryUrl(repository, urls)}/actions/workflows/${workflow.id}`,
    html_url: `${htmlUrl(repository, urls)}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${htmlUrl(repository, urls)}/workflows/${file}/badge.svg`,
  };
}

export function runShape(run: Run, urls: Urls) {
  const { repository } = run.workflow;
  const url = `${repositoryUrl(repository, urls)}/actions/runs/${run.id}`;
  const commit = repository.git.commit(run.sha);
  const person = ({ name, email }: { name: string; email: string }) => ({ name, email });
  return {
    id: run.id,
    name: run.workflow.name,
    node_id: run.nodeId,
    check_suite_id: run.suite.id,
    check_suite_node_id: run.suite.nodeId,
    head_branch: run.ref.replace(/^refs\/(heads|tags)\//, ''),
    head_sha: run.sha,
    path: run.workflow.path,
    run_number: run.number,
    run_attempt: run.attempt,
    referenced_workflows: [],
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: run.workflow.id,
    url,
    html_url: `${htmlUrl(repository, urls)}/actions/runs/${run.id}`,
    pull_requests: run.event.startsWith('pull_request') ? pullsWithHead(repository, run.sha).map((pull) => pullMention(pull, urls)) : [],
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    actor: userOf(run.actor, urls),
    triggering_actor: userOf(run.triggeringActor, urls),
    run_started_at: run.startedAt,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl(repository, urls)}/check-suites/${run.suite.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${repositoryUrl(repository, urls)}/actions/workflows/${run.workflow.id}`,
    head_commit: {
      id: run.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      author: person(commit.author),
      committer: person(commit.committer),
    },
    repository: minimalRepository(repository, urls),
    head_repository: minimalRepository(repository, urls),
    display_title: run.event === 'workflow_dispatch' ? run.workflow.name : (commit.message.split('\n')[0] ?? ''),
  };
}

export function jobShape(job: Job, urls: Urls) {
  const { run } = job;
  const { repository } = run.workflow;
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${repositoryUrl(repository, urls)}/actions/runs/${run.id}`,
    run_attempt: job.attempt,
    node_id: job.nodeId,
    head_sha: run.sha,
    url: `${repositoryUrl(repository, urls)}/actions/jobs/${job.id}`,
    html_url: `${htmlUrl(repository, urls)}/actions/runs/${run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.createdAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: [],
    check_run_url: `${repositoryUrl(repository, urls)}/check-runs/${job.check.id}`,
    labels: ['ubuntu-latest'],
    runner_id: null,
    runner_name: null,
    runner_group_id: null,
    runner_group_name: null,
    workflow_name: run.workflow.name,
    head_branch: run.ref.replace(/^refs\/(heads|tags)\//, ''),
  };
}
