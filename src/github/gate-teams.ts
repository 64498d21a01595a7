// Who belongs to a team, those of its child teams included. A token that may not see a team is told that there is none: that is "unknown",
// and never "nobody".

import type { ActorSeen } from '../flows/gate-port.ts';
import type { Observed } from '../flows/github-port.ts';
import { actorOf, type RestAccount } from './actors.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { listOf, orNull, pagesOf } from './rest.ts';

const READ = { needs: 'members: read' } as const;

export async function readMembers(place: Place, organization: string, team: string): Promise<Observed<readonly ActorSeen[]>> {
  return observe(async () => {
    const route = 'GET /orgs/{org}/teams/{team_slug}/members';
    const at = { org: organization, team_slug: team, per_page: 100 };
    const found = new Map<number, ActorSeen>();
    for await (const { data } of pagesOf((page) => place.octokit.request(route, { ...at, page, request: READ }))) {
      for (const raw of listOf<RestAccount>(data, 'members')) {
        const member = actorOf(raw);
        if (member !== null) found.set(member.id, member);
      }
    }
    return [...found.values()];
  });
}

/** Who is invited is no member yet. */
export async function readMembership(place: Place, organization: string, team: string, login: string): Promise<Observed<boolean>> {
  return observe(async () => {
    const route = 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}';
    const at = { org: organization, team_slug: team };
    const found = await orNull(place.octokit.request(route, { ...at, username: login, request: READ }));
    if (found !== null) return found.data.state === 'active';
    // No member, or no team that could be seen: the latter is a problem.
    await place.octokit.request('GET /orgs/{org}/teams/{team_slug}', { ...at, request: READ });
    return false;
  });
}
