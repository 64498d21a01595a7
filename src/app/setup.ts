// Registers the App at GitHub in the browser, where there are no credentials yet: a form, GitHub's own page with the manifest, and the code
// that GitHub sends back, which is exchanged for the credentials. Open only while there are none, and only to whoever may be let in.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Credentials, readKey } from './credentials.ts';
import type { Log } from './log.ts';
import { type Manifest, manifestFor } from './manifest.ts';
import { type FormShown, formPage, handoverPage, installPage, problemPage } from './pages.ts';
import type { Reply } from './reply.ts';
import type { Asked } from './server.ts';

export interface SetupOptions {
  /** Where people sign in to GitHub. */
  readonly web: string;
  readonly manifest: Manifest;
  /** The address that the server is bound to. */
  readonly host: string;
  /** `POST /app-manifests/{code}/conversions` at the configured GitHub. */
  readonly convert: (code: string) => Promise<unknown>;
  /** Keeps them and starts the App with them; gives the words of where they are. */
  readonly enter: (credentials: Credentials) => Promise<string>;
  /** Fails in words where credentials could not be kept. */
  readonly probe: () => void;
  readonly log: Log;
  readonly now: () => number;
}

export interface Setup {
  /** What a browser from elsewhere has to show. */
  readonly token: string;
  readonly form: (asked: Asked) => Reply;
  readonly begin: (asked: Asked) => Reply;
  readonly done: (asked: Asked) => Promise<Reply>;
}

/** GitHub's code is good for an hour. */
const HOUR = 3_600_000;
const STATES = 64;
const COOKIE = 'shiplock_setup';

export function makeSetup(options: SetupOptions): Setup {
  const { web, manifest, log, now } = options;
  const token = randomBytes(16).toString('hex');
  const states = new Map<string, number>();

  const shownFor = (asked: Asked, problem: string | null): FormShown => ({
    web,
    address: asked.form.get('address') ?? (isLocal(asked, options.host) ? '' : originOf(asked)),
    organization: asked.form.get('organization') ?? '',
    name: asked.form.get('name') ?? manifest.name,
    asksToken: !isLocal(asked, options.host),
    token: asked.form.get('token') ?? asked.url.searchParams.get('token') ?? '',
    problem,
  });

  const begin: Setup['begin'] = (asked) => {
    const refuse = (status: number, says: string) => formPage(shownFor(asked, says), status);
    if (isForeign(asked)) return refuse(403, 'That form was not sent from this page. Open it here and send it again.');
    if (!isLocal(asked, options.host) && !isSame(asked.form.get('token') ?? '', token)) {
      return refuse(403, 'That is not the set-up token. It is in the lines that this App wrote when it was started.');
    }
    const address = addressOf(asked.form.get('address') ?? '', web);
    if (typeof address !== 'string') return refuse(400, address.says);
    const organization = (asked.form.get('organization') ?? '').trim();
    if (!/^([a-z\d](?:[a-z\d_-]{0,38}))?$/i.test(organization)) return refuse(400, `${organization} is no name of an organization.`);
    const name = (asked.form.get('name') ?? '').trim();
    if (name === '' || name.length > 34) return refuse(400, 'A name has from 1 to 34 characters.');
    try {
      options.probe();
    } catch (error) {
      return refuse(500, (error as Error).message);
    }
    const state = randomBytes(24).toString('hex');
    for (const [old, until] of states) if (until < now() || states.size >= STATES) states.delete(old);
    states.set(state, now() + HOUR);
    const origin = originOf(asked);
    const place = organization === '' ? '' : `/organizations/${organization}`;
    return handoverPage({
      web,
      action: `${web}${place}/settings/apps/new?state=${state}`,
      manifest: manifestFor(manifest, { name, address, redirect: `${origin}/setup/done` }),
      permissions: Object.entries(manifest.default_permissions),
      cookie: cookieOf(state, origin, HOUR / 1_000),
    });
  };

  const done: Setup['done'] = async (asked) => {
    const { searchParams } = asked.url;
    const state = searchParams.get('state') ?? '';
    const code = searchParams.get('code') ?? '';
    const until = states.get(state);
    // The browser that began is the one that ends it: a link with somebody else's code leads nowhere.
    if (until === undefined || until < now() || !isSame(cookieIn(asked), state)) {
      return problemPage(403, 'This set-up was not begun in this browser, is older than an hour, or has been ended already.');
    }
    states.delete(state);
    if (!/^[\w-]{1,255}$/.test(code))
      return problemPage(400, 'GitHub sent no code with its answer. Begin again, and confirm the App there.');
    let made: Made;
    try {
      made = madeIn(await options.convert(code), web);
    } catch (error) {
      log.error({ err: error }, 'GitHub’s code could not be exchanged for credentials');
      return problemPage(502, `GitHub did not hand over the credentials: ${(error as Error).message}`);
    }
    try {
      const stored = await options.enter(made.credentials);
      log.info({ app: made.credentials.appId, slug: made.slug }, 'The App is set up');
      return installPage({ name: made.name, install: made.install, stored, cookie: cookieOf('', originOf(asked), 0) });
    } catch (error) {
      log.error({ err: error }, 'The credentials could not be kept');
      return problemPage(
        500,
        `The App is registered, but its credentials could not be kept: ${(error as Error).message} Mend that, delete the App at GitHub, and begin again.`,
      );
    }
  };

  return { token, form: (asked) => formPage(shownFor(asked, null)), begin, done };
}

interface Made {
  readonly credentials: Credentials;
  readonly name: string;
  readonly slug: string;
  readonly install: string;
}

function madeIn(answer: unknown, web: string): Made {
  const { id, slug, name, pem, webhook_secret, html_url } = (answer ?? {}) as Record<string, unknown>;
  const key = typeof pem === 'string' ? readKey(pem) : null;
  if (typeof id !== 'number' || typeof slug !== 'string' || key === null) throw new Error('its answer names no App, or no key.');
  if (typeof webhook_secret !== 'string' || webhook_secret === '') throw new Error('its answer has no secret for the webhook.');
  const page = typeof html_url === 'string' && html_url.startsWith(`${web}/`) ? html_url : `${web}/apps/${encodeURIComponent(slug)}`;
  return {
    credentials: { appId: id, privateKey: key, webhookSecret: webhook_secret },
    name: typeof name === 'string' ? name : slug,
    slug,
    install: `${page}/installations/new`,
  };
}

/** The public address without a slash at its end, or why it cannot be one. */
function addressOf(text: string, web: string): string | { readonly says: string } {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    return { says: 'The public address begins with https:// and has no question mark: https://shiplock.example.com' };
  }
  // github.com refuses those itself, but only at the end; an Enterprise Server may stand beside us.
  if (web === 'https://github.com' && (isLoopback(url.hostname) || !url.hostname.includes('.'))) {
    return {
      says: `GitHub cannot reach ${url.hostname}. Give this server a public address, or a tunnel to it (smee.io, cloudflared), and put that here.`,
    };
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** The address at which this browser sees us. */
function originOf({ headers }: Asked): string {
  if (headers.origin !== undefined && /^https?:\/\/[^/]+$/.test(headers.origin)) return headers.origin;
  const forwarded = String(headers['x-forwarded-proto'] ?? '')
    .split(',')[0]
    ?.trim();
  return `${forwarded === 'https' ? 'https' : 'http'}://${headers.host ?? 'localhost'}`;
}

/** True for a form that another site had sent. Browsers say so themselves; what says nothing is no browser. */
function isForeign({ headers }: Asked): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
}

/** Somebody at this very machine. What comes through a tunnel or a proxy looks so too, but for the name that it asks for. */
function isLocal({ headers, remote }: Asked, bound: string): boolean {
  const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'cf-connecting-ip', 'via'].some(
    (name) => name in headers,
  );
  const asked = URL.canParse(`http://${headers.host}`) ? new URL(`http://${headers.host}`).hostname : '';
  return isLoopback(bound) && isLoopback(remote) && isLoopback(asked) && !proxied;
}

export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?|::ffff:127(\.\d{1,3}){3})$/i.test(host);
}

/** In a time that tells nothing of where they differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return wanted !== '' && timingSafeEqual(digest(given), digest(wanted));
}

function cookieOf(state: string, origin: string, seconds: number): string {
  return `${COOKIE}=${state}; Path=/setup; Max-Age=${seconds}; HttpOnly; SameSite=Lax${origin.startsWith('https:') ? '; Secure' : ''}`;
}

function cookieIn({ headers }: Asked): string {
  const found = (headers.cookie ?? '').split(/;\s*/).find((one) => one.startsWith(`${COOKIE}=`));
  return found?.slice(COOKIE.length + 1) ?? '';
}
