// The App's store for a command beside it, which the environment names as it does for the App. Its drivers are loaded late.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Store } from '../store/store.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** What the embedded store needs. */
const NODE = 24;

export interface StoreWork {
  /** For the words of a refusal: `inbox`. */
  readonly command: string;
  /** True: an embedded store that is not there is made. Else it is refused, as an empty one would be shown. */
  readonly make?: boolean;
  readonly work: (store: Store) => Promise<number>;
}

/** The exit code of the work, or of what kept it from being done, which is said. */
export async function withStore(terminal: Terminal, { command, make = false, work }: StoreWork): Promise<number> {
  const { env, versions } = process;
  if (Number.parseInt(versions.node, 10) < NODE) {
    terminal.warn(`\`shiplock ${command}\` needs Node ${NODE} or newer; this is ${versions.node}.`);
    return EXIT.usage;
  }
  const databaseUrl = env.DATABASE_URL?.trim() || undefined;
  const folder = resolve(env.SHIPLOCK_DATA?.trim() || '.shiplock');
  const { FILE } = await import('../store/folder.ts');
  if (!make && databaseUrl === undefined && !existsSync(join(folder, FILE))) {
    terminal.warn(`There is no store in ${folder}. Set DATABASE_URL or SHIPLOCK_DATA as the App has it.`);
    return EXIT.usage;
  }
  const { openStore } = await import('../store/open.ts');
  try {
    const store = await openStore({ databaseUrl, folder });
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'StoreProblem') throw error;
    terminal.warn(error.message);
    return EXIT.world;
  }
}
