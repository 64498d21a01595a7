// Accounts as GitHub sends them, by REST and by GraphQL: who is told apart by number, and whether surely a person.

import type { ActorSeen, ReviewersSeen } from '../flows/gate-port.ts';
import { GitHubProblem } from '../flows/github-port.ts';

export interface RestAccount {
  readonly login: string;
  readonly id: number | bigint;
  readonly type: string;
}

/** GitHub's own account for what it commits on its pages; its type says that it is a user. */
const WEB_FLOW = 'web-flow';

export function actorOf(account: RestAccount | null | undefined): ActorSeen | null {
  if (account === null || account === undefined) return null;
  return { login: account.login, id: Number(account.id), bot: account.type !== 'User' || account.login === WEB_FLOW };
}

export interface RawAccount {
  readonly __typename: string;
  readonly login: string;
  /** Absent for kinds of accounts that have none. */
  readonly databaseId?: number | null;
}

export const ACCOUNT = '__typename login ... on User { databaseId } ... on Bot { databaseId } ... on Organization { databaseId }';

/** Null too for who has no number: whoever cannot be told apart is nobody. */
export function actorOfGraphql(raw: RawAccount | null | undefined): ActorSeen | null {
  if (raw === null || raw === undefined || raw.databaseId === null || raw.databaseId === undefined) return null;
  const bot = raw.__typename === 'Bot';
  // GraphQL leaves out the end of a bot's login.
  const login = bot && !raw.login.endsWith('[bot]') ? `${raw.login}[bot]` : raw.login;
  return actorOf({ login, id: raw.databaseId, type: raw.__typename });
}

interface RestReviewer {
  readonly type?: string;
  readonly reviewer?: Partial<RestAccount> & { readonly slug?: string; readonly html_url?: string };
}

export function reviewersOf(raws: readonly RestReviewer[] | undefined, owner: string): ReviewersSeen {
  const people = [];
  const teams = [];
  for (const { type, reviewer } of raws ?? []) {
    const { id, login, slug } = reviewer ?? {};
    if (type === 'Team' && id !== undefined && slug !== undefined) {
      teams.push({ name: `${owner}/${slug}`, id: Number(id) });
    } else if (type === 'User' && id !== undefined && login !== undefined) {
      people.push(actorOf({ login, id, type: reviewer?.type ?? 'unknown' }) as ActorSeen);
    } else {
      throw new GitHubProblem('unavailable', `GitHub names a reviewer of a kind that is not known: ${JSON.stringify(type ?? null)}.`);
    }
  }
  return { people, teams };
}
