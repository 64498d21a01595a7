// What the App asks as itself: the log of its webhook's deliveries, where it is installed, and on what. Every answer is looked at before it is
// believed, for what is no list must not pass for an empty one.

import type { Home } from '../core/errand.ts';
import type { AppApi, DeliverySeen } from '../flows/app-port.ts';
import { GitHubProblem } from '../flows/github-port.ts';
import { type ClientOptions, makeClient } from './client.ts';
import { listOf, orNull, pagesOf } from './rest.ts';

/** An answer to a request, as Octokit has it. */
interface Answer {
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

export interface AppApiOptions {
  /** A request signed in as the App. Throws `GitHubProblem`. */
  readonly asApp: (route: string, parameters?: Readonly<Record<string, unknown>>) => Promise<Answer>;
  /** How to speak as an installation. */
  readonly clientOf: (installation: number) => ClientOptions;
}

/** As many as GitHub gives at a time. */
const PAGE = 100;

export function appApi({ asApp, clientOf }: AppApiOptions): AppApi {
  return {
    deliveries: async (page) => {
      const answer = await asApp('GET /app/hook/deliveries', { per_page: PAGE, ...(page === null ? {} : { cursor: page }) });
      const deliveries = listOf(answer.data as readonly unknown[], 'deliveries').map(deliveryOf);
      return { deliveries, next: nextCursor(answer) };
    },
    delivery: async (id) => {
      const answer = await orNull(asApp('GET /app/hook/deliveries/{delivery_id}', { delivery_id: id }));
      const { request } = (answer?.data ?? {}) as { request?: { payload?: unknown } };
      return request?.payload ?? null;
    },
    installations: async () => {
      const all: { id: number; suspended: boolean }[] = [];
      const read = (page: number) => asApp('GET /app/installations', { per_page: PAGE, page }).then(withLink);
      for await (const { data } of pagesOf(read)) all.push(...listOf(data as readonly unknown[], 'installations').map(installationOf));
      return all;
    },
    repositories: async (installation) => {
      const { octokit } = makeClient(clientOf(installation));
      const all: Home[] = [];
      const read = (page: number) => octokit.request('GET /installation/repositories', { per_page: PAGE, page });
      for await (const { data } of pagesOf(read)) {
        for (const one of listOf(data.repositories, 'repositories')) {
          if (one.archived !== true && one.disabled !== true) {
            all.push({ installation, id: Number(one.id), owner: one.owner.login, name: one.name });
          }
        }
      }
      return all;
    },
    installed: async ({ owner, name, installation }) => {
      const answer = await orNull(asApp('GET /repos/{owner}/{repo}/installation', { owner, repo: name }));
      if (answer === null) return false;
      const { id, suspended } = installationOf(answer.data);
      return id === installation && !suspended;
    },
  };
}

function deliveryOf(value: unknown): DeliverySeen {
  const { id, guid, event, action, delivered_at: deliveredAt } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'number' || typeof guid !== 'string' || typeof event !== 'string' || typeof deliveredAt !== 'string') {
    throw new GitHubProblem('unavailable', 'GitHub’s log of deliveries has an entry without id, guid, event or time. Try again.');
  }
  return { id, guid, event, action: typeof action === 'string' ? action : null, deliveredAt };
}

function installationOf(value: unknown): { readonly id: number; readonly suspended: boolean } {
  const { id, suspended_at: suspendedAt } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'number') throw new GitHubProblem('unavailable', 'GitHub lists an installation without an id. Try again.');
  return { id, suspended: typeof suspendedAt === 'string' };
}

/** Of the next page's address the cursor alone is taken: a token goes to no address that an answer names. */
function nextCursor({ headers }: Answer): string | null {
  const next = /<([^<>]{1,2000})>;\s*rel="?next"?/.exec(String(headers.link ?? ''))?.[1];
  if (next === undefined) return null;
  const cursor = URL.canParse(next) ? new URL(next).searchParams.get('cursor') : null;
  if (cursor === null) throw new GitHubProblem('unavailable', 'GitHub’s log of deliveries has a next page without a cursor. Try again.');
  return cursor;
}

function withLink({ headers, data }: Answer): { readonly headers: { readonly link?: string }; readonly data: unknown } {
  const { link } = headers;
  return { headers: typeof link === 'string' ? { link } : {}, data };
}
