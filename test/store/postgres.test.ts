// What is PostgreSQL's alone: a server that goes away and comes back, passwords that are told to nobody, versions, roles and settings.
import { createServer } from 'node:net';
import { inspect } from 'node:util';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Delivery } from '../../src/flows/store-port.ts';
import { StoreProblem } from '../../src/flows/store-port.ts';
import { openStore } from '../../src/store/open.ts';
import { refuseOld } from '../../src/store/postgres.ts';
import type { Store } from '../../src/store/store.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

let server: PostgresServer;
const opened: Store[] = [];

beforeAll(async () => {
  server = await startPostgres();
}, 60_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
});
afterAll(async () => {
  await server?.stop();
});

const open = async (databaseUrl: string) => {
  const store = await openStore({ databaseUrl, folder: '/nowhere' });
  opened.push(store);
  return store;
};
const asAdmin = async (sql: string) => {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(sql);
  await client.end();
};
/** All that somebody might log of a failure. */
const problemOf = async (work: Promise<unknown>): Promise<{ readonly says: string; readonly all: string }> => {
  const error: unknown = await work.then(
    () => null,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(StoreProblem);
  const says = error instanceof Error ? error.message : '';
  const all = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error, Object.getOwnPropertyNames(error))}`;
  for (const secret of [server.password, encodeURIComponent(server.password)]) expect(all).not.toContain(secret);
  return { says, all };
};

it.each(['halt', 'crash'] as const)('a server that goes (%s) is told of in words, and found again', async (way) => {
  const store = await open(await server.emptyUrl());
  await store.accept([delivery('before')]);
  await Promise.all(Array.from({ length: 8 }, () => store.stats(0)));
  await server[way]();
  try {
    for (const ask of [() => store.ping(), () => store.accept([delivery('down')]), () => store.delivery('before'), () => store.stats(0)]) {
      expect((await problemOf(ask())).says).toMatch(/PostgreSQL (does not answer|refuses): .*connects again by itself/s);
    }
  } finally {
    await server.start();
  }
  await store.ping();
  expect(await store.accept([delivery('before'), delivery('after')])).toEqual([false, true]);
  expect(await store.known(['before', 'down', 'after'])).toEqual(new Set(['before', 'after']));
});

it('a server that goes in the middle of writes acknowledges none that it loses', async () => {
  const store = await open(await server.emptyUrl());
  const acknowledged: string[] = [];
  const refused: unknown[] = [];
  const writing = Promise.all(
    Array.from({ length: 8 }, async (_, lane) => {
      for (let index = 0; refused.length < 8; index++) {
        const guid = `${lane}-${index}`;
        await store.accept([delivery(guid)]).then(
          () => acknowledged.push(guid),
          (error: unknown) => refused.push(error),
        );
      }
    }),
  );
  while (acknowledged.length < 50) await new Promise((resolve) => setTimeout(resolve, 5));
  await server.crash();
  await writing;
  await server.start();
  expect(refused.every((error) => error instanceof StoreProblem)).toBe(true);
  const known = await store.known(acknowledged);
  expect(acknowledged.filter((guid) => !known.has(guid))).toEqual([]);
});

it('tells the password to nobody, however the URL is wrong', async () => {
  const { password, port } = server;
  const secret = encodeURIComponent(password);
  const wrong = await problemOf(open(server.url.replace(secret, 'wrong-one')));
  expect(wrong.says).toMatch(/PostgreSQL refuses: password authentication failed.*Check the user and the password/);
  expect(wrong.all).not.toContain('wrong-one');
  expect((await problemOf(open(server.url.replace(/postgres$/, 'missing')))).says).toMatch(
    /"missing" does not exist.*Create that database/,
  );
  expect((await problemOf(open(server.url.replace(`:${port}/`, ':1/')))).says).toMatch(/does not answer: .*ECONNREFUSED.*host and port/);
  await problemOf(open(server.url.replace('127.0.0.1', 'no-such-host.invalid')));
  for (const url of [
    `postgres://postgres:${secret}@127.0.0.1:port/x`,
    `postgres://postgres:${password}@127.0.0.1:1/x`,
    `postgres://:${secret}@[/`,
  ]) {
    await problemOf(open(url));
  }
  await problemOf(open(`postgres://postgres@127.0.0.1:1/x?password=${secret}`));
});

it('gives a server that never answers up, in words', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { says } = await problemOf(open(`postgres://postgres:${encodeURIComponent(server.password)}@127.0.0.1:${port}/x`));
  expect(says).toMatch(/PostgreSQL does not answer: .*timeout/i);
  silent.close();
}, 30_000);

it('refuses a server older than 15 in words', () => {
  expect(() => refuseOld(140_011, '14.11')).toThrow(/PostgreSQL 15 or newer.*version 14\.11\. Upgrade/);
  expect(() => refuseOld(150_000, '15.0')).not.toThrow();
});

it('a role that may not write says so, and one that lacks rights what it needs', async () => {
  const url = await server.emptyUrl();
  await open(url);
  const role = `${url}%20-c%20default_transaction_read_only%3Don`;
  const standby = await open(role);
  expect((await standby.stats(0)).ready).toBe(0);
  expect((await problemOf(standby.ping())).says).toMatch(/read-only transaction.*standby/);

  await asAdmin(`create role poor login password 'poor'`);
  expect((await problemOf(open(server.url.replace(/\/\/[^@]*@/, '//poor:poor@')))).says).toMatch(/permission denied.*Grant/);
});

it('commits durably where the server would not by itself', async () => {
  const url = await server.emptyUrl();
  const sync = async (of: string) => {
    const store = await open(of);
    return store.database.write((session) => session.rows<{ readonly now: string }>(`select current_setting('synchronous_commit') as now`));
  };
  expect(await sync(`${url}%20-c%20synchronous_commit%3Doff`)).toEqual([{ now: 'on' }]);
  expect(await sync(`${url}%20-c%20synchronous_commit%3Dremote_apply`)).toEqual([{ now: 'remote_apply' }]);
});

it('truncating the record is refused too', async () => {
  const store = await open(await server.emptyUrl());
  await expect(store.database.write((session) => session.run('truncate shiplock_record'))).rejects.toThrow(/append-only/);
});

it('more at once than it has connections wait their turn', async () => {
  const store = await open(await server.emptyUrl());
  const answers = await Promise.all(Array.from({ length: 120 }, (_, index) => store.accept([delivery(`g${index}`)])));
  expect(answers.flat().every(Boolean)).toBe(true);
});

function delivery(guid: string): Delivery {
  return { guid, event: 'push', action: null, key: `repo:${guid.length}`, payload: new Uint8Array(10), receivedAt: 0 };
}
