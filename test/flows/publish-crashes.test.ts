// The App's process dies after any of its writes to GitHub while it publishes, by `/release publish` or by a train, with the answer lost and
// nothing noted; another takes over: one release, told once, one entry in the record, and the same words as if nothing had been.
import { afterEach, describe, expect, it } from 'vitest';
import { verifyRecord } from '../../src/core/record/verify.ts';
import { exportRecord } from '../../src/flows/record/export-record.ts';
import { Receiver } from '../app/receiver.ts';
import { LEAVES, type TrainStory, trainStories } from './train-story.ts';

const { begin, end } = trainStories();
const receivers: Receiver[] = [];
afterEach(async () => {
  await end();
  for (const one of receivers.splice(0)) await one.close();
});

const NOTIFY = 'notify: [{ on: [published], mention: ["@acme/stakeholders"] }]\n';
const BY_PULL = `release: { mode: pull-request, files: [] }\n${NOTIFY}`;

interface Journey {
  readonly train: string | null;
  readonly more: string;
  readonly act: (story: TrainStory) => Promise<void>;
  /** Who publishes, by the record; null: nobody. */
  readonly by: string | null;
}

/** The maintainer asks on the merged pull request. */
async function asks(story: TrainStory): Promise<void> {
  // What was drafted is to be seen before somebody asks for it.
  story.app.world.clock.advance('1m');
  story.repository.comment([...story.repository.record.issues.values()][0] as never, '/release publish', { by: 'mia' });
  await story.settle();
}

const leaves = (story: TrainStory) => story.at(LEAVES);

const JOURNEYS: Readonly<Record<string, Journey>> = {
  '/release publish of a draft': { train: null, more: NOTIFY, act: asks, by: 'mia' },
  '/release publish of a release pull request': { train: null, more: BY_PULL, act: asks, by: 'mia' },
  'a train of a draft': { train: 'do: publish', more: NOTIFY, act: leaves, by: 'shiplock' },
  'a train of a release pull request': { train: 'do: publish', more: BY_PULL, act: leaves, by: 'shiplock' },
  'a train that settles its load': { train: 'do: freeze', more: NOTIFY, act: leaves, by: null },
};

async function live({ train, more, act }: Journey, kill: number) {
  const receiver = await Receiver.open();
  receivers.push(receiver);
  const story = await begin(train, { more, outgoing: receiver.outgoing });
  const pull = story.repository.openPull({ title: 'feat: one' });
  story.repository.merge(pull, { method: 'squash' });
  await story.settle();
  const { effects } = story.app.world;
  const before = effects.all.length;
  const died = await story.dying(kill, () => act(story));
  const writes = effects.all.length - before;
  return { story, died, writes, look: { ...(await lookOf(story)), messages: receiver.taken().map(({ text }) => text) } };
}

/** What people see and what is kept, without ids, hashes and times. */
async function lookOf(story: TrainStory) {
  const { record } = story.repository;
  const issues = [...record.issues.values()];
  const plain = (text: string) =>
    text
      .replace(/\b[0-9a-f]{40}\b/g, 'SHA')
      .replace(/`[0-9a-f]{7}`/g, '`sha`')
      .replace(/(shiplock:answer |"asked":)\d+/g, '$1N')
      .replace(/shiplock:begin [0-9a-f]{14}/g, 'shiplock:begin')
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\dZ/g, 'TIME');
  const entries = await story.record();
  return {
    tags: record.git.refs.list('refs/tags/').map((ref) => ref.name),
    releases: record.releases.map((one) => [one.tag, one.draft, plain(one.body ?? '')]),
    issues: issues.map((one) => [one.number, one.state, one.title]),
    // Whom a release is told, and what people are called for, are two tasks: either may come first.
    comments: issues
      .flatMap((one) => one.comments.map(({ body, reactions }) => [one.number, plain(body), reactions.map(({ content }) => content)]))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    record: entries.map(({ what, actor, release, publication }) => ({
      what,
      by: 'login' in actor ? actor.login : actor.app,
      release,
      version: publication?.version,
      plan: typeof publication?.plan,
    })),
  };
}

describe.each(Object.entries(JOURNEYS))('killed after any write of %s', (_, journey) => {
  it('it comes to the same end', async () => {
    const whole = await live(journey, 0);
    expect(whole.look.record).toEqual(
      journey.by === null
        ? [expect.objectContaining({ what: 'note', by: 'shiplock' })]
        : [{ what: 'publish', by: journey.by, release: 'v1.1.0', version: '1.1.0', plan: 'string' }],
    );
    const told = whole.look.comments.filter(([, body]) => /^<!-- shiplock:told \S+ published -->[\s\S]*`v1\.1\.0`/.test(String(body)));
    expect(told).toHaveLength(journey.by === null ? 0 : 1);
    expect(whole.look.messages.filter((one) => one.includes('`v1.1.0`'))).toHaveLength(told.length);
    expect(whole.writes).toBeGreaterThanOrEqual(journey.by === null ? 1 : 4);
    for (let kill = 1; kill <= whole.writes; kill += 1) {
      const { look, died, story } = await live(journey, kill);
      // Looks that come close together are one, so that a story may have a write more or less.
      expect(died || kill >= whole.writes - 1, `killed after write ${kill} of ${whole.writes}`).toBe(true);
      expect(look, `killed after write ${kill} of ${whole.writes}`).toEqual(whole.look);
      await isSound(story);
    }
  }, 300_000);
});

/** The record follows from itself, the entry of what was published included. */
async function isSound(story: TrainStory): Promise<void> {
  const lines: string[] = [];
  for await (const line of exportRecord(story.app.store, `repo:${story.repository.record.id}`)) lines.push(line);
  expect(verifyRecord(lines.map((line) => `${line}\n`).join(''), { version: 'unbuilt' })).toMatchObject({ sound: true });
}
