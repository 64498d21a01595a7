// Ways around a gate that look like ordinary work: a small release on top of a large one, a version tag that hides a change, a step forward
// that calls itself a step back, names that are only alike, words of the same second.

import { afterEach, describe, expect, it } from 'vitest';
import { worldsOf } from './gate-command-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const stories = gateStories();
const worlds = worldsOf();

afterEach(stories.end);
afterEach(worlds.stop);

const BY_KIND = `environments:
  production:
    requires:
      - approvals: { count: 2, except: [] }
    for:
      maintenance: { approvals: { count: 1 } }
`;

/** v1.0.0 is let in, past its gate. */
async function standing(story: GateStory): Promise<void> {
  const run = await story.deploy('production', { ref: 'refs/tags/v1.0.0' });
  const [thread] = story.issues();
  if (thread === undefined) throw new Error('There is no thread.');
  for (const by of ['bob', 'cat']) await story.says(thread, '/approve production', by);
  await story.succeed(run);
}

describe('a fix on top of a feature that was never let in', () => {
  it('is asked what the feature is asked', async () => {
    const story = await stories.begin(BY_KIND);
    await standing(story);
    story.merge('feat: large');
    story.tag('v1.1.0');
    const fix = story.merge('fix: small');
    story.tag('v1.1.1');
    const run = await story.deploy('production', { ref: 'refs/tags/v1.1.1' });
    await story.says(fix, '/approve production', 'bob');
    expect(story.states(run)).toEqual(['pending', 'pending']);
    expect(story.word(run)).toContain('approval by one more person');
    await story.says(fix, '/approve production', 'cat');
    await story.succeed(run);
    const last = (await story.record()).findLast((one) => one.what === 'gate');
    expect(last?.decision).toMatchObject({ outcome: 'approve', occasion: 'feature' });
  });

  it('is approved by nobody who made the feature', async () => {
    const story = await stories.begin('environments:\n  production: { requires: [{ approvals: { count: 1, except: [author] } }] }\n');
    const first = await story.deploy('production', { ref: 'refs/tags/v1.0.0' });
    const [thread] = story.issues();
    if (thread === undefined) throw new Error('There is no thread.');
    await story.says(thread, '/override production it has to begin somewhere', 'boss');
    await story.succeed(first);
    story.merge('feat: large', { author: 'bob' });
    story.tag('v1.1.0');
    const fix = story.merge('fix: small', { author: 'ada' });
    story.tag('v1.1.1');
    const run = await story.deploy('production', { ref: 'refs/tags/v1.1.1' });
    await story.says(fix, '/approve production', 'bob');
    expect(story.states(run)).toEqual(['pending']);
    await story.says(fix, '/approve production', 'cat');
    expect(story.states(run).at(-1)).toBe('approved');
  });
});

describe('a version tag that somebody pushes right before a fix', () => {
  it('makes no feature that comes along small', async () => {
    const story = await stories.begin(BY_KIND);
    await standing(story);
    story.merge('feat: large');
    story.repository.tag('v1.0.9', { message: 'v1.0.9' });
    const fix = story.merge('fix: small');
    const run = await story.deploy('production');
    await story.says(fix, '/approve production', 'bob');
    expect(story.states(run)).not.toContain('approved');
  });
});

describe('an environment that another line has', () => {
  it('is asked what has come since this line was there', async () => {
    const story = await stories.begin(BY_KIND);
    await standing(story);
    story.repository.branch('1.0.x', 'v1.0.0');
    story.repository.push('1.0.x', [{ message: 'fix: for the old line' }]);
    story.repository.tag('v1.0.1', { at: '1.0.x', message: 'v1.0.1' });
    const old = await story.deploy('production', { ref: 'refs/tags/v1.0.1' });
    const thread = story.issues().at(-1);
    if (thread === undefined) throw new Error('There is no thread.');
    await story.says(thread, '/approve production', 'bob');
    expect(story.states(old)).toEqual(['pending', 'approved']);
    await story.succeed(old);
    const fix = story.merge('fix: for the new line');
    const run = await story.deploy('production');
    await story.says(fix, '/approve production', 'bob');
    expect(story.states(run)).toEqual(['pending', 'approved']);
  });
});

describe('an environment that is called almost as another', () => {
  it('proves nothing of the other: U+212A in lower case is a plain k', async () => {
    const story = await stories.begin('environments:\n  kiosk: {}\n  production: { after: kiosk }\n');
    story.repository.environment('\u212Aiosk');
    story.merge('feat: one');
    await story.succeed(await story.deploy('\u212Aiosk'));
    const run = await story.deploy('production');
    expect(story.word(run)).toContain('has not been deployed to kiosk');
  });
});

describe('comments of one second, heard in another order', () => {
  it.each([
    ['hold', 'the cache is cold'],
    ['freeze', 'the cache is cold'],
  ])('a /%s stays that was written after what would take it back', async (stop, reason) => {
    const story = await worlds.begin('environments:\n  production: { requires: [] }\n');
    const pull = story.merged();
    const back = story.says(pull, `/un${stop} production`, 'mia');
    const said = story.says(pull, `/${stop} production ${reason}`, 'boss');
    await story.answers({ ...said, at: back.at });
    await story.answers(back);
    expect(await story.noted(stop)).toMatchObject([{ by: 'boss', reason }]);
    await story.endsClean();
  });
});

describe('a run that is run again while its answer is on the way', () => {
  it('is not opened by what was decided of the attempt before: who runs it again deploys', async () => {
    const story = await stories.begin('environments:\n  production: { requires: [{ approvals: { count: 1, except: [deployer] } }] }\n');
    const pull = story.merge('feat: one');
    const run = await story.deploy('production', { by: 'ada' });
    const rule = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';
    story.world.faults.answer(rule, 503, { times: 4 });
    await story.says(pull, '/approve production', 'bob');
    story.world.deliveries.hold();
    story.repository.rerun(run, { by: 'bob' });
    story.repository.finish(run, 'success', 'build');
    await story.pass('30s');
    expect(story.states(run)).not.toContain('approved');
    expect(story.word(run)).toContain('is a deployer');
    story.world.deliveries.release();
    await story.settle();
    expect(story.states(run)).not.toContain('approved');
    await story.says(pull, '/approve production', 'cat');
    expect(story.states(run).at(-1)).toBe('approved');
  });
});

describe('a step back that somebody only says there was', () => {
  it('is asked what the release is asked: deployments that were posted by hand prove none', async () => {
    const policy = `environments:
  production:
    requires: [{ approvals: { count: 2, except: [] } }]
    for: { rollback: { approvals: { count: 0 } } }
`;
    const story = await stories.begin(policy);
    story.merge('feat: unseen');
    story.tag('v1.1.0');
    for (const ref of ['v1.1.0', 'v1.0.0']) {
      story.repository.deploy('production', { ref, state: 'success' });
      await story.pass('1m');
    }
    const run = await story.deploy('production', { ref: 'refs/tags/v1.1.0', by: 'ada' });
    expect(story.states(run)).not.toContain('approved');
    expect(story.word(run)).toContain('Needs approval by 2 people');
  });
});
