// `/help`: the commands, what of them the author may, and the policy in force with the place where it was read.

import { helpText } from '../../core/command/help.ts';
import { type Line, lineOf } from '../../core/line.ts';
import { DEFAULT_POLICY, type Policy } from '../../core/policy.ts';
import { releaseBranch } from '../../core/release-pull.ts';
import { sayRange } from '../../core/version.ts';
import type { Scene } from '../github-port.ts';
import { POLICY_FILE, policyProblemLines } from '../policy-problem.ts';
import type { Answer, Ask } from './answer.ts';

export async function showHelp({ situation, errand, policy: { commands }, role }: Ask): Promise<Answer> {
  const scene = await situation.github.scene({ releaseBranch });
  const policy = await policyOf(situation, scene);
  const { branch } = scene;
  const from = { path: POLICY_FILE, branch: branch.name, sha: branch.sha, file: scene.policy !== null };
  const who = { login: errand.author.login, role };
  const lines = typeof policy === 'string' ? [] : linesOf(scene, policy);
  return { done: true, says: helpText({ policy, from, prefix: commands.prefix, who, lines }) };
}

async function policyOf({ readPolicy }: Ask['situation'], { policy }: Scene): Promise<Policy | string> {
  if (policy === null) return DEFAULT_POLICY;
  try {
    return await readPolicy(policy.text);
  } catch (error) {
    const problem = policyProblemLines(error);
    if (problem === null) throw error;
    return problem.lines.join('; ');
  }
}

function linesOf({ branches, repository }: Scene, { lines }: Policy): { readonly name: string; readonly says: string }[] {
  const facts = { lines, defaultBranch: repository.defaultBranch, branches };
  return branches.flatMap((name) => {
    const { line } = lineOf(name, facts);
    return line === null ? [] : [{ name, says: kindText(line) }];
  });
}

function kindText({ kind, prerelease, range }: Line): string {
  return kind === 'prerelease'
    ? `prereleases, ${prerelease ?? ''}`
    : kind === 'maintenance'
      ? `maintenance, ${sayRange(range)}`
      : 'main line';
}
