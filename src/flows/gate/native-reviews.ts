// Reviews that people gave on GitHub's own page of a waiting deployment. GitHub does not say when, so each is noted with the time at which it
// was first seen, by commit and environment: it counts for a later run of the same commit, too.

import type { Situation } from '../app-port.ts';
import type { ActorSeen, ApprovalSeen } from '../gate-port.ts';
import type { Observed } from '../github-port.ts';
import type { Json, NoteWrite } from '../store-port.ts';
import type { NativeReview } from './observe-gate.ts';

const NATIVE = 'native';

/** One entry of a run's history, known by its place in it. */
interface Noted extends NativeReview {
  readonly run: number;
  readonly place: number;
  /** An administrator let all jobs start with it, which is no word on this commit. */
  readonly bypass?: boolean;
}

interface Asked {
  readonly environment: string;
  readonly sha: string;
  readonly run: number;
  readonly approvals: Observed<readonly ApprovalSeen[]>;
}

type Noter = Pick<Situation, 'notes' | 'repository' | 'now' | 'self'>;

export async function nativeReviews(
  noter: Noter,
  asked: Asked,
): Promise<{ readonly reviews: Observed<readonly NativeReview[]>; readonly notes: readonly NoteWrite[] }> {
  if (!asked.approvals.known) return { reviews: asked.approvals, notes: [] };
  const { all, fresh, note } = await noted(noter, asked, asked.approvals.value);
  return {
    reviews: { known: true, value: all.filter((one) => one.bypass !== true).map(({ by, state, at }) => ({ by, state, at })) },
    notes: fresh.length === 0 ? [] : [note(all)],
  };
}

/** The deployment went on without us: what was not seen before was the passing. Who did it, where that is told. */
export async function bypassOf(
  noter: Noter,
  asked: Asked,
): Promise<{ readonly by: ActorSeen | null; readonly notes: readonly NoteWrite[] }> {
  if (!asked.approvals.known) return { by: null, notes: [] };
  const { all, fresh, note } = await noted(noter, asked, asked.approvals.value);
  const marked = all.map((one) => (fresh.includes(one) && one.state === 'approved' ? { ...one, bypass: true } : one));
  const by = fresh.findLast((one) => one.state === 'approved')?.by ?? null;
  return { by, notes: fresh.length === 0 ? [] : [note(marked)] };
}

async function noted({ notes, repository, now, self }: Noter, { environment, sha, run }: Asked, approvals: readonly ApprovalSeen[]) {
  const name = `${environment.toLowerCase()} ${sha}`;
  const stored = await notes.note(repository, NATIVE, name);
  const before = (Array.isArray(stored?.body) ? stored.body : []) as unknown as readonly Noted[];
  const spoken = approvals.filter((one) => isOf(one, environment) && one.state !== 'pending' && one.by !== null && !isOurs(one, self.slug));
  const fresh: Noted[] = [];
  spoken.forEach(({ by, state }, place) => {
    if (by === null || before.some((one) => one.run === run && one.place === place)) return;
    // In their order, and none in the future.
    fresh.push({ run, place, by, state, at: new Date(now - (spoken.length - 1 - place)).toISOString() });
  });
  const all = [...before, ...fresh];
  const note = (body: readonly Noted[]): NoteWrite => ({ repository, kind: NATIVE, name, body: body as unknown as Json });
  return { all, fresh, note };
}

/** How often GitHub's history of the run has us answering for the environment; null: it was not seen. */
export function ownAnswers(
  self: Situation['self'],
  environment: string,
  approvals: Observed<readonly ApprovalSeen[]>,
): { readonly answers: number; readonly reports: number } | null {
  if (!approvals.known) return null;
  const own = approvals.value.filter((one) => isOurs(one, self.slug) && isOf(one, environment));
  const reports = own.filter((one) => one.state === 'pending').length;
  return { answers: own.length - reports, reports };
}

/** Our last final answer; null: none. */
export function lastAnswer(self: Situation['self'], environment: string, approvals: readonly ApprovalSeen[]): string | null {
  return approvals.findLast((one) => isOurs(one, self.slug) && isOf(one, environment) && one.state !== 'pending')?.state ?? null;
}

function isOurs({ by }: ApprovalSeen, slug: string): boolean {
  return by?.bot === true && by.login.toLowerCase() === `${slug}[bot]`;
}

function isOf({ environments }: ApprovalSeen, environment: string): boolean {
  return environments.some((one) => one.name.toLowerCase() === environment.toLowerCase());
}
