// What the demo asks of its simulated GitHub, which is a process of its own: the same words on both sides of the channel, as plain data.
// They are what people and their tools do; what the App does, it does over HTTP as with any GitHub.

export interface Simulation {
  readonly start: () => Promise<Started>;
  /** Registers the address of the App, and installs it. */
  readonly install: (webhook: string) => void;
  /** Moves time on; gives what it is then, ISO 8601. */
  readonly advance: (duration: string) => string;
  /** Resolves when every webhook so far has been delivered. */
  readonly settled: () => Promise<void>;
  readonly stop: () => Promise<void>;

  readonly openPull: (pull: PullWish) => number;
  readonly merge: (number: number, by: string) => void;
  readonly comment: (number: number, by: string, body: string) => number;
  readonly closeIssue: (number: number, by: string) => Promise<void>;
  /** The next regression suite fails in these jobs. */
  readonly failNextSuite: (jobs: readonly string[]) => void;
  /** The same run once more, as by the button in GitHub's page. */
  readonly rerun: (run: number, by: string) => void;

  readonly thread: (number: number) => Thread | null;
  readonly threads: () => readonly ThreadLine[];
  readonly releases: () => readonly ReleaseSeen[];
  /** Check runs of a pull request's head, or of a commit or tag. */
  readonly checks: (of: number | string) => readonly CheckSeen[];
  /** Newest first. */
  readonly runs: () => readonly RunSeen[];
  /** Newest first. */
  readonly deployments: () => readonly DeploymentSeen[];
  readonly people: () => readonly { readonly login: string; readonly role: string }[];
}

export interface Started {
  /** `host:port` of an Enterprise Server. */
  readonly host: string;
  readonly repository: string;
  readonly app: { readonly id: number; readonly privateKey: string; readonly secret: string };
  /** For whoever wants to look for himself. */
  readonly token: string;
}

export interface PullWish {
  readonly title: string;
  readonly author: string;
  readonly body?: string;
  readonly labels?: readonly string[];
  readonly message?: string;
  readonly files?: Readonly<Record<string, string>>;
}

export interface ThreadLine {
  readonly number: number;
  readonly pull: boolean;
  readonly title: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly author: string;
  readonly comments: number;
}

export interface Thread extends ThreadLine {
  readonly body: string;
  readonly said: readonly Said[];
}

export interface Said {
  readonly id: number;
  readonly by: string;
  readonly body: string;
  readonly reactions: readonly string[];
  /** Moves with each change of its text. */
  readonly updatedAt: string;
}

export interface ReleaseSeen {
  readonly tag: string;
  readonly name: string;
  readonly draft: boolean;
  readonly body: string;
}

export interface CheckSeen {
  readonly name: string;
  readonly app: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
}

export interface RunSeen {
  readonly id: number;
  readonly attempt: number;
  readonly file: string;
  readonly ref: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly environment: string | null;
  readonly jobs: readonly { readonly name: string; readonly status: string; readonly conclusion: string | null }[];
  /** What Apps and people told GitHub about its gates, oldest first. */
  readonly answers: readonly { readonly by: string; readonly state: string; readonly comment: string }[];
}

export interface DeploymentSeen {
  readonly id: number;
  readonly environment: string;
  readonly ref: string;
  readonly sha: string;
  /** GitHub's newest word; `waiting` while it has none. */
  readonly state: string;
}

/** What goes over the channel. */
export type Message =
  | { readonly ask: number; readonly what: keyof Simulation; readonly args: readonly unknown[] }
  | { readonly answer: number; readonly value?: unknown; readonly problem?: string }
  | { readonly clock: number };
