// A life in steps: what somebody does, and what must come of it. The App is killed at steps of one's choice, each time at another moment of
// them, and started again; whatever it was doing, all must come, and once.
import type { Run } from './github/deployment-records.ts';
import type { Comment, Issue, Pull, Repository } from './github/records.ts';
import type { RepositoryStory } from './github/stories.ts';
import type { World } from './github/world.ts';
import type { MortalApp } from './mortal-app.ts';

export const BOT = 'shiplock[bot]';

/** `away`: it was dead before; `at once`: right after the act; or after so many milliseconds; or with its so-manieth write to GitHub. */
type Moment = 'away' | 'at once' | { readonly after: number } | { readonly write: number };

export interface Killing {
  /** Whether there is a kill in the step of that number. */
  readonly in: (step: number) => boolean;
  readonly seed: number;
}

export interface LifeParts {
  readonly world: World;
  readonly app: MortalApp;
  readonly repository: RepositoryStory;
  readonly killing: Killing;
}

const LOOK = '5s';
/** Of the world's time: five looks of whoever looks for lost deliveries. */
const PATIENCE_LOOKS = 60;

export class Life {
  readonly world: World;
  readonly app: MortalApp;
  readonly repository: RepositoryStory;
  /** What was killed when. */
  readonly deaths: string[] = [];
  readonly #killing: Killing;
  readonly #random: () => number;
  #steps = 0;

  constructor({ world, app, repository, killing }: LifeParts) {
    this.world = world;
    this.app = app;
    this.repository = repository;
    this.#killing = killing;
    this.#random = seeded(killing.seed);
  }

  /** Does it, sees to it that what must come does, and gives what the act gave. `comes` is never asked while something is under way. */
  async step<T>(what: string, act: () => T, comes: (given: T) => unknown): Promise<T> {
    this.#steps += 1;
    // GitHub's times have seconds: what was shown is older than what comes now.
    await this.app.settled();
    this.world.clock.advance('2s');
    const kills = this.#killing.in(this.#steps);
    const given = kills ? await this.#dying(what, act, comes) : act();
    await this.#until(what, () => comes(given));
    const twice = doubled(this.repository.record);
    if (twice.length > 0) throw new Error(`After "${what}" there is twice what should be once:\n${twice.join('\n')}`);
    return given;
  }

  async #dying<T>(what: string, act: () => T, comes: (given: T) => unknown): Promise<T> {
    const { app, world } = this;
    const moment = this.#moment();
    const says = typeof moment === 'string' ? moment : JSON.stringify(moment).replace(/[{}"]/g, '');
    this.deaths.push(`${what}: ${says}`);
    if (moment === 'away') {
      app.kill();
      const given = act();
      await app.settled();
      await app.start();
      return given;
    }
    if (typeof moment === 'object' && 'write' in moment) world.faults.killAfterWrite(moment.write, () => app.kill());
    const given = act();
    if (typeof moment === 'object' && 'after' in moment) await new Promise((resolve) => setTimeout(resolve, moment.after));
    if (typeof moment === 'object' && 'write' in moment) await this.#until(what, () => !app.alive || comes(given));
    // Where it wrote less than that it dies with all done.
    app.kill();
    world.faults.revive();
    await app.start();
    return given;
  }

  #moment(): Moment {
    const one = this.#random();
    const other = this.#random();
    if (one < 0.15) return 'away';
    if (one < 0.3) return 'at once';
    return one < 0.55 ? { after: Math.round(other * 120) } : { write: 1 + Math.floor(other * 4) };
  }

  async #until(what: string, isSo: () => unknown): Promise<void> {
    for (let looks = 0; looks < PATIENCE_LOOKS; looks += 1) {
      await this.app.settled();
      if (isSo()) return;
      this.world.clock.advance(LOOK);
    }
    throw new Error(`It did not come to be: ${what}. ${this.#state()}`);
  }

  #state(): string {
    const { record } = this.repository;
    const last = [...record.issues.values()].flatMap((one) =>
      one.comments.map((comment) => `#${one.number} ${comment.user.login}: ${comment.body}`),
    );
    const wrong = this.app.log.filter(({ level }) => level !== 'info').map((one) => JSON.stringify(one));
    const runs = record.runs.map(
      (one) => `run ${one.id} ${one.workflow.name} ${one.status} ${one.conclusion}: ${one.approvals.map((a) => a.state)}`,
    );
    return ['', ...runs, ...last.slice(-4), ...wrong.slice(-8)].join('\n');
  }
}

/** What is there twice, and must not be: each in words. */
export function doubled(repository: Repository): readonly string[] {
  const { releases, checks, runs } = repository;
  const issues = [...repository.issues.values()];
  const started = runs.filter((one) => one.actor.login === BOT);
  return [
    ...issues.flatMap((one) => twice(`comment on #${one.number}`, own(one).map(markOf))),
    ...issues.flatMap(({ comments }) => comments.flatMap((one) => twice(`reaction to ${one.id}`, one.reactions.map(reactionOf)))),
    ...twice(
      'issue',
      issues.map((one) => `${one.user.login} ${one.title} ${one.pull?.base.ref ?? ''}`),
    ),
    ...twice(
      'release',
      releases.map((one) => one.tag),
    ),
    ...twice(
      'check',
      checks.filter((one) => one.suite.app.slug === 'shiplock').map((one) => `${one.name} ${one.suite.sha}`),
    ),
    ...twice(
      'run',
      started.map((one) => `${one.workflow.path} ${one.ref} ${JSON.stringify(one.inputs)}`),
    ),
    ...runs.flatMap((run) =>
      twice(
        `answer to run ${run.id}`,
        answersOf(run).flatMap((one) => (one.state === 'pending' ? [] : [one.state])),
      ),
    ),
    ...runs.flatMap((run) => {
      // A report whose answer was lost is given once more, with a later end of the record: nobody is asked again by it.
      const says = answersOf(run).map((one) => one.comment.replace(/\n+record \d+ · [0-9a-f]+$/, ''));
      return twice(
        `report on run ${run.id}, thrice`,
        says.filter((one, index) => says.indexOf(one) !== index),
      );
    }),
  ];
}

function reactionOf({ user, content }: Comment['reactions'][number]): string {
  return `${user.login} ${content}`;
}

function twice(what: string, all: readonly string[]): readonly string[] {
  return all.filter((one, index) => all.indexOf(one) !== index).map((one) => `${what}: ${one}`);
}

/** Comments of the App. */
export function own(on: Pull | Issue): readonly Comment[] {
  return ('issue' in on ? on.issue : on).comments.filter((one) => one.user.login === BOT);
}

/** What it is about: each of the App's comments says so in a mark, and of one mark there is one. */
function markOf({ body }: Comment): string {
  return /<!-- shiplock:[^>]+-->/.exec(body)?.[0] ?? body;
}

/** What the App answered to GitHub about a run's gates, oldest first. */
export function answersOf(run: Run): readonly { readonly state: string; readonly comment: string }[] {
  return run.approvals.filter((one) => one.user.login === BOT).map(({ state, comment }) => ({ state, comment }));
}

/** Mulberry32: the same moments for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
