// The one draft release of a line, kept at what the plan says; and the release made directly.

import { readFence } from '../../core/fence.ts';
import { changesTo, draftsOfLine, isOursAlone, releaseText } from '../../core/release.ts';
import type { GitHubPort } from '../github-port.ts';
import type { GitHubPlan, GitHubSituation } from './plan-github.ts';
import { type Asset, type Published, publish, settleDrafts } from './publish.ts';

type Say = (says: string) => void;

/** Writes only what differs. Without a version the draft goes, unless somebody wrote in it. */
export async function keepDraft(
  github: GitHubPort,
  { scene, line }: GitHubSituation,
  { plan, notes, head }: GitHubPlan,
  say: Say,
): Promise<{ readonly tag: string; readonly url: string } | null> {
  const drafts = draftsOfLine(scene.releases, line.name);
  for (const extra of drafts.slice(1)) {
    if (!isOursAlone(extra, extra.assets.length)) continue;
    await github.deleteRelease(extra.id);
    say(`Deleted a second draft of ${line.name}.`);
  }
  const draft = drafts[0] ?? null;
  const wanted = releaseText(plan, head, 'draft', notes, draft);
  if (wanted === null) {
    if (draft === null) return null;
    if (plan.kind !== 'none') return { tag: draft.tag, url: draft.url };
    if (!isOursAlone(draft, draft.assets.length)) {
      say(`There is nothing to release, but somebody wrote in the draft ${draft.tag}, so it stays.`);
      return { tag: draft.tag, url: draft.url };
    }
    await github.deleteRelease(draft.id);
    say(`Deleted the draft ${draft.tag}: there is nothing to release.`);
    return null;
  }
  if (draft === null) {
    const made = await settleDrafts(github, line.name, wanted, [], say);
    return { tag: made.tag, url: made.url };
  }
  const changes = changesTo(draft, wanted);
  if (changes === null) return { tag: draft.tag, url: draft.url };
  const updated = (await github.updateRelease(draft.id, { ...changes, draft: true })) ?? draft;
  say(`Updated the draft ${updated.tag}.`);
  return { tag: updated.tag, url: updated.url };
}

/** Drafts, tags and publishes at once; null where there is nothing to release or something stands in its way. */
export async function releaseDirectly(
  github: GitHubPort,
  situation: GitHubSituation,
  { plan, notes, head }: GitHubPlan,
  { assets = [], asked }: { readonly assets?: readonly Asset[]; readonly asked?: number },
  say: Say,
): Promise<Published | null> {
  if (plan.version === null || plan.objections.length > 0) return null;
  const existing = draftsOfLine(situation.scene.releases, situation.line.name)[0] ?? null;
  const text = releaseText(plan, head, 'publish', notes, existing, asked);
  if (text === null) return null;
  const release = await settleDrafts(github, situation.line.name, text, existing === null ? [] : [existing], say);
  const state = readFence(release.body)?.state;
  if (state === undefined) return null;
  return publish(github, situation, { release, state, assets }, say);
}
