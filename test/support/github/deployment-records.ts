// What the world remembers of deployments: environments and what guards them, workflows, their runs and what still holds a job.
import type { Account, App, CheckRun, CheckSuite, Repository, Team } from './records.ts';

export interface DeploymentStatus {
  readonly id: number;
  readonly nodeId: string;
  readonly state: string;
  readonly creator: Account;
  readonly app: App | null;
  readonly description: string;
  readonly environment: string;
  readonly environmentUrl: string;
  readonly logUrl: string;
  readonly createdAt: string;
}

export interface Deployment {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly payload: unknown;
  readonly environment: string;
  readonly description: string | null;
  readonly creator: Account;
  readonly app: App | null;
  readonly transient: boolean;
  readonly production: boolean;
  readonly createdAt: string;
  updatedAt: string;
  /** Oldest first. */
  readonly statuses: DeploymentStatus[];
  /** The job of a run that made it, for GitHub's own deployments. */
  job: Job | null;
}

export interface ProtectionRule {
  readonly id: number;
  readonly nodeId: string;
  readonly app: App;
}

export interface Environment {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly name: string;
  readonly createdAt: string;
  updatedAt: string;
  waitTimer: number;
  preventSelfReview: boolean;
  reviewers: (Account | Team)[];
  /** Null: every branch may deploy. */
  branchPolicy: 'protected' | 'custom' | null;
  readonly policies: { readonly id: number; readonly nodeId: string; name: string; readonly type: 'branch' | 'tag' }[];
  readonly rules: ProtectionRule[];
}

export interface Workflow {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly name: string;
  readonly path: string;
  state: 'active' | 'disabled_manually';
  readonly createdAt: string;
}

export interface Run {
  readonly id: number;
  readonly nodeId: string;
  readonly workflow: Workflow;
  readonly number: number;
  attempt: number;
  readonly event: string;
  readonly ref: string;
  readonly sha: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly actor: Account;
  triggeringActor: Account;
  readonly suite: CheckSuite;
  status: 'queued' | 'in_progress' | 'waiting' | 'completed' | 'requested' | 'pending';
  conclusion: string | null;
  readonly createdAt: string;
  updatedAt: string;
  startedAt: string;
  jobs: Job[];
  readonly approvals: Approval[];
}

export interface Approval {
  readonly environments: readonly Environment[];
  readonly state: 'approved' | 'rejected' | 'pending';
  readonly user: Account;
  readonly comment: string;
}

/** What still holds a job that names an environment. */
export interface Hold {
  readonly environment: Environment;
  reviewers: boolean;
  /** Until the environment's wait timer has run out on the world's clock. */
  timer: boolean;
  /** Apps whose custom rules have not answered yet. */
  apps: Set<App>;
  readonly since: string;
  /** Status reports that each App has posted, of which GitHub takes ten. */
  readonly reports: Map<number, number>;
}

export interface Job {
  readonly id: number;
  readonly nodeId: string;
  readonly run: Run;
  readonly name: string;
  readonly attempt: number;
  readonly check: CheckRun;
  status: 'queued' | 'in_progress' | 'waiting' | 'completed';
  conclusion: string | null;
  readonly environment: string | null;
  readonly deployment: Deployment | null;
  /** Names of the jobs that must succeed before. */
  readonly needs: readonly string[];
  hold: Hold | null;
  readonly createdAt: string;
  startedAt: string;
  completedAt: string | null;
}
