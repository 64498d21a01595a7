// Messages to the operator's own address: signed, with an id that stays, there and nowhere else.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectOutgoing } from '../../src/app/outgoing.ts';
import { isPublic } from '../../src/app/public-address.ts';
import { readSettings, SettingsProblem } from '../../src/app/settings.ts';
import { type Happening, messageOf } from '../../src/core/tell.ts';
import type { OutgoingProblem } from '../../src/flows/outgoing-port.ts';

const SECRET = 'a secret of theirs';
const HAPPENING: Happening = {
  event: 'overridden',
  sha: 'a'.repeat(40),
  environment: 'production',
  release: 'v1.2.0',
  at: '2026-11-22T10:00:00Z',
  by: 'boss',
  url: 'https://github.com/acme/app/issues/1',
  says: 'INC-1 <!channel> & @here',
  once: '1',
};
const MESSAGE = messageOf(HAPPENING, 'acme/app');

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly url: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const one of servers.splice(0)) {
    one.closeAllConnections();
    one.close();
  }
});

/** Answers one status after another; 0: never. */
async function listen(statuses: readonly number[], location = ''): Promise<{ url: string; got: Got[] }> {
  const got: Got[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const status = statuses[Math.min(got.length, statuses.length - 1)] ?? 200;
    got.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), url: request.url ?? '' });
    if (status > 0) response.writeHead(status, location === '' ? {} : { location }).end('no matter what');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=hidden`, got };
}

const failure = (sending: Promise<void>) =>
  sending.then(
    () => null,
    (error: OutgoingProblem) => error,
  );

describe('an outgoing message', () => {
  it('is signed over the body as it is sent, and says what and where', async () => {
    const { url, got } = await listen([200]);
    const ends: string[] = [];
    await connectOutgoing({ url, secret: SECRET, ended: (result) => ends.push(result) }).send('one', MESSAGE);
    const [{ headers, body, url: path } = {} as Got] = got;
    expect(path).toBe('/hook?key=hidden');
    expect(headers['x-shiplock-signature-256']).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'x-shiplock-event': 'overridden' });
    expect(JSON.parse(body)).toMatchObject({ event: 'overridden', repository: 'acme/app', release: 'v1.2.0', environment: 'production' });
    // A chat must not call everybody because of somebody's reason.
    expect(JSON.parse(body).text).toContain('INC-1 &lt;!channel&gt; &amp;');
    expect(ends).toEqual(['sent']);
  });

  it('has the same id each time that it is tried, and another than the next', async () => {
    const { url, got } = await listen([503, 200]);
    const { send } = connectOutgoing({ url, secret: SECRET });
    expect(await failure(send('one', MESSAGE))).toMatchObject({ passing: true });
    await send('one', MESSAGE);
    await send('two', MESSAGE);
    const ids = got.map(({ headers }) => headers['x-shiplock-delivery']);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('goes nowhere else: a redirect is not followed, and is told', async () => {
    const elsewhere = await listen([200]);
    const { url, got } = await listen([307], elsewhere.url);
    const problem = await failure(connectOutgoing({ url, secret: SECRET }).send('one', MESSAGE));
    expect(problem).toMatchObject({ name: 'OutgoingProblem', passing: false });
    expect(problem?.message).toContain('redirects (307)');
    expect([got.length, elsewhere.got.length]).toEqual([1, 0]);
  });

  it.each([
    [400, false],
    [404, false],
    [410, false],
    [408, true],
    [429, true],
    [500, true],
  ])('that is answered by %i: may pass is %s, and the address is not repeated', async (status, passing) => {
    const { url } = await listen([status]);
    const problem = await failure(connectOutgoing({ url, secret: SECRET }).send('one', MESSAGE));
    expect(problem).toMatchObject({ passing });
    expect(problem?.message).not.toContain('hidden');
  });

  it('is given up for now where nobody answers, or nobody is there', async () => {
    const { url } = await listen([0]);
    const ends: string[] = [];
    const slow = connectOutgoing({ url, secret: SECRET, timeoutMs: 100, ended: (result) => ends.push(result) });
    expect(await failure(slow.send('one', MESSAGE))).toMatchObject({
      passing: true,
      message: expect.stringContaining('within 0.1 seconds'),
    });
    const gone = connectOutgoing({ url: 'http://127.0.0.1:1/', secret: SECRET });
    expect(await failure(gone.send('one', MESSAGE))).toMatchObject({ passing: true });
    expect(ends).toEqual(['failed']);
  });
});

describe('an address', () => {
  it.each([
    ['8.8.8.8', true],
    ['1.1.1.1', true],
    ['172.15.255.255', true],
    ['172.32.0.1', true],
    ['2606:4700::1111', true],
    ['10.1.2.3', false],
    ['127.0.0.1', false],
    ['169.254.169.254', false],
    ['100.64.0.1', false],
    ['172.16.0.1', false],
    ['192.168.1.1', false],
    ['0.0.0.0', false],
    ['224.0.0.1', false],
    ['::1', false],
    ['::', false],
    ['::ffff:8.8.8.8', false],
    ['64:ff9b::a00:1', false],
    ['fe80::1', false],
    ['fd00::1', false],
    ['2002:a00:1::', false],
    ['2001:db8::1', false],
    ['ff02::1', false],
    ['localhost', false],
    ['', false],
  ])('%s is public: %s', (address, expected) => expect(isPublic(address)).toBe(expected));

  it.each(['http://127.0.0.1:1/', 'http://[::1]:1/', 'http://[::ffff:10.0.0.1]:1/', 'http://localhost:1/', 'http://0x7f.1:1/'])(
    'that leads into a private network (%s) gets nothing where that is not allowed',
    async (url) => {
      const problem = await failure(connectOutgoing({ url, secret: SECRET, publicOnly: true }).send('one', MESSAGE));
      expect(problem).toMatchObject({ name: 'OutgoingProblem', passing: false });
      expect(problem?.message).toMatch(/leads into a private network, which SHIPLOCK_WEBHOOK_NETWORK=public does not allow/);
    },
  );
});

describe('its settings', () => {
  it('are both there or none', () => {
    const both = { SHIPLOCK_WEBHOOK_URL: 'http://10.0.0.7:8065/hooks/x', SHIPLOCK_WEBHOOK_SECRET: SECRET };
    expect(readSettings(both).outgoing).toEqual({ url: both.SHIPLOCK_WEBHOOK_URL, secret: SECRET });
    expect(readSettings({}).outgoing).toBeUndefined();
    expect(() => readSettings({ SHIPLOCK_WEBHOOK_URL: both.SHIPLOCK_WEBHOOK_URL })).toThrow(/SHIPLOCK_WEBHOOK_SECRET is not/);
    expect(() => readSettings({ SHIPLOCK_WEBHOOK_SECRET: SECRET })).toThrow(/SHIPLOCK_WEBHOOK_URL is not/);
  });

  it('say whether it may lead into a private network', () => {
    const set = { SHIPLOCK_WEBHOOK_URL: 'https://chat.example.com/hook', SHIPLOCK_WEBHOOK_SECRET: SECRET };
    expect(readSettings({ ...set, SHIPLOCK_WEBHOOK_NETWORK: 'public' }).outgoing).toMatchObject({ publicOnly: true });
    expect(readSettings({ ...set, SHIPLOCK_WEBHOOK_NETWORK: 'any' }).outgoing).not.toHaveProperty('publicOnly');
    expect(() => readSettings({ ...set, SHIPLOCK_WEBHOOK_NETWORK: 'privte' })).toThrow(/it can be any or public/);
  });

  it.each(['chat.example.com/hook', 'file:///etc/passwd', 'https://me:pass@chat.example.com/'])('refuse %s without repeating it', (url) => {
    const read = () => readSettings({ SHIPLOCK_WEBHOOK_URL: url, SHIPLOCK_WEBHOOK_SECRET: SECRET });
    expect(read).toThrow(SettingsProblem);
    expect(read).not.toThrow(url);
  });
});
