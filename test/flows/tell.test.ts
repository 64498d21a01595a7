// Stakeholders are told what `notify` says: in the release's thread, each sort of event once, and what comes in a burst together.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Happening, publishedHappening } from '../../src/core/tell.ts';
import type { Situation } from '../../src/flows/app-port.ts';
import { tell, tellTasks } from '../../src/flows/deployment/tell.ts';
import type { Comment, Issue, Pull } from '../support/github/records.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const POLICY = `environments:
  production: { requires: [{ approvals: { count: 1 } }] }
notify:
  - { on: [published, deployed, rolled-back], mention: ["@acme/stakeholders"] }
  - { on: [waiting, rejected, failed, overridden], mention: ["@acme/release-managers"] }
`;

function told(story: GateStory, on: Pull | Issue): readonly Comment[] {
  return story.comments(on).filter((one) => one.body.startsWith('<!-- shiplock:told '));
}

describe('telling', () => {
  it('calls the people of the policy in the thread when a release is out, and not again when the event comes again', async () => {
    const story = await begin(POLICY);
    const pull = story.merge('feat: one');
    story.tag('v1.1.0');
    await story.settle();
    const [first, ...others] = told(story, pull);
    expect(others).toEqual([]);
    expect(first?.body).toContain('`v1.1.0` is out · [release](https://github.com/acme/app/releases/tag/v1.1.0) · 2026-11-23 11:00Z');
    expect(first?.body).toMatch(/\n\n@acme\/stakeholders$/);
    await story.restart();
    const [installation] = [...story.world.state.installations.values()];
    const home = { installation: installation?.id ?? 0, id: story.repository.record.id, owner: 'acme', name: 'app' };
    const now = story.world.clock.now();
    await story.app.store.add(tellTasks({ home, now }, publishedHappening('v1.1.0', '2026-11-23T12:00:00Z')), now);
    await story.settle();
    expect(told(story, pull)).toEqual([first]);
  });

  it('tells what follows within ten minutes in one comment, which calls whom it is for', async () => {
    const story = await begin(POLICY);
    const pull = story.merge('feat: one');
    story.tag('v1.1.0');
    await story.settle();
    const run = await story.deploy('production');
    await story.pass('2m');
    await story.says(pull, '/reject production not today', 'bob');
    await story.pass('2m');
    expect(told(story, pull)).toHaveLength(1);
    await story.pass('6m');
    const [, digest, ...others] = told(story, pull);
    expect(others).toEqual([]);
    expect(digest?.body).toContain('`v1.1.0` waits for people before it goes to `production`');
    expect(digest?.body).toContain(`https://github.com/acme/app/actions/runs/${run.id}`);
    expect(digest?.body).toMatch(/@acme\/release-managers$/);
    expect(digest?.body).not.toContain('@acme/stakeholders');
  });

  it('says nothing and opens no issue where nobody wants to hear of it', async () => {
    const story = await begin('environments:\n  production: { requires: [] }\n');
    const pull = story.merge('feat: one');
    story.tag('v1.1.0');
    await story.deploy('production');
    expect(told(story, pull)).toEqual([]);
    expect(story.issues()).toEqual([]);
  });

  it('tells each sort in one comment and calls for it once, whatever is repeated, in whatever order, and wherever the process dies', async () => {
    const SHA = 'a'.repeat(40);
    const event = fc.constantFrom('published', 'waiting', 'deployed', 'failed', 'rejected', 'approved' as const);
    const happening = fc.record({ event, environment: fc.constantFrom('qa', 'Production', 'a place'), once: fc.constantFrom('1', '2') });
    const step = fc.record({ happening: fc.option(happening), dies: fc.boolean(), minutes: fc.nat({ max: 7 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const world = memory();
        for (const { happening: one, dies, minutes } of steps) {
          world.now += minutes * 60_000;
          const heard: Happening | null = one && { ...BASE, ...one, event: one.event as Happening['event'], sha: SHA };
          await world.run({ kind: 'tell', home: HOME, sha: SHA, happening: heard }, dies);
        }
        world.now += 3_600_000;
        await world.run({ kind: 'tell', home: HOME, sha: SHA, happening: null }, true);
        const marks = world.comments.flatMap(({ body }) => body.match(/<!-- shiplock:told .* -->/g) ?? []);
        expect(new Set(marks).size).toBe(marks.length);
        const wanted = steps.flatMap(({ happening: one }) => (one === null || one.event === 'approved' ? [] : [one]));
        const sorts = new Set(wanted.map((one) => `${one.event} ${one.environment}`));
        expect(marks).toHaveLength(sorts.size);
        for (const [index, at] of world.called.entries()) expect(at - (world.called[index - 1] ?? 0)).toBeGreaterThanOrEqual(10 * 60_000);
      }),
      { numRuns: 60 },
    );
  });
});

const HOME = { installation: 1, id: 1, owner: 'acme', name: 'app' };
const BASE = { release: 'v1.0.0', at: '2026-11-22T10:00:00Z', by: null, url: null, says: null };

/** As much of GitHub and of the store as telling needs. */
function memory() {
  const comments: { id: number; own: boolean; body: string }[] = [];
  const notes = new Map<string, unknown>([[`thread ${'a'.repeat(40)}`, { issue: 1, status: null }]]);
  const called: number[] = [];
  const world = {
    now: 1_000_000_000,
    comments,
    called,
    /** `dies`: after it has written to GitHub and before the store has its outcome; it is then begun again. */
    run: async (errand: Parameters<typeof tell>[1], dies: boolean) => {
      if (dies) await tell(situation(), errand);
      for (const one of (await tell(situation(), errand)).notes ?? [])
        notes.set(`${one.kind} ${one.name}`, JSON.parse(JSON.stringify(one.body)));
    },
  };
  const situation = () =>
    ({
      now: world.now,
      home: HOME,
      repository: 'repo:1',
      readPolicy: async () => ({ notify: [{ on: ['published', 'waiting', 'deployed', 'failed', 'rejected'], mention: ['@acme/all'] }] }),
      notes: {
        note: async (_: string, kind: string, name: string) =>
          notes.has(`${kind} ${name}`) ? { body: notes.get(`${kind} ${name}`) } : null,
      },
      github: {
        scene: async () => ({ repository: { host: 'github.com', owner: 'acme', name: 'app' }, tags: [], policy: { text: '' } }),
        ownComments: async () => new Map([[1, comments]]),
        comment: async (_: number, body: string) => {
          comments.push({ id: comments.length, own: true, body });
          called.push(world.now);
        },
        updateComment: async (id: number, body: string) => {
          (comments[id] as { body: string }).body = body;
        },
      },
    }) as unknown as Situation;
  return world;
}
