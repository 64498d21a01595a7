// Requirements of the policy that nothing can ever meet, or that are over: a check that nobody reports, more approvals than people, an
// environment to come from that nothing enters, a window that never opens.

import { isOfApp, matchesName } from '../gate/check-runs.ts';
import { endOf, freezeSpan, instantOf, windowsAt } from '../gate/clock.ts';
import type { CheckFact } from '../gate/facts.ts';
import { listed } from '../gate/finding.ts';
import {
  type ApprovalsPolicy,
  type ChecksPolicy,
  type EnvironmentPolicy,
  gateOf,
  OCCASIONS,
  type RequirementPolicy,
} from '../policy/environment.ts';
import type { Policy } from '../policy.ts';
import { isAtLeast, ROLES, type Role } from '../role.ts';
import { type Diagnosis, diagnosis } from './diagnosis.ts';
import type { Entries } from './entries.ts';
import { type GitHubFacts, isSame } from './facts.ts';

export interface Reaching {
  readonly policy: Policy;
  /** ISO 8601. */
  readonly now: string;
  /** Null: the workflows could not be seen. */
  readonly found: Entries | null;
  readonly github: GitHubFacts | null;
}

export function diagnoseUnreachable(reaching: Reaching): Diagnosis[] {
  return Object.entries(reaching.policy.environments).flatMap(([name, entry]) => {
    const asked = requirementsOf(entry);
    return [
      ...(entry.hold === null ? [] : [heldFor(name, entry.hold)]),
      ...asked.flatMap((one) => (one.asks === 'checks' ? diagnoseChecks(name, one, reaching) : [])),
      ...asked.flatMap((one) => (one.asks === 'approvals' && one.count > 0 ? diagnoseApprovals(name, one, reaching.github) : [])),
      ...diagnoseAfter(name, entry, reaching),
      ...diagnoseTimes(name, entry, instantOf(reaching.now)),
    ];
  });
}

/** Each once, whatever the occasions that ask it. */
function requirementsOf(entry: EnvironmentPolicy): readonly RequirementPolicy[] {
  const all = OCCASIONS.flatMap((occasion) => gateOf(entry, occasion).requires);
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function heldFor(name: string, reason: string): Diagnosis {
  return diagnosis('held', name, `The policy holds ${name}: ${reason}`, 'Take `hold` out of the entry when it is over.');
}

function diagnoseChecks(name: string, asked: ChecksPolicy, { github }: Reaching): Diagnosis[] {
  const { app, names, except } = asked;
  if (github?.checks.known !== true || github.checks.value.length === 0) return [];
  const checks = github.checks.value;
  const looked = 'on the newest commit of the default branch and on the last release';
  if (app !== null && checks.every((one) => isOfApp(app, one) === 'no')) {
    const says = `${name} asks for checks of the app ${app}, which reported none ${looked}; ${appsText(checks)} did.`;
    return [diagnosis('app-silent', name, says, 'Write the slug of the app that reports the checks, as the page of a check shows it.')];
  }
  return names.flatMap((wanted) => {
    const named = checks.filter((one) => matchesName(wanted, one.name) && !except.some((out) => matchesName(out, one.name)));
    if (named.some((one) => isOfApp(app, one) !== 'no')) return [];
    const says = `${name} asks for the check ${wanted}${app === null ? '' : ` of ${app}`}, which was not reported ${looked}.${named.length === 0 ? '' : ` ${appsText(named)} reported one of that name.`}`;
    const then = `Write the name as the commit’s page shows it; these were reported: ${listed(checks.map((one) => one.name))}.`;
    return [diagnosis('check-unreported', name, says, then)];
  });
}

function appsText(checks: readonly CheckFact[]): string {
  return listed(checks.map(({ app, appId }) => app ?? (appId === null ? 'people' : `app ${appId}`)));
}

interface Approver {
  readonly id: number;
  readonly login: string;
  readonly role: Role;
}

function diagnoseApprovals(name: string, asked: ApprovalsPolicy, github: GitHubFacts | null): Diagnosis[] {
  if (github?.writers.known !== true) return [];
  const writers = github.writers.value;
  const sources = asked.from.length === 0 ? [writers] : asked.from.map((one) => membersOf(one, writers, github));
  const all: Diagnosis[] = asked.from.flatMap((one) => diagnoseSource(name, one, writers, github));
  // Code owners depend on the files of a release, and what could not be seen may be anybody.
  if (sources.some((one) => one === null)) return all;
  const people = new Map(sources.flatMap((one) => one ?? []).map((one) => [one.id, one]));
  const whom = asked.from.length === 0 ? 'people with write access' : listed(asked.from);
  const { size } = people;
  if (size < asked.count) {
    const says = `${name} asks for ${asked.count} ${asked.count === 1 ? 'approval' : 'approvals'} of ${whom}, and ${size === 0 ? 'nobody' : size === 1 ? 'one person alone' : `${size} people alone`} can give one.`;
    all.push(diagnosis('approvers-few', name, says, 'Ask for fewer, or let more people approve under `from`.'));
  } else if (size === asked.count && asked.except.length > 0) {
    const says = `${name} asks for ${asked.count} ${asked.count === 1 ? 'approval' : 'approvals'}, and just ${size} can give ${size === 1 ? 'it' : 'them'}: ${listed([...people.values()].map(({ login }) => `@${login}`))}. What one of them made or deploys (${listed(asked.except)}) cannot be approved.`;
    all.push(diagnosis('approvers-scarce', name, says, 'Let more people approve under `from`.'));
  }
  return all;
}

/** Who may write and is meant by one word of `from`; null: that cannot be told. */
function membersOf(source: string, writers: readonly Approver[], { teams }: GitHubFacts): readonly Approver[] | null {
  if (source === 'owners') return null;
  if (source.includes('/')) {
    const members = Object.hasOwn(teams, source.toLowerCase()) ? teams[source.toLowerCase()] : undefined;
    return members?.known === true ? writers.filter((one) => members.value.some(({ id }) => id === one.id)) : null;
  }
  if (source.startsWith('@')) return writers.filter(({ login }) => isSame(login, source.slice(1)));
  const role = ROLES.find((one) => one === source);
  return role === undefined ? null : writers.filter((one) => isAtLeast(one.role, role));
}

function diagnoseSource(name: string, source: string, writers: readonly Approver[], { teams }: GitHubFacts): Diagnosis[] {
  if (source.includes('/')) {
    const members = Object.hasOwn(teams, source.toLowerCase()) ? teams[source.toLowerCase()] : undefined;
    if (members?.known !== true || members.value.length > 0) return [];
    return [
      diagnosis(
        'team-empty',
        name,
        `${name} counts approvals of ${source}, which has no members.`,
        'Add people to the team, or name another.',
      ),
    ];
  }
  if (!source.startsWith('@') || writers.some(({ login }) => isSame(login, source.slice(1)))) return [];
  const says = `${name} counts approvals of ${source}, who may not write to the repository, so that none of them counts.`;
  return [diagnosis('approver-weak', name, says, `Give ${source} write access, or name somebody who has it.`)];
}

function diagnoseAfter(name: string, { after }: EnvironmentPolicy, { found }: Reaching): Diagnosis[] {
  if (after === undefined || found === null || found.open.length > 0) return [];
  if (found.entries.some(({ environment }) => isSame(environment, after))) return [];
  const says = `${name} comes after ${after}, which no workflow deploys to, so that nothing has ever come through it.`;
  return [
    diagnosis(
      'after-unreachable',
      name,
      says,
      `Give the job that deploys there \`environment: ${after}\`, unless another tool tells GitHub of its deployments.`,
    ),
  ];
}

function diagnoseTimes(name: string, entry: EnvironmentPolicy, now: number | null): Diagnosis[] {
  if (now === null) return [];
  const lists = [entry, ...Object.values(entry.for)].map(({ windows }) => windows).filter((windows) => windows.length > 0);
  const never = lists.some((windows) => {
    const seen = windowsAt(windows, now);
    return seen !== null && !seen.open && seen.turns === null;
  });
  const checks = requirementsOf(entry).flatMap((one) => (one.asks === 'checks' ? one.quarantine : []));
  const over = [...new Map(checks.map((one) => [JSON.stringify(one), one])).values()].filter(
    ({ until }) => (endOf(until) ?? now + 1) <= now,
  );
  return [
    ...(never
      ? [
          diagnosis(
            'window-never',
            name,
            `No window of ${name} opens within two weeks.`,
            'Write `windows` with days and times that there are.',
          ),
        ]
      : []),
    ...entry.freeze.flatMap((freeze) => {
      const span = freezeSpan(freeze);
      if (span === null || span.to > now) return [];
      const says = `The freeze of ${name} until ${freeze.to}${freeze.reason === null ? '' : ` (${freeze.reason})`} is over.`;
      return [diagnosis('freeze-over', name, says, 'Take it out, or set the next one.')];
    }),
    ...over.map(({ check, until, reason }) =>
      diagnosis(
        'quarantine-over',
        name,
        `The quarantine of ${check} until ${until} (${reason}) is over, so the check counts again.`,
        'Mend the check, or give it more time with a new date.',
      ),
    ),
  ];
}
