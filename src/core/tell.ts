// Who is told of what: the policy's `notify` held against what happened, and the words of it, as a comment that mentions people once and as
// one message for a chat. A commit's event in an environment is one sort; the comment that told of a sort is kept, and nobody is called twice.

import { withoutCommands } from './answer/page.ts';
import { digestOf } from './fence.ts';
import { timeText } from './gate/status-page.ts';
import { inlineText } from './notes/markdown.ts';
import type { Policy } from './policy.ts';
import { joined, nameSpan } from './summary/page.ts';

export const TELLABLE = ['published', 'waiting', 'approved', 'rejected', 'deployed', 'failed', 'rolled-back', 'overridden'] as const;
export type Tellable = (typeof TELLABLE)[number];

/** Something happened that people outside may wait for. Plain data. */
export interface Happening {
  readonly event: Tellable;
  /** Null: the commit of the release's tag, which is looked up. */
  readonly sha: string | null;
  readonly environment: string | null;
  /** The release's tag. */
  readonly release: string | null;
  /** ISO 8601; empty: when it is told. */
  readonly at: string;
  /** Login; null: the App, or nobody in particular. */
  readonly by: string | null;
  /** Where it is to be seen: the release, the run, the comment. */
  readonly url: string | null;
  /** The workflow run, which is where it is to be seen without `url`. */
  readonly run?: number;
  /** Why, in words of others. */
  readonly says: string | null;
  /** Tells it from others of its sort, so that it counts once however often it is heard of: `run 7 1`. */
  readonly once: string;
}

/** A release is out: whoever hears of it first tells it. */
export function publishedHappening(tag: string, at = ''): Happening {
  return { event: 'published', sha: null, environment: null, release: tag, at, by: null, url: null, says: null, once: tag };
}

/** What is told by one comment: an event of a commit in an environment. */
export function sortOf({ event, environment }: Pick<Happening, 'event' | 'environment'>): string {
  const name = environment?.toLowerCase() ?? '';
  return name === '' ? event : `${event} ${/^[a-z0-9._-]{1,60}$/.test(name) ? name : digestOf(name)}`;
}

/** Whom the policy wants to hear of it, each once, in its order. */
export function mentionsOf({ notify }: Pick<Policy, 'notify'>, events: Iterable<Tellable>): readonly string[] {
  const wanted = new Set<string>(events);
  const names = notify.flatMap(({ on, mention }) => (on.some((one) => wanted.has(one)) ? mention.filter(isName) : []));
  return [...new Map(names.map((one) => [one.toLowerCase(), one])).values()];
}

function isName(name: string): boolean {
  return /^@[\w-]+(?:\/[\w.-]+)?$/.test(name);
}

/** One line of the comment's beginning; whether the comment is ours its author tells. */
export function toldMark(sha: string, sort: string): string {
  return `<!-- shiplock:told ${sha} ${sort} -->`;
}

/** The sorts that a comment of ours tells of for a commit. */
export function sortsIn(body: string, sha: string): readonly string[] {
  const found: string[] = [];
  for (const line of body.split('\n', TELLABLE.length * 100)) {
    const [, of, sort] = /^<!-- shiplock:told ([0-9a-f]+) ([a-z0-9._ -]+) -->\r?$/.exec(line.slice(0, 300)) ?? [];
    if (sort === undefined) break;
    if (of === sha) found.push(sort);
  }
  return found;
}

/** The comment. `mentions` are called by it. */
export function toldPage(sha: string, happenings: readonly Happening[], mentions: readonly string[]): string {
  const marks = happenings.map((one) => toldMark(sha, sortOf(one))).join('\n');
  const lines = happenings.map((one) => `${sentenceOf(one, markdown)}${linkOf(one)}${whenOf(one)}`);
  const says = lines.length === 1 ? (lines[0] ?? '') : lines.map((line) => `- ${line}`).join('\n');
  return withoutCommands(joined([`${marks}\n${says}`, mentions.join(' ')]));
}

function linkOf({ url, event }: Happening): string {
  return url === null || !isAddress(url) ? '' : ` · [${event === 'published' ? 'release' : 'details'}](${url})`;
}

/** Nothing in it could end a link, or begin another. */
function isAddress(url: string): boolean {
  return /^https?:\/\/[\w.:-]+(?:\/[\w.~%@+#-]+)*$/.test(url);
}

function whenOf({ at }: Happening): string {
  const time = timeText(at);
  return time === '' ? '' : ` · ${time}`;
}

/** What is sent to the operator's own address, for a chat to show and a program to read. */
export interface Message {
  /** As Slack and what is compatible with it read it. */
  readonly text: string;
  /** `digest`: several in one. */
  readonly event: Tellable | 'digest';
  /** `owner/name`. */
  readonly repository: string;
  readonly release: string | null;
  readonly environment: string | null;
  readonly sha: string | null;
  readonly url: string | null;
  readonly by: string | null;
  readonly at: string;
}

export function messageOf(happening: Happening, repository: string): Message {
  const { event, release, environment, sha, url, by, at } = happening;
  const shown = url !== null && isAddress(url) ? ` <${url}|${event === 'published' ? 'Release' : 'Look'}>` : '';
  return {
    text: `${plain(repository)}: ${sentenceOf(happening, chat)}${shown}`,
    event,
    repository,
    release,
    environment,
    sha,
    url,
    by,
    at,
  };
}

interface Style {
  readonly name: (text: string) => string;
  readonly says: (text: string) => string;
}

const markdown: Style = { name: nameSpan, says: (text) => inlineText(text, 400) };
/** Names of others call nobody there either (api.slack.com, "Escaping text"). */
const chat: Style = { name: (text) => `\`${plain(text).replaceAll('`', 'ˋ')}\``, says: plain };

function plain(text: string): string {
  const line = text
    .slice(0, 400)
    .replace(/[\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .trim();
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function sentenceOf({ event, environment, release, sha, by, says }: Happening, style: Style): string {
  const what = style.name(release ?? sha?.slice(0, 7) ?? '?');
  const where = environment === null ? '' : style.name(environment);
  const who = by === null ? '' : ` by ${style.name(by)}`;
  const why = says === null || says.trim() === '' ? '' : `: ${style.says(says)}`;
  switch (event) {
    case 'published':
      return by === null ? `🚢 ${what} is out${why}` : `🚢 ${style.name(by)} published ${what}${why}`;
    case 'waiting':
      return `🟡 ${what} waits for people before it goes to ${where}${why}`;
    case 'approved':
      return `🟢 The gate of ${where} is open for ${what}${why}`;
    case 'rejected':
      return `🔴 The gate of ${where} rejected ${what}${why}`;
    case 'deployed':
      return `✅ ${what} was deployed to ${where}${who}${why}`;
    case 'failed':
      return `❌ The deployment of ${what} to ${where} failed${why}`;
    case 'rolled-back':
      return `↩️ ${where} was rolled back to ${what}${who}${why}`;
    case 'overridden':
      return `⚠️ The gate of ${where} was overridden for ${what}${who}${why}`;
  }
}
