// The requirement `checks`: each name that the policy gives has been reported on the exact commit, and everything of that name has passed.

import type { ChecksPolicy } from '../policy/environment.ts';
import { isOfApp, isSure, matchesName, quarantineEnds, quarantineOf, type RunsVerdict, runsOf, runsVerdict } from './check-runs.ts';
import type { CheckFact, GateFacts } from './facts.ts';
import { type Judged, judged, listed, notAsked } from './finding.ts';

/** One finding for each name. */
export function judgeChecks(policy: ChecksPolicy, facts: GateFacts, now: number): Judged[] {
  return policy.names.map((name) => judgeName(name, policy, facts, now));
}

function judgeName(name: string, policy: ChecksPolicy, { checks }: GateFacts, now: number): Judged {
  const { app, except, onFailure } = policy;
  const requirement = app === null ? `check ${name}` : `check ${name} of ${/^\d+$/.test(app) ? `app ${app}` : app}`;
  const turns = quarantineEnds(policy);
  const finding = (...[code, says, more = {}]: Tail): Judged => judged('checks', requirement, code, says, { turns, ...more });
  if (checks === undefined) return notAsked('checks', requirement, 'What the checks of this commit say');
  if (!checks.known) return finding('checks-unseen', `The checks of this commit could not be seen: ${checks.why}`);

  const named = checks.value.filter((fact) => matchesName(name, fact.name) && !except.some((one) => matchesName(one, fact.name)));
  const unclear = named.find((fact) => isOfApp(app, fact) === 'unknown');
  if (unclear !== undefined) return finding('check-app-unseen', appUnseen(unclear, app));
  const groups = runsOf(named.filter((fact) => isOfApp(app, fact) === 'yes'));
  const asleep = groups.filter((group) => quarantineOf(policy, group.name, now) !== null);
  const awake = groups.filter((group) => !asleep.includes(group));
  const aside = asleep.length === 0 ? '' : ` ${listed(asleep.map((one) => one.name))} did not count: in quarantine.`;
  if (awake.length === 0) {
    const quarantine = quarantineOf(policy, name, now);
    if (quarantine !== null && !name.includes('*')) {
      return finding('check-quarantined', `${name} is in quarantine until ${quarantine.until} and does not count: ${quarantine.reason}`);
    }
    return finding(...absent(name, app, named, aside));
  }

  const verdicts = awake.map(({ name: own, ofApp, runs }) => ({ name: own, ofApp, verdict: runsVerdict(runs, policy) }));
  const of = (is: RunsVerdict['is']) => {
    const found = verdicts.find(({ verdict }) => verdict.is === is);
    return found === undefined ? undefined : { name: found.name, state: found.verdict.state };
  };
  const final = onFailure === 'reject' && verdicts.some((one) => isSure(one, verdicts));
  const failed = of('failed');
  if (failed !== undefined) return finding('check-failed', `${failed.name} ended as ${failed.state}.${aside}`, { final });
  const flaky = of('flaky');
  if (flaky !== undefined) {
    const says = `${flaky.name} ${flaky.state} on this commit before it passed, and the policy allows ${allowed(policy)}.${aside}`;
    return finding('check-flaky', says, { final });
  }
  const running = of('running');
  if (running !== undefined) return finding('check-running', `${running.name} is ${running.state}.${aside}`);
  const other = of('other');
  if (other !== undefined) return finding('check-not-success', `${other.name} ended as ${other.state}, which is not success.${aside}`);
  const blurred = of('unclear');
  if (blurred !== undefined) {
    const run = blurred.state === '' ? 'may not be its only one' : `ended as ${blurred.state}, which nobody here can read`;
    const says = `${blurred.name} passed, but a run of it on this commit ${run}, and the policy allows ${allowed(policy)}.${aside}`;
    return finding('check-unclear', says);
  }
  return finding('check-passed', `${listed(awake.map((one) => one.name))} passed.${aside}`);
}

type Tail = [code: Parameters<typeof judged>[2], says: string, more?: { readonly final?: boolean }];

function absent(name: string, app: string | null, named: readonly CheckFact[], aside: string): Tail {
  const stranger = named.find((fact) => isOfApp(app, fact) === 'no');
  if (stranger === undefined) {
    return ['check-missing', `No ${aside === '' ? '' : 'other '}check named ${name} has reported on this commit.${aside}`];
  }
  return ['check-of-other-app', `${stranger.name} was reported by ${stranger.app ?? 'nobody known'}, not by ${app}, so it does not count.`];
}

/** For the finding that no decision is possible. */
export function appUnseen(fact: CheckFact, app: string | null): string {
  return `Which app reported ${fact.name} is ${fact.app === null ? 'not told' : `told by its slug alone (${fact.app})`}, and only ${app} counts.`;
}

function allowed({ flake, retries }: ChecksPolicy): string {
  const most = flake === 'failed' ? 0 : retries;
  return most === 1 ? 'one failure' : most ? `${most} failures` : 'no failure';
}
