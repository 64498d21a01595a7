// What may go wrong around `rollback: { on-failed }`: events out of their order, deployments that never end, a policy that goes away, a
// comment that cannot be written, and successes that somebody posts by hand.
import { afterEach, describe, expect, it } from 'vitest';
import type { Json } from '../../src/flows/store-port.ts';
import { setDeploymentStatus } from '../support/github/deployments.ts';
import type { Pull } from '../support/github/records.ts';
import { claims, commands, deploys, dispatched, FILES, lastRun, places, release, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const ROLLBACK = 'rollback: { on-failed: ["smoke / *"], app: github-actions, within: 30m }';
const both = (environment: string) => `environments:\n  ${environment}: { deploy: deploy.yml, ${ROLLBACK} }\n`;

/** v1.1.0 and then v1.2.0 were deployed there; mia maintains. */
async function withTwo(environment = 'qa'): Promise<{ story: GateStory; pull: Pull }> {
  const story = await begin(both(environment), { files: FILES });
  story.world.grant(story.repository, 'mia', 'maintain');
  await deploys(story, release(story, 'v1.1.0'), `/deploy ${environment}`);
  const pull = release(story, 'v1.2.0');
  await deploys(story, pull, `/deploy ${environment}`);
  await story.pass('1m');
  return { story, pull };
}

const tagOf = (story: GateStory) => lastRun(story).ref.replace('refs/tags/', '');
const said = (pull: Pull) =>
  pull.issue.comments.filter((one) => one.body.startsWith('<!-- shiplock:verification ')).map(({ body }) => body);
const watched = async (story: GateStory) => (await story.app.store.notes(story.key, 'verification')).map(({ body }) => body);

async function fails(story: GateStory, at: string): Promise<void> {
  await story.check('smoke / shop', 'failure', at);
  await story.pass('5s');
}

describe('out of their order', () => {
  it('what was replaced before anybody looked at it does not end the watch over what replaced it', async () => {
    const { story } = await withTwo('production');
    release(story, 'v1.3.0');
    const last = release(story, 'v1.4.0');
    await story.settle();
    // Both are posted by a machine, and seen at once.
    for (const tag of ['v1.3.0', 'v1.4.0']) story.repository.deploy('production', { ref: `refs/tags/${tag}` });
    await story.settle();
    expect(await watched(story)).toMatchObject([{ sha: story.repository.sha('refs/tags/v1.4.0'), is: 'open' }]);
    await fails(story, 'refs/tags/v1.4.0');
    expect([tagOf(story), said(last).length]).toEqual(['v1.3.0', 1]);
  });
});

describe('a policy', () => {
  it.each<[string, (story: GateStory) => void]>([
    ['is deleted', (story) => story.repository.push('main', [{ message: 'chore: none', files: { '.github/shiplock.yml': null } }])],
    ['cannot be used for days', (story) => story.policy('environments: [\n')],
  ])('that %s is not waited for forever', async (_, breaks) => {
    const { story } = await withTwo();
    breaks(story);
    await story.settle();
    await fails(story, 'refs/tags/v1.2.0');
    for (let nth = 0; nth < 3; nth += 1) await story.pass('13h');
    expect(await watched(story)).toMatchObject([{ is: 'over' }]);
    expect(dispatched(story)).toHaveLength(2);
  });
});

describe('a comment that cannot be written for good', () => {
  const COMMENTS = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const locks = (story: GateStory) =>
    story.world.faults.answer(COMMENTS, 403, { message: 'Unable to create comment because issue is locked.', times: 50 });

  it('does not keep the turn of a deployment that has ended', async () => {
    const { story, pull } = await withTwo();
    await commands(story, pull, '/deploy qa');
    locks(story);
    await runs(story);
    await story.pass('1m');
    expect([await claims(story), await story.dead()]).toEqual([[], []]);
    expect(story.app.lines.filter(({ msg }) => String(msg).includes('could not be said on GitHub'))).toMatchObject([
      { where: `#${pull.issue.number}`, why: expect.stringContaining('locked') },
    ]);
    story.world.faults.clear();
  });

  it('does not keep anything from going back where the repository has no issues', async () => {
    const { story } = await withTwo();
    story.repository.push('main', [{ message: 'feat: without a pull request', files: { 'a.txt': 'a' } }]);
    story.tag('v1.3.0');
    await story.settle();
    story.world.faults.answer('POST /repos/{owner}/{repo}/issues', 410, {
      message: 'Issues has been disabled in this repository.',
      times: 50,
    });
    await deploys(story, story.repository.openIssue('Deploy', { by: 'mia' }), '/deploy qa 1.3.0', 'mia');
    await story.pass('1m');
    await fails(story, 'refs/tags/v1.3.0');
    expect(tagOf(story)).toBe('v1.2.0');
    expect(story.world.faults.unused.join()).not.toContain('50 left');
    await runs(story);
    await story.pass('1m');
    expect((await places(story)).qa?.current).toMatchObject({ tag: 'v1.2.0' });
    expect([await claims(story), await story.dead()]).toEqual([[], []]);
    story.world.faults.clear();
  });

  it('does not keep from the record, and from whoever hears of it elsewhere, that it stays', async () => {
    const { story, pull } = await withTwo();
    story.repository.label(pull, 'rollback: unsafe');
    await story.settle();
    locks(story);
    await fails(story, 'refs/tags/v1.2.0');
    expect((await story.record()).filter(({ what }) => what === 'note')).toMatchObject([{ environment: 'qa' }]);
    expect([await watched(story), await story.dead()]).toMatchObject([[{ is: 'over' }], []]);
    story.world.faults.clear();
  });

  it('does not undo what a command has begun', async () => {
    const { story, pull } = await withTwo();
    locks(story);
    await commands(story, pull, '/rollback qa', 'mia');
    await story.pass('1m');
    await runs(story);
    await story.pass('1m');
    expect((await places(story)).qa?.current).toMatchObject({ tag: 'v1.1.0' });
    expect([dispatched(story).length, await claims(story), await story.dead()]).toEqual([3, [], []]);
    story.world.faults.clear();
  });

  it('does not keep a rollback from being the environment’s', async () => {
    const { story } = await withTwo();
    locks(story);
    await fails(story, 'refs/tags/v1.2.0');
    await story.pass('1m');
    expect(await claims(story)).toMatchObject([{ kind: 'rollback', run: lastRun(story).id }]);
    await runs(story);
    await story.pass('1m');
    expect((await places(story)).qa?.current).toMatchObject({ tag: 'v1.1.0' });
    expect([dispatched(story).length, await claims(story), await story.dead()]).toEqual([3, [], []]);
    expect(await story.app.store.notes(story.key, 'hold')).toMatchObject([{ body: { environment: 'qa' } }]);
    story.world.faults.clear();
  });

  it('does not keep what only waits from making way for a rollback', async () => {
    const { story, pull } = await withTwo();
    story.policy(
      both('qa').replace(
        'deploy: deploy.yml,',
        'deploy: deploy.yml, requires: [{ checks: [ready] }], for: { rollback: { requires: [] } },',
      ),
    );
    const third = release(story, 'v1.3.0');
    await commands(story, third, '/deploy qa');
    story.repository.finish(lastRun(story), 'success', 'build');
    await story.settle();
    expect(lastRun(story).status).toBe('waiting');
    locks(story);
    await fails(story, 'refs/tags/v1.2.0');
    for (let nth = 0; nth < 3; nth += 1) await story.pass('1m');
    expect([tagOf(story), said(pull)]).toEqual(['v1.1.0', []]);
    expect(await story.dead()).toEqual([]);
    story.world.faults.clear();
  });
});

describe('a turn that was taken by whoever was given up since', () => {
  it.each<[string, string]>([
    ['/rollback qa', 'v1.1.0'],
    ['/deploy qa', 'v1.3.0'],
  ])('makes way for %s', async (command, tag) => {
    const { story } = await withTwo();
    const third = release(story, 'v1.3.0');
    await commands(story, third, '/deploy qa');
    const [claim] = await claims(story);
    const forsaken = {
      ...claim,
      token: 'rollback 1 qa',
      kind: 'rollback',
      sent: null,
      run: null,
      at: new Date(story.world.clock.now()).toISOString(),
    };
    // As it stands after the rollback's task died, with no run asked for; the deployment before it has ended.
    story.repository.finish(lastRun(story), 'cancelled', 'build');
    await story.pass('1m');
    await story.app.store.write(
      [{ repository: story.key, kind: 'claim', name: 'qa', body: forsaken as unknown as Json }],
      story.world.clock.now(),
    );
    await commands(story, third, command, 'mia');
    expect(dispatched(story)).toHaveLength(3);
    await story.pass('12m');
    await commands(story, third, command, 'mia');
    for (let nth = 0; nth < 3; nth += 1) await story.pass('10s');
    expect([tagOf(story), (await claims(story))[0]?.run]).toEqual([tag, lastRun(story).id]);
  });
});

describe('another deployment', () => {
  /** v1.1.0, what is `lost` thereafter, and v1.2.0, which fails. */
  async function withLost(lost: (story: GateStory, url: string) => void): Promise<GateStory> {
    const story = await begin(both('qa'), { files: FILES });
    await deploys(story, release(story, 'v1.1.0'), '/deploy qa');
    lost(story, story.repository.record.deployments.at(-1)?.statuses.at(-1)?.logUrl ?? '');
    await story.settle();
    await story.pass('7h');
    await deploys(story, release(story, 'v1.2.0'), '/deploy qa');
    await story.pass('1m');
    await fails(story, 'refs/tags/v1.2.0');
    return story;
  }

  it.each<[string, (story: GateStory, url: string) => void]>([
    ['was posted long ago and never ended', (story) => story.repository.deploy('qa', { ref: 'refs/tags/v1.0.0', state: 'in_progress' })],
    [
      'never told that its run has ended',
      (story, url) => {
        const { state } = story.world;
        const lost = story.repository.deploy('qa', { ref: 'refs/tags/v1.0.0', state: 'queued' });
        setDeploymentStatus(state, lost, state.account('maintainer'), null, { state: 'in_progress', log_url: url });
      },
    ],
  ])('that %s holds up nothing', async (_, lost) => {
    const story = await withLost(lost);
    expect([tagOf(story), dispatched(story).length]).toEqual(['v1.1.0', 3]);
  });

  it('that is commanded at the same instant makes way, and one run is left', async () => {
    const { story } = await withTwo();
    const third = release(story, 'v1.3.0');
    await story.settle();
    story.repository.check('smoke / shop', 'failure', { at: 'refs/tags/v1.2.0' });
    story.repository.comment(third, '/deploy qa', { by: 'ada' });
    await story.settle();
    for (let nth = 0; nth < 18; nth += 1) await story.pass('5s');
    const open = dispatched(story).filter((one) => one.status !== 'completed');
    expect(open.map(({ ref }) => ref)).toEqual(['refs/tags/v1.1.0']);
    expect(await claims(story)).toMatchObject([{ run: open[0]?.id }]);
  });
});
