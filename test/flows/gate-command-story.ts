// People command gates of which GitHub waits for an answer: the App hears of deployments, answers comments, and does at once whatever comes
// of them that is due; what is recorded is chained as the store would.
import type { CommandErrand, GateErrand } from '../../src/core/errand.ts';
import type { Sealed } from '../../src/core/record.ts';
import type { Situation } from '../../src/flows/app-port.ts';
import { answerComment } from '../../src/flows/command/answer-comment.ts';
import { answerGate } from '../../src/flows/gate/answer-gate.ts';
import { decideGate } from '../../src/flows/gate/decide-gate.ts';
import { showStatus } from '../../src/flows/gate/keep-thread.ts';
import { lookAgain } from '../../src/flows/gate/look-again.ts';
import { tasksOf } from '../../src/flows/inbox/errand-task.ts';
import type { ChainHead, NewTask, Outcome } from '../../src/flows/store-port.ts';
import type { Run } from '../support/github/deployment-records.ts';
import type { Comment, Issue, Pull } from '../support/github/records.ts';
import type { StoryPull } from '../support/github/stories.ts';
import type { World } from '../support/github/world.ts';
import { commandsOf } from './command-story.ts';
import { beginKept, type KeptStory } from './kept-story.ts';

export const WORKFLOW = `name: Deploy
on:
  workflow_dispatch:
    inputs: { environment: { required: true } }
jobs:
  build: {}
  deploy:
    needs: build
    environment: \${{ inputs.environment }}
`;

export const TWO_APPROVALS = `environments:
  qa:
    requires: [{ approvals: { count: 1 } }]
  production:
    requires:
      - approvals: { count: 2, from: ["@acme/release"], except: [author, committer, deployer] }
`;

export interface GateStory extends KeptStory {
  /** A pull request by ada is merged by mia. */
  readonly merged: (pull?: Partial<StoryPull>) => Pull;
  /** A run asks for the environment at main's head, or at another ref, and the App hears of it. */
  readonly deploy: (environment: string, options?: { readonly by?: string; readonly ref?: string }) => Promise<Run>;
  readonly rerun: (run: Run, environment: string, by: string) => Promise<void>;
  readonly says: (on: Pull | Issue, body: string, by?: string) => CommandErrand;
  /** `lost`: it dies before the outcome is written. */
  readonly answers: (errand: CommandErrand, how?: { readonly lost?: boolean }) => Promise<Outcome>;
  /** Somebody comments, and all that follows is done; the answer's text. */
  readonly hears: (on: Pull | Issue, body: string, by?: string) => Promise<string>;
  readonly own: (on: Pull | Issue) => readonly Comment[];
  readonly reactions: (errand: CommandErrand) => readonly string[];
  /** Does what is due. */
  readonly goesOn: () => Promise<void>;
  readonly entries: Sealed[];
  readonly entriesOf: (what: string) => readonly Sealed[];
  /** Bodies of all notes of a kind. */
  readonly noted: (kind: string) => Promise<readonly unknown[]>;
  /** Whether the environment's job of a run has begun. */
  readonly isOpen: (run: Run) => boolean;
  readonly endsClean: () => Promise<void>;
}

/**
 * `acme/app` with v1.0.0 out. `mia` maintains, `boss` is an admin, `ada`, `rob`, `sue` and `sam` may write, `eve` may read. Of the team
 * `release`: rob and sue, sam by its child `night`, and eve.
 */
export async function beginGates(policy: string = TWO_APPROVALS): Promise<GateStory> {
  const files = { 'README.md': '# App\n', '.github/shiplock.yml': `version: 1\n${policy}`, '.github/workflows/deploy.yml': WORKFLOW };
  const story = await beginKept(null, {
    commits: [{ message: 'feat: begin', files }],
    collaborators: { mia: 'maintain', boss: 'admin', ada: 'write', rob: 'write', sue: 'write', sam: 'write', eve: 'read' },
  });
  const { world, repository, situation } = story;
  world.team('acme', 'release', ['rob', 'sue', 'eve']);
  world.team('acme', 'night', ['sam'], { parent: 'release' });
  const app = [...world.state.apps.values()].find((one) => one.slug === 'shiplock');
  if (app === undefined) throw new Error('The story has no App.');
  for (const name of ['qa', 'production']) repository.environment(name, { rules: [app] });
  const entries: Sealed[] = [];
  const queue: NewTask[] = [];
  const head = async (): Promise<ChainHead | null> => {
    const last = entries.at(-1);
    return last === undefined ? null : { seq: last.seq, hash: last.hash };
  };
  const now = (): Situation => ({ ...situation, head, now: world.clock.now() });
  const finish = async (outcome: Outcome): Promise<Outcome> => {
    for (const note of outcome.notes ?? []) story.write(note);
    for (const entry of outcome.entries ?? []) entries.push(JSON.parse(entry.seal(await head()).text));
    for (const task of outcome.tasks ?? []) {
      if (task.unique === undefined || !queue.some((one) => one.unique === task.unique)) queue.push(task);
      else
        queue.splice(
          queue.findIndex((one) => one.unique === task.unique),
          1,
          task,
        );
    }
    return outcome;
  };
  const run = (task: NewTask): Promise<Outcome> => {
    const errand = task.body as never;
    switch (task.kind) {
      case 'look':
        return lookAgain(now(), errand);
      case 'gate':
        return decideGate(now(), errand);
      case 'answer':
        return answerGate(now(), errand);
      case 'status':
        return showStatus(now(), errand);
      default:
        return Promise.resolve({});
    }
  };
  const goesOn = async () => {
    for (let times = 0; times < 200; times += 1) {
      const index = queue.findIndex((one) => (one.runAt ?? 0) <= world.clock.now());
      const [task] = index < 0 ? [] : queue.splice(index, 1);
      if (task === undefined) return;
      await finish(await run(task));
    }
    throw new Error('It goes on for ever.');
  };
  const asks = async (of: Run, environment: string) => {
    const deployment = repository.record.deployments.findLast((one) => one.environment === environment && one.sha === of.sha);
    const errand: GateErrand = {
      kind: 'gate',
      home: situation.home,
      run: of.id,
      environment,
      deployment: deployment?.id ?? null,
      sha: of.sha,
    };
    await finish({ tasks: tasksOf([errand], { now: world.clock.now(), delivery: null }) });
    await goesOn();
  };
  const { says, own, reactions } = commandsOf(story);
  const answers: GateStory['answers'] = async (errand, { lost = false } = {}) => {
    const outcome = await answerComment(now(), errand);
    return lost ? outcome : finish(outcome);
  };
  return {
    ...story,
    says,
    own,
    reactions,
    answers,
    goesOn,
    entries,
    merged: (pull = {}) => {
      const opened = repository.openPull({ title: 'feat: one', author: 'ada', ...pull });
      repository.merge(opened, { method: 'squash', by: 'mia' });
      world.clock.advance('1m');
      return opened;
    },
    deploy: async (environment, { by = 'mia', ref } = {}) => {
      const started = repository.run('deploy.yml', {
        event: 'workflow_dispatch',
        inputs: { environment },
        by,
        ...(ref === undefined ? {} : { ref }),
      });
      repository.finish(started, 'success', 'build');
      await asks(started, environment);
      world.clock.advance('1m');
      return started;
    },
    rerun: async (of, environment, by) => {
      repository.rerun(of, { by });
      repository.finish(of, 'success', 'build');
      await asks(of, environment);
      world.clock.advance('1m');
    },
    hears: async (on, body, by) => {
      const errand = says(on, body, by);
      await answers(errand);
      await goesOn();
      world.clock.advance('1m');
      return own(on).find((one) => one.body.startsWith(`<!-- shiplock:answer ${errand.comment} -->`))?.body ?? '';
    },
    entriesOf: (what) => entries.filter((one) => one.what === what),
    noted: async (kind) => (await situation.notes.notes(situation.repository, kind)).map((one) => one.body),
    isOpen: (of) => of.status === 'in_progress',
    endsClean: async () => {
      world.effects.ignore();
      await world.assertClean();
    },
  };
}

/** Stops the worlds that a test file began. */
export function worldsOf(): { readonly begin: typeof beginGates; readonly stop: () => Promise<void> } {
  const worlds: World[] = [];
  return {
    begin: async (policy) => {
      const story = await beginGates(policy);
      worlds.push(story.world);
      return story;
    },
    stop: async () => {
      for (const world of worlds.splice(0)) await world.stop();
    },
  };
}
