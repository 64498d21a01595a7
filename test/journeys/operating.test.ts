// docs/operating.md is what is read when something is wrong: it names every metric and every line of the log, and no other, and its commands
// for backups and for restoring are run as they are written.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeMetrics } from '../../src/app/metrics.ts';
import type { EnvironmentMetrics } from '../../src/core/metrics.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { dumpStore } from '../../src/store/transfer.ts';
import { type LogCall, logCalls } from '../support/log-calls.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE = join(ROOT, 'node_modules/.bin/node');
const text = readFileSync(join(ROOT, 'docs/operating.md'), 'utf8');

/** The rows of the first table of a section. */
function tableOf(heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const lines = section.slice(section.indexOf('\n|') + 1).split('\n\n')[0] ?? '';
  return lines
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
}

/** The first block of commands after these words. */
function commandsAfter(words: string): string {
  const [, block] = /```sh\n([\s\S]*?)```/.exec(text.slice(text.indexOf(words))) ?? [];
  if (!text.includes(words) || block === undefined) throw new Error(`docs/operating.md has no commands after “${words}”.`);
  return block;
}

describe('the metrics', () => {
  const spread = { median: 1, p90: 2 };
  const production: EnvironmentMetrics = {
    environment: 'production',
    from: '2026-11-01T00:00:00Z',
    to: '2026-12-01T00:00:00Z',
    days: 30,
    frequency: { known: true, value: { deployments: 1, perDay: 1, rollbacks: 0, repeats: 0 } },
    leadTime: { known: true, value: { ...spread, changes: 1, unmeasured: 0 } },
    failureRate: { known: true, value: { rate: 1, failed: 1, of: 1, atLeast: false } },
    restore: { known: true, value: { times: spread, restored: 1, open: 0 } },
    failures: [],
    remarks: [],
  };
  const metrics = makeMetrics(
    async () => ({ ready: 0, waiting: 0, running: 0, dead: 0, oldest: 0 }),
    async () => [{ repository: 'acme/app', at: 0, environments: [production] }],
  );

  it('are all explained, each with its labels and its own words, and no other is', async () => {
    metrics.ignored('push', 'not-ours');
    metrics.accepted(true, 1);
    metrics.taskEnded('gate', 'done', 1);
    metrics.limitSeen('1', 'core', 1);
    const shown = await metrics.text();
    const found = [...shown.matchAll(/^# HELP (shiplock_\w+) (.*)$/gm)].map(([, name = '', help = '']) => {
      const sample = new RegExp(`^${name}(?:_count)?(?:\\{(.*)\\})? `, 'm').exec(shown)?.[1] ?? '';
      const labels = [...sample.matchAll(/(\w+)="/g)].map(([, label]) => label);
      return [`\`${name}${labels.length === 0 ? '' : `{${labels.join(',')}}`}\``, help];
    });
    expect(found.length).toBeGreaterThan(8);
    expect(
      tableOf('Metrics')
        .map(([name, help]) => [name, help])
        .sort(),
    ).toEqual(found.sort());
  });

  it.each(['docs/operating.md', 'docs/app.md'])('%s names none that there is not', async (file) => {
    const shown = await metrics.text();
    const named = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bshiplock_[a-z_]+[a-z]\b/g)].map(([name]) => name);
    const others = named.filter((name) => !shown.includes(`# HELP ${name.replace(/_(bucket|sum|count)$/, '')} `));
    expect(others.filter((name) => name !== 'shiplock_restored')).toEqual([]);
  });
});

describe('the log', () => {
  const files = globSync('src/{app.ts,app/*.ts,flows/*.ts,store/*.ts,github/*.ts}', { cwd: ROOT });
  const calls: readonly LogCall[] = files.flatMap((file) => logCalls(file, readFileSync(join(ROOT, file), 'utf8')));
  const rows = tableOf('The log').map(([levels = '', message = '']) => ({
    levels: levels.split(', '),
    message: message.replace(/^`+ ?| ?`+$/g, ''),
  }));

  it('a line that is new would be found, however it is put together', () => {
    const source =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a source that has a template.
      "const then = gap ? ' Then again.' : '';\nlog[ok ? 'info' : 'warn']({ a: 'field', b }, `One ${n > 0 ? `of ${n}` : ''} two${then}`);";
    const [call] = logCalls('new.ts', source);
    expect(call).toEqual({ file: 'new.ts', line: 2, levels: ['info', 'warn'], words: ['One', 'of', 'two', 'Then again.'] });
    expect(logCalls('new.ts', 'log.error(fields, words)')[0]?.words).toEqual([]);
  });

  it('is written in some thirty places', () => expect([calls.length > 25, rows.length > 25]).toEqual([true, true]));

  it.each(calls)('$file:$line is explained with its level', ({ levels, words }) => {
    // A line that has no words of its own could not be looked up.
    expect(words).not.toEqual([]);
    for (const part of words) {
      const told = rows.filter(({ message }) => message.includes(part));
      expect(
        told.flatMap((row) => row.levels).filter((level) => levels.includes(level)),
        part,
      ).not.toEqual([]);
    }
  });

  it.each(rows)('$levels $message: is written somewhere', ({ levels, message }) => {
    const parts = message.split('…').map((part) => part.replace(/^[\s.:,]+|[\s:]+$/g, ''));
    for (const part of parts.filter((one) => one.length > 2)) {
      const written = calls.filter(({ words }) => words.some((one) => one.includes(part)));
      expect(
        written.flatMap((call) => call.levels),
        part,
      ).toEqual(expect.arrayContaining(levels));
    }
  });
});

it('its links lead to headings that there are', () => {
  const links = [...text.matchAll(/\]\(([\w./-]*)(?:#([\w-]+))?\)/g)].map(([, file = '', anchor]) => ({ file, anchor }));
  expect(links.length).toBeGreaterThan(5);
  for (const { file, anchor } of links) {
    const there = file === '' ? text : readFileSync(join(ROOT, 'docs', file), 'utf8');
    const headings = [...there.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    if (anchor !== undefined) expect(headings, `${file}#${anchor}`).toContain(anchor);
  }
});

const folder = mkdtempSync(join(tmpdir(), 'shiplock-operating-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As they are written, but for the places that are named in them. */
function runCommands(commands: string, places: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): string {
  const cli = join(ROOT, 'src/cli.ts');
  let script = `set -e\nshiplock() { '${NODE}' '${cli}' "$@"; }\n${commands}`;
  for (const [place, ours] of Object.entries(places)) script = script.replaceAll(place, ours);
  return execFileSync('sh', ['-c', script], {
    encoding: 'utf8',
    stdio: 'pipe',
    cwd: folder,
    timeout: 60_000,
    env: { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', ...env },
  });
}

async function write(store: Store): Promise<void> {
  await store.write([{ repository: 'repo:1', kind: 'hold', name: 'production', body: { by: 'ada' } }], 1);
  await store.add([{ key: 'repo:1', kind: 'draft', body: { branch: 'main' } }], 2);
}

async function linesOf(where: { readonly databaseUrl?: string; readonly folder: string }): Promise<string[]> {
  const store = await openStore(where);
  const lines: string[] = [];
  for await (const line of dumpStore(store)) lines.push(line);
  await store.close();
  return lines;
}

describe('SQLite', () => {
  const live = join(folder, 'live');
  const backup = join(folder, 'backup');
  const places = { '/var/lib/shiplock': live, '/backup/': `${backup}/` };
  let before: string[];

  beforeAll(async () => {
    mkdirSync(backup);
    const store = await openStore({ folder: live });
    await write(store);
    writeFileSync(join(live, 'credentials.json'), '{}');
    // Both beside a store that is open, with its last commits in the log alone.
    runCommands(`shiplock store export ${backup}/backup.jsonl`, {}, { SHIPLOCK_DATA: live });
    const vacuum = /"(VACUUM INTO '[^']+')"/.exec(text)?.[1]?.replace('/backup', backup) ?? '';
    const { DatabaseSync } = await import('node:sqlite');
    const beside = new DatabaseSync(join(live, 'shiplock.db'));
    beside.exec(vacuum);
    beside.close();
    // What is warned of: the file alone opens as if nothing were wrong.
    mkdirSync(join(folder, 'naive'));
    cpSync(join(live, 'shiplock.db'), join(folder, 'naive/shiplock.db'));
    before = await linesOf({ folder: live });
    await store.close();
  }, 60_000);

  it.each(['SQLite, from an export', 'SQLite, from a file of `VACUUM INTO`'])('%s: is restored by the commands', async (words) => {
    runCommands(commandsAfter(words), places, { SHIPLOCK_DATA: live });
    expect(await linesOf({ folder: live })).toEqual(before);
    expect(existsSync(join(live, 'credentials.json'))).toBe(true);
    expect(readdirSync(join(live, 'lost'))).toContain('shiplock.db');
    rmSync(join(live, 'lost'), { recursive: true });
  });

  it('a folder that is copied while the App is stopped is whole, and the file alone beside a running one is not', async () => {
    cpSync(live, join(folder, 'copied'), { recursive: true });
    expect(await linesOf({ folder: join(folder, 'copied') })).toEqual(before);
    expect(await linesOf({ folder: join(folder, 'naive') })).not.toEqual(before);
  });
});

const client = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' }).stdout ?? '';

describe('PostgreSQL', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres.stop());

  it('is dumped beside the running App, restored into a new database, and carried to SQLite and back', async (context) => {
    const major = Number(/\d+/.exec(client)?.[0] ?? 0);
    const server = execFileSync('sh', ['-c', 'psql -Atc "show server_version_num" || echo 0'], { env: environment(), encoding: 'utf8' });
    if (major === 0 || major < Math.floor(Number(server) / 10_000)) {
      context.skip(`there is no pg_dump for this server (found: ${client.trim() || 'none'})`);
    }
    runCommands('createdb shiplock', {}, environment());
    const store = await openStore({ databaseUrl: urlOf('shiplock'), folder });
    await write(store);
    const dump = /`(pg_dump [^`]+)`/.exec(text)?.[1] ?? '';
    runCommands(dump, {}, { ...environment(), DATABASE_URL: urlOf('shiplock') });
    const before = await linesOf({ databaseUrl: urlOf('shiplock'), folder });
    await store.close();

    const [restore = ''] = commandsAfter('PostgreSQL, into a new database').split('# or');
    runCommands(restore, {}, environment());
    expect(await linesOf({ databaseUrl: urlOf('shiplock_restored'), folder })).toEqual(before);
    // What comes later gets numbers of its own, and the record is still append-only.
    const restored = await openStore({ databaseUrl: urlOf('shiplock_restored'), folder });
    await restored.add([{ key: 'repo:2', kind: 'draft', body: {} }], 3);
    const [triggers] = await restored.database.read<{ n: number }>(
      `select count(*) as n from pg_trigger where not tgisinternal and tgrelid = 'shiplock_record'::regclass`,
    );
    expect(triggers?.n).toBe(1);
    await restored.close();

    const move = commandsAfter('### From SQLite to PostgreSQL, and back');
    const moved = { '/var/lib/shiplock': join(folder, 'moved'), 'postgres://…/shiplock': urlOf('moved') };
    const first = await openStore({ folder: join(folder, 'moved') });
    await write(first);
    await first.close();
    runCommands(`createdb moved\n${move}`, moved, environment());
    expect(await linesOf({ databaseUrl: urlOf('moved'), folder })).toEqual(await linesOf({ folder: join(folder, 'moved') }));
  }, 60_000);

  function environment(): Record<string, string> {
    const { password, port } = postgres;
    const PATH = process.env.PATH ?? '';
    return { PATH, PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres', PGDATABASE: 'postgres', PGPASSWORD: password };
  }

  function urlOf(database: string): string {
    return postgres.url.replace(/\/postgres$/, `/${database}`);
  }
});
