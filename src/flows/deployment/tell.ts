// Stakeholders are told what the policy's `notify` says, in the release's thread: each sort of event calls them once, what follows soon after
// is told together, and whoever hears of a thing twice tells it once. The operator's own address hears of each event, too.

import type { SendErrand, TellErrand } from '../../core/errand.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { type Happening, mentionsOf, publishedHappening, sortOf, sortsIn, toldPage } from '../../core/tell.ts';
import type { Situation } from '../app-port.ts';
import { threadOf } from '../gate/keep-thread.ts';
import type { Scene } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { policyProblemLines } from '../policy-problem.ts';
import type { Json, NewTask, Outcome } from '../store-port.ts';
import { sendCollected, sendOrCollect } from './collect-news.ts';

/** What follows one comment so soon is told in the next one together. */
export const QUIET = 10 * 60_000;

/** For the outcome of whoever knows that it happened; `policy`: its file where it is at hand, null where there is none. */
export function tellTasks(
  { home, now, outgoing }: Pick<Situation, 'home' | 'now' | 'outgoing'>,
  happening: Happening,
  policy?: { readonly text: string } | null,
): readonly NewTask[] {
  // Where nobody wants to hear of anything it costs nothing.
  if (outgoing === undefined && policy !== undefined && policy?.text.includes('notify') !== true) return [];
  return tasksOf([{ kind: 'tell', home, sha: happening.sha, happening }], { now, delivery: null });
}

/** A release is out. */
export function publishedTasks(
  situation: Pick<Situation, 'home' | 'now' | 'outgoing'>,
  tag: string,
  by: string | null,
): readonly NewTask[] {
  return tellTasks(situation, { ...publishedHappening(tag), by });
}

/** What was told of a commit. */
interface Told {
  /** The newest of each sort that somebody is to hear of. */
  readonly sorts: Readonly<Record<string, Happening>>;
  /** Sorts of which something is not told yet. */
  readonly pending: readonly string[];
  /** Sorts that people were called for. */
  readonly said: readonly string[];
  /** What was heard of already. */
  readonly heard: readonly string[];
  /** Milliseconds since 1970: when people were last called. */
  readonly last: number | null;
}

const KIND = 'told';
/** Newest last; a release is deployed some dozen times at most. */
const MOST_HEARD = 300;
const NOTHING: Told = { sorts: {}, pending: [], said: [], heard: [], last: null };

export async function tell(situation: Situation, { home, sha: named, happening }: TellErrand): Promise<Outcome> {
  // Messages that were collected.
  if (named === null && happening === null) return sendCollected(situation, home);
  const { github, notes, repository, now, outgoing } = situation;
  const scene = await github.scene({ releaseBranch });
  const sha = named ?? (await commitOf(situation, scene, happening?.release ?? null));
  // Its tag is gone, and with it the release.
  if (sha === null) return {};
  const policy = await policyOf(situation, scene);
  const before = ((await notes.note(repository, KIND, sha))?.body ?? NOTHING) as unknown as Told;
  const heard = happening === null ? null : wholeOf(scene, now, { ...happening, sha });
  const name = heard === null ? '' : `${sortOf(heard)} ${heard.once}`;
  const isNew = heard !== null && !before.heard.includes(name);
  let told = isNew ? withNews(before, heard, name, policy) : before;
  const { tasks = [], notes: going = [] } = isNew && outgoing !== undefined ? await sendOrCollect(situation, home, heard, name) : {};
  if (told.pending.length === 0) return isNew ? { tasks, notes: [...going, noteOf(told)] } : {};
  const due = told.last === null ? now : told.last + QUIET;
  if (due > now) {
    const [later] = tasksOf([{ kind: 'tell', home, sha, happening: null }], { now, delivery: null });
    return { tasks: [...tasks, { ...(later as NewTask), runAt: due }], notes: [...going, noteOf(told)] };
  }
  const thread = await threadOf(situation, sha);
  await say(situation, { sha, issue: thread.issue, told, policy });
  const calls = told.pending.some((sort) => !told.said.includes(sort));
  told = { ...told, pending: [], said: [...new Set([...told.said, ...told.pending])], last: calls ? now : told.last };
  return { tasks, notes: [...going, ...thread.notes, noteOf(told)] };

  function noteOf(body: Told) {
    return { repository, kind: KIND, name: sha as string, body: body as unknown as Json };
  }
}

async function commitOf({ github }: Situation, { tags }: Scene, release: string | null): Promise<string | null> {
  if (release === null) return null;
  return (tags.find((one) => one.name === release) ?? (await github.tag(release)))?.sha ?? null;
}

/** What the event did not tell, or must not be believed of. */
function wholeOf({ repository: { host, owner, name }, tags }: Scene, now: number, happening: Happening): Happening {
  const { event, at, url, run, sha } = happening;
  const release = happening.release ?? tags.find((one) => one.sha === sha)?.name ?? null;
  const base = `https://${host}/${owner}/${name}`;
  const ran = run === undefined ? url : (url ?? `${base}/actions/runs/${run}`);
  const place = event === 'published' && release !== null ? `${base}/releases/tag/${encodeURI(release)}` : ran;
  return { ...happening, release, at: at === '' ? new Date(now).toISOString() : at, url: place };
}

function withNews(told: Told, happening: Happening, name: string, policy: Policy): Told {
  const heard = [...told.heard, name].slice(-MOST_HEARD);
  if (mentionsOf(policy, [happening.event]).length === 0) return { ...told, heard };
  const sort = sortOf(happening);
  return { ...told, heard, sorts: { ...told.sorts, [sort]: happening }, pending: [...new Set([...told.pending, sort])] };
}

interface Saying {
  readonly sha: string;
  readonly issue: number;
  readonly told: Told;
  readonly policy: Policy;
}

/** What a comment tells of already is brought up to date there, which calls nobody. */
async function say({ github }: Situation, { sha, issue, told, policy }: Saying): Promise<void> {
  const own = (await github.ownComments([issue])).get(issue);
  // The place is gone, and with it whoever would read it.
  if (own === undefined) return;
  const left = new Set(told.pending);
  const page = (sorts: readonly string[]): string => {
    const all = sorts.flatMap((sort) => told.sorts[sort] ?? []);
    const mentions = mentionsOf(
      policy,
      all.map(({ event }) => event),
    );
    return toldPage(sha, all, mentions);
  };
  for (const comment of own.filter((one) => one.own)) {
    const sorts = sortsIn(comment.body, sha);
    if (!sorts.some((sort) => left.has(sort))) continue;
    for (const sort of sorts) left.delete(sort);
    const text = page(sorts);
    if (sorts.every((sort) => told.sorts[sort] !== undefined) && text.trim() !== comment.body.replaceAll('\r\n', '\n').trim())
      await github.updateComment(comment.id, text);
  }
  if (left.size > 0) await github.comment(issue, page([...left]));
}

/** A policy that cannot be read is told of elsewhere; nobody is called by rules that are not in force. */
async function policyOf({ readPolicy }: Situation, { policy }: Scene): Promise<Policy> {
  if (policy === null) return DEFAULT_POLICY;
  try {
    return await readPolicy(policy.text);
  } catch (error) {
    if (policyProblemLines(error) === null) throw error;
    return DEFAULT_POLICY;
  }
}

/** One message on its way; its text was decided before, and is the same each time that it is tried. */
export async function send({ outgoing }: Pick<Situation, 'outgoing'>, { id, message }: SendErrand): Promise<Outcome> {
  await outgoing?.send(id, message);
  return {};
}
