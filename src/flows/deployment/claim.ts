// Whose turn it is in an environment: one deployment at a time, by a note that is written only where it is as it was read. Whoever frees it
// must hold it: a second claim of the same person is another (branch-deploy#504).

import { type Claim, hasBegun } from '../../core/deployment.ts';
import type { Account } from '../../core/gate/facts.ts';
import type { Situation } from '../app-port.ts';
import { letInBy, readDecided } from '../gate/gate-notes.ts';
import type { DeploymentSeen, RunSeen } from '../gate-port.ts';
import type { Json, NotesPort, NoteWrite } from '../store-port.ts';

const KIND = 'claim';
const SPENT = 'claimed-run';
const SKEW = 120_000;

export interface Claimed {
  readonly claim: Claim;
  /** Of the note. */
  readonly version: number;
  /** Milliseconds since 1970: when it was last written. */
  readonly taken?: number;
}

export async function readClaim(notes: NotesPort, repository: string, environment: string): Promise<Claimed | null> {
  const note = await notes.note(repository, KIND, environment.toLowerCase());
  return note === null ? null : { claim: note.body as unknown as Claim, version: note.version, taken: note.at };
}

export async function readClaims(notes: NotesPort, repository: string): Promise<readonly Claimed[]> {
  return (await notes.notes(repository, KIND)).map(({ body, version }) => ({ claim: body as unknown as Claim, version }));
}

/** `before`: what it takes the place of; null: nobody has the turn. */
export function claimNote(repository: string, claim: Claim, before: Claimed | null): NoteWrite {
  const name = claim.environment.toLowerCase();
  return { repository, kind: KIND, name, body: claim as unknown as Json, expect: before?.version ?? 0 };
}

/** The turn is over; its run is nobody's any more. */
export function freedNotes(repository: string, { claim, version }: Claimed): readonly NoteWrite[] {
  const name = claim.environment.toLowerCase();
  return [{ repository, kind: KIND, name, body: null, expect: version }, ...spentNotes(repository, claim)];
}

export function spentNotes(repository: string, claim: Claim | null): readonly NoteWrite[] {
  return claim === null || claim.run === null ? [] : [{ repository, kind: SPENT, name: String(claim.run), body: claim.environment }];
}

/** The run belonged to a claim that is over: it is not looked at as another's. */
export async function isSpent(notes: NotesPort, repository: string, run: number): Promise<boolean> {
  return (await notes.note(repository, SPENT, String(run))) !== null;
}

/** Ids of deployments that never began because they made way, or whose claim has told of their end: nobody else tells of these. */
export async function stoppedOf(
  { notes, repository }: Pick<Situation, 'notes' | 'repository'>,
  claimed: Claimed | null,
  over: readonly DeploymentSeen[],
): Promise<ReadonlySet<number>> {
  const stopped = new Set<number>();
  for (const one of over) {
    if (one.run === null || hasBegun(one) || claimed?.claim.run === one.run) continue;
    if (claimed?.claim.instead?.run === one.run || (await isSpent(notes, repository, one.run))) stopped.add(one.id);
  }
  return stopped;
}

/** The claim that a run in the environment is there for, or may be while the claim does not know its run; null: none. */
export async function claimBehind(
  { notes, repository, self }: Pick<Situation, 'notes' | 'repository' | 'self'>,
  environment: string,
  run: RunSeen,
): Promise<Claim | null> {
  const claim = (await readClaim(notes, repository, environment))?.claim ?? null;
  if (claim === null || claim.run === run.id) return claim;
  return claim.run === null && mayBeOf(claim, run, self) ? claim : null;
}

/** Who stands behind the runs that the App began: what a gate calls their deployer. */
export function oursBy(
  self: { readonly slug: string },
  claim: Claim | null,
): { readonly login: string; readonly behind: Account | 'app' | null } {
  const behind = claim === null ? null : 'app' in claim.by ? 'app' : { login: claim.by.login, id: claim.by.id };
  return { login: `${self.slug}[bot]`, behind };
}

/** From when on its run is looked for. */
export function soughtSince({ at, by }: Claim): string {
  // A comment's time is GitHub's; what the App takes by itself has its own clock's, which may be a little ahead.
  return new Date(Date.parse(at) - ('app' in by ? SKEW : 0)).toISOString();
}

/** Its gate has let its run in, or is about to tell GitHub so, though its job may not have begun. */
export async function wasClaimLetIn({ notes, repository }: Pick<Situation, 'notes' | 'repository'>, claim: Claim): Promise<boolean> {
  const { environment, sha, run } = claim;
  if (run === null) return false;
  if ((await letInBy(notes, repository, environment, sha)) === run) return true;
  const decided = await readDecided(notes, repository, environment, sha);
  return decided !== null && decided.run === run && (decided.outcome === 'approve' || decided.outcome === 'bypassed');
}

const COMMIT = 'deployed-tag';

/** What the tag led to when it was first deployed: it may not lead elsewhere later. */
export function commitNote(repository: string, { tag, sha }: Pick<Claim, 'tag' | 'sha'>): NoteWrite {
  return { repository, kind: COMMIT, name: tag, body: sha };
}

/** Null: it was never deployed by us. */
export async function commitOf(notes: NotesPort, repository: string, tag: string): Promise<string | null> {
  const body = (await notes.note(repository, COMMIT, tag))?.body ?? null;
  return typeof body === 'string' ? body : null;
}

/** A run that may be the one of a claim that does not know its run yet. */
export function mayBeOf(claim: Claim, run: RunSeen, self: { readonly slug: string }): boolean {
  return (
    run.event === 'workflow_dispatch' &&
    run.path === `.github/workflows/${claim.workflow}` &&
    Date.parse(run.createdAt) >= Date.parse(soughtSince(claim)) &&
    run.actor?.login.toLowerCase() === `${self.slug}[bot]`.toLowerCase()
  );
}
