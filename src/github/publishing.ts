// Writes of releases and their assets. Each may be repeated: what was made already is found again instead of being made twice.

import { GitHubProblem, type ReleaseSeen, type ReleaseWrite } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';
import { readDrafts, readRelease, releaseOfRest } from './releases.ts';
import { at, listOf, orNull, pagesOf } from './rest.ts';
import { isSameText } from './same-text.ts';
import { verified } from './verified.ts';

const WRITE = { needs: 'contents: write' } as const;

export async function createRelease(place: Place, release: ReleaseWrite): Promise<ReleaseSeen> {
  const { tag, target, name, body, draft, prerelease } = release;
  const write = async () => {
    const route = 'POST /repos/{owner}/{repo}/releases';
    const fields = { tag_name: tag, target_commitish: target, name, body, draft, prerelease, ...latestOf(release) };
    return releaseOfRest((await place.octokit.request(route, { ...at(place), ...fields, request: WRITE })).data);
  };
  return verified(place, write, () => findRelease(place, release));
}

/** The release that a lost answer was about. */
async function findRelease(place: Place, wanted: ReleaseWrite): Promise<ReleaseSeen | null> {
  const isIt = (one: ReleaseSeen) => one.tag === wanted.tag && one.name === wanted.name && isSameText(one.body, wanted.body);
  if (wanted.draft) return (await readDrafts(place)).find(isIt) ?? null;
  const release = await readRelease(place, wanted.tag);
  return release !== null && isIt(release) ? release : null;
}

/** "Drafts and prereleases cannot be set as latest": of a draft it is said when it is published. */
function latestOf({ draft, prerelease, latest }: Partial<ReleaseWrite>): { make_latest?: 'true' | 'false' } {
  if (draft === true || latest === undefined) return {};
  return { make_latest: latest && prerelease !== true ? 'true' : 'false' };
}

/** Null where it may not be published because another release of that tag is. */
export async function updateRelease(place: Place, id: number, release: Partial<ReleaseWrite>): Promise<ReleaseSeen | null> {
  const { tag, target, latest, ...same } = release;
  const fields = {
    ...same,
    ...(tag === undefined ? {} : { tag_name: tag }),
    ...(target === undefined ? {} : { target_commitish: target }),
    ...latestOf(release),
  };
  const route = 'PATCH /repos/{owner}/{repo}/releases/{release_id}';
  const request = { ...WRITE, repeatable: true };
  try {
    return releaseOfRest((await place.octokit.request(route, { ...at(place), release_id: id, ...fields, request })).data);
  } catch (error) {
    const refused = error instanceof GitHubProblem && error.status === 422 && release.draft === false;
    if (!refused || !(await isTaken(place, id, tag))) throw error;
    return null;
  }
}

/** GitHub says 422 of many things: that the tag has its release is believed when that is seen. */
async function isTaken(place: Place, id: number, tag: string | undefined): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/releases/{release_id}';
  const name = tag ?? (await place.octokit.request(route, { ...at(place), release_id: id, request: WRITE })).data.tag_name;
  const published = await readRelease(place, name);
  return published !== null && published.id !== id;
}

/** What is gone already is as it should be. */
export async function deleteRelease(place: Place, id: number): Promise<void> {
  const route = 'DELETE /repos/{owner}/{repo}/releases/{release_id}';
  await orNull(place.octokit.request(route, { ...at(place), release_id: id, request: { ...WRITE, repeatable: true } }));
}

export interface AssetWrite {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

const TRIES = 4;

/** Uploads, to GitHub's own address of uploads and not to the one that a payload names. An asset that arrived is not sent again. */
export async function uploadAsset(place: Place, release: ReleaseSeen, asset: AssetWrite): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      await upload(place, release.id, asset);
      return;
    } catch (error) {
      if (!(error instanceof GitHubProblem) || (error.kind !== 'unavailable' && error.status !== 422)) throw error;
      if (error.kind === 'unavailable') await place.patience.wait(2 ** (tried - 1), `${error.message} Looking whether it arrived.`);
      const there = await findAsset(place, release.id, asset.name);
      if (there !== null && (await isWhole(there, asset))) return;
      // Another of that name, or one of which only a part arrived, stands in the way: GitHub has it deleted first (documented).
      if (there !== null) await deleteAsset(place, Number(there.id));
      else if (error.kind !== 'unavailable') throw error;
      if (tried === TRIES) throw error;
    }
  }
}

async function upload(place: Place, id: number, asset: AssetWrite): Promise<void> {
  const url = `${place.endpoints.uploads}/repos/{owner}/{repo}/releases/{release_id}/assets{?name}`;
  await place.octokit.request(`POST ${url}`, {
    ...at(place),
    release_id: id,
    name: asset.name,
    data: asset.bytes,
    headers: { 'content-type': asset.type },
    request: WRITE,
  });
}

interface RestAsset {
  readonly id: number | bigint;
  readonly name: string;
  readonly size: number;
  readonly state: string;
  /** `sha256:…`, which older servers do not tell. */
  readonly digest?: string | null;
}

/** GitHub writes a dot for what it does not like in a name. */
async function findAsset(place: Place, id: number, name: string): Promise<RestAsset | null> {
  const route = 'GET /repos/{owner}/{repo}/releases/{release_id}/assets';
  const renamed = name.replace(/[^\w.@+-]+/g, '.').replace(/^\.+|\.+$/g, '');
  const read = (page: number) => place.octokit.request(route, { ...at(place), release_id: id, per_page: 100, page, request: WRITE });
  for await (const { data } of pagesOf(read)) {
    const found = listOf<RestAsset>(data, 'assets').find((one) => one.name === name || one.name === renamed);
    if (found !== undefined) return found;
  }
  return null;
}

async function isWhole(there: RestAsset, { bytes }: AssetWrite): Promise<boolean> {
  if (there.state !== 'uploaded' || there.size !== bytes.length) return false;
  if (there.digest === null || there.digest === undefined) return true;
  // Not from node:crypto, which every start would load for it.
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  return there.digest === `sha256:${Buffer.from(digest).toString('hex')}`;
}

async function deleteAsset(place: Place, id: number): Promise<void> {
  const route = 'DELETE /repos/{owner}/{repo}/releases/assets/{asset_id}';
  await orNull(place.octokit.request(route, { ...at(place), asset_id: id, request: { ...WRITE, repeatable: true } }));
}
