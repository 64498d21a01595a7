// A train that publishes leaves: exactly what was noted for it goes out, or people are told why not. Killed anywhere and begun again it comes
// to the same end: what an earlier try began is finished first, and what is out is known by its tag.

import { movedLoadText, notMergedText, staleText, trainMark, trainText, withheldText } from '../../core/answer/train.ts';
import { readFence } from '../../core/fence.ts';
import type { TrainPolicy } from '../../core/policy.ts';
import { unfinished } from '../../core/release.ts';
import type { Situation } from '../app-port.ts';
import { openReleasePull } from '../command/show-plan.ts';
import { sayOnce } from '../deployment/say-once.ts';
import { publishedTasks } from '../deployment/tell.ts';
import { threadOf } from '../gate/keep-thread.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { recordPublication } from '../record/record-publication.ts';
import type { Outcome } from '../store-port.ts';
import { loadNote, publishLoad } from './load.ts';
import type { PublishedRelease } from './publish.ts';
import { type Released, releaseOnGitHub, withheldOf } from './release.ts';
import { type Look, lookAt, objectionsOf } from './settle-load.ts';
import { goOn, isLate, joinedOutcome, LATEST_HOURS, type Running, recorded } from './train-notes.ts';
import { grantedNotes } from './wish.ts';

type Leaving = NonNullable<Running['leaving']>;

export async function leave(situation: Situation, train: TrainPolicy, leaving: Leaving, running: Running): Promise<Outcome> {
  const { github, repository, now, home, self, notes } = situation;
  const done: Running = { ...running, seen: leaving.at, settled: null, leaving: null };
  const look = await lookAt(situation, train);
  if (look === null) return goOn(situation, train, done);
  const { plan, load, line, seen } = look;
  const end = await publishWhatLeaves(situation, look, leaving);
  const freed = load === null ? [] : [loadNote(repository, line, null)];
  const next = goOn(situation, train, done);
  if ('why' in end) {
    const word = { name: train.name, at: leaving.at, due: `The train ${train.name} left.` };
    const thread = await threadOf(situation, leaving.head);
    await sayOnce({ github }, thread.issue, trainMark(word), trainText(word, end.why, [...end.says, ...objectionsOf(plan)]));
    const told = recorded(situation, [word.due, end.why, ...end.says].join(' '), leaving.head);
    return joinedOutcome({ notes: [...thread.notes, ...told.texts, ...freed], entries: [told] }, next);
  }
  // The line's next draft, and whoever is not told yet.
  const drafts = tasksOf([{ kind: 'draft', home, branch: seen.scene.branch.name }], { now, delivery: null });
  // GitHub does not show the merge everywhere yet: whoever looks at the line next publishes and records it.
  if (end.out === null) return joinedOutcome({ notes: freed, tasks: drafts }, next);
  const entry = await recordPublication(situation, end.out, { actor: { app: self.slug } });
  const granted = await grantedNotes(notes, repository, line, leaving.version);
  const tasks = [...publishedTasks(situation, leaving.tag, null), ...drafts];
  return joinedOutcome({ notes: [...entry.notes, ...granted, ...freed], entries: entry.entries, tasks }, next);
}

/** Out; or on its way out (null); or why not. */
type End =
  | { readonly out: Pick<PublishedRelease, 'tag' | 'sha' | 'body'> | null }
  | { readonly why: string; readonly says: readonly string[] };

async function publishWhatLeaves(situation: Situation, look: Look, leaving: Leaving): Promise<End> {
  const { github, now } = situation;
  const { seen, request, load } = look;
  const before = seen.scene.releases.find((one) => !one.draft && one.tag === leaving.tag);
  // Of its tag's commit, which in the words of its own text is a merge's, and another than the one that it was made of.
  if (before !== undefined) {
    const { tag, body } = before;
    const tagged = seen.scene.tags.find((one) => one.name === tag)?.sha;
    return { out: { tag, body, sha: tagged ?? readFence(body)?.state.sha ?? leaving.head } };
  }
  const outOf = (released: Released | null) =>
    released?.published.find((one): one is PublishedRelease => one.tagged && one.version === leaving.version) ?? null;
  const { observed: _, ...anew } = request;
  if (seen.policy.release.mode === 'pull-request') {
    // A merge that was made before the process died is a decision that stands.
    const begun = outOf(await releaseOnGitHub(github, { ...request, observed: seen, only: null }));
    if (begun !== null) return { out: begun };
    const merged = whyStay(look, leaving, now) ?? (await mergeAt(situation, seen, leaving));
    return merged === null ? { out: outOf(await releaseOnGitHub(github, { ...anew, only: null })) } : merged;
  }
  const stays = isBegun(look, leaving) ? null : whyStay(look, leaving, now);
  if (stays !== null) return stays;
  const settled = load !== null && load.head === leaving.head && load.version === leaving.version;
  const released = settled
    ? await publishLoad(situation, seen, request, load)
    : await releaseOnGitHub(github, { ...request, observed: seen, only: { head: leaving.head, version: leaving.version } });
  const out = outOf(released);
  if (out !== null) return { out };
  return { why: movedLoadText(leaving.tag), says: (released?.published ?? []).map((one) => one.says) };
}

/** A decision to publish it stands on GitHub already. */
function isBegun({ seen: { scene, line } }: Look, { version }: Leaving): boolean {
  const tags = new Set(scene.tags.map(({ name }) => name));
  return unfinished(scene.releases, line.name, tags).some(({ state, left }) => left === 'publish' && state.version === version);
}

/** Hours may have passed since it was noted: what is too late by now, or objected to, does not leave. */
function whyStay({ seen, plan }: Look, { at, tag }: Leaving, now: number): Extract<End, { why: string }> | null {
  if (isLate(at, now)) return { why: staleText(LATEST_HOURS), says: [] };
  const withheld = withheldOf(seen);
  if (withheld === null && objectionsOf(plan).length === 0) return null;
  return { why: withheldText(tag), says: withheld === null ? [] : [withheld.says] };
}

/** Null: the release pull request of exactly that is merged. */
async function mergeAt(
  { github }: Situation,
  seen: Look['seen'],
  { version, head, tag }: Leaving,
): Promise<Extract<End, { why: string }> | null> {
  const pull = openReleasePull(seen);
  const shown = pull === null ? null : (readFence(pull.body)?.state ?? null);
  // A merge takes what is on the branch: what came after the load was settled would come along.
  if (pull === null || shown?.version !== version || shown.sha !== head || seen.scene.branch.sha !== head) {
    return { why: movedLoadText(tag), says: [] };
  }
  const { merged, says } = await github.mergePull(pull.number, pull.head.sha);
  return merged ? null : { why: notMergedText(tag, pull.number), says: [`GitHub says: ${says}`] };
}
