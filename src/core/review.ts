// The review after a deployment: one issue for a commit, an environment and a cause, put together from what the record and GitHub tell, with
// questions for people to answer; and what is read back from it once somebody has closed it.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { withoutCommands } from './answer/page.ts';
import { elapsedText } from './elapsed.ts';
import type { ReviewCause } from './errand.ts';
import { digestOf } from './fence.ts';
import { instantOf } from './gate/clock.ts';
import { timeText } from './gate/status-page.ts';
import { inlineText } from './notes/markdown.ts';
import type { Actor, Sealed } from './record.ts';
import { folded, joined, nameSpan, table } from './summary/page.ts';

export interface ReviewOf {
  readonly sha: string;
  readonly environment: string;
  readonly cause: ReviewCause;
}

/** The issue's first line, by which it is found again; whether it is ours its author tells. */
export function reviewMark({ sha, environment, cause }: ReviewOf): string {
  return `<!-- shiplock:review ${cause} ${sha} ${digestOf(environment.toLowerCase())} -->`;
}

export function reviewTitle({ sha, environment, cause }: ReviewOf): string {
  const what = { deployed: 'deployment to', 'rolled-back': 'rollback of', overridden: 'override of' }[cause];
  return `Look back: ${what} ${plainName(environment)} at ${sha.slice(0, 7)}`;
}

/** A title is no Markdown, but it is shown in many places. */
function plainName(name: string): string {
  return name
    .replace(/[\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .slice(0, 100)
    .trim();
}

/** What is not known is said to be unknown, and never left out as if it were nothing. */
export interface ReviewFacts extends ReviewOf {
  /** The release's tag, and where it is. */
  readonly release: { readonly tag: string; readonly url: string; readonly notes: string } | null;
  /** Of the record, oldest first; all of this commit in this environment. */
  readonly entries: readonly Sealed[];
  /** When its commits were written, ISO 8601; null: could not be seen. */
  readonly written: readonly string[] | null;
  /** Names of checks that failed on the commit; null: could not be seen. */
  readonly failedChecks: readonly string[] | null;
  /** Whom the policy asks. */
  readonly to: readonly string[];
  /** `https://github.com/acme/app` */
  readonly base: string;
}

export function reviewBody(facts: ReviewFacts): string {
  const { environment, sha, cause, release, entries, base, to } = facts;
  const what = release === null ? nameSpan(sha.slice(0, 7)) : `[${nameSpan(release.tag)}](${release.url}) at ${nameSpan(sha.slice(0, 7))}`;
  const went =
    cause === 'rolled-back' ? `${nameSpan(environment)} was rolled back to ${what}.` : `${what} was deployed to ${nameSpan(environment)}.`;
  const rows = entries
    .slice(-MOST)
    .map((one) => [timeText(one.at), happenedText(one, base), actorText(one.actor), `${one.seq} · ${nameSpan(one.hash.slice(0, 12))}`]);
  const left = entries.length - rows.length;
  return withoutCommands(
    joined([
      `${reviewMark(facts)}\n${went}`,
      [
        `- Approved by: ${approversText(entries)}`,
        `- Lead time: ${leadText(facts)}`,
        `- Failed checks: ${facts.failedChecks === null ? 'could not be seen' : listed(facts.failedChecks, 'none')}`,
        `- Deviations: ${listed(deviationsOf(entries), 'none in the record')}`,
      ].join('\n'),
      '**What happened, according to the record** (entry and hash; `shiplock verify` checks an export of it)',
      rows.length === 0
        ? 'The record has nothing of this commit in this environment.'
        : table(['When', 'What', 'Who', 'Record'], rows, { left: 0, noun: 'entry' }),
      left > 0 ? `…and ${left} before.` : '',
      release === null || release.notes.trim() === '' ? '' : folded('What shipped', quiet(release.notes)),
      `**To look back at it**\n\n${QUESTIONS[cause].map((one) => `- [ ] ${one}`).join('\n')}`,
      `Close this once it is answered: how it was answered goes into the record.${to.length === 0 ? '' : ` Asked to look: ${to.map(whom).join(' ')}`}`,
    ]),
  );
}

export const QUESTIONS: Readonly<Record<ReviewCause, readonly string[]>> = {
  deployed: [
    'Does it do what it was released for, according to what is measured?',
    'Did anything go differently than planned?',
    'What would have to change for the next release?',
  ],
  'rolled-back': [
    'Who was affected by what was rolled back, how, and for how long?',
    'Why did no check and nobody see it before?',
    'What was fixed, and which check would find it the next time?',
    'May the hold on the environment be taken back?',
  ],
  overridden: [
    'Was it needed, and did it do what it was for?',
    'What was not met: has it been made up for?',
    'What would have to change so that the next time needs no override?',
  ],
};

const MOST = 60;

/** The policy asks for them by name, so that they are to be notified. */
export function whom(name: string): string {
  return /^@[\w-]+(?:\/[\w.-]+)?$/.test(name) ? name : nameSpan(name);
}

function actorText(actor: Actor): string {
  return nameSpan('login' in actor ? actor.login : actor.app);
}

function happenedText({ what, decision, state, run, comment, issue }: Sealed, base: string): string {
  const says = what === 'gate' && decision !== undefined ? `gate: ${decision.outcome}` : state === undefined ? what : `${what}: ${state}`;
  const where = run !== undefined ? ` ([run ${run.id}](${base}/actions/runs/${run.id}))` : issue !== undefined ? ` (#${issue})` : '';
  return `${inlineText(says, 80)}${where}${comment === undefined ? '' : ' by comment'}`;
}

/** The last word of each. */
function approversText(entries: readonly Sealed[]): string {
  const said = new Map<string, string>();
  for (const { what, actor } of entries) {
    if ((what === 'approve' || what === 'reject') && 'login' in actor) said.set(actor.login, what);
  }
  const decided = entries.findLast((one) => one.what === 'gate' && one.decision?.outcome === 'approve');
  for (const { code, who = [] } of decided?.decision?.findings ?? [])
    if (code === 'approved') for (const login of who) said.set(login, 'approve');
  return listed(
    [...said].flatMap(([login, what]) => (what === 'approve' ? [login] : [])),
    'nobody, according to the record',
  );
}

/** What was done otherwise than the policy asks. */
export function deviationsOf(entries: readonly Sealed[]): readonly string[] {
  const ours = new Set(
    entries.flatMap(({ what, run }) =>
      (what === 'deploy' || what === 'rollback' || what === 'gate') && run !== undefined ? [run.id] : [],
    ),
  );
  return entries.flatMap(({ what, seq, run, actor }) => {
    const by = 'login' in actor ? actor.login : actor.app;
    if (what === 'override') return [`overridden by ${by} (entry ${seq})`];
    if (what === 'bypassed') return [`let through by ${by} without the gate (entry ${seq})`];
    if (what === 'rollback') return [`rolled back by ${by} (entry ${seq})`];
    const outside = what === 'deployment' && (run === undefined || !ours.has(run.id));
    return outside ? [`deployed by ${by} without /deploy and without the gate (entry ${seq})`] : [];
  });
}

function leadText({ written, entries }: ReviewFacts): string {
  const success = entries.find((one) => one.what === 'deployment' && one.state === 'success');
  if (success === undefined) return 'not known: the record has no success';
  if (written === null) return 'not known: which commits are new in it could not be seen';
  const at = instantOf(success.at) ?? Number.NaN;
  const times = written.flatMap((one) => at - (instantOf(one) ?? Number.NaN)).filter((one) => one >= 0);
  times.sort((a, b) => a - b);
  const [middle, most] = [times[Math.floor((times.length - 1) / 2)], times.at(-1)];
  if (middle === undefined || most === undefined) return 'not known: nothing tells when its commits were written';
  return `${elapsedText(middle / 1_000)} from commit to success (median), ${elapsedText(most / 1_000)} at most`;
}

function listed(names: readonly string[], none: string): string {
  if (names.length === 0) return none;
  const more = names.length > 20 ? `, and ${names.length - 20} more` : '';
  return `${names.slice(0, 20).map(nameSpan).join(', ')}${more}`;
}

/** Notes that were published once mention nobody again. */
function quiet(notes: string): string {
  const text = notes
    .slice(0, 20_000)
    .replace(/<!--/g, '&lt;!--')
    .replace(/<\/?(?:details|summary)[^>\n]{0,100}>/gi, '');
  return text.replace(/(^|[^\w`/])@([\w-]{1,40}(?:\/[\w.-]{1,100})?)/g, '$1`@$2`');
}

/** The state of the questions: how many there are, and how many were ticked. */
export function ticksIn(body: string): { readonly ticked: number; readonly of: number } {
  const boxes = body.slice(0, 70_000).match(/^[^\S\n]{0,3}[-*][^\S\n]\[[ xX]\][^\S\n]/gm) ?? [];
  return { ticked: boxes.filter((one) => /\[x\]/i.test(one)).length, of: boxes.length };
}

/** SHA-256 of a text as `sha256sum` tells it. */
export function textDigest(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
