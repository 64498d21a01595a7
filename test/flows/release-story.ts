// A repository at the moment before a release, and what it looks like afterwards: for tests that stop, double and interleave releasing.

import { parsePolicy } from '../../src/core/policy/file.ts';
import type { GitHubPort } from '../../src/flows/github-port.ts';
import { type Released, releaseOnGitHub } from '../../src/flows/release/release.ts';
import { connect } from '../../src/github/github.ts';
import type { Pull } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';

export type Mode = 'direct' | 'draft' | 'pull-request';

export interface ReleaseStory {
  readonly world: World;
  readonly repository: RepositoryStory;
  readonly run: (line?: string) => Promise<Released>;
}

const PERMISSIONS = {
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'read',
  statuses: 'read',
  metadata: 'read',
} as const;

/** v1.0.0 is out; since then a feature that closes #1 was squashed and a fix merged. */
export async function beginStory(mode: Mode): Promise<ReleaseStory> {
  const world = await startWorld();
  const repository = world.repository('acme/app', {
    commits: [
      {
        message: 'feat: begin',
        files: {
          'package.json': '{\n  "name": "app",\n  "version": "1.0.0"\n}\n',
          '.github/shiplock.yml': `version: 1\nrelease:\n  mode: ${mode}\n`,
        },
      },
    ],
  });
  repository.tag('v1.0.0', { message: 'v1.0.0' });
  repository.release('v1.0.0', { name: 'v1.0.0', body: 'The first.' });
  repository.openIssue('It cannot be done');
  const feature = repository.openPull({ title: 'feat: it can be done', body: 'Closes #1', author: 'ada' });
  repository.merge(feature, { method: 'squash' });
  const fix = repository.openPull({ title: 'fix: it can be undone', author: 'bea', commits: [{ message: 'fix: it can be undone' }] });
  repository.merge(fix, { method: 'merge' });
  const token = world.githubToken(repository, PERMISSIONS);
  const run = (line?: string) => {
    const github: GitHubPort = connect({
      api: world.url,
      graphql: `${world.url}/graphql`,
      token,
      owner: 'acme',
      name: 'app',
      sleep: async () => undefined,
    });
    return releaseOnGitHub(github, { readPolicy, today: '2026-11-22', ...(line === undefined ? {} : { line }) });
  };
  return { world, repository, run };
}

async function readPolicy(text: string) {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** Merges the open release pull request as a person would. */
export function mergeReleasePull({ repository }: ReleaseStory): void {
  for (const pull of pullsOf(repository)) {
    if (pull.head.ref.startsWith('shiplock/release/') && pull.issue.state === 'open') repository.merge(pull, { method: 'squash' });
  }
}

function pullsOf({ record }: RepositoryStory): Pull[] {
  return [...record.issues.values()].flatMap((issue) => issue.pull ?? []);
}

/** Everything that releasing may have changed, without ids and times. */
export function lookOf({ repository }: ReleaseStory): unknown {
  const { record } = repository;
  const branches = record.git.refs.list('refs/heads/').map((ref) => ref.name);
  return {
    tags: record.git.refs.list('refs/tags/').map((ref) => ref.name),
    releases: record.releases.map((one) => [one.tag, one.draft, one.name, one.body]).sort(),
    comments: [...record.issues.values()].map((issue) => [issue.number, issue.comments.map((comment) => comment.body)]),
    pulls: pullsOf(repository).map((pull) => [pull.issue.number, pull.issue.state, pull.issue.title, withoutTip(pull.issue.body)]),
    branches: branches.filter((name) => name.includes('shiplock')),
  };
}

/** The head of a release pull request's branch is another with each second in which its commit is made. */
function withoutTip(body: string | null): string | undefined {
  return body?.replace(/"branch":"[0-9a-f]{40}"/, '"branch":"…"');
}
