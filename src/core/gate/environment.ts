// What an environment's entry in the policy asks of a commit, judged as far as checks go. Whatever else it asks is a finding of its own
// that says so and never counts as met: a gate may know less than its policy, but it must not open on what it does not know.

import { nearest } from '../nearest.ts';
import { durationText } from '../policy/time.ts';
import {
  type ChecksPolicy,
  type EnvironmentPolicy,
  environmentOf,
  type GatePolicy,
  gateOf,
  OCCASIONS,
  type Policy,
  type RequirementPolicy,
} from '../policy.ts';
import { type CheckDecision, type CheckFact, type CheckFinding, type CheckRequirement, decideChecks, isOpen } from './checks.ts';

export interface EnvironmentDecision extends CheckDecision {
  /** True if it may be another once checks have moved on; false where first somebody must change the policy, or nothing is left to wait for. */
  readonly again: boolean;
}

/** Decides for one commit by its checks; `facts` null: they could not be seen, and `why` says why. */
export function decideEnvironment(policy: Policy, name: string, facts: readonly CheckFact[] | null, why = ''): EnvironmentDecision {
  const environment = environmentOf(policy, name);
  if (environment === null) return decideUnlisted(policy, name);
  const requirements = requirementsOf(environment);
  const checks = requirements.filter((one) => one.asks === 'checks');
  const judged = decideChecks(checks.filter(isJudged).map(checkRequirement), facts, why);
  const fixed = [
    ...standing(environment),
    ...requirements.flatMap(beyondChecks),
    ...(gatesOf(environment).some((gate) => gate.windows.length > 0)
      ? [notJudged('windows', 'When a deployment may start (`windows`)')]
      : []),
  ];
  const findings = [...judged.findings, ...fixed];
  if (findings.length === 0) {
    const says = `The policy names ${name}, but says nothing of what it requires, and nothing opens no gate. Give it \`requires\`, or take it out and set \`environments.default: open\`.`;
    return { outcome: 'wait', findings: [{ requirement: 'policy', verdict: 'unmet', code: 'nothing-required', says }], again: false };
  }
  if (isOpen(findings)) return { outcome: 'approve', findings, again: false };
  const rejected = judged.outcome === 'reject';
  return { outcome: rejected ? 'reject' : 'wait', findings, again: !rejected && fixed.length === 0 };
}

function decideUnlisted(policy: Policy, name: string): EnvironmentDecision {
  const finding = (verdict: CheckFinding['verdict'], code: string, says: string): CheckFinding => ({
    requirement: 'policy',
    verdict,
    code,
    says,
  });
  if (policy.unlisted === 'open') {
    const says = `The policy has no entry for ${name}, and its \`environments.default\` is open.`;
    return { outcome: 'approve', findings: [finding('met', 'unlisted-open', says)], again: false };
  }
  const known = Object.keys(policy.environments);
  const meant = nearest(name, known);
  const hint = meant === null ? '' : ` Did you mean ${meant}?`;
  const says = `The policy has no entry for ${name}, and nothing opens what it does not name.${hint} Add \`environments.${name}\` with what it requires, or set \`environments.default: open\`.`;
  return { outcome: 'wait', findings: [finding('unmet', 'no-entry', says)], again: false };
}

/** What a commit carries is not known here, so that what any occasion asks is asked, each thing once. */
function requirementsOf(environment: EnvironmentPolicy): readonly RequirementPolicy[] {
  const all = gatesOf(environment).flatMap((gate) => gate.requires);
  const seen = new Set<string>();
  return all.filter((one) => {
    const text = JSON.stringify(one);
    return !seen.has(text) && seen.add(text);
  });
}

function gatesOf(environment: EnvironmentPolicy): readonly GatePolicy[] {
  return [...new Set(OCCASIONS.map((occasion) => gateOf(environment, occasion)))];
}

/** Stops and orders that stand beside the requirements. */
function standing({ hold, after, freeze }: EnvironmentPolicy): CheckFinding[] {
  const found: CheckFinding[] = [];
  if (hold !== null) found.push({ requirement: 'hold', verdict: 'unmet', code: 'held', says: `The policy holds it: ${hold}` });
  if (after !== undefined) found.push(notJudged('after', `The deployment to ${after} that must come before (\`after\`)`));
  if (freeze.length > 0) found.push(notJudged('freeze', 'Whether it is frozen (`freeze`)'));
  return found;
}

/** What a requirement asks beyond the newest run of each check. */
function beyondChecks(requirement: RequirementPolicy): CheckFinding[] {
  switch (requirement.asks) {
    case 'approvals': {
      const { count } = requirement;
      return count === 0 ? [] : [notJudged('approvals', `Approval by ${count === 1 ? 'one person' : `${count} people`} (\`approvals\`)`)];
    }
    case 'soak': {
      const { seconds } = requirement;
      return seconds === 0 ? [] : [notJudged('soak', `The time of ${durationText(seconds)} in the environment before (\`soak\`)`)];
    }
    case 'ticket':
      return [notJudged('ticket', `A ticket that ${requirement.pattern} finds (\`ticket\`)`)];
    case 'checks':
      return beyondNewest(requirement);
  }
}

function notJudged(requirement: string, what: string): CheckFinding {
  return {
    requirement,
    verdict: 'unknown',
    code: 'not-judged',
    says: `${what} is not judged by this version, which knows checks alone, so it waits.`,
  };
}

/** Apps are compared by their slugs here. */
function isJudged({ app }: ChecksPolicy): boolean {
  return app === null || !/^\d+$/.test(app);
}

function checkRequirement({ names, except, app, accept, onFailure }: ChecksPolicy): CheckRequirement {
  return { names, except, accept, onFailure, ...(app === null ? {} : { app }) };
}

/** Of `flake: passed` the newest run is the stricter half. */
function beyondNewest(checks: ChecksPolicy): CheckFinding[] {
  const found: CheckFinding[] = [];
  if (!isJudged(checks)) {
    const says = `Checks of the app ${checks.app} are not judged by this version, which knows apps by their slugs: write \`app: github-actions\`, or whatever its page at github.com/apps is called.`;
    found.push({ requirement: 'checks', verdict: 'unknown', code: 'not-judged', says });
  }
  if (checks.baseline !== null) found.push(notJudged('baseline', 'What passed on the previous release (`baseline`)'));
  if (checks.flake === 'failed') found.push(notJudged('flake', 'Whether a check also failed before it passed (`flake: failed`)'));
  return found;
}
