// Lines of a file or of stdin, byte for byte: what is no UTF-8 is told, never repaired, and so is a last line without its end.

import { createReadStream } from 'node:fs';

export interface ReadLines {
  /** Called for each line without its end; null: its bytes are no UTF-8. */
  readonly onLine: (text: string | null) => void;
}

const NEWLINE = 10;

/** Resolves with whether the last line had its end. `-` is stdin. */
export async function readLines(file: string, { onLine }: ReadLines): Promise<boolean> {
  const stream: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 262_144 });
  let rest: Buffer[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const part = chunk.subarray(from, at);
      onLine(textOf(rest.length === 0 ? part : Buffer.concat([...rest, part])));
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length === 0) return true;
  onLine(textOf(Buffer.concat(rest)));
  return false;
}

/** A byte order mark stays: it is a byte too many. */
const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | null {
  try {
    return DECODER.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
