// What the world remembers beside git: the records of each kind of thing, as plain data that the resources read and change.
import type { Deployment, Environment, Run, Workflow } from './deployment-records.ts';
import type { GitRepository } from './git/repository.ts';

export type Role = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';
export type Level = 'read' | 'write' | 'admin';
export type Permissions = Readonly<Record<string, Level>>;

export interface Account {
  readonly id: number;
  readonly nodeId: string;
  readonly login: string;
  readonly type: 'User' | 'Organization' | 'Bot';
  readonly name: string;
  readonly email: string;
}

export interface App {
  readonly id: number;
  readonly nodeId: string;
  readonly slug: string;
  readonly clientId: string;
  readonly owner: Account;
  readonly bot: Account;
  permissions: Permissions;
  events: readonly string[];
  readonly publicKey: string;
  /** PEM, to be handed to what signs in as this App. */
  readonly privateKey: string;
  webhook: { url: string; secret: string } | null;
  readonly createdAt: string;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** Null: all of the account's repositories. */
  repositories: Set<number> | null;
  readonly createdAt: string;
  suspendedAt: string | null;
}

export interface Team {
  readonly id: number;
  readonly nodeId: string;
  readonly org: Account;
  readonly slug: string;
  readonly name: string;
  readonly parent: Team | null;
  readonly members: Map<string, 'member' | 'maintainer'>;
  readonly repositories: Map<number, Role>;
}

export interface MergeSettings {
  allow_merge_commit: boolean;
  allow_squash_merge: boolean;
  allow_rebase_merge: boolean;
  delete_branch_on_merge: boolean;
  squash_merge_commit_title: 'PR_TITLE' | 'COMMIT_OR_PR_TITLE';
  squash_merge_commit_message: 'PR_BODY' | 'COMMIT_MESSAGES' | 'BLANK';
  merge_commit_title: 'PR_TITLE' | 'MERGE_MESSAGE';
  merge_commit_message: 'PR_BODY' | 'PR_TITLE' | 'BLANK';
}

export interface Label {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  name: string;
  color: string;
  description: string | null;
}

export interface Milestone {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly number: number;
  readonly title: string;
  readonly creator: Account;
  state: 'open' | 'closed';
  readonly createdAt: string;
  updatedAt: string;
}

export interface Reaction {
  readonly id: number;
  readonly nodeId: string;
  readonly user: Account;
  readonly content: string;
  readonly createdAt: string;
}

export interface Comment {
  readonly id: number;
  readonly nodeId: string;
  readonly issue: Issue;
  readonly user: Account;
  readonly app: App | null;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  /** Who edited it last, and when: `updated_at` also moves for other reasons on GitHub. */
  editor: Account | null;
  lastEditedAt: string | null;
  readonly reactions: Reaction[];
  minimized: string | null;
}

/** An issue, or the issue side of a pull request: they share numbers, labels, comments and reactions. */
export interface Issue {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly number: number;
  readonly user: Account;
  readonly app: App | null;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | 'duplicate' | null;
  labels: Label[];
  milestone: Milestone | null;
  assignees: Account[];
  locked: boolean;
  readonly createdAt: string;
  updatedAt: string;
  /** When its body was last changed. */
  lastEditedAt: string | null;
  closedAt: string | null;
  closedBy: Account | null;
  readonly comments: Comment[];
  readonly reactions: Reaction[];
  readonly pull: Pull | null;
}

export interface Pull {
  readonly id: number;
  readonly nodeId: string;
  /** Set right after both were made. */
  issue: Issue;
  draft: boolean;
  readonly head: { readonly repository: Repository; readonly ref: string; sha: string };
  readonly base: { ref: string; sha: string };
  requestedReviewers: Account[];
  requestedTeams: Team[];
  maintainerCanModify: boolean;
  merged: Merged | null;
  readonly reviews: Review[];
}

export interface Merged {
  readonly at: string;
  readonly by: Account;
  readonly sha: string;
  readonly method: 'merge' | 'squash' | 'rebase' | 'pushed';
  /** Commits on the base branch that this merge wrote: one for a merge or squash, each for a rebase. */
  readonly written: readonly string[];
  /** The head's own commits, as the pull request lists them for ever. */
  readonly commits: readonly string[];
}

export interface Review {
  readonly id: number;
  readonly nodeId: string;
  readonly pull: Pull;
  readonly user: Account;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  body: string;
  readonly commit: string;
  submittedAt: string | null;
  lastEditedAt: string | null;
}

export interface CheckSuite {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly app: App;
  readonly sha: string;
  readonly branch: string | null;
  readonly createdAt: string;
  updatedAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly nodeId: string;
  readonly suite: CheckSuite;
  name: string;
  externalId: string;
  detailsUrl: string | null;
  status: string;
  conclusion: string | null;
  startedAt: string | null;
  completedAt: string | null;
  output: { title: string | null; summary: string | null; text: string | null; annotations: readonly unknown[] };
}

export interface Status {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Account;
  readonly createdAt: string;
}

export interface Asset {
  readonly id: number;
  readonly nodeId: string;
  name: string;
  label: string | null;
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly uploader: Account;
  readonly createdAt: string;
}

export interface Release {
  readonly id: number;
  readonly nodeId: string;
  readonly repository: Repository;
  readonly author: Account;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  /** Chosen by `make_latest`; `legacy` and absence fall back to date and version. */
  latest: 'true' | 'false' | 'legacy';
  /** When it was last published or made the latest. */
  latestSince: string;
  readonly createdAt: string;
  publishedAt: string | null;
  updatedAt: string;
  readonly assets: Asset[];
  readonly reactions: Reaction[];
  /** GitHub lets nobody change it any more. */
  immutable?: boolean;
}

export interface Repository {
  readonly id: number;
  readonly nodeId: string;
  readonly owner: Account;
  readonly name: string;
  readonly git: GitRepository;
  readonly parent: Repository | null;
  private: boolean;
  description: string | null;
  defaultBranch: string;
  readonly settings: MergeSettings;
  readonly createdAt: string;
  updatedAt: string;
  pushedAt: string;
  readonly collaborators: Map<string, Role>;
  readonly protectedBranches: Map<string, { readonly requiredChecks: readonly string[]; readonly requiredApprovals: number }>;
  nextNumber: number;
  readonly issues: Map<number, Issue>;
  readonly labels: Label[];
  readonly milestones: Milestone[];
  readonly suites: CheckSuite[];
  readonly checks: CheckRun[];
  readonly statuses: Status[];
  readonly releases: Release[];
  readonly deployments: Deployment[];
  readonly environments: Environment[];
  readonly workflows: Workflow[];
  readonly runs: Run[];
  /** Commits that GitHub signed itself. */
  readonly verified: Set<string>;
  readonly hooks: Hook[];
}

export interface Hook {
  readonly id: number;
  readonly url: string;
  readonly secret: string;
  readonly events: readonly string[];
}

export type Actor =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly account: Account }
  | { readonly kind: 'app'; readonly app: App }
  | {
      readonly kind: 'installation';
      readonly app: App;
      readonly installation: Installation;
      readonly permissions: Permissions;
      readonly repositories: ReadonlySet<number> | null;
    };
