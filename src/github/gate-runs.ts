// Workflow runs whose jobs wait at a gate: the run, what it still waits for, what was decided so far, and our answer.

import type { Answered, ApprovalSeen, GateAnswer, Part, PendingSeen, RunSeen } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { actorOf, type RestAccount, reviewersOf } from './actors.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, orNull, pagesOf } from './rest.ts';

const READ = { needs: 'actions: read' } as const;
/** GitHub's limit of a comment, which stands in its documentation alone. */
const LONGEST = 1_024;

/**
 * Answers our rule for an environment of a run. The address is made of the repository and the run's number: the one in the event comes with
 * the payload, and whoever writes payloads must not say where a token goes. A lost answer is asked for again, and then is `already`.
 */
export async function answerRule(place: Place, { run, environment, state, comment }: GateAnswer): Promise<Answered> {
  const route = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';
  const body = { environment_name: environment, comment: cut(comment), ...(state === undefined ? {} : { state }) };
  const request = { needs: 'deployments: write', repeatable: true };
  try {
    await place.octokit.request(route, { ...at(place), run_id: run, ...body, request });
    return { result: 'done', says: '' };
  } catch (error) {
    if (!(error instanceof GitHubProblem)) throw error;
    const result = RESULTS[error.kind];
    if (result === undefined) throw error;
    return {
      result: error.status === 422 ? 'already' : result,
      says: error.kind === 'forbidden' ? error.message : (error.words ?? error.message),
    };
  }
}

/** What GitHub has understood; of all else nobody knows. */
const RESULTS: Readonly<Record<string, Answered['result']>> = { 'not-found': 'gone', forbidden: 'refused', refused: 'refused' };

function cut(comment: string): string {
  if (comment.length <= LONGEST) return comment;
  // Not between the two halves of a character.
  return `${comment.slice(0, LONGEST - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

export interface RawRun {
  readonly id: number | bigint;
  readonly node_id: string;
  readonly run_attempt?: number;
  readonly event: string;
  readonly head_sha: string;
  readonly head_branch: string | null;
  readonly head_repository: { readonly full_name: string } | null;
  readonly path: string;
  readonly actor?: RestAccount | null;
  readonly triggering_actor?: RestAccount | null;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly created_at: string;
  readonly html_url: string;
}

export async function readRun(place: Place, id: number): Promise<Observed<RunSeen | null>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}';
    const request = { ...at(place), run_id: id, exclude_pull_requests: true, request: READ };
    const found = await orNull(place.octokit.request(route, request));
    return found === null ? null : runOf(found.data);
  });
}

/** GitHub shows at most a thousand of a filtered list. */
export async function readWaitingRuns(place: Place): Promise<Observed<Part<RunSeen>>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/actions/runs';
    const only = { status: 'waiting', exclude_pull_requests: true, per_page: 100 } as const;
    const read = (page: number) => place.octokit.request(route, { ...at(place), ...only, page, request: READ });
    const runs = new Map<number, RunSeen>();
    let total = 0;
    for await (const { data } of pagesOf(read)) {
      for (const raw of listOf<RawRun>(data.workflow_runs, 'workflow runs')) runs.set(Number(raw.id), runOf(raw));
      total = data.total_count;
    }
    return { items: [...runs.values()], more: runs.size < total };
  });
}

export function runOf(raw: RawRun): RunSeen {
  if (raw.run_attempt === undefined) throw new GitHubProblem('unavailable', `GitHub does not tell which attempt of run ${raw.id} it is.`);
  return {
    id: Number(raw.id),
    node: raw.node_id,
    attempt: raw.run_attempt,
    event: raw.event,
    headSha: raw.head_sha,
    headBranch: raw.head_branch,
    headRepository: raw.head_repository?.full_name ?? null,
    // Of some it is followed by `@` and a ref.
    path: raw.path.replace(/@.*$/, ''),
    actor: actorOf(raw.actor),
    triggeringActor: actorOf(raw.triggering_actor),
    status: (raw.status ?? 'unknown').toLowerCase(),
    conclusion: raw.conclusion?.toLowerCase() ?? null,
    createdAt: raw.created_at,
    url: raw.html_url,
  };
}

interface RawEnvironment {
  readonly id?: number | bigint;
  readonly name?: string;
}

export async function readPending(place: Place, run: number): Promise<Observed<readonly PendingSeen[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments';
    const { data } = await place.octokit.request(route, { ...at(place), run_id: run, request: READ });
    return listOf(data, 'pending deployments').map((raw) => ({
      environment: environmentOf(raw.environment),
      waitTimer: raw.wait_timer,
      waitTimerStartedAt: raw.wait_timer_started_at,
      reviewers: reviewersOf(raw.reviewers, place.owner),
    }));
  });
}

export async function readApprovals(place: Place, run: number): Promise<Observed<readonly ApprovalSeen[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals';
    const { data } = await place.octokit.request(route, { ...at(place), run_id: run, request: READ });
    return listOf(data, 'reviews of the run').map((raw) => ({
      environments: raw.environments.map(environmentOf),
      state: raw.state.toLowerCase(),
      by: actorOf(raw.user),
      comment: raw.comment,
    }));
  });
}

function environmentOf({ id, name }: RawEnvironment): { readonly id: number; readonly name: string } {
  if (id === undefined || name === undefined) throw new GitHubProblem('unavailable', 'GitHub does not name an environment of the run.');
  return { id: Number(id), name };
}
