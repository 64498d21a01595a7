// Whether a commit is in an environment already, or let in on its way, and how its gate let it in: read from what was noted when it was decided and when it came,
// so that nobody is told that it waits for what is over.

import type { Arrival } from '../../core/answer/why.ts';
import type { Place } from '../deployment/what-is-where.ts';
import { readDecided, sameName } from '../gate/gate-notes.ts';
import type { NotesPort } from '../store-port.ts';

/** Null: it is not there now, nor let in, as far as was seen. */
export async function seeArrival(
  { notes, repository }: { readonly notes: NotesPort; readonly repository: string },
  places: readonly Place[],
  { environment, sha }: { readonly environment: string; readonly sha: string },
): Promise<Arrival | null> {
  const place = places.find((one) => sameName(one.environment, environment));
  const isThere = place?.current?.sha === sha;
  const stay = isThere ? place?.current : place?.pending;
  if (stay?.sha !== sha) return null;
  const { since, run } = stay;
  const decided = await readDecided(notes, repository, environment, sha);
  const isOfRun = decided !== null && (run === null || decided.run === run);
  if (!isOfRun || (decided.outcome !== 'approve' && decided.outcome !== 'bypassed'))
    return isThere ? { isThere, since, run, gate: null } : null;
  const { outcome, at, findings, by } = decided;
  return { isThere, since, run, gate: { outcome, at, findings, by: by ?? null } };
}
