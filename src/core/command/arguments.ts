// The words after a command's name, held against the table: each argument is of its shape, or there is a sentence that says what is wrong.

import type { ArgumentShape, CommandProblem, CommandShape } from '../command.ts';
import { nearest } from '../nearest.ts';
import { visibleText } from '../notes/markdown.ts';
import { nameSpan } from '../summary/page.ts';
import { detectVersionTags } from '../tag.ts';
import { readVersion } from '../version.ts';
import type { SpokenLine } from './spoken.ts';
import { readUntil } from './until.ts';
import { argumentWords, exampleOf, usageOf } from './usage.ts';

/** A word of the line, or what stands between quotes. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
  /** Its quote does not end, or something else follows it at once. */
  readonly broken: boolean;
}

export type ReadArguments =
  | { readonly values: Readonly<Record<string, string>> }
  | { readonly code: CommandProblem['code']; readonly says: string };

export interface ReadingFacts {
  readonly prefix: string;
  /** Environments that are known, so that `/reject flaky again` names none; absent: not seen. */
  readonly environments?: readonly string[];
}

/** Reads what stands after `from`, where the command's own words end. */
export function readArguments(shape: CommandShape, line: SpokenLine, from: number, facts: ReadingFacts): ReadArguments {
  const values: Record<string, string> = {};
  const { text } = line;
  let at = from;
  for (const [index, argument] of shape.arguments.entries()) {
    if (argument.kind === 'rest') {
      const rest = restOf(line, at);
      if (typeof rest !== 'string') return rest;
      if (rest === '') return missing(shape, argument, facts);
      values[argument.name] = rest;
      return { values };
    }
    const token = tokenAt(text, at);
    if (token === null || (argument.optional && isOther(argument, token, shape.arguments[index + 1], line, facts))) {
      if (!argument.optional) return missing(shape, argument, facts);
      continue;
    }
    if (token.broken) return invalid(`The quote in ${nameSpan(text.slice(token.start))} does not end where a word does.`);
    if (token.end > line.plain) return formatted(shape, facts);
    const read = readValue(argument, token, tokenAt(text, token.end)?.text ?? '', facts);
    if ('says' in read) return invalid(sentence(`${nameSpan(token.text)} ${read.says}`));
    values[argument.name] = read.value;
    at = token.end;
  }
  const extra = tokenAt(text, at);
  if (extra === null) return { values };
  if (extra.start >= line.plain) return formatted(shape, facts);
  const named = shape.arguments.at(-1)?.kind === 'environment' ? ' A name with spaces is put in quotes: "pre prod".' : '';
  const nothing = shape.arguments.length === 0 ? 'takes nothing more' : 'takes no more than that';
  return {
    code: 'unknown-argument',
    says: `${nameSpan(usageOf(shape, facts.prefix))} ${nothing}, and there is ${nameSpan(text.slice(extra.start))}.${named}`,
  };
}

/** The next word at or after a place; null at the line's end. */
export function tokenAt(text: string, from: number): Token | null {
  let start = from;
  while (start < text.length && isSpace(text[start])) start += 1;
  if (start >= text.length) return null;
  const close = QUOTES[text[start] ?? ''];
  if (close !== undefined) {
    const end = text.indexOf(close, start + 1);
    if (end < 0) return { text: text.slice(start), quoted: true, start, end: text.length, broken: true };
    const after = end + 1;
    return { text: text.slice(start + 1, end), quoted: true, start, end: after, broken: after < text.length && !isSpace(text[after]) };
  }
  let end = start;
  while (end < text.length && !isSpace(text[end])) end += 1;
  const word = text.slice(start, end);
  return { text: word, quoted: false, start, end, broken: /["“”]/.test(word) };
}

/** Telephones write the others by themselves. */
const QUOTES: Readonly<Record<string, string>> = { '"': '"', '“': '”' };
const QUOTE_HINT = ', and a name with spaces in quotes, "pre prod"';
const MOST_REASON = 500;
const MOST_NAME = 255;

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

/** One line, as it was written: `*` and backticks in a reason are the author's. */
function restOf(line: SpokenLine, at: number): string | Extract<ReadArguments, { says: string }> {
  const rest = visibleText(line.text.slice(at)).trim();
  if (rest === '') return rest;
  if (line.markup) return invalid('There is HTML in it, of which a reader does not see all: say it in words.');
  if (rest.length > MOST_REASON) return invalid(`A reason has at most ${MOST_REASON} characters, and this one has ${rest.length}.`);
  return rest;
}

/** Whether the word is not the optional argument but already what comes after it. */
function isOther(
  argument: ArgumentShape,
  token: Token,
  next: ArgumentShape | undefined,
  line: SpokenLine,
  { environments }: ReadingFacts,
): boolean {
  if (argument.kind === 'until') return token.quoted || readUntil(token.text, tokenAt(line.text, token.end)?.text) === null;
  if (argument.kind !== 'environment' || next?.kind !== 'rest' || token.broken) return false;
  if (environments === undefined) return tokenAt(line.text, token.end) === null;
  return !token.quoted && knownName(token.text, environments) === null && nearest(token.text, environments) === null;
}

type Value = { readonly value: string } | { readonly says: string };

function readValue(argument: ArgumentShape, token: Token, following: string, facts: ReadingFacts): Value {
  const { text } = token;
  const word = token.quoted ? undefined : argument.words?.find((one) => one === text.toLowerCase());
  if (word !== undefined) return { value: word };
  switch (argument.kind) {
    case 'choice':
      return choiceOf(text, argument.choices ?? []);
    case 'environment':
      return environmentOf(text, facts.environments, argument.optional === true && !token.quoted);
    case 'version': {
      const version = text.replace(/^[vV](?=\d)/, '');
      if (argument.tags === true && readVersion(version) === null && isTag(text)) return { value: text };
      return readVersion(version) === null
        ? {
            says: `is no version: write 1.4.0, v1.4.0 or 1.4.0-rc.1${otherText(argument)}${argument.optional ? QUOTE_HINT : ''}`,
          }
        : { value: version };
    }
    case 'line':
      return isBranchName(text) ? { value: text } : { says: 'is no name that a branch can have' };
    case 'until': {
      const until = readUntil(text, following);
      return typeof until === 'string' ? { says: until } : { value: text };
    }
    case 'word':
    case 'rest':
      return { value: text };
  }
}

/** What else a version may be named by. */
function otherText({ words, tags }: ArgumentShape): string {
  return tags === true ? ', or the tag of a release' : words === undefined ? '' : `, or ${words.join(' or ')}`;
}

/** As tags of releases are: they end with a version. */
function isTag(text: string): boolean {
  return isBranchName(text) && detectVersionTags([{ name: text }]).tags.length > 0;
}

function choiceOf(text: string, choices: readonly string[]): Value {
  const lower = text.toLowerCase();
  if (choices.includes(lower)) return { value: lower };
  const meant = nearest(text, choices);
  return { says: `is none of ${choices.join(', ')}${meant === null ? '' : `: did you mean ${meant}?`}` };
}

/** GitHub compares the names of environments without case, and documents no more of them than their length. */
function environmentOf(text: string, known: readonly string[] | undefined, optional: boolean): Value {
  if (text.trim() === '' || text.length > MOST_NAME || /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) {
    return { says: 'is no name that an environment can have' };
  }
  const found = knownName(text, known ?? []);
  if (found === null && known !== undefined && optional) {
    const meant = nearest(text, known);
    if (meant !== null) return { says: `is no environment of the policy: did you mean ${nameSpan(meant)}?` };
  }
  return { value: found ?? text };
}

function knownName(text: string, known: readonly string[]): string | null {
  if (known.includes(text)) return text;
  const lower = text.toLowerCase();
  return known.find((name) => name.toLowerCase() === lower) ?? null;
}

/** https://git-scm.com/docs/git-check-ref-format, with what `--branch` adds. */
function isBranchName(text: string): boolean {
  if (text === '' || text.length > MOST_NAME || text === '@' || text === 'HEAD') return false;
  if (/[\p{Cc}\p{Cs}\s~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.lock(?:\/|$)/u.test(text)) return false;
  return !/^[-/.]|[/.]$/.test(text);
}

function missing(shape: CommandShape, argument: ArgumentShape, { prefix }: ReadingFacts): ReadArguments {
  const usage = `${nameSpan(usageOf(shape, prefix))}, as in ${nameSpan(exampleOf(shape, prefix))}`;
  return { code: 'missing-argument', says: `It lacks ${argumentWords(argument)}: ${usage}.` };
}

function formatted(shape: CommandShape, { prefix }: ReadingFacts): ReadArguments {
  return invalid(`A command is read in plain text only, without emphasis, code, links and HTML: ${nameSpan(usageOf(shape, prefix))}.`);
}

/** With its full stop, where it is no question. */
export function sentence(text: string): string {
  return text.endsWith('?') ? text : `${text}.`;
}

function invalid(says: string): { readonly code: 'invalid-argument'; readonly says: string } {
  return { code: 'invalid-argument', says };
}
