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
 * A payload of GitHub's that has a repository anywhere has one of its own, written like this. Those bytes stand in no string, where quotes
 * are escaped; but somebody's own JSON is in a few events. So where they stand more than once, what follows the last of them has to end one
 * object, exactly as it does where they are a member of the outermost.
 */
function repositoryKey(payload: Buffer): string | null {
  const at = payload[0] === OPEN && payload[payload.length - 1] === CLOSE ? payload.lastIndexOf(REPOSITORY) : -1;
  // After a backslash it is the end of a longer name.
  if (at === -1 || payload[at - 1] === BACKSLASH) return null;
  const from = at + REPOSITORY.length;
  const id = ID.exec(payload.toString('latin1', from, from + 20))?.[1];
  if (id === undefined) return null;
  return payload.indexOf(REPOSITORY) === at || isMember(payload, at) ? deliveryKey({ repository: { id: Number(id) } }) : null;
}

function isMember(payload: Buffer, at: number): boolean {
  try {
    JSON.parse(`{${payload.toString('latin1', at)}`);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

const ID = /^([1-9][0-9]{0,14})[,}]/;
const CLOSE = '}'.charCodeAt(0);
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
