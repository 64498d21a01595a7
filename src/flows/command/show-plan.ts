// The plan of a line as an answer shows it, and what was last shown of it: in such an answer, in the draft, or in the release pull request.

import { mayPublish, planAnswer } from '../../core/answer/plan.ts';
import type { Change, Person } from '../../core/change.ts';
import { readFence } from '../../core/fence.ts';
import type { PlannedRelease } from '../../core/plan-json.ts';
import { draftsOfLine } from '../../core/release.ts';
import { readShown, type Shown } from '../../core/shown.ts';
import { tagOf } from '../../core/tag.ts';
import type { PullSeen } from '../github-port.ts';
import { type GitHubSituation, notesOf, observeGitHub, planLine, readLine } from '../release/plan-github.ts';
import { withheldOf } from '../release/release.ts';
import { wished, wishOf } from '../release/wish.ts';
import type { NotesPort, NoteWrite } from '../store-port.ts';
import { type Answer, type Ask, branchOf, refused, spelled } from './answer.ts';

export interface View {
  readonly seen: GitHubSituation;
  readonly planned: PlannedRelease;
  /** The plan as Markdown. */
  readonly says: string;
  /** What may be published as it is shown; undefined where nothing may. */
  readonly shows?: Answer['shows'];
}

/** `/release plan`. */
export async function showPlan(ask: Ask): Promise<Answer> {
  const place = await branchOf(ask);
  if ('unseen' in place) return refused(place.unseen);
  const { says, shows } = await viewPlan(ask, place.branch, ask.room);
  return { done: true, says, ...(shows === undefined ? {} : { shows }) };
}

/** `room` is what there is beside other words. */
export async function viewPlan(ask: Ask, branch: string | undefined, room: number): Promise<View> {
  const { github, notes, repository, readPolicy } = ask.situation;
  const seen = await observeGitHub(github, { readPolicy, ...(branch === undefined ? {} : { line: branch }) });
  const asked = await wishOf(notes, repository, seen.line.name, seen.tags);
  const read = await readLine(github, seen);
  const { plan, head, remarks } = planLine(seen, read, wished(asked));
  const planned = { ...plan, notes: notesOf({ ...plan, changes: plan.changes.map(withoutLogins) }, seen, read.commits), head, remarks };
  const withheld = withheldOf(seen);
  const open = seen.policy.release.mode === 'pull-request' ? openReleasePull(seen) : null;
  const pull = open === null ? null : { number: open.number, head: open.head.sha };
  const { version, tag, line } = plan;
  const publishable = withheld === null && plan.objections.length === 0 && version !== null && tag !== null;
  const next = withheld !== null ? withheld.says : publishable ? mayPublish(spelled(ask, 'release publish'), { tag, head, pull }) : '';
  const says = planAnswer({ planned, repository: seen.scene.repository, next, limit: room });
  return publishable ? { seen, planned, says, shows: { line, plan: { head, version, tag, pull } } } : { seen, planned, says };
}

/** A plan in a comment calls nobody: by their names alone, people are not mentioned, and each is still one person. */
function withoutLogins(change: Change): Change {
  return { ...change, authors: change.authors.map((one): Person => (one.login === undefined ? one : { name: one.login })) };
}

/** The open release pull request of the line. */
export function openReleasePull({ scene }: GitHubSituation): PullSeen | null {
  const open = scene.releasePulls.filter((pull) => pull.state === 'open' && pull.base === scene.branch.name);
  return open.sort((a, b) => a.number - b.number)[0] ?? null;
}

const KIND = 'shown';

/** Everything that shows the next release of a line, each with the time since when it does. */
export async function shownOf(notes: NotesPort, repository: string, seen: GitHubSituation): Promise<readonly Shown[]> {
  const note = await notes.note(repository, KIND, seen.line.name);
  const noted = note === null ? null : readShown(note.body);
  return [...(noted === null ? [] : [noted]), ...fromGitHub(seen)];
}

function fromGitHub(seen: GitHubSituation): readonly Shown[] {
  const { scene, line, policy } = seen;
  if (policy.release.mode === 'pull-request') {
    const pull = openReleasePull(seen);
    const state = pull === null ? undefined : readFence(pull.body)?.state;
    if (pull === null || state === undefined || state.line !== line.name) return [];
    const { sha: head, version, branch } = state;
    const tip = branch === undefined ? null : { number: pull.number, head: branch };
    return [{ head, version, tag: tagOf(seen.templates.write, version), where: 'pull', at: pull.writtenAt ?? null, pull: tip }];
  }
  const [draft] = draftsOfLine(scene.releases, line.name);
  const state = draft === undefined ? undefined : readFence(draft.body)?.state;
  if (draft === undefined || state === undefined) return [];
  return [{ head: state.sha, version: state.version, tag: draft.tag, where: 'draft', at: draft.updatedAt ?? null, pull: null }];
}

/** `at`: when the answer came to be seen. */
export function shownNote(repository: string, { line, plan }: NonNullable<Answer['shows']>, at: string): NoteWrite {
  const { head, version, tag, pull } = plan;
  const body = { where: 'plan', head, version, tag, at, pull: pull === null ? null : { number: pull.number, head: pull.head } };
  return { repository, kind: KIND, name: line, body };
}
