// What the gates' flows are given to see on GitHub and to answer it with. Each read tells what it saw or why it could not: nothing here is
// an empty list for want of an answer. Words of GitHub's are passed on in lower case, known or not; who judges them knows which count.

import type { Poster } from '../core/deployer.ts';
import type { Account, CheckFact } from '../core/gate/facts.ts';
import type { Observed } from '../core/observed.ts';
import type { Role } from '../core/role.ts';
import type { PullSeen, RangeSeen, Scene, SceneRequest } from './github-port.ts';

export interface ActorSeen extends Account {
  /** True for every account that is not surely a person's. */
  readonly bot: boolean;
}

export interface TeamSeen {
  /** `organisation/team`, as policies name it behind an `@`. */
  readonly name: string;
  readonly id: number;
}

export interface GateAnswer {
  readonly run: number;
  /** As GitHub spells it. */
  readonly environment: string;
  /** Absent: a report of why it waits, of which GitHub takes ten for a deployment. */
  readonly state?: 'approved' | 'rejected';
  /** Markdown, cut to GitHub's 1,024 characters. */
  readonly comment: string;
}

export interface Answered {
  /**
   * `done`: GitHub took it. `gone`: there is no such run, or the App does not see it. `already`: nothing waits for this answer, which
   * proves no approval of ours (read `approvals`) and is also said of an eleventh report. `refused`: the App may not.
   */
  readonly result: 'done' | 'gone' | 'refused' | 'already';
  /** GitHub's words; empty where it took it. */
  readonly says: string;
}

export interface RunSeen {
  readonly id: number;
  /** GraphQL's name for it. */
  readonly node: string;
  /** Counts up when the run is run again, while the id stays. */
  readonly attempt: number;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string | null;
  /** `owner/name`, which may be a fork; null where that is gone. */
  readonly headRepository: string | null;
  /** `.github/workflows/deploy.yml`. */
  readonly path: string;
  /** Who began it, and who ran it again; null: GitHub does not say. */
  readonly actor: ActorSeen | null;
  readonly triggeringActor: ActorSeen | null;
  readonly status: string;
  readonly conclusion: string | null;
  readonly createdAt: string;
  readonly url: string;
}

/** A list that may go on: `more` is true if there are others that were not read. */
export interface Part<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

export interface PendingSeen {
  readonly environment: { readonly id: number; readonly name: string };
  /** Minutes. */
  readonly waitTimer: number;
  readonly waitTimerStartedAt: string | null;
  readonly reviewers: ReviewersSeen;
}

export interface ReviewersSeen {
  readonly people: readonly ActorSeen[];
  readonly teams: readonly TeamSeen[];
}

/** A decision, or a report, in a run's history of reviews. GitHub does not say when. */
export interface ApprovalSeen {
  readonly environments: readonly { readonly id: number; readonly name: string }[];
  /** `approved`, `rejected`, `pending` (a report), or a word that is not known yet. */
  readonly state: string;
  readonly by: ActorSeen | null;
  readonly comment: string;
}

export interface StatusSeen {
  readonly id: string;
  readonly state: string;
  readonly createdAt: string;
  readonly url: string | null;
  /** Null: GitHub does not say. Absent: a workflow's job or a person by hand, which only `posted` tells. */
  readonly by?: Poster | null;
}

/** Who said that a deployment succeeded. */
export interface PostedSeen {
  /** Of the status. */
  readonly id: string;
  readonly by: Poster | null;
}

export interface DeploymentSeen {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  readonly task: string;
  /** As it was given: an object, or text. */
  readonly payload: unknown;
  readonly creator: ActorSeen | null;
  /** Slug of the app that made it. */
  readonly app: string | null;
  readonly createdAt: string;
  /** Word of the newest status; GitHub's own for the deployment (`waiting`, `pending`) where there is none. */
  readonly state: string;
  /** GitHub's word for the deployment as a whole: `active`, `inactive`, `abandoned`, … */
  readonly overall: string | null;
  /** Oldest first. */
  readonly statuses: readonly StatusSeen[];
  /** The workflow run of this repository that a status' log leads to. Whoever may deploy may write that address. */
  readonly run: number | null;
}

/** As far as gates judge it, and GraphQL shows it. */
export type DeploymentCourse = Omit<DeploymentSeen, 'ref' | 'task' | 'payload' | 'app'>;

export interface CheckRunSeen extends CheckFact {
  readonly url: string | null;
  /** The workflow run, of checks by GitHub Actions. */
  readonly run: number | null;
  /** Who posted a status. */
  readonly by: ActorSeen | null;
}

export interface ReviewSeen {
  readonly id: number;
  /** The commit it was given for; null where that is gone. */
  readonly commit: string | null;
  /** `approved`, `changes_requested`, `commented`, `dismissed`, `pending`. */
  readonly state: string;
  readonly author: ActorSeen | null;
  /** Null while it is not submitted. */
  readonly submittedAt: string | null;
  /** `owner`, `member`, `collaborator`, `contributor`, `none`, … */
  readonly association: string;
}

/** A pull request whose merge is the commit that was asked about. */
export interface MergedSeen {
  readonly pull: PullSeen;
  readonly author: ActorSeen | null;
  readonly mergedBy: ActorSeen | null;
  readonly mergedAt: string | null;
}

/** One who took part in a commit; account null: GitHub knows none for the address. */
export interface PartSeen {
  readonly name: string;
  readonly account: ActorSeen | null;
}

/**
 * Each once; nobody at all where head has no commit that base has not (a step back), which is no proof that nobody wrote it. GitHub itself,
 * which commits what is merged on its pages, is a bot called `web-flow`.
 */
export interface PeopleSeen {
  readonly commits: number;
  readonly authors: readonly PartSeen[];
  readonly coauthors: readonly PartSeen[];
  readonly committers: readonly PartSeen[];
}

export interface EnvironmentSeen {
  readonly id: number;
  readonly name: string;
  /** Minutes. */
  readonly waitTimer: number;
  readonly reviewers: ReviewersSeen;
  readonly preventSelfReview: boolean;
  /** Whether administrators may pass its rules; null: this GitHub does not say. */
  readonly adminsBypass: boolean | null;
  /** Which refs may deploy: all, those with protection, or those that it lists. */
  readonly branches: 'all' | 'protected' | 'listed';
  /** GitHub's words for every rule that it shows, those too that nothing else here tells of. */
  readonly rules: readonly string[];
  /** Apps that guard it. */
  readonly apps: Observed<readonly { readonly id: number; readonly slug: string; readonly enabled: boolean }[]>;
}

export interface WorkflowSeen {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  readonly state: string;
  /** On the default branch; null where it has no such file. */
  readonly text: string | null;
}

/** What one look is to show, each as the read of that name would. */
export interface SightRequest {
  /** The repository itself. */
  readonly scene?: SceneRequest;
  /** What is between a ref, by its full name, and a commit. */
  readonly range?: { readonly base: string; readonly head: string };
  /** A run, by GitHub's other name for it (`RunSeen.node`). */
  readonly waiting?: string;
  /** Full SHAs. */
  readonly checks: readonly string[];
  /** To these environments, as GitHub spells them. */
  readonly deployments: readonly string[];
  /** Names of all. */
  readonly environments: boolean;
  /** Commits whose pull requests are wanted, with their reviews. */
  readonly merged: readonly string[];
  /** Of pull requests. */
  readonly reviews: readonly number[];
  /** Of logins. */
  readonly roles: readonly string[];
}

/** What was asked for is there, known or not; and reviews of what turned out to be merged. */
export interface Sight {
  /** Null: not asked for, or not shown: read it by itself, which tells why. */
  readonly scene: Scene | null;
  /** Null likewise. */
  readonly range: { readonly base: string; readonly head: string; readonly seen: RangeSeen } | null;
  /** The query itself came to nothing, so that every part was read by itself: to ask so again soon is of no use. */
  readonly failed: boolean;
  /** Environments that jobs of the run wait for; one that is not among them may be waited for all the same, as rules of Apps do not show. */
  readonly waiting: readonly string[];
  readonly checks: ReadonlyMap<string, Observed<readonly CheckRunSeen[]>>;
  readonly deployments: ReadonlyMap<string, Observed<Part<DeploymentCourse>>>;
  /** Null: not asked for, or not shown: read them by themselves. */
  readonly environments: readonly string[] | null;
  readonly merged: ReadonlyMap<string, Observed<readonly MergedSeen[]>>;
  readonly reviews: ReadonlyMap<number, Observed<readonly ReviewSeen[]>>;
  readonly roles: ReadonlyMap<string, Observed<Role>>;
}

export interface GatePort {
  /**
   * Many reads at the cost of one; a part that cannot be shown with the others is read by itself. Absent: all are. Throws as the scene does,
   * where that is all that is asked, or cannot be had for reasons that are everybody's.
   */
  readonly sight?: (request: SightRequest) => Promise<Sight>;
  /** Throws only where no answer came: a repeated one is `already`. */
  readonly answer: (answer: GateAnswer) => Promise<Answered>;
  /** Null: there is none. */
  readonly run: (id: number) => Promise<Observed<RunSeen | null>>;
  /** Runs with a job that waits, newest first. */
  readonly waitingRuns: () => Promise<Observed<Part<RunSeen>>>;
  readonly pendingDeployments: (run: number) => Promise<Observed<readonly PendingSeen[]>>;
  readonly approvals: (run: number) => Promise<Observed<readonly ApprovalSeen[]>>;
  /** Newest first; at most `limit` (100), and none made before `since` (ISO 8601). */
  readonly deployments: (
    environment: string,
    range?: { readonly since?: string; readonly limit?: number },
  ) => Promise<Observed<Part<DeploymentSeen>>>;
  /** Of a deployment's successes, a call or two for each of them. */
  readonly posted: (deployment: number) => Promise<Observed<readonly PostedSeen[]>>;
  /** Every run of every check and every status of a full SHA, superseded ones too. */
  readonly checksOf: (sha: string) => Promise<Observed<readonly CheckRunSeen[]>>;
  /** Oldest first. */
  readonly reviews: (pull: number) => Promise<Observed<readonly ReviewSeen[]>>;
  /** Merged pull requests whose merge is that commit: none for a direct push, and for the inner commits of a rebase. */
  readonly pullsOf: (sha: string) => Promise<Observed<readonly MergedSeen[]>>;
  /** Of the commits that head has and base has not, both full SHAs; base null: of head alone. */
  readonly commitPeople: (base: string | null, head: string) => Promise<Observed<PeopleSeen>>;
  /** With those of child teams. */
  readonly teamMembers: (organization: string, team: string) => Promise<Observed<readonly ActorSeen[]>>;
  readonly isMember: (organization: string, team: string, login: string) => Promise<Observed<boolean>>;
  readonly environments: () => Promise<Observed<readonly EnvironmentSeen[]>>;
  readonly workflows: () => Promise<Observed<readonly WorkflowSeen[]>>;
}
