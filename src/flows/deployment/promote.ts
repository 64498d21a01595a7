// Environments that the policy fills by itself (`promote: auto`): a published release that is newer than what is there, and that has come
// through the environment before, is deployed as the App. Once for each commit and environment, and never while it is held or frozen.

import { promotedText, promotionMark, promotionWaitsText } from '../../core/answer/promote.ts';
import { type Claim, inputsFor, isStepOn } from '../../core/deployment.ts';
import type { PromoteErrand } from '../../core/errand.ts';
import { digestOf } from '../../core/fence.ts';
import type { Asks, Finding } from '../../core/gate/finding.ts';
import type { EnvironmentPolicy } from '../../core/policy/environment.ts';
import type { Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { isPrerelease } from '../../core/version.ts';
import type { Situation } from '../app-port.ts';
import { viewGate } from '../command/view-gate.ts';
import { type GateMemory, memoryIn } from '../gate/gate-memory.ts';
import { promotionNote } from '../gate/gate-notes.ts';
import { threadOf } from '../gate/keep-thread.ts';
import { GitHubProblem, type Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { policyProblemLines } from '../policy-problem.ts';
import type { NewTask, NotesPort, NoteWrite, Outcome } from '../store-port.ts';
import { claimNote, readClaim } from './claim.ts';
import { sayIfTaken, sayOnce } from './say-once.ts';
import { baseOf, declaredInputs, startDeployment } from './start-deployment.ts';
import { allVersionTags, deployedIn, type VersionTag, versionAt } from './what-is-where.ts';

const PROMOTED = 'promoted';

export async function promote(situation: Situation, errand: PromoteErrand): Promise<Outcome> {
  const { github, notes, repository, now } = situation;
  const scene = await github.scene({ releaseBranch });
  const policy = await policyIn(situation, scene);
  const autos = Object.entries(policy?.environments ?? {}).filter(([, one]) => one.promote === 'auto' && one.deploy !== undefined);
  if (policy === null || autos.length === 0) return {};
  const tags = await allVersionTags(situation, scene, policy);
  const { memory, writes } = memoryIn(notes, repository, now);
  const outcomes: Outcome[] = [];
  for (const [environment, entry] of autos) {
    outcomes.push(await promoteTo({ situation, errand, scene, policy, tags, memory, environment, entry }));
  }
  return {
    notes: [...writes(), ...outcomes.flatMap((one) => one.notes ?? [])],
    tasks: outcomes.flatMap((one) => one.tasks ?? []),
    entries: outcomes.flatMap((one) => one.entries ?? []),
  };
}

async function policyIn({ readPolicy }: Situation, scene: Scene): Promise<Policy | null> {
  if (scene.policy === null) return null;
  try {
    return await readPolicy(scene.policy.text);
  } catch (error) {
    // By a policy that cannot be used nothing goes on by itself.
    if (policyProblemLines(error) === null) throw error;
    return null;
  }
}

interface Promotion {
  readonly situation: Situation;
  readonly errand: PromoteErrand;
  readonly scene: Scene;
  readonly policy: Policy;
  readonly tags: readonly VersionTag[];
  readonly memory: GateMemory;
  readonly environment: string;
  readonly entry: EnvironmentPolicy;
}

async function promoteTo(promotion: Promotion): Promise<Outcome> {
  const { situation, environment, tags } = promotion;
  const { notes, repository } = situation;
  const claimed = await readClaim(notes, repository, environment);
  if (claimed !== null) return claimed.claim.token === tokenOf(environment, claimed.claim.sha) ? go(promotion, claimed) : {};
  const found = await candidateOf(promotion);
  const none: Outcome = { notes: [promotionNote(repository, environment, null)] };
  if (found === null || (await isDone(notes, repository, environment, found.tag.sha))) return none;
  const { sha } = found.tag;
  const there = await seen(promotion, environment);
  // Whoever has begun it by hand goes on with it by hand.
  if (there.deployments.some((one) => one.sha === sha)) return none;
  const current = there.current === null ? null : { version: versionAt(tags, there.current.sha)?.version ?? null };
  if (isStepOn(found.version, current) !== true || !(await isPublished(promotion, found))) return none;
  const { after } = promotion.entry;
  if (after !== undefined) {
    const open = (await findingsOf(promotion, after, found)).filter(({ asks, verdict }) => verdict !== 'met' && !OF_THE_WAY_IN.has(asks));
    // What opens it is an event, and whoever looks at gates again looks at this, too.
    if (open.length > 0) return waits(promotion, found, open);
  }
  const stops = (await findingsOf(promotion, environment, found)).filter(({ asks, verdict }) => verdict !== 'met' && STOPS.has(asks));
  if (stops.length > 0) return saysThatItWaits(promotion, found, stops);
  return takes(promotion, found);
}

/** Whether a commit may have come in, and not how it fares there. */
const OF_THE_WAY_IN: ReadonlySet<Asks> = new Set(['after', 'soak', 'windows', 'freeze', 'hold', 'rollback']);
const STOPS: ReadonlySet<Asks> = new Set(['freeze', 'hold']);

/** What the environment before has; where nothing comes before, the newest release. */
async function candidateOf(promotion: Promotion): Promise<VersionTag | null> {
  const { entry, scene, tags } = promotion;
  if (entry.after === undefined) {
    const out = tags.filter(
      ({ tag, version }) => !isPrerelease(version) && scene.releases.some((one) => !one.draft && one.tag === tag.name),
    );
    return out[0] ?? null;
  }
  const { current } = await seen(promotion, entry.after);
  return current === null ? null : versionAt(tags, current.sha);
}

async function seen({ situation, memory, policy }: Promotion, environment: string) {
  const deployed = await deployedIn(situation, memory, environment, policy.deployers);
  if (!deployed.known) throw new GitHubProblem('unavailable', `What was deployed to ${environment} could not be seen: ${deployed.why}`);
  return deployed.value;
}

async function isPublished({ situation, scene }: Promotion, { tag }: VersionTag): Promise<boolean> {
  const { github } = situation;
  const now = await github.tag(tag.name);
  // A tag that has moved meanwhile is looked at when somebody tells of it.
  if (now?.sha !== tag.sha) return false;
  return scene.releases.some((one) => !one.draft && one.tag === tag.name) || (await github.release(tag.name)) !== null;
}

async function findingsOf(promotion: Promotion, environment: string, { tag }: VersionTag): Promise<readonly Finding[]> {
  const { situation, policy, scene, memory } = promotion;
  const spot = { environment, sha: tag.sha, version: tag.name, run: null };
  return (await viewGate({ situation, policy }, { spot, waiting: null, scene, memory })).decision.findings;
}

function waits({ situation, environment }: Promotion, { tag }: VersionTag, open: readonly Finding[]): Outcome {
  const { repository, home, now } = situation;
  const opens = open.map(({ opensAt }) => Date.parse(opensAt ?? '')).filter((at) => at > now);
  const timer = tasksOf([{ kind: 'promote', home }], { now, delivery: null }).map((task): NewTask => {
    return { ...task, unique: `${task.unique}/${environment.toLowerCase()}`, runAt: Math.min(...opens) };
  });
  return { notes: [promotionNote(repository, environment, tag.sha)], tasks: opens.length === 0 ? [] : timer };
}

async function saysThatItWaits(promotion: Promotion, found: VersionTag, stops: readonly Finding[]): Promise<Outcome> {
  const { situation, environment } = promotion;
  const { name: tag, sha } = found.tag;
  const promoted = { environment, tag, sha };
  const mark = promotionMark(promoted, digestOf(JSON.stringify(stops.map(({ code, requirement, says }) => [code, requirement, says]))));
  const thread = await threadOf(situation, sha);
  await sayOnce(situation, thread.issue, mark, promotionWaitsText(mark, promoted, stops));
  const outcome = waits(promotion, found, stops);
  return { ...outcome, notes: [...(outcome.notes ?? []), ...thread.notes] };
}

/** Its turn is taken; GitHub is asked once that stands in the store. */
async function takes({ situation, environment, entry }: Promotion, { tag, version }: VersionTag): Promise<Outcome> {
  const { repository, home, now, self } = situation;
  const { name, sha } = tag;
  const workflow = entry.deploy ?? '';
  const declared = await declaredInputs(situation, workflow, sha);
  // A release from before the workflow has none to start, and nobody has asked for it.
  if ('why' in declared) return { notes: [promotionNote(repository, environment, null)] };
  const claim: Claim = {
    token: tokenOf(environment, sha),
    kind: 'deploy',
    environment,
    sha,
    tag: name,
    version,
    workflow,
    inputs: inputsFor(declared.inputs, { environment, version, sha }),
    by: { app: self.slug },
    at: new Date(now).toISOString(),
    comment: null,
    issue: null,
    sent: null,
    run: null,
    instead: null,
    from: null,
  };
  return {
    notes: [claimNote(repository, claim, null), promotedNote(repository, environment, sha), promotionNote(repository, environment, null)],
    tasks: tasksOf([{ kind: 'promote', home }], { now, delivery: null }),
  };
}

async function go({ situation, scene }: Promotion, claimed: NonNullable<Awaited<ReturnType<typeof readClaim>>>): Promise<Outcome> {
  const { home, now } = situation;
  const { claim } = claimed;
  if (claim.sent !== null) return {};
  const started = await startDeployment(situation, claimed, baseOf(scene));
  if (started.state === 'later')
    return { tasks: tasksOf([{ kind: 'promote', home }], { now, delivery: null }).map((task) => ({ ...task, runAt: started.at })) };
  const mark = promotionMark(claim, started.state);
  const told = await sayIfTaken(situation, claim, mark, promotedText(mark, started.says));
  return { ...started.outcome, notes: [...started.outcome.notes, ...told] };
}

function tokenOf(environment: string, sha: string): string {
  return `promote ${environment.toLowerCase()} ${sha}`;
}

async function isDone(notes: NotesPort, repository: string, environment: string, sha: string): Promise<boolean> {
  return (await notes.note(repository, PROMOTED, `${environment.toLowerCase()} ${sha}`)) !== null;
}

function promotedNote(repository: string, environment: string, sha: string): NoteWrite {
  return { repository, kind: PROMOTED, name: `${environment.toLowerCase()} ${sha}`, body: true };
}
