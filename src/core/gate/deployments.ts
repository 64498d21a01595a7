// The requirements that rest on deployments: `after` (it has succeeded in the environment before), `soak` (it has stood there long enough
// without being replaced), and for a rollback that the commit has been here before. What is deployed is the same where the commit is, or
// where the artifact's digest is; that it succeeded there is proven by whom the policy believes alone.

import { isBelieved } from '../deployer.ts';
import { durationText } from '../policy/time.ts';
import { instantOf, instantText } from './clock.ts';
import type { DeploymentFact, GateFacts } from './facts.ts';
import { type Code, type Finding, type Judged, judged, listed, notAsked } from './finding.ts';

/** Whose word counts besides that of Apps: `Gate.deployers`. */
type Deployers = readonly string[] | undefined;

export function judgeAfter(environment: string, facts: GateFacts, deployers?: Deployers): Judged {
  const requirement = `after ${environment}`;
  const list = listOf('after', requirement, environment, facts, deployers);
  if (!('own' in list)) return list;
  const finding = (code: Finding['code'], says: string): Judged => judged('after', requirement, code, says);
  const states = list.own.map(successOf);
  if (states.includes('yes')) return finding('deployed-before', `This commit has been deployed to ${environment} with success.`);
  if (states.includes('unknown'))
    return finding('deployment-unclear', `Whether this commit’s deployment to ${environment} succeeded cannot be told.`);
  const running = list.own.find(({ state }) => IN_FLIGHT.has(state));
  if (running !== undefined) return finding('deploying-before', `Its deployment to ${environment} is ${running.state}.`);
  const unproven = unprovenIn(list, environment);
  if (unproven !== null) return finding(...unproven);
  return finding('not-deployed-before', `This commit has not been deployed to ${environment} with success. Deploy it there first.`);
}

/** A version to go back to is one that has been here. */
export function judgeRollback(environment: string, facts: GateFacts, deployers?: Deployers): Judged {
  const requirement = 'rollback';
  const list = listOf('rollback', requirement, environment, facts, deployers);
  if (!('own' in list)) return list;
  const finding = (code: Finding['code'], says: string): Judged => judged('rollback', requirement, code, says);
  const states = list.own.map(successOf);
  if (states.includes('yes')) return finding('was-here', `This commit has been deployed to ${environment} with success before.`);
  if (states.includes('unknown'))
    return finding('deployment-unclear', `Whether this commit’s deployment to ${environment} succeeded cannot be told.`);
  const unproven = unprovenIn(list, environment);
  if (unproven !== null) return finding(...unproven);
  return finding('never-here', `This commit was never deployed to ${environment} with success, so going there is no rollback.`);
}

export function judgeSoak(seconds: number, environment: string | undefined, facts: GateFacts, now: number, deployers?: Deployers): Judged {
  const requirement = `soak ${durationText(seconds)}`;
  const finding = (
    code: Finding['code'],
    says: string,
    more: Pick<Finding, 'since' | 'opensAt'> & { turns?: readonly number[] } = {},
  ): Judged => judged('soak', requirement, code, says, more);
  if (environment === undefined) {
    return finding('soak-nowhere', 'The policy asks for a soak and names no environment to soak in. Say which with `after`.');
  }
  const list = listOf('soak', requirement, environment, facts, deployers);
  if (!('own' in list)) return list;
  const stays = staysOf(list);
  if (stays === null)
    return finding('deployment-unclear', `When something was deployed to ${environment}, or replaced there, cannot be told.`);
  const ahead = stays.seen.filter((at) => at > now);
  if (ahead.length > 0 || stays.backwards) {
    const says = ahead.length > 0 ? 'a time that is yet to come' : 'an end before its beginning';
    return finding('clock-skew', `A deployment to ${environment} tells ${says}, so no time can be proven by it.`, { turns: ahead });
  }
  const long = seconds * 1_000;
  const begun = `This commit has stood in ${environment}`;
  const proven = stays.spans.find(({ from, to }) => Math.min(to, now) - from >= long);
  if (proven !== undefined) {
    return finding('soaked', `${begun} for ${durationText(seconds)} and longer, since ${instantText(proven.from)}.`, {
      since: instantText(proven.from),
    });
  }
  const current = stays.spans.find(({ to }) => to === Number.POSITIVE_INFINITY);
  if (current !== undefined) {
    const [since, opensAt] = [instantText(current.from), instantText(current.from + long)];
    return finding('soaking', `${begun} since ${since}; ${durationText(seconds)} will have passed at ${opensAt}.`, {
      since,
      opensAt,
      turns: [current.from + long],
    });
  }
  const last = stays.spans.at(-1);
  const unproven = unprovenIn(list, environment);
  if (last === undefined && unproven !== null) return finding(...unproven);
  if (last === undefined && list.own.some((one) => successOf(one) !== 'no')) {
    return finding('deployment-unclear', `How long this commit stood in ${environment} cannot be told.`);
  }
  if (last === undefined)
    return finding(
      'not-deployed-before',
      `This commit has not been deployed to ${environment} with success, where it has to stand for ${durationText(seconds)}.`,
    );
  const says = `This commit stood in ${environment} from ${instantText(last.from)} to ${instantText(last.to)} only, and ${durationText(seconds)} are asked. Deploy it there again.`;
  return finding('soak-cut-short', says);
}

interface Listed {
  /** Of the same commit or artifact, as far as they prove anything. */
  readonly own: readonly DeploymentFact[];
  /** Of the same, where nobody who counts says that they succeeded. */
  readonly unproven: readonly DeploymentFact[];
  readonly others: readonly DeploymentFact[];
}

function listOf(
  asks: Finding['asks'],
  requirement: string,
  environment: string,
  { deployments, sha, digest }: GateFacts,
  deployers: Deployers,
): Listed | Judged {
  const seen = deployments !== undefined && Object.hasOwn(deployments, environment) ? deployments[environment] : undefined;
  if (seen === undefined) return notAsked(asks, requirement, `What was deployed to ${environment}`);
  if (!seen.known)
    return judged(asks, requirement, 'deployments-unseen', `What was deployed to ${environment} could not be seen: ${seen.why}`);
  const isOwn = (one: DeploymentFact) => one.sha === sha || (one.digest !== null && one.digest === digest);
  const isUnproven = (one: DeploymentFact) => one.succeededAt !== null && !isBelieved(one.by, deployers);
  const own = seen.value.filter(isOwn);
  return {
    own: own.filter((one) => !isUnproven(one)),
    unproven: own.filter(isUnproven),
    others: seen.value.filter((one) => !isOwn(one)),
  };
}

/** What there is in the place of a proof, and what to do about it. */
function unprovenIn({ unproven }: Listed, environment: string): [Code, string] | null {
  const succeeded = unproven.filter((one) => successOf(one) !== 'no');
  if (succeeded.length === 0) return null;
  const logins = [...new Set(succeeded.flatMap(({ by }) => by?.login ?? []))].sort();
  if (logins.length === 0)
    return [
      'deployment-unclear',
      `Who says that this commit was deployed to ${environment} with success is not known, so that it proves nothing.`,
    ];
  const who = listed(logins.map((one) => `@${one}`));
  const says = `That this commit was deployed to ${environment} with success was posted by ${who} by hand, which is not counted. Deploy it there by a workflow; if ${who} deploys for a machine, name the account in \`deployers\` of the policy.`;
  return ['deployed-by-hand', says];
}

/** Not over, or never begun: https://docs.github.com/en/rest/deployments/statuses. */
const IN_FLIGHT: ReadonlySet<string> = new Set(['pending', 'queued', 'in_progress', 'waiting']);
const FAILED: ReadonlySet<string> = new Set(['failure', 'error', 'abandoned']);
/** It was there once, and is not there now. */
const GONE: ReadonlySet<string> = new Set(['inactive', 'destroyed']);

function successOf({ state, succeededAt }: DeploymentFact): 'yes' | 'no' | 'unknown' {
  if (state === 'success') return 'yes';
  if (IN_FLIGHT.has(state) || FAILED.has(state)) return 'no';
  if (!GONE.has(state)) return 'unknown';
  return succeededAt === undefined ? 'unknown' : succeededAt === null ? 'no' : 'yes';
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Stays {
  /** When it stood there, in order, each until something else came; still there: to infinity. */
  readonly spans: readonly Span[];
  /** Every time that was told. */
  readonly seen: readonly number[];
  readonly backwards: boolean;
}

/** Null: a time is not told, and what is not told might replace, or show that a clock is wrong. */
function staysOf({ own, unproven, others }: Listed): Stays | null {
  const stood: Span[] = [];
  const cuts: number[] = [];
  const seen: number[] = [];
  let backwards = false;
  for (const one of [...own, ...unproven, ...others]) {
    const [from, to] = [timeOf(one.succeededAt), timeOf(one.endedAt)];
    if (from === undefined || to === undefined) return null;
    seen.push(...[from, to].filter((at) => at !== null));
    if (from !== null && to !== null && to < from) backwards = true;
    // The same commit again is no proof, and takes nothing's place.
    if (unproven.includes(one)) continue;
    const success = own.includes(one) ? successOf(one) : 'unknown';
    // One that succeeded at no time that is told, or that is gone since no time that is told, proves nothing.
    if (success === 'yes' && from !== null && (to !== null || one.state === 'success'))
      stood.push({ from, to: to ?? Number.POSITIVE_INFINITY });
    else if (success !== 'no') {
      const at = from ?? (isNever(one) ? null : undefined);
      if (at === undefined) return null;
      if (at !== null) cuts.push(at);
    }
  }
  return { spans: joined(stood.map(({ from, to }) => ({ from, to: Math.min(to, ...cuts.filter((at) => at >= from)) }))), seen, backwards };
}

/** Null: never; undefined: not told. */
function timeOf(at: string | null | undefined): number | null | undefined {
  return typeof at === 'string' ? (instantOf(at) ?? undefined) : at;
}

/** Whether what has not succeeded by what is told cannot have. */
function isNever({ state }: DeploymentFact): boolean {
  return IN_FLIGHT.has(state) || FAILED.has(state) || GONE.has(state);
}

/** A deployment of the same again, while it still stood there, is no new beginning. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const before = all.at(-1);
    if (before !== undefined && before.to >= span.from) all[all.length - 1] = { from: before.from, to: Math.max(before.to, span.to) };
    else all.push(span);
  }
  return all;
}
