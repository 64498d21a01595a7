// A command as people are shown it: how it is written, by an example, and who may.

import { type ArgumentShape, COMMANDS, type CommandShape, type Who } from '../command.ts';

/** `/hold ENV REASON`; with a prefix `/shiplock hold ENV REASON`. What may be left out is in brackets. */
export function usageOf(shape: CommandShape, prefix: string): string {
  return [start(prefix), ...heads(shape), ...shape.arguments.map(argumentText)].join(' ').replace('/ ', '/');
}

/** `/hold production the database is being moved`. */
export function exampleOf({ example }: CommandShape, prefix: string): string {
  return prefix === '' ? example : `${start(prefix)} ${example.slice(1)}`;
}

/** `/release publish`: without its arguments. */
export function nameOf(shape: CommandShape, prefix: string): string {
  return [start(prefix), ...heads(shape)].join(' ').replace('/ ', '/');
}

/** The commands of one name. */
export function shapesNamed(name: string): readonly CommandShape[] {
  return COMMANDS.filter((shape) => shape.name === name);
}

/** Who may, as the end of "it is for …". */
export function whoText(who: Who): string {
  return WHO[who];
}

/** What an argument is, in words: `an environment`. */
export function argumentWords(argument: ArgumentShape): string {
  if (argument.choices !== undefined) return `one of ${argument.choices.join(', ')}`;
  const other =
    argument.tags === true ? ', or the tag of a release' : argument.words === undefined ? '' : `, or ${argument.words.join(' or ')}`;
  return `${WORDS[argument.name] ?? `a ${argument.name}`}${other}`;
}

/** What stands for an argument: `ENV`, or the words to choose from. */
export function argumentText({ name, choices, optional }: ArgumentShape): string {
  const text = choices?.join('|') ?? (name === 'environment' ? 'ENV' : name.toUpperCase());
  return optional ? `[${text}]` : text;
}

function start(prefix: string): string {
  return `/${prefix}`;
}

function heads({ name, verb }: CommandShape): readonly string[] {
  return verb === null ? [name] : [name, verb];
}

const WHO: Readonly<Record<Who, string>> = {
  read: 'everyone who can read the repository',
  write: 'those with write access or more',
  maintain: 'those with the maintain role or more',
  admin: 'admins of the repository',
  approvers: 'those whose approval the environment’s gate counts',
};

const WORDS: Readonly<Record<string, string>> = {
  environment: 'an environment',
  version: 'a version',
  line: 'a line’s branch',
  until: 'a time',
  reason: 'a reason',
};
