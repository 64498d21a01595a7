// `/deploy`: which release goes where, one at a time, and the release's commit alone.
import { afterEach, describe, expect, it } from 'vitest';
import {
  answerOf,
  cancels,
  claims,
  commands,
  DEPLOY,
  deploys,
  dispatched,
  ends,
  FILES,
  lastRun,
  POLICY,
  places,
  release,
  runs,
} from './deploy-story.ts';
import { gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);
const start = (policy = POLICY, files: Record<string, string> = FILES) => begin(policy, { files });

describe('/deploy', () => {
  it('starts the workflow on the tag of the release that is talked about, and says how it ended', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    const says = await commands(story, pull, '/deploy qa');
    const run = lastRun(story);
    expect(run).toMatchObject({ ref: 'refs/tags/v1.1.0', sha: story.repository.sha('refs/tags/v1.1.0') });
    expect(run.inputs).toEqual({ environment: 'qa', version: '1.1.0', sha: run.sha });
    expect(says).toContain('`v1.1.0`');
    expect(says).toContain(`/actions/runs/${run.id})`);
    expect(await claims(story)).toMatchObject([{ environment: 'qa', run: run.id, sha: run.sha, by: { login: 'ada' } }]);
    await runs(story);
    expect(run.conclusion).toBe('success');
    expect(ends(pull).map((one) => one.body)).toEqual([expect.stringContaining('✅ `v1.1.0`')]);
    expect(ends(pull)[0]?.body).toContain('Next: `/deploy production`');
    expect(await claims(story)).toEqual([]);
    expect(await places(story)).toMatchObject({ qa: { current: { tag: 'v1.1.0', run: run.id }, pending: null, failed: null } });
    const entries = (await story.record()).filter((one) => one.what === 'deploy' || one.what === 'deployment');
    expect(entries).toMatchObject([
      { what: 'deploy', actor: { login: 'ada', role: 'write' }, environment: 'qa', sha: run.sha, release: 'v1.1.0', run: { id: run.id } },
      { what: 'deployment', state: 'success', environment: 'qa', release: 'v1.1.0', run: { id: run.id } },
    ]);
  });

  it('S-08: deploys the release’s commit, and neither the head of a pull request nor its merge', async () => {
    const story = await start();
    const pull = story.merge('feat: one');
    const merge = story.repository.sha('refs/heads/main');
    story.merge('feat: two');
    story.tag('v1.1.0');
    await commands(story, pull, '/deploy qa');
    const { sha } = lastRun(story);
    expect(sha).toBe(story.repository.sha('refs/tags/v1.1.0'));
    expect([pull.head.sha, merge]).not.toContain(sha);
  });

  it('S-06: is done once, however often its comment is told of', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    story.world.deliveries.double(1);
    await deploys(story, pull, '/deploy qa');
    story.world.deliveries.double(0);
    expect(dispatched(story)).toHaveLength(1);
    expect(pull.issue.comments.filter((one) => one.body.startsWith('<!-- shiplock:answer '))).toHaveLength(1);
  });
});

describe('which release', () => {
  it('of a pull request is the first that holds it; of an issue the newest; else what the environment before has', async () => {
    const story = await start();
    const one = release(story, 'v1.1.0');
    const two = release(story, 'v1.2.0');
    const issue = story.repository.openIssue('When?', { by: 'ada' });
    await deploys(story, one, '/deploy qa');
    expect(lastRun(story).ref).toBe('refs/tags/v1.1.0');
    await deploys(story, issue, '/deploy production');
    expect(lastRun(story).ref).toBe('refs/tags/v1.1.0');
    await deploys(story, issue, '/deploy qa');
    expect(lastRun(story).ref).toBe('refs/tags/v1.2.0');
    await deploys(story, two, '/deploy production 1.2.0');
    expect(lastRun(story)).toMatchObject({ ref: 'refs/tags/v1.2.0', inputs: { environment: 'production' } });
    expect(await places(story)).toMatchObject({
      qa: { current: { tag: 'v1.2.0' }, previous: { tag: 'v1.1.0' } },
      production: { current: { tag: 'v1.2.0' }, previous: { tag: 'v1.1.0' } },
    });
  });

  it('is told where there is none, and nothing is started', async () => {
    const story = await start();
    const waits = story.merge('feat: not released');
    const open = story.repository.openPull({ title: 'feat: open', author: 'ada' });
    const issue = story.repository.openIssue('When?', { by: 'ada' });
    expect(await commands(story, waits, '/deploy qa')).toContain(`No published release contains #${waits.issue.number} yet`);
    expect(await commands(story, open, '/deploy qa')).toContain('is not merged');
    expect(await commands(story, issue, '/deploy production')).toContain('Nothing has been deployed to `qa` yet');
    expect(await commands(story, issue, '/deploy qa 1.0.1')).toContain('No tag here names a release `1.0.1`. Did you mean `1.0.0`?');
    expect(await commands(story, issue, '/deploy qaa')).toContain('Did you mean `qa`?');
    story.repository.release('v2.0.0', { name: 'v2.0.0', draft: true });
    expect(await commands(story, issue, '/deploy qa 2.0.0')).toContain('`v2.0.0` is a draft');
    expect(dispatched(story)).toEqual([]);
    expect(await claims(story)).toEqual([]);
  });

  it('that was there before what is there now is a rollback', async () => {
    const story = await start();
    const one = release(story, 'v1.1.0');
    const two = release(story, 'v1.2.0');
    await deploys(story, one, '/deploy qa');
    await deploys(story, two, '/deploy qa');
    expect(await commands(story, one, '/deploy qa')).toContain('`/rollback qa 1.1.0` does it');
    expect(dispatched(story)).toHaveLength(2);
  });
});

describe('the workflow', () => {
  it('gets those of its inputs that it declares', async () => {
    const story = await start(POLICY, {
      '.github/workflows/deploy.yml': DEPLOY.replace(', version: {}, sha: {}', ', dry-run: { default: no }'),
    });
    await commands(story, release(story, 'v1.1.0'), '/deploy qa');
    expect(lastRun(story).inputs).toMatchObject({ environment: 'qa' });
  });

  it.each([
    ['that the policy does not name', 'environments:\n  qa: {}\n', FILES, 'The policy names no workflow for `qa`'],
    ['that the release does not have', 'environments:\n  qa: { deploy: other.yml }\n', FILES, 'There is no `.github/workflows/other.yml`'],
    [
      'that cannot be started by hand',
      'environments:\n  qa: { deploy: deploy.yml }\n',
      { '.github/workflows/deploy.yml': 'on: push\njobs: {}\n' },
      'it has no `on: workflow_dispatch`',
    ],
  ])('%s is told of', async (_, policy, files, words) => {
    const story = await start(policy, files);
    expect(await commands(story, release(story, 'v1.1.0'), '/deploy qa')).toContain(words);
    expect(dispatched(story)).toEqual([]);
    expect(await claims(story)).toEqual([]);
  });

  it('that GitHub does not start is told in its words, and the next may try', async () => {
    const files = { '.github/workflows/deploy.yml': DEPLOY.replace('sha: {}', 'region: { required: true }') };
    const story = await start(POLICY, files);
    const says = await commands(story, release(story, 'v1.1.0'), '/deploy qa');
    expect(says).toContain('GitHub says: Required input');
    expect(await claims(story)).toEqual([]);
  });

  it('S-07: a tag that has moved is not deployed', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    const sha = story.repository.sha('refs/tags/v1.1.0');
    await deploys(story, pull, '/deploy qa');
    story.merge('feat: other');
    story.repository.record.git.refs.write('refs/tags/v1.1.0', story.repository.sha('refs/heads/main'));
    const says = await commands(story, pull, '/deploy production');
    expect(says).toContain('The tag `v1.1.0` points to');
    expect(dispatched(story).map((one) => one.sha)).toEqual([sha]);
  });
});

describe('one at a time', () => {
  it('two at the same instant: one runs, and the other is told of it', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await story.settle();
    story.repository.comment(pull, '/deploy qa', { by: 'ada' });
    story.repository.comment(pull, '/deploy qa', { by: 'bob' });
    await story.settle();
    expect(dispatched(story)).toHaveLength(1);
    const says = pull.issue.comments.filter((one) => one.body.startsWith('<!-- shiplock:answer ')).map((one) => one.body);
    // Whoever is told no may be told first: the other is answered once GitHub has taken the dispatch.
    const [first, second] = ['@ada', '@bob'].map((who) => says.find((text) => text.includes(who)));
    expect(first).toContain('is on its way to `qa`');
    expect(second).toContain('Nothing was started: `v1.1.0`');
    expect(second).toContain('by ada since');
    await runs(story);
    await deploys(story, pull, '/deploy qa', 'bob');
    expect(dispatched(story)).toHaveLength(2);
  });

  it('another environment has a turn of its own', async () => {
    const story = await start(`${POLICY}  other: { deploy: deploy.yml }\n`);
    const pull = release(story, 'v1.1.0');
    await commands(story, pull, '/deploy qa');
    const other = await commands(story, pull, '/deploy other');
    expect(other).toContain('is on its way to `other`');
    expect(await claims(story)).toHaveLength(2);
  });

  it('S-42: the end of an earlier run frees no later claim of the same person', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    const first = await deploys(story, pull, '/deploy qa');
    await commands(story, pull, '/deploy qa');
    const second = lastRun(story);
    expect(second).not.toBe(first);
    story.repository.rerun(first);
    await runs(story, first);
    expect(await claims(story)).toMatchObject([{ run: second.id }]);
    await runs(story, second);
    expect(await claims(story)).toEqual([]);
  });

  it.each(['failure', 'cancelled'])('a run that ends with %s frees the turn, and says so', async (conclusion) => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy qa', 'ada', conclusion);
    expect(ends(pull).at(-1)?.body).toContain(conclusion === 'failure' ? 'ended with `failure`' : 'was cancelled');
    expect(await claims(story)).toEqual([]);
    expect((await story.record()).at(-1)).toMatchObject({ what: 'deployment', state: conclusion });
    expect(await places(story)).toMatchObject({ qa: { current: null, failed: { tag: 'v1.1.0' } } });
  });

  it('what GitHub cancels without a word, in favour of a newer run, is noticed', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await commands(story, pull, '/deploy qa');
    const run = lastRun(story);
    const newer = story.repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'other' }, by: 'bob' });
    await cancels(story, run);
    const says = ends(pull).at(-1)?.body ?? '';
    expect(says).toContain('was cancelled');
    expect(says).toContain('`concurrency` group');
    expect(says).toContain(`[\`run ${newer.id}\`]`);
    expect((await story.record()).at(-1)).toMatchObject({ what: 'deployment', state: 'cancelled', run: { id: run.id } });
    expect(await claims(story)).toEqual([]);
  });

  it('lost events: after six hours GitHub is asked, and what still runs keeps its turn', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await commands(story, pull, '/deploy qa');
    await story.pass('6h');
    await story.pass('1m');
    expect(await claims(story)).toHaveLength(1);
    const run = lastRun(story);
    story.repository.finish(run, 'success', 'build');
    await story.settle();
    // What is looked at again by itself soon after is over before the events are lost.
    await story.pass('1m');
    story.world.deliveries.hold();
    story.repository.finish(run);
    await story.settle();
    expect(await claims(story)).toHaveLength(1);
    await story.pass('7h');
    expect(await claims(story)).toEqual([]);
    story.world.deliveries.release('reversed');
    await story.settle();
    expect(ends(pull)).toHaveLength(1);
  });

  it('a run that deploys to no such environment is told of', async () => {
    const files = { '.github/workflows/deploy.yml': DEPLOY.replace(/environment: \$.*/, 'environment: elsewhere') };
    const story = await start(POLICY, files);
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy qa');
    expect(ends(pull).at(-1)?.body).toContain('succeeded, but deployed nothing there');
  });
});

describe('others’ deployments', () => {
  it('are seen, recorded and shown', async () => {
    const story = await start();
    const pull = release(story, 'v1.1.0');
    await deploys(story, pull, '/deploy qa');
    const next = story.tag('v1.2.0');
    story.repository.deploy('qa', { ref: 'refs/tags/v1.2.0' });
    await story.settle();
    expect(await places(story)).toMatchObject({ qa: { current: { sha: next } } });
    const entries = (await story.record()).filter((one) => one.what === 'deployment');
    expect(entries.at(-1)).toMatchObject({ actor: { app: 'github-actions' }, environment: 'qa', state: 'success', sha: next });
    expect(await commands(story, pull, '/why qa')).toContain('**What is where**');
  });

  it('to environments that the policy does not name are nobody’s', async () => {
    const story = await start();
    story.repository.deploy('preview-12');
    await story.settle();
    expect(Object.keys(await places(story))).toEqual(['production', 'qa']);
    expect((await story.record()).filter((one) => one.what === 'deployment')).toEqual([]);
  });
});

describe('killed after any write', () => {
  it('comes to the same end: one run, one answer, one word', { timeout: 240_000 }, async () => {
    const count = async (kill: number) => {
      const story = await start();
      const pull = release(story, 'v1.1.0');
      await story.settle();
      const before = story.world.effects.all.length;
      let died = false;
      if (kill > 0)
        story.world.faults.killAfterWrite(kill, () => {
          died = true;
        });
      story.repository.comment(pull, '/deploy qa', { by: 'ada' });
      await story.settle();
      const revive = async () => {
        if (!died) return;
        story.world.faults.revive();
        await story.restart();
        for (let minutes = 0; minutes < 3; minutes += 1) await story.pass('1m');
      };
      await revive();
      await runs(story);
      await revive();
      story.world.faults.revive();
      const comments = pull.issue.comments
        .map((one) => /^<!-- shiplock:(answer|deployment) /.exec(one.body)?.[1])
        .filter((one) => one !== undefined);
      const record = (await story.record()).map((one) => one.what);
      return {
        end: { runs: dispatched(story).length, comments, claims: await claims(story), record },
        died,
        writes: story.world.effects.all.length - before,
      };
    };
    const whole = await count(0);
    expect(whole.end).toMatchObject({ runs: 1, claims: [] });
    for (let kill = 1; kill <= whole.writes; kill += 1) {
      const { end: ended, died } = await count(kill);
      expect([kill, died, ended]).toEqual([kill, true, whole.end]);
      await end();
    }
  });
});

describe('a second command in the comment', () => {
  it('is done as well', async () => {
    const story = await start(`${POLICY}  other: { deploy: deploy.yml }\n`);
    const pull = release(story, 'v1.1.0');
    await commands(story, pull, '/deploy qa\n/deploy other');
    expect(dispatched(story).map((one) => one.inputs.environment)).toEqual(['qa', 'other']);
    expect(answerOf(pull)).toContain('is on its way to `other`');
  });
});

it('S-30: whoever commanded a deployment deploys it, although the App began its run', async () => {
  const story = await start('environments:\n  qa: { deploy: deploy.yml, requires: [{ approvals: { count: 1, except: [deployer] } }] }\n');
  const pull = release(story, 'v1.1.0');
  await commands(story, pull, '/deploy qa', 'bob');
  const run = lastRun(story);
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  expect(await commands(story, pull, '/approve qa', 'bob')).toContain('deployer');
  expect(story.word(run)).not.toContain('is open');
  await commands(story, pull, '/approve qa', 'cat');
  expect(story.word(run)).toContain('is open');
});
