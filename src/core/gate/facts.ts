// What a gate decides by, as plain data that survives JSON: what was seen of one commit on its way into one environment, or why it was
// not seen. A fact that no requirement asks for may be left out; one that is asked for and left out counts as unknown, never as met.

import type { Poster } from '../deployer.ts';
import type { Observed } from '../observed.ts';
import { type EnvironmentPolicy, environmentOf, type GatePolicy, gateOf, OCCASIONS, type Occasion } from '../policy/environment.ts';
import type { Policy } from '../policy.ts';

/** One environment's gate, with all of the policy that it is judged by. */
export interface Gate {
  readonly environment: string;
  /** Null: the policy does not name it. */
  readonly entry: EnvironmentPolicy | null;
  /** Whether environments that the policy does not name are open. */
  readonly unlisted: 'open' | 'closed';
  /** The environments that the policy names. */
  readonly listed: readonly string[];
  /** Accounts of machines whose word on a deployment counts as an App's does; absent: none. */
  readonly deployers?: readonly string[];
}

export function gateIn(policy: Policy, environment: string): Gate {
  return {
    environment,
    entry: environmentOf(policy, environment),
    unlisted: policy.unlisted,
    listed: Object.keys(policy.environments),
    ...(policy.deployers.length === 0 ? {} : { deployers: policy.deployers }),
  };
}

/** A person or an app on GitHub. The id is what tells them apart: logins change hands. */
export interface Account {
  readonly login: string;
  readonly id: number;
}

/** Every instant in these facts is ISO 8601 with an offset or `Z`. */
export interface GateFacts {
  /** When the decision is made. */
  readonly now: string;
  readonly environment: string;
  /** Full SHA of the commit that is to be deployed. */
  readonly sha: string;
  /** Digest of the artifact that is to be deployed, where builds tell one; null: they tell none. */
  readonly digest?: string | null;
  /** The workflow run that asks; null where none does, as for `/why`. */
  readonly run?: RunFact | null;
  readonly release?: Observed<ReleaseFact>;
  /** Every run of every check and status of the commit, not only the newest. */
  readonly checks?: Observed<readonly CheckFact[]>;
  /** The release that this one follows, as `baseline` compares with; null: there is none yet. */
  readonly baseline?: Observed<BaselineFact | null>;
  readonly people?: Observed<PeopleFact>;
  readonly approvals?: Observed<readonly ApprovalFact[]>;
  /** Members of each `@organisation/team` that is asked for, its name in lower case, members of child teams included. */
  readonly teams?: Readonly<Record<string, Observed<readonly Account[]>>>;
  /** Whom CODEOWNERS, as of the default branch, names for a file that the release changes, teams resolved to their members. */
  readonly owners?: Observed<readonly Account[]>;
  /** Deployments to each environment that is asked for, under the name that the policy gives it. */
  readonly deployments?: Readonly<Record<string, Observed<readonly DeploymentFact[]>>>;
  /** Holds of this environment that are in force by command. */
  readonly holds?: Observed<readonly HoldFact[]>;
  /** Freezes of this environment by command that have not been taken back. */
  readonly freezes?: Observed<readonly FreezeFact[]>;
  readonly waivers?: Observed<readonly WaiverFact[]>;
}

export interface RunFact {
  readonly id: number;
  readonly attempt: number;
  readonly event: string;
  /** Whoever began it and whoever ran it again (`actor`, `triggering_actor`): they are the deployers. Null: GitHub does not say. */
  readonly initiators: readonly Account[] | null;
}

export interface ReleaseFact {
  readonly version: string | null;
  readonly tag: string | null;
  readonly kind: string;
  /** One of `OCCASIONS`; null, or any other word: not known. */
  readonly occasion: string | null;
  /** Texts that a ticket may stand in, and where each was found: the release's notes, titles and bodies of its pull requests. */
  readonly texts: readonly { readonly where: string; readonly text: string }[];
}

/** One run of a check, or one status as it was posted. */
export interface CheckFact {
  readonly name: string;
  readonly kind: 'check' | 'status';
  /** Slug and id of the app that reports it; null: none does, as for a person's status, or for a check that it is not told. */
  readonly app: string | null;
  readonly appId: number | null;
  /** GitHub's conclusion, or its status while there is none, in lower case. */
  readonly state: string;
  /** Null: not told. A run with an id and a start replaces those of lower id and no later start; any other replaces none. */
  readonly id: number | null;
  /** When it began, or was posted. */
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  /** Id of its check suite. */
  readonly suite: number | null;
}

export interface BaselineFact {
  readonly tag: string;
  readonly sha: string;
  readonly checks: readonly CheckFact[];
}

/** Who made what is deployed: of all commits since the baseline, or of the deployed one and its pull request where there is none. */
export interface PeopleFact {
  readonly authors: readonly Account[];
  readonly coauthors: readonly Account[];
  readonly committers: readonly Account[];
  /** Who pushed or merged them; null: GitHub does not say. */
  readonly pushers: readonly Account[] | null;
  /** Who GitHub has no account for: an e-mail address that belongs to nobody there. */
  readonly unattributed: readonly { readonly as: 'author' | 'committer'; readonly name: string }[];
}

export interface ApprovalFact {
  readonly by: Account;
  /** True for every account that is not surely a person's: it approves nothing, and its no is not taken for granted. */
  readonly bot: boolean;
  /** `approve`, `reject` (for a review: changes requested) or `dismissed`; any other word is unknown. A bare comment is no opinion. */
  readonly state: string;
  readonly at: string;
  /** The commit it counts for. A review of a pull request's head counts for that pull request's own merge commit. */
  readonly sha: string;
  /** The commit that was reviewed, where that is another: the head of the pull request. */
  readonly reviewed?: string;
  /** Null for a pull-request review, which is for none in particular. */
  readonly environment: string | null;
  /** `command`, `deployment-review` or `review`; any other word is unknown. */
  readonly source: string;
  /** True where their word counted when it was given, as a command's must. Absent: only whether it counts now is known. */
  readonly entitled?: boolean;
  /** The person's role on the repository: `none`, `read`, `triage`, `write`, `maintain`, `admin`. */
  readonly role: Observed<string>;
}

export interface DeploymentFact {
  readonly id: number;
  readonly sha: string;
  /** Null: none is told. */
  readonly digest: string | null;
  /** GitHub's newest word for it, in lower case. */
  readonly state: string;
  readonly createdAt: string;
  /** When it first succeeded; null: it never has. Absent: not known. */
  readonly succeededAt?: string | null;
  /** When it was replaced or taken down; null: it has not been, as far as is told. Absent: not known. */
  readonly endedAt?: string | null;
  /** Who said that it succeeded; null: that is not told. Absent: nobody looked, as in facts from before it counted, and any word counts. */
  readonly by?: Poster | null;
}

export interface HoldFact {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

export interface FreezeFact {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  /** Null: until it is taken back. */
  readonly until: string | null;
}

/** Break-glass: a person's word that one requirement, or each, need not be met for this commit here. */
export interface WaiverFact {
  /** What a finding `asks` (`checks`, `soak`, …), its whole `requirement`, or `all`. */
  readonly requirement: string;
  readonly by: string;
  readonly reason: string;
  readonly sha: string;
  readonly environment: string;
  readonly at: string;
  readonly until: string;
}

/** Which facts a gate needs besides `now`, `environment` and `sha`; holds, freezes and waivers it always needs. */
export interface Asked {
  readonly release: boolean;
  readonly checks: boolean;
  readonly baseline: boolean;
  readonly people: boolean;
  /** `run`, for who deploys. */
  readonly run: boolean;
  readonly approvals: boolean;
  /** `@organisation/team`, in lower case. */
  readonly teams: readonly string[];
  readonly owners: boolean;
  /** Names of environments. */
  readonly deployments: readonly string[];
}

export function askedOf({ environment, entry }: Gate): Asked {
  const gates = entry === null ? [] : gatesOf(entry);
  const requires = gates.flatMap((gate) => gate.requires);
  const approvals = requires.flatMap((one) => (one.asks === 'approvals' && one.count > 0 ? [one] : []));
  const from = approvals.flatMap((one) => one.from);
  const except: readonly string[] = approvals.flatMap((one) => one.except);
  return {
    release:
      gates.length > 1 || (entry?.freeze.some((one) => one.except.length > 0) ?? false) || requires.some((one) => one.asks === 'ticket'),
    checks: requires.some((one) => one.asks === 'checks'),
    baseline: requires.some((one) => one.asks === 'checks' && one.baseline !== null),
    people: except.some((one) => one !== 'deployer'),
    run: except.includes('deployer'),
    approvals: approvals.length > 0,
    teams: [...new Set(from.filter((one) => one.includes('/')).map((one) => one.toLowerCase()))],
    owners: from.includes('owners'),
    deployments: [
      ...new Set([...(entry?.after === undefined ? [] : [entry.after]), ...(entry?.for.rollback === undefined ? [] : [environment])]),
    ],
  };
}

/** The different gates of an environment, whatever is deployed. */
export function gatesOf(entry: EnvironmentPolicy): readonly GatePolicy[] {
  return [...new Set(OCCASIONS.map((occasion) => gateOf(entry, occasion)))];
}

/** Null where nobody knows. */
export function occasionOf({ release }: GateFacts): Occasion | null {
  return (release?.known === true && OCCASIONS.find((one) => one === release.value.occasion)) || null;
}
