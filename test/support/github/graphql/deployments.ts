// Deployments, environments and workflow runs over GraphQL. Custom protection rules do not show here, as on GitHub.

import type { Approval, Deployment, DeploymentStatus, Environment, Hold, Run, Workflow } from '../deployment-records.ts';
import { htmlUrl } from '../present.ts';
import type { Account, Team } from '../records.ts';
import { connection, gitValue, type Resolvers, refValue } from './shape.ts';

/** REST's states with GraphQL's names. */
function stateOf(deployment: Deployment): string {
  const latest = deployment.statuses.at(-1);
  if (!latest) return deployment.job?.status === 'waiting' ? 'WAITING' : 'PENDING';
  return latest.state === 'success' ? 'ACTIVE' : latest.state.toUpperCase();
}

export const deploymentResolvers: Resolvers = {
  Deployment: {
    commit: ({ repository, sha }: Deployment) => gitValue(repository, sha),
    commitOid: ({ sha }: Deployment) => sha,
    ref: ({ repository, ref }: Deployment) => refValue(repository, `refs/heads/${ref}`) ?? refValue(repository, `refs/tags/${ref}`),
    state: stateOf,
    payload: ({ payload }: Deployment) => (typeof payload === 'string' ? payload : JSON.stringify(payload)),
    latestEnvironment: ({ environment }: Deployment) => environment,
    originalEnvironment: ({ environment }: Deployment) => environment,
    latestStatus: ({ statuses }: Deployment) => statuses.at(-1) ?? null,
    // Newest first, as in REST.
    statuses: ({ statuses }: Deployment, args, context) => connection(context, 'statuses', args, [...statuses].reverse()),
  },
  DeploymentStatus: {
    state: ({ state }: DeploymentStatus) => state.toUpperCase(),
    updatedAt: ({ createdAt }: DeploymentStatus) => createdAt,
    logUrl: ({ logUrl }: DeploymentStatus) => logUrl || null,
    environmentUrl: ({ environmentUrl }: DeploymentStatus) => environmentUrl || null,
  },
  Environment: {
    isPinned: () => false,
    latestCompletedDeployment: (environment: Environment) => {
      const done = ['success', 'failure', 'error', 'inactive'];
      return (
        environment.repository.deployments.findLast(
          (one) => one.environment === environment.name && done.includes(one.statuses.at(-1)?.state ?? ''),
        ) ?? null
      );
    },
    protectionRules: (environment: Environment, args, context) => {
      const rule = (type: string, timeout: number, reviewers: readonly (Account | Team)[]) => ({
        databaseId: environment.id,
        type,
        timeout,
        reviewers,
        preventSelfReview: environment.preventSelfReview,
      });
      const rules = [
        ...(environment.reviewers.length > 0 ? [rule('REQUIRED_REVIEWERS', 0, environment.reviewers)] : []),
        ...(environment.waitTimer > 0 ? [rule('WAIT_TIMER', environment.waitTimer, [])] : []),
        ...(environment.branchPolicy ? [rule('BRANCH_POLICY', 0, [])] : []),
      ];
      return connection(context, 'protectionRules', args, rules);
    },
  },
  DeploymentProtectionRule: {
    reviewers: (rule: { reviewers: readonly (Account | Team)[] }, args, context) => connection(context, 'reviewers', args, rule.reviewers),
  },
  WorkflowRun: {
    runNumber: (run: Run) => run.number,
    checkSuite: (run: Run) => run.suite,
    url: (run: Run, _, { urls }) => `${htmlUrl(run.workflow.repository, urls)}/actions/runs/${run.id}`,
    pendingDeploymentRequests: (run: Run, args, context) => {
      return connection(
        context,
        'pendingDeploymentRequests',
        args,
        run.jobs.flatMap((job) => (job.hold ? [job.hold] : [])),
      );
    },
    deploymentReviews: (run: Run, args, context) => connection(context, 'deploymentReviews', args, run.approvals),
  },
  Workflow: {
    url: (workflow: Workflow, _, { urls }) => `${htmlUrl(workflow.repository, urls)}/actions/workflows/${workflow.path.split('/').at(-1)}`,
    state: (workflow: Workflow) => workflow.state.toUpperCase(),
  },
  DeploymentRequest: {
    currentUserCanApprove: () => false,
    waitTimer: ({ environment }: Hold) => environment.waitTimer,
    waitTimerStartedAt: ({ since }: Hold) => since,
    reviewers: ({ environment }: Hold, args, context) => connection(context, 'reviewers', args, environment.reviewers),
  },
  DeploymentReview: {
    state: ({ state }: Approval) => state.toUpperCase(),
    environments: ({ environments }: Approval, args, context) => connection(context, 'environments', args, environments),
  },
};
