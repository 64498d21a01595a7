// What a resource is made of: routes with their rights and the words of their effect, replies, errors in GitHub's form, and pages.
import type { Account, Actor, App, Level, Repository, Role } from './records.ts';
import type { GitHubState, Urls } from './state.ts';

/** `contents:write`; a list means that one of them is enough, as for comments on pull requests. `jwt`: as the App itself. */
export type Need = `${string}:${Level}`;
export interface Access {
  readonly needs: 'jwt' | 'anyone' | 'account' | Need | readonly Need[];
  /** What a person needs, where it is not the role that the level suggests (read → read, write → write, admin → admin). */
  readonly role?: Role;
  /** Only a person's token will do, or only an installation's. */
  readonly only?: 'people' | 'installations';
}

export interface Route {
  readonly name: string;
  readonly method: string;
  readonly template: string;
  readonly access: Access;
  /** For the journal of effects: `comment on #{issue_number}`, with `{body.field}` and `{answer.field}`. */
  readonly does: string | null;
  readonly handle: (call: Call) => unknown;
}

export interface Call<Body = Record<string, unknown>> {
  readonly state: GitHubState;
  readonly route: Route;
  readonly actor: Actor;
  readonly urls: Urls;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Body;
  readonly bytes: Buffer;
  /** The repository of the path; asking for it where there is none is a mistake of a route. */
  readonly repository: Repository;
  /** Path and query as asked, for the links to other pages. */
  readonly asked: URL;
  readonly pageCap: number | null;
}

export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** False for a write that found everything as it wanted it: a second reaction of the same kind. */
  readonly changed: boolean;

  constructor(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}, changed = true) {
    this.status = status;
    this.body = body;
    this.headers = headers;
    this.changed = changed;
  }
}

/** An answer that is not a success, thrown from wherever it is found out. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, more: { errors?: unknown[]; headers?: Record<string, string> } = {}) {
    super(message);
    this.status = status;
    const errors = more.errors ? { errors: more.errors } : {};
    this.body = { message, ...errors, documentation_url: 'https://docs.github.com/rest', status: String(status) };
    this.headers = more.headers ?? {};
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** GitHub's 422: `code` is missing, missing_field, invalid, already_exists, unprocessable or custom. */
export function invalid(resource: string, field: string, code: string, message?: string): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource, field, code, ...(message ? { message } : {}) }] });
}

// biome-ignore lint/suspicious/noExplicitAny: each route names its own body; the checker has held it against GitHub's schema before.
export function route<Body = any>(
  name: string,
  access: Access | Need,
  handle: (call: Call<Body>) => unknown,
  does: string | null = null,
): Route {
  const [method = '', template = ''] = name.split(' ');
  const full = typeof access === 'string' ? { needs: access } : access;
  return { name, method, template, access: full, does, handle: handle as (call: Call) => unknown };
}

/** The value, or 404. */
export function found<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw notFound();
  return value;
}

/** One page of a list, with the links to the others; `wrap` is for answers such as `{total_count, check_runs: []}`. */
export function page<T>(
  call: Call,
  items: readonly T[],
  present: (item: T) => unknown,
  wrap: (items: unknown[]) => unknown = (list) => list,
): Reply {
  const size = pageSize(call);
  const number = Math.max(1, Number(call.query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const shown = items.slice((number - 1) * size, number * size);
  return new Reply(200, wrap(shown.map(present)), linkHeader(call.asked, number, last));
}

export function pageSize(call: Call, fallback = 30): number {
  const asked = Math.min(100, Math.max(1, Number(call.query.get('per_page') ?? fallback)));
  return call.pageCap === null ? asked : Math.min(asked, call.pageCap);
}

export function linkHeader(asked: URL, number: number, last: number): Record<string, string> {
  const links: string[] = [];
  const add = (rel: string, target: number) => {
    const url = new URL(asked);
    url.searchParams.set('page', String(target));
    links.push(`<${url.href}>; rel="${rel}"`);
  };
  if (number > 1) add('prev', number - 1);
  if (number < last) add('next', number + 1);
  if (number < last) add('last', last);
  if (number > 1) add('first', 1);
  return links.length > 0 ? { link: links.join(', ') } : {};
}

/** Who a write is attributed to: the person, or the App's bot. */
export function actingAccount(actor: Actor): Account {
  if (actor.kind === 'user') return actor.account;
  if (actor.kind === 'installation' || actor.kind === 'app') return actor.app.bot;
  throw new Refusal(401, 'Requires authentication');
}

export function actingApp(actor: Actor): App | null {
  return actor.kind === 'installation' ? actor.app : null;
}
