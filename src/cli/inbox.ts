// `shiplock inbox`: what the App gave up, and beginning it anew. It reads the store that the environment names, beside a running App or not.

import { type DeadLetter, listDead, replayDead } from '../flows/inbox/inbox.ts';
import type { StorePort } from '../flows/store-port.ts';
import type { Values } from './arguments.ts';
import { withStore } from './open-store.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

export async function run(values: Values, terminal: Terminal): Promise<number> {
  const which = whichOf(values.replay);
  if (which === undefined) {
    terminal.warn('--replay takes the number of a task that the inbox shows, or `all`.');
    return EXIT.usage;
  }
  return withStore(terminal, { command: 'inbox', work: (store) => work(which, values.json === true, store, terminal) });
}

async function work(which: number | 'all' | null, json: boolean, store: StorePort, terminal: Terminal): Promise<number> {
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
