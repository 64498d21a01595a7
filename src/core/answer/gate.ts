// What the commands to an environment's gate share: which commit and environment are meant, where that cannot be told, and what is missing.

import type { Decision, Finding } from '../gate/finding.ts';
import { timeText, VERDICTS } from '../gate/status-page.ts';
import { inlineText } from '../notes/markdown.ts';
import { counted, joined, nameSpan } from '../summary/page.ts';
import { shortSha } from './page.ts';

/** A commit on its way into an environment. */
export interface Spot {
  readonly environment: string;
  readonly sha: string;
  /** The release that it is. */
  readonly version?: string | null;
  /** The run that waits with it; null: none does. */
  readonly run: number | null;
}

/** ``production` at `abc1234` (`1.4.0`)`. */
export function spotText({ environment, sha, version = null }: Omit<Spot, 'run'>): string {
  return `${nameSpan(environment)} at ${shortSha(sha)}${version === null ? '' : ` (${nameSpan(version)})`}`;
}

/** What stands in the way yet. */
export function missingText({ outcome, findings }: Pick<Decision, 'outcome' | 'findings'>, { run }: Pick<Spot, 'run'>): string {
  if (outcome === 'approve') {
    return run === null
      ? 'Nothing is missing: a deployment of this commit that asked now would be let in.'
      : 'Nothing is missing: the gate opens, and GitHub is told so.';
  }
  const open = findings.filter(({ verdict }) => verdict !== 'met');
  const rows = open.slice(0, MOST).map(findingRow);
  if (open.length > MOST) rows.push(`- …and ${open.length - MOST} more`);
  const first = outcome === 'reject' ? 'It stays shut:' : `${unmetText(findings).slice(0, -1)}:`;
  return joined([first, rows.join('\n')]);
}

/** How many are not met, as a sentence. */
export function unmetText(findings: readonly Pick<Finding, 'verdict'>[]): string {
  const open = findings.filter(({ verdict }) => verdict !== 'met').length;
  if (open === 0) return findings.length === 1 ? 'Its one requirement is met.' : 'Every requirement is met.';
  if (findings.length === 1) return 'Its one requirement is not met.';
  if (open === findings.length) return `None of its ${open} requirements is met.`;
  return `${open} of its ${findings.length} requirements ${open === 1 ? 'is' : 'are'} not met.`;
}

const MOST = 20;

function findingRow({ requirement, verdict, says, opensAt }: Finding): string {
  const when = opensAt === undefined ? '' : ` It can pass at ${timeText(opensAt)} at the earliest.`;
  return `- ${VERDICTS[verdict]} **${inlineText(requirement, 100)}**: ${inlineText(says, 500)}${when}`;
}

/** No environment of that name is known; `known` are those that are. */
export function noEnvironmentText(asked: string, known: readonly string[], meant: string | null): string {
  const some = known.slice(0, 20).map(nameSpan).join(', ');
  return joined([
    `There is no environment ${nameSpan(asked)} here.${meant === null ? '' : ` Did you mean ${nameSpan(meant)}?`} Nothing was done.`,
    known.length === 0
      ? 'Neither the policy nor GitHub has any environment.'
      : `There ${known.length === 1 ? 'is' : 'are'} ${some}${known.length > 20 ? ` and ${known.length - 20} more` : ''}.`,
  ]);
}

/** It is not in the policy, and whether it is on GitHub is not known. */
export function environmentUnseenText(asked: string, why: string): string {
  return `The policy does not name ${nameSpan(asked)}, and whether GitHub has an environment of that name could not be seen: ${inlineText(why, 500)} Nothing was done; try again in a moment.`;
}

/** Something that waits and may be meant. */
export interface Choice {
  readonly environment: string;
  readonly sha: string;
  readonly run: number;
  /** Where its release is talked about. */
  readonly thread: number | null;
}

/** Several may be meant. `command` is written out with each environment; `here`: naming the environment is enough to tell them apart. */
export function whichText(command: string, choices: readonly Choice[]): string {
  const names = new Set(choices.map(({ environment }) => environment.toLowerCase()));
  const rows = choices.slice(0, MOST).map(({ environment, sha, run, thread }) => {
    const where = thread === null ? '' : `, talked about in #${thread}`;
    return `- ${nameSpan(`${command} ${quotedName(environment)}`)}: ${shortSha(sha)} in run ${run}${where}`;
  });
  if (choices.length > MOST) rows.push(`- …and ${choices.length - MOST} more`);
  const how =
    names.size === choices.length
      ? 'Name the environment.'
      : 'Write it where the release that you mean is talked about: there it is for that release alone.';
  return joined([`${counted(choices.length, 'deployment')} may be meant, so nothing was done.`, rows.join('\n'), how]);
}

/** No environment was named, and nothing waits that could be meant. */
export function nothingWaitsText(command: string, environments: readonly string[]): string {
  const some = environments.slice(0, MOST).map((name) => nameSpan(`${command} ${quotedName(name)}`));
  const which = some.length === 0 ? 'The policy has no environment to name.' : `Name the environment that you mean: ${some.join(', ')}.`;
  return `No deployment waits that has to do with this, so it is not clear which environment is meant. Nothing was done. ${which}`;
}

/** As a command takes it: a name with spaces is put in quotes. */
export function quotedName(name: string): string {
  return /\s/.test(name) ? `"${name}"` : name;
}

export function openPullText(number: number, command: string): string {
  return `#${number} is not merged, so no release contains it, and there is nothing of it to deploy. Nothing was done. Write ${nameSpan(command)} where a release is talked about, or here once it is merged.`;
}

export function closedUnmergedText(number: number): string {
  return `#${number} was closed without being merged, so no release contains it. Nothing was done.`;
}

export function noCommitText(command: string): string {
  return `This issue is about no release, so it does not say which commit is meant. Nothing was done. Write ${nameSpan(command)} on a pull request that the release contains, or where its status is shown.`;
}

/** What is meant now is not what was to be seen when the comment was written. */
export function movedOnText(spot: Omit<Spot, 'run'>, command: string): string {
  return `Nothing was done: ${spotText(spot)} came only after your comment was written, so you cannot have meant it. Look at it, and if it is what you want write ${nameSpan(command)} again.`;
}
