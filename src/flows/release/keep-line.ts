// A line's draft, release pull request or release, kept at what the policy's mode says on every push; and what is told of it besides: which
// release carries each merged pull request, and a policy that cannot be read.

import type { DraftErrand } from '../../core/errand.ts';
import { readFence } from '../../core/fence.ts';
import { unfinished } from '../../core/release.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { policyCheck } from '../../core/summary/pull-check.ts';
import { compareVersions, readVersion } from '../../core/version.ts';
import type { Situation } from '../app-port.ts';
import { publishedTasks } from '../deployment/tell.ts';
import { GitHubProblem } from '../github-port.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { tellCarried } from '../pull/tell-carried.ts';
import { type PublishedBy, recordPublication } from '../record/record-publication.ts';
import type { Note, NoteWrite, Outcome } from '../store-port.ts';
import { loadOf } from './load.ts';
import { type GitHubSituation, observeGitHub } from './plan-github.ts';
import type { PublishedRelease } from './publish.ts';
import { type Released, type ReleaseRequest, releaseOnGitHub } from './release.ts';
import { grantedNotes, wished, wishOf } from './wish.ts';

const POLICY_CHECK = 'shiplock / policy';

/** Where the branch is no line, or is gone, there is nothing to keep. */
export async function keepLine(situation: Situation, errand: DraftErrand): Promise<Outcome> {
  try {
    const observed = await observeLine(situation, errand.branch);
    const kept = observed === null || observed.noLine !== null ? {} : await keep(situation, errand, observed);
    return { ...kept, notes: [...(kept.notes ?? []), ...(await tellPolicySound(situation))] };
  } catch (error) {
    const problem = policyProblemLines(error);
    if (problem === null) throw error;
    return { notes: await tellPolicyProblem(situation, problem) };
  }
}

/** Null: there is no such branch any more. */
async function observeLine({ github, readPolicy }: Situation, branch: string): Promise<GitHubSituation | null> {
  try {
    return await observeGitHub(github, { line: branch, readPolicy });
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind === 'not-found') return null;
    throw error;
  }
}

async function keep(situation: Situation, errand: DraftErrand, observed: GitHubSituation): Promise<Outcome> {
  const { github, notes, repository, readPolicy, now } = situation;
  const line = observed.line.name;
  const request: ReleaseRequest = { line, readPolicy, today: new Date(now).toISOString().slice(0, 10) };
  const wish = await wishOf(notes, repository, line, []);
  const tagged = wish !== null && observed.tags.some(({ version }) => version === wish.version);
  // What a train has settled stays as it is until it has left; what was begun is finished all the same.
  const load = await loadOf(notes, repository, line, observed.tags);
  const held = load === null ? {} : { only: null };
  let released = await releaseOnGitHub(github, { ...request, observed, ...wished(tagged ? null : wish), ...held });
  const out = [...begunBefore(observed), ...released.published.flatMap((one) => (one.tagged ? [one] : []))];
  const granted = wish !== null && (tagged || isOut(released, wish.version));
  // What was asked for is out, or left behind: what comes after is numbered by its changes again.
  if (granted && !tagged) {
    released = await releaseOnGitHub(github, request);
    out.push(...released.published.flatMap((one) => (one.tagged ? [one] : [])));
  }
  const told = await tellCarried(situation, errand, observed, released);
  const taken = granted ? await grantedNotes(notes, repository, line, wish.version) : [];
  const tasks = out.flatMap(({ tag }) => publishedTasks(situation, tag, null));
  const recorded = await Promise.all(out.map((one) => recordPublication(situation, one, askedBy(situation, one))));
  return {
    ...told,
    tasks: [...(told.tasks ?? []), ...tasks],
    notes: [...taken, ...(told.notes ?? []), ...recorded.flatMap((one) => one.notes)],
    entries: [...(told.entries ?? []), ...recorded.flatMap((one) => one.entries)],
  };
}

/** What is out already, and whose run was stopped before everybody was told: nobody may have recorded it. */
function begunBefore({ scene, line }: GitHubSituation): Pick<PublishedRelease, 'tag' | 'sha' | 'body'>[] {
  const left = unfinished(scene.releases, line.name, new Set(scene.tags.map((one) => one.name)));
  // Whoever may write may have written our marks: what was tagged elsewhere than they say was not brought out by us.
  const isTagged = (tag: string, sha: string) => scene.tags.every((one) => one.name !== tag || one.sha === sha);
  return left.flatMap(({ release: { tag, body }, state: { sha }, left }) => {
    return left === 'tell' && isTagged(tag, sha) ? [{ tag, body, sha }] : [];
  });
}

/** The App did it; that a comment began it, its text tells. */
function askedBy({ self }: Situation, { body }: Pick<PublishedRelease, 'body'>): PublishedBy {
  const comment = readFence(body)?.state.asked;
  return { actor: { app: self.slug }, ...(Number.isSafeInteger(comment) ? { comment: comment as number } : {}) };
}

function isOut({ plan, published }: Released, version: string): boolean {
  if (readVersion(version) === null) return false;
  const out = [...(plan.since === null ? [] : [plan.since.version]), ...published.flatMap((one) => (one.tagged ? [one.version] : []))];
  return out.some((one) => compareVersions(one, version) >= 0);
}

/** On the default branch's head, where people look when nothing is released any more. */
async function tellPolicyProblem(
  { github, notes, repository }: Situation,
  { file, lines }: { readonly file: string; readonly lines: readonly string[] },
): Promise<NoteWrite[]> {
  const { branch } = await github.scene({ releaseBranch });
  await github.putCheck({ name: POLICY_CHECK, sha: branch.sha, externalId: 'policy', ...policyCheck(file, lines) });
  if ((await notes.note(repository, 'policy', 'broken')) !== null) return [];
  return [{ repository, kind: 'policy', name: 'broken', body: { file, sha: branch.sha } }];
}

/** Said only where there had been a failure. */
async function tellPolicySound({ github, notes, repository }: Situation): Promise<NoteWrite[]> {
  const note = await notes.note(repository, 'policy', 'broken');
  if (note === null) return [];
  const { branch } = await github.scene({ releaseBranch });
  const file = fileIn(note);
  await github.putCheck({ name: POLICY_CHECK, sha: branch.sha, externalId: 'policy', ...policyCheck(file, []) });
  return [{ repository, kind: 'policy', name: 'broken', body: null, expect: note.version }];
}

function fileIn({ body }: Note): string {
  const file = typeof body === 'object' && body !== null && 'file' in body ? body.file : null;
  return typeof file === 'string' ? file : '.github/shiplock.yml';
}
