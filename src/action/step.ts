// The step as the runner sees it: its log, annotations, outputs and summary. Run by hand, without the runner's files, it prints instead.

import { annotationCommand, type Level, logLine, outputsText, type Place } from './commands.ts';

/** As the command line's: 1 the answer is no, 2 wrong inputs or policy, 3 the world failed. To the runner all but 0 are a failed step. */
export const EXIT = { done: 0, no: 1, usage: 2, world: 3 } as const;

export interface Note extends Place {
  readonly message: string;
}

export interface Step {
  readonly env: NodeJS.ProcessEnv;
  /** One line of the log. */
  say(text: string): void;
  /** Annotations of one level; where they are more than GitHub shows, the last one says so. */
  annotate(level: Level, notes: readonly Note[]): void;
  setOutputs(outputs: Readonly<Record<string, string>>): void;
  /** Adds Markdown to the job's summary. */
  summarise(markdown: string): void;
}

/** GitHub shows ten annotations of a level a step, and drops the rest without a word (docs.github.com, "Usage limits"). */
const MOST_ANNOTATIONS = 10;

// Importing node:fs by name makes Node load its streams too, which is a tenth of a plan's time; nothing here needs them.
const { appendFileSync } = process.getBuiltinModule('node:fs');

export function stepOf(env: NodeJS.ProcessEnv, stdout: { write(text: string): unknown }): Step {
  const write = (line: string) => stdout.write(`${line}\n`);
  return {
    env,
    say: (text) => write(logLine(text)),
    annotate: (level, notes) => {
      const shown = notes.length > MOST_ANNOTATIONS ? notes.slice(0, MOST_ANNOTATIONS - 1) : notes;
      for (const { message, ...place } of shown) write(annotationCommand(level, message, place));
      const left = notes.slice(shown.length);
      if (left.length > 0) write(annotationCommand(level, `and ${left.length} more, which the log and the job's summary have.`));
      for (const { message } of left) write(logLine(`- ${message}`));
    },
    setOutputs: (outputs) => {
      const file = env.GITHUB_OUTPUT;
      if (file !== undefined && file !== '') appendFileSync(file, outputsText(outputs, randomText));
      else for (const [name, value] of Object.entries(outputs)) write(logLine(`${name}: ${briefly(value)}`));
    },
    summarise: (markdown) => {
      const file = env.GITHUB_STEP_SUMMARY;
      if (file !== undefined && file !== '') appendFileSync(file, markdown);
      else for (const line of markdown.split('\n')) write(logLine(line));
    },
  };
}

function briefly(value: string): string {
  return value.length > 300 || value.includes('\n') ? `(${value.length} characters)` : value;
}

/** A value cannot hold it, however it was guessed, because it is looked for in the value: loading node:crypto for it would add nothing. */
function randomText(): string {
  return Math.random().toString(36).slice(2);
}
