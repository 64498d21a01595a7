// May this commit go to that environment? Looks at the policy of the default branch and at the checks of the exact commit, asks core, and
// looks again while waiting may help. It writes nothing.

import { type CheckFact, gateIn } from '../core/gate/facts.ts';
import { type Decision, mayOpen } from '../core/gate/finding.ts';
import { decide, undecided } from '../core/gate.ts';
import { DEFAULT_POLICY, type Policy } from '../core/policy.ts';
import { releaseBranch } from '../core/release-pull.ts';
import { type CheckSeen, type GitHubPort, GitHubProblem, type Observed, type Scene } from './github-port.ts';

export interface GateRequest {
  readonly environment: string;
  /** Full SHA of the commit. */
  readonly sha: string;
  /** Reads the policy file's text; throws what its caller understands where it is malformed. */
  readonly readPolicy: (text: string) => Promise<Policy>;
  /** True for the check of the job that asks, which would wait for itself. */
  readonly isOwn: (check: CheckSeen) => boolean;
  /** How long to look again; 0: once. */
  readonly waitSeconds: number;
  readonly sleep: (seconds: number) => Promise<void>;
  /** Seconds of a clock that only goes forward. */
  readonly now: () => number;
  /** The time of day, as ISO 8601. */
  readonly instant: () => string;
  /** Told when what stands in the way has changed. */
  readonly changed: (decision: Decision) => void;
}

export interface GateAnswer extends Decision {
  /** Where the policy stands; its blob null where there is no file. Null where it could not be seen. */
  readonly policy: { readonly branch: string; readonly sha: string; readonly blob: string | null } | null;
  /** What was judged, without the own check; null where it could not be seen. */
  readonly checks: readonly CheckSeen[] | null;
}

/** Seconds between two looks: more each time, as a check that takes long will take longer. */
const FIRST_PAUSE = 15;
const LONGEST_PAUSE = 60;

/** Looks until the gate opens, or until nothing but a change of the policy could open it, or until the time is over. */
export async function askGate(github: GitHubPort, request: GateRequest): Promise<GateAnswer> {
  const end = request.now() + request.waitSeconds;
  let told = '';
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const answer = await look(github, request);
    const reason = JSON.stringify(answer.findings);
    if (reason !== told) request.changed(answer);
    told = reason;
    const left = end - request.now();
    if (answer.outcome === 'approve' || !mayOpen(answer) || left <= 0) return answer;
    await request.sleep(Math.min(pause, left));
  }
}

/** Everything anew: while it waits, a hold may be set, or a re-run may fail what had passed. */
async function look(github: GitHubPort, { environment, sha, readPolicy, isOwn, instant }: GateRequest): Promise<GateAnswer> {
  const scene = await passing(() => github.scene({ releaseBranch }));
  if (!scene.known) {
    return { ...undecided(`The policy could not be seen: ${scene.why}`), policy: null, checks: null };
  }
  const { policy: file, branch } = scene.value;
  const policy = file === null ? DEFAULT_POLICY : await readPolicy(file.text);
  const seen = await github.checks(sha);
  const checks = seen.known ? seen.value.filter((check) => !isOwn(check)) : null;
  const decision = decide(gateIn(policy, environment), {
    now: instant(),
    environment,
    sha,
    checks: seen.known ? { known: true, value: (checks ?? []).map(factOf) } : seen,
    // Commands are the App's: where this decides, there is nobody to hold or freeze by one.
    holds: NONE,
    freezes: NONE,
  });
  return { ...decision, policy: { branch: branch.name, sha: branch.sha, blob: file?.blob ?? null }, checks };
}

const NONE = { known: true, value: [] } as const;

/** The port tells the newest run of each check, and neither its number nor its time. */
function factOf({ name, kind, app, state }: CheckSeen): CheckFact {
  return { name, kind, app, appId: null, state, id: null, startedAt: null, completedAt: null, suite: null };
}

/** What may be otherwise in a minute is a value; what will not, such as a token that may not, is thrown. */
async function passing(read: () => Promise<Scene>): Promise<Observed<Scene>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    if (error instanceof GitHubProblem && (error.kind === 'unavailable' || error.kind === 'rate-limited')) {
      return { known: false, why: error.message };
    }
    throw error;
  }
}
