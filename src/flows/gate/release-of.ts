// Which release a commit is: the tag on it and that tag's release, or what came to it unreleased; the release before it in its history; and
// what the changes between the two make it. Recomputed from history, and remembered for some minutes.

import { readFence } from '../../core/fence.ts';
import { type Carried, occasionOfChanges } from '../../core/gate/occasion.ts';
import { judgeUnits } from '../../core/history.ts';
import type { Policy } from '../../core/policy.ts';
import type { MergedPull } from '../../core/pulled.ts';
import { withPulls } from '../../core/pulled.ts';
import { detectTagTemplate, readTags, type TagTemplates } from '../../core/tag.ts';
import { unitsOf } from '../../core/unit.ts';
import { compareVersions, isPrerelease, readVersion } from '../../core/version.ts';
import type { PeopleSeen } from '../gate-port.ts';
import {
  type GitHubPort,
  GitHubProblem,
  type Observed,
  type PullSeen,
  type RangeCommit,
  type RangeSeen,
  type Scene,
  type TagSeen,
} from '../github-port.ts';
import type { GateMemory } from './gate-memory.ts';

export interface ReleaseSight {
  readonly github: Pick<GitHubPort, 'range' | 'allTags' | 'release'>;
  readonly scene: Scene;
  readonly policy: Policy;
  readonly sha: string;
  readonly memory: GateMemory;
}

/** Plain data. */
export interface ReleaseRead {
  readonly tag: string | null;
  readonly version: string | null;
  readonly kind: string;
  /** Whether it is a rollback is not the release's matter but the environment's. */
  readonly occasion: 'maintenance' | 'security' | 'feature' | 'breaking' | null;
  readonly texts: readonly { readonly where: string; readonly text: string }[];
  /** The release before it; null: there is none. */
  readonly base: { readonly tag: string; readonly sha: string } | null;
  /** Pull requests that brought it, by their merges; GitHub names their authors by login alone here. */
  readonly pulls: readonly { readonly number: number; readonly merge: string; readonly author: string | null }[];
  /** True if every commit came by one of these. */
  readonly byPulls: boolean;
  /** Commits that base has not; 0 for a step back. */
  readonly commits: number;
  /** Who made them, where that came with them. */
  readonly people?: PeopleSeen;
}

export const RELEASE_MEMORY = 'release';
/** Titles and labels may be mended after the merge; events that tell of it drop what is remembered at once. */
export const RELEASE_MINUTES = 10;
/** What comes before the next commit, most likely: the release that was looked at last, or the one before a commit that is none. */
export const BASE = 'base';
const BASE_MINUTES = 7 * 24 * 60;
/** Compares, until a tag is found that the commit's history holds. */
const TRIES = 25;
/** Characters of texts that are kept; nobody looks through more for a ticket. */
const MOST_TEXT = 200_000;

export async function releaseOf(sight: ReleaseSight): Promise<Observed<ReleaseRead>> {
  const { memory, scene, sha } = sight;
  const mark = `${scene.policy?.blob ?? ''} ${tagsAt(scene.tags, scene, sight.policy, sha)
    .map((one) => one.tag.name)
    .join(' ')}`;
  const known = await memory.recall<{ mark: string; read: ReleaseRead }>(RELEASE_MEMORY, sha, RELEASE_MINUTES);
  if (known !== null && known.mark === mark) return { known: true, value: known.read };
  try {
    const read = await readRelease(sight);
    memory.remember(RELEASE_MEMORY, sha, { mark, read });
    const base = read.tag ?? read.base?.tag ?? null;
    if (base !== null && base !== (await memory.recall(BASE, 'recent', BASE_MINUTES))) memory.remember(BASE, 'recent', base);
    return { known: true, value: read };
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind !== 'rate-limited' && error.kind !== 'unauthorised') {
      return { known: false, why: error.message };
    }
    throw error;
  }
}

async function readRelease(sight: ReleaseSight): Promise<ReleaseRead> {
  const { github, scene, policy, sha } = sight;
  const own =
    tagsAt(scene.tags, scene, policy, sha)[0] ?? (scene.moreTags ? tagsAt(await github.allTags(), scene, policy, sha)[0] : null) ?? null;
  const { base, range } = await findBase(sight, own?.version ?? null);
  const { kind, occasion, pulls, byPulls } = carriedBy(range, sight);
  const release =
    own === null ? null : (scene.releases.find((one) => !one.draft && one.tag === own.tag.name) ?? (await github.release(own.tag.name)));
  const draft = own === null ? scene.releases.find((one) => one.draft && readFence(one.body)?.state.sha === sha) : undefined;
  const notes = release ?? draft ?? null;
  const texts = [
    ...(notes === null ? [] : [{ where: `the notes of ${notes.tag}`, text: notes.body }]),
    ...pulls.map(({ number, title, body }) => ({ where: `#${number}`, text: `${title}\n${body}` })),
  ];
  return {
    tag: own?.tag.name ?? null,
    version: own?.version ?? null,
    kind,
    occasion,
    texts: within(texts, MOST_TEXT),
    base: base === null ? null : { tag: base.name, sha: base.sha },
    pulls: mergesOf(pulls),
    byPulls,
    commits: range.commits.length,
    ...(base === null ? {} : peopleIn(range)),
  };
}

/** Of a step back there is nobody, which proves nothing. */
export function peopleIn({ people }: RangeSeen): Pick<ReleaseRead, 'people'> {
  return people === undefined || people.commits === 0 ? {} : { people };
}

export interface Brought extends Carried {
  /** Pull requests that it came by, each once. */
  readonly pulls: readonly PullSeen[];
  readonly byPulls: boolean;
}

/** What the commits of a range are together. */
export function carriedBy(range: RangeSeen, { scene, policy, sha }: Pick<ReleaseSight, 'scene' | 'policy' | 'sha'>): Brought {
  const found = pullsOf(range.commits, scene);
  const commits = range.commits.map((one) => one.commit);
  const units = withPulls(unitsOf(commits, sha), (one) => merged(found.get(one), scene));
  return {
    ...occasionOfChanges(judgeUnits(units, { policy }).changes, (range.unread ?? 0) === 0),
    pulls: [...new Map([...found.values()].map((one) => [one.number, one])).values()],
    byPulls: commits.every((one) => found.has(one.sha)),
  };
}

export function mergesOf(pulls: readonly PullSeen[]): ReleaseRead['pulls'] {
  return pulls.flatMap(({ number, mergeSha, author }) =>
    mergeSha === null ? [] : [{ number, merge: mergeSha, author: author.login ?? null }],
  );
}

/** Versions that stand on the commit, the highest first. */
function tagsAt(tags: readonly TagSeen[], scene: Scene, policy: Policy, sha: string): readonly VersionTag[] {
  return versionTags(tags, templatesFor(scene, policy))
    .filter(({ tag }) => tag.sha === sha)
    .sort((a, b) => compareVersions(b.version, a.version));
}

interface VersionTag {
  readonly tag: TagSeen;
  readonly version: string;
}

function templatesFor({ tags }: Scene, { release }: Policy): TagTemplates {
  return release.tag === null ? detectTagTemplate(tags) : { read: [release.tag], write: release.tag };
}

function versionTags(tags: readonly TagSeen[], { read }: TagTemplates): VersionTag[] {
  return readTags(tags, read);
}

interface Found {
  readonly base: TagSeen | null;
  readonly range: RangeSeen;
}

/** The highest release below it that its history holds. A commit behind all of them is a beginning. */
async function findBase(sight: ReleaseSight, own: string | null): Promise<Found> {
  const { github, scene, policy, sha } = sight;
  const templates = templatesFor(scene, policy);
  const tried = new Set<string>();
  for (const all of [false, true]) {
    if (all && !scene.moreTags) break;
    const tags = versionTags(all ? await github.allTags() : scene.tags, templates);
    for (const { tag } of tags.filter((one) => isBefore(one, own)).sort((a, b) => compareVersions(b.version, a.version))) {
      if (tried.has(tag.name) || tag.sha === sha) continue;
      if (tried.size === TRIES)
        throw new GitHubProblem('refused', `None of ${TRIES} releases before ${sha.slice(0, 7)} is in its history.`);
      tried.add(tag.name);
      const range = await github.range(`refs/tags/${tag.name}`, sha, false);
      if (range.baseIsAncestor) return { base: tag, range };
    }
  }
  return { base: null, range: await github.range(null, sha, false) };
}

/** Stable versions count, and for a prerelease those of its own channel. */
function isBefore({ version }: VersionTag, own: string | null): boolean {
  if (own !== null && compareVersions(version, own) >= 0) return false;
  return !isPrerelease(version) || (own !== null && channelOf(version) === channelOf(own));
}

function channelOf(version: string): string {
  return /^[a-z-]*/i.exec(readVersion(version)?.prerelease ?? '')?.[0] ?? '';
}

/** By which pull request each commit came: the one whose merge it is, else one that was merged into a line. */
function pullsOf(commits: readonly RangeCommit[], scene: Scene): ReadonlyMap<string, PullSeen> {
  const found = new Map<string, PullSeen>();
  for (const { commit, pulls } of commits) {
    const all = pulls.filter((pull) => pull.state === 'merged');
    const own = all.find((one) => one.mergeSha === commit.sha) ?? all.find((one) => one.base === scene.repository.defaultBranch) ?? all[0];
    if (own !== undefined) found.set(commit.sha, own);
  }
  return found;
}

function merged(pull: PullSeen | undefined, { repository }: Scene): MergedPull | null {
  if (pull === undefined) return null;
  const { number, title, body, labels, author, mergeSha, head } = pull;
  return {
    number,
    title,
    body,
    labels,
    author,
    mergeSha,
    branch: head.ref,
    inside: head.repository === `${repository.owner}/${repository.name}`,
  };
}

function within(texts: ReleaseRead['texts'], most: number): ReleaseRead['texts'] {
  let left = most;
  return texts.flatMap(({ where, text }) => {
    const some = text.slice(0, left);
    left -= some.length;
    return some === '' ? [] : [{ where, text: some }];
  });
}
