// The check on a pull request: what it would be while it is open and which release carries it once it is merged, in a title of a few words
// and a page that says why and what to do.

import type { Bump, Classification, Excluded } from '../change.ts';
import { type Repository, styleOf } from '../notes/line.ts';
import { codeSpan, inlineText } from '../notes/markdown.ts';
import type { Plan } from '../plan.ts';
import type { Shown } from '../settled.ts';
import { maxBump } from '../version.ts';
import { alert, joined, nameSpan } from './page.ts';
import { type Outcome, type Previewed, previewSummary, type Verdict, verdictOf } from './preview.ts';

export interface CheckText {
  readonly conclusion: 'success' | 'action_required' | 'neutral' | 'failure';
  /** Plain text of one line. */
  readonly title: string;
  readonly summary: string;
}

export interface PreviewedPull extends Previewed {
  /** `bump`: with the rules for versions below 1.0 applied. */
  readonly methods: readonly (Outcome & { readonly bump: Bump })[];
}

/** Where a check is shown, and how the command that settles a kind is written there. */
export interface Place {
  readonly repository: Repository;
  /** `/classify`, behind the policy's prefix where it has one. */
  readonly classify: string;
}

/** How the command is written: a prefix makes it `/prefix classify`. */
export function classifyCommand(prefix: string): string {
  return prefix === '' ? '/classify' : `/${prefix} classify`;
}

/** `action_required` while a person must decide: what it is, or what to do with what does not fit. */
export function previewCheck(previewed: PreviewedPull, place: Place): CheckText {
  const verdict = verdictOf(previewed);
  if (previewed.methods.length === 0) {
    const says = 'GitHub names no way to merge a pull request here, so what it would become cannot be told.';
    return { conclusion: 'neutral', title: 'It cannot be merged here', summary: says };
  }
  const stopped = verdict.decision === 'disputed' || verdict.objections.length > 0;
  return {
    conclusion: stopped ? 'action_required' : 'success',
    title: titleOf(previewed, verdict),
    summary: joined([previewSummary(previewed, place.repository, () => []).trimEnd(), whatToDo(verdict, place.classify)]),
  };
}

/** What is shown of a preview as a label. */
export function shownOfPreview(previewed: PreviewedPull): Shown {
  const { decision, kind, breaking } = verdictOf(previewed);
  return wordOf(decision, kind, breaking);
}

export function shownOf({ status, kind, breaking }: Classification): Shown {
  return wordOf(status, kind, breaking);
}

function wordOf(status: Classification['status'], kind: Classification['kind'], breaking: boolean): Shown {
  return status === 'disputed' ? 'disputed' : status === 'excluded' ? 'none' : breaking ? 'breaking' : kind;
}

const DISPUTED = 'Disputed: a person must say what it is';

function titleOf({ methods, agree, line }: PreviewedPull, { decision, kind, breaking, version, objections }: Verdict): string {
  if (decision === 'disputed') return DISPUTED;
  const word = wordOf(decision, kind, breaking);
  const bump = maxBump(methods.map((one) => one.bump));
  if (objections.length > 0) return `${word} · ${bump} · ${line} does not take it as it is`;
  if (!agree) return `It depends on the merge: ${methods.map((one) => `${one.version ?? 'no release'} by ${one.method}`).join(', ')}`;
  if (word === 'none') return 'none · no release';
  return `${word} · ${bump}${version === null ? '' : ` → ${version}`}`;
}

const KINDS = '`feature`, `breaking`, `security` or `none`';

function whatToDo({ decision, objections }: Verdict, classify: string): string {
  const command = `comment ${codeSpan(`${classify} maintenance`)} on this pull request, or ${KINDS} in its place; it counts from whoever may write here`;
  if (decision === 'disputed') {
    const ways = `${capital(command)}. Or mend the title, or take off the label that says otherwise: this check looks again at each change.`;
    return `### What to do\n\n${ways}`;
  }
  if (objections.length > 0) {
    return `### What to do\n\nOpen it against a line that takes it. If it is something else than was read, ${command}.`;
  }
  return `If it is something else, ${command}.`;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

const WORST_FIRST: readonly CheckText['conclusion'][] = ['failure', 'action_required', 'neutral', 'success'];

/** The one check of a commit that is the head of several pull requests: what stops one of them is never hidden by another. */
export function checkOfAll(pulls: readonly { readonly number: number; readonly base: string; readonly check: CheckText }[]): CheckText {
  const sorted = [...pulls].sort(
    (a, b) => WORST_FIRST.indexOf(a.check.conclusion) - WORST_FIRST.indexOf(b.check.conclusion) || a.number - b.number,
  );
  const [worst] = sorted;
  if (worst === undefined) throw new RangeError('A check is about one pull request at least.');
  if (sorted.length === 1) return worst.check;
  const parts = sorted.map(
    ({ number, base, check }) => `# Into ${nameSpan(base)} by #${number}: ${inlineText(check.title)}\n\n${check.summary}`,
  );
  return {
    conclusion: worst.check.conclusion,
    title: `#${worst.number} into ${worst.base}: ${worst.check.title}`,
    summary: joined([`This commit is the head of ${sorted.length} pull requests, and a check belongs to a commit.`, ...parts]),
  };
}

/** For a pull request into a branch from which nothing is released. */
export function noLineCheck(base: string, says: string): CheckText {
  return {
    conclusion: 'neutral',
    title: `${base} is no release line`,
    summary: `${inlineText(says, 1_000)}\n\nNothing is released from it, so this pull request is judged once it reaches a release line.`,
  };
}

/** For the release pull request itself. */
export function releasePullCheck(line: string, version: string): CheckText {
  return {
    conclusion: 'success',
    title: `Publishes ${version} once it is merged`,
    summary: `This is the release pull request of ${nameSpan(line)}: merging it publishes ${nameSpan(version)}.`,
  };
}

/** For a pull request that cannot be judged because the policy cannot be read. */
export function noPolicyCheck(file: string, lines: readonly string[]): CheckText {
  return {
    conclusion: 'action_required',
    title: `${file} on the default branch has ${lines.length === 1 ? 'a problem' : 'problems'}`,
    summary: `What this pull request is cannot be told until ${codeSpan(file)} on the default branch is mended:\n\n${problemList(lines)}`,
  };
}

/** On the default branch's head while its policy cannot be read. */
export function policyCheck(file: string, lines: readonly string[]): CheckText {
  if (lines.length === 0) {
    return { conclusion: 'success', title: `${file} is sound again`, summary: `${codeSpan(file)} can be read, and is in force.` };
  }
  return {
    conclusion: 'failure',
    title: `${file} has ${lines.length === 1 ? 'a problem' : 'problems'}, so nothing is released`,
    summary: `A policy with a problem is not used at all, and neither is an older one in its place. Mend this:\n\n${problemList(lines)}`,
  };
}

const MOST_PROBLEMS = 50;

function problemList(lines: readonly string[]): string {
  const shown = lines.slice(0, MOST_PROBLEMS).map((line) => `- ${inlineText(line, 1_000)}`);
  if (lines.length > MOST_PROBLEMS) shown.push(`- …and ${lines.length - MOST_PROBLEMS} more`);
  return shown.join('\n');
}

/** A merged pull request as the plan of its line has it: a change, or left out with the reason. */
export type Carried =
  | { readonly number: number; readonly sha: string; readonly classification: Classification; readonly left: null }
  | { readonly number: number; readonly sha: string; readonly classification: null; readonly left: Excluded };

/** Which release carries a merged pull request, or what it waits for. */
export function carriedCheck(carried: Carried, plan: Plan, { repository, classify }: Place): CheckText {
  const { number, sha, classification, left } = carried;
  const { base } = styleOf(repository, null);
  const name = base === null ? `#${number}` : `[#${number}](${base}/pull/${number})`;
  if (left !== null) {
    const summary = `${name} is merged into ${nameSpan(plan.line)} and in no release: ${inlineText(left.says, 1_000)}.`;
    return { conclusion: 'success', title: 'none · in no release', summary };
  }
  const because = classification.because.map((one) => `- ${inlineText(one.says, 300)}`).join('\n');
  const disputed = classification.status === 'disputed';
  const own = plan.objections.filter((one) => one.shas?.includes(sha));
  const held = plan.version === null || plan.objections.length > 0;
  const where =
    plan.version === null
      ? `The next release of ${nameSpan(plan.line)} is held back; it will carry ${name}.`
      : `${name} will be in ${nameSpan(plan.version)}, the next release of ${nameSpan(plan.line)}${held ? ', which is held back' : ''}.`;
  const word = wordOf(classification.status, classification.kind, classification.breaking);
  const next = plan.version === null ? `held back on ${plan.line}` : `will be in ${plan.version}`;
  return {
    conclusion: disputed || own.length > 0 ? 'action_required' : 'success',
    title: disputed ? DISPUTED : `${word} · ${next}`,
    summary: joined([
      where,
      alert(
        'CAUTION',
        'A person must settle this before it is released.',
        plan.objections.map((one) => one.says),
        plan.objections.length,
      ),
      because,
      disputed ? `### What to do\n\nComment ${codeSpan(`${classify} maintenance`)} on the pull request, or ${KINDS} in its place.` : '',
    ]),
  };
}
