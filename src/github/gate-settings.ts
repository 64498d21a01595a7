// How the repository's gates are set up on GitHub: its environments with all that guards them, and its workflows with their texts.

import type { EnvironmentSeen, ReviewersSeen, WorkflowSeen } from '../flows/gate-port.ts';
import type { Observed } from '../flows/github-port.ts';
import { reviewersOf } from './actors.ts';
import { readAll } from './checks.ts';
import { readFiles } from './files.ts';
import type { Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, listOf, pagesOf } from './rest.ts';

interface RawRule {
  readonly type?: string;
  readonly wait_timer?: number;
  readonly prevent_self_review?: boolean;
  readonly reviewers?: Parameters<typeof reviewersOf>[0];
}

interface RawEnvironment {
  readonly id: number | bigint;
  readonly name: string;
  readonly protection_rules?: readonly RawRule[];
  readonly deployment_branch_policy?: { readonly protected_branches: boolean } | null;
  readonly can_admins_bypass?: boolean;
}

interface RawWorkflow {
  readonly id: number | bigint;
  readonly name: string;
  readonly path: string;
  readonly state: string;
}

const READ = { needs: 'actions: read' } as const;

export async function readEnvironments(place: Place): Promise<Observed<readonly EnvironmentSeen[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/environments';
    const raws = await readAll<RawEnvironment>(place, 'environments', async (take) => {
      const read = (page: number) => place.octokit.request(route, { ...at(place), per_page: 100, page, request: READ });
      for await (const { data } of pagesOf(read)) {
        const list = listOf<RawEnvironment>(data.environments, 'environments');
        take(list, data.total_count ?? list.length);
      }
    });
    const environments: EnvironmentSeen[] = [];
    for (const raw of raws) environments.push(environmentOf(place, raw, await readGuards(place, raw.name)));
    return environments;
  });
}

/** Custom rules have an endpoint of their own; their place among the others has no name in GitHub's description. */
function readGuards(place: Place, environment: string): Promise<EnvironmentSeen['apps']> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules';
    const { data } = await place.octokit.request(route, { ...at(place), environment_name: environment, request: READ });
    const rules = listOf(data.custom_deployment_protection_rules, 'custom protection rules');
    return rules.map(({ app, enabled }) => ({ id: Number(app.id), slug: app.slug, enabled }));
  });
}

function environmentOf(place: Place, raw: RawEnvironment, apps: EnvironmentSeen['apps']): EnvironmentSeen {
  const rules = raw.protection_rules ?? [];
  const asked = rules.filter((rule) => rule.type === 'required_reviewers');
  const reviewers = asked.map((rule) => reviewersOf(rule.reviewers, place.owner));
  const policy = raw.deployment_branch_policy ?? null;
  return {
    id: Number(raw.id),
    name: raw.name,
    waitTimer: Math.max(0, ...rules.map((rule) => rule.wait_timer ?? 0)),
    reviewers: {
      people: reviewers.flatMap((one: ReviewersSeen) => one.people),
      teams: reviewers.flatMap((one: ReviewersSeen) => one.teams),
    },
    preventSelfReview: asked.some((rule) => rule.prevent_self_review === true),
    adminsBypass: raw.can_admins_bypass ?? null,
    branches: policy === null ? 'all' : policy.protected_branches ? 'protected' : 'listed',
    rules: rules.map((rule) => rule.type ?? 'unknown'),
    apps,
  };
}

export async function readWorkflows(place: Place): Promise<Observed<readonly WorkflowSeen[]>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/actions/workflows';
    const raws = await readAll<RawWorkflow>(place, 'workflows', async (take) => {
      const read = (page: number) => place.octokit.request(route, { ...at(place), per_page: 100, page, request: READ });
      for await (const { data } of pagesOf(read)) take(listOf(data.workflows, 'workflows'), data.total_count);
    });
    // GitHub's own, such as `dynamic/pages/…`, are no files.
    const paths = raws.map((raw) => raw.path).filter((path) => path.startsWith('.github/workflows/'));
    const texts = await readFiles(place, 'HEAD', paths);
    return raws.map(({ id, name, path, state }) => ({
      id: Number(id),
      name,
      path,
      state: state.toLowerCase(),
      text: texts.get(path) ?? null,
    }));
  });
}
