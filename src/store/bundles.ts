// Payloads are stored in bundles, compressed: most of what a compressor costs is its beginning, and what GitHub sends of one repository is
// much alike. A bundle is no larger than what is quickly read again for one of its payloads. Large ones are compressed beside the event loop.

import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { Delivery } from '../flows/store-port.ts';

export interface Bundle {
  /** All payloads, one after another. */
  readonly bytes: Uint8Array;
  /** Of the last one. */
  readonly receivedAt: number;
  readonly deliveries: readonly Delivery[];
}

export async function bundled(deliveries: readonly Delivery[]): Promise<readonly Bundle[]> {
  const bundles: Bundle[] = [];
  for (let from = 0; from < deliveries.length; ) {
    let to = from;
    for (let size = 0; to < deliveries.length; to += 1) {
      size += deliveries[to]?.payload.length ?? 0;
      if (size > BUNDLE && to > from) break;
    }
    const some = deliveries.slice(from, to);
    const bytes = await packed(joined(some.map((one) => one.payload)));
    bundles.push({ bytes, receivedAt: Math.max(...some.map((one) => one.receivedAt)), deliveries: some });
    from = to;
  }
  return bundles;
}

export async function unbundled(bytes: Uint8Array, start: number, size: number): Promise<Uint8Array> {
  const plain = bytes.length < LARGE ? zstdDecompressSync(bytes) : await promisify(zstdDecompress)(bytes);
  return new Uint8Array(plain.buffer, plain.byteOffset + start, size);
}

const BUNDLE = 256 * 1024;
const LARGE = 256 * 1024;

/** As one; those that lie one after another already are not copied. */
function joined(payloads: readonly Uint8Array[]): Uint8Array {
  const [first] = payloads;
  let end = first?.byteOffset ?? 0;
  for (const { buffer, byteOffset, length } of payloads) {
    if (buffer !== first?.buffer || byteOffset !== end) return Buffer.concat(payloads);
    end += length;
  }
  return first === undefined ? new Uint8Array() : new Uint8Array(first.buffer, first.byteOffset, end - first.byteOffset);
}

function packed(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
  // Told the size, it makes its tables no larger than that needs.
  const options = { pledgedSrcSize: bytes.length, params: { [constants.ZSTD_c_compressionLevel]: 1 } };
  return bytes.length < LARGE ? zstdCompressSync(bytes, options) : promisify(zstdCompress)(bytes, options);
}
