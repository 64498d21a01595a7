// Folders for what a story keeps while it lasts. Thousands of small files and synced commits wait for a disk that no story is about, so they
// stand in memory where the system has a file system for that (Linux) and it has room.
import { accessSync, constants, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SHARED = '/dev/shm';
/** Containers give it 64 MB where nobody asks for more, and one story needs a few. */
const ROOM_BYTES = 512 * 1024 * 1024;

/** Whoever asks removes it. */
export function memoryFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom() ? SHARED : tmpdir(), prefix));
}

function hasRoom(): boolean {
  try {
    accessSync(SHARED, constants.W_OK);
    const { bavail, bsize } = statfsSync(SHARED);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}
