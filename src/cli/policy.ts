// Finding and reading the policy file. Without one the defaults hold, and no parser is loaded.

// Read at once, not by promises: for three small files those cost more than they spare.
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DEFAULT_POLICY, type Policy } from '../core/policy.ts';
import { UsageProblem } from './arguments.ts';

const PLACE = '.github/shiplock.yml';

/** The policy file is wrong; a line for each problem, with its place. */
export class PolicyProblems extends Error {
  override readonly name = 'PolicyProblems';
  readonly lines: readonly string[];
  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

/** Reads `file`, or the clone's own policy if there is one. Throws `PolicyProblems`. */
export async function loadPolicy(file: string | undefined, dir: string): Promise<Policy> {
  const path = file ?? findPolicy(dir);
  if (path === null) return DEFAULT_POLICY;
  let text: string;
  try {
    text = readBounded(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageProblem(`The policy ${path} cannot be read (${code ?? 'unknown reason'}). Name another with --policy.`);
  }
  const { parsePolicy, problemLines } = await import('../core/policy/file.ts');
  const parsed = parsePolicy(text, path);
  if (parsed.ok) return parsed.policy;
  throw new PolicyProblems(problemLines(parsed.problems, path));
}

/** More than any policy may hold, so that what is cut off is refused for its length. */
const READ_AT_MOST = 4 * 1024 * 1024;

/** The file, however it was named: a repository may hold a link to something without end, such as /dev/zero. */
function readBounded(path: string): string {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let length = 0; length < READ_AT_MOST; ) {
      const part = Buffer.allocUnsafe(65_536);
      const read = readSync(file, part);
      if (read === 0) break;
      parts.push(part.subarray(0, read));
      length += read;
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    closeSync(file);
  }
}

/** The policy of the working tree that holds `dir`, looked for no further up than the repository's root. */
function findPolicy(dir: string): string | null {
  let folder = resolve(dir);
  for (;;) {
    const path = join(folder, PLACE);
    if (existsSync(path)) return path;
    const parent = dirname(folder);
    if (parent === folder || existsSync(join(folder, '.git'))) return null;
    folder = parent;
  }
}
