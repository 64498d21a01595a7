// A worker on an embedded store of its own, with a clock that a test moves and journeys that it tells.
import { rmSync } from 'node:fs';
import { type End, type Journeys, startWorker, type Worker, type WorkerOptions } from '../../src/app/worker.ts';
import type { NewTask, StorePort } from '../../src/flows/store-port.ts';
import { memoryFolder } from '../support/memory.ts';
import { openStoryStore } from '../support/store.ts';

export interface Logged {
  readonly level: 'info' | 'warn' | 'error';
  readonly says: string;
  readonly fields: Record<string, unknown>;
}

export class Bench {
  readonly store: StorePort;
  readonly logged: Logged[] = [];
  readonly ends: string[] = [];
  now = Date.parse('2026-01-05T10:00:00Z');
  readonly #folder: string;
  readonly #workers: Worker[] = [];

  private constructor(store: StorePort, folder: string) {
    this.store = store;
    this.#folder = folder;
  }

  static async open(): Promise<Bench> {
    const folder = memoryFolder('worker-');
    return new Bench(await openStoryStore(folder), folder);
  }

  get log(): WorkerOptions['log'] {
    const put = (level: Logged['level']) => (fields: object, says: string) => {
      this.logged.push({ level, says, fields: { ...fields } });
    };
    return { info: put('info'), warn: put('warn'), error: put('error') };
  }

  start(journeys: Journeys, options: Partial<WorkerOptions> = {}): Worker {
    const worker = startWorker({
      store: this.store,
      journeys,
      log: this.log,
      ended: (kind: string, end: End) => this.ends.push(`${kind} ${end}`),
      pollMs: 5,
      now: () => this.now,
      random: () => 0.5,
      ...options,
    });
    this.#workers.push(worker);
    return worker;
  }

  add(...tasks: readonly Partial<NewTask>[]): Promise<void> {
    return this.store.add(
      tasks.map((task) => ({ key: 'repo:1', kind: 'errand', body: {}, ...task })),
      this.now,
    );
  }

  /** Moves the clock, and lets everything that is then due be done. */
  async pass(worker: Worker, milliseconds = 0): Promise<void> {
    this.now += milliseconds;
    await worker.idle();
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    await this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
