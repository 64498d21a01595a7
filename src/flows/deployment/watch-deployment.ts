// After a deployment its checks are watched where the policy asks for it (`rollback`): one that surely fails in its time begins what
// `/rollback` begins, once for each deployment. Where something cannot be seen nothing is done, and people are told so.

import { quotedName } from '../../core/answer/gate.ts';
import {
  failedChecksText,
  inCourseText,
  notTakenBackText,
  notVerifiedText,
  TOO_LATE,
  takenBackText,
  verificationMark,
} from '../../core/answer/verification.ts';
import type { WatchErrand } from '../../core/errand.ts';
import { instantOf } from '../../core/gate/clock.ts';
import { type EnvironmentPolicy, environmentOf } from '../../core/policy/environment.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { Happening } from '../../core/tell.ts';
import { type FailedCheck, toVerify, verificationEnds, verify } from '../../core/verification.ts';
import type { Situation } from '../app-port.ts';
import { spelled } from '../command/answer.ts';
import { memoryIn } from '../gate/gate-memory.ts';
import { GitHubProblem, type Scene } from '../github-port.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { recordDecision } from '../record/record-decision.ts';
import type { NoteWrite, Outcome } from '../store-port.ts';
import { type Claimed, claimNote, readClaim } from './claim.ts';
import { sayIfTaken, threadIfAny } from './say-once.ts';
import { baseOf, startDeployment } from './start-deployment.ts';
import { tellTasks } from './tell.ts';
import { readWatch, type Watch, watchNote, watchTasks } from './watch-notes.ts';
import { isAnotherUnderWay, rollbackClaim } from './way-back.ts';
import { allVersionTags, type Deployed, deployedIn, versionAt } from './what-is-where.ts';

const SOON = 5_000;
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export async function watchDeployment(situation: Situation, { environment: named, began }: WatchErrand): Promise<Outcome> {
  const { github, notes, repository, now } = situation;
  const noted = await readWatch(notes, repository, named);
  const claimed = await readClaim(notes, repository, named);
  const sha = began ?? (noted?.is === 'over' ? null : (noted?.sha ?? null));
  if (sha === null) return {};
  const scene = await github.scene({ releaseBranch });
  const policy = await policyIn(situation, scene);
  if (noted?.is === 'taken' && claimed !== null && claimed.claim.token === tokenOf(noted)) {
    const begun = await begin({ situation, scene, policy, watch: noted }, claimed);
    // What has come there meanwhile is looked at once that is over.
    return began === null ? begun : { ...begun, tasks: [...(begun.tasks ?? []), ...watchTasks(situation, named, began, now + SOON)] };
  }
  if (policy === null) return mayBeMended(situation, named, noted);
  const entry = environmentOf(policy, named);
  const environment = Object.keys(policy.environments).find((name) => environmentOf(policy, name) === entry) ?? named;
  // One that was replaced before anybody looked at it says nothing of what replaced it.
  const isNoted = began === null || began === noted?.sha;
  const over = (): Outcome => (noted?.is === 'open' && isNoted ? { notes: [watchNote(repository, { ...noted, is: 'over' })] } : {});
  if (entry?.rollback === undefined || entry.deploy === undefined) return over();
  const { memory, writes } = memoryIn(notes, repository, now);
  const deployed = await deployedIn(situation, memory, environment, policy.deployers);
  if (!deployed.known) {
    const why = `What was deployed to ${environment} could not be seen: ${deployed.why}`;
    // It has been seen a moment ago, so that trying again is worth the wait.
    if (noted?.is !== 'open' || began !== null) throw new GitHubProblem('unavailable', why);
    const acts = verificationEnds(entry.rollback, noted.at)?.acts ?? now;
    if (now >= acts) return doubts({ situation, scene, policy, watch: noted }, why);
    return { tasks: watchTasks(situation, named, null, Math.min(now + MINUTE, acts)) };
  }
  const stay = toVerify(deployed.value, deployed.value.deployments, {
    sha,
    deployment: began === null ? (noted?.deployment ?? null) : null,
  });
  if (stay === null) return over();
  if (noted?.deployment === stay.deployment && noted.is !== 'open') return {};
  const watch: Watch = { environment, deployment: stay.deployment, sha: stay.sha, at: stay.at, is: 'open' };
  const outcome = await lookAt({ situation, scene, policy, watch, entry, deployed: deployed.value, claimed });
  return { ...outcome, notes: [...(outcome.notes ?? []), ...writes()] };
}

/** By a policy that cannot be used nothing goes back by itself; nobody waits for it to be mended longer than it could matter. */
function mayBeMended(situation: Situation, environment: string, noted: Watch | null): Outcome {
  const { repository, now } = situation;
  if (noted?.is !== 'open') return {};
  if (now >= (instantOf(noted.at) ?? 0) + DAY) return { notes: [watchNote(repository, { ...noted, is: 'over' })] };
  return { tasks: watchTasks(situation, environment, null, now + 5 * MINUTE) };
}

async function policyIn({ readPolicy }: Situation, scene: Scene): Promise<Policy | null> {
  if (scene.policy === null) return DEFAULT_POLICY;
  try {
    return await readPolicy(scene.policy.text);
  } catch (error) {
    if (policyProblemLines(error) === null) throw error;
    return null;
  }
}

interface Watching {
  readonly situation: Situation;
  readonly scene: Scene;
  /** Null: it cannot be used. */
  readonly policy: Policy | null;
  readonly watch: Watch;
}

interface Looking extends Watching {
  readonly policy: Policy;
  readonly entry: EnvironmentPolicy;
  readonly deployed: Deployed;
  readonly claimed: Claimed | null;
}

async function lookAt(looking: Looking): Promise<Outcome> {
  const { situation, watch, entry, deployed, claimed } = looking;
  const { gates, repository, now } = situation;
  const policy = entry.rollback;
  const ends = policy === undefined ? null : verificationEnds(policy, watch.at);
  if (policy === undefined || ends === null) return { notes: [watchNote(repository, { ...watch, is: 'over' })] };
  const seen = verify(policy, watch, await gates.checksOf(watch.sha));
  const isLate = now >= ends.acts;
  if (seen.is === 'open' && isLate) return { notes: [watchNote(repository, { ...watch, is: 'over' })] };
  if (seen.is === 'unknown' && isLate) return doubts(looking, seen.says);
  if (seen.is !== 'failed') {
    // Events tell of checks; they may be lost.
    const next = [ends.failures + MINUTE, ends.acts].find((at) => at > now) ?? ends.acts;
    return { notes: [watchNote(repository, watch)], tasks: watchTasks(situation, watch.environment, null, next) };
  }
  // Somebody is on the way back already.
  if (claimed?.claim.kind === 'rollback') return { notes: [watchNote(repository, { ...watch, is: 'over' })] };
  const another = await isAnotherUnderWay(situation, deployed, claimed);
  if (isLate) return leaves(looking, seen.checks, another ? inCourseText(watch.environment) : TOO_LATE);
  // How it ends is told by an event, and changes what is there, or not.
  if (another)
    return {
      notes: [watchNote(repository, watch)],
      tasks: watchTasks(situation, watch.environment, null, Math.min(now + MINUTE, ends.acts)),
    };
  return takes(looking, seen.checks);
}

/** The turn is taken; GitHub is asked once that stands in the store. */
async function takes(looking: Looking, checks: readonly FailedCheck[]): Promise<Outcome> {
  const { situation, watch, policy, claimed, deployed, scene } = looking;
  const thread = await threadIfAny(situation, watch.sha);
  const made = await rollbackClaim(situation, {
    scene,
    policy,
    deployed,
    claimed,
    environment: watch.environment,
    token: tokenOf(watch),
    issue: thread.issue,
    why: failedChecksText(checks),
  });
  if ('says' in made) return leaves(looking, checks, made.says);
  return {
    notes: [
      claimNote(situation.repository, made.claim, claimed),
      watchNote(situation.repository, { ...watch, is: 'taken', checks }),
      ...thread.notes,
    ],
    tasks: watchTasks(situation, watch.environment, null),
  };
}

/** The turn is ours. */
async function begin(watching: Watching, claimed: Claimed): Promise<Outcome> {
  const { situation, scene, watch } = watching;
  const { repository } = situation;
  const { claim } = claimed;
  const over = watchNote(repository, { ...watch, is: 'over' });
  if (claim.sent !== null) return { notes: [over] };
  const started = await startDeployment(situation, claimed, baseOf(scene));
  if (started.state === 'later') return { tasks: watchTasks(situation, watch.environment, null, started.at) };
  const checks = watch.checks ?? [];
  if (started.state === 'refused') {
    const left = await leaves(watching, checks, started.says);
    const { notes, tasks, entries } = started.outcome;
    return {
      notes: [...notes, ...(left.notes ?? [])],
      tasks: [...tasks, ...(left.tasks ?? [])],
      entries: [...entries, ...(left.entries ?? [])],
    };
  }
  const mark = verificationMark(watch, 'back');
  const verified = { ...watch, release: { tag: claim.from?.tag ?? null, sha: watch.sha } };
  const where = { issue: null, sha: watch.sha };
  const told = await sayIfTaken(situation, where, mark, takenBackText(mark, verified, checks, started.says));
  return { ...started.outcome, notes: [...started.outcome.notes, ...told, over] };
}

/** It failed, and stays: people are told why, where they talk about it and where they want to hear of failures. */
async function leaves(watching: Watching, checks: readonly FailedCheck[], why: string): Promise<Outcome> {
  const { situation, scene, policy, watch } = watching;
  const mark = verificationMark(watch, 'left');
  const tag = await tagOf(watching);
  const verified = { ...watch, release: { tag, sha: watch.sha } };
  const rollback = `rollback ${quotedName(watch.environment)}`;
  const command = policy === null ? `/${rollback}` : spelled({ policy }, rollback);
  const happening: Happening = {
    event: 'failed',
    sha: watch.sha,
    environment: watch.environment,
    release: tag,
    at: new Date(situation.now).toISOString(),
    by: null,
    url: null,
    says: `${failedChecksText(checks)}, and nothing was rolled back by itself`,
    once: `verification ${watch.deployment}`,
  };
  const said = await says(
    watching,
    mark,
    notTakenBackText(mark, verified, checks, { why, command }),
    `${failedChecksText(checks)}; left there: ${why}`,
  );
  return { ...said, tasks: tellTasks(situation, happening, scene.policy) };
}

async function doubts(watching: Watching, why: string): Promise<Outcome> {
  const { watch } = watching;
  const mark = verificationMark(watch, 'doubt');
  const verified = { ...watch, release: { tag: await tagOf(watching), sha: watch.sha } };
  return says(watching, mark, notVerifiedText(mark, verified, why), `whether it has to go back could not be told: ${why}`);
}

async function says({ situation, watch }: Watching, mark: string, text: string, reason: string): Promise<Required<Outcome>> {
  const { repository, home, self, now } = situation;
  const { environment, sha, deployment } = watch;
  // Whoever is told elsewhere hears of it all the same.
  const told = await sayIfTaken(situation, { issue: null, sha }, mark, text);
  const at = new Date(now).toISOString();
  const entry = recordDecision(repository, { what: 'note', at, home, actor: { app: self.slug }, environment, sha, deployment, reason });
  const notes: NoteWrite[] = [watchNote(repository, { ...watch, is: 'over' }), ...told, ...entry.texts];
  return { notes, entries: [entry], tasks: [] };
}

async function tagOf({ situation, scene, policy, watch }: Watching): Promise<string | null> {
  return policy === null ? null : (versionAt(await allVersionTags(situation, scene, policy), watch.sha)?.tag.name ?? null);
}

function tokenOf({ environment, deployment }: Pick<Watch, 'environment' | 'deployment'>): string {
  return `verification ${environment.toLowerCase()} ${deployment}`;
}
