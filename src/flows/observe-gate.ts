// What a gate is decided by, looked at now: of GitHub and of what people said, only what the gate's policy asks for, in as few turns as
// there are. What could not be seen is said, and never an empty list. It takes ports and no store, so that whoever decides may look with it.

import {
  type Account,
  type ApprovalFact,
  askedOf,
  type BaselineFact,
  type CheckFact,
  type DeploymentFact,
  type Gate,
  type GateFacts,
  gatesOf,
  type PeopleFact,
  type RunFact,
} from '../core/gate/facts.ts';
import type { Policy } from '../core/policy.ts';
import type { Role } from '../core/role.ts';
import type { GateMemory } from './gate-memory.ts';
import type { SpokenApproval } from './gate-notes.ts';
import type { ActorSeen, CheckRunSeen, DeploymentSeen, GatePort, MergedSeen, ReviewSeen, RunSeen } from './gate-port.ts';
import type { GitHubPort, Observed, Scene } from './github-port.ts';
import { observeOwners } from './observe-owners.ts';
import { readPeople } from './observe-people.ts';
import { type ReleaseRead, releaseOf } from './release-of.ts';

/** A native review of a deployment to the environment, with the time at which we heard of it. */
export interface NativeReview {
  readonly by: ActorSeen;
  /** `approved` or `rejected`. */
  readonly state: string;
  readonly at: string;
}

export interface GateLook {
  readonly github: Pick<GitHubPort, 'range' | 'allTags' | 'release' | 'files'>;
  readonly gates: GatePort;
  readonly roleOf: (login: string) => Promise<Observed<Role>>;
  /** Of the default branch. */
  readonly scene: Scene;
  readonly policy: Policy;
  readonly gate: Gate;
  readonly sha: string;
  /** Null where no run asks. */
  readonly run: RunSeen | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What people said by commands. */
  readonly spoken: readonly SpokenApproval[];
  readonly native: Observed<readonly NativeReview[]>;
  readonly stops: Required<Pick<GateFacts, 'holds' | 'freezes' | 'waivers'>>;
  /** Open pull requests that this commit may be the head of. */
  readonly pulls: readonly number[];
  readonly memory: GateMemory;
  /** True for the check of the job that asks, which would wait for itself. */
  readonly isOwn: (check: CheckRunSeen) => boolean;
}

export interface GateSeen {
  readonly facts: GateFacts;
  readonly release: Observed<ReleaseRead> | null;
}

export async function observeGate(look: GateLook): Promise<GateSeen> {
  const { gate, gates, sha, run, now, memory } = look;
  const asked = askedOf(gate);
  const occasionMatters = gate.entry !== null && (gatesOf(gate.entry).length > 1 || gate.entry.freeze.some((one) => one.except.length > 0));
  const merged = once(() => mergedPulls(look));
  const names = once(() => environmentNames(look));
  const deployed = (environment: string) => deploymentsTo(look, environment, names);
  const here = once(() => deployed(gate.environment));
  const release = asked.release || asked.baseline || asked.people ? once(() => releaseOf(look)) : null;
  const [checks, deployments, wasHere, read, baseline, people, opinions] = await Promise.all([
    asked.checks ? observeChecks(look, sha) : null,
    observeEach(asked.deployments, (name) => (name.toLowerCase() === gate.environment.toLowerCase() ? here() : deployed(name))),
    occasionMatters ? here() : null,
    release?.() ?? null,
    asked.baseline && release !== null ? baselineOf(look, release) : null,
    asked.people && release !== null ? peopleOf(look, release, merged) : null,
    asked.approvals ? opinionsOf(look, merged) : null,
  ]);
  const approvals = opinions === null ? null : await withRoles(look, opinions);
  const speakers = approvals?.known === true ? approvals.value.map(({ by }) => by) : [];
  // Who belongs to a team matters only where somebody has spoken.
  const [teams, owners] = await Promise.all([
    speakers.length > 0 ? observeEach(asked.teams, (name) => membersOf(gates, memory, name)) : {},
    asked.owners && speakers.length > 0 ? observeOwners(look, release ?? once(() => releaseOf(look)), speakers) : null,
  ]);
  const facts: GateFacts = {
    now: new Date(now).toISOString(),
    environment: gate.environment,
    sha,
    ...look.stops,
    ...(run === null ? {} : { run: runFact(run) }),
    ...(asked.release && read !== null ? { release: releaseFact(read, wasHere, sha) } : {}),
    ...(checks === null ? {} : { checks }),
    ...(baseline === null ? {} : { baseline }),
    ...(people === null ? {} : { people: people.known ? { known: true, value: withSpeakers(people.value, speakers) } : people }),
    ...(approvals === null ? {} : { approvals }),
    ...(asked.teams.length === 0 || speakers.length === 0 ? {} : { teams }),
    ...(owners === null ? {} : { owners }),
    ...(asked.deployments.length === 0 ? {} : { deployments }),
  };
  return { facts, release: read };
}

/** Who began it and who ran it again: on a re-run they differ. */
function runFact({ id, attempt, event, actor, triggeringActor }: RunSeen): RunFact {
  const known = actor !== null && triggeringActor !== null ? [actor, triggeringActor].map(accountOf) : null;
  return { id, attempt, event, initiators: known === null ? null : [...new Map(known.map((one) => [one.id, one])).values()] };
}

function releaseFact(
  read: Observed<ReleaseRead>,
  here: Observed<readonly DeploymentFact[]> | null,
  sha: string,
): NonNullable<GateFacts['release']> {
  if (!read.known) return read;
  const { version, tag, kind, occasion, texts } = read.value;
  // Where it cannot be seen whether it is a step back, it may be one.
  const now = here === null ? occasion : here.known ? (isStepBack(here.value, sha) ? 'rollback' : occasion) : null;
  return { known: true, value: { version, tag, kind, occasion: now, texts } };
}

/** This very commit succeeded here before, and something else is there now. */
function isStepBack(deployments: readonly DeploymentFact[], sha: string): boolean {
  const stood = deployments
    .filter((one) => typeof one.succeededAt === 'string')
    .sort((a, b) => Date.parse(b.succeededAt ?? '') - Date.parse(a.succeededAt ?? ''));
  return stood.some((one) => one.sha === sha) && stood[0]?.sha !== sha;
}

async function observeChecks({ gates, isOwn }: GateLook, sha: string): Promise<Observed<readonly CheckFact[]>> {
  const seen = await gates.checksOf(sha);
  return seen.known ? { known: true, value: seen.value.filter((one) => !isOwn(one)).map(checkFact) } : seen;
}

export function checkFact({ name, kind, app, appId, state, id, startedAt, completedAt, suite }: CheckRunSeen): CheckFact {
  return { name, kind, app, appId, state, id, startedAt, completedAt, suite };
}

/** A check of a release that is out is run again now and then, at most. */
const BASELINE_MINUTES = 10;

async function baselineOf(
  { gates, memory }: GateLook,
  release: () => Promise<Observed<ReleaseRead>>,
): Promise<Observed<BaselineFact | null>> {
  const read = await release();
  if (!read.known) return read;
  const { base } = read.value;
  if (base === null) return { known: true, value: null };
  // One for the repository: most of its gates compare with the same release.
  const before = await memory.recall<BaselineFact>('baseline', 'checks', BASELINE_MINUTES);
  if (before?.sha === base.sha) return { known: true, value: { ...base, checks: before.checks } };
  const seen = await gates.checksOf(base.sha);
  if (!seen.known) return seen;
  const checks = seen.value.map(checkFact);
  memory.remember('baseline', 'checks', { ...base, checks });
  return { known: true, value: { ...base, checks } };
}

/** Enough to know what stood there before; what replaced it is newer. */
const DEPLOYMENTS = 100;

async function deploymentsTo(
  { gates }: GateLook,
  environment: string,
  names: () => Promise<readonly string[]>,
): Promise<Observed<readonly DeploymentFact[]>> {
  const spelled = (await names()).find((one) => one.toLowerCase() === environment.toLowerCase()) ?? environment;
  const seen = await gates.deployments(spelled, { limit: DEPLOYMENTS });
  return seen.known ? { known: true, value: seen.value.items.map(deploymentFact) } : seen;
}

/** Statuses that end what a success began. */
const ENDS: ReadonlySet<string> = new Set(['inactive', 'destroyed', 'failure', 'error', 'abandoned']);

export function deploymentFact({ id, sha, state, overall, createdAt, statuses }: DeploymentSeen): DeploymentFact {
  const first = statuses.findIndex((one) => one.state === 'success');
  const succeededAt = statuses[first]?.createdAt ?? null;
  // It may have failed after it had succeeded, and succeeded again: the last end after which no success came.
  const lastSuccess = statuses.findLastIndex((one) => one.state === 'success');
  const end = first < 0 ? undefined : statuses.slice(lastSuccess + 1).find((one) => ENDS.has(one.state));
  const over = overall !== null && (ENDS.has(overall) || overall === 'abandoned') && first >= 0;
  const fact = { id, sha, digest: null, state, createdAt, succeededAt };
  // GitHub calls it over and has no status that says since when.
  if (end === undefined && over) return { ...fact, state: overall };
  return { ...fact, endedAt: end?.createdAt ?? null };
}

const NAMES_MINUTES = 60;

/** GitHub's own spelling, which its filter of deployments asks for. Where it cannot be seen the policy's has to do: it finds less, not more. */
async function environmentNames({ gates, memory, gate }: GateLook): Promise<readonly string[]> {
  const before = await memory.recall<string[]>('environments', 'names', NAMES_MINUTES);
  if (before !== null) return before;
  const wanted = [gate.environment, ...askedOf(gate).deployments];
  const seen = await gates.environments();
  const names = seen.known ? seen.value.map((one) => one.name) : wanted;
  if (seen.known) memory.remember('environments', 'names', names);
  return names;
}

/** A merge that GitHub does not know yet may be known in a minute. */
const PULLS_MINUTES = 60;
const NO_PULLS_MINUTES = 2;

/** Pull requests whose merge the commit is. */
async function mergedPulls({ gates, memory, sha }: GateLook): Promise<Observed<readonly MergedSeen[]>> {
  const before = await memory.recall<MergedSeen[]>('merged', sha, PULLS_MINUTES);
  if (before !== null && (before.length > 0 || (await memory.recall('merged', sha, NO_PULLS_MINUTES)) !== null)) {
    return { known: true, value: before };
  }
  const seen = await gates.pullsOf(sha);
  if (seen.known) {
    const small = seen.value.map((one) => ({ ...one, pull: { ...one.pull, body: '' } }));
    memory.remember('merged', sha, small);
  }
  return seen;
}

async function peopleOf(
  look: GateLook,
  release: () => Promise<Observed<ReleaseRead>>,
  merged: () => Promise<Observed<readonly MergedSeen[]>>,
): Promise<Observed<PeopleRead>> {
  const read = await release();
  return read.known ? readPeople(look, read.value, merged) : read;
}

export interface PeopleRead extends PeopleFact {
  /** Authors of pull requests that GitHub names by login alone. */
  readonly logins: readonly string[];
}

/** A login without a number is whoever of those that spoke has it. */
function withSpeakers({ logins, ...people }: PeopleRead, speakers: readonly Account[]): PeopleFact {
  const named = new Set(logins.map((one) => one.toLowerCase()));
  const found = speakers.filter(({ login }) => named.has(login.toLowerCase()));
  return { ...people, authors: [...new Map([...people.authors, ...found].map((one) => [one.id, one])).values()] };
}

type Opinion = Omit<ApprovalFact, 'role'>;

/** Everything that was said of this commit. */
async function opinionsOf(look: GateLook, merged: () => Promise<Observed<readonly MergedSeen[]>>): Promise<Observed<readonly Opinion[]>> {
  const { gate, sha, spoken, native } = look;
  if (!native.known) return native;
  const reviews = await reviewsOf(look, merged);
  if (!reviews.known) return reviews;
  const commands = spoken
    .filter((one) => one.sha === sha && one.environment.toLowerCase() === gate.environment.toLowerCase())
    .map(({ by, state, at, environment }): Opinion => ({ by: accountOf(by), bot: false, state, at, sha, environment, source: 'command' }));
  const natives = native.value.map(({ by, state, at }): Opinion => {
    const word = state === 'approved' ? 'approve' : state === 'rejected' ? 'reject' : state;
    return { by: accountOf(by), bot: by.bot, state: word, at, sha, environment: gate.environment, source: 'deployment-review' };
  });
  return { known: true, value: [...commands, ...natives, ...reviews.value] };
}

/** Reviews of the deployed commit, or of a head as it was merged by exactly this commit. */
async function reviewsOf(
  { gates, pulls, sha }: GateLook,
  merged: () => Promise<Observed<readonly MergedSeen[]>>,
): Promise<Observed<readonly Opinion[]>> {
  const own = await merged();
  if (!own.known) return own;
  const heads = new Map<number, string | null>(pulls.map((number) => [number, null]));
  for (const { pull } of own.value) heads.set(pull.number, pull.head.sha);
  const all: Opinion[] = [];
  for (const [number, head] of heads) {
    const seen = await gates.reviews(number);
    if (!seen.known) return seen;
    all.push(...seen.value.flatMap((one) => opinionOf(one, sha, head)));
  }
  return { known: true, value: all };
}

const REVIEWS: Readonly<Record<string, string>> = { approved: 'approve', changes_requested: 'reject', dismissed: 'dismissed' };
/** No opinions: words beside the code, and drafts. */
const SILENT: ReadonlySet<string> = new Set(['commented', 'pending']);

function opinionOf({ state, author, commit, submittedAt }: ReviewSeen, sha: string, head: string | null): Opinion[] {
  if (SILENT.has(state) || (commit !== sha && (commit === null || commit !== head))) return [];
  // Who has no account any more approves nothing, and says nothing that holds anybody up.
  if (author === null) return [];
  const at = submittedAt ?? '';
  return [{ by: accountOf(author), bot: author.bot, state: REVIEWS[state] ?? state, at, sha, environment: null, source: 'review' }];
}

/** A role is asked for once, and only of who said something. */
async function withRoles({ roleOf }: GateLook, opinions: Observed<readonly Opinion[]>): Promise<Observed<readonly ApprovalFact[]>> {
  if (!opinions.known) return opinions;
  const people = [...new Map(opinions.value.filter((one) => !one.bot).map(({ by }) => [by.login.toLowerCase(), by.login])).values()];
  const roles = new Map<string, Observed<Role>>();
  await Promise.all(people.map(async (login) => roles.set(login.toLowerCase(), await roleOf(login))));
  const none: Observed<string> = { known: true, value: 'none' };
  return { known: true, value: opinions.value.map((one) => ({ ...one, role: roles.get(one.by.login.toLowerCase()) ?? none })) };
}

/** `@organisation/team`. A minute's memory spares a burst of looks, and nobody is a member for longer who is not. */
async function membersOf(gates: GatePort, memory: GateMemory, name: string): Promise<Observed<readonly Account[]>> {
  const [organization = '', team = ''] = name.replace(/^@/, '').split('/');
  const before = await memory.recall<Account[]>('team', name, 1);
  if (before !== null) return { known: true, value: before };
  const seen = await gates.teamMembers(organization, team);
  if (!seen.known) return seen;
  const members = seen.value.filter((one) => !one.bot).map(accountOf);
  memory.remember('team', name, members);
  return { known: true, value: members };
}

function accountOf({ login, id }: Account): Account {
  return { login, id };
}

async function observeEach<T>(names: readonly string[], see: (name: string) => Promise<T>): Promise<Readonly<Record<string, T>>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await see(name)] as const)));
}

function once<T>(look: () => Promise<T>): () => Promise<T> {
  let seen: Promise<T> | null = null;
  return () => {
    seen ??= look();
    return seen;
  };
}
