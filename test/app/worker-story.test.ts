// The App's own flows under the worker, on the world: whatever becomes of the deliveries, and of the process, the end is the same.
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerComment } from '../../src/flows/command/answer-comment.ts';
import { errandIn, tasksOf } from '../../src/flows/inbox/errand-task.ts';
import { keepPreview } from '../../src/flows/pull/keep-preview.ts';
import { keepLine } from '../../src/flows/release/keep-line.ts';
import type { Task } from '../../src/flows/store-port.ts';
import { AppStory } from './app-story.ts';

const REAL = { preview: keepPreview, draft: keepLine, command: answerComment };
const TIME = '2026-02-03T10:00:00Z';

let stories: AppStory[] = [];
async function begin(): Promise<AppStory> {
  const story = await AppStory.begin(TIME);
  stories.push(story);
  return story;
}
async function endAll(): Promise<void> {
  for (const story of stories) await story.end();
  stories = [];
}
afterEach(endAll);

/** What people see: drafts and releases, checks, labels and comments. */
function picture({ world }: AppStory) {
  const record = world.state.repository('acme/app');
  const issues = [...record.issues.values()].map((issue) => {
    const own = issue.comments.filter((one) => one.app?.slug === 'shiplock').map((one) => one.body);
    return { number: issue.number, labels: issue.labels.map((one) => one.name).sort(), own };
  });
  const newest = new Map(record.checks.map((check) => [`${check.suite.sha} ${check.name}`, check]));
  return {
    releases: record.releases.map(({ tag, name, body, draft }) => ({ tag, name, body, draft })),
    checks: [...newest].map(([name, { conclusion, output }]) => `${name} ${conclusion} ${output.title}`).sort(),
    issues,
  };
}

type Trouble = (story: AppStory, events: number) => void;

/** Merges, an open pull request, and what the App makes of them under that trouble; and how many events it were. */
async function play(trouble: Trouble, events: number, minutes: number) {
  const story = await begin();
  const repository = story.repository();
  repository.tag('v1.0.0');
  const worker = await story.start(REAL);
  await story.settle(worker);
  await story.pass(worker, 3);
  const before = story.world.deliveries.log.length;
  trouble(story, events);
  const one = repository.openPull({ title: 'feat: one', author: 'ann', branch: 'one' });
  repository.update(one, [{ message: 'feat: one more' }]);
  repository.merge(one, { method: 'squash' });
  const two = repository.openPull({ title: 'fix: two', author: 'ann', branch: 'two' });
  repository.merge(two, { method: 'squash' });
  repository.openPull({ title: 'feat!: three', author: 'ann', branch: 'three' });
  const held = story.world.deliveries.held;
  if (held > 0) story.world.deliveries.release('reversed');
  const sent = story.world.deliveries.log.length - before;
  await story.settle(worker);
  await story.pass(worker, minutes);
  story.world.effects.ignore();
  expect(await story.store.dead(10)).toEqual([]);
  return { end: picture(story), sent };
}

describe('deliveries come to the same end', () => {
  let expected: Awaited<ReturnType<typeof play>>;
  beforeAll(async () => {
    expected = await play(() => {}, 0, 10);
    await endAll();
  });

  it('as they were sent: one draft of both merges, and a check on each pull request', () => {
    expect(expected.end.releases).toMatchObject([{ tag: 'v1.1.0', draft: true }]);
    expect(expected.end.issues.map(({ own }) => own)).toEqual([[], [], []]);
    expect(expected.end.checks).toHaveLength(3);
  });

  it.each<[string, Trouble, number]>([
    ['doubled', ({ world }, events) => world.deliveries.double(events), 10],
    ['turned around', ({ world }) => world.deliveries.hold(), 10],
    ['lost', ({ world }, events) => world.deliveries.lose(events), 10],
    ['never sent', ({ world }, events) => world.deliveries.vanish(events), 130],
  ])('%s', async (_, trouble, minutes) => {
    const { end } = await play(trouble, expected.sent, minutes);
    expect(end).toEqual(expected.end);
  });
});

describe('a process that is killed', () => {
  it.each([1, 2, 3])('after its %dth write to GitHub is taken over, and nothing is there twice', async (writes) => {
    const story = await begin();
    const repository = story.repository();
    repository.tag('v1.0.0');
    const first = await story.start(REAL);
    await story.settle(first);
    await story.pass(first, 3);
    const pull = repository.openPull({ title: 'feat: one', author: 'ann', branch: 'one' });
    repository.merge(pull, { method: 'squash' });
    let killed = false;
    story.world.faults.killAfterWrite(writes, () => {
      killed = true;
    });
    // Whatever it still does reaches nobody: its lease runs out as a dead process's does.
    await story.settle(first);
    await first.stop(50);
    story.world.faults.revive();
    expect(killed).toBe(true);
    const second = await story.start(REAL);
    await story.pass(second, 15);
    story.world.effects.ignore();
    const { releases, checks } = picture(story);
    expect(releases).toMatchObject([{ tag: 'v1.1.0', draft: true }]);
    expect(new Set(checks).size).toBe(checks.length);
    expect(await story.store.dead(10)).toEqual([]);
  });
});

describe('commands', () => {
  it('S-06: a comment is worth its command once, however often and in whatever way it comes again', async () => {
    const story = await begin();
    const repository = story.repository();
    repository.tag('v1.0.0');
    const worker = await story.start(REAL);
    await story.settle(worker);
    await story.pass(worker, 3);
    const issue = repository.openIssue('Release?');
    story.world.deliveries.double(1, 'issue_comment');
    const comment = repository.comment(issue, '/release plan');
    await story.settle(worker);
    await story.pass(worker, 2);
    const answers = () => issue.comments.filter((one) => one.app?.slug === 'shiplock');
    expect(answers()).toHaveLength(1);
    // By GitHub's redelivery, which has the same GUID; and by whoever sends the same comment as another event.
    const sent = story.world.deliveries.log.filter(({ event }) => event === 'issue_comment');
    for (const one of sent) story.world.deliveries.redeliver(one);
    await story.settle(worker);
    const [delivery] = sent;
    const payload = new TextEncoder().encode(delivery?.body);
    await story.store.accept([
      {
        guid: 'another',
        event: 'issue_comment',
        action: 'created',
        key: `repo:${repository.record.id}`,
        payload,
        receivedAt: story.world.clock.now(),
      },
    ]);
    await story.settle(worker);
    await story.pass(worker, 10);
    story.world.effects.ignore();
    expect(answers()).toHaveLength(1);
    expect(comment.reactions).toHaveLength(2);
    expect(await story.store.dead(10)).toEqual([]);
  });
});

describe('errands as tasks', () => {
  const home = { installation: 7, id: 42, owner: 'acme', name: 'app' };
  const origin = { now: 1_000_000, delivery: 'guid' };

  it('a burst is one task, but for labels and commands', async () => {
    const story = await begin();
    const label = { name: 'bug', by: 'ann', added: true };
    const preview = { kind: 'preview', home, pull: 5 } as const;
    const draft = { kind: 'draft', home, branch: 'main' } as const;
    const command = (comment: number) =>
      ({
        kind: 'command',
        home,
        comment,
        issue: 5,
        pull: true,
        author: { login: 'ann', id: 1, bot: false },
        app: null,
        body: '/help',
        at: TIME,
      }) as const;
    const errands = [
      preview,
      draft,
      command(1),
      preview,
      { ...preview, label },
      { ...preview, label: { ...label, added: false } },
      draft,
      command(2),
      command(1),
    ];
    const now = story.world.clock.now();
    await story.store.add(tasksOf(errands, { now, delivery: 'guid' }), now);
    const taken: Task[] = [];
    for (let tries = 0; tries < 20; tries += 1) {
      const tasks = await story.store.claim({ owner: 'test', now, leaseMs: 1_000, limit: 10 });
      for (const task of tasks) await story.store.finish({ task, owner: 'test' }, {}, now);
      taken.push(...tasks);
    }
    const says = ({ key, kind, body }: Task) => `${key} ${kind} ${JSON.stringify((body as { label?: unknown }).label ?? '')}`;
    expect(taken.filter(({ key }) => key === 'repo:42').map(({ kind }) => kind)).toEqual(['draft', 'command', 'command']);
    expect(taken.filter(({ key }) => key !== 'repo:42').map(says)).toEqual([
      'repo:42/pull/5 preview ""',
      `repo:42/pull/5 preview ${JSON.stringify(label)}`,
      `repo:42/pull/5 preview ${JSON.stringify({ ...label, added: false })}`,
    ]);
    expect(errandIn(taken[0] as Task, taken[0]?.kind as 'draft').home).toEqual(home);
    expect(() => errandIn(taken[0] as Task, 'reconcile')).toThrow(/holds no such errand/);
  });

  it('many repositories that come at once are looked at a second apart', () => {
    const errands = [1, 2, 3].map((id) => ({ kind: 'reconcile', home: { ...home, id } }) as const);
    expect(tasksOf(errands, origin).map(({ key, runAt }) => [key, runAt])).toEqual([
      ['repo:1/reconcile', 0],
      ['repo:2/reconcile', 1_001_000],
      ['repo:3/reconcile', 1_002_000],
    ]);
  });
});
