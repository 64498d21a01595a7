// `shiplock serve` as a process: how it starts, what it prints, and that it ends when it is told to, having finished what it began.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../support/github/world.ts';
import { headersOf } from './intake-server.ts';

const CLI = join(import.meta.dirname, '../../src/cli.ts');
/** The App needs Node 24; the tests may run on an older one, beside which it is installed. */
const NODE = join(import.meta.dirname, '../../node_modules/.bin/node');

let world: World;
let folder: string;
let child: ChildProcessByStdio<null, Readable, Readable> | null = null;
let out = '';
let err = '';
beforeEach(async () => {
  world = await startWorld();
  folder = mkdtempSync(join(tmpdir(), 'shiplock-serve-'));
  [out, err, child] = ['', '', null];
});
afterEach(async () => {
  child?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
  await world.assertClean();
  await world.stop();
});

function start(env: Readonly<Record<string, string>> = {}, node = NODE): ChildProcessByStdio<null, Readable, Readable> {
  const own = { GHE_HOST: world.host, GHE_PROTOCOL: 'http', PORT: '0', SHIPLOCK_DATA: folder, NODE_NO_WARNINGS: '1' };
  const started = spawn(node, [CLI, 'serve'], { env: { PATH: process.env.PATH ?? '', ...own, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  started.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  started.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child = started;
  return started;
}

function credentials(): Record<string, string> {
  const app = world.app('shiplock', { permissions: {} });
  return { APP_ID: String(app.id), PRIVATE_KEY: app.privateKey, WEBHOOK_SECRET: 'a secret of the webhook' };
}

async function listening(): Promise<string> {
  await until(() => out.includes('"msg":"Listening"'));
  return (JSON.parse(out.split('\n').find((line) => line.includes('Listening')) ?? '') as { url: string }).url;
}

describe('told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s, it ends what is open and exits with 0', async (signal) => {
    const process = start(credentials());
    const url = await listening();
    const body = JSON.stringify({ zen: 'Design for failure.' });
    // A request whose body is still to come.
    const sent = request(`${url}/api/github/webhooks`, { method: 'POST', headers: headersOf(body, 'ping') });
    const answered = once(sent, 'response') as Promise<[{ statusCode: number }]>;
    sent.write(body.slice(0, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const ended = once(process, 'exit');
    const since = Date.now();
    process.kill(signal);
    await until(() => out.includes('Stopping'));
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    sent.end(body.slice(5));
    expect((await answered)[0].statusCode).toBe(202);
    expect(await ended).toEqual([0, null]);
    // Not by the bound that is there for requests without an end.
    expect(Date.now() - since).toBeLessThan(9_000);
    expect(out).toContain('"msg":"Stopped"');
    for (const line of out.trim().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  it('a second time, it exits at once', async () => {
    const process = start(credentials());
    const url = await listening();
    const sent = request(`${url}/api/github/webhooks`, { method: 'POST', headers: headersOf('{}', 'ping') });
    sent.on('error', () => {});
    sent.write('{');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const ended = once(process, 'exit');
    process.kill('SIGTERM');
    await until(() => out.includes('Stopping'));
    process.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });
});

describe('without credentials', () => {
  it('goes on, and says on standard error what to do', async () => {
    start();
    const url = await listening();
    expect((await fetch(url)).status).toBe(200);
    await until(() => err.includes('APP_ID, PRIVATE_KEY'));
    expect(err).toContain(url);
    // The token is for whoever reads the terminal, not for whoever collects the logs.
    const token = /: ([0-9a-f]{32})$/m.exec(err)?.[1] ?? '';
    expect(token).not.toBe('');
    expect(out).not.toContain(token);
  });
});

describe('cannot start', () => {
  it.each([
    [{ APP_ID: '1' }, 2, /^APP_ID is set, but/],
    [{ PORT: 'http' }, 2, /^PORT is "http"/],
    [{ GHE_HOST: 'a/b' }, 2, /^GHE_HOST is "a\/b"/],
    [{ HOST: 'no-such-host.invalid' }, 3, /^HOST and PORT cannot be listened at/],
    [{ DATABASE_URL: 'postgres://shiplock:hunter2@127.0.0.1:1/shiplock' }, 3, /./],
  ])('with %j: exit code %i, in words', async (env: Record<string, string>, code, says) => {
    const [status] = (await once(start(env), 'exit')) as [number];
    expect([status, err]).toEqual([code, expect.stringMatching(says)]);
    expect(err + out).not.toContain('hunter2');
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('where the port is taken, it says so', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const [status] = (await once(start({ PORT: String(port) }), 'exit')) as [number];
    expect([status, err]).toEqual([3, expect.stringMatching(/something else listens there/)]);
    other.close();
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !holds(); ) {
    if (Date.now() > end) throw new Error(`It never came to be.\n${out}\n${err}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
