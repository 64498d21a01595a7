// Whether a commit is in an environment already, and how its gate let it in: read from what was noted when it was decided and when it came,
// so that nobody is told that it waits for what is over.

import type { Arrival } from '../../core/answer/why.ts';
import type { Place } from '../deployment/what-is-where.ts';
import { readDecided, sameName } from '../gate/gate-notes.ts';
import type { NotesPort } from '../store-port.ts';

/** Null: it is not there now, as far as was seen. */
export async function seeArrival(
  { notes, repository }: { readonly notes: NotesPort; readonly repository: string },
  places: readonly Place[],
  { environment, sha }: { readonly environment: string; readonly sha: string },
): Promise<Arrival | null> {
  const current = places.find((one) => sameName(one.environment, environment))?.current ?? null;
  if (current?.sha !== sha) return null;
  const { since, run } = current;
  const decided = await readDecided(notes, repository, environment, sha);
  const isOfRun = decided !== null && (run === null || decided.run === run);
  if (!isOfRun || (decided.outcome !== 'approve' && decided.outcome !== 'bypassed')) return { since, run, gate: null };
  const { outcome, at, findings, by } = decided;
  return { since, run, gate: { outcome, at, findings, by: by ?? null } };
}
