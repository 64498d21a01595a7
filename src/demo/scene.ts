// Everything that the demo's story happens in: the simulated GitHub as one process, the App in this one as `shiplock serve` runs it, on the
// embedded store; and the few ways in which the story and whoever plays on deal with both.

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Said, Thread } from './simulation.ts';
import { type Simulator, startSimulator } from './simulator.ts';
import { NotAsTold, type Stage } from './stage.ts';

export interface Scene {
  readonly github: Simulator;
  readonly stage: Stage;
  readonly urls: { readonly github: string; readonly app: string };
  readonly repository: string;
  readonly token: string;
  /** Where the App keeps its store and its log. */
  readonly folder: string;
  /** Resolves when every webhook has been delivered and nothing is left to be done at once. */
  readonly settled: () => Promise<void>;
  /** Moves the clock of both, once nothing is under way. */
  readonly advance: (duration: string) => Promise<string>;
  /** Posts a person's comment, shows it and what answers it. Throws `NotAsTold` where it is not answered, or otherwise than so. */
  readonly command: (who: string, on: number, text: string, expected?: 'done' | 'refused') => Promise<Said>;
  /** What Shiplock has said since it was last asked: new comments, and those that have changed. */
  readonly news: () => Promise<readonly { readonly thread: Thread; readonly said: Said; readonly changed: boolean }[]>;
  readonly stop: () => Promise<void>;
}

export const BOT = 'shiplock[bot]';

export async function setScene(cli: string, folder: string, stage: Stage, version: string): Promise<Scene> {
  const github = startSimulator(cli);
  const log = createWriteStream(join(folder, 'app.log'));
  try {
    const started = await github.start();
    const { serve } = await import('../app.ts');
    const serving = await serve({
      env: {
        APP_ID: String(started.app.id),
        PRIVATE_KEY: started.app.privateKey,
        WEBHOOK_SECRET: started.app.secret,
        GHE_HOST: started.host,
        GHE_PROTOCOL: 'http',
        HOST: '127.0.0.1',
        PORT: '0',
        SHIPLOCK_DATA: folder,
      },
      version,
      say: () => undefined,
      logTo: log,
      clock: { now: github.now, pollMs: 100 },
    });
    await github.install(`${serving.url}/api/github/webhooks`);
    return sceneOf({ github, stage, folder, started, serving, log });
  } catch (error) {
    await github.stop().catch(() => undefined);
    throw error;
  }
}

interface Parts {
  readonly github: Simulator;
  readonly stage: Stage;
  readonly folder: string;
  readonly started: Awaited<ReturnType<Simulator['start']>>;
  readonly serving: { readonly url: string; readonly idle: () => Promise<void>; readonly stop: () => Promise<void> };
  readonly log: { end(): unknown };
}

function sceneOf({ github, stage, folder, started, serving, log }: Parts): Scene {
  /** By comment, when its text was last changed as far as it has been shown. */
  const heard = new Map<number, string>();
  const settled = async () => {
    await github.settled();
    await serving.idle();
    await github.settled();
  };
  const news = async () => {
    const found: { thread: Thread; said: Said; changed: boolean }[] = [];
    for (const { number } of await github.threads()) {
      const thread = await github.thread(number);
      for (const said of thread?.said ?? []) {
        const before = heard.get(said.id);
        if (thread === null || said.by !== BOT || before === said.updatedAt) continue;
        heard.set(said.id, said.updatedAt);
        found.push({ thread, said, changed: before !== undefined });
      }
    }
    return found;
  };
  return {
    github,
    stage,
    folder,
    urls: { github: `http://${started.host}`, app: serving.url },
    repository: started.repository,
    token: started.token,
    settled,
    news,
    advance: async (duration) => {
      await settled();
      const now = await github.advance(duration);
      await settled();
      return now;
    },
    command: async (who, on, text, expected = 'done') => {
      stage.person(who, `on #${on}`, text);
      const comment = await github.comment(on, who, text);
      const { answer, reactions } = await stage.until(`\`${text}\` is answered`, async () => {
        const said = (await github.thread(on))?.said ?? [];
        const answer = said.find((one) => one.by === BOT && one.body.startsWith(answerTo(comment)));
        const reactions = said.find((one) => one.id === comment)?.reactions ?? [];
        return answer !== undefined && reactions.some((one) => one !== 'eyes') ? { answer, reactions } : null;
      });
      heard.set(answer.id, answer.updatedAt);
      stage.shiplock(`on #${on}`, answer.body);
      check(`\`${text}\` by ${who} is ${expected}`, reactions.includes(expected === 'done' ? 'rocket' : 'confused'));
      return answer;
    },
    stop: async () => {
      await serving.stop();
      await github.stop();
      log.end();
    },
  };
}

/** The mark of an answer (docs/commands.md): which comment it answers. */
function answerTo(comment: number): string {
  return `<!-- shiplock:answer ${comment} -->`;
}

/** Throws `NotAsTold` where it is not so. */
export function check(what: string, isSo: unknown): asserts isSo {
  if (!isSo) throw new NotAsTold(`It is not so that ${what}.`);
}
