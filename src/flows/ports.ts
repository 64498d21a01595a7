// What a flow is given to see and touch the world with: adapters implement these, flows and tests know nothing more of git or GitHub.

import type { Commit } from '../core/change.ts';

/** A ref and the object it names as it stands: for an annotated tag that is the tag object, not its commit. */
export interface Ref {
  /** Short name: `v1.2.0`, `main`. */
  readonly name: string;
  readonly sha: string;
}

export interface RemoteRef extends Ref {
  readonly remote: string;
}

export interface Refs {
  readonly tags: readonly Ref[];
  readonly heads: readonly Ref[];
  readonly remoteHeads: readonly RemoteRef[];
  /** The branch that is checked out; null on a detached HEAD and before the first commit. */
  readonly current: string | null;
  /** What `origin/HEAD` names. Many clones do not say (actions/checkout's for one). */
  readonly defaultBranch: string | null;
}

/** Where a clone was made from. Credentials in the URL are left out. */
export interface Remote {
  readonly url: string;
  readonly host: string;
  readonly owner: string;
  readonly repository: string;
}

/** A commit as far as its diff needs it. A merge is compared with its first parent. */
export type Diffable = Pick<Commit, 'sha' | 'parents'>;

export interface RangeRequest {
  /** `HEAD`, a full SHA, a full ref name, or any revision that git knows. */
  readonly head: string | Promise<string>;
  /** A tag's name, a full ref name or a full SHA; null for the whole history. A promise lets git start before the answer is known. */
  readonly base: string | null | Promise<string | null>;
  /** Read the paths each commit touched, too. Costs a diff per commit. */
  readonly files?: boolean;
  /** Called for each commit of the range, children before parents, base excluded; its strings hold on to nothing else. */
  readonly onCommit: (commit: Commit) => void;
}

export interface RangeRead {
  /** The commit that head names; null where head has no commit that base does not have. */
  readonly headSha: string | null;
  /** The commit that base names; null without base, and where it names none (a missing tag, a tag of a tree). */
  readonly baseSha: string | null;
  /** False: the commits that were delivered are no release range, and another base is needed. True without a base. */
  readonly baseIsAncestor: boolean;
  readonly commits: number;
  /** Commits of the range whose parents a shallow clone has left out. Not empty only where base is no ancestor: else it is thrown. */
  readonly boundary: readonly string[];
}

export interface HistoryTag {
  readonly name: string;
  /** The commit it leads to, however many tag objects lie between; null for a tag of a tree or a file. */
  readonly commit: string | null;
  /** When it was made in ISO 8601: the tagger's date, for a light tag the commit's; null where git cannot tell. */
  readonly date: string | null;
  readonly annotated: boolean;
}

export interface HistoryRequest {
  /** Called for each commit that a tag or a head reaches, children before parents. */
  readonly onCommit: (commit: Commit) => void;
  /** More revisions to start from, besides every tag. */
  readonly heads?: readonly string[];
}

export interface WholeHistory {
  readonly tags: readonly HistoryTag[];
  readonly commits: number;
  /** Commits whose parents a shallow clone has left out. */
  readonly boundary: readonly string[];
}

export interface Ancestry {
  readonly ancestors: ReadonlySet<string>;
  /** Not in this clone, or no commit: nothing can be said of them. */
  readonly missing: ReadonlySet<string>;
}

/** A local clone, read through git. Each function throws `GitProblem` where git or the clone says no. */
export interface GitPort {
  /** Every tag and branch, unpeeled, from one process. */
  readRefs(dir: string): Promise<Refs>;
  /** Where `origin` is; null without such a remote and for one that names no owner and repository. */
  readRemote(dir: string): Promise<Remote | null>;
  /** The working tree's root folder; null in a bare repository. */
  readRoot(dir: string): Promise<string | null>;
  /** The set `base..head`, by ancestry alone. */
  readRange(dir: string, range: RangeRequest): Promise<RangeRead>;
  /** The paths that each commit touched. */
  readFiles(dir: string, commits: readonly Diffable[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Commit → patch-id, equal for the same change on two branches. Commits without a change have none. */
  readPatchIds(dir: string, commits: readonly Diffable[]): Promise<ReadonlyMap<string, string>>;
  /** Which of the full SHAs are ancestors of `of`, or `of` itself. */
  readAncestors(dir: string, ask: { readonly of: string; readonly shas: readonly string[] }): Promise<Ancestry>;
  /** Names of the tags whose commit `head` contains. Looks at every tag: the way out when no likely base fits. */
  readMerged(dir: string, head: string): Promise<ReadonlySet<string>>;
  /** Each name's commit, a tag before a branch before a branch of origin before git's own reading; null where there is none. */
  resolve(dir: string, names: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** Every tag and every commit behind the tags, to replay a repository's releases. */
  readWholeHistory(dir: string, request: HistoryRequest): Promise<WholeHistory>;
  /** Lower-case e-mail addresses of authors up to and including `base`: a walk, cut short once all of `among` were seen. */
  readAuthors(dir: string, base: string, among?: ReadonlySet<string>): Promise<ReadonlySet<string>>;
}

export type GitProblemKind = 'no-git' | 'no-repository' | 'unsafe-repository' | 'empty-repository' | 'shallow' | 'unknown-ref' | 'failed';

/** Why git could not answer, in words that say what to do. `unknown-ref` is a wrong question, the rest is the world's failure. */
export class GitProblem extends Error {
  readonly kind: GitProblemKind;
  /** What git did not know, for `unknown-ref` where git says which. */
  readonly revision: string | undefined;

  constructor(kind: GitProblemKind, says: string, revision?: string) {
    super(says);
    this.name = 'GitProblem';
    this.kind = kind;
    this.revision = revision;
  }
}
