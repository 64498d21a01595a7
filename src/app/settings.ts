// What the App is started with: Probot's own environment variables, the store's, and nothing else. Read once, and refused in words where it
// cannot work, before anything is opened.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { matchesGlob } from '../core/glob.ts';
import { appEndpoints, type Endpoints } from '../github/endpoints.ts';
import { type Credentials, readKey } from './credentials.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type Level = (typeof LEVELS)[number];

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly level: Level;
  readonly endpoints: Endpoints;
  /** Where people sign in: `https://github.com`, or the Enterprise Server. */
  readonly web: string;
  /** Absent: the embedded store in `folder`. */
  readonly databaseUrl: string | undefined;
  /** The embedded store's folder, and that of the credentials that set-up got. */
  readonly folder: string;
  readonly sweepSeconds: number;
  /** What the environment has of them: each wins over what set-up has stored. */
  readonly given: Partial<Credentials>;
  /** Absent: nowhere. */
  readonly outgoing?: Outgoing;
  /** Whether `/metrics` shows the four keys of a repository (`owner/name`); absent: of none. */
  readonly measures?: (repository: string) => boolean;
  /** Whether the record of a repository's (`owner/name`) releases is attached to them; absent: of none. */
  readonly attaches?: (repository: string) => boolean;
}

/** Where messages about releases go besides GitHub. */
export interface Outgoing {
  readonly url: string;
  readonly secret: string;
  /** It must not lead into a private network, whatever its name comes to mean. */
  readonly publicOnly?: boolean;
}

/** The environment cannot be worked with; the message says which variable, why, and what would be right. */
export class SettingsProblem extends Error {
  override readonly name = 'SettingsProblem';
}

/** Throws `SettingsProblem`. */
export function readSettings(env: Environment): Settings {
  const level = (set(env, 'LOG_LEVEL') ?? 'info').toLowerCase();
  if (!isLevel(level)) throw new SettingsProblem(`LOG_LEVEL is ${quoted(level)}; it can be ${LEVELS.join(', ')}.`);
  const host = set(env, 'GHE_HOST');
  const protocol = set(env, 'GHE_PROTOCOL') ?? 'https';
  if (host !== undefined && !/^[a-z0-9.-]+(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/i.test(host)) {
    throw new SettingsProblem(`GHE_HOST is ${quoted(host)}; it is a host alone, as in \`github.example.com\`.`);
  }
  if (protocol !== 'https' && protocol !== 'http') {
    throw new SettingsProblem(`GHE_PROTOCOL is ${quoted(protocol)}; it can be https or http.`);
  }
  const measures = readNames(env, 'SHIPLOCK_METRICS_REPOSITORIES', '*/*');
  const attaches = readNames(env, 'SHIPLOCK_ATTACH_RECORD', 'none');
  return {
    host: set(env, 'HOST') ?? 'localhost',
    port: readNumber(env, 'PORT', { standard: 3_000, least: 0, most: 65_535 }),
    level,
    endpoints: appEndpoints({ GHE_HOST: host, GHE_PROTOCOL: protocol }),
    web: host === undefined ? 'https://github.com' : `${protocol}://${host}`,
    databaseUrl: set(env, 'DATABASE_URL'),
    folder: resolve(set(env, 'SHIPLOCK_DATA') ?? '.shiplock'),
    sweepSeconds: readNumber(env, 'SHIPLOCK_SWEEP_SECONDS', { standard: 300, least: 1, most: 86_400 }),
    given: readGiven(env),
    ...readOutgoing(env),
    ...(measures === undefined ? {} : { measures }),
    ...(attaches === undefined ? {} : { attaches }),
  };
}

function readGiven(env: Environment): Partial<Credentials> {
  const id = set(env, 'APP_ID');
  if (id !== undefined && !/^[1-9]\d{0,15}$/.test(id)) {
    throw new SettingsProblem(`APP_ID is ${quoted(id)}; it is the number that the App’s settings page shows under “About”.`);
  }
  const key = readPrivateKey(env);
  const secret = set(env, 'WEBHOOK_SECRET');
  const previous = set(env, 'WEBHOOK_SECRET_PREVIOUS');
  return {
    ...(id === undefined ? {} : { appId: Number(id) }),
    ...(key === undefined ? {} : { privateKey: key }),
    ...(secret === undefined ? {} : { webhookSecret: secret }),
    ...(previous === undefined ? {} : { previousSecret: previous }),
  };
}

function readOutgoing(env: Environment): { readonly outgoing?: Outgoing } {
  const url = set(env, 'SHIPLOCK_WEBHOOK_URL');
  const secret = set(env, 'SHIPLOCK_WEBHOOK_SECRET');
  if (url === undefined && secret === undefined) return {};
  if (url === undefined) throw new SettingsProblem('SHIPLOCK_WEBHOOK_SECRET is set, and SHIPLOCK_WEBHOOK_URL is not: set both, or none.');
  const read = URL.canParse(url) ? new URL(url) : null;
  // The address itself may be a secret, as a chat's are: it is not repeated.
  if (read === null || !['https:', 'http:'].includes(read.protocol)) {
    throw new SettingsProblem('SHIPLOCK_WEBHOOK_URL is no address: it begins with https:// (or http:// within your own network).');
  }
  if (read.username !== '' || read.password !== '') {
    throw new SettingsProblem(
      'SHIPLOCK_WEBHOOK_URL has a user name or a password in it, which cannot be sent: the signature shows who we are.',
    );
  }
  if (secret === undefined) {
    throw new SettingsProblem(
      'SHIPLOCK_WEBHOOK_URL is set, and SHIPLOCK_WEBHOOK_SECRET is not: messages are signed with it, so that whoever gets them knows whose they are. Set any long random text.',
    );
  }
  const network = (set(env, 'SHIPLOCK_WEBHOOK_NETWORK') ?? 'any').toLowerCase();
  if (network !== 'any' && network !== 'public') {
    throw new SettingsProblem(`SHIPLOCK_WEBHOOK_NETWORK is ${quoted(network)}; it can be any or public.`);
  }
  return { outgoing: { url: read.href, secret, ...(network === 'public' ? { publicOnly: true } : {}) } };
}

/** A list of repositories; undefined: none. */
function readNames(env: Environment, name: string, standard: string): ((repository: string) => boolean) | undefined {
  const names = (set(env, name) ?? standard).split(/[\s,]+/).filter((one) => one !== '');
  if (names.length === 1 && names[0]?.toLowerCase() === 'none') return undefined;
  const wrong = names.find((one) => !/^[\w.*-]+\/[\w.*-]+$/.test(one));
  if (wrong !== undefined) {
    throw new SettingsProblem(`${name} names ${quoted(wrong)}; it is a list of repositories as in \`acme/app, acme/web-*\`, or \`none\`.`);
  }
  const globs = names.map((one) => one.toLowerCase());
  return (repository) => globs.some((glob) => matchesGlob(glob, repository.toLowerCase()));
}

function readPrivateKey(env: Environment): string | undefined {
  const text = set(env, 'PRIVATE_KEY');
  const path = set(env, 'PRIVATE_KEY_PATH');
  const name = text === undefined ? 'PRIVATE_KEY_PATH' : 'PRIVATE_KEY';
  let found = text;
  if (found === undefined && path !== undefined) {
    try {
      found = readFileSync(resolve(path), 'utf8');
    } catch (error) {
      throw new SettingsProblem(`PRIVATE_KEY_PATH names ${path}, which cannot be read: ${(error as Error).message}.`);
    }
  }
  if (found === undefined) return undefined;
  const key = readKey(found);
  if (key !== null) return key;
  throw new SettingsProblem(
    `${name} holds no RSA private key. It is the .pem file that GitHub gave out for the App: as it is, on one line with \\n for its line breaks, or as base64.`,
  );
}

function readNumber(env: Environment, name: string, range: { standard: number; least: number; most: number }): number {
  const text = set(env, name);
  if (text === undefined) return range.standard;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= range.least && number <= range.most) return number;
  throw new SettingsProblem(`${name} is ${quoted(text)}; it is a whole number from ${range.least} to ${range.most}.`);
}

/** An empty variable is one that is not set: compose files and CI pass them on like that. */
function set(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}

function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}
