// One change, or one dependency's changes, as one line of the notes: subject, links, people. Text from others is made inert here.

import type { Change, Reference } from '../change.ts';
import { readBumpContext } from '../dependency.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { isAutomation, personText } from './contributors.ts';
import { chainSteps, compareVersions, type Way } from './dependency-chain.ts';
import { codeSpan, inlineText } from './markdown.ts';
import { blockText } from './markdown-block.ts';
import { sectionOf } from './section.ts';

export interface Repository {
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/** What lines need besides the change. */
export interface LineStyle {
  /** `https://host/owner/name`; null: nothing is linked. */
  readonly base: string | null;
  readonly host: string | null;
  /** The policy's template of a line; null: built in. */
  readonly template: string | null;
  /** How people are written, by who they are; empty for bots. Filled as they are met. */
  readonly people: Map<string, string>;
}

export function styleOf(repository: Repository | null, template: string | null): LineStyle {
  if (repository === null) return { base: null, host: null, template, people: new Map() };
  const host = urlText(repository.host);
  return { base: `https://${host}/${urlText(repository.owner)}/${urlText(repository.name)}`, host, template, people: new Map() };
}

/** The line of one change, with its bullet. */
export function lineOf(change: Change, style: LineStyle): string {
  const subject = inlineText(change.subject) || inlineText(change.title) || 'untitled change';
  return writeLine([change], subject, ownKind(change), style);
}

/** The bumps of one package in one directory, newest first. */
export interface Bundle {
  readonly name: string;
  readonly directory: string | null;
  readonly security: boolean;
  readonly changes: readonly Change[];
}

/** Dependency bumps (newest first) by package and directory, in the order of names. */
export function bundleDependencies(changes: readonly Change[]): readonly Bundle[] {
  const bundles = new Map<string, { name: string; directory: string | null; security: boolean; changes: Change[]; order: string }>();
  for (const change of changes) {
    const name = change.dependency?.name ?? '';
    const { directory, security } = readBumpContext(change.title);
    const key = directory === null ? name : `${name} ${directory}`;
    const known = bundles.get(key);
    if (known === undefined) {
      bundles.set(key, {
        name,
        directory,
        security,
        changes: [change],
        order: `${name.toLowerCase()}\n${directory ?? ''}\n${name}`,
      });
    } else {
      known.changes.push(change);
      known.security ||= security;
    }
  }
  return [...bundles.values()].sort((a, b) => (a.order < b.order ? -1 : 1));
}

/** The line of a package: its bumps as one. */
export function dependencyLine(bundle: Bundle, style: LineStyle): string {
  const { changes } = bundle;
  const [only] = changes;
  const steps = changes.map((change) => change.dependency ?? { from: null, to: null }).reverse();
  const ways = chainSteps(steps).map(wayText);
  if (ways.length === 0 && changes.length === 1 && only !== undefined) return lineOf(only, style);
  const times = changes.length === 2 ? 'updated twice' : `updated ${changes.length} times`;
  // "lock files" and "the dev group" are words, not names to copy.
  const name = bundle.name.includes(' ') ? inlineText(bundle.name, 120) : codeSpan(inlineCode(bundle.name));
  const where = bundle.directory === null ? '' : ` in ${codeSpan(inlineCode(bundle.directory))}`;
  const subject = `${name} ${ways.length === 0 ? times : capped(ways, 10)}${where}${bundle.security ? ' (security)' : ''}`;
  return writeLine(changes, subject, '', style);
}

/** What users of the change must do, as blocks below its line; empty where there is nothing, or nothing but the subject again. */
export function upgradeNote(change: Change): string {
  const blocks: string[] = [];
  for (const text of change.upgrade) {
    const said = text.trim();
    if (said === change.subject || said === change.title) continue;
    const block = blockText(said);
    if (block !== '') blocks.push(block);
  }
  return blocks.length === 0 ? '' : `\n\n${blocks.join('\n\n').replace(/^(?=.)/gm, '  ')}\n`;
}

/** True if `upgradeNote` may have something to say: a test without its cost. */
export function mayNeedUpgrade(change: Change): boolean {
  return change.upgrade.some((text) => text !== change.subject && text.trim() !== '');
}

/** "[#12](…)", or "[1a2b3c4](…)" for a change without pull request. */
export function changeLink(change: Change, style: LineStyle): string {
  return change.pr === null ? shaLink(change, style) : linked(`#${change.pr}`, `pull/${change.pr}`, style);
}

/** Text in a URL, with all that could end a Markdown link or mean something in the URL encoded. */
export function urlText(text: string): string {
  return text.replace(/[^A-Za-z0-9._~/@:+-]/gu, (found) => {
    const code = found.charCodeAt(0);
    if (code < 0x80) return `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
    return /\p{Cs}/u.test(found) ? '' : encodeURIComponent(found);
  });
}

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function writeLine(changes: readonly Change[], subject: string, kind: string, style: LineStyle): string {
  const [newest] = changes;
  if (newest === undefined) return '';
  // The scope of a bump is `deps`, which its section says already.
  const scope = changes.length === 1 && newest.scope !== null && newest.dependency === null ? inlineText(newest.scope, 60) : '';
  if (style.template !== null) return writeTemplate(style.template, { changes, subject, scope, style });
  const facts = [
    capped(
      changes.map((change) => changeLink(change, style)),
      10,
    ),
  ];
  const issues = issuesText(changes, style);
  if (issues !== '') facts.push(issues);
  for (const advisory of advisoriesOf(changes)) {
    const text = advisoryText(advisory, style);
    if (text.startsWith('[') || !subject.includes(text)) facts.push(text);
  }
  const by = authorsText(changes, style);
  return `- ${scope === '' ? '' : `**${scope}:** `}${subject}${kind} (${facts.join(', ')})${by === '' ? '' : ` by ${by}`}`;
}

interface Filling {
  readonly changes: readonly Change[];
  readonly subject: string;
  readonly scope: string;
  readonly style: LineStyle;
}

/** One pass over the template, so that nothing in a value is ever taken for a placeholder. */
function writeTemplate(template: string, filling: Filling): string {
  const line = template.replace(/( ?)\(\{(\w+)\}\)|\{(\w+)\}/g, (found, space: string | undefined, inside?: string, alone?: string) => {
    const value = fillingOf(inside ?? alone ?? '', filling);
    if (value === null) return found;
    // An exclamation mark would make an image of a link that follows.
    const safe = value.endsWith('!') ? `${value.slice(0, -1)}\\!` : value;
    if (inside === undefined) return safe;
    return safe === '' ? '' : `${space ?? ''}(${safe})`;
  });
  return /^(?:[-*+]|\d{1,9}[.)]) /.test(line) ? line.trimEnd() : `- ${line.trim()}`;
}

function fillingOf(name: string, { changes, subject, scope, style }: Filling): string | null {
  if (name === 'subject') return subject;
  if (name === 'scope') return scope;
  if (name === 'pr')
    return capped(
      changes.filter((one) => one.pr !== null).map((one) => changeLink(one, style)),
      10,
    );
  if (name === 'sha')
    return capped(
      changes.map((one) => shaLink(one, style)),
      10,
    );
  if (name === 'author') return authorsText(changes, style);
  return name === 'issues' ? issuesText(changes, style, '') : null;
}

/** What a breaking change is besides: "*(bug fix)*". */
function ownKind(change: Change): string {
  const { breaking, subkind } = change.classification;
  if (!breaking) return '';
  const type = /^[^A-Za-z]{0,20}([A-Za-z][\w-]{0,30})(?:\([^()]{0,100}\))?!?:/.exec(change.title)?.[1]?.toLowerCase() ?? '';
  const { types } = DEFAULT_POLICY.classify;
  const meaning = subkind ?? (Object.hasOwn(types, type) ? types[type] : undefined);
  const section = meaning === undefined || meaning === 'breaking' ? null : sectionOf(meaning);
  return section === null ? '' : ` *(${section.one})*`;
}

function wayText(way: Way): string {
  const [from, to, ...turns] = way;
  const last = turns.at(-1) ?? to;
  const before = turns.length === 0 ? from : (turns.at(-2) ?? to);
  const down = before !== null && (compareVersions(last, before) ?? 0) < 0;
  const points = [...(from === null ? [] : [from]), to, ...turns].map(versionText);
  return `${from === null ? 'to ' : ''}${points.join(' → ')}${down ? ' (downgrade)' : ''}`;
}

function versionText(version: string): string {
  return /^\d[\w.+-]{0,60}$/.test(version) && !/^[\da-f]{7,}$/.test(version) ? version : codeSpan(inlineCode(version));
}

/** Text for a code span: one line, of a length that lines can bear. */
function inlineCode(text: string): string {
  const line = text
    .replace(/[\s\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .replace(/<!--|-->/g, '')
    .trim();
  return line.length > 120 ? `${line.slice(0, 119)}…` : line || '?';
}

function shaLink(change: Change, style: LineStyle): string {
  if (!/^[\da-f]{7,64}$/i.test(change.sha)) return codeSpan(inlineCode(change.sha));
  return linked(change.sha.slice(0, 7), `commit/${change.sha}`, style);
}

function linked(text: string, path: string, style: LineStyle): string {
  return style.base === null ? text : `[${text}](${style.base}/${path})`;
}

/** Issues that it closes; where it closes none, the first few that it speaks of. */
function issuesText(changes: readonly Change[], style: LineStyle, verb?: string): string {
  const closes: string[] = [];
  const speaks: string[] = [];
  for (const change of changes) {
    for (const one of change.references) {
      const text = one.owner === null && one.repository === null && one.number === change.pr ? '' : referenceText(one, style);
      const into = one.closes ? closes : speaks;
      if (text !== '' && into.length < 100 && !into.includes(text)) into.push(text);
    }
  }
  const words = closes.length > 0 ? capped(closes, 10) : speaks.slice(0, 3).join(', ');
  return words === '' ? '' : `${verb ?? (closes.length > 0 ? 'closes ' : 'see ')}${words}`;
}

function referenceText(one: Reference, style: LineStyle): string {
  if (!Number.isSafeInteger(one.number) || one.number <= 0) return '';
  if (one.owner === null || one.repository === null) return linked(`#${one.number}`, `issues/${one.number}`, style);
  const name = `${one.owner}/${one.repository}`;
  if (!/^[\w.-]{1,100}\/[\w.-]{1,100}$/.test(name)) return '';
  const text = `${name.replaceAll('_', '\\_')}#${one.number}`;
  return style.host === null ? text : `[${text}](https://${style.host}/${name}/issues/${one.number})`;
}

function advisoriesOf(changes: readonly Change[]): string[] {
  const [only, ...more] = changes;
  if (only !== undefined && more.length === 0) return only.advisories.slice(0, 20);
  return [...new Set(changes.flatMap((change) => change.advisories))].slice(0, 20);
}

function advisoryText(id: string, style: LineStyle): string {
  const ghsa = /^GHSA((?:-[\da-z]{4}){3})$/i.exec(id)?.[1]?.toLowerCase();
  if (ghsa === undefined) return inlineText(id, 40);
  return style.base === null ? `GHSA${ghsa}` : `[GHSA${ghsa}](https://github.com/advisories/GHSA${ghsa})`;
}

function authorsText(changes: readonly Change[], style: LineStyle): string {
  const names: string[] = [];
  for (const change of changes) {
    for (const person of change.authors) {
      const key = `${person.login ?? ''} ${person.name} ${person.email ?? ''}`;
      let name = style.people.get(key);
      if (name === undefined) {
        name = isAutomation(person) ? '' : personText(person);
        style.people.set(key, name);
      }
      if (name !== '' && names.length < 100 && !names.includes(name)) names.push(name);
    }
  }
  return names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} others` : listed(names);
}

function capped(words: readonly string[], most: number): string {
  return words.length > most ? `${words.slice(0, most - 1).join(', ')} and ${words.length - most + 1} more` : words.join(', ');
}
