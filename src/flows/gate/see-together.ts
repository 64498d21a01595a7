// What a look will ask of GitHub, asked at once where that can be known beforehand: each read that follows finds its answer there, and asks
// by itself where it does not. Nothing is decided by what was foreseen, only what it costs.

import { type Asked, askedOf } from '../../core/gate/facts.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { DeploymentCourse, GatePort, Part, Sight, SightRequest } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import { recallMerged } from './observe-approvals.ts';
import { BASELINE, BASELINE_MINUTES } from './observe-checks.ts';
import { DEPLOYMENTS, recallNames, spelledAs } from './observe-deployments.ts';
import type { GateLook } from './observe-gate.ts';
import { BASE, RELEASE_MEMORY, RELEASE_MINUTES, type ReleaseRead } from './release-of.ts';

/** A look's eyes, and the deployments as far as a gate asks for them. */
export interface Eyes extends Pick<GateLook, 'github' | 'gates' | 'roleOf'> {
  readonly courses: (environment: string) => Promise<Observed<Part<DeploymentCourse>>>;
  /** Of the environments, as GitHub spells them; null: not shown. */
  readonly names: () => Promise<readonly string[] | null>;
}

const ASKED = 'asked';
const BRANCH = 'branch';
/** A GitHub that cannot answer such a query, as an older server, is not asked one for each look. */
const FAILED = 'sight-failed';
const FAILED_MINUTES = 10;
const ASKED_MINUTES = 7 * 24 * 60;
const SPEAKERS = 'speakers';
const SPEAKERS_MINUTES = 7 * 24 * 60;
/** Of roles that are foreseen. */
const MOST_SPEAKERS = 10;

export function seeTogether(look: GateLook, here: boolean): Eyes {
  const { github, gates, roleOf, memory, gate, ahead = null } = look;
  const { sight: ask } = gates;
  const single: Eyes = {
    github,
    gates,
    roleOf,
    courses: (name) => gates.deployments(name, { limit: DEPLOYMENTS }),
    names: () => recallNames(memory),
  };
  if (ask === undefined) return single;
  const seen = seeRest(look, { environment: gate.environment, asked: askedOf(gate), here }, ask, ahead);
  // Whoever awaits it hears of a failure; nobody may.
  seen.catch(() => undefined);
  const range: typeof github.range = async (base, head, files) => {
    const shown = ahead?.range ?? null;
    return !files && shown?.base === base && shown.head === head ? shown.seen : github.range(base, head, files);
  };
  return {
    github: { ...github, range },
    gates: among(gates, seen),
    roleOf: async (login) => (await seen)?.roles.get(login.toLowerCase()) ?? roleOf(login),
    courses: async (environment) => (await seen)?.deployments.get(environment) ?? single.courses(environment),
    names: async () => {
      const known = await recallNames(memory);
      const shown = known === null ? ((await seen)?.environments ?? null) : null;
      if (shown !== null) memory.remember('environments', 'names', shown);
      return known ?? shown;
    },
  };
}

/** What a gate asks for, by its policy. */
interface Wants {
  readonly environment: string;
  readonly asked: Asked;
  /** What was deployed to the environment itself. */
  readonly here: boolean;
}

async function seeRest(look: GateLook, wants: Wants, ask: NonNullable<GatePort['sight']>, ahead: Sight | null): Promise<Sight | null> {
  const { memory } = look;
  const { environment, ...rest } = wants;
  const before = await memory.recall(ASKED, environment.toLowerCase(), ASKED_MINUTES);
  if (JSON.stringify(before) !== JSON.stringify(rest)) memory.remember(ASKED, environment.toLowerCase(), rest);
  const request = without(await foresee(look, wants), ahead);
  if (isNothing(request) || (await memory.recall(FAILED, 'lately', FAILED_MINUTES)) !== null) return ahead;
  const seen = await ask(request);
  if (seen.failed) memory.remember(FAILED, 'lately', true);
  return ahead === null ? seen : joined(ahead, seen);
}

export interface Ahead extends Foresight {
  readonly environment: string;
  readonly waiting: string | null;
}

/**
 * The repository, and in the same query all that this environment's gate asked for when it was last looked at: most likely it still does.
 * What its policy asks for by now and is not there is seen by another query.
 */
export async function lookAhead(gates: GatePort, ahead: Ahead): Promise<Sight | null> {
  if (gates.sight === undefined) return null;
  const { memory, environment, waiting, sha } = ahead;
  const [told, guess, failed] = await Promise.all([
    memory.recall<Omit<Wants, 'environment'>>(ASKED, environment.toLowerCase(), ASKED_MINUTES),
    memory.recall<string>(BRANCH, 'default', ASKED_MINUTES),
    memory.recall(FAILED, 'lately', FAILED_MINUTES),
  ]);
  if (failed !== null) return null;
  // Another version may have remembered other things.
  const before = Array.isArray(told?.asked?.deployments) ? told : null;
  const request = before === null || sha === '' ? NOTHING : await foresee(ahead, { environment, ...before });
  const range = before === null || sha === '' ? null : await rangeOf(ahead, before.asked);
  const scene = { releaseBranch, glance: true, ...(guess === null ? {} : { guess }) };
  const sight = await gates.sight({ ...request, scene, ...(range === null ? {} : { range }), ...(waiting === null ? {} : { waiting }) });
  if (sight.failed) memory.remember(FAILED, 'lately', true);
  const branch = sight.scene?.branch.name ?? guess;
  if (branch !== guess && branch !== null) memory.remember(BRANCH, 'default', branch);
  return sight;
}

/** From the release before it, which most likely is the one that the last look found, where that is not remembered of the commit itself. */
async function rangeOf({ memory, sha }: Foresight, asked: Asked): Promise<NonNullable<SightRequest['range']> | null> {
  if (!asked.release && !asked.baseline && !asked.people) return null;
  const [release, base] = await Promise.all([
    memory.recall(RELEASE_MEMORY, sha, RELEASE_MINUTES),
    memory.recall<string>(BASE, 'recent', ASKED_MINUTES),
  ]);
  return release !== null || base === null ? null : { base: `refs/tags/${base}`, head: sha };
}

const NOTHING: SightRequest = { checks: [], deployments: [], environments: false, merged: [], reviews: [], roles: [] };

function without(request: SightRequest, ahead: Sight | null): SightRequest {
  if (ahead === null) return request;
  const { checks, deployments, environments, merged, reviews, roles } = request;
  return {
    checks: checks.filter((one) => !ahead.checks.has(one)),
    deployments: deployments.filter((one) => !ahead.deployments.has(one)),
    environments: environments && ahead.environments === null,
    merged: merged.filter((one) => !ahead.merged.has(one)),
    reviews: reviews.filter((one) => !ahead.reviews.has(one)),
    roles: roles.filter((one) => !ahead.roles.has(one)),
  };
}

function joined(one: Sight, other: Sight): Sight {
  return {
    scene: one.scene ?? other.scene,
    range: one.range ?? other.range,
    failed: one.failed || other.failed,
    waiting: [...one.waiting, ...other.waiting],
    checks: new Map([...one.checks, ...other.checks]),
    deployments: new Map([...one.deployments, ...other.deployments]),
    environments: one.environments ?? other.environments,
    merged: new Map([...one.merged, ...other.merged]),
    reviews: new Map([...one.reviews, ...other.reviews]),
    roles: new Map([...one.roles, ...other.roles]),
  };
}

/** The port, with what was seen in place of reads. */
function among(gates: GatePort, seen: Promise<Sight | null>): GatePort {
  return {
    ...gates,
    checksOf: async (sha) => (await seen)?.checks.get(sha) ?? gates.checksOf(sha),
    reviews: async (pull) => (await seen)?.reviews.get(pull) ?? gates.reviews(pull),
    pullsOf: async (sha) => (await seen)?.merged.get(sha) ?? gates.pullsOf(sha),
  };
}

/** Of what it can be known beforehand what will be asked. */
type Foresight = Pick<GateLook, 'memory' | 'sha' | 'spoken' | 'native' | 'pulls'>;

async function foresee(look: Foresight, { environment, asked, here }: Wants): Promise<SightRequest> {
  const { memory, sha, pulls } = look;
  const [names, merged, baseline, speakers] = await Promise.all([
    recallNames(memory),
    asked.approvals || asked.people ? recallMerged(look) : [],
    asked.baseline ? baselineOf(look) : [],
    asked.approvals ? speakersOf(look, environment) : [],
  ]);
  const environments = [...new Set([...(here ? [environment] : []), ...asked.deployments].map((one) => spelledAs(names ?? [], one)))];
  return {
    checks: [...(asked.checks ? [sha] : []), ...baseline],
    deployments: environments,
    environments: environments.length > 0 && names === null,
    merged: merged === null ? [sha] : [],
    reviews: asked.approvals ? [...new Set([...pulls, ...(merged ?? []).map(({ pull }) => pull.number)])] : [],
    roles: speakers,
  };
}

function isNothing({ environments, checks, deployments, merged, reviews, roles }: SightRequest): boolean {
  return !environments && [checks, deployments, merged, reviews, roles].every((list) => list.length === 0);
}

/** The release before, where it is known which one that is and its checks are not remembered. */
async function baselineOf({ memory, sha }: Foresight): Promise<readonly string[]> {
  const [release, before] = await Promise.all([
    memory.recall<{ read: ReleaseRead }>(RELEASE_MEMORY, sha, BASELINE_MINUTES),
    memory.recall<{ sha: string }>(BASELINE, 'checks', BASELINE_MINUTES),
  ]);
  const base = release?.read.base?.sha;
  return base === undefined || base === before?.sha ? [] : [base];
}

/** Who said something, as far as it is known before reviews are read: whoever spoke here lately may again. */
async function speakersOf({ memory, sha, spoken, native }: Foresight, environment: string): Promise<readonly string[]> {
  const before = (await memory.recall<string[]>(SPEAKERS, 'recent', SPEAKERS_MINUTES)) ?? [];
  const said = spoken.filter((one) => one.sha === sha && one.environment.toLowerCase() === environment.toLowerCase());
  const reviewed = native.known ? native.value.filter(({ by }) => !by.bot) : [];
  const logins = [...said, ...reviewed].map(({ by }) => by.login.toLowerCase());
  return [...new Set([...logins, ...before])].slice(0, MOST_SPEAKERS);
}

/** So that the next look can ask for their roles with the rest: a repository has few people who approve. */
export async function rememberSpeakers({ memory }: GateLook, logins: readonly string[]): Promise<void> {
  const before = (await memory.recall<string[]>(SPEAKERS, 'recent', SPEAKERS_MINUTES)) ?? [];
  const fresh = logins.map((one) => one.toLowerCase()).filter((one) => !before.includes(one));
  if (fresh.length > 0) memory.remember(SPEAKERS, 'recent', [...new Set([...fresh, ...before])].slice(0, MOST_SPEAKERS));
}
