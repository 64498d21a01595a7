// What is where, as a table: what each environment has and since when, what it had before, and what is on its way there.

import { timeText } from '../gate/status-page.ts';
import { joined, nameSpan, table } from '../summary/page.ts';
import { type Base, releaseText } from './deploy.ts';
import { linkTo } from './page.ts';

export interface WhereRelease {
  readonly sha: string;
  readonly tag: string | null;
  readonly since: string;
  readonly run: number | null;
  /** GitHub's word. */
  readonly state: string;
}

export interface Where {
  readonly environment: string;
  readonly current: WhereRelease | null;
  readonly previous: WhereRelease | null;
  /** Came after `current`, and did not succeed. */
  readonly failed: WhereRelease | null;
  readonly pending: WhereRelease | null;
  /** Said to have come after `current`, by whom nobody has to believe; `by`: the login, null: not known. Absent: nothing is. */
  readonly byHand?: (WhereRelease & { readonly by: string | null }) | null;
}

/** Nothing where nothing was ever seen. */
export function whereTable(places: readonly Where[], base: Base): string {
  if (places.length === 0) return '';
  const rows = places.map((place) => [
    nameSpan(place.environment),
    `${currentText(place, base)}${byHandText(place)}`,
    previousText(place),
    pendingText(place, base),
  ]);
  return joined(['**What is where**', table(['Environment', 'Now', 'Before', 'On its way'], rows, { left: 0, noun: 'environment' })]);
}

function currentText({ current, failed }: Where, base: Base): string {
  const broken = failed === null ? '' : `⚠️ ${releaseText(failed)} ended with ${nameSpan(failed.state)}${runOf(failed, base)}; before it `;
  return current === null
    ? broken === ''
      ? 'nothing'
      : broken.replace(/; before it $/, '')
    : `${broken}${releaseText(current)} since ${timeText(current.since)}`;
}

function byHandText({ byHand = null }: Where): string {
  if (byHand === null) return '';
  const who = byHand.by === null ? 'nobody who is known' : `${nameSpan(`@${byHand.by}`)} by hand`;
  return `; ⚠️ ${releaseText(byHand)} since ${timeText(byHand.since)}, posted by ${who}: not counted`;
}

function previousText({ previous }: Where): string {
  return previous === null ? '' : releaseText(previous);
}

function pendingText({ pending }: Where, base: Base): string {
  return pending === null
    ? ''
    : `${releaseText(pending)}, ${nameSpan(pending.state)} since ${timeText(pending.since)}${runOf(pending, base)}`;
}

function runOf({ run }: WhereRelease, base: Base): string {
  return run === null ? '' : ` in ${linkTo(`run ${run}`, `${base}/actions/runs/${run}`)}`;
}
