// What was given up and is kept for an operator: what it was about, why it failed, and beginning it anew.

import type { DeadTask, StorePort } from '../store-port.ts';

export interface DeadLetter {
  readonly id: number;
  readonly kind: string;
  /** `acme/app#12`, `acme/app 1.x`, or the key where no repository is named. */
  readonly about: string;
  readonly error: string;
  readonly attempts: number;
  /** GUID of the delivery that it came with, to be looked up in GitHub's log. */
  readonly delivery: string | null;
  /** ISO 8601. */
  readonly since: string;
  readonly diedAt: string;
}

const MOST = 1_000;

/** Newest first, a thousand at most. */
export async function listDead(store: Pick<StorePort, 'dead'>): Promise<readonly DeadLetter[]> {
  return (await store.dead(MOST)).map(letterOf);
}

export interface Replayed {
  readonly replayed: readonly number[];
  /** Of those that were named: there are no such dead tasks. */
  readonly missing: readonly number[];
}

/** Begins them anew at the end of their keys, those that died first first. */
export async function replayDead(store: Pick<StorePort, 'dead' | 'replay'>, which: number | 'all', now: number): Promise<Replayed> {
  const ids = which === 'all' ? (await store.dead(MOST)).map(({ id }) => id).reverse() : [which];
  const replayed: number[] = [];
  const missing: number[] = [];
  for (const id of ids) {
    if (await store.replay(id, now)) replayed.push(id);
    // Of all: somebody else was faster.
    else if (which !== 'all') missing.push(id);
  }
  return { replayed, missing };
}

function letterOf({ id, key, kind, body, error, attempts, createdAt, diedAt }: DeadTask): DeadLetter {
  const { home, pull, issue, branch, delivery, guid } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const { owner, name } = (home ?? {}) as Record<string, unknown>;
  const number = typeof pull === 'number' ? pull : issue;
  const where = typeof number === 'number' ? `#${number}` : typeof branch === 'string' ? ` ${branch}` : '';
  const from = delivery ?? guid;
  return {
    id,
    kind,
    about: typeof owner === 'string' && typeof name === 'string' ? `${owner}/${name}${where}` : key,
    error,
    attempts,
    delivery: typeof from === 'string' ? from : null,
    since: new Date(createdAt).toISOString(),
    diedAt: new Date(diedAt).toISOString(),
  };
}
