// Writes of pull requests.

import { GitHubProblem, type PullSeen } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';
import { at, listOf } from './rest.ts';
import { pullOfRest } from './shapes.ts';
import { verified } from './verified.ts';

const WRITE = { needs: 'pull-requests: write' } as const;

export interface PullWrite {
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
}

/** Opens it, or finds the one that is open from that branch into that base. */
export async function openPull(place: Place, pull: PullWrite): Promise<PullSeen> {
  const look = () => findOpen(place, pull);
  const write = async () => {
    const route = 'POST /repos/{owner}/{repo}/pulls';
    try {
      return pullOfRest((await place.octokit.request(route, { ...at(place), ...pull, request: WRITE })).data);
    } catch (error) {
      const there = error instanceof GitHubProblem && error.status === 422 ? await look() : null;
      if (there === null) throw error;
      return there;
    }
  };
  return verified(place, write, look);
}

async function findOpen(place: Place, { head, base }: PullWrite): Promise<PullSeen | null> {
  const route = 'GET /repos/{owner}/{repo}/pulls';
  const from = head.includes(':') ? head : `${place.owner}:${head}`;
  const { data } = await place.octokit.request(route, { ...at(place), state: 'open', head: from, base, per_page: 1, request: WRITE });
  const [first] = listOf(data, 'pull requests');
  return first === undefined ? null : pullOfRest(first);
}

export async function updatePull(
  place: Place,
  number: number,
  pull: { readonly title?: string; readonly body?: string; readonly state?: 'closed' },
): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}';
  await place.octokit.request(route, { ...at(place), pull_number: number, ...pull, request: { ...WRITE, repeatable: true } });
}
