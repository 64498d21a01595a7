// The policy as the App's journeys read it, and a policy that cannot be read: a flow does not parse, but it tells people what is wrong
// where they look.

import type { Problem } from '../core/policy/file.ts';
import type { Policy } from '../core/policy.ts';

export const POLICY_FILE = '.github/shiplock.yml';

/** The policy is then not used at all. */
export class PolicyProblem extends Error {
  /** From the repository's root. */
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(`${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}, so it is not used at all.`);
    this.name = 'PolicyProblem';
    this.file = file;
    this.problems = problems;
  }
}

/** A `readPolicy`. Throws `PolicyProblem`. The parser is loaded by whoever has a policy to read. */
export async function readPolicyText(text: string): Promise<Policy> {
  const { parsePolicy } = await import('../core/policy/file.ts');
  const parsed = parsePolicy(text, POLICY_FILE);
  if (parsed.ok) return parsed.policy;
  throw new PolicyProblem(POLICY_FILE, parsed.problems);
}

/** What is wrong with the policy, one line each as compilers write them; null where the error is another. */
export function policyProblemLines(error: unknown): { readonly file: string; readonly lines: readonly string[] } | null {
  if (!isPolicyProblem(error)) return null;
  const { file, problems } = error;
  return {
    file,
    lines: problems.map(({ line, column, path, says }) => `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${says}`),
  };
}

/** By its shape: each shell may read the policy in a way of its own. */
function isPolicyProblem(error: unknown): error is Pick<PolicyProblem, 'file' | 'problems'> {
  return (
    error instanceof Error && 'file' in error && 'problems' in error && typeof error.file === 'string' && Array.isArray(error.problems)
  );
}
