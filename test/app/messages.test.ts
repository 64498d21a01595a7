// Messages to the operator's own address, from a release that is out to whoever reads of it: through the App's worker and its durable queue,
// each once in effect, in their order, and together where there are many.
import { afterEach, describe, expect, it } from 'vitest';
import type { Digested } from '../../src/core/news-digest.ts';
import type { Happening } from '../../src/core/tell.ts';
import { tellTasks } from '../../src/flows/deployment/tell.ts';
import { type TrainStory, trainStories } from '../flows/train-story.ts';
import { Receiver, SECRET } from './receiver.ts';

const { begin, end } = trainStories();
const receivers: Receiver[] = [];
afterEach(async () => {
  for (const one of receivers.splice(0)) await one.close();
  await end();
});

async function starts(answer?: (nth: number) => number): Promise<{ story: TrainStory; receiver: Receiver }> {
  const receiver = await Receiver.open(answer);
  receivers.push(receiver);
  // v1.0.0 is told of first.
  const story = await begin(null, { outgoing: receiver.outgoing });
  await story.pass('1h');
  return { story, receiver };
}

/** As deployments would tell it. */
async function happens(story: TrainStory, ...names: readonly string[]): Promise<void> {
  const [installation] = [...story.app.world.state.installations.values()];
  const home = { installation: installation?.id ?? 0, id: story.repository.record.id, owner: 'acme', name: 'app' };
  const now = story.app.world.clock.now();
  const sha = story.repository.sha('refs/tags/v1.0.0');
  const tasks = names.flatMap((once) => {
    const happening: Happening = {
      ...{ event: 'deployed', sha, environment: 'qa', release: 'v1.0.0', at: '2026-11-23T12:00:00Z', by: 'ada', url: null, says: null },
      once,
    } as Happening;
    return tellTasks({ home, now, outgoing: { send: async () => undefined } }, happening);
  });
  await story.app.store.add(tasks, now);
  await story.settle();
}

describe('a message', () => {
  it('is tried until it is taken, later each time, the same each time, and those after it wait', async () => {
    const { story, receiver } = await starts((nth) => (nth === 2 || nth === 3 ? 500 : 200));
    const pull = await story.merge('feat: one');
    story.app.world.clock.advance('1m');
    story.repository.comment(pull, '/release publish', { by: 'mia' });
    await story.settle();
    expect(story.releases()).toContain('v1.1.0');
    await happens(story, 'after');
    expect(receiver.got).toHaveLength(2);
    const waits: number[] = [];
    for (let seconds = 0, seen = 2; seconds < 60 && receiver.got.length < 5; seconds += 1) {
      await story.pass('1s');
      if (receiver.got.length > seen) waits.push(seconds);
      seen = receiver.got.length;
    }
    const [first, ...tries] = receiver.got;
    expect(first?.message).toMatchObject({ event: 'published', release: 'v1.0.0' });
    expect(tries.map(({ status, message, signed }) => [message.release, message.event, status, signed])).toEqual([
      ['v1.1.0', 'published', 500, true],
      ['v1.1.0', 'published', 500, true],
      ['v1.1.0', 'published', 200, true],
      ['v1.0.0', 'deployed', 200, true],
    ]);
    expect(new Set(tries.slice(0, 3).map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    expect(tries[0]?.message).toMatchObject({
      by: 'mia',
      text: expect.stringContaining('https://github.com/acme/app/releases/tag/v1.1.0|'),
    });
    expect(waits).toHaveLength(2);
    expect((waits[1] as number) - (waits[0] as number)).toBeGreaterThanOrEqual(waits[0] as number);
    const metrics = await story.app.metrics.text();
    expect(metrics).toContain('shiplock_messages_total{result="sent"} 3');
    expect(metrics).toContain('shiplock_messages_total{result="failed"} 2');
    const log = JSON.stringify(story.app.lines);
    expect(log).toContain('answered 500');
    for (const secret of [SECRET, 'hidden', '127.0.0.1:']) expect(log).not.toContain(secret);
  });

  it('is not sent twice where its process dies after it was taken and before that was noted', async () => {
    const { story, receiver } = await starts();
    await happens(story, 'one');
    const before = receiver.got.length;
    await story.start();
    await story.pass('1h');
    expect(receiver.got).toHaveLength(before);
  });

  it('is kept for an operator where it leads elsewhere', async () => {
    const { story, receiver } = await starts((nth) => (nth === 1 || nth > 4 ? 200 : 308));
    await happens(story, 'one');
    for (let times = 0; times < 4; times += 1) await story.pass('10s');
    expect(receiver.got).toHaveLength(4);
    const [dead] = await story.app.store.dead(10);
    expect(dead).toMatchObject({ kind: 'send', error: expect.stringContaining('redirects (308), which is not followed') });
    expect(await story.app.store.replay(dead?.id ?? 0, story.app.world.clock.now())).toBe(true);
    await story.settle();
    expect(receiver.got.at(-1)).toMatchObject({ status: 200, id: receiver.got[1]?.id });
  });
});

describe('where much happens', () => {
  it('what was collected goes with the next, where nobody comes for it any more', async () => {
    const { story, receiver } = await starts();
    const names = Array.from({ length: 6 }, (_, index) => `run ${index}`);
    await happens(story, ...names);
    const { store, world } = story.app;
    const before = receiver.got.length;
    // As a process of an earlier version does, which knows no such task.
    const now = world.clock.now() + 11 * 60_000;
    await story.worker?.stop();
    const tasks = await store.claim({ owner: 'old', now, leaseMs: 1_000, limit: 50 });
    expect(tasks.map(({ kind }) => kind)).toContain('tell');
    for (const task of tasks) {
      if (task.kind === 'tell') await store.finish({ task, owner: 'old' }, {}, now);
      else await store.retry({ task, owner: 'old' }, { at: now, error: '', free: true });
    }
    world.clock.advance('11m');
    await story.start();
    await story.pass('1h');
    expect(receiver.got).toHaveLength(before);
    await happens(story, 'next');
    await story.pass('11m');
    expect(receiver.got.slice(before).map(({ message }) => (message as Digested).messages.length)).toEqual([2]);
  });

  it('five come as they happen, and the rest as one, with all of them in it', async () => {
    const { story, receiver } = await starts();
    const names = Array.from({ length: 12 }, (_, index) => `run ${index}`);
    await happens(story, ...names);
    expect(receiver.got).toHaveLength(6);
    await story.pass('9m');
    await happens(story, 'late');
    expect(receiver.got).toHaveLength(6);
    await story.pass('2m');
    const [digest, ...others] = receiver.got.slice(6);
    expect(others).toEqual([]);
    expect(digest).toMatchObject({ event: 'digest', signed: true });
    const message = digest?.message as Digested;
    expect(message).toMatchObject({ event: 'digest', repository: 'acme/app', more: 0, release: null });
    expect(message.messages).toHaveLength(8);
    expect(message.text.split('\n')).toEqual([
      'acme/app: 8 more',
      ...message.messages.map(({ text }) => `• ${text.slice('acme/app: '.length)}`),
    ]);
    await story.pass('1h');
    await happens(story, 'the next day');
    expect(receiver.got.at(-1)).toMatchObject({ event: 'deployed' });
    expect(receiver.got).toHaveLength(8);
  });

  it('a storm is one message, however long, and what is too much of it is counted', async () => {
    const { story, receiver } = await starts();
    await happens(story, ...Array.from({ length: 130 }, (_, index) => `run ${index}`));
    await story.start();
    await story.pass('11m');
    expect(receiver.got).toHaveLength(7);
    const message = receiver.got.at(-1)?.message as Digested;
    expect([message.messages.length, message.more]).toEqual([100, 25]);
    expect(message.text).toMatch(/^acme\/app: 125 more\n(?:• .*\n){20}…and 105 more$/);
  });

  it('one that was collected alone comes as itself', async () => {
    const { story, receiver } = await starts();
    await happens(story, ...Array.from({ length: 6 }, (_, index) => `run ${index}`));
    await story.pass('11m');
    expect(receiver.got).toHaveLength(7);
    expect(receiver.got.at(-1)).toMatchObject({ event: 'deployed' });
  });
});
