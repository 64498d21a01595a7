// Open pull requests whose head is a commit: what is deployed off a branch has its reviews there.

import type { Observed } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';

export async function readOpenPulls(place: Place, sha: string): Promise<Observed<readonly number[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls';
    const request = { needs: 'contents: read and pull-requests: read' };
    const read = (page: number) => place.octokit.request(route, { ...at(place), commit_sha: sha, per_page: 100, page, request });
    const found = new Set<number>();
    for await (const { data } of pagesOf(read)) {
      for (const { number, state, head } of listOf(data, 'pull requests')) if (state === 'open' && head.sha === sha) found.add(number);
    }
    return [...found];
  });
}
