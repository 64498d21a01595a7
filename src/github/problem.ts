// GitHub's refusals and failures → a `GitHubProblem` that says what to do. What GitHub says is quoted; what the token needs is told by
// GitHub's own header where there is one, else by whoever asked.

import { GitHubProblem } from '../flows/github-port.ts';

/** What is known of a failed request, from Octokit's error or from a GraphQL answer. */
export interface Failure {
  /** `GET /repos/{owner}/{repo}/releases`, or `GraphQL`. */
  readonly asked: string;
  /** Null where there was no answer. */
  readonly status: number | null;
  /** GitHub's words, or the network's. */
  readonly message: string;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  /** `contents: write`, as a workflow writes it. */
  readonly needs?: string | undefined;
  /** Milliseconds since 1970, where GitHub does not send its own time. */
  readonly now: number;
}

export function problemOf(failure: Failure): GitHubProblem {
  const { status } = failure;
  const until = limitOf(failure);
  if (until !== null) {
    const limit =
      failure.headers['x-ratelimit-remaining'] === '0' ? 'The hourly limit of the GitHub API is used up' : 'GitHub asks to slow down';
    return new GitHubProblem('rate-limited', `${limit} (${wordsOf(failure)}), until ${until.slice(0, 19)}Z.`, { status, until });
  }
  if (status === null || status >= 500) return unavailable(failure);
  const words = sentence(failure.message);
  const make = (kind: GitHubProblem['kind'], says: string) => new GitHubProblem(kind, says, { status, words });
  if (status === 401) {
    return make('unauthorised', `GitHub does not accept the token (${wordsOf(failure)}). Check that it is set, complete and not expired.`);
  }
  if (status === 403) return forbidden(failure);
  if (status === 404) return make('not-found', `GitHub has nothing at ${failure.asked}, or the token may not see it.${seen(failure)}`);
  return make('refused', `GitHub refuses ${failure.asked}: ${wordsOf(failure)}.`);
}

/** One error of a GraphQL answer. */
export interface GraphqlError {
  readonly type?: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** The problem that an answer with these errors is. */
export function graphqlProblem(errors: readonly GraphqlError[], failure: Failure): GitHubProblem {
  const [first] = errors;
  const message = first?.message ?? 'an error without words';
  const kinds = new Set(errors.map((error) => error.type));
  const told = { ...failure, message };
  if (kinds.has('RATE_LIMITED')) return problemOf({ ...told, status: 429 });
  if (errors.some((error) => isTooHeavy(error))) return unavailable(told);
  if (kinds.has('FORBIDDEN') || kinds.has('INSUFFICIENT_SCOPES')) return forbidden(told);
  const at = first?.path?.length ? ` (at ${first.path.join('.')})` : '';
  if (first?.type === 'NOT_FOUND') {
    return new GitHubProblem('not-found', `GitHub has no such thing, or the token may not see it: ${sentence(message)}${at}.`, {
      status: 404,
    });
  }
  return new GitHubProblem('refused', `GitHub refuses it: ${sentence(message)}${at}.`, { status: failure.status });
}

/** True for what a smaller page may cure: GitHub gave up after ten seconds, or counted too much. */
function isTooHeavy({ type, message }: GraphqlError): boolean {
  return HEAVY.has(type ?? '') || /^Something went wrong while executing your query|\btime(?:d ?)?out\b/i.test(message);
}

const HEAVY: ReadonlySet<string> = new Set([
  'RESOURCE_LIMITS_EXCEEDED',
  'MAX_NODE_LIMIT_EXCEEDED',
  'TIMEOUT',
  'INTERNAL',
  'SERVICE_UNAVAILABLE',
]);

function unavailable(failure: Failure): GitHubProblem {
  const { status } = failure;
  const what = status === null ? 'could not be reached' : `could not answer ${failure.asked}`;
  return new GitHubProblem('unavailable', `GitHub ${what} (${wordsOf(failure)}).`, { status });
}

function forbidden(failure: Failure): GitHubProblem {
  const sso = String(failure.headers['x-github-sso'] ?? '');
  const authorise = sso.startsWith('required') ? ' The organization asks that the token be authorised for its single sign-on.' : '';
  return new GitHubProblem('forbidden', `The token may not do ${failure.asked}: ${wordsOf(failure)}.${authorise}${needed(failure)}`, {
    status: 403,
    words: sentence(failure.message),
  });
}

function needed(failure: Failure): string {
  const needs = permissionsOf(failure);
  return needs === null ? '' : ` It needs \`${needs}\`: add that to \`permissions:\` of the workflow's job, or to the App.`;
}

/** What a token may not see is not there for it (documented, "Troubleshooting the REST API"). */
function seen(failure: Failure): string {
  const needs = permissionsOf(failure);
  return needs === null ? '' : ` Seeing it needs \`${needs}\`.`;
}

/** GitHub names what would do: `contents=write; issues=write,pull_requests=write`, alternatives parted by semicolons (documented). */
function permissionsOf(failure: Failure): string | null {
  const header = String(failure.headers['x-accepted-github-permissions'] ?? '');
  const alternatives = header.split(';').map((one) => one.trim().replaceAll('_', '-').replaceAll('=', ': ').split(/,\s*/).join(' and '));
  const told = alternatives.filter((one) => one !== '' && !one.startsWith('allows-permissionless-access')).join(', or ');
  return told === '' ? (failure.needs ?? null) : told;
}

/** When a limit ends, in ISO 8601; null where it was none. As documented under "Exceeding the rate limit". */
function limitOf({ status, message, headers, now }: Failure): string | null {
  if (status !== 403 && status !== 429) return null;
  const date = Date.parse(String(headers.date ?? ''));
  // By GitHub's clock where it sends it: a runner's may be off.
  const sent = Number.isNaN(date) ? now : date;
  const after = headers['retry-after'];
  const from = (milliseconds: number) => new Date(now + Math.max(0, milliseconds)).toISOString();
  if (after !== undefined) {
    const seconds = Number(after);
    if (Number.isFinite(seconds)) return from(Math.min(seconds, DAY) * 1_000);
    const at = Date.parse(String(after));
    if (!Number.isNaN(at)) return from(Math.min(at - sent, DAY * 1_000));
  }
  const reset = Number(headers['x-ratelimit-reset']);
  if (String(headers['x-ratelimit-remaining']) === '0' && Number.isFinite(reset)) return from(Math.min(reset * 1_000 - sent, DAY * 1_000));
  // Without a word of when: a minute at least.
  if (status === 429 || /secondary rate limit|abuse detection/i.test(message)) return from(60_000);
  return null;
}

const DAY = 86_400;

/** GitHub's words and what finds them in its logs. */
function wordsOf({ status, message, headers }: Failure): string {
  const request = headers['x-github-request-id'];
  const words = [status === null ? null : String(status), sentence(message)].filter((one) => one !== null && one !== '').join(' ');
  return request === undefined ? words : `${words}, request ${request}`;
}

/** One line of bounded length without a token, whatever a proxy on the way wrote. */
function sentence(message: string): string {
  const plain = message
    .slice(0, 2_000)
    .replace(/ - https:\/\/docs\.github\.com\S*$/, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  const short = plain.length > 400 ? `${plain.slice(0, 400)}…` : plain;
  return withoutTokens(short).replace(/\.+$/, '');
}

export function withoutTokens(text: string): string {
  return text
    .replace(/\b(?:gh[a-z]_|github_pat_|v1\.)[A-Za-z0-9_]{16,}/g, '[token]')
    .replace(/\b(bearer|token|basic) [A-Za-z0-9._~+/=-]{16,}/gi, '$1 [token]');
}
