// What a repository may settle about its releases, and what holds where it settles nothing. Reading the YAML is policy-file.ts, so that
// a run without a policy file loads no parser.

import type { Bump } from './change.ts';

/** What a label, a type or a path says about a change. */
export const MEANINGS = [
  'breaking',
  'feature',
  'security',
  'bug',
  'performance',
  'compatibility',
  'stability',
  'dependency',
  'documentation',
  'maintenance',
  'none',
] as const;
export type Meaning = (typeof MEANINGS)[number];

export interface LinePolicy {
  /** Regular expression for the whole branch name. */
  readonly branch: string;
  /** Prerelease identifier of the versions made there (`rc` gives 1.3.0-rc.1). */
  readonly prerelease?: string;
}

export interface ClassifyPolicy {
  /** Label name (compared without case) → meaning. */
  readonly labels: Readonly<Record<string, Meaning>>;
  /** Conventional Commits type (compared without case) → meaning. */
  readonly types: Readonly<Record<string, Meaning>>;
  /** Branch-name prefix up to a `/` or `-` → meaning. */
  readonly branches: Readonly<Record<string, Meaning>>;
  /** Glob → meaning, the first that matches a file counts; a reading only where every file of the change is matched by one. */
  readonly paths: Readonly<Record<string, Meaning>>;
  /** What an unlabelled, unconventional change counts as. */
  readonly unrecognised: 'maintenance' | 'feature' | 'none';
}

export interface ReleasePolicy {
  readonly mode: 'draft' | 'pull-request' | 'direct';
  /** Tag template with `{version}` (and `{name}` for packages); null: read it off the existing tags, `v{version}` where there are none. */
  readonly tag: string | null;
  readonly initial: string;
  readonly before1: { readonly breaking: Exclude<Bump, 'none'>; readonly feature: Exclude<Bump, 'none'> };
  /**
   * `any`: every feature makes a feature release. `staged`: only features that came through a prerelease, or through the merge of a
   * prerelease line (`next`), do; others ride in maintenance releases, for projects that release small features as patches.
   */
  readonly features: 'any' | 'staged';
  readonly files: readonly string[];
  readonly changelog: string | null;
}

export interface SectionPolicy {
  readonly title: string;
  /** Section keys (a meaning), listed in this order. */
  readonly of: readonly Meaning[];
}

export interface NotesPolicy {
  /** Empty: the built-in sections. */
  readonly sections: readonly SectionPolicy[];
  /** Template of the whole with `{summary}`, `{changes}`, `{contributors}`, `{compare}`, `{version}`, `{tag}`, `{previous}`; null: built in. */
  readonly template: string | null;
  /** Template of one line with `{subject}`, `{scope}`, `{pr}`, `{sha}`, `{author}`, `{issues}`; null: built in. */
  readonly line: string | null;
}

export interface PackagePolicy {
  readonly name: string;
  /** Folder from the repository's root, without a trailing slash; `.` is the root itself. */
  readonly path: string;
  /** Tag template with `{version}` and, where wanted, `{name}`; null: `{name}-v{version}` or `{name}@{version}`, read off the tags. */
  readonly tag: string | null;
}

export interface Policy {
  readonly lines: readonly LinePolicy[];
  readonly classify: ClassifyPolicy;
  readonly release: ReleasePolicy;
  readonly notes: NotesPolicy;
  readonly packages: readonly PackagePolicy[];
  /** Environments in their order, as the file has them; gates read them through `environmentOf`. */
  readonly environments: Readonly<Record<string, EnvironmentPolicy>>;
  /** The file's `environments.default`: whether an environment without an entry is open. */
  readonly unlisted: 'open' | 'closed';
  /** Logins of machines' accounts whose word that a deployment succeeded proves it, as an App's does. */
  readonly deployers: readonly string[];
  readonly trains: readonly TrainPolicy[];
  readonly commands: { readonly prefix: string };
  readonly notify: readonly { readonly on: readonly string[]; readonly mention: readonly string[] }[];
}

export const TRAIN_TASKS = ['report', 'draft', 'freeze', 'publish'] as const;

/** Releases that leave by the clock. */
export interface TrainPolicy {
  readonly name: string;
  /** Branch whose releases it carries; null: the default branch. */
  readonly line: string | null;
  /** Five fields as crontab(5) has them, on the zone's clock. */
  readonly cron: string;
  readonly zone: string;
  readonly does: (typeof TRAIN_TASKS)[number];
  /** Seconds before a departure from which what is merged waits for the next one; null: everything merged by then goes along. */
  readonly freezeBefore: number | null;
}

/** What a deployment carries, which decides what the gate asks. A security release is a maintenance release, a breaking one a feature release. */
export const OCCASIONS = ['maintenance', 'security', 'feature', 'breaking', 'rollback'] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** The named checks have passed on the deployed commit. */
export interface ChecksPolicy {
  readonly asks: 'checks';
  /** Check names; `*` stands for any text. At least one check must match each of them. */
  readonly names: readonly string[];
  /** Names left out of those that `names` matches. */
  readonly except: readonly string[];
  /** Slug or numeric id of the only app whose checks count; null: any app's, and commit statuses too. */
  readonly app: string | null;
  readonly baseline: 'previous-release' | null;
  /** Conclusions besides `success` that count as passed. */
  readonly accept: readonly ('skipped' | 'neutral')[];
  /** A check that both passed and failed on the commit counts as its newest run, as passed, or as failed. */
  readonly flake: 'latest' | 'passed' | 'failed';
  /** How often a check may have failed on the commit before it passed; null: any number. */
  readonly retries: number | null;
  /** Checks that do not count for a while. */
  readonly quarantine: readonly QuarantinePolicy[];
  readonly onFailure: 'wait' | 'reject';
}

export interface QuarantinePolicy {
  /** Name of a check; `*` stands for any text. */
  readonly check: string;
  /** A day, which is included, or a moment; in UTC without an offset. */
  readonly until: string;
  readonly reason: string;
}

/** So many people have approved. */
export interface ApprovalsPolicy {
  readonly asks: 'approvals';
  readonly count: number;
  /** `@user`, `@org/team`, `owners`, or a role (`write`, `maintain`, `admin`) and those above it; empty: everyone who may write. */
  readonly from: readonly string[];
  readonly except: readonly ('author' | 'committer' | 'pusher' | 'deployer')[];
}

/** The same commit has stood so long in the environment that this one comes after. */
export interface SoakPolicy {
  readonly asks: 'soak';
  readonly seconds: number;
}

/** A ticket is named that this regular expression finds. */
export interface TicketPolicy {
  readonly asks: 'ticket';
  readonly pattern: string;
}

export type RequirementPolicy = ChecksPolicy | ApprovalsPolicy | SoakPolicy | TicketPolicy;

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** Minutes since midnight on the zone's clock, `from` included and `to` not; `to` before `from`: until the next day. */
export interface WindowPolicy {
  readonly days: readonly Day[];
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

/** `from` (included) and `to` (not) as written, `2026-12-19T18:00`; without an offset they are on the zone's clock. */
export interface FreezePolicy {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly except: readonly Occasion[];
  readonly reason: string | null;
}

export interface GatePolicy {
  readonly requires: readonly RequirementPolicy[];
  /** When a deployment may start; empty: at any time. */
  readonly windows: readonly WindowPolicy[];
}

export interface EnvironmentPolicy extends GatePolicy {
  /** The environment where the same commit must have been deployed with success before. */
  readonly after?: string;
  /** File name of the workflow that `/deploy` starts. */
  readonly deploy?: string;
  /** `auto`: `deploy` is started as soon as the commit has come through `after`. */
  readonly promote: 'manual' | 'auto';
  /** A standing stop and its reason. */
  readonly hold: string | null;
  /** Whole gates for occasions that ask otherwise; read through `gateOf`. */
  readonly for: Readonly<Partial<Record<Occasion, GatePolicy>>>;
  readonly freeze: readonly FreezePolicy[];
  /** Who is asked to look back, so many seconds after a deployment. */
  readonly review: { readonly after: number; readonly to: readonly string[] } | null;
  /** What takes a deployment back by itself; absent: nothing does. */
  readonly rollback?: RollbackPolicy;
}

/** Checks that verify a deployment once it stands there. */
export interface RollbackPolicy {
  /** `*` stands for any text. */
  readonly names: readonly string[];
  /** Slug or id of the app whose checks alone count. */
  readonly app: string;
  /** So many seconds after a deployment's success a failure is its own. */
  readonly seconds: number;
}

/** The entry for an environment, whose name GitHub compares without case; null: the policy does not name it. */
export function environmentOf(policy: Policy, name: string): EnvironmentPolicy | null {
  if (Object.hasOwn(policy.environments, name)) return policy.environments[name] ?? null;
  const wanted = name.toLowerCase();
  for (const [key, environment] of Object.entries(policy.environments)) if (key.toLowerCase() === wanted) return environment;
  return null;
}

/** What the gate asks on an occasion: its own entry, else that of the wider kind (security → maintenance, breaking → feature), else the environment's. */
export function gateOf(environment: EnvironmentPolicy, occasion: Occasion): GatePolicy {
  const wider = occasion === 'security' ? 'maintenance' : occasion === 'breaking' ? 'feature' : occasion;
  return environment.for[occasion] ?? environment.for[wider] ?? environment;
}

/** What holds with no policy file. */
export const DEFAULT_POLICY: Policy = {
  lines: [],
  classify: {
    labels: {
      breaking: 'breaking',
      'breaking change': 'breaking',
      'breaking-change': 'breaking',
      major: 'breaking',
      'semver:major': 'breaking',
      'semver-major': 'breaking',
      feature: 'feature',
      enhancement: 'feature',
      minor: 'feature',
      'semver:minor': 'feature',
      'semver-minor': 'feature',
      bug: 'bug',
      bugfix: 'bug',
      fix: 'bug',
      patch: 'maintenance',
      'semver:patch': 'maintenance',
      'semver-patch': 'maintenance',
      maintenance: 'maintenance',
      chore: 'maintenance',
      refactor: 'maintenance',
      security: 'security',
      performance: 'performance',
      dependencies: 'dependency',
      dependency: 'dependency',
      documentation: 'documentation',
      docs: 'documentation',
      'skip-changelog': 'none',
      'skip-release': 'none',
      'no-release': 'none',
      'release:none': 'none',
    },
    types: {
      feat: 'feature',
      feature: 'feature',
      fix: 'bug',
      bugfix: 'bug',
      hotfix: 'bug',
      perf: 'performance',
      security: 'security',
      sec: 'security',
      deps: 'dependency',
      revert: 'maintenance',
      refactor: 'maintenance',
      build: 'maintenance',
      chore: 'maintenance',
      style: 'none',
      docs: 'none',
      doc: 'none',
      test: 'none',
      tests: 'none',
      ci: 'none',
    },
    branches: {
      feat: 'feature',
      feature: 'feature',
      fix: 'bug',
      bugfix: 'bug',
      hotfix: 'bug',
      security: 'security',
      dependabot: 'dependency',
      renovate: 'dependency',
      perf: 'performance',
      docs: 'none',
      chore: 'maintenance',
    },
    paths: {
      'docs/**': 'none',
      '**/*.md': 'none',
      '.github/**': 'none',
      'test/**': 'none',
      'tests/**': 'none',
      '**/__tests__/**': 'none',
      '**/*.test.*': 'none',
      '**/*.spec.*': 'none',
    },
    unrecognised: 'maintenance',
  },
  release: {
    mode: 'draft',
    tag: null,
    initial: '0.1.0',
    before1: { breaking: 'minor', feature: 'minor' },
    features: 'any',
    files: ['package.json'],
    changelog: 'CHANGELOG.md',
  },
  notes: { sections: [], template: null, line: null },
  packages: [],
  environments: {},
  unlisted: 'closed',
  deployers: [],
  trains: [],
  commands: { prefix: '' },
  notify: [],
};
