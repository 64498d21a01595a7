// What a published release was, for the record: read from the release itself, so that whoever writes the entry, at once or begun again, writes
// the same one, and bound to its plan and its text by a digest that anybody can do over (docs/record.md).

import type { Bump, Kind } from '../change.ts';
import { readFence } from '../fence.ts';
import { canonical, digest, plainOf } from '../record.ts';

export interface Publication {
  readonly line: string;
  readonly version: string;
  readonly kind: Exclude<Kind, 'none'>;
  readonly bump: Exclude<Bump, 'none'>;
  /** Tag of the release before it on the line. */
  readonly since: string | null;
  /** Digest of all of this, of the tag and its commit, and of the text that people read. */
  readonly plan: string;
}

/** A release as GitHub shows it, with the commit of its tag. */
export interface PublishedText {
  readonly tag: string;
  readonly sha: string;
  readonly body: string;
}

/** Null: its text does not say what was planned, as somebody has taken our marks out of it, or has made something else of them. */
export function publicationOf({ tag, sha, body }: PublishedText): Publication | null {
  const state = readFence(body)?.state;
  if (state === undefined) return null;
  const { line, version, since } = state;
  // A hint that somebody may have touched: what it does not say is taken for the least.
  const kind = state.kind === 'feature' ? 'feature' : 'maintenance';
  const bump = state.bump === 'major' || state.bump === 'minor' ? state.bump : 'patch';
  const said = { line, version, kind, bump, since } as const;
  const publication: Publication = { ...said, plan: planDigest(said, { tag, sha, body }) };
  // An entry that cannot be read back would be a break in the record for good.
  return publicationProblem(publication) === null ? publication : null;
}

function planDigest(said: Omit<Publication, 'plan'>, { tag, sha, body }: PublishedText): string {
  return digest('plan', canonical(plainOf({ ...said, tag, sha, text: releaseProse(body) })));
}

/** What people read: without our marks, which change when everybody was told. */
export function releaseProse(body: string): string {
  const fence = readFence(body);
  const parts = fence === null ? [body] : [fence.before, fence.inside, fence.after];
  return parts
    .map((part) => part.replaceAll('\r\n', '\n').trim())
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What cannot be right of one in an entry; null: nothing. */
export function publicationProblem(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'what was published';
  const { line, version, kind, bump, since, plan, ...more } = value as Record<string, unknown>;
  if (typeof line !== 'string' || line === '') return 'the line';
  if (typeof version !== 'string' || !/^\d+\.\d+\.\d+/.test(version)) return 'the version';
  if (kind !== 'maintenance' && kind !== 'feature') return 'the kind';
  if (bump !== 'patch' && bump !== 'minor' && bump !== 'major') return 'the bump';
  if (since !== null && typeof since !== 'string') return 'the release before';
  if (typeof plan !== 'string' || !/^[0-9a-f]{64}$/.test(plan)) return 'the digest of the plan';
  return Object.keys(more).length === 0 ? null : 'something that no such entry has';
}
