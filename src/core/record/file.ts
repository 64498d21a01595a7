// An exported record as JSON Lines: a first line that says what it is, an entry a line, and a last line with the digest of all before it, so
// that neither a byte nor a line can be other than it was written.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type ChainEnd, canonical, DOMAIN } from '../record.ts';

export interface Header {
  readonly format: 'shiplock record';
  readonly v: 1;
  /** Key of the record: `repo:<id>`. */
  readonly repository: string;
  /** `excerpt`: entries are left out, as of other releases. */
  readonly part: 'whole' | 'excerpt';
  /** Where the chain ended when it was exported; null: it had no entry. */
  readonly head: ChainEnd | null;
}

export interface Trailer {
  /** Of every line before, with its end. */
  readonly digest: string;
  /** How many those are. */
  readonly lines: number;
}

/** Digests lines as they come, each without its end. */
export interface LineDigest {
  readonly add: (line: string) => void;
  readonly trailer: () => Trailer;
}

export function lineDigest(): LineDigest {
  const hash = sha256.create();
  hash.update(utf8ToBytes(`${DOMAIN} file\n`));
  let lines = 0;
  return {
    add: (line) => {
      hash.update(utf8ToBytes(`${line}\n`));
      lines += 1;
    },
    trailer: () => ({ digest: bytesToHex(hash.clone().digest()), lines }),
  };
}

/** Lines of an export, without their ends. */
export interface RecordWriter {
  readonly header: (header: Pick<Header, 'repository' | 'part' | 'head'>) => string;
  readonly entry: (line: string) => string;
  readonly trailer: () => string;
}

export function recordWriter(): RecordWriter {
  const digest = lineDigest();
  const entry = (line: string): string => {
    digest.add(line);
    return line;
  };
  return {
    header: (header) => entry(canonical({ format: 'shiplock record', v: 1, ...header })),
    entry,
    trailer: () => canonical(digest.trailer()),
  };
}
