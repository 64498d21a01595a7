// Runs that wait at a gate and that no delivery ever told of: found by the next sweep where the repository has gates, within a budget.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { guardedNote, LOOKS_AN_HOUR, leftUnguarded, nextTurns } from '../../src/flows/inbox/guarded.ts';
import type { Note, NotesPort, NoteWrite } from '../../src/flows/store-port.ts';
import { gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const APPROVAL = 'environments:\n  production: { requires: [{ approvals: { count: 1 } }] }\n';
const RUNS = 'GET /repos/{owner}/{repo}/actions/runs';
const PENDING = 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('a run that nobody told of', () => {
  it('is found within two sweeps, and looked into once', async () => {
    const story = await begin(APPROVAL);
    await story.pass('6m');
    await story.pass('6m');
    const pull = story.merge('feat: one');
    story.world.deliveries.vanish(1, 'deployment_protection_rule');
    const run = await story.deploy('production');
    expect(story.states(run)).toEqual([]);
    for (let minute = 0; minute < 11 && story.states(run).length === 0; minute += 1) await story.pass('1m');
    expect(story.states(run)).toEqual(['pending']);
    const { calls } = story.world;
    const before = calls.count(PENDING);
    await story.pass('5m');
    await story.pass('5m');
    // What is known is looked at when its time comes.
    expect(calls.count(PENDING)).toBe(before);
    await story.says(pull, '/approve production', 'bob');
    expect(run.status).toBe('in_progress');
  });

  it('costs a request a sweep where nothing waits, and none where there is no gate', async () => {
    const story = await begin(APPROVAL);
    const bare = story.app.repository('acme/bare');
    bare.push('main', [{ message: 'feat: begin' }]);
    await story.pass('61m');
    for (let minute = 0; minute < 4; minute += 1) await story.pass('1m');
    const { calls } = story.world;
    const before = calls.count(RUNS);
    // Five sweeps in which nothing is compared.
    for (let sweeps = 0; sweeps < 5; sweeps += 1) await story.pass('5m');
    expect(calls.count(RUNS) - before).toBeGreaterThanOrEqual(4);
    expect(calls.count(RUNS) - before).toBeLessThanOrEqual(5);
    expect((await story.app.store.notes('app', 'guarded')).map(({ name }) => name)).toEqual([String(story.repository.record.id)]);
  });

  it('of another App’s gate is left to it, and looked into once an hour', async () => {
    const story = await begin(APPROVAL);
    const other = story.world.app('other', { permissions: { actions: 'read', deployments: 'write' } });
    story.environment('staging', { rules: [other] });
    await story.pass('6m');
    const run = await story.deploy('staging');
    const { calls } = story.world;
    const before = calls.count(PENDING);
    for (let sweeps = 0; sweeps < 5; sweeps += 1) await story.pass('5m');
    expect(calls.count(PENDING) - before).toBeLessThanOrEqual(1);
    expect(story.states(run)).toEqual([]);
    expect(await story.waiting()).toEqual([]);
  });

  it('a repository that is gone is not looked for any more', async () => {
    const story = await begin(APPROVAL);
    const { record } = story.repository;
    const home = { installation: 4711, id: 4712, owner: 'acme', name: 'gone' };
    await story.app.store.write([guardedNote(home, true, story.world.clock.now())], story.world.clock.now());
    await story.pass('6m');
    expect(await story.dead()).toEqual([]);
    await story.pass('61m');
    expect((await story.app.store.notes('app', 'guarded')).map(({ name }) => name)).toEqual([String(record.id)]);
  });
});

/** As much of a store as the turns need. */
function memory(count: number): NotesPort & { readonly write: (writes: readonly NoteWrite[]) => void } {
  const all = new Map<string, Note>();
  const write = (writes: readonly NoteWrite[]) => {
    for (const { repository, kind, name, body } of writes) {
      if (body === null) all.delete(name);
      else all.set(name, { repository, kind, name, body, version: 1, at: 0 });
    }
  };
  write(
    Array.from({ length: count }, (_, index) => guardedNote({ installation: 1, id: index + 1, owner: 'acme', name: `r${index}` }, true, 0)),
  );
  return { write, note: async (_, __, name) => all.get(name) ?? null, notes: async () => [...all.values()] };
}

describe('whose turn it is', () => {
  it('S-48: of a thousand repositories no more are looked at than the hour’s share, and each in its turn', async () => {
    const store = memory(1_000);
    const every = 5 * MINUTE;
    const seen = new Map<string, number>();
    let spent: number | null = null;
    let most = 0;
    for (let now = HOUR; now <= 4 * HOUR; now += every) {
      const turns = await nextTurns(store, now, every, spent);
      spent = turns.spent;
      store.write(turns.notes);
      most = Math.max(most, turns.tasks.length);
      for (const { key } of turns.tasks) seen.set(key, (seen.get(key) ?? 0) + 1);
      expect(new Set(turns.tasks.map(({ key }) => key)).size).toBe(turns.tasks.length);
      for (const { runAt = 0 } of turns.tasks) expect(runAt - now).toBeLessThanOrEqual(every / 2);
    }
    const looks = [...seen.values()].reduce((sum, one) => sum + one, 0);
    expect(looks).toBeLessThanOrEqual(3 * LOOKS_AN_HOUR);
    expect(most).toBeLessThanOrEqual(42);
    expect(seen.size).toBe(1_000);
    expect(Math.max(...seen.values()) - Math.min(...seen.values())).toBeLessThanOrEqual(1);
  });

  it('the share of an hour is never exceeded, however often it is swept, and a few repositories are looked at each time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.array(fc.integer({ min: 1, max: 3_600 }), { maxLength: 80 }),
        async (count, waits) => {
          const store = memory(count);
          const looks: number[] = [];
          let now = 10 * HOUR;
          let { spent } = await nextTurns(store, now, 5 * MINUTE, null);
          for (const seconds of waits) {
            now += seconds * 1_000;
            const turns = await nextTurns(store, now, seconds * 1_000, spent);
            spent = turns.spent;
            store.write(turns.notes);
            looks.push(...turns.tasks.map(() => now));
            if (seconds >= 300 && count <= 41) expect(turns.tasks).toHaveLength(count);
          }
          for (const [index, at] of looks.entries()) {
            const within = looks.slice(index).filter((one) => one < at + HOUR).length;
            // What was saved up before the hour is at most what one look may take.
            expect(within).toBeLessThanOrEqual(LOOKS_AN_HOUR + 100);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('comes again within the hour where the clock was put back', async () => {
    const store = memory(3);
    const { spent } = await nextTurns(store, 48 * HOUR, 5 * MINUTE, 47 * HOUR);
    const back = await nextTurns(store, 24 * HOUR, 5 * MINUTE, spent);
    expect(back.tasks).toEqual([]);
    const again = await nextTurns(store, 24 * HOUR + 5 * MINUTE, 5 * MINUTE, back.spent);
    expect(again.tasks).toHaveLength(3);
  });

  it('forgets those that the App has left, and keeps those that could not be seen', async () => {
    const store = memory(3);
    const far = guardedNote({ installation: 2, id: 9, owner: 'globex', name: 'site' }, true, 0);
    store.write([far]);
    const homes = [{ installation: 1, id: 2, owner: 'acme', name: 'r1' }];
    expect((await leftUnguarded(store, homes, new Set([2]))).map(({ name, body }) => [name, body])).toEqual([
      ['1', null],
      ['3', null],
    ]);
  });
});
