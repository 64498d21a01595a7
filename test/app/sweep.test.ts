// Deliveries that are lost, doubled, turned around or never sent: what the sweep and the reconciliation make of them.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppStory } from './app-story.ts';

let story: AppStory;
beforeEach(async () => {
  story = await AppStory.begin();
});
afterEach(() => story.end());

const sorted = (errands: readonly string[]) => [...errands].sort();
const LIST = 'GET /app/hook/deliveries';
const PAYLOAD = 'GET /app/hook/deliveries/{delivery_id}';

/** A story whose first look at everything is behind it. */
async function begun(more: { sweepSeconds?: number } = {}) {
  const repository = story.repository();
  const worker = await story.start({}, more);
  await story.settle(worker);
  await story.pass(worker, 2);
  story.taken();
  return { repository, worker };
}

describe('what comes', () => {
  it('is done in order, and once in a burst', async () => {
    const { repository, worker } = await begun();
    const pull = repository.openPull({ title: 'feat: one' });
    repository.update(pull, [{ message: 'feat: more' }]);
    repository.update(pull, [{ message: 'feat: still more' }]);
    repository.label(pull, 'bug');
    await story.settle(worker);
    const errands = story.taken();
    expect(errands.filter((one) => one === `preview #${pull.issue.number}`).length).toBeLessThanOrEqual(3);
    expect(errands).toContain(`preview #${pull.issue.number} +bug by maintainer`);
    repository.merge(pull, { method: 'squash' });
    await story.settle(worker);
    expect(new Set(story.taken())).toEqual(new Set(['draft main']));
  });

  it('an event that asks for nothing is counted with why', async () => {
    const { repository, worker } = await begun();
    const pull = repository.openPull({ title: 'feat: one' });
    repository.comment(pull, 'looks good');
    await story.settle(worker);
    expect(await story.metrics.text()).toContain('shiplock_events_ignored_total{event="issue_comment",reason="no-command"} 1');
  });
});

describe('the sweep', () => {
  it('takes what was lost from GitHub’s log, in its order, and once', async () => {
    const { repository, worker } = await begun();
    story.up = false;
    const pull = repository.openPull({ title: 'feat: one' });
    const one = repository.comment(pull, '/release plan');
    const two = repository.comment(pull, '/release draft');
    await story.settle(worker);
    expect(story.taken()).toEqual([]);
    story.up = true;
    await story.pass(worker, 6);
    const errands = story.taken();
    expect(errands.filter((errand) => errand.startsWith('command'))).toEqual([
      `command ${one.id} /release plan`,
      `command ${two.id} /release draft`,
    ]);
    expect(errands).toContain(`preview #${pull.issue.number}`);
    expect(story.lines.some(({ msg }) => /^\d+ lost deliveries were taken/.test(String(msg)))).toBe(true);
    await story.pass(worker, 30);
    expect(story.taken()).toEqual([]);
  });

  it('takes a delivery once that was attempted several times', async () => {
    const { repository, worker } = await begun();
    story.up = false;
    const pull = repository.openPull({ title: 'feat: one' });
    await story.settle(worker);
    const lost = story.world.deliveries.log.filter(({ event }) => event === 'pull_request');
    for (const one of lost) story.world.deliveries.redeliver(one);
    await story.settle(worker);
    story.up = true;
    const before = story.world.calls.count(PAYLOAD);
    await story.pass(worker, 6);
    expect(new Set(story.taken())).toEqual(new Set([`draft ${pull.head.ref}`, `preview #${pull.issue.number}`]));
    // One for each event, whatever was attempted: the branch’s creation, its push and the pull request.
    expect(story.world.calls.count(PAYLOAD) - before).toBe(3);
  });

  it('asks for one page where nothing is new', async () => {
    const { worker } = await begun();
    const before = story.world.calls.count(LIST);
    await story.pass(worker, 10);
    expect(story.world.calls.count(LIST) - before).toBe(2);
  });

  it('takes nothing from before its first start', async () => {
    story.up = false;
    const repository = story.repository();
    const pull = repository.openPull({ title: 'feat: one' });
    repository.comment(pull, '/release publish');
    await story.world.deliveries.settled();
    story.world.clock.advance('2h');
    story.up = true;
    const worker = await story.start();
    await story.pass(worker, 20);
    // The state is looked at; a command of before is nobody’s any more.
    expect(sorted(story.taken())).toEqual(['draft main', `preview #${pull.issue.number}`]);
  });

  it('S-48: goes on in the next sweep where a long outage left more than one may take, page by page', async () => {
    const { repository, worker } = await begun();
    story.up = false;
    story.world.faults.pageSize(10);
    const pull = repository.openPull({ title: 'feat: one' });
    await story.settle(worker);
    const comments = Array.from({ length: 90 }, (_, index) => repository.comment(pull, `/release plan\n\n${index}`));
    await story.settle(worker);
    story.up = true;
    const before = story.world.calls.count(PAYLOAD);
    let most = 0;
    for (let minute = 0; minute < 15; minute += 1) {
      const until = story.world.calls.count(PAYLOAD);
      await story.pass(worker, 1);
      most = Math.max(most, story.world.calls.count(PAYLOAD) - until);
    }
    const errands = story.taken().filter((errand) => errand.startsWith('command'));
    expect(errands).toEqual(comments.map((one, index) => `command ${one.id} /release plan\n\n${index}`));
    expect(most).toBe(40);
    expect(story.world.calls.count(PAYLOAD) - before).toBe(93);
    story.world.faults.pageSize(null);
  });

  it('S-40, S-48: keeps what it has when a limit stops it, waits, and goes on from there', async () => {
    const { repository, worker } = await begun();
    story.up = false;
    const pull = repository.openPull({ title: 'feat: one' });
    const comment = repository.comment(pull, '/release plan');
    await story.settle(worker);
    story.up = true;
    // The list is had, the first payload too; then GitHub asks to slow down.
    story.world.faults.rateLimit(PAYLOAD, { retryAfter: 120 });
    const before = story.world.calls.count(LIST);
    await story.pass(worker, 5);
    expect(story.taken().filter((one) => one.startsWith('command'))).toEqual([]);
    await story.pass(worker, 10);
    expect(story.taken()).toContain(`command ${comment.id} /release plan`);
    expect(story.world.calls.count(LIST) - before).toBeLessThanOrEqual(3);
    expect(story.lines.some(({ msg }) => /Then GitHub did not answer/.test(String(msg)))).toBe(true);
  });

  it('S-40: an outage of GitHub’s log is waited for, and told', async () => {
    const { repository, worker } = await begun();
    story.up = false;
    const pull = repository.openPull({ title: 'feat: one' });
    await story.settle(worker);
    story.up = true;
    story.world.faults.answer(LIST, 502, { times: 3 });
    await story.pass(worker, 15);
    expect(story.taken()).toContain(`preview #${pull.issue.number}`);
    expect(story.lines.filter(({ task, msg }) => task !== undefined && /A task failed/.test(String(msg)))).toHaveLength(3);
  });
});

describe('the reconciliation', () => {
  it('finds at its next turn what not even the log has: a vanished push and pull request', async () => {
    const { repository, worker } = await begun();
    const pull = repository.openPull({ title: 'feat: one' });
    await story.settle(worker);
    story.taken();
    story.world.deliveries.vanish(3, 'push');
    story.world.deliveries.vanish(1, 'pull_request');
    repository.push('main', [{ message: 'fix: straight to main' }]);
    repository.update(pull, [{ message: 'feat: more' }]);
    repository.push('other', [{ message: 'x' }]);
    await story.pass(worker, 30);
    expect(story.taken()).not.toContain(`preview #${pull.issue.number}`);
    await story.pass(worker, 70);
    const errands = story.taken();
    expect(errands).toContain('draft main');
    expect(errands).toContain(`preview #${pull.issue.number}`);
  });

  it('asks little, and for nothing, where nothing happened', async () => {
    const { worker } = await begun();
    await story.pass(worker, 60);
    story.taken();
    const before = story.world.calls.count('graphql');
    await story.pass(worker, 60);
    expect(story.taken()).toEqual([]);
    expect(story.world.calls.count('graphql') - before).toBeLessThanOrEqual(3);
  });

  it('looks at everything after the App was away for long', async () => {
    const repository = story.repository();
    const first = await story.start();
    await story.settle(first);
    await story.pass(first, 2);
    await first.stop();
    story.taken();
    story.world.deliveries.vanish(1, 'push');
    repository.push('main', [{ message: 'fix: unseen' }]);
    story.world.clock.advance('20m');
    const second = await story.start();
    await story.pass(second, 3);
    expect(story.taken()).toEqual(['draft main']);
  });

  it('drafts the lines that a policy names, and all open pull requests, after another policy', async () => {
    const { repository, worker } = await begun();
    repository.branch('1.x');
    const pull = repository.openPull({ title: 'feat: one' });
    await story.pass(worker, 5);
    story.taken();
    repository.push('main', [{ message: 'chore: policy', files: { '.github/shiplock.yml': 'version: 1\nrelease: { mode: draft }\n' } }]);
    await story.pass(worker, 2);
    expect(sorted([...new Set(story.taken())])).toEqual(['draft 1.x', 'draft main', `preview #${pull.issue.number}`]);
  });

  it('a policy that cannot be read stops nothing: its branch’s errand tells of it', async () => {
    const { repository, worker } = await begun();
    repository.push('main', [{ message: 'chore: policy', files: { '.github/shiplock.yml': 'version: 7\n' } }]);
    await story.pass(worker, 2);
    expect(new Set(story.taken())).toEqual(new Set(['draft main']));
    expect(await story.store.dead(10)).toEqual([]);
  });

  it('S-48: a thousand repositories are spread out, sixty a minute at most', async () => {
    const { reconcileAll } = await import('../../src/flows/inbox/reconcile.ts');
    const home = (id: number) => ({ installation: 1, id, owner: 'acme', name: `r${id}` });
    const api = {
      installations: async () => [
        { id: 1, suspended: false },
        { id: 2, suspended: true },
      ],
      repositories: async (installation: number) =>
        installation === 1 ? Array.from({ length: 1_000 }, (_, index) => home(index + 1)) : [home(9_999)],
    };
    for (const soon of [true, false]) {
      const { tasks = [] } = await reconcileAll({ api, notes: story.store, now: 0, soon, tell: () => {} });
      expect(tasks).toHaveLength(1_000);
      expect(new Set(tasks.map(({ key }) => key)).size).toBe(1_000);
      const minutes = new Map<number, number>();
      for (const { runAt = 0 } of tasks) minutes.set(Math.floor(runAt / 60_000), (minutes.get(Math.floor(runAt / 60_000)) ?? 0) + 1);
      expect(Math.max(...minutes.values())).toBeLessThanOrEqual(60);
      expect(minutes.size).toBe(soon ? 17 : 60);
    }
  });

  it('S-48: an installation at the end of its limit does not hold up the others', async () => {
    story.repository();
    const other = story.repository('globex/site');
    const worker = await story.start();
    story.world.faults.rateLimit('GET /installation/repositories', { kind: 'primary', retryAfter: 3_000 });
    await story.pass(worker, 2);
    expect(await story.store.note(`repo:${other.record.id}`, 'reconciled', 'repository')).not.toBeNull();
    expect(story.lines.some(({ msg }) => /cannot be seen; the others are compared/.test(String(msg)))).toBe(true);
    // Its own repository is compared at the next turn.
    await story.pass(worker, 70);
    expect(await story.store.note(`repo:${story.world.state.repository('acme/app').id}`, 'reconciled', 'repository')).not.toBeNull();
  });

  it('of an installation that is going away is left out, and the others are not', async () => {
    const one = story.repository();
    const other = story.repository('globex/site');
    const installation = [...story.world.state.installations.values()].find(({ account }) => account === one.record.owner);
    if (installation !== undefined) installation.suspendedAt = story.world.clock.iso();
    const worker = await story.start();
    await story.pass(worker, 2);
    expect(story.taken()).toEqual(['draft main']);
    expect(await story.store.note(`repo:${other.record.id}`, 'reconciled', 'repository')).not.toBeNull();
    expect(await story.store.note(`repo:${one.record.id}`, 'reconciled', 'repository')).toBeNull();
  });

  it('an empty repository, and one that is gone, end quietly', async () => {
    const { worker } = await begun();
    const gone = { installation: 4711, id: 99, owner: 'acme', name: 'gone' };
    await story.store.add(
      [{ key: 'repo:99', kind: 'draft', body: { kind: 'draft', home: gone, branch: 'main' } }],
      story.world.clock.now(),
    );
    await story.store.add([{ key: 'repo:99', kind: 'reconcile', body: { kind: 'reconcile', home: gone } }], story.world.clock.now());
    await story.settle(worker);
    await story.pass(worker, 1);
    expect(await story.store.dead(10)).toEqual([]);
    expect(story.lines.some(({ msg }) => /not installed there any more/.test(String(msg)))).toBe(true);
  });
});

describe('forgetting', () => {
  it('drops payloads after thirty days, and never takes them again', async () => {
    const { repository, worker } = await begun();
    repository.openPull({ title: 'feat: one' });
    await story.settle(worker);
    const guids = story.world.deliveries.log.map(({ guid }) => guid);
    const held = async () => (await Promise.all(guids.map((guid) => story.store.delivery(guid)))).filter((one) => one !== null).length;
    expect(await held()).toBe(guids.length);
    story.world.clock.advance('29d');
    await story.settle(worker);
    expect(await held()).toBe(guids.length);
    story.world.clock.advance('2d');
    await story.settle(worker);
    expect(await held()).toBe(0);
    expect((await story.store.known(guids)).size).toBe(new Set(guids).size);
    await story.pass(worker, 10);
  });
});
