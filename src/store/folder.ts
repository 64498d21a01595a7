// Where the embedded store lives: a folder on a local disk that only its owner may enter.

import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { StoreProblem } from '../flows/store-port.ts';

export const FILE = 'shiplock.db';

/** Makes the folder and the file ready, for their owner alone. Returns the file's path. */
export function readyFolder(folder: string): string {
  const path = resolve(folder);
  try {
    const made = mkdirSync(path, { recursive: true, mode: 0o700 });
    refuseNetwork(path, networkType(path));
    // Somebody's own folder with other things in it stays as it is; the file is private either way.
    if (made === undefined && (statSync(path).mode & 0o077) !== 0 && readdirSync(path).every((name) => name.startsWith(FILE))) {
      closeToOthers(path);
    }
    closeSync(openSync(resolve(path, FILE), 'a', 0o600));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
    throw new StoreProblem(
      `The embedded store cannot be kept in ${path}: ${error instanceof Error ? error.message : String(error)}. Let SHIPLOCK_DATA name a folder on a local disk that this user may write to, or set DATABASE_URL to use PostgreSQL.`,
      { cause: error },
    );
  }
  return resolve(path, FILE);
}

export function refuseNetwork(path: string, network: string | null): void {
  if (network === null) return;
  throw new StoreProblem(
    `The embedded store cannot be kept in ${path}: that is on a network file system (${network}), where SQLite's locks do not hold and deliveries would be lost. Let SHIPLOCK_DATA name a folder on a local disk, or set DATABASE_URL to use PostgreSQL.`,
  );
}

/** The name of the network file system that a path is on; null for a local one. By statfs(2), which tells it on Linux only. */
export function networkType(path: string, typeOf: (path: string) => number = (it) => statfsSync(it).type): string | null {
  if (process.platform === 'win32') return path.startsWith('\\\\') ? 'a share' : null;
  return process.platform === 'linux' ? (NETWORK[typeOf(path) >>> 0] ?? null) : null;
}

/** `f_type` of statfs(2), of linux/magic.h and the file systems' own headers. FUSE is not among them: it is as often a local disk. */
const NETWORK: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  16914839: '9p',
  12805120: 'Ceph',
  198183888: 'Lustre',
  1196443219: 'GPFS',
  1397113167: 'AFS',
  1799439955: 'AFS',
  1937076805: 'Coda',
  22092: 'NCP',
  428016422: 'BeeGFS',
  2020557398: 'a folder shared by VirtualBox',
};

/** A volume that was mounted for us may belong to somebody else: then it stays as it is. */
function closeToOthers(path: string): void {
  try {
    chmodSync(path, 0o700);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) throw error;
  }
}
