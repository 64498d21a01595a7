// The App's inner works on the world: webhooks into an embedded store, and the worker over them by the world's clock. The receiver is a few
// lines; how deliveries are really taken is tested with the intake.
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Flows } from '../../src/app/journeys.ts';
import { makeLog } from '../../src/app/log.ts';
import { makeMetrics } from '../../src/app/metrics.ts';
import { openGitHubApp } from '../../src/app/probot.ts';
import type { Settings } from '../../src/app/settings.ts';
import { startWork } from '../../src/app/work.ts';
import type { Worker } from '../../src/app/worker.ts';
import { deliveryKey } from '../../src/core/errand-of.ts';
import type { StorePort } from '../../src/flows/store-port.ts';
import { endpointsOf } from '../../src/github/endpoints.ts';
import { APP_PERMISSIONS } from '../github/app-world.ts';
import type { App } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { memoryFolder } from '../support/memory.ts';
import { openStoryStore } from '../support/store.ts';

export const EVENTS = ['pull_request', 'push', 'create', 'delete', 'release', 'issue_comment', 'repository'];
const SECRET = 'a secret of the webhook';

export class AppStory {
  /** Errands in the order in which their flows were begun: `preview #3`, `draft main`, `command 900 /release plan`. */
  readonly errands: string[] = [];
  readonly lines: Record<string, unknown>[] = [];
  /** False: the receiver answers 503, as while the App is away. */
  up = true;
  readonly world: World;
  readonly store: StorePort;
  readonly app: App;
  readonly metrics = makeMetrics(async () => ({ ready: 0, waiting: 0, running: 0, dead: 0, oldest: 0 }));
  readonly #receiver: Server;
  readonly #folder: string;
  readonly #workers: Worker[] = [];

  private constructor(parts: { world: World; store: StorePort; app: App; receiver: Server; folder: string }) {
    this.world = parts.world;
    this.store = parts.store;
    this.app = parts.app;
    this.#receiver = parts.receiver;
    this.#folder = parts.folder;
  }

  /** Limits follow the machine's clock, which the App's is to be near, but where two stories are to be alike. */
  static async begin(time = new Date().toISOString()): Promise<AppStory> {
    const world = await startWorld();
    world.clock.set(time);
    const folder = memoryFolder('app-story-');
    const store = await openStoryStore(folder);
    let story: AppStory | null = null;
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const payload = Buffer.concat(chunks);
      const read = JSON.parse(payload.toString()) as { action?: string };
      if (story?.up === true) {
        const guid = String(request.headers['x-github-delivery']);
        const event = String(request.headers['x-github-event']);
        await store.accept([{ guid, event, action: read.action ?? null, key: deliveryKey(read), payload, receivedAt: world.clock.now() }]);
      }
      response.writeHead(story?.up === true ? 202 : 503).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const app = world.app('shiplock', { permissions: APP_PERMISSIONS, events: EVENTS, webhook: { url, secret: SECRET } });
    story = new AppStory({ world, store, app, receiver, folder });
    return story;
  }

  /** A repository of acme's; installs the App there with the first. */
  repository(name = 'acme/app'): RepositoryStory {
    const repository = this.world.repository(name);
    const { owner } = repository.record;
    if (![...this.world.state.installations.values()].some((one) => one.app === this.app && one.account === owner))
      this.world.install(this.app, owner.login);
    return repository;
  }

  /** The App's process; flows that are not given are noted in `errands` and do nothing. */
  async start(
    flows: Partial<Flows> = {},
    more: Partial<Pick<Settings, 'sweepSeconds' | 'measures' | 'attaches' | 'outgoing'>> = {},
  ): Promise<Worker> {
    const { log } = makeLog({ level: 'info', to: { write: (line) => void this.lines.push(JSON.parse(line) as Record<string, unknown>) } });
    const endpoints = endpointsOf(this.world.url);
    const credentials = { appId: this.app.id, privateKey: this.app.privateKey, webhookSecret: SECRET };
    const app = await openGitHubApp({ credentials, endpoints, log });
    const settings = { endpoints, sweepSeconds: 300, ...more } as Settings;
    const noted =
      <E extends { kind: string }>(say: (errand: E) => string) =>
      async (_: unknown, errand: E) => {
        this.errands.push(`${errand.kind} ${say(errand)}`);
        return {};
      };
    const worker = startWork(
      { store: this.store, app, settings, log, metrics: this.metrics },
      {
        now: this.world.clock.now,
        random: () => 0.5,
        pollMs: 5,
        sleep: () => Promise.resolve(),
        flows: {
          preview: noted(
            ({ pull, label }) => `#${pull}${label === undefined ? '' : ` ${label.added ? '+' : '-'}${label.name} by ${label.by}`}`,
          ),
          draft: noted(({ branch }) => branch),
          command: noted(({ comment, body }) => `${comment} ${body}`),
          ...flows,
        },
      },
    );
    this.#workers.push(worker);
    return worker;
  }

  /** Lets everything that was sent and everything that is due come to its end. */
  async settle(worker: Worker): Promise<void> {
    await this.world.deliveries.settled();
    await worker.idle();
  }

  /** Moves the clock minute by minute, as what waits for an end of something only sees that it has passed. */
  async pass(worker: Worker, minutes: number): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      this.world.clock.advance('1m');
      await this.settle(worker);
    }
  }

  /** What was noted since the last time. */
  taken(): string[] {
    return this.errands.splice(0);
  }

  async end(): Promise<void> {
    await this.world.deliveries.settled();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.store.close();
    this.#receiver.closeAllConnections();
    await new Promise((resolve) => this.#receiver.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
    await this.world.assertClean();
    await this.world.stop();
  }
}
