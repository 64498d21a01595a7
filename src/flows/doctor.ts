// Examines how a repository's gates are set up: from the files of a clone alone, or with all that GitHub tells. It writes nothing.

import type { Diagnosis } from '../core/doctor/diagnosis.ts';
import type { GitHubFacts, PolicyFound } from '../core/doctor/facts.ts';
import type { WorkflowText } from '../core/doctor/workflow.ts';
import { examine } from '../core/doctor.ts';
import type { Account, CheckFact } from '../core/gate/facts.ts';
import { gateOf, OCCASIONS, type RequirementPolicy } from '../core/policy/environment.ts';
import type { Policy } from '../core/policy.ts';
import { releaseBranch } from '../core/release-pull.ts';
import type { DoctorPort } from './doctor-port.ts';
import type { Observed, Scene } from './github-port.ts';

export interface DoctorRequest {
  /** Reads the policy's text. */
  readonly read: (text: string) => PolicyFound;
  /** ISO 8601. */
  readonly now: string;
}

/** What the files of a clone say; the policy's text null where there is none. */
export function examineClone(
  policy: string | null,
  workflows: readonly WorkflowText[],
  { read, now }: DoctorRequest,
): readonly Diagnosis[] {
  return examine({ now, policy: foundIn(policy, read), workflows: { known: true, value: workflows }, github: null });
}

/** What the default branch and GitHub's settings say. Throws `GitHubProblem` where the repository cannot be seen at all. */
export async function examineGitHub(
  port: DoctorPort,
  request: DoctorRequest & { readonly app: string | null },
): Promise<readonly Diagnosis[]> {
  const { gates } = port;
  const scene = await port.github.scene({ releaseBranch });
  const policy = foundIn(scene.policy?.text ?? null, request.read);
  const asked = policy.is === 'read' ? requirementsOf(policy.policy) : [];
  const approvals = asked.flatMap((one) => (one.asks === 'approvals' && one.count > 0 ? [one] : []));
  const names = [...new Set(approvals.flatMap(({ from }) => from.filter((one) => one.includes('/')).map((one) => one.toLowerCase())))];
  const [workflows, environments, settings, checks, writers, teams] = await Promise.all([
    gates.workflows(),
    gates.environments(),
    port.settings(),
    asked.some((one) => one.asks === 'checks') ? checksLately(gates, scene) : NOTHING,
    approvals.length > 0 ? port.writers() : NOTHING,
    Promise.all(names.map(async (name) => [name, await membersOf(gates, name)] as const)),
  ]);
  const { host, defaultBranch } = scene.repository;
  const github: GitHubFacts = {
    environments,
    repository: settings.known ? { known: true, value: { ...settings.value, hosted: isHosted(host), defaultBranch } } : settings,
    checks,
    writers,
    teams: Object.fromEntries(teams),
    app: request.app,
  };
  return examine({ now: request.now, policy, workflows, github });
}

const NOTHING = { known: true, value: [] } as const;

function foundIn(text: string | null, read: DoctorRequest['read']): PolicyFound {
  return text === null ? { is: 'missing' } : read(text);
}

function requirementsOf(policy: Policy): readonly RequirementPolicy[] {
  return Object.values(policy.environments).flatMap((entry) => OCCASIONS.flatMap((one) => gateOf(entry, one).requires));
}

/** Of the newest commit, which may be too young to have any, and of the last release. */
async function checksLately(gates: DoctorPort['gates'], { branch, releases, tags }: Scene): Promise<Observed<readonly CheckFact[]>> {
  const last = releases.find((one) => !one.draft)?.tag;
  const released = tags.find(({ name }) => name === last)?.sha;
  const found: CheckFact[] = [];
  for (const sha of new Set([branch.sha, ...(released === undefined ? [] : [released])])) {
    const seen = await gates.checksOf(sha);
    if (!seen.known) return seen;
    found.push(...seen.value);
  }
  return { known: true, value: found };
}

async function membersOf(gates: DoctorPort['gates'], name: string): Promise<Observed<readonly Account[]>> {
  const [organization = '', team = ''] = name.replace(/^@/, '').split('/');
  const seen = await gates.teamMembers(organization, team);
  return seen.known ? { known: true, value: seen.value.filter((one) => !one.bot) } : seen;
}

/** By GitHub itself, whose plans differ in what they allow. */
function isHosted(host: string): boolean {
  return host === 'github.com' || host.endsWith('.ghe.com');
}
