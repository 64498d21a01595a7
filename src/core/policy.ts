// What a repository may settle about its releases, and what holds where it settles nothing. Reading the YAML is policy-file.ts, so that
// a run without a policy file loads no parser.

import type { Bump } from './change.ts';
import type { EnvironmentPolicy } from './policy/environment.ts';

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
