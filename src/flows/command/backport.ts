// `/backport LINE`: the commits that a merged pull request left, picked onto a maintenance line, as a pull request under the same title, so
// that what it is stays what it is. What cannot be picked is told with the commands that do it by hand.

import {
  backportBody,
  backportBranch,
  backportMark,
  byHandText,
  emptyText,
  noSuchLineText,
  notMergedYetText,
  openedText,
  thereAlreadyText,
} from '../../core/answer/backport.ts';
import { notAPullText } from '../../core/answer/settle.ts';
import type { Commit } from '../../core/change.ts';
import { lineOf } from '../../core/line.ts';
import { nearest } from '../../core/nearest.ts';
import { styleOf } from '../../core/notes/line.ts';
import { settlingLabels } from '../../core/settled.ts';
import { GitHubProblem, type PullSeen, type Scene } from '../github-port.ts';
import { previewOnGitHub } from '../pull/preview.ts';
import { type Answer, type Ask, hasLabel, refused, spelled, unseenText } from './answer.ts';

export async function backport(ask: Ask): Promise<Answer> {
  const { situation, errand, call, policy } = ask;
  const { github } = situation;
  const number = errand.issue;
  if (!errand.pull) return refused(notAPullText(spelled(ask, 'backport')));
  const read = await github.pull(number);
  if (!read.known) return refused(unseenText(number, read.why));
  const { pull, commits } = read.value;
  if (pull.state !== 'merged' || pull.mergeSha === null) return refused(notMergedYetText(number));
  const asked = call.arguments.line ?? '';
  const branch = backportBranch(number, asked);
  const scene = await github.scene({ releaseBranch: () => branch });
  const unfit = unfitLine(ask, await withBranch(ask, scene, asked), asked);
  if (unfit !== null) return refused(unfit);
  const before = scene.releasePulls.find((one) => one.base === asked && one.state !== 'closed');
  // One that an earlier try at this very comment opened is gone on with.
  if (before !== undefined && !(before.state === 'open' && before.body.includes(backportMark(errand.comment)))) {
    const { url, state } = before;
    const says = thereAlreadyText(number, { number: before.number, url, line: asked }, state === 'merged' ? 'merged' : 'open');
    return { done: true, says };
  }
  const left = await leftByMerge(ask, pull.mergeSha, commits);
  const made = before ?? (await pickAndOpen(ask, { pull, scene, line: asked, ...left }));
  if ('done' in made) return made;
  const mapped = policy.classify.labels;
  const known = new Set(Object.keys(mapped).map((label) => label.toLowerCase()));
  const telling = [...pull.labels.filter((label) => known.has(label.toLowerCase())), ...settlingLabels(pull.labels, mapped)];
  const missing = telling.filter((label) => !hasLabel(made, label));
  if (missing.length > 0) await github.addLabels(made.number, missing);
  const preview = await previewOnGitHub(github, { number: made.number, readPolicy: situation.readPolicy });
  const objections = preview.known ? [...new Set(preview.value.methods.flatMap((one) => one.objections))] : [];
  return { done: true, says: openedText(number, { number: made.number, url: made.url, line: asked, objections }) };
}

/** The branches are those that a scene has, and the one asked for, if a repository has so many that it may be among the others. */
async function withBranch({ situation }: Ask, scene: Scene, branch: string): Promise<Scene> {
  if (scene.moreBranches !== true || scene.branches.includes(branch)) return scene;
  try {
    await situation.github.scene({ branch, releaseBranch: () => backportBranch(0, branch) });
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind === 'not-found') return scene;
    throw error;
  }
  return { ...scene, branches: [...scene.branches, branch] };
}

/** Why that is no line to bring anything to; null where it is one. */
function unfitLine({ policy }: Ask, { repository, branches }: Scene, asked: string): string | null {
  const facts = { lines: policy.lines, defaultBranch: repository.defaultBranch, branches };
  const found = lineOf(asked, facts);
  const exists = branches.includes(asked);
  if (exists && found.line?.kind === 'maintenance') return null;
  const lines = branches.filter((name) => lineOf(name, facts).line?.kind === 'maintenance');
  const says = !exists ? `There is no branch ${asked}.` : found.line === null ? found.says : `${asked} is no maintenance line.`;
  return noSuchLineText(asked, lines, nearest(asked, lines), says);
}

interface Left {
  /** What the merge left on the line, oldest first. */
  readonly commits: readonly string[];
  readonly merge: boolean;
}

/** A merge or a squash left one commit; a rebase one for each of the pull request's, of which GitHub names the last. */
async function leftByMerge({ situation }: Ask, mergeSha: string, commits: readonly Commit[]): Promise<Left> {
  const plain = commits.filter((one) => one.parents.length < 2);
  const start = commits[0]?.parents[0];
  const one: Left = { commits: [mergeSha], merge: false };
  // All that came to the line since the branch left it: not more than the time that the pull request was open.
  const range = start === undefined ? null : await situation.github.range(start, mergeSha, false);
  const known = new Map(range?.commits.map(({ commit }) => [commit.sha, commit]));
  if ((known.get(mergeSha)?.parents.length ?? 1) > 1) return { ...one, merge: true };
  if (plain.length < 2) return one;
  const rebased: string[] = [];
  let sha: string | undefined = mergeSha;
  for (const original of plain.toReversed()) {
    const commit: Commit | undefined = sha === undefined ? undefined : known.get(sha);
    if (commit === undefined || commit.subject !== original.subject || commit.parents.length > 1) return one;
    rebased.unshift(commit.sha);
    sha = commit.parents[0];
  }
  return { commits: rebased, merge: false };
}

interface Wanted extends Left {
  readonly pull: PullSeen;
  readonly scene: Scene;
  readonly line: string;
}

async function pickAndOpen({ situation, errand }: Ask, { pull, scene, line, commits, merge }: Wanted): Promise<PullSeen | Answer> {
  const { github } = situation;
  const { number, title } = pull;
  const branch = backportBranch(number, line);
  const picked = await github.pick({ commits, onto: line, branch });
  if (!picked.done) {
    if (picked.why === 'empty') return refused(emptyText(number, line));
    const base = styleOf(scene.repository, null).base ?? '';
    return refused(byHandText(picked.says, { number, title, line, commits, merge, base }));
  }
  const body = backportBody({ number, line, commits, comment: errand.comment, by: errand.author.login });
  return github.openPull({ title, body, head: branch, base: line });
}
