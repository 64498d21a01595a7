// Deployments that no claim of ours stands for, as the record keeps them: how each ended, and what was posted by hand, which is told apart
// and from which nothing follows.

import type { Actor } from '../../core/record.ts';
import type { Situation } from '../app-port.ts';
import type { DeploymentSeen } from '../gate-port.ts';
import type { RecordedEvent } from '../record/record-decision.ts';
import { type ByHand, type VersionTag, versionAt } from './what-is-where.ts';

export function outsideEvent(
  situation: Situation,
  environment: string,
  { id, sha, run, state, creator, app }: DeploymentSeen,
  tags: readonly VersionTag[],
): RecordedEvent {
  const actor: Actor =
    creator !== null && !creator.bot ? { login: creator.login, id: creator.id } : { app: app ?? creator?.login ?? 'unknown' };
  return { ...eventOf(situation, environment, { id, sha, state }, tags), actor, run: run === null ? null : { id: run, attempt: 1 } };
}

/** In what is remembered of a deployment, in the place of GitHub's word. */
export const BY_HAND = 'by-hand';

/** Only of those of whom it is known who they are: the others may turn out to be a workflow's. */
export function byHandEvent(
  situation: Situation,
  environment: string,
  { deployment: id, sha, state, by }: ByHand,
  tags: readonly VersionTag[],
): readonly RecordedEvent[] {
  if (by === null) return [];
  const actor = { login: by.login, id: by.id };
  return [{ ...eventOf(situation, environment, { id, sha, state }, tags), actor, reason: 'from outside: posted by hand, not counted' }];
}

function eventOf(
  { home, now }: Situation,
  environment: string,
  { id, sha, state }: Pick<DeploymentSeen, 'id' | 'sha' | 'state'>,
  tags: readonly VersionTag[],
) {
  const release = versionAt(tags, sha)?.tag.name ?? null;
  return { what: 'deployment' as const, at: new Date(now).toISOString(), home, environment, sha, state, deployment: id, release };
}

/** Made by a job or an App. Whoever posts a deployment by hand may write the address of any run into it. */
export function isOfMachine({ app, creator }: DeploymentSeen): boolean {
  return app !== null || creator?.bot === true;
}
