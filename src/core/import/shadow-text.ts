// An import and its comparison as a page of Markdown that reads well in a terminal, too. Whatever a configuration or a title says is made
// harmless on the way.

import type { Bump } from '../change.ts';
import { codeSpan, inlineText } from '../notes/markdown.ts';
import type { Plan } from '../plan.ts';
import type { Remark, Tool } from './report.ts';
import type { Difference, Shadow } from './shadow.ts';

export interface ImportPage {
  readonly tool: Tool;
  /** The files that were read. */
  readonly files: readonly string[];
  readonly did: readonly Remark[];
  readonly cannot: readonly Remark[];
}

/** What was imported and what was not. */
export function importText({ tool, files, did, cannot }: ImportPage): string {
  const from = files.length === 0 ? '' : `, read from ${files.map((file) => codeSpan(plainCode(file))).join(' and ')}`;
  const rest = cannot.length === 0 ? 'Everything that it says has a counterpart here.' : bullets(cannot);
  return [`# ${tool}${from}`, '## Imported', bullets(did), '## Could not be imported', rest].join('\n\n');
}

function bullets(remarks: readonly Remark[]): string {
  const said = new Set(remarks.map(({ key, says }) => `- ${codeSpan(plainCode(key))}: ${inlineText(says, 700)}`));
  return [...said].join('\n');
}

/** Backticks and invisible characters in a key or a path would end the span or hide in it. */
function plainCode(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff`]+/g, ' ').trim();
  return line === '' ? '?' : line.slice(0, 200);
}

/** The comparison of the next release, or of each package's. */
export function shadowText(tool: Tool, shadows: readonly Shadow[]): string {
  const parts = shadows.map((shadow) => oneText(shadow));
  const head = `## The next release, of ${tool} and of Shiplock`;
  if (shadows.length < 2) return [head, ...parts].join('\n\n');
  const agree = shadows.filter((one) => one.agree === true).length;
  return [head, `The two agree on ${agree} of ${shadows.length} packages.`, ...parts].join('\n\n');
}

function oneText(shadow: Shadow): string {
  const { tool, theirs, ours, since, agree } = shadow;
  const name = shadow.package === null ? [] : [`### ${inlineText(shadow.package, 120)}`];
  const table = [
    `|  | version | release |`,
    `|---|---|---|`,
    `| ${tool} | ${theirs.unknown ? 'cannot be told' : (theirs.version ?? 'none')} | ${theirs.unknown ? '?' : theirs.bump} |`,
    `| Shiplock | ${ours.version ?? (ours.objections.length > 0 ? 'held back' : 'none')} | ${ours.bump} |`,
  ].join('\n');
  const range = since === null ? 'Nothing was released before.' : `Since ${inlineText(since, 120)}.`;
  const verdict =
    agree === null ? `What ${tool} would do cannot be told from a clone.` : agree ? sameText(shadow) : `They differ: ${whyText(shadow)}`;
  const how = [reasons(tool, [...theirs.because, ...theirs.blind]), reasons('Shiplock', ourReasons(ours))].filter((text) => text !== '');
  const unseen = shadow.unseen === 0 ? [] : [`On ${count(shadow.unseen, 'change')} the word of ${tool} is not in a clone.`];
  return [...name, `${range} ${verdict}`, table, how.join('\n'), ...unseen, ...differencesText(shadow)]
    .filter((text) => text !== '')
    .join('\n\n');
}

function sameText({ theirs, differences }: Shadow): string {
  const what = theirs.version === null ? 'Both would release nothing' : 'Both would release the same version';
  return differences.length === 0 ? `${what}.` : `${what}, though they do not read every change alike.`;
}

function whyText({ theirs, ours, differences, tool }: Shadow): string {
  if (ours.objections.length > 0) return 'Shiplock has an objection that a person must settle first.';
  if (differences.length > 0) return 'they do not read every change alike, as told below.';
  if (theirs.bump === ours.bump) return `they raise by the same level from different versions.`;
  return `the same changes come to a ${theirs.bump} release with ${tool} and to a ${ours.bump} release here.`;
}

function ourReasons({ because, objections }: Plan): readonly string[] {
  return [...because, ...objections.map(({ says }) => `Objection: ${says}`)];
}

function reasons(who: string, list: readonly string[]): string {
  return list.length === 0 ? '' : `- ${who}: ${list.map((text) => inlineText(text, 500)).join(' ')}`;
}

const SHOWN = 40;

function differencesText({ tool, differences }: Shadow): string[] {
  if (differences.length === 0) return [];
  const theirs = differences.filter((one) => one.ours.bump === 'none');
  const ours = differences.filter((one) => one.theirs.bump === 'none');
  const other = differences.filter((one) => one.ours.bump !== 'none' && one.theirs.bump !== 'none');
  return [
    ...group(`Only ${tool} releases`, tool, theirs),
    ...group('Only Shiplock releases', tool, ours),
    ...group('Both release, at another level', tool, other),
  ];
}

function group(title: string, tool: string, list: readonly Difference[]): string[] {
  if (list.length === 0) return [];
  const lines = list.slice(0, SHOWN).map(({ sha, pr, title: subject, theirs, ours }) => {
    const name = pr === null ? codeSpan(sha.slice(0, 7)) : `#${pr}`;
    return [
      `- ${name} ${inlineText(subject, 120)}`,
      `  - ${tool} ${inlineText(theirs.says, 300)} (${level(theirs.bump)})`,
      `  - Shiplock ${inlineText(ours.says, 300)} (${level(ours.bump)})`,
    ].join('\n');
  });
  const more = list.length > SHOWN ? [`…and ${list.length - SHOWN} more.`] : [];
  return [`#### ${title}: ${count(list.length, 'change')}`, lines.join('\n'), ...more];
}

function level(bump: Bump): string {
  return bump === 'none' ? 'no release' : bump;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
