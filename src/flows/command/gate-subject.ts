// Which environment and which commit a command about a gate means: what was to be seen where it was written, when it was written. Where more
// than one thing may be meant nothing is done, and whoever asks is told how to say which.

import {
  type Choice,
  closedUnmergedText,
  environmentUnseenText,
  movedOnText,
  noCommitText,
  noEnvironmentText,
  nothingWaitsText,
  openPullText,
  quotedName,
  type Spot,
  whichText,
} from '../../core/answer/gate.ts';
import { instantOf } from '../../core/gate/clock.ts';
import { nearest } from '../../core/nearest.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { type GateMemory, memoryIn } from '../gate/gate-memory.ts';
import { readDecided, readThread, readThreadOf, readWaiting, type WaitingGate } from '../gate/gate-notes.ts';
import { releaseOf } from '../gate/release-of.ts';
import type { Scene } from '../github-port.ts';
import type { NoteWrite } from '../store-port.ts';
import { type Ask, spelled, unseenText } from './answer.ts';

export interface Subject {
  readonly spot: Spot;
  /** The tag on the commit. */
  readonly tag: string | null;
  /** The deployment that waits. */
  readonly waiting: WaitingGate | null;
  readonly scene: Scene;
  readonly memory: GateMemory;
  /** What was read for the first time. */
  readonly learnt: () => readonly NoteWrite[];
}

export type Aimed = { readonly subject: Subject } | { readonly says: string };

/** The environment as the policy spells it, else as GitHub does. */
export async function environmentNamed({ situation, policy }: Ask, asked: string): Promise<{ environment: string } | { says: string }> {
  const listed = Object.keys(policy.environments);
  const own = spelledAs(asked, listed);
  if (own !== null) return { environment: own };
  const seen = await situation.gates.environments();
  if (!seen.known) return { says: environmentUnseenText(asked, seen.why) };
  const others = seen.value.map(({ name }) => name).filter((name) => spelledAs(name, listed) === null);
  const known = [...listed, ...others];
  const found = spelledAs(asked, known);
  return found === null ? { says: noEnvironmentText(asked, known, nearest(asked, known)) } : { environment: found };
}

export interface AimOptions {
  /** For whoever only looks: where the place says nothing of a commit, the only one that waits there will do. */
  readonly anywhere?: boolean;
}

/** `asked`: null where the command names no environment. */
export async function aimAt(ask: Ask, asked: string | null, { anywhere = false }: AimOptions = {}): Promise<Aimed> {
  const { situation, errand, policy, call } = ask;
  const { notes, repository, now, github } = situation;
  const command = spelled(ask, call.shape.name);
  const named = asked === null ? null : await environmentNamed(ask, asked);
  if (named !== null && 'says' in named) return named;
  const environment = named?.environment ?? null;
  const whole = named === null ? command : `${command} ${quotedName(named.environment)}`;
  const place = await placeOf(ask, whole);
  if ('says' in place && !(anywhere && place.none)) return place;
  const scene = await github.scene({ releaseBranch });
  const { memory, learnt } = rememberedIn(notes, repository, now);
  const all = (await readWaiting(notes, repository)).filter((one) => environment === null || isSame(one.environment, environment));
  const found = 'says' in place ? all : await waitingHere({ ask, scene, memory, place, all });
  if ('unseen' in found) return { says: found.unseen };
  const choices = distinct(found);
  const [only] = choices;
  const subjectOf = (name: string, sha: string, waiting: WaitingGate | null): Aimed => {
    const tag = scene.tags.find((one) => one.sha === sha)?.name ?? null;
    const spot = { environment: spelledAs(name, Object.keys(policy.environments)) ?? name, sha, version: tag, run: waiting?.run ?? null };
    return { subject: { spot, tag, waiting, scene, memory, learnt } };
  };
  if (choices.length > 1) return { says: whichText(command, await withThreads(ask, choices)) };
  if (only !== undefined) {
    const shown = 'says' in place || place.fixed === only.sha || !isAfter(only.since, errand.at);
    return shown ? subjectOf(only.environment, only.sha, only) : { says: movedOnText(only, whole) };
  }
  if (environment === null) return { says: nothingWaitsText(command, Object.keys(policy.environments)) };
  if ('says' in place) return place;
  if (place.fixed !== null) return subjectOf(environment, place.fixed, null);
  // What a place tells of that goes on with its line counts only where it was told before the comment was written.
  const decided = place.shown === null ? null : await readDecided(notes, repository, environment, place.shown);
  if (decided !== null && !isAfter(decided.since, errand.at)) return subjectOf(environment, decided.sha, null);
  return { says: place.otherwise };
}

/** What the place where it was written says of a commit. */
interface Place {
  /** The commit that it is about for good: what a merge left, or what an issue was opened for. */
  readonly fixed: string | null;
  /** The commit that it tells of now, where that goes on: an open release pull request. */
  readonly shown: string | null;
  /** True where it is a pull request that a release may hold. */
  readonly merged: boolean;
  readonly otherwise: string;
}

async function placeOf({ situation, errand }: Ask, command: string): Promise<Place | { readonly says: string; readonly none: boolean }> {
  const { github, notes, repository } = situation;
  const shown = await readThreadOf(notes, repository, errand.issue);
  if (!errand.pull) {
    const otherwise = noCommitText(command);
    return shown === null ? { says: otherwise, none: true } : { fixed: shown, shown: null, merged: false, otherwise };
  }
  const seen = await github.pull(errand.issue);
  if (!seen.known) return { says: unseenText(errand.issue, seen.why), none: false };
  const { state, mergeSha } = seen.value.pull;
  const otherwise = state === 'closed' ? closedUnmergedText(errand.issue) : openPullText(errand.issue, command);
  if (state !== 'merged') return shown === null ? { says: otherwise, none: false } : { fixed: null, shown, merged: false, otherwise };
  if (mergeSha === null) return { says: unseenText(errand.issue, 'GitHub does not say which commit its merge is.'), none: false };
  return { fixed: mergeSha, shown: null, merged: true, otherwise };
}

interface Waits {
  readonly ask: Ask;
  readonly scene: Scene;
  readonly memory: GateMemory;
  readonly place: Place;
  readonly all: readonly WaitingGate[];
}

/** What waits with the commit of this place; else what waits with a release that is talked about here, or that holds this pull request. */
async function waitingHere({ ask, scene, memory, place, all }: Waits): Promise<readonly WaitingGate[] | { readonly unseen: string }> {
  const { situation, errand, policy } = ask;
  const { github, notes, repository } = situation;
  const own = all.filter(({ sha }) => sha === place.fixed);
  if (own.length > 0) return own;
  const here: WaitingGate[] = [];
  for (const sha of new Set(all.map((one) => one.sha))) {
    const thread = await readThread(notes, repository, sha);
    let belongs = thread?.issue === errand.issue;
    if (!belongs && place.merged) {
      const release = await releaseOf({ github, scene, policy, sha, memory });
      if (!release.known) return { unseen: unseenText(errand.issue, `whether ${sha.slice(0, 7)} holds it is not known: ${release.why}`) };
      belongs = release.value.pulls.some(({ number }) => number === errand.issue);
    }
    if (belongs) here.push(...all.filter((one) => one.sha === sha));
  }
  return here;
}

/** One of each environment and commit: an approval is for these, and holds for every run and attempt. The newest is the one that is shown. */
function distinct(all: readonly WaitingGate[]): readonly WaitingGate[] {
  const oldestFirst = all.toSorted((one, other) => one.run - other.run || one.attempt - other.attempt);
  return [...new Map(oldestFirst.map((one) => [`${one.environment.toLowerCase()} ${one.sha}`, one])).values()];
}

async function withThreads({ situation }: Ask, choices: readonly WaitingGate[]): Promise<readonly Choice[]> {
  const { notes, repository } = situation;
  return Promise.all(
    choices.map(async ({ environment, sha, run }) => {
      return { environment, sha, run, thread: (await readThread(notes, repository, sha))?.issue ?? null };
    }),
  );
}

/** What is read for one command is read once. */
function rememberedIn(...[notes, repository, now]: Parameters<typeof memoryIn>): Pick<Subject, 'memory' | 'learnt'> {
  const { memory, writes } = memoryIn(notes, repository, now);
  const fresh = new Map<string, unknown>();
  return {
    memory: {
      recall: async <T>(kind: string, name: string, minutes: number) => {
        const key = `${kind}\n${name}`;
        return fresh.has(key) ? (fresh.get(key) as T) : memory.recall<T>(kind, name, minutes);
      },
      remember: (kind, name, value) => {
        fresh.set(`${kind}\n${name}`, value);
        memory.remember(kind, name, value);
      },
    },
    learnt: writes,
  };
}

function spelledAs(name: string, known: readonly string[]): string | null {
  return known.find((one) => one === name) ?? known.find((one) => isSame(one, name)) ?? null;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** What cannot be read as a time counts as later. */
export function isAfter(at: string, other: string): boolean {
  return (instantOf(at) ?? Number.POSITIVE_INFINITY) > (instantOf(other) ?? 0);
}

/** By GitHub's clock, and in one second by GitHub's numbers. */
export function isSaidAfter(
  one: { readonly at: string; readonly comment: number },
  other: { readonly at: string; readonly comment: number },
): boolean {
  return isAfter(one.at, other.at) || (instantOf(one.at) === instantOf(other.at) && one.comment > other.comment);
}
