// The workflows that deploy: whether `/deploy` can start the one that the policy names, and whether a gate that is a step of a workflow
// holds the job that comes after it.

import { askedOf, gateIn } from '../gate/facts.ts';
import { listed } from '../gate/finding.ts';
import { isMap, valueAt } from '../import/config.ts';
import { nearest } from '../nearest.ts';
import { environmentOf } from '../policy/environment.ts';
import type { Policy } from '../policy.ts';
import { type Diagnosis, diagnosis } from './diagnosis.ts';
import { type Entries, type Entry, fileName, neededBy } from './entries.ts';
import { isSame } from './facts.ts';
import type { Workflow } from './workflow.ts';

export interface Deploying {
  readonly policy: Policy;
  readonly workflows: readonly Workflow[];
  readonly found: Entries;
  /** Paths of workflows that could not be read: nothing is known of those. */
  readonly unread: readonly string[];
}

export function diagnoseDeploys(deploying: Deploying): Diagnosis[] {
  const { policy, found } = deploying;
  return [
    ...Object.entries(policy.environments).flatMap(([name, { deploy }]) =>
      deploy === undefined ? [] : diagnoseStarted(name, deploy, deploying),
    ),
    ...found.entries.flatMap((entry) => diagnoseOrder(entry, found)),
    ...found.gates.flatMap((gate) => diagnoseGate(gate, policy)),
  ];
}

function diagnoseStarted(name: string, file: string, { workflows, found, unread }: Deploying): Diagnosis[] {
  const path = file.includes('/') ? file : `.github/workflows/${file}`;
  if (unread.includes(path)) return [];
  const workflow = workflows.find((one) => one.path === path);
  if (workflow === undefined) {
    const meant = nearest(file, workflows.map(fileName));
    const then =
      meant === null ? `Write the workflow ${path}, or name another under \`environments.${name}.deploy\`.` : `Did you mean ${meant}?`;
    return [
      diagnosis('deploy-missing', name, `\`/deploy ${name}\` starts ${file}, and there is no such workflow on the default branch.`, then),
    ];
  }
  if (workflow.state?.startsWith('disabled') === true) {
    const says = `\`/deploy ${name}\` starts ${file}, which is disabled on GitHub (${workflow.state}).`;
    return [diagnosis('deploy-disabled', name, says, `Enable it under Actions → ${file}.`)];
  }
  if (workflow.dispatch === null) {
    const says = `\`/deploy ${name}\` starts ${file}, which has no \`workflow_dispatch\` among its events, so GitHub does not start it.`;
    return [diagnosis('deploy-undispatchable', name, says, 'Add `workflow_dispatch:` under `on:`.')];
  }
  const within = reachable(workflow, workflows);
  if (found.entries.some((one) => within.has(one.workflow.path) && isSame(one.environment, name))) return [];
  const open = found.open.filter((one) => within.has(one.workflow.path));
  if (open.some((one) => one.dispatched)) return [];
  if (open.length > 0 || [...within].some((one) => !workflows.some(({ path: known }) => known === one))) {
    const says = `\`/deploy ${name}\` starts ${file}, of which it cannot be told whether a job enters ${name}.`;
    return [
      diagnosis(
        'deploy-unclear',
        name,
        says,
        `Give it an input \`environment\`, which \`/deploy\` fills in, or write \`environment: ${name}\`.`,
      ),
    ];
  }
  const says = `\`/deploy ${name}\` starts ${file}, none of whose jobs has \`environment: ${name}\`: it would run past the gate.`;
  return [diagnosis('deploy-elsewhere', name, says, `Give the job that deploys \`environment: ${name}\`.`)];
}

/** Paths of the workflow and of all that it calls; what is called elsewhere is there by what it is called with. */
function reachable(workflow: Workflow, workflows: readonly Workflow[]): ReadonlySet<string> {
  const found = new Set<string>([workflow.path]);
  for (const path of found) {
    const one = workflows.find((other) => other.path === path);
    for (const { calls } of one?.jobs ?? []) if (calls !== null) found.add(calls.replace(/^\.\//, ''));
  }
  return found;
}

/** Jobs that enter where a gate of the same file is asked, without having waited for its yes. */
function diagnoseOrder({ environment, workflow, job }: Entry, { gates }: Entries): Diagnosis[] {
  const own = gates.filter((gate) => gate.workflow === workflow && isSame(gate.environment, environment));
  if (own.length === 0) return [];
  const needed = neededBy(job, workflow);
  const before = own.filter((gate) => needed.has(gate.job.key));
  const file = fileName(workflow);
  const [first] = own;
  if (before.length === 0) {
    // A gate as the job's own first step holds it as well, but GitHub then calls the deployment begun.
    if (own.some((gate) => gate.job === job)) return [];
    const says = `The job ${job.key} of ${file} enters ${environment} and does not wait for the job ${first?.job.key}, which asks the gate.`;
    return [diagnosis('gate-not-needed', environment, says, `Add \`needs: ${first?.job.key}\` to the job ${job.key}.`)];
  }
  const loose = /\b(?:always|failure|cancelled)\s{0,10}\(/.exec(job.condition)?.[0];
  // Whoever asks for the gate's own result knows what they do.
  if (loose === undefined || before.some((gate) => job.condition.includes(`needs.${gate.job.key}.result`))) return [];
  const says = `The job ${job.key} of ${file} enters ${environment} by \`if: ${job.condition.slice(0, 100)}\`, which runs it where the gate has failed, too.`;
  return [diagnosis('gate-overrun', environment, says, `Take \`${loose})\` out of its \`if\`.`)];
}

function diagnoseGate({ environment, workflow, job }: Entry, policy: Policy): Diagnosis[] {
  const all: Diagnosis[] = [];
  const file = fileName(workflow);
  const pulls = workflow.events.filter((one) => one.startsWith('pull_request'));
  if (pulls.length > 0) {
    const says = `${file} asks the gate of ${environment} and is started by ${listed(pulls)}, where a pull request brings the workflow along and the gate refuses to run.`;
    all.push(
      diagnosis(
        'gate-of-pull',
        environment,
        says,
        'Move the gate into a workflow for `push`, `workflow_dispatch`, `release` or `schedule`.',
      ),
    );
  }
  if (environmentOf(policy, environment) === null) return all;
  const asked = askedOf(gateIn(policy, environment));
  const lacking = lackingPermissions(job.permissions ?? workflow.permissions, gatePermissions(asked));
  if (lacking.length > 0) {
    const says = `The job ${job.key} of ${file} asks the gate of ${environment} without ${listed(lacking.map((one) => `\`${one}: read\``))}, so what needs that counts as unknown.`;
    all.push(
      diagnosis('gate-blind', environment, says, `Add ${listed(lacking.map((one) => `\`${one}: read\``))} to the job’s \`permissions:\`.`),
    );
  }
  if (asked.teams.length > 0) {
    const says = `The policy counts approvals of ${listed(asked.teams)} for ${environment}, and a workflow’s own token may not see who belongs to a team.`;
    const then = `Give the step in ${file} a \`github-token\` of an App with \`members: read\`, or name people (\`@user\`) or a role.`;
    all.push(diagnosis('gate-teams', environment, says, then));
  }
  return all;
}

/** What the Action's gate reads with, for what a policy asks; the documentation of the Action has the same list. */
export function gatePermissions(asked: ReturnType<typeof askedOf>): string[] {
  return [
    'contents',
    'pull-requests',
    ...(asked.checks || asked.baseline ? ['checks', 'statuses'] : []),
    ...(asked.deployments.length > 0 || asked.release ? ['deployments'] : []),
    ...(asked.run || asked.approvals ? ['actions'] : []),
  ];
}

/** Nothing where no permissions are written: what the token may do then is a setting of the repository. */
function lackingPermissions(written: unknown, needed: readonly string[]): string[] {
  if (written === undefined || written === 'read-all' || written === 'write-all') return [];
  const may = (name: string) => isMap(written) && ['read', 'write'].includes(String(valueAt(written, name)));
  return needed.filter((name) => !may(name));
}
