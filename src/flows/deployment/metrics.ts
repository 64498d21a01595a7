// Reads what was deployed to a repository's environments, and what each deployment brought, and has the four keys worked out of it.

import { believedPart, byHandOf } from '../../core/deployer.ts';
import { readMessage } from '../../core/message.ts';
import type { DeploymentCourse } from '../../core/metrics/course.ts';
import { type CarriedChange, type EnvironmentMetrics, type MetricsRequest, measuredArrivals, metricsOf } from '../../core/metrics.ts';
import { nearest } from '../../core/nearest.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { DeploymentSeen, GatePort, Part } from '../gate-port.ts';
import { type GitHubPort, GitHubProblem, type Observed, type RangeCommit } from '../github-port.ts';

export interface MetricsEyes {
  readonly github: Pick<GitHubPort, 'scene' | 'range'>;
  readonly gates: Pick<GatePort, 'environments' | 'deployments'>;
  /** Which of the deployments a gate was overridden for; absent: nobody is there who could tell. */
  readonly overridden?: (environment: string, deployments: readonly DeploymentCourse[]) => Promise<MetricsRequest['overridden']>;
  /** Accounts whose word counts besides that of Apps, by the policy; asked for where somebody else has posted something. Absent: none. */
  readonly deployers?: () => Promise<readonly string[]>;
  /** What was read before; absent: nothing. */
  readonly memory?: LoadMemory;
  /** Ranges that are read at most besides; absent: 200. */
  readonly mostRanges?: number;
}

/** What a deployment brought never changes, so that whoever measures often reads it once. */
export interface LoadMemory {
  readonly get: (key: string) => readonly CarriedChange[] | undefined;
  readonly set: (key: string, load: readonly CarriedChange[]) => void;
}

export interface MetricsQuestion {
  /** Whatever its case; null: all that the repository has. */
  readonly environment: string | null;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

export interface Measured {
  readonly environments: readonly EnvironmentMetrics[];
  /** Newest tag of each commit that has one and failed. */
  readonly tags: ReadonlyMap<string, string>;
  readonly remarks: readonly string[];
}

const DAY = 86_400_000;
/** So much before the period is read at least, to know what stood there and what went back. */
const LOOKED_BACK = 90 * DAY;
const MOST_DEPLOYMENTS = 1_000;
const MOST_ENVIRONMENTS = 20;
/** A call or two each. */
const MOST_RANGES = 200;

/** Known: false where there is no such environment, or none could be seen. */
export async function measure(eyes: MetricsEyes, question: MetricsQuestion): Promise<Observed<Measured>> {
  const named = await environmentsOf(eyes, question.environment);
  if (!named.known) return named;
  const { names, remarks } = named.value;
  const environments = await measureEach(eyes, names, question);
  const failed = new Set(environments.flatMap(({ failures }) => failures.map(({ sha }) => sha)));
  return { known: true, value: { environments, tags: failed.size === 0 ? new Map() : await tagsOf(eyes, failed), remarks } };
}

/** Of environments that are known by name. */
export async function measureEach(
  eyes: MetricsEyes,
  names: readonly string[],
  period: Pick<MetricsQuestion, 'from' | 'to'>,
): Promise<readonly EnvironmentMetrics[]> {
  const ranges = rangeReader(eyes);
  const environments: EnvironmentMetrics[] = [];
  for (const name of names) environments.push(await measureOne(eyes, name, period, ranges));
  return environments;
}

async function environmentsOf(
  { gates }: MetricsEyes,
  wanted: string | null,
): Promise<Observed<{ readonly names: readonly string[]; readonly remarks: readonly string[] }>> {
  const seen = await gates.environments();
  if (!seen.known) return { known: false, why: `The environments could not be seen: ${seen.why}` };
  const names = seen.value.map(({ name }) => name);
  if (wanted === null) {
    const more = names.length - MOST_ENVIRONMENTS;
    const remarks = more > 0 ? [`${more} more environments were not looked at: ask for one of them with --environment.`] : [];
    if (names.length === 0) return { known: false, why: 'The repository has no environments, so nothing tells what was deployed.' };
    return { known: true, value: { names: names.slice(0, MOST_ENVIRONMENTS), remarks } };
  }
  const name = names.find((one) => one.toLowerCase() === wanted.toLowerCase());
  if (name !== undefined) return { known: true, value: { names: [name], remarks: [] } };
  const meant = nearest(wanted, names);
  const hint = meant === null ? `It has ${names.length === 0 ? 'none' : names.slice(0, 20).join(', ')}.` : `Did you mean ${meant}?`;
  return { known: false, why: `The repository has no environment ${wanted}. ${hint}` };
}

type RangeReader = (base: string, head: string) => Promise<Observed<readonly CarriedChange[]>>;

async function measureOne(
  eyes: MetricsEyes,
  environment: string,
  { from, to }: Pick<MetricsQuestion, 'from' | 'to'>,
  read: RangeReader,
): Promise<EnvironmentMetrics> {
  const since = new Date(from - Math.max(to - from, LOOKED_BACK)).toISOString();
  const told = await eyes.gates.deployments(environment, { since, limit: MOST_DEPLOYMENTS });
  const { seen, remarks } = await believed(eyes, told);
  const carried = new Map<number, Observed<readonly CarriedChange[]>>();
  // The newest first, so that what there is no time for is the oldest.
  for (const { id, sha, base } of seen.known ? measuredArrivals(seen.value.items, from, to).reverse() : []) {
    if (base === null) carried.set(id, { known: false, why: 'no deployment is known before the first, to tell what it brought.' });
    else if (base === sha) carried.set(id, { known: true, value: [] });
    else carried.set(id, await read(base, sha));
  }
  const overridden = (await eyes.overridden?.(environment, seen.known ? seen.value.items : [])) ?? {
    known: false,
    why: 'only the App’s record tells.',
  };
  const metrics = metricsOf({ environment, from, to, deployments: seen, carried, overridden });
  return remarks.length === 0 ? metrics : { ...metrics, remarks: [...metrics.remarks, ...remarks] };
}

/**
 * Without what somebody has posted by hand. Where GitHub's list leaves open whether it was a workflow's job it counts: these are figures, and
 * to make sure of each costs a call.
 */
async function believed(
  { deployers }: MetricsEyes,
  told: Observed<Part<DeploymentSeen>>,
): Promise<{ readonly seen: Observed<Part<DeploymentSeen>>; readonly remarks: readonly string[] }> {
  const isByHand = (named: readonly string[]) => (one: DeploymentSeen) => byHandOf(one, named) !== undefined;
  if (!told.known || !told.value.items.some(isByHand([]))) return { seen: told, remarks: [] };
  const named = (await deployers?.()) ?? [];
  const posted = told.value.items.filter(isByHand(named));
  const logins = [...new Set(posted.map((one) => byHandOf(one, named)?.login ?? 'nobody who is known'))].sort();
  const says = `${posted.length === 1 ? 'A deployment was' : `${posted.length} deployments were`} posted by hand (${logins.slice(0, 5).join(', ')}) and ${posted.length === 1 ? 'is' : 'are'} not counted; accounts that deploy for a machine are named in \`deployers\` of the policy.`;
  const items = told.value.items.map((one) => believedPart(one, named));
  return { seen: { known: true, value: { ...told.value, items } }, remarks: posted.length === 0 ? [] : [says] };
}

/** Environments that follow one another are brought the same, so that each range is read once. */
function rangeReader({ github, memory, mostRanges = MOST_RANGES }: MetricsEyes): RangeReader {
  const known = new Map<string, Observed<readonly CarriedChange[]>>();
  return async (base, head) => {
    const key = `${base}..${head}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const remembered = memory?.get(key);
    if (remembered !== undefined) return { known: true, value: remembered };
    const seen: Observed<readonly CarriedChange[]> =
      known.size >= mostRanges ? { known: false, why: `no more than ${mostRanges} are looked at.` } : await readLoad(github, base, head);
    known.set(key, seen);
    if (seen.known) memory?.set(key, seen.value);
    return seen;
  };
}

async function readLoad(github: MetricsEyes['github'], base: string, head: string): Promise<Observed<readonly CarriedChange[]>> {
  try {
    const { baseIsAncestor, commits } = await github.range(base, head, false);
    if (!baseIsAncestor) return { known: false, why: 'it does not follow from what was deployed before it, as another line does not.' };
    return { known: true, value: commits.flatMap((one) => carriedOf(one) ?? []) };
  } catch (error) {
    // A commit that is gone says nothing about the others; a token that is not taken does.
    if (error instanceof GitHubProblem && (error.kind === 'not-found' || error.kind === 'refused'))
      return { known: false, why: error.message };
    throw error;
  }
}

/** Null for the merging of branches, which brings nothing of its own. */
function carriedOf({ commit, pulls }: RangeCommit): CarriedChange | null {
  if (commit.parents.length > 1) return null;
  const message = readMessage(commit.subject, commit.body);
  const pull = pulls[0];
  return {
    sha: commit.sha,
    pr: message.prs.at(-1) ?? pull?.number ?? null,
    title: message.title,
    at: commit.date,
    revert: message.revert,
    hotfix: message.statements[0]?.type.toLowerCase() === 'hotfix' || /^hotfix[/-]/i.test(pull?.head.ref ?? ''),
  };
}

async function tagsOf({ github }: MetricsEyes, failed: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const { tags } = await github.scene({ releaseBranch });
  const names = new Map<string, string>();
  for (const { name, sha } of tags) if (failed.has(sha) && !names.has(sha)) names.set(sha, name);
  return names;
}
