// A port on the world as tests use it: its waits are counted and take no time.
import type { GitHubPort } from '../../src/flows/github-port.ts';
import { connect, type GitHubOptions } from '../../src/github/github.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import type { World } from '../support/github/world.ts';

export interface TestPort {
  readonly github: GitHubPort;
  /** Milliseconds of each wait. */
  readonly waits: number[];
  readonly said: string[];
}

const ALL = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'read',
  statuses: 'read',
  metadata: 'read',
} as const;

export function portOf(world: World, repository: RepositoryStory, options: Partial<GitHubOptions> = {}): TestPort {
  const waits: number[] = [];
  const said: string[] = [];
  const github = connect({
    api: world.url,
    token: world.githubToken(repository, ALL),
    owner: repository.owner,
    name: repository.repo,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    progress: (says) => said.push(says),
    ...options,
  });
  return { github, waits, said };
}

/** The problem that a call ends in; fails where it does not. */
export async function problemOf(
  call: Promise<unknown>,
): Promise<{ kind?: string; status?: number | null; message: string; until?: string | null }> {
  try {
    await call;
  } catch (error) {
    return error as Error;
  }
  throw new Error('The call was not refused.');
}

export const releaseBranch = (branch: string): string => `shiplock/release/${branch}`;
