// The record: what was decided, said and done, as entries that are chained by SHA-256, each to the one before it. An entry is canonical JSON
// (RFC 8785), so that there is one way to write it and any other is a break. Its format is told in docs/record.md.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';
import type { Account, Gate, GateFacts } from './gate/facts.ts';
import type { Decision } from './gate/finding.ts';
import type { Publication } from './record/publication.ts';

/** Begins everything that is digested, and is never used for anything else. */
export const DOMAIN = 'shiplock record v1';

/** What an entry can be about: a decision, a person's word, or what came of them. */
export const RECORDED = [
  'gate',
  'approve',
  'reject',
  'hold',
  'unhold',
  'freeze',
  'unfreeze',
  'override',
  'publish',
  'deploy',
  'rollback',
  'bypassed',
  'deployment',
  'review',
  'note',
] as const;
export type Recorded = (typeof RECORDED)[number];

/** A person, with the role that was seen, or an app by its slug. */
export type Actor = (Account & { readonly role?: string }) | { readonly app: string };

export interface PolicyMark {
  /** The commit of the default branch that the policy was read at, and the blob of its file there; null: not seen, or no file. */
  readonly commit: string | null;
  readonly blob: string | null;
  /** SHA-256 of the file's text. */
  readonly text?: string;
  /** All of it that the decision was made by. */
  readonly gate: Gate;
}

/** An entry without its place in the chain. Free texts of people are `{text 1}` in it: the texts themselves stand outside of what is hashed. */
export interface EntryBody {
  readonly v: 1;
  /** ISO 8601. */
  readonly at: string;
  /** The key outlives renames; the name is what it was called then. */
  readonly repository: { readonly key: string; readonly name: string };
  readonly what: Recorded;
  readonly actor: Actor;
  readonly environment?: string;
  readonly sha?: string;
  /** The release's tag. */
  readonly release?: string;
  readonly run?: { readonly id: number; readonly attempt: number };
  /** Id of the comment that it was said in. */
  readonly comment?: number;
  readonly deployment?: number;
  readonly issue?: number;
  /** GitHub's word for how a deployment is. */
  readonly state?: string;
  /** What an override waives: see `WaiverFact`. */
  readonly requirement?: string;
  readonly until?: string | null;
  readonly reason?: string;
  /** Of what was published. */
  readonly publication?: Publication;
  readonly facts?: GateFacts;
  readonly policy?: PolicyMark;
  readonly decision?: Decision;
  /** Commitments to the free texts, by their numbers. */
  readonly texts?: Readonly<Record<string, string>>;
  /** The version of Shiplock that wrote it. */
  readonly app: string;
}

export interface Sealed extends EntryBody {
  /** From 1. */
  readonly seq: number;
  /** Hash of the entry before, or of the genesis. */
  readonly previous: string;
  readonly hash: string;
}

/** A free text with the salt of its commitment: both go when it is erased. */
export interface OpenText {
  readonly salt: string;
  readonly text: string;
}

export interface ChainEnd {
  readonly seq: number;
  readonly hash: string;
}

/** The entry in its place: its hash, and its text with the hash in it. `end`: that of the chain so far; null: there is none yet. */
export function sealed(body: EntryBody, end: ChainEnd | null): { readonly hash: string; readonly text: string } {
  const placed = { ...body, seq: (end?.seq ?? 0) + 1, previous: end?.hash ?? genesisOf(body.repository.key) };
  const hash = entryHash(placed);
  return { hash, text: canonical({ ...placed, hash }) };
}

/** As GitHub is told it, so that somebody else has it too: `record 12 · 4f8ac2b19d03`. */
export function witnessText({ seq, hash }: ChainEnd): string {
  return `record ${seq} · ${hash.slice(0, 12)}`;
}

/** Of everything in an entry but its hash. */
export function entryHash(entry: Omit<Sealed, 'hash'>): string {
  return digest('entry', `${entry.previous}\n${canonical(entry)}`);
}

/** What a repository's first entry follows: a chain cannot be passed off as another repository's. */
export function genesisOf(key: string): string {
  return digest('genesis', key);
}

/** Binds an entry to a text without telling it: nobody who has not the salt can try out texts on it. */
export function commitmentTo({ salt, text }: OpenText): string {
  return digest('text', `${salt}\n${text}`);
}

/** SHA-256 in hexadecimal, apart for each purpose. */
export function digest(purpose: 'entry' | 'genesis' | 'text' | 'policy' | 'plan', text: string): string {
  return bytesToHex(sha256(utf8ToBytes(`${DOMAIN} ${purpose}\n${text}`)));
}

/** RFC 8785. Throws for what no JSON can hold, and for half a surrogate pair. */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Nothing has no canonical form.');
  return text;
}

/** The same data as JSON has it: what is undefined left out, and half surrogate pairs, which cannot be written as UTF-8, replaced. */
export function plainOf<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => (one === undefined ? null : copy(one)));
  const kept = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(kept.map(([key, one]) => [wellFormed(key), copy(one)]));
}

/** With the flag `u` a pair is one character, so that only halves are found. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd');
}
