// `/release publish`: publishes the release that was to be seen when the comment was written, or nothing and what has moved since. Killed
// anywhere and begun again it comes to the same end: what was begun is finished first, and what is out is known by who asked for it.

import {
  type Between,
  mergedText,
  movedText,
  noReleasePullText,
  nothingToPublishText,
  notMergedText,
  notShownText,
  objectedText,
  outAlreadyText,
  publishedText,
  pullMovedText,
  unpublishedText,
} from '../../core/answer/publish.ts';
import { readFence } from '../../core/fence.ts';
import { styleOf } from '../../core/notes/line.ts';
import { isExpected, lastShown, type Shown } from '../../core/shown.ts';
import { joined } from '../../core/summary/page.ts';
import { publishedTasks } from '../deployment/tell.ts';
import { type GitHubPort, GitHubProblem } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { recordPublication } from '../record/record-publication.ts';
import { loadOf, publishLoad } from '../release/load.ts';
import { type GitHubSituation, observeGitHub, planOnGitHub } from '../release/plan-github.ts';
import type { PublishedRelease } from '../release/publish.ts';
import { type Released, type ReleaseRequest, releaseOnGitHub, withheldOf } from '../release/release.ts';
import { grantedNotes, wished, wishOf } from '../release/wish.ts';
import { type Answer, type Ask, branchOf, refused, spelled, todayOf } from './answer.ts';
import { wordOf } from './gate-word.ts';
import { openReleasePull, shownOf, type View, viewPlan } from './show-plan.ts';

export async function publishShown(ask: Ask): Promise<Answer> {
  const place = await branchOf(ask);
  if ('unseen' in place) return refused(place.unseen);
  const { situation, errand } = ask;
  const { github, notes, repository, readPolicy } = situation;
  const line = place.branch === undefined ? {} : { line: place.branch };
  const seen = await observeGitHub(github, { ...line, readPolicy });
  const all = await shownOf(notes, repository, seen);
  const shown = lastShown(all, errand.at);
  const wish = await wishOf(notes, repository, seen.line.name, seen.tags);
  const request: ReleaseRequest = { ...line, readPolicy, ...wished(wish), today: todayOf(situation), only: shown, asked: errand.comment };
  const load = await loadOf(notes, repository, seen.line.name, seen.tags);
  const settled = load !== null && shown?.head === load.head && shown.version === load.version ? load : null;
  let released =
    (settled === null ? null : await publishSettled(ask, seen, request, settled)) ??
    (await releaseOnGitHub(github, { ...request, observed: seen }));
  if (released.withheld !== null) return refused(released.withheld.says);
  let merged: Answer | null = null;
  let waits = false;
  if (released.mode === 'pull-request' && !released.published.some(isOut) && shown !== null && isExpected(released, shown)) {
    merged = await mergeShown(ask, seen, shown);
    waits = merged === null;
    if (waits) released = await releaseOnGitHub(github, request);
  }
  const out = released.published.filter(isOut).at(-1) ?? outBy(seen, errand.comment);
  if (out !== null) {
    const granted = await grantedNotes(notes, repository, seen.line.name, out.version);
    const tasks = publishedTasks(situation, out.tag, errand.author.login);
    const { actor } = wordOf(ask);
    const recorded = await recordPublication(situation, out, { actor, comment: errand.comment, issue: errand.issue });
    const says = publishedText(out.tag, out.url, released.untold);
    return { done: true, says, notes: [...granted, ...recorded.notes], tasks, entries: recorded.entries };
  }
  const failed = released.published.map((one) => one.says);
  if (failed.length > 0) return refused(unpublishedText(failed));
  if (waits) {
    // GitHub does not show the merge everywhere yet: whoever looks at the line next publishes it.
    const tasks = tasksOf([{ kind: 'draft', home: errand.home, branch: seen.scene.branch.name }], { now: situation.now, delivery: null });
    return { done: true, says: mergedText(shown?.tag ?? ''), tasks };
  }
  return merged ?? whyNot(ask, { branch: place.branch, seen, released, shown, later: all.length > 0 });
}

/** What a train has settled, unless something stands in the way of the release by now. */
async function publishSettled(
  { situation }: Ask,
  seen: GitHubSituation,
  request: ReleaseRequest,
  load: { readonly head: string; readonly version: string },
): Promise<Released | null> {
  const { plan } = await planOnGitHub(situation.github, seen, request);
  return plan.objections.length > 0 || seen.policy.release.mode === 'pull-request' || withheldOf(seen) !== null
    ? null
    : publishLoad(situation, seen, request, load);
}

function isOut(published: Released['published'][number]): published is PublishedRelease {
  return published.tagged;
}

type Out = Pick<PublishedRelease, 'tag' | 'url' | 'version' | 'sha' | 'body'>;

/** What an earlier try at this very comment has published. */
function outBy({ scene, line }: GitHubSituation, comment: number): Out | null {
  for (const { draft, tag, url, body } of scene.releases) {
    const state = draft ? undefined : readFence(body)?.state;
    if (state?.asked === comment && state.line === line.name) return { tag, url, body, version: state.version, sha: state.sha };
  }
  return null;
}

/** Null: it is merged, and what follows is as after every merge. */
async function mergeShown(ask: Ask, seen: GitHubSituation, shown: Shown): Promise<Answer | null> {
  const pull = openReleasePull(seen);
  const state = pull === null ? undefined : readFence(pull.body)?.state;
  if (pull === null || state?.sha !== shown.head || state.version !== shown.version) {
    return refused(noReleasePullText(spelled(ask, 'release draft')));
  }
  const before = shown.pull?.number === pull.number ? shown.pull.head : null;
  if (before !== pull.head.sha) {
    const view = await viewPlan(ask, seen.scene.branch.name, ask.room / 2);
    return withView(view, pullMovedText(pull.number, before, pull.head.sha, spelled(ask, 'release publish')));
  }
  const { merged, says } = await ask.situation.github.mergePull(pull.number, before);
  return merged ? null : refused(notMergedText(pull.number, says));
}

interface Refusal {
  readonly branch: string | undefined;
  readonly seen: GitHubSituation;
  readonly released: Released;
  readonly shown: Shown | null;
  /** Something was shown, but not before the comment. */
  readonly later: boolean;
}

async function whyNot(ask: Ask, { branch, seen, released, shown, later }: Refusal): Promise<Answer> {
  const { plan } = released;
  if (plan.kind === 'none' && plan.objections.length === 0) {
    const out = seen.scene.releases.find((one) => !one.draft && one.tag === plan.since?.tag);
    return refused(out === undefined ? nothingToPublishText(plan.line, plan.since?.tag ?? null) : outAlreadyText(out.tag, out.url));
  }
  const view = await viewPlan(ask, branch, ask.room / 2);
  const command = spelled(ask, 'release publish');
  const same = shown !== null && shown.head === view.planned.head && shown.version === view.planned.version;
  if (shown !== null && !same) {
    const between = await readBetween(ask.situation.github, shown, view);
    const { base } = styleOf(seen.scene.repository, null);
    return withView(view, movedText({ shown, planned: view.planned, between, base, command }));
  }
  return withView(view, plan.objections.length > 0 ? objectedText() : notShownText(command, later));
}

function withView({ says, shows }: View, first: string): Answer {
  return { done: false, says: joined([first, says]), ...(shows === undefined ? {} : { shows }) };
}

/** What came to the line between what was shown and now. */
async function readBetween(github: GitHubPort, shown: Shown, { planned }: View): Promise<Between> {
  if (planned.head === null || planned.head === shown.head) return [];
  try {
    const range = await github.range(shown.head, planned.head, false);
    if (!range.baseIsAncestor) return 'rewritten';
    const added = new Set(range.commits.map(({ commit }) => commit.sha));
    return [...planned.changes, ...planned.excluded].filter((one) => added.has(one.sha));
  } catch (error) {
    // What was rewritten may be gone altogether.
    if (error instanceof GitHubProblem && (error.kind === 'not-found' || error.kind === 'refused')) return null;
    throw error;
  }
}
