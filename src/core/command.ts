// The one table of slash-commands: the parser, `/help`, the documentation and who may are all read from it.

export type CommandName =
  | 'classify'
  | 'release'
  | 'backport'
  | 'deploy'
  | 'approve'
  | 'reject'
  | 'why'
  | 'hold'
  | 'unhold'
  | 'freeze'
  | 'unfreeze'
  | 'override'
  | 'rollback'
  | 'help';

/** Who may: a role on the repository, or whoever the environment's gate counts as an approver. */
export type Who = 'read' | 'write' | 'maintain' | 'admin' | 'approvers';

export interface ArgumentShape {
  readonly name: string;
  /** `word`: one token; `rest`: the rest of the line; `until`: a duration or a time, only where the token reads as one. */
  readonly kind: 'word' | 'rest' | 'until' | 'environment' | 'version' | 'line' | 'choice';
  readonly optional?: boolean;
  readonly choices?: readonly string[];
  /** A version may be named by a release's tag. */
  readonly tags?: true;
  /** Words that are taken beside what the kind says. */
  readonly words?: readonly string[];
}

export interface CommandShape {
  readonly name: CommandName;
  /** Second word: `publish` of `/release publish`. */
  readonly verb: string | null;
  readonly arguments: readonly ArgumentShape[];
  readonly who: Who;
  /** One sentence for `/help` and the documentation. */
  readonly does: string;
  readonly example: string;
}

const environment: ArgumentShape = { name: 'environment', kind: 'environment' };
const reason: ArgumentShape = { name: 'reason', kind: 'rest' };
const version: ArgumentShape = { name: 'version', kind: 'version', optional: true };

/** Instead of a version: what the changes ask for. */
export const AUTO = 'auto';

export const COMMANDS: readonly CommandShape[] = [
  {
    name: 'classify',
    verb: null,
    arguments: [{ name: 'kind', kind: 'choice', choices: ['maintenance', 'feature', 'breaking', 'security', 'none'] }],
    who: 'write',
    does: 'settles what kind of change this pull request is',
    example: '/classify feature',
  },
  {
    name: 'release',
    verb: 'plan',
    arguments: [],
    who: 'read',
    does: 'shows the next release of this line and why it is what it is',
    example: '/release plan',
  },
  { name: 'release', verb: 'draft', arguments: [], who: 'write', does: 'brings the draft release up to date', example: '/release draft' },
  {
    name: 'release',
    verb: 'publish',
    arguments: [],
    who: 'maintain',
    does: 'publishes exactly the release that was last shown',
    example: '/release publish',
  },
  {
    name: 'release',
    verb: 'as',
    arguments: [{ name: 'version', kind: 'version', words: [AUTO] }],
    who: 'maintain',
    does: 'asks for this version, never at or below the last release; `auto` takes that back',
    example: '/release as 2.0.0',
  },
  {
    name: 'backport',
    verb: null,
    arguments: [{ name: 'line', kind: 'line' }],
    who: 'write',
    does: 'opens a pull request that brings this merged one to a maintenance line',
    example: '/backport 1.x',
  },
  {
    name: 'deploy',
    verb: null,
    arguments: [environment, { ...version, tags: true }],
    who: 'write',
    does: 'starts the deploy workflow at the release’s commit; the gate is asked as for everyone',
    example: '/deploy qa 1.4.0',
  },
  {
    name: 'approve',
    verb: null,
    arguments: [{ ...environment, optional: true }],
    who: 'approvers',
    does: 'approves this commit for an environment',
    example: '/approve production',
  },
  {
    name: 'reject',
    verb: null,
    arguments: [{ ...environment, optional: true }, reason],
    who: 'approvers',
    does: 'rejects this commit for an environment, and says why',
    example: '/reject production the migration was not rehearsed',
  },
  {
    name: 'why',
    verb: null,
    arguments: [environment],
    who: 'read',
    does: 'shows every requirement of an environment, its verdict and the evidence',
    example: '/why production',
  },
  {
    name: 'hold',
    verb: null,
    arguments: [environment, reason],
    who: 'write',
    does: 'lets nothing into an environment until it is taken back',
    example: '/hold production the database is being moved',
  },
  { name: 'unhold', verb: null, arguments: [environment], who: 'write', does: 'takes a hold back', example: '/unhold production' },
  {
    name: 'freeze',
    verb: null,
    arguments: [environment, { name: 'until', kind: 'until', optional: true }, reason],
    who: 'maintain',
    does: 'freezes an environment, until a time where one is given',
    example: '/freeze production 3d year end',
  },
  { name: 'unfreeze', verb: null, arguments: [environment], who: 'maintain', does: 'ends a freeze', example: '/unfreeze production' },
  {
    name: 'override',
    verb: null,
    arguments: [environment, reason],
    who: 'admin',
    does: 'breaks the glass: lets this commit in once, is recorded, and opens its own review',
    example: '/override production the shop is down, INC-1234',
  },
  {
    name: 'rollback',
    verb: null,
    arguments: [environment, version],
    who: 'maintain',
    does: 'goes back to the last version that succeeded there, through the gate',
    example: '/rollback production',
  },
  { name: 'help', verb: null, arguments: [], who: 'read', does: 'shows the commands and the policy in force', example: '/help' },
];

/** One command of a comment, its arguments by name and already of their shape. */
export interface CommandCall {
  readonly shape: CommandShape;
  readonly arguments: Readonly<Record<string, string>>;
  /** The line as it was written, for quoting. */
  readonly text: string;
}

/** A line that was meant as a command and is none, in words for whoever wrote it. */
export interface CommandProblem {
  readonly code:
    | 'missing-argument'
    | 'unknown-command'
    | 'unknown-argument'
    | 'invalid-argument'
    | 'contradiction'
    | 'too-many'
    | 'unreadable';
  /** The line as it was written. */
  readonly text: string;
  /** One or two sentences, in which text from others stands as code. */
  readonly says: string;
}

/** All or nothing: where there is a problem there are no calls, since what was meant by the rest is not known either. */
export interface ParsedComment {
  readonly calls: readonly CommandCall[];
  readonly problems: readonly CommandProblem[];
}
