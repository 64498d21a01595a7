// The task `plan` where there is no checkout: the same plan, read from GitHub, with a token that only reads.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltAction, buildAction } from '../support/action.ts';
import { startWorld, type World } from '../support/github/world.ts';

let action: BuiltAction;
let world: World | undefined;
beforeAll(async () => {
  action = await buildAction();
});
afterAll(() => action.remove());
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

describe('plan without a checkout', () => {
  it('is read from GitHub, labels and pull requests included, and writes nothing', async () => {
    world = await startWorld();
    const repository = world.repository('acme/app');
    repository.tag('v1.2.3', { message: 'v1.2.3' });
    repository.merge(repository.openPull({ title: 'Something new', labels: ['enhancement'], author: 'ada' }), { method: 'squash' });
    repository.merge(repository.openPull({ title: 'fix: something old', author: 'bea' }), { method: 'rebase' });
    const token = world.githubToken(repository, { contents: 'read', pull_requests: 'read', metadata: 'read' });
    const run = await action.run({ world, repository, token, inputs: { task: 'plan' } });
    expect(run.log).toContain('the plan is read from GitHub');
    expect(run.status).toBe(0);
    expect(run.outputs).toMatchObject({ kind: 'feature', bump: 'minor', version: '1.3.0', tag: 'v1.3.0', 'previous-tag': 'v1.2.3' });
    expect(JSON.parse(run.outputs.plan ?? '{}').changes.map((change: { pr: number }) => change.pr)).toEqual([2, 1]);
    expect(run.summary).toContain('Something new');
    await world.assertClean();
  });
});
