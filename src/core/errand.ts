// What an event of GitHub's asks to be done: a webhook is only a hint that something may have changed, so an errand names what to look at
// and carries nothing that could be read anew, but for a comment's text, which is taken as it was when it came.

import type { Happening, Message } from './tell.ts';

/** A repository that the App is installed on. */
export interface Home {
  readonly installation: number;
  readonly id: number;
  readonly owner: string;
  readonly name: string;
}

export interface PreviewErrand {
  readonly kind: 'preview';
  readonly home: Home;
  readonly pull: number;
  /** A label that somebody has just put on or taken off. */
  readonly label?: { readonly name: string; readonly by: string; readonly added: boolean };
}

/** A branch has moved, or what is planned on it may be another: its draft or release pull request is to be looked at. */
export interface DraftErrand {
  readonly kind: 'draft';
  readonly home: Home;
  readonly branch: string;
}

export interface CommandErrand {
  readonly kind: 'command';
  readonly home: Home;
  readonly comment: number;
  readonly issue: number;
  readonly pull: boolean;
  readonly author: { readonly login: string; readonly id: number; readonly bot: boolean };
  /** Slug and id of the app that wrote it. */
  readonly app: { readonly slug: string; readonly id: number } | null;
  /** The text as it was when it was created. */
  readonly body: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Much may have changed unseen: the whole repository is to be compared with what was seen last. */
export interface ReconcileErrand {
  readonly kind: 'reconcile';
  readonly home: Home;
  /** Only runs that wait, and that nothing told of. */
  readonly waiting?: true;
}

/** A run may wait at an environment's gate: it is to be decided, and GitHub to be told where that changes something. */
export interface GateErrand {
  readonly kind: 'gate';
  readonly home: Home;
  readonly run: number;
  /** As GitHub spells it. */
  readonly environment: string;
  /** GitHub's id of the deployment, where it was told. */
  readonly deployment: number | null;
  /** The commit as the event told it: a hint, to be held against GitHub's word. */
  readonly sha: string | null;
  /** Open pull requests that the event named: hints, too. */
  readonly pulls?: readonly number[];
}

/** What GitHub is to be told of a gate; made by deciding, never by an event. */
export interface AnswerErrand {
  readonly kind: 'answer';
  readonly home: Home;
  readonly run: number;
  readonly attempt: number;
  readonly environment: string;
  readonly deployment: number | null;
  /** Null: a report of why it waits. */
  readonly state: 'approved' | 'rejected' | null;
  /** Markdown; the record's latest entry is added when it is sent. */
  readonly says: string;
  /** Milliseconds since 1970: when it was decided. */
  readonly decided: number;
  /** Digest of the reasons: an answer that another has taken the place of is not given. */
  readonly told: string;
}

/** Something has changed that gates which wait may rest on: of one commit, environment or run where that is told. */
export interface LookErrand {
  readonly kind: 'look';
  readonly home: Home;
  readonly sha: string | null;
  readonly environment: string | null;
  readonly run: number | null;
  /** A deployment that is on its way or has succeeded, which may have passed its gate without us. */
  readonly went?: { readonly run: number; readonly environment: string; readonly deployment: number; readonly sha: string };
  /** What is remembered of releases no longer holds. */
  readonly fresh?: boolean;
  /** A person did it and waits to see what comes of it. */
  readonly urgent?: boolean;
}

/** The status of a commit's gates is to be shown where people talk about its release. */
export interface StatusErrand {
  readonly kind: 'status';
  readonly home: Home;
  readonly sha: string;
  /** The environment whose gate has changed. */
  readonly environment: string;
}

/** A deployment may have gone on or ended: what is where is to be brought up to date, and who has whose turn. */
export interface FollowErrand {
  readonly kind: 'follow';
  readonly home: Home;
  /** Null: those whose deployment that run may be. */
  readonly environment: string | null;
  readonly run: number | null;
  readonly deployment: number | null;
}

/** A release may have become one that the policy wants in the next environment by itself. */
export interface PromoteErrand {
  readonly kind: 'promote';
  readonly home: Home;
}

/** People may want to hear of something; without `happening` what waited to be told together is due. */
export interface TellErrand {
  readonly kind: 'tell';
  readonly home: Home;
  /** Null: the commit of the release's tag. */
  readonly sha: string | null;
  readonly happening: Happening | null;
}

/** A message for the operator's own address. */
export interface SendErrand {
  readonly kind: 'send';
  readonly home: Home;
  /** The same however often it is tried. */
  readonly id: string;
  readonly message: Message;
}

/** A train may be due, or its load to be settled. */
export interface TrainErrand {
  readonly kind: 'train';
  readonly home: Home;
  readonly train: string;
}

/** The four keys of a repository's environments are to be worked out anew. */
export interface MeasureErrand {
  readonly kind: 'measure';
  readonly home: Home;
}

/** What was deployed may prove to be bad: its checks are to be looked at. */
export interface WatchErrand {
  readonly kind: 'watch';
  readonly home: Home;
  readonly environment: string;
  /** The commit that has just come there; null: look on at what came last. */
  readonly began: string | null;
}

/** A release has come into the last environment: its record is to be attached to it. */
export interface AttachErrand {
  readonly kind: 'attach';
  readonly home: Home;
  readonly sha: string;
  readonly tag: string;
}

export const REVIEW_CAUSES = ['deployed', 'rolled-back', 'overridden'] as const;
export type ReviewCause = (typeof REVIEW_CAUSES)[number];

/** A deployment is to be looked back at. */
export interface ReviewErrand {
  readonly kind: 'review';
  readonly home: Home;
  readonly sha: string;
  /** As GitHub spells it. */
  readonly environment: string;
  readonly cause: ReviewCause;
}

/** An issue was closed, which may be a review. */
export interface ReviewedErrand {
  readonly kind: 'reviewed';
  readonly home: Home;
  readonly issue: number;
}

export type Errand =
  | PreviewErrand
  | DraftErrand
  | CommandErrand
  | ReconcileErrand
  | GateErrand
  | AnswerErrand
  | LookErrand
  | StatusErrand
  | FollowErrand
  | PromoteErrand
  | TellErrand
  | SendErrand
  | TrainErrand
  | MeasureErrand
  | WatchErrand
  | AttachErrand
  | ReviewErrand
  | ReviewedErrand;
