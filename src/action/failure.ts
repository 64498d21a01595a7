// What kept a task from its answer, in words where people look for them: annotations, the summary, and an exit code that fails the step.

import { codeSpan, inlineText } from '../core/markdown.ts';
import { GitProblem } from '../flows/ports.ts';
import { PolicyProblem } from './checkout.ts';
import { InputProblem } from './inputs.ts';
import { EXIT, type Note, type Step } from './step.ts';

/** Says what happened and gives the exit code. */
export function explain(error: unknown, step: Step): number {
  if (error instanceof PolicyProblem) {
    const { file, problems } = error;
    tell(step, {
      title: error.message,
      notes: problems.map(({ line, column, path, says }) => {
        return { file, line, col: column, title: 'Policy', message: path === '' ? says : `${path}: ${says}` };
      }),
      rows: problems.map(({ line, column, path, says }) => {
        return `${codeSpan(`${line}:${column}`)} ${path === '' ? '' : `${inlineText(path)}: `}${inlineText(says, 1_000)}`;
      }),
    });
    return EXIT.usage;
  }
  if (error instanceof InputProblem) return tellOne(step, 'An input is wrong', error.message, EXIT.usage);
  if (error instanceof GitProblem) {
    const wrong = error.kind === 'unknown-ref';
    return tellOne(step, wrong ? 'git does not know this' : 'git could not answer', error.message, wrong ? EXIT.usage : EXIT.world);
  }
  const { code, message, path } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return tellOne(step, 'A file cannot be used', `${path ?? 'A file'} cannot be used: ${message}.`, EXIT.world);
  }
  if (error instanceof Error) for (const line of (error.stack ?? '').split('\n')) step.say(line);
  return tellOne(
    step,
    'A mistake of its own',
    `Shiplock made a mistake: ${message ?? String(error)}. Please report it with this log.`,
    EXIT.world,
  );
}

interface Words {
  readonly title: string;
  readonly notes: readonly Note[];
  /** Lines of Markdown. */
  readonly rows: readonly string[];
}

function tellOne(step: Step, title: string, message: string, exit: number): number {
  tell(step, { title, notes: [{ title, message }], rows: [inlineText(message, 2_000)] });
  return exit;
}

function tell(step: Step, { title, notes, rows }: Words): void {
  step.annotate('error', notes);
  const list = rows.length === 1 ? rows : rows.map((row) => `- ${row}`);
  const lines = ['## No plan', '', '> [!CAUTION]', `> **${inlineText(title)}**`, '>', ...list.map((row) => `> ${row}`), ''];
  try {
    step.summarise(lines.join('\n'));
  } catch (error) {
    // What is told here may be that these very files cannot be written.
    step.say(`The summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
