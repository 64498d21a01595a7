// Tags and the commits that they lead to, however many tag objects lie between. A tag of a tree or a file leads to none, and is none here.

import { GitHubProblem, type TagSeen } from '../flows/github-port.ts';
import { askRepository, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { at, orNull } from './rest.ts';
import { walk } from './walk.ts';

interface RawTarget {
  readonly __typename: string;
  readonly oid: string;
  readonly target?: RawTarget;
}

export interface RawTag {
  readonly name: string;
  readonly target: RawTarget | null;
}

const READ = { needs: 'contents: read' } as const;
const TARGET = '__typename oid ... on Tag { target { __typename oid ... on Tag { target { __typename oid } } } }';

/** Of each tag. */
export const TAG = `name target { ${TARGET} }`;
/** Which refs are tags, newest commit first. */
export const TAG_ARGS = 'refPrefix: "refs/tags/", orderBy: { field: TAG_COMMIT_DATE, direction: DESC }';

/** The tags of a list; asks again only for tags of tags of tags of tags. */
export async function tagsOf(place: Place, raws: readonly RawTag[]): Promise<TagSeen[]> {
  const targets = raws.map(({ target }) => peeled(target));
  for (;;) {
    const deep = [...new Set(targets.flatMap((target) => (target?.__typename === 'Tag' ? [target.oid] : [])))].slice(0, 100);
    if (deep.length === 0) break;
    const parts = deep.map((oid, index) => `t${index}: object(oid: "${oid}") { ${TARGET} }`);
    const found = await askRepository<Record<string, RawTarget | null>>(place, parts.join(' '), { how: READ });
    const below = new Map(deep.map((oid, index) => [oid, peeled(found[`t${index}`]?.target ?? null)]));
    for (const [index, target] of targets.entries()) {
      if (target !== null && below.has(target.oid)) targets[index] = below.get(target.oid) ?? null;
    }
  }
  return raws.flatMap(({ name }, index) => {
    const target = targets[index];
    return target?.__typename === 'Commit' ? [{ name, sha: target.oid }] : [];
  });
}

function peeled(target: RawTarget | null): RawTarget | null {
  let at = target;
  while (at?.target !== undefined) at = at.target;
  return at;
}

/** Every tag, a hundred a call, newest commit first. */
export async function readTags(place: Place): Promise<readonly TagSeen[]> {
  const raws: RawTag[] = [];
  const declares = ', $size: Int!, $after: String';
  const read = async (size: number, after: string | null) => {
    const how = { ...READ, heavy: true };
    const selection = `refs(first: $size, after: $after, ${TAG_ARGS}) { nodes { ${TAG} } ${PAGE_INFO} }`;
    return (await askRepository<{ refs: List<RawTag> }>(place, selection, { variables: { size, after }, declares, how })).refs;
  };
  for await (const page of walk(place.patience, read)) raws.push(...nodesOf(page));
  return tagsOf(place, raws);
}

/** One tag, straight from git's own records; null where there is none. */
export async function readTag(place: Place, name: string): Promise<TagSeen | null> {
  const ref = await readTagRef(place, name);
  return ref === null ? null : { name, sha: await commitOfObject(place, name, ref) };
}

export interface GitObject {
  readonly type: string;
  readonly sha: string;
}

/** What a tag names as it stands: a commit, or a tag object. */
export async function readTagRef(place: Place, name: string): Promise<GitObject | null> {
  const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
  const found = await orNull(place.octokit.request(route, { ...at(place), ref: `tags/${name}`, request: READ }));
  return found === null ? null : found.data.object;
}

async function commitOfObject(place: Place, name: string, start: GitObject): Promise<string> {
  let object = start;
  while (object.type === 'tag') {
    const route = 'GET /repos/{owner}/{repo}/git/tags/{tag_sha}';
    object = (await place.octokit.request(route, { ...at(place), tag_sha: object.sha, request: READ })).data.object;
  }
  if (object.type === 'commit') return object.sha;
  throw new GitHubProblem('refused', `The tag ${name} is of a ${object.type}, not of a commit. Delete it, or choose another name.`);
}
