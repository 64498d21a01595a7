// What people are told where somebody put on or took off a label that only who may write decides about.

import { codeSpan } from '../notes/markdown.ts';
import { settledAs } from '../settled.ts';

/** Marks that a pull request was told, so that it is told once. */
export const GUARDED_MARK = '<!-- shiplock:label-guarded -->';

/** Why a label was put back as it was: taken off again where it was `added`, put on again where it was taken off. */
export function guardedLabelText({
  label,
  by,
  added,
  classify,
}: {
  readonly label: string;
  readonly by: string;
  readonly added: boolean;
  readonly classify: string;
}): string {
  const settles = 'it settles what kind of change this is, which needs write access';
  const ways = [
    `Somebody who may write can comment ${codeSpan(`${classify} ${added ? settledAs(label) : 'maintenance'}`)}${added ? '' : ' (or `feature`, `breaking`, `security`, `none`), or take the label off'}.`,
    'If labels of this name are meant for others to put on, give them a meaning under `classify.labels` in `.github/shiplock.yml`: then they are labels like any other and settle nothing.',
  ];
  const what = added ? `I took the label ${codeSpan(label)} off again` : `I put the label ${codeSpan(label)} on again`;
  return `${GUARDED_MARK}\n${what}: ${settles}, and ${codeSpan(by)} does not have it here. ${ways.join(' ')}`;
}
