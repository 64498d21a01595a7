// Who holds a lease, by a name from which another process of the same host can tell whether it still lives.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** `host/process id/this start`. */
export function ownerName(): string {
  return `${hostname()}/${process.pid}/${randomUUID()}`;
}

/** True where it is certain: it ran on this host, and its process is no more, or is this one started anew, as in a container. */
export function isGone(owner: string, own: string): boolean {
  const [host, pid] = owner.split('/');
  if (owner === own || host !== hostname() || !/^[1-9]\d*$/.test(pid ?? '')) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // Anything but "no such process" says that there is one.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
