// Reading the command line with node:util's parseArgs, from the one table of commands; unknown words are answered with what was meant.

import { parseArgs } from 'node:util';
import { nearest } from '../core/nearest.ts';
import type { Terminal } from './terminal.ts';

export interface Option {
  readonly type: 'string' | 'boolean';
  /** What stands for the value in the help: `DIR`. */
  readonly value?: string;
  readonly says: string;
  readonly short?: string;
}

/** By the names of the options, and of the words after the command that are none. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

export interface Command {
  readonly name: string;
  readonly says: string;
  readonly options: Readonly<Record<string, Option>>;
  /** Words that it needs besides the options, in their order: `file` for FILE. */
  readonly words?: readonly string[];
  readonly examples: readonly string[];
  readonly load: () => Promise<{ run: (values: Values, terminal: Terminal) => Promise<number> | number }>;
}

export type Call =
  | { readonly kind: 'run'; readonly command: Command; readonly values: Values }
  | { readonly kind: 'help'; readonly command: Command | null }
  | { readonly kind: 'version' };

/** The command line is wrong; the message says how, and what would be right. */
export class UsageProblem extends Error {
  // Known by its name, not its class: a command in a file of its own in dist/ throws one of another class.
  override readonly name = 'UsageProblem';
}

/** Throws `UsageProblem`. */
export function readArguments(argv: readonly string[], commands: readonly Command[]): Call {
  const [first, ...rest] = argv;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', command: null };
  if (first === 'help') return { kind: 'help', command: rest[0] === undefined ? null : find(rest[0], commands) };
  if (first === '--version' || first === '-v') return { kind: 'version' };
  const command = find(first, commands);
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', command };
  return { kind: 'run', command, values: readOptions(rest, command) };
}

function find(name: string, commands: readonly Command[]): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const meant = nearest(
    name,
    commands.map((command) => command.name),
  );
  const hint = meant === null ? `Commands: ${commands.map((command) => command.name).join(', ')}.` : `Did you mean \`${meant}\`?`;
  throw new UsageProblem(`shiplock has no command \`${name.slice(0, 60)}\`. ${hint} See \`shiplock --help\`.`);
}

function readOptions(argv: readonly string[], command: Command): Values {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {};
  for (const [name, option] of Object.entries(command.options)) {
    options[name] = { type: option.type, ...(option.short === undefined ? {} : { short: option.short }) };
  }
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: true });
    for (const [name, value] of Object.entries(values)) {
      if (value === '') throw new UsageProblem(`--${name} needs a value. ${seeHelp(command)}`);
    }
    return { ...values, ...readWords(positionals, command) };
  } catch (error) {
    if (error instanceof UsageProblem) throw error;
    throw new UsageProblem(explainParse(error, argv, command));
  }
}

function readWords(given: readonly string[], command: Command): Readonly<Record<string, string>> {
  const { name, words = [] } = command;
  const extra = given[words.length];
  if (extra !== undefined) {
    const no = words.length === 0 ? 'no' : 'no second';
    throw new UsageProblem(`\`${name}\` takes ${no} word \`${extra.slice(0, 60)}\`. ${seeHelp(command)}`);
  }
  return Object.fromEntries(
    words.map((word, index) => {
      const value = given[index];
      if (value === undefined || value === '') {
        throw new UsageProblem(`\`${name}\` needs ${word.toUpperCase()}, as in \`${command.examples[0] ?? name}\`. ${seeHelp(command)}`);
      }
      return [word, value];
    }),
  );
}

function explainParse(error: unknown, argv: readonly string[], command: Command): string {
  const { code, message } = error as { code?: string; message: string };
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const known = Object.keys(command.options);
    const word =
      argv.find((one) => one.startsWith('--') && !known.includes(one.slice(2).split('=')[0] ?? '')) ??
      argv.find((one) => one.startsWith('-')) ??
      '';
    const meant = nearest(word.replace(/^-+/, '').split('=')[0] ?? '', known);
    const hint = meant === null ? seeHelp(command) : `Did you mean --${meant}?`;
    return `\`${command.name}\` has no option ${word.slice(0, 60)}. ${hint}`;
  }
  return `${message.split('.')[0] ?? message}. ${seeHelp(command)}`;
}

function seeHelp(command: Command): string {
  return `See \`shiplock ${command.name} --help\`.`;
}
