// Looking back: the issue of a review is opened once for a commit, an environment and a cause, whoever asks for it and how often, and what
// came of it goes into the record when it is closed.

import type { ReviewErrand, ReviewedErrand } from '../../core/errand.ts';
import { readFence } from '../../core/fence.ts';
import { environmentOf } from '../../core/policy/environment.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import type { Sealed } from '../../core/record.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { type ReviewOf, reviewBody, reviewTitle, textDigest, ticksIn } from '../../core/review.ts';
import type { Situation } from '../app-port.ts';
import { memoryIn } from '../gate/gate-memory.ts';
import { releaseOf } from '../gate/release-of.ts';
import { GitHubProblem, type ReleaseSeen, type Scene } from '../github-port.ts';
import { policyProblemLines } from '../policy-problem.ts';
import { recordDecision } from '../record/record-decision.ts';
import type { Json, NoteWrite, Outcome } from '../store-port.ts';
import { sayOnce } from './say-once.ts';
import { baseOf } from './start-deployment.ts';

const KIND = 'review';
/** By the issue's number. */
const ISSUE = 'review-issue';

interface Opened {
  readonly issue: number;
  readonly url: string;
  readonly open: boolean;
}

interface Noted extends ReviewOf {
  readonly release: string | null;
}

/** `again`: what is said in a review that is open already, and its mark. */
export interface ReviewWrite extends ReviewOf {
  readonly release: string | null;
  readonly body: string;
  readonly again?: { readonly mark: string; readonly says: string };
}

/** The one way in which reviews are opened. `notes` are to be written with the outcome; `isNew`: it is not noted yet. */
export async function keepReview(
  { github, notes, repository }: Situation,
  { body, again, release, ...of }: ReviewWrite,
): Promise<{ readonly number: number; readonly url: string; readonly isNew: boolean; readonly notes: readonly NoteWrite[] }> {
  const name = nameOf(of);
  const before = ((await notes.note(repository, KIND, name))?.body ?? null) as Opened | null;
  if (before?.open === true) {
    if (again !== undefined) await sayOnce({ github }, before.issue, again.mark, `${again.mark}\n${again.says}`);
    return { number: before.issue, url: before.url, isNew: false, notes: [] };
  }
  const { number, url } = await github.openIssue({ title: reviewTitle(of), body, once: true });
  const opened: Opened = { issue: number, url, open: true };
  const noted: Noted = { ...of, release };
  return {
    number,
    url,
    isNew: true,
    notes: [
      { repository, kind: KIND, name, body: opened as unknown as Json },
      { repository, kind: ISSUE, name: String(number), body: noted as unknown as Json },
    ],
  };
}

function nameOf({ cause, environment, sha }: ReviewOf): string {
  return `${cause} ${environment.toLowerCase()} ${sha}`;
}

/** It is time to look back. */
export async function openReview(situation: Situation, { sha, environment, cause }: ReviewErrand): Promise<Outcome> {
  const { github, notes, repository, now, home, self } = situation;
  const of = { sha, environment, cause };
  // Asked for once is asked for enough, though it be closed by now.
  if ((await notes.note(repository, KIND, nameOf(of))) !== null) return {};
  const scene = await github.scene({ releaseBranch });
  const policy = await policyOf(situation, scene);
  const review = environmentOf(policy, environment)?.review ?? null;
  // The policy asks for it no more.
  if (review === null) return {};
  const entries = await entriesOf(situation, of);
  const tag = entries.findLast((one) => one.release !== undefined)?.release ?? scene.tags.find((one) => one.sha === sha)?.name ?? null;
  const release = tag === null ? null : (scene.releases.find((one) => !one.draft && one.tag === tag) ?? (await github.release(tag)));
  const base = baseOf(scene);
  const checks = await github.checks(sha);
  const body = reviewBody({
    ...of,
    release: tag === null ? null : { tag, url: `${base}/releases/tag/${encodeURI(tag)}`, notes: notesOf(release) },
    entries,
    written: await writtenOf(situation, { release, sha, scene, policy }),
    failedChecks: checks.known ? checks.value.flatMap(({ name, state }) => (FAILED.has(state) ? [name] : [])) : null,
    to: review.to,
    base,
  });
  const opened = await keepReview(situation, { ...of, release: tag, body });
  const at = new Date(now).toISOString();
  const entry = recordDecision(repository, {
    what: 'review',
    at,
    home,
    actor: { app: self.slug },
    environment,
    sha,
    release: tag,
    issue: opened.number,
    state: 'opened',
  });
  return { notes: [...opened.notes, ...entry.texts], entries: [entry] };
}

const FAILED: ReadonlySet<string> = new Set(['failure', 'error', 'timed_out', 'startup_failure']);

function notesOf(release: ReleaseSeen | null): string {
  return release === null ? '' : (readFence(release.body)?.inside ?? release.body);
}

interface Written {
  readonly release: ReleaseSeen | null;
  readonly sha: string;
  readonly scene: Scene;
  readonly policy: Policy;
}

/** When the release's commits were written; null: that cannot be seen, or nothing was released before it. */
async function writtenOf(situation: Situation, { release, sha, scene, policy }: Written): Promise<readonly string[] | null> {
  const { github, notes, repository, now } = situation;
  const state = release === null ? undefined : readFence(release.body)?.state;
  const { memory } = memoryIn(notes, repository, now);
  // Of a release that others wrote, or that is none, its history tells what came before it.
  const read = state?.since == null ? await releaseOf({ github, scene, policy, sha, memory }) : null;
  const since = state?.since ?? (read?.known === true ? read.value.base?.sha : null);
  if (since == null) return null;
  try {
    const range = await github.range(since, sha, false);
    return range.baseIsAncestor ? range.commits.map(({ commit }) => commit.date) : null;
  } catch (error) {
    if (error instanceof GitHubProblem && (error.kind === 'not-found' || error.kind === 'refused')) return null;
    throw error;
  }
}

/** Of the record: what is about the commit in the environment. */
async function entriesOf({ entries }: Situation, { sha, environment }: Pick<ReviewOf, 'sha' | 'environment'>): Promise<readonly Sealed[]> {
  const found: Sealed[] = [];
  if (entries === undefined) return found;
  for (let after = 0; ; ) {
    const page = await entries({ after, limit: 500 });
    for (const { text } of page) {
      if (!text.includes(sha)) continue;
      const one = JSON.parse(text) as Sealed;
      if (one.sha === sha && one.environment?.toLowerCase() === environment.toLowerCase()) found.push(one);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < 500) return found;
    after = last.seq;
  }
}

async function policyOf({ readPolicy }: Situation, { policy }: Scene): Promise<Policy> {
  if (policy === null) return DEFAULT_POLICY;
  try {
    return await readPolicy(policy.text);
  } catch (error) {
    // It is looked back once the policy can be read again.
    if (policyProblemLines(error) !== null)
      throw new GitHubProblem('unavailable', 'The policy cannot be read, and with it not who is to look back.');
    throw error;
  }
}

/** An issue was closed: if it is a review, what came of it is recorded, once. */
export async function closeReview(situation: Situation, { issue }: ReviewedErrand): Promise<Outcome> {
  const { github, notes, repository, now, home, self } = situation;
  const noted = ((await notes.note(repository, ISSUE, String(issue)))?.body ?? null) as Noted | null;
  if (noted === null) return {};
  const { release, ...of } = noted;
  const before = ((await notes.note(repository, KIND, nameOf(of)))?.body ?? null) as Opened | null;
  if (before === null || !before.open || before.issue !== issue) return {};
  const seen = await github.issue(issue);
  if (!seen.known) throw new GitHubProblem('unavailable', `#${issue} could not be seen: ${seen.why}`);
  // Opened again meanwhile: its end is still to come.
  if (seen.value?.state === 'open') return {};
  const { ticked, of: all } = ticksIn(seen.value?.body ?? '');
  const closer = seen.value?.closedBy ?? null;
  const entry = recordDecision(repository, {
    what: 'review',
    at: new Date(now).toISOString(),
    home,
    actor: closer ?? { app: self.slug },
    environment: of.environment,
    sha: of.sha,
    release,
    issue,
    state: seen.value === null ? 'gone' : 'closed',
    reason: `${ticked} of ${all} ticked; sha256 of the text ${textDigest(seen.value?.body ?? '')}`,
  });
  const closed: Opened = { ...before, open: false };
  return { notes: [{ repository, kind: KIND, name: nameOf(of), body: closed as unknown as Json }, ...entry.texts], entries: [entry] };
}
