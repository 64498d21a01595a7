// Publishing one release, step by step, in the order that immutable releases need: draft, assets, annotated tag, publish, tell. Each step
// looks first and acts then, so that a run stopped after any of them is finished by the next, and two runs at once make one release.

import type { Bump, Kind } from '../../core/change.ts';
import { type FenceState, readFence, restateFence, writeFence } from '../../core/fence.ts';
import { changesTo, draftsOfLine, isNewest, type ReleaseText, toldMarker, toldText } from '../../core/release.ts';
import { AUDIENCE_LIMIT, audienceOf } from '../../core/told.ts';
import { isPrerelease } from '../../core/version.ts';
import { type GitHubPort, GitHubProblem, type ReleaseSeen, type TagSeen } from '../github-port.ts';
import { changesOfRelease, type GitHubSituation } from './plan-github.ts';

/** A file to attach. */
export interface Asset {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A release that this run brought out, or one that could not be; `says` tells which, and why. */
export type Published = PublishedRelease | UnpublishedRelease;

export interface PublishedRelease {
  readonly tagged: true;
  readonly tag: string;
  readonly version: string;
  readonly url: string;
  readonly says: string;
  /** Tag of the release before it on the line. */
  readonly since: string | null;
  readonly kind: Kind;
  readonly bump: Bump;
  readonly notes: string;
  /** The tag's commit. */
  readonly sha: string;
  /** Its whole text, with our marks. */
  readonly body: string;
  /** Why not everybody was told of it yet; null where they were. */
  readonly untold: string | null;
}

export interface UnpublishedRelease {
  readonly tagged: false;
  readonly tag: string;
  readonly version: string;
  readonly url: string;
  readonly says: string;
}

type Say = (says: string) => void;

export interface Begun {
  readonly release: ReleaseSeen;
  readonly state: FenceState;
  readonly assets: readonly Asset[];
}

/** Finishes a draft that is meant to be published. */
export async function publish(
  github: GitHubPort,
  situation: GitHubSituation,
  { release, state, assets }: Begun,
  say: Say,
): Promise<Published> {
  const { tag } = release;
  for (const asset of assets) {
    if (release.assets.some((one) => one.name === asset.name && one.uploaded && one.size === asset.bytes.length)) continue;
    await github.uploadAsset(release, asset);
    say(`Attached ${asset.name} to ${tag}.`);
  }
  let seen = situation.scene.tags.find((one) => one.name === tag) ?? (await github.tag(tag));
  if (seen === null) {
    const made = await github.createTag({ name: tag, sha: state.sha, message: `${tag}\n` });
    if (made) say(`Tagged ${state.sha.slice(0, 7)} as ${tag}.`);
    seen = made ? { name: tag, sha: state.sha } : await github.tag(tag);
  }
  if (seen === null || seen.sha !== state.sha) {
    const at = seen === null ? 'could not be made' : `is at ${seen.sha.slice(0, 7)}`;
    const says = `${tag} ${at}, but the release was decided for ${state.sha.slice(0, 7)}. Nothing was published; delete the draft or the tag, whichever is wrong.`;
    say(says);
    return { tag, version: state.version, url: release.url, tagged: false, says };
  }
  const others = situation.tags.map(({ version }) => version).filter((version) => !isPrerelease(version));
  const latest = !release.prerelease && isNewest(state.version, others);
  let out = await github.updateRelease(release.id, { tag, draft: false, prerelease: release.prerelease, latest });
  if (out === null) {
    // Another run published it in between; its release is the release, and this draft is one too many.
    out = await github.release(tag);
    if (out === null) throw new Error(`GitHub refuses to publish ${tag}, but shows no release of it.`);
    await github.deleteRelease(release.id);
    say(`Another run published ${tag}.`);
  } else say(`Published ${tag}.`);
  const untold = await tryToTell(github, situation, out, seen, say);
  return { ...describe(out, state), says: `Published ${tag}.`, untold };
}

function describe({ tag, url, body }: ReleaseSeen, state: FenceState): Omit<PublishedRelease, 'says' | 'untold'> {
  const { version, since, kind, bump, sha } = state;
  // A hint that somebody may have touched: what it does not say is taken for the least.
  const told = { kind: kind === 'feature' ? kind : 'maintenance', bump: bump === 'major' || bump === 'minor' ? bump : 'patch' } as const;
  return { tagged: true, tag, url, version, since, ...told, notes: readFence(body)?.inside ?? body, sha, body };
}

/**
 * Makes or finds the one draft of a line. Two runs may each have made one: whoever looks next keeps the oldest, and both runs agree on it.
 */
export async function settleDrafts(
  github: GitHubPort,
  line: string,
  text: ReleaseText,
  known: readonly ReleaseSeen[],
  say: Say,
): Promise<ReleaseSeen> {
  const [first] = draftsOfLine(known, line);
  if (first !== undefined) {
    const kept = changesTo(first, text) === null ? first : await github.updateRelease(first.id, { ...text, draft: true });
    return kept ?? first;
  }
  const made = await github.createRelease({ ...text, draft: true, latest: false });
  say(`Drafted ${text.tag}.`);
  const drafts = draftsOfLine([...(await github.drafts()).filter((one) => one.id !== made.id), made], line);
  for (const extra of drafts.slice(1)) {
    await github.deleteRelease(extra.id);
    say('Another run drafted it at the same time; the older draft stays.');
  }
  return drafts[0] ?? made;
}

/**
 * Tells everybody, or says why not: what is out is out, and must not look like a failed release because of a comment. The next run goes on
 * with it.
 */
export async function tryToTell(
  github: GitHubPort,
  situation: GitHubSituation,
  release: ReleaseSeen,
  tag: TagSeen,
  say: Say,
): Promise<string | null> {
  try {
    await tellEverybody(github, situation, release, tag, say);
    return null;
  } catch (error) {
    if (!(error instanceof GitHubProblem)) throw error;
    return `${release.tag} is out, but not everybody was told of it: ${error.message} The next run goes on with that.`;
  }
}

/** Tells the pull requests of a published release and the issues that they closed, each once, and then notes that it was done. */
async function tellEverybody(github: GitHubPort, situation: GitHubSituation, release: ReleaseSeen, tag: TagSeen, say: Say): Promise<void> {
  const state = readFence(release.body)?.state;
  if (state === undefined || state.told === true) return;
  const audience = audienceOf(await changesOfRelease(github, situation, state.since, tag));
  if (audience.length <= AUDIENCE_LIMIT && audience.length > 0) {
    const marker = toldMarker(release.tag);
    const numbers = audience.map(({ number }) => number);
    const before = await github.ownComments(numbers);
    let told = 0;
    for (const { number, kind } of audience) {
      if (before.get(number)?.some((one) => one.own && one.body.includes(marker))) continue;
      await github.comment(number, toldText(release.tag, release.url, kind));
      told += 1;
    }
    // Another run may have told the same people in between: the oldest comment stays.
    if (told > 0) {
      for (const comments of (await github.ownComments(numbers)).values()) {
        const ours = comments.filter((one) => one.own && one.body.includes(marker)).sort((a, b) => a.id - b.id);
        for (const extra of ours.slice(1)) await github.deleteComment(extra.id);
      }
      say(`Told ${told === 1 ? 'one pull request or issue' : `${told} pull requests and issues`} of ${release.tag}.`);
    }
  } else if (audience.length > 0) say(`${release.tag} holds ${audience.length} pull requests and issues; so many are not told one by one.`);
  const done = { ...state, told: true };
  const restated = restateFence(release.body, done);
  // A text that somebody has rewritten keeps their words: the mark is set anew below them.
  const body = restated === release.body ? writeFence(release.body, done, '') : restated;
  await github.updateRelease(release.id, { body });
}
