// The one door to the network: only addresses that the token is for, redirects among these alone, a bound on each request, and bodies that
// came whole: half an answer is no answer (an empty list that should have been long would open a gate).

import { GitHubProblem } from '../flows/github-port.ts';
import { type Endpoints, isWithin } from './endpoints.ts';

export type Fetch = (url: string, init: RequestInit & { readonly headers: Record<string, string> }) => Promise<Response>;

/** GitHub itself gives up on a request after ten seconds (documented); what takes three times as long is not coming. */
const SECONDS = 30;
/** Slower uploads are taken for stuck. */
const BYTES_A_SECOND = 50_000;
const REDIRECTS = 3;

/** `fetch` for these endpoints alone. Throws `GitHubProblem` for any other address. */
export function guardedFetch(endpoints: Endpoints, fetch: Fetch = globalThis.fetch, seconds: number = SECONDS): Fetch {
  return async (url, init) => {
    let at = new URL(url);
    let request = init;
    const signal = AbortSignal.timeout(Math.ceil((seconds + sizeOf(init.body) / BYTES_A_SECOND) * 1_000));
    for (let redirects = 0; ; redirects += 1) {
      if (!isWithin(endpoints, at)) throw elsewhere(at, redirects > 0);
      const response = await fetch(at.href, { ...request, redirect: 'manual', signal });
      if (!REDIRECTING.has(response.status)) return wholeOf(response);
      await response.body?.cancel();
      const location = response.headers.get('location') ?? '';
      if (!URL.canParse(location, at.href) || redirects === REDIRECTS) {
        throw new GitHubProblem('unavailable', `GitHub redirects ${at.pathname} to nowhere.`, { status: response.status });
      }
      at = new URL(location, at);
      // A renamed repository: GitHub asks to repeat the request as it was ("Best practices for using the REST API"); 303 alone means GET.
      if (response.status === 303) request = { ...request, method: 'GET', body: null };
    }
  };
}

const REDIRECTING: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Statuses whose responses cannot have a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Octokit takes a body that breaks off for an empty one; read here, it fails. */
async function wholeOf(response: Response): Promise<Response> {
  const body = BODILESS.has(response.status) ? null : await response.arrayBuffer();
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}

function elsewhere(url: URL, redirected: boolean): GitHubProblem {
  return new GitHubProblem(
    'misconfigured',
    redirected
      ? `GitHub redirects to ${url.host}, which the token is not for, so it was not followed.`
      : `${url.host}${url.pathname} is no address of this GitHub, so nothing was sent there.`,
  );
}

function sizeOf(body: unknown): number {
  if (typeof body === 'string') return body.length;
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body) ? body.byteLength : 0;
}
