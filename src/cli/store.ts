// `shiplock store export` and `import`: everything that the App remembers as JSON lines, for a backup, and from one engine to the other.

import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { UsageProblem, type Values } from './arguments.ts';
import { withStore } from './open-store.ts';
import { EXIT, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const file = typeof values.file === 'string' && values.file !== '-' ? values.file : null;
  if (values.what === 'export') {
    // What is there may be the only backup.
    if (file !== null && existsSync(file)) throw new UsageProblem(`${file} is there already, and is left as it is. Name another file.`);
    return withStore(terminal, { command: 'store export', work: (store) => exportTo(file, store, terminal) });
  }
  if (values.what === 'import') {
    if (file === null)
      throw new UsageProblem('`shiplock store import` takes the file that was exported: shiplock store import backup.jsonl');
    if (!existsSync(file)) throw new UsageProblem(`There is no file ${file}.`);
    return withStore(terminal, { command: 'store import', make: true, work: (store) => importFrom(file, store, terminal) });
  }
  throw new UsageProblem('`shiplock store` is followed by `export` or `import`: shiplock store export backup.jsonl');
}

type Store = Parameters<Parameters<typeof withStore>[1]['work']>[0];

async function exportTo(file: string | null, store: Store, terminal: Terminal): Promise<number> {
  const { dumpStore } = await import('../store/transfer.ts');
  // Whoever may read it may read what was decided and by whom.
  const out = file === null ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 });
  if (file !== null) await once(out, 'open');
  let lines = 0;
  for await (const line of dumpStore(store)) {
    lines += 1;
    if (!out.write(`${line}\n`)) await once(out, 'drain');
    if (lines % 10_000 === 0) terminal.progress(`${lines} lines`);
  }
  if (file === null) return EXIT.done;
  out.end();
  await once(out, 'finish');
  terminal.warn(`${lines} lines are written to ${file}. Read them back into an empty store: shiplock store import ${file}`);
  return EXIT.done;
}

async function importFrom(file: string, store: Store, terminal: Terminal): Promise<number> {
  const { loadStore } = await import('../store/transfer.ts');
  const written = await loadStore(linesOf(file), store);
  terminal.print(`${written} lines are read back, and compared with what was exported.`);
  return EXIT.done;
}

/** Opened when the first line is asked for: an interface that is made earlier loses what it reads until then. */
async function* linesOf(file: string): AsyncGenerator<string, void> {
  yield* createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}
