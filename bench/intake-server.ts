// One of the servers that `bench/intake.ts` loads, in a process of its own: `ours` is the App's whole intake over SQLite, every delivery on
// disk before it is answered; `probot` is Probot as it comes, `run` with an empty handler in production; `silent` the same without its log;
// `floor` is node:http that checks the signature and nothing else. It tells its port, and on request what it has used.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Used {
  /** Microseconds. */
  readonly cpu: number;
  /** Bytes, after a collection where `--expose-gc` allows one. */
  readonly rss: number;
  readonly heap: number;
}

const [kind = '', secret = '', privateKey = '', folder = ''] = process.argv.slice(2);

async function start(): Promise<number> {
  if (kind === 'ours') {
    const { serve } = await import('../src/app.ts');
    const env = { APP_ID: '1', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret, PORT: '0', SHIPLOCK_DATA: folder };
    // Nothing is to be done with what comes in: only taking it is measured.
    const { url } = await serve({
      env: { ...env, GHE_HOST: '127.0.0.1:9', GHE_PROTOCOL: 'http' },
      say: () => {},
      version: 'bench',
      work: null,
    });
    return Number(new URL(url).port);
  }
  if (kind === 'probot' || kind === 'silent') {
    const { run } = await import('probot');
    const env = { APP_ID: '1', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: secret, NODE_ENV: 'production', HOST: '127.0.0.1' };
    // It takes no port that is free for a 0.
    const port = await freePort();
    Object.assign(process.env, env, { PORT: String(port), LOG_LEVEL: kind === 'silent' ? 'silent' : 'info' });
    await run((app) => {
      app.onAny(() => {});
    });
    return port;
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const digest = createHmac('sha256', secret).update(Buffer.concat(chunks)).digest();
      const given = Buffer.from(String(request.headers['x-hub-signature-256']).slice(7), 'hex');
      response.writeHead(timingSafeEqual(given, digest) ? 202 : 401, { 'content-length': 0 }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const port = await start();
process.on('message', (ask: { readonly collect: boolean }) => {
  if (ask.collect) (globalThis as { gc?: () => void }).gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ cpu: user + system, rss, heap: heapUsed } satisfies Used);
});
process.on('disconnect', () => process.exit());
process.send?.({ port });
