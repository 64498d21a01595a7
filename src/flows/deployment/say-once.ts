// A comment of ours that is there once, however often its flow is begun again: known by its mark among those that GitHub says are ours.

import type { Situation } from '../app-port.ts';

/** `text` begins with `mark`. False: it was there. */
export async function sayOnce({ github }: Pick<Situation, 'github'>, issue: number, mark: string, text: string): Promise<boolean> {
  const own = (await github.ownComments([issue])).get(issue);
  // The place is gone, and with it whoever would read it.
  if (own === undefined || own.some((one) => one.own && one.body.startsWith(mark))) return false;
  await github.comment(issue, text);
  return true;
}
