// Lists of things that are known by their GraphQL ids and came in part, read to their end, many side by side.

import { GitHubProblem } from '../flows/github-port.ts';
import { ask, type GraphqlHow, type List, PAGE_INFO, type Place } from './graphql.ts';

export interface NodeList {
  readonly id: string;
  /** Type of the thing. */
  readonly on: string;
  readonly field: string;
  /** Of each node. */
  readonly selection: string;
  /** Is added to. */
  readonly list: List<unknown>;
}

const LISTS_A_REQUEST = 50;

export async function finishNodes(place: Place, lists: readonly NodeList[], how: GraphqlHow): Promise<void> {
  for (let open = lists.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
    for (let from = 0; from < open.length; from += LISTS_A_REQUEST)
      await continueNodes(place, open.slice(from, from + LISTS_A_REQUEST), how);
  }
}

function isOpen({ list }: NodeList): boolean {
  return list.pageInfo.hasNextPage;
}

async function continueNodes(place: Place, lists: readonly NodeList[], how: GraphqlHow): Promise<void> {
  // Ids and cursors are GitHub's own text; GraphQL's strings are written as JSON's.
  const parts = lists.map(({ id, on, field, selection, list }, index) => {
    const pages = `first: 100, after: ${JSON.stringify(list.pageInfo.endCursor)}`;
    return `a${index}: node(id: ${JSON.stringify(id)}) { ... on ${on} { list: ${field}(${pages}) { nodes { ${selection} } ${PAGE_INFO} } } }`;
  });
  const found = await ask<Record<string, { readonly list?: List<unknown> } | null>>(place, `{ ${parts.join(' ')} }`, {}, how);
  for (const [index, { list, field }] of lists.entries()) {
    const more = found[`a${index}`]?.list;
    const before = list.pageInfo.endCursor;
    if (more === undefined || (more.pageInfo.hasNextPage && (more.pageInfo.endCursor ?? before) === before)) {
      throw new GitHubProblem('unavailable', `GitHub sent the beginning of a list of ${field} and not its end. Try again.`);
    }
    list.nodes = [...(list.nodes ?? []), ...(more.nodes ?? [])];
    list.pageInfo = more.pageInfo;
  }
}
