// Observe the range of each planned release once more, as the tool that made releases so far would be shown it, and ask core what it
// would make of it: what `init --from` tells when it has written its files.

import type { Commit } from '../../core/change.ts';
import { compareReleases, needsFiles, releaseOf, type Shadow, type ToolRules } from '../../core/import/shadow.ts';
import type { Plan } from '../../core/plan.ts';
import type { Policy } from '../../core/policy.ts';
import { detectTagTemplate, readTags } from '../../core/tag.ts';
import { unitsOf } from '../../core/unit.ts';
import { isPrerelease, sortNewestFirst } from '../../core/version.ts';
import type { GitPort } from '../ports.ts';

export interface ShadowRequest {
  readonly dir: string;
  /** The policy that the plans were made with. */
  readonly policy: Policy;
  readonly rules: ToolRules;
  /** The release of the repository, or that of each package. */
  readonly plans: readonly Plan[];
  /** The commit that they were planned up to; null where nothing is new. */
  readonly head: string | null;
}

/** Throws `GitProblem` where the clone cannot answer. */
export async function shadowClone(git: GitPort, { dir, policy, rules, plans, head }: ShadowRequest): Promise<Shadow[]> {
  const ranges = new Map<string, readonly Commit[]>();
  const files = needsFiles(rules);
  const shadows: Shadow[] = [];
  for (const plan of plans) {
    const base = plan.since?.sha ?? null;
    const key = base ?? '';
    const commits = ranges.get(key) ?? (head === null ? [] : await readCommits(git, dir, { head, base, files }));
    ranges.set(key, commits);
    const { units } = unitsOf(commits, head ?? '');
    const last = plan.since?.version ?? null;
    const stable = last !== null && isPrerelease(last) ? await stableBefore(git, dir, policy, plan) : null;
    const theirs = releaseOf(rules, plan.package, { commits, units, last, stable, branch: plan.line });
    if (theirs !== null) shadows.push(compareReleases(rules.tool, plan, theirs, units));
  }
  return shadows;
}

async function readCommits(git: GitPort, dir: string, range: { head: string; base: string | null; files: boolean }): Promise<Commit[]> {
  const commits: Commit[] = [];
  await git.readRange(dir, { ...range, onCommit: (commit) => commits.push(commit) });
  return commits;
}

/** The newest stable version that the release before the range holds. */
async function stableBefore(git: GitPort, dir: string, policy: Policy, plan: Plan): Promise<string | null> {
  const merged = await git.readMerged(dir, plan.since?.sha ?? '');
  const names = [...merged].map((name) => ({ name }));
  const own = policy.packages.find(({ name }) => name === plan.package);
  const template = own === undefined ? policy.release.tag : own.tag;
  const templates = template === null ? detectTagTemplate(names, own?.name).read : [template];
  const versions = readTags(names, templates, own?.name ?? '').map(({ version }) => version);
  return sortNewestFirst(versions).find((version) => !isPrerelease(version)) ?? null;
}
