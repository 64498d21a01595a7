// What the intake has to know of a payload: whose order it belongs to, and its action. A signed payload is as GitHub writes it, so most of
// it need not be read for that; whatever is written in another way is read whole, with the same answer.

import { deliveryKey } from '../core/errand-of.ts';

export interface Glance {
  readonly action: string | null;
  /** As `deliveryKey` of the whole. */
  readonly key: string;
}

/** Null: it is no JSON object, as far as was looked; whoever reads the whole finds out for certain. */
export function glance(payload: Buffer): Glance | null {
  const action = actionOf(payload);
  const key = action === undefined ? null : repositoryKey(payload);
  return action === undefined || key === null ? readWhole(payload) : { action, key };
}

const ACTION = Buffer.from('"action":');
const REPOSITORY = Buffer.from('"repository":{"id":');
const FIRST = /^\{"action":"([a-z_]{1,64})"/;

/** Undefined: only the whole tells. */
function actionOf(payload: Buffer): string | null | undefined {
  const first = FIRST.exec(payload.toString('latin1', 0, 80));
  if (first?.[1] !== undefined) return first[1];
  return payload.includes(ACTION) ? undefined : null;
}

/**
 * The repository is among the last things of a payload. Those bytes stand in no string, where quotes are escaped; and what follows them ends
 * one object exactly where they are a member of the outermost.
 */
function repositoryKey(payload: Buffer): string | null {
  const at = payload[0] === OPEN ? payload.lastIndexOf(REPOSITORY) : -1;
  // After a backslash it is the end of a longer name.
  if (at === -1 || payload[at - 1] === BACKSLASH) return null;
  try {
    // Latin-1 is the quickest way to read bytes of which only a number is needed.
    const key = deliveryKey(JSON.parse(`{${payload.toString('latin1', at)}`));
    return key.startsWith('repo:') ? key : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const OPEN = '{'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);

function readWhole(payload: Buffer): Glance | null {
  let read: unknown;
  try {
    read = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) return null;
  const { action } = read as { action?: unknown };
  return { action: typeof action === 'string' ? action : null, key: deliveryKey(read) };
}
