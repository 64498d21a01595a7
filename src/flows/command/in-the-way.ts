// Who has an environment's turn when another deployment is commanded, and whether it makes way. What was let in is not cut off; what only
// waits at its gate makes way for a rollback, for a newer release, and for a security fix.

import { begunText, busyText, elsewhereText, waitsThereText } from '../../core/answer/deploy.ts';
import { quotedName } from '../../core/answer/gate.ts';
import { type Claim, hasBegun, isInside, isStepOn } from '../../core/deployment.ts';
import { compareVersions } from '../../core/version.ts';
import { type Claimed, wasClaimLetIn } from '../deployment/claim.ts';
import { baseOf } from '../deployment/start-deployment.ts';
import { type Deployed, deployedIn, type VersionTag, versionAt } from '../deployment/what-is-where.ts';
import type { GateMemory } from '../gate/gate-memory.ts';
import { sameName } from '../gate/gate-notes.ts';
import { releaseOf } from '../gate/release-of.ts';
import type { Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { type Answer, type Ask, again, refused, spelled } from './answer.ts';
import type { ReleaseChoice } from './which-release.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Whoever has taken the turn has asked GitHub within this, or never will. */
const BEGINS = 11 * MINUTE;
/** A rollback waits no longer for it: something is wrong already. */
const BACK_BEGINS = MINUTE;

export interface InTheWay {
  readonly before: Claimed;
  readonly deployed: Deployed;
  readonly scene: Scene;
}

/** Of a rollback; null: it makes way. One rollback does not push out another. */
export function inTheWayBack(ask: Ask, { before, deployed, scene }: InTheWay): Answer | null {
  const { claim } = before;
  if (isForsaken(ask, before)) return null;
  const soon = claim.kind === 'rollback' ? null : untilBegun(ask, before, BACK_BEGINS);
  if (soon !== null) return soon;
  if (claim.kind === 'rollback' || (claim.sent !== null && claim.run === null)) return busyWith(ask, claim, scene);
  return hasBegunHere(claim, deployed) ? busyWith(ask, claim, scene, begunText(claim, 'begun', baseOf(scene))) : null;
}

interface NextIn {
  readonly release: ReleaseChoice;
  /** Releases that it may be compared with. */
  readonly siblings: readonly VersionTag[];
  readonly memory: GateMemory;
}

/** Of a release; null: it makes way. */
export async function inTheWayIn(ask: Ask, given: InTheWay & NextIn): Promise<Answer | null> {
  const { before, deployed, scene, release, siblings } = given;
  const { situation } = ask;
  const { claim } = before;
  const base = baseOf(scene);
  // A package's release takes no other package's place.
  const isOther = !siblings.some(({ tag }) => tag.name === claim.tag);
  if (isForsaken(ask, before)) return null;
  if (claim.kind === 'rollback' || claim.sha === release.sha || isOther) return busyWith(ask, claim, scene);
  if (hasBegunHere(claim, deployed)) return busyWith(ask, claim, scene, begunText(claim, 'begun', base));
  if (await wasClaimLetIn(situation, claim)) return busyWith(ask, claim, scene, begunText(claim, 'let-in', base));
  if (compareVersions(release.version, claim.version) <= 0 && !(await isMoreUrgent(ask, given))) {
    const reject = spelled(ask, `reject ${quotedName(claim.environment)} REASON`);
    return busyWith(ask, claim, scene, waitsThereText(claim, release, reject, base));
  }
  if (claim.sent === null) return untilBegun(ask, before, BEGINS);
  if (claim.run === null) return busyWith(ask, claim, scene);
  const elsewhere = await deploysElsewhere(ask, given);
  return elsewhere === null ? null : busyWith(ask, claim, scene, elsewhereText(claim, elsewhere, base));
}

/** Its run may be asked for at this moment: once there is one it is known what has to make way. Null: there is one, or none is to come. */
function untilBegun({ situation: { now } }: Ask, { claim, taken = 0 }: Claimed, most: number): Answer | null {
  const age = now - taken;
  return claim.sent === null && age < most ? again({}, now + Math.min(MINUTE, Math.max(5 * SECOND, age / 2))) : null;
}

/** Whoever took the turn was given up before asking GitHub, or in the middle of it; should there be a run it is found, and makes way or not. */
function isForsaken({ situation: { now } }: Ask, { claim, taken = now }: Claimed): boolean {
  return claim.sent === null && now - taken >= BEGINS;
}

/** Another environment of the policy in which the run is at work now; what cannot be seen may be one. */
async function deploysElsewhere(
  { situation, policy }: Ask,
  { before, memory }: InTheWay & { readonly memory: GateMemory },
): Promise<string | null> {
  const { run, environment } = before.claim;
  for (const name of Object.keys(policy.environments)) {
    if (sameName(name, environment)) continue;
    const seen = await deployedIn(situation, memory, name, policy.deployers);
    if (!seen.known || seen.value.deployments.some((one) => one.run === run && isInside(one))) return name;
  }
  return null;
}

/** Somebody else's; should it be over and nobody have told us, it is looked at now. */
function busyWith({ situation, errand }: Ask, claim: Claim, scene: Scene, says?: string): Answer {
  const look = { kind: 'follow', home: errand.home, environment: claim.environment, run: claim.run, deployment: null } as const;
  return { ...refused(says ?? busyText(claim, baseOf(scene))), tasks: tasksOf([look], { now: situation.now, delivery: null }) };
}

function hasBegunHere({ run }: Claim, { deployments }: Deployed): boolean {
  return run !== null && deployments.some((one) => one.run === run && hasBegun(one));
}

/** A security fix of an older line, which is newer than what is there, before what is none. What is not known is not urgent. */
async function isMoreUrgent(
  { situation, policy }: Ask,
  { before, deployed, scene, release, siblings, memory }: InTheWay & NextIn,
): Promise<boolean> {
  const { github } = situation;
  const occasionOf = async (sha: string) => {
    const read = await releaseOf({ github, scene, policy, sha, memory });
    return read.known ? read.value.occasion : null;
  };
  if ((await occasionOf(release.sha)) !== 'security') return false;
  const current = deployed.current === null ? null : versionAt(siblings, deployed.current.sha);
  if (isStepOn(release.version, current) === false) return false;
  const theirs = await occasionOf(before.claim.sha);
  return theirs !== null && theirs !== 'security';
}
