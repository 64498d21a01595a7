// What is said where a release is talked about when the policy takes it to the next environment by itself, or would if it were let.

import type { Finding } from '../gate/finding.ts';
import { timeText } from '../gate/status-page.ts';
import { inlineText } from '../notes/markdown.ts';
import { joined, nameSpan } from '../summary/page.ts';
import { releaseText } from './deploy.ts';
import { withoutCommands } from './page.ts';

interface Promoted {
  readonly environment: string;
  readonly tag: string;
  readonly sha: string;
}

/** Marks the word on a promotion; `what` tells one from the next. */
export function promotionMark({ environment, sha }: Promoted, what: string): string {
  return `<!-- shiplock:promotion ${environment.replace(/[^\w.-]/g, '-')} ${sha} ${what} -->`;
}

export function promotedText(mark: string, says: string): string {
  return withoutCommands(`${mark}\n${joined([says, 'The policy says so: `promote: auto`.'])}`);
}

/** It is held or frozen. */
export function promotionWaitsText(mark: string, promoted: Promoted, stops: readonly Finding[]): string {
  const rows = stops.slice(0, 10).map(({ requirement, says, opensAt }) => {
    return `- **${inlineText(requirement, 100)}**: ${inlineText(says, 400)}${opensAt === undefined ? '' : ` It ends at ${timeText(opensAt)}.`}`;
  });
  const first = `⏳ ${releaseText(promoted)} would go on to ${nameSpan(promoted.environment)} now, as the policy says (${nameSpan('promote: auto')}), and waits:`;
  return withoutCommands(`${mark}\n${joined([first, rows.join('\n'), 'It goes on by itself once that is over.'])}`);
}
