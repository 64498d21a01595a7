// Merges a pull request at exactly the head that was looked at, by a method that the repository allows.

import { GitHubProblem } from '../flows/github-port.ts';
import { askRepository, type Place } from './graphql.ts';
import { at } from './rest.ts';
import { verified } from './verified.ts';

const WRITE = { needs: 'contents: write and pull-requests: write' } as const;
const ALLOWED = 'squashMergeAllowed mergeCommitAllowed rebaseMergeAllowed';

type Method = 'squash' | 'merge' | 'rebase';

export interface Merged {
  readonly merged: boolean;
  readonly says: string;
}

/** False with GitHub's words where the head has moved or GitHub would not; true also where it was merged at that head before. */
export async function mergePull(place: Place, number: number, head: string): Promise<Merged> {
  let refused = 'The repository allows no method of merging.';
  for (const method of await readMethods(place)) {
    try {
      return await merge(place, number, head, method);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (await isMerged(place, number, head)) return { merged: true, says: 'It was merged already.' };
      refused = error.words ?? error.message;
      // Rules of the base branch may forbid a method that the repository allows ("Merge commits are not allowed on this repository.").
      if (!/\bmerge(?:s|d| commits?)?\b.*\bnot allowed\b/i.test(refused)) return { merged: false, says: refused };
    }
  }
  return { merged: false, says: refused };
}

async function merge(place: Place, number: number, head: string, method: Method): Promise<Merged> {
  const route = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge';
  const write = async (): Promise<Merged> => {
    const wanted = { ...at(place), pull_number: number, sha: head, merge_method: method };
    const { data } = await place.octokit.request(route, { ...wanted, request: WRITE });
    return { merged: data.merged, says: data.message };
  };
  return verified(place, write, async () => ((await isMerged(place, number, head)) ? { merged: true, says: 'It is merged.' } : null));
}

/** 405 cannot be merged, 409 the head has moved, 422 and 403 it must not: for whoever asked, GitHub would not merge. */
function isRefusal(error: unknown): error is GitHubProblem {
  return error instanceof GitHubProblem && (error.kind === 'refused' || error.kind === 'forbidden');
}

async function isMerged(place: Place, number: number, head: string): Promise<boolean> {
  const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
  const { data } = await place.octokit.request(route, { ...at(place), pull_number: number, request: WRITE });
  return data.merged && data.head.sha === head;
}

/** A squash first: one commit with the title that was shown; it is also what most repositories allow. */
async function readMethods(place: Place): Promise<readonly Method[]> {
  const allowed = await askRepository<Record<'squashMergeAllowed' | 'mergeCommitAllowed' | 'rebaseMergeAllowed', boolean>>(place, ALLOWED);
  const methods: readonly (readonly [Method, boolean])[] = [
    ['squash', allowed.squashMergeAllowed],
    ['merge', allowed.mergeCommitAllowed],
    ['rebase', allowed.rebaseMergeAllowed],
  ];
  return methods.flatMap(([method, yes]) => (yes ? method : []));
}
