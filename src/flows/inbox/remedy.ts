// A task failed: what is done about it, by why it failed. A limit of GitHub's is waited out and is nobody's fault; an outage is tried
// through at growing distances, first in the task's place and then out of its line's way; what trying cannot cure is kept for an operator.

import { GitHubProblem } from '../github-port.ts';
import { OutgoingProblem } from '../outgoing-port.ts';
import { StoreProblem, type Task } from '../store-port.ts';

export type Remedy =
  /** Again in its place; `pause`: whoever shares the limit waits until then, too. */
  | { readonly kind: 'again'; readonly at: number; readonly free: boolean; readonly pause: boolean }
  /** Its key goes on; it comes back then, for the `round`th time. */
  | { readonly kind: 'later'; readonly at: number; readonly round: number }
  | { readonly kind: 'bury' };

/** What came cannot be read, and will not be the next time: an operator is to see it, and may begin it anew with a version that can. */
export class UnreadableDelivery extends Error {
  override readonly name = 'UnreadableDelivery';
}

export interface RemedyFacts {
  readonly task: Task;
  /** How often it has given up its place. */
  readonly round: number;
  readonly now: number;
  /** In [0, 1): so that those who failed together do not come back together. */
  readonly random: () => number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const LONGEST = 5 * MINUTE;
/** In its place: some minutes, then others of the repository have their turn. */
const TRIES_IN_PLACE = 8;
/** And a try after each of these: five hours altogether. */
const ROUNDS: readonly number[] = [15 * MINUTE, 30 * MINUTE, 60 * MINUTE, 180 * MINUTE];
/** Of what is most likely wrong for good: enough for a deployment, or a permission, that was on its way. */
const TRIES_OF_MISTAKES = 3;

export function remedyFor(error: unknown, facts: RemedyFacts): Remedy {
  if (error instanceof StoreProblem) return { kind: 'again', at: facts.now + jittered(SECOND * 2, facts), free: true, pause: false };
  if (error instanceof UnreadableDelivery) return { kind: 'bury' };
  if (error instanceof OutgoingProblem && error.passing) return afterOutage(facts);
  if (!(error instanceof GitHubProblem)) return afterMistake(facts);
  switch (error.kind) {
    case 'rate-limited':
      return { kind: 'again', at: limitEnd(error, facts), free: true, pause: true };
    case 'unavailable':
    // The App's key may be being changed, or its token have run out.
    case 'unauthorised':
      return afterOutage(facts);
    case 'forbidden':
    case 'not-found':
    case 'refused':
    case 'misconfigured':
      return afterMistake(facts);
  }
}

function limitEnd({ until }: GitHubProblem, { now, random }: RemedyFacts): number {
  const end = until === null ? Number.NaN : Date.parse(until);
  const known = Number.isNaN(end) ? now + MINUTE : end;
  // A little later than GitHub says, and not all at once.
  return Math.max(known, now + SECOND) + Math.floor(random() * 5 * SECOND);
}

function afterOutage(facts: RemedyFacts): Remedy {
  const { task, round, now } = facts;
  if (round === 0 && task.attempts < TRIES_IN_PLACE) return again(facts);
  const wait = ROUNDS[round];
  return wait === undefined ? { kind: 'bury' } : { kind: 'later', at: now + wait + jittered(MINUTE, facts), round: round + 1 };
}

function afterMistake(facts: RemedyFacts): Remedy {
  return facts.task.attempts < TRIES_OF_MISTAKES ? again(facts) : { kind: 'bury' };
}

function again(facts: RemedyFacts): Remedy {
  const ceiling = Math.min(LONGEST, SECOND * 2 ** facts.task.attempts);
  return { kind: 'again', at: facts.now + jittered(ceiling, facts), free: false, pause: false };
}

/** Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), but never at once. */
function jittered(ceiling: number, { random }: RemedyFacts): number {
  return Math.max(SECOND / 4, Math.floor(random() * ceiling));
}
