// Deliveries that come at once are written together, by a thread of their own: each is answered for itself, in its order, and what is wrong
// with one or with the disk is told to whom it concerns.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/flows/store-port.ts';
import { StoreProblem } from '../../src/flows/store-port.ts';
import { bundled, unbundled } from '../../src/store/bundles.ts';
import { gathering } from '../../src/store/gather.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { inboxThread } from '../../src/store/thread.ts';

const root = mkdtempSync(join(tmpdir(), 'shiplock-thread-'));
const opened: Store[] = [];
let places = 0;

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const place = () => join(root, String(++places));
const open = async () => {
  const store = await openStore({ folder: place() });
  opened.push(store);
  return store;
};

describe('deliveries that come together', () => {
  it('are taken in one go, as late as can be, and each is answered for itself', async () => {
    const goes: (readonly string[])[] = [];
    let begin: () => void = () => {};
    const accept = gathering(async (take) => {
      await new Promise<void>((resolve) => {
        begin = resolve;
      });
      const guids = take().map((one) => one.guid);
      goes.push(guids);
      return guids.map((guid) => guid !== 'known');
    });
    const answers = [accept([delivery('a'), delivery('known')]), accept([]), accept([delivery('b')])];
    begin();
    await answers[0];
    answers.push(accept([delivery('c')]));
    begin();
    expect(await Promise.all(answers)).toEqual([[true, false], [], [true], [true]]);
    expect(goes).toEqual([['a', 'known', 'b'], ['c']]);
  });

  it('fail together, and those that come later do not', async () => {
    let fails = true;
    const accept = gathering(async (take) => {
      if (fails) throw new StoreProblem('The disk is full.');
      return take().map(() => true);
    });
    const both = [accept([delivery('a')]), accept([delivery('b')])].map((one) => expect(one).rejects.toThrow('The disk is full.'));
    await Promise.all(both);
    fails = false;
    expect(await accept([delivery('a')])).toEqual([true]);
  });

  it('do not suffer from one that cannot be stored', async () => {
    const store = await open();
    const odd = expect(store.accept([delivery('odd', { action: 'a\0b' })])).rejects.toThrow(/NUL character/);
    expect(await Promise.all([store.accept([delivery('a')]), store.accept([delivery('b')])])).toEqual([[true], [true]]);
    await odd;
  });

  it('keep the order in which they came, among other writes too', async () => {
    const store = await open();
    const guids = Array.from({ length: 300 }, (_, index) => `g-${index}`);
    await Promise.all(
      guids.flatMap((guid, index) => [
        store.accept([delivery(guid)]),
        store.add([{ key: `k-${index % 7}`, kind: 'other', body: null }], 0),
      ]),
    );
    for (const guid of guids) {
      const claimed = await store.claim({ owner: 'one', now: 10, leaseMs: 60_000, limit: 100 });
      const task = claimed.find((one) => one.kind === 'delivery');
      expect(task?.body).toEqual({ guid });
      if (task !== undefined) await store.finish({ task, owner: 'one' }, {}, 10);
    }
  });
});

describe('tasks of new deliveries', () => {
  const kinds = (tasks: readonly { readonly kind: string; readonly body: unknown }[]) =>
    tasks.map((one) => (one.kind === 'delivery' ? (one.body as { guid: string }).guid : one.kind));

  it('stay before what is added to their key later', async () => {
    const store = await open();
    await store.add([{ key: 'repo:1', kind: 'first', body: null }], 1);
    await store.accept([delivery('a')]);
    await store.add([{ key: 'repo:1', kind: 'second', body: null }], 1);
    await store.accept([delivery('b')]);
    expect(await store.stats(10)).toMatchObject({ ready: 4, oldest: 9 });
    const order: string[] = [];
    for (;;) {
      const [task] = await store.claim({ owner: 'one', now: 10, leaseMs: 1000, limit: 1 });
      if (task === undefined) break;
      order.push(...kinds([task]));
      // What comes while it is done comes last.
      if (order.length === 1) await store.accept([delivery('c')]);
      await store.finish({ task, owner: 'one' }, {}, 10);
    }
    expect(order).toEqual(['first', 'a', 'second', 'b', 'c']);
  });

  it('are begun by whoever comes after nobody has worked for long', async () => {
    const store = await open();
    const many = Array.from({ length: 2_300 }, (_, index) => delivery(`g-${index}`, { key: `repo:${index % 1_150}` }));
    await Promise.all(many.map((one) => store.accept([one])));
    expect((await store.stats(10)).ready).toBe(2_300);
    const first = await store.claim({ owner: 'one', now: 10, leaseMs: 1000, limit: 2_000 });
    expect(kinds(first).sort()).toEqual(
      many
        .slice(0, 1_150)
        .map((one) => one.guid)
        .sort(),
    );
    expect((await store.stats(10)).ready).toBe(1_150);
  });
});

describe('the thread', () => {
  it('says why it cannot write, and writes as soon as it can', async () => {
    const folder = place();
    writeFileSync(folder, 'a file');
    const thread = inboxThread(folder);
    await expect(thread.write(() => [delivery('a')])).rejects.toThrow(/cannot be kept in .*EEXIST.*SHIPLOCK_DATA/);
    rmSync(folder);
    const store = await openStore({ folder });
    opened.push(store);
    expect(await thread.write(() => [delivery('a')])).toEqual([true]);
    await thread.close();
    await thread.close();
    expect(await store.delivery('a')).toEqual(delivery('a'));
  });

  it('ends with what it was asked before', async () => {
    const folder = place();
    const store = await openStore({ folder });
    const payload = new Uint8Array(300_000).map((_, index) => index % 251);
    const accepted = Promise.all(Array.from({ length: 30 }, (_, index) => store.accept([delivery(`g-${index}`, { payload })])));
    await store.close();
    expect((await accepted).every(([fresh]) => fresh === true)).toBe(true);
    const again = await openStore({ folder });
    opened.push(again);
    expect(await again.delivery('g-29')).toEqual(delivery('g-29', { payload }));
  });

  it('takes what is larger than its usual memory', async () => {
    const store = await open();
    const payload = new Uint8Array(12 * 1024 * 1024).map((_, index) => (index * 7919) % 253);
    const small = Array.from({ length: 5 }, (_, index) => store.accept([delivery(`s-${index}`)]));
    expect(await store.accept([delivery('large', { payload })])).toEqual([true]);
    await Promise.all(small);
    expect(Buffer.compare((await store.delivery('large'))?.payload ?? new Uint8Array(), payload)).toBe(0);
    expect(await store.delivery('s-4')).toEqual(delivery('s-4'));
  });
});

describe('a bundle', () => {
  const sized = (guid: string, size: number, of = guid) => delivery(guid, { payload: Buffer.from(of.repeat(size).slice(0, size)) });

  it.each([
    ['one', [10], [1]],
    ['what fits', [120_000, 120_000, 120_000, 10], [2, 2]],
    ['one alone that is too large', [10, 500_000, 10], [1, 1, 1]],
    ['nothing', [], []],
    ['what is empty', [0, 0, 5], [3]],
  ])('holds %s, and gives each back', async (_, sizes, bundles) => {
    const deliveries = sizes.map((size, index) => sized(String(index), size));
    const found = await bundled(deliveries);
    expect(found.map((one) => one.deliveries.length)).toEqual(bundles);
    for (const { bytes, deliveries: some } of found) {
      let start = 0;
      for (const { payload } of some) {
        expect(Buffer.compare(await unbundled(bytes, start, payload.length), payload)).toBe(0);
        start += payload.length;
      }
    }
  });

  it('is the same of payloads that lie one after another', async () => {
    const whole = Buffer.from('one two three');
    const some = [whole.subarray(0, 4), whole.subarray(4, 8), whole.subarray(8)];
    const of = (payloads: readonly Uint8Array[]) => bundled(payloads.map((payload, index) => delivery(String(index), { payload })));
    expect((await of(some))[0]?.bytes).toEqual((await of(some.map((one) => Uint8Array.from(one))))[0]?.bytes);
  });

  it('is forgotten once nothing of it is needed', async () => {
    const store = await open();
    await store.accept([delivery('a', { key: 'repo:1' }), delivery('b', { key: 'repo:2' })]);
    // Again, and nothing of it is new: nothing of it is kept.
    expect(await store.accept([delivery('a'), delivery('b')])).toEqual([false, false]);
    const bundles = () => store.database.read('select id from shiplock_bundles');
    expect(await bundles()).toHaveLength(1);
    const tasks = await store.claim({ owner: 'one', now: 10, leaseMs: 1000, limit: 2 });
    for (const [index, task] of tasks.entries()) {
      expect(await store.delivery('a')).not.toBeNull();
      await store.finish({ task, owner: 'one' }, {}, 20 + index);
      await store.forget(21);
      expect(await bundles()).toHaveLength(1 - index);
    }
    expect(await store.delivery('a')).toBeNull();
    expect(await store.known(['a', 'b'])).toEqual(new Set(['a', 'b']));
  });
});

function delivery(guid: string, more: Partial<Delivery> = {}): Delivery {
  return { guid, event: 'push', action: null, key: 'repo:1', payload: new TextEncoder().encode('{"a":1}'), receivedAt: 5, ...more };
}
