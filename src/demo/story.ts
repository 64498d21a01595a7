// The story that the demo tells: from three pull requests to a production that was held, opened and rolled back. Each step waits for what
// it tells of, and so tells nothing that did not happen.

import { once } from 'node:events';
import type { Terminal } from '../cli/terminal.ts';
import { closeStory, lookBack } from './closing.ts';
import { deployToProduction, deployToQa, rollBack } from './gate-chapters.ts';
import { POLICY } from './harbour.ts';
import { classify, draft, publish } from './release-chapters.ts';
import type { Scene } from './scene.ts';

export interface Telling {
  readonly cli: string;
  readonly terminal: Terminal;
  /** Whether somebody turns the pages. */
  readonly wait: boolean;
}

/** Gives the number of the release's thread. Throws `NotAsTold`. */
export async function tellStory(scene: Scene, telling: Telling): Promise<number> {
  const { terminal, wait } = telling;
  const turn = () => (wait ? turnPage(terminal) : undefined);
  await open(scene);
  await turn();
  const pulls = await classify(scene);
  await turn();
  await draft(scene, pulls);
  await turn();
  await publish(scene, pulls);
  await turn();
  await deployToQa(scene, pulls.times);
  await turn();
  const run = await deployToProduction(scene, pulls.times);
  await turn();
  await rollBack(scene, pulls.times);
  await turn();
  await lookBack(scene);
  await turn();
  await closeStory(scene, { ...telling, run });
  return pulls.times;
}

async function open({ stage, urls, repository, github }: Scene): Promise<void> {
  stage.title('Shiplock: a story of one release');
  stage.tell(
    `This is the App as it is shipped, at ${urls.app}, on its embedded store. Only GitHub is simulated, as a process of its own at ${urls.github}: webhooks, API, git and deployment gates. Nothing leaves this machine. The clock is the simulation's, so that a day passes in a moment.`,
  );
  const people = await github.people();
  stage.tell(
    `${repository} has released v1.3.1. Its people: ${people.map(({ login, role }) => `${login} (${role})`).join(', ')}. Its policy, .github/shiplock.yml:`,
  );
  stage.lines(POLICY.trimEnd().split('\n'));
}

async function turnPage({ input, print, paint }: Terminal): Promise<void> {
  print(paint('dim', '\nEnter: go on'));
  input.resume();
  await Promise.race([once(input, 'data'), once(input, 'end')]);
  input.pause();
}
