// Trains that run: at their time, once, with what their load was settled to, and with words where they leave without it.
import { afterEach, describe, expect, it } from 'vitest';
import type { Worker } from '../../src/app/worker.ts';
import type { Sealed } from '../../src/core/record.ts';
import { answerComment } from '../../src/flows/command/answer-comment.ts';
import { keepLine } from '../../src/flows/release/keep-line.ts';
import { AppStory } from '../app/app-story.ts';
import type { Comment, Pull } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';

const begun: AppStory[] = [];
afterEach(async () => {
  for (const app of begun.splice(0)) {
    app.world.effects.ignore();
    await app.end();
  }
});

/** A Monday noon; the train leaves on Tuesday at 9:00 in UTC. */
const MONDAY = '2026-11-23T12:00:00Z';

class TrainStory {
  readonly app: AppStory;
  readonly repository: RepositoryStory;
  worker: Worker | null = null;

  constructor(app: AppStory, repository: RepositoryStory) {
    this.app = app;
    this.repository = repository;
  }

  static async begin(train: string, more = ''): Promise<TrainStory> {
    const app = await AppStory.begin(MONDAY);
    begun.push(app);
    const repository = app.repository('acme/app');
    const text = `version: 1\n${more}trains: [{ name: weekly, cron: "0 9 * * tue", ${train} }]\n`;
    repository.push('main', [{ message: 'feat: begin', files: { '.github/shiplock.yml': text } }]);
    repository.tag('v1.0.0', { message: 'v1.0.0' });
    repository.release('v1.0.0', { name: 'v1.0.0', body: 'The first.' });
    const story = new TrainStory(app, repository);
    await story.start();
    return story;
  }

  async start(): Promise<void> {
    // One after another: who is settled with must be who works.
    await this.worker?.stop();
    this.worker = await this.app.start({ draft: keepLine, command: answerComment });
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.app.settle(this.worker as Worker);
  }

  /** To that moment. */
  async at(time: string): Promise<void> {
    this.app.world.clock.set(time);
    await this.settle();
  }

  async merge(title: string): Promise<Pull> {
    const pull = this.repository.openPull({ title });
    this.repository.merge(pull, { method: 'squash' });
    await this.settle();
    return pull;
  }

  releases(): string[] {
    return this.repository.record.releases.map((one) => `${one.tag}${one.draft ? ' (draft)' : ''}`);
  }

  words(pull: Pull): readonly Comment[] {
    return pull.issue.comments.filter((one) => one.body.startsWith('<!-- shiplock:train '));
  }

  async record(): Promise<readonly Sealed[]> {
    const stored = await this.app.store.entries(`repo:${this.repository.record.id}`, { after: 0, limit: 1_000 });
    return stored.map((one) => JSON.parse(one.text) as Sealed);
  }
}

describe('a train', () => {
  it('publishes what is ready when it leaves, once, and again the week after', async () => {
    const story = await TrainStory.begin('do: publish');
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
    const story = await TrainStory.begin('do: publish, freeze-before: 12h');
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
    const story = await TrainStory.begin('do: publish');
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
    const story = await TrainStory.begin('do: publish');
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

  it('reports what would go out, and publishes nothing', async () => {
    const story = await TrainStory.begin('do: report');
    const pull = await story.merge('feat: one');
    await story.at('2026-11-24T09:00:00Z');
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0 (draft)']);
    expect(story.words(pull).map(({ body }) => body)).toEqual([expect.stringContaining('`v1.1.0` would go out, with 1 change.')]);
  });

  it('merges the release pull request of exactly that', async () => {
    const story = await TrainStory.begin('do: publish', 'release: { mode: pull-request, files: [] }\n');
    await story.merge('feat: one');
    await story.at('2026-11-24T09:00:00Z');
    await story.settle();
    expect(story.releases()).toEqual(['v1.0.0', 'v1.1.0']);
  });
});
