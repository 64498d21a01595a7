// The first look at a repository, in one GraphQL query: what it is, its branch, lines, tags, releases, policy and release pull requests.
// A second one follows only where the first had to guess the default branch and guessed wrong, or where there is a draft.

import {
  GitHubProblem,
  type MergeMethod,
  type PullSeen,
  type RepositorySeen,
  type Scene,
  type SceneRequest,
} from '../flows/github-port.ts';
import { askRepository, finish, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import type { GraphqlError } from './problem.ts';
import { completeDrafts, type RawRelease, RELEASE, releaseOf } from './releases.ts';
import { isScopeRefusal, type RawScope, SCOPE, scopeOf } from './scope.ts';
import { labelsOf, PULL, pullOf, type RawPull } from './shapes.ts';
import { type RawTag, TAG, TAG_ARGS, tagsOf } from './tags.ts';

interface RawRef {
  readonly name: string;
  readonly target: { readonly oid: string } | null;
}

interface RawScene extends Partial<RawScope> {
  readonly viewer: { readonly login: string } | null;
  readonly name: string;
  readonly owner: { readonly login: string };
  readonly url: string;
  readonly mergeCommitAllowed: boolean;
  readonly squashMergeAllowed: boolean;
  readonly rebaseMergeAllowed: boolean;
  readonly squashMergeCommitTitle: RepositorySeen['squash']['title'];
  readonly squashMergeCommitMessage: RepositorySeen['squash']['message'];
  readonly mergeCommitTitle: RepositorySeen['merge']['title'];
  readonly mergeCommitMessage: RepositorySeen['merge']['message'];
  readonly defaultBranchRef: RawRef | null;
  readonly ref: RawRef | null;
  readonly lines: List<RawRef>;
  readonly heads: List<RawRef>;
  readonly tags: List<RawTag>;
  readonly releases: List<RawRelease>;
  readonly object: { readonly oid?: string; readonly text?: string | null; readonly isTruncated?: boolean } | null;
  readonly pullRequests: List<RawPull>;
}

const READ = { needs: 'contents: read and pull-requests: read' } as const;
/** What is asked for at first, and then where GitHub gives up on that. */
const SIZES = [100, 50, 20] as const;
const RELEASES = 30;

const HEAD_ARGS = 'refPrefix: "refs/heads/"';
/** Names such as `1.x`, which may stand behind hundreds of other branches. */
const LINE_ARGS = `${HEAD_ARGS}, query: ".x"`;
const RELEASE_ARGS = 'orderBy: { field: CREATED_AT, direction: DESC }';
const PULLS = `pullRequests(first: 20, after: $after, headRefName: $release, states: [OPEN, MERGED], orderBy: { field: UPDATED_AT, direction: DESC }) {
  nodes { ${PULL} createdAt lastEditedAt } ${PAGE_INFO} }`;
const DECLARES = ', $branch: String!, $release: String!, $size: Int!, $some: Int!, $after: String';

const SCENE = `name owner { login } url mergeCommitAllowed squashMergeAllowed rebaseMergeAllowed
  squashMergeCommitTitle squashMergeCommitMessage mergeCommitTitle mergeCommitMessage
  defaultBranchRef { name target { oid } }
  ref(qualifiedName: $branch) { name target { oid } }
  lines: refs(first: $size, ${LINE_ARGS}) { nodes { name } ${PAGE_INFO} }
  heads: refs(first: $size, ${HEAD_ARGS}) { nodes { name } ${PAGE_INFO} }
  tags: refs(first: $size, ${TAG_ARGS}) { nodes { ${TAG} } ${PAGE_INFO} }
  releases(first: $some, ${RELEASE_ARGS}) { nodes { ${RELEASE} } ${PAGE_INFO} }
  object(expression: "HEAD:.github/shiplock.yml") { ... on Blob { oid text isTruncated } }
  ${PULLS}`;

/** What else is asked in the same query. It is left out where the scene alone is as much as GitHub can do at a time. */
export interface Beside {
  /** Within `repository { … }`. */
  readonly selection: string;
  /** Beside it. */
  readonly around: string;
  /** Whether an error is about this alone. */
  readonly forgive: (error: GraphqlError) => boolean;
  readonly take: (raw: Readonly<Record<string, unknown>>) => void;
}

export async function readScene(place: Place, request: SceneRequest, beside?: Beside): Promise<Scene> {
  // Before GitHub has said it, the default branch has most likely this name.
  const guess = request.branch ?? request.guess ?? 'main';
  const { raw, refused } = await look(place, guess, request, beside);
  const { defaultBranchRef, ref } = raw;
  const name = `${raw.owner.login}/${raw.name}`;
  const branch = request.branch === undefined ? defaultBranchRef : ref;
  if (defaultBranchRef === null) throw new GitHubProblem('not-found', `${name} has no commits yet, so there is nothing to release.`);
  if (branch === null || branch.target === null) {
    throw new GitHubProblem('not-found', `${name} has no branch ${guess}. Its default branch is ${defaultBranchRef.name}.`);
  }
  const asked = request.branch ?? defaultBranchRef.name;
  await fill(place, raw);
  const releasePulls = await ownPulls(place, name, request.releaseBranch(asked), asked === guess ? raw.pullRequests : null);
  const releases = nodesOf(raw.releases).map(releaseOf);
  const branches = [...new Set([...nodesOf(raw.heads), ...nodesOf(raw.lines)].map((one) => one.name))];
  return {
    repository: repositoryOf(raw, defaultBranchRef.name),
    branch: { name: asked, sha: branch.target.oid },
    branches,
    ...(raw.heads.pageInfo.hasNextPage ? { moreBranches: true } : {}),
    tags: await tagsOf(place, nodesOf(raw.tags)),
    moreTags: raw.tags.pageInfo.hasNextPage,
    releases: request.glance === true ? releases : await completeDrafts(place, releases),
    policy: policyOf(raw),
    releasePulls,
    ...(request.scope === true ? { scope: scopeOf(raw as RawScope, refused) } : {}),
  };
}

/** `refused`: what a release waits for may not be seen. */
async function look(
  place: Place,
  branch: string,
  request: SceneRequest,
  beside: Beside | undefined,
): Promise<{ readonly raw: RawScene; readonly refused: boolean }> {
  const release = request.releaseBranch(branch);
  const own = request.scope === true ? `${SCENE}\n  ${SCOPE}` : SCENE;
  let refused = false;
  const forgive = (error: GraphqlError) => {
    const ours = isScopeRefusal(error);
    refused ||= ours;
    return ours;
  };
  const tries = [...(beside === undefined ? [] : [{ size: SIZES[0], more: beside }]), ...SIZES.map((size) => ({ size, more: undefined }))];
  for (const [index, { size, more }] of tries.entries()) {
    const variables = { branch: `refs/heads/${branch}`, release, size, some: Math.min(RELEASES, size), after: null };
    const last = index === tries.length - 1;
    const how = { ...READ, heavy: !last, forgive: (error: GraphqlError) => forgive(error) || more?.forgive(error) === true };
    const [selection, around] = more === undefined ? [own, VIEWER] : [`${own}\n  ${more.selection}`, `${VIEWER} ${more.around}`];
    try {
      const raw = await askRepository<RawScene>(place, selection, { variables, declares: DECLARES, around, how });
      more?.take(raw as unknown as Record<string, unknown>);
      return { raw, refused };
    } catch (error) {
      if (last || !(error instanceof GitHubProblem) || error.kind !== 'unavailable' || error.status === null) throw error;
      if (more === undefined && !(await place.patience.wait(1, error.message))) throw error;
    }
  }
  throw new Error('There is no last size.');
}

const VIEWER = 'viewer { login }';

function repositoryOf(raw: RawScene, defaultBranch: string): RepositorySeen {
  const methods: MergeMethod[] = [];
  if (raw.mergeCommitAllowed) methods.push('merge');
  if (raw.squashMergeAllowed) methods.push('squash');
  if (raw.rebaseMergeAllowed) methods.push('rebase');
  return {
    owner: raw.owner.login,
    name: raw.name,
    // For links alone, so that GitHub's word may be taken.
    host: new URL(raw.url).host,
    defaultBranch,
    methods,
    squash: { title: raw.squashMergeCommitTitle, message: raw.squashMergeCommitMessage },
    merge: { title: raw.mergeCommitTitle, message: raw.mergeCommitMessage },
    self: raw.viewer?.login ?? null,
  };
}

function policyOf({ object }: RawScene): Scene['policy'] {
  // A folder of that name is no policy, and has no text.
  if (object === null || object.oid === undefined) return null;
  if (typeof object.text === 'string' && object.isTruncated === false) return { text: object.text, blob: object.oid };
  throw new GitHubProblem('refused', 'The policy .github/shiplock.yml is not text, or too long for GitHub to show.');
}

/** The beginnings that a scene has of longer lists, where GitHub sent less than was asked for. */
async function fill(place: Place, raw: RawScene): Promise<void> {
  const assets = nodesOf(raw.releases).flatMap(({ isDraft, tagName, releaseAssets: list }) => {
    if (isDraft) return [];
    return [{ owner: `release(tagName: ${JSON.stringify(tagName)})`, field: 'releaseAssets', selection: 'name size', list }];
  });
  const lists = [
    { field: 'refs', args: LINE_ARGS, selection: 'name', list: raw.lines, upTo: SIZES[0] },
    { field: 'refs', args: HEAD_ARGS, selection: 'name', list: raw.heads, upTo: SIZES[0] },
    { field: 'refs', args: TAG_ARGS, selection: TAG, list: raw.tags, upTo: SIZES[2] },
    { field: 'releases', args: RELEASE_ARGS, selection: RELEASE, list: raw.releases, upTo: SIZES[2] },
  ];
  await finish(place, lists, READ);
  await finish(place, assets, READ);
}

/** Enough of our own to know the open one and those merged of late. */
const OWN_PULLS = 10;
const MOST_PAGES = 20;

/** Pull requests from the repository's own release branch: a fork may have a branch of that name too, and many pull requests from it. */
async function ownPulls(place: Place, home: string, release: string, first: List<RawPull> | null): Promise<readonly PullSeen[]> {
  const own = (raw: RawPull) => raw.headRepository?.nameWithOwner === home;
  const found: RawPull[] = [];
  let list = first;
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    if (page > 1 || list === null) {
      const variables = { release, after: list?.pageInfo.endCursor ?? null };
      const declares = ', $release: String!, $after: String';
      list = (await askRepository<{ pullRequests: List<RawPull> }>(place, PULLS, { variables, declares, how: READ })).pullRequests;
    }
    found.push(...nodesOf(list).filter(own));
    if (!list.pageInfo.hasNextPage || found.length >= OWN_PULLS) break;
  }
  await finish(place, found.flatMap(labelsOf), READ);
  return found.map(pullOf);
}
