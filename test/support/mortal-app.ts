// The built App in a process that can be killed at any moment and started again on what it left behind, by the world's clock: days pass in
// a moment, and whoever tells a story knows when nothing is left to be done.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readManifest } from '../../src/app/manifest.ts';
import type { FromApp, ToApp } from './clocked-app.ts';
import type { App, Permissions } from './github/records.ts';
import type { World } from './github/world.ts';

const NODE = join(import.meta.dirname, '../../node_modules/.bin/node');
const PROCESS = fileURLToPath(new URL('./clocked-app.ts', import.meta.url));
const SECRET = 'a secret of the webhook';

export interface MortalOptions {
  readonly world: World;
  /** The folder of the bundle. */
  readonly bundle: string;
  /** Absent: the embedded store. */
  readonly databaseUrl?: string | undefined;
  /** Variables of its environment besides. */
  readonly env?: Readonly<Record<string, string>>;
}

export class MortalApp {
  readonly app: App;
  readonly folder: string;
  /** For the commands that read its store. */
  readonly store: Readonly<Record<string, string>>;
  kills = 0;
  readonly #options: MortalOptions;
  #child: ChildProcess | null = null;
  #ended: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #out = '';
  #err = '';

  /** Registers the App as app.yml describes it; `start` gives it its address. */
  constructor(options: MortalOptions) {
    this.#options = options;
    const { world, databaseUrl } = options;
    const manifest = readManifest();
    this.app = world.app('shiplock', { permissions: manifest.default_permissions as Permissions, events: manifest.default_events });
    this.folder = mkdtempSync(join(tmpdir(), 'shiplock-mortal-'));
    this.store = { SHIPLOCK_DATA: this.folder, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
    const { clock } = world;
    const tell = () => void (this.#child?.connected && this.#child.send({ clock: clock.now() } satisfies ToApp, () => undefined));
    const tick = clock.tick;
    clock.tick = () => {
      tick.call(clock);
      tell();
    };
    clock.watch(tell);
  }

  /** Resolves as soon as it takes webhooks. */
  async start(): Promise<void> {
    const { world, bundle } = this.#options;
    // As long as it is not gone, its port is taken and its tasks are its own.
    await this.#ended;
    const port = this.app.webhook === null ? 0 : Number(new URL(this.app.webhook.url).port);
    const env = {
      PATH: process.env.PATH ?? '',
      NODE_NO_WARNINGS: '1',
      // The address stays as long as there is a folder.
      NODE_COMPILE_CACHE: join(bundle, '.cache'),
      APP_ID: String(this.app.id),
      PRIVATE_KEY: this.app.privateKey,
      WEBHOOK_SECRET: SECRET,
      GHE_HOST: world.host,
      GHE_PROTOCOL: 'http',
      HOST: '127.0.0.1',
      PORT: String(port),
      SHIPLOCK_SWEEP_SECONDS: '60',
      ...this.#options.env,
      ...this.store,
    };
    const options = { execPath: NODE, execArgv: [], env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] as ('ignore' | 'pipe' | 'ipc')[] };
    const child = fork(PROCESS, [bundle, String(world.clock.now())], options);
    this.#child = child;
    this.#ended = once(child, 'exit');
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
    });
    const url = await new Promise<string>((resolve, reject) => {
      child.on('message', (message: FromApp) => void ('ready' in message && resolve(message.ready)));
      child.once('exit', (code, signal) => reject(new Error(`The App ended with ${signal ?? code}:\n${this.#err}\n${this.#out}`)));
    });
    this.app.webhook = { url: `${url}/api/github/webhooks`, secret: SECRET };
    child.send({ clock: world.clock.now() } satisfies ToApp);
  }

  get url(): string {
    return new URL(this.app.webhook?.url ?? '').origin;
  }

  /** The log, each line parsed. */
  get log(): readonly Record<string, unknown>[] {
    const whole = this.#out.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return whole.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get alive(): boolean {
    return this.#child !== null;
  }

  /** What `kill -9` does, at once. */
  kill(): void {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    this.kills += 1;
    child.kill('SIGKILL');
  }

  /** Resolves when every webhook was sent and nothing is due or being done, or it is dead. */
  async settled(): Promise<void> {
    const { deliveries } = this.#options.world;
    for (let sent = -1; sent !== deliveries.log.length; ) {
      await deliveries.settled();
      sent = deliveries.log.length;
      await this.#idle();
    }
  }

  async #idle(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    await new Promise<void>((resolve) => {
      const end = () => {
        child.off('message', hear);
        child.off('exit', end);
        resolve();
      };
      const hear = (message: FromApp) => void ('idle' in message && message.idle === asked && end());
      child.on('message', hear);
      child.once('exit', end);
      child.send({ idle: asked } satisfies ToApp, () => undefined);
    });
  }

  /** Ends it for good and removes what it kept. */
  async remove(): Promise<void> {
    this.#child?.kill('SIGKILL');
    this.#child = null;
    await this.#ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
