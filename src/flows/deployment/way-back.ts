// The way back that the policy takes by itself: the same that `/rollback` takes, with nobody there who could be asked. What would be
// refused to a person is refused here.

import { quotedName } from '../../core/answer/gate.ts';
import { noneBeforeText, noWayBackReason, untaggedText } from '../../core/answer/rollback.ts';
import { halfThereText, noWorkflowThereText } from '../../core/answer/verification.ts';
import { type Claim, hasBegun, inputsFor } from '../../core/deployment.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import type { Policy } from '../../core/policy.ts';
import type { Situation } from '../app-port.ts';
import { spelled } from '../command/answer.ts';
import { insteadOf } from '../command/deploy.ts';
import { noWayBack } from '../command/rollback.ts';
import { pinned } from '../command/which-release.ts';
import type { DeploymentSeen } from '../gate-port.ts';
import type { Scene } from '../github-port.ts';
import type { Claimed } from './claim.ts';
import { declaredInputs, NEWS } from './start-deployment.ts';
import { allVersionTags, type Deployed, provenBefore, versionAt } from './what-is-where.ts';

/** What has begun is not cut off, and what may be about to begin neither. */
export async function isAnotherUnderWay(
  situation: Situation,
  { deployments, current }: Deployed,
  claimed: Claimed | null,
): Promise<boolean> {
  const claim = claimed?.claim ?? null;
  if (claim !== null && claim.sent !== null && claim.run === null) return true;
  if (claim !== null && deployments.some((one) => one.run !== null && one.run === claim.run && hasBegun(one))) return true;
  for (const one of deployments) {
    if (one.id === current?.deployment || one.state !== 'in_progress') continue;
    // Of what came after it nobody knows what it has left there.
    if (current === null || Date.parse(one.createdAt) > Date.parse(current.at) || (await goesOn(situation, one))) return true;
  }
  return false;
}

/** Some never tell that they have ended. */
async function goesOn({ gates, now }: Situation, { run, statuses, createdAt }: DeploymentSeen): Promise<boolean> {
  if (run === null) return now - Date.parse(statuses.at(-1)?.createdAt ?? createdAt) < NEWS;
  const seen = await gates.run(run);
  return !seen.known || (seen.value !== null && seen.value.status !== 'completed');
}

export interface WayBack {
  readonly scene: Scene;
  readonly policy: Policy;
  readonly deployed: Deployed;
  /** Who has the turn, and makes way. */
  readonly claimed: Claimed | null;
  readonly environment: string;
  readonly token: string;
  /** Where it is talked about; null: nowhere. */
  readonly issue: number | null;
  readonly why: string;
}

/** From what is there to what succeeded there before it. */
export async function rollbackClaim(situation: Situation, way: WayBack): Promise<{ readonly claim: Claim } | { readonly says: string }> {
  const { scene, policy, deployed, claimed, environment, token, issue, why } = way;
  const { current, failed } = deployed;
  const workflow = environmentOf(policy, environment)?.deploy;
  if (current === null || workflow === undefined) return { says: 'The policy names no workflow for it any more.' };
  const tags = await allVersionTags(situation, scene, policy);
  // What failed on its way in may have left half of itself, and how that goes back nobody knows.
  if (failed !== null && failed.sha !== current.sha) {
    return { says: halfThereText(environment, { tag: versionAt(tags, failed.sha)?.tag.name ?? null, sha: failed.sha }) };
  }
  const from = { tag: versionAt(tags, current.sha)?.tag.name ?? null, sha: current.sha };
  const command = spelled({ policy }, `rollback ${quotedName(environment)}`);
  const good = await provenBefore(deployed, current.sha);
  if (good === null) return { says: noneBeforeText(environment, from, command) };
  const target = versionAt(tags, good.sha);
  if (target === null) return { says: untaggedText(environment, good.sha, command) };
  const found = await pinned({ situation, policy }, scene, target);
  if ('says' in found) return found;
  const { release } = found;
  const no = await noWayBack({ situation }, { environment, from, to: release });
  if (no !== null) return { says: noWayBackReason(no) };
  const declared = await declaredInputs(situation, workflow, release.sha);
  if ('why' in declared) return { says: noWorkflowThereText(workflow, release) };
  const claim: Claim = {
    token,
    kind: 'rollback',
    environment,
    ...release,
    workflow,
    inputs: inputsFor(declared.inputs, { environment, version: release.version, sha: release.sha }),
    by: { app: situation.self.slug },
    at: new Date(situation.now).toISOString(),
    comment: null,
    issue,
    sent: null,
    run: null,
    instead: claimed === null ? null : insteadOf(claimed.claim),
    from,
    why,
  };
  return { claim };
}
