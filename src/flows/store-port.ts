// What the App is given to remember with: deliveries as they came, tasks in their order, notes, and the record. Two engines implement it,
// SQLite and PostgreSQL; times are milliseconds since 1970 and come from the caller, so that a test's clock is the only one there is.

/** What survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One webhook delivery as it came. The GUID stays the same when GitHub sends it again. */
export interface Delivery {
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  /** Whom its order matters to: `repo:<id>`, `installation:<id>` or `app`. */
  readonly key: string;
  readonly payload: Uint8Array;
  readonly receivedAt: number;
}

export interface NewTask {
  /** Tasks of one key run one after another, in the order they were added; those of different keys beside each other. */
  readonly key: string;
  readonly kind: string;
  readonly body: Json;
  /** Not before; 0 or absent: at once. A task that is not due holds up its key only if it was due once (a retry). */
  readonly runAt?: number;
  /** While an unstarted task of that name is there no other is added, and the earlier of both times counts. */
  readonly unique?: string;
  /** In an outcome: it needs the payload that the ended task came with, which is kept for as long as either is unfinished. */
  readonly inherits?: boolean;
}

export interface Task {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  readonly body: Json;
  readonly runAt: number;
  readonly unique: string | null;
  /** How often it was begun, this time included. */
  readonly attempts: number;
  readonly createdAt: number;
}

/** Who works on a task: whoever lost the lease can write nothing for it. */
export interface Lease {
  readonly task: Task;
  readonly owner: string;
}

export interface Note {
  readonly repository: string;
  readonly kind: string;
  readonly name: string;
  readonly body: Json;
  /** 1, and one more with each write. */
  readonly version: number;
  readonly at: number;
}

export interface NoteWrite {
  readonly repository: string;
  readonly kind: string;
  readonly name: string;
  /** Null deletes it. */
  readonly body: Json;
  /** The version it must have: 0 for none. Else nothing of the outcome is written. Absent: whatever it has. */
  readonly expect?: number;
}

/** The end of a repository's chain. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** An entry for the record: sealed inside the transaction that appends it, where the chain's end is known. */
export interface Entry {
  readonly repository: string;
  readonly seal: (head: ChainHead | null) => { readonly hash: string; readonly text: string };
}

export interface StoredEntry extends ChainHead {
  readonly repository: string;
  readonly text: string;
  readonly at: number;
}

/** What a task comes to, written together with its end or not at all. */
export interface Outcome {
  readonly tasks?: readonly NewTask[];
  readonly notes?: readonly NoteWrite[];
  readonly entries?: readonly Entry[];
}

export interface DeadTask extends Task {
  readonly error: string;
  readonly diedAt: number;
}

export interface StoreStats {
  /** Due and not begun. */
  readonly ready: number;
  /** Not due yet: timers and retries. */
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
  /** Milliseconds that the oldest due task has waited; 0 without one. */
  readonly oldest: number;
}

/** Reads of notes, all that a flow is given of the store: what it writes is in its outcome. */
export interface NotesPort {
  readonly note: (repository: string, kind: string, name: string) => Promise<Note | null>;
  /** All of a kind, by name. */
  readonly notes: (repository: string, kind: string) => Promise<readonly Note[]>;
}

/** Every function throws `StoreProblem` where the store cannot be reached or will not answer. */
export interface StorePort extends NotesPort {
  /**
   * Writes deliveries, and for each new one a task `delivery` with the body `{ guid }` under its key, in one transaction, durable on return.
   * True for each that was new; one whose GUID is there already changes nothing.
   */
  readonly accept: (deliveries: readonly Delivery[]) => Promise<readonly boolean[]>;
  readonly delivery: (guid: string) => Promise<Delivery | null>;
  /** Which of the GUIDs were accepted once. */
  readonly known: (guids: readonly string[]) => Promise<ReadonlySet<string>>;

  readonly add: (tasks: readonly NewTask[], now: number) => Promise<void>;
  /** Due tasks, at most one of a key, and none of a key that somebody holds; begun until `now + lease`. */
  readonly claim: (ask: {
    readonly owner: string;
    readonly now: number;
    readonly leaseMs: number;
    readonly limit: number;
  }) => Promise<readonly Task[]>;
  /** Ends the leases of owners that are gone for certain, so that nobody waits for them to run out; how many there were. */
  readonly reclaim: (isGone: (owner: string) => boolean, now: number) => Promise<number>;
  /** False: the lease is lost. */
  readonly renew: (lease: Lease, until: number) => Promise<boolean>;
  /** Ends the task and writes its outcome. `lost`: somebody else has the task; `moved`: a note was not as expected. Then nothing is written. */
  readonly finish: (lease: Lease, outcome: Outcome, now: number) => Promise<'done' | 'lost' | 'moved'>;
  /** Gives it back, to be begun again at `at`; its key waits for it. `free`: it was not the task's fault, so this time is not counted among its attempts. */
  readonly retry: (lease: Lease, again: { readonly at: number; readonly error: string; readonly free?: boolean }) => Promise<boolean>;
  /** Gives it up: it is kept for an operator, and its key goes on. */
  readonly bury: (lease: Lease, error: string, now: number) => Promise<boolean>;
  readonly dead: (limit: number) => Promise<readonly DeadTask[]>;
  /** Begins a dead task anew, at the end of its key and with all its tries before it (`round` in its body is the worker's count of them); false where there is none of that id. */
  readonly replay: (id: number, now: number) => Promise<boolean>;

  /** Writes outside of a task: set-up and operators. False where a note was not as expected. */
  readonly write: (notes: readonly NoteWrite[], now: number) => Promise<boolean>;
  readonly head: (repository: string) => Promise<ChainHead | null>;
  readonly entries: (repository: string, from: { readonly after: number; readonly limit: number }) => Promise<readonly StoredEntry[]>;
  readonly repositories: () => Promise<readonly string[]>;

  readonly stats: (now: number) => Promise<StoreStats>;
  /** Drops finished tasks from before, and payloads that nothing unfinished stands beside; GUIDs, notes and the record stay. */
  readonly forget: (before: number) => Promise<number>;
  /** Resolves where the store answers and would write. */
  readonly ping: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Why the store did not do it, in words that say what to do. Never holds a password. */
export class StoreProblem extends Error {
  constructor(says: string, options?: { readonly cause?: unknown }) {
    super(says, options);
    this.name = 'StoreProblem';
  }
}
