// GitHub as a release sees it: one look at the repository, one compare from the line's last release, and the plan that follows.

import { judgeUnits } from '../../core/history.ts';
import { baseCandidates, lineOf, type PlacedLine } from '../../core/line.ts';
import { renderNotes } from '../../core/notes.ts';
import { type Plan, planRelease, type Since } from '../../core/plan.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { type MergedPull, withPulls } from '../../core/pulled.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { scopeObjections } from '../../core/scope.ts';
import { detectTagTemplate, readTags, type TagTemplates } from '../../core/tag.ts';
import { type Unit, type Units, unitsOf } from '../../core/unit.ts';
import { compareVersions, isPrerelease } from '../../core/version.ts';
import {
  type GitHubPort,
  GitHubProblem,
  type PullSeen,
  type RangeCommit,
  type RangeSeen,
  type Scene,
  type TagSeen,
} from '../github-port.ts';

export interface GitHubPlanRequest {
  /** Branch whose line is planned; absent: the default branch. */
  readonly line?: string;
  readonly releaseAs?: string;
  /** Reads the policy file's text; throws what its caller understands where it is malformed. */
  readonly readPolicy: (text: string) => Promise<Policy>;
}

/** The plan of a line with its notes, and what it was made from. */
export interface GitHubPlan {
  readonly plan: Plan;
  readonly notes: string;
  readonly head: string;
  readonly remarks: readonly string[];
  /** The range that it was made from, with the pull requests that brought it. */
  readonly commits: readonly RangeCommit[];
}

export interface GitHubSituation {
  readonly scene: Scene;
  readonly policy: Policy;
  readonly line: PlacedLine;
  /** Why the branch is no line, where `line` is another's; else null. */
  readonly noLine: string | null;
  readonly templates: TagTemplates;
  readonly tags: readonly VersionTag[];
  readonly remarks: readonly string[];
}

export interface VersionTag {
  readonly tag: TagSeen;
  readonly version: string;
}

/** One look: the repository, its policy, and which line the branch is. */
export async function observeGitHub(github: GitHubPort, request: GitHubPlanRequest): Promise<GitHubSituation> {
  const scene = await github.scene({ releaseBranch, scope: true, ...(request.line === undefined ? {} : { branch: request.line }) });
  const policy = scene.policy === null ? DEFAULT_POLICY : await request.readPolicy(scene.policy.text);
  const { branch, repository } = scene;
  const found = lineOf(branch.name, {
    lines: policy.lines,
    defaultBranch: repository.defaultBranch,
    branches: [...scene.branches, branch.name],
  });
  const remarks = [...found.problems];
  let { line } = found;
  const noLine = line === null ? found.says : null;
  if (line === null) {
    line = lineOf(repository.defaultBranch, { lines: [], defaultBranch: repository.defaultBranch, branches: scene.branches })
      .line as PlacedLine;
    remarks.push(`${found.says} It is planned as if it were merged to ${line.name}.`);
  }
  const templates = templatesOf(scene.tags, policy);
  return { scene, policy, line, noLine, templates, tags: versionTags(scene.tags, templates), remarks };
}

function templatesOf(tags: readonly TagSeen[], policy: Policy): TagTemplates {
  return policy.release.tag === null ? detectTagTemplate(tags) : { read: [policy.release.tag], write: policy.release.tag };
}

function versionTags(tags: readonly TagSeen[], templates: TagTemplates): VersionTag[] {
  return readTags(tags, templates.read);
}

/** Compares tried one by one before every tag is read: most often the first is it. */
const TRIES = 3;

/** What follows the line's last release, read and put together, and not yet judged. */
export interface LineRead {
  readonly since: Since | null;
  readonly units: Units;
  readonly released: ReadonlySet<string>;
  /** What could not be seen, in words. */
  readonly remarks: readonly string[];
  readonly commits: readonly RangeCommit[];
  readonly existing: readonly string[];
  readonly within: readonly string[];
  readonly elsewhere: readonly string[];
  readonly stable: string | null;
}

/** Plans what follows the line's last release. */
export async function planOnGitHub(github: GitHubPort, situation: GitHubSituation, request: GitHubPlanRequest): Promise<GitHubPlan> {
  return planLine(situation, await readLine(github, situation), request);
}

export async function readLine(github: GitHubPort, situation: GitHubSituation): Promise<LineRead> {
  const { scene } = situation;
  const { base, range, tags } = await findRange(github, situation);
  const since: Since | null = base === null ? null : { tag: base.tag.name, version: base.version, sha: base.tag.sha };
  const commits = range.commits.map((one) => one.commit);
  const shas = new Set(commits.map((commit) => commit.sha));
  const above = tags.filter(({ version }) => since === null || compareVersions(version, since.version) > 0);
  const units = withPulls(unitsOf(commits, scene.branch.sha), pullFinder(range.commits, scene));
  const before = await pickedBefore(
    github,
    units.units.flatMap((unit) => unit.message.pickedFrom),
    since,
  );
  return {
    since,
    units,
    released: before.released,
    remarks: before.remarks,
    commits: range.commits,
    existing: tags.map(({ version }) => version),
    within: above.filter(({ tag }) => shas.has(tag.sha)).map(({ version }) => version),
    elsewhere: above.filter(({ tag }) => !shas.has(tag.sha)).map(({ version }) => version),
    stable: since !== null && isPrerelease(since.version) ? stableBefore(since, tags) : null,
  };
}

/** The plan of what was read; with `merged`, as it would be once these units were on the line, too. */
export function planLine(
  situation: GitHubSituation,
  read: LineRead,
  request: Pick<GitHubPlanRequest, 'releaseAs'>,
  merged: readonly Unit[] = [],
): GitHubPlan {
  const { policy, line, scene, templates } = situation;
  const units = merged.length === 0 ? read.units : { ...read.units, units: [...merged, ...read.units.units] };
  const history = judgeUnits(units, { policy, released: read.released });
  const { since, existing, within, elsewhere, stable } = read;
  const bare = planRelease({
    policy,
    line,
    since,
    history,
    template: templates.write,
    existing,
    within,
    elsewhere,
    stable,
    releaseAs: request.releaseAs ?? null,
  });
  const { commits } = read;
  const { plan, unseen } = withScope(bare, scene);
  return {
    plan,
    notes: notesOf(plan, situation, commits),
    head: scene.branch.sha,
    remarks: [...situation.remarks, ...read.remarks, ...unseen],
    commits,
  };
}

/** The plan with what people made it wait for; nothing to release waits for nothing. */
function withScope(plan: Plan, { scope, branch }: Scene): { readonly plan: Plan; readonly unseen: readonly string[] } {
  const { version, tag } = plan;
  if (scope === undefined || version === null || tag === null) return { plan, unseen: [] };
  if (!scope.known) return { plan, unseen: [`Whether release blockers or items of its milestone are open was not seen: ${scope.why}`] };
  const objections = scopeObjections(scope.value, { branch: branch.name, version, tag });
  const lost = scope.value.moreMilestones && !objections.some(({ code }) => code === 'open-milestone');
  const unseen = lost ? [`Of the open milestones only the ${scope.value.milestones.length} last changed were looked at.`] : [];
  return { plan: objections.length === 0 ? plan : { ...plan, objections: [...plan.objections, ...objections] }, unseen };
}

/** Notes of a plan as GitHub's people are known. */
export function notesOf(plan: Plan, { scene, policy }: GitHubSituation, commits: readonly RangeCommit[]): string {
  const { host, owner, name } = scene.repository;
  const firstTime = new Set<string>();
  for (const { pulls } of commits) {
    for (const pull of pulls) if (pull.firstTime && pull.author.login !== undefined) firstTime.add(pull.author.login.toLowerCase());
  }
  return renderNotes({
    version: plan.version,
    tag: plan.tag,
    kind: plan.kind,
    previousTag: plan.since?.tag ?? null,
    repository: { host, owner, name },
    changes: plan.changes,
    policy: policy.notes,
    firstTime,
  });
}

/** The changes of a release that is out already, from the tag that it followed: whom to tell is worked out anew, never remembered. */
export async function changesOfRelease(github: GitHubPort, situation: GitHubSituation, since: string | null, tag: TagSeen) {
  const range = await github.range(since, tag.sha, false);
  const commits = range.commits.map((one) => one.commit);
  return judgeUnits(withPulls(unitsOf(commits, tag.sha), pullFinder(range.commits, situation.scene)), { policy: situation.policy }).changes;
}

interface FoundRange {
  readonly base: VersionTag | null;
  readonly range: RangeSeen;
  readonly tags: readonly VersionTag[];
}

async function findRange(github: GitHubPort, situation: GitHubSituation): Promise<FoundRange> {
  const { scene, line, policy } = situation;
  const files = policy.packages.length > 0;
  let { tags } = situation;
  const tried = new Set<string>();
  for (const all of [false, true]) {
    if (all) {
      if (!scene.moreTags) break;
      tags = versionTags(await github.allTags(), situation.templates);
    }
    const byVersion = new Map(tags.map((one) => [one.version, one]));
    for (const version of baseCandidates(line, byVersion.keys()).slice(0, all ? 50 : TRIES)) {
      const base = byVersion.get(version) as VersionTag;
      if (tried.has(base.tag.name)) continue;
      tried.add(base.tag.name);
      const range = base.tag.sha === scene.branch.sha ? EMPTY : await github.range(base.tag.name, scene.branch.sha, files);
      if (range.baseIsAncestor) return { base, range, tags };
    }
  }
  return { base: null, range: await github.range(null, scene.branch.sha, files), tags };
}

const EMPTY: RangeSeen = { baseIsAncestor: true, commits: [] };

/** Which pull request brought a commit: merged, into this line, and by this commit or one that its merge brought. */
function pullFinder(commits: readonly RangeCommit[], scene: Scene): (sha: string) => MergedPull | null {
  const known = new Map<string, MergedPull>();
  for (const { commit, pulls } of commits) {
    // A commit reaches a line by one pull request: the one merged into it, and by its own merge before another's.
    const merged = pulls.filter((pull) => pull.state === 'merged' && pull.base === scene.branch.name);
    const pull = merged.find((one) => one.mergeSha === commit.sha) ?? merged[0];
    if (pull !== undefined) known.set(commit.sha, mergedPull(pull, `${scene.repository.owner}/${scene.repository.name}`));
  }
  return (sha) => known.get(sha) ?? null;
}

function mergedPull(pull: PullSeen, home: string): MergedPull {
  const { number, title, body, labels, author, mergeSha, head } = pull;
  return { number, title, body, labels, author, mergeSha, branch: head.ref, inside: head.repository === home };
}

/** Originals looked up at most: each costs a call. */
const PICKS_LIMIT = 20;

interface Picked {
  readonly released: ReadonlySet<string>;
  readonly remarks: readonly string[];
}

/** Originals of picks that the last release contains already. Where that cannot be told the change stays: doubled is seen, lost is not. */
async function pickedBefore(github: GitHubPort, picked: readonly string[], since: Since | null): Promise<Picked> {
  const released = new Set<string>();
  const unseen: string[] = [];
  const originals = since === null ? [] : [...new Set(picked)];
  for (const sha of originals) {
    const range = originals.indexOf(sha) < PICKS_LIMIT ? await rangeIfKnown(github, since?.tag ?? null, sha) : null;
    // What the last release contains is no commit ahead of it.
    if (range === null) unseen.push(sha.slice(0, 7));
    else if (range.commits.length === 0) released.add(sha);
  }
  if (unseen.length === 0) return { released, remarks: [] };
  const says = `Whether ${unseen.slice(0, 5).join(', ')}${unseen.length > 5 ? ` and ${unseen.length - 5} more` : ''}, which changes were picked from, ${unseen.length === 1 ? 'is' : 'are'} released already could not be told; the picks stay in the plan.`;
  return { released, remarks: [says] };
}

/** Null where GitHub does not know the commit; every other failure is one. */
async function rangeIfKnown(github: GitHubPort, base: string | null, sha: string): Promise<RangeSeen | null> {
  try {
    return await github.range(base, sha, false);
  } catch (error) {
    if (error instanceof GitHubProblem && (error.kind === 'not-found' || error.kind === 'refused')) return null;
    throw error;
  }
}

function stableBefore(since: Since, tags: readonly VersionTag[]): string | null {
  const lower = tags
    .map(({ version }) => version)
    .filter((version) => !isPrerelease(version) && compareVersions(version, since.version) < 0);
  return lower.sort((a, b) => compareVersions(b, a))[0] ?? null;
}
