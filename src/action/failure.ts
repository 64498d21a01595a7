// What kept a task from its answer, in words where people look for them: annotations, the summary, and an exit code that fails the step.

import { codeSpan, inlineText } from '../core/notes/markdown.ts';
import { GitHubProblem } from '../flows/github-port.ts';
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
  if (error instanceof GitHubProblem) return explainGitHub(error, step);
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

function explainGitHub({ kind, message }: GitHubProblem, step: Step): number {
  // The one refusal that no line of `permissions:` cures: docs.github.com, "Disabling or limiting GitHub Actions for your repository".
  const setting = /not permitted to create or approve pull requests/i.test(message)
    ? ' In the repository’s settings, under Actions, General, allow “GitHub Actions to create and approve pull requests”; an organization may have to allow it first. A token of a GitHub App in `github-token` does without.'
    : '';
  const stopped = step.env.INPUT_TASK?.trim() === 'release' && (kind === 'unavailable' || kind === 'rate-limited');
  const again = stopped ? ' Run the job again: it goes on where it stopped.' : '';
  return tellOne(step, GITHUB_TITLES[kind], `${message}${setting}${again}`, kind === 'misconfigured' ? EXIT.usage : EXIT.world);
}

const GITHUB_TITLES: Readonly<Record<GitHubProblem['kind'], string>> = {
  unauthorised: 'GitHub does not accept the token',
  forbidden: 'The token may not do this',
  'not-found': 'GitHub does not have this',
  'rate-limited': 'GitHub asks to wait',
  unavailable: 'GitHub could not answer',
  refused: 'GitHub refuses this',
  misconfigured: 'An address is wrong',
};

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

const HEADINGS: Readonly<Record<string, string>> = {
  release: 'Not released',
  classify: 'Not classified',
  gate: 'The gate stays shut',
};

function tell(step: Step, { title, notes, rows }: Words): void {
  step.annotate('error', notes);
  const list = rows.length === 1 ? rows : rows.map((row) => `- ${row}`);
  const lines = [
    `## ${HEADINGS[step.env.INPUT_TASK?.trim() ?? ''] ?? 'No plan'}`,
    '',
    '> [!CAUTION]',
    `> **${inlineText(title)}**`,
    '>',
    ...list.map((row) => `> ${row}`),
    '',
  ];
  try {
    step.summarise(lines.join('\n'));
  } catch (error) {
    // What is told here may be that these very files cannot be written.
    step.say(`The summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
