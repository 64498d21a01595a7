// What a train says in the release's thread: what it carries, or why it left without it.

import { digestOf } from '../fence.ts';
import { wallText } from '../gate/clock.ts';
import { inlineText } from '../notes/markdown.ts';
import type { Plan } from '../plan.ts';
import { counted, joined, nameSpan } from '../summary/page.ts';
import { shortSha, withoutCommands } from './page.ts';

export interface TrainWord {
  readonly name: string;
  /** Of its departure, milliseconds since 1970. */
  readonly at: number;
  /** When that is, in words. */
  readonly due: string;
}

/** Said once a departure; whether it is ours its author tells. */
export function trainMark({ name, at }: Pick<TrainWord, 'name' | 'at'>): string {
  return `<!-- shiplock:train ${digestOf(name)} ${at} -->`;
}

/** `says`: sentences, of which text of others is not neutralised. */
export function trainText(train: TrainWord, head: string, says: readonly string[]): string {
  const list = says.map((one) => inlineText(one, 400));
  const shown = list.length < 2 ? (list[0] ?? '') : list.map((one) => `- ${one}`).join('\n');
  return withoutCommands(
    joined([`${trainMark(train)}\n🚆 ${[inlineText(train.due, 400), head].filter((one) => one !== '').join(' ')}`, shown]),
  );
}

export function carriesText({ version, tag, changes, since }: Pick<Plan, 'version' | 'tag' | 'changes' | 'since'>): string {
  if (version === null) return `Nothing is ready to be released${since === null ? '' : ` since ${nameSpan(since.tag)}`}.`;
  return `${nameSpan(tag ?? version)} would go out, with ${counted(changes.length, 'change')}.`;
}

/** What somebody settled before: what came since is not in it. */
export function loadCarriesText({ tag, head }: Settled): string {
  return `${nameSpan(tag)} would go out, as it was settled at ${shortSha(head)}.`;
}

/** `zone`: on whose clock the train leaves. */
export function settledText({ tag, head, departure, train }: Settled, zone: string): string {
  const until = departure === null ? 'somebody publishes it' : `the train ${inlineText(train, 100)} leaves at ${wallText(departure, zone)}`;
  return `${nameSpan(tag)} is settled at ${shortSha(head)} and stays so until ${until}. What is merged from now on waits for the release after it.`;
}

export function keptLoadText({ tag, head }: Settled): string {
  return `${nameSpan(tag)} stays as it was settled at ${shortSha(head)}, until somebody publishes it.`;
}

/** A train's load, as it is told. */
interface Settled {
  readonly train: string;
  readonly tag: string;
  readonly head: string;
  /** Milliseconds since 1970; null: until somebody publishes it. */
  readonly departure: number | null;
}

export function nothingDraftedText(says: string): string {
  return `Nothing was drafted: ${says}`;
}

export function notMergedText(tag: string, number: number): string {
  return `${nameSpan(tag)} was not published, as #${number} could not be merged.`;
}

export function staleText(hours: number): string {
  return `That is more than ${hours} hours ago, so nothing was done: who counted on it then may count on something else now.`;
}

export function withheldText(tag: string): string {
  return `${nameSpan(tag)} was not published:`;
}

export function movedLoadText(tag: string): string {
  return `${nameSpan(tag)} was not published: its draft or release pull request is not what it was when its load was settled.`;
}
