// What releasing refuses to write, because it would be another release than anybody meant.
import { afterEach, describe, expect, it } from 'vitest';
import { parsePolicy } from '../../src/core/policy/file.ts';
import { type ReleaseRequest, releaseOnGitHub } from '../../src/flows/release/release.ts';
import { connect } from '../../src/github/github.ts';
import { startWorld, type World } from '../support/github/world.ts';

let world: World;
afterEach(async () => {
  world.expectEffects([]);
  await world.assertClean();
  await world.stop();
});

async function release(policy: string, branch: string, more: Partial<ReleaseRequest> = {}) {
  world = await startWorld();
  const repository = world.repository('acme/app', { commits: [{ message: 'feat: begin', files: { '.github/shiplock.yml': policy } }] });
  repository.tag('v1.0.0');
  repository.push(branch, [{ message: 'feat!: open the gate', files: { 'packages/core/a': '' } }]);
  const token = world.githubToken(repository, { contents: 'write', pull_requests: 'write', issues: 'write', metadata: 'read' });
  const github = connect({ api: world.url, token, owner: 'acme', name: 'app' });
  const readPolicy: ReleaseRequest['readPolicy'] = async (text) => {
    const parsed = parsePolicy(text);
    if (!parsed.ok) throw new Error('a bad policy');
    return parsed.policy;
  };
  return releaseOnGitHub(github, { readPolicy, today: '2026-11-22', line: branch, ...more });
}

describe('nothing is written', () => {
  it.each(['draft', 'pull-request', 'direct'] as const)('of a branch that is no line, in mode %s', async (mode) => {
    const released = await release('version: 1\n', 'topic', { mode });
    expect(released).toMatchObject({ published: [], draft: null, pull: null, did: [], withheld: { code: 'no-line' } });
    expect(released.withheld?.says).toContain('topic is no release line');
    expect(released.plan.version).toBe('2.0.0');
  });

  it.each(['draft', 'pull-request', 'direct'] as const)('of packages, in mode %s', async (mode) => {
    const released = await release('version: 1\npackages:\n  - { name: core, path: packages/core }\n', 'main', { mode });
    expect(released).toMatchObject({ published: [], draft: null, pull: null, did: [], withheld: { code: 'packages' } });
  });
});
