// What is in an environment now, what was there before, and what is on its way: from GitHub's deployments, whoever made them. That one
// succeeded counts by the word of whom the policy believes; what others post by hand is shown beside it.

import type { Where, WhereRelease } from '../../core/answer/where.ts';
import { believedPart, byHandOf } from '../../core/deployer.ts';
import { goodBefore, type Standing, type Stay, standingOf } from '../../core/deployment.ts';
import type { Policy } from '../../core/policy.ts';
import { detectTagTemplate, readTags } from '../../core/tag.ts';
import { compareVersions } from '../../core/version.ts';
import type { Situation } from '../app-port.ts';
import type { GateMemory } from '../gate/gate-memory.ts';
import { spelledAs } from '../gate/observe-deployments.ts';
import { hasSucceeded, provenNewest, proverIn } from '../gate/prove-deployments.ts';
import type { DeploymentSeen } from '../gate-port.ts';
import type { Observed, Scene, TagSeen } from '../github-port.ts';
import type { Json, NotesPort, NoteWrite } from '../store-port.ts';

/** Enough to know what stood there before; what replaced it is newer. */
const DEPLOYMENTS = 100;
const NAMES_MINUTES = 60;

export interface Deployed extends Standing {
  /** Newest first, without the successes that prove nothing. */
  readonly deployments: readonly DeploymentSeen[];
  /** Those whose success proves nothing, each as of whoever posted it. */
  readonly byHand: readonly ByHand[];
  /** Whether a commit that succeeded by what is told is proven to have: of older ones that was not made sure of. */
  readonly isProven: (sha: string) => Promise<boolean>;
}

export interface ByHand extends Stay {
  /** Null: GitHub does not say, or could not be asked. */
  readonly by: { readonly login: string; readonly id: number } | null;
}

/** What is there now and what was before it are made sure of. */
const SURE = 2;

/** `deployers`: accounts whose word counts besides that of Apps, by the policy. */
export async function deployedIn(
  { gates }: Pick<Situation, 'gates'>,
  memory: GateMemory,
  environment: string,
  deployers: readonly string[] = [],
): Promise<Observed<Deployed>> {
  const seen = await gates.deployments(await spelledOnGitHub(gates, memory, environment), { limit: DEPLOYMENTS });
  if (!seen.known) return seen;
  const prover = proverIn({ gates, memory }, environment);
  const told = await provenNewest(prover, seen.value.items, { deployers, enough: SURE });
  const deployments = told.map((one) => believedPart(one, deployers));
  const isProven = async (commit: string) => {
    const own = seen.value.items.filter(({ sha }) => sha === commit);
    const made = await provenNewest(prover, own, { deployers, enough: 1 });
    return made.some(
      (one) => one.statuses.every(({ state, by }) => state !== 'success' || by !== undefined) && hasSucceeded(believedPart(one, deployers)),
    );
  };
  const byHand = told.flatMap((one): ByHand[] => {
    const by = byHandOf(one, deployers);
    const at = one.statuses.findLast(({ state }) => state === 'success')?.createdAt;
    if (by === undefined || at === undefined || hasSucceeded(believedPart(one, deployers))) return [];
    return [{ deployment: one.id, sha: one.sha, run: null, at, state: 'success', by }];
  });
  return { known: true, value: { ...standingOf(deployments), deployments, byHand, isProven } };
}

/** More would be one after the other what nobody can say who said. */
const TRIES = 5;

/** Where a rollback from that commit goes, and what is proven to have been there. */
export async function provenBefore({ deployments, isProven }: Deployed, sha: string): Promise<Stay | null> {
  let list = deployments;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const good = goodBefore(list, sha);
    if (good === null || (await isProven(good.sha))) return good;
    list = list.filter((one) => one.sha !== good.sha);
  }
  return null;
}

/** GitHub filters its deployments by its own spelling. Where that cannot be seen the policy's has to do: it finds less, not more. */
async function spelledOnGitHub(gates: Situation['gates'], memory: GateMemory, environment: string): Promise<string> {
  const isSame = (name: string) => name.toLowerCase() === environment.toLowerCase();
  const before = await memory.recall<string[]>('environments', 'names', NAMES_MINUTES);
  if (before?.some(isSame) === true) return spelledAs(before, environment);
  const seen = await gates.environments();
  if (!seen.known) return environment;
  const names = seen.value.map(({ name }) => name);
  memory.remember('environments', 'names', names);
  return spelledAs(names, environment);
}

export interface VersionTag {
  readonly tag: TagSeen;
  readonly version: string;
}

/** Tags that are versions, the highest first. */
export function versionTags(tags: readonly TagSeen[], { release }: Pick<Policy, 'release'>): readonly VersionTag[] {
  const templates = release.tag === null ? detectTagTemplate(tags).read : [release.tag];
  return readTags(tags, templates).sort((a, b) => compareVersions(b.version, a.version));
}

/** The highest version on a commit. */
export function versionAt(tags: readonly VersionTag[], sha: string): VersionTag | null {
  return tags.find(({ tag }) => tag.sha === sha) ?? null;
}

/** All tags of the scene, and those that it has no room for. */
export async function allVersionTags({ github }: Pick<Situation, 'github'>, scene: Scene, policy: Policy): Promise<readonly VersionTag[]> {
  return versionTags(scene.moreTags ? await github.allTags() : scene.tags, policy);
}

const PLACE = 'standing';

/** What was last seen in an environment: for pages, which need not ask GitHub for it each time. */
export interface Place extends Where {
  /** Its place in the policy. */
  readonly order: number;
}

export function placeIn(
  environment: string,
  { current, previous, failed, pending, byHand = [] }: Standing & Partial<Pick<Deployed, 'byHand'>>,
  tags: readonly VersionTag[],
  { environments }: Pick<Policy, 'environments'>,
): Place {
  const placed = (stay: Standing['current']): WhereRelease | null => {
    if (stay === null) return null;
    const { sha, at, run, state } = stay;
    return { sha, tag: versionAt(tags, sha)?.tag.name ?? null, since: at, run, state };
  };
  const since = current === null ? Number.NEGATIVE_INFINITY : Date.parse(current.at);
  const claimed = byHand.filter(({ at }) => Date.parse(at) > since).sort((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
  return {
    environment,
    order: Object.keys(environments).findIndex((name) => name.toLowerCase() === environment.toLowerCase()),
    current: placed(current),
    previous: placed(previous),
    failed: placed(failed),
    pending: placed(pending),
    ...(claimed === undefined ? {} : { byHand: { ...(placed(claimed) as WhereRelease), by: claimed.by?.login ?? null } }),
  };
}

export function placeNote(repository: string, place: Place): NoteWrite {
  return { repository, kind: PLACE, name: place.environment.toLowerCase(), body: place as unknown as Json };
}

/** In the policy's order; an environment that nothing was seen of is left out. */
export async function readPlaces(notes: NotesPort, repository: string): Promise<readonly Place[]> {
  return (await notes.notes(repository, PLACE)).map(({ body }) => body as unknown as Place).sort((a, b) => a.order - b.order);
}
