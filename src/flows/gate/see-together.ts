// What a look will ask of GitHub, asked at once where that can be known beforehand: each read that follows finds its answer there, and asks
// by itself where it does not. Nothing is decided by what was foreseen, only what it costs.

import { askedOf } from '../../core/gate/facts.ts';
import type { DeploymentCourse, GatePort, Part, Sight, SightRequest } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import { recallMerged } from './observe-approvals.ts';
import { BASELINE, BASELINE_MINUTES } from './observe-checks.ts';
import { DEPLOYMENTS, recallNames, spelledAs } from './observe-deployments.ts';
import type { GateLook } from './observe-gate.ts';
import { RELEASE_MEMORY, type ReleaseRead } from './release-of.ts';

/** A look's eyes, and the deployments as far as a gate asks for them. */
export interface Eyes extends Pick<GateLook, 'gates' | 'roleOf'> {
  readonly courses: (environment: string) => Promise<Observed<Part<DeploymentCourse>>>;
  /** Of the environments, as GitHub spells them; null: not shown. */
  readonly names: () => Promise<readonly string[] | null>;
}

const SPEAKERS = 'speakers';
const SPEAKERS_MINUTES = 24 * 60;
/** Of roles that are foreseen. */
const MOST_SPEAKERS = 20;

export function seeTogether(look: GateLook, here: boolean): Eyes {
  const { gates, roleOf, memory } = look;
  const { sight: ask } = gates;
  const single: Eyes = {
    gates,
    roleOf,
    courses: (name) => gates.deployments(name, { limit: DEPLOYMENTS }),
    names: () => recallNames(memory),
  };
  if (ask === undefined) return single;
  const seen = foresee(look, here).then((request) => (isNothing(request) ? null : ask(request)));
  // Whoever awaits it hears of a failure; nobody may.
  seen.catch(() => undefined);
  return {
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

/** The port, with what was seen in place of reads. */
function among(gates: GatePort, seen: Promise<Sight | null>): GatePort {
  return {
    ...gates,
    checksOf: async (sha) => (await seen)?.checks.get(sha) ?? gates.checksOf(sha),
    reviews: async (pull) => (await seen)?.reviews.get(pull) ?? gates.reviews(pull),
    pullsOf: async (sha) => (await seen)?.merged.get(sha) ?? gates.pullsOf(sha),
  };
}

async function foresee(look: GateLook, here: boolean): Promise<SightRequest> {
  const { gate, memory, sha, pulls } = look;
  const asked = askedOf(gate);
  const [names, merged, baseline, speakers] = await Promise.all([
    recallNames(memory),
    asked.approvals || asked.people ? recallMerged(look) : [],
    asked.baseline ? baselineOf(look) : [],
    asked.approvals ? speakersOf(look) : [],
  ]);
  const environments = [...new Set([...(here ? [gate.environment] : []), ...asked.deployments].map((one) => spelledAs(names ?? [], one)))];
  return {
    checks: [...(asked.checks ? [sha] : []), ...baseline],
    deployments: environments,
    environments: environments.length > 0 && names === null,
    merged: merged === null ? [sha] : [],
    reviews: asked.approvals ? [...new Set([...pulls, ...(merged ?? []).map(({ pull }) => pull.number)])] : [],
    roles: speakers,
  };
}

function isNothing({ environments, ...lists }: SightRequest): boolean {
  return !environments && Object.values(lists).every((list) => list.length === 0);
}

/** The release before, where it is known which one that is and its checks are not remembered. */
async function baselineOf({ memory, sha }: GateLook): Promise<readonly string[]> {
  const [release, before] = await Promise.all([
    memory.recall<{ read: ReleaseRead }>(RELEASE_MEMORY, sha, BASELINE_MINUTES),
    memory.recall<{ sha: string }>(BASELINE, 'checks', BASELINE_MINUTES),
  ]);
  const base = release?.read.base?.sha;
  return base === undefined || base === before?.sha ? [] : [base];
}

/** Who said something, as far as it is known before reviews are read: those too who did when it was last looked. */
async function speakersOf({ memory, sha, gate, spoken, native }: GateLook): Promise<readonly string[]> {
  const before = (await memory.recall<string[]>(SPEAKERS, sha, SPEAKERS_MINUTES)) ?? [];
  const said = spoken.filter((one) => one.sha === sha && one.environment.toLowerCase() === gate.environment.toLowerCase());
  const reviewed = native.known ? native.value.filter(({ by }) => !by.bot) : [];
  const logins = [...said, ...reviewed].map(({ by }) => by.login.toLowerCase());
  return [...new Set([...logins, ...before])].slice(0, MOST_SPEAKERS);
}

/** So that the next look can ask for their roles with the rest. */
export async function rememberSpeakers({ memory, sha }: GateLook, logins: readonly string[]): Promise<void> {
  const before = (await memory.recall<string[]>(SPEAKERS, sha, SPEAKERS_MINUTES)) ?? [];
  const all = [...new Set([...before, ...logins.map((one) => one.toLowerCase())])];
  if (all.length > before.length) memory.remember(SPEAKERS, sha, all);
}
