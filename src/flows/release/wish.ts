// The version that `/release as` asked for: a note of the line, which holds until that version is out.

import type { NotesPort, NoteWrite } from '../store-port.ts';
import type { VersionTag } from './plan-github.ts';

const KIND = 'release-as';

export interface Wish {
  readonly version: string;
  /** Login. */
  readonly by: string;
  readonly comment: number;
}

/** Null where nobody asks for a version, or where it is out: then the line goes on by its changes. */
export async function wishOf(
  notes: NotesPort,
  repository: string,
  line: string,
  tags: readonly Pick<VersionTag, 'version'>[],
): Promise<Wish | null> {
  const note = await notes.note(repository, KIND, line);
  const { version, by, comment } = (note?.body ?? {}) as Partial<Record<keyof Wish, unknown>>;
  if (typeof version !== 'string' || tags.some((one) => one.version === version)) return null;
  return { version, by: typeof by === 'string' ? by : '', comment: typeof comment === 'number' ? comment : 0 };
}

export function wishNote(repository: string, line: string, { version, by, comment }: Wish): NoteWrite {
  return { repository, kind: KIND, name: line, body: { version, by, comment } };
}

/** Nobody asks for a version any more. */
export function noWishNote(repository: string, line: string): NoteWrite {
  return { repository, kind: KIND, name: line, body: null };
}

/** Takes it back once that version is out. */
export async function grantedNotes(notes: NotesPort, repository: string, line: string, version: string): Promise<NoteWrite[]> {
  const wish = await wishOf(notes, repository, line, []);
  return wish?.version === version ? [noWishNote(repository, line)] : [];
}

/** What a plan is asked for with it. */
export function wished(wish: Pick<Wish, 'version'> | null): { readonly releaseAs?: string } {
  return wish === null ? {} : { releaseAs: wish.version };
}
