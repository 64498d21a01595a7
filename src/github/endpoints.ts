// Where GitHub is: REST, GraphQL and uploads, from what the runner or the operator set and from nothing else. Payloads name addresses too,
// but whoever can write a payload must not be able to choose where a token goes.

import { GitHubProblem } from '../flows/github-port.ts';

export interface Endpoints {
  /** Without a slash at its end: `https://api.github.com`, `https://ghe.example/api/v3`. */
  readonly api: string;
  readonly graphql: string;
  readonly uploads: string;
}

/** For an Action's step: the runner sets both. */
export function actionEndpoints(env: Readonly<Record<string, string | undefined>>): Endpoints {
  return endpointsOf(env.GITHUB_API_URL || GITHUB, env.GITHUB_GRAPHQL_URL || undefined);
}

/** For the App, as Probot reads them. */
export function appEndpoints(env: Readonly<Record<string, string | undefined>>): Endpoints {
  const { GHE_HOST: host, GHE_PROTOCOL: protocol } = env;
  return endpointsOf(host === undefined || host === '' ? GITHUB : `${protocol || 'https'}://${host}/api/v3`);
}

/** Throws `GitHubProblem` where an address is none, or where the two are not of one host. */
export function endpointsOf(apiUrl: string, graphqlUrl?: string): Endpoints {
  const api = addressOf(apiUrl, 'The address of the API');
  const graphql = graphqlUrl === undefined ? derivedGraphql(api) : addressOf(graphqlUrl, 'The address of the GraphQL API');
  if (graphql.host !== api.host || graphql.protocol !== api.protocol) {
    throw new GitHubProblem(
      'misconfigured',
      `The API is at ${api.host}, but the GraphQL API at ${graphql.host}: a token is for one of them. Check GITHUB_API_URL and GITHUB_GRAPHQL_URL.`,
    );
  }
  return { api: textOf(api), graphql: textOf(graphql), uploads: textOf(uploadsOf(api)) };
}

/** True if the address lies within what the token is for. */
export function isWithin(endpoints: Endpoints, url: URL): boolean {
  return [endpoints.api, endpoints.graphql, endpoints.uploads].some((one) => {
    const base = new URL(one);
    const path = base.pathname.replace(/\/$/, '');
    const inside = url.pathname === path || url.pathname.startsWith(`${path}/`);
    return url.origin === base.origin && inside && url.username === '' && url.password === '';
  });
}

const GITHUB = 'https://api.github.com';

function addressOf(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.username !== '' ||
    url.password !== '' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new GitHubProblem(
      'misconfigured',
      `${what}, ${JSON.stringify(text.slice(0, 200))}, is not an http(s) address without a password.`,
    );
  }
  return url;
}

/** Enterprise Server: `/api/v3` beside `/api/graphql`; github.com and ghe.com: below the API. */
function derivedGraphql(api: URL): URL {
  const path = textPath(api);
  return withPath(api, path.endsWith('/api/v3') ? `${path.slice(0, -'/v3'.length)}/graphql` : `${path}/graphql`);
}

/** `uploads.github.com`, `uploads.<name>.ghe.com`, or `/api/uploads` of an Enterprise Server; elsewhere the API's own host. */
function uploadsOf(api: URL): URL {
  const path = textPath(api);
  if (path.endsWith('/api/v3')) return withPath(api, `${path.slice(0, -'/v3'.length)}/uploads`);
  const named = /^api\.(github\.com|[a-z0-9-]+\.ghe\.com)$/.exec(api.hostname)?.[1];
  if (named === undefined) return withPath(api, `${path}/uploads`);
  const uploads = new URL(api);
  uploads.hostname = `uploads.${named}`;
  return uploads;
}

function withPath(url: URL, path: string): URL {
  const other = new URL(url);
  other.pathname = path;
  return other;
}

function textPath(url: URL): string {
  return url.pathname.replace(/\/+$/, '');
}

function textOf(url: URL): string {
  return `${url.origin}${textPath(url)}`;
}
