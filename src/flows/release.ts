// Release on GitHub in the policy's mode: finish what an earlier run began, then bring the draft, or the release pull request, or the
// release itself to what the plan says. Tags and published releases are the truth; stopped anywhere and begun again, it comes to the same end.

import { type FenceState, readFence } from '../core/fence.ts';
import { unfinished } from '../core/release.ts';
import { mergedText } from '../core/release-pull.ts';
import { tagOf } from '../core/tag.ts';
import { compareVersions } from '../core/version.ts';
import type { GitHubPort, PullSeen } from './github-port.ts';
import { keepDraft, releaseDirectly } from './keep-draft.ts';
import { keepReleasePull } from './keep-release-pull.ts';
import { type GitHubPlan, type GitHubPlanRequest, type GitHubSituation, observeGitHub, planOnGitHub } from './plan-github.ts';
import { type Asset, type Published, publish, settleDrafts, tellEverybody } from './publish.ts';

export interface ReleaseRequest extends GitHubPlanRequest {
  /** Over the policy's mode. */
  readonly mode?: 'draft' | 'pull-request' | 'direct';
  /** Look and plan only: nothing is written. */
  readonly dryRun?: boolean;
  readonly assets?: readonly Asset[];
  /** Today in ISO 8601, for the changelog. */
  readonly today: string;
  readonly progress?: (says: string) => void;
}

export interface Released extends GitHubPlan {
  readonly mode: 'draft' | 'pull-request' | 'direct';
  /** Releases that this run published or finished, oldest first. */
  readonly published: readonly Published[];
  readonly draft: { readonly tag: string; readonly url: string } | null;
  readonly pull: { readonly number: number; readonly url: string } | null;
  /** What was done, one sentence each; empty when everything was as it should be. */
  readonly did: readonly string[];
}

/** Runs the release state machine once. Safe to run again at any time, and beside another run. */
export async function releaseOnGitHub(github: GitHubPort, request: ReleaseRequest): Promise<Released> {
  const did: string[] = [];
  const say = (says: string) => {
    did.push(says);
    request.progress?.(says);
  };
  let situation = await observeGitHub(github, request);
  const mode = request.mode ?? situation.policy.release.mode;
  const published: Published[] = [];
  if (request.dryRun !== true) {
    published.push(...(await finishBegun(github, situation, request, say)));
    // What was finished is the base of what comes next.
    if (published.some((one) => one.tagged)) situation = await observeGitHub(github, request);
  }
  const planned = await planOnGitHub(github, situation, request);
  const base = { ...planned, mode, published, draft: null, pull: null, did };
  if (request.dryRun === true) return base;
  if (mode === 'draft') return { ...base, draft: await keepDraft(github, situation, planned, say) };
  if (mode === 'pull-request') return { ...base, pull: await keepReleasePull(github, situation, planned, request, say) };
  const one = await releaseDirectly(github, situation, planned, request.assets ?? [], say);
  return { ...base, published: one === null ? published : [...published, one] };
}

/** Releases that an earlier run, or a merged release pull request, decided on and that are not out and told. */
async function finishBegun(
  github: GitHubPort,
  situation: GitHubSituation,
  request: ReleaseRequest,
  say: (says: string) => void,
): Promise<Published[]> {
  const { scene, line, tags } = situation;
  const finished: Published[] = [];
  const tagNames = new Set(scene.tags.map((tag) => tag.name));
  for (const { release, state, left } of unfinished(scene.releases, line.name, tagNames)) {
    if (left === 'tell') {
      const tag = scene.tags.find((one) => one.name === release.tag) ?? (await github.tag(release.tag));
      if (tag !== null) await tellEverybody(github, situation, release, tag, say);
      continue;
    }
    say(`Finishing the release of ${release.tag}, which an earlier run began.`);
    finished.push(await publish(github, situation, { release, state, assets: request.assets ?? [] }, say));
  }
  const merged = newestMerged(scene.releasePulls);
  const state = merged === null ? undefined : readFence(merged.body)?.state;
  if (merged?.mergeSha != null && state !== undefined && state.line === line.name) {
    const tag = versionTagName(situation, state.version);
    const out = scene.releases.some((one) => !one.draft && one.tag === tag);
    const last = tags.map(({ version }) => version).sort((a, b) => compareVersions(b, a))[0];
    const overtaken = last !== undefined && compareVersions(state.version, last) < 0;
    const tagged = tagNames.has(tag) ? true : (await github.tag(tag)) !== null;
    if (
      !out &&
      !overtaken &&
      !finished.some((one) => one.tag === tag) &&
      (!tagged || scene.releases.some((one) => one.draft && one.tag === tag))
    ) {
      say(`#${merged.number} was merged, so ${tag} is released at ${merged.mergeSha.slice(0, 7)}.`);
      const release = await settleDrafts(
        github,
        line.name,
        mergedText(merged.body, tag, { ...state, sha: merged.mergeSha }),
        scene.releases,
        say,
      );
      const begun: FenceState = { ...state, sha: merged.mergeSha, intent: 'publish' };
      finished.push(await publish(github, situation, { release, state: begun, assets: request.assets ?? [] }, say));
    }
  }
  return finished;
}

function newestMerged(pulls: readonly PullSeen[]): PullSeen | null {
  return pulls.filter((pull) => pull.state === 'merged' && pull.mergeSha !== null).sort((a, b) => b.number - a.number)[0] ?? null;
}

function versionTagName(situation: GitHubSituation, version: string): string {
  return situation.tags.find((one) => one.version === version)?.tag.name ?? tagOf(situation.templates.write, version);
}
