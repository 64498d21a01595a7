// SQLite syncs each commit, and whoever waits for a disk answers nobody: deliveries, of which there may be thousands a second, are compressed
// and written by a thread of its own, while the main one goes on reading requests. It is started by the first delivery.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Delivery } from '../flows/store-port.ts';
import { StoreProblem } from '../flows/store-port.ts';
import { accept } from './deliveries.ts';
import type { Write } from './gather.ts';
import { openSqlite } from './sqlite.ts';

export interface InboxThread {
  /** One after another. */
  readonly write: Write;
  /** After the last answer. */
  readonly close: () => Promise<void>;
}

export function inboxThread(folder: string): InboxThread {
  let worker: Worker | null = null;
  const start = () => {
    // This very file, or the one that it was bundled into.
    const started = new Worker(new URL(import.meta.url), { workerData: { [ROLE]: folder } });
    started.once('exit', () => {
      if (worker === started) worker = null;
    });
    // Only what it was asked keeps the process.
    started.unref();
    return started;
  };
  return {
    write: async (take) => {
      worker ??= start();
      const { heads, bytes } = letterOf(take());
      return asked(worker, { heads, bytes }, bytes);
    },
    close: async () => {
      if (worker === null) return;
      const ended = new Promise((resolve) => worker?.once('exit', resolve));
      worker.ref();
      worker.postMessage(null);
      await ended;
    },
  };
}

const ROLE = 'shiplock-inbox';

type Head = readonly [guid: string, event: string, action: string | null, key: string, receivedAt: number, length: number];

/** Its payloads one after another, in memory that changes hands. */
interface Letter {
  readonly heads: readonly Head[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Answer = { readonly fresh: readonly boolean[] } | { readonly problem: string; readonly ours: boolean };

function letterOf(deliveries: readonly Delivery[]): Letter {
  const heads = deliveries.map((one): Head => [one.guid, one.event, one.action, one.key, one.receivedAt, one.payload.length]);
  const bytes = Buffer.allocUnsafeSlow(heads.reduce((sum, head) => sum + head[5], 0));
  let at = 0;
  for (const { payload } of deliveries) {
    bytes.set(payload, at);
    at += payload.length;
  }
  return { heads, bytes };
}

function deliveriesOf({ heads, bytes }: Letter): readonly Delivery[] {
  let end = 0;
  return heads.map(([guid, event, action, key, receivedAt, length]) => {
    end += length;
    return { guid, event, action, key, receivedAt, payload: bytes.subarray(end - length, end) };
  });
}

function asked(worker: Worker, letter: Letter, bytes: Uint8Array<ArrayBuffer>): Promise<readonly boolean[]> {
  return new Promise((resolve, reject) => {
    const over = () => {
      worker.off('message', hear).off('error', fail).off('exit', gone);
      worker.unref();
    };
    const hear = (answer: Answer) => {
      over();
      if ('fresh' in answer) resolve(answer.fresh);
      else reject(answer.ours ? new Error(answer.problem) : new StoreProblem(answer.problem));
    };
    const fail = (error: unknown) => {
      over();
      reject(
        new StoreProblem(`The thread that writes deliveries has ended: ${String(error)}. The next one starts it again.`, { cause: error }),
      );
    };
    const gone = (code: number) => fail(`exit ${code}`);
    worker.on('message', hear).on('error', fail).on('exit', gone);
    worker.ref();
    worker.postMessage(letter, [bytes.buffer]);
  });
}

async function serveInbox(folder: string, port: NonNullable<typeof parentPort>): Promise<void> {
  const opened = openSqlite(folder);
  // A failure is the first one's to hear of who asks.
  opened.catch(() => undefined);
  port.on('message', async (letter: Letter | null) => {
    if (letter === null) {
      await opened.then(({ close }) => close());
      return port.close();
    }
    let answer: Answer;
    try {
      answer = { fresh: await accept(await opened, deliveriesOf(letter)) };
    } catch (error) {
      answer = { problem: error instanceof Error ? error.message : String(error), ours: !(error instanceof StoreProblem) };
    }
    port.postMessage(answer);
  });
}

const folder = isMainThread ? undefined : (workerData as { readonly [ROLE]?: string } | null)?.[ROLE];
if (folder !== undefined && parentPort !== null) void serveInbox(folder, parentPort);
