// Whose comments are read for commands: people's, and those of the bots and apps that the caller lists. Never our own, known by the app's
// id, so that no answer of ours can be heard as a command and no two bots talk to each other for ever.

import type { CommandErrand } from '../errand.ts';

export interface Commandable {
  readonly act: boolean;
  readonly code: 'person' | 'listed' | 'self' | 'bot' | 'app';
  /** One sentence, for the log. */
  readonly why: string;
}

/**
 * Only comments that were just created come here, so that whoever sent the event is the author; who edits another's comment commands
 * nothing. `allow` lists bots by login (`renovate[bot]`, or `renovate`) and apps by slug or id. `github-actions` is every workflow there is.
 */
export function isCommandable(
  { author, app }: Pick<CommandErrand, 'author' | 'app'>,
  self: { readonly app: number; readonly slug: string },
  allow: readonly string[] = [],
): Commandable {
  if (app?.id === self.app || (author.bot && plainName(author.login) === plainName(self.slug))) {
    return { act: false, code: 'self', why: 'It is our own comment.' };
  }
  if (app === null && !author.bot) return { act: true, code: 'person', why: `${author.login} is a person.` };
  const listed = new Set(allow.map(plainName));
  // A person's comment that an app wrote is listed by the app, never by a login that anyone may have.
  const names = app === null ? [] : [plainName(app.slug), String(app.id)];
  if (author.bot) names.push(plainName(author.login));
  if (names.some((name) => listed.has(name))) return { act: true, code: 'listed', why: `${names[0]} is listed as one that may command.` };
  return author.bot
    ? { act: false, code: 'bot', why: `${author.login} is a bot, and is not listed as one that may command.` }
    : {
        act: false,
        code: 'app',
        why: `The app ${app?.slug ?? ''} wrote it for ${author.login}, and is not listed as one that may command.`,
      };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\[bot\]$/, '');
}
