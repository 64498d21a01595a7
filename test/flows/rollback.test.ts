// `/rollback`: back to what was there with success before, through the gate, and not over what has no way back.
import { afterEach, describe, expect, it } from 'vitest';
import type { Pull } from '../support/github/records.ts';
import { claims, commands, deploys, dispatched, ends, FILES, lastRun, places, release, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const QA = 'environments:\n  qa: { deploy: deploy.yml }\n';

/** v1.1.0 and then v1.2.0 were deployed to qa; mia maintains. */
async function withTwo(policy = QA): Promise<{ story: GateStory; pull: Pull }> {
  const story = await begin(policy, { files: FILES });
  story.world.grant(story.repository, 'mia', 'maintain');
  const one = release(story, 'v1.1.0');
  await deploys(story, one, '/deploy qa');
  const pull = release(story, 'v1.2.0');
  await deploys(story, pull, '/deploy qa');
  return { story, pull };
}

const tagOf = (story: GateStory) => lastRun(story).ref.replace('refs/tags/', '');

describe('/rollback', () => {
  it('goes to the last version that succeeded there before, holds the environment, and is in the record', async () => {
    const { story, pull } = await withTwo();
    const says = await commands(story, pull, '/rollback qa', 'mia');
    expect(says).toContain('`qa` goes back from `v1.2.0`');
    const run = lastRun(story);
    expect(run.sha).toBe(story.repository.sha('refs/tags/v1.1.0'));
    await runs(story, run);
    expect(ends(pull).at(-1)?.body).toContain('✅ `qa` is back at `v1.1.0`');
    expect(ends(pull).at(-1)?.body).toContain('`/unhold qa` once it is fixed');
    expect(await story.app.store.notes(story.key, 'hold')).toMatchObject([{ body: { environment: 'qa', by: 'mia' } }]);
    const record = await story.record();
    expect(record.filter(({ what }) => what === 'rollback' || what === 'hold')).toMatchObject([
      { what: 'rollback', actor: { login: 'mia', role: 'maintain' }, release: 'v1.1.0' },
      { what: 'hold', actor: { app: 'shiplock' } },
    ]);
    expect(record.filter(({ what }) => what === 'gate').at(-1)).toMatchObject({ decision: { outcome: 'approve' } });
    // What was rolled back does not come back by itself.
    await commands(story, pull, '/deploy qa');
    story.repository.finish(lastRun(story), 'success', 'build');
    await story.settle();
    expect(lastRun(story).status).toBe('waiting');
  });

  it('twice is two steps, and no step to what was rolled back', async () => {
    const story = await begin(QA, { files: FILES });
    story.world.grant(story.repository, 'mia', 'maintain');
    let pull = release(story, 'v1.1.0');
    for (const tag of ['v1.2.0', 'v1.3.0']) {
      await deploys(story, pull, '/deploy qa');
      pull = release(story, tag);
    }
    await deploys(story, pull, '/deploy qa');
    await deploys(story, pull, '/rollback qa', 'mia');
    expect(tagOf(story)).toBe('v1.2.0');
    await commands(story, pull, '/unhold qa');
    await deploys(story, pull, '/rollback qa', 'mia');
    expect(tagOf(story)).toBe('v1.1.0');
    await commands(story, pull, '/unhold qa');
    expect(await commands(story, pull, '/rollback qa', 'mia')).toContain('Nothing was in `qa` with success before `v1.1.0`');
  });

  it('from what failed on its way in goes to what was there, and the gate knows that it is a rollback', async () => {
    const policy = `${QA.trimEnd().replace(' }', '')}, requires: [{ checks: [never] }], for: { rollback: { requires: [{ checks: [back] }] } } }\n`;
    const { story } = await withTwo();
    const pull = release(story, 'v1.3.0');
    await deploys(story, pull, '/deploy qa', 'ada', 'failure');
    story.policy(policy);
    await story.settle();
    const says = await commands(story, pull, '/rollback qa', 'mia');
    expect(says).toContain('goes back from `v1.3.0`');
    expect(tagOf(story)).toBe('v1.2.0');
    story.repository.finish(lastRun(story), 'success', 'build');
    await story.settle();
    const decided = (await story.record()).filter(({ what }) => what === 'gate').at(-1);
    expect(decided).toMatchObject({ decision: { outcome: 'wait', occasion: 'rollback' } });
    expect(decided?.decision?.findings.map(({ requirement }) => requirement)).toEqual(['check back', 'rollback']);
  });

  it('S-43: goes to no version that never succeeded there', async () => {
    const { story, pull } = await withTwo();
    const next = release(story, 'v1.3.0');
    await deploys(story, next, '/deploy qa', 'ada', 'failure');
    const says = await commands(story, pull, '/rollback qa 1.0.0', 'mia');
    expect(says).toContain('was never deployed to `qa` with success');
    expect(says).toContain('These were: `v1.2.0`, `v1.1.0`.');
    expect(await commands(story, pull, '/rollback qa 1.3.0', 'mia')).toContain('is what `qa` has');
    await deploys(story, pull, '/rollback qa 1.1.0', 'mia');
    expect(tagOf(story)).toBe('v1.1.0');
    expect(await places(story)).toMatchObject({ qa: { current: { tag: 'v1.1.0' } } });
  });

  it('is for who maintains, and needs something to go back from', async () => {
    const story = await begin(QA, { files: FILES });
    story.world.grant(story.repository, 'mia', 'maintain');
    const pull = release(story, 'v1.1.0');
    expect(await commands(story, pull, '/rollback qa')).toContain('maintain');
    expect(await commands(story, pull, '/rollback qa', 'mia')).toContain('Nothing was ever deployed to `qa` with success');
    expect(dispatched(story)).toEqual([]);
  });
});

describe('what has no way back', () => {
  it('by a label is told with its pull request, and goes with an administrator’s override within the hour', async () => {
    const { story, pull } = await withTwo();
    story.repository.label(pull, 'rollback: unsafe');
    const says = await commands(story, pull, '/rollback qa', 'mia');
    expect(says).toContain(`There is no safe way from \`v1.2.0\``);
    expect(says).toContain(`#${pull.issue.number} is marked`);
    expect(says).toContain('an administrator writes `/override qa REASON` here');
    expect(dispatched(story)).toHaveLength(2);
    expect(await commands(story, pull, '/override qa the shop is down, INC-1', 'boss')).toContain('The glass is broken');
    const review = story.issues().find((one) => one.title.startsWith('Look back'));
    expect(review?.body).toContain('There is no safe way from');
    await deploys(story, pull, '/rollback qa', 'mia');
    expect(tagOf(story)).toBe('v1.1.0');
  });

  it('by a commit’s footer likewise, and the override ends', async () => {
    const story = await begin(QA, { files: FILES });
    story.world.grant(story.repository, 'mia', 'maintain');
    await deploys(story, release(story, 'v1.1.0'), '/deploy qa');
    story.repository.push('main', [{ message: 'feat: drop the column\n\nIt is gone.\n\nRollback: unsafe\nSigned-off-by: Ada <a@x.org>' }]);
    const sha = story.repository.sha('refs/heads/main');
    const pull = release(story, 'v1.2.0');
    await deploys(story, pull, '/deploy qa');
    const says = await commands(story, pull, '/rollback qa', 'mia');
    expect(says).toContain(`\`${sha.slice(0, 7)}\` is marked \`rollback: unsafe\``);
    await commands(story, pull, '/override qa the shop is down, INC-1', 'boss');
    await story.pass('61m');
    expect(await commands(story, pull, '/rollback qa', 'mia')).toContain('There is no safe way');
    expect(dispatched(story)).toHaveLength(2);
  });
});

describe('during a deployment', () => {
  const CHECKED = 'environments:\n  qa: { deploy: deploy.yml, requires: [{ checks: [unit] }] }\n';

  async function withThird(): Promise<{ story: GateStory; pull: Pull }> {
    const { story } = await withTwo();
    const pull = release(story, 'v1.3.0');
    story.policy(CHECKED);
    await story.settle();
    await commands(story, pull, '/deploy qa');
    return { story, pull };
  }

  it('what waits at its gate makes way: it is rejected, told of, and the rollback begins once it has ended', async () => {
    const { story, pull } = await withThird();
    const third = lastRun(story);
    story.repository.finish(third, 'success', 'build');
    await story.settle();
    expect(third.status).toBe('waiting');
    await story.says(pull, '/rollback qa', 'mia');
    await story.pass('10s');
    expect(third.status).toBe('completed');
    expect(story.states(third)).toContain('rejected');
    const back = lastRun(story);
    expect(back).not.toBe(third);
    expect(back.ref).toBe('refs/tags/v1.1.0');
    expect(ends(pull).at(-1)?.body).toContain('had not begun there and was stopped, as mia rolls `qa` back to `v1.1.0`');
    expect(await claims(story)).toMatchObject([{ kind: 'rollback', run: back.id }]);
    const cancelled = (await story.record()).filter(({ what }) => what === 'deployment').at(-1);
    expect(cancelled).toMatchObject({ state: 'cancelled', run: { id: third.id } });
  });

  it('what has begun is not cut off, and whoever asks is told who deploys what', async () => {
    const { story, pull } = await withThird();
    const third = lastRun(story);
    story.repository.check('unit', 'success', { at: third.sha });
    story.repository.finish(third, 'success', 'build');
    await story.pass('5s');
    expect(third.status).toBe('in_progress');
    const says = await commands(story, pull, '/rollback qa', 'mia');
    expect(says).toContain('`v1.3.0`');
    expect(says).toContain('and has begun');
    expect(await claims(story)).toMatchObject([{ kind: 'deploy', run: third.id }]);
    story.repository.finish(third, 'failure');
    await story.settle();
    await commands(story, pull, '/rollback qa', 'mia');
    expect(lastRun(story).ref).toBe('refs/tags/v1.2.0');
  });

  it('of another rollback is told of it', async () => {
    const { story, pull } = await withTwo();
    await commands(story, pull, '/rollback qa', 'mia');
    expect(await commands(story, pull, '/rollback qa', 'boss')).toContain('Nothing was started: `qa` is being rolled back to `v1.1.0`');
    expect(await commands(story, pull, '/deploy qa')).toContain('by mia since');
  });
});
