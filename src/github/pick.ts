// Cherry-picks without a clone. GitHub merges trees only by merging branches, so that what a commit is to be put upon is dressed as a
// child of that commit's parent on a branch for the purpose: merging the commit into it then compares both with that parent, which is what
// a cherry-pick does (for a merge commit, as `git cherry-pick -m 1`).

import type { Picked } from '../flows/app-port.ts';
import { GitHubProblem } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';
import { deleteBranch, putBranch, readBranch } from './refs.ts';
import { at, orNull, pagesOf } from './rest.ts';
import { verified } from './verified.ts';

export interface PickRequest {
  readonly commits: readonly string[];
  /** A branch. */
  readonly onto: string;
  /** The branch to make. */
  readonly branch: string;
}

/** One commit to write; its parent is the one before. */
interface Change {
  readonly message: string;
  readonly tree: string;
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
}

const WRITE = { needs: 'contents: write' } as const;
const AGAIN = { ...WRITE, repeatable: true } as const;

/** Once or twice, and whatever a killed run has left: the branch is made once all of it is known, and is the only thing that stays. */
export async function pick(place: Place, slug: string, request: PickRequest): Promise<Picked> {
  const { branch } = request;
  // Not `branch/…`, which cannot be beside a branch of that name.
  const scratch = `${branch}.picking`;
  let picked: Picked;
  try {
    picked = await pickOnto(place, slug, request, scratch);
  } catch (error) {
    // Why it failed matters more than whether it could be tidied up; the next try does that.
    await deleteBranch(place, scratch).catch(() => undefined);
    if (!(error instanceof GitHubProblem) || !WORDED.has(error.kind)) throw error;
    return { done: false, why: 'refused', says: error.message };
  }
  await deleteBranch(place, scratch);
  return picked;
}

/** A missing permission (workflow files need one of their own), a rule of the repository, a commit that is not there. */
const WORDED: ReadonlySet<string> = new Set(['forbidden', 'refused', 'not-found']);

async function pickOnto(place: Place, slug: string, { commits, onto, branch }: PickRequest, scratch: string): Promise<Picked> {
  const [head, there] = [await readBranch(place, onto), await readBranch(place, branch)];
  if (head === null) return { done: false, why: 'refused', says: `There is no branch ${onto}.` };
  const beyond = there === null ? null : await readBeyond(place, head, there);
  // A branch without commits of its own may go where it is wanted.
  const existing = beyond !== null && beyond.commits.length > 0 ? beyond : null;
  const base = existing?.base ?? head;
  const changes = await readChanges(place, commits, { base, onto }, scratch);
  if (!Array.isArray(changes)) return changes;
  if (there !== null && existing !== null) {
    if (changes.length > 0 && changes.every((change, index) => isSame(change, existing.commits[index]))) return { done: true, sha: there };
    const says = `The branch ${branch} exists and is not what picking them onto ${onto} makes. Delete it, or choose another name.`;
    return { done: false, why: 'refused', says };
  }
  if (changes.length === 0) return { done: false, why: 'empty', says: `Everything in ${listed(commits)} is on ${onto} already.` };
  const sha = await writeCommits(place, slug, base, changes);
  await (there === null ? makeBranch(place, branch, sha) : advanceBranch(place, branch, sha));
  return { done: true, sha };
}

/** What each commit makes of the tree before it; nothing for those that change nothing there. */
async function readChanges(
  place: Place,
  commits: readonly string[],
  { base, onto }: { readonly base: string; readonly onto: string },
  scratch: string,
): Promise<Change[] | Picked> {
  const changes: Change[] = [];
  let tree = (await readCommit(place, base)).tree;
  const trees = new Map([[base, tree]]);
  for (const sha of commits) {
    const commit = await readCommit(place, sha);
    const parent = commit.parents[0];
    if (parent === undefined)
      return { done: false, why: 'refused', says: `${short(sha)} is the first commit of its history, and no change.` };
    trees.set(sha, commit.tree);
    // What stands on the same files as before needs no merge.
    const merged = trees.get(parent) === tree ? commit.tree : await mergeTrees(place, { tree, parent, sha, onto }, scratch);
    if (merged === null) {
      return { done: false, why: 'conflict', says: `${short(sha)} (${subjectOf(commit.message)}) conflicts with what is on ${onto}.` };
    }
    if (merged !== tree) changes.push({ message: withOrigin(commit.message, sha), tree: merged, author: commit.author });
    tree = merged;
  }
  return changes;
}

interface Merge {
  readonly tree: string;
  readonly parent: string;
  readonly sha: string;
  readonly onto: string;
}

/** The tree with the commit's changes; null where they conflict. No workflow is to run for these commits, hence the words. */
async function mergeTrees(place: Place, { tree, parent, sha, onto }: Merge, scratch: string): Promise<string | null> {
  const commits = 'POST /repos/{owner}/{repo}/git/commits';
  const message = `${onto} as a child of ${parent}\n\n[skip ci]`;
  const dressed = (await place.octokit.request(commits, { ...at(place), message, tree, parents: [parent], request: AGAIN })).data.sha;
  await putBranch(place, scratch, dressed);
  const write = async () => {
    const merges = 'POST /repos/{owner}/{repo}/merges';
    const words = { base: scratch, head: sha, commit_message: `Pick ${sha}\n\n[skip ci]` };
    const { data, status } = await place.octokit.request(merges, { ...at(place), ...words, request: WRITE });
    // 204 has no body: there was nothing to merge.
    return Number(status) === 204 ? { tree } : { tree: data.commit.tree.sha };
  };
  const look = async () => {
    const head = await readBranch(place, scratch);
    if (head === null || head === dressed) return null;
    const made = await readCommit(place, head);
    return made.parents[0] === dressed && made.parents[1] === sha ? { tree: made.tree } : null;
  };
  try {
    return (await verified(place, write, look)).tree;
  } catch (error) {
    if (error instanceof GitHubProblem && error.status === 409) return null;
    throw error;
  }
}

interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: Change['author'];
}

async function readCommit(place: Place, sha: string): Promise<Commit> {
  const route = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}';
  const { data } = await place.octokit.request(route, { ...at(place), commit_sha: sha, request: WRITE });
  const { name, email, date } = data.author;
  return { tree: data.tree.sha, parents: data.parents.map((one) => one.sha), message: data.message, author: { name, email, date } };
}

interface Beyond {
  /** Where the branch left the other one. */
  readonly base: string;
  /** Its own, oldest first. */
  readonly commits: readonly { readonly tree: string; readonly message: string }[];
}

async function readBeyond(place: Place, head: string, there: string): Promise<Beyond> {
  const route = 'GET /repos/{owner}/{repo}/compare/{basehead}';
  const read = (page: number) => {
    return place.octokit.request(route, { ...at(place), basehead: `${head}...${there}`, per_page: 100, page, request: WRITE });
  };
  let base = head;
  const commits: Beyond['commits'][number][] = [];
  for await (const { data } of pagesOf(read)) {
    base = data.merge_base_commit.sha;
    commits.push(...data.commits.map(({ commit }) => ({ tree: commit.tree.sha, message: commit.message })));
  }
  return { base, commits };
}

/** By what a commit does and says: hashes differ by times and signatures. More commits may follow, by people who finished the work. */
function isSame(change: Change, commit: Beyond['commits'][number] | undefined): boolean {
  return commit?.tree === change.tree && commit.message.trim() === change.message.trim();
}

/**
 * The author stays, the committer is the App, as with `git cherry-pick`. GitHub signs only what an App commits wholly in its own name, so
 * that these are unsigned: where signatures are required they can be squashed, which GitHub signs.
 */
async function writeCommits(place: Place, slug: string, base: string, changes: readonly Change[]): Promise<string> {
  const committer = { ...(await readBot(place, slug)), date: new Date(place.patience.now()).toISOString() };
  let head = base;
  for (const { message, tree, author } of changes) {
    const route = 'POST /repos/{owner}/{repo}/git/commits';
    const commit = { message, tree, parents: [head], author, committer };
    head = (await place.octokit.request(route, { ...at(place), ...commit, request: AGAIN })).data.sha;
  }
  return head;
}

/** GitHub knows the App's bot by the address with its number. */
async function readBot(place: Place, slug: string): Promise<{ readonly name: string; readonly email: string }> {
  const name = `${slug}[bot]`;
  const found = await orNull(place.octokit.request('GET /users/{username}', { username: name, request: WRITE }));
  const { hostname, pathname } = new URL(place.endpoints.api);
  const host = pathname.endsWith('/api/v3') ? hostname : (/^api\.(.+)$/.exec(hostname)?.[1] ?? 'github.com');
  return { name, email: `${found === null ? '' : `${found.data.id}+`}${name}@users.noreply.${host}` };
}

async function makeBranch(place: Place, branch: string, sha: string): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/git/refs';
  const write = async () => {
    await place.octokit.request(route, { ...at(place), ref: `refs/heads/${branch}`, sha, request: WRITE });
    return true;
  };
  await verified(place, write, async () => ((await readBranch(place, branch)) === sha ? true : null));
}

/** Without force: what somebody pushed there meanwhile stays, and is said. */
async function advanceBranch(place: Place, branch: string, sha: string): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/git/refs/{ref}';
  await place.octokit.request(route, { ...at(place), ref: `heads/${branch}`, sha, force: false, request: AGAIN });
}

const TRAILER = /^(?:[A-Za-z0-9][A-Za-z0-9-]*: |\(cherry picked from commit )/;

/** As `git cherry-pick -x` writes it: below the trailers, or below a line of its own. */
function withOrigin(message: string, sha: string): string {
  const text = message.trimEnd();
  const last = text
    .slice(text.lastIndexOf('\n\n') + 1)
    .trim()
    .split('\n');
  const trailers = text.includes('\n\n') && last.every((line) => TRAILER.test(line));
  return `${text}${trailers ? '\n' : '\n\n'}(cherry picked from commit ${sha})`;
}

function subjectOf(message: string): string {
  return (message.split('\n', 1)[0] ?? '').slice(0, 100);
}

function listed(commits: readonly string[]): string {
  const shown = commits.slice(0, 5).map(short).join(', ');
  return commits.length > 5 ? `${shown} and ${commits.length - 5} more` : shown;
}

function short(sha: string): string {
  return sha.slice(0, 10);
}
