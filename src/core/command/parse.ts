// A comment → the commands that its author gives, or what is wrong with them. A line is a command where it begins with one of our words
// and the author says it (spoken.ts); whatever begins with another word belongs to another bot. All or nothing: one problem, no calls.

import { COMMANDS, type CommandCall, type CommandProblem, type CommandShape, type ParsedComment } from '../command.ts';
import { nameSpan } from '../summary/page.ts';
import { type ReadingFacts, readArguments, sentence, tokenAt } from './arguments.ts';
import { contradictionIn, withoutRepeats } from './contradictions.ts';
import { meantBy } from './misspelt.ts';
import { lineAt } from './segments.ts';
import { type SpokenLine, spokenLines } from './spoken.ts';
import { shapesNamed, usageOf } from './usage.ts';

/** GitHub's own limit, and how many commands one comment may give. */
const MOST_CHARACTERS = 65_536;
const MOST_COMMANDS = 10;

export function parseComment(body: string, options: ReadingFacts): ParsedComment {
  const starts = startsIn(body, options.prefix);
  const first = starts[0];
  if (first === undefined) return NOTHING;
  if (body.length > MOST_CHARACTERS) return { calls: [], problems: [unreadable(body, first)] };
  const { lines, lost } = spokenLines(body, starts);
  const read = lines.flatMap((line) => readCommand(line, options) ?? []);
  const problems = read.filter((one) => 'code' in one);
  if (lost !== null) problems.push(unreadable(body, lost));
  if (read.length > MOST_COMMANDS) return { calls: [], problems: [tooMany(lines)] };
  if (problems.length > 0) return { calls: [], problems };
  const calls = withoutRepeats(read.filter((one) => 'shape' in one));
  const conflict = contradictionIn(calls);
  if (conflict === null) return { calls, problems };
  const { one, other, why } = conflict;
  const says = `It cannot be meant together with ${nameSpan(one.text)}: ${why}. None of them was run; write the one that you mean in a new comment.`;
  return { calls: [], problems: [{ code: 'contradiction', text: other.text, says }] };
}

const NOTHING: ParsedComment = { calls: [], problems: [] };
const NAMES: readonly string[] = [...new Set(COMMANDS.map((shape) => shape.name))];
/** Words that a comment may have compared with ours, each once. */
const MOST_COMPARED = 200;

/** Where lines begin that may be commands, cheaply: most comments hold none and are looked at no further. */
function startsIn(body: string, prefix: string): number[] {
  const ours = prefix === '' ? NAMES : [prefix];
  const words = new Map<string, boolean>();
  const starts: number[] = [];
  for (const found of body.matchAll(/(?:^|[\r\n]) {0,3}\/([^\s/]{1,40})(?=\s|$)/g)) {
    const word = (found[1] ?? '').toLowerCase();
    let known = words.get(word);
    if (known === undefined) {
      known = ours.includes(word) || (words.size < MOST_COMPARED && meantBy(word, ours) !== null);
      words.set(word, known);
    }
    if (known) starts.push(found.index + found[0].length - (found[1] ?? '').length - 1);
  }
  return starts;
}

type Read = CommandCall | CommandProblem;

/** Null: the line belongs to somebody else. */
function readCommand(line: SpokenLine, facts: ReadingFacts): Read | null {
  const { text } = line;
  const { prefix } = facts;
  const head = tokenAt(text, 1);
  if (head === null || head.end > line.plain) return null;
  if (prefix === '') return readNamed(line, head.text, head.end, facts);
  if (head.text.toLowerCase() !== prefix) {
    return problem(line, 'unknown-command', `There is no ${nameSpan(`/${head.text}`)}: did you mean ${nameSpan(`/${prefix}`)}?`);
  }
  const name = tokenAt(text, head.end);
  if (name === null) return problem(line, 'missing-argument', `It lacks a command: ${nameSpan(`/${prefix} help`)} shows them all.`);
  return readNamed(line, name.text, name.end, facts);
}

function readNamed(line: SpokenLine, word: string, end: number, facts: ReadingFacts): Read {
  const { prefix } = facts;
  const shapes = shapesNamed(word.toLowerCase());
  const [shape] = shapes;
  if (shape === undefined) {
    const meant = meantBy(word, NAMES);
    const said = nameSpan(prefix === '' ? `/${word}` : `/${prefix} ${word}`);
    const start = prefix === '' ? '/' : `/${prefix} `;
    const hint = meant === null ? `${nameSpan(`${start}help`)} shows them all` : `did you mean ${nameSpan(start + meant)}?`;
    return problem(line, 'unknown-command', sentence(`There is no ${said}: ${hint}`));
  }
  if (end > line.plain) return problem(line, 'invalid-argument', PLAIN_ONLY);
  if (shape.verb === null) return withArguments(shape, line, end, facts);
  const verb = tokenAt(line.text, end);
  if (verb === null) return problem(line, 'missing-argument', `It lacks what to do: ${listed(shapes, prefix)}.`);
  const lower = verb.text.toLowerCase();
  const chosen = shapes.find((one) => one.verb === lower);
  if (chosen !== undefined && verb.end <= line.plain) return withArguments(chosen, line, verb.end, facts);
  if (verb.end > line.plain) return problem(line, 'invalid-argument', PLAIN_ONLY);
  const meant = meantBy(
    verb.text,
    shapes.flatMap((one) => one.verb ?? []),
  );
  const hint = meant === null ? `there are ${listed(shapes, prefix)}` : `did you mean ${nameSpan(meant)}?`;
  return problem(line, 'unknown-command', sentence(`${nameSpan(verb.text)} is nothing that ${nameSpan(`/${shape.name}`)} does: ${hint}`));
}

const PLAIN_ONLY = 'A command is read in plain text only, without emphasis, code, links and HTML.';

function withArguments(shape: CommandShape, line: SpokenLine, end: number, facts: ReadingFacts): Read {
  const read = readArguments(shape, line, end, facts);
  return 'values' in read ? { shape, arguments: read.values, text: line.text } : problem(line, read.code, read.says);
}

function problem({ text }: SpokenLine, code: CommandProblem['code'], says: string): CommandProblem {
  return { code, text, says };
}

function listed(shapes: readonly CommandShape[], prefix: string): string {
  return shapes.map((shape) => nameSpan(usageOf(shape, prefix))).join(', ');
}

function tooMany(lines: readonly SpokenLine[]): CommandProblem {
  const text = lines[MOST_COMMANDS]?.text ?? '';
  return { code: 'too-many', text, says: `A comment gives at most ${MOST_COMMANDS} commands. None of them was run; write fewer.` };
}

function unreadable(body: string, at: number): CommandProblem {
  const text = body.slice(at, lineAt(body, at)[0]).slice(0, 500).trimEnd();
  const says =
    'The comment is too long or too nested to tell for sure whether this line is a command or part of a quotation. Write it in a comment of its own.';
  return { code: 'unreadable', text, says };
}
