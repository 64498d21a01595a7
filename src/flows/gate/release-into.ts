// A release as one environment gets it: with everything that is on the way to it there. A small release on top of a large one that was never
// let in brings the large one along, and so does one whose range a tag that came in between makes short.

import type { DeploymentFact } from '../../core/gate/facts.ts';
import { GitHubProblem, type Observed, type RangeSeen } from '../github-port.ts';
import type { GateLook } from './observe-gate.ts';
import { carriedBy, mergesOf, type ReleaseRead } from './release-of.ts';

/** Versions that stood there, the newest first, of which one is looked for in the commit's history: lines may take turns in an environment. */
const TRIES = 5;
const MINUTES = 10;
const INTO = 'into';

/** What is read of the range since what stood there; `pulls` and the like as of a release. */
type Since = Pick<ReleaseRead, 'occasion' | 'pulls' | 'byPulls' | 'commits'>;

/** `base` is what stood there, where that is what it is compared with; what it is alone stays where nothing stood there, or this very commit. */
export async function releaseInto(
  look: GateLook,
  read: Observed<ReleaseRead>,
  here: Observed<readonly DeploymentFact[]>,
): Promise<Observed<ReleaseRead>> {
  if (!read.known) return read;
  try {
    return { known: true, value: await intoFrom(look, read.value, here) };
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind !== 'rate-limited' && error.kind !== 'unauthorised') {
      return { known: false, why: error.message };
    }
    throw error;
  }
}

async function intoFrom(look: GateLook, own: ReleaseRead, here: Observed<readonly DeploymentFact[]>): Promise<ReleaseRead> {
  // Where it cannot be seen what is there, it cannot be told what comes along.
  if (!here.known) return { ...own, occasion: null };
  const stood = stoodHere(here.value);
  if (stood.length === 0 || stood.includes(look.sha) || stood[0] === own.base?.sha) return own;
  for (const sha of stood.slice(0, TRIES)) {
    if (sha === own.base?.sha) return own;
    const since = await readSince(look, sha);
    if (since === null) continue;
    // A release that is partly there already stays what it is.
    const occasion = strongest(own.occasion, since.occasion);
    if (since.commits <= own.commits) return { ...own, occasion };
    const { pulls, byPulls, commits } = since;
    return { ...own, occasion, pulls, byPulls, commits, base: { tag: sha.slice(0, 7), sha } };
  }
  return { ...own, occasion: null };
}

/** Commits that succeeded here, by their last success, the newest first. */
function stoodHere(here: readonly DeploymentFact[]): readonly string[] {
  const stood = here.filter((one) => typeof one.succeededAt === 'string');
  stood.sort((a, b) => Date.parse(b.succeededAt ?? '') - Date.parse(a.succeededAt ?? '') || b.id - a.id);
  return [...new Set(stood.map((one) => one.sha))];
}

/** Null: the commit does not come after it, or GitHub has it no more. */
async function readSince(look: GateLook, since: string): Promise<Since | null> {
  const { github, memory, sha, scene } = look;
  const mark = `${scene.policy?.blob ?? ''} ${since}`;
  const before = await memory.recall<{ mark: string; since: Since | null }>(INTO, sha, MINUTES);
  if (before?.mark === mark) return before.since;
  const range = await rangeOf(github, since, sha);
  const read = range?.baseIsAncestor === true ? sinceOf(range, look) : null;
  memory.remember(INTO, sha, { mark, since: read });
  return read;
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
  return { occasion, pulls: mergesOf(pulls), byPulls, commits: range.commits.length };
}

/** Of two parts of one deployment. What is not known may be anything but less than what is breaking. */
function strongest(one: ReleaseRead['occasion'], other: ReleaseRead['occasion']): ReleaseRead['occasion'] {
  const both = [one, other];
  if (both.includes('breaking')) return 'breaking';
  if (both.includes(null)) return null;
  return both.includes('feature') ? 'feature' : both.includes('security') ? 'security' : 'maintenance';
}
