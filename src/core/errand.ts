// What an event of GitHub's asks to be done: a webhook is only a hint that something may have changed, so an errand names what to look at
// and carries nothing that could be read anew, but for a comment's text, which is taken as it was when it came.

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
}

export type Errand = PreviewErrand | DraftErrand | CommandErrand | ReconcileErrand;
