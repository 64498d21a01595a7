// Is this exported record what was written, and does each decision in it follow from its facts? Line by line, so that a record of any length
// can be looked at; what is wrong is told with its line, and the rest is looked at all the same.

import type { Decision } from '../gate/finding.ts';
import { type ChainEnd, witnessText } from '../record.ts';
import { type BreakCode, chainOf, isDigest, isRecord, type Looked, readCanonical, shown, type Wrong } from './chain.ts';
import { type Header, type LineDigest, lineDigest } from './file.ts';

export interface Break extends Wrong {
  /** From 1; null: it is about the file as a whole. */
  readonly line: number | null;
  readonly seq: number | null;
}

export interface Verified {
  /** Nothing is wrong. */
  readonly sound: boolean;
  /** The first of them, in the order of the lines; `broken` counts them all. */
  readonly breaks: readonly Break[];
  readonly broken: number;
  readonly repository: { readonly key: string; readonly name: string | null } | null;
  readonly part: Header['part'] | null;
  readonly entries: number;
  /** ISO 8601: of the first and the last entry. */
  readonly from: string | null;
  readonly to: string | null;
  /** How often each environment's gate came to which outcome. */
  readonly decisions: Readonly<Record<string, Readonly<Record<Decision['outcome'], number>>>>;
  readonly texts: { readonly open: number; readonly erased: number };
  /** Decisions that an older or newer version told in other words; they are the same. */
  readonly reworded: number;
  /** The last entry's: what GitHub was told is to be the same. */
  readonly head: ChainEnd | null;
  /** The entry that has the hash which was looked for; null: none. Absent: none was. */
  readonly witness?: ChainEnd | null;
}

export interface VerifyOptions {
  /** This version of Shiplock. */
  readonly version: string;
  /** Beginning of a hash that was seen elsewhere, as in a status on GitHub: one of the entries must have it. */
  readonly witness?: string | undefined;
}

/** Told at most. */
const MOST_BREAKS = 1_000;

export interface RecordVerifier {
  /** A line without its end; null: its bytes are no UTF-8. */
  readonly line: (text: string | null) => void;
  /** `closed`: the last line had its end. */
  readonly end: (closed: boolean) => Verified;
}

export function recordVerifier(options: VerifyOptions): RecordVerifier {
  const seen: Seen = {
    lines: 0,
    breaks: [],
    broken: 0,
    header: null,
    trailer: false,
    chain: chainOf(null, options),
    digest: lineDigest(),
    name: null,
    key: null,
    entries: 0,
    from: null,
    to: null,
    decisions: new Map(),
    open: 0,
    erased: 0,
    reworded: 0,
    head: null,
    witness: null,
  };
  return {
    line: (text) => {
      seen.lines += 1;
      lookAtLine(seen, text, options);
    },
    end: (closed) => {
      endFile(seen, closed, options);
      return verified(seen, options);
    },
  };
}

/** The whole text of an export. */
export function verifyRecord(text: string, options: VerifyOptions): Verified {
  const verifier = recordVerifier(options);
  const lines = text.split('\n');
  const last = lines.pop() as string;
  for (const line of lines) verifier.line(line);
  if (last !== '') verifier.line(last);
  return verifier.end(last === '');
}

/** What was seen so far. */
interface Seen {
  lines: number;
  readonly breaks: Break[];
  broken: number;
  header: Header | null;
  trailer: boolean;
  chain: ReturnType<typeof chainOf>;
  readonly digest: LineDigest;
  name: string | null;
  key: string | null;
  entries: number;
  from: string | null;
  to: string | null;
  readonly decisions: Map<string, Record<Decision['outcome'], number>>;
  open: number;
  erased: number;
  reworded: number;
  head: ChainEnd | null;
  witness: ChainEnd | null;
}

function tell(seen: Seen, wrong: Wrong, line: number | null, seq: number | null = null): void {
  seen.broken += 1;
  if (seen.breaks.length < MOST_BREAKS) seen.breaks.push({ ...wrong, line, seq });
}

function lookAtLine(seen: Seen, text: string | null, options: VerifyOptions): void {
  const read = text === null ? null : readCanonical(text);
  if (seen.trailer) tell(seen, { code: 'file', says: 'it stands after the end of the record' }, seen.lines);
  else if (read !== null && 'value' in read && 'digest' in read.value && !('seq' in read.value)) lookAtTrailer(seen, read.value);
  else {
    seen.digest.add(text ?? '');
    if (text === null) tell(seen, { code: 'encoding', says: 'its bytes are no UTF-8' }, seen.lines);
    else if (seen.lines > 1 || !begins(seen, read !== null && 'value' in read ? read.value : {}, options)) {
      lookAtEntry(seen, seen.chain(text), options);
    }
  }
}

/** False: what stands there may be an entry. */
function begins(seen: Seen, value: Readonly<Record<string, unknown>>, { version }: VerifyOptions): boolean {
  seen.header = headerIn(value);
  if (seen.header === null) {
    tell(seen, { code: 'file', says: 'it does not begin as an exported record does' }, 1);
    return !('seq' in value);
  }
  const { repository, part } = seen.header;
  seen.key = repository;
  seen.chain = chainOf(repository, { version, excerpt: part === 'excerpt' });
  return true;
}

function headerIn(value: Readonly<Record<string, unknown>>): Header | null {
  const { format, v, repository, part, head, ...more } = value;
  const sound =
    format === 'shiplock record' &&
    v === 1 &&
    typeof repository === 'string' &&
    (part === 'whole' || part === 'excerpt') &&
    (head === null || (isRecord(head) && Number.isSafeInteger(head.seq) && isDigest(head.hash))) &&
    Object.keys(more).length === 0;
  return sound ? (value as unknown as Header) : null;
}

function lookAtTrailer(seen: Seen, value: Readonly<Record<string, unknown>>): void {
  seen.trailer = true;
  const { digest, lines } = seen.digest.trailer();
  if (value.digest === digest && value.lines === lines && Object.keys(value).length === 2) return;
  const says =
    value.lines === lines
      ? 'it is not the digest of the lines before: something in them was changed'
      : `it says that ${shown(value.lines)} lines stand before it, and there are ${lines}`;
  tell(seen, { code: 'file', says }, seen.lines);
}

function lookAtEntry(seen: Seen, { entry, wrong, worded, texts }: Looked, { witness }: VerifyOptions): void {
  for (const one of wrong) tell(seen, one, seen.lines, entry?.seq ?? null);
  seen.entries += 1;
  seen.open += texts.open;
  seen.erased += texts.erased;
  if (worded) seen.reworded += 1;
  if (entry === null) return;
  const { seq, hash, at, repository, environment, outcome } = entry;
  seen.head = { seq, hash };
  seen.from ??= at;
  seen.to = at;
  seen.key ??= repository.key;
  seen.name = repository.name;
  if (witness !== undefined && hash.startsWith(witness)) seen.witness = seen.head;
  if (outcome === null || environment === null) return;
  const counts = seen.decisions.get(environment) ?? { approve: 0, reject: 0, wait: 0 };
  counts[outcome] += 1;
  seen.decisions.set(environment, counts);
}

function endFile(seen: Seen, closed: boolean, { witness }: VerifyOptions): void {
  const { header, head } = seen;
  const file = (says: string, code: BreakCode = 'file') => tell(seen, { code, says }, null);
  if (seen.lines === 0) file('it is empty, which no exported record is');
  else if (!seen.trailer) file('its last line is missing, the one that says that nothing is: its end was cut off');
  else if (!closed) file('its last line has no end, so that a part of it may be missing');
  if (header !== null && (header.part === 'whole' ? !isSame(header.head, head) : isBeyond(head, header.head))) {
    file(`it ends with ${endText(head)}, and its first line says that it ends with ${endText(header.head)}`, 'head');
  }
  if (witness !== undefined && seen.witness === null) file(`no entry has the hash ${shown(witness)}`, 'head');
}

function isSame(one: ChainEnd | null, other: ChainEnd | null): boolean {
  return one?.seq === other?.seq && one?.hash === other?.hash;
}

function isBeyond(end: ChainEnd | null, head: ChainEnd | null): boolean {
  return end !== null && (head === null || end.seq > head.seq || (end.seq === head.seq && end.hash !== head.hash));
}

function endText(end: ChainEnd | null): string {
  return end === null ? 'no entry' : witnessText(end);
}

function verified(seen: Seen, { witness }: VerifyOptions): Verified {
  const { breaks, broken, key, name, header, entries, from, to, open, erased, reworded, head } = seen;
  return {
    sound: broken === 0,
    breaks,
    broken,
    repository: key === null ? null : { key, name },
    part: header?.part ?? null,
    entries,
    from,
    to,
    decisions: Object.fromEntries(seen.decisions),
    texts: { open, erased },
    reworded,
    head,
    ...(witness === undefined ? {} : { witness: seen.witness }),
  };
}
