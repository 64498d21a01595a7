// What every command to a gate leaves behind: who said it where, for the record, and a look at the gates that it may move.

import type { Actor } from '../../core/record.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import type { RecordedEvent } from '../record/record-decision.ts';
import type { NewTask } from '../store-port.ts';
import type { Ask } from './answer.ts';

/** Who said it, where and when it was heard. */
export function wordOf({ situation, errand, role }: Ask): Pick<RecordedEvent, 'at' | 'home' | 'comment' | 'issue'> & { actor: Actor } {
  const { login, id } = errand.author;
  const actor = role === null ? { login, id } : { login, id, role };
  return { at: new Date(situation.now).toISOString(), home: errand.home, actor, comment: errand.comment, issue: errand.issue };
}

/** Whoever commanded waits to see what comes of it. */
export function lookTasks({ situation, errand }: Ask, environment: string, sha: string | null): readonly NewTask[] {
  const look = { kind: 'look', home: errand.home, sha, environment, run: null, urgent: true } as const;
  return tasksOf([look], { now: situation.now, delivery: null });
}
