// SQLite syncs each commit, and whoever waits for a disk answers nobody: deliveries, of which there may be thousands a second, are compressed
// and written by a thread of its own, while the main one goes on reading requests. It is started by the first delivery.

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Delivery } from '../flows/store-port.ts';
import { StoreProblem } from '../flows/store-port.ts';
import type { Database } from './database.ts';
import { accept } from './deliveries.ts';
import { BYTES, type Write } from './gather.ts';
import { openSqlite } from './sqlite.ts';

export interface InboxThread {
  /** One after another. */
  readonly write: Write;
  /** After the last answer. */
  readonly close: () => Promise<void>;
}

export function inboxThread(folder: string): InboxThread {
  const letterOf = letterWriter();
  let worker: Worker | null = null;
  const start = () => {
    // This very file, or the one that it was bundled into.
    const started = new Worker(new URL(import.meta.url), { workerData: { [ROLE]: folder } });
    const over = () => {
      if (worker === started) worker = null;
    };
    started.once('error', over).once('exit', over);
    // Only what it was asked keeps the process.
    started.unref();
    return started;
  };
  return {
    write: async (take) => {
      worker ??= start();
      return asked(worker, letterOf(take()));
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

/** Its payloads stand one after another, in memory that both threads see. */
interface Letter {
  readonly heads: readonly Head[];
  readonly bytes: Uint8Array;
}

type Answer = { readonly fresh: readonly boolean[] } | { readonly problem: string; readonly ours: boolean };

/** Memory is taken once, and used anew for each letter: there is one at a time. Only what is too large for it has its own. */
function letterWriter(): (deliveries: readonly Delivery[]) => Letter {
  let usual: Uint8Array | null = null;
  return (deliveries) => {
    usual ??= new Uint8Array(new SharedArrayBuffer(USUAL));
    const heads = deliveries.map((one): Head => [one.guid, one.event, one.action, one.key, one.receivedAt, one.payload.length]);
    const size = heads.reduce((sum, head) => sum + head[5], 0);
    const bytes = size <= USUAL ? usual.subarray(0, size) : new Uint8Array(new SharedArrayBuffer(size));
    let at = 0;
    for (const { payload } of deliveries) {
      bytes.set(payload, at);
      at += payload.length;
    }
    return { heads, bytes };
  };
}

/** As much as is gathered at most, but for one that is larger alone; what is never written to is never taken. */
const USUAL = 2 * BYTES;

function deliveriesOf({ heads, bytes }: Letter): readonly Delivery[] {
  let end = 0;
  return heads.map(([guid, event, action, key, receivedAt, length]) => {
    end += length;
    return { guid, event, action, key, receivedAt, payload: bytes.subarray(end - length, end) };
  });
}

function asked(worker: Worker, letter: Letter): Promise<readonly boolean[]> {
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
      const says = error instanceof Error ? error.message : String(error);
      reject(new StoreProblem(`The thread that writes deliveries has ended: ${says}. The next delivery starts another.`, { cause: error }));
    };
    const gone = (code: number) => fail(new Error(`it exited with ${code}`));
    worker.on('message', hear).on('error', fail).on('exit', gone);
    worker.ref();
    worker.postMessage(letter);
  });
}

function serveInbox(folder: string, port: NonNullable<typeof parentPort>): void {
  let database: Database | null = null;
  const write = async (letter: Letter): Promise<Answer> => {
    try {
      // Where it cannot be opened the next letter tries again.
      database ??= await openSqlite(folder);
      return { fresh: await accept(database, deliveriesOf(letter)) };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error), ours: !(error instanceof StoreProblem) };
    }
  };
  port.on('message', async (letter: Letter | null) => {
    if (letter !== null) return port.postMessage(await write(letter));
    await database?.close();
    port.close();
  });
}

const folder = isMainThread ? undefined : (workerData as { readonly [ROLE]?: string } | null)?.[ROLE];
if (folder !== undefined && parentPort !== null) serveInbox(folder, parentPort);
