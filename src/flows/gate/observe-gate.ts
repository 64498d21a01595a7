// What a gate is decided by, looked at now: of GitHub and of what people said, only what the gate's policy asks for, in as few turns as
// there are. What could not be seen is said, and never an empty list. It takes ports and no store, so that whoever decides may look with it.

import {
  type Account,
  askedOf,
  type DeploymentFact,
  type Gate,
  type GateFacts,
  gatesOf,
  type PeopleFact,
  type RunFact,
} from '../../core/gate/facts.ts';
import type { Policy } from '../../core/policy.ts';
import type { Role } from '../../core/role.ts';
import type { ActorSeen, CheckRunSeen, GatePort, MergedSeen, RunSeen, Sight } from '../gate-port.ts';
import type { GitHubPort, Observed, Scene } from '../github-port.ts';
import type { GateMemory } from './gate-memory.ts';
import type { SpokenApproval } from './gate-notes.ts';
import { accountOf, mergedPulls, opinionsOf, withRoles } from './observe-approvals.ts';
import { baselineOf, observeChecks } from './observe-checks.ts';
import { type Deployments, deploymentsTo, environmentNames, leftHere, stoodHere } from './observe-deployments.ts';
import { observeOwners } from './observe-owners.ts';
import { readPeople } from './observe-people.ts';
import { isBehind, releaseInto } from './release-into.ts';
import { type ReleaseRead, releaseOf } from './release-of.ts';
import { rememberSpeakers, seeTogether } from './see-together.ts';

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
  /** True where somebody has commanded to go back to this commit, which was here before. */
  readonly rollback?: boolean;
  /** Whether our own gate has let this commit in here before. Absent: nobody remembers, so what GitHub's deployments say has to do. */
  readonly letIn?: () => Promise<boolean>;
  /** Absent: we start no runs here. Else who stands behind a run that the App began: the person who commanded it, or the App alone. */
  readonly ours?: { readonly login: string; readonly behind: Account | 'app' | null };
  readonly memory: GateMemory;
  /** What was seen of it together with the scene. */
  readonly ahead?: Sight | null;
  /** True for the check of the job that asks, which would wait for itself. */
  readonly isOwn: (check: CheckRunSeen) => boolean;
}

export interface GateSeen {
  readonly facts: GateFacts;
  readonly release: Observed<ReleaseRead> | null;
}

export async function observeGate(given: GateLook): Promise<GateSeen> {
  const { gate, sha, run, now, memory } = given;
  const asked = askedOf(gate);
  const occasionMatters = gate.entry !== null && (gatesOf(gate.entry).length > 1 || gate.entry.freeze.some((one) => one.except.length > 0));
  // What comes along is compared with what stands here.
  const eyes = seeTogether(given, occasionMatters || asked.people);
  const look: GateLook = { ...given, github: eyes.github, gates: eyes.gates, roleOf: eyes.roleOf };
  const { gates } = look;
  const merged = once(() => mergedPulls(look));
  const names = once(() => environmentNames(look, eyes.names));
  const deployed = (environment: string) => deploymentsTo(look, eyes, environment, names);
  const here = once(() => deployed(gate.environment));
  const release = asked.release || asked.baseline || asked.people ? once(() => releaseOf(look)) : null;
  const into = release === null ? null : once(async () => releaseInto(look, await release(), await here()));
  const [checks, deployments, wasHere, read, baseline, people, opinions] = await Promise.all([
    asked.checks ? observeChecks(look, sha) : null,
    observeEach(
      asked.deployments,
      async (name) => (await (name.toLowerCase() === gate.environment.toLowerCase() ? here() : deployed(name))).facts,
    ),
    occasionMatters ? here() : null,
    (occasionMatters ? into : release)?.() ?? null,
    asked.baseline && release !== null ? baselineOf(look, release) : null,
    asked.people && into !== null ? peopleOf(look, into, merged) : null,
    asked.approvals ? opinionsOf(look, merged) : null,
  ]);
  const approvals = opinions === null ? null : await withRoles(look, opinions);
  const speakers = approvals?.known === true ? approvals.value.map(({ by }) => by) : [];
  await rememberSpeakers(look, opinions?.known === true ? opinions.value.filter((one) => !one.bot).map(({ by }) => by.login) : []);
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
    ...(run === null ? {} : { run: runFact(run, look.ours) }),
    ...(asked.release && read !== null ? { release: await releaseFact(look, read, wasHere) } : {}),
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

/** Who began it and who ran it again, which differ on a re-run; of a run that we began, whoever commanded it deploys. */
function runFact({ id, attempt, event, actor, triggeringActor }: RunSeen, ours: GateLook['ours']): RunFact {
  const seen = [actor, triggeringActor].filter((one) => one !== null).map(accountOf);
  const own = ours !== undefined && seen.some((one) => one.login.toLowerCase() === ours.login.toLowerCase());
  const behind = own ? ours.behind : 'app';
  if (seen.length < 2 || behind === null) return { id, attempt, event, initiators: null };
  const all = behind === 'app' ? seen : [...seen, { login: behind.login, id: behind.id }];
  return { id, attempt, event, initiators: [...new Map(all.map((one) => [one.id, one])).values()] };
}

/**
 * A step back asks less, so its proof must not be anybody's. By command it is one to what is proven to have stood here; what failed on its way
 * in leaves the last good one where it was. Without a command it must be one back from what stands here, and our own gate must have let the
 * commit in: to go forward again after a rollback is a deployment as any other.
 */
async function isBack(look: GateLook, here: readonly DeploymentFact[]): Promise<boolean> {
  const { gate, sha, rollback = false, letIn } = look;
  const stood = stoodHere(here, gate.deployers);
  if (rollback && stood.some((one) => one.sha === sha)) return true;
  const left = leftHere(stood, sha);
  return left !== null && (letIn === undefined || (await letIn())) && isBehind(look, left);
}

async function releaseFact(
  look: GateLook,
  read: Observed<ReleaseRead>,
  seen: Deployments | null,
): Promise<NonNullable<GateFacts['release']>> {
  if (!read.known) return read;
  const { version, tag, kind, occasion, texts } = read.value;
  const here = seen?.facts ?? null;
  // Where it cannot be seen whether it is a step back, it may be one.
  const now = here === null ? occasion : here.known ? ((await isBack(look, here.value)) ? 'rollback' : occasion) : null;
  return { known: true, value: { version, tag, kind, occasion: now, texts } };
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
