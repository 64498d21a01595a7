// The first gate of a deployment: every check of the exact commit has passed. What failed, is missing, or could not be seen never opens it.

/** One check or status of a commit: the newest of its name and app. */
export interface CheckFact {
  readonly name: string;
  readonly app: string | null;
  readonly state: string;
}

export interface CheckRequirement {
  /** Names or patterns with `*`; each of them must match at least one check. */
  readonly names: readonly string[];
  /** Names or patterns of checks that do not count. */
  readonly except?: readonly string[];
  /** Slug of the only app whose checks count. */
  readonly app?: string | undefined;
  /** Conclusions besides `success` that count as passed. */
  readonly accept?: readonly string[];
  /** `reject`: a failed check is the end; else it waits, because a re-run may turn it green. */
  readonly onFailure?: 'wait' | 'reject';
}

export interface CheckFinding {
  readonly requirement: string;
  readonly verdict: 'met' | 'unmet' | 'pending' | 'unknown';
  readonly code: string;
  readonly says: string;
}

export interface CheckDecision {
  readonly outcome: 'approve' | 'wait' | 'reject';
  readonly findings: readonly CheckFinding[];
}

/** `facts` null: the checks could not be seen, and `why` says why. */
export function decideChecks(requirements: readonly CheckRequirement[], facts: readonly CheckFact[] | null, why = ''): CheckDecision {
  const judged = requirements.flatMap((requirement) =>
    requirement.names.map((name) => ({ finding: findingOf(name, requirement, facts, why), requirement })),
  );
  const findings = judged.map(({ finding }) => finding);
  if (isOpen(findings)) return { outcome: 'approve', findings };
  const over = judged.some(({ finding, requirement }) => finding.code === 'check-failed' && requirement.onFailure === 'reject');
  return { outcome: over ? 'reject' : 'wait', findings };
}

/** An empty list never satisfies "all". */
export function isOpen(findings: readonly CheckFinding[]): boolean {
  return findings.length > 0 && findings.every((one) => one.verdict === 'met');
}

function findingOf(name: string, asked: CheckRequirement, facts: readonly CheckFact[] | null, why: string): CheckFinding {
  const { app, except = [], accept = [] } = asked;
  const requirement = app === undefined ? `check ${name}` : `check ${name} of ${app}`;
  const finding = (verdict: CheckFinding['verdict'], code: string, says: string): CheckFinding => ({ requirement, verdict, code, says });
  if (facts === null) return finding('unknown', 'checks-unseen', `The checks of this commit could not be seen: ${why}`);
  const named = facts.filter((fact) => matchesName(name, fact.name) && !except.some((one) => matchesName(one, fact.name)));
  const found = app === undefined ? named : named.filter((fact) => fact.app === app);
  if (found.length === 0) {
    const stranger = named[0];
    return stranger === undefined
      ? finding('pending', 'check-missing', `No check named ${name} has reported on this commit.`)
      : finding(
          'unmet',
          'check-of-other-app',
          `${stranger.name} was reported by ${stranger.app ?? 'nobody known'}, not by ${app}, so it does not count.`,
        );
  }
  const failed = found.find((fact) => FAILED.has(fact.state));
  if (failed !== undefined) return finding('unmet', 'check-failed', `${failed.name} ended as ${failed.state}.`);
  const waiting = found.find((fact) => WAITING.has(fact.state));
  if (waiting !== undefined) return finding('pending', 'check-running', `${waiting.name} is ${waiting.state}.`);
  const odd = found.find((fact) => fact.state !== 'success' && !accept.includes(fact.state));
  if (odd !== undefined) return finding('unmet', 'check-not-success', `${odd.name} ended as ${odd.state}, which is not success.`);
  // GitHub lists what is newest first: the same checks are to read the same.
  const names = found.map((fact) => fact.name).sort();
  const many = names.length > SHOWN ? `, and ${names.length - SHOWN} more` : '';
  return finding('met', 'check-passed', `${names.slice(0, SHOWN).join(', ')}${many} passed.`);
}

const SHOWN = 5;
const FAILED = new Set(['failure', 'error', 'timed_out', 'cancelled', 'startup_failure', 'action_required', 'stale']);
const WAITING = new Set(['queued', 'in_progress', 'pending', 'waiting', 'requested', 'expected']);

/** `*` stands for anything; nothing else is special. Linear. */
function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] as string;
  if (parts.length === 1) return name === pattern;
  const last = parts.at(-1) as string;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
