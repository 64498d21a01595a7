// `/rollback`: back to what succeeded in the environment before, through the gate. Proof that it was there is asked of GitHub, and over a
// change that is marked `rollback: unsafe` there is no way back without an administrator's override (docs/decisions/0010-rollbacks.md).

import { noWorkflowText, unseenDeploymentsText } from '../../core/answer/deploy.ts';
import { quotedName } from '../../core/answer/gate.ts';
import {
  type NoWayBack,
  neverThereText,
  noneBeforeText,
  nothingThereText,
  noWayBackText,
  thereAlreadyText,
  untaggedText,
} from '../../core/answer/rollback.ts';
import { leftBehind, saysUnsafe, successesOf, UNSAFE_LABEL } from '../../core/deployment.ts';
import { instantOf } from '../../core/gate/clock.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { readClaim } from '../deployment/claim.ts';
import { allVersionTags, type Deployed, deployedIn, provenBefore, type VersionTag, versionAt } from '../deployment/what-is-where.ts';
import { memoryIn } from '../gate/gate-memory.ts';
import { readWaivers } from '../gate/gate-notes.ts';
import { GitHubProblem, type Scene } from '../github-port.ts';
import { POLICY_FILE } from '../policy-problem.ts';
import type { Json, NotesPort, NoteWrite } from '../store-port.ts';
import { type Answer, type Ask, hasLabel, refused, spelled } from './answer.ts';
import { begin, take, tokenOf } from './deploy.ts';
import { environmentNamed } from './gate-subject.ts';
import { inTheWayBack } from './in-the-way.ts';
import { named, pinned, type ReleaseChoice } from './which-release.ts';

export async function rollback(ask: Ask): Promise<Answer> {
  const { situation, call, policy } = ask;
  const { github, notes, repository, now } = situation;
  const name = await environmentNamed(ask, call.arguments.environment ?? '');
  if ('says' in name) return refused(name.says);
  const { environment } = name;
  const entry = environmentOf(policy, environment);
  if (entry?.deploy === undefined) return refused(noWorkflowText(environment, entry !== null, POLICY_FILE));
  const scene = await github.scene({ releaseBranch });
  const before = await readClaim(notes, repository, environment);
  if (before?.claim.token === tokenOf(ask, environment)) return begin(ask, before, scene);
  const { memory, writes } = memoryIn(notes, repository, now);
  const deployed = await deployedIn(situation, memory, environment, policy.deployers);
  if (!deployed.known) return refused(unseenDeploymentsText(environment, deployed.why));
  const way = await wayBack(ask, { environment, scene, deployed: deployed.value });
  if ('says' in way) return { ...refused(way.says), ...(way.notes === undefined ? {} : { notes: way.notes }) };
  const stands = before === null ? null : inTheWayBack(ask, { before, deployed: deployed.value, scene });
  if (stands !== null) return stands;
  return take(ask, { environment, workflow: entry.deploy, release: way.release, kind: 'rollback', from: way.from, before, writes });
}

interface Sought {
  readonly environment: string;
  readonly scene: Scene;
  readonly deployed: Deployed;
}

interface Release {
  readonly tag: string | null;
  readonly sha: string;
}

type Way = { readonly release: ReleaseChoice; readonly from: Release } | { readonly says: string; readonly notes?: readonly NoteWrite[] };

async function wayBack(ask: Ask, { environment, scene, deployed }: Sought): Promise<Way> {
  const { situation, call, policy } = ask;
  const tags = await allVersionTags(situation, scene, policy);
  const left = leftBehind(deployed);
  if (left === null) return { says: nothingThereText(environment) };
  const from = { tag: versionAt(tags, left.sha)?.tag.name ?? null, sha: left.sha };
  const command = spelled(ask, `rollback ${quotedName(environment)}`);
  const { version } = call.arguments;
  const target =
    version === undefined
      ? await lastGood({ environment, tags, deployed, from, command })
      : await wanted({ ask, environment, scene, tags, deployed, from, version });
  if ('says' in target) return target;
  const found = await pinned(ask, scene, target);
  if ('says' in found) return found;
  const { release } = found;
  const no = await noWayBack(ask, { environment, from, to: release });
  if (no === null || (await isWaived(ask, no))) return { release, from };
  const override = spelled(ask, `override ${quotedName(environment)} REASON`);
  const again = version === undefined ? command : `${command} ${version}`;
  return { says: noWayBackText(no, override, again), notes: [unsafeNote(situation.repository, no, ask.errand.at)] };
}

async function lastGood({
  environment,
  tags,
  deployed,
  from,
  command,
}: {
  environment: string;
  tags: readonly VersionTag[];
  deployed: Deployed;
  from: Release;
  command: string;
}): Promise<VersionTag | { says: string }> {
  const good = await provenBefore(deployed, from.sha);
  if (good === null) return { says: noneBeforeText(environment, from, command) };
  return versionAt(tags, good.sha) ?? { says: untaggedText(environment, good.sha, command) };
}

interface Wanted {
  readonly ask: Ask;
  readonly environment: string;
  readonly scene: Scene;
  readonly tags: readonly VersionTag[];
  readonly deployed: Deployed;
  readonly from: Release;
  readonly version: string;
}

async function wanted({ ask, environment, scene, tags, deployed, from, version }: Wanted): Promise<VersionTag | { says: string }> {
  const found = named(ask, scene, tags, version);
  if ('says' in found) return found;
  const { sha, name } = found.tag;
  const release = { tag: name, sha };
  if (sha === from.sha) return { says: thereAlreadyText(environment, release) };
  const stood = successesOf(deployed.deployments);
  if (stood.some((one) => one.sha === sha) && (await deployed.isProven(sha))) return found;
  const known = stood.flatMap((one) => (one.sha === from.sha || one.sha === sha ? [] : (versionAt(tags, one.sha)?.tag.name ?? [])));
  const hand = deployed.byHand.find((one) => one.sha === sha);
  return { says: neverThereText(environment, release, [...new Set(known)], hand === undefined ? null : (hand.by?.login ?? '')) };
}

/** Null: nothing on the way says that there is none. */
export async function noWayBack(
  { situation }: Pick<Ask, 'situation'>,
  way: Pick<NoWayBack, 'environment' | 'from' | 'to'>,
): Promise<NoWayBack | null> {
  const { github } = situation;
  try {
    const range = await github.range(way.to.sha, way.from.sha, false);
    const marked = range.commits.flatMap(({ commit, pulls }) => {
      const pull = pulls.find((one) => one.state === 'merged' && hasLabel(one, UNSAFE_LABEL));
      return pull !== undefined || saysUnsafe(commit.body) ? [{ pull: pull?.number ?? pulls[0]?.number ?? null, sha: commit.sha }] : [];
    });
    const unsafe = [...new Map(marked.map((one) => [one.pull ?? one.sha, one])).values()];
    if (unsafe.length > 0) return { ...way, unsafe, why: '' };
    const whole = (range.baseIsAncestor || range.commits.length === 0) && (range.unread ?? 0) === 0;
    return whole ? null : { ...way, unsafe: null, why: 'they are of two branches, and GitHub does not tell all that lies between them.' };
  } catch (error) {
    if (!(error instanceof GitHubProblem) || error.kind === 'rate-limited' || error.kind === 'unauthorised') throw error;
    return { ...way, unsafe: null, why: error.message };
  }
}

/** An override in this environment, of what is left or of what is gone back to. */
async function isWaived({ situation, errand }: Ask, { environment, from, to }: NoWayBack): Promise<boolean> {
  const { notes, repository } = situation;
  const said = instantOf(errand.at) ?? situation.now;
  return (await readWaivers(notes, repository)).some((one) => {
    const here = one.environment.toLowerCase() === environment.toLowerCase() && (one.sha === from.sha || one.sha === to.sha);
    return (
      here && one.requirement === 'all' && (instantOf(one.at) ?? Number.POSITIVE_INFINITY) <= said && (instantOf(one.until) ?? 0) > said
    );
  });
}

const UNSAFE = 'unsafe-rollback';

/** A rollback that was refused: what an override may be for. */
function unsafeNote(repository: string, no: NoWayBack, at: string): NoteWrite {
  return { repository, kind: UNSAFE, name: no.environment.toLowerCase(), body: { ...no, at } as unknown as Json };
}

/** Refused lately in the environment; null: none was. */
export async function refusedRollback(notes: NotesPort, repository: string, environment: string, since: number): Promise<NoWayBack | null> {
  const body = ((await notes.note(repository, UNSAFE, environment.toLowerCase()))?.body ?? null) as (NoWayBack & { at: string }) | null;
  return body !== null && (instantOf(body.at) ?? 0) >= since ? body : null;
}
