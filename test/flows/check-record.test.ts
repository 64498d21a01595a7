// The App looks at its own records: what somebody has changed in the store is found and noted, until it is as it was.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyRecord } from '../../src/core/record/verify.ts';
import { entryHash, type Sealed, sealed } from '../../src/core/record.ts';
import type { ReleaseSeen } from '../../src/flows/github-port.ts';
import { attachRecord, RECORD_ASSET } from '../../src/flows/record/attach-record.ts';
import { type CheckedRecord, checkRecords, recordState } from '../../src/flows/record/check-record.ts';
import type { Store } from '../../src/store/store.ts';
import { OTHER_SHA, SHA } from '../support/gate-facts.ts';
import { newFolder, removeRepositories } from '../support/git.ts';
import { decided, happen, held, REPOSITORY } from '../support/records.ts';
import { openStoryStore } from '../support/store.ts';

afterAll(removeRepositories);

const NOW = Date.parse('2026-11-24T03:00:00Z');
let folder: string;
let store: Store;

beforeEach(async () => {
  folder = newFolder();
  store = await openStoryStore(folder);
  await happen(store, [decided(0), held('no'), decided(1)]);
  await happen(store, [held('no')], 'repo:8');
  return () => store.close();
});

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** One nightly look; what it tells of this repository. */
async function check(now = NOW): Promise<CheckedRecord | undefined> {
  const told: CheckedRecord[] = [];
  const outcome = await checkRecords({ store, now, tell: (one) => told.push(one), pause });
  await store.write(outcome.notes ?? [], now);
  expect(told.find(({ repository }) => repository === 'repo:8')).toMatchObject({ broken: null, entries: 1 });
  return told.find(({ repository }) => repository === REPOSITORY);
}

/** As somebody does who has the database, and means to. */
function tamper(sql: string, ...values: (string | number)[]): void {
  const database = new DatabaseSync(join(folder, 'shiplock.db'));
  for (const what of ['update', 'delete']) database.exec(`drop trigger if exists shiplock_record_no_${what}`);
  database.prepare(sql).run(...values);
  database.close();
}

async function textOf(seq: number): Promise<Sealed> {
  const [entry] = await store.entries(REPOSITORY, { after: seq - 1, limit: 1 });
  return JSON.parse(entry?.text ?? '') as Sealed;
}

describe('records in the store', () => {
  it('are sound as they were written, and stay so as they grow', async () => {
    expect(await check()).toMatchObject({ entries: 3, head: { seq: 3 }, broken: null, otherwise: 0 });
    expect(await recordState(store, REPOSITORY)).toBeNull();
    await happen(
      store,
      Array.from({ length: 45 }, () => held('no')),
    );
    expect(await check()).toMatchObject({ entries: 48, broken: null });
  });

  it.each<[string, () => Promise<void>, number | null, string]>([
    [
      'a word is changed',
      async () => tamper(`update shiplock_record set text = replace(text, '"ada"', '"bob"') where seq = 2 and repository = 'repo:7'`),
      2,
      'entry 2: its hash is not that of what it says: something in it was changed',
    ],
    [
      'an entry is lost in the middle',
      async () => tamper(`delete from shiplock_record where seq = 2 and repository = 'repo:7'`),
      3,
      'entry 3: it is entry 3, and entry 2 is missing before it',
    ],
    [
      'an entry is of another repository',
      async () => {
        const [entry] = await store.entries('repo:8', { after: 0, limit: 1 });
        tamper(
          `update shiplock_record set text = ?, hash = ? where seq = 1 and repository = 'repo:7'`,
          entry?.text ?? '',
          entry?.hash ?? '',
        );
      },
      1,
      'entry 1: it is an entry of repo:8, and this is the record of repo:7',
    ],
    [
      'a decision is changed together with its hash',
      async () => {
        const { hash: _, ...entry } = await textOf(3);
        const changed = { ...entry, decision: { ...entry.decision, outcome: 'reject' } } as Sealed;
        const { seq: __, previous, ...body } = changed;
        const { text } = sealed(body, { seq: 2, hash: previous });
        tamper(`update shiplock_record set text = ?, hash = ? where seq = 3 and repository = 'repo:7'`, text, entryHash(changed));
      },
      3,
      'entry 3: its decision does not follow from its facts: this version decides approve, and it says reject',
    ],
    [
      'a row says another hash than its text',
      async () => tamper(`update shiplock_record set hash = ? where seq = 3 and repository = 'repo:7'`, 'f'.repeat(64)),
      3,
      'entry 3: its row in the store is of another entry than its text',
    ],
  ])('are broken where %s', async (_, change, seq, says) => {
    await change();
    expect((await check())?.broken).toEqual({ seq, says });
    expect(await recordState(store, REPOSITORY)).toEqual({ seq, says, since: '2026-11-24T03:00:00.000Z' });
  });

  it('are broken where the end is lost, which the chain alone does not tell', async () => {
    await check();
    const { hash } = await textOf(3);
    tamper(`delete from shiplock_record where seq = 3 and repository = 'repo:7'`);
    const says = `it had record 3 · ${hash.slice(0, 12)} when it was last looked at, and has it no more`;
    expect((await check())?.broken).toEqual({ seq: 3, says });
    // Not forgotten by the next look, nor because something was appended since.
    await happen(store, [decided(0), decided(0)]);
    expect((await check(NOW + 86_400_000))?.broken).toEqual({ seq: 3, says });
    expect(await recordState(store, REPOSITORY)).toMatchObject({ since: '2026-11-24T03:00:00.000Z' });
  });

  it('are sound again once they are as they were', async () => {
    const { text } = (await store.entries(REPOSITORY, { after: 1, limit: 1 }))[0] ?? { text: '' };
    tamper(`update shiplock_record set text = 'gone' where seq = 2 and repository = 'repo:7'`);
    expect((await check())?.broken).toMatchObject({ seq: 2, says: 'entry 2: it is no JSON' });
    tamper(`update shiplock_record set text = ? where seq = 2 and repository = 'repo:7'`, text);
    expect((await check())?.broken).toBeNull();
    expect(await recordState(store, REPOSITORY)).toBeNull();
  });

  it.each<[string, (entry: Omit<Sealed, 'hash' | 'seq' | 'previous'>) => object]>([
    ['another version has decided otherwise', (entry) => ({ app: '0.0.0-before', decision: { ...entry.decision, outcome: 'reject' } })],
    ['this version tells in other words', (entry) => ({ decision: { ...entry.decision, again: '2027-01-01T00:00:00Z' } })],
  ])('are told, and not broken, where %s', async (_, change) => {
    const { hash: __, seq: ___, previous, ...entry } = await textOf(3);
    const { text, hash } = sealed({ ...entry, ...change(entry) }, { seq: 2, hash: previous });
    tamper(`update shiplock_record set text = ?, hash = ? where seq = 3 and repository = 'repo:7'`, text, hash);
    expect(await check()).toMatchObject({ broken: null, otherwise: 1 });
  });
});

describe('a release', () => {
  const release = { id: 1, tag: 'v1.0.0' } as ReleaseSeen;

  it('gets the entries about its commits as a file, without what people wrote', async () => {
    await happen(store, [
      decided(1, { sha: OTHER_SHA, holds: { known: true, value: [{ by: 'ada', reason: 'my cat is ill', at: '2026-11-23T10:00:00Z' }] } }),
    ]);
    const uploaded: string[] = [];
    const github = {
      uploadAsset: async (_: ReleaseSeen, asset: { name: string; bytes: Uint8Array }) => {
        expect(asset.name).toBe(RECORD_ASSET);
        uploaded.push(new TextDecoder().decode(asset.bytes));
      },
    };
    expect(await attachRecord({ github, store, repository: REPOSITORY }, release, new Set([SHA]))).toBe(true);
    expect(verifyRecord(uploaded[0] ?? '', { version: '0.0.0' })).toMatchObject({ sound: true, part: 'excerpt', entries: 2 });
    expect(await attachRecord({ github, store, repository: REPOSITORY }, release, new Set([OTHER_SHA]))).toBe(true);
    expect(verifyRecord(uploaded[1] ?? '', { version: '0.0.0' })).toMatchObject({ sound: true, entries: 1, texts: { open: 0, erased: 1 } });
    expect(uploaded[1]).not.toContain('cat');
    expect(await attachRecord({ github, store, repository: REPOSITORY }, release, new Set(['f'.repeat(40)]))).toBe(false);
    expect(uploaded).toHaveLength(2);
  });
});
