// What is said, where a release is talked about, when a check that verifies it in an environment fails: that it is taken back, or why not.

import { digestOf } from '../fence.ts';
import { inlineText } from '../notes/markdown.ts';
import { joined, nameSpan } from '../summary/page.ts';
import type { FailedCheck } from '../verification.ts';
import { releaseText } from './deploy.ts';
import { withoutCommands } from './page.ts';

interface Verified {
  readonly environment: string;
  /** GitHub's id. */
  readonly deployment: number;
  /** What was deployed. */
  readonly release: { readonly tag: string | null; readonly sha: string };
}

/** Marks the word on a deployment that is verified; one of a sort for each. */
export function verificationMark({ environment, deployment }: Pick<Verified, 'environment' | 'deployment'>, what: string): string {
  return `<!-- shiplock:verification ${digestOf(environment.toLowerCase())} ${deployment} ${what} -->`;
}

const MOST = 5;

/** For a record, a chat, or a sentence: `smoke / login and smoke / shop failed`. */
export function failedChecksText(checks: readonly FailedCheck[]): string {
  const names = checks.slice(0, MOST).map(({ name }) => name);
  const more = checks.length > MOST ? [`${checks.length - MOST} more`] : [];
  const all = [...names, ...more];
  const last = all.pop() ?? 'a check';
  return `${all.length === 0 ? last : `${all.join(', ')} and ${last}`} failed after the deployment`;
}

/** `says`: what was begun, and in which run. */
export function takenBackText(mark: string, { environment, release }: Verified, checks: readonly FailedCheck[], says: string): string {
  const first = `🔴 ${rows(checks)} failed after ${releaseText(release)} had come into ${nameSpan(environment)}.`;
  return withoutCommands(`${mark}\n${joined([first, says, `The policy says so: ${nameSpan('rollback: on-failed')}.`])}`);
}

/** `why`: in sentences. `command`: what a person could write. */
export function notTakenBackText(
  mark: string,
  { environment, release }: Verified,
  checks: readonly FailedCheck[],
  { why, command }: { readonly why: string; readonly command: string },
): string {
  const first = `🔴 ${rows(checks)} failed after ${releaseText(release)} had come into ${nameSpan(environment)}, and nothing was rolled back by itself.`;
  return withoutCommands(
    `${mark}\n${joined([first, why, `Look at it now: ${nameSpan(command)} goes back by hand, or go forward with a fix.`])}`,
  );
}

export function notVerifiedText(mark: string, { environment, release }: Verified, why: string): string {
  const first = `⚠️ Whether ${releaseText(release)} has to go back from ${nameSpan(environment)} could not be told, so nothing was rolled back.`;
  return withoutCommands(`${mark}\n${joined([first, inlineText(why, 400)])}`);
}

export const TOO_LATE = 'That was found out too late: what has happened since is for people to judge.';

/** Another deployment went on for all of the time. */
export function inCourseText(environment: string): string {
  return `Another deployment to ${nameSpan(environment)} had begun, which is not cut off, and did not end in time.`;
}

export function halfThereText(environment: string, failed: { readonly tag: string | null; readonly sha: string }): string {
  return `${releaseText(failed)} failed on its way to ${nameSpan(environment)} since, so that what is there may be half of each.`;
}

export function noWorkflowThereText(workflow: string, release: { readonly tag: string; readonly sha: string }): string {
  return `${releaseText(release)}, which was there before, has no workflow ${nameSpan(workflow)} that could be started.`;
}

function rows(checks: readonly FailedCheck[]): string {
  const names = checks
    .slice(0, MOST)
    .map(({ name, state }) => `${nameSpan(name)}${state === 'failure' ? '' : ` (${inlineText(state, 40)})`}`);
  return `${names.join(', ')}${checks.length > MOST ? ` and ${checks.length - MOST} more` : ''}`;
}
