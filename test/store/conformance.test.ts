// What the store promises, on both engines alike: one suite, and what is told apart is in sqlite.test.ts and postgres.test.ts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Delivery, Entry, Lease, NewTask, Task } from '../../src/flows/store-port.ts';
import { StoreProblem } from '../../src/flows/store-port.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

let server: PostgresServer;
const folder = mkdtempSync(join(tmpdir(), 'shiplock-store-'));
let places = 0;

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const T0 = 1_700_000_000_000;

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let where: { readonly databaseUrl?: string; readonly folder: string };
  const opened: Store[] = [];
  let store: Store;

  const open = async () => {
    const one = await openStore(where);
    opened.push(one);
    return one;
  };
  beforeEach(async () => {
    where = { folder: join(folder, String(++places)), ...(engine === 'postgres' ? { databaseUrl: await server.emptyUrl() } : {}) };
    store = await open();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  const claimAll = (now: number, owner = 'one', of = store) => of.claim({ owner, now, leaseMs: 1000, limit: 100 });
  const claimOne = async (now: number, owner = 'one', of = store): Promise<Lease> => {
    const [task] = await of.claim({ owner, now, leaseMs: 1000, limit: 1 });
    if (task === undefined) throw new Error('There was nothing to claim.');
    return { task, owner };
  };
  /** Runs all that is due, and returns the kinds in the order in which they ran. */
  const drain = async (now: number, of = store) => {
    const ran: string[] = [];
    for (;;) {
      const tasks = await claimAll(now, 'drain', of);
      if (tasks.length === 0) return ran;
      for (const task of tasks) {
        expect(await of.finish({ task, owner: 'drain' }, {}, now)).toBe('done');
        ran.push(task.kind);
      }
    }
  };

  describe('deliveries', () => {
    it('come back byte for byte, whatever their bytes and size', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
      const large = new Uint8Array(600_000).map((_, index) => (index * 7919) % 251);
      const all = [
        delivery('a', { payload: bytes }),
        delivery('b', { payload: new Uint8Array(0), action: 'opened' }),
        delivery('c', { payload: large }),
      ];
      expect(await store.accept(all)).toEqual([true, true, true]);
      for (const one of all) expect(await store.delivery(one.guid)).toEqual(one);
      expect(await store.delivery('d')).toBeNull();
    });

    it('are taken once: in one call, in calls at once, and later', async () => {
      expect(await store.accept([delivery('a'), delivery('b'), delivery('a')])).toEqual([true, true, false]);
      const twice = delivery('t');
      expect(await store.accept([twice, twice])).toEqual([true, false]);
      const answers = await Promise.all(Array.from({ length: 20 }, () => store.accept([delivery('c')])));
      expect(answers.flat().filter(Boolean)).toHaveLength(1);
      expect(await store.accept([delivery('a', { event: 'other' }), delivery('d')])).toEqual([false, true]);
      expect((await store.delivery('a'))?.event).toBe('push');
      expect(await store.known(['a', 'x', 'd', 'a'])).toEqual(new Set(['a', 'd']));
      expect(await store.known([])).toEqual(new Set());
      expect(await store.accept([])).toEqual([]);
      expect((await drain(T0)).length).toBe(5);
    });

    it('become a task each, in the order in which they were accepted', async () => {
      await store.accept([delivery('b', { receivedAt: T0 + 5 }), delivery('a', { receivedAt: T0 + 5 })]);
      // Another replica's clock is behind: the order is that of the commits.
      await store.accept([delivery('c', { receivedAt: T0 - 60_000 })]);
      const bodies: unknown[] = [];
      for (let count = 0; count < 3; count++) {
        const { task, owner } = await claimOne(T0 + 10);
        expect(task).toMatchObject({ key: 'repo:1', kind: 'delivery', attempts: 1, unique: null });
        bodies.push(task.body);
        await store.finish({ task, owner }, {}, T0 + 10);
      }
      expect(bodies).toEqual([{ guid: 'b' }, { guid: 'a' }, { guid: 'c' }]);
    });

    it('are accepted in calls at once, each answered for itself, in numbers', async () => {
      const guids = Array.from({ length: 300 }, (_, index) => `g-${index}`);
      const answers = await Promise.all(guids.map((guid, index) => store.accept([delivery(guid, { key: `repo:${index % 3}` })])));
      expect(answers.every(([fresh]) => fresh === true)).toBe(true);
      expect(await store.known(guids)).toEqual(new Set(guids));
      expect((await store.stats(T0)).ready).toBe(300);
    });

    it('one that cannot be stored spoils none that came in the same moment', async () => {
      const answers = await Promise.allSettled([
        store.accept([delivery('a')]),
        store.accept([delivery('nul\0')]),
        store.accept([delivery('half\ud800')]),
        store.accept([delivery('b')]),
      ]);
      expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(StoreProblem);
      expect(await store.known(['a', 'b', 'nul', 'half'])).toEqual(new Set(['a', 'b']));
    });
  });

  describe('tasks', () => {
    it('of one key run one after another; those of others beside them', async () => {
      await store.add([task('a', 'a1'), task('a', 'a2'), task('b', 'b1')], T0);
      const first = await claimAll(T0);
      expect(first.map((one) => one.kind)).toEqual(['a1', 'b1']);
      expect(await claimAll(T0)).toEqual([]);
      await store.finish(lease(first[0]), {}, T0);
      expect((await claimAll(T0)).map((one) => one.kind)).toEqual(['a2']);
    });

    it('that come to a key that is held, or waits for a retry, wait with it', async () => {
      await store.add([task('a', 'a1', { unique: 'u' })], T0);
      const held = await claimOne(T0);
      await store.add([task('a', 'a2'), task('a', 'a3', { unique: 'u', runAt: T0 + 5 })], T0);
      await store.add([task('a', 'sooner', { unique: 'u' })], T0);
      expect(await claimAll(T0 + 999, 'two')).toEqual([]);
      await store.retry(held, { at: T0 + 2000, error: 'e' });
      await store.add([task('a', 'a4')], T0);
      expect(await claimAll(T0 + 1999, 'two')).toEqual([]);
      expect(await drain(T0 + 2000)).toEqual(['a1', 'a2', 'a3', 'a4']);
    });

    it('keep what they were given', async () => {
      const body = { text: 'é\0\ud800"\\', list: [1, null, true, { deep: [] }] };
      await store.add(
        [
          { key: 'a', kind: 'k', body, runAt: T0 - 5, unique: 'u' },
          { key: 'b', kind: 'k', body: null },
        ],
        T0,
      );
      const [one, other] = await claimAll(T0);
      expect(one).toEqual({ id: expect.any(Number), key: 'a', kind: 'k', body, runAt: T0 - 5, unique: 'u', attempts: 1, createdAt: T0 });
      expect(other?.body).toBeNull();
    });

    it('no more are claimed than asked for, those that wait longest first', async () => {
      await store.add([task('late', 'late')], T0 + 10);
      await store.add([task('early', 'early')], T0);
      await store.add([task('timer', 'timer', { runAt: T0 + 5 })], T0);
      const kinds = [];
      for (let count = 0; count < 3; count++) kinds.push((await claimOne(T0 + 20)).task.kind);
      expect(kinds).toEqual(['early', 'timer', 'late']);
    });

    it('that are not due hold nothing up', async () => {
      await store.add([task('a', 'timer', { runAt: T0 + 500 }), task('a', 'now')], T0);
      expect(await drain(T0)).toEqual(['now']);
      expect(await drain(T0 + 499)).toEqual([]);
      await store.add([task('a', 'later')], T0 + 500);
      expect(await drain(T0 + 500)).toEqual(['timer', 'later']);
    });

    it('of one name coalesce while none has begun, and the earlier time counts', async () => {
      await store.add([task('a', 'first', { unique: 'u', runAt: T0 + 100 }), task('a', 'same call', { unique: 'u', runAt: T0 + 90 })], T0);
      await store.add([task('a', 'later', { unique: 'u', runAt: T0 + 200 })], T0);
      expect(await claimAll(T0 + 89)).toEqual([]);
      await store.add([task('a', 'sooner', { unique: 'u', runAt: T0 + 50 }), task('b', 'other key', { unique: 'u', runAt: T0 + 50 })], T0);
      const begun = await claimAll(T0 + 50);
      expect(begun.map((one) => one.kind).sort()).toEqual(['first', 'other key']);
      // It has begun: what it reads may be old by now.
      await store.add([task('a', 'again', { unique: 'u' })], T0 + 50);
      for (const one of begun) await store.finish(lease(one), {}, T0 + 50);
      expect(await drain(T0 + 50)).toEqual(['again']);
    });

    it('a retry waits at the head of its key', async () => {
      await store.add([task('a', 'a1'), task('a', 'a2')], T0);
      expect(await store.retry(await claimOne(T0), { at: T0 + 100, error: 'nul\0 half\ud800' })).toBe(true);
      expect(await claimAll(T0 + 99)).toEqual([]);
      await store.add([task('a', 'a3', { unique: 'u' })], T0 + 50);
      const again = await claimOne(T0 + 100);
      expect(again.task).toMatchObject({ kind: 'a1', attempts: 2, runAt: T0 + 100 });
      await store.finish(again, {}, T0 + 100);
      expect(await drain(T0 + 100)).toEqual(['a2', 'a3']);
    });

    it('a lease that ran out passes on, and its former holder writes nothing', async () => {
      await store.add([task('a', 'a1'), task('a', 'a2')], T0);
      const old = await claimOne(T0);
      expect(await claimAll(T0 + 999, 'two')).toEqual([]);
      const next = await claimOne(T0 + 1000, 'two');
      expect(next.task).toMatchObject({ kind: 'a1', attempts: 2 });
      const outcome = { tasks: [task('b', 'b')], notes: [note('n', 1)], entries: [entry('repo:1', 'x')] };
      expect(await store.finish(old, outcome, T0)).toBe('lost');
      expect(await store.renew(old, T0 + 9999)).toBe(false);
      expect(await store.retry(old, { at: T0, error: 'e' })).toBe(false);
      expect(await store.bury(old, 'e', T0)).toBe(false);
      expect(await store.note('repo:1', 'k', 'n')).toBeNull();
      expect(await store.head('repo:1')).toBeNull();
      expect(await store.stats(T0)).toMatchObject({ ready: 1, running: 1, dead: 0 });
      expect(await store.finish(next, {}, T0)).toBe('done');
      expect(await store.finish(next, outcome, T0)).toBe('lost');
      expect(await drain(T0 + 1000)).toEqual(['a2']);
    });

    it('the same owner, having lost and got it again, cannot write by the old lease', async () => {
      await store.add([task('a', 'a1')], T0);
      const old = await claimOne(T0);
      const next = await claimOne(T0 + 1000);
      expect(await store.finish(old, {}, T0)).toBe('lost');
      expect(await store.finish(next, {}, T0)).toBe('done');
    });

    it('a lease of somebody who is gone does not have to run out, and others are left alone', async () => {
      await store.add(
        [
          { key: 'a', kind: 'x', body: 1 },
          { key: 'b', kind: 'x', body: 2 },
        ],
        T0,
      );
      await store.claim({ owner: 'gone', now: T0, leaseMs: 60_000, limit: 1 });
      await store.claim({ owner: 'here', now: T0, leaseMs: 60_000, limit: 1 });
      expect(await claimAll(T0 + 1, 'new')).toEqual([]);
      expect(await store.reclaim((owner) => owner === 'gone', T0 + 1)).toBe(1);
      expect((await claimAll(T0 + 1, 'new')).map((one) => [one.key, one.attempts])).toEqual([['a', 2]]);
    });

    it('a lease that is renewed lasts', async () => {
      await store.add([task('a', 'a1')], T0);
      const held = await claimOne(T0);
      expect(await store.renew(held, T0 + 5000)).toBe(true);
      expect(await claimAll(T0 + 4999, 'two')).toEqual([]);
      expect(await store.finish(held, {}, T0 + 4999)).toBe('done');
      expect(await claimAll(T0 + 5000, 'two')).toEqual([]);
    });

    it('one that is given up is kept, its key goes on, and it can be begun anew', async () => {
      await store.add([task('a', 'poison', { unique: 'u' }), task('a', 'a2')], T0);
      const poison = await claimOne(T0);
      expect(await store.bury(poison, 'it always\0 fails', T0 + 1)).toBe(true);
      expect(await drain(T0)).toEqual(['a2']);
      const [dead, ...others] = await store.dead(10);
      expect(others).toEqual([]);
      expect(dead).toEqual({ ...poison.task, error: 'it always\ufffd fails', diedAt: T0 + 1 });

      await store.add([task('a', 'a3')], T0 + 2);
      expect(await store.replay(poison.task.id, T0 + 2)).toBe(true);
      expect(await store.replay(poison.task.id, T0 + 2)).toBe(false);
      expect(await store.replay(987_654, T0 + 2)).toBe(false);
      expect(await store.dead(10)).toEqual([]);
      expect(await store.finish(poison, {}, T0)).toBe('lost');
      await store.finish(await claimOne(T0 + 2), {}, T0 + 2);
      const anew = await claimOne(T0 + 2);
      expect(anew.task).toMatchObject({ kind: 'poison', attempts: 1, body: poison.task.body, unique: 'u' });
    });

    it('the dead are listed newest first, no more than asked for', async () => {
      for (const [index, kind] of ['x', 'y', 'z'].entries()) {
        await store.add([task(kind, kind)], T0);
        await store.bury(await claimOne(T0), 'e', T0 + index);
      }
      expect((await store.dead(2)).map((one) => one.kind)).toEqual(['z', 'y']);
    });

    it('a dead one of a name that waits already is that one', async () => {
      await store.add([task('a', 'old', { unique: 'u' })], T0);
      const old = await claimOne(T0);
      await store.bury(old, 'e', T0);
      await store.add([task('a', 'new', { unique: 'u', runAt: T0 + 500 })], T0);
      expect(await store.replay(old.task.id, T0)).toBe(true);
      expect(await drain(T0)).toEqual(['new']);
    });

    it('are counted', async () => {
      expect(await store.stats(T0)).toEqual({ ready: 0, waiting: 0, running: 0, dead: 0, oldest: 0 });
      await store.add([task('dead', 'x')], T0);
      await store.bury(await claimOne(T0), 'e', T0);
      await store.add([task('retry', 'x')], T0);
      await store.retry(await claimOne(T0), { at: T0 + 100, error: 'e' });
      await store.add([task('run', 'x')], T0);
      await claimOne(T0);
      await store.add([task('due', 'x'), task('due', 'y'), task('timer', 'x', { runAt: T0 + 200 })], T0 + 5);
      expect(await store.stats(T0 + 50)).toEqual({ ready: 2, waiting: 2, running: 1, dead: 1, oldest: 45 });
      expect(await store.stats(T0 + 150)).toEqual({ ready: 3, waiting: 1, running: 1, dead: 1, oldest: 145 });
      expect(await store.stats(T0 + 250)).toMatchObject({ ready: 4, waiting: 0 });
    });
  });

  describe('an outcome', () => {
    it('is written with the end of its task', async () => {
      await store.add([task('a', 'a1'), task('a', 'a2')], T0);
      const outcome = {
        tasks: [task('a', 'a3'), task('b', 'timer', { runAt: T0 + 50 })],
        notes: [note('n', { deep: [1] })],
        entries: [entry('repo:1', 'x'), entry('repo:2', 'y'), entry('repo:1', 'z')],
      };
      expect(await store.finish(await claimOne(T0), outcome, T0 + 1)).toBe('done');
      expect(await store.note('repo:1', 'k', 'n')).toEqual({
        repository: 'repo:1',
        kind: 'k',
        name: 'n',
        body: { deep: [1] },
        version: 1,
        at: T0 + 1,
      });
      expect(await store.repositories()).toEqual(['repo:1', 'repo:2']);
      expect(await drain(T0 + 1)).toEqual(['a2', 'a3']);
      expect(await drain(T0 + 50)).toEqual(['timer']);
    });

    it('of which one note has moved is not written at all', async () => {
      await store.write([note('n', 'theirs')], T0);
      await store.add([task('a', 'a1')], T0);
      const held = await claimOne(T0);
      const outcome = {
        tasks: [task('b', 'b')],
        notes: [note('a first', 1), { ...note('n', 'mine'), expect: 0 }],
        entries: [entry('repo:1', 'x')],
      };
      expect(await store.finish(held, outcome, T0)).toBe('moved');
      expect((await store.notes('repo:1', 'k')).map((one) => one.body)).toEqual(['theirs']);
      expect(await store.head('repo:1')).toBeNull();
      expect(await store.stats(T0)).toMatchObject({ ready: 0, running: 1 });
      expect(await store.finish(held, { notes: [{ ...note('n', 'mine'), expect: 1 }] }, T0)).toBe('done');
      expect((await store.note('repo:1', 'k', 'n'))?.body).toBe('mine');
    });

    it('whose entry cannot be sealed leaves the task as it was, and says why', async () => {
      await store.add([task('a', 'a1')], T0);
      const held = await claimOne(T0);
      const broken: Entry = {
        repository: 'repo:1',
        seal: () => {
          throw new TypeError('cannot be sealed');
        },
      };
      await expect(store.finish(held, { notes: [note('n', 1)], entries: [broken] }, T0)).rejects.toThrow(new TypeError('cannot be sealed'));
      await expect(store.finish(held, { entries: [{ repository: 'r', seal: () => ({ hash: 'h', text: '\0' }) }] }, T0)).rejects.toThrow(
        StoreProblem,
      );
      expect(await store.note('repo:1', 'k', 'n')).toBeNull();
      expect(await store.finish(held, {}, T0)).toBe('done');
    });
  });

  describe('notes', () => {
    it('count their versions, are listed by name in the order of bytes, and are theirs only', async () => {
      await store.write(
        [note('b', 1), note('B', 2), note('ä', 3), { ...note('a', 4), kind: 'other' }, { ...note('c', 5), repository: 'repo:2' }],
        T0,
      );
      await store.write([note('b', 6)], T0 + 1);
      expect((await store.notes('repo:1', 'k')).map(({ name, body, version, at }) => [name, body, version, at - T0])).toEqual([
        ['B', 2, 1, 0],
        ['b', 6, 2, 1],
        ['ä', 3, 1, 0],
      ]);
    });

    it('are written only as expected', async () => {
      expect(await store.write([{ ...note('n', 1), expect: 1 }], T0)).toBe(false);
      expect(await store.write([{ ...note('n', 1), expect: 0 }], T0)).toBe(true);
      expect(await store.write([note('m', 1), { ...note('n', 2), expect: 0 }], T0)).toBe(false);
      expect(await store.note('repo:1', 'k', 'm')).toBeNull();
      expect(await store.write([{ ...note('n', 2), expect: 1 }], T0)).toBe(true);
      expect(await store.write([{ ...note('n', 3), expect: 1 }], T0)).toBe(false);
      expect(await store.write([{ ...note('n', null), expect: 1 }], T0)).toBe(false);
      expect(await store.note('repo:1', 'k', 'n')).toMatchObject({ body: 2, version: 2 });
    });

    it('that were deleted are gone, and nobody takes a new one for the old', async () => {
      await store.write([note('n', 1)], T0);
      expect(await store.write([{ ...note('n', null), expect: 1 }], T0)).toBe(true);
      expect(await store.note('repo:1', 'k', 'n')).toBeNull();
      expect(await store.notes('repo:1', 'k')).toEqual([]);
      expect(await store.write([{ ...note('n', 2), expect: 2 }], T0)).toBe(false);
      expect(await store.write([{ ...note('n', 2), expect: 0 }], T0)).toBe(true);
      expect(await store.write([{ ...note('n', 'stale'), expect: 1 }], T0)).toBe(false);
      await store.write([note('never there', null)], T0);
      expect((await store.notes('repo:1', 'k')).map((one) => one.body)).toEqual([2]);
    });

    it('expected at the same version by many at once are written by one', async () => {
      await store.write([note('n', 0)], T0);
      const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => store.write([{ ...note('n', index), expect: 1 }], T0)));
      expect(answers.filter(Boolean)).toHaveLength(1);
      const made = await Promise.all(Array.from({ length: 10 }, (_, index) => store.write([{ ...note('new', index), expect: 0 }], T0)));
      expect(made.filter(Boolean)).toHaveLength(1);
    });
  });

  describe('the record', () => {
    const fill = async (count: number, of = store, repository = 'repo:1') => {
      const keys = Array.from({ length: count }, (_, index) => `fill:${repository}:${index}`);
      await of.add(
        keys.map((key) => task(key, key)),
        T0,
      );
      const tasks = await claimAll(T0, 'fill', of);
      await Promise.all(tasks.map((one) => of.finish({ task: one, owner: 'fill' }, { entries: [entry(repository, one.kind)] }, T0 + 7)));
    };

    it('is one chain for each repository, however many write to it at once', async () => {
      await fill(30);
      const all = await store.entries('repo:1', { after: 0, limit: 100 });
      expect(all.map((one) => one.seq)).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
      for (const [index, one] of all.entries()) {
        expect(one.at).toBe(T0 + 7);
        expect(JSON.parse(one.text)).toMatchObject({ before: all[index - 1]?.hash ?? null, seq: index + 1 });
      }
      expect(await store.head('repo:1')).toEqual({ seq: 30, hash: all.at(-1)?.hash });
      expect((await store.entries('repo:1', { after: 10, limit: 5 })).map((one) => one.seq)).toEqual([11, 12, 13, 14, 15]);
      expect(await store.entries('repo:2', { after: 0, limit: 5 })).toEqual([]);
    });

    it.each(['update shiplock_record set text = $1', 'delete from shiplock_record where text <> $1'])('refuses: %s', async (sql) => {
      await fill(2);
      const before = await store.entries('repo:1', { after: 0, limit: 9 });
      await expect(store.database.write((session) => session.run(sql, ['forged']))).rejects.toThrow(/append-only/);
      expect(await store.entries('repo:1', { after: 0, limit: 9 })).toEqual(before);
    });
  });

  describe('what is forgotten', () => {
    it('is finished; GUIDs, notes, the record, the dead and the unfinished stay', async () => {
      // Payloads that are written together stay together.
      await store.accept([delivery('done')]);
      await store.accept([
        delivery('dead', { key: 'repo:2' }),
        delivery('open', { key: 'repo:3' }),
        delivery('young', { key: 'repo:4', receivedAt: T0 + 500 }),
      ]);
      const tasks = await store.claim({ owner: 'one', now: T0 + 500, leaseMs: 1000, limit: 4 });
      const of = (guid: string) => lease(tasks.find((one) => JSON.stringify(one.body) === JSON.stringify({ guid })));
      await store.finish(of('done'), { notes: [note('n', 1)], entries: [entry('repo:1', 'x')] }, T0 + 1);
      await store.bury(of('dead'), 'e', T0 + 1);
      await store.retry(of('open'), { at: T0 + 5000, error: 'e' });
      await store.finish(of('young'), {}, T0 + 600);
      expect(await store.forget(T0 + 100)).toBe(2);
      expect(await store.forget(T0 + 100)).toBe(0);
      expect(await store.delivery('done')).toBeNull();
      for (const guid of ['dead', 'open', 'young']) expect(await store.delivery(guid)).not.toBeNull();
      expect(await store.accept([delivery('done')])).toEqual([false]);
      expect(await store.note('repo:1', 'k', 'n')).not.toBeNull();
      expect(await store.head('repo:1')).not.toBeNull();

      const [dead] = await store.dead(1);
      await store.replay(dead?.id ?? 0, T0 + 700);
      expect(await store.forget(T0 + 10_000)).toBeGreaterThan(0);
      expect(await store.delivery('dead')).not.toBeNull();
    });

    it('is no payload of a task that has given up its place, waiting, given up or begun anew, until that is finished', async () => {
      await store.accept([delivery('late')]);
      const body = { guid: 'late', round: 1 };
      const gives = await claimOne(T0);
      const later = { key: gives.task.key, kind: 'delivery', body, runAt: T0 + 5000, inherits: true };
      const other = { key: 'repo:9', kind: 'other', body: {} };
      await store.finish(gives, { tasks: [later, other] }, T0 + 1);
      await store.finish(await claimOne(T0 + 2), {}, T0 + 2);
      await store.forget(T0 + 1000);
      expect(await store.delivery('late')).not.toBeNull();
      const taken = await claimOne(T0 + 5000);
      expect(taken.task.body).toEqual(body);
      await store.bury(taken, 'e', T0 + 5000);
      await store.forget(T0 + 6000);
      expect(await store.delivery('late')).not.toBeNull();
      const [dead] = await store.dead(1);
      await store.replay(dead?.id ?? 0, T0 + 6000);
      await store.forget(T0 + 7000);
      expect(await store.delivery('late')).not.toBeNull();
      await store.finish(await claimOne(T0 + 7000), {}, T0 + 7000);
      await store.forget(T0 + 8000);
      expect(await store.delivery('late')).toBeNull();
    });
  });

  describe('two that share a store', () => {
    it('never hold one key at once, and keep its order', async () => {
      const other = await open();
      const count = 60;
      await store.add(
        Array.from({ length: count }, (_, index) => task(`k${index % 4}`, String(index))),
        T0,
      );
      const order = new Map<string, number[]>();
      let running = 0;
      const holding = new Set<string>();
      const work = async (of: Store, owner: string) => {
        while ([...order.values()].flat().length < count) {
          const tasks = await of.claim({ owner, now: T0, leaseMs: 60_000, limit: 2 });
          for (const one of tasks) {
            expect(holding.has(one.key)).toBe(false);
            holding.add(one.key);
            running += 1;
          }
          await new Promise((resolve) => setTimeout(resolve, 1));
          for (const one of tasks) {
            order.set(one.key, [...(order.get(one.key) ?? []), Number(one.kind)]);
            holding.delete(one.key);
            expect(await of.finish({ task: one, owner }, {}, T0)).toBe('done');
          }
        }
      };
      await Promise.all([work(store, 'one'), work(other, 'two'), work(store, 'three')]);
      expect(running).toBe(count);
      for (const [key, seen] of order) {
        expect(seen).toEqual(Array.from({ length: count / 4 }, (_, index) => index * 4 + Number(key.slice(1))));
      }
    });

    it('accept the same deliveries in opposite orders, each once', async () => {
      const other = await open();
      const many = Array.from({ length: 40 }, (_, index) => delivery(`g${index}`, { key: `repo:${index % 5}` }));
      const [left, right] = await Promise.all([store.accept(many), other.accept([...many].reverse())]);
      expect(many.map((_, index) => Number(left[index]) + Number(right[many.length - 1 - index]))).toEqual(many.map(() => 1));
      expect((await drain(T0 + 5)).length).toBe(40);
    });

    it("finish tasks that add to each other's keys without waiting in a circle", async () => {
      const other = await open();
      for (let round = 0; round < 10; round++) {
        await store.add([task('x', 'x'), task('y', 'y')], T0);
        const [x, y] = await claimAll(T0);
        const ends = await Promise.all([
          store.finish(
            lease(x),
            { tasks: [task('y', 'to y')], notes: [note('p', 1), note('q', 1)], entries: [entry('r1', 'a'), entry('r2', 'a')] },
            T0,
          ),
          other.finish(
            lease(y),
            { tasks: [task('x', 'to x')], notes: [note('q', 1), note('p', 1)], entries: [entry('r2', 'b'), entry('r1', 'b')] },
            T0,
          ),
        ]);
        expect(ends).toEqual(['done', 'done']);
        expect((await drain(T0)).sort()).toEqual(['to x', 'to y']);
      }
    });
  });

  it('whatever is done in whatever order, a key runs in order and nothing is lost or doubled', async () => {
    const action = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), key: fc.nat(2), wait: fc.constantFrom(0, 0, 30) }) },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 3 }) }) },
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constantFrom('finish' as const, 'retry' as const, 'bury' as const, 'drop' as const), of: fc.nat(5) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(5, 40, 200) }) },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
        const world = `w${++run}`;
        const mine = (tasks: readonly Task[]) => tasks.filter((one) => one.key.startsWith(`${world}:`));
        let now = T0 + run * 1_000_000;
        const added: string[] = [];
        const ended: string[] = [];
        const begun = new Map<string, number[]>();
        let held: Lease[] = [];
        /** When each key's lease runs out, or its retry is due. */
        const until = new Map<string, number>();
        const start = (tasks: readonly Task[]) => {
          for (const one of mine(tasks)) {
            const index = Number(one.kind);
            const before = begun.get(one.key) ?? [];
            if (one.attempts === 1 && one.runAt === 0) {
              expect(before.every((other) => other < index)).toBe(true);
              begun.set(one.key, [...before, index]);
            }
            expect(until.get(one.key) ?? 0).toBeLessThanOrEqual(now);
            held = held.filter((lease) => lease.task.key !== one.key);
            until.set(one.key, now + 100);
            held.push({ task: one, owner: world });
          }
        };
        for (const act of actions) {
          if (act.do === 'add') {
            const kind = String(added.push(`${act.key}`) - 1);
            await store.add([task(`${world}:${act.key}`, kind, act.wait > 0 ? { runAt: now + act.wait } : {})], now);
          } else if (act.do === 'claim') start(await store.claim({ owner: world, now, leaseMs: 100, limit: act.limit }));
          else if (act.do === 'pass') now += act.ms;
          else {
            const lease = held[act.of];
            if (lease === undefined) continue;
            held = held.filter((one) => one !== lease);
            // `drop`: its holder has died.
            if (act.do === 'drop') continue;
            until.set(lease.task.key, act.do === 'retry' ? now + 10 : 0);
            if (act.do === 'finish') expect(await store.finish(lease, {}, now)).toBe('done');
            if (act.do === 'retry') expect(await store.retry(lease, { at: now + 10, error: 'e' })).toBe(true);
            if (act.do === 'bury') expect(await store.bury(lease, 'e', now)).toBe(true);
            if (act.do === 'finish' || act.do === 'bury') ended.push(lease.task.kind);
          }
        }
        now += 10_000;
        for (;;) {
          const tasks = await store.claim({ owner: world, now, leaseMs: 100, limit: 10 });
          if (tasks.length === 0) break;
          start(tasks);
          for (const one of tasks) {
            expect(await store.finish({ task: one, owner: world }, {}, now)).toBe('done');
            until.set(one.key, 0);
            if (mine([one]).length > 0) ended.push(one.kind);
          }
        }
        expect(ended.map(Number).sort((one, other) => one - other)).toEqual(added.map((_, index) => index));
      }),
      { numRuns: engine === 'sqlite' ? 60 : 25 },
    );
  }, 60_000);

  it('answers a ping, and nothing once it is closed', async () => {
    await store.ping();
    await store.close();
    for (const ask of [() => store.ping(), () => store.stats(T0), () => store.accept([delivery('a')]), () => claimAll(T0)])
      await expect(ask()).rejects.toThrow(/closed/);
    await store.close();
  });

  it('is there again when it is opened anew', async () => {
    await store.accept([delivery('a')]);
    await store.close();
    const again = await open();
    expect(await again.delivery('a')).toEqual(delivery('a'));
    expect(await drain(T0, again)).toEqual(['delivery']);
  });
});

function delivery(guid: string, more: Partial<Delivery> = {}): Delivery {
  return { guid, event: 'push', action: null, key: 'repo:1', payload: new TextEncoder().encode('{"a":1}'), receivedAt: T0, ...more };
}

function task(key: string, kind: string, more: Partial<NewTask> = {}): NewTask {
  return { key, kind, body: { of: kind }, ...more };
}

function note(name: string, body: import('../../src/flows/store-port.ts').Json) {
  return { repository: 'repo:1', kind: 'k', name, body };
}

function entry(repository: string, says: string): Entry {
  return {
    repository,
    seal: (head) => ({
      hash: `${repository}#${(head?.seq ?? 0) + 1}`,
      text: JSON.stringify({ says, before: head?.hash ?? null, seq: (head?.seq ?? 0) + 1 }),
    }),
  };
}

function lease(one: Task | undefined, owner = 'one'): Lease {
  if (one === undefined) throw new Error('There is no such task.');
  return { task: one, owner };
}
