// A merged release pull request is a decision to publish what it showed. It is held against the plan of the merged commit: what was merged
// since it was last brought up to date is taken into the notes, and a version that no longer fits is not published but said.

import { type FenceState, readFence } from '../../core/fence.ts';
import { keysOf, mergeItems } from '../../core/files/changelog-merge.ts';
import { draftsOfLine } from '../../core/release.ts';
import { mergedText } from '../../core/release-pull.ts';
import { tagOf } from '../../core/tag.ts';
import { compareVersions } from '../../core/version.ts';
import type { GitHubPort, PullSeen } from '../github-port.ts';
import { type GitHubPlanRequest, type GitHubSituation, planOnGitHub } from './plan-github.ts';
import { type Asset, type Published, publish, settleDrafts } from './publish.ts';

type Say = (says: string) => void;

/** Null where no release pull request was merged that is not out yet. */
export async function publishMerged(
  github: GitHubPort,
  situation: GitHubSituation,
  request: GitHubPlanRequest & { readonly assets?: readonly Asset[]; readonly asked?: number },
  say: Say,
): Promise<Published | null> {
  const assets = request.assets ?? [];
  const { scene, line, tags } = situation;
  const merged = newestMerged(scene.releasePulls, scene.branch.name);
  const state = merged === null ? undefined : mergedState(merged, request.asked);
  if (merged === null || merged.mergeSha === null || state === undefined || state.line !== line.name) return null;
  const { mergeSha } = merged;
  const tag = tags.find((one) => one.version === state.version)?.tag.name ?? tagOf(situation.templates.write, state.version);
  const last = tags.map(({ version }) => version).sort((a, b) => compareVersions(b, a))[0];
  if (last !== undefined && compareVersions(state.version, last) < 0) return null;
  if (scene.releases.some((one) => !one.draft && one.tag === tag)) return null;
  const tagged = scene.tags.some((one) => one.name === tag) || (await github.tag(tag)) !== null;
  const draft = scene.releases.find((one) => one.draft && one.tag === tag);
  // A tag without a draft of ours was made by somebody else: then there is nothing here to finish.
  if (tagged && draft === undefined) return null;

  const existing = draftsOfLine(scene.releases, line.name)[0]?.body ?? null;
  const wanted = mergedText(merged.body, tag, { ...state, sha: mergeSha }, existing);
  if (!tagged) {
    // Somebody may have taken the merge back by force: what the line no longer holds is not released from it.
    const within = mergeSha === scene.branch.sha || (await github.range(mergeSha, scene.branch.sha, false)).baseIsAncestor;
    if (!within) {
      say(
        `#${merged.number} was merged for ${tag}, but ${line.name} no longer holds its merge ${mergeSha.slice(0, 7)}, so it is not published.`,
      );
      return null;
    }
    const { plan, notes } = await planOnGitHub(github, atMerge(situation, mergeSha), request);
    const why = plan.objections.map((one) => one.says);
    if (plan.version !== state.version) {
      why.unshift(`what was merged by then asks for ${plan.version ?? 'no release'}. The next release pull request has it.`);
    }
    if (why.length > 0) {
      const says = `#${merged.number} was merged for ${tag}, which is not published: ${why.join(' ')}`;
      say(says);
      return { tag, version: state.version, url: merged.url, tagged: false, says };
    }
    say(`#${merged.number} was merged, so ${tag} is released at ${mergeSha.slice(0, 7)}.`);
    const complete = mergedText(merged.body, tag, { ...state, sha: mergeSha }, existing, (shown) =>
      mergeItems(shown, notes, new Set(keysOf(shown))),
    );
    return finish(complete);
  }
  return finish(wanted);

  async function finish(text: typeof wanted): Promise<Published> {
    const release = await settleDrafts(github, line.name, text, scene.releases, say);
    const begun: FenceState = { ...(state as FenceState), sha: mergeSha, intent: 'publish' };
    return publish(github, situation, { release, state: begun, assets }, say);
  }
}

/** What the pull request's text says of the release, as the release is to say it. */
function mergedState({ body }: PullSeen, asked: number | undefined): FenceState | undefined {
  const state = readFence(body)?.state;
  if (state === undefined) return undefined;
  const { branch: _, ...rest } = state;
  return { ...rest, ...(asked === undefined ? {} : { asked }) };
}

/** Merged into the line: one that was led to another branch decides nothing here. */
function newestMerged(pulls: readonly PullSeen[], base: string): PullSeen | null {
  return (
    pulls
      .filter((pull) => pull.state === 'merged' && pull.mergeSha !== null && pull.base === base)
      .sort((a, b) => b.number - a.number)[0] ?? null
  );
}

/** The situation as it was when the pull request was merged: what came later belongs to the next release. */
function atMerge(situation: GitHubSituation, sha: string): GitHubSituation {
  return { ...situation, scene: { ...situation.scene, branch: { ...situation.scene.branch, sha } } };
}
