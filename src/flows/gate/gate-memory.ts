// What a gate's looks remember from one to the next, so that a decision costs little: copies of what GitHub said a while ago, each good for
// some minutes only. Nothing is decided by them that could not be read anew.

import type { Json, NotesPort, NoteWrite } from '../store-port.ts';

export interface GateMemory {
  /** Null: nothing that is young enough. */
  readonly recall: <T>(kind: string, name: string, minutes: number) => Promise<T | null>;
  readonly remember: (kind: string, name: string, value: unknown) => void;
}

const MINUTE = 60_000;

/** In the store's notes; `writes` are to be written with the outcome. */
export function memoryIn(
  notes: NotesPort,
  repository: string,
  now: number,
): { readonly memory: GateMemory; readonly writes: () => readonly NoteWrite[] } {
  const writes = new Map<string, NoteWrite>();
  return {
    memory: {
      recall: async <T>(kind: string, name: string, minutes: number) => {
        const written = writes.get(`${kind}\n${name}`);
        const body = (written ?? (await notes.note(repository, kind, name)))?.body ?? null;
        const { at, value } = (body ?? {}) as { at?: unknown; value?: unknown };
        const young = typeof at === 'number' && at <= now && now - at < minutes * MINUTE;
        return young ? ((value ?? null) as T | null) : null;
      },
      remember: (kind, name, value) => {
        writes.set(`${kind}\n${name}`, { repository, kind, name, body: { at: now, value: value as Json } });
      },
    },
    writes: () => [...writes.values()],
  };
}

/** What is remembered of a commit by its SHA. */
const OF_COMMITS = ['release', 'into', 'merged', 'people', 'owners'] as const;
/** A commit goes from environment to environment within the day; later everything is read anew. */
const KEPT = 24 * 60 * MINUTE;

/** Wrong once its pull requests or its release are mended. */
export function forgottenNotes(repository: string, sha: string): readonly NoteWrite[] {
  return OF_COMMITS.map((kind) => ({ repository, kind, name: sha, body: null }));
}

/** Of no use to anybody any more. */
export async function agedNotes(notes: NotesPort, repository: string, now: number): Promise<readonly NoteWrite[]> {
  const all = await Promise.all(OF_COMMITS.map((kind) => notes.notes(repository, kind)));
  return all.flat().flatMap(({ kind, name, body }) => {
    const { at } = (body ?? {}) as { at?: unknown };
    return typeof at === 'number' && now - at < KEPT ? [] : [{ repository, kind, name, body: null }];
  });
}
