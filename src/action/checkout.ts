// The checkout that a step works on: where it is, its policy, and what the runner knows of it that the clone does not say.

import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { Repository } from '../core/notes/line.ts';
import type { Problem } from '../core/policy/file.ts';
import { DEFAULT_POLICY, type Policy } from '../core/policy.ts';
import type { GitPort, Remote } from '../flows/ports.ts';
import { readEvent } from './event.ts';
import { InputProblem } from './inputs.ts';

// Not imported by name, for the reason that step.ts gives.
const { readFileSync, realpathSync, statSync } = process.getBuiltinModule('node:fs');

const POLICY_PLACE = '.github/shiplock.yml';

/** The policy file is wrong. */
export class PolicyProblem extends Error {
  /** From the repository's root, as annotations want it. */
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(`${file} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}, so it is not used at all.`);
    this.file = file;
    this.problems = problems;
  }
}

export function workspaceOf(env: NodeJS.ProcessEnv): string {
  return resolve(env.GITHUB_WORKSPACE || '.');
}

/** The policy of the checkout, or the one at `path` within it. Throws `PolicyProblem` and `InputProblem`. */
export async function readPolicy(workspace: string, path: string | null): Promise<Policy> {
  const file = resolve(workspace, path ?? POLICY_PLACE);
  let text: string;
  try {
    // Where links lead counts, not what they are called: whoever writes the checkout must not have a file of the machine quoted to them.
    const real = realpathSync(file);
    if (!isWithin(realpathSync(workspace), real)) throw outside(path);
    if (!statSync(real).isFile()) throw new InputProblem(`The policy ${path ?? POLICY_PLACE} is not a file.`);
    text = readFileSync(real, 'utf8');
  } catch (error) {
    if (error instanceof InputProblem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (path === null && code === 'ENOENT') return DEFAULT_POLICY;
    if (!isWithin(workspace, file)) throw outside(path);
    const why = code === 'ENOENT' ? 'is not in the checkout' : `cannot be read (${code ?? 'for an unknown reason'})`;
    throw new InputProblem(
      `The policy ${path ?? POLICY_PLACE} ${why}. Set \`policy\` to a file from the root of the repository, and check out before this step.`,
    );
  }
  const name = relative(workspace, file).replaceAll(sep, '/');
  const { parsePolicy } = await import('../core/policy/file.ts');
  const parsed = parsePolicy(text, name);
  if (parsed.ok) return parsed.policy;
  throw new PolicyProblem(name, parsed.problems);
}

function outside(path: string | null): InputProblem {
  return new InputProblem(
    `The policy ${path ?? POLICY_PLACE} lies outside of the checkout. Set \`policy\` to a file from the root of the repository.`,
  );
}

function isWithin(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return path !== '' && !isAbsolute(path) && path !== '..' && !path.startsWith(`..${sep}`) && path.split(sep)[0] !== '.git';
}

/**
 * The git port with what the runner knows and the clone does not say: which branch a detached HEAD is of (actions/checkout detaches it for
 * pull requests and pinned commits), which branch is the default one, and where the repository is.
 */
export function gitOnRunner(git: GitPort, env: NodeJS.ProcessEnv): GitPort {
  return {
    ...git,
    readRemote: async (dir) => {
      const remote = await git.readRemote(dir);
      const known = remote === null ? repositoryOf(env) : null;
      return known === null ? remote : remoteOf(known);
    },
    readRefs: async (dir) => {
      const refs = await git.readRefs(dir);
      const queued = /^gh-readonly-queue\/(.+)\/pr-\d+-[0-9a-f]+$/.exec(refs.current ?? '')?.[1];
      return {
        ...refs,
        current: queued ?? refs.current ?? branchOf(env),
        defaultBranch: refs.defaultBranch ?? readEvent(env).defaultBranch,
      };
    },
  };
}

/** The branch that the run is about: of a pull request the one that it would be merged to; null for a tag. */
export function branchOf(env: NodeJS.ProcessEnv): string | null {
  const base = env.GITHUB_BASE_REF ?? '';
  if (base !== '') return base;
  return env.GITHUB_REF?.startsWith('refs/heads/') === true ? env.GITHUB_REF.slice('refs/heads/'.length) : null;
}

/**
 * In a container job the checkout belongs to another user than the step runs as, and git would refuse it. actions/checkout trusts its own
 * checkout for as long as it runs; so do we, for this folder and this process alone, and only where a runner says that it is its workspace.
 * git listens to it from 2.38 on (git-config(1), safe.directory); before, its refusal comes with what to do.
 */
export function trustWorkspace(env: NodeJS.ProcessEnv): void {
  const { GITHUB_ACTIONS, GITHUB_WORKSPACE, GIT_CONFIG_COUNT } = env;
  if (GITHUB_ACTIONS !== 'true' || GITHUB_WORKSPACE === undefined || GITHUB_WORKSPACE === '') return;
  const count = /^\d{1,6}$/.test(GIT_CONFIG_COUNT ?? '') ? Number(GIT_CONFIG_COUNT) : 0;
  const folders = new Set([resolve(GITHUB_WORKSPACE), realFolder(GITHUB_WORKSPACE)]);
  let index = count;
  for (const folder of folders) {
    env[`GIT_CONFIG_KEY_${index}`] = 'safe.directory';
    env[`GIT_CONFIG_VALUE_${index}`] = folder.replaceAll('\\', '/');
    index += 1;
  }
  env.GIT_CONFIG_COUNT = String(index);
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return resolve(folder);
  }
}

/** Where the repository's pages are, for links; null where the runner does not say. */
export function repositoryOf(env: NodeJS.ProcessEnv): Repository | null {
  const [, owner, name] = /^([\w.-]+)\/([\w.-]+)$/.exec(env.GITHUB_REPOSITORY ?? '') ?? [];
  const host = /^https:\/\/([A-Za-z0-9.-]+(?::\d{1,5})?)\/?$/.exec(env.GITHUB_SERVER_URL ?? 'https://github.com')?.[1];
  return owner === undefined || name === undefined || host === undefined ? null : { host, owner, name };
}

function remoteOf({ host, owner, name }: Repository): Remote {
  return { url: `https://${host}/${owner}/${name}`, host, owner, repository: name };
}
