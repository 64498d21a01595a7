// The requirement `ticket`: something that the policy's regular expression finds stands in the release's texts.

import type { GateFacts } from './facts.ts';
import { finderOf } from './find.ts';
import { type Judged, judged, notAsked } from './finding.ts';

/** Characters that are looked through: more than the notes of a release and a pull request together can have. */
const MOST = 200_000;

export function judgeTicket(pattern: string, { release }: GateFacts): Judged {
  const requirement = `ticket ${pattern}`;
  const finding = (code: Parameters<typeof judged>[2], says: string): Judged => judged('ticket', requirement, code, says);
  const finder = finderOf(pattern);
  if (finder.problem !== null) return finding('pattern-unusable', `${pattern} cannot be used as a regular expression: ${finder.problem}.`);
  if (release === undefined) return notAsked('ticket', requirement, 'What the release says');
  if (!release.known) return finding('release-unseen', `What the release says could not be seen: ${release.why}`);
  const { texts } = release.value;
  let left = MOST;
  for (const { where, text } of texts) {
    const found = finder.find(text.slice(0, left));
    if (found !== null) return finding('ticket-found', `${found} is named in ${where}.`);
    left -= Math.min(left, text.length);
  }
  const looked = texts.length === 0 ? 'it has no text' : `looked through ${texts.length === 1 ? texts[0]?.where : `${texts.length} texts`}`;
  const cut = left === 0 ? `, the first ${MOST} characters` : '';
  return finding(
    'ticket-missing',
    `The release names nothing that ${pattern} finds (${looked}${cut}). Name the ticket in its notes or its pull request.`,
  );
}
