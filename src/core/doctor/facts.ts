// What the doctor examines, as plain data: the policy, the workflows and, where GitHub was asked, how it is set up there.

import type { Account, CheckFact } from '../gate/facts.ts';
import type { Observed } from '../observed.ts';
import type { Policy } from '../policy.ts';
import type { Role } from '../role.ts';
import type { WorkflowText } from './workflow.ts';

export interface DoctorFacts {
  /** ISO 8601. */
  readonly now: string;
  readonly policy: PolicyFound;
  readonly workflows: Observed<readonly WorkflowText[]>;
  /** Null: GitHub was not asked. */
  readonly github: GitHubFacts | null;
}

export type PolicyFound =
  | { readonly is: 'read'; readonly policy: Policy }
  | { readonly is: 'missing' }
  /** Its problems, one a line, with their places. */
  | { readonly is: 'wrong'; readonly lines: readonly string[] };

export interface GitHubFacts {
  readonly environments: Observed<readonly EnvironmentFact[]>;
  readonly repository: Observed<RepositoryFact>;
  /** Checks of the newest commit of the default branch and of the last release: what reports at all. */
  readonly checks: Observed<readonly CheckFact[]>;
  /** Everybody who may write. */
  readonly writers: Observed<readonly (Account & { readonly role: Role })[]>;
  /** Members of each `@organisation/team` that the policy names, by its name in lower case. */
  readonly teams: Readonly<Record<string, Observed<readonly Account[]>>>;
  /** Slug or id of the App, where that was said. */
  readonly app: string | null;
}

export interface RepositoryFact {
  readonly private: boolean;
  /** False for an Enterprise Server, which has no plans. */
  readonly hosted: boolean;
  readonly defaultBranch: string;
  /** Whether any branch is protected. */
  readonly protects: boolean;
}

export interface EnvironmentFact {
  readonly name: string;
  /** Minutes. */
  readonly waitTimer: number;
  readonly reviewers: { readonly people: readonly unknown[]; readonly teams: readonly unknown[] };
  /** Null: this GitHub does not say. */
  readonly adminsBypass: boolean | null;
  readonly branches: 'all' | 'protected' | 'listed';
  readonly apps: Observed<readonly { readonly id: number; readonly slug: string; readonly enabled: boolean }[]>;
}

/** Names of environments and of owners are the same where they differ by their case alone (documented by GitHub). */
export function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
