// Writes of tags and branches: each ends the same whether it is done once or, after a lost answer, again.

import { type FileWrite, GitHubProblem } from '../flows/github-port.ts';
import { ask, type Place } from './graphql.ts';
import { at, orNull } from './rest.ts';
import { readTagRef } from './tags.ts';
import { verified } from './verified.ts';

const WRITE = { needs: 'contents: write' } as const;
const AGAIN = { ...WRITE, repeatable: true } as const;

export interface TagWrite {
  readonly name: string;
  readonly sha: string;
  readonly message: string;
}

/** An annotated tag; false where there is one of that name that this call did not make. */
export async function createTag(place: Place, tag: TagWrite): Promise<boolean> {
  const route = 'POST /repos/{owner}/{repo}/git/tags';
  const fields = { tag: tag.name, message: tag.message, object: tag.sha, type: 'commit' } as const;
  // A second object that no ref names does no harm.
  const object = (await place.octokit.request(route, { ...at(place), ...fields, request: AGAIN })).data.sha;
  const write = async () => {
    const refs = 'POST /repos/{owner}/{repo}/git/refs';
    try {
      await place.octokit.request(refs, { ...at(place), ref: `refs/tags/${tag.name}`, sha: object, request: WRITE });
      return true;
    } catch (error) {
      // GitHub says 422 of many things: that it is there is only believed when it is seen.
      const there = isRefused(error) ? await readTagRef(place, tag.name) : null;
      if (there === null) throw error;
      return there.sha === object;
    }
  };
  return verified(place, write, async () => {
    const there = await readTagRef(place, tag.name);
    return there === null ? null : there.sha === object;
  });
}

function isRefused(error: unknown): boolean {
  return error instanceof GitHubProblem && error.kind === 'refused' && error.status === 422;
}

/** Makes the branch, or moves it there whatever it holds. */
export async function putBranch(place: Place, name: string, sha: string): Promise<void> {
  const move = () => {
    const route = 'PATCH /repos/{owner}/{repo}/git/refs/{ref}';
    return place.octokit.request(route, { ...at(place), ref: `heads/${name}`, sha, force: true, request: AGAIN });
  };
  try {
    await move();
  } catch (error) {
    if (!isRefused(error) || (await readBranch(place, name)) !== null) throw error;
    const route = 'POST /repos/{owner}/{repo}/git/refs';
    const write = async () => {
      await place.octokit.request(route, { ...at(place), ref: `refs/heads/${name}`, sha, request: WRITE });
      return true;
    };
    try {
      await verified(place, write, async () => ((await readBranch(place, name)) === sha ? true : null));
    } catch (problem) {
      // Somebody else made it meanwhile.
      if (!isRefused(problem) || (await readBranch(place, name)) === null) throw problem;
      await move();
    }
  }
}

/** What is gone already is as it should be. */
export async function deleteBranch(place: Place, name: string): Promise<void> {
  const route = 'DELETE /repos/{owner}/{repo}/git/refs/{ref}';
  try {
    await orNull(place.octokit.request(route, { ...at(place), ref: `heads/${name}`, request: AGAIN }));
  } catch (error) {
    if (!isRefused(error) || (await readBranch(place, name)) !== null) throw error;
  }
}

/** The commit that a branch stands at; null where there is none. */
export async function readBranch(place: Place, name: string): Promise<string | null> {
  const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
  const found = await orNull(place.octokit.request(route, { ...at(place), ref: `heads/${name}`, request: WRITE }));
  return found?.data.object.sha ?? null;
}

export interface CommitWrite {
  readonly branch: string;
  readonly expected: string;
  readonly message: { readonly headline: string; readonly body?: string };
  readonly files: readonly FileWrite[];
}

const COMMIT = 'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }';

/** A commit that GitHub signs, in the name of whoever the token is of; null where the branch is not at `expected`. */
export async function writeCommit(place: Place, commit: CommitWrite): Promise<string | null> {
  const { branch, expected, message, files } = commit;
  const additions = files.flatMap(({ path, text }) => (text === null ? [] : [{ path, contents: Buffer.from(text).toString('base64') }]));
  const deletions = files.flatMap(({ path, text }) => (text === null ? [{ path }] : []));
  const input = {
    branch: { repositoryNameWithOwner: `${place.owner}/${place.name}`, branchName: branch },
    expectedHeadOid: expected,
    message,
    fileChanges: { additions, deletions },
  };
  const write = async (): Promise<string | null> => {
    try {
      const how = { ...WRITE, repeatable: false };
      const answer = await ask<{ createCommitOnBranch: { commit: { oid: string } | null } | null }>(place, COMMIT, { input }, how);
      const oid = answer.createCommitOnBranch?.commit?.oid;
      if (oid !== undefined) return oid;
      throw new GitHubProblem('unavailable', 'GitHub does not tell which commit it made.');
    } catch (error) {
      // It says so in words ("Expected branch to point to …"); the branch itself says it better.
      if (!(error instanceof GitHubProblem) || error.kind !== 'refused') throw error;
      if ((await readBranch(place, branch)) === expected) throw error;
      return null;
    }
  };
  const settled = await verified<{ readonly sha: string | null }>(
    place,
    async () => ({ sha: await write() }),
    async () => {
      const head = await readBranch(place, branch);
      if (head === expected) return null;
      return { sha: head !== null && (await isOurs(place, head, commit)) ? head : null };
    },
  );
  return settled.sha;
}

/** True if a commit is what a lost answer was about: on that parent, with that message. */
async function isOurs(place: Place, sha: string, { expected, message }: CommitWrite): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}';
  const { data } = await place.octokit.request(route, { ...at(place), commit_sha: sha, request: WRITE });
  const wanted = message.body === undefined || message.body === '' ? message.headline : `${message.headline}\n\n${message.body}`;
  return data.parents.length === 1 && data.parents[0]?.sha === expected && data.message.trim() === wanted.trim();
}
