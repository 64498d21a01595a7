// The story that the demo tells: from three pull requests to a production that was held, opened and rolled back. Each step waits for what
// it tells of, so that nothing is told that did not happen.

import type { Terminal } from '../cli/terminal.ts';
import { BOT, check, type Scene } from './scene.ts';
import type { CheckSeen, RunSeen } from './simulation.ts';

export interface Telling {
  readonly cli: string;
  readonly terminal: Terminal;
  /** Whether somebody turns the pages. */
  readonly wait: boolean;
}

const CHECK = 'shiplock / release';

export async function tellStory(scene: Scene, telling: Telling): Promise<void> {
  const pulls = await classify(scene);
  await draft(scene, pulls);
  await publish(scene, pulls.night);
}

interface Pulls {
  readonly fix: number;
  readonly night: number;
  readonly clock: number;
}

async function classify(scene: Scene): Promise<Pulls> {
  const { stage, github } = scene;
  stage.chapter('Three pull requests are opened, and each is told what it is');
  const open = async (author: string, title: string, more: object = {}) => {
    const number = await github.openPull({ author, title, ...more });
    stage.person(author, `opens #${number}`, title);
    const check = await stage.until(`#${number} is classified`, () => ours(scene, number));
    stage.shiplock(`checks #${number}: ${check.conclusion}`, `**${check.title}**`);
    return number;
  };
  const fix = await open('ada', 'fix: keep a booking when its payment is tried again');
  const night = await open('ben', 'feat: book a passage at night');
  const clock = await open('ada', 'Show all times in UTC', { labels: ['bug'], message: 'feat: show all times in UTC' });
  await scene.command('ben', clock, '/classify feature');
  return { fix, night, clock };
}

async function ours({ github }: Scene, number: number): Promise<CheckSeen | undefined> {
  return (await github.checks(number)).find((one) => one.name === CHECK && one.conclusion !== null);
}

async function draft(scene: Scene, { fix, night, clock }: Pulls): Promise<void> {
  const { stage, github } = scene;
  stage.chapter('They are merged, and the next release is drafted');
  for (const number of [fix, clock, night]) {
    await github.merge(number, 'carol');
    stage.person('carol', `merges #${number}`);
  }
  const release = await stage.until('v1.4.0 is drafted', async () => {
    const draft = (await github.releases()).find((one) => one.draft);
    return draft?.tag === 'v1.4.0' && draft.body.includes(`#${fix}`) && draft.body.includes(`#${night}`) ? draft : null;
  });
  stage.shiplock(`keeps a draft release: ${release.name}`, release.body);
}

async function publish(scene: Scene, on: number): Promise<void> {
  const { stage, github } = scene;
  stage.chapter('It is published, by who may');
  await github.failNextSuite(['regression / api']);
  await scene.settled();
  await scene.command('ben', on, '/release publish');
  await scene.command('carol', on, '/release publish');
  await stage.until('v1.4.0 is published', async () => (await github.releases()).some((one) => one.tag === 'v1.4.0' && !one.draft));
}
