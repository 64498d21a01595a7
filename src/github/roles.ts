// What somebody may do in the repository, as GitHub says it now. Nothing is remembered: a right that was taken away is gone at once.

import type { Account } from '../core/gate/facts.ts';
import type { Role } from '../core/role.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';

interface Permissions {
  readonly admin?: boolean;
  readonly maintain?: boolean;
  readonly push?: boolean;
  readonly triage?: boolean;
  readonly pull?: boolean;
}

/** `none` for Apps and whatever else is no person; unknown where GitHub's answer cannot be had or makes no sense. */
export async function readRole(place: Place, login: string): Promise<Observed<Role>> {
  return observe(async () => {
    try {
      const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
      const { data } = await place.octokit.request(route, { ...at(place), username: login, request: { needs: 'metadata: read' } });
      if (data.user !== null && data.user.type !== 'User') return 'none';
      return roleNamed(login, data.role_name, data.user?.permissions);
    } catch (error) {
      // GitHub says this of Apps' bots, and of Copilot; any other 404 is somebody or something that the token may not see.
      const noPerson = error instanceof GitHubProblem && error.status === 404 && /\bis not a user$/.test(error.words ?? '');
      if (noPerson) return 'none';
      throw error;
    }
  });
}

/** Everybody who may write: by themselves, through a team, or as an owner of the organization. */
export async function readWriters(place: Place): Promise<Observed<readonly (Account & { readonly role: Role })[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/collaborators';
    const request = { needs: 'metadata: read' };
    const read = (page: number) => place.octokit.request(route, { ...at(place), permission: 'push', per_page: 100, page, request });
    const found = new Map<number, Account & { readonly role: Role }>();
    for await (const { data } of pagesOf(read)) {
      for (const { id, login, type, role_name, permissions } of listOf(data, 'collaborators')) {
        if (type === 'User') found.set(Number(id), { login, id: Number(id), role: roleNamed(login, role_name, permissions) });
      }
    }
    return [...found.values()];
  });
}

function roleNamed(login: string, name: string, permissions: Permissions | undefined): Role {
  return roleOf(name) ?? roleOfPermissions(permissions) ?? roleUnsaid(login, name);
}

const BUILT_IN: Readonly<Record<string, Role>> = {
  none: 'none',
  read: 'read',
  triage: 'triage',
  write: 'write',
  maintain: 'maintain',
  admin: 'admin',
};

/** `permission`, beside it, calls maintain write and triage read. */
function roleOf(name: string | undefined): Role | null {
  return Object.hasOwn(BUILT_IN, name ?? '') ? (BUILT_IN[name ?? ''] ?? null) : null;
}

/** A custom role counts as the built-in one that it rests on. */
function roleOfPermissions(permissions: Permissions | undefined): Role | null {
  if (permissions === undefined) return null;
  const { admin, maintain, push, triage, pull } = permissions;
  return admin ? 'admin' : maintain ? 'maintain' : push ? 'write' : triage ? 'triage' : pull ? 'read' : 'none';
}

function roleUnsaid(login: string, name: string): never {
  throw new GitHubProblem('unavailable', `GitHub gives ${login} the role ${JSON.stringify(name)} and does not say what it allows.`);
}
