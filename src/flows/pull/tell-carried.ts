// Merged pull requests are told which release will carry them: by the check on their own head and the label that shows what they are, never
// by a comment, which comes once when the release is out.

import type { DraftErrand, Errand } from '../../core/errand.ts';
import type { Plan } from '../../core/plan.ts';
import { type Carried, type CheckText, carriedCheck, classifyCommand, shownOf } from '../../core/summary/pull-check.ts';
import { AUDIENCE_LIMIT } from '../../core/told.ts';
import type { Situation } from '../app-port.ts';
import { GitHubProblem, type PullSeen } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import type { GitHubSituation } from '../release/plan-github.ts';
import type { Released } from '../release/release.ts';
import type { Note, NoteWrite, Outcome } from '../store-port.ts';
import { PULL_CHECK, showLabel } from './keep-preview.ts';
import { leave } from './same-head.ts';

/** Each costs some calls: the rest is told by the next run. */
const MOST_A_RUN = 30;
/** Of a line that was never looked at only so many of the newest are told: the others were merged before anybody asked. */
const MOST_AT_FIRST = 20;
const KIND = 'carried';

/** What each was told is noted, so that a run in which nothing changed asks GitHub nothing. */
export async function tellCarried(
  situation: Situation,
  errand: DraftErrand,
  { policy, scene, line }: GitHubSituation,
  { plan, commits, mode, withheld }: Released,
): Promise<Outcome> {
  // Released as it is merged, or not at all: there is nothing to announce.
  if (withheld !== null || (mode === 'direct' && plan.objections.length === 0)) return {};
  const { repository, notes } = situation;
  const note = await notes.note(repository, KIND, line.name);
  const before = toldIn(note);
  const after: Record<string, string> = {};
  const pulls = pullsOf(commits, scene.branch.name);
  const place = { repository: scene.repository, classify: classifyCommand(policy.commands.prefix) };
  const ended: NoteWrite[] = [];
  const errands: Errand[] = [];
  let written = 0;
  let more = false;
  for (const [index, carried] of carriedBy(plan).entries()) {
    const pull = pulls.get(carried.number);
    if (pull === undefined) continue;
    const key = String(carried.number);
    const check = carriedCheck(carried, plan, place);
    const told = `${check.conclusion}: ${check.title}`;
    const old = note === null && index >= MOST_AT_FIRST;
    if (before[key] === told || old) {
      after[key] = told;
    } else if (written === MOST_A_RUN) {
      more = true;
      if (before[key] !== undefined) after[key] = before[key];
    } else {
      written += 1;
      const { others, notes: left } = await leave(situation, carried.number);
      ended.push(...left);
      errands.push(...others.map((pull): Errand => ({ kind: 'preview', home: errand.home, pull })));
      // Where another pull request stands on the same commit, the check is about that one now.
      await tell(situation, pull, carried, others.length === 0 ? check : null);
      after[key] = told;
    }
  }
  if (more) errands.push({ kind: 'draft', home: errand.home, branch: errand.branch });
  const tasks = tasksOf(errands, { now: situation.now, delivery: null });
  if (JSON.stringify(after) === JSON.stringify(before)) return { tasks, notes: ended };
  return { tasks, notes: [...ended, { repository, kind: KIND, name: line.name, body: after }] };
}

async function tell(situation: Situation, pull: PullSeen, { classification }: Carried, check: CheckText | null): Promise<void> {
  try {
    if (check !== null) await situation.github.putCheck({ name: PULL_CHECK, sha: pull.head.sha, externalId: 'pull', ...check });
  } catch (error) {
    // The head of an old pull request may be gone for good, which is no reason to release nothing.
    if (!(error instanceof GitHubProblem) || (error.kind !== 'refused' && error.kind !== 'not-found')) throw error;
    return;
  }
  await showLabel(situation, pull, classification === null ? 'none' : shownOf(classification));
}

/** Newest first; what a release leaves out beside what it holds. A release's own commit is no change that anybody waits for. */
function carriedBy({ changes, excluded }: Plan): readonly Carried[] {
  const found = new Map<number, Carried>();
  for (const { pr, sha, classification } of changes) {
    if (pr !== null && !found.has(pr)) found.set(pr, { number: pr, sha, classification, left: null });
  }
  for (const left of excluded) {
    if (left.pr === null || left.code === 'release-commit' || found.has(left.pr)) continue;
    found.set(left.pr, { number: left.pr, sha: left.sha, classification: null, left });
  }
  return [...found.values()].sort((a, b) => b.number - a.number).slice(0, AUDIENCE_LIMIT);
}

function pullsOf(commits: Released['commits'], base: string): ReadonlyMap<number, PullSeen> {
  const found = new Map<number, PullSeen>();
  for (const { pulls } of commits) {
    for (const pull of pulls) if (pull.state === 'merged' && pull.base === base) found.set(pull.number, pull);
  }
  return found;
}

function toldIn(note: Note | null): Readonly<Record<string, string>> {
  const body = note?.body ?? null;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return {};
  return Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
