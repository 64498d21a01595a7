// `promote: auto`: a release goes on by itself, once, and not where it is held, frozen, unproven, or older than what is there.
import { afterEach, describe, expect, it } from 'vitest';
import type { Pull } from '../support/github/records.ts';
import { claims, commands, deploys, dispatched, ends, FILES, lastRun, places, release, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const AUTO = 'environments:\n  qa: { deploy: deploy.yml }\n  production: { after: qa, deploy: deploy.yml, promote: auto }\n';
const start = (policy = AUTO): Promise<GateStory> => begin(policy, { files: FILES });

/** What the App said of promotions there. */
function words(pull: Pull): readonly string[] {
  return pull.issue.comments.map((one) => one.body).filter((body) => body.startsWith('<!-- shiplock:promotion '));
}

const started = (story: GateStory) =>
  dispatched(story).map((one) => `${String(one.inputs.environment)} ${one.ref.replace('refs/tags/', '')}`);

describe('promote: auto', () => {
  it('takes a release on as soon as it has come through the environment before, as the App, and once', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy qa');
    expect(started(story)).toEqual(['qa v1.1.0', 'production v1.1.0']);
    expect(words(pull)).toEqual([expect.stringContaining('is on its way to `production`')]);
    expect(words(pull)[0]).toContain('The policy says so: `promote: auto`.');
    expect((await story.record()).filter(({ what }) => what === 'deploy')).toMatchObject([
      { actor: { login: 'ada' }, environment: 'qa' },
      { actor: { app: 'shiplock' }, environment: 'production', release: 'v1.1.0' },
    ]);
    await runs(story);
    expect(ends(pull).at(-1)?.body).toContain('✅ `v1.1.0`');
    expect(await places(story)).toMatchObject({ production: { current: { tag: 'v1.1.0' } } });
    await deploys(story, pull, '/deploy qa');
    await story.pass('2h');
    expect(started(story)).toEqual(['qa v1.1.0', 'production v1.1.0', 'qa v1.1.0']);
    expect(await claims(story)).toEqual([]);
  });

  it('what failed there is not tried again by itself', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy qa');
    await runs(story, lastRun(story), 'failure');
    await story.pass('2h');
    expect(started(story)).toEqual(['qa v1.1.0', 'production v1.1.0']);
    expect(ends(pull).at(-1)?.body).toContain('was not deployed to `production`');
  });

  it('is only for releases: another commit in the environment before goes nowhere', async () => {
    const story = await start();
    story.merge('feat: one');
    story.repository.deploy('qa', { ref: 'refs/heads/main' });
    await story.settle();
    expect(started(story)).toEqual([]);
  });

  it('takes nothing back: an older release in the environment before goes nowhere', async () => {
    const story = await start();
    const one = release(story, 'v1.1.0');
    const two = release(story, 'v1.2.0');
    story.repository.deploy('production', { ref: 'refs/tags/v1.2.0' });
    await story.settle();
    await deploys(story, one, '/deploy qa');
    expect(started(story)).toEqual(['qa v1.1.0']);
    expect(words(one)).toEqual([]);
    expect(words(two)).toEqual([]);
  });

  it('waits while the environment is held, says so once, and goes on when that is over', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await commands(story, pull, '/hold production the database is being moved');
    await deploys(story, pull, '/deploy qa');
    expect(started(story)).toEqual(['qa v1.1.0']);
    await story.pass('2h');
    expect(words(pull)).toEqual([expect.stringContaining('the database is being moved')]);
    expect(words(pull)[0]).toContain('and waits:');
    await commands(story, pull, '/unhold production');
    expect(started(story)).toEqual(['qa v1.1.0', 'production v1.1.0']);
  });

  it('waits for the end of a freeze', async () => {
    const story = await start(
      AUTO.replace('promote: auto', 'promote: auto, freeze: [{ from: "2026-11-23T00:00", to: "2026-11-23T20:00" }]'),
    );
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy qa');
    expect(started(story)).toEqual(['qa v1.1.0']);
    await story.pass('3h');
    expect(started(story)).toEqual(['qa v1.1.0']);
    await story.pass('6h');
    expect(started(story)).toEqual(['qa v1.1.0', 'production v1.1.0']);
  });

  it('waits until what is asked in the environment before is met there', async () => {
    const story = await start(AUTO.replace('qa: { deploy: deploy.yml }', 'qa: { deploy: deploy.yml, requires: [{ checks: [smoke] }] }'));
    const pull = release(story, 'v1.1.0');
    story.repository.check('smoke', 'success', { at: 'refs/tags/v1.1.0' });
    await commands(story, pull, '/deploy qa');
    const run = lastRun(story);
    story.repository.finish(run, 'success', 'build');
    await story.settle();
    await story.check('smoke', 'failure', 'refs/tags/v1.1.0');
    story.repository.finish(run);
    await story.settle();
    expect(started(story)).toEqual(['qa v1.1.0']);
    await story.check('smoke', 'success', 'refs/tags/v1.1.0');
    await story.pass('5s');
    expect(started(story)).toEqual(['qa v1.1.0', 'production v1.1.0']);
  });

  it('of an environment that comes after none: a published release goes there by itself', async () => {
    const story = await start('environments:\n  qa: { deploy: deploy.yml, promote: auto }\n');
    await runs(story);
    expect(started(story)).toEqual(['qa v1.0.0']);
    const pull = release(story, 'v1.1.0');
    await story.settle();
    expect(started(story)).toEqual(['qa v1.0.0', 'qa v1.1.0']);
    expect(words(pull)).toHaveLength(1);
  });
});
