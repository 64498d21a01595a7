// Webhooks: who hears of an event, the signed request as GitHub sends it, the log of what was sent, and what goes wrong on the way.
import { createHash, createHmac } from 'node:crypto';
import type { Checker } from './contract/checker.ts';
import { repositoryOf, userOf } from './present.ts';
import type { App, Installation, Repository } from './records.ts';
import type { GitHubEvent, GitHubState, Urls } from './state.ts';

export interface Delivery {
  readonly id: number;
  /** The same for every attempt at one event: the key to tell a redelivery by. */
  readonly guid: string;
  readonly app: App | null;
  readonly event: string;
  readonly action: string | null;
  readonly installation: number | null;
  readonly repository: number | null;
  readonly url: string;
  readonly redelivery: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  deliveredAt: string;
  duration: number;
  status: string;
  statusCode: number;
  response: { headers: Record<string, string>; payload: string } | null;
}

interface Receiver {
  readonly app: App | null;
  readonly installation: Installation | null;
  readonly url: string;
  readonly secret: string;
  readonly hookId: number;
  readonly target: { readonly type: 'integration' | 'repository'; readonly id: number };
}

type Trouble = { readonly kind: 'lose' | 'vanish' | 'double'; left: number; readonly event: string | undefined };

const PATIENCE = 10_000;

export class Deliveries {
  readonly #state: GitHubState;
  readonly #checker: Checker | null;
  readonly #violations: string[];
  readonly #log: Delivery[] = [];
  readonly #troubles: Trouble[] = [];
  #held: Delivery[] | null = null;
  #lastGuid = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(state: GitHubState, checker: Checker | null, violations: string[]) {
    this.#state = state;
    this.#checker = checker;
    this.#violations = violations;
    state.emit = (event) => this.#hear(event);
  }

  /** Every attempt so far, oldest first. */
  get log(): readonly Delivery[] {
    return this.#log;
  }

  get held(): number {
    return this.#held?.length ?? 0;
  }

  /** The next events reach nobody; the log says that the receiver could not be reached. */
  lose(times = 1, event?: string): void {
    this.#troubles.push({ kind: 'lose', left: times, event });
  }

  /** The next events are never sent at all, as in an outage of GitHub's: not even the log knows. */
  vanish(times = 1, event?: string): void {
    this.#troubles.push({ kind: 'vanish', left: times, event });
  }

  double(times = 1, event?: string): void {
    this.#troubles.push({ kind: 'double', left: times, event });
  }

  /** Keeps events back until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(order: 'as sent' | 'reversed' = 'as sent'): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const delivery of order === 'reversed' ? held.reverse() : held) this.#enqueue(delivery);
  }

  /** Keeps events back until the world's clock has moved by so much. */
  delay(duration: string): void {
    const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };
    const until = this.#state.clock.now() + Number.parseInt(duration, 10) * (units[duration.slice(-1)] ?? 1_000);
    this.hold();
    this.#state.clock.watch(() => {
      if (this.#state.clock.now() >= until) this.release();
    });
  }

  get unused(): string[] {
    const left = this.#troubles.filter((one) => one.left > 0).map((one) => `${one.kind} ${one.event ?? 'a delivery'} (${one.left} left)`);
    return this.held > 0 ? [...left, `${this.held} deliveries are still held back`] : left;
  }

  /** When every delivery so far, and all that came of it, has been answered. */
  async settled(): Promise<void> {
    for (let before: Promise<void> | null = null; before !== this.#queue; ) {
      before = this.#queue;
      await before;
    }
  }

  redeliver(delivery: Delivery): void {
    this.#enqueue({ ...delivery, id: this.#state.mint('Delivery').id, redelivery: true, response: null });
  }

  #hear(event: GitHubEvent): void {
    const receivers = this.#receivers(event);
    if (receivers.length === 0) return;
    const payload = this.#payload(event, this.#state.urls);
    this.#lastGuid += 1;
    const guid = uuid(this.#lastGuid);
    for (const receiver of receivers) {
      const { installation } = receiver;
      const whole = installation ? { ...payload, installation: { id: installation.id, node_id: `MDIz${installation.id}` } } : payload;
      // Events about the App itself carry the whole installation.
      const sent = 'installation' in payload ? payload : whole;
      this.#violations.push(...(this.#checker?.delivery(event.name, JSON.parse(JSON.stringify(sent))) ?? []));
      this.#dispatch(this.#deliveryOf(event, receiver, guid, JSON.stringify(sent)));
    }
  }

  #receivers(event: GitHubEvent): Receiver[] {
    const receivers: Receiver[] = [];
    for (const installation of this.#state.installations.values()) {
      const { app } = installation;
      if (!app.webhook || installation.suspendedAt !== null) continue;
      const concerns = event.app ? event.app === app : app.events.includes(event.name);
      if (!concerns || !hears(installation, event.repository)) continue;
      receivers.push({ app, installation, ...app.webhook, hookId: app.id, target: { type: 'integration', id: app.id } });
      if (event.app && event.repository === null) return receivers.slice(0, 1);
    }
    for (const hook of event.app ? [] : (event.repository?.hooks ?? [])) {
      if (!hook.events.includes(event.name) && !hook.events.includes('*')) continue;
      const target = { type: 'repository' as const, id: event.repository?.id ?? 0 };
      receivers.push({ app: null, installation: null, url: hook.url, secret: hook.secret, hookId: hook.id, target });
    }
    return receivers;
  }

  #payload(event: GitHubEvent, urls: Urls): Record<string, unknown> {
    const { repository } = event;
    const special = event.payload(urls) as Record<string, unknown>;
    const owner = repository?.owner;
    const org = owner?.type === 'Organization' ? { organization: organizationOf(owner.login, owner.id, owner.nodeId, urls) } : {};
    const where = repository
      ? { repository: { ...repositoryOf(repository, urls), ...(special.repository as object | undefined) }, ...org }
      : {};
    const action = event.action === null ? {} : { action: event.action };
    return { ...action, ...special, ...where, sender: userOf(event.sender, urls) };
  }

  #deliveryOf(event: GitHubEvent, receiver: Receiver, guid: string, body: string): Delivery {
    const sign = (algorithm: string) => createHmac(algorithm, receiver.secret).update(body).digest('hex');
    const headers = {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/0000000',
      'x-github-delivery': guid,
      'x-github-event': event.name,
      'x-github-hook-id': String(receiver.hookId),
      'x-github-hook-installation-target-id': String(receiver.target.id),
      'x-github-hook-installation-target-type': receiver.target.type,
      'x-hub-signature': `sha1=${sign('sha1')}`,
      'x-hub-signature-256': `sha256=${sign('sha256')}`,
    };
    const what = {
      event: event.name,
      action: event.action,
      installation: receiver.installation?.id ?? null,
      repository: event.repository?.id ?? null,
    };
    const open = { redelivery: false, deliveredAt: this.#state.clock.iso(), duration: 0, status: 'pending', statusCode: 0, response: null };
    return { id: this.#state.mint('Delivery').id, guid, app: receiver.app, url: receiver.url, headers, body, ...what, ...open };
  }

  #dispatch(delivery: Delivery): void {
    const trouble = this.#troubles.find((one) => one.left > 0 && (one.event === undefined || one.event === delivery.event));
    if (trouble) trouble.left -= 1;
    if (trouble?.kind === 'vanish') return;
    if (trouble?.kind === 'lose') {
      Object.assign(delivery, { status: 'failed to connect to host', statusCode: 502, duration: 0 });
      this.#log.push(delivery);
      return;
    }
    const copies = trouble?.kind === 'double' ? [delivery, { ...delivery, id: this.#state.mint('Delivery').id }] : [delivery];
    for (const one of copies) {
      if (this.#held) this.#held.push(one);
      else this.#enqueue(one);
    }
  }

  #enqueue(delivery: Delivery): void {
    this.#log.push(delivery);
    this.#queue = this.#queue.then(() => this.#send(delivery));
  }

  async #send(delivery: Delivery): Promise<void> {
    delivery.deliveredAt = this.#state.clock.iso();
    try {
      const options = { method: 'POST', headers: delivery.headers, body: delivery.body, signal: AbortSignal.timeout(PATIENCE) };
      const response = await fetch(delivery.url, options);
      const payload = await response.text();
      Object.assign(delivery, { status: response.ok ? 'OK' : response.statusText || 'Invalid HTTP Response', statusCode: response.status });
      delivery.response = { headers: Object.fromEntries(response.headers), payload };
    } catch (error) {
      const late = (error as Error).name === 'TimeoutError';
      Object.assign(delivery, { status: late ? 'timed out' : 'failed to connect to host', statusCode: late ? 504 : 502 });
    }
  }
}

function hears(installation: Installation, repository: Repository | null): boolean {
  if (!repository) return true;
  if (installation.account !== repository.owner) return false;
  return installation.repositories === null || installation.repositories.has(repository.id);
}

function organizationOf(login: string, id: number, nodeId: string, urls: Urls) {
  const url = `${urls.api}/orgs/${login}`;
  return {
    login,
    id,
    node_id: nodeId,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
    description: '',
  };
}

/** A UUID of the event's number, so that a run can be compared with the next. */
function uuid(number: number): string {
  const hex = createHash('sha256').update(`delivery ${number}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-1${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
