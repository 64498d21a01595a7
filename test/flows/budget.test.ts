// How many calls a run makes of GitHub, whole runs in the world: what release tools are slow and rate-limited by.
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/core/policy.ts';
import { releaseOnGitHub } from '../../src/flows/release/release.ts';
import { connect } from '../../src/github/github.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

async function callsOf(fill: (repository: RepositoryStory) => void): Promise<{ calls: number; again: number; changes: number }> {
  world = await startWorld();
  const repository = world.repository('acme/app');
  repository.tag('v1.0.0', { message: 'v1.0.0' });
  repository.release('v1.0.0');
  fill(repository);
  const token = world.githubToken(repository, { contents: 'write', pull_requests: 'write', issues: 'write', metadata: 'read' });
  const github = connect({ api: world.url, token, owner: 'acme', name: 'app', sleep: async () => undefined });
  const run = () => releaseOnGitHub(github, { readPolicy: async () => DEFAULT_POLICY, today: '2026-11-22' });
  const before = world.calls.all.length;
  const { plan } = await run();
  const calls = world.calls.all.length - before;
  await run();
  world.effects.ignore();
  await world.assertClean();
  return { calls, again: world.calls.all.length - before - calls, changes: plan.changes.length };
}

function pulls(repository: RepositoryStory, count: number, method: 'squash' | 'rebase', commits = 1): void {
  for (let index = 1; index <= count; index += 1) {
    const title = index % 5 === 0 ? `feat: number ${index}` : `fix: number ${index}`;
    const pull = repository.openPull({
      title,
      author: `author${index % 7}`,
      commits: Array.from({ length: commits }, (_, at) => ({ message: commits === 1 ? title : `${title}, part ${at + 1}` })),
    });
    repository.merge(pull, { method });
  }
}

describe('calls of a run that keeps the draft', () => {
  it.each<[string, number, number, number, (repository: RepositoryStory) => void]>([
    ['a push of one commit', 1, 5, 4, (repository) => pulls(repository, 1, 'squash')],
    ['20 squash-merged pull requests', 20, 5, 4, (repository) => pulls(repository, 20, 'squash')],
    ['300 squash-merged pull requests', 300, 7, 6, (repository) => pulls(repository, 300, 'squash')],
    ['300 rebased commits of 100 pull requests', 100, 7, 6, (repository) => pulls(repository, 100, 'rebase', 3)],
    ['nothing new', 0, 4, 4, () => undefined],
  ])(
    '%s',
    async (name, changes, most, again, fill) => {
      const seen = await callsOf(fill);
      console.log(`${name}: ${seen.calls} calls, ${seen.again} when nothing changed`);
      expect(seen.changes).toBe(changes);
      expect(seen.calls).toBeLessThanOrEqual(most);
      expect(seen.again).toBeLessThanOrEqual(again);
    },
    60_000,
  );
});
