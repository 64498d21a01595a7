// What is remembered of the deployments whose checks are watched: one for each environment, the last that came there. It stays when the
// watch is over, so that nothing is taken back twice.

import type { LookErrand } from '../../core/errand.ts';
import type { FailedCheck } from '../../core/verification.ts';
import type { Situation } from '../app-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import type { Json, NewTask, NotesPort, NoteWrite } from '../store-port.ts';

const KIND = 'verification';

export interface Watch {
  /** As the policy spells it. */
  readonly environment: string;
  /** GitHub's id of the deployment. */
  readonly deployment: number;
  readonly sha: string;
  /** ISO 8601: when it succeeded. */
  readonly at: string;
  /** `open`: its checks are looked at; `taken`: the environment's turn is taken for a rollback; `over`: whatever comes, nothing is done. */
  readonly is: 'open' | 'taken' | 'over';
  /** Why the turn is taken. */
  readonly checks?: readonly FailedCheck[];
}

export async function readWatch(notes: NotesPort, repository: string, environment: string): Promise<Watch | null> {
  return ((await notes.note(repository, KIND, environment.toLowerCase()))?.body ?? null) as Watch | null;
}

export function watchNote(repository: string, watch: Watch): NoteWrite {
  return { repository, kind: KIND, name: watch.environment.toLowerCase(), body: watch as unknown as Json };
}

/** `began`: the commit that has just come there; null: look on, at that time or at once. */
export function watchTasks(
  { home, now }: Pick<Situation, 'home' | 'now'>,
  environment: string,
  began: string | null,
  runAt = 0,
): readonly NewTask[] {
  return tasksOf([{ kind: 'watch', home, environment, began }], { now, delivery: null }).map((task) => ({ ...task, runAt }));
}

/** Of the watches that a change may concern. */
export async function watchedTasks(
  situation: Pick<Situation, 'notes' | 'repository' | 'home' | 'now'>,
  { sha, environment }: Pick<LookErrand, 'sha' | 'environment'>,
): Promise<readonly NewTask[]> {
  const all = (await situation.notes.notes(situation.repository, KIND)).map(({ body }) => body as unknown as Watch);
  return all
    .filter((one) => one.is === 'open' && (sha === null || one.sha === sha))
    .filter((one) => environment === null || one.environment.toLowerCase() === environment.toLowerCase())
    .flatMap((one) => watchTasks(situation, one.environment, null));
}
