// The door for webhooks: what is refused and in which words, what is believed and stored, and that nobody can fill, slow or fool it.
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreProblem } from '../../src/flows/store-port.ts';
import { GUID, IntakeServer, receive, SECRET, signature } from './intake-server.ts';

const MB = 1024 * 1024;
const BODY = JSON.stringify({ action: 'opened', repository: { id: 17 }, installation: { id: 4 } });

let server: IntakeServer;
beforeEach(() => {
  server = new IntakeServer();
});
afterEach(() => server.stop());

describe('a delivery that is right', () => {
  beforeEach(() => server.start());

  it('is stored as it came, answered with 202, and wakes the worker', async () => {
    const answer = await server.send(BODY);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([202, { accepted: true }]);
    expect(server.accepted).toHaveLength(1);
    const [delivery] = server.accepted;
    expect(delivery).toMatchObject({ guid: GUID, event: 'push', action: 'opened', key: 'repo:17' });
    expect(Buffer.from(delivery?.payload ?? []).toString()).toBe(BODY);
    expect(Math.abs(Date.now() - (delivery?.receivedAt ?? 0))).toBeLessThan(60_000);
    expect(server.woken).toBe(1);
  });

  it('that is known already is answered with 202 as well, and wakes nobody', async () => {
    await server.send(BODY);
    const answer = await server.send(BODY, { 'x-github-delivery': GUID.toUpperCase() });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([202, { accepted: false }]);
    expect(server.woken).toBe(1);
    expect(await server.count('shiplock_deliveries_total{result="known"}')).toBe(1);
    expect(await server.count('shiplock_intake_seconds_count')).toBe(2);
  });

  it.each([
    ['of a repository', { repository: { id: 17 }, installation: { id: 4 } }, 'repo:17'],
    ['of an installation', { installation: { id: 4 } }, 'installation:4'],
    ['of the App', { zen: 'Keep it logically awesome.' }, 'app'],
    ['with odd ids', { repository: { id: '17' }, installation: { id: 1.5 } }, 'app'],
    ['with nothing where something should be', { repository: null, installation: [] }, 'app'],
  ])('%s waits with its own', async (_, payload, key) => {
    expect((await server.send(JSON.stringify(payload))).status).toBe(202);
    expect(server.accepted[0]?.key).toBe(key);
  });

  it('may come in many pieces, with letters torn apart', async () => {
    const body = JSON.stringify({ repository: { id: 1 }, text: 'ü'.repeat(500) });
    const bytes = Buffer.from(body);
    const sent = server.open(bytes, {});
    const answer = receive(sent);
    for (let at = 0; at < bytes.length; at += 101) {
      sent.write(bytes.subarray(at, at + 101));
      await new Promise((resolve) => setImmediate(resolve));
    }
    sent.end();
    expect((await answer).status).toBe(202);
    expect(Buffer.from(server.accepted[0]?.payload ?? []).toString()).toBe(body);
  });

  it('may come without saying how long it is', async () => {
    const sent = server.open(BODY, { 'content-length': null, 'transfer-encoding': 'chunked' });
    const answer = receive(sent);
    sent.end(BODY);
    expect((await answer).status).toBe(202);
  });

  it('may wait to be asked for its body', async () => {
    const sent = server.open(BODY, { expect: '100-continue' });
    const answer = receive(sent);
    sent.on('continue', () => sent.end(BODY));
    sent.flushHeaders();
    expect((await answer).status).toBe(202);
  });

  it('may have a charset in its content type', async () => {
    expect((await server.send(BODY, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(202);
  });
});

const REFUSALS: readonly (readonly [what: string, status: number, reason: string, says: RegExp, body: string, headers: object])[] = [
  ['without a GUID', 400, 'headers', /X-GitHub-Delivery/, BODY, { 'x-github-delivery': null }],
  ['with a GUID that is none', 400, 'headers', /X-GitHub-Delivery/, BODY, { 'x-github-delivery': `${GUID}'; drop table` }],
  ['with two GUIDs', 400, 'headers', /X-GitHub-Delivery/, BODY, { 'x-github-delivery': `${GUID}, ${GUID}` }],
  ['without an event', 400, 'headers', /X-GitHub-Event/, BODY, { 'x-github-event': null }],
  ['with an event that is no word', 400, 'headers', /X-GitHub-Event/, BODY, { 'x-github-event': '../push' }],
  ['that is not signed', 401, 'signature', /WEBHOOK_SECRET/, BODY, { 'x-hub-signature-256': null }],
  [
    'signed with SHA-1 alone',
    401,
    'signature',
    /not signed/,
    BODY,
    { 'x-hub-signature-256': null, 'x-hub-signature': `sha1=${'0'.repeat(40)}` },
  ],
  ['signed with another secret', 401, 'signature', /WEBHOOK_SECRET/, BODY, { 'x-hub-signature-256': signature(BODY, 'another') }],
  ['signed for another body', 401, 'signature', /WEBHOOK_SECRET/, BODY, { 'x-hub-signature-256': signature(`${BODY} `) }],
  [
    'with a signature of the wrong length',
    401,
    'signature',
    /WEBHOOK_SECRET/,
    BODY,
    { 'x-hub-signature-256': signature(BODY).slice(0, -1) },
  ],
  ['with a signature that is empty', 401, 'signature', /WEBHOOK_SECRET/, BODY, { 'x-hub-signature-256': 'sha256=' }],
  ['with a signature of no hexadecimal', 401, 'signature', /WEBHOOK_SECRET/, BODY, { 'x-hub-signature-256': `sha256=${'z'.repeat(64)}` }],
  [
    'that is form-encoded',
    415,
    'not-json',
    /content type of the webhook/,
    'payload=%7B%7D',
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
  ['of text', 415, 'not-json', /application\/json/, BODY, { 'content-type': 'text/plain' }],
  ['without a content type', 415, 'not-json', /application\/json/, BODY, { 'content-type': null }],
  ['that is compressed', 415, 'not-json', /not compressed/, BODY, { 'content-encoding': 'gzip' }],
  ['that is signed and no JSON', 400, 'malformed', /no JSON object/, '{"action":', {}],
  ['that is signed and a list', 400, 'malformed', /no JSON object/, '[{"action":"opened"}]', {}],
  ['that is signed and null', 400, 'malformed', /no JSON object/, 'null', {}],
  ['that is signed and empty', 400, 'malformed', /no JSON object/, '', {}],
];

describe('a delivery is refused', () => {
  beforeEach(() => server.start());

  it.each(REFUSALS)('%s: %i', async (_, status, reason, says, body, headers) => {
    const answer = await server.send(body, headers as Record<string, string | null>);
    const { accepted, message } = JSON.parse(answer.text) as { accepted: boolean; message: string };
    expect([answer.status, accepted]).toEqual([status, false]);
    expect(message).toMatch(says);
    expect(server.accepted).toEqual([]);
    expect(await server.refused(reason)).toBe(1);
  });

  it('in one short line of the log, with neither body nor signature', async () => {
    const told = JSON.stringify({ secret: 'what nobody may read' });
    await server.send(told, { 'x-hub-signature-256': signature(told, 'another') });
    expect(server.lines).toHaveLength(1);
    expect(JSON.parse(server.lines[0] ?? '')).toMatchObject({ level: 'warn', delivery: GUID, status: 401, from: '127.0.0.1' });
    expect(server.lines[0]?.length).toBeLessThan(300);
    expect(server.lines[0]).not.toContain('nobody may read');
    expect(server.lines[0]).not.toContain(signature(told, 'another').slice(7, 20));
  });

  it('in few lines of the log, however often it is tried (S-39)', async () => {
    for (let tries = 0; tries < 40; tries++) await server.send(BODY, { 'x-hub-signature-256': signature(BODY, `guess ${tries}`) });
    expect(server.lines).toHaveLength(5);
    expect(await server.refused('signature')).toBe(40);
  });

  it('by every other method, in words', async () => {
    const answer = await server.send('', {}, 'GET');
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
    expect((await server.send(BODY, {}, 'PUT')).status).toBe(405);
  });
});

describe('the secret (S-39)', () => {
  it('may be changed while deliveries of the old one are on their way', async () => {
    await server.start({}, {}, ['the new secret', SECRET]);
    expect((await server.send(BODY)).status).toBe(202);
    expect((await server.send(BODY, { 'x-hub-signature-256': signature(BODY, 'the new secret') })).status).toBe(202);
    expect((await server.send(BODY, { 'x-hub-signature-256': signature(BODY, 'a third') })).status).toBe(401);
    server.arm(['the new secret']);
    expect((await server.send(BODY)).status).toBe(401);
  });

  it('may hold any letters', async () => {
    const secret = 'schlüssel, with ⚓ and a comma';
    await server.start({}, {}, [secret]);
    expect((await server.send(BODY, { 'x-hub-signature-256': signature(BODY, secret) })).status).toBe(202);
  });

  it('is asked for whatever the environment says', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { NODE_ENV: 'test', CI: 'true', SKIP_SIGNATURE: '1' });
    await server.start();
    expect((await server.send(BODY, { 'x-hub-signature-256': null })).status).toBe(401);
    process.env = before;
  });

  it('that is not there yet lets nobody in', async () => {
    await server.start({}, {}, []);
    const answer = await server.send(BODY, { 'x-hub-signature-256': signature(BODY, '') });
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '60']);
  });
});

describe('a large delivery', () => {
  const large = (bytes: number) => Buffer.from(`{"x":"${'x'.repeat(bytes - 8)}"}`);

  it('of exactly 25 MB is taken', async () => {
    await server.start();
    const body = large(25 * MB);
    expect(body.length).toBe(25 * MB);
    expect((await server.send(body)).status).toBe(202);
    expect(server.accepted[0]?.payload.length).toBe(25 * MB);
  });

  it('of one byte more is refused by its head, before it is sent', async () => {
    await server.start();
    const sent = server.open('', { 'content-length': String(25 * MB + 1) });
    const answer = receive(sent);
    sent.flushHeaders();
    expect((await answer).status).toBe(413);
    expect(JSON.parse((await answer).text).message).toMatch(/25 MB/);
    sent.destroy();
  });

  it('is not even asked for where it waits to be', async () => {
    await server.start();
    const sent = server.open('', { 'content-length': String(30 * MB), expect: '100-continue' });
    let asked = false;
    sent.on('continue', () => {
      asked = true;
    });
    const answer = receive(sent);
    sent.flushHeaders();
    expect([(await answer).status, asked]).toEqual([413, false]);
    sent.destroy();
  });

  it('whose sender does not stop to read still gets its answer', async () => {
    await server.start();
    const answer = await server.send(large(26 * MB));
    expect([answer.status, answer.headers.connection]).toEqual([413, 'close']);
    expect(server.accepted).toEqual([]);
  });

  it('that does not say how long it is ends at 25 MB', async () => {
    await server.start();
    const body = large(27 * MB);
    const answer = await server.send(body, { 'content-length': null, 'transfer-encoding': 'chunked' });
    expect(answer.status).toBe(413);
    expect(await server.refused('too-large')).toBe(1);
  });

  it('waits for others where all of them together are too much', async () => {
    await server.start({ intake: { bytesInFlight: 3 * MB } });
    const held = server.open('', { 'content-length': String(4 * MB) });
    held.on('error', () => {});
    held.write(large(2 * MB));
    await until(async () => (await server.send(large(2 * MB))).status === 503);
    held.destroy();
    await until(async () => (await server.send(large(2 * MB))).status === 202);
  });
});

describe('whoever is slow, or goes away', () => {
  it('in the middle of its headers is told so, and hung up on', async () => {
    await server.start({ server: { headersMs: 200, requestMs: 400 } });
    const socket = server.socket();
    socket.write('POST /api/github/webhooks HTTP/1.1\r\nHost: here\r\nX-');
    expect(await textOf(socket)).toContain('408 Request Timeout');
    expect(await server.refused('slow')).toBe(1);
  });

  it('in the middle of its body is hung up on, and counted once', async () => {
    await server.start({ server: { headersMs: 200, requestMs: 400 } });
    const sent = server.open(BODY, { 'content-length': '500' });
    const end = receive(sent).then(
      ({ status }) => status,
      () => 'hung up',
    );
    sent.write(BODY.slice(0, 10));
    expect([408, 'hung up']).toContain(await end);
    await until(async () => (await server.refused('slow')) === 1);
    expect(await server.refused('aborted')).toBe(0);
    expect(server.accepted).toEqual([]);
    expect((await server.send(BODY)).status).toBe(202);
  });

  it('a byte at a time does not hold up the others', async () => {
    await server.start({ server: { headersMs: 300, requestMs: 600 } });
    const sockets = Array.from({ length: 50 }, () => {
      const socket = server.socket();
      socket.on('error', () => {});
      socket.write('POST /api/github/webhooks HTTP/1.1\r\nHost: here\r\n');
      const drip = setInterval(() => socket.write('x: y\r\n'), 50);
      return new Promise<void>((resolve) => {
        socket.on('close', () => {
          clearInterval(drip);
          resolve();
        });
      });
    });
    expect((await server.send(BODY)).status).toBe(202);
    await Promise.all(sockets);
  });

  it('in the middle of its body leaves nothing behind', async () => {
    await server.start({ intake: { unfinished: 1 } });
    for (let times = 0; times < 3; times++) {
      const sent = server.open(BODY, { 'content-length': '500' });
      sent.on('error', () => {});
      sent.write(BODY.slice(0, 10));
      await until(async () => (await server.send(BODY)).status === 503);
      sent.destroy();
      await until(async () => (await server.refused('aborted')) === times + 1);
    }
    expect((await server.send(BODY)).status).toBe(202);
    expect(server.accepted).toHaveLength(1);
  });

  it('after its body was sent has its delivery stored', async () => {
    await server.start();
    const socket = server.socket();
    const head = Object.entries({ ...headers(), connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST /api/github/webhooks HTTP/1.1\r\nHost: here\r\n${head.join('')}\r\n${BODY}`, () => socket.destroy());
    await until(async () => server.accepted.length === 1);
  });

  it('speaks no HTTP is told so', async () => {
    await server.start();
    const socket = server.socket();
    socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n');
    expect(await textOf(socket)).toContain('400 Bad Request');
  });

  it('has headers without end is told so', async () => {
    await server.start();
    const socket = server.socket();
    socket.on('error', () => {});
    socket.write(`GET / HTTP/1.1\r\nHost: here\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await textOf(socket)).toContain('431');
  });
});

describe('where the store', () => {
  it('cannot be reached, GitHub is told to come again, and nothing is acknowledged', async () => {
    await server.start();
    server.accept = async () => {
      throw new StoreProblem('PostgreSQL at db.example cannot be reached.');
    };
    const answer = await server.send(BODY);
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '30']);
    expect(JSON.parse(server.lines[0] ?? '')).toMatchObject({ level: 'error', delivery: GUID, err: { type: 'StoreProblem' } });
    expect(await server.refused('store')).toBe(1);
  });

  it('takes longer than GitHub waits, GitHub is not left without an answer', async () => {
    await server.start({ intake: { storeMs: 100 } });
    let end: (answers: readonly boolean[]) => void = () => {};
    server.accept = () => new Promise((resolve) => (end = resolve));
    expect((await server.send(BODY)).status).toBe(503);
    end([true]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await server.count('shiplock_deliveries_total{result="accepted"}')).toBe(0);
  });

  it('fails through a mistake of ours, that is what is said', async () => {
    await server.start();
    server.accept = async () => {
      throw new TypeError(`cannot read 'x' of {"token":"ghs_0123456789abcdef0123456789abcdef"}`);
    };
    const answer = await server.send(BODY);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('cannot read');
    expect(server.lines.join('')).not.toContain('ghs_0123');
    expect(await server.refused('mistake')).toBe(1);
  });

  it('has too much to do, some are asked to come again at once', async () => {
    await server.start({ intake: { unfinished: 2 } });
    const ends: ((answers: readonly boolean[]) => void)[] = [];
    server.accept = () => new Promise((resolve) => void ends.push(resolve));
    const first = [server.send(BODY), server.send(BODY)];
    await until(async () => ends.length === 2);
    const third = await server.send(BODY);
    expect([third.status, third.headers['retry-after']]).toEqual([503, '10']);
    for (const end of ends) end([true]);
    expect((await Promise.all(first)).map((one) => one.status)).toEqual([202, 202]);
    expect(await server.refused('busy')).toBe(1);
  });
});

it('a stopping server lets open requests end, and takes no new ones', async () => {
  await server.start();
  let end: (answers: readonly boolean[]) => void = () => {};
  let asked = false;
  server.accept = () => {
    asked = true;
    return new Promise((resolve) => (end = resolve));
  };
  const open = server.send(BODY);
  await until(async () => asked);
  const stopped = server.stop();
  await expect(server.send(BODY)).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
  end([true]);
  expect((await open).status).toBe(202);
  await stopped;
});

it('a stopping server does not wait for ever for a request that does not end', async () => {
  await server.start({ server: { stopMs: 100 } });
  const sent = server.open(BODY, { 'content-length': '500' });
  sent.on('error', () => {});
  sent.write('{');
  await once(sent, 'socket');
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.stop();
});

function headers(): Record<string, string> {
  return {
    'content-type': 'application/json',
    'content-length': String(BODY.length),
    'x-github-delivery': GUID,
    'x-github-event': 'push',
    'x-hub-signature-256': signature(BODY),
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5_000; !(await holds()); ) {
    if (Date.now() > end) throw new Error('It never came to be.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function textOf(socket: import('node:net').Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
}
