// The App as GitHub knows it, through Probot: its sign-in, its installations' tokens, and what a delivery asks to be done. Every request
// passes the door of src/github/guard.ts, so that a token goes to the configured GitHub and nowhere else.

import { Octokit } from '@octokit/core';
import { type ApplicationFunction, Probot, ProbotOctokit } from 'probot';
import type { Errand } from '../core/errand.ts';
import { errandsOf } from '../core/errand-of.ts';
import { GitHubProblem } from '../flows/github-port.ts';
import type { Endpoints } from '../github/endpoints.ts';
import { type Fetch, guardedFetch } from '../github/guard.ts';
import { problemOf } from '../github/problem.ts';
import type { Credentials } from './credentials.ts';
import type { Log } from './log.ts';

/** Handed what each event asks to be done; `payload` is the object that Probot was given. */
export type Hand = (payload: object, errands: readonly Errand[]) => void;

/** The standard function of a Probot app: hears every event, and hands over what it asks. `api`: where GitHub's API is. */
export function hearing(hand: Hand, api?: string): ApplicationFunction {
  return (app) => {
    app.onAny(({ name, payload }) => hand(payload, errandsOf(name, payload, api)));
  };
}

export interface AppSeen {
  readonly id: number;
  readonly slug: string;
  readonly url: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface GitHubApp {
  readonly id: number;
  /** Who GitHub says we are. Throws `GitHubProblem`: `unauthorised` where it does not know the credentials. */
  readonly look: () => Promise<AppSeen>;
  /** A token of an installation, as it was had before unless `renew`. Throws `GitHubProblem`. */
  readonly tokenOf: (installation: number, renew: boolean) => Promise<string>;
  /** A request as the App itself, for `/app/…` alone. Throws `GitHubProblem`. */
  readonly asApp: (
    route: string,
    parameters?: Readonly<Record<string, unknown>>,
  ) => Promise<{
    readonly status: number;
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data: unknown;
  }>;
  /** What a delivery asks to be done, by way of Probot. Throws where our own handler does. */
  readonly receive: (delivery: { readonly guid: string; readonly event: string; readonly payload: object }) => Promise<readonly Errand[]>;
}

export interface GitHubAppOptions {
  readonly credentials: Credentials;
  readonly endpoints: Endpoints;
  readonly log: Log;
  readonly fetch?: Fetch;
}

export async function openGitHubApp(options: GitHubAppOptions): Promise<GitHubApp> {
  const { credentials, endpoints } = options;
  const fetch = guardedFetch(endpoints, options.fetch);
  const { appId, privateKey, webhookSecret } = credentials;
  const probot = new Probot({
    appId,
    privateKey,
    secret: webhookSecret,
    baseUrl: endpoints.api,
    // Probot logs whole payloads at `debug`, and a handler's error once more than whoever asked for it does.
    log: options.log.child({ name: 'probot' }, { level: 'silent' }),
    Octokit: octokitFor(endpoints, fetch),
    request: { fetch },
  });
  await probot.ready();
  const heard = new WeakMap<object, Errand[]>();
  await probot.load(
    hearing((payload, errands) => {
      heard.get(payload)?.push(...errands);
    }, endpoints.api),
  );
  const octokit = await probot.auth();

  const asApp: GitHubApp['asApp'] = async (route, parameters = {}) => {
    try {
      const { status, headers, data } = await octokit.request(route, parameters);
      return { status, headers, data };
    } catch (error) {
      throw problem(error, route);
    }
  };
  return {
    id: appId,
    look: async () => appIn((await asApp('GET /app')).data),
    asApp,
    tokenOf: async (installation, renew) => {
      try {
        const auth = await octokit.auth({ type: 'installation', installationId: installation, refresh: renew });
        return (auth as { token: string }).token;
      } catch (error) {
        throw problem(error, `POST /app/installations/${installation}/access_tokens`);
      }
    },
    receive: async ({ guid, event, payload }) => {
      const errands: Errand[] = [];
      heard.set(payload, errands);
      try {
        await probot.receive({ id: guid, name: event, payload } as unknown as Parameters<Probot['receive']>[0]);
      } catch (error) {
        // Octokit gathers what its handlers threw; there is one handler.
        throw error instanceof AggregateError && error.errors.length === 1 ? error.errors[0] : error;
      }
      return errands;
    },
  };
}

/**
 * Without the plugins that throttle and retry (docs/decisions/0006-octokit-core-alone.md), and asking the configured GitHub for tokens:
 * Probot 14 gives the App's sign-in a `request` without the `baseUrl`, which would send an Enterprise Server's JWT to api.github.com.
 */
function octokitFor(endpoints: Endpoints, fetch: Fetch): typeof ProbotOctokit {
  const { request } = new Octokit({ baseUrl: endpoints.api, request: { fetch }, userAgent: 'shiplock' });
  return ProbotOctokit.defaults((options: OctokitOptions) => ({
    ...options,
    throttle: { enabled: false },
    retry: { enabled: false },
    userAgent: 'shiplock',
    auth: { ...options.auth, request },
  }));
}

type OctokitOptions = NonNullable<ConstructorParameters<typeof ProbotOctokit>[0]>;

function appIn(data: unknown): AppSeen {
  const { id, slug, html_url, permissions, events } = (data ?? {}) as Record<string, unknown>;
  if (typeof id !== 'number' || typeof slug !== 'string') {
    throw new GitHubProblem(
      'unavailable',
      'GitHub’s answer to GET /app names no App. If a proxy stands before GitHub, look at what it answers.',
    );
  }
  return {
    id,
    slug,
    url: typeof html_url === 'string' ? html_url : '',
    permissions: typeof permissions === 'object' && permissions !== null ? (permissions as Record<string, string>) : {},
    events: Array.isArray(events) ? events.filter((one) => typeof one === 'string') : [],
  };
}

function problem(error: unknown, asked: string): unknown {
  if (error instanceof GitHubProblem) return error;
  const { status, message, response, cause } = error as {
    status?: number;
    message?: string;
    response?: { headers: Record<string, string | number | undefined> };
    cause?: unknown;
  };
  if (cause instanceof GitHubProblem) return cause;
  if (typeof status !== 'number') return error;
  const told = problemOf({
    asked,
    // Octokit calls every failure of the network a 500, and gives it no response.
    status: response === undefined ? null : status,
    message: message ?? '',
    headers: response?.headers ?? {},
    now: Date.now(),
  });
  if (told.kind !== 'unauthorised') return told;
  return new GitHubProblem(
    'unauthorised',
    `GitHub does not accept the App’s credentials (${status} ${message ?? ''}). Check APP_ID and PRIVATE_KEY: the key must be one of that App’s, and this machine’s clock right.`,
    { status },
  );
}
