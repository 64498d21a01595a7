// `rollback: { on-failed }`: a check that fails after a deployment takes it back by itself, as `/rollback` does, once, and never on a doubt.
import { afterEach, describe, expect, it } from 'vitest';
import type { Pull } from '../support/github/records.ts';
import { claims, commands, deploys, dispatched, ends, FILES, lastRun, places, release, runs } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const ROLLBACK = 'rollback: { on-failed: ["smoke / *"], app: github-actions, within: 30m }';
const QA = `environments:\n  qa: { deploy: deploy.yml, ${ROLLBACK} }\n`;

/** v1.1.0 and then v1.2.0 were deployed to qa; mia maintains. */
async function withTwo(policy = QA, body = ''): Promise<{ story: GateStory; one: Pull; pull: Pull }> {
  const story = await begin(policy, { files: FILES });
  story.world.grant(story.repository, 'mia', 'maintain');
  const one = release(story, 'v1.1.0');
  await deploys(story, one, '/deploy qa');
  const pull = story.merge('feat: for v1.2.0', { body });
  story.tag('v1.2.0');
  await deploys(story, pull, '/deploy qa');
  await story.pass('1m');
  return { story, one, pull };
}

const tagOf = (story: GateStory) => lastRun(story).ref.replace('refs/tags/', '');
/** Our words about checks of a deployment. */
const said = (pull: Pull) =>
  pull.issue.comments
    .filter((one) => one.user.login === 'shiplock[bot]' && one.body.startsWith('<!-- shiplock:verification '))
    .map(({ body }) => body);
const count = (story: GateStory) => dispatched(story).length;

async function fails(story: GateStory, at = 'refs/tags/v1.2.0', name = 'smoke / shop'): Promise<void> {
  await story.check(name, 'failure', at);
  await story.pass('5s');
}

/** All of its time is over. */
async function later(story: GateStory): Promise<void> {
  for (let nth = 0; nth < 3; nth += 1) await story.pass('20m');
}

describe('a check that fails after a deployment', () => {
  it('takes it back, tells so once, holds the environment, and is in the record with its reason', async () => {
    const { story, pull } = await withTwo();
    await fails(story);
    expect([tagOf(story), count(story)]).toEqual(['v1.1.0', 3]);
    expect(said(pull)).toHaveLength(1);
    expect(said(pull)[0]).toContain('🔴 `smoke / shop` failed after `v1.2.0`');
    expect(said(pull)[0]).toContain('`qa` goes back from `v1.2.0`');
    expect(said(pull)[0]).toContain('`rollback: on-failed`');
    await runs(story);
    await later(story);
    expect((await places(story)).qa?.current).toMatchObject({ tag: 'v1.1.0' });
    expect(ends(pull).at(-1)?.body).toContain('✅ `qa` is back at `v1.1.0`');
    expect(await story.app.store.notes(story.key, 'hold')).toMatchObject([{ body: { environment: 'qa', by: 'shiplock' } }]);
    expect([said(pull).length, count(story), await claims(story)]).toEqual([1, 3, []]);
    const record = (await story.record()).filter(({ what }) => what === 'rollback');
    expect(record).toMatchObject([{ actor: { app: 'shiplock' }, environment: 'qa', release: 'v1.1.0' }]);
    expect(JSON.stringify(await story.app.store.notes(story.key, 'record-text'))).toContain('smoke / shop failed after the deployment');
  });

  it('asks the gate what it asks of a rollback, and no more', async () => {
    const policy = `environments:\n  qa: { deploy: deploy.yml, ${ROLLBACK}, for: { rollback: { requires: [{ checks: [back], app: github-actions }] } } }\n`;
    const { story } = await withTwo(policy);
    await fails(story);
    story.repository.finish(lastRun(story), 'success', 'build');
    await story.settle();
    expect((await story.record()).filter(({ what }) => what === 'gate').at(-1)).toMatchObject({
      decision: { outcome: 'wait', occasion: 'rollback' },
    });
    expect(lastRun(story).status).toBe('waiting');
    await story.check('back', 'success', 'refs/tags/v1.1.0');
    story.repository.finish(lastRun(story), 'success', 'deploy');
    await story.settle();
    expect((await places(story)).qa?.current).toMatchObject({ tag: 'v1.1.0' });
  });

  it('tells who wants to hear of it, with the reason, and opens a review', async () => {
    const policy = `environments:\n  qa: { deploy: deploy.yml, ${ROLLBACK}, review: { after: 72h, to: ["@acme/sre"] } }\nnotify: [{ on: [rolled-back], mention: ["@acme/people"] }]\n`;
    const { story, one } = await withTwo(policy);
    await fails(story);
    await runs(story);
    await story.pass('2m');
    const told = one.issue.comments.filter(({ body }) => body.includes('@acme/people')).map(({ body }) => body);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('was rolled back to `v1.1.0`: smoke / shop failed after the deployment');
    expect(story.issues().map(({ title }) => title.replace(/ at .*/, ''))).toContain('Look back: rollback of qa');
  });

  it('takes nothing back by any other check, of any other commit, by anybody else, before or after its time', async () => {
    const { story, pull } = await withTwo();
    const third = release(story, 'v1.3.0');
    const at = 'refs/tags/v1.3.0';
    await fails(story, at);
    await story.check('smoke / shop', 'success', at);
    await story.check('smoke / login', 'failure', at);
    await deploys(story, third, '/deploy qa');
    await story.pass('1m');
    await fails(story, at, 'unit');
    await fails(story, 'refs/tags/v1.2.0');
    story.repository.check('smoke / stranger', 'failure', { at, app: story.app.app });
    story.repository.status('smoke / person', 'failure', { at });
    story.repository.check('smoke / again', 'failure', { at });
    await story.check('smoke / again', 'success', at);
    await story.check('smoke / gone', 'cancelled', at);
    await story.pass('31m');
    await fails(story, at, 'smoke / late');
    await later(story);
    expect([count(story), said(pull), said(third), await claims(story)]).toEqual([3, [], [], []]);
  });

  it('never takes back a rollback, whoever began it', async () => {
    const { story, pull } = await withTwo();
    const third = release(story, 'v1.3.0');
    await deploys(story, third, '/deploy qa');
    await fails(story, 'refs/tags/v1.3.0');
    await runs(story);
    expect((await places(story)).qa?.current).toMatchObject({ tag: 'v1.2.0' });
    await fails(story);
    await later(story);
    expect([count(story), said(pull)]).toEqual([4, []]);
  });

  it('is once for each deployment, though the rollback fails', async () => {
    const { story, pull } = await withTwo();
    await fails(story);
    await runs(story, lastRun(story), 'failure');
    await fails(story, undefined, 'smoke / login');
    await later(story);
    expect([count(story), said(pull).length]).toEqual([3, 1]);
  });

  it('looks at the next deployment anew', async () => {
    const { story, pull } = await withTwo();
    await fails(story);
    await runs(story);
    await commands(story, pull, '/unhold qa');
    const third = release(story, 'v1.3.0');
    await deploys(story, third, '/deploy qa');
    await story.pass('1m');
    await fails(story, 'refs/tags/v1.3.0');
    // To what was there before it, and not to what was rolled back.
    expect([tagOf(story), count(story)]).toEqual(['v1.1.0', 5]);
    expect(said(third)).toHaveLength(1);
  });

  it('takes back what somebody deployed without a command, too', async () => {
    const { story } = await withTwo();
    const third = release(story, 'v1.3.0');
    await story.succeed(await story.deploy('qa', { ref: 'refs/tags/v1.3.0' }));
    await story.pass('1m');
    await fails(story, 'refs/tags/v1.3.0');
    expect([tagOf(story), count(story), said(third).length]).toEqual(['v1.2.0', 3, 1]);
  });

  it('is found by the next sweep where its event was lost', async () => {
    const { story, pull } = await withTwo();
    story.app.up = false;
    await fails(story);
    expect(count(story)).toBe(2);
    story.app.up = true;
    for (let nth = 0; nth < 3; nth += 1) await story.pass('3m');
    expect([tagOf(story), count(story), said(pull).length]).toEqual(['v1.1.0', 3, 1]);
  });

  it('is no more than a check where the policy has taken that back meanwhile', async () => {
    const { story, pull } = await withTwo();
    story.policy('environments:\n  qa: { deploy: deploy.yml }\n');
    await story.settle();
    await fails(story);
    await later(story);
    expect([count(story), said(pull)]).toEqual([2, []]);
  });
});

describe('where it cannot go back by itself, people are told once', () => {
  it('over what has no way back', async () => {
    const { story, pull } = await withTwo(`${QA}notify: [{ on: [failed], mention: ["@acme/people"] }]\n`);
    story.repository.label(pull, 'rollback: unsafe');
    await fails(story);
    await later(story);
    expect([count(story), said(pull).length, await claims(story)]).toEqual([2, 1, []]);
    expect(said(pull)[0]).toMatch(/There is no safe way from `v1\.2\.0`[\s\S]*is marked `rollback: unsafe`/);
    expect(said(pull)[0]).toContain('`/rollback qa`');
    const told = pull.issue.comments.filter((one) => one.body.includes('@acme/people'));
    expect(told).toHaveLength(1);
    expect(told[0]?.body).toContain('nothing was rolled back by itself');
    expect((await story.record()).filter(({ what }) => what === 'note')).toMatchObject([{ environment: 'qa', actor: { app: 'shiplock' } }]);
  });

  it('where nothing was there before', async () => {
    const story = await begin(QA, { files: FILES });
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy qa');
    await story.pass('1m');
    await fails(story, 'refs/tags/v1.1.0');
    expect([count(story), said(pull).length]).toEqual([1, 1]);
    expect(said(pull)[0]).toContain('Nothing was in `qa` with success before `v1.1.0`');
  });

  it('where the checks cannot be seen, at the end of the time', async () => {
    const { story, pull } = await withTwo();
    const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
    story.world.faults.answer(route, 403, { message: 'Resource not accessible by integration', times: 3 });
    await fails(story);
    expect(said(pull)).toEqual([]);
    await later(story);
    expect([count(story), said(pull).length]).toEqual([2, 1]);
    expect(said(pull)[0]).toContain('⚠️ Whether `v1.2.0`');
    expect(said(pull)[0]).toContain('could not be seen');
  });

  it('where what was deployed cannot be seen, at the end of the time', async () => {
    const { story, pull } = await withTwo();
    const route = 'GET /repos/{owner}/{repo}/deployments';
    story.world.faults.answer(route, 403, { message: 'Resource not accessible by integration', times: 4 });
    await fails(story);
    await story.pass('46m');
    expect([count(story), said(pull).length]).toEqual([2, 1]);
    expect(said(pull)[0]).toContain('What was deployed to qa could not be seen');
    for (let nth = 0; nth < 3; nth += 1) await story.pass('10m');
    expect([count(story), said(pull).length]).toEqual([2, 1]);
  });

  it('where it was found out too late', async () => {
    const { story, pull } = await withTwo();
    story.app.up = false;
    story.repository.check('smoke / shop', 'failure', { at: 'refs/tags/v1.2.0' });
    story.world.clock.advance('3h');
    story.app.up = true;
    await later(story);
    expect([count(story), said(pull).length]).toEqual([2, 1]);
    expect(said(pull)[0]).toContain('found out too late');
  });
});

describe('during another deployment', () => {
  it('what only waits makes way, as for a person', async () => {
    const policy = `environments:\n  qa: { deploy: deploy.yml, ${ROLLBACK}, requires: [{ checks: [ready], app: github-actions }], for: { rollback: { requires: [] } } }\n`;
    const story = await begin(policy, { files: FILES });
    const pulls = ['v1.1.0', 'v1.2.0'].map((tag) => {
      const pull = release(story, tag);
      story.repository.check('ready', 'success');
      return pull;
    });
    for (const pull of pulls) await deploys(story, pull, '/deploy qa');
    await story.pass('1m');
    const third = release(story, 'v1.3.0');
    await commands(story, third, '/deploy qa');
    story.repository.finish(lastRun(story), 'success', 'build');
    await story.settle();
    const waiting = lastRun(story);
    expect(waiting.status).toBe('waiting');
    await fails(story);
    await story.pass('1m');
    expect(waiting.status).toBe('completed');
    expect(tagOf(story)).toBe('v1.1.0');
    await runs(story);
    expect((await places(story)).qa?.current).toMatchObject({ tag: 'v1.1.0' });
    expect(ends(third).at(-1)?.body).toContain('the policy (`rollback: on-failed`)');
  });

  it.each<[string, 'success' | 'failure', RegExp | null]>([
    ['success has taken care of it', 'success', null],
    ['failure may have left half of each, which people have to look at', 'failure', /`v1\.3\.0`[^\n]* failed on its way to `qa` since/],
  ])('what has begun is waited for: its %s', async (_, conclusion, says) => {
    const { story, pull } = await withTwo();
    const third = release(story, 'v1.3.0');
    await commands(story, third, '/deploy qa');
    const run = lastRun(story);
    story.repository.finish(run, 'success', 'build');
    await story.pass('5s');
    expect(run.status).toBe('in_progress');
    await fails(story);
    await story.pass('3m');
    expect([count(story), said(pull)]).toEqual([3, []]);
    story.repository.finish(run, conclusion, 'deploy');
    await story.pass('5s');
    await later(story);
    expect([count(story), said(pull).length]).toEqual([3, says === null ? 0 : 1]);
    if (says !== null) expect(said(pull)[0]).toMatch(says);
  });

  it('whoever rolls back by hand first has done it', async () => {
    const { story, pull } = await withTwo();
    await commands(story, pull, '/rollback qa', 'mia');
    await fails(story);
    await runs(story);
    await later(story);
    expect([count(story), said(pull)]).toEqual([3, []]);
  });
});

describe('killed after any write', () => {
  async function tell(kill: number) {
    const { story, pull } = await withTwo();
    const before = story.world.effects.all.length;
    let died = false;
    if (kill > 0) {
      story.world.faults.killAfterWrite(kill, () => {
        died = true;
      });
    }
    const revive = async () => {
      if (!died) return;
      story.world.faults.revive();
      await story.restart();
      for (let minutes = 0; minutes < 3; minutes += 1) await story.pass('1m');
    };
    await fails(story);
    await revive();
    await runs(story);
    await story.pass('5s');
    await revive();
    const writes = story.world.effects.all.length - before;
    story.world.faults.revive();
    const record = (await story.record()).flatMap((one) => (one.what === 'rollback' || one.what === 'hold' ? [one.what] : []));
    return {
      died,
      writes,
      end: {
        dispatched: count(story),
        there: (await places(story)).qa?.current?.tag,
        words: [said(pull).length, ends(pull).length],
        claims: await claims(story),
        record,
        dead: (await story.app.store.dead(10)).length,
      },
    };
  }

  it('comes to the same end: one rollback, told once', async () => {
    const whole = await tell(0);
    expect(whole.end).toEqual({ dispatched: 3, there: 'v1.1.0', words: [1, 2], claims: [], record: ['rollback', 'hold'], dead: 0 });
    expect(whole.writes).toBeGreaterThanOrEqual(4);
    for (let kill = 1; kill <= whole.writes; kill += 1) {
      const { end: other, died } = await tell(kill);
      expect(died || kill >= whole.writes).toBe(true);
      expect([kill, other]).toEqual([kill, whole.end]);
    }
  }, 300_000);
});
