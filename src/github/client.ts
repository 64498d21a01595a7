// Makes the Octokit that everything here speaks through: the token to GitHub's own addresses alone, limits waited for within bounds, and
// every failure a `GitHubProblem`. Octokit's retry and throttling plugins are not used: they repeat writes of unknown effect, and wait
// without a bound (docs/decisions/0006-octokit-core-alone.md).

import { Octokit } from '@octokit/core';
import { GitHubProblem } from '../flows/github-port.ts';
import { type Endpoints, endpointsOf } from './endpoints.ts';
import { type Fetch, guardedFetch } from './guard.ts';
import { type Patience, type PatienceOptions, patienceOf, persist } from './patience.ts';
import { type Failure, type GraphqlError, graphqlProblem, problemOf } from './problem.ts';

export interface ClientOptions extends PatienceOptions {
  /** `https://api.github.com`, or `https://<server>/api/v3`. */
  readonly api: string;
  /** Absent: where GitHub has it beside that. */
  readonly graphql?: string;
  /** The token, or who has one: asked again with `renew` after GitHub refused the last, as an App's tokens live for an hour. */
  readonly token: string | ((renew: boolean) => Promise<string>);
  readonly fetch?: Fetch;
  /** Seconds that one request may take. */
  readonly timeoutSeconds?: number;
}

/** How a request may be treated; given as Octokit's `request` parameter. */
export interface How {
  /** It may be sent again although it may have happened. Reads by GET are without saying so. */
  readonly repeatable?: boolean;
  /** Fails at once where GitHub found it too much, so that less may be asked for. */
  readonly heavy?: boolean;
  /** The permission it needs, as a workflow writes it, for where GitHub does not say. */
  readonly needs?: string;
}

export interface Client {
  readonly octokit: Octokit;
  readonly endpoints: Endpoints;
  readonly patience: Patience;
}

export function makeClient(options: ClientOptions): Client {
  const endpoints = endpointsOf(options.api, options.graphql);
  const patience = patienceOf(options);
  const octokit = new Octokit({
    baseUrl: endpoints.api,
    request: { fetch: guardedFetch(endpoints, options.fetch, options.timeoutSeconds) },
    log: SILENT,
  });
  const tokens = tokenSource(options.token);
  octokit.hook.wrap('request', async (send, request) => {
    const { repeatable = request.method === 'GET', heavy = false, needs } = (request.request ?? {}) as How;
    const asked = request.url === endpoints.graphql ? 'GraphQL' : `${request.method} ${pathOf(request)}`;
    const writes = request.method !== 'GET' && !(repeatable && asked === 'GraphQL');
    const failure: Failure = { asked, status: null, message: '', headers: {}, needs, now: patience.now() };
    Object.assign(request.headers, { 'user-agent': `shiplock/${VERSION}`, 'x-github-api-version': API_VERSION });
    const once = async (renew: boolean) => {
      request.headers.authorization = `token ${await tokens(renew)}`;
      try {
        const response = await send(request);
        const failed = failureOf(response, { ...failure, now: patience.now() });
        if (failed !== null) throw failed;
        return response;
      } catch (error) {
        throw translate(error, { ...failure, now: patience.now() });
      }
    };
    if (writes) await patience.pace();
    const attempt = async () => {
      try {
        return await once(false);
      } catch (error) {
        // Nothing has happened: whoever has another token may try with that.
        if (typeof options.token === 'string' || !(error instanceof GitHubProblem) || error.kind !== 'unauthorised') throw error;
        return once(true);
      }
    };
    return persist(attempt, { repeatable, heavy }, patience);
  });
  return { octokit, endpoints, patience };
}

const API_VERSION = '2022-11-28';
const VERSION = typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt';
const quiet = () => undefined;
const SILENT = { debug: quiet, info: quiet, warn: quiet, error: quiet };

function tokenSource(token: ClientOptions['token']): (renew: boolean) => Promise<string> {
  return async (renew) => {
    const text = typeof token === 'string' ? token : await token(renew);
    if (/^[\x21-\x7e]+$/.test(text)) return text;
    throw new GitHubProblem('unauthorised', 'There is no token for GitHub, or it holds characters that no token has. Set `github-token`.');
  };
}

/** What Octokit calls a success and is none: half a document, or GraphQL's errors without data. */
function failureOf(response: { status: number; data: unknown; headers: Failure['headers'] }, failure: Failure): GitHubProblem | null {
  const { status, data, headers } = response;
  const seen = { ...failure, status, headers };
  if (typeof data === 'string' && String(headers['content-type'] ?? '').includes('json')) {
    return new GitHubProblem('unavailable', `GitHub's answer to ${failure.asked} is not the JSON that it says it is.`, { status });
  }
  if (failure.asked !== 'GraphQL') return null;
  if (typeof data !== 'object' || data === null) return problemOf({ ...seen, status: null, message: 'an answer that is no GraphQL' });
  const { errors, message } = data as { errors?: readonly GraphqlError[]; message?: unknown };
  // A secondary limit has been seen as words alone, with 200.
  if (!('data' in data) && !Array.isArray(errors))
    return problemOf({ ...seen, status: 403, message: String(message ?? 'an answer without data') });
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const problem = graphqlProblem(errors as readonly GraphqlError[], seen);
  // Whoever asks decides what errors beside data mean; a limit or a failure never is a part of an answer.
  return problem.kind === 'rate-limited' || problem.kind === 'unavailable' ? problem : null;
}

function translate(error: unknown, failure: Failure): unknown {
  if (error instanceof GitHubProblem) return error;
  const { name, status, message, response, cause } = error as {
    name?: string;
    status?: number;
    message?: string;
    response?: { status: number; headers: Failure['headers']; data: unknown };
    cause?: unknown;
  };
  // What the door refused comes back wrapped as a failure of the network.
  if (cause instanceof GitHubProblem) return cause;
  if (name !== 'HttpError' || status === undefined) return error;
  if (response === undefined) {
    // `fetch` fails with a TypeError whatever is wrong with the network; anything else is a mistake of ours, and no reason to try again.
    const late = (cause as { name?: string } | undefined)?.name === 'TimeoutError';
    if (!late && !(cause instanceof TypeError)) return cause ?? error;
    return problemOf({ ...failure, status: late ? 504 : null, message: message ?? '' });
  }
  return problemOf({ ...failure, status: response.status, headers: response.headers, message: message ?? '' });
}

/** The path as people know it: Octokit hands on the template and its values apart. */
function pathOf(request: { readonly url: string; readonly [name: string]: unknown }): string {
  const path = request.url.replace(/^https?:\/\/[^/]+/, '').replace(/\?.*$/, '');
  return path.replace(/\{\+?(\w+)\}/g, (_, name: string) => String(request[name] ?? name));
}
