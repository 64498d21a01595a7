// Releases as they are read: from GraphQL's scene, which knows neither a draft's target nor whether an asset arrived, and from REST, which does.

import { GitHubProblem, type ReleaseSeen } from '../flows/github-port.ts';
import { type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { at, listOf, orNull, pagesOf } from './rest.ts';

export interface RawRelease {
  readonly id: string;
  readonly databaseId: number | null;
  readonly tagName: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly isDraft: boolean;
  readonly isPrerelease: boolean;
  readonly url: string;
  readonly tagCommit: { readonly oid: string } | null;
  readonly author: { readonly login: string } | null;
  readonly releaseAssets: List<{ readonly name: string; readonly size: number }>;
}

export const RELEASE = `id databaseId tagName name description isDraft isPrerelease url tagCommit { oid } author { login }
  releaseAssets(first: 100) { nodes { name size } ${PAGE_INFO} }`;

export function releaseOf(raw: RawRelease): ReleaseSeen {
  if (raw.databaseId === null)
    throw new GitHubProblem('unavailable', `GitHub does not tell the id of the release ${raw.tagName}. Try again.`);
  return {
    id: raw.databaseId,
    node: raw.id,
    tag: raw.tagName,
    name: raw.name ?? '',
    body: raw.description ?? '',
    draft: raw.isDraft,
    prerelease: raw.isPrerelease,
    target: raw.tagCommit?.oid ?? raw.tagName,
    url: raw.url,
    // What did not arrive is left empty (documented, "Upload a release asset").
    assets: nodesOf(raw.releaseAssets).map(({ name, size }) => ({ name, size, uploaded: size > 0 })),
    author: raw.author?.login ?? null,
  };
}

/** REST's release. */
export interface RestRelease {
  readonly id: number;
  readonly node_id: string;
  readonly tag_name: string;
  readonly name: string | null;
  readonly body?: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly target_commitish: string;
  readonly html_url: string;
  readonly author: { readonly login: string } | null;
  /** Enterprise Servers of before 2025 do not have these. */
  readonly updated_at?: string | null;
  readonly immutable?: boolean;
  readonly assets: readonly { readonly name: string; readonly size: number; readonly state: string }[];
}

export function releaseOfRest(raw: RestRelease): ReleaseSeen {
  return {
    id: raw.id,
    node: raw.node_id,
    tag: raw.tag_name,
    name: raw.name ?? '',
    body: raw.body ?? '',
    draft: raw.draft,
    prerelease: raw.prerelease,
    target: raw.target_commitish,
    url: raw.html_url,
    assets: listOf(raw.assets, 'assets').map(({ name, size, state }) => ({ name, size, uploaded: state === 'uploaded' })),
    author: raw.author?.login ?? null,
    ...(typeof raw.updated_at === 'string' ? { updatedAt: raw.updated_at } : {}),
    ...(raw.immutable === true ? { immutable: true as const } : {}),
  };
}

/** Only who may push sees drafts. */
const READ = { needs: 'contents: write' } as const;
/** More drafts than these are read from the list. */
const ONE_BY_ONE = 3;

/** A scene's releases, its drafts with their targets: read again from REST, where they may be gone by now. */
export async function completeDrafts(place: Place, releases: readonly ReleaseSeen[]): Promise<readonly ReleaseSeen[]> {
  const drafts = releases.filter((release) => release.draft);
  if (drafts.length === 0) return releases;
  const found = new Map<number, ReleaseSeen>();
  if (drafts.length > ONE_BY_ONE) for (const draft of await readDrafts(place)) found.set(draft.id, draft);
  else {
    const route = 'GET /repos/{owner}/{repo}/releases/{release_id}';
    for (const { id } of drafts) {
      const draft = await orNull(place.octokit.request(route, { ...at(place), release_id: id, request: READ }));
      if (draft !== null) found.set(id, releaseOfRest(draft.data));
    }
  }
  return releases.flatMap((release) => (release.draft ? (found.get(release.id) ?? []) : release));
}

/** The published release of a tag. */
export async function readRelease(place: Place, tag: string): Promise<ReleaseSeen | null> {
  const route = 'GET /repos/{owner}/{repo}/releases/tags/{tag}';
  const found = await orNull(place.octokit.request(route, { ...at(place), tag, request: { needs: 'contents: read' } }));
  return found === null ? null : releaseOfRest(found.data);
}

/** GitHub does not say how it sorts releases: it is seen to put drafts first, and so many in a row without one are taken for their end. */
const NO_MORE = 100;

/** Every draft, straight from REST. */
export async function readDrafts(place: Place): Promise<readonly ReleaseSeen[]> {
  const drafts: ReleaseSeen[] = [];
  const seen = new Set<number>();
  let published = 0;
  for await (const { data } of releasePages(place)) {
    for (const raw of listOf(data, 'releases')) {
      published = raw.draft ? 0 : published + 1;
      // A page turned while something was added begins with what ended the last.
      if (raw.draft && !seen.has(raw.id)) drafts.push(releaseOfRest(raw));
      seen.add(raw.id);
    }
    if (published >= NO_MORE) break;
  }
  return drafts;
}

function releasePages(place: Place) {
  const route = 'GET /repos/{owner}/{repo}/releases';
  return pagesOf((page) => place.octokit.request(route, { ...at(place), per_page: 100, page, request: READ }));
}
