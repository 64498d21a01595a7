// The names of environments in workflows, in the policy and on GitHub beside one another: GitHub makes an environment that a workflow names
// and that is not there, without any protection, so that a slip of the pen deploys past every gate.

import { listed } from '../gate/finding.ts';
import { nearest } from '../nearest.ts';
import type { Policy } from '../policy.ts';
import { type Diagnosis, diagnosis } from './diagnosis.ts';
import { type Entries, type Entry, fileName } from './entries.ts';
import { type EnvironmentFact, isSame } from './facts.ts';

export interface Named {
  readonly policy: Policy;
  readonly found: Entries;
  /** Null: nobody could see them. */
  readonly environments: readonly EnvironmentFact[] | null;
}

export function diagnoseNames(named: Named): Diagnosis[] {
  const { policy, found, environments } = named;
  const used = [...groupedByName(found.entries)];
  const listedNames = Object.keys(policy.environments);
  return [
    ...used.flatMap(([, entries]) => diagnoseUse(entries, named)),
    ...found.open.map(openName),
    ...found.gates.flatMap((gate) => gateUnlisted(gate, policy)),
    ...diagnoseSpellings(named),
    ...listedNames.flatMap((name) => diagnoseListed(name, { used: used.map(([, entries]) => entries), environments, found })),
  ];
}

function diagnoseUse(entries: readonly Entry[], { policy, environments, found }: Named): Diagnosis[] {
  const { environment } = entries[0] as Entry;
  const listedNames = Object.keys(policy.environments);
  const isListed = listedNames.some((one) => isSame(one, environment));
  const others = [...new Set([...listedNames, ...(environments ?? []).map(({ name }) => name)])].filter((one) => !isSame(one, environment));
  const meant = nearest(environment, others);
  const where = placesText(entries);
  if (environments !== null && !environments.some(({ name }) => isSame(name, environment))) {
    return [
      diagnosis(
        'environment-missing',
        environment,
        `${where} ${entries.length === 1 ? 'names' : 'name'} the environment ${environment}, which is not on GitHub. Its first run would make it, with no protection at all.`,
        meant === null
          ? `Make ${environment} under Settings → Environments, with its rules, before that runs.`
          : `If ${meant} is meant, write \`environment: ${meant}\`; else make ${environment} under Settings → Environments, with its rules, before that runs.`,
      ),
    ];
  }
  if (isListed || listedNames.length === 0) return [];
  // A name near to one that nothing else enters is that one.
  const lost = meant !== null && listedNames.includes(meant) && !found.entries.some((one) => isSame(one.environment, meant)) ? meant : null;
  if (lost !== null) {
    const says = `${where} ${entries.length === 1 ? 'names' : 'name'} the environment ${environment}, and the policy gates ${lost}, which no workflow enters.`;
    return [diagnosis('environment-misspelt', environment, says, `Write ${lost} in the workflow, or ${environment} in the policy.`)];
  }
  const says = `${where} ${entries.length === 1 ? 'deploys' : 'deploy'} to ${environment}, which the policy does not name.`;
  const then =
    policy.unlisted === 'open'
      ? `Nothing, if it needs no gate: \`environments.default\` is open. Else add \`environments.${environment}\`.`
      : `Add \`environments.${environment}\` with what it requires, if it is to have a gate.`;
  return [diagnosis('environment-unlisted', environment, says, then)];
}

function openName({ workflow, job, written }: Entries['open'][number]): Diagnosis {
  const says = `The job ${job.key} of ${fileName(workflow)} enters the environment \`${written}\`, which is worked out while it runs, so its name was not compared.`;
  const then = 'Make sure that it can only be the name of an environment that is there; an input of `type: environment` or `choice` is.';
  return diagnosis('environment-dynamic', workflow.path, says, then);
}

function gateUnlisted({ environment, workflow, job }: Entry, policy: Policy): Diagnosis[] {
  const names = Object.keys(policy.environments);
  if (names.some((one) => isSame(one, environment)) || policy.unlisted === 'open') return [];
  const meant = nearest(environment, names);
  const says = `The job ${job.key} of ${fileName(workflow)} asks the gate of ${environment}, which the policy does not name, so that it never opens.`;
  const then = meant === null ? `Add \`environments.${environment}\` to the policy.` : `Did you mean ${meant}?`;
  return [diagnosis('gate-unlisted', environment, says, then)];
}

/** Which ways an environment is written where more than one is. */
function diagnoseSpellings({ policy, found, environments }: Named): Diagnosis[] {
  const written = [
    ...(environments ?? []).map(({ name }) => ({ name, where: 'GitHub' })),
    ...Object.keys(policy.environments).map((name) => ({ name, where: 'the policy' })),
    ...[...found.entries, ...found.gates].map(({ environment, workflow }) => ({ name: environment, where: fileName(workflow) })),
  ];
  const groups = grouped(written, ({ name }) => name.toLowerCase());
  return [...groups.values()].flatMap((group) => {
    const ways = grouped(group, ({ name }) => name);
    if (ways.size === 1) return [];
    const [first = ''] = ways.keys();
    const says = `${[...ways].map(([name, places]) => `${name} (${listed(places.map(({ where }) => where))})`).join(', ')} are one environment to GitHub, and written in ${ways.size} ways.`;
    return [diagnosis('environment-spellings', first, says, `Write ${first} everywhere: other tools compare names exactly.`)];
  });
}

interface Around {
  readonly used: readonly (readonly Entry[])[];
  readonly environments: readonly EnvironmentFact[] | null;
  readonly found: Entries;
}

/** An environment of the policy that nothing enters, or that is not there. */
function diagnoseListed(name: string, { used, environments, found }: Around): Diagnosis[] {
  const all: Diagnosis[] = [];
  const isUsed = used.some((entries) => isSame((entries[0] as Entry).environment, name));
  if (!isUsed && found.open.length === 0) {
    const says = `No workflow has a job with \`environment: ${name}\`, so nothing that is deployed there is seen or held.`;
    all.push(diagnosis('environment-unused', name, says, `Give the job that deploys \`environment: ${name}\`, or take the entry out.`));
  }
  // What a workflow names and is not there is told already, and worse.
  if (environments !== null && !isUsed && !environments.some((one) => isSame(one.name, name))) {
    const meant = nearest(
      name,
      environments.map((one) => one.name),
    );
    const then =
      meant === null ? `Make it under Settings → Environments.` : `Did you mean ${meant}? Else make it under Settings → Environments.`;
    all.push(diagnosis('environment-absent', name, `The policy names ${name}, and GitHub has no such environment.`, then));
  }
  return all;
}

function groupedByName(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  return grouped(entries, ({ environment }) => environment.toLowerCase());
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** `The job deploy of deploy.yml`, or of several. */
function placesText(entries: readonly Entry[]): string {
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return `The job ${only.job.key} of ${fileName(only.workflow)}`;
  return `Jobs of ${listed(entries.map(({ workflow }) => fileName(workflow)))}`;
}
