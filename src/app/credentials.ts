// What the App proves to GitHub who it is with, and GitHub to the App: from the environment, or from the file that set-up wrote.

import { createPrivateKey, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Credentials {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** Accepted besides the other while the secret is being changed. */
  readonly previousSecret?: string;
}

export type Found =
  | { readonly kind: 'whole'; readonly credentials: Credentials }
  /** There are none at all: the App is to be set up. */
  | { readonly kind: 'none' }
  | { readonly kind: 'part'; readonly says: string };

/** Joins what the environment has with what set-up stored. Throws where the file is there and cannot be read. */
export function findCredentials(given: Partial<Credentials>, folder: string): Found {
  const stored = readStored(folder);
  // Another App's key or secret is of no use to this one.
  const own = stored !== null && (given.appId === undefined || given.appId === stored.appId) ? stored : null;
  const { appId, privateKey, webhookSecret, previousSecret } = { ...own, ...given };
  if (appId !== undefined && privateKey !== undefined && webhookSecret !== undefined) {
    const previous = previousSecret === undefined ? {} : { previousSecret };
    return { kind: 'whole', credentials: { appId, privateKey, webhookSecret, ...previous } };
  }
  const names = [
    [appId, 'APP_ID'],
    [privateKey, 'PRIVATE_KEY (or PRIVATE_KEY_PATH)'],
    [webhookSecret, 'WEBHOOK_SECRET'],
  ] as const;
  const missing = names.filter(([value]) => value === undefined).map(([, name]) => name);
  if (missing.length === names.length) return { kind: 'none' };
  const there = names.filter(([value]) => value !== undefined).map(([, name]) => name.replace(/ .*/, ''));
  return {
    kind: 'part',
    says: `${there.join(' and ')} ${there.length === 1 ? 'is' : 'are'} set, but ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not. Set all three, or none to have the App set itself up in the browser.`,
  };
}

/** Writes them so that whoever is stopped in the middle leaves the old file or the new one, readable by the owner alone. */
export function storeCredentials(folder: string, credentials: Credentials): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = fileIn(folder);
  const made = `${file}.${randomUUID()}`;
  const descriptor = openSync(made, 'wx', 0o600);
  try {
    writeSync(descriptor, `${JSON.stringify({ version: 1, ...credentials }, null, 2)}\n`);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(made, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(made, file);
}

/** The key as OpenSSL writes it, from a PEM with line breaks, with `\n` in their place, with none, or in base64; null where it is none. */
export function readKey(text: string): string | null {
  const direct = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
  const match = /-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\s\\]{100,20000})-----END (?:RSA )?PRIVATE KEY-----/.exec(direct);
  if (match === null) return null;
  const [, rsa = '', body = ''] = match;
  const packed = body.replace(/\\[nr]|\s/g, '');
  const lines = packed.match(/.{1,64}/g) ?? [];
  const pem = [`-----BEGIN ${rsa}PRIVATE KEY-----`, ...lines, `-----END ${rsa}PRIVATE KEY-----`, ''].join('\n');
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa' ? pem : null;
  } catch {
    return null;
  }
}

function fileIn(folder: string): string {
  return join(folder, 'credentials.json');
}

function readStored(folder: string): Credentials | null {
  const file = fileIn(folder);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new CredentialsProblem(`${file} cannot be read: ${(error as Error).message}.`);
  }
  const credentials = credentialsIn(text);
  if (credentials !== null) return credentials;
  throw new CredentialsProblem(
    `${file} is not as set-up wrote it. Put the App’s APP_ID, PRIVATE_KEY and WEBHOOK_SECRET into the environment, or move the file away to set the App up anew.`,
  );
}

function credentialsIn(text: string): Credentials | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== 'object' || read === null) return null;
  const { appId, privateKey, webhookSecret } = read as Record<string, unknown>;
  if (typeof appId !== 'number' || typeof privateKey !== 'string' || typeof webhookSecret !== 'string' || webhookSecret === '') return null;
  return readKey(privateKey) === null ? null : { appId, privateKey, webhookSecret };
}

/** The stored credentials are there and of no use; the message says what to do. */
export class CredentialsProblem extends Error {
  override readonly name = 'CredentialsProblem';
}
