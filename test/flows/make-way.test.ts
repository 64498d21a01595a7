// A deployment that only waits makes way for a newer release and for a security fix; what was let in, or runs, does not.
import { afterEach, describe, expect, it } from 'vitest';
import type { Pull } from '../support/github/records.ts';
import { answerOf, claims, commands, DEPLOY, deploys, dispatched, ends, FILES, lastRun, release } from './deploy-story.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const CHECKED = 'environments:\n  qa: { deploy: deploy.yml, requires: [{ checks: [unit] }] }\n';

/** v1.1.0 waits at the gate of qa, commanded by ada; v1.2.0 is out. */
async function withOne(policy = CHECKED, title = 'feat: next') {
  const story = await begin(policy, { files: FILES });
  const first = release(story, 'v1.1.0');
  await commands(story, first, '/deploy qa');
  const run = lastRun(story);
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  const second = release(story, 'v1.2.0', title);
  await story.settle();
  return { story, first, second, run };
}

/** To the answer, which waits until what makes way has ended. */
async function asks(story: GateStory, on: Pull, body: string, by = 'bob'): Promise<string> {
  await story.says(on, body, by);
  await story.pass('10s');
  return answerOf(on);
}

describe('what waits at its gate', () => {
  it('makes way for a newer release: it is stopped, recorded, and whoever commanded it is told', async () => {
    const { story, first, second, run } = await withOne();
    expect(run.status).toBe('waiting');
    const says = await asks(story, second, '/deploy qa');
    expect(run.status).toBe('completed');
    expect(story.answers(run).at(-1)).toMatchObject({ state: 'rejected', comment: 'v1.2.0 takes its place in qa, as bob asked.' });
    const next = lastRun(story);
    expect(next.ref).toBe('refs/tags/v1.2.0');
    expect(says).toContain('`v1.2.0`');
    expect(says).toContain(
      `in [\`run ${run.id}\`](https://github.com/acme/app/actions/runs/${run.id}), which had not begun there, was stopped for it.`,
    );
    expect(ends(first).map((one) => one.body)).toEqual([
      expect.stringContaining('had not begun there and was stopped, as bob deploys `v1.2.0`'),
    ]);
    expect(await claims(story)).toMatchObject([{ kind: 'deploy', tag: 'v1.2.0', run: next.id, by: { login: 'bob' } }]);
    const record = (await story.record()).filter(({ what }) => what === 'deploy' || what === 'deployment');
    expect(record).toMatchObject([
      { what: 'deploy', release: 'v1.1.0', run: { id: run.id } },
      { what: 'deploy', release: 'v1.2.0', run: { id: next.id } },
      { what: 'deployment', actor: { login: 'bob' }, release: 'v1.1.0', run: { id: run.id }, state: 'cancelled' },
    ]);
    expect(JSON.stringify(await story.app.store.notes(story.key, 'record-text'))).toContain('made way for v1.2.0');
    // Its gate had not decided, and nobody is told that it had.
    expect(story.status(first)).toContain('⚪ over');
    expect(story.comments(first).some(({ body }) => body.includes('was rejected'))).toBe(false);
    story.repository.check('unit', 'success', { at: next.sha });
    story.repository.finish(next, 'success', 'build');
    await story.pass('5s');
    story.repository.finish(next);
    await story.settle();
    expect(ends(second).at(-1)?.body).toContain('✅ `v1.2.0`');
    expect(await claims(story)).toEqual([]);
  });

  it('does not for an older one, or for the same: whoever asks is told how', async () => {
    const { story, first, second, run } = await withOne();
    await asks(story, second, '/deploy qa');
    const next = lastRun(story);
    const says = await asks(story, first, '/deploy qa');
    expect(says).toContain('Nothing was started: `v1.2.0`');
    expect(says).toMatch(/`v1\.1\.0` \(`[0-9a-f]{7}`\) is not newer\./);
    expect(says).toContain('with `/reject qa REASON` or by cancelling its run on GitHub');
    expect(await asks(story, second, '/deploy qa', 'cat')).toContain('One deployment at a time');
    expect(dispatched(story)).toEqual([run, next]);
    expect(await claims(story)).toMatchObject([{ run: next.id }]);
  });

  it('for an older line’s security fix does, for its other releases does not', async () => {
    const story = await begin(CHECKED, { files: FILES });
    const old = story.repository.sha('refs/tags/v1.0.0');
    story.repository.record.git.refs.write('refs/heads/1.x', old);
    const first = release(story, 'v2.0.0', 'feat!: all new');
    await commands(story, first, '/deploy qa');
    const run = lastRun(story);
    story.repository.finish(run, 'success', 'build');
    await story.settle();
    for (const [tag, message] of [
      ['v1.0.1', 'fix: a bug'],
      ['v1.0.2', 'fix(security): CVE-2026-1'],
    ] as const) {
      story.repository.push('1.x', [{ message }]);
      story.repository.tag(tag, { at: story.repository.sha('refs/heads/1.x'), message: tag });
      story.repository.release(tag, { name: tag, body: tag });
    }
    await story.settle();
    expect(await asks(story, first, '/deploy qa 1.0.1')).toContain('is not newer');
    expect(run.status).toBe('waiting');
    await asks(story, first, '/deploy qa 1.0.2');
    expect(run.status).toBe('completed');
    expect(lastRun(story).ref).toBe('refs/tags/v1.0.2');
  });

  it('and was begun by the policy is told of where its release is talked about', async () => {
    const story = await begin(CHECKED.replace('deploy.yml,', 'deploy.yml, promote: auto,'), { files: FILES });
    const first = release(story, 'v1.1.0');
    await story.pass('1m');
    const second = release(story, 'v1.2.0');
    const [claim] = await claims(story);
    if (claim === undefined) throw new Error('Nobody has the turn.');
    expect(claim.by).toMatchObject({ app: 'shiplock' });
    await asks(story, second, '/deploy qa 1.2.0');
    expect(lastRun(story).ref).toBe('refs/tags/v1.2.0');
    const told = [...story.comments(first), ...story.issues().flatMap((one) => story.comments(one))].map((one) => one.body);
    expect(told.join('\n')).toContain('as bob deploys `v1.2.0`');
  });
});

describe('what does not only wait', () => {
  it('has been let in, though its job has not begun: it keeps its turn', async () => {
    const { story, first, second, run } = await withOne();
    story.world.deliveries.hold();
    story.repository.check('unit', 'success', { at: run.sha });
    await story.app.store.write(
      [{ repository: story.key, kind: 'let-in', name: `qa ${run.sha}`, body: { run: run.id } }],
      story.world.clock.now(),
    );
    story.world.deliveries.release();
    expect(await asks(story, second, '/deploy qa')).toMatch(/is being deployed to `qa` at this moment.*(its gate has let it in|has begun)/);
    expect(story.states(run)).not.toContain('rejected');
    expect(ends(first)).toEqual([]);
  });

  it('has begun: it keeps its turn', async () => {
    const { story, second, run } = await withOne();
    story.repository.check('unit', 'success', { at: run.sha });
    await story.pass('5s');
    expect(run.status).toBe('in_progress');
    expect(await asks(story, second, '/deploy qa')).toContain('and has begun. To cut that off might leave half of each there.');
    expect(dispatched(story)).toEqual([run]);
  });

  it('builds only: it makes way', async () => {
    const story = await begin(CHECKED, { files: FILES });
    await commands(story, release(story, 'v1.1.0'), '/deploy qa');
    const run = lastRun(story);
    await asks(story, release(story, 'v1.2.0'), '/deploy qa');
    expect(run.status).toBe('completed');
    expect(lastRun(story).ref).toBe('refs/tags/v1.2.0');
  });

  it('is at work in another environment: it is not cut off there', async () => {
    const both = `${DEPLOY}  again:\n    needs: build\n    environment: other\n`;
    const story = await begin(`${CHECKED}  other: { deploy: deploy.yml }\n`, { files: { '.github/workflows/deploy.yml': both } });
    const first = release(story, 'v1.1.0');
    await commands(story, first, '/deploy qa');
    const run = lastRun(story);
    story.repository.finish(run, 'success', 'build');
    const second = release(story, 'v1.2.0');
    await story.settle();
    expect(await asks(story, second, '/deploy qa')).toContain('is deploying to `other` at this moment, which would be cut off');
    expect(run.status).toBe('in_progress');
    story.repository.finish(run, 'success', 'again');
    await story.settle();
    await asks(story, second, '/deploy qa');
    expect(lastRun(story).ref).toBe('refs/tags/v1.2.0');
  });

  it('is a rollback', async () => {
    const { story, second } = await withOne();
    const [claim] = await claims(story);
    const note = { repository: story.key, kind: 'claim', name: 'qa', body: JSON.parse(JSON.stringify({ ...claim, kind: 'rollback' })) };
    await story.app.store.write([note], story.world.clock.now());
    expect(await asks(story, second, '/deploy qa')).toContain('is being rolled back to');
    expect(dispatched(story)).toHaveLength(1);
  });
});

describe('at the same instant', () => {
  it('the newer of two has the turn in the end, whoever comes first', async () => {
    for (const order of [
      ['1.1.0', '1.2.0'],
      ['1.2.0', '1.1.0'],
    ]) {
      const story = await begin(CHECKED, { files: FILES });
      const [first, second] = [release(story, 'v1.1.0'), release(story, 'v1.2.0')];
      await story.settle();
      const on = { '1.1.0': first, '1.2.0': second };
      for (const version of order) story.repository.comment(on[version as keyof typeof on], `/deploy qa ${version}`, { by: 'ada' });
      await story.settle();
      for (let times = 0; times < 6; times += 1) await story.pass('10s');
      const open = dispatched(story).filter((one) => one.status !== 'completed');
      expect([order, open.map((one) => one.ref)]).toEqual([order, ['refs/tags/v1.2.0']]);
      expect(await claims(story)).toMatchObject([{ tag: 'v1.2.0', run: open[0]?.id }]);
      expect(answerOf(first)).not.toBe('');
      expect(answerOf(second)).toContain('is on its way to `qa`');
    }
  });
});

describe('a rollback at the same instant', () => {
  it('waits until it is known what it stops, and one run is left', async () => {
    const story = await begin('environments:\n  qa: { deploy: deploy.yml }\n', { files: FILES });
    story.world.grant(story.repository, 'mia', 'maintain');
    for (const tag of ['v1.1.0', 'v1.2.0']) await deploys(story, release(story, tag), '/deploy qa');
    const third = release(story, 'v1.3.0');
    const issue = story.repository.openIssue('It is down', { by: 'mia' });
    await story.settle();
    story.repository.comment(third, '/deploy qa', { by: 'ada' });
    story.repository.comment(issue, '/rollback qa', { by: 'mia' });
    await story.settle();
    for (let times = 0; times < 6; times += 1) await story.pass('10s');
    const open = dispatched(story).filter((one) => one.status !== 'completed');
    expect(open).toHaveLength(1);
    expect(await claims(story)).toMatchObject([{ run: open[0]?.id }]);
    // Whoever came first: a deployment that comes to a rollback is told to wait.
    expect(answerOf(issue)).toContain('`qa` goes back from `v1.2.0`');
    expect(open[0]?.ref).toBe('refs/tags/v1.1.0');
  });
});

describe('killed after any write', () => {
  it('comes to the same end: one of them stopped, one begun, each told once', { timeout: 240_000 }, async () => {
    const count = async (kill: number) => {
      const { story, first, second, run } = await withOne();
      const before = story.world.effects.all.length;
      let died = false;
      if (kill > 0)
        story.world.faults.killAfterWrite(kill, () => {
          died = true;
        });
      story.repository.comment(second, '/deploy qa', { by: 'bob' });
      await story.settle();
      for (let times = 0; times < 3; times += 1) {
        if (died) {
          story.world.faults.revive();
          await story.restart();
        }
        await story.pass('1m');
      }
      story.world.faults.revive();
      const told = (on: Pull) => on.issue.comments.flatMap((one) => /^<!-- shiplock:(?:answer|deployment) /.exec(one.body)?.[0] ?? []);
      const record = (await story.record()).filter(({ what }) => what !== 'gate').map(({ what, release: tag }) => `${what} ${tag}`);
      const runs = dispatched(story).map((one) => [one.ref, one.status === 'completed']);
      const turns = (await claims(story)).map((one) => one.tag);
      return {
        end: {
          runs,
          first: told(first).length,
          second: told(second).length,
          turns,
          record,
          rejected: story.states(run).filter((one) => one === 'rejected').length,
        },
        died,
        writes: story.world.effects.all.length - before,
      };
    };
    const whole = await count(0);
    expect(whole.end).toMatchObject({
      runs: [
        ['refs/tags/v1.1.0', true],
        ['refs/tags/v1.2.0', false],
      ],
      first: 2,
      second: 1,
      turns: ['v1.2.0'],
      rejected: 1,
    });
    for (let kill = 1; kill <= whole.writes; kill += 1) {
      const { end: ended } = await count(kill);
      expect([kill, ended]).toEqual([kill, whole.end]);
      await end();
    }
  });
});
