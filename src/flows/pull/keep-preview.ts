// The check and the label that say what an open pull request will be: looked at anew on whatever may have changed it, and written only where
// they differ. The check stands on the commit that was read; where the head has moved meanwhile, it is looked at again.

import type { PreviewErrand } from '../../core/errand.ts';
import { readFence } from '../../core/fence.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { labelsToShow, type Shown } from '../../core/settled.ts';
import {
  type CheckText,
  checkOfAll,
  classifyCommand,
  noLineCheck,
  noPolicyCheck,
  previewCheck,
  releasePullCheck,
  shownOfPreview,
} from '../../core/summary/pull-check.ts';
import type { Situation } from '../app-port.ts';
import { GitHubProblem, type PullSeen } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { type GitHubSituation, observeGitHub } from '../release/plan-github.ts';
import { wished, wishOf } from '../release/wish.ts';
import type { Outcome } from '../store-port.ts';
import { guardLabel } from './guard-label.ts';
import { type PullRead, previewPull } from './preview.ts';
import { leave, standOn } from './same-head.ts';

/** The pull request's check, by the name that branch rules require it under. */
export const PULL_CHECK = 'shiplock / release';

/** What is to be shown on a pull request. */
interface Verdict {
  readonly check: CheckText;
  /** Null: no label. */
  readonly shown: Shown | null;
}

interface Judged {
  readonly number: number;
  readonly base: string;
  readonly check: CheckText;
}

export async function keepPreview(situation: Situation, errand: PreviewErrand): Promise<Outcome> {
  const read = await readPull(situation, errand.pull);
  if (read === null) return {};
  const again = (pulls: readonly number[]) => {
    const errands = pulls.map((pull): PreviewErrand => ({ kind: 'preview', home: errand.home, pull }));
    return tasksOf(errands, { now: situation.now, delivery: null });
  };
  const guarded = errand.label === undefined ? null : await guardLabel(situation, read.pull, errand.label);
  const notes = guarded?.notes ?? [];
  if (read.pull.state !== 'open') {
    const left = await leave(situation, read.pull.number);
    return { notes: [...notes, ...left.notes], tasks: again(left.others) };
  }
  const pull = { ...read.pull, labels: guarded?.labels ?? read.pull.labels };
  const { others, notes: stands } = await standOn(situation, pull.number, pull.head.sha);
  const verdict = await judge(situation, { ...read, pull });
  const beside = await judgeBeside(situation, pull, others);
  const moved = await show(situation, pull, verdict, beside);
  return { notes: [...notes, ...stands], tasks: moved ? again([pull.number]) : [] };
}

/** The verdicts on other open pull requests with the same head. */
async function judgeBeside(situation: Situation, { head }: PullSeen, others: readonly number[]): Promise<Judged[]> {
  const beside: Judged[] = [];
  for (const number of others) {
    const other = await readPull(situation, number);
    if (other === null || other.pull.state !== 'open' || other.pull.head.sha !== head.sha) continue;
    beside.push({ number, base: other.pull.base, check: (await judge(situation, other)).check });
  }
  return beside;
}

/** Null: there is no such pull request any more. */
async function readPull({ github }: Situation, number: number): Promise<PullRead | null> {
  const seen = await github.pull(number);
  if (seen.known) return seen.value;
  const issue = await github.issue(number);
  if (issue.known && (issue.value === null || !issue.value.pull)) return null;
  throw new GitHubProblem('unavailable', `#${number} could not be seen: ${seen.why}`);
}

async function judge({ github, notes, repository: key, readPolicy }: Situation, read: PullRead): Promise<Verdict> {
  const { pull } = read;
  let observed: GitHubSituation;
  try {
    observed = await observeGitHub(github, { line: pull.base, readPolicy });
  } catch (error) {
    const problem = policyProblemLines(error);
    if (problem === null) throw error;
    return { check: noPolicyCheck(problem.file, problem.lines), shown: null };
  }
  const { repository } = observed.scene;
  if (observed.noLine !== null) return { check: noLineCheck(pull.base, observed.noLine), shown: null };
  if (pull.head.ref === releaseBranch(pull.base) && pull.head.repository === `${repository.owner}/${repository.name}`) {
    const state = readFence(pull.body)?.state;
    if (state?.line === pull.base) return { check: releasePullCheck(state.line, state.version), shown: null };
  }
  const wish = await wishOf(notes, key, observed.line.name, observed.tags);
  const preview = await previewPull(github, observed, read, wished(wish));
  const classify = classifyCommand(observed.policy.commands.prefix);
  return { check: previewCheck(preview, { repository, classify }), shown: shownOfPreview(preview) };
}

/** True if the head has moved, so that this was about another commit. */
async function show(situation: Situation, pull: PullSeen, { check, shown }: Verdict, beside: readonly Judged[]): Promise<boolean> {
  const { github } = situation;
  const { number, base, head } = pull;
  const all = checkOfAll([{ number, base, check }, ...beside]);
  const put = await github.putCheck({ name: PULL_CHECK, sha: head.sha, externalId: 'pull', ...all });
  if (put === 'same' && isShown(pull, shown)) return false;
  // A label speaks of the pull request, not of a commit: it is written only for the head that was judged.
  const now = (await readPull(situation, number))?.pull;
  if (now === undefined || now.state !== 'open') return false;
  if (now.head.sha !== head.sha) return true;
  await showLabel(situation, now, shown);
  return false;
}

function isShown({ labels }: PullSeen, shown: Shown | null): boolean {
  const { add, remove } = labelsToShow(labels, shown);
  return add.length === 0 && remove.length === 0;
}

/** Exactly that label of ours; those that people use are left alone. */
export async function showLabel({ github }: Situation, { number, labels }: PullSeen, shown: Shown | null): Promise<void> {
  const { add, remove } = labelsToShow(labels, shown);
  if (add.length > 0) await github.addLabels(number, add);
  for (const label of remove) await github.removeLabel(number, label);
}
