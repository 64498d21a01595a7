// The demo's hand on its simulated GitHub: starts the process, asks it for what people do, and knows what time it is there.

import { fork } from 'node:child_process';
import type { Message, Simulation } from './simulation.ts';

export type Simulated = {
  readonly [K in keyof Simulation]: (...args: Parameters<Simulation[K]>) => Promise<Awaited<ReturnType<Simulation[K]>>>;
};

export interface Simulator extends Simulated {
  /** Milliseconds since 1970, as they are there. */
  readonly now: () => number;
}

/** Tells a process of this command that it is to be the simulated GitHub; it has to have a channel, too. */
export const PART = 'SHIPLOCK_DEMO_PART';

export function startSimulator(cli: string): Simulator {
  const child = fork(cli, ['demo'], { env: { ...process.env, [PART]: 'github' }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map<number, { readonly resolve: (value: never) => void; readonly reject: (error: Error) => void }>();
  let clock = 0;
  let asked = 0;
  let gone = false;
  const fail = (says: string) => {
    gone = true;
    for (const { reject } of waiting.values()) reject(new Error(says));
    waiting.clear();
  };
  child.on('message', (message: Message) => {
    if ('clock' in message) clock = message.clock;
    if (!('answer' in message)) return;
    const one = waiting.get(message.answer);
    waiting.delete(message.answer);
    if (message.problem === undefined) one?.resolve(message.value as never);
    else one?.reject(new Error(message.problem));
  });
  child.on('error', (error) => fail(`The simulated GitHub could not be started: ${error.message}`));
  child.on('exit', (code, signal) => fail(`The simulated GitHub has ended (${signal ?? code}).`));

  const ask = <K extends keyof Simulation>(what: K, args: Parameters<Simulation[K]>) => {
    return new Promise<Awaited<ReturnType<Simulation[K]>>>((resolve, reject) => {
      if (gone) return reject(new Error('The simulated GitHub is not there any more.'));
      asked += 1;
      waiting.set(asked, { resolve, reject });
      child.send({ ask: asked, what, args } satisfies Message);
    });
  };
  const asking = <K extends keyof Simulation>(what: K) => {
    return ((...args) => ask(what, args)) as Simulated[K];
  };
  return {
    now: () => clock,
    start: asking('start'),
    install: asking('install'),
    advance: asking('advance'),
    settled: asking('settled'),
    stop: async () => {
      if (gone) return;
      await ask('stop', []);
      child.disconnect();
    },
    openPull: asking('openPull'),
    merge: asking('merge'),
    comment: asking('comment'),
    closeIssue: asking('closeIssue'),
    failNextSuite: asking('failNextSuite'),
    rerun: asking('rerun'),
    thread: asking('thread'),
    threads: asking('threads'),
    releases: asking('releases'),
    checks: asking('checks'),
    runs: asking('runs'),
    deployments: asking('deployments'),
    people: asking('people'),
  };
}
