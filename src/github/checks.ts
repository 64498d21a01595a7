// The checks and statuses of one exact commit, all pages of both, the newest of each. If either could not be read nothing is known of the
// commit: an absent answer must not look like an absent failure.

import type { CheckSeen, Observed } from '../flows/github-port.ts';
import { GitHubProblem } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';

export async function readChecks(place: Place, sha: string): Promise<Observed<readonly CheckSeen[]>> {
  return observe(async () => [...(await readRuns(place, sha)), ...(await readStatuses(place, sha))]);
}

interface Run {
  readonly id: number | bigint;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string | null;
  readonly html_url: string | null;
  readonly app: { readonly slug?: string; readonly id: number | bigint } | null;
}

const TRIES = 3;

async function readRuns(place: Place, sha: string): Promise<CheckSeen[]> {
  const runs = await readAll<Run>(place, 'checks', async (take) => {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    const request = { needs: 'checks: read' };
    const read = (page: number) => place.octokit.request(route, { ...at(place), ref: sha, filter: 'latest', per_page: 100, page, request });
    for await (const { data } of pagesOf(read)) take(listOf(data.check_runs, 'check runs'), data.total_count);
  });
  const newest = new Map<string, Run>();
  for (const run of runs) {
    const key = `${run.app?.id ?? 'none'} ${run.name}`;
    const known = newest.get(key);
    if (known === undefined || isNewer(run, known)) newest.set(key, run);
  }
  return [...newest.values()].map((run) => ({
    name: run.name,
    app: run.app?.slug ?? null,
    kind: 'check',
    state: (run.status === 'completed' ? (run.conclusion ?? 'unknown') : run.status).toLowerCase(),
    url: run.html_url,
  }));
}

/** By when it started, then by number; one that has not started yet has no time, and its number tells. */
function isNewer(run: Run, known: Run): boolean {
  const [time, other] = [Date.parse(run.started_at ?? ''), Date.parse(known.started_at ?? '')];
  return Number.isNaN(time) || Number.isNaN(other) || time === other ? run.id > known.id : time > other;
}

interface Status {
  readonly id: number;
  readonly context: string;
  readonly state: string;
  readonly target_url: string | null;
}

/** The combined status holds the newest of each context. */
async function readStatuses(place: Place, sha: string): Promise<CheckSeen[]> {
  const statuses = await readAll<Status>(place, 'statuses', async (take) => {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/status';
    const request = { needs: 'statuses: read' };
    const read = (page: number) => place.octokit.request(route, { ...at(place), ref: sha, per_page: 100, page, request });
    for await (const { data } of pagesOf(read)) {
      // Asked by a name that moved, GitHub would answer for another commit.
      if (data.sha !== sha)
        throw new GitHubProblem('unavailable', `GitHub answered for ${data.sha} where ${sha} was asked for. Try again.`);
      take(listOf(data.statuses, 'statuses'), data.total_count);
    }
  });
  const newest = new Map<string, Status>();
  for (const status of statuses) if (status.id > (newest.get(status.context)?.id ?? 0)) newest.set(status.context, status);
  return [...newest.values()].map(({ context, state, target_url }) => ({
    name: context,
    app: null,
    kind: 'status',
    state: state.toLowerCase(),
    url: target_url,
  }));
}

/** Reads pages until as many came as GitHub counts: a run that was added meanwhile moves another one over the edge of a page. */
export async function readAll<T extends { readonly id: number | bigint }>(
  place: Place,
  what: string,
  read: (take: (items: readonly T[], total: number) => void) => Promise<void>,
): Promise<readonly T[]> {
  for (let tried = 1; ; tried += 1) {
    const found = new Map<number | bigint, T>();
    let total = 0;
    await read((items, count) => {
      for (const item of items) found.set(item.id, item);
      total = Math.max(total, count);
    });
    if (found.size >= total) return [...found.values()];
    const says = `GitHub counts ${total} ${what} and sent ${found.size}: they changed while they were read.`;
    if (tried === TRIES || !(await place.patience.wait(1, says))) throw new GitHubProblem('unavailable', says);
  }
}
