// The step's inputs as the runner hands them over (`INPUT_RELEASE-AS`), read once into what a task needs. action.yml describes them.

import { nearest } from '../core/nearest.ts';

export interface Inputs {
  readonly task: Task;
  /** The input `policy`; null where it was left empty, as for all of them. */
  readonly policy: string | null;
  readonly line: string | null;
  readonly releaseAs: string | null;
}

export const TASKS = ['plan'] as const;
export type Task = (typeof TASKS)[number];

/** Every input that action.yml declares. */
export const INPUTS = ['task', 'github-token', 'policy', 'line', 'release-as', 'dry-run'] as const;

/** An input is wrong; the message says how, and what would be right. */
export class InputProblem extends Error {}

/** Throws `InputProblem`. The token is left where it is: planning from a checkout needs none. */
export function readInputs(env: NodeJS.ProcessEnv): Inputs {
  readFlag(env, 'dry-run');
  const line = readInput(env, 'line')?.replace(/^refs\/heads\//, '') ?? null;
  return { task: readTask(env), policy: readInput(env, 'policy'), line, releaseAs: readInput(env, 'release-as') };
}

function readInput(env: NodeJS.ProcessEnv, name: (typeof INPUTS)[number]): string | null {
  const value = env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
  return value === '' ? null : value;
}

function readTask(env: NodeJS.ProcessEnv): Task {
  const word = readInput(env, 'task') ?? 'plan';
  const known = TASKS.find((task) => task === word);
  if (known !== undefined) return known;
  const tasks = TASKS.map((task) => `\`${task}\``).join(', ');
  if (LATER.includes(word)) {
    throw new InputProblem(`The task \`${word}\` is not in this version of the Action, which has ${tasks}. Set \`task\` to one of these.`);
  }
  const meant = nearest(word, TASKS);
  const hint = meant === null ? `Set \`task\` to one of: ${tasks}.` : `Did you mean \`${meant}\`?`;
  throw new InputProblem(`There is no task \`${word.slice(0, 60)}\`. ${hint}`);
}

/** Tasks that people know of and a later version has. */
const LATER: readonly string[] = ['classify', 'release', 'gate'];

/** Booleans are written as in YAML 1.2's core schema, which is what actions/toolkit's getBooleanInput takes. */
function readFlag(env: NodeJS.ProcessEnv, name: (typeof INPUTS)[number]): boolean {
  const value = readInput(env, name) ?? 'false';
  if (/^(?:true|True|TRUE)$/.test(value)) return true;
  if (/^(?:false|False|FALSE)$/.test(value)) return false;
  throw new InputProblem(`The input \`${name}\` is ${JSON.stringify(value.slice(0, 60))}. Set it to \`true\` or \`false\`.`);
}
