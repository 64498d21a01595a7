// What a change is: one merged pull request, or one direct commit, as a release sees it. Plain data that every part of the core shares.

/** What a release is made of. A breaking change is a `feature` with `breaking: true`. */
export type Kind = 'maintenance' | 'feature' | 'none';

/** Why a maintenance change is maintenance; `null` where nothing more precise is known. */
export type Subkind = 'security' | 'bug' | 'performance' | 'compatibility' | 'stability' | 'dependency' | 'documentation';

/** What a change asks of the version number. */
export type Bump = 'none' | 'patch' | 'minor' | 'major';

/** Where a reading comes from, strongest first: this order is the precedence of a classification. */
export const SOURCES = ['override', 'label', 'title', 'commits', 'branch', 'paths', 'default'] as const;
export type Source = (typeof SOURCES)[number];

/** One reading of one source, in words that a person can check. */
export interface Evidence {
  readonly source: Source;
  readonly kind: Kind;
  readonly breaking: boolean;
  /** One sentence: what was read and what it means. Text from others in it is not yet neutralised. */
  readonly says: string;
}

export interface Person {
  readonly name: string;
  readonly email?: string;
  /** GitHub login, where it is known. */
  readonly login?: string;
}

/** A commit as git or GitHub tells it. `parents` are full SHAs; `date` is the author date in ISO 8601. */
export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly date: string;
  readonly subject: string;
  readonly body: string;
  /** Paths touched, from the repository's root; absent when they were not read. */
  readonly files?: readonly string[];
}

/** What a classification is made from. Everything but the title may be absent: absent is "not seen", not "empty". */
export interface Proposal {
  readonly title: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  /** Messages of the pull request's own commits. */
  readonly commits?: readonly string[];
  readonly branch?: string;
  readonly files?: readonly string[];
  readonly author?: Person;
  /** A person's settled word (`/classify`), which nothing outranks. */
  readonly override?: { readonly as: 'maintenance' | 'feature' | 'breaking' | 'security' | 'none'; readonly by?: string };
}

export interface Classification {
  readonly status: 'classified' | 'excluded' | 'disputed';
  readonly kind: Kind;
  readonly subkind: Subkind | null;
  readonly breaking: boolean;
  readonly bump: Bump;
  /** Key of the notes' section that lists it: `breaking`, `feature`, `security`, `bug`, `performance`, …, `maintenance`, or `none`. */
  readonly section: string;
  readonly because: readonly Evidence[];
}

/** A dependency moved from one version to another; `null` versions were not told. */
export interface DependencyBump {
  readonly name: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** An issue or pull request a change speaks of. `owner`/`repository` are null for the same repository. */
export interface Reference {
  readonly owner: string | null;
  readonly repository: string | null;
  readonly number: number;
  /** True for `closes`, `fixes`, `resolves` and their forms. */
  readonly closes: boolean;
}

/** A classified change with all that a plan and its notes need; message bodies are not kept. */
export interface Change {
  readonly sha: string;
  readonly pr: number | null;
  /** First line as written, without a trailing `(#123)`. */
  readonly title: string;
  /** Title without type, scope, emoji and trailing references: what the notes print. */
  readonly subject: string;
  readonly scope: string | null;
  readonly classification: Classification;
  /** Authors and co-authors, each once, bots included. */
  readonly authors: readonly Person[];
  readonly references: readonly Reference[];
  /** GHSA and CVE identifiers that the message names, upper-case. */
  readonly advisories: readonly string[];
  readonly dependency: DependencyBump | null;
  /** What a user must do: texts of BREAKING CHANGE footers and of an "Upgrade notes" section. */
  readonly upgrade: readonly string[];
  /** Full or short SHAs named by `(cherry picked from commit …)`. */
  readonly pickedFrom: readonly string[];
  /** Names of the monorepo packages that it touches; empty without packages. */
  readonly packages: readonly string[];
}

/** A change left out of a release, and why. */
export interface Excluded {
  readonly sha: string;
  readonly pr: number | null;
  readonly title: string;
  readonly code: 'reverted' | 'revert' | 'release-commit' | 'no-release' | 'already-released' | 'duplicate' | 'other-package';
  readonly says: string;
}

/** Something in a plan that a person must settle before it may be published. */
export interface Objection {
  readonly code:
    | 'feature-on-maintenance-line'
    | 'disputed'
    | 'outside-range'
    | 'version-exists'
    | 'release-as-backwards'
    | 'release-as-invalid'
    | 'release-blocker'
    | 'open-milestone';
  readonly says: string;
  /** The commits it is about, where it is about commits. */
  readonly shas?: readonly string[];
}

/** Something that looks as if a release was lost. It stops nothing, but nobody should have to find it by accident. */
export interface Alarm {
  readonly code: 'release-without-tag' | 'change-in-no-package' | 'worthy-but-unreleased';
  readonly says: string;
  readonly shas?: readonly string[];
}
