// The release pull request: its branch, its title and text, and the files that it changes.

import { type FenceState, writeFence } from './fence.ts';
import type { Plan } from './plan.ts';
import type { ReleaseText } from './release.ts';
import { isPrerelease } from './version.ts';

/** Head branch of the release pull request of a line. */
export function releaseBranch(line: string): string {
  return `shiplock/release/${line}`;
}

/** The notes within a release pull request's text, from the mark to the mark: people may mend them until the merge. */
const NOTES_BEGIN = '<!-- notes -->';
const NOTES_END = '<!-- /notes -->';

export interface PullText {
  readonly title: string;
  readonly body: string;
}

/** Title and text for a plan; what people wrote around the fenced part of `existing` is kept. `tip` is the head of its branch. */
export function pullText(plan: Plan, head: string, notes: string, existing: string | null, tip: string | null): PullText | null {
  if (plan.version === null || plan.tag === null) return null;
  const { line, version, kind, bump } = plan;
  const state: FenceState = {
    line,
    version,
    sha: head,
    intent: 'publish',
    since: plan.since?.tag ?? null,
    kind,
    bump,
    ...(tip === null ? {} : { branch: tip }),
  };
  const objections = plan.objections.map((one) => `> ${one.says.replaceAll('\n', ' ')}`).join('\n>\n');
  const parts = [
    `Merging this pull request publishes **${plan.tag}**, a ${plan.kind} release of \`${plan.line}\`.`,
    ...(objections === '' ? [] : [`> [!WARNING]\n> It cannot be published as it is.\n>\n${objections}`]),
    `${NOTES_BEGIN}\n${notes}\n${NOTES_END}`,
    '---',
    'It is kept up to date with every push. What you write above or below this part stays, and so do commits that you push to its branch.',
  ];
  return { title: `chore(release): ${plan.tag}`, body: writeFence(existing, state, parts.join('\n\n')) };
}

/**
 * The release that a merged release pull request asked for: its notes as they stood, mended or not, and completed. What people wrote around
 * the draft that it becomes, if there is one already, is kept.
 */
export function mergedText(
  body: string,
  tag: string,
  state: FenceState,
  draft: string | null,
  complete: (notes: string) => string = (notes) => notes,
): ReleaseText {
  const text = body.replaceAll('\r\n', '\n');
  const start = text.indexOf(NOTES_BEGIN);
  const end = text.indexOf(NOTES_END, start);
  const notes = start < 0 || end < 0 ? '' : text.slice(start + NOTES_BEGIN.length, end).trim();
  const intent = { ...state, intent: 'publish' as const };
  return { tag, target: state.sha, name: tag, body: writeFence(draft, intent, complete(notes)), prerelease: isPrerelease(state.version) };
}
