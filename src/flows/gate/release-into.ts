// A release as one environment gets it: with everything that is on the way to it there. A small release on top of a large one that was never
// let in brings the large one along, and so does one whose range a tag that came in between makes short.

import { isBelieved } from '../../core/deployer.ts';
import { isStepOn } from '../../core/deployment.ts';
import type { DeploymentFact } from '../../core/gate/facts.ts';
import { detectTagTemplate, readTags } from '../../core/tag.ts';
import { GitHubProblem, type Observed, type RangeSeen } from '../github-port.ts';
import { type Deployments, stoodHere } from './observe-deployments.ts';
import type { GateLook } from './observe-gate.ts';
import { carriedBy, mergesOf, peopleIn, type ReleaseRead } from './release-of.ts';

/** Versions that stood there, the newest first, of which one is looked for in the commit's history: lines may take turns in an environment. */
const TRIES = 5;
const MINUTES = 10;
const INTO = 'into';

/** What is read of the range since what stood there; `pulls` and the like as of a release. */
type Since = Pick<ReleaseRead, 'occasion' | 'pulls' | 'byPulls' | 'commits' | 'people'>;

/** `base` is what stood there, where that is what it is compared with; what it is alone stays where nothing stood there, or this very commit. */
export async function releaseInto(look: GateLook, read: Observed<ReleaseRead>, here: Deployments): Promise<Observed<ReleaseRead>> {
  if (!read.known) return read;
  const { facts } = here;
  // Where it cannot be seen what is there, it cannot be told what comes along.
  if (!facts.known) return { known: true, value: { ...read.value, occasion: null } };
  try {
    const into = await intoFrom(look, read.value, facts.value, here);
    return { known: true, value: await withDoubt(look, into, facts.value) };
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind !== 'rate-limited' && error.kind !== 'unauthorised') {
      return { known: false, why: error.message };
    }
    throw error;
  }
}

async function intoFrom(
  look: GateLook,
  own: ReleaseRead,
  here: readonly DeploymentFact[],
  { isProven, whole }: Deployments,
): Promise<ReleaseRead> {
  let tries = 0;
  let unclear = !whole;
  for (const { sha, proven } of commitsOf(here, look.gate.deployers)) {
    if (tries === TRIES) break;
    if (!proven && !(await isProven(sha))) {
      unclear = true;
      continue;
    }
    tries += 1;
    if (sha === look.sha || sha === own.base?.sha) return own;
    const { since } = await readSince(look, sha, look.sha);
    if (since === null) continue;
    // A release that is partly there already stays what it is.
    const occasion = strongest(own.occasion, since.occasion);
    if (since.commits <= own.commits) return { ...own, occasion };
    const { people: _, ...rest } = own;
    return { ...rest, ...since, occasion, base: { tag: sha.slice(0, 7), sha } };
  }
  return tries === 0 && !unclear ? own : { ...own, occasion: null };
}

/** What was posted by hand proves nothing and may be true: then more comes along than since what is proven to stand there. */
async function withDoubt(look: GateLook, into: ReleaseRead, here: readonly DeploymentFact[]): Promise<ReleaseRead> {
  const [newest] = commitsOf(here, look.gate.deployers, true);
  if (newest === undefined || newest.proven || newest.sha === look.sha || newest.sha === into.base?.sha) return into;
  const { since } = await readSince(look, newest.sha, `${look.sha} by hand`);
  return { ...into, occasion: since === null ? null : strongest(into.occasion, since.occasion) };
}

interface Stood {
  readonly sha: string;
  /** False: somebody says so, and it is not made sure of. */
  readonly proven: boolean;
}

/** Commits that are said to have succeeded here, by their last success, the newest first; `byHand`: those too that are known to prove nothing. */
function commitsOf(here: readonly DeploymentFact[], deployers: readonly string[] = [], byHand = false): readonly Stood[] {
  const said = here.filter(({ by }) => byHand || by === null || isBelieved(by, deployers));
  const proven = new Set(stoodHere(here, deployers).map(({ sha }) => sha));
  // As of nobody who posted them: in what order they are said to have succeeded.
  const shas = stoodHere(said.map(({ by: _, ...one }) => one)).map(({ sha }) => sha);
  return [...new Set(shas)].map((sha) => ({ sha, proven: proven.has(sha) }));
}

/**
 * Whether a commit comes before the one that stands there, so that to deploy it is a step back: by their history, and by their versions where
 * neither is in the other's.
 */
export async function isBehind(look: GateLook, stands: string): Promise<boolean> {
  try {
    const { since, behind } = await readSince(look, stands, look.sha);
    if (since !== null || behind) return behind;
  } catch (error) {
    if (!(error instanceof GitHubProblem) || error.kind === 'rate-limited' || error.kind === 'unauthorised') throw error;
    return false;
  }
  const [own, there] = [versionOf(look, look.sha), versionOf(look, stands)];
  return own !== null && there !== null && own !== there && isStepOn(own, { version: there }) === false;
}

/** The highest one on a commit. */
function versionOf({ scene, policy }: GateLook, sha: string): string | null {
  const templates = policy.release.tag === null ? detectTagTemplate(scene.tags).read : [policy.release.tag];
  const versions = readTags(scene.tags, templates).filter(({ tag }) => tag.sha === sha);
  return versions
    .map(({ version }) => version)
    .reduce<string | null>((high, one) => (high === null || isStepOn(one, { version: high }) ? one : high), null);
}

interface Order {
  /** Null: the commit does not come after it, or GitHub has it no more. */
  readonly since: Since | null;
  /** True where it comes before it. */
  readonly behind: boolean;
}

/** `slot`: where it is remembered. */
async function readSince(look: GateLook, since: string, slot: string): Promise<Order> {
  const { github, memory, sha, scene } = look;
  const mark = `${scene.policy?.blob ?? ''} ${since}`;
  const before = await memory.recall<Order & { mark: string }>(INTO, slot, MINUTES);
  if (before?.mark === mark && typeof before.behind === 'boolean') return before;
  // By a tag it is one query; by a commit alone it is two reads.
  const tag = scene.tags.find((one) => one.sha === since);
  const range = await rangeOf(github, tag === undefined ? since : `refs/tags/${tag.name}`, sha);
  const read = range?.baseIsAncestor === true ? sinceOf(range, look) : null;
  const order = { since: read, behind: range !== null && !range.baseIsAncestor && range.commits.length === 0 };
  memory.remember(INTO, slot, { mark, ...order });
  return order;
}

async function rangeOf(github: GateLook['github'], since: string, sha: string): Promise<RangeSeen | null> {
  try {
    return await github.range(since, sha, false);
  } catch (error) {
    if (error instanceof GitHubProblem && (error.kind === 'not-found' || error.kind === 'refused')) return null;
    throw error;
  }
}

function sinceOf(range: RangeSeen, look: GateLook): Since {
  const { occasion, pulls, byPulls } = carriedBy(range, look);
  return { occasion, pulls: mergesOf(pulls), byPulls, commits: range.commits.length, ...peopleIn(range) };
}

/** Of two parts of one deployment. What is not known may be anything but less than what is breaking. */
function strongest(one: ReleaseRead['occasion'], other: ReleaseRead['occasion']): ReleaseRead['occasion'] {
  const both = [one, other];
  if (both.includes('breaking')) return 'breaking';
  if (both.includes(null)) return null;
  return both.includes('feature') ? 'feature' : both.includes('security') ? 'security' : 'maintenance';
}
