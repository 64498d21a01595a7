// Many messages in one: where much happens at once, people read one message that tells of all of it.

import type { Message } from './tell.ts';

/** Of its text; the messages themselves are all in it. */
const MOST_LINES = 20;

export interface Digested extends Message {
  readonly event: 'digest';
  /** In their order; what else there was is counted in `more`. */
  readonly messages: readonly Message[];
  readonly more: number;
}

/** `more`: how many there were besides, of which nobody kept more than their number. */
export function digestOfNews(messages: readonly Message[], more: number, repository: string): Digested {
  const [last] = messages.slice(-1);
  const all = messages.length + more;
  // Each begins with its repository, which is said once.
  const lines = messages.slice(0, MOST_LINES).map(({ text }) => `• ${text.replace(/^[^\s:]{1,200}: /, '')}`);
  const left = all - lines.length;
  return {
    text: [`${repository}: ${all} more`, ...lines, ...(left > 0 ? [`…and ${left} more`] : [])].join('\n'),
    event: 'digest',
    repository,
    release: null,
    environment: null,
    sha: null,
    url: null,
    by: null,
    at: last?.at ?? '',
    messages,
    more,
  };
}
