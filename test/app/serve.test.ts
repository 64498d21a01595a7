// The App as a whole: what it says to machines and people, how it knows that it could work, and how it ends.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readManifest } from '../../src/app/manifest.ts';
import { type StorePort, StoreProblem } from '../../src/flows/store-port.ts';
import { openStore } from '../../src/store/open.ts';
import type { App } from '../support/github/records.ts';
import { type Stage, stage } from './serving.ts';

let on: Stage;
let app: App;
beforeEach(async () => {
  on = await stage();
  const { default_permissions: permissions, default_events: events } = readManifest();
  app = on.world.app('shiplock', { permissions, events });
});
afterEach(() => on.end());

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${on.url}${path}`, { headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('with credentials', () => {
  it('takes a signed delivery, once, and keeps it', async () => {
    await on.serve(on.credentials(app));
    const guid = crypto.randomUUID();
    const first = await on.deliver({ repository: { id: 5 } }, 'push', guid);
    expect([first.status, await first.json()]).toEqual([202, { accepted: true }]);
    expect(await (await on.deliver({ repository: { id: 5 } }, 'push', guid)).json()).toEqual({ accepted: false });
    await on.stop();
    const store = await openStore({ folder: on.folder });
    expect(await store.delivery(guid)).toMatchObject({ guid, event: 'push', key: 'repo:5' });
    expect((await store.stats(Date.now())).ready).toBe(1);
    await store.close();
  });

  it('is alive and ready, and says so to machines', async () => {
    await on.serve(on.credentials(app));
    expect(await get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    const ready = await get('/readyz');
    expect([ready.status, JSON.parse(ready.text)]).toEqual([200, { ready: true, store: 'ok', credentials: 'ok' }]);
    expect((await fetch(`${on.url}/healthz`, { method: 'HEAD' })).status).toBe(200);
  });

  it('asks GitHub who it is at most once a minute, however often it is asked', async () => {
    await on.serve(on.credentials(app));
    for (let times = 0; times < 20; times++) expect((await get('/readyz')).status).toBe(200);
    // One look more compares the App with app.yml.
    expect(on.world.calls.count('GET /app')).toBeLessThanOrEqual(2);
  });

  it('is not ready with a key that is another App’s, and says what to check', async () => {
    await on.serve({ ...on.credentials(app), APP_ID: '424242' });
    const { status, text } = await get('/readyz');
    expect([status, JSON.parse(text)]).toMatchObject([
      503,
      { ready: false, store: 'ok', credentials: expect.stringContaining('APP_ID and PRIVATE_KEY') },
    ]);
    expect((await get('/')).text).toContain('Not ready');
  });

  it('is not ready where the store does not answer', async () => {
    await on.serve(on.credentials(app), { openStore: async (where) => broken(await openStore(where)) });
    const { status, text } = await get('/readyz');
    expect([status, JSON.parse(text).store]).toEqual([503, 'The disk is full.']);
    expect((await on.deliver({})).status).toBe(503);
    expect((await get('/metrics')).text).toMatch(/^shiplock_store_up 0$/m);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('warns once where the App at GitHub lacks what this version uses', async () => {
    app.permissions = { metadata: 'read', contents: 'read' };
    app.events = ['push'];
    await on.serve(on.credentials(app));
    await until(() => on.lines.some((line) => line.includes('lacks')));
    const { missing } = JSON.parse(on.lines.find((line) => line.includes('lacks')) ?? '') as { missing: string[] };
    expect(missing).toEqual(expect.arrayContaining(['permission contents: write', 'event pull_request']));
    expect(missing).not.toContain('event push');
  });
});

describe('the numbers', () => {
  it('are there for Prometheus', async () => {
    await on.serve(on.credentials(app));
    await on.deliver({ repository: { id: 5 } });
    await fetch(`${on.url}/api/github/webhooks`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    const { text, headers } = await get('/metrics');
    expect(headers.get('content-type')).toContain('version=0.0.4');
    expect(text).toMatch(/^shiplock_deliveries_total\{result="accepted"\} 1$/m);
    expect(text).toMatch(/^shiplock_deliveries_total\{result="known"\} 0$/m);
    expect(text).toMatch(/^shiplock_deliveries_refused_total\{reason="headers"\} 1$/m);
    expect(text).toMatch(/^shiplock_tasks\{state="ready"\} 1$/m);
    expect(text).toMatch(/^shiplock_tasks\{state="dead"\} 0$/m);
    expect(text).toMatch(/^shiplock_intake_seconds_count 1$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  it('of two Apps in one process are not mixed', async () => {
    await on.serve(on.credentials(app));
    await on.deliver({});
    await on.stop();
    await on.serve(on.credentials(app));
    expect((await get('/metrics')).text).toMatch(/^shiplock_deliveries_total\{result="accepted"\} 0$/m);
  });
});

describe('the page', () => {
  it('needs no sign-in, shows no repository, and loads nothing', async () => {
    const repository = on.world.repository('acme/very-private', { private: true });
    on.world.install(app, 'acme');
    await on.serve(on.credentials(app));
    await on.deliver({ repository: { id: repository.record.id, full_name: 'acme/very-private' } });
    const { status, text, headers } = await get('/');
    expect(status).toBe(200);
    expect(text).toContain('1.2.3');
    expect(text).toContain('Ready');
    expect(text).not.toMatch(/acme|very-private|127\.0\.0\.1/);
    expect(text).not.toMatch(/<script|<img|<link rel="stylesheet"|src=|@import|url\(/);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it.each(['/', '/readyz', '/nowhere', '/metrics'])('at %s may do nothing in a browser but be shown', async (path) => {
    await on.serve(on.credentials(app));
    const { headers } = await get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).not.toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it.each(['/nowhere', '/.git/config', '/%2e%2e/etc/passwd', '//evil.example', '/__proto__', '/api/github/webhooks/'])(
    'is not at %s',
    async (path) => {
      await on.serve(on.credentials(app));
      expect((await get(path)).status).toBe(404);
    },
  );
});

describe('is not started', () => {
  it.each([
    [
      'with a part of the credentials',
      { APP_ID: '1' },
      /APP_ID is set, but PRIVATE_KEY \(or PRIVATE_KEY_PATH\) and WEBHOOK_SECRET are not/,
    ],
    [
      'without a secret, which Probot would make up',
      { APP_ID: '1', PRIVATE_KEY: 'KEY' },
      /APP_ID and PRIVATE_KEY are set, but WEBHOOK_SECRET is not/,
    ],
    ['with a key that is none', { PRIVATE_KEY: 'hunter2' }, /PRIVATE_KEY holds no RSA private key/],
    ['with a file of a key that is not there', { PRIVATE_KEY_PATH: '/nowhere/key.pem' }, /PRIVATE_KEY_PATH names \/nowhere\/key.pem/],
    ['with an id that is none', { APP_ID: 'Iv1.0123' }, /APP_ID is "Iv1.0123"; it is the number/],
    ['with a port that is none', { PORT: '70000' }, /PORT is "70000"; it is a whole number from 0 to 65535/],
    ['with a level that is none', { LOG_LEVEL: 'loud' }, /LOG_LEVEL is "loud"; it can be trace, debug/],
    [
      'with a server that is more than a host',
      { GHE_HOST: 'https://github.example' },
      /GHE_HOST is "https:\/\/github.example"; it is a host alone/,
    ],
    ['with a protocol that is none', { GHE_PROTOCOL: 'ftp' }, /GHE_PROTOCOL is "ftp"/],
    ['with a sweep that never comes', { SHIPLOCK_SWEEP_SECONDS: '0' }, /SHIPLOCK_SWEEP_SECONDS is "0"/],
  ])('%s, and says why', async (_, env: Record<string, string>, says) => {
    const real = env.PRIVATE_KEY === 'KEY' ? { PRIVATE_KEY: app.privateKey } : {};
    await expect(on.serve({ ...env, ...real })).rejects.toThrow(says);
    expect(on.said).toEqual([]);
  });

  it('where somebody else listens, and leaves the store closed', async () => {
    const url = await on.serve(on.credentials(app));
    const other = await stage();
    await expect(other.serve({ ...other.credentials(app), PORT: new URL(url).port })).rejects.toThrow('EADDRINUSE');
    const store = await openStore({ folder: other.folder });
    await store.close();
    await other.end();
  });
});

describe('the key', () => {
  it.each([
    ['as it is', (pem: string) => pem],
    ['with \\n for its line breaks', (pem: string) => pem.replaceAll('\n', '\\n')],
    ['as base64', (pem: string) => Buffer.from(pem).toString('base64')],
    ['on one line', (pem: string) => pem.replaceAll('\n', ' ')],
    ['with the line breaks of Windows', (pem: string) => pem.replaceAll('\n', '\r\n')],
  ])('may stand in PRIVATE_KEY %s', async (_, write) => {
    await on.serve({ ...on.credentials(app), PRIVATE_KEY: write(app.privateKey) });
    expect((await get('/readyz')).status).toBe(200);
  });

  it('may stand in a file', async () => {
    const file = join(on.folder, 'key.pem');
    writeFileSync(file, app.privateKey);
    const { PRIVATE_KEY: _, ...rest } = on.credentials(app);
    await on.serve({ ...rest, PRIVATE_KEY_PATH: file });
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('the log', () => {
  it('has no secret, key or payload in it, at any level', async () => {
    await on.serve({ ...on.credentials(app), LOG_LEVEL: 'trace', DATABASE_URL: '' });
    await on.deliver({ repository: { id: 5 }, comment: { body: 'what somebody said in private' } });
    await get('/readyz');
    await on.stop();
    const log = on.lines.join('');
    expect(log).toContain('Listening');
    expect(log).toContain('Stopped');
    for (const secret of ['what somebody said', 'a secret of the webhook', 'PRIVATE KEY', 'ghs_', 'eyJ']) expect(log).not.toContain(secret);
    for (const line of on.lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('keeps to LOG_LEVEL', async () => {
    await on.serve({ ...on.credentials(app), LOG_LEVEL: 'error' });
    await get('/readyz');
    expect(on.lines).toEqual([]);
  });
});

it('ends its worker before its store, and both once', async () => {
  const order: string[] = [];
  await on.serve(on.credentials(app), {
    work: () => ({ poke: () => void order.push('poke'), stop: async () => void order.push('worker') }),
    openStore: async (where) => {
      const store = await openStore(where);
      return {
        ...store,
        close: async () => {
          order.push('store');
          await store.close();
        },
      };
    },
  });
  await on.deliver({});
  await on.stop();
  expect(order).toEqual(['poke', 'worker', 'store']);
});

it('credentials that set-up stored are its own App’s alone, and readable by nobody else', async () => {
  mkdirSync(on.folder, { recursive: true });
  const file = join(on.folder, 'credentials.json');
  writeFileSync(file, JSON.stringify({ version: 1, appId: app.id, privateKey: app.privateKey, webhookSecret: 'stored' }), { mode: 0o600 });
  await on.serve();
  expect((await get('/readyz')).status).toBe(200);
  await on.stop();
  // The environment wins, each of its variables for itself.
  await on.serve({ WEBHOOK_SECRET: 'a secret of the webhook' });
  expect((await on.deliver({})).status).toBe(202);
  await on.stop();
  // Not beside another App's id.
  await expect(on.serve({ APP_ID: '424242' })).rejects.toThrow(/APP_ID is set, but/);
  writeFileSync(file, '{"appId":');
  await expect(on.serve()).rejects.toThrow(/is not as set-up wrote it/);
  chmodSync(file, 0o600);
});

function broken(store: StorePort): StorePort {
  const down = async () => {
    throw new StoreProblem('The disk is full.');
  };
  return { ...store, ping: down, accept: down, stats: down };
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !holds(); ) {
    if (Date.now() > end) throw new Error('It never came to be.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
