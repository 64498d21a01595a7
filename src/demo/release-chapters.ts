// The first half of the story: pull requests are classified, merged and drafted, and the release is published by a comment.

import { check, type Scene } from './scene.ts';
import type { CheckSeen } from './simulation.ts';

export const VERSION = 'v1.4.0';
/** What stands everywhere when the story begins. */
export const BEFORE = 'v1.3.1';

export interface Pulls {
  readonly fix: number;
  readonly night: number;
  /** Merged last: its merge is the commit that is released, and so its thread is the release's. */
  readonly times: number;
}

const CHECK = 'shiplock / release';

export async function classify(scene: Scene): Promise<Pulls> {
  const { stage, github } = scene;
  stage.chapter('Each pull request is told what it is', github.now());
  stage.tell('Shiplock classifies a change as maintenance or feature before it is merged, and shows it as a check.');
  const open = async (author: string, title: string, more: { readonly labels?: readonly string[]; readonly message?: string } = {}) => {
    const number = await github.openPull({ author, title, ...more });
    stage.person(author, `opens #${number}`, title);
    return number;
  };
  const fix = await open('ada', 'fix: keep a booking when its payment is tried again');
  await showCheck(scene, fix, 'success');
  const night = await open('carol', 'feat: book a passage at night');
  await showCheck(scene, night, 'success');
  const times = await open('ada', 'Show all times in UTC', { labels: ['bug'], message: 'feat!: show all times in UTC' });
  const disputed = await showCheck(scene, times, 'action_required');
  if (disputed.summary) stage.shiplock('explains, in that check', disputed.summary);
  stage.tell(
    'The label says bug, the commit says a breaking feature. Shiplock does not guess where its sources disagree: a person settles it.',
  );
  await scene.command('ben', times, '/classify feature');
  await showCheck(scene, times, 'success');
  return { fix, night, times };
}

async function showCheck({ stage, github }: Scene, number: number, conclusion: string): Promise<CheckSeen> {
  const found = await stage.until(`#${number} is classified (${conclusion})`, async () =>
    (await github.checks(number)).find((one) => one.name === CHECK && one.conclusion === conclusion),
  );
  stage.shiplock(`checks #${number}: ${conclusion}`, `**${found.title}**`);
  return found;
}

export async function draft(scene: Scene, { fix, night, times }: Pulls): Promise<void> {
  const { stage, github } = scene;
  stage.chapter('They are merged, and the next release is drafted', github.now());
  for (const number of [fix, night, times]) {
    await github.merge(number, 'dan');
    stage.person('dan', `merges #${number}`);
  }
  const release = await stage.until(`${VERSION} is drafted`, async () => {
    const draft = (await github.releases()).find((one) => one.draft);
    return draft?.tag === VERSION && [fix, night, times].every((number) => draft.body.includes(`#${number}`)) ? draft : null;
  });
  stage.shiplock(`keeps one draft release: ${release.name}`, release.body);
}

export async function publish(scene: Scene, { times: thread }: Pulls): Promise<void> {
  const { stage, github } = scene;
  stage.chapter('It is published by a comment, from whoever may', github.now());
  await github.failNextSuite(['regression / api']);
  await scene.settled();
  await scene.command('ben', thread, '/release publish', 'refused');
  await scene.command('carol', thread, '/release publish');
  const releases = await github.releases();
  check(
    `${VERSION} is published`,
    releases.some((one) => one.tag === VERSION && !one.draft),
  );
}
