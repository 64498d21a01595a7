// May this commit go to that environment? Looks at the policy of the default branch and at everything that it asks for, asks core, and
// looks again while waiting may help. It writes nothing, and needs no store: what it does not know by GitHub's own word it does not know.

import { askedOf, gateIn } from '../../core/gate/facts.ts';
import { CODES, type Decision, mayOpen } from '../../core/gate/finding.ts';
import { decide, undecided } from '../../core/gate.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { Role } from '../../core/role.ts';
import type { CheckRunSeen, DeploymentCourse, GatePort, Part, RunSeen } from '../gate-port.ts';
import { type GitHubPort, GitHubProblem, type Observed } from '../github-port.ts';
import type { GateMemory } from './gate-memory.ts';
import { type NativeReview, observeGate } from './observe-gate.ts';

export interface GateEyes {
  readonly github: GitHubPort;
  readonly gates: GatePort;
  readonly roleOf: (login: string) => Promise<Observed<Role>>;
  /** Open pull requests whose head is that commit. */
  readonly openPulls: (sha: string) => Promise<Observed<readonly number[]>>;
}

export interface GateRequest {
  readonly environment: string;
  /** Full SHA of the commit. */
  readonly sha: string;
  /** The workflow run that asks; null where none does. */
  readonly run: number | null;
  /** Reads the policy file's text; throws what its caller understands where it is malformed. */
  readonly readPolicy: (text: string) => Promise<Policy>;
  /** True for the check of the job that asks, which would wait for itself. */
  readonly isOwn: (check: CheckRunSeen) => boolean;
  /** How long to look again; 0: once. */
  readonly waitSeconds: number;
  readonly sleep: (seconds: number) => Promise<void>;
  /** Seconds of a clock that only goes forward. */
  readonly now: () => number;
  /** The time of day, in milliseconds since 1970. */
  readonly instant: () => number;
  /** Told when what stands in the way has changed. */
  readonly changed: (decision: Decision) => void;
}

export interface GateAnswer extends Decision {
  /** Where the policy stands; its blob null where there is no file. Null where it could not be seen. */
  readonly policy: { readonly branch: string; readonly sha: string; readonly blob: string | null } | null;
  /** What was reported on the commit, without the own check; null where it was not looked at or could not be seen. */
  readonly checks: readonly CheckRunSeen[] | null;
  /** What could not be seen and no finding tells. */
  readonly remarks: readonly string[];
}

/** Seconds between two looks: more each time, as a check that takes long will take longer. */
const FIRST_PAUSE = 15;
const LONGEST_PAUSE = 60;

/** Looks until the gate opens, until waiting cannot help, or until the time is over. */
export async function askGate(eyes: GateEyes, request: GateRequest): Promise<GateAnswer> {
  const end = request.now() + request.waitSeconds;
  const memory = memoryOf(request.now);
  let told = '';
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const answer = await look(eyes, request, memory);
    const reason = JSON.stringify(answer.findings);
    if (reason !== told) request.changed(answer);
    told = reason;
    const left = end - request.now();
    if (left <= 0 || !mayOpen(answer) || !mayOpenWithin(left, answer, request)) return answer;
    await request.sleep(Math.min(pause, left, untilTurn(answer, request)));
  }
}

/** False where the clock alone has to move further than there is time. */
function mayOpenWithin(seconds: number, { findings }: Decision, { instant }: GateRequest): boolean {
  const end = instant() + seconds * 1_000;
  return findings.every(({ code, verdict, opensAt }) => {
    return verdict === 'met' || CODES[code].by !== 'clock' || opensAt === undefined || Date.parse(opensAt) <= end;
  });
}

/** Seconds until the clock makes a difference; a second at least, as timers may be early. */
function untilTurn({ again }: Decision, { instant }: GateRequest): number {
  return again === null ? LONGEST_PAUSE : Math.max(1, Math.ceil((Date.parse(again) - instant()) / 1_000));
}

/** Everything anew: while it waits, a hold may be set, or a re-run may fail what had passed. */
async function look({ github, gates, roleOf, openPulls }: GateEyes, request: GateRequest, memory: GateMemory): Promise<GateAnswer> {
  const { environment, sha, readPolicy, isOwn } = request;
  const scene = await passing(() => github.scene({ releaseBranch }));
  if (!scene.known) return unseen(`The policy could not be seen: ${scene.why}`);
  const { policy: file, branch } = scene.value;
  const policy = file === null ? DEFAULT_POLICY : await readPolicy(file.text);
  const gate = gateIn(policy, environment);
  const asked = askedOf(gate);
  const checks: CheckRunSeen[] = [];
  const seen = await passing(async () => {
    const run = asked.run || asked.approvals ? await runOf(gates, request) : NO_RUN;
    const pulls = asked.approvals ? await openPulls(sha) : NONE;
    const { facts } = await observeGate({
      github,
      gates: asSeenHere(gates, request),
      roleOf,
      scene: scene.value,
      policy,
      gate,
      sha,
      run: run.known ? run.value : null,
      now: request.instant(),
      spoken: [],
      // Who could not be looked for may have said no.
      native: !asked.approvals ? NONE : pulls.known ? await reviewsOf(gates, environment, run) : pulls,
      // Commands are the App's: where this decides, there is nobody to hold, freeze or waive by one.
      stops: { holds: NONE, freezes: NONE, waivers: NONE },
      pulls: pulls.known ? pulls.value : [],
      memory,
      isOwn: (check) => {
        const own = isOwn(check);
        if (!own) checks.push(check);
        return own;
      },
    });
    return { facts, remarks: run.known ? [] : [`Who deploys could not be seen: ${run.why}`] };
  });
  if (!seen.known) return unseen(`GitHub could not be asked: ${seen.why}`);
  const { facts, remarks } = seen.value;
  return {
    ...decide(gate, facts),
    policy: { branch: branch.name, sha: branch.sha, blob: file?.blob ?? null },
    checks: facts.checks?.known === true ? checks : null,
    remarks,
  };
}

const NONE = { known: true, value: [] } as const;
const NO_RUN: Observed<RunSeen | null> = { known: true, value: null };

function unseen(says: string): GateAnswer {
  return { ...undecided(says), policy: null, checks: null, remarks: [] };
}

async function runOf(gates: GatePort, { run }: GateRequest): Promise<Observed<RunSeen | null>> {
  return run === null ? NO_RUN : gates.run(run);
}

/** Reviews of this run's deployment. GitHub does not say when they were given: not before the run began, so that older words give way. */
async function reviewsOf(gates: GatePort, environment: string, of: Observed<RunSeen | null>): Promise<Observed<readonly NativeReview[]>> {
  if (!of.known) return of;
  const run = of.value;
  if (run === null) return NONE;
  const seen = await gates.approvals(run.id);
  if (!seen.known) return seen;
  const isHere = ({ name }: { readonly name: string }) => name.toLowerCase() === environment.toLowerCase();
  const decided = seen.value.filter(({ state, environments }) => state !== 'pending' && environments.some(isHere));
  return { known: true, value: decided.flatMap(({ by, state }) => (by === null ? [] : [{ by, state, at: run.createdAt }])) };
}

/** A job may be in the environment whose gate it asks: what its own run does there is no past of the environment. */
function asSeenHere(gates: GatePort, { environment, run }: GateRequest): GatePort {
  const isHere = (name: string) => run !== null && name.toLowerCase() === environment.toLowerCase();
  const others = <T extends DeploymentCourse>(name: string, seen: Observed<Part<T>>): Observed<Part<T>> => {
    if (!seen.known || !isHere(name)) return seen;
    return { known: true, value: { ...seen.value, items: seen.value.items.filter((one) => one.run !== run) } };
  };
  const { sight } = gates;
  return {
    ...gates,
    ...(sight === undefined
      ? {}
      : {
          sight: async (request) => {
            const seen = await sight(request);
            return { ...seen, deployments: new Map([...seen.deployments].map(([name, list]) => [name, others(name, list)])) };
          },
        }),
    deployments: async (name, range) => others(name, await gates.deployments(name, range)),
    teamMembers: async (organization, team) => {
      const seen = await gates.teamMembers(organization, team);
      return seen.known ? seen : { known: false, why: `${seen.why} ${TEAMS}` };
    },
  };
}

const TEAMS =
  'A workflow’s own token may not see teams: name people (`@user`) or a role in the policy, or give the step a `github-token` of an App with `members: read`.';

/** What one look may tell the next. */
function memoryOf(now: () => number): GateMemory {
  const known = new Map<string, { readonly at: number; readonly value: unknown }>();
  return {
    recall: async <T>(kind: string, name: string, minutes: number) => {
      const found = known.get(`${kind}\n${name}`);
      return found !== undefined && now() - found.at < minutes * 60 ? (found.value as T) : null;
    },
    remember: (kind, name, value) => {
      known.set(`${kind}\n${name}`, { at: now(), value });
    },
  };
}

/** What may be otherwise in a minute is a value; what will not, such as a token that may not, is thrown. */
async function passing<T>(read: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    if (error instanceof GitHubProblem && (error.kind === 'unavailable' || error.kind === 'rate-limited')) {
      return { known: false, why: error.message };
    }
    throw error;
  }
}
