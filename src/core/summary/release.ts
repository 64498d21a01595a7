// What a run of a release did → the page that people read in the workflow's summary: what is out, where the draft or the pull request
// waits, and the plan below.

import type { Repository } from '../notes/line.ts';
import { inlineText } from '../notes/markdown.ts';
import type { PlannedRelease } from '../plan-json.ts';
import { alert, joined, nameSpan, paragraphs, SUMMARY_LIMIT, utf8Length } from './page.ts';
import { planSummary } from './plan.ts';

/** A release, a draft or a pull request that has a page. */
export interface Linked {
  readonly name: string;
  readonly url: string;
}

export interface ReleaseDone {
  readonly published: readonly Linked[];
  /** Could not be published, in words that say what to do. */
  readonly failed: readonly string[];
  readonly draft: Linked | null;
  readonly pull: Linked | null;
  /** Why nothing was written. */
  readonly withheld: string | null;
  readonly dryRun: boolean;
  /** What was done, one sentence each. */
  readonly did: readonly string[];
  /** Worth knowing beside it. */
  readonly notes: readonly string[];
}

export interface ReleaseSummaryInput {
  readonly done: ReleaseDone;
  readonly planned: PlannedRelease;
  readonly repository: Repository | null;
}

/** The page as Markdown, with a line end at the end. */
export function releaseSummary({ done, planned, repository }: ReleaseSummaryInput): string {
  const own = joined([
    `## ${titleOf(done)}`,
    alert('CAUTION', 'It could not be published.', done.failed, MOST),
    done.withheld === null ? '' : alert('WARNING', 'Nothing was written.', [done.withheld], MOST),
    paragraphs(done.did, MOST),
    alert('NOTE', 'Good to know.', done.notes, MOST),
  ]);
  return `${own}\n\n${planSummary({ planned, repository, limit: SUMMARY_LIMIT - utf8Length(own) - 2 })}`;
}

const MOST = 50;

function titleOf({ published, failed, draft, pull, withheld, dryRun }: ReleaseDone): string {
  if (failed.length > 0) return 'Not published';
  if (withheld !== null) return 'Nothing written';
  if (dryRun) return 'Dry run: nothing written';
  const waits = pull !== null ? `release pull request ${linkTo(pull)}` : draft !== null ? `draft ${linkTo(draft)}` : '';
  if (published.length > 0) return `Published ${published.map(linkTo).join(', ')}${waits === '' ? '' : `; next: ${waits}`}`;
  return waits === '' ? 'Nothing published' : waits.charAt(0).toUpperCase() + waits.slice(1);
}

/** The address is GitHub's own; what does not look like one is left out. */
function linkTo({ name, url }: Linked): string {
  const shown = /^#\d+$/.test(name) ? name : nameSpan(name);
  return /^https?:\/\/[\w.:-]+(?:\/[\w.~%@+#-]+)*$/.test(url) ? `[${shown}](${url})` : /^#/.test(shown) ? inlineText(name) : shown;
}
