// Which release `/deploy` means: the one that is named, by version or by tag; else that of the place where it was written; else what the environment before has;
// else the newest. What is not published is not deployed, and a tag that has moved is not trusted.

import {
  draftText,
  noReleaseThereText,
  noSuchTagText,
  noSuchVersionText,
  nothingReleasedText,
  notReleasedText,
  severalNamedText,
  tagMovedText,
  unseenDeploymentsText,
} from '../../core/answer/deploy.ts';
import { openPullText, quotedName } from '../../core/answer/gate.ts';
import { readFence } from '../../core/fence.ts';
import { nearest } from '../../core/nearest.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import { releaseTags, tagNamed } from '../../core/tag-named.ts';
import { compareVersions, isPrerelease, readVersion } from '../../core/version.ts';
import { commitOf } from '../deployment/claim.ts';
import { deployedIn, type VersionTag, versionAt, versionTags } from '../deployment/what-is-where.ts';
import type { GateMemory } from '../gate/gate-memory.ts';
import { readThreadOf } from '../gate/gate-notes.ts';
import { releaseOf } from '../gate/release-of.ts';
import type { Scene } from '../github-port.ts';
import { type Ask, spelled, unseenText } from './answer.ts';

export interface ReleaseChoice {
  readonly tag: string;
  readonly version: string;
  readonly sha: string;
}

export type Pinned = { readonly release: ReleaseChoice } | { readonly says: string };

/** With all releases that it may be compared with: those of the repository, or of its package. */
export type Chosen =
  | { readonly release: ReleaseChoice; readonly siblings: readonly VersionTag[]; readonly package: string | null }
  | { readonly says: string };

export interface Choosing {
  readonly environment: string;
  readonly scene: Scene;
  readonly memory: GateMemory;
  /** As a command names it; null: none is named. */
  readonly version: string | null;
}

/** Releases that are looked through for a pull request, the newest first. */
const MOST_RELEASES = 10;

export async function chooseRelease(ask: Ask, choosing: Choosing): Promise<Chosen> {
  const { situation, policy } = ask;
  const { scene, version, environment } = choosing;
  const all = scene.moreTags ? await situation.github.allTags() : scene.tags;
  const tags = versionTags(all, policy);
  const tagged = version === null ? null : tagNamed(all, policy, version);
  if (tagged !== null && 'several' in tagged) {
    const command = spelled(ask, `${ask.call.shape.name} ${quotedName(environment)}`);
    const names = tagged.several.map(({ name }) => name);
    return { says: severalNamedText(version ?? '', names, command) };
  }
  const isTag = version !== null && readVersion(version) === null;
  const found =
    tagged ??
    (version === null
      ? await byDefault(ask, choosing, tags)
      : isTag
        ? { says: noSuchTagText(version, nearest(version, releaseTags(all, policy))) }
        : named(ask, scene, tags, version));
  if ('says' in found) return found;
  const chosen = await pinned(ask, scene, found);
  return 'says' in chosen ? chosen : { ...chosen, siblings: tagged?.siblings ?? tags, package: tagged?.package ?? null };
}

export function named(ask: Pick<Ask, 'policy'>, scene: Scene, tags: readonly VersionTag[], version: string): VersionTag | { says: string } {
  const isMeant = (one: string) => compareVersions(one, version) === 0 && one.split('+')[1] === version.split('+')[1];
  const found = tags.find((one) => isMeant(one.version)) ?? tags.find((one) => compareVersions(one.version, version) === 0);
  if (found !== undefined) return found;
  const drafts = scene.releases.filter((one) => one.draft);
  const named = versionTags([...tags.map(({ tag }) => tag), ...drafts.map((one) => ({ name: one.tag, sha: '' }))], ask.policy);
  const meant = named.find((one) => one.tag.sha === '' && compareVersions(one.version, version) === 0);
  const draft = drafts.find((one) => one.tag === meant?.tag.name || readFence(one.body)?.state.version === version);
  if (draft !== undefined) return { says: draftText(draft.tag, spelled(ask, 'release publish')) };
  const known = tags.map((one) => one.version);
  return { says: noSuchVersionText(version, nearest(version, known)) };
}

/** Its tag as GitHub has it now, which must be what was looked at, and published. */
export async function pinned(ask: Pick<Ask, 'policy' | 'situation'>, scene: Scene, { tag, version }: VersionTag): Promise<Pinned> {
  const { github } = ask.situation;
  const now = await github.tag(tag.name);
  const deployed = await commitOf(ask.situation.notes, ask.situation.repository, tag.name);
  const sha = deployed ?? tag.sha;
  if (now?.sha !== sha || tag.sha !== sha) return { says: tagMovedText(tag.name, sha, now?.sha ?? null) };
  const draft = scene.releases.find((one) => one.draft && one.tag === tag.name);
  const published = scene.releases.some((one) => !one.draft && one.tag === tag.name);
  // A tag for which there is no release at all is one: not everybody makes these.
  if (draft !== undefined && !published && (await github.release(tag.name)) === null) {
    return { says: draftText(tag.name, spelled(ask, 'release publish')) };
  }
  return { release: { tag: tag.name, version, sha: tag.sha } };
}

async function byDefault(ask: Ask, choosing: Choosing, tags: readonly VersionTag[]): Promise<VersionTag | { says: string }> {
  const { situation, errand, policy, call } = ask;
  const { environment, scene, memory } = choosing;
  const command = spelled(ask, `${call.shape.name} ${environment}`);
  const here = await ofPlace(ask, choosing, tags, command);
  if (here !== null) return here;
  const after = environmentOf(policy, environment)?.after;
  if (after !== undefined) {
    const deployed = await deployedIn(situation, memory, after, policy.deployers);
    if (!deployed.known) return { says: unseenDeploymentsText(after, deployed.why) };
    const sha = deployed.value.current?.sha ?? null;
    const there = sha === null ? null : versionAt(tags, sha);
    return there ?? { says: noReleaseThereText(after, sha, command) };
  }
  const newest = newestOf(tags, scene);
  return newest ?? { says: errand.pull ? unseenText(errand.issue, 'nothing was released yet.') : nothingReleasedText(command) };
}

/** The newest that is no prerelease, else the newest of all. */
export function newestOf(tags: readonly VersionTag[], { releases }: Pick<Scene, 'releases'>): VersionTag | null {
  const out = tags.filter(({ tag }) => !releases.some((one) => one.draft && one.tag === tag.name));
  return out.find(({ version }) => !isPrerelease(version)) ?? out[0] ?? null;
}

/** The release that is talked about there, or that holds the pull request; null: the place says nothing of one. */
async function ofPlace(
  ask: Ask,
  { scene, memory }: Choosing,
  tags: readonly VersionTag[],
  command: string,
): Promise<VersionTag | { says: string } | null> {
  const { situation, errand, policy } = ask;
  const { github, notes, repository } = situation;
  const shown = await readThreadOf(notes, repository, errand.issue);
  if (!errand.pull) {
    const there = shown === null ? null : versionAt(tags, shown);
    return shown === null ? null : (there ?? { says: notReleasedText(errand.issue, spelled(ask, 'release publish')) });
  }
  const seen = await github.pull(errand.issue);
  if (!seen.known) return { says: unseenText(errand.issue, seen.why) };
  const { state, mergeSha } = seen.value.pull;
  // What is deployed is a release, and never the head of a pull request.
  if (state !== 'merged') return { says: openPullText(errand.issue, command) };
  const own = mergeSha === null ? null : versionAt(tags, mergeSha);
  if (own !== null) return own;
  for (const one of tags.slice(0, MOST_RELEASES)) {
    const release = await releaseOf({ github, scene, policy, sha: one.tag.sha, memory });
    if (!release.known) return { says: unseenText(errand.issue, `whether ${one.tag.name} holds it is not known: ${release.why}`) };
    if (release.value.pulls.some(({ number }) => number === errand.issue)) return one;
  }
  return { says: notReleasedText(errand.issue, spelled(ask, 'release publish')) };
}
