// The whole App in this process against a GitHub of one's own, with a store in a folder of its own, and what it said.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServeOptions, type Serving, serve } from '../../src/app.ts';
import type { App } from '../support/github/records.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { signature } from './intake-server.ts';

export const SECRET = 'a secret of the webhook';

export class Stage {
  readonly world: World;
  readonly folder = mkdtempSync(join(tmpdir(), 'shiplock-app-'));
  readonly said: string[] = [];
  readonly lines: string[] = [];
  #serving: Serving | null = null;

  constructor(world: World) {
    this.world = world;
  }

  /** The environment of a server for this world, an Enterprise Server to it. */
  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { GHE_HOST: this.world.host, GHE_PROTOCOL: 'http', PORT: '0', HOST: '127.0.0.1', SHIPLOCK_DATA: this.folder, ...more };
  }

  credentials(app: App): Record<string, string> {
    return { APP_ID: String(app.id), PRIVATE_KEY: app.privateKey, WEBHOOK_SECRET: SECRET };
  }

  async serve(more: Readonly<Record<string, string>> = {}, options: Partial<ServeOptions> = {}): Promise<string> {
    this.#serving = await serve({
      env: this.env(more),
      say: (words) => void this.said.push(words),
      version: '1.2.3',
      // These stories end at the store; test/app/worker.test.ts and those of the journeys go on from there.
      work: null,
      logTo: { write: (line) => void this.lines.push(line) },
      ...options,
    });
    return this.#serving.url;
  }

  get url(): string {
    return this.#serving?.url ?? '';
  }

  /** Nothing is due and nothing being done. */
  async idle(): Promise<void> {
    await this.#serving?.idle();
  }

  async stop(): Promise<void> {
    await this.#serving?.stop();
    this.#serving = null;
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
    await this.world.assertClean();
    await this.world.stop();
  }

  deliver(payload: object, event = 'push', guid: string = crypto.randomUUID()): Promise<Response> {
    const body = JSON.stringify(payload);
    return fetch(`${this.url}/api/github/webhooks`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-delivery': guid,
        'x-github-event': event,
        'x-hub-signature-256': signature(body, SECRET),
      },
    });
  }
}

export async function stage(): Promise<Stage> {
  return new Stage(await startWorld());
}
