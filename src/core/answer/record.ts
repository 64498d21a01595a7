// What is said of a release's record where it could not be attached to the release.

import { inlineText } from '../notes/markdown.ts';
import { nameSpan } from '../summary/page.ts';
import { withoutCommands } from './page.ts';

export function unattachedMark(sha: string): string {
  return `<!-- shiplock:unattached ${sha} -->`;
}

export interface Unattached {
  readonly tag: string;
  readonly sha: string;
  /** One or two sentences. */
  readonly why: string;
  /** `owner/name`. */
  readonly repository: string;
}

export function notAttachedText({ tag, sha, why, repository }: Unattached): string {
  const command = `shiplock record --repo ${repository} --sha ${sha}`;
  const says = `The record of ${nameSpan(tag)} was not attached to it: ${inlineText(why, 500)} It is kept all the same, and whoever runs the App exports it with ${nameSpan(command)}.`;
  return withoutCommands(`${unattachedMark(sha)}\n${says}`);
}
