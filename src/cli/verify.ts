// `shiplock verify FILE`: whether an exported record is whole and each decision in it follows from its facts. It needs nothing but the file.

import { type Break, recordVerifier, type Verified } from '../core/record/verify.ts';
import type { Values } from './arguments.ts';
import { readLines } from './lines.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const witness = witnessOf(values.witness);
  if (witness === null) {
    terminal.warn('--witness takes a hash, or its first 12 digits or more, as a status on GitHub tells it: `--witness 4f8ac2b19d03`.');
    return EXIT.usage;
  }
  const version = typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt';
  const verifier = recordVerifier({ version, witness });
  const file = String(values.file);
  let lines = 0;
  const closed = await readLines(file, (text) => {
    verifier.line(text);
    lines += 1;
    if (lines % 5_000 === 0) terminal.progress(`${lines} lines …`);
  });
  const verified = verifier.end(closed);
  terminal.print(values.json === true ? JSON.stringify(verified) : wordsOf(verified, file, terminal));
  return verified.sound ? EXIT.done : EXIT.no;
}

/** Undefined: none is asked for; null: it is none. A status shows it as `record 12 · 4f8ac2b19d03`. */
function witnessOf(value: unknown): string | null | undefined {
  if (value === undefined) return undefined;
  const hash = /(?:^|[\s·])([0-9a-f]{12,64})$/i.exec(String(value).trim().slice(-100))?.[1];
  return hash?.toLowerCase() ?? null;
}

/** Of breaks as many as a person reads; `--json` tells them all. */
const SHOWN = 20;

function wordsOf(verified: Verified, file: string, { paint }: Terminal): string {
  const { sound, breaks, broken, head } = verified;
  const first = breaks[0];
  const lines = [
    sound || first === undefined
      ? paint('green', `sound  ${aboutText(verified)}`)
      : paint('red', `broken  ${first.line === null ? plain(file) : `first at line ${first.line}`}: ${aboutText(verified)}`),
    ...breaks.slice(0, SHOWN).map((one) => `  ${breakText(one)}`),
    ...(broken > SHOWN ? [`  and ${broken - SHOWN} more`] : []),
    ...(sound ? ['  every entry follows from the one before, and every decision from its facts'] : []),
    ...Object.entries(verified.decisions).map(([environment, counts]) => `  ${plain(environment)}: ${countsText(counts)}`),
    ...remarks(verified),
  ];
  if (head === null) return lines.join('\n');
  const { witness } = verified;
  const seen = witness ? `  entry ${witness.seq} has the hash that was looked for` : null;
  return [
    ...lines,
    `  head  ${paint('bold', `${head.seq} · ${head.hash}`)}`,
    seen ??
      paint(
        'dim',
        '  Whoever can write the store could write a record anew: compare the head with what Shiplock told GitHub (--witness HASH).',
      ),
  ].join('\n');
}

function aboutText({ repository, part, entries, from, to }: Verified): string {
  const whose = repository === null ? 'a record' : `record of ${plain(repository.name ?? '')} (${plain(repository.key)})`;
  const time = from === null || to === null ? '' : `, ${plain(from)} to ${plain(to)}`;
  return `${whose}: ${part === 'excerpt' ? 'an excerpt of ' : ''}${entries} ${entries === 1 ? 'entry' : 'entries'}${time}`;
}

function breakText({ line, seq, says }: Break): string {
  const where = line === null ? 'The file' : `Line ${line}${seq === null ? '' : ` (entry ${seq})`}`;
  return plain(`${where}: ${says}.`);
}

function countsText({ approve, reject, wait }: Verified['decisions'][string]): string {
  return [`${approve} × approve`, `${reject} × reject`, `${wait} × wait`].filter((one) => !one.startsWith('0 ')).join(', ');
}

function remarks({ texts, reworded, part }: Verified): string[] {
  const all = texts.open + texts.erased;
  return [
    ...(texts.erased > 0 ? [`  ${texts.erased} of ${all} ${all === 1 ? 'text is' : 'texts are'} erased`] : []),
    ...(reworded > 0
      ? [`  ${reworded} ${reworded === 1 ? 'decision is' : 'decisions are'} told in other words by this version of Shiplock`]
      : []),
    ...(part === 'excerpt' ? ['  an excerpt: that other entries are left out cannot be told from their loss'] : []),
  ];
}
