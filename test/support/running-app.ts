// The built App as an operator runs it: `node dist/cli.js serve` in a process of its own, installed in a world that sends it webhooks. It
// can be killed at any moment and started again on what it left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../src/app/manifest.ts';
import type { Permissions } from './github/records.ts';
import type { RepositoryStory } from './github/stories.ts';
import type { World } from './github/world.ts';

const NODE = join(import.meta.dirname, '../../node_modules/.bin/node');
const SECRET = 'a secret of the webhook';
const PATIENCE_MS = 20_000;

export interface RunningApp {
  readonly url: string;
  /** What it wrote to its log, each line once parsed. */
  readonly log: () => readonly Record<string, unknown>[];
  readonly repository: (fullName: string, files?: Readonly<Record<string, string>>) => RepositoryStory;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Kills it for good and removes what it kept. */
  readonly remove: () => Promise<void>;
}

export interface RunningOptions {
  readonly world: World;
  /** The bundle's cli.js. */
  readonly cli: string;
  /** Absent: the embedded store. */
  readonly databaseUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Registers the App as app.yml describes it, and starts it. */
export async function runApp({ world, cli, databaseUrl, env = {} }: RunningOptions): Promise<RunningApp> {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-running-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const manifest = readManifest();
  const app = world.app('shiplock', {
    permissions: manifest.default_permissions as Permissions,
    events: manifest.default_events,
    webhook: { url: `${url}/api/github/webhooks`, secret: SECRET },
  });
  const environment = {
    PATH: process.env.PATH ?? '',
    NODE_NO_WARNINGS: '1',
    APP_ID: String(app.id),
    PRIVATE_KEY: app.privateKey,
    WEBHOOK_SECRET: SECRET,
    GHE_HOST: world.host,
    GHE_PROTOCOL: 'http',
    HOST: '127.0.0.1',
    PORT: String(port),
    SHIPLOCK_DATA: folder,
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
    ...env,
  };
  let child: ChildProcess | null = null;
  let [out, err] = ['', ''];
  const start = async () => {
    const started = spawn(NODE, [cli, 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    await eventually('the App answers', async () => {
      if (started.exitCode !== null) throw new Error(`The App ended with ${started.exitCode}:\n${err}\n${out}`);
      return (await fetch(`${url}/readyz`).catch(() => null))?.status === 200;
    });
  };
  const kill = async () => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url,
    log: () =>
      out
        .split('\n')
        .filter((line) => line.startsWith('{') && line.endsWith('}'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    repository: (fullName, files = {}) => {
      const repository = world.repository(fullName, {
        commits: [{ message: 'Initial commit', files: { 'README.md': '# Hello\n', ...files } }],
      });
      const { owner } = repository.record;
      if (![...world.state.installations.values()].some((one) => one.app === app && one.account === owner)) world.install(app, owner.login);
      return repository;
    },
    kill,
    start,
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Looks until it is so; throws with the words where it does not come to be. */
export async function eventually(what: string, isSo: () => unknown, patienceMs = PATIENCE_MS): Promise<void> {
  const until = Date.now() + patienceMs;
  while (Date.now() < until) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`It did not come to be that ${what}.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
