// Set-up in the browser, from the first page to the App that is ready, with GitHub's part played by the world; and who is kept out of it.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeLog } from '../../src/app/log.ts';
import { readManifest } from '../../src/app/manifest.ts';
import type { Asked } from '../../src/app/server.ts';
import { isLoopback, makeSetup, type SetupOptions } from '../../src/app/setup.ts';
import { type Stage, stage } from './serving.ts';

let on: Stage;
beforeEach(async () => {
  on = await stage();
});
afterEach(() => on.end());

const LOCAL = { address: 'https://shiplock.example', organization: 'acme', name: 'Shiplock of Acme' };

describe('a newcomer', () => {
  it('is told in the terminal where to go, and the App does not die', async () => {
    const url = await on.serve();
    expect(on.said.join('\n')).toContain(url);
    expect(on.said.join('\n')).toMatch(/set-up token.*: [0-9a-f]{32}/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const ready = await fetch(`${url}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { credentials: expect.stringContaining('set the App up') }]);
    expect((await on.deliver({})).status).toBe(503);
  });

  it('registers the App in two steps, and it is ready without being started anew', async () => {
    const url = await on.serve();
    const first = await (await fetch(url)).text();
    expect(first).toContain('<form method="post" action="/setup">');
    expect(first).not.toContain('name="token"');

    const second = await post('/setup', LOCAL);
    expect(second.status).toBe(200);
    expect(second.headers.get('content-security-policy')).toContain(`form-action 'self' http://${on.world.host};`);
    const page = await second.text();
    const action = unescaped(/action="([^"]*)"/.exec(page)?.[1] ?? '');
    expect(action).toMatch(new RegExp(`^http://${on.world.host}/organizations/acme/settings/apps/new\\?state=[0-9a-f]{48}$`));
    const manifest = JSON.parse(unescaped(/name="manifest" value="([^"]*)"/.exec(page)?.[1] ?? ''));
    expect(manifest).toMatchObject({
      name: 'Shiplock of Acme',
      hook_attributes: { url: 'https://shiplock.example/api/github/webhooks' },
      redirect_url: `${url}/setup/done`,
    });

    const code = on.world.confirmManifest(manifest);
    const cookie = (second.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    expect(second.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax/);
    const state = new URL(action).searchParams.get('state');
    const done = await fetch(`${manifest.redirect_url}?code=${code}&state=${state}`, { headers: { cookie } });
    const registered = await done.text();
    expect([done.status, registered]).toEqual([200, expect.stringContaining('shiplock-of-acme is registered')]);
    expect(registered).toContain('/apps/shiplock-of-acme/installations/new');

    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ready: true, store: 'ok', credentials: 'ok' });
    const file = join(on.folder, 'credentials.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const stored = JSON.parse(readFileSync(file, 'utf8')) as { webhookSecret: string; privateKey: string };
    expect(stored.webhookSecret).toBe('webhook-secret-of-shiplock-of-acme');
    // Neither is in a page, nor in the log.
    for (const text of [registered, on.lines.join(''), on.said.join('')]) {
      expect(text).not.toContain(stored.webhookSecret);
      expect(text).not.toContain('PRIVATE KEY');
    }

    // And from then on set-up is closed.
    expect(await (await fetch(url)).text()).not.toContain('<form');
    expect((await post('/setup', LOCAL)).status).toBe(303);
    expect((await fetch(`${url}/setup/done?code=x&state=${state}`, { headers: { cookie }, redirect: 'manual' })).status).toBe(303);
    await on.stop();
    await on.serve();
    expect(on.said.at(-1)).toContain('listens');
    expect((await fetch(`${on.url}/readyz`)).status).toBe(200);
  });

  it('may register it for an account of their own', async () => {
    await on.serve();
    const page = await (await post('/setup', { ...LOCAL, organization: '' })).text();
    expect(page).toContain(`action="http://${on.world.host}/settings/apps/new?state&#61;`.replace('&#61;', '='));
  });
});

describe('an end that was not begun here', () => {
  const begin = async () => {
    await on.serve();
    const page = await post('/setup', LOCAL);
    const cookie = (page.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return { cookie, state: cookie.replace('shiplock_setup=', '') };
  };
  const done = (query: string, cookie: string) => fetch(`${on.url}/setup/done?${query}`, { headers: { cookie } });

  it.each([
    ['with a state that nobody gave out', () => `code=abc&state=${'0'.repeat(48)}`, (cookie: string) => cookie],
    ['without a state', () => 'code=abc', (cookie: string) => cookie],
    ['with an empty state and cookie', () => 'code=abc&state=', () => 'shiplock_setup='],
    ['in another browser', (state: string) => `code=abc&state=${state}`, () => ''],
    ['with somebody else’s cookie', (state: string) => `code=abc&state=${state}`, () => `shiplock_setup=${'0'.repeat(48)}`],
  ])('%s is refused, and asks GitHub nothing', async (_, query, jar) => {
    const { cookie, state } = await begin();
    expect((await done(query(state), jar(cookie))).status).toBe(403);
    expect(existsSync(join(on.folder, 'credentials.json'))).toBe(false);
    expect(on.world.calls.count('POST /app-manifests/{code}/conversions')).toBe(0);
  });

  it('with a code that leads elsewhere is refused', async () => {
    const { cookie, state } = await begin();
    expect((await done(`state=${state}&code=${encodeURIComponent('../../user?x=')}`, cookie)).status).toBe(400);
  });

  it('with a code that GitHub does not know is told so, and its state is used up', async () => {
    const { cookie, state } = await begin();
    const first = await done(`code=unknown&state=${state}`, cookie);
    expect([first.status, await first.text()]).toEqual([502, expect.stringContaining('good for an hour')]);
    expect((await done(`code=unknown&state=${state}`, cookie)).status).toBe(403);
    expect((await fetch(on.url)).status).toBe(200);
  });
});

describe('a form', () => {
  it.each([
    [{ ...LOCAL, address: 'not an address' }, 400, /begins with https/],
    [{ ...LOCAL, address: 'javascript:alert(1)' }, 400, /begins with https/],
    [{ ...LOCAL, organization: '../evil' }, 400, /no name of an organization/],
    [{ ...LOCAL, name: '' }, 400, /from 1 to 34/],
    [{ ...LOCAL, name: 'x'.repeat(35) }, 400, /from 1 to 34/],
  ])('that is wrong is shown again, with what was wrong and what was written: %#', async (form, status, says) => {
    await on.serve();
    const answer = await post('/setup', form);
    const page = await answer.text();
    expect([answer.status, page]).toEqual([status, expect.stringMatching(says)]);
    expect(page).toContain('value="https://shiplock.example"'.replace(LOCAL.address, escaped(form.address)));
  });

  it('cannot put anything of its own into the page', async () => {
    await on.serve();
    const page = await (await post('/setup', { ...LOCAL, organization: '"><script>alert(1)</script>' })).text();
    expect(page).not.toContain('<script>');
    expect(page).toContain('&#60;script&#62;');
  });

  it.each([
    ['by another site', { 'sec-fetch-site': 'cross-site' }],
    ['by a neighbour of this site', { 'sec-fetch-site': 'same-site' }],
    ['by an old browser on another site', { origin: 'https://evil.example' }],
    ['by a page without an origin', { origin: 'null' }],
  ])('that was sent %s is refused', async (_, headers) => {
    await on.serve();
    expect((await post('/setup', LOCAL, headers)).status).toBe(403);
  });

  it('of many megabytes, or of something else than a form, is refused', async () => {
    await on.serve();
    expect((await post('/setup', { ...LOCAL, name: 'x'.repeat(20_000) })).status).toBe(400);
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${on.url}/setup`, { method: 'POST', headers, body: '{}' })).status).toBe(400);
  });

  it('is not even begun where the credentials could not be kept', async () => {
    await on.serve();
    const kept = makeSetup({ ...PARTS, probe: () => fail('The credentials could not be kept in /nowhere.') });
    expect(kept.begin(asked({}, LOCAL))).toMatchObject({ status: 500, body: expect.stringContaining('/nowhere') });
  });
});

describe('the set-up token', () => {
  const remote: Readonly<Record<string, Partial<Record<string, string>>>> = {
    'of a tunnel to this machine': { host: 'shiplock.trycloudflare.com' },
    'that came through a proxy': { host: 'localhost:3000', 'x-forwarded-for': '203.0.113.7' },
    'that another name leads here (DNS rebinding)': { host: 'evil.example:3000' },
  };
  it.each(Object.entries(remote))('is asked of a browser %s', (_, headers) => {
    const setup = makeSetup(PARTS);
    expect(setup.form(asked(headers)).body).toContain('name="token"');
    expect(setup.begin(asked(headers, LOCAL)).status).toBe(403);
    expect(setup.begin(asked(headers, { ...LOCAL, token: 'a guess' })).status).toBe(403);
    expect(setup.begin(asked(headers, { ...LOCAL, token: '' })).status).toBe(403);
    expect(setup.begin(asked(headers, { ...LOCAL, token: setup.token })).status).toBe(200);
  });

  it('is asked of everybody where the App listens to the world', () => {
    const setup = makeSetup({ ...PARTS, host: '0.0.0.0' });
    expect(setup.form(asked({})).body).toContain('name="token"');
    expect(setup.begin(asked({}, LOCAL)).status).toBe(403);
    expect(setup.begin(asked({}, { ...LOCAL, token: setup.token })).status).toBe(200);
  });

  it('is in no page', () => {
    const setup = makeSetup({ ...PARTS, host: '0.0.0.0' });
    expect(setup.form(asked({})).body).not.toContain(setup.token);
  });

  it('is another each time', () => expect(makeSetup(PARTS).token).not.toBe(makeSetup(PARTS).token));
});

it('a set-up that was begun over an hour ago is over', async () => {
  let now = 0;
  const setup = makeSetup({ ...PARTS, now: () => now });
  const cookie = setup.begin(asked({}, LOCAL)).headers?.['set-cookie']?.split(';')[0] ?? '';
  now = 3_600_001;
  const end = asked({ cookie }, {}, `/setup/done?code=abc&state=${cookie.replace('shiplock_setup=', '')}`);
  expect((await setup.done(end)).status).toBe(403);
});

it('set-ups that nobody ends are forgotten', async () => {
  const setup = makeSetup(PARTS);
  const first = setup.begin(asked({}, LOCAL)).headers?.['set-cookie']?.split(';')[0] ?? '';
  for (let times = 0; times < 1_000; times++) setup.begin(asked({}, LOCAL));
  const end = asked({ cookie: first }, {}, `/setup/done?code=abc&state=${first.replace('shiplock_setup=', '')}`);
  expect((await setup.done(end)).status).toBe(403);
});

it('credentials that cannot be kept after all are said to be lost, and how to go on', async () => {
  const setup = makeSetup({
    ...PARTS,
    convert: async () => ({
      id: 1,
      slug: 'x',
      pem: on.world.app('x', { permissions: {} }).privateKey,
      webhook_secret: 's',
      html_url: 'https://evil.example',
    }),
    enter: async () => fail('The disk is full.'),
  });
  const cookie = setup.begin(asked({}, LOCAL)).headers?.['set-cookie']?.split(';')[0] ?? '';
  const end = await setup.done(asked({ cookie }, {}, `/setup/done?code=abc&state=${cookie.replace('shiplock_setup=', '')}`));
  expect([end.status, end.body]).toEqual([500, expect.stringContaining('The disk is full.')]);
});

it.each([
  ['names no App', { pem: 'x' }],
  ['has no key', { id: 1, slug: 'x', pem: 'x', webhook_secret: 's' }],
  ['has no secret', { id: 1, slug: 'x', pem: 'KEY', webhook_secret: null }],
  ['is nothing', null],
])('an answer that %s is no set-up', async (_, answer) => {
  const key = on.world.app('x', { permissions: {} }).privateKey;
  const given = answer !== null && 'pem' in answer && answer.pem === 'KEY' ? { ...answer, pem: key } : answer;
  let entered = false;
  const setup = makeSetup({
    ...PARTS,
    convert: async () => given,
    enter: async () => {
      entered = true;
      return '';
    },
  });
  const cookie = setup.begin(asked({}, LOCAL)).headers?.['set-cookie']?.split(';')[0] ?? '';
  const end = await setup.done(asked({ cookie }, {}, `/setup/done?code=abc&state=${cookie.replace('shiplock_setup=', '')}`));
  expect([end.status, entered]).toEqual([502, false]);
});

it.each([
  ['127.0.0.1', true],
  ['::1', true],
  ['[::1]', true],
  ['localhost', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['', false],
])('%j is this machine: %s', (host, is) => expect(isLoopback(host)).toBe(is));

it.each(['http://localhost:3000', 'http://127.0.0.1', 'http://shiplock'])(
  'github.com cannot reach %s, which is said before it says so',
  (address) => {
    const answer = makeSetup(PARTS).begin(asked({}, { ...LOCAL, address }));
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('GitHub cannot reach')]);
  },
);

const PARTS: SetupOptions = {
  web: 'https://github.com',
  manifest: readManifest(),
  host: 'localhost',
  convert: async () => fail('not asked'),
  enter: async () => fail('not asked'),
  probe: () => {},
  log: makeLog({ level: 'silent' }).log,
  now: Date.now,
};

function fail(words: string): never {
  throw new Error(words);
}

function asked(headers: Partial<Record<string, string>>, form: Record<string, string> = {}, path = '/'): Asked {
  return {
    url: new URL(path, 'http://here'),
    headers: { host: 'localhost:3000', ...headers },
    remote: '127.0.0.1',
    form: new URLSearchParams(form),
  };
}

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const origin = { origin: on.url, 'sec-fetch-site': 'same-origin' };
  const own = 'origin' in headers ? headers : { ...origin, ...headers };
  return fetch(`${on.url}${path}`, { method: 'POST', body: new URLSearchParams(form), headers: own, redirect: 'manual' });
}

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
