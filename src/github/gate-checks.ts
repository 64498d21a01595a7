// Every run of every check of a commit, and every status as it was posted: what counts is decided elsewhere, of all of them. By REST, as
// GraphQL's rollup has the newest alone, and its numbers are too small for the ids.

import type { CheckRunSeen } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { actorOf, type RestAccount } from './actors.ts';
import { readAll } from './checks.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';
import { runOfUrl } from './run-url.ts';

interface RawRun {
  readonly id: number | bigint;
  readonly name: string;
  readonly head_sha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly html_url: string | null;
  readonly details_url: string | null;
  readonly check_suite: { readonly id: number | bigint } | null;
  readonly app: { readonly slug?: string; readonly id: number | bigint } | null;
}

interface RawStatus {
  readonly id: number | bigint;
  readonly context: string;
  readonly state: string;
  readonly target_url: string | null;
  readonly created_at: string;
  readonly creator: RestAccount | null;
}

export const FULL_SHA = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export async function readAllChecks(place: Place, sha: string): Promise<Observed<readonly CheckRunSeen[]>> {
  return observe(async () => {
    // A name could move between two pages.
    if (!FULL_SHA.test(sha)) throw new GitHubProblem('refused', `${JSON.stringify(sha.slice(0, 100))} is not the full SHA of a commit.`);
    return [...(await readRuns(place, sha)), ...(await readStatuses(place, sha))];
  });
}

/** Of the thousand newest check suites: GitHub lists no others (documented). */
async function readRuns(place: Place, sha: string): Promise<CheckRunSeen[]> {
  const runs = await readAll<RawRun>(place, 'checks', async (take) => {
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    const request = { needs: 'checks: read' };
    const read = (page: number) => place.octokit.request(route, { ...at(place), ref: sha, filter: 'all', per_page: 100, page, request });
    for await (const { data } of pagesOf(read)) take(listOf(data.check_runs, 'check runs'), data.total_count);
  });
  return runs.map((run) => {
    if (run.head_sha !== sha) throw new GitHubProblem('unavailable', `GitHub sent a check of ${run.head_sha} for ${sha}. Try again.`);
    return {
      name: run.name,
      kind: 'check',
      app: run.app?.slug ?? null,
      appId: run.app === null ? null : Number(run.app.id),
      state: (run.status === 'completed' ? (run.conclusion ?? 'unknown') : run.status).toLowerCase(),
      id: Number(run.id),
      startedAt: run.started_at,
      completedAt: run.completed_at,
      suite: run.check_suite === null ? null : Number(run.check_suite.id),
      url: run.html_url,
      run: run.app?.slug === 'github-actions' ? (runOfUrl(place, run.details_url) ?? runOfUrl(place, run.html_url)) : null,
      by: null,
    };
  });
}

export async function readStatuses(place: Place, sha: string): Promise<CheckRunSeen[]> {
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}/statuses';
  const request = { needs: 'statuses: read' };
  const read = (page: number) => place.octokit.request(route, { ...at(place), ref: sha, per_page: 100, page, request });
  const found = new Map<number, RawStatus>();
  // Newest first: one that is posted meanwhile lets another come twice, and none be missed.
  for await (const { data } of pagesOf(read)) for (const raw of listOf<RawStatus>(data, 'statuses')) found.set(Number(raw.id), raw);
  return [...found.values()].map((raw) => {
    const state = raw.state.toLowerCase();
    return {
      name: raw.context,
      kind: 'status',
      app: appOf(raw.creator),
      appId: null,
      state,
      id: Number(raw.id),
      startedAt: raw.created_at,
      completedAt: state === 'pending' ? null : raw.created_at,
      suite: null,
      url: raw.target_url === '' ? null : raw.target_url,
      run: null,
      by: actorOf(raw.creator),
    };
  });
}

/** Only Apps' own accounts are bots whose login ends like this. */
function appOf(creator: RestAccount | null): string | null {
  return creator?.type === 'Bot' ? (/^(.+)\[bot\]$/.exec(creator.login)?.[1] ?? null) : null;
}
