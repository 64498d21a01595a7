// A plan's changes → the Markdown of a release: sections, people, the compare link, within the length that GitHub accepts. Our own renderer:
// docs/decisions/0003-notes-renderer.md says why. The same input gives the same text, byte for byte.

import type { Change, Kind } from './change.ts';
import { type Contributor, contributorsOf, personText } from './notes/contributors.ts';
import { fillGroups, type Groups, groupsOf, mostLeft } from './notes/groups.ts';
import { changeLink, type LineStyle, listed, type Repository, styleOf, urlText } from './notes/line.ts';
import { inlineText } from './notes/markdown.ts';
import type { NotesPolicy } from './policy.ts';

export interface NotesInput {
  /** Null: no version is decided. */
  readonly version: string | null;
  readonly tag: string | null;
  readonly previousTag: string | null;
  /** Printed as it is given. */
  readonly date?: string;
  /** Null: nothing is linked. */
  readonly repository: Repository | null;
  /** Newest first. */
  readonly changes: readonly Change[];
  readonly policy: NotesPolicy;
  /** Names the release in its summary, where it is given. */
  readonly kind?: Kind;
  /** `contributorKey` of those who never contributed before; absent: not known, so nobody is called new. */
  readonly firstTime?: ReadonlySet<string>;
  /** Characters; GitHub's own limit unless given. */
  readonly limit?: number;
  /** Whether the version stands above, for a changelog; a release has its own title. */
  readonly heading?: boolean;
}

/** A longer body of a release is answered with 422 "body is too long (maximum is 125000 characters)". */
export const RELEASE_BODY_LIMIT = 125_000;

/** The notes as Markdown, without a line end at the end. */
export function renderNotes(input: NotesInput): string {
  const limit = input.limit ?? RELEASE_BODY_LIMIT;
  const page = pageOf(input);
  if (input.policy.template !== null) {
    const filled = fillTemplate(input.policy.template, page, limit);
    if (filled !== null) return filled;
  }
  return fillPage(page, limit);
}

/** All parts that do not depend on the room there is. */
interface Page {
  readonly input: NotesInput;
  readonly style: LineStyle;
  readonly groups: Groups;
  readonly heading: string;
  readonly summary: string;
  /** "Full changelog: …"; empty where there is nothing to compare. */
  readonly compare: string;
  readonly people: readonly Contributor[];
}

function pageOf(input: NotesInput): Page {
  const style = styleOf(input.repository, input.policy.line);
  const groups = groupsOf(input.changes, input.policy);
  const compare = compareText(input, style);
  const people = contributorsOf(input.changes);
  return { input, style, groups, heading: headingText(input, style), summary: summaryText(input, groups), compare, people };
}

function fillPage(page: Page, limit: number): string {
  const { input, groups, style, compare } = page;
  const before = joined([page.heading, groups.groups.length !== 1 || input.kind !== undefined ? page.summary : '']);
  if (input.changes.length === 0) return fitting([joined([page.heading, page.summary]), page.summary], limit);

  const people = joined(peopleParts(page));
  const unlisted = groups.groups.length === 0 ? 0 : groups.unlisted;
  const closing = closingText([], unlisted, compare);
  // The gaps are counted generously while lines are made, so whether it fits is known at the end.
  const all = fillGroups(groups.groups, style, limit - joined([before, people, closing]).length + SLACK, true);
  const whole = all === null ? null : joined([before, all.text, people, closing]);
  if (whole !== null && whole.length <= limit) return whole;

  // Too long: the people are a number first, and go altogether before what is urgent does. The sentence that says what is missing has its
  // room before anything else.
  const fewer = page.people.length === 0 ? '' : `### Contributors\n\n${thanks(page.people.length)}`;
  const longest = closingText(mostLeft(groups.groups), unlisted, compare);
  for (const [head, foot] of [[before, fewer] as const, [page.heading, ''] as const]) {
    const room = limit - joined([head, foot, longest]).length - 4;
    const some = room <= 0 ? null : fillGroups(groups.groups, style, room, false);
    if (some === null || (some.urgentLeft && foot !== '')) continue;
    const end = closingText(some.left, unlisted, compare);
    return fitting([joined([head, some.text, people, end]), joined([head, some.text, foot, end])], limit);
  }
  return fitting([joined([page.heading, longest]), longest, page.summary, closing], limit);
}

/** The policy's template with its values; null where not even the template fits. */
function fillTemplate(template: string, page: Page, limit: number): string | null {
  const changes = template.split('{changes}').length - 1;
  const bare = expand(template, page, '');
  if (bare.length > limit) return null;
  return changes === 0 ? bare.trimEnd() : expand(template, page, changesText(page, Math.floor((limit - bare.length) / changes))).trimEnd();
}

function changesText(page: Page, room: number): string {
  const { groups, style, compare, input } = page;
  if (input.changes.length === 0) return fitting([page.summary], room);
  const all = fillGroups(groups.groups, style, room + SLACK, true);
  if (all !== null && all.text.length <= room) return all.text;
  const longest = closingText(mostLeft(groups.groups), 0, compare);
  const some = room <= longest.length + 4 ? null : fillGroups(groups.groups, style, room - longest.length - 4, false);
  return some === null ? fitting([longest], room) : joined([some.text, closingText(some.left, 0, compare)]);
}

/** One pass, so that nothing in a value is ever taken for a placeholder. Unknown placeholders stay what they are. */
function expand(template: string, page: Page, changes: string): string {
  const { input } = page;
  return template.replace(/\{(\w+)\}/g, (found, name: string, at: number) => {
    // In a URL a name is encoded; elsewhere it is text.
    const inUrl = /[/.=%]/.test(template[at - 1] ?? '');
    const named = (text: string | null, none: string) => (text === null ? none : inUrl ? urlText(text) : inlineText(text));
    if (name === 'changes') return changes;
    if (name === 'summary') return page.summary;
    if (name === 'contributors') return listed(names(page.people));
    if (name === 'compare') return page.compare;
    if (name === 'version') return named(input.version, 'unreleased');
    if (name === 'tag') return named(input.tag, inUrl ? 'HEAD' : 'unreleased');
    return name === 'previous' ? named(input.previousTag, '') : found;
  });
}

function headingText(input: NotesInput, style: LineStyle): string {
  const date = input.date === undefined ? '' : inlineText(input.date, 60);
  if (input.heading !== true) return date === '' ? '' : `*${date}*`;
  const title = input.version === null ? 'Unreleased' : inlineText(input.version, 100);
  const url = compareUrl(input, style);
  return `## ${url === '' ? title : `[${title}](${url})`}${date === '' ? '' : ` (${date})`}`;
}

/** One sentence: what the release is made of, or that there is nothing in it. */
function summaryText(input: NotesInput, groups: Groups): string {
  const since = input.previousTag === null ? '' : ` since ${inlineText(input.previousTag)}`;
  if (input.changes.length === 0) return `No changes${since}.`;
  if (groups.groups.length === 0) {
    return groups.unlisted === 1 ? `1 change${since}, not listed here.` : `${groups.unlisted} changes${since}, none of them listed here.`;
  }
  const counts = groups.groups.filter((group) => group.notes !== 'only').map((group) => group.count(group.changes.length));
  if (groups.unlisted > 0) counts.push(`${groups.unlisted} ${groups.unlisted === 1 ? 'change that is' : 'changes that are'} not listed`);
  const name = input.kind === 'feature' ? 'Feature release: ' : input.kind === 'maintenance' ? 'Maintenance release: ' : '';
  return `${name}${listed(counts)}.`;
}

function compareUrl(input: NotesInput, style: LineStyle): string {
  const { tag, previousTag } = input;
  if (style.base === null || tag === null) return '';
  return previousTag === null ? `${style.base}/commits/${urlText(tag)}` : `${style.base}/compare/${urlText(previousTag)}...${urlText(tag)}`;
}

function compareText(input: NotesInput, style: LineStyle): string {
  const { tag, previousTag } = input;
  if (tag === null) return '';
  const range = previousTag === null ? inlineText(tag) : `${inlineText(previousTag)}…${inlineText(tag)}`;
  const url = compareUrl(input, style);
  return `Full changelog: ${url === '' ? range : `[${range}](${url})`}`;
}

function closingText(left: readonly string[], unlisted: number, compare: string): string {
  const sentences: string[] = [];
  if (left.length > 0) sentences.push(`Left out here for length: ${listed(left)}.`);
  if (unlisted > 0) sentences.push(unlisted === 1 ? '1 further change is not listed.' : `${unlisted} further changes are not listed.`);
  if (compare !== '') sentences.push(compare);
  return sentences.join(' ');
}

const SLACK = 50;

/** How many people are thanked by name, and how many newcomers. */
const THANKED = 100;
const WELCOMED = 50;

function peopleParts({ people, input, style }: Page): string[] {
  if (people.length === 0) return [];
  const parts = [`### Contributors\n\nThanks to ${listed(names(people))}!`];
  const fresh = people.filter((one) => input.firstTime?.has(one.key));
  if (fresh.length > 0) {
    const lines = fresh.slice(0, WELCOMED).map((one) => {
      return `- ${personText(one.person)} made their first contribution in ${changeLink(one.first, style)}`;
    });
    const more = fresh.length > WELCOMED ? `\n\n…and ${fresh.length - WELCOMED} more.` : '';
    parts.push(`### New contributors\n\n${lines.join('\n')}${more}`);
  }
  return parts;
}

function names(people: readonly Contributor[]): string[] {
  const some = people.slice(0, THANKED).map((one) => personText(one.person));
  const more = people.length - some.length;
  if (more > 0) some.push(more === 1 ? '1 other' : `${more} others`);
  return some;
}

function thanks(people: number): string {
  return people === 1 ? 'Thanks to 1 contributor.' : `Thanks to ${people} contributors.`;
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** The first text that fits; nothing where none does. */
function fitting(texts: readonly string[], limit: number): string {
  return texts.find((text) => text.length <= limit) ?? '';
}
