// GitHub for the tasks that ask it: the port to the repository that the workflow runs for, with the step's token, and its policy.

import type { Policy } from '../core/policy.ts';
import type { GateEyes } from '../flows/gate/gate.ts';
import type { GitHubPort } from '../flows/github-port.ts';
import { actionEndpoints } from '../github/endpoints.ts';
import { gatesAt } from '../github/gates.ts';
import { connect, type GitHubOptions, placeOf, portAt } from '../github/github.ts';
import { readOpenPulls } from '../github/open-pulls.ts';
import { readRole } from '../github/roles.ts';
import { PolicyProblem, repositoryOf } from './checkout.ts';
import { InputProblem, readToken } from './inputs.ts';
import type { Step } from './step.ts';

/** Throws `InputProblem` and `GitHubProblem`. */
export function gitHubOf(step: Step): GitHubPort {
  return connect(optionsOf(step));
}

/** All that a gate looks at, over one client. Throws likewise. */
export function gateEyesOf(step: Step): GateEyes {
  const options = optionsOf(step);
  const place = placeOf(options);
  return {
    github: portAt(place, options),
    gates: gatesAt(place),
    roleOf: (login) => readRole(place, login),
    openPulls: (sha) => readOpenPulls(place, sha),
  };
}

function optionsOf({ env, say }: Step): GitHubOptions {
  const repository = repositoryOf(env);
  if (repository === null) {
    throw new InputProblem('GITHUB_REPOSITORY does not say which repository this is. A runner sets it; by hand, set it to `owner/name`.');
  }
  const { owner, name } = repository;
  const { api, graphql } = actionEndpoints(env);
  return { api, graphql, token: readToken(env), owner, name, progress: say };
}

const POLICY_FILE = '.github/shiplock.yml';

/** Reads the policy of the default branch. Throws `PolicyProblem`. */
export async function readRemotePolicy(text: string): Promise<Policy> {
  const { parsePolicy } = await import('../core/policy/file.ts');
  const parsed = parsePolicy(text, POLICY_FILE);
  if (parsed.ok) return parsed.policy;
  throw new PolicyProblem(POLICY_FILE, parsed.problems);
}
