// What goes wrong on purpose: answers that are errors, connections that break before or after the effect, a process that dies between two
// writes, pages of one, an index that lags. Each fault is used up; a story that leaves one unused is told so.
import { Refusal } from './routing.ts';
import type { GitHubState } from './state.ts';

interface Rule {
  /** A route's name, a pattern of it, or `*`. */
  readonly on: string | RegExp;
  left: number;
  readonly act: { readonly kind: 'answer'; readonly refusal: Refusal } | { readonly kind: 'drop'; readonly when: 'before' | 'after' };
}

export type Fault = Rule['act'];

export class Faults {
  /** Whatever page size is asked for, at most so many come; null: as asked. */
  pageCap: number | null = null;
  readonly #state: GitHubState;
  readonly #rules: Rule[] = [];
  #killAfter: { writes: number; then: () => void } | null = null;
  #dead = false;

  constructor(state: GitHubState) {
    this.#state = state;
  }

  /** At most `size` items a page, in REST and GraphQL: what does not follow `Link` and `hasNextPage` loses data. */
  pageSize(size: number | null): void {
    this.pageCap = size;
  }

  /** The next `times` requests of a route fail with this status, without effect. */
  answer(on: string | RegExp, status: number, options: { times?: number; headers?: Record<string, string>; message?: string } = {}): void {
    const refusal = new Refusal(status, options.message ?? MESSAGES[status] ?? 'Error', { headers: options.headers ?? {} });
    this.#rules.push({ on, left: options.times ?? 1, act: { kind: 'answer', refusal } });
  }

  /** A primary limit (403 and an exhausted quota) or a secondary one (403 with Retry-After, or 429). */
  rateLimit(
    on: string | RegExp,
    options: { kind?: 'primary' | 'secondary'; status?: 403 | 429; retryAfter?: number; times?: number } = {},
  ): void {
    const { kind = 'secondary', status = 403, retryAfter = 1, times = 1 } = options;
    const reset = String(Math.ceil(Date.now() / 1000) + retryAfter);
    const primary = kind === 'primary';
    const headers: Record<string, string> = primary
      ? { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }
      : { 'retry-after': String(retryAfter) };
    const message = primary
      ? 'API rate limit exceeded for installation ID 1.'
      : 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    this.answer(on, status, { times, headers, message });
  }

  /** The connection breaks: `before` nothing has happened, `after` everything has and the answer is lost. */
  drop(on: string | RegExp, when: 'before' | 'after', options: { times?: number } = {}): void {
    this.#rules.push({ on, left: options.times ?? 1, act: { kind: 'drop', when } });
  }

  /** After the n-th write from now the process counts as killed: its answer is lost and nothing more gets through until `revive`. */
  killAfterWrite(n: number, then: () => void = () => {}): void {
    this.#killAfter = { writes: n, then };
  }

  revive(): void {
    this.#dead = false;
    this.#killAfter = null;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Pull requests cannot be found by their commits until the returned function is called. */
  lagIndex(): () => void {
    this.#state.indexLags = true;
    return () => {
      this.#state.indexLags = false;
    };
  }

  /** All installation tokens issued so far stop working, as they do after an hour. */
  expireTokens(): void {
    for (const [token, actor] of this.#state.tokens) if (actor.kind === 'installation') this.#state.tokens.delete(token);
  }

  /** No App has that permission any more, tokens that are out included, until what is returned is called. */
  withdraw(name: string): () => void {
    const actors = [...this.#state.tokens.values()].flatMap((actor) => (actor.kind === 'installation' ? [actor] : []));
    const had = [...this.#state.apps.values(), ...actors].map((holder) => ({ holder, permissions: holder.permissions }));
    for (const { holder, permissions } of had) {
      const { [name]: _, ...others } = permissions;
      Object.assign(holder, { permissions: others });
    }
    return () => {
      for (const { holder, permissions } of had) Object.assign(holder, { permissions });
      // Those that were made meanwhile have less.
      this.expireTokens();
    };
  }

  /** A field of GraphQL, as `Commit.checkSuites`, is refused to everybody until `clear`. */
  hide(field: string): void {
    this.#state.hidden.add(field);
  }

  /** Faults that were set and never met. */
  get unused(): string[] {
    const rules = this.#rules.filter((rule) => rule.left > 0).map((rule) => `${rule.act.kind} on ${rule.on} (${rule.left} left)`);
    return this.#killAfter ? [...rules, `a kill after ${this.#killAfter.writes} more writes`] : rules;
  }

  clear(): void {
    this.#rules.length = 0;
    this.pageCap = null;
    this.#state.indexLags = false;
    this.#state.hidden.clear();
    this.revive();
  }

  /** The fault that meets a request of this route, used up by one. */
  take(route: string): Fault | null {
    const rule = this.#rules.find(
      (one) => one.left > 0 && (one.on === '*' || (typeof one.on === 'string' ? one.on === route : one.on.test(route))),
    );
    if (!rule) return null;
    rule.left -= 1;
    return rule.act;
  }

  /** Counts a write; true when it is the one after which the process is dead. */
  countWrite(): boolean {
    if (!this.#killAfter) return false;
    this.#killAfter.writes -= 1;
    if (this.#killAfter.writes > 0) return false;
    const { then } = this.#killAfter;
    this.#killAfter = null;
    this.#dead = true;
    then();
    return true;
  }
}

const MESSAGES: Readonly<Record<number, string>> = { 500: 'Server Error', 502: 'Server Error', 503: 'Service unavailable' };
