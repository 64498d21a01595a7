// What `/deploy` says, and what is said later of the deployment that it began: which version goes where, in which run, how it ended, and why
// nothing was begun.

import type { Claim, Course } from '../deployment.ts';
import { timeText } from '../gate/status-page.ts';
import { inlineText } from '../notes/markdown.ts';
import { joined, nameSpan } from '../summary/page.ts';
import { quotedName } from './gate.ts';
import { linkTo, shortSha, withoutCommands } from './page.ts';

/** Where addresses of the repository begin: `https://github.com/acme/app`. */
export type Base = string;

export function runText(run: number | null, base: Base): string {
  return run === null ? 'a run that GitHub does not show yet' : linkTo(`run ${run}`, `${base}/actions/runs/${run}`);
}

/** ``v1.4.0` (`abc1234`)`. */
export function releaseText({ tag, sha }: { readonly tag: string | null; readonly sha: string }): string {
  return tag === null ? shortSha(sha) : `${nameSpan(tag)} (${shortSha(sha)})`;
}

export function byText({ by, kind }: Pick<Claim, 'by' | 'kind'>): string {
  if ('login' in by) return inlineText(by.login, 60);
  return kind === 'rollback' ? 'the policy (`rollback: on-failed`)' : 'the policy (`promote: auto`)';
}

/** GitHub took it. `waits`: nobody knows yet which run it is. */
export function startedText(claim: Claim, base: Base): string {
  const { environment, workflow, from, kind } = claim;
  const what =
    kind === 'rollback' && from !== null
      ? `${nameSpan(environment)} goes back from ${releaseText(from)} to ${releaseText(claim)}`
      : `${releaseText(claim)} is on its way to ${nameSpan(environment)}`;
  const run =
    claim.run === null
      ? `${nameSpan(workflow)} was started. This GitHub does not say which run that is; it is being looked for, and nobody else can deploy there meanwhile.`
      : `${nameSpan(workflow)} was started: ${runText(claim.run, base)}.`;
  const made =
    claim.instead === null || claim.instead.run === null
      ? ''
      : `${releaseText(claim.instead)} in ${runText(claim.instead.run, base)}, which had not begun there, was stopped for it.`;
  return joined([
    `${what}.`,
    [run, made, 'GitHub asks the gate, as for every deployment; how it ends will be said here.'].filter((one) => one !== '').join(' '),
  ]);
}

/** Somebody else has the turn. */
export function busyText(claim: Claim, base: Base): string {
  const where = nameSpan(claim.environment);
  const what =
    claim.kind === 'rollback'
      ? `${where} is being rolled back to ${releaseText(claim)}`
      : `${releaseText(claim)} is being deployed to ${where}`;
  return `Nothing was started: ${what}, by ${byText(claim)} since ${timeText(claim.at)}, in ${runText(claim.run, base)}. One deployment at a time: wait until it has ended, or cancel that run; then write the command again.`;
}

/** What has been let in is not cut off: what is there may be half of each. `how`: what is known of it. */
export function begunText(claim: Claim, how: 'begun' | 'let-in', base: Base): string {
  const why = how === 'begun' ? 'and has begun' : 'and its gate has let it in';
  return `Nothing was done: ${releaseText(claim)} is being deployed to ${nameSpan(claim.environment)} at this moment, by ${byText(claim)} in ${runText(claim.run, base)}, ${why}. To cut that off might leave half of each there. Wait until it has ended, or cancel that run on GitHub if you know that this does no harm; then write the command again.`;
}

/** What has the turn only waits, and is to stay. */
export function waitsThereText(claim: Claim, release: { readonly tag: string; readonly sha: string }, reject: string, base: Base): string {
  const { environment } = claim;
  return joined([
    `Nothing was started: ${releaseText(claim)} is on its way to ${nameSpan(environment)}, by ${byText(claim)} since ${timeText(claim.at)}, in ${runText(claim.run, base)}, and ${releaseText(release)} is not newer.`,
    `Only a newer release, or a security fix, takes the place of one that waits. If it is to be ${nameSpan(release.tag)} all the same, stop the other first, with ${nameSpan(reject)} or by cancelling its run on GitHub; then write the command again.`,
  ]);
}

/** It would make way, but its run deploys to another environment, too. */
export function elsewhereText(claim: Claim, elsewhere: string, base: Base): string {
  return `Nothing was started: ${releaseText(claim)} is on its way to ${nameSpan(claim.environment)}, by ${byText(claim)} since ${timeText(claim.at)}, and its ${runText(claim.run, base)} is deploying to ${nameSpan(elsewhere)} at this moment, which would be cut off. Write the command again once that has ended.`;
}

/** For whoever was stopped. */
export function madeWayText(claim: Claim, by: Claim, base: Base): string {
  const where = nameSpan(claim.environment);
  const why = by.kind === 'rollback' ? `rolls ${where} back to ${releaseText(by)}` : `deploys ${releaseText(by)} there instead`;
  const says = `⚪ ${releaseText(claim)} was not deployed to ${where}: ${runText(claim.run, base)} had not begun there and was stopped, as ${byText(by)} ${why}.`;
  return withoutCommands(`${endMark(claim.token)}\n${says}`);
}

export function noWorkflowText(environment: string, listed: boolean, file: string): string {
  const key = `environments.${quotedName(environment)}.deploy`;
  const what = listed
    ? `The policy names no workflow for ${nameSpan(environment)}`
    : `The policy has no entry for ${nameSpan(environment)}`;
  return `${what}, so there is none to start. Nothing was done. Name it in ${nameSpan(file)}: ${nameSpan(`${key}: deploy.yml`)}.`;
}

export function noSuchVersionText(version: string, meant: string | null): string {
  const hint = meant === null ? '' : ` Did you mean ${nameSpan(meant)}?`;
  return `No tag here names a release ${nameSpan(version)}.${hint} Nothing was done.`;
}

export function noSuchTagText(tag: string, meant: string | null): string {
  const hint = meant === null ? '' : ` Did you mean ${nameSpan(meant)}?`;
  return `No release here has the tag ${nameSpan(tag)}, and no package and version of the policy are called so.${hint} Nothing was done.`;
}

/** Packages have the same version. */
export function severalNamedText(version: string, tags: readonly string[], command: string): string {
  const rows = tags.slice(0, 10).map((tag) => `- ${nameSpan(`${command} ${tag}`)}`);
  if (tags.length > 10) rows.push(`- …and ${tags.length - 10} more`);
  return joined([
    `${tags.length} packages have a release ${nameSpan(version)}, so nothing was done. Name the one you mean by its tag:`,
    rows.join('\n'),
  ]);
}

export function draftText(tag: string, publish: string): string {
  return `${nameSpan(tag)} is a draft: it has no tag yet, and what is not published is not deployed. Nothing was done. ${nameSpan(publish)} publishes it.`;
}

export function notReleasedText(pull: number, publish: string): string {
  return `No published release contains #${pull} yet, so there is no version of it to deploy. Nothing was done. ${nameSpan(publish)} publishes what is planned; or name a version.`;
}

export function nothingReleasedText(command: string): string {
  return `Nothing was released here yet, so there is no version to deploy. Nothing was done. Publish one, then write ${nameSpan(command)} again.`;
}

/** What is in the environment before is no release. */
export function noReleaseThereText(before: string, sha: string | null, command: string): string {
  const what =
    sha === null ? `Nothing has been deployed to ${nameSpan(before)} yet` : `${nameSpan(before)} has ${shortSha(sha)}, which is no release`;
  return `${what}, so it is not clear which version is meant. Nothing was done. Name it: ${nameSpan(`${command} VERSION`)}.`;
}

export function tagMovedText(tag: string, sha: string, now: string | null): string {
  const what = now === null ? `There is no tag ${nameSpan(tag)} any more` : `The tag ${nameSpan(tag)} points to ${shortSha(now)} now`;
  return `${what}; the release is ${shortSha(sha)}. A tag that moves may bring anything, so nothing was started. Put it back, or release a new version.`;
}

export function noDispatchText(
  workflow: string,
  release: { readonly tag: string; readonly sha: string },
  why: 'missing' | 'not-dispatched' | string,
): string {
  const where = `${nameSpan(`.github/workflows/${workflow}`)} as of ${releaseText(release)}`;
  const says =
    why === 'missing'
      ? `There is no ${where}`
      : why === 'not-dispatched'
        ? `${where} cannot be started by hand: it has no ${nameSpan('on: workflow_dispatch')}`
        : `${where} cannot be read: ${inlineText(why, 400)}`;
  return `${says}. Nothing was done. A release is deployed by the workflow of its own commit, so it takes a later release that has one.`;
}

/** An older one that was there before. */
export function stepBackText(
  environment: string,
  release: { readonly tag: string; readonly sha: string },
  current: { readonly tag: string | null; readonly sha: string },
  command: string,
): string {
  return `${releaseText(release)} is older than ${releaseText(current)}, which is in ${nameSpan(environment)}, and was there before it: that is a rollback. Nothing was done. ${nameSpan(command)} does it.`;
}

export function notStartedText(claim: Claim, why: string): string {
  return `${releaseText(claim)} was not deployed to ${nameSpan(claim.environment)}: ${inlineText(why, 800)} Nothing was started, and the next deployment may try.`;
}

export function unseenDeploymentsText(environment: string, why: string): string {
  return `What was deployed to ${nameSpan(environment)} could not be seen: ${inlineText(why, 500)} Nothing was done; try again in a moment.`;
}

/** Marks the word on how a claim ended. */
export function endMark(token: string): string {
  return `<!-- shiplock:deployment ${token.replace(/[^\w ./-]/g, '-')} -->`;
}

export interface Ended {
  readonly claim: Claim;
  readonly course: Exclude<Course, 'runs'>;
  /** GitHub's word for how the run ended. */
  readonly conclusion: string | null;
  /** True: the gate did not let it in. */
  readonly rejected: boolean;
  /** A run that was started later, in whose favour GitHub may have cancelled this one. */
  readonly newer: number | null;
  /** Commands for the next step. */
  readonly next: readonly string[];
  /** Command that ends the hold of a rollback. */
  readonly unhold: string;
  readonly base: Base;
}

export function endedText(ended: Ended): string {
  const { claim, next, unhold } = ended;
  const { kind, environment, from } = claim;
  const says = [endings(ended)];
  if (ended.course === 'succeeded') {
    if (kind === 'rollback')
      says.push(
        `${nameSpan(environment)} is held now, so that ${from === null ? 'what was rolled back' : releaseText(from)} does not come back by itself: ${nameSpan(unhold)} once it is fixed.`,
      );
    else if (next.length > 0) says.push(`Next: ${next.map(nameSpan).join(', ')}.`);
  } else says.push('The next deployment may start.');
  return withoutCommands(`${endMark(claim.token)}\n${joined(says)}`);
}

function endings({ claim, course, conclusion, rejected, newer, base }: Ended): string {
  const { environment, kind } = claim;
  const where = nameSpan(environment);
  const what = releaseText(claim);
  const run = runText(claim.run, base);
  switch (course) {
    case 'succeeded':
      return kind === 'rollback' ? `✅ ${where} is back at ${what} (${run}).` : `✅ ${what} is in ${where} (${run}).`;
    case 'failed':
      return rejected
        ? `❌ ${what} was not let into ${where}: its gate rejected it (${run}).`
        : `❌ ${what} was not deployed to ${where}: ${run} ended with ${nameSpan(conclusion ?? 'unknown')}. Look at its log, then try again.`;
    case 'cancelled':
      return joined([
        `⚪ ${what} was not deployed to ${where}: ${run} was cancelled.`,
        `GitHub does not say by whom. It cancels a run that waits, without a word, when another of the same ${nameSpan('concurrency')} group is started${newer === null ? '' : `, as ${runText(newer, base)} was after it`}.`,
      ]);
    case 'moved':
      return `❌ ${what} was not deployed to ${where}: ${run} was of another commit, as the tag had been moved meanwhile. It was stopped.`;
    case 'nowhere':
      return `❌ ${what} was not deployed to ${where}: ${run} succeeded, but deployed nothing there. Its job needs ${nameSpan(`environment: ${environment}`)}, or has to take it from the input ${nameSpan('environment')}.`;
    case 'lost':
      return `❌ How ${what} fared on its way to ${where} is not known: ${run} is gone.`;
    case 'sought':
      return `❌ How ${what} fared on its way to ${where} is not known: its run was never found, or could not be told from others. Look at the runs of ${nameSpan(claim.workflow)}.`;
  }
}
