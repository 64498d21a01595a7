// Release on GitHub in the policy's mode: finish what an earlier run began, then bring the draft, or the release pull request, or the
// release itself to what the plan says. Tags and published releases are the truth; stopped anywhere and begun again, it comes to the same end.

import { unfinished } from '../../core/release.ts';
import { type Expected, isExpected } from '../../core/shown.ts';
import type { GitHubPort } from '../github-port.ts';
import { keepDraft, releaseDirectly } from './keep-draft.ts';
import { keepReleasePull } from './keep-release-pull.ts';
import { type GitHubPlan, type GitHubPlanRequest, type GitHubSituation, observeGitHub, planOnGitHub } from './plan-github.ts';
import { type Asset, type Published, publish, tryToTell } from './publish.ts';
import { publishMerged } from './publish-merged.ts';

export interface ReleaseRequest extends GitHubPlanRequest {
  /** Over the policy's mode. */
  readonly mode?: 'draft' | 'pull-request' | 'direct';
  /** A look at the line that was taken just now, so that it need not be taken again. */
  readonly observed?: GitHubSituation;
  /** Look and plan only: nothing is written. */
  readonly dryRun?: boolean;
  readonly assets?: readonly Asset[];
  /**
   * Publish exactly this, whatever the mode: where the plan is another by now nothing new is written, and none at all for null. In
   * pull-request mode a release comes of a merge alone, so that only what is merged already goes out.
   */
  readonly only?: Expected | null;
  /** Number of the comment that asks for it. */
  readonly asked?: number;
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
  /** Why nothing may be written here; null where it may. */
  readonly withheld: Withheld | null;
  /** Why not everybody was told of what is out, one sentence a release. */
  readonly untold: readonly string[];
  /** Login that writes are made under, where the token tells. */
  readonly self: string | null;
  /** What was done, one sentence each; empty when everything was as it should be. */
  readonly did: readonly string[];
}

export interface Withheld {
  readonly code: 'no-line' | 'packages';
  readonly says: string;
}

/** Runs the release state machine once. Safe to run again at any time, and beside another run. */
export async function releaseOnGitHub(github: GitHubPort, request: ReleaseRequest): Promise<Released> {
  const did: string[] = [];
  const say = (says: string) => {
    did.push(says);
    request.progress?.(says);
  };
  let situation = request.observed ?? (await observeGitHub(github, request));
  const mode = request.mode ?? situation.policy.release.mode;
  const published: Published[] = [];
  const untold: string[] = [];
  const withheld = withheldOf(situation);
  if (request.dryRun !== true && withheld === null) {
    published.push(...(await finishBegun(github, situation, request, say, untold)));
    // What was finished is the base of what comes next.
    if (published.some((one) => one.tagged)) situation = await observeGitHub(github, request);
  }
  // A version that was asked for and is out now asks for nothing more.
  const granted = published.some((one) => one.tagged && one.version === request.releaseAs?.replace(/^v/i, ''));
  const planned = await planOnGitHub(github, situation, granted ? { readPolicy: request.readPolicy } : request);
  const { self } = situation.scene.repository;
  const base = { ...planned, mode, published, draft: null, pull: null, withheld, untold: [...untold, ...untoldOf(published)], self, did };
  if (request.dryRun === true || withheld !== null) return base;
  const { only } = request;
  if (only !== undefined && (mode === 'pull-request' || only === null || !isExpected(planned, only))) return base;
  if (mode === 'draft' && only === undefined) return { ...base, draft: await keepDraft(github, situation, planned, say) };
  if (mode === 'pull-request') return { ...base, pull: await keepReleasePull(github, situation, planned, request, say) };
  const one = await releaseDirectly(github, situation, planned, request, say);
  return one === null ? base : { ...base, published: [...published, one], untold: [...base.untold, ...untoldOf([one])] };
}

function untoldOf(published: readonly Published[]): string[] {
  return published.flatMap((one) => (one.tagged ? (one.untold ?? []) : []));
}

/** What may be looked at and planned, but must not be released as it is: it would be another release than anybody meant. */
export function withheldOf({ scene, line, policy }: GitHubSituation): Withheld | null {
  const { name } = scene.branch;
  if (line.name !== name) {
    const says = `${name} is no release line, so nothing is released from it. It was planned as if it were merged to ${line.name}.`;
    return { code: 'no-line', says };
  }
  if (policy.packages.length === 0) return null;
  const says = 'The policy has packages, and this version does not release packages one by one. `shiplock plan` shows what each would be.';
  return { code: 'packages', says };
}

/** Releases that an earlier run, or a merged release pull request, decided on and that are not out and told. */
async function finishBegun(
  github: GitHubPort,
  situation: GitHubSituation,
  request: ReleaseRequest,
  say: (says: string) => void,
  untold: string[],
): Promise<Published[]> {
  const { scene, line } = situation;
  const finished: Published[] = [];
  const tagNames = new Set(scene.tags.map((tag) => tag.name));
  for (const { release, state, left } of unfinished(scene.releases, line.name, tagNames)) {
    if (left === 'tell') {
      const tag = scene.tags.find((one) => one.name === release.tag) ?? (await github.tag(release.tag));
      const why = tag === null ? null : await tryToTell(github, situation, release, tag, say);
      if (why !== null) untold.push(why);
      continue;
    }
    say(`Finishing the release of ${release.tag}, which an earlier run began.`);
    finished.push(await publish(github, situation, { release, state, assets: request.assets ?? [] }, say));
  }
  const merged = await publishMerged(github, situation, request, say);
  if (merged !== null && !finished.some((one) => one.tag === merged.tag)) finished.push(merged);
  return finished;
}
