// `/deploy`: a release's own deploy workflow is started on its tag. First its turn in the environment is taken, which another may have; once
// that stands in the store GitHub is asked. The gate is asked by GitHub, as of every deployment: nothing here passes it.

import { noDispatchText, noWorkflowText, stepBackText, unseenDeploymentsText } from '../../core/answer/deploy.ts';
import { quotedName } from '../../core/answer/gate.ts';
import { type Claim, inputsFor, isStepOn } from '../../core/deployment.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { type Claimed, claimNote, readClaim } from '../deployment/claim.ts';
import { baseOf, declaredInputs, startDeployment } from '../deployment/start-deployment.ts';
import { deployedIn, versionAt } from '../deployment/what-is-where.ts';
import { memoryIn } from '../gate/gate-memory.ts';
import type { Scene } from '../github-port.ts';
import { POLICY_FILE } from '../policy-problem.ts';
import type { NoteWrite } from '../store-port.ts';
import { type Answer, type Ask, again, refused, spelled } from './answer.ts';
import { environmentNamed } from './gate-subject.ts';
import { inTheWayIn } from './in-the-way.ts';
import { chooseRelease, type ReleaseChoice } from './which-release.ts';

export async function deploy(ask: Ask): Promise<Answer> {
  const { situation, call, policy } = ask;
  const { github, notes, repository, now } = situation;
  const named = await environmentNamed(ask, call.arguments.environment ?? '');
  if ('says' in named) return refused(named.says);
  const { environment } = named;
  const entry = environmentOf(policy, environment);
  if (entry?.deploy === undefined) return refused(noWorkflowText(environment, entry !== null, POLICY_FILE));
  const scene = await github.scene({ releaseBranch });
  const before = await readClaim(notes, repository, environment);
  if (before?.claim.token === tokenOf(ask, environment)) return begin(ask, before, scene);
  const { memory, writes } = memoryIn(notes, repository, now);
  const chosen = await chooseRelease(ask, { environment, scene, memory, version: call.arguments.version ?? null });
  if ('says' in chosen) return refused(chosen.says);
  const { release, siblings } = chosen;
  const deployed = await deployedIn(situation, memory, environment, policy.deployers);
  if (!deployed.known) return refused(unseenDeploymentsText(environment, deployed.why));
  const { current, deployments } = deployed.value;
  if (current !== null && current.sha !== release.sha && deployments.some((one) => one.sha === release.sha && succeeded(one))) {
    const there = versionAt(siblings, current.sha);
    // Whoever goes back to an older release of a package has no other command for it.
    if (chosen.package === null && isStepOn(release.version, there) !== true) {
      const command = spelled(ask, `rollback ${quotedName(environment)} ${release.version}`);
      return refused(stepBackText(environment, release, { tag: there?.tag.name ?? null, sha: current.sha }, command));
    }
  }
  const stands = before === null ? null : await inTheWayIn(ask, { before, deployed: deployed.value, scene, release, siblings, memory });
  return stands ?? take(ask, { environment, workflow: entry.deploy, release, kind: 'deploy', from: null, before, writes });
}

export interface Turn {
  readonly environment: string;
  readonly workflow: string;
  readonly release: ReleaseChoice;
  readonly kind: Claim['kind'];
  readonly from: Claim['from'];
  /** Who has to make way. */
  readonly before: Claimed | null;
  readonly writes: () => readonly NoteWrite[];
}

/** The turn is taken; what comes next comes once that is written. */
export async function take(ask: Ask, turn: Turn): Promise<Answer> {
  const { situation, errand, role } = ask;
  const { environment, workflow, release, kind, from, before } = turn;
  const declared = await declaredInputs(situation, workflow, release.sha);
  if ('why' in declared) return refused(noDispatchText(workflow, release, declared.why));
  const { login, id } = errand.author;
  const claim: Claim = {
    token: tokenOf(ask, environment),
    kind,
    environment,
    ...release,
    workflow,
    inputs: inputsFor(declared.inputs, { environment, version: release.version, sha: release.sha }),
    by: role === null ? { login, id } : { login, id, role },
    at: errand.at,
    comment: errand.comment,
    issue: errand.issue,
    sent: null,
    run: null,
    instead: before === null ? null : insteadOf(before.claim),
    from,
  };
  return again({ notes: [claimNote(situation.repository, claim, before), ...turn.writes()] });
}

/** The turn is this comment's. */
export async function begin({ situation }: Ask, claimed: Claimed, scene: Scene): Promise<Answer> {
  const started = await startDeployment(situation, claimed, baseOf(scene));
  if (started.state === 'later') return again({}, started.at);
  return { done: started.state === 'started', says: started.says, ...started.outcome };
}

/** Whoever has asked for no run yet has none that could make way, but may have taken the turn of one that has not ended. */
export function insteadOf(claim: Claim): Claim {
  return claim.sent === null && claim.instead !== null ? claim.instead : { ...claim, instead: null };
}

/** A comment may take a turn in each environment once. */
export function tokenOf({ errand, call }: Pick<Ask, 'errand' | 'call'>, environment: string): string {
  return `${call.shape.name} ${errand.comment} ${environment.toLowerCase()}`;
}

function succeeded({ statuses }: { readonly statuses: readonly { readonly state: string }[] }): boolean {
  return statuses.some(({ state }) => state === 'success');
}
