// What a train says in the release's thread: what it carries, or why it left without it.

import { digestOf } from '../fence.ts';
import { inlineText } from '../notes/markdown.ts';
import type { Plan } from '../plan.ts';
import { counted, joined, nameSpan } from '../summary/page.ts';
import { withoutCommands } from './page.ts';

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
  return withoutCommands(joined([`${trainMark(train)}\n🚆 ${inlineText(train.due, 400)} ${head}`, shown]));
}

export function carriesText({ version, tag, changes, since }: Pick<Plan, 'version' | 'tag' | 'changes' | 'since'>): string {
  if (version === null) return `Nothing is ready to be released${since === null ? '' : ` since ${nameSpan(since.tag)}`}.`;
  return `${nameSpan(tag ?? version)} would go out, with ${counted(changes.length, 'change')}.`;
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
