// A commit or squash message → what it says, without judging it. Conventional Commits 1.0.0 on top of conventional-commits-parser, made
// tolerant of what people and GitHub really write: gitmoji, capitals, squash bodies, separators, several changes in one message.

import { CommitParser } from 'conventional-commits-parser';
import type { Person, Reference } from './change.ts';

/** One `type(scope)!: description`, from the header or from the body. Types are lower-case. */
export interface Statement {
  readonly type: string;
  readonly scope: string | null;
  readonly breaking: boolean;
  readonly subject: string;
  /** `list`: an entry of a squash body, one commit of the branch; `body`: a further change that the message itself states. */
  readonly where: 'header' | 'body' | 'list';
}

export interface Revert {
  /** Full or abbreviated SHAs that the message says it reverts. */
  readonly shas: readonly string[];
  /** Pull requests that it says it reverts. */
  readonly prs: readonly number[];
  /** Title that it quotes, without the surrounding quotes. */
  readonly title: string | null;
}

export interface Message {
  /** First line, whole, without trailing `(#123)`. */
  readonly title: string;
  /** The title as people should read it: without type, scope, emoji. */
  readonly subject: string;
  /** Pull requests named at the end of the first line, in their order: a backport names its original first. */
  readonly prs: readonly number[];
  /** The header's statement first, if it is one; then those of the body. */
  readonly statements: readonly Statement[];
  /** Texts of BREAKING CHANGE footers. */
  readonly breaking: readonly string[];
  readonly revert: Revert | null;
  /** True for `Reapply "…"`, which takes a revert back. */
  readonly reapply: boolean;
  readonly releaseAs: string | null;
  readonly references: readonly Reference[];
  readonly advisories: readonly string[];
  readonly coAuthors: readonly Person[];
  readonly pickedFrom: readonly string[];
  /** A known type without the space that the convention asks for (`feat:x`): perhaps a statement, so not one to act on. */
  readonly slip: string | null;
  /** Slips a person could mend, in words. */
  readonly hints: readonly string[];
}

/** The one empty list of all messages: of a whole history's, most lists are empty. */
const NONE: readonly never[] = [];
function orNone<T>(list: readonly T[]): readonly T[] {
  return list.length === 0 ? NONE : list;
}

/** Longer first lines are read up to here: no honest header is longer, and what reads it must stay linear. */
const HEADER_LIMIT = 500;
/** Longer lines of a body are no footers or list entries. */
const LINE_LIMIT = 2_000;

// A space before the scope and a `!` before it are slips that lose nothing.
const HEADER = /^([A-Za-z][\w-]{0,40})(!?) ?(?:\(([^()]{0,400})\))?(!?): +(\S.*)$/;
const NO_SPACE = /^([A-Za-z][\w-]{0,40})(?:\([^()]{0,200}\))?!?:\S/;
const BREAKING = /^[\s|*>-]{0,8}(?:BREAKING[ -]CHANGES?): *(.*)$/;
const BREAKING_LOWER = /^breaking[ -]changes?: *\S/i;
const FOOTER = /^(?:[A-Za-z][A-Za-z-]{0,60}: |[A-Za-z][A-Za-z-]{0,60} #|\(cherry picked from commit )/;
const NOTHING = /^(?:none|no|n\/a|nothing|-)\.?$/i;
const TRAILING_PR = / ?\((?:#|!|[\w.-]{1,100}\/[\w.-]{1,100}#)(\d{1,10})\)$/;

/** Gitmoji in front, as a character or as a :code:. Compiled only where one may stand: Unicode classes are slow to build. */
let emoji: RegExp | undefined;
function withoutEmoji(line: string): string {
  const first = line.charCodeAt(0);
  if (first !== COLON && !(first > 127)) return line;
  emoji ??= /^(?:\p{Extended_Pictographic}(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f){0,8}|:[a-z0-9_+-]{1,40}:)\s{0,4}/u;
  return line.replace(emoji, '');
}

const COLON = 58;

let parser: CommitParser | undefined;
function referencesOf(text: string): readonly Reference[] {
  parser ??= new CommitParser({
    headerPattern: /^()()(.*)$/,
    notesPattern: () => /(?!)/,
    revertPattern: null as never,
    fieldPattern: null as never,
    issuePrefixes: ['#'],
  });
  const found: Reference[] = [];
  for (const one of parser.parse(text).references) {
    const number = Number(one.issue);
    if (!Number.isSafeInteger(number) || number <= 0) continue;
    found.push({ owner: one.owner, repository: one.repository, number, closes: one.action !== null });
  }
  return orNone(found);
}

/** Reads a message. `title` is its first line; `body` the rest. Never throws; time is linear in the length. */
export function readMessage(title: string, body = ''): Message {
  let line = title.length > HEADER_LIMIT ? title.slice(0, HEADER_LIMIT) : title;
  line = line.trim();
  const prs: number[] = [];
  for (let match = trailingPr(line); match !== null; match = trailingPr(line)) {
    prs.unshift(Number(match[1]));
    line = line.slice(0, match.index).trimEnd();
  }
  const statements: Statement[] = [];
  const hints: string[] = [];
  const header = readStatement(line, 'header');
  if (header !== null) statements.push(header);
  const slip = header === null ? slipOf(line) : null;
  if (slip !== null)
    hints.push(`\`${clip(line)}\` has no space after the colon, so it is not a conventional title: did you mean \`${slip}: …\`?`);
  const subject = header?.subject ?? withoutEmoji(line);

  if (body === '') {
    return {
      title: line,
      subject,
      prs,
      statements,
      breaking: NONE,
      revert: readRevert(line, header, NONE, NONE),
      reapply: line.startsWith('Reapply "'),
      releaseAs: null,
      references: line.includes('#') ? referencesOf(line) : NONE,
      advisories: advisoriesIn(line),
      coAuthors: NONE,
      pickedFrom: NONE,
      slip,
      hints: orNone(hints),
    };
  }
  return readBody({ line, subject, prs, statements, hints, header, slip }, body);
}

interface Head {
  readonly line: string;
  readonly subject: string;
  readonly prs: readonly number[];
  readonly statements: Statement[];
  readonly hints: string[];
  readonly header: Statement | null;
  readonly slip: string | null;
}

function readBody(head: Head, whole: string): Message {
  const override = overrideBlock(whole);
  const body = override ?? whole;
  const statements = override === null ? head.statements : [];
  const scan = override !== null || mayListChanges(head.line, body);
  const breaking: string[] = [];
  const shas: string[] = [];
  const revertedPrs: number[] = [];
  const refs: string[] = [];
  const coAuthors: Person[] = [];
  const pickedFrom: string[] = [];
  let referenceText = head.line.includes('#') ? head.line : '';
  let referenceLines = 0;
  let releaseAs: string | null = null;
  let note: string[] | null = null;
  let fenced = false;
  let fresh = true; // at the start of a paragraph
  const endNote = () => {
    if (note === null) return;
    const text = note.join('\n').trim();
    if (NOTHING.test(text)) head.hints.push(`a BREAKING CHANGE footer that says "${text}" is not a breaking change`);
    else breaking.push(text);
    note = null;
  };

  for (const raw of linesOf(body)) {
    const line = raw.length > LINE_LIMIT ? raw.slice(0, LINE_LIMIT) : raw;
    const first = line.charCodeAt(0);
    if (line.startsWith('```') || line.startsWith('~~~')) fenced = !fenced;
    if (fenced) {
      if (note !== null) (note as string[]).push(raw);
      fresh = false;
      continue;
    }
    if (line.trim() === '') {
      if (note !== null) (note as string[]).push('');
      fresh = true;
      continue;
    }
    const said = line.includes('BREAKING') ? BREAKING.exec(line) : null;
    if (said !== null) {
      endNote();
      note = [raw.slice(raw.indexOf(':') + 1).trim()];
      fresh = false;
      continue;
    }
    if (SEPARATOR.test(line)) {
      endNote();
      fresh = true;
      continue;
    }
    const bullet = first === 42 && line.charCodeAt(1) === 32;
    if (scan && (bullet || fresh || override !== null)) {
      const statement = readStatement((bullet ? line.slice(2) : line).trim(), bullet ? 'list' : 'body');
      if (statement !== null && (override !== null || LISTED.has(statement.type))) {
        endNote();
        statements.push(statement);
      }
    }
    if (FOOTER.test(line)) {
      endNote();
      releaseAs = readFooter(line, { coAuthors, pickedFrom, refs }) ?? releaseAs;
    } else if (note !== null) (note as string[]).push(raw);
    else if (BREAKING_LOWER.test(line)) {
      head.hints.push(`"${clip(line)}" is not read as breaking: the footer must be written BREAKING CHANGE, in capitals`);
    }
    if (line.includes('everts ')) readReverted(line, shas, revertedPrs);
    if (line.includes('#') && line.length <= HEADER_LIMIT && referenceLines < 50) {
      referenceText = referenceText === '' ? `-\n${line}` : `${referenceText}\n${line}`;
      referenceLines += 1;
    }
    fresh = bullet;
  }
  endNote();
  if (head.header?.type === 'revert' && shas.length === 0) shas.push(...refs);
  return {
    title: head.line,
    subject: override !== null && statements[0] !== undefined ? statements[0].subject : head.subject,
    prs: head.prs,
    statements,
    breaking: orNone(breaking),
    revert: readRevert(head.line, head.header, shas, revertedPrs),
    reapply: head.line.startsWith('Reapply "'),
    releaseAs,
    references: referenceText === '' ? NONE : referencesOf(referenceText),
    advisories: advisoriesIn(head.line, whole),
    coAuthors: orNone(coAuthors),
    pickedFrom: orNone(pickedFrom),
    slip: head.slip,
    hints: orNone(head.hints),
  };
}

const SEPARATOR = /^[-=_*]{3,}$/;
/** Types that a line of a body may name a change with; other words before a colon are prose there ("note: …"). */
const LISTED = new Set('feat feature fix bugfix hotfix perf security refactor revert deps build chore docs style test ci'.split(' '));

function readStatement(line: string, where: Statement['where']): Statement | null {
  const match = HEADER.exec(withoutEmoji(line));
  if (match === null) return null;
  const [, type = '', early, scope, late, subject = ''] = match;
  const bare = trailingPr(subject) === null ? subject : subject.replace(TRAILING_PR, '');
  return {
    type: type.toLowerCase(),
    scope: scope === undefined || scope.trim() === '' ? null : scope.trim(),
    // Spec 15 and 16: a token BREAKING CHANGE in the header's place means the same as in a footer.
    breaking: early === '!' || late === '!' || type === 'BREAKING-CHANGE',
    subject: bare.trim(),
    where,
  };
}

function slipOf(line: string): string | null {
  const type = NO_SPACE.exec(line)?.[1]?.toLowerCase();
  return type !== undefined && LISTED.has(type) ? type : null;
}

function trailingPr(line: string): RegExpExecArray | null {
  return line.endsWith(')') ? TRAILING_PR.exec(line.length > 160 ? line : line) : null;
}

/** release-please's way to correct a message after the merge: the block stands for the whole message. */
function overrideBlock(body: string): string | null {
  const start = body.indexOf('BEGIN_COMMIT_OVERRIDE');
  if (start < 0) return null;
  const end = body.indexOf('END_COMMIT_OVERRIDE', start);
  return end < 0 ? null : body.slice(start + 21, end).trim();
}

/** Squash bodies list changes; the bodies of dependency bots list other projects' changes, which are not ours. */
function mayListChanges(title: string, body: string): boolean {
  if (!body.includes(': ')) return false;
  if (/\b(?:bump|deps?|dependenc(?:y|ies)|renovate|upgrade|update) /i.test(title.slice(0, 120)) && body.length > 400) return false;
  return !/<details|^#{1,3} |^Bumps |release notes|changelog/im.test(body);
}

function readFooter(line: string, into: { coAuthors: Person[]; pickedFrom: string[]; refs: string[] }): string | null {
  const colon = line.indexOf(':');
  const token = colon < 0 ? '' : line.slice(0, colon).toLowerCase();
  const value = line.slice(colon + 1).trim();
  if (token === 'co-authored-by') {
    const who = /^([^<>]{1,200}?) *<([^<>\s]{1,200})>/.exec(value);
    if (who?.[1] !== undefined && who[2] !== undefined) into.coAuthors.push({ name: who[1], email: who[2] });
  } else if (token === 'release-as') return value;
  else if (token === 'refs') {
    for (const word of value.split(/[,\s]+/, 50)) if (/^[0-9a-f]{7,40}$/.test(word)) into.refs.push(word);
  } else {
    const picked = /^\(cherry picked from commit ([0-9a-f]{7,64})\)/.exec(line);
    if (picked?.[1] !== undefined) into.pickedFrom.push(picked[1]);
  }
  return null;
}

function readReverted(line: string, shas: string[], prs: number[]): void {
  for (const match of line.matchAll(/\bThis reverts commits? ([0-9a-f]{7,64})(?:, reversing changes made to [0-9a-f]{7,64})?/gi)) {
    if (match[1] !== undefined) shas.push(match[1]);
  }
  const pr = /^Reverts (?:[\w.-]{1,100}\/[\w.-]{1,100})?#(\d{1,10})\b/.exec(line);
  if (pr?.[1] !== undefined) prs.push(Number(pr[1]));
}

function readRevert(line: string, header: Statement | null, shas: readonly string[], prs: readonly number[]): Revert | null {
  const quoted = /^(?:\w{1,20}(?:\([^()]{0,80}\))?: )?Revert:? "(.*)"$/i.exec(line) ?? /^(?:\w{1,20}: )?revert "(.*)"/i.exec(line);
  if (quoted?.[1] !== undefined) return { shas, prs, title: quoted[1].trim() };
  if (header?.type === 'revert') return { shas, prs, title: header.subject };
  if (shas.length > 0 && line.startsWith('Reapply "')) return { shas, prs, title: null };
  // A message may mention a revert in passing; only what calls itself one is one.
  if (/^revert\b/i.test(line)) return { shas, prs, title: null };
  return null;
}

function advisoriesIn(...texts: string[]): readonly string[] {
  let found: string[] | null = null;
  for (const text of texts) {
    if (!text.includes('GHSA-') && !/CVE-\d/i.test(text)) continue;
    for (const match of text.matchAll(/\b(?:GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|CVE-\d{4}-\d{4,10})\b/gi)) {
      found ??= [];
      const id = match[0].startsWith('GHSA') ? `GHSA${match[0].slice(4).toLowerCase()}` : match[0].toUpperCase();
      if (!found.includes(id)) found.push(id);
    }
  }
  return found ?? NONE;
}

function* linesOf(text: string): Generator<string> {
  let from = 0;
  while (from <= text.length) {
    let to = text.indexOf('\n', from);
    if (to < 0) to = text.length;
    yield text.slice(from, text.charCodeAt(to - 1) === 13 && to > from ? to - 1 : to);
    from = to + 1;
  }
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
