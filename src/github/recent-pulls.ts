// Pull requests by their newest activity, as far back as somebody asks: for sweeps that find what a lost webhook hid.

import type { PullSeen } from '../flows/github-port.ts';
import { askRepository, finish, type List, nodesOf, PAGE_INFO, type Place } from './graphql.ts';
import { labelsOf, PULL, pullOf, type RawPull } from './shapes.ts';
import { walk } from './walk.ts';

interface RecentPull extends RawPull {
  readonly updatedAt: string;
}

const READ = { needs: 'pull-requests: read' } as const;
const STATES = { open: 'OPEN', closed: 'CLOSED, MERGED' } as const;

/** `closed`: those that were merged, and those that were not. */
export async function readRecentPulls(place: Place, state: 'open' | 'closed', since: string): Promise<readonly PullSeen[]> {
  const found = new Map<number, RecentPull>();
  const args = `states: [${STATES[state]}], orderBy: { field: UPDATED_AT, direction: DESC }`;
  const selection = `pullRequests(first: $size, after: $after, ${args}) { nodes { updatedAt ${PULL} } ${PAGE_INFO} }`;
  const read = async (size: number, after: string | null) => {
    const options = { variables: { size, after }, declares: ', $size: Int!, $after: String', how: { ...READ, heavy: true } };
    return (await askRepository<{ pullRequests: List<RecentPull> }>(place, selection, options)).pullRequests;
  };
  const oldest = Date.parse(since);
  for await (const page of walk(place.patience, read, { largest: 50 })) {
    const pulls = nodesOf(page);
    // What has no time that can be read counts as young: reading on is the lesser evil.
    const young = pulls.filter((pull) => !(Date.parse(pull.updatedAt) < oldest));
    // One that something happened to meanwhile may come twice.
    for (const pull of young) if (!found.has(pull.number)) found.set(pull.number, pull);
    if (young.length < pulls.length) break;
  }
  const raws = [...found.values()];
  await finish(place, raws.flatMap(labelsOf), READ);
  return raws.map(pullOf);
}
