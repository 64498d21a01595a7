// `shiplock inbox`: what the App gave up, and beginning it anew. It reads the store that the environment names, beside a running App or not.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DeadLetter, listDead, replayDead } from '../flows/inbox.ts';
import type { Values } from './arguments.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

/** What the embedded store needs. */
const NODE = 24;

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const { env, versions } = process;
  if (Number.parseInt(versions.node, 10) < NODE) {
    terminal.warn(`\`shiplock inbox\` needs Node ${NODE} or newer; this is ${versions.node}.`);
    return EXIT.usage;
  }
  const which = whichOf(values.replay);
  if (which === undefined) {
    terminal.warn('--replay takes the number of a task that the inbox shows, or `all`.');
    return EXIT.usage;
  }
  const databaseUrl = env.DATABASE_URL?.trim() || undefined;
  const folder = resolve(env.SHIPLOCK_DATA?.trim() || '.shiplock');
  const { FILE } = await import('../store/folder.ts');
  // Opening would make one, and an empty inbox would be shown.
  if (databaseUrl === undefined && !existsSync(join(folder, FILE))) {
    terminal.warn(`There is no store in ${folder}. Set DATABASE_URL or SHIPLOCK_DATA as the App has it.`);
    return EXIT.usage;
  }
  try {
    return await work(which, values.json === true, { databaseUrl, folder }, terminal);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'StoreProblem') throw error;
    terminal.warn(error.message);
    return EXIT.world;
  }
}

async function work(
  which: number | 'all' | null,
  json: boolean,
  where: { readonly databaseUrl: string | undefined; readonly folder: string },
  terminal: Terminal,
): Promise<number> {
  const { openStore } = await import('../store/open.ts');
  const store = await openStore(where);
  try {
    if (which === null) {
      const dead = await listDead(store);
      terminal.print(json ? JSON.stringify({ dead }) : wordsOf(dead, terminal));
      return EXIT.done;
    }
    const { replayed, missing } = await replayDead(store, which, Date.now());
    if (json) terminal.print(JSON.stringify({ replayed, missing }));
    else if (missing.length === 0) terminal.print(`${replayed.length} ${replayed.length === 1 ? 'task is' : 'tasks are'} begun anew.`);
    if (missing.length > 0) terminal.warn(`The inbox has no task ${missing.join(', ')}. See \`shiplock inbox\`.`);
    return missing.length > 0 ? EXIT.no : EXIT.done;
  } finally {
    await store.close();
  }
}

/** Null: nothing is to be begun; undefined: it is neither a number nor `all`. */
function whichOf(value: unknown): number | 'all' | null | undefined {
  if (value === undefined) return null;
  if (value === 'all') return 'all';
  return typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined;
}

function wordsOf(dead: readonly DeadLetter[], { paint }: Terminal): string {
  if (dead.length === 0) return 'Nothing was given up.';
  return dead
    .map(({ id, kind, about, error, attempts, delivery, diedAt }) => {
      const times = `given up at ${diedAt.slice(0, 16)}Z after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
      const from = delivery === null ? '' : paint('dim', `\n    delivery ${plain(delivery)}`);
      return `${paint('bold', String(id))}  ${plain(kind)}  ${plain(about)}  ${times}\n    ${plain(error)}${from}`;
    })
    .join('\n');
}
