// The step's inputs as the runner hands them over (`INPUT_RELEASE-AS`), read once into what a task needs. action.yml describes them.

import { nearest } from '../core/nearest.ts';

export interface Inputs {
  readonly task: Task;
  /** The input `policy`; null where it was left empty, as for all of them. */
  readonly policy: string | null;
  readonly line: string | null;
  readonly releaseAs: string | null;
  readonly environment: string | null;
  readonly waitMinutes: number;
  readonly dryRun: boolean;
}

export const TASKS = ['plan', 'classify', 'release', 'gate'] as const;
export type Task = (typeof TASKS)[number];

/** Every input that action.yml declares. */
export const INPUTS = ['task', 'github-token', 'policy', 'line', 'release-as', 'environment', 'wait-minutes', 'dry-run'] as const;

/** An input is wrong; the message says how, and what would be right. */
export class InputProblem extends Error {}

/** Throws `InputProblem`. The token is left where it is: planning from a checkout needs none. */
export function readInputs(env: NodeJS.ProcessEnv): Inputs {
  const inputs: Inputs = {
    task: readTask(env),
    policy: readInput(env, 'policy'),
    line: readInput(env, 'line')?.replace(/^refs\/heads\//, '') ?? null,
    releaseAs: readInput(env, 'release-as'),
    environment: readInput(env, 'environment'),
    waitMinutes: readMinutes(env, 'wait-minutes'),
    dryRun: readFlag(env, 'dry-run'),
  };
  // Rules that a pull request could bring along would be no rules for it: https://docs.github.com/en/actions, "Securely using pull_request_target".
  if (inputs.task !== 'plan' && inputs.policy !== null) {
    throw new InputProblem(
      `\`policy\` is for the task \`plan\`. The task \`${inputs.task}\` reads .github/shiplock.yml of the default branch from GitHub, so that nobody can change the rules together with what they are for. Leave \`policy\` out.`,
    );
  }
  return inputs;
}

/** The token for GitHub's API. Throws `InputProblem`. */
export function readToken(env: NodeJS.ProcessEnv): string {
  const token = readInput(env, 'github-token');
  if (token !== null) return token;
  throw new InputProblem(
    'There is no token: `github-token` is empty. Leave it out to use the token of the workflow, or check the secret that it comes from.',
  );
}

export function hasToken(env: NodeJS.ProcessEnv): boolean {
  return readInput(env, 'github-token') !== null;
}

function readInput(env: NodeJS.ProcessEnv, name: (typeof INPUTS)[number]): string | null {
  const value = env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
  return value === '' ? null : value;
}

function readTask(env: NodeJS.ProcessEnv): Task {
  const word = readInput(env, 'task') ?? 'plan';
  const known = TASKS.find((task) => task === word);
  if (known !== undefined) return known;
  const meant = nearest(word, TASKS);
  const hint = meant === null ? `Set \`task\` to one of: ${TASKS.map((task) => `\`${task}\``).join(', ')}.` : `Did you mean \`${meant}\`?`;
  throw new InputProblem(`There is no task \`${word.slice(0, 60)}\`. ${hint}`);
}

/** Booleans are written as in YAML 1.2's core schema, which is what actions/toolkit's getBooleanInput takes. */
function readFlag(env: NodeJS.ProcessEnv, name: (typeof INPUTS)[number]): boolean {
  const value = readInput(env, name) ?? 'false';
  if (/^(?:true|True|TRUE)$/.test(value)) return true;
  if (/^(?:false|False|FALSE)$/.test(value)) return false;
  throw new InputProblem(`The input \`${name}\` is ${JSON.stringify(value.slice(0, 60))}. Set it to \`true\` or \`false\`.`);
}

/** The token of a workflow lives for a day at most (docs.github.com, "GITHUB_TOKEN"). */
const MOST_MINUTES = 24 * 60;

function readMinutes(env: NodeJS.ProcessEnv, name: (typeof INPUTS)[number]): number {
  const value = readInput(env, name) ?? '0';
  const minutes = /^\d{1,5}(?:\.\d{1,3})?$/.test(value) ? Number(value) : Number.NaN;
  if (minutes <= MOST_MINUTES) return minutes;
  throw new InputProblem(
    `The input \`${name}\` is ${JSON.stringify(value.slice(0, 60))}. Set it to a number of minutes from 0 to ${MOST_MINUTES}.`,
  );
}
