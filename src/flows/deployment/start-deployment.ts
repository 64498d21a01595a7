// A deployment whose turn it is gets started, once: the claim stands in the store before GitHub is asked, and whoever comes back after a
// crash looks for the run before asking again. The run must be of the commit that was meant: a dispatch names a tag, and a tag may move.

import { begunText, endMark, madeWayText, notStartedText, startedText, tagMovedText } from '../../core/answer/deploy.ts';
import { type Claim, hasBegun } from '../../core/deployment.ts';
import { workflowOf } from '../../core/doctor/workflow.ts';
import type { Situation } from '../app-port.ts';
import { memoryIn } from '../gate/gate-memory.ts';
import type { RunSeen } from '../gate-port.ts';
import { GitHubProblem, type Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { type RecordedEntry, type RecordedEvent, recordDecision } from '../record/record-decision.ts';
import type { NewTask, NoteWrite, Outcome } from '../store-port.ts';
import {
  type Claimed,
  claimNote,
  commitNote,
  freedNotes,
  isSpent,
  mayBeOf,
  readClaims,
  soughtSince,
  spentNotes,
  wasClaimLetIn,
} from './claim.ts';
import { sayIfTaken } from './say-once.ts';
import { deployedIn } from './what-is-where.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Without news so long, GitHub is asked how it stands. */
export const NEWS = 6 * HOUR;
/** Between looks for a run that is not known yet, and for one that makes way. */
const SOON = 5 * SECOND;
/** A run that was stopped ends within this, or something is wrong. */
const MAKES_WAY = 10 * MINUTE;

export type Started =
  | { readonly state: 'started' | 'refused'; readonly says: string; readonly outcome: Required<Outcome> }
  /** Not now: what has to end first goes on. */
  | { readonly state: 'later'; readonly at: number };

/** `claimed` is in the store. Throws `GitHubProblem` where no answer came; then it is begun again. */
export async function startDeployment(situation: Situation, taken: Claimed, base: string): Promise<Started> {
  const { now } = situation;
  const { claim } = taken;
  if (claim.sent !== null) return started(situation, taken, claim.run, base);
  if (claim.instead === null) return dispatch(situation, taken, base);
  const way = await makeWay(situation, taken, claim.instead, base);
  if (way === 'later') return { state: 'later', at: now + SOON };
  if ('says' in way) return givenBack(situation, taken, way.says);
  const begun = await dispatch(situation, { ...taken, claim: { ...claim, instead: way.instead } }, base);
  return begun.state === 'later' ? begun : { ...begun, outcome: { ...begun.outcome, notes: [...way.notes, ...begun.outcome.notes] } };
}

/** Its turn has come. */
async function dispatch(situation: Situation, claimed: Claimed, base: string): Promise<Started> {
  const { github, deploys, now } = situation;
  const { claim } = claimed;
  // Theirs and ours could not be told apart.
  if (await isAnotherSought(situation, claim)) return { state: 'later', at: now + SOON };
  const found = await runsOf(situation, claim);
  if (found.length > 0) return verified(situation, claimed, base, found.length === 1 ? (found[0] as RunSeen).id : null);
  const tag = await github.tag(claim.tag);
  if (tag?.sha !== claim.sha) return refused(situation, claimed, tagMovedText(claim.tag, claim.sha, tag?.sha ?? null));
  const dispatched = await deploys.dispatch({ workflow: claim.workflow, ref: `refs/tags/${claim.tag}`, inputs: claim.inputs });
  if (dispatched.result === 'refused') return refused(situation, claimed, notStartedText(claim, `GitHub says: ${dispatched.says}`));
  if (dispatched.run !== null) return verified(situation, claimed, base, dispatched.run);
  const run = await runsOf(situation, claim);
  return verified(situation, claimed, base, run.length === 1 ? (run[0] as RunSeen).id : null);
}

/** Runs that may be the claim's, and are nobody else's. */
export async function runsOf({ deploys, notes, repository, self }: Situation, claim: Claim): Promise<readonly RunSeen[]> {
  const seen = await deploys.dispatchedRuns(claim.workflow, soughtSince(claim));
  // Not to see whether it was started already is no reason to start it again.
  if (!seen.known) throw new GitHubProblem('unavailable', `The runs of ${claim.workflow} could not be seen: ${seen.why}`);
  const others = (await readClaims(notes, repository)).flatMap((one) => (one.claim.token === claim.token ? [] : (one.claim.run ?? [])));
  if (claim.instead?.run != null) others.push(claim.instead.run);
  const own: RunSeen[] = [];
  for (const run of seen.value) {
    if (mayBeOf(claim, run, self) && !others.includes(run.id) && !(await isSpent(notes, repository, run.id))) own.push(run);
  }
  return own;
}

/** Another claim has started the same workflow and does not know its run yet; for how long that is waited for. */
async function isAnotherSought({ notes, repository, now }: Situation, claim: Claim): Promise<boolean> {
  return (await readClaims(notes, repository)).some(({ claim: other }) => {
    const same = other.token !== claim.token && other.workflow === claim.workflow;
    return same && other.run === null && other.sent !== null && now - Date.parse(other.sent) < MAKES_WAY;
  });
}

/** `instead`: with the run that was stopped. */
type Way = { readonly instead: Claim; readonly notes: readonly NoteWrite[] } | 'later' | { readonly says: string };

/** What has not begun there is stopped; what has begun meanwhile, or was let in before a release that came after it, is not. */
async function makeWay(situation: Situation, { claim, taken }: Claimed, instead: Claim, base: string): Promise<Way> {
  const { gates, now, notes, repository } = situation;
  const before = await withRun(situation, instead);
  if (before === null) return { instead, notes: [] };
  const { run, environment } = before;
  if (run === null) return { says: begunText(before, 'begun', base) };
  const [seen, deployed] = [await gates.run(run), await deployedIn(situation, memoryIn(notes, repository, now).memory, environment)];
  if (!seen.known || !deployed.known) throw new GitHubProblem('unavailable', `Run ${run}, which is to make way, could not be seen.`);
  if (deployed.value.deployments.some((one) => one.run === run && hasBegun(one))) return { says: begunText(before, 'begun', base) };
  if (seen.value === null || seen.value.status === 'completed') {
    // What the policy began was commanded nowhere, and is talked about where its release is.
    return { instead: before, notes: await sayIfTaken(situation, before, endMark(before.token), madeWayText(before, claim, base)) };
  }
  if (claim.kind === 'deploy' && (await wasClaimLetIn(situation, before))) return { says: begunText(before, 'let-in', base) };
  if (now - (taken ?? Date.parse(claim.at)) > MAKES_WAY) return { says: `Run ${run} was to make way for it, and has not ended.` };
  const says =
    claim.kind === 'rollback'
      ? `It makes way for a rollback of ${environment} to ${claim.tag}.`
      : `${claim.tag} takes its place in ${environment}, as ${'login' in claim.by ? claim.by.login : 'the policy'} asked.`;
  const stopped = await stopRun(situation, { run, environment, says });
  return stopped.stopped ? 'later' : { says: `Run ${run} was to make way for it, and GitHub did not stop it: ${stopped.says}` };
}

/** As it was when its turn was taken; whoever was stopped in the middle of starting it may have started it. Null: nobody has. */
async function withRun(situation: Situation, claim: Claim): Promise<Claim | null> {
  if (claim.run !== null || claim.sent !== null) return claim;
  const [found] = (await runsOf(situation, claim)).filter((one) => one.headSha === claim.sha);
  return found === undefined ? null : { ...claim, run: found.id };
}

/** Its end may have come while the turn was another's. */
function givenBack(situation: Situation, claimed: Claimed, why: string): Started {
  const { repository, home, now } = situation;
  const { instead } = claimed.claim;
  const back = instead === null ? freedNotes(repository, claimed) : [claimNote(repository, instead, claimed)];
  const look = { kind: 'follow', home, environment: claimed.claim.environment, run: instead?.run ?? null, deployment: null } as const;
  const tasks = instead === null ? [] : tasksOf([look], { now, delivery: null });
  return { state: 'refused', says: why, outcome: { notes: back, entries: [], tasks } };
}

/** S-07: what GitHub made of the tag. */
async function verified(situation: Situation, claimed: Claimed, base: string, run: number | null): Promise<Started> {
  const { gates, repository } = situation;
  const { claim } = claimed;
  if (run === null) return started(situation, claimed, null, base);
  const seen = await gates.run(run);
  if (!seen.known) throw new GitHubProblem('unavailable', `Run ${run}, which deploys ${claim.tag}, could not be seen: ${seen.why}`);
  if (seen.value !== null && seen.value.headSha !== claim.sha) {
    const says = tagMovedText(claim.tag, claim.sha, seen.value.headSha);
    await stopRun(situation, { run, environment: claim.environment, says });
    const end = refused(situation, claimed, `${says} Run ${run}, which was of the other commit, was stopped.`);
    return end.state === 'later'
      ? end
      : { ...end, outcome: { ...end.outcome, notes: [...end.outcome.notes, ...spentNotes(repository, { ...claim, run })] } };
  }
  return started(situation, claimed, run, base);
}

/** Rejected at its gate where it waits there, and cancelled either way; false: GitHub would not. */
export async function stopRun(
  { gates, deploys }: Situation,
  { run, environment, says }: { readonly run: number; readonly environment: string; readonly says: string },
): Promise<{ readonly stopped: boolean; readonly says: string }> {
  const pending = await gates.pendingDeployments(run);
  const waits = pending.known ? pending.value.find((one) => one.environment.name.toLowerCase() === environment.toLowerCase()) : undefined;
  if (waits !== undefined) await gates.answer({ run, environment: waits.environment.name, state: 'rejected', comment: says });
  const cancelled = await deploys.cancel(run);
  return { stopped: cancelled.result !== 'refused' || waits !== undefined, says: cancelled.says };
}

function started(situation: Situation, claimed: Claimed, run: number | null, base: string): Started {
  const { repository, now, home, self } = situation;
  const at = new Date(now).toISOString();
  const claim: Claim = { ...claimed.claim, run, sent: claimed.claim.sent ?? at };
  const { comment, issue, kind, by, environment, sha, tag } = claim;
  const actor = 'app' in by ? { app: self.slug } : by;
  const event: RecordedEvent = {
    what: kind,
    at,
    home,
    actor,
    environment,
    sha,
    release: tag,
    run: run === null ? null : { id: run, attempt: 1 },
    ...(comment === null ? {} : { comment }),
    ...(issue === null ? {} : { issue }),
    ...('app' in by ? { reason: claim.why ?? 'promote: auto' } : {}),
  };
  const entries = [recordDecision(repository, event), ...madeWay(situation, claim, at)];
  return {
    state: 'started',
    says: startedText(claim, base),
    outcome: {
      notes: [
        claimNote(repository, claim, claimed),
        commitNote(repository, claim),
        ...spentNotes(repository, claim.instead),
        ...entries.flatMap((one) => one.texts),
      ],
      entries,
      tasks: [...followTasks(situation, claim)],
    },
  };
}

function madeWay({ repository, home, self }: Situation, { instead, by, kind, tag: next }: Claim, at: string): readonly RecordedEntry[] {
  if (instead === null || instead.run === null) return [];
  const { environment, sha, tag, run } = instead;
  const actor = 'app' in by ? { app: self.slug } : by;
  const where = { environment, sha, release: tag, run: { id: run, attempt: 1 } };
  const reason = kind === 'rollback' ? 'made way for a rollback' : `made way for ${next}`;
  return [recordDecision(repository, { what: 'deployment', at, home, actor, ...where, state: 'cancelled', reason })];
}

/** What GitHub does not tell, or tells to nobody, is asked for. */
export function followTasks({ home, now }: Pick<Situation, 'home' | 'now'>, { environment, run, token }: Claim): readonly NewTask[] {
  const errand = { kind: 'follow', home, environment, run: null, deployment: null } as const;
  const [task] = tasksOf([errand], { now, delivery: null }) as [NewTask];
  const timer = { ...task, unique: `${task.unique}/${token}/news`, runAt: now + NEWS };
  return run === null ? [{ ...task, unique: `${task.unique}/${token}/run`, runAt: now + SOON }, timer] : [timer];
}

function refused({ repository }: Situation, claimed: Claimed, says: string): Started {
  return { state: 'refused', says, outcome: { notes: [...freedNotes(repository, claimed)], entries: [], tasks: [] } };
}

/** Where addresses of the repository begin. */
export function baseOf({ repository: { host, owner, name } }: Pick<Scene, 'repository'>): string {
  return `https://${host}/${owner}/${name}`;
}

export type Declared = { readonly inputs: readonly string[] } | { readonly why: 'missing' | 'not-dispatched' | string };

/** Inputs that the workflow declares as of that commit. */
export async function declaredInputs({ github }: Pick<Situation, 'github'>, workflow: string, sha: string): Promise<Declared> {
  const path = `.github/workflows/${workflow}`;
  const text = (await github.files(sha, [path])).get(path) ?? null;
  if (text === null) return { why: 'missing' };
  const read = workflowOf({ path, text, state: null });
  if ('problem' in read) return { why: read.problem };
  return read.dispatch === null ? { why: 'not-dispatched' } : { inputs: Object.keys(read.dispatch) };
}
