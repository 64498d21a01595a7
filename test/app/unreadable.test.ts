// Deliveries that are signed and taken, and hold not what such an event has: an operator sees them, and may begin them anew.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listDead } from '../../src/flows/inbox/inbox.ts';
import { AppStory } from './app-story.ts';

let story: AppStory;
beforeEach(async () => {
  story = await AppStory.begin();
});
afterEach(() => story.end());

const GUID = '00000000-0000-4000-8000-000000000001';

async function takes(text: string, event = 'pull_request', action: string | null = 'opened') {
  const repository = story.repository();
  const worker = await story.start();
  await story.settle(worker);
  const key = `repo:${repository.record.id}`;
  const payload = new TextEncoder().encode(text.replaceAll('ID', String(repository.record.id)));
  await story.store.accept([{ guid: GUID, event, action, key, payload, receivedAt: story.world.clock.now() }]);
  await story.settle(worker);
  return { repository, worker };
}

const HOME = '"installation":{"id":1},"repository":{"id":ID,"name":"app","full_name":"acme/app","owner":{"login":"acme"}}';

describe('a delivery', () => {
  it.each([
    ['whose JSON breaks off', `{"action":"opened",${HOME},"pull_request":{"number":`, /pull_request opened\) is no JSON object/],
    [
      'that lacks what such an event has',
      `{"action":"opened",${HOME},"pull_request":{}}`,
      /pull_request opened\) lacks what such an event/,
    ],
    ['whose repository has a name that is none', `{"action":"opened",${HOME.replace('"app"', '"../x"')}}`, /lacks what such an event/],
  ])('%s is counted, kept, and told without its text', async (_, text, says) => {
    const { worker } = await takes(text);
    const [letter, ...others] = await listDead(story.store);
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ kind: 'delivery', delivery: GUID, attempts: 1, error: expect.stringMatching(says) });
    const metrics = await story.metrics.text();
    expect(metrics).toContain('shiplock_events_ignored_total{event="pull_request",reason="malformed"} 1');
    expect(metrics).toContain('shiplock_tasks_ended_total{kind="delivery",end="buried"} 1');
    expect(story.lines.filter(({ level, delivery }) => level === 'error' && delivery === GUID)).toHaveLength(1);
    // The payload is kept for as long as somebody may want to begin it anew.
    await story.store.forget(story.world.clock.now() + 1);
    expect(await story.store.delivery(GUID)).not.toBeNull();
    expect(await story.store.replay(letter?.id ?? 0, story.world.clock.now())).toBe(true);
    await story.settle(worker);
    expect(await listDead(story.store)).toMatchObject([{ delivery: GUID }]);
  });

  it('keeps nobody of its repository waiting', async () => {
    const { repository, worker } = await takes(`{"action":"opened",${HOME},"pull_request":{}}`);
    story.taken();
    const pull = repository.openPull({ title: 'feat: one' });
    await story.settle(worker);
    expect(story.taken()).toContain(`preview #${pull.issue.number}`);
  });

  it('whose payload is gone says where it is to be had', async () => {
    const repository = story.repository();
    const worker = await story.start();
    const task = { key: `repo:${repository.record.id}`, kind: 'delivery', body: { guid: GUID } };
    await story.store.add([task], story.world.clock.now());
    await story.settle(worker);
    expect(await listDead(story.store)).toMatchObject([{ delivery: GUID, error: expect.stringContaining('send it again from there') }]);
  });
});
