// A deploy workflow's run: asked for on a tag, found again by what is known of it, and ended. github.com tells the run that a dispatch has
// started where it is asked to; Enterprise Server (3.17 to 3.19) answers 204 and knows no such question.

import type { DeployPort, Dispatched } from '../flows/deploy-port.ts';
import type { RunSeen } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { type RawRun, runOf } from './gate-runs.ts';
import { type GitHubOptions, placeOf } from './github.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';

const READ = { needs: 'actions: read' } as const;
const WRITE = { needs: 'actions: write' } as const;

export function connectDeploys(options: GitHubOptions): DeployPort {
  const place = placeOf(options);
  return {
    dispatch: (ask) => dispatch(place, ask),
    dispatchedRuns: (workflow, since) => readDispatchedRuns(place, workflow, since),
    cancel: (run) => cancelRun(place, run),
  };
}

async function dispatch(place: Place, { workflow, ref, inputs }: Parameters<DeployPort['dispatch']>[0]): Promise<Dispatched> {
  const route = 'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches';
  const details = place.endpoints.api.endsWith('/api/v3') ? {} : { return_run_details: true };
  try {
    const answer = await place.octokit.request(route, { ...at(place), workflow_id: workflow, ref, inputs, ...details, request: WRITE });
    const { workflow_run_id: run } = ((answer as { data?: unknown }).data ?? {}) as { workflow_run_id?: unknown };
    return { result: 'done', run: typeof run === 'number' || typeof run === 'bigint' ? Number(run) : null };
  } catch (error) {
    if (!(error instanceof GitHubProblem) || !NOTHING_STARTED.has(error.kind)) throw error;
    return { result: 'refused', says: error.kind === 'refused' ? (error.words ?? error.message) : error.message };
  }
}

/** GitHub has understood, and said no. */
const NOTHING_STARTED: ReadonlySet<GitHubProblem['kind']> = new Set(['refused', 'forbidden', 'not-found']);

/** Its list of runs may be a little behind what was started. */
async function readDispatchedRuns(place: Place, workflow: string, since: string): Promise<Observed<readonly RunSeen[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs';
    // GitHub's description of `created` does not take the ranges that its documentation tells of.
    const only = { event: 'workflow_dispatch', exclude_pull_requests: true, per_page: 100 } as const;
    const read = (page: number) => place.octokit.request(route, { ...at(place), workflow_id: workflow, ...only, page, request: READ });
    const from = Date.parse(since);
    const runs = new Map<number, RunSeen>();
    for await (const { data } of pagesOf(read)) {
      const some = listOf<RawRun>(data.workflow_runs, 'workflow runs').map(runOf);
      for (const run of some) if (Date.parse(run.createdAt) >= from) runs.set(run.id, run);
      // Newest first: what follows is older still.
      if (some.some((run) => Date.parse(run.createdAt) < from)) break;
    }
    return [...runs.values()].filter((one) => one.event === 'workflow_dispatch').sort((a, b) => b.id - a.id);
  });
}

async function cancelRun(place: Place, run: number): ReturnType<DeployPort['cancel']> {
  const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/cancel';
  try {
    await place.octokit.request(route, { ...at(place), run_id: run, request: { ...WRITE, repeatable: true } });
    return { result: 'done', says: '' };
  } catch (error) {
    if (!(error instanceof GitHubProblem)) throw error;
    if (error.kind === 'not-found') return { result: 'gone', says: error.message };
    if (error.status === 409) return { result: 'over', says: error.words ?? error.message };
    if (error.kind === 'refused' || error.kind === 'forbidden') return { result: 'refused', says: error.words ?? error.message };
    throw error;
  }
}
