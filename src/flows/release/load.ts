// The load of a train: the commit that a line's next release is made of, settled before the train leaves. For as long as the note is there the
// line's draft stays as it is, and what is merged meanwhile waits for the next release.

import { readFence, restateFence } from '../../core/fence.ts';
import { draftsOfLine } from '../../core/release.ts';
import type { Situation } from '../app-port.ts';
import type { Json, NotesPort, NoteWrite } from '../store-port.ts';
import type { GitHubSituation, VersionTag } from './plan-github.ts';
import { type Released, type ReleaseRequest, releaseOnGitHub } from './release.ts';

const KIND = 'load';

export interface Load {
  /** Name of the train. */
  readonly train: string;
  readonly head: string;
  readonly version: string;
  readonly tag: string;
  /** Milliseconds since 1970: of the departure it is for; null: until somebody publishes it. */
  readonly departure: number | null;
}

/** Null: nothing is settled, or it is out. */
export async function loadOf(
  notes: NotesPort,
  repository: string,
  line: string,
  tags: readonly Pick<VersionTag, 'version'>[],
): Promise<Load | null> {
  const load = ((await notes.note(repository, KIND, line))?.body ?? null) as Load | null;
  return load === null || tags.some(({ version }) => version === load.version) ? null : load;
}

/** Null: nothing is settled any more. */
export function loadNote(repository: string, line: string, load: Load | null): NoteWrite {
  return { repository, kind: KIND, name: line, body: load as unknown as Json };
}

/** For a train that leaves no more: what it had settled for a departure, and not until somebody publishes it. */
export async function freedLoads({ notes, repository }: Pick<Situation, 'notes' | 'repository'>, train: string): Promise<NoteWrite[]> {
  const loads = (await notes.notes(repository, KIND)).map(({ name, body }) => ({ line: name, load: body as unknown as Load }));
  return loads.filter(({ load }) => load.train === train && load.departure !== null).map(({ line }) => loadNote(repository, line, null));
}

/** Publishes the draft of a load, if it still is what was settled; null where it is not. */
export async function publishLoad(
  { github }: Pick<Situation, 'github'>,
  seen: GitHubSituation,
  request: ReleaseRequest,
  load: Pick<Load, 'head' | 'version'>,
): Promise<Released | null> {
  const [draft] = draftsOfLine(seen.scene.releases, seen.line.name);
  const state = draft === undefined ? undefined : readFence(draft.body)?.state;
  if (draft === undefined || state === undefined || state.sha !== load.head || state.version !== load.version) return null;
  if (state.intent !== 'publish') {
    const intent = { ...state, intent: 'publish' as const, ...(request.asked === undefined ? {} : { asked: request.asked }) };
    await github.updateRelease(draft.id, { body: restateFence(draft.body, intent), draft: true });
  }
  // It is finished as what an earlier run began, and nothing new is begun.
  const { observed: _, ...anew } = request;
  return releaseOnGitHub(github, { ...anew, only: null });
}
