// Deployments and successes that a person posts through the API, as whoever may write can: shown and recorded, and no proof of anything.
import { afterEach, describe, expect, it } from 'vitest';
import type { Deployment } from '../support/github/deployment-records.ts';
import { setDeploymentStatus } from '../support/github/deployments.ts';
import { commands, deploys, dispatched, ends, FILES, lastRun, places, release, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const POLICY = `environments:
  qa: { deploy: deploy.yml }
  production: { after: qa, deploy: deploy.yml, promote: auto }
`;

const tagOf = (story: GateStory) => lastRun(story).ref.replace('refs/tags/', '');

function postsSuccess(story: GateStory, deployment: Deployment, by: string): void {
  setDeploymentStatus(story.world.state, deployment, story.world.state.account(by), null, { state: 'success' });
}

describe('S-19: a deployment that a person posts', () => {
  it('is shown and recorded, proves nothing, and says what to do', async () => {
    const story = await begin(POLICY, { files: FILES });
    const pull = release(story, 'v1.1.0');
    await story.settle();
    await deploys(story, pull, '/deploy qa', 'ada', 'failure');
    story.repository.deploy('qa', { ref: 'refs/tags/v1.1.0', by: 'bob' });
    await story.settle();
    expect(await places(story)).toMatchObject({ qa: { current: null, byHand: { tag: 'v1.1.0', by: 'bob' } } });
    const entries = (await story.record()).filter(({ what, actor }) => what === 'deployment' && 'login' in actor && actor.login === 'bob');
    expect(entries).toMatchObject([{ environment: 'qa', state: 'success', release: 'v1.1.0', reason: expect.any(String) }]);
    // Nothing follows from it.
    expect(dispatched(story)).toHaveLength(1);
    const page = await commands(story, pull, '/why production');
    expect(page).toContain('was posted by `@bob` by hand, which is not counted');
    expect(page).toContain('`deployers` of the policy');
    expect(page).toContain('posted by `@bob` by hand: not counted');
    expect(page).toContain('posted by `bob` through the API');
    await commands(story, pull, '/deploy production');
    story.repository.finish(lastRun(story), 'success', 'build');
    await story.settle();
    expect(lastRun(story).status).toBe('waiting');
    // Once more the same says nothing new.
    await story.pass('10m');
    expect((await story.record()).filter(({ what }) => what === 'deployment')).toHaveLength(2);
  });

  it('counts where the policy names the account', async () => {
    const story = await begin(POLICY, { files: FILES });
    release(story, 'v1.1.0');
    story.repository.deploy('qa', { ref: 'refs/tags/v1.1.0', by: 'bob' });
    await story.settle();
    expect(dispatched(story)).toEqual([]);
    story.policy(`deployers: [bob]\n${POLICY}`);
    await story.pass('10m');
    await commands(story, story.issues()[0] ?? story.merge('fix: it'), '/deploy production 1.1.0');
    const run = lastRun(story);
    expect([run.inputs.environment, tagOf(story)]).toEqual(['production', 'v1.1.0']);
    await runs(story, run);
    expect(run.conclusion).toBe('success');
    const decided = (await story.record()).filter(({ what }) => what === 'gate').at(-1);
    expect(decided?.decision).toMatchObject({ outcome: 'approve', findings: [{ code: 'deployed-before' }] });
    expect(decided?.policy?.gate.deployers).toEqual(['bob']);
  });

  it('is no way back', async () => {
    const story = await begin('environments:\n  qa: { deploy: deploy.yml }\n', { files: FILES });
    story.world.grant(story.repository, 'mia', 'maintain');
    release(story, 'v1.1.0');
    story.repository.deploy('qa', { ref: 'refs/tags/v1.1.0', by: 'bob' });
    const pull = release(story, 'v1.2.0');
    await deploys(story, pull, '/deploy qa');
    expect(await commands(story, pull, '/rollback qa', 'mia')).toContain('Nothing was in `qa` with success before');
    expect(await commands(story, pull, '/rollback qa 1.1.0', 'mia')).toContain(
      'That it was is posted by `@bob` by hand, which is not counted',
    );
    expect(dispatched(story)).toHaveLength(1);
  });
});

describe('S-19: what comes along, where a person says that something older stands there', () => {
  it('is what came since that: it may be true', async () => {
    const story = await begin('environments:\n  qa: { requires: [{ approvals: { count: 1 } }], for: { maintenance: { requires: [] } } }\n');
    const occasion = async () => (await story.record()).filter(({ what }) => what === 'gate').at(-1)?.decision?.occasion;
    story.merge('feat: one');
    story.tag('v1.1.0');
    story.repository.deploy('qa', { ref: 'refs/tags/v1.1.0' });
    story.merge('fix: first');
    story.tag('v1.1.1');
    await story.succeed(await story.deploy('qa'));
    expect(await occasion()).toBe('maintenance');
    story.repository.deploy('qa', { ref: 'refs/tags/v1.0.0', by: 'bob' });
    story.merge('fix: second');
    story.tag('v1.1.2');
    await story.deploy('qa');
    expect(await occasion()).toBe('feature');
  });
});

describe('S-19: many deployments by hand that hide what stands there', () => {
  it.each<[string, number, boolean, string | null]>([
    ['as it is not listed any more', 101, false, null],
    ['as only so many are asked about', 7, true, 'feature'],
  ])('%s, do not make a release smaller than what it brings along', async (_, many, withAddress, occasion) => {
    const story = await begin('environments:\n  qa: { requires: [{ approvals: { count: 1 } }], for: { maintenance: { requires: [] } } }\n');
    story.repository.deploy('qa', { ref: 'refs/tags/v1.0.0' });
    story.merge('feat: one');
    story.tag('v1.1.0');
    story.merge('fix: first');
    story.tag('v1.1.1');
    await story.settle();
    const { state } = story.world;
    story.app.up = false;
    for (let nth = 0; nth < many; nth += 1) {
      const posted = story.repository.deploy('qa', { ref: 'refs/tags/v1.1.1', by: 'bob', state: 'in_progress' });
      const address = withAddress ? { log_url: 'https://github.com/acme/app/actions/runs/1/job/2' } : {};
      setDeploymentStatus(state, posted, state.account('bob'), null, { state: 'success', ...address });
    }
    story.app.up = true;
    const run = await story.deploy('qa');
    expect(run.status).toBe('waiting');
    expect((await story.record()).filter(({ what }) => what === 'gate').at(-1)?.decision).toMatchObject({ outcome: 'wait', occasion });
  });
});

describe('S-19: a success that a person posts on a job’s own deployment', () => {
  it('proves nothing, and the job’s own does', async () => {
    const story = await begin('environments:\n  qa: {}\n  production: { after: qa }\n', { files: FILES });
    story.merge('feat: one');
    const failed = await story.deploy('qa', { by: 'ada' });
    story.repository.finish(failed, 'failure', 'deploy');
    await story.settle();
    postsSuccess(story, story.repository.record.deployments.at(-1) as Deployment, 'ada');
    await story.settle();
    const run = await story.deploy('production');
    expect(run.status).toBe('waiting');
    expect(story.word(run)).toContain('was posted by `@ada` by hand, which is not counted');
    expect((await places(story)).qa).toMatchObject({ current: null });
    await story.succeed(await story.deploy('qa', { by: 'ada' }));
    await story.pass('1m');
    expect(story.states(run)).toContain('approved');
  });

  it('before the job has begun says who posted it', async () => {
    const story = await begin('environments:\n  qa: { hold: wait }\n  production: { after: qa }\n', { files: FILES });
    story.merge('feat: one');
    await story.deploy('qa', { by: 'ada' });
    postsSuccess(story, story.repository.record.deployments.at(-1) as Deployment, 'ada');
    await story.settle();
    const run = await story.deploy('production');
    expect(story.word(run)).toContain('was posted by `@ada` by hand, which is not counted');
  });
});

describe('S-19: many successes that a person posts, each with the address of a job', () => {
  async function withMany(first: 'success' | 'failure', policy = POLICY) {
    const story = await begin(policy, { files: FILES });
    const pull = release(story, 'v1.1.0');
    await story.settle();
    await deploys(story, pull, '/deploy qa', 'ada', first);
    const url = story.repository.record.deployments.at(-1)?.statuses.at(-1)?.logUrl ?? '';
    const { state } = story.world;
    for (let nth = 0; nth < 8; nth += 1) {
      const posted = story.repository.deploy('qa', { ref: 'refs/tags/v1.1.0', by: 'bob', state: 'in_progress' });
      setDeploymentStatus(state, posted, state.account('bob'), null, { state: 'success', log_url: url, auto_inactive: false });
      await story.settle();
    }
    await story.pass('1m');
    return { story, pull };
  }

  it('prove nothing, the oldest of them neither', async () => {
    const { story } = await withMany('failure');
    expect(await places(story)).toMatchObject({ qa: { current: null, byHand: { tag: 'v1.1.0', by: 'bob' } } });
    expect(dispatched(story)).toHaveLength(1);
    const told = (await story.record()).filter(({ what, reason }) => what === 'deployment' && reason === undefined);
    expect(told).toMatchObject([{ state: 'failure' }]);
  });

  it('stay what they are once others have come after them', async () => {
    const { story } = await withMany('failure', 'environments:\n  qa: { deploy: deploy.yml }\n');
    const { state } = story.world;
    const actions = state.apps.get('github-actions');
    for (const tag of ['v1.2.0', 'v1.3.0']) {
      release(story, tag);
      const posted = story.repository.deploy('qa', { ref: `refs/tags/${tag}`, state: 'in_progress' });
      setDeploymentStatus(state, posted, actions?.bot as never, actions ?? null, { state: 'success', auto_inactive: false });
      await story.settle();
    }
    await story.pass('1m');
    expect(await places(story)).toMatchObject({ qa: { current: { tag: 'v1.3.0' }, previous: { tag: 'v1.2.0' } } });
    const told = (await story.record()).filter(({ what, release: of }) => what === 'deployment' && of === 'v1.1.0');
    expect(told.filter(({ reason }) => reason === undefined)).toMatchObject([{ state: 'failure' }]);
  });

  it('do not hide for good what a job had proven before', async () => {
    const { story, pull } = await withMany('success', POLICY.replace(', promote: auto', ''));
    await commands(story, pull, '/deploy production');
    const run = lastRun(story);
    await runs(story, run);
    await story.pass('10m');
    expect(story.states(run)).toContain('approved');
  });
});

describe('after a rollback', () => {
  const BACK = `environments:
  qa:
    deploy: deploy.yml
    requires: [{ approvals: { count: 1, from: ["@cat"] } }]
    for: { rollback: { requires: [] } }
`;
  const decided = async (story: GateStory) => (await story.record()).filter(({ what }) => what === 'gate').at(-1)?.decision;
  const getsThere = async (story: GateStory) => {
    story.repository.finish(lastRun(story), 'success', 'build');
    await story.settle();
  };

  it('the way forward again is none back: it asks what every way forward asks', async () => {
    const story = await begin(BACK, { files: FILES });
    story.world.grant(story.repository, 'mia', 'maintain');
    let pull = release(story, 'v1.1.0');
    for (const tag of ['v1.1.0', 'v1.2.0']) {
      if (tag === 'v1.2.0') pull = release(story, tag);
      await commands(story, pull, '/approve qa', 'cat');
      await deploys(story, pull, '/deploy qa');
    }
    await deploys(story, pull, '/rollback qa', 'mia');
    expect([tagOf(story), (await decided(story))?.occasion]).toEqual(['v1.1.0', 'rollback']);
    await commands(story, pull, '/unhold qa');
    await commands(story, pull, '/reject qa it broke the shop', 'cat');
    await commands(story, pull, '/deploy qa');
    await getsThere(story);
    expect(tagOf(story)).toBe('v1.2.0');
    expect(await decided(story)).toMatchObject({ outcome: 'reject', occasion: 'feature' });
  });

  it('the hold is the App’s own, whatever number a person has', async () => {
    const story = await begin('environments:\n  qa: { deploy: deploy.yml }\n', { files: FILES });
    story.world.grant(story.repository, 'mia', 'maintain');
    await deploys(story, release(story, 'v1.1.0'), '/deploy qa');
    const pull = release(story, 'v1.2.0');
    await deploys(story, pull, '/deploy qa');
    await deploys(story, pull, '/rollback qa', 'mia');
    expect(ends(pull).at(-1)?.body).toContain('is back at');
    const [hold] = await story.app.store.notes(story.key, 'hold');
    expect(hold?.body).toMatchObject({ person: -story.app.app.id });
    await commands(story, pull, '/unhold qa');
    expect(await story.app.store.notes(story.key, 'hold')).toEqual([]);
  });
});

describe('S-28: a no of somebody who may no longer write', () => {
  it('holds, until somebody who may approve says otherwise', async () => {
    const story = await begin('environments:\n  production: { requires: [{ approvals: { count: 1 } }] }\n');
    const pull = story.merge('feat: one');
    const first = await story.deploy('production');
    await story.says(pull, '/reject production it leaks the keys', 'bob');
    expect(story.states(first)).toContain('rejected');
    story.world.grant(story.repository, 'bob', 'read');
    const again = await story.deploy('production');
    expect(story.states(again)).toContain('rejected');
    expect(story.word(again)).toContain('may no longer approve');
    await story.says(pull, '/approve production', 'cat');
    const last = await story.deploy('production');
    expect(story.states(last)).toContain('approved');
  });
});
