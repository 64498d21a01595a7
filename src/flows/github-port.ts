// What a flow is given to see and touch GitHub with. Reads tell what could not be seen; writes are effects, each idempotent by a key of
// its own, so that whoever is stopped after any of them can begin again.

import type { Commit, Person } from '../core/change.ts';
import type { Observed } from '../core/observed.ts';
import type { ReleaseScope } from '../core/scope.ts';
import type { PeopleSeen } from './gate-port.ts';

export type { Observed };

export interface TagSeen {
  readonly name: string;
  /** The commit it leads to. */
  readonly sha: string;
}

export interface ReleaseSeen {
  readonly id: number;
  /** GraphQL id. */
  readonly node: string;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** What a draft's tag will be made at: a branch or SHA. Of a published release in a scene: its tag's commit. */
  readonly target: string;
  readonly url: string;
  readonly assets: readonly { readonly name: string; readonly size: number; readonly uploaded: boolean }[];
  /** Login of who made it; null where GitHub does not say, as for bots in a scene. */
  readonly author: string | null;
  /** When it last came to look as it does, ISO 8601; absent where GitHub did not say, as for published releases in a scene. */
  readonly updatedAt?: string;
  /** True: GitHub lets nobody change its tag or files; absent where it is not, or GitHub did not say, as in a scene. */
  readonly immutable?: true;
}

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** A pull request as a release sees it. */
export interface PullSeen {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly labels: readonly string[];
  readonly head: { readonly ref: string; readonly sha: string; readonly repository: string | null };
  readonly base: string;
  readonly mergeSha: string | null;
  readonly author: Person;
  /** True if GitHub calls it the author's first contribution here. */
  readonly firstTime: boolean;
  readonly url: string;
  /** When its text was last written, ISO 8601; only of a scene's release pull requests. */
  readonly writtenAt?: string;
}

export interface RepositorySeen {
  readonly owner: string;
  readonly name: string;
  readonly host: string;
  readonly defaultBranch: string;
  readonly methods: readonly MergeMethod[];
  /** How GitHub words squash and merge commits here. */
  readonly squash: { readonly title: 'PR_TITLE' | 'COMMIT_OR_PR_TITLE'; readonly message: 'PR_BODY' | 'COMMIT_MESSAGES' | 'BLANK' };
  readonly merge: { readonly title: 'PR_TITLE' | 'MERGE_MESSAGE'; readonly message: 'PR_BODY' | 'PR_TITLE' | 'BLANK' };
  /** Login that writes are made under, where the token tells. */
  readonly self: string | null;
}

/** The first look at a repository: as much as one query gives. */
export interface Scene {
  readonly repository: RepositorySeen;
  /** The branch that was asked for, or the default one. */
  readonly branch: { readonly name: string; readonly sha: string };
  readonly branches: readonly string[];
  /** True if there are others beyond these. */
  readonly moreBranches?: boolean;
  /** Newest first; `more` if there are others beyond these. */
  readonly tags: readonly TagSeen[];
  readonly moreTags: boolean;
  /** Newest first, drafts included where the token may see them. */
  readonly releases: readonly ReleaseSeen[];
  /** The policy file as it stands on the default branch; null where there is none. */
  readonly policy: { readonly text: string; readonly blob: string } | null;
  /** Open and lately merged pull requests from `releaseBranch`. */
  readonly releasePulls: readonly PullSeen[];
  /** Absent: it was not asked for. */
  readonly scope?: Observed<ReleaseScope>;
}

export interface SceneRequest {
  readonly branch?: string;
  /** Head branch of release pull requests for that line. */
  readonly releaseBranch: (branch: string) => string;
  /** Ask for what the next release waits for, too. */
  readonly scope?: boolean;
  /** What the default branch most likely is; `main`. A wrong guess costs a second query. */
  readonly guess?: string;
  /** Drafts are wanted for their texts alone: of these neither their targets nor what arrived of their files is looked up. */
  readonly glance?: boolean;
}

/** One commit of a compared range, with the pull requests that GitHub associates with it. */
export interface RangeCommit {
  readonly commit: Commit;
  /** Author and co-authors with the logins that GitHub knows of them. */
  readonly authors?: readonly Person[];
  readonly pulls: readonly PullSeen[];
}

export interface RangeSeen {
  /** False: base is not an ancestor of head, so the commits are no release range. */
  readonly baseIsAncestor: boolean;
  /** The whole range, children before parents. Where base is no ancestor only some of it: none only if head has nothing that base has not. */
  readonly commits: readonly RangeCommit[];
  /** Who made them, where that shows with them: of a bot with an address of its own it does not. */
  readonly people?: PeopleSeen;
  /** Commits older than these that were not read: a history without a base may be longer than is worth reading. */
  readonly unread?: number;
}

/** A file of a commit to make: null text deletes it. */
export interface FileWrite {
  readonly path: string;
  readonly text: string | null;
}

/** The state of every check of one exact commit: the newest of each name and app. */
export interface CheckSeen {
  readonly name: string;
  readonly app: string | null;
  readonly kind: 'check' | 'status';
  /** `success`, `failure`, `pending`, `skipped`, …: GitHub's word, in lower case. */
  readonly state: string;
  readonly url: string | null;
}

export interface CommentSeen {
  readonly id: number;
  readonly body: string;
  readonly own: boolean;
}

export interface GitHubPort {
  readonly scene: (request: SceneRequest) => Promise<Scene>;
  /** Tags beyond the scene's first page, all of them. */
  readonly allTags: () => Promise<readonly TagSeen[]>;
  /** The set `base..head` by GitHub's compare; base null: the history of head. A base is a tag's name, a full ref name, or a full SHA. */
  readonly range: (base: string | null, head: string, files: boolean) => Promise<RangeSeen>;
  readonly pull: (
    number: number,
  ) => Promise<Observed<{ readonly pull: PullSeen; readonly commits: readonly Commit[]; readonly files: readonly string[] }>>;
  /** Texts of files; null where there is none of that path. */
  readonly files: (ref: string, paths: readonly string[]) => Promise<ReadonlyMap<string, string | null>>;
  readonly checks: (sha: string) => Promise<Observed<readonly CheckSeen[]>>;
  /** Own comments on several pull requests or issues, in few calls, oldest first. Without an entry: GitHub has no such number. */
  readonly ownComments: (numbers: readonly number[]) => Promise<ReadonlyMap<number, readonly CommentSeen[]>>;
  /** Every release whose draft flag is set, straight from the source (lists lag behind writes). */
  readonly drafts: () => Promise<readonly ReleaseSeen[]>;
  readonly tag: (name: string) => Promise<TagSeen | null>;
  /** The published release of a tag. */
  readonly release: (tag: string) => Promise<ReleaseSeen | null>;

  readonly createRelease: (release: ReleaseWrite) => Promise<ReleaseSeen>;
  /** Null where publishing is refused because another release of that tag is out already. */
  readonly updateRelease: (id: number, release: Partial<ReleaseWrite>) => Promise<ReleaseSeen | null>;
  readonly deleteRelease: (id: number) => Promise<void>;
  readonly uploadAsset: (
    release: ReleaseSeen,
    asset: { readonly name: string; readonly type: string; readonly bytes: Uint8Array },
  ) => Promise<void>;
  /** An annotated tag; false where a tag of that name exists already. */
  readonly createTag: (tag: { readonly name: string; readonly sha: string; readonly message: string }) => Promise<boolean>;
  /** Makes the branch, or moves it there by force. */
  readonly putBranch: (name: string, sha: string) => Promise<void>;
  /** Nothing where there is no such branch. */
  readonly deleteBranch: (name: string) => Promise<void>;
  /** A commit that GitHub signs, on a branch whose head must still be `expected`; null where it has moved. */
  readonly commit: (write: {
    readonly branch: string;
    readonly expected: string;
    readonly message: { readonly headline: string; readonly body?: string };
    readonly files: readonly FileWrite[];
  }) => Promise<string | null>;
  readonly openPull: (pull: {
    readonly title: string;
    readonly body: string;
    readonly head: string;
    readonly base: string;
  }) => Promise<PullSeen>;
  readonly updatePull: (
    number: number,
    pull: { readonly title?: string; readonly body?: string; readonly state?: 'closed' },
  ) => Promise<void>;
  readonly comment: (number: number, body: string) => Promise<CommentSeen>;
  readonly deleteComment: (id: number) => Promise<void>;
  readonly addLabels: (number: number, labels: readonly string[]) => Promise<void>;
}

export interface ReleaseWrite {
  readonly tag: string;
  readonly target: string;
  readonly name: string;
  readonly body: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** Whether GitHub is to call it the latest release. */
  readonly latest: boolean;
}

export type GitHubProblemKind =
  /** The token is missing, wrong or expired. */
  | 'unauthorised'
  /** The token may not do this; the words say which permission is missing, where GitHub tells. */
  | 'forbidden'
  | 'not-found'
  /** Waiting until `until` was longer than is allowed. */
  | 'rate-limited'
  /** No answer, or none that makes sense, after trying again where that could do no harm. A write may have happened. */
  | 'unavailable'
  /** GitHub understood and said no, in its own words. */
  | 'refused'
  /** An address that is no address, or leads elsewhere. */
  | 'misconfigured';

/** Why GitHub did not do it, in words that say what to do. Never holds a token. */
export class GitHubProblem extends Error {
  readonly kind: GitHubProblemKind;
  /** HTTP status; null where there was no answer. */
  readonly status: number | null;
  /** ISO 8601, for `rate-limited`. */
  readonly until: string | null;
  /** GitHub's own words alone, where it refused with some. */
  readonly words: string | null;

  constructor(
    kind: GitHubProblemKind,
    says: string,
    more: { readonly status?: number | null; readonly until?: string | null; readonly words?: string } = {},
  ) {
    super(says);
    this.name = 'GitHubProblem';
    this.kind = kind;
    this.status = more.status ?? null;
    this.until = more.until ?? null;
    this.words = more.words ?? null;
  }
}
