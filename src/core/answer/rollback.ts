// What `/rollback` says: where it goes back to, and why it does not.

import type { Finding } from '../gate/finding.ts';
import { inlineText } from '../notes/markdown.ts';
import { joined, nameSpan } from '../summary/page.ts';
import { releaseText } from './deploy.ts';
import { shortSha } from './page.ts';

interface Release {
  readonly tag: string | null;
  readonly sha: string;
}

export function nothingThereText(environment: string): string {
  return `Nothing was ever deployed to ${nameSpan(environment)} with success, so there is nothing to go back from. Nothing was done.`;
}

/** S-43: a way back is one that was gone before. `byHand`: who posted that it was, which proves nothing; empty: nobody who is known. */
export function neverThereText(environment: string, release: Release, known: readonly string[], byHand: string | null = null): string {
  const hand =
    byHand === null
      ? ''
      : ` That it was is posted ${byHand === '' ? 'by nobody who is known' : `by ${nameSpan(`@${byHand}`)} by hand`}, which is not counted; an account that deploys for a machine is named in ${nameSpan('deployers')} of the policy.`;
  const some = known.length === 0 ? 'No other release was.' : `These were: ${known.slice(0, 10).map(nameSpan).join(', ')}.`;
  return `${releaseText(release)} was never deployed to ${nameSpan(environment)} with success, so going there is no rollback.${hand} Nothing was done. ${some}`;
}

export function thereAlreadyText(environment: string, release: Release): string {
  return `${releaseText(release)} is what ${nameSpan(environment)} has. Nothing was done.`;
}

export function noneBeforeText(environment: string, from: Release, command: string): string {
  return `Nothing was in ${nameSpan(environment)} with success before ${releaseText(from)}, as far as GitHub tells. Nothing was done. Name a version that was: ${nameSpan(`${command} VERSION`)}.`;
}

/** What is there was deployed without a tag. */
export function untaggedText(environment: string, sha: string, command: string): string {
  return `What was in ${nameSpan(environment)} before is ${shortSha(sha)}, which has no version’s tag that a workflow could be started on. Nothing was done. Name a version: ${nameSpan(`${command} VERSION`)}.`;
}

/** What says that there is no way back over it. */
export interface Unsafe {
  readonly pull: number | null;
  readonly sha: string;
}

export interface NoWayBack {
  readonly environment: string;
  readonly from: Release;
  readonly to: Release;
  /** Null: it could not be told, and why. */
  readonly unsafe: readonly Unsafe[] | null;
  readonly why: string;
}

const MOST = 10;

/** One sentence. */
export function noWayBackReason({ from, to, unsafe, why }: NoWayBack): string {
  if (unsafe === null)
    return `Whether the way from ${releaseText(from)} back to ${releaseText(to)} is safe could not be told: ${inlineText(why, 400)}`;
  const rows = unsafe.slice(0, MOST).map(({ pull, sha }) => (pull === null ? shortSha(sha) : `#${pull}`));
  const more = unsafe.length > MOST ? ` and ${unsafe.length - MOST} more` : '';
  return `There is no safe way from ${releaseText(from)} back to ${releaseText(to)}: ${rows.join(', ')}${more} ${unsafe.length === 1 ? 'is' : 'are'} marked ${nameSpan('rollback: unsafe')}, as after a migration that cannot be undone.`;
}

export function noWayBackText(no: NoWayBack, override: string, rollback: string): string {
  return joined([
    `${noWayBackReason(no)} Nothing was done.`,
    `Go forward with a fix instead. If it has to be, an administrator writes ${nameSpan(override)} here, and then ${nameSpan(rollback)} is taken within the hour.`,
  ]);
}

/** As who looks back at an override reads it among what was not met. */
export function noWayBackFinding(no: NoWayBack): Finding {
  return { asks: 'rollback', requirement: 'a safe way back', verdict: 'unmet', code: 'never-here', says: noWayBackReason(no) };
}
