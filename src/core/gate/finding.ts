// What a gate says: one finding per requirement, each with a stable code, and the decision that they add up to. The table of codes is the
// one place that settles what verdict a code is and what could move it; the documentation is written from it.

import type { Occasion } from '../policy/environment.ts';

export type Verdict = 'met' | 'unmet' | 'pending' | 'unknown';

/** What could make it otherwise: work that goes on, a person, the clock, another policy, or a look that was not taken. */
export type Mover = 'world' | 'person' | 'clock' | 'policy' | 'look';

export type Asks =
  | 'policy'
  | 'release'
  | 'checks'
  | 'baseline'
  | 'approvals'
  | 'after'
  | 'soak'
  | 'rollback'
  | 'ticket'
  | 'hold'
  | 'freeze'
  | 'windows';

export interface Finding {
  readonly asks: Asks;
  /** In a few words what is asked: `check regression / *`. */
  readonly requirement: string;
  readonly verdict: Verdict;
  readonly code: Code;
  /** Why, in words. Text of others in it is not neutralised. */
  readonly says: string;
  /** Logins of those it rests on: who approved, rejected, holds. */
  readonly who?: readonly string[];
  /** ISO 8601: since when it is so. */
  readonly since?: string;
  /** ISO 8601: when the clock alone would make it met. */
  readonly opensAt?: string;
}

export interface Decision {
  readonly outcome: 'approve' | 'reject' | 'wait';
  readonly findings: readonly Finding[];
  /** ISO 8601: until then the same facts give the same findings; null: whatever the time. */
  readonly again: string | null;
  /** What the deployment carries; null: not known, so that everything was asked that anything is asked. */
  readonly occasion: Occasion | null;
}

/** A finding on its way: whether it is a definite no, and when the clock alone could change it, in milliseconds since 1970. */
export interface Judged {
  readonly finding: Finding;
  readonly final?: boolean;
  readonly turns?: readonly number[];
}

interface CodeMeaning {
  readonly verdict: Verdict;
  readonly by: Mover;
  readonly says: string;
}

const met = (says: string, by: Mover = 'world'): CodeMeaning => ({ verdict: 'met', by, says });
const unmet = (by: Mover, says: string): CodeMeaning => ({ verdict: 'unmet', by, says });
const pending = (by: Mover, says: string): CodeMeaning => ({ verdict: 'pending', by, says });
const unknown = (by: Mover, says: string): CodeMeaning => ({ verdict: 'unknown', by, says });

export const CODES = {
  'nothing-asked': met('The entry of the environment asks nothing.', 'policy'),
  'unlisted-open': met('The environment has no entry, and `environments.default` is open.', 'policy'),
  'no-entry': unmet('policy', 'The environment has no entry, and `environments.default` is closed.'),
  'policy-unseen': unknown('world', 'The policy could not be seen.'),
  'record-broken': unmet('person', 'The record of what was decided here is not as it was written.'),
  'other-environment': unknown('look', 'The facts are those of another environment.'),
  'clock-unreadable': unknown('look', 'The time of the decision is none.'),
  'occasion-unknown': met('What the deployment carries is not known, so everything is asked that any of them is asked.'),
  'not-asked': unknown('look', 'Nobody looked for what this needs.'),
  waived: met('A person has waived it for this commit, and answers for it.', 'person'),

  'check-passed': met('The checks have passed.'),
  'check-quarantined': met('The check is in quarantine, so its result does not count.', 'clock'),
  'check-failed': unmet('world', 'A check has failed.'),
  'check-flaky': unmet('world', 'A check has passed, but failed before more often than the policy allows.'),
  'check-not-success': unmet('world', 'A check has ended otherwise than with success.'),
  'check-of-other-app': unmet('world', 'A check of that name was reported by another app, or by nobody known.'),
  'check-missing': pending('world', 'No check of that name has reported.'),
  'check-running': pending('world', 'A check has not ended.'),
  'check-unclear': unknown('world', 'Whether a check passed or failed before cannot be told.'),
  'check-app-unseen': unknown('look', 'Which app reported a check is not told.'),
  'checks-unseen': unknown('world', 'The checks could not be seen.'),

  'baseline-kept': met('Whatever passed on the previous release has passed.'),
  'baseline-none': met('There is no previous release, or nothing that is asked passed on it.'),
  regression: unmet('world', 'A check that passed on the previous release fails.'),
  'baseline-not-success': unmet('world', 'A check that passed on the previous release has ended otherwise than with success.'),
  'baseline-missing': pending('world', 'A check that passed on the previous release has not reported.'),
  'baseline-running': pending('world', 'A check that passed on the previous release has not ended.'),
  'baseline-unseen': unknown('world', 'The checks of the previous release could not be seen.'),

  approved: met('Enough people have approved.', 'person'),
  'rejected-by-person': unmet('person', 'A person whose approval counts has rejected it.'),
  'approvals-missing': pending('person', 'Too few people have approved.'),
  'separation-unproven': unmet('world', 'Who made a change is not known on GitHub, so that nobody can show that it was not an approver.'),
  'approver-unclear': unknown('world', 'Whether somebody’s opinion counts could not be seen, and it matters.'),
  'approvals-unseen': unknown('world', 'The approvals could not be seen.'),
  'people-unseen': unknown('world', 'Who made, pushed or deploys it could not be seen, and none of them may approve.'),

  'deployed-before': met('It has been deployed with success in the environment before.'),
  'not-deployed-before': unmet('person', 'It has not been deployed with success in the environment before.'),
  'deploying-before': pending('world', 'It is being deployed in the environment before.'),
  soaked: met('It has stood long enough in the environment before.'),
  soaking: pending('clock', 'It has not stood long enough in the environment before.'),
  'soak-cut-short': unmet('person', 'It was replaced in the environment before, too early.'),
  'soak-nowhere': unknown('policy', 'No environment comes before this one.'),
  'deployed-by-hand': unmet('person', 'That it was deployed with success was posted by hand, which proves nothing.'),
  'deployment-unclear': unknown('world', 'What happened to a deployment cannot be told.'),
  'deployments-unseen': unknown('world', 'The deployments could not be seen.'),
  'clock-skew': unknown('clock', 'A time lies in the future, or an end before its beginning.'),
  'was-here': met('This commit has been deployed here with success before.'),
  'never-here': unmet('world', 'This commit was never deployed here with success, so that it is nothing to go back to.'),

  'ticket-found': met('A ticket is named.'),
  'ticket-missing': unmet('person', 'No ticket is named.'),
  'release-unseen': unknown('world', 'The release could not be seen.'),
  'pattern-unusable': unknown('policy', 'The policy’s regular expression cannot be used.'),

  held: unmet('policy', 'The policy holds it.'),
  'held-by-person': unmet('person', 'A person holds it.'),
  'holds-unseen': unknown('world', 'Whether a person holds it could not be seen.'),
  'freeze-none': met('No freeze is on.', 'clock'),
  'freeze-excepted': met('A freeze is on, and what is deployed is excepted from it.', 'clock'),
  frozen: pending('clock', 'A freeze of the policy is on.'),
  'frozen-by-person': unmet('person', 'A person has frozen it.'),
  'freezes-unseen': unknown('world', 'Whether a person has frozen it could not be seen.'),
  'window-open': met('A window is open.', 'clock'),
  'window-closed': pending('clock', 'No window is open.'),
  'zone-unknown': unknown('policy', 'A time of the policy, or its zone, is not known here.'),
} as const satisfies Readonly<Record<string, CodeMeaning>>;

export type Code = keyof typeof CODES;

type More = Pick<Finding, 'who' | 'since' | 'opensAt'> & Omit<Judged, 'finding'>;

/** The verdict is its code's. */
export function judged(asks: Asks, requirement: string, code: Code, says: string, { final, turns, ...more }: More = {}): Judged {
  return {
    finding: { asks, requirement, verdict: CODES[code].verdict, code, says, ...more },
    ...(final === undefined ? {} : { final }),
    ...(turns === undefined ? {} : { turns }),
  };
}

/** A fact that nobody looked for. */
export function notAsked(asks: Asks, requirement: string, what: string): Judged {
  return judged(asks, requirement, 'not-asked', `${what} was not looked for, so it cannot be judged here.`);
}

/** Whether waiting could open it: false once it is decided, and where first the policy must change or more must be looked at. */
export function mayOpen({ outcome, findings }: Pick<Decision, 'outcome' | 'findings'>): boolean {
  return (
    outcome === 'wait' &&
    findings.every(({ verdict, code }) => verdict === 'met' || (CODES[code].by !== 'policy' && CODES[code].by !== 'look'))
  );
}

/** `a, b and 3 more`, in the order of the alphabet: the same things are to read the same. */
export function listed(names: readonly string[], most = 5): string {
  const sorted = [...new Set(names)].sort();
  const shown = sorted.slice(0, most).join(', ');
  return sorted.length > most ? `${shown}, and ${sorted.length - most} more` : shown;
}
