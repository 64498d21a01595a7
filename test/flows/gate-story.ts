// The native gate from GitHub's webhook to the answer: a real store, the real worker and every journey over the world's GitHub, by its clock.

import type { Worker } from '../../src/app/worker.ts';
import type { Sealed } from '../../src/core/record.ts';
import { answerComment } from '../../src/flows/command/answer-comment.ts';
import type { WaitingGate } from '../../src/flows/gate/gate-notes.ts';
import { AppStory } from '../app/app-story.ts';
import type { Run } from '../support/github/deployment-records.ts';
import type { Comment, Issue, Pull } from '../support/github/records.ts';
import type { RepositoryStory, StoryEnvironment } from '../support/github/stories.ts';
import type { World } from '../support/github/world.ts';

export const GATE_EVENTS = [
  ...['pull_request', 'push', 'create', 'delete', 'release', 'repository', 'issue_comment', 'pull_request_review', 'check_run', 'status'],
  ...['deployment', 'deployment_status', 'deployment_review', 'deployment_protection_rule', 'workflow_run'],
];

const WORKFLOW = `name: Deploy
on:
  workflow_dispatch:
    inputs: { environment: { required: true } }
jobs:
  build: {}
  deploy:
    needs: build
    environment: \${{ inputs.environment }}
`;

/** A Monday at noon in Berlin. */
export const MONDAY = '2026-11-23T11:00:00Z';

export class GateStory {
  readonly app: AppStory;
  readonly repository: RepositoryStory;
  #worker: Worker | null = null;

  private constructor(app: AppStory, repository: RepositoryStory) {
    this.app = app;
    this.repository = repository;
  }

  /** `acme/app` under that policy, v1.0.0 out. `ada`, `bob`, `cat` may write, `eve` may read, `boss` is an admin. */
  static async begin(
    policy: string,
    { at = MONDAY, files = {}, attaches = () => false }: { at?: string; files?: Record<string, string>; attaches?: () => boolean } = {},
  ): Promise<GateStory> {
    const app = await AppStory.begin(at);
    (app.app.events as string[]).splice(0, Number.POSITIVE_INFINITY, ...GATE_EVENTS);
    const repository = app.repository('acme/app');
    const { world } = app;
    for (const [login, role] of Object.entries({ ada: 'write', bob: 'write', cat: 'write', eve: 'read', boss: 'admin' } as const)) {
      world.grant(repository, login, role);
    }
    const all = { '.github/shiplock.yml': `version: 1\n${policy}`, '.github/workflows/deploy.yml': WORKFLOW, ...files };
    repository.push('main', [{ message: 'chore: begin', files: all }]);
    repository.tag('v1.0.0', { message: 'v1.0.0' });
    repository.release('v1.0.0', { name: 'v1.0.0', body: 'The first.' });
    const story = new GateStory(app, repository);
    for (const name of ['qa', 'production']) story.environment(name);
    story.#worker = await app.start({ draft: async () => ({}), preview: async () => ({}), command: answerComment }, { attaches });
    await story.settle();
    return story;
  }

  get world(): World {
    return this.app.world;
  }

  /** Guarded by us. */
  environment(name: string, settings: StoryEnvironment = {}): void {
    this.repository.environment(name, { rules: [this.app.app], ...settings });
  }

  /** Everything that was sent and is due comes to its end. */
  async settle(): Promise<void> {
    await this.app.settle(this.#worker as Worker);
  }

  /** Time passes, and whatever becomes due is done. */
  async pass(time: string): Promise<void> {
    this.world.clock.advance(time);
    await this.settle();
  }

  /** The process dies and another begins. */
  async restart(): Promise<void> {
    await this.#worker?.stop(0);
    this.#worker = await this.app.start({ draft: async () => ({}), preview: async () => ({}), command: answerComment });
    await this.settle();
  }

  policy(text: string): void {
    this.repository.push('main', [{ message: 'chore: policy', files: { '.github/shiplock.yml': `version: 1\n${text}` } }]);
  }

  merge(title: string, { author = 'ada', by = 'maintainer', body = '' }: { author?: string; by?: string; body?: string } = {}): Pull {
    const pull = this.repository.openPull({ title, author, body });
    this.repository.merge(pull, { method: 'squash', by });
    return pull;
  }

  tag(name: string): string {
    const sha = this.repository.tag(name, { message: name });
    this.repository.release(name, { name, body: `Notes of ${name}.` });
    return sha;
  }

  /** The deploy workflow reaches the environment, and we are asked where we guard it. */
  async deploy(environment: string, { ref = 'refs/heads/main', by = 'maintainer' }: { ref?: string; by?: string } = {}): Promise<Run> {
    const run = this.repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment }, by, ref });
    this.repository.finish(run, 'success', 'build');
    await this.settle();
    return run;
  }

  /** Deployed with success. */
  async succeed(run: Run): Promise<void> {
    this.repository.finish(run);
    await this.settle();
  }

  async check(name: string, conclusion: string | null, at?: string): Promise<void> {
    this.repository.check(name, conclusion, at === undefined ? {} : { at });
    // Checks that end in a burst are looked at together.
    await this.pass('5s');
  }

  async says(on: Pull | Issue, body: string, by: string): Promise<void> {
    this.repository.comment(on, body, { by });
    await this.settle();
  }

  /** What GitHub shows of our answers: `pending`, `approved`, `rejected`, oldest first, with what we said. */
  answers(run: Run): readonly { readonly state: string; readonly comment: string }[] {
    return run.approvals.filter((one) => one.user === this.app.app.bot).map(({ state, comment }) => ({ state, comment }));
  }

  states(run: Run): readonly string[] {
    return this.answers(run).map((one) => one.state);
  }

  /** Our last word on it. */
  word(run: Run): string {
    return this.answers(run).at(-1)?.comment ?? '';
  }

  /** Comments of ours, without those that answer commands. */
  comments(on: Pull | Issue | undefined): readonly Comment[] {
    if (on === undefined) return [];
    const { comments } = 'issue' in on ? on.issue : on;
    return comments.filter((one) => one.user.login === 'shiplock[bot]' && !one.body.startsWith('<!-- shiplock:answer '));
  }

  /** Our kept status comments there: one, or none. */
  status(on: Pull | Issue | undefined): string {
    const kept = this.comments(on).filter((one) => one.body.startsWith('<!-- shiplock:status '));
    if (kept.length > 1) throw new Error(`There are ${kept.length} status comments.`);
    return kept[0]?.body ?? '';
  }

  issues(): readonly Issue[] {
    return [...this.repository.record.issues.values()].filter((one) => one.pull === null);
  }

  async record(): Promise<readonly Sealed[]> {
    const stored = await this.app.store.entries(this.key, { after: 0, limit: 1_000 });
    return stored.map((one) => JSON.parse(one.text) as Sealed);
  }

  async waiting(): Promise<readonly WaitingGate[]> {
    return (await this.app.store.notes(this.key, 'waiting')).map((one) => one.body as unknown as WaitingGate);
  }

  get key(): string {
    return `repo:${this.repository.record.id}`;
  }

  async dead(): Promise<readonly string[]> {
    return (await this.app.store.dead(10)).map((one) => `${one.kind}: ${one.error}`);
  }

  /** Nothing was given up, and whatever was written is what these stories are about. */
  async end(): Promise<void> {
    await this.settle();
    const dead = await this.dead();
    if (dead.length > 0) throw new Error(`Tasks were given up: ${dead.join('; ')}`);
    this.world.effects.ignore();
    await this.app.end();
  }
}

/** Ends the stories that a test file began, whatever came of them. */
export function gateStories(): {
  readonly begin: typeof GateStory.begin;
  readonly end: () => Promise<void>;
} {
  const begun: GateStory[] = [];
  return {
    begin: async (...args) => {
      const story = await GateStory.begin(...args);
      begun.push(story);
      return story;
    },
    end: async () => {
      for (const story of begun.splice(0)) await story.end();
    },
  };
}
