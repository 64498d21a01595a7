// Which repository on GitHub a command is about and with which token it asks, as the command line and the environment say.

import { actionEndpoints } from '../github/endpoints.ts';
import type { GitHubOptions } from '../github/github.ts';
import { UsageProblem, type Values } from './arguments.ts';
import type { Terminal } from './terminal.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Throws `UsageProblem` and `GitHubProblem`. */
export function gitHubOptionsOf(values: Values, env: Environment, terminal: Pick<Terminal, 'progress'>): GitHubOptions {
  const { owner, name } = repositoryNamed(values.repo, env);
  const { api, graphql } = actionEndpoints(env);
  return { api, graphql, token: tokenIn(env), owner, name, progress: terminal.progress };
}

function repositoryNamed(written: unknown, env: Environment): { readonly owner: string; readonly name: string } {
  const given = typeof written === 'string' ? written : (env.GITHUB_REPOSITORY ?? '');
  const [, owner, name] = /^([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/([A-Za-z0-9._-]{1,100})$/.exec(given.trim()) ?? [];
  if (owner !== undefined && name !== undefined && !/^\.{1,2}$/.test(name)) return { owner, name };
  const what = given === '' ? 'Which repository? Name it' : `${given.slice(0, 60)} is no repository on GitHub. Name one`;
  throw new UsageProblem(`${what} with --repo OWNER/NAME, or in GITHUB_REPOSITORY.`);
}

function tokenIn(env: Environment): string {
  const token = env.GITHUB_TOKEN?.trim() || env.GH_TOKEN?.trim();
  if (token) return token;
  throw new UsageProblem('GitHub is asked with a token: set GITHUB_TOKEN or GH_TOKEN, for instance to what `gh auth token` prints.');
}
