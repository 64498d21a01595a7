// What the App's flows are given beyond releasing: what they may ask and do on GitHub as an App, what they may read of the store, and the
// clock. A flow writes to GitHub through the port, and to the store only by the outcome that it returns.

import type { Home } from '../core/errand.ts';
import type { Observed } from '../core/observed.ts';
import type { Policy } from '../core/policy.ts';
import type { Role } from '../core/role.ts';
import type { DeployPort } from './deploy-port.ts';
import type { GatePort } from './gate-port.ts';
import type { GitHubPort, PullSeen } from './github-port.ts';
import type { OutgoingPort } from './outgoing-port.ts';
import type { ChainHead, NotesPort, StoredEntry } from './store-port.ts';

export interface CheckWrite {
  readonly name: string;
  readonly sha: string;
  /** Tells our check from others of that name and one decision from the next. */
  readonly externalId: string;
  /** Null: still in progress. */
  readonly conclusion: 'success' | 'action_required' | 'neutral' | 'failure' | null;
  readonly title: string;
  /** Markdown, cut to GitHub's limit of 65,535 characters by the adapter. */
  readonly summary: string;
}

export interface CommentDetail {
  readonly id: number;
  readonly issue: number;
  readonly body: string;
  readonly author: { readonly login: string; readonly id: number; readonly bot: boolean };
  /** Slug of the app that wrote it. */
  readonly app: string | null;
  /** ISO 8601. */
  readonly createdAt: string;
  /** True if its text was changed after it was written (GraphQL `lastEditedAt`, never `updatedAt`). */
  readonly edited: boolean;
}

export interface IssueSeen {
  readonly number: number;
  readonly pull: boolean;
  readonly state: 'open' | 'closed';
  readonly title: string;
  readonly labels: readonly string[];
  readonly author: string;
  readonly body: string;
  /** Of one that is closed, where GitHub tells. */
  readonly closedBy: { readonly login: string; readonly id: number } | null;
}

/** The result of picking commits onto a branch. */
export type Picked =
  | { readonly done: true; readonly sha: string }
  /** `conflict`: it cannot be applied; `empty`: it is there already; `refused`: GitHub does not let the App, in its words. */
  | { readonly done: false; readonly why: 'conflict' | 'empty' | 'refused'; readonly says: string };

export interface AppGitHubPort extends GitHubPort {
  /** Creates our check, or brings the newest of that name on that commit to this; `same` where nothing differed. */
  readonly putCheck: (check: CheckWrite) => Promise<'written' | 'same'>;
  readonly removeLabel: (number: number, label: string) => Promise<void>;
  readonly updateComment: (id: number, body: string) => Promise<void>;
  /** Null: it is gone. */
  readonly commentById: (id: number) => Promise<Observed<CommentDetail | null>>;
  /** Decoration, once each: never throws. */
  readonly react: (comment: number, content: 'eyes' | 'rocket' | 'confused') => Promise<void>;
  /** By `role_name` and the permissions GitHub names beside it. Unknown where it could not be seen; `none` for who is no person. */
  readonly roleOf: (login: string) => Promise<Observed<Role>>;
  readonly issue: (number: number) => Promise<Observed<IssueSeen | null>>;
  readonly openIssue: (issue: {
    readonly title: string;
    readonly body: string;
    readonly labels?: readonly string[];
    /** One that is open, by the App and with that title and first line, is the one: for whoever may have been stopped after opening it. */
    readonly once?: boolean;
  }) => Promise<{ readonly number: number; readonly url: string }>;
  readonly closeIssue: (number: number) => Promise<void>;
  /** Open pull requests, newest activity first, as far back as `since` (ISO 8601), and the merged ones likewise. */
  readonly recentPulls: (state: 'open' | 'closed', since: string) => Promise<readonly PullSeen[]>;
  /** Merges at exactly that head; false where it has moved or GitHub would not merge, with its words. */
  readonly mergePull: (number: number, head: string) => Promise<{ readonly merged: boolean; readonly says: string }>;
  /**
   * Puts the changes of `commits` (oldest first; a merge commit against its first parent) onto `onto`'s head, as one commit each, and lets
   * `branch` point there. Through GitHub's merge of trees: nothing is checked out. The commits' messages get `(cherry picked from commit …)`.
   */
  readonly pick: (request: { readonly commits: readonly string[]; readonly onto: string; readonly branch: string }) => Promise<Picked>;
}

/** Everything a journey of the App is given. */
export interface Situation {
  readonly github: AppGitHubPort;
  readonly gates: GatePort;
  readonly deploys: DeployPort;
  readonly home: Home;
  /** Key of its notes and of its record: `repo:<id>`, which outlives renames. */
  readonly repository: string;
  readonly notes: NotesPort;
  /** The end of the repository's record. */
  readonly head: () => Promise<ChainHead | null>;
  /** The record itself, oldest first. */
  readonly entries?: (from: { readonly after: number; readonly limit: number }) => Promise<readonly StoredEntry[]>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The App itself: comments and checks of its own are known by these and by nothing in their text. */
  readonly self: { readonly app: number; readonly slug: string };
  readonly readPolicy: (text: string) => Promise<Policy>;
  /** Absent: the operator has set no address. */
  readonly outgoing?: OutgoingPort;
  /** Whether the four keys of a repository (`owner/name`) are kept for `/metrics`; absent: of none. */
  readonly measures?: (repository: string) => boolean;
  /** Whether the record of a repository's (`owner/name`) releases is attached to them; absent: of none. */
  readonly attaches?: (repository: string) => boolean;
  /** Told of what has happened and GitHub would let nobody say, as in a conversation that was locked; absent: nobody is. */
  readonly unsaid?: (where: string, why: string) => void;
}

/** One attempt at a delivery, as GitHub's log of the App's webhook lists it. */
export interface DeliverySeen {
  readonly id: number;
  /** The same for every attempt at one event. */
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  /** ISO 8601. */
  readonly deliveredAt: string;
}

/** What an App asks as itself and not as one of its installations. Throws `GitHubProblem`. */
export interface AppApi {
  /** A page of the log, newest first; null: the first. `next`: the page of older ones, null where there is none. */
  readonly deliveries: (page: string | null) => Promise<{ readonly deliveries: readonly DeliverySeen[]; readonly next: string | null }>;
  /** The payload as it was sent; null: GitHub has it no more. */
  readonly delivery: (id: number) => Promise<unknown>;
  readonly installations: () => Promise<readonly { readonly id: number; readonly suspended: boolean }[]>;
  /** Repositories of an installation; archived and disabled ones are not among them. */
  readonly repositories: (installation: number) => Promise<readonly Home[]>;
  /** False: the App is not installed there, or suspended, or the repository is gone. */
  readonly installed: (home: Home) => Promise<boolean>;
}
