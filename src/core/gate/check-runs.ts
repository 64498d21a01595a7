// The runs of one check on one commit, and what they come to together. A run replaces another only where both say when and in what order
// they came; where that is open, every one of them has to pass. GitHub documents the words of `state` at
// https://docs.github.com/en/rest/checks/runs and /commits/statuses; a word that is not known here is never a pass.

import type { ChecksPolicy } from '../policy/environment.ts';
import { endOf, instantOf } from './clock.ts';
import type { CheckFact } from './facts.ts';

export type RunsPolicy = Pick<ChecksPolicy, 'accept' | 'flake' | 'retries'>;

/** All runs of a check, by one app, under one name; a status is not a check of its name. */
export interface Runs {
  readonly key: string;
  readonly name: string;
  readonly runs: readonly CheckFact[];
  /** Whether it is told which app's they are; where not, runs of another list may be of the same check. */
  readonly ofApp: boolean;
}

export interface RunsVerdict {
  readonly is: 'passed' | 'failed' | 'flaky' | 'running' | 'other' | 'unclear';
  /** The state that decided. */
  readonly state: string;
  /** True if nothing but a new run could change it: every run that may be the newest has failed. */
  readonly definite: boolean;
}

/** The facts by check, in the order of their names. */
export function runsOf(facts: readonly CheckFact[]): Runs[] {
  const groups = new Map<string, CheckFact[]>();
  for (const fact of facts) {
    const key = JSON.stringify([fact.name, fact.kind, fact.app ?? fact.appId]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fact]);
    else group.push(fact);
  }
  const byName = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return byName.map(([key, runs]) => ({
    key,
    name: (runs[0] as CheckFact).name,
    runs,
    ofApp: runs[0]?.kind === 'status' || runs[0]?.app !== null,
  }));
}

export function runsVerdict(runs: readonly CheckFact[], { accept, flake, retries }: RunsPolicy): RunsVerdict {
  const passes = ({ state }: CheckFact) => state === 'success' || accept.some((one) => one === state);
  const newest = newestOf(runs);
  const open = newest.filter((run) => !passes(run));
  const first = open.find(isFailed) ?? open.find(isWaiting) ?? open[0];
  if (first !== undefined && !(flake === 'passed' && runs.some(passes))) {
    const is = isFailed(first) ? 'failed' : isWaiting(first) ? 'running' : 'other';
    return { is, state: first.state, definite: newest.every(isFailed) };
  }
  const most = flake === 'failed' ? 0 : retries;
  if (most !== null && runs.some((run) => run.id === null)) return { is: 'unclear', state: '', definite: false };
  const failed = runs.filter(isFailed);
  if (most !== null && failed.length > most) return { is: 'flaky', state: `failed ${times(failed.length)}`, definite: true };
  const odd = runs.filter((run) => !passes(run) && !isFailed(run) && !isWaiting(run) && !HARMLESS.has(run.state));
  if (most !== null && failed.length + odd.length > most) return { is: 'unclear', state: (odd[0] as CheckFact).state, definite: false };
  return { is: 'passed', state: 'success', definite: false };
}

interface Judged {
  readonly name: string;
  readonly ofApp: boolean;
  readonly verdict: Pick<RunsVerdict, 'definite'>;
}

/** Whether a failure is one whatever is not told: where an app is not, any run of that name may be of the same check. */
export function isSure(one: Judged, all: readonly Judged[]): boolean {
  const isApart = (other: Judged) => other.name !== one.name || (one.ofApp && other.ofApp);
  return one.verdict.definite && all.every((other) => isApart(other) || other.verdict.definite);
}

/** Whether a check may have passed: false only where the run that counts is known not to have. */
export function mayHavePassed(runs: readonly CheckFact[], { accept, flake }: Pick<RunsPolicy, 'accept' | 'flake'>): boolean {
  return (flake === 'passed' ? runs : newestOf(runs)).some((run) => {
    const accepted = accept.some((one) => one === run.state);
    return accepted || !(isFailed(run) || isWaiting(run) || HARMLESS.has(run.state));
  });
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** Those that no other run replaces. */
function newestOf(runs: readonly CheckFact[]): readonly CheckFact[] {
  if (runs.length === 1) return runs;
  const placed = runs.map((run) => ({ run, id: run.id, start: run.startedAt === null ? null : instantOf(run.startedAt) }));
  const known = placed.filter((one): one is { run: CheckFact; id: number; start: number } => one.id !== null && one.start !== null);
  known.sort((a, b) => b.id - a.id);
  const replaced = new Set<CheckFact>();
  let latest = Number.NEGATIVE_INFINITY;
  let above = Number.NEGATIVE_INFINITY;
  let id = Number.POSITIVE_INFINITY;
  for (const one of known) {
    // Of runs with the same id none is the newer.
    if (one.id < id) above = latest;
    id = one.id;
    if (above >= one.start) replaced.add(one.run);
    latest = Math.max(latest, one.start);
  }
  return runs.filter((run) => !replaced.has(run));
}

/** Definite failures: what was asked was tried, and did not work. */
const FAILED: ReadonlySet<string> = new Set(['failure', 'error', 'timed_out', 'startup_failure']);
const WAITING: ReadonlySet<string> = new Set(['queued', 'in_progress', 'pending', 'waiting', 'requested', 'expected']);
/** Ends that are neither a pass nor a failure. */
const HARMLESS: ReadonlySet<string> = new Set(['skipped', 'neutral', 'cancelled', 'stale', 'action_required']);

function isFailed({ state }: CheckFact): boolean {
  return FAILED.has(state);
}

function isWaiting({ state }: CheckFact): boolean {
  return WAITING.has(state);
}

/** The checks that a requirement is about: by name, left-out names, and app. */
export function countsFor({ names, except }: Pick<ChecksPolicy, 'names' | 'except'>, fact: CheckFact): boolean {
  return names.some((one) => matchesName(one, fact.name)) && !except.some((one) => matchesName(one, fact.name));
}

/** Whether the app that the policy names reported it, by its id where the policy has a number, else by its slug. Every check run is some app's. */
export function isOfApp(app: string | null, fact: CheckFact): 'yes' | 'no' | 'unknown' {
  if (app === null) return 'yes';
  const byId = /^\d+$/.test(app);
  if (fact.kind === 'check' && (byId ? fact.appId : fact.app) === null) return 'unknown';
  return (byId ? fact.appId === Number(app) : fact.app === app) ? 'yes' : 'no';
}

/** The quarantine that a check is in at an instant. */
export function quarantineOf(
  policy: Pick<ChecksPolicy, 'quarantine'>,
  name: string,
  now: number,
): ChecksPolicy['quarantine'][number] | null {
  return policy.quarantine.find(({ check, until }) => matchesName(check, name) && (endOf(until) ?? Number.NEGATIVE_INFINITY) > now) ?? null;
}

/** When quarantines end. */
export function quarantineEnds({ quarantine }: Pick<ChecksPolicy, 'quarantine'>): number[] {
  return quarantine.map(({ until }) => endOf(until)).filter((end) => end !== null);
}

/** `*` stands for anything; nothing else is special. Linear. */
export function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] as string;
  if (parts.length === 1) return name === pattern;
  const last = parts.at(-1) as string;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
