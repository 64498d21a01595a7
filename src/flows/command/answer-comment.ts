// A comment with commands, from the eyes that say it was seen to the one comment that answers it. What it says is taken as it was when it
// came, and only from its author; whoever may not is told so; a comment is answered once, however often its event comes.

import { ANSWER_LIMIT, type Answered, answerMark, answerText } from '../../core/answer/page.ts';
import { editedText, notTriedText, policyText, troubleText } from '../../core/answer/refusal.ts';
import { isCommandable } from '../../core/command/commandable.ts';
import { parseComment } from '../../core/command/parse.ts';
import { problemsText, refusal, suffices } from '../../core/command/words.ts';
import type { CommandCall, CommandName } from '../../core/command.ts';
import type { CommandErrand } from '../../core/errand.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import type { Situation } from '../app-port.ts';
import { GitHubProblem } from '../github-port.ts';
import { tasksOf } from '../inbox/errand-task.ts';
import { POLICY_FILE, policyProblemLines } from '../policy-problem.ts';
import type { NoteWrite, Outcome } from '../store-port.ts';
import { type Answer, type AnswerFlow, type Ask, refused } from './answer.ts';
import { approve, reject } from './approve.ts';
import { backport } from './backport.ts';
import { deploy } from './deploy.ts';
import { draftRelease, releaseAs } from './draft-release.ts';
import { freeze, unfreeze } from './freeze.ts';
import { hold, unhold } from './hold.ts';
import { override } from './override.ts';
import { publishShown } from './publish-shown.ts';
import { rollback } from './rollback.ts';
import { settleKind } from './settle-kind.ts';
import { showHelp } from './show-help.ts';
import { shownNote, showPlan } from './show-plan.ts';
import { showWhy } from './show-why.ts';

const RELEASE: Readonly<Record<string, AnswerFlow>> = { plan: showPlan, draft: draftRelease, publish: publishShown, as: releaseAs };

/** Who answers what. */
const ANSWERS: Readonly<Record<CommandName, AnswerFlow>> = {
  classify: settleKind,
  release: (ask) => (RELEASE[ask.call.shape.verb ?? ''] ?? showPlan)(ask),
  backport,
  help: showHelp,
  deploy,
  approve,
  reject,
  why: showWhy,
  hold,
  unhold,
  freeze,
  unfreeze,
  override,
  rollback,
};

const CONSUMED = 'answered';

/** Throws `GitHubProblem` where trying again later may help. */
export async function answerComment(situation: Situation, errand: CommandErrand): Promise<Outcome> {
  if (!isCommandable(errand, situation.self).act) return {};
  // Most comments command nothing, and need not cost a look at the policy.
  if (!/^ {0,3}\//m.test(errand.body)) return {};
  const read = await readPolicy(situation);
  const policy = 'policy' in read ? read.policy : DEFAULT_POLICY;
  const { prefix } = policy.commands;
  const { calls, problems } = parseComment(errand.body, { prefix, environments: Object.keys(policy.environments) });
  if (calls.length === 0 && problems.length === 0) return {};
  const { github, notes, repository } = situation;
  const name = String(errand.comment);
  // A comment is worth its commands once: whoever sends its event again gets nothing for it.
  if ((await notes.note(repository, CONSUMED, name)) !== null) return {};
  const consumed: NoteWrite = { repository, kind: CONSUMED, name, body: { at: errand.at }, expect: 0 };
  const standing = await standingOf(situation, errand);
  if (standing === 'gone') return { notes: [consumed] };
  await github.react(errand.comment, 'eyes');
  const answered: Answered[] = [];
  const answers: Answer[] = [];
  const add = (text: string | null, answer: Answer) => {
    answered.push({ text, done: answer.done, says: answer.says });
    answers.push(answer);
  };
  if (standing !== 'unedited') add(null, refused(standing));
  else if (problems.length > 0) add(null, refused(problemsText(problems, prefix)));
  // Help is there for whoever has to mend the policy, too.
  else if ('lines' in read && !calls.every(({ shape }) => shape.name === 'help')) add(null, refused(policyText(POLICY_FILE, read.lines)));
  else await answerCalls(situation, { errand, calls, policy }, add);
  const first = answers.find((one) => one.again !== undefined)?.again;
  if (first !== undefined) {
    // What was done so far comes to the same the second time.
    const { at: runAt = 0, ...written } = first;
    const tasks = tasksOf([errand], { now: situation.now, delivery: null }).map((one) => ({ ...one, runAt }));
    return { ...written, tasks: [...(written.tasks ?? []), ...tasks] };
  }
  const id = await sayAfter(situation, errand, answered);
  const shows = id === null ? [] : answers.flatMap((one) => one.shows ?? []);
  const at = id === null || shows.length === 0 ? null : await writtenAt(situation, id);
  await github.react(errand.comment, answered.every((one) => one.done) ? 'rocket' : 'confused');
  const shown = at === null ? [] : shows.map((one) => shownNote(repository, one, at));
  return {
    notes: [...lastOfEach([...answers.flatMap((one) => one.notes ?? []), ...shown]), consumed],
    tasks: answers.flatMap((one) => one.tasks ?? []),
    entries: answers.flatMap((one) => one.entries ?? []),
  };
}

/** Of several writes of one note the last is what remains. */
function lastOfEach(writes: readonly NoteWrite[]): readonly NoteWrite[] {
  return [...new Map(writes.map((one) => [`${one.kind}\n${one.name}`, one])).values()];
}

type PolicyRead = { readonly policy: Policy } | { readonly lines: readonly string[] };

/** The policy of the default branch. */
async function readPolicy({ github, readPolicy: read }: Situation): Promise<PolicyRead> {
  const text = (await github.files('HEAD', [POLICY_FILE])).get(POLICY_FILE) ?? null;
  if (text === null) return { policy: DEFAULT_POLICY };
  try {
    return { policy: await read(text) };
  } catch (error) {
    const problem = policyProblemLines(error);
    if (problem === null) throw error;
    return { lines: problem.lines };
  }
}

/** Whether it is still what its author wrote; else words. What was taken back by deleting it needs none. */
async function standingOf({ github }: Situation, errand: CommandErrand): Promise<'unedited' | 'gone' | string> {
  const seen = await github.commentById(errand.comment);
  if (!seen.known) return troubleText(seen.why);
  const comment = seen.value;
  if (comment === null || comment.author.id !== errand.author.id || comment.issue !== errand.issue) return 'gone';
  return comment.edited || plain(comment.body) !== plain(errand.body) ? editedText() : 'unedited';
}

function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

interface Calls {
  readonly errand: CommandErrand;
  readonly calls: readonly CommandCall[];
  readonly policy: Policy;
}

/** All or none by who may; then one after another, and what comes after one that was refused is not tried: it was written with that in mind. */
async function answerCalls(
  situation: Situation,
  { errand, calls, policy }: Calls,
  add: (text: string, answer: Answer) => void,
): Promise<void> {
  const { login } = errand.author;
  const seen = await situation.github.roleOf(login);
  const role = seen.known ? seen.value : null;
  const { prefix } = policy.commands;
  const may = ({ shape }: CommandCall) => role !== null && suffices(role, shape.who) !== false;
  const all = calls.every(may);
  const pending: NoteWrite[] = [];
  let stopped = false;
  for (const call of calls) {
    const { shape, text } = call;
    const ask: Ask = {
      situation: withNotes(situation, pending),
      errand,
      call,
      policy,
      role,
      room: Math.floor(ANSWER_LIMIT / calls.length),
    };
    let answer: Answer;
    if (!may(call)) answer = refused(refusal({ command: shape, needed: shape.who, has: role, prefix }));
    else answer = stopped || !all ? refused(notTriedText(all)) : await attempt(ask);
    add(text, answer);
    pending.push(...(answer.notes ?? []));
    stopped ||= !answer.done;
  }
}

/** What trying again does not cure is said; the rest is thrown, so that it is tried again. */
async function attempt(ask: Ask): Promise<Answer> {
  try {
    return await ANSWERS[ask.call.shape.name](ask);
  } catch (error) {
    if (isHopeless(error)) return refused(troubleText(error.message));
    throw error;
  }
}

function isHopeless(error: unknown): error is GitHubProblem {
  return error instanceof GitHubProblem && ['forbidden', 'refused', 'not-found', 'misconfigured'].includes(error.kind);
}

/** Null: GitHub takes no comment there, as in a conversation that was locked; what was done is done, and the reaction tells. */
async function sayAfter(situation: Situation, errand: CommandErrand, answered: readonly Answered[]): Promise<number | null> {
  try {
    return await say(situation, errand, answerText(errand.comment, errand.author.login, answered));
  } catch (error) {
    if (isHopeless(error) && answered.some(({ done }) => done)) return null;
    throw error;
  }
}

/** Notes as they will be once what was answered so far is written. */
function withNotes(situation: Situation, pending: readonly NoteWrite[]): Situation {
  const { notes } = situation;
  const note: typeof notes.note = async (repository, kind, name) => {
    const write = pending.findLast((one) => one.kind === kind && one.name === name);
    if (write === undefined) return notes.note(repository, kind, name);
    return write.body === null ? null : { repository, kind, name, body: write.body, version: 0, at: situation.now };
  };
  const list: typeof notes.notes = async (repository, kind) => {
    const before = await notes.notes(repository, kind);
    const names = new Set(pending.filter((one) => one.kind === kind).map((one) => one.name));
    const written = await Promise.all([...names].map((name) => note(repository, kind, name)));
    return [...before.filter((one) => !names.has(one.name)), ...written.filter((one) => one !== null)];
  };
  return { ...situation, notes: { ...notes, note, notes: list } };
}

/** Says it once: an answer that an earlier try left is kept if it is the same, and else replaced. */
async function say({ github }: Situation, errand: CommandErrand, text: string): Promise<number> {
  const mark = answerMark(errand.comment);
  const own = (await github.ownComments([errand.issue])).get(errand.issue) ?? [];
  let kept: number | null = null;
  for (const before of own.filter((one) => one.own && one.body.startsWith(mark))) {
    // When a text came to be seen is told of a comment as a whole: one that says something else makes way.
    if (kept === null && plain(before.body) === plain(text)) kept = before.id;
    else await github.deleteComment(before.id);
  }
  return kept ?? (await github.comment(errand.issue, text)).id;
}

/** When a comment of ours came to be seen, by GitHub's clock; null: unknown. */
async function writtenAt({ github }: Situation, id: number): Promise<string | null> {
  const seen = await github.commentById(id);
  return seen.known ? (seen.value?.createdAt ?? null) : null;
}
