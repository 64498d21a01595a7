// The decision about one deployment. Each requirement is judged alone; the gate opens exactly where there is at least one finding and all
// of them are met, and not knowing something never opens it. The same facts give the same decision, wherever it is made.

import { judgeApprovals } from './gate/approvals.ts';
import { judgeBaseline } from './gate/baseline.ts';
import { judgeChecks } from './gate/checks.ts';
import { earliest, instantOf, instantText } from './gate/clock.ts';
import { judgeAfter, judgeRollback, judgeSoak } from './gate/deployments.ts';
import { type Gate, type GateFacts, gatesOf, occasionOf } from './gate/facts.ts';
import { type Decision, type Finding, type Judged, judged } from './gate/finding.ts';
import { judgeFreezes, judgeHolds, judgeWindows } from './gate/stops.ts';
import { judgeTicket } from './gate/ticket.ts';
import { waived } from './gate/waivers.ts';
import { nearest } from './nearest.ts';
import { type EnvironmentPolicy, type GatePolicy, gateOf, type Occasion, type RequirementPolicy } from './policy/environment.ts';

export function decide(gate: Gate, facts: GateFacts): Decision {
  const occasion = occasionOf(facts);
  const now = instantOf(facts.now);
  if (now === null)
    return decisionOf([judged('policy', 'facts', 'clock-unreadable', `The time "${facts.now}" of these facts is none.`)], null, []);
  const { judged: all, turns } = waived(judgeAll(gate, facts, occasion, now), facts, now);
  return decisionOf(
    all,
    occasion,
    [...turns, ...all.flatMap((one) => one.turns ?? [])].filter((at) => at > now),
  );
}

/** For who could not even see the policy. */
export function undecided(says: string): Decision {
  return decisionOf([judged('policy', 'policy', 'policy-unseen', says)], null, []);
}

/** Where the record cannot be relied on, nothing is decided by what would be added to it. */
export function unrecorded(says: string): Decision {
  return decisionOf([judged('policy', 'record', 'record-broken', says)], null, []);
}

/** An empty list never satisfies "all". */
export function isOpen(findings: readonly Finding[]): boolean {
  return findings.length > 0 && findings.every((one) => one.verdict === 'met');
}

function decisionOf(all: readonly Judged[], occasion: Occasion | null, turns: readonly number[]): Decision {
  const findings = all.map((one) => one.finding);
  const over = all.some((one) => one.final === true);
  const turn = earliest(turns);
  return {
    outcome: isOpen(findings) ? 'approve' : over ? 'reject' : 'wait',
    findings,
    again: turn === null ? null : instantText(turn),
    occasion,
  };
}

function judgeAll(gate: Gate, facts: GateFacts, occasion: Occasion | null, now: number): Judged[] {
  if (gate.environment.toLowerCase() !== facts.environment.toLowerCase()) {
    return [judged('policy', 'facts', 'other-environment', `These facts are about ${facts.environment}, not about ${gate.environment}.`)];
  }
  const { entry } = gate;
  if (entry === null) return [judgeUnlisted(gate), ...judgeHolds(null, facts), ...judgeFreezes([], occasion, facts, now)];
  const gates = occasion === null ? gatesOf(entry) : [gateOf(entry, occasion)];
  const all = [
    ...judgeOccasion(entry, occasion, facts),
    ...judgeRequirements({ ...gate, entry }, gates, facts, now),
    ...(entry.after === undefined ? [] : [judgeAfter(entry.after, facts, gate.deployers)]),
    ...(entry.for.rollback !== undefined && (occasion === null || occasion === 'rollback')
      ? [judgeRollback(gate.environment, facts, gate.deployers)]
      : []),
    ...windowsOf(gates).map((windows) => judgeWindows(windows, now)),
    ...judgeFreezes(entry.freeze, occasion, facts, now),
    ...judgeHolds(entry.hold, facts),
  ];
  if (all.length > 0) return all;
  return [judged('policy', 'policy', 'nothing-asked', `The policy asks nothing of a deployment to ${gate.environment}.`)];
}

function judgeUnlisted({ environment, unlisted, listed }: Gate): Judged {
  if (unlisted === 'open') {
    const says = `The policy has no entry for ${environment}, and its \`environments.default\` is open.`;
    return judged('policy', 'policy', 'unlisted-open', says);
  }
  const meant = nearest(environment, listed);
  const hint = meant === null ? '' : ` Did you mean ${meant}?`;
  const says = `The policy has no entry for ${environment}, and nothing opens what it does not name.${hint} Add \`environments.${environment}\` with what it requires, or set \`environments.default: open\`.`;
  return judged('policy', 'policy', 'no-entry', says);
}

/** Where it matters and is not known what is deployed, that is told; what any occasion asks is asked then. */
function judgeOccasion(entry: EnvironmentPolicy, occasion: Occasion | null, { release }: GateFacts): Judged[] {
  if (occasion !== null || gatesOf(entry).length === 1) return [];
  const why =
    release === undefined
      ? 'nobody looked'
      : release.known
        ? `"${release.value.occasion ?? 'nothing'}" is no sort of release`
        : release.why;
  const says = `What sort of release this is is not known (${why}), so everything is asked that any sort is asked.`;
  return [judged('release', 'release', 'occasion-unknown', says)];
}

/** A gate that the policy names. */
type Guarded = Pick<Gate, 'deployers'> & { readonly entry: EnvironmentPolicy };

/** Each thing once. A definite no counts as one only if it is asked whatever the occasion is. */
function judgeRequirements(of: Guarded, gates: readonly GatePolicy[], facts: GateFacts, now: number): Judged[] {
  const asked = new Map<string, { readonly requirement: RequirementPolicy; gates: number }>();
  for (const gate of gates) {
    for (const [text, requirement] of new Map(gate.requires.map((one) => [JSON.stringify(one), one]))) {
      const before = asked.get(text);
      if (before === undefined) asked.set(text, { requirement, gates: 1 });
      else before.gates += 1;
    }
  }
  return [...asked.values()].flatMap(({ requirement, gates: times }) =>
    judgeRequirement(requirement, of, facts, now).map((one) => (times === gates.length ? one : { ...one, final: false })),
  );
}

function judgeRequirement(asked: RequirementPolicy, { entry, deployers }: Guarded, facts: GateFacts, now: number): Judged[] {
  switch (asked.asks) {
    case 'checks':
      return [...judgeChecks(asked, facts, now), ...(asked.baseline === null ? [] : [judgeBaseline(asked, facts, now)])];
    case 'approvals':
      return asked.count === 0 ? [] : [judgeApprovals(asked, facts)];
    case 'soak':
      return asked.seconds === 0 ? [] : [judgeSoak(asked.seconds, entry.after, facts, now, deployers)];
    case 'ticket':
      return [judgeTicket(asked.pattern, facts)];
  }
}

/** The different lists of windows, each of which one must be open of. */
function windowsOf(gates: readonly GatePolicy[]): readonly GatePolicy['windows'][] {
  const lists = gates.filter((gate) => gate.windows.length > 0).map((gate) => [JSON.stringify(gate.windows), gate.windows] as const);
  return [...new Map(lists).values()];
}
