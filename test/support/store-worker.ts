// A replica of the App as the store sees it, for tests that kill it: it accepts deliveries on several lanes and works off what is there,
// as fast as it can, until it dies. `+guid` on stdout says that a delivery was acknowledged; nothing is said before the store has said so.
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from '../../src/store/open.ts';

export interface Orders {
  readonly databaseUrl?: string;
  readonly folder: string;
  /** Unique to this life. */
  readonly name: string;
  readonly lanes: number;
  readonly keys: number;
  readonly leaseMs: number;
  /** It stops by itself after so many deliveries a lane; absent: never. */
  readonly count?: number;
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const { name, lanes, keys, leaseMs, count = Number.POSITIVE_INFINITY } = orders;
const store = await openStore(orders);

await Promise.all([...Array.from({ length: lanes }, (_, lane) => accepting(lane)), working(), working(), working()]);
await store.close();

async function accepting(lane: number): Promise<void> {
  const filler = 'x'.repeat(2000 + lane * 2000);
  for (let index = 0; index < count; index++) {
    const guid = `${name}/${lane}/${index}`;
    const payload = new TextEncoder().encode(JSON.stringify({ guid, filler }));
    const [fresh] = await store.accept([
      { guid, event: 'push', action: null, key: `repo:${(lane + index) % keys}`, payload, receivedAt: Date.now() },
    ]);
    writeSync(1, fresh === true ? `+${guid}\n` : `?${guid} was taken for one that was there\n`);
    // What comes must not outrun what is worked off, or only the last survivor would work.
    await pause(4 + lane * 4);
  }
}

async function working(): Promise<void> {
  for (let round = 0; round < count; round++) {
    const tasks = await store.claim({ owner: name, now: Date.now(), leaseMs, limit: 3 });
    await Promise.all(
      tasks.map(async (task) => {
        const lease = { task, owner: name };
        const { guid } = task.body as { readonly guid: string };
        const delivery = await store.delivery(guid);
        const read = delivery === null ? null : (JSON.parse(new TextDecoder().decode(delivery.payload)) as { readonly guid: string }).guid;
        if (read !== guid) writeSync(1, `?${guid} has the payload of ${read}\n`);
        // Some are tried again: they must come back at the head of their key.
        if (task.attempts === 1 && task.id % 7 === 0) {
          await store.retry(lease, { at: Date.now(), error: 'once more' });
          return;
        }
        // And some take longer than their lease: by then somebody else may have them.
        if (task.attempts === 1 && task.id % 15 === 1) await pause(leaseMs * 1.2);
        const outcome = {
          entries: [
            {
              repository: task.key,
              seal: (head: { readonly seq: number } | null) => ({
                hash: String((head?.seq ?? 0) + 1),
                text: JSON.stringify({ guid, id: task.id }),
              }),
            },
          ],
        };
        if ((await store.finish(lease, outcome, Date.now())) === 'lost') writeSync(1, `-${guid}\n`);
      }),
    );
    if (tasks.length === 0) await pause(5);
  }
}
