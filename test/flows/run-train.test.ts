// Trains that run: at their time, once, with what their load was settled to, and with words where they leave without it.
import { afterEach, describe, expect, it } from 'vitest';
import { GitHubProblem } from '../../src/flows/github-port.ts';
import { runTrain } from '../../src/flows/release/run-train.ts';
import { LEAVES, type TrainStory, trainStories } from './train-story.ts';

const { begin, end } = trainStories();
afterEach(end);

describe('a train', () => {
  it('publishes what is ready when it leaves, once, and again the week after', async () => {
    const story = await begin('do: publish');
    await story.merge('feat: one');
    await story.at('2026-11-24T08:59:00Z');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    await story.at('2026-11-24T09:00:00Z');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0']);
    await story.start();
    await story.at('2026-11-24T10:00:00Z');
    await story.merge('fix: two');
    await story.at('2026-12-01T09:00:00Z');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0', 'v1.1.1']);
    expect((await story.record()).filter((one) => one.what === 'publish').map((one) => one.release)).toEqual(['v1.1.0', 'v1.1.1']);
  });

  it('carries what its load was settled to, and what is merged after that rides on the next', async () => {
    const story = await begin('do: publish, freeze-before: 12h');
    await story.merge('feat: one');
    await story.at('2026-11-23T21:00:00Z');
    const head = story.repository.sha('main');
    await story.merge('feat!: two');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    await story.at('2026-11-24T09:00:00Z');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0', 'v2.0.0 (draft)']);
    expect(story.repository.sha('refs/tags/v1.1.0')).toBe(head);
  });

  it('does not publish what something objects to, and says so where it is talked about', async () => {
    const story = await begin('do: publish');
    const pull = await story.merge('feat: one');
    story.repository.openIssue('It burns', { labels: ['release-blocker'] });
    await story.at('2026-11-24T09:00:00Z');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    const [word, ...others] = story.words(pull);
    expect(others).toEqual([]);
    expect(word?.body).toContain('The train weekly is due since');
    expect(word?.body).toContain('`v1.1.0` was not published:');
    expect((await story.record()).map((one) => one.what)).toContain('note');
  });

  it('that nobody looked at for long is told of and not run; a few hours late it leaves once', async () => {
    const story = await begin('do: publish');
    const pull = await story.merge('feat: one');
    await story.worker?.stop();
    story.app.world.clock.set('2026-11-24T16:00:00Z');
    await story.start();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    expect(story.words(pull).map(({ body }) => body)).toEqual([expect.stringContaining('more than 6 hours ago')]);
    await story.worker?.stop();
    story.app.world.clock.set('2026-12-08T11:00:00Z');
    await story.start();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0']);
  });

  /** It has noted what leaves, and GitHub is away from then until what comes next. */
  async function leavesWithoutGitHub(does: string): Promise<{ readonly story: TrainStory; readonly back: () => void }> {
    const story = await begin(does);
    let away = true;
    const train: typeof runTrain = async (situation, errand) => {
      const running = (await situation.notes.note(situation.repository, 'train', 'weekly'))?.body as { leaving?: unknown } | undefined;
      if (away && running?.leaving) throw new GitHubProblem('unavailable', 'GitHub is away.');
      return runTrain(situation, errand);
    };
    await story.start({ train });
    const back = () => {
      away = false;
    };
    return { story, back };
  }

  it.each(['do: publish', 'do: publish, freeze-before: 12h'])(
    'that was on its way out when all stood still (%s) is late, too, and does not take along what was objected to meanwhile',
    async (does) => {
      for (const [time, opened, says] of [
        ['2026-11-24T16:00:00Z', false, 'more than 6 hours ago'],
        ['2026-11-24T10:00:00Z', true, '`v1.1.0` was not published:'],
        ['2026-11-24T10:00:00Z', false, null],
      ] as const) {
        const { story, back } = await leavesWithoutGitHub(does);
        const pull = await story.merge('feat: one');
        await story.at('2026-11-23T21:00:00Z');
        await story.at(LEAVES);
        expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
        if (opened) story.repository.openIssue('It burns', { labels: ['release-blocker'] });
        story.app.world.clock.set(time);
        back();
        await story.settle();
        expect(story.releases()).toEqual(['v1.0.0', says === null ? 'v1.1.0' : 'v1.1.0 (draft)']);
        if (says !== null) expect(story.words(pull).at(-1)?.body).toContain(says);
        // Another departure is another matter.
        expect((await story.app.store.note(`repo:${story.repository.record.id}`, 'train', 'weekly'))?.body).toMatchObject({
          leaving: null,
        });
      }
    },
  );

  it('reports what would go out, and publishes nothing', async () => {
    const story = await begin('do: report');
    const pull = await story.merge('feat: one');
    await story.at('2026-11-24T09:00:00Z');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    expect(story.words(pull).map(({ body }) => body)).toEqual([expect.stringContaining('`v1.1.0` would go out, with 1 change.')]);
  });

  it('merges the release pull request of exactly that', async () => {
    const story = await begin('do: publish', { more: 'release: { mode: pull-request, files: [] }\n' });
    await story.merge('feat: one');
    await story.at('2026-11-24T09:00:00Z');
    await story.settle();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0']);
  });

  it('settles the load and says so; what is merged after that waits until somebody publishes it', async () => {
    const story = await begin('do: freeze');
    const pull = await story.merge('feat: one');
    const head = story.repository.sha('main');
    await story.at(LEAVES);
    const [word, ...others] = story.words(pull);
    expect(others).toEqual([]);
    expect(word?.body).toContain('The train weekly is due since');
    expect(word?.body).toContain(`\`v1.1.0\` is settled at \`${head.slice(0, 7)}\` and stays so until somebody publishes it.`);
    const later = await story.merge('feat: two');
    await story.pass('2d');
    expect(story.draft()).not.toContain('two');
    story.repository.comment(later, '/release publish', { by: 'mia' });
    await story.settle();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0', 'v1.2.0 (draft)']);
    expect(story.repository.sha('refs/tags/v1.1.0')).toBe(head);
    expect((await story.record()).map(({ what, actor, release }) => [what, 'login' in actor ? actor.login : actor.app, release])).toEqual([
      ['note', 'shiplock', undefined],
      ['publish', 'mia', 'v1.1.0'],
    ]);
  });

  it('settles it in time before it publishes, and says until when', async () => {
    const story = await begin('do: publish, freeze-before: 12h');
    const pull = await story.merge('feat: one');
    await story.at('2026-11-23T21:00:00Z');
    expect(story.words(pull).map(({ body }) => body)).toEqual([
      expect.stringContaining('stays so until the train weekly leaves at 2026-11-24 09:00 UTC.'),
    ]);
    await story.at(LEAVES);
    expect(story.words(pull)).toHaveLength(1);
  });

  it('says that there is nothing to settle', async () => {
    const story = await begin('do: freeze');
    await story.at(LEAVES);
    const [issue] = [...story.repository.record.issues.values()];
    expect(issue === undefined ? [] : story.words(issue).map(({ body }) => body)).toEqual([
      expect.stringContaining('Nothing is ready to be released since `v1.0.0`.'),
    ]);
    await story.merge('feat: one');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
  });

  it('brings the draft up to date that nobody else keeps, and leaves alone what another train has settled', async () => {
    const story = await begin('do: draft');
    // As where no event comes: nothing keeps the draft but the train.
    await story.start({ draft: async () => ({}) });
    await story.merge('feat: one');
    expect(story.releases()).toEqual(['v1.0.0']);
    await story.at(LEAVES);
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    const head = story.repository.sha('main');
    const load = { train: 'other', head, version: '1.1.0', tag: 'v1.1.0', departure: null };
    const key = `repo:${story.repository.record.id}`;
    await story.app.store.write([{ repository: key, kind: 'load', name: 'main', body: load }], story.app.world.clock.now());
    await story.merge('feat: two');
    await story.at('2026-12-01T09:00:00Z');
    expect(story.draft()).toContain('one');
    expect(story.draft()).not.toContain('two');
    expect((await story.record()).map(({ what }) => what)).toEqual(['note', 'note']);
  });

  it('drafts once after a time in which nothing ran, and says in the record how many it missed', async () => {
    const story = await begin('do: draft');
    await story.worker?.stop();
    story.app.world.clock.set('2026-12-08T10:00:00Z');
    story.repository.merge(story.repository.openPull({ title: 'feat: one' }), { method: 'squash' });
    await story.start();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    const stored = await story.app.store.notes(`repo:${story.repository.record.id}`, 'record-text');
    expect(stored.map(({ body }) => (body as { text: string }).text)).toEqual([
      expect.stringMatching(/2 departures before it were missed; it leaves once for all of them\. The draft is up to date\./),
    ]);
  });

  it('that is no more frees what it had settled for its departure', async () => {
    const story = await begin('do: publish, freeze-before: 12h');
    await story.merge('feat: one');
    await story.at('2026-11-23T21:00:00Z');
    story.repository.push('main', [{ message: 'feat: two', files: { '.github/shiplock.yml': 'version: 1\n' } }]);
    await story.at(LEAVES);
    await story.merge('feat: three');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    expect(story.draft()).toContain('three');
  });

  it('tells GitHub’s reason where its release pull request cannot be merged', async () => {
    const story = await begin('do: publish', { more: 'release: { mode: pull-request, files: [] }\n' });
    await story.merge('feat: one');
    const [release] = [...story.repository.record.issues.values()].filter((one) => one.pull?.head.ref.startsWith('shiplock/release/'));
    story.app.world.faults.answer('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', 405, {
      message: 'Required status check "ci" is expected.',
    });
    await story.at(LEAVES);
    expect(story.releases()).toEqual(['v1.0.0']);
    const said = [...story.repository.record.issues.values()].flatMap((one) => story.words(one));
    expect(said.map(({ body }) => body)).toEqual([expect.stringContaining(`as #${release?.number} could not be merged.`)]);
    expect(said[0]?.body).toContain('Required status check');
  });
});

describe('two processes', () => {
  it('at once leave once', async () => {
    const story = await begin('do: publish');
    await story.merge('feat: one');
    const other = await story.another();
    story.app.world.clock.set(LEAVES);
    await Promise.all([story.settle(), story.app.settle(other)]);
    await story.settle();
    await other.stop();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0']);
    expect((await story.record()).map(({ what }) => what)).toEqual(['publish']);
  });

  it('one of which stood still until the other had taken over, publish once and tell it once', async () => {
    const story = await begin('do: publish');
    const pull = await story.merge('feat: one');
    let stall: (() => void) | null = null;
    const stands = new Promise<void>((resolve) => {
      stall = resolve;
    });
    let stood = false;
    // Between what was noted to leave and its publication.
    const slow: typeof runTrain = async (situation, errand) => {
      const leaving = (await situation.notes.note(situation.repository, 'train', 'weekly'))?.body as { leaving?: unknown } | undefined;
      if (!stood && leaving?.leaving) {
        stood = true;
        await stands;
      }
      return runTrain(situation, errand);
    };
    await story.start({ train: slow });
    story.app.world.clock.set(LEAVES);
    await expect.poll(() => stood, { timeout: 10_000 }).toBe(true);
    const other = await story.another();
    // Longer than the lease that nobody renews by this clock.
    story.app.world.clock.advance('2m');
    await expect.poll(() => story.releases(), { timeout: 10_000 }).toEqual(['v1.0.0', 'v1.1.0']);
    (stall as (() => void) | null)?.();
    await story.pass('1m');
    await story.app.settle(other);
    await other.stop();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0']);
    expect((await story.record()).filter(({ what }) => what === 'publish')).toHaveLength(1);
    expect(story.ours(pull, 'released ')).toHaveLength(1);
  });
});
