// Asks GraphQL: an answer with errors is a problem unless whoever asks said that parts of it may be missing; and lists whose beginning came
// with something else are read to their end, many lists a request.

import { GitHubProblem } from '../flows/github-port.ts';
import type { Client, How } from './client.ts';
import { type GraphqlError, graphqlProblem } from './problem.ts';

/** A repository to speak about. */
export interface Place extends Client {
  readonly owner: string;
  readonly name: string;
}

export interface GraphqlHow extends How {
  /** Things that GitHub does not have are null in the data, and no problem. */
  readonly partial?: boolean;
  /** Whether whoever asks can do without what an error says is missing. */
  readonly forgive?: (error: GraphqlError) => boolean;
}

/** Runs a query, which may be sent again, or with `repeatable: false` a mutation. */
export async function ask<T>(client: Client, query: string, variables: object, how: GraphqlHow = {}): Promise<T> {
  const { partial = false, forgive, ...request } = how;
  const {
    data: answer,
    status,
    headers,
  } = await client.octokit.request({
    method: 'POST',
    url: client.endpoints.graphql,
    query,
    variables,
    request: { repeatable: true, ...request },
  });
  const { data, errors } = answer as { data?: T | null; errors?: readonly GraphqlError[] };
  const bad = (errors ?? []).filter((error) => !(partial && error.type === 'NOT_FOUND') && forgive?.(error) !== true);
  if (bad.length > 0) {
    const now = client.patience.now();
    throw graphqlProblem(bad, { asked: 'this query', status, message: '', headers, needs: how.needs, now });
  }
  if (data === null || data === undefined) {
    throw new GitHubProblem('unavailable', 'GitHub answered a GraphQL request with neither data nor errors.', { status });
  }
  return data;
}

/** Asks about the place's repository: `selection` is what stands in `repository { … }`. */
export async function askRepository<T>(
  place: Place,
  selection: string,
  options: { readonly variables?: object; readonly declares?: string; readonly around?: string; readonly how?: GraphqlHow } = {},
): Promise<T> {
  const { variables = {}, declares = '', around = '', how } = options;
  const query = `query ($owner: String!, $name: String!${declares}) { ${around} repository(owner: $owner, name: $name) { ${selection} } }`;
  const data = await ask<{ repository: T | null }>(place, query, { owner: place.owner, name: place.name, ...variables }, how);
  if (data.repository === null) {
    throw new GitHubProblem('not-found', `There is no repository ${place.owner}/${place.name}, or the token may not see it.`, {
      status: 404,
    });
  }
  return (around === '' ? data.repository : { ...data, ...data.repository }) as T;
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** A list as GraphQL sends it; GitHub's schema allows null among the nodes. */
export interface List<N> {
  nodes: (N | null)[] | null;
  pageInfo: PageInfo;
  readonly totalCount?: number;
}

export const PAGE_INFO = 'pageInfo { hasNextPage endCursor }';

export function nodesOf<N>(list: List<N> | null | undefined): readonly N[] {
  return (list?.nodes ?? []).filter((node) => node !== null);
}

/** All of a list; null where it is not all: there is more, or GitHub has left a place in it empty. */
export function wholeOf<N>(list: List<N> | null | undefined): readonly N[] | null {
  return isFull(list) && !list.pageInfo.hasNextPage ? nodesOf(list) : null;
}

/** Every place of what came is filled; more may follow. */
export function isFull<N>(list: List<N> | null | undefined): list is List<N> {
  return list?.nodes?.every((node) => node !== null) === true;
}

/** A list that came in part. */
export interface Beginning {
  /** What it belongs to, from the repository down: `pullRequest(number: 12)`; absent: the repository. */
  readonly owner?: string;
  /** The owner's type, where the field may be of several. */
  readonly on?: string;
  readonly field: string;
  /** Of the field, besides those for pages. */
  readonly args?: string;
  /** What of each node. */
  readonly selection: string;
  /** Is added to. */
  readonly list: List<unknown>;
  /** So many are enough. */
  readonly upTo?: number;
  /** Nodes a page; fewer for those that hold lists themselves, as GitHub multiplies. */
  readonly size?: number;
}

const LISTS_A_REQUEST = 50;
const NODES_A_LIST = 100;

/** Reads lists to their end, all of them side by side. */
export async function finish(place: Place, beginnings: Iterable<Beginning>, how: GraphqlHow = {}): Promise<void> {
  let open = [...beginnings].filter(isOpen);
  while (open.length > 0) {
    for (let at = 0; at < open.length; at += LISTS_A_REQUEST) await continueLists(place, open.slice(at, at + LISTS_A_REQUEST), how);
    open = open.filter(isOpen);
  }
}

function isOpen({ list, upTo = Number.POSITIVE_INFINITY }: Beginning): boolean {
  return list.pageInfo.hasNextPage && (list.nodes ?? []).length < upTo;
}

async function continueLists(place: Place, lists: readonly Beginning[], how: GraphqlHow): Promise<void> {
  const parts = lists.map(({ owner, on, field, args = '', selection, list, size = NODES_A_LIST }, index) => {
    // A cursor is GitHub's own text; GraphQL's strings are written as JSON's.
    const pages = `first: ${size}, after: ${JSON.stringify(list.pageInfo.endCursor)}`;
    const alias = owner === undefined ? `a${index}` : 'list';
    const part = `${alias}: ${field}(${pages}${args === '' ? '' : `, ${args}`}) { nodes { ${selection} } ${PAGE_INFO} }`;
    if (owner === undefined) return part;
    return `a${index}: ${owner} { ${on === undefined ? part : `... on ${on} { ${part} }`} }`;
  });
  const found = await askRepository<Record<string, List<unknown> & { list?: List<unknown> }>>(place, parts.join(' '), { how });
  for (const [index, { list, owner, field }] of lists.entries()) {
    const answer = found[`a${index}`];
    const more = owner === undefined ? answer : answer?.list;
    const before = list.pageInfo.endCursor;
    if (more === undefined || (more.pageInfo.hasNextPage && (more.pageInfo.endCursor ?? before) === before)) {
      throw new GitHubProblem('unavailable', `GitHub sent the beginning of a list of ${field} and not its end. Try again.`);
    }
    list.nodes = [...(list.nodes ?? []), ...(more.nodes ?? [])];
    list.pageInfo = more.pageInfo;
  }
}
