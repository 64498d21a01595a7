// Lines of a file or of stdin, byte for byte: what is no UTF-8 is told, never repaired, and so is a last line without its end.

import { createReadStream } from 'node:fs';

/** Called for each line without its end; null: its bytes are no UTF-8. */
type OnLine = (text: string | null) => void;

/** Resolves with whether the last line had its end. `-` is stdin. */
export async function readLines(file: string, onLine: OnLine): Promise<boolean> {
  const stream: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 262_144 });
  const splitter = lineSplitter(onLine);
  for await (const chunk of stream) splitter.add(chunk);
  return splitter.end();
}

const NEWLINE = 10;

/** Bytes in pieces as they come; `end` gives whether the last line had its end. */
export function lineSplitter(onLine: OnLine): { readonly add: (bytes: Buffer) => void; readonly end: () => boolean } {
  let rest: Buffer[] = [];
  return {
    add: (bytes) => {
      let from = 0;
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
        const part = bytes.subarray(from, at);
        onLine(textOf(rest.length === 0 ? part : Buffer.concat([...rest, part])));
        rest = [];
        from = at + 1;
      }
      if (from < bytes.length) rest.push(bytes.subarray(from));
    },
    end: () => {
      if (rest.length === 0) return true;
      onLine(textOf(Buffer.concat(rest)));
      return false;
    },
  };
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
