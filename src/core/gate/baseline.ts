// The requirement `baseline: previous-release`: whatever passed on the commit of the previous release passes on this one too, so that a
// check that fails since, or is no longer run, is told by its name even where a pattern would not miss it.

import type { ChecksPolicy } from '../policy/environment.ts';
import { countsFor, isOfApp, mayHavePassed, quarantineEnds, quarantineOf, type RunsVerdict, runsOf, runsVerdict } from './check-runs.ts';
import { appUnseen } from './checks.ts';
import type { GateFacts } from './facts.ts';
import { type Code, type Judged, judged, listed, notAsked } from './finding.ts';

export function judgeBaseline(policy: ChecksPolicy, { checks, baseline }: GateFacts, now: number): Judged {
  const requirement = policy.names.length === 1 ? `baseline of ${policy.names[0]}` : 'baseline';
  const turns = quarantineEnds(policy);
  const finding = (code: Code, says: string): Judged => judged('baseline', requirement, code, says, { turns });
  if (checks === undefined) return notAsked('baseline', requirement, 'What the checks of this commit say');
  if (baseline === undefined) return notAsked('baseline', requirement, 'What passed on the previous release');
  if (!baseline.known) return finding('baseline-unseen', `What passed on the previous release could not be seen: ${baseline.why}`);
  if (baseline.value === null) return finding('baseline-none', 'There is no previous release to compare with.');
  if (!checks.known) return finding('checks-unseen', `The checks of this commit could not be seen: ${checks.why}`);

  const { tag } = baseline.value;
  const named = checks.value.filter((fact) => countsFor(policy, fact));
  const unclear = named.find((fact) => isOfApp(policy.app, fact) === 'unknown');
  if (unclear !== undefined) return finding('check-app-unseen', appUnseen(unclear, policy.app));
  const counted = (facts: typeof checks.value) =>
    runsOf(facts.filter((fact) => countsFor(policy, fact) && isOfApp(policy.app, fact) !== 'no'));
  const before = counted(baseline.value.checks).filter(
    (group) => mayHavePassed(group.runs, policy) && quarantineOf(policy, group.name, now) === null,
  );
  if (before.length === 0) return finding('baseline-none', `Nothing that is asked passed on ${tag}.`);
  const here = new Map(counted(named).map((group) => [group.key, group.runs]));
  const compared = before.map(({ key, name }) => ({ name, verdict: verdictOf(here.get(key), policy) }));
  const those = (...kinds: readonly (RunsVerdict['is'] | 'missing')[]) => compared.filter(({ verdict }) => kinds.includes(verdict.is));
  const names = (some: readonly { readonly name: string }[]) => listed(some.map(({ name }) => name));

  const failed = those('failed', 'flaky');
  if (failed.length > 0) {
    // Where failures reject, the check that failed does already.
    return finding('regression', `${names(failed)} passed on ${tag} and ${failed.length === 1 ? 'fails' : 'fail'} now.`);
  }
  const other = those('other', 'unclear');
  if (other.length > 0) return finding('baseline-not-success', `${names(other)} passed on ${tag} and ended as ${statesOf(other)} now.`);
  const missing = those('missing');
  if (missing.length > 0) {
    const says = `${names(missing)} passed on ${tag} and ${missing.length === 1 ? 'has' : 'have'} not reported on this commit. What is no longer run belongs under \`except\`.`;
    return finding('baseline-missing', says);
  }
  const running = those('running');
  if (running.length > 0) return finding('baseline-running', `${names(running)} passed on ${tag}; not over yet on this commit.`);
  return finding('baseline-kept', `${names(before)} passed on ${tag} and ${before.length === 1 ? 'passes' : 'pass'} now.`);
}

type Here = Pick<RunsVerdict, 'state'> & { readonly is: RunsVerdict['is'] | 'missing' };

function verdictOf(runs: Parameters<typeof runsVerdict>[0] | undefined, policy: ChecksPolicy): Here {
  return runs === undefined ? { is: 'missing', state: '' } : runsVerdict(runs, policy);
}

function statesOf(some: readonly { readonly verdict: Here }[]): string {
  return listed(some.map(({ verdict }) => verdict.state || 'nobody can tell'));
}
