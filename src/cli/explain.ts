// What went wrong, in words: a clone or policy that cannot be read is the user's to mend; anything else is ours and says so.

import type { GitHubProblem } from '../flows/github-port.ts';
import type { GitProblem } from '../flows/ports.ts';
import type { UsageProblem } from './arguments.ts';
import type { PolicyProblems } from './policy.ts';
import { EXIT, type Terminal } from './terminal.ts';

/** Prints the words and gives the exit code. */
export function explain(error: unknown, terminal: Terminal): number {
  if (isNamed<UsageProblem>(error, 'UsageProblem')) {
    terminal.warn(error.message);
    return EXIT.usage;
  }
  if (isNamed<PolicyProblems>(error, 'PolicyProblems')) {
    for (const line of error.lines) terminal.warn(line);
    return EXIT.usage;
  }
  if (isNamed<GitProblem>(error, 'GitProblem')) {
    terminal.warn(error.message);
    return error.kind === 'unknown-ref' ? EXIT.usage : EXIT.world;
  }
  if (isNamed<GitHubProblem>(error, 'GitHubProblem')) {
    terminal.warn(error.message);
    return error.kind === 'misconfigured' || error.kind === 'unauthorised' ? EXIT.usage : EXIT.world;
  }
  const { code, path, message } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    terminal.warn(`${path === undefined ? 'A file' : path} cannot be used: ${message}`);
    return EXIT.world;
  }
  terminal.warn('shiplock made a mistake of its own. Please report this, with the command that you ran:');
  terminal.warn(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.world;
}

/** By its name: files of dist/ that are loaded late have classes of their own for the same problems. */
function isNamed<T extends Error>(error: unknown, name: T['name']): error is T {
  return error instanceof Error && error.name === name;
}
