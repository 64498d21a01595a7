// Where people talk about the release of a commit: its release pull request; else the pull request whose merge it is; else an issue of our
// own. Our status is one comment there, known by its stored id, or by its mark among those that GitHub says are ours, and never by text of
// others (dbt-labs/actions: "find comment" by text alone takes anybody's).

import { whereTable } from '../../core/answer/where.ts';
import type { StatusErrand } from '../../core/errand.ts';
import { readFence } from '../../core/fence.ts';
import { type GateStatus, statusMark, statusPage, threadIssue, wordMark, wordOf } from '../../core/gate/status-page.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import type { Situation } from '../app-port.ts';
import { readPlaces } from '../deployment/what-is-where.ts';
import { GitHubProblem, type PullSeen, type Scene } from '../github-port.ts';
import type { NoteWrite, Outcome } from '../store-port.ts';
import { readDecided, readThread, type Thread, threadNotes } from './gate-notes.ts';

/** Without writing anything: null where only an issue of our own would do. A pull request that cannot be seen is none for now. */
export async function findThread(
  { github: _, gates, notes, repository }: Situation,
  sha: string,
  releasePulls: readonly PullSeen[],
): Promise<Thread | null> {
  const noted = await readThread(notes, repository, sha);
  if (noted !== null) return noted;
  const release = releasePulls.find(
    (pull) => pull.mergeSha === sha || (pull.state !== 'closed' && readFence(pull.body)?.state.sha === sha),
  );
  if (release !== undefined) return { issue: release.number, status: null };
  const merged = await gates.pullsOf(sha);
  if (!merged.known) throw new GitHubProblem('unavailable', `The pull requests of ${sha.slice(0, 7)} could not be seen: ${merged.why}`);
  const [first] = merged.value.map(({ pull }) => pull.number).sort((a, b) => a - b);
  return first === undefined ? null : { issue: first, status: null };
}

/** Opens an issue where there is nothing else; `notes` are to be written with the outcome. */
export async function threadOf(situation: Situation, sha: string): Promise<Thread & { readonly notes: readonly NoteWrite[] }> {
  const noted = await readThread(situation.notes, situation.repository, sha);
  if (noted !== null) return { ...noted, notes: [] };
  const scene = await situation.github.scene({ releaseBranch });
  return openThread(situation, sha, scene);
}

async function openThread(situation: Situation, sha: string, scene: Scene): Promise<Thread & { readonly notes: readonly NoteWrite[] }> {
  const { github, repository } = situation;
  const found = await findThread(situation, sha, scene.releasePulls);
  const tag = scene.tags.find((one) => one.sha === sha)?.name ?? null;
  const thread: Thread = found ?? { issue: (await github.openIssue({ ...threadIssue(sha, tag), once: true })).number, status: null };
  return { ...thread, notes: threadNotes(repository, sha, thread) };
}

/** Brings the status of a commit's gates up to date in its thread; `environments` are told of beside those that it told of before. */
export async function keepStatus(situation: Situation, sha: string, environments: readonly string[]): Promise<Outcome> {
  const { github, notes, repository, home } = situation;
  const noted = await readThread(notes, repository, sha);
  const scene = noted?.host === undefined ? await github.scene({ releaseBranch }) : null;
  const thread = noted ?? (await openThread(situation, sha, scene as Scene));
  const host = noted?.host ?? (scene as Scene).repository.host;
  const all = new Map([...(thread.environments ?? []), ...environments].map((one) => [one.toLowerCase(), one]));
  const gates: GateStatus[] = [];
  for (const name of all.keys()) {
    const decided = await readDecided(notes, repository, name, sha);
    if (decided !== null) gates.push(decided);
  }
  if (gates.length === 0) return {};
  const places = whereTable(await readPlaces(notes, repository), `https://${host}/${home.owner}/${home.name}`);
  const body = statusPage(sha, gates, { host, owner: home.owner, name: home.name }, places);
  const own = (await github.ownComments([thread.issue])).get(thread.issue);
  if (own === undefined) {
    // The thread was deleted or moved away: the next look finds or opens another.
    return { notes: [...threadNotes(repository, sha, thread).map((one) => ({ ...one, body: null }))] };
  }
  const mine = own.filter((one) => one.own);
  const kept = mine.find(({ id }) => id === thread.status) ?? mine.find((one) => one.body.startsWith(statusMark(sha)));
  if (kept === undefined || !isSame(kept.body, body)) {
    if (kept === undefined) {
      const { id } = await github.comment(thread.issue, body);
      return withWords(id);
    }
    await github.updateComment(kept.id, body);
  }
  return withWords((kept as { readonly id: number }).id);

  /** People are notified of new comments alone, so a decision is one. */
  async function withWords(status: number): Promise<Outcome> {
    for (const gate of gates) {
      if (!environments.some((one) => one.toLowerCase() === gate.environment.toLowerCase())) continue;
      const word = wordOf(gate);
      if (word !== null && !mine.some((one) => one.body.startsWith(wordMark(gate)))) await github.comment(thread.issue, word);
    }
    return { notes: threadNotes(repository, sha, { issue: thread.issue, status, environments: [...all.keys()], host }) };
  }
}

/** The errand. What was decided at once without ever having waited is told only where there is a thread already. */
export async function showStatus(situation: Situation, { sha, environment }: StatusErrand): Promise<Outcome> {
  return keepStatus(situation, sha, [environment]);
}

function isSame(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n').trim() === other.trim();
}
