// A repository whose policy has a train, and the App's worker over it by the world's clock: it may die after any write to GitHub, and another
// takes over from what is in the store.

import type { Flows } from '../../src/app/journeys.ts';
import type { Outgoing } from '../../src/app/settings.ts';
import type { Worker } from '../../src/app/worker.ts';
import type { Sealed } from '../../src/core/record.ts';
import { answerComment } from '../../src/flows/command/answer-comment.ts';
import { keepLine } from '../../src/flows/release/keep-line.ts';
import { AppStory } from '../app/app-story.ts';
import type { Comment, Issue, Pull } from '../support/github/records.ts';
import type { RepositoryStory } from '../support/github/stories.ts';

/** A Monday noon; the train leaves on Tuesday at 9:00 in UTC. */
export const MONDAY = '2026-11-23T12:00:00Z';
export const LEAVES = '2026-11-24T09:00:00Z';

export interface TrainOptions {
  /** Of the policy, above its trains. */
  readonly more?: string;
  readonly outgoing?: Outgoing;
}

export class TrainStory {
  readonly app: AppStory;
  readonly repository: RepositoryStory;
  worker: Worker | null = null;
  readonly #outgoing: Outgoing | undefined;

  constructor(app: AppStory, repository: RepositoryStory, outgoing: Outgoing | undefined) {
    this.app = app;
    this.repository = repository;
    this.#outgoing = outgoing;
  }

  /** `train`: what it does; null: the policy has none. */
  static async begin(train: string | null, { more = '', outgoing }: TrainOptions = {}): Promise<TrainStory> {
    const app = await AppStory.begin(MONDAY);
    const repository = app.repository('acme/app');
    const trains = train === null ? '' : `trains: [{ name: weekly, cron: "0 9 * * tue", ${train} }]\n`;
    repository.push('main', [{ message: 'feat: begin', files: { '.github/shiplock.yml': `version: 1\n${more}${trains}` } }]);
    repository.tag('v1.0.0', { message: 'v1.0.0' });
    repository.release('v1.0.0', { name: 'v1.0.0', body: 'The first.' });
    app.world.grant(repository, 'mia', 'maintain');
    const story = new TrainStory(app, repository, outgoing);
    await story.start();
    return story;
  }

  /** The process begins; one that was there has come to its end. */
  async start(flows: Partial<Flows> = {}): Promise<void> {
    // One after another: who is settled with must be who works.
    await this.worker?.stop();
    this.worker = await this.another(flows);
    await this.settle();
  }

  /** A process beside it, on the same store. */
  another(flows: Partial<Flows> = {}): Promise<Worker> {
    const outgoing = this.#outgoing === undefined ? {} : { outgoing: this.#outgoing };
    return this.app.start({ draft: keepLine, command: answerComment, ...flows }, outgoing);
  }

  async settle(): Promise<void> {
    await this.app.settle(this.worker as Worker);
  }

  /** To that moment. */
  async at(time: string): Promise<void> {
    this.app.world.clock.set(time);
    await this.settle();
  }

  async pass(time: string): Promise<void> {
    this.app.world.clock.advance(time);
    await this.settle();
  }

  /** Does it with the process dying after so many writes; another takes over, and some minutes pass. False: it wrote less. 0: it lives. */
  async dying(after: number, what: () => Promise<void>): Promise<boolean> {
    const { faults } = this.app.world;
    let died = false;
    if (after > 0) {
      faults.killAfterWrite(after, () => {
        died = true;
      });
    }
    await what();
    if (died) {
      await this.worker?.stop();
      faults.revive();
      await this.start();
    }
    faults.revive();
    for (const time of ['1m', '5m']) await this.pass(time);
    return died;
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

  draft(): string {
    return this.repository.record.releases.find((one) => one.draft)?.body ?? '';
  }

  /** What trains have said. */
  words(on: Pull | Issue): readonly Comment[] {
    return this.ours(on, 'train ');
  }

  /** Our comments that begin so. */
  ours(on: Pull | Issue, mark: string): readonly Comment[] {
    const { comments } = 'issue' in on ? on.issue : on;
    return comments.filter((one) => one.user.login === 'shiplock[bot]' && one.body.startsWith(`<!-- shiplock:${mark}`));
  }

  async record(): Promise<readonly Sealed[]> {
    const stored = await this.app.store.entries(`repo:${this.repository.record.id}`, { after: 0, limit: 1_000 });
    return stored.map((one) => JSON.parse(one.text) as Sealed);
  }

  /** Nothing was given up, and GitHub's contract was kept. */
  async end(): Promise<void> {
    await this.settle();
    const dead = await this.app.store.dead(10);
    this.app.world.effects.ignore();
    await this.app.end();
    if (dead.length > 0) throw new Error(`Tasks were given up: ${dead.map((one) => `${one.kind}: ${one.error}`).join('; ')}`);
  }
}

/** Ends the stories that a test file began, whatever came of them. */
export function trainStories(): { readonly begin: typeof TrainStory.begin; readonly end: () => Promise<void> } {
  const begun: TrainStory[] = [];
  return {
    begin: async (...args) => {
      const story = await TrainStory.begin(...args);
      begun.push(story);
      return story;
    },
    end: async () => {
      for (const story of begun.splice(0)) await story.end();
    },
  };
}
