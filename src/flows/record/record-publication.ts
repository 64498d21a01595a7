// That a release is out goes into its repository's record once, whoever brought it out and however often that was begun again: a note by its
// tag says which commit it was recorded for, and is written together with the entry or not at all.

import { type PublishedText, publicationOf } from '../../core/record/publication.ts';
import type { Actor } from '../../core/record.ts';
import type { Situation } from '../app-port.ts';
import type { Entry, NoteWrite } from '../store-port.ts';
import { recordDecision } from './record-decision.ts';

const KIND = 'published';

export interface PublishedBy {
  readonly actor: Actor;
  /** The comment that asked for it, and where it stands. */
  readonly comment?: number;
  readonly issue?: number;
}

export interface Recorded {
  readonly entries: readonly Entry[];
  readonly notes: readonly NoteWrite[];
}

/** For the outcome of whoever published it, or finds it published by what was begun. Nothing where it is recorded already. */
export async function recordPublication(
  { notes, repository, home, now }: Pick<Situation, 'notes' | 'repository' | 'home' | 'now'>,
  { tag, sha, body }: PublishedText,
  by: PublishedBy,
): Promise<Recorded> {
  const noted = await notes.note(repository, KIND, tag);
  // A tag that was taken back and made anew is another release.
  if ((noted?.body as { sha?: unknown } | null | undefined)?.sha === sha) return { entries: [], notes: [] };
  const publication = publicationOf({ tag, sha, body });
  const entry = recordDecision(repository, {
    what: 'publish',
    at: new Date(now).toISOString(),
    home,
    ...by,
    release: tag,
    sha,
    ...(publication === null ? {} : { publication }),
  });
  const note: NoteWrite = { repository, kind: KIND, name: tag, body: { sha }, expect: noted?.version ?? 0 };
  return { entries: [entry], notes: [...entry.texts, note] };
}
