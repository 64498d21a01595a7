// git's exit and its words on stderr → a problem that a person can act on: what happened, why, and what to do next.
import { GitProblem } from '../flows/ports.ts';

export interface Failure {
  readonly dir: string;
  /** git's subcommand. */
  readonly command: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Reads stderr as LC_ALL=C has it. */
export function problemOf(stderr: string, failure: Failure): GitProblem {
  const { command, code, signal } = failure;
  // A dot would read as the end of the sentence.
  const dir = failure.dir === '.' ? 'this folder' : failure.dir;
  const said = plain(stderr);
  if (/cannot use bare repository/.test(said)) {
    return new GitProblem(
      'unsafe-repository',
      `git is told not to read bare repositories such as ${dir}. Use a clone with a working tree, or run \`git config --global safe.bareRepository all\`.`,
    );
  }
  if (/detected dubious ownership|unsafe repository/.test(said)) {
    const where = /(?:repository (?:in|at) |unsafe repository \()'([^'\n]+)'/.exec(said)?.[1] ?? dir;
    return new GitProblem(
      'unsafe-repository',
      `git refuses ${where}: it belongs to another user. If you trust it, run \`git config --global --add safe.directory ${where}\` and try again (in a container job, in a step before this one).`,
    );
  }
  if (/cannot change to '/.test(said)) {
    return new GitProblem('no-repository', `There is no folder ${dir}, or it cannot be opened. Name the folder of a git clone.`);
  }
  if (/not a git repository/.test(said)) {
    return new GitProblem(
      'no-repository',
      `There is no git repository in ${dir}. Run this inside a clone, or name one; in a workflow, run actions/checkout first.`,
    );
  }
  if (/does not have any commits yet|bad revision 'HEAD'|ambiguous argument 'HEAD'/.test(said)) {
    return new GitProblem('empty-repository', `The branch that is checked out in ${dir} has no commits yet. Commit something first.`);
  }
  const unknown =
    /(?:bad revision|bad object|ambiguous argument|invalid object name|valid object name|malformed object name) '?([^'\n]+?)'?(?::|$)/m.exec(
      said,
    );
  if (unknown !== null) {
    return new GitProblem(
      'unknown-ref',
      `${unknown[1]} is not a commit in ${dir}. Check the name; if it is on the server only, run \`git fetch --tags\`.`,
      unknown[1],
    );
  }
  if (/promisor|lazy fetching disabled|transport '[^'\n]*' not allowed|unable to read/.test(said)) {
    return new GitProblem(
      'failed',
      `Objects are missing in ${dir} that \`git ${command}\` needs. In a partial clone (--filter), run \`git fetch --refetch --no-filter\`, or clone without a filter; otherwise \`git fsck\` shows the damage.`,
    );
  }
  const why = signal !== null ? `it was ended by ${signal}` : `it ended with code ${code}`;
  const words = said.split('\n').find((line) => /^(?:fatal|error)/.test(line)) ?? said.split('\n')[0] ?? '';
  return new GitProblem(
    'failed',
    `\`git ${command}\` failed in ${dir}: ${words === '' ? why : words}. Run \`git fsck\` if this looks like damage.`,
  );
}

/** What a shallow clone cannot answer, and what to do about it. */
export function shallowProblem(range: string, boundary: readonly string[]): GitProblem {
  const at = boundary.slice(0, 3).map((sha) => sha.slice(0, 10));
  return new GitProblem(
    'shallow',
    `This clone is shallow: the history of ${range} is cut off at ${at.join(', ')}${boundary.length > 3 ? ', …' : ''}, so changes would be missed. ` +
      'With actions/checkout set `fetch-depth: 0`; elsewhere run `git fetch --unshallow --tags`.',
  );
}

/** Without control characters: git repeats names that others chose. */
function plain(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '').trim();
}
