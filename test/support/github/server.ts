// The world over HTTP on 127.0.0.1: REST at `/` and `/api/v3`, GraphQL at `/graphql` and `/api/graphql`, uploads below `/uploads` and
// `/api/uploads`. Every exchange passes faults, sign-in, the contract, the rights, the route, the contract again and the journal.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { canSee, demand, identify } from './access.ts';
import type { Checker } from './contract/checker.ts';
import type { Faults } from './faults.ts';
import { type Calls, type Effects, sayEffect } from './journal.ts';
import type { Actor, Repository } from './records.ts';
import { matchRoute, type RouteTable } from './route-table.ts';
import { actingAccount, type Call, found, Refusal, Reply, type Route } from './routing.ts';
import { fullName, type GitHubState, type Urls } from './state.ts';

export interface ServerParts {
  readonly state: GitHubState;
  readonly routes: RouteTable;
  readonly graphql: (call: Omit<Call, 'route' | 'repository'>, effects: Effects) => Reply;
  /** Null: nothing is checked, and the schemas are never loaded. */
  readonly checker: Checker | null;
  readonly faults: Faults;
  readonly effects: Effects;
  readonly calls: Calls;
  readonly violations: string[];
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly url: URL;
  readonly urls: Urls;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly json: unknown;
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
const QUOTA = 5_000;

export class GitHubServer {
  readonly #parts: ServerParts;
  readonly #http: Server;
  readonly #used = new Map<string, number>();
  #base = '';

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#http = createServer((request, response) => {
      void this.#receive(request, response);
    });
  }

  /** Resolves to the base URL. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    this.#base = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
    return this.#base;
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => this.#http.close(resolve));
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    try {
      this.#answer(this.#read(request, Buffer.concat(chunks)), response);
    } catch (error) {
      // A mistake of the world itself: said as loudly as a breach of the contract.
      this.#parts.violations.push(`${request.method} ${request.url}: the world failed: ${(error as Error).stack}`);
      send(response, new Reply(500, { message: String(error) }), {});
    }
  }

  #read(request: IncomingMessage, bytes: Buffer): Asked {
    const url = new URL(request.url ?? '/', this.#base);
    const server = /^\/api\/(v3|graphql|uploads)(?=\/|$)/.exec(url.pathname);
    const path = url.pathname.replace(/^\/api\/v3(?=\/|$)/, '').replace(/^\/api(?=\/(graphql|uploads))/, '') || '/';
    const urls = server ? { api: `${this.#base}/api/v3`, html: this.#base, uploads: `${this.#base}/api/uploads` } : this.#parts.state.urls;
    const text = /\bjson\b/.test(request.headers['content-type'] ?? '') && bytes.length > 0;
    return { method: request.method ?? 'GET', path, url, urls, headers: request.headers, bytes, json: text ? parseJson(bytes) : undefined };
  }

  #answer(asked: Asked, response: ServerResponse): void {
    const { faults, calls, routes } = this.#parts;
    const graphql = asked.method === 'POST' && asked.path === '/graphql';
    const matched = graphql ? null : matchRoute(routes, asked.method, asked.path.replace(/^\/uploads(?=\/)/, ''));
    const name = graphql ? 'graphql' : (matched?.route.name ?? `${asked.method} ${asked.path}`);
    calls.add(name);
    if (faults.dead) {
      response.destroy();
      return;
    }
    const fault = faults.take(name);
    if (fault?.kind === 'drop' && fault.when === 'before') {
      response.destroy();
      return;
    }
    if (fault?.kind === 'answer') {
      send(response, refusalReply(fault.refusal), this.#quota(asked));
      return;
    }
    let reply: Reply;
    const before = this.#parts.effects.all.length;
    try {
      if (!asked.headers['user-agent'])
        throw new Refusal(403, 'Request forbidden by administrative rules. Please make sure your request has a User-Agent header');
      if (asked.json === MALFORMED) throw new Refusal(400, 'Problems parsing JSON');
      const actor = identify(this.#parts.state, asked.headers.authorization);
      reply = graphql ? this.#graphql(asked, actor) : this.#rest(asked, actor, matched);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      reply = refusalReply(error);
    }
    this.#checkResponse(asked, graphql, reply);
    let killed = false;
    for (let written = before; written < this.#parts.effects.all.length; written++) killed = faults.countWrite() || killed;
    if (killed || fault?.kind === 'drop') response.destroy();
    else send(response, conditional(asked, reply), this.#quota(asked));
  }

  #graphql(asked: Asked, actor: Actor): Reply {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'This endpoint requires you to be authenticated.');
    return this.#parts.graphql(this.#call(asked, actor, {}), this.#parts.effects);
  }

  #rest(asked: Asked, actor: Actor, matched: { route: Route; params: Record<string, string> } | null): Reply {
    const path = asked.path.replace(/^\/uploads(?=\/)/, '');
    const problems =
      this.#parts.checker?.request({
        method: asked.method,
        path,
        query: asked.url.searchParams,
        headers: asked.headers,
        body: asked.json,
      }) ?? [];
    this.#parts.violations.push(...problems);
    if (!matched) {
      if (problems.length === 0)
        this.#parts.violations.push(`${asked.method} ${path}: this world does not serve the operation; teach it in test/support/github`);
      throw new Refusal(404, 'Not Found');
    }
    const { route, params } = matched;
    const repository = this.#repositoryOf(route, params, actor);
    demand(this.#parts.state, actor, route.access, repository);
    if (problems.length > 0) throw new Refusal(422, `Invalid request.\n\n${problems.join('\n')}`);
    if (WRITES.has(asked.method)) this.#parts.state.clock.tick();
    const call: Call = { ...this.#call(asked, actor, params), route, repository: repository as Repository };
    const result = route.handle(call);
    const reply = result instanceof Reply ? result : new Reply(200, result);
    // A read that happens to be a POST has no words for its effect, and is none.
    if (WRITES.has(asked.method) && reply.status < 300 && route.does !== null && reply.changed) {
      this.#parts.effects.add({
        by: actingAccount(actor).login,
        says: sayEffect(route.does, params, asked.json ?? Object.fromEntries(asked.url.searchParams), reply.body),
        repository: repository && fullName(repository),
        route: route.name,
        body: asked.json,
        answer: reply.body,
      });
    }
    return reply;
  }

  #call(asked: Asked, actor: Actor, params: Record<string, string>): Omit<Call, 'route' | 'repository'> {
    const body = (asked.json ?? {}) as Record<string, unknown>;
    const { state, faults } = this.#parts;
    const { urls, headers, bytes } = asked;
    return { state, actor, urls, params, query: asked.url.searchParams, headers, body, bytes, asked: asked.url, pageCap: faults.pageCap };
  }

  #repositoryOf(route: Route, params: Record<string, string>, actor: Actor): Repository | null {
    if (!route.template.startsWith('/repos/{owner}/{repo}')) return null;
    const { state } = this.#parts;
    // The App's own JWT may ask which installation a repository has, whether or not it sees the repository.
    const repository = found(state.repositories.get(`${params.owner}/${params.repo}`.toLowerCase()));
    if (actor.kind !== 'app' && !canSee(state, actor, repository)) throw new Refusal(404, 'Not Found');
    return repository;
  }

  #checkResponse(asked: Asked, graphql: boolean, reply: Reply): void {
    if (!this.#parts.checker || graphql) return;
    const path = asked.path.replace(/^\/uploads(?=\/)/, '');
    const request = { method: asked.method, path, query: asked.url.searchParams, headers: asked.headers, body: asked.json };
    const contentType = reply.headers['content-type'] ?? (reply.body === undefined ? '' : 'application/json');
    const body = contentType.includes('json') ? reply.body : undefined;
    this.#parts.violations.push(...this.#parts.checker.response(request, { status: reply.status, contentType, body }));
  }

  #quota(asked: Asked): Record<string, string> {
    const who = asked.headers.authorization ?? '';
    const used = (this.#used.get(who) ?? 0) + 1;
    this.#used.set(who, used);
    return {
      'x-ratelimit-limit': String(QUOTA),
      'x-ratelimit-remaining': String(Math.max(0, QUOTA - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 3_600),
      'x-ratelimit-resource': asked.path === '/graphql' ? 'graphql' : 'core',
    };
  }
}

const MALFORMED = Symbol('malformed');

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return MALFORMED;
  }
}

function refusalReply(refusal: Refusal): Reply {
  return new Reply(refusal.status, refusal.body, refusal.headers);
}

/** GitHub answers a GET whose answer has not changed with 304, which costs nothing of the quota. */
function conditional(asked: Asked, reply: Reply): Reply {
  if (asked.method !== 'GET' || reply.status !== 200) return reply;
  const etag = `W/"${createHash('sha256')
    .update(JSON.stringify(reply.body ?? ''))
    .digest('hex')}"`;
  if (asked.headers['if-none-match'] === etag) return new Reply(304, undefined, { etag });
  return new Reply(reply.status, reply.body, { etag, ...reply.headers });
}

function send(response: ServerResponse, reply: Reply, headers: Record<string, string>): void {
  const type = reply.headers['content-type'] ?? 'application/json; charset=utf-8';
  const raw = typeof reply.body === 'string' || Buffer.isBuffer(reply.body);
  const body = reply.body === undefined ? '' : raw && !type.includes('json') ? (reply.body as string | Buffer) : JSON.stringify(reply.body);
  response.writeHead(reply.status, { ...headers, ...(reply.body === undefined ? {} : { 'content-type': type }), ...reply.headers });
  response.end(body);
}
