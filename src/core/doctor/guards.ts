// How GitHub guards each environment, and whether that asks the gate at all: the App's rule, or a step of the Action before the job that
// deploys. Facts about the rules: https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments

import { listed } from '../gate/finding.ts';
import { type EnvironmentPolicy, environmentOf, gateOf, OCCASIONS } from '../policy/environment.ts';
import type { Policy } from '../policy.ts';
import { type Diagnosis, diagnosis } from './diagnosis.ts';
import type { Entries } from './entries.ts';
import { type EnvironmentFact, type GitHubFacts, isSame, type RepositoryFact } from './facts.ts';

export interface Guarded {
  readonly policy: Policy;
  readonly found: Entries;
  readonly github: GitHubFacts;
}

export function diagnoseGuards(guarded: Guarded): Diagnosis[] {
  const { environments, repository } = guarded.github;
  if (!environments.known) return [];
  const { policy, found } = guarded;
  // What nobody uses needs no guard.
  const used = environments.value.filter(
    ({ name }) => environmentOf(policy, name) !== null || found.entries.some((one) => isSame(one.environment, name)),
  );
  return [...used.flatMap((one) => diagnoseOne(one, guarded)), ...(repository.known ? planLimits(used, repository.value, guarded) : [])];
}

function diagnoseOne(environment: EnvironmentFact, guarded: Guarded): Diagnosis[] {
  const { name, apps } = environment;
  const entry = environmentOf(guarded.policy, name);
  const stepped = isStepped(name, guarded.found);
  return [
    ...(apps.known ? diagnoseApps(environment, entry, apps.value, stepped, guarded) : []),
    ...diagnoseBranches(environment, stepped, guarded.github.repository),
    ...(entry === null ? [] : diagnosePassing(environment, entry, stepped)),
  ];
}

function isStepped(name: string, { gates, openGates }: Entries): boolean {
  return gates.some(({ environment }) => isSame(environment, name)) || openGates.length > 0;
}

type Apps = readonly { readonly id: number; readonly slug: string; readonly enabled: boolean }[];

function diagnoseApps(
  { name, waitTimer, reviewers, branches }: EnvironmentFact,
  entry: EnvironmentPolicy | null,
  apps: Apps,
  stepped: boolean,
  { policy, github }: Guarded,
): Diagnosis[] {
  const { app } = github;
  const ours = apps.filter((one) => (app === null ? one.slug.includes('shiplock') : isSame(one.slug, app) || String(one.id) === app));
  const on = apps.filter(({ enabled }) => enabled);
  const settings = `Settings → Environments → ${name}`;
  if (entry === null) {
    if (ours.some(({ enabled }) => enabled) && policy.unlisted === 'closed') {
      const says = `${name} is guarded by the App, and the policy does not name it, so that nothing can open it.`;
      return [diagnosis('environment-shut', name, says, `Add \`environments.${name}\`, or switch the App’s rule off in ${settings}.`)];
    }
    const open = on.length === 0 && waitTimer === 0 && reviewers.people.length + reviewers.teams.length === 0 && branches === 'all';
    if (!open || stepped) return [];
    const says = `${name} has no rule of any kind: whoever may push to any branch may deploy there.`;
    return [diagnosis('environment-unprotected', name, says, `If that matters, give it rules in ${settings} and an entry in the policy.`)];
  }
  if (ours.some(({ enabled }) => enabled) || stepped) return [];
  if (ours.length > 0) {
    const says = `The rule of ${ours[0]?.slug} for ${name} is switched off, so the policy’s gate is not asked.`;
    return [diagnosis('rule-disabled', name, says, `Switch it on in ${settings}.`)];
  }
  if (app === null && on.length > 0) {
    const slugs = listed(on.map(({ slug }) => slug));
    const says = `${name} is guarded by ${slugs}. Whether that is your Shiplock cannot be told from here.`;
    return [diagnosis('app-unnamed', name, says, 'Say which it is with `--app SLUG`.')];
  }
  const says = `The policy has a gate for ${name}, and nothing asks it: the App’s rule is not switched on there, and no workflow has a step with \`task: gate\` for it.`;
  return [
    diagnosis(
      'gate-missing',
      name,
      says,
      `Switch the App’s rule on in ${settings}, or put the Action’s \`gate\` before the job that deploys.`,
    ),
  ];
}

function diagnoseBranches({ name, branches }: EnvironmentFact, stepped: boolean, repository: GitHubFacts['repository']): Diagnosis[] {
  const settings = `Settings → Environments → ${name} → Deployment branches and tags`;
  if (branches === 'protected' && repository.known && !repository.value.protects) {
    const says = `Only protected branches may deploy to ${name}, and the repository protects none: GitHub then lets every branch deploy.`;
    const then = `Protect ${repository.value.defaultBranch}, or name the branches in ${settings}.`;
    return [diagnosis('protected-none', name, says, then)];
  }
  if (branches !== 'all' || !stepped) return [];
  const says = `Any branch may deploy to ${name}, and its gate is a step of a workflow: whoever may push a branch can take the step out there.`;
  return [diagnosis('branches-open', name, says, `Name the branches that may deploy in ${settings}.`)];
}

function diagnosePassing({ name, adminsBypass, waitTimer }: EnvironmentFact, entry: EnvironmentPolicy, stepped: boolean): Diagnosis[] {
  const all: Diagnosis[] = [];
  if (adminsBypass === true && !stepped) {
    const says = `Administrators may start what waits for ${name} without its rules. The App can only tell of it afterwards.`;
    const then = `Switch “Allow administrators to bypass configured protection rules” off in Settings → Environments → ${name}.`;
    all.push(diagnosis('admins-bypass', name, says, then));
  }
  if (waitTimer === 0 || entry.after === undefined) return all;
  const soaks = OCCASIONS.some((one) => gateOf(entry, one).requires.some(({ asks }) => asks === 'soak'));
  const says = `${name} has a wait timer of ${waitTimer} ${waitTimer === 1 ? 'minute' : 'minutes'}, which GitHub counts from when the job is started; it proves no time in ${entry.after}.`;
  all.push(
    soaks
      ? diagnosis('wait-timer-too', name, `${says} The soak time of the policy is asked besides.`, 'Nothing, if both are meant.')
      : diagnosis(
          'wait-timer',
          name,
          says,
          `If time in ${entry.after} is meant, ask \`soak: ${waitTimer}m\` in the policy and take the timer away.`,
        ),
  );
  return all;
}

/** Reviewers, wait timers and custom rules are for public repositories and for Enterprise; who is told the plan is an owner alone. */
function planLimits(used: readonly EnvironmentFact[], repository: RepositoryFact, { policy, found }: Guarded): Diagnosis[] {
  if (!repository.private || !repository.hosted) return [];
  const names = new Set([...Object.keys(policy.environments), ...used.filter(isRuled).map(({ name }) => name)]);
  const bare = [...names].filter((name) => !isStepped(name, found));
  if (bare.length === 0) return [];
  const says = `The repository is private: unless its plan is Enterprise, GitHub ignores reviewers, wait timers and the rules of Apps, also those that were set up while it was public. Then nothing holds ${listed(bare)}.`;
  const then = 'On any other plan let a step of the Action with `task: gate` come before the job that deploys.';
  return [diagnosis('plan-limits', '', says, then)];
}

function isRuled({ waitTimer, reviewers, apps }: EnvironmentFact): boolean {
  return waitTimer > 0 || reviewers.people.length + reviewers.teams.length > 0 || (apps.known && apps.value.length > 0);
}
