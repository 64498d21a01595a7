// Looks at entries one after another: each must be written as only one way is right, follow from the one before, keep its promises about its
// texts, and hold a decision that follows from its facts. Any text is an answer's; none is an error.

import type { Decision } from '../gate/finding.ts';
import { decide } from '../gate.ts';
import { type ChainEnd, canonical, commitmentTo, entryHash, genesisOf, plainOf, RECORDED, type Recorded, type Sealed } from '../record.ts';
import { isSameDecision } from './facts.ts';
import { publicationProblem } from './publication.ts';

/**
 * What can be wrong. `words`: the decision follows from its facts, and the words or times in which it is told do not. `other-version`: it was
 * decided by another version of Shiplock, and this one decides otherwise.
 */
export type BreakCode =
  | 'encoding'
  | 'form'
  | 'shape'
  | 'order'
  | 'link'
  | 'hash'
  | 'text'
  | 'decision'
  | 'words'
  | 'other-version'
  | 'repository'
  | 'file'
  | 'head';

export interface Wrong {
  readonly code: BreakCode;
  /** What, as a half sentence about it: `its hash is …`. */
  readonly says: string;
}

/** An entry as far as it could be read, and what is wrong with it. */
export interface Looked {
  readonly entry: SeenEntry | null;
  readonly wrong: readonly Wrong[];
  /** Its decision is the same, told in other words than this version's. */
  readonly worded: boolean;
  readonly texts: { readonly open: number; readonly erased: number };
}

export type SeenEntry = Pick<Sealed, 'seq' | 'at' | 'what' | 'hash' | 'previous' | 'repository'> & {
  readonly environment: string | null;
  readonly outcome: Decision['outcome'] | null;
};

export interface ChainOptions {
  /** The version that looks: it must come to the very words of its own entries. */
  readonly version: string;
  /** Entries may be missing. */
  readonly excerpt?: boolean;
}

/** `key`: that of the record which all of them are of; null: that of the first. */
export function chainOf(key: string | null, { version, excerpt = false }: ChainOptions): (text: string) => Looked {
  let end: ChainEnd | null = null;
  let whose = key;
  return (text) => {
    const read = readCanonical(text);
    if ('code' in read) return { entry: null, wrong: [read], worded: false, texts: { open: 0, erased: 0 } };
    const wrong: Wrong[] = [];
    const value = read.value;
    const entry = entryIn(value, wrong);
    if (entry === null) return { entry, wrong, worded: false, texts: { open: 0, erased: 0 } };
    const { open, hash: _, ...hashed } = value as unknown as Sealed & { readonly open?: unknown };
    if (entryHash(hashed) !== entry.hash)
      wrong.push({ code: 'hash', says: 'its hash is not that of what it says: something in it was changed' });
    wrong.push(...placeOf(entry, end, excerpt));
    whose ??= entry.repository.key;
    if (entry.repository.key !== whose)
      wrong.push({
        code: 'repository',
        says: `it is an entry of ${shown(entry.repository.key)}, and this is the record of ${shown(whose)}`,
      });
    end = entry;
    const texts = textsOf(value, open, wrong);
    judgePublication(value, wrong);
    return { entry, wrong, worded: judgeDecision(value, version, wrong), texts };
  };
}

/** JSON as there is one way to write it. */
export function readCanonical(text: string): { readonly value: Readonly<Record<string, unknown>> } | Wrong {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { code: 'form', says: 'it is no JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { code: 'form', says: 'it is no JSON object' };
  if (canonicalOf(value) !== text) return { code: 'form', says: 'it is not written in the canonical form (RFC 8785)' };
  return { value: value as Readonly<Record<string, unknown>> };
}

/** Null for what has no such form: a number beyond all bounds, half a pair of surrogates. */
function canonicalOf(value: unknown): string | null {
  try {
    return canonical(value);
  } catch {
    return null;
  }
}

function entryIn(value: Readonly<Record<string, unknown>>, wrong: Wrong[]): SeenEntry | null {
  const { v, seq, at, what, hash, previous, repository, environment, decision, actor, app } = value;
  if (v !== 1) {
    wrong.push({
      code: 'shape',
      says: 'it is no entry of a version that is known here: look with the Shiplock that wrote it, or a newer one',
    });
    return null;
  }
  const lacks = [
    Number.isSafeInteger(seq) && (seq as number) > 0 ? null : 'seq',
    typeof at === 'string' && isDate(at) ? null : 'at',
    RECORDED.includes(what as Recorded) ? null : 'what',
    isDigest(hash) ? null : 'hash',
    isDigest(previous) ? null : 'previous',
    typeof inside(repository, 'key') === 'string' && typeof inside(repository, 'name') === 'string' ? null : 'repository',
    environment === undefined || typeof environment === 'string' ? null : 'environment',
    typeof inside(actor, 'login') === 'string' || typeof inside(actor, 'app') === 'string' ? null : 'actor',
    typeof app === 'string' ? null : 'app',
  ].filter((one) => one !== null);
  if (lacks.length > 0) {
    wrong.push({ code: 'shape', says: `it is no entry: ${lacks.join(', ')} ${lacks.length === 1 ? 'is' : 'are'} not there, or of no use` });
    return null;
  }
  const outcome = inside(decision, 'outcome');
  return {
    ...(value as Pick<Sealed, 'seq' | 'at' | 'what' | 'hash' | 'previous' | 'repository'>),
    environment: typeof environment === 'string' ? environment : null,
    outcome: outcome === 'approve' || outcome === 'reject' || outcome === 'wait' ? outcome : null,
  };
}

function placeOf({ seq, previous, repository }: SeenEntry, end: ChainEnd | null, excerpt: boolean): Wrong[] {
  const next = (end?.seq ?? 0) + 1;
  if (seq === next) {
    if (previous === (end?.hash ?? genesisOf(repository.key))) return [];
    const says =
      end === null ? 'it does not follow from the beginning of its repository’s record' : `it does not follow from entry ${end.seq}`;
    return [{ code: 'link', says }];
  }
  if (seq > next) return excerpt ? [] : [{ code: 'order', says: `it is entry ${seq}, and ${missing(next, seq - 1)} before it` }];
  return [{ code: 'order', says: `it is entry ${seq}, after entry ${next - 1}: entries are doubled, or in another order` }];
}

function missing(first: number, last: number): string {
  return first === last ? `entry ${first} is missing` : `entries ${first} to ${last} are missing`;
}

function textsOf(value: Readonly<Record<string, unknown>>, open: unknown, wrong: Wrong[]): Looked['texts'] {
  const commitments = isRecord(value.texts) ? Object.entries(value.texts) : [];
  const opened = isRecord(open) ? Object.entries(open) : [];
  if ((value.texts !== undefined && (!isRecord(value.texts) || commitments.length === 0)) || commitments.some(([, one]) => !isDigest(one)))
    wrong.push({ code: 'shape', says: 'its commitments to texts cannot be read' });
  if (open !== undefined && opened.length === 0) wrong.push({ code: 'text', says: 'the texts beside it cannot be read' });
  for (const [name, one] of opened) {
    const [salt, text] = [inside(one, 'salt'), inside(one, 'text')];
    const sound = typeof salt === 'string' && typeof text === 'string' && isRecord(one) && Object.keys(one).length === 2;
    const committed = commitments.find(([key]) => key === name)?.[1];
    if (!sound || committed !== commitmentTo({ salt, text })) {
      wrong.push({ code: 'text', says: `text ${shown(name)} is not the one that the entry was written with` });
    }
  }
  return { open: opened.length, erased: Math.max(0, commitments.length - opened.length) };
}

/** Entries of earlier versions say only which release of which commit it was. */
function judgePublication({ what, release, sha, publication }: Readonly<Record<string, unknown>>, wrong: Wrong[]): void {
  if (publication === undefined) return;
  const problem = publicationProblem(publication);
  if (what !== 'publish') wrong.push({ code: 'shape', says: 'it tells of what was published, and is about something else' });
  else if (typeof release !== 'string' || typeof sha !== 'string') {
    wrong.push({ code: 'shape', says: 'it tells of what was published without its tag, or its commit' });
  } else if (problem !== null) wrong.push({ code: 'shape', says: `of what was published ${problem} cannot be read` });
}

/** True where the decision is the same, and another version told it in other words. */
function judgeDecision(value: Readonly<Record<string, unknown>>, version: string, wrong: Wrong[]): boolean {
  const { what, facts, decision, policy, environment, sha, app } = value;
  const gate = inside(policy, 'gate');
  if (what !== 'gate' && decision === undefined) return false;
  if (!isRecord(decision) || !isRecord(facts) || !isRecord(gate)) {
    wrong.push({ code: 'shape', says: 'it tells a decision without its facts, or its gate' });
    return false;
  }
  if (String(facts.environment).toLowerCase() !== String(environment).toLowerCase() || facts.sha !== sha)
    wrong.push({ code: 'decision', says: 'its facts are those of another commit, or of another environment' });
  const anew = decideAnew(gate, facts);
  if (anew === null) {
    wrong.push({ code: 'decision', says: 'its facts are none that could be decided by' });
    return false;
  }
  if (canonical(anew) === canonicalOf(decision)) return false;
  const [own, same] = [app === version, isSame(anew, decision)];
  if (same && !own) return true;
  const code = same ? 'words' : own ? 'decision' : 'other-version';
  const by = own ? '' : ` (it was decided by Shiplock ${shown(app)})`;
  const says = same
    ? 'its decision follows from its facts, but not the words or times that it is told in'
    : anew.outcome === decision.outcome
      ? 'what it found does not follow from its facts'
      : `its decision does not follow from its facts: this version decides ${anew.outcome}, and it says ${shown(decision.outcome)}`;
  wrong.push({ code, says: `${says}${by}` });
  return false;
}

/** Null where the facts are of a form that nothing can be decided by: what is in a file is anybody's. */
function decideAnew(gate: unknown, facts: unknown): Decision | null {
  try {
    return plainOf(decide(gate as Parameters<typeof decide>[0], facts as Parameters<typeof decide>[1]));
  } catch {
    return null;
  }
}

function isSame(anew: Decision, decision: unknown): boolean {
  const { outcome, findings } = decision as Decision;
  if (!Array.isArray(findings) || findings.some((one: unknown) => !isRecord(one))) return false;
  return isSameDecision(anew, { outcome, findings });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) && text.length <= 40;
}

function inside(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Of somebody's file, for words about it. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
