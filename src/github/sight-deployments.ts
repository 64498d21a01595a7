// The deployments to an environment within a larger query. What does not show there, such as the App that made one, no gate asks for.

import type { DeploymentCourse, Part } from '../flows/gate-port.ts';
import { ACCOUNT, actorOfGraphql, type RawAccount } from './actors.ts';
import { DEPLOYMENTS, newestFirst, type RawStatus, STATUS, statusesOf } from './gate-deployments.ts';
import { isFull, type List, nodesOf, PAGE_INFO, type Place, wholeOf } from './graphql.ts';

interface RawDeployment {
  readonly databaseId: number | null;
  readonly commitOid: string;
  readonly environment: string | null;
  readonly createdAt: string;
  readonly state: string | null;
  readonly creator: RawAccount | null;
  readonly statuses: List<RawStatus> | null;
}

export type RawDeployments = List<RawDeployment>;

/** Within `repository { … }`. One has three or four statuses. */
export function deploymentsSelection(environment: string): string {
  const args = `environments: [${JSON.stringify(environment)}], first: ${DEPLOYMENTS}, orderBy: { field: CREATED_AT, direction: DESC }`;
  const fields = `databaseId commitOid environment createdAt state creator { ${ACCOUNT} }`;
  return `deployments(${args}) { nodes { ${fields} statuses(first: 20) { nodes { ${STATUS} } ${PAGE_INFO} } } ${PAGE_INFO} }`;
}

/** Null: not all of it is there, or not all that REST tells. */
export function deploymentsShown(place: Place, environment: string, raw: RawDeployments): Part<DeploymentCourse> | null {
  if (!isFull(raw)) return null;
  const items: DeploymentCourse[] = [];
  for (const one of nodesOf(raw)) {
    const { databaseId, statuses, creator, state } = one;
    const by = actorOfGraphql(creator);
    // Who cannot be told apart here can be by REST; and one that moved on to another environment is listed by its first one there.
    if (databaseId === null || one.environment !== environment || wholeOf(statuses) === null) return null;
    if (creator !== null && by === null) return null;
    const course = statusesOf(place, statuses, state);
    items.push({ id: databaseId, sha: one.commitOid, environment, creator: by, createdAt: one.createdAt, ...course });
  }
  const more = raw.pageInfo.hasNextPage;
  // GitHub may send less than it is asked for.
  return more && items.length < DEPLOYMENTS ? null : { items: newestFirst(items), more };
}
