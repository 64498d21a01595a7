// A line's draft, release pull request or release, kept at what the policy's mode says on every push; and what is told of it besides: what was
// last shown, for who publishes it, which release carries each merged pull request, and a policy that cannot be read.

import type { DraftErrand } from '../core/errand.ts';
import { releaseBranch } from '../core/release-pull.ts';
import { policyCheck } from '../core/summary/pull-check.ts';
import { compareVersions, readVersion } from '../core/version.ts';
import type { Situation } from './app-port.ts';
import { GitHubProblem } from './github-port.ts';
import { type GitHubSituation, observeGitHub } from './plan-github.ts';
import { policyProblemLines } from './policy-problem.ts';
import { type Released, type ReleaseRequest, releaseOnGitHub } from './release.ts';
import type { Note, NoteWrite, Outcome } from './store-port.ts';
import { tellCarried } from './tell-carried.ts';

const POLICY_CHECK = 'shiplock / policy';

/** What people were last shown of a line's next release: `/release publish` publishes this or nothing. */
export interface ShownRelease {
  readonly head: string;
  readonly version: string | null;
  readonly tag: string | null;
  readonly where: 'draft' | 'pull-request' | 'plan';
  /** Milliseconds since 1970. */
  readonly at: number;
}

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
  const { github, readPolicy, now } = situation;
  const line = observed.line.name;
  const request: ReleaseRequest = { line, readPolicy, today: new Date(now).toISOString().slice(0, 10) };
  const notes: NoteWrite[] = [];
  const asked = await askedFor(situation, line);
  const isOver = asked !== null && observed.tags.some(({ version }) => compareVersions(version, asked.version) === 0);
  let released: Released;
  if (asked === null || isOver) released = await releaseOnGitHub(github, { ...request, observed });
  else released = await releaseOnGitHub(github, { ...request, observed, releaseAs: asked.version });
  if (asked !== null && (isOver || isOut(released, asked.version))) {
    notes.push({ repository: situation.repository, kind: 'release-as', name: line, body: null, expect: asked.note.version });
    // What was asked for is out: what comes after it is numbered by its changes again.
    if (!isOver) released = await releaseOnGitHub(github, request);
  }
  notes.push(...(await noteShown(situation, line, released)));
  const told = await tellCarried(situation, errand, observed, released);
  return { ...told, notes: [...notes, ...(told.notes ?? [])] };
}

interface Asked {
  readonly version: string;
  readonly note: Note;
}

/** The version that `/release as` asked for. */
async function askedFor({ notes, repository }: Situation, line: string): Promise<Asked | null> {
  const note = await notes.note(repository, 'release-as', line);
  const body = note?.body ?? null;
  if (note === null || typeof body !== 'object' || body === null || !('version' in body)) return null;
  const { version } = body;
  return typeof version === 'string' && readVersion(version) !== null ? { version, note } : null;
}

function isOut({ plan, published }: Released, version: string): boolean {
  const out = [plan.since?.version ?? [], published.flatMap((one) => (one.tagged ? one.version : []))].flat();
  return out.some((one) => compareVersions(one, version) >= 0);
}

/** Written where something is shown and differs from what was shown last; taken back where the draft went because there is nothing. */
async function noteShown({ notes, repository, now }: Situation, line: string, released: Released): Promise<NoteWrite[]> {
  const { plan, head, mode, draft, pull } = released;
  const note = await notes.note(repository, 'shown', line);
  const before = note === null ? null : (note.body as Partial<ShownRelease> | null);
  const there = draft !== null || pull !== null;
  const at = { repository, kind: 'shown', name: line };
  if (!there || plan.version === null || mode === 'direct') {
    const gone = !there && before !== null && before.where !== 'plan' && mode !== 'direct';
    return gone ? [{ ...at, body: null }] : [];
  }
  const shown = { head, version: plan.version, tag: plan.tag, where: mode, at: now } satisfies ShownRelease;
  const same = before?.head === shown.head && before.version === shown.version && before.tag === shown.tag;
  // An answer to `/release plan` that showed the same still holds.
  return same && (before.where === shown.where || before.where === 'plan') ? [] : [{ ...at, body: shown }];
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
