// What was deployed to an environment, and how it went: REST lists the deployments, whose ids are too large for GraphQL's numbers; GraphQL
// has the statuses of a hundred of them in one answer.

import type { DeploymentSeen, Part } from '../flows/gate-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { ACCOUNT, actorOf, type RawAccount, type RestAccount } from './actors.ts';
import { posterOf } from './deployment-posters.ts';
import { ask, isFull, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { finishNodes } from './node-lists.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';
import { isRunUrl, runOfUrl } from './run-url.ts';

interface RawDeployment {
  readonly id: number | bigint;
  readonly node_id: string;
  readonly sha: string;
  readonly ref: string;
  readonly environment: string;
  readonly task: string;
  readonly payload: unknown;
  readonly creator: RestAccount | null;
  readonly performed_via_github_app?: { readonly slug?: string } | null;
  readonly created_at: string;
}

export interface RawStatus {
  readonly id: string;
  readonly state: string;
  readonly createdAt: string;
  readonly logUrl: string | null;
  readonly creator: RawAccount | null;
}

interface RawCourse {
  readonly id: string;
  readonly state: string | null;
  readonly statuses: List<RawStatus> | null;
}

const READ = { needs: 'deployments: read' } as const;
export const DEPLOYMENTS = 100;
const DEPLOYMENTS_A_CALL = 50;
export const STATUS = `id state createdAt logUrl creator { ${ACCOUNT} }`;

export interface DeploymentRange {
  readonly since?: string;
  readonly limit?: number;
}

export async function readDeployments(
  place: Place,
  environment: string,
  { since = '', limit = DEPLOYMENTS }: DeploymentRange = {},
): Promise<Observed<Part<DeploymentSeen>>> {
  return observe(async () => {
    const { items, more } = await list(place, environment, Date.parse(since), limit);
    const courses = new Map<string, RawCourse>();
    for (let from = 0; from < items.length; from += DEPLOYMENTS_A_CALL) {
      for (const one of await readCourses(place, items.slice(from, from + DEPLOYMENTS_A_CALL))) courses.set(one.id, one);
    }
    return { items: items.map((raw) => deploymentOf(place, raw, courses.get(raw.node_id))), more };
  });
}

async function list(place: Place, environment: string, since: number, limit: number): Promise<Part<RawDeployment>> {
  const route = 'GET /repos/{owner}/{repo}/deployments';
  const per_page = Math.min(100, limit + 1);
  const read = (page: number) => place.octokit.request(route, { ...at(place), environment, per_page, page, request: READ });
  const found = new Map<number | bigint, RawDeployment>();
  let over = false;
  for await (const { data } of pagesOf(read)) {
    for (const raw of listOf<RawDeployment>(data, 'deployments')) {
      if (Date.parse(raw.created_at) < since) over = true;
      else found.set(raw.id, raw);
    }
    if (over || found.size > limit) break;
  }
  const newest = [...found.values()].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || Number(b.id) - Number(a.id));
  // Those before `since` are not asked for, and so are no others.
  return { items: newest.slice(0, limit), more: newest.length > limit };
}

export function newestFirst<T extends Pick<DeploymentSeen, 'id' | 'createdAt'>>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || b.id - a.id);
}

async function readCourses(place: Place, raws: readonly RawDeployment[]): Promise<readonly RawCourse[]> {
  const selection = `id state statuses(first: 100) { nodes { ${STATUS} } ${PAGE_INFO} }`;
  const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Deployment { ${selection} } } }`;
  // One that was deleted meanwhile is null beside an error.
  const how = { ...READ, partial: true };
  const { nodes } = await ask<{ nodes: readonly (RawCourse | null)[] }>(place, query, { ids: raws.map((raw) => raw.node_id) }, how);
  const courses = nodes.filter((one) => one !== null);
  const lists = courses.flatMap(({ id, statuses }) => {
    return statuses === null ? [] : [{ id, on: 'Deployment', field: 'statuses', selection: STATUS, list: statuses }];
  });
  await finishNodes(place, lists, READ);
  return courses;
}

function deploymentOf(place: Place, raw: RawDeployment, course: RawCourse | undefined): DeploymentSeen {
  // What does not show may be what ended it.
  if (course === undefined || !isFull(course.statuses)) {
    throw new GitHubProblem('unavailable', `GitHub lists the deployment ${raw.id} and does not tell how it went. Try again.`);
  }
  return {
    id: Number(raw.id),
    sha: raw.sha,
    ref: raw.ref,
    environment: raw.environment,
    task: raw.task,
    payload: raw.payload,
    creator: actorOf(raw.creator),
    app: raw.performed_via_github_app?.slug ?? null,
    createdAt: raw.created_at,
    ...statusesOf(place, course.statuses, course.state),
  };
}

/** How it went, of statuses as GitHub sends them: the newest first; of the same second the order decides. */
export function statusesOf(
  place: Place,
  list: List<RawStatus> | null,
  state: string | null,
): Pick<DeploymentSeen, 'state' | 'overall' | 'statuses' | 'run'> {
  const statuses = [...nodesOf(list)]
    .reverse()
    .sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
    .map(({ id, state, createdAt, logUrl, creator }) => {
      return { id, state: state.toLowerCase(), createdAt, url: logUrl, ...posterOf(creator, isRunUrl(logUrl)) };
    });
  const overall = state?.toLowerCase() ?? null;
  const runs = statuses.flatMap(({ url }) => runOfUrl(place, url) ?? []);
  return { state: statuses.at(-1)?.state ?? overall ?? 'unknown', overall, statuses, run: runs.at(-1) ?? null };
}
