// The simulated GitHub, in a process of its own: the stateful world that the project's tests are held against, without the checking of its
// contract. It speaks HTTP with the App, and over the channel to whoever started it as a story's people and clock.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Issue, Permissions } from '../../test/support/github/records.ts';
import { currentJobs } from '../../test/support/github/runs.ts';
import type { RepositoryStory } from '../../test/support/github/stories.ts';
import { World } from '../../test/support/github/world.ts';
import { readManifest } from '../app/manifest.ts';
import { BEGINNING, HISTORY, PEOPLE, REPOSITORY } from './harbour.ts';
import { makeRunner } from './runner.ts';
import type { Message, RunSeen, Simulation, ThreadLine } from './simulation.ts';

const SECRET = 'the secret of a demonstration';
const LOOK_MS = 100;

/** Answers what comes over the channel until that is closed. */
export function simulateGitHub(channel: NodeJS.Process): void {
  const world = new World(mkdtempSync(join(tmpdir(), 'shiplock-github-')), null);
  const send = (message: Message) => void (channel.connected && channel.send?.(message));
  const simulation = simulate(world, (clock) => send({ clock }));
  channel.on('message', (message: Message) => {
    if (!('ask' in message)) return;
    const { ask, what, args } = message;
    Promise.resolve()
      .then(() => (simulation[what] as (...args: readonly unknown[]) => unknown)(...args))
      .then(
        (value) => send({ answer: ask, value }),
        (error: unknown) => send({ answer: ask, problem: error instanceof Error ? error.message : String(error) }),
      );
  });
  channel.on('disconnect', () => void simulation.stop().finally(() => process.exit(0)));
  // They go to every process of the terminal; whoever started this one ends it in its turn.
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) channel.on(signal, () => undefined);
}

function simulate(world: World, tellClock: (now: number) => void): Simulation {
  const { clock } = world;
  const tick = clock.tick;
  clock.tick = () => {
    tick.call(clock);
    tellClock(clock.now());
  };
  clock.watch(() => tellClock(clock.now()));
  const app = world.app('shiplock', manifestOf());
  const repository = foundRepository(world);
  clock.set(BEGINNING);
  const runner = makeRunner(repository);
  const { record } = repository;
  const issueOf = (number: number): Issue => {
    const issue = record.issues.get(number);
    if (issue === undefined) throw new Error(`There is no #${number} in ${REPOSITORY}.`);
    return issue;
  };
  const pullOf = (number: number) => {
    const { pull } = issueOf(number);
    if (pull === null) throw new Error(`#${number} is no pull request.`);
    return pull;
  };
  let looking: NodeJS.Timeout | undefined;

  return {
    start: async () => {
      await world.start();
      const address = `http://${world.host}`;
      // As an Enterprise Server writes its own addresses, in payloads too.
      world.state.urls = { api: `${address}/api/v3`, html: address, uploads: `${address}/api/uploads` };
      looking = setInterval(() => {
        clock.set(new Date(clock.now() + LOOK_MS).toISOString());
        runner.look();
      }, LOOK_MS);
      const { id, privateKey } = app;
      return { host: world.host, repository: REPOSITORY, app: { id, privateKey, secret: SECRET }, token: world.userToken('ada') };
    },
    install: (url) => {
      app.webhook = { url, secret: SECRET };
      for (const name of ['qa', 'production']) repository.environment(name, { rules: [app] });
      world.install(app, repository.owner);
    },
    advance: (duration) => {
      clock.advance(duration);
      return clock.iso();
    },
    settled: () => world.deliveries.settled(),
    stop: async () => {
      clearInterval(looking);
      await world.stop();
    },

    openPull: ({ title, author, body, labels = [], message = title, files }) => {
      const commits = [files === undefined ? { message } : { message, files }];
      return repository.openPull({ title, author, body: body ?? null, labels, commits }).issue.number;
    },
    merge: (number, by) => void repository.merge(pullOf(number), { method: 'squash', by }),
    comment: (number, by, body) => repository.comment(issueOf(number), body, { by }).id,
    closeIssue: async (number, by) => {
      const answer = await fetch(`${world.url}/repos/${REPOSITORY}/issues/${issueOf(number).number}`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${world.userToken(by)}`, 'content-type': 'application/json', 'user-agent': by },
        body: JSON.stringify({ state: 'closed' }),
      });
      if (!answer.ok) throw new Error(`#${number} could not be closed: GitHub answered ${answer.status}.`);
    },
    failNextSuite: runner.failNextSuite,
    rerun: (id, by) => {
      const run = record.runs.find((one) => one.id === id);
      if (run === undefined) throw new Error(`There is no run ${id}.`);
      repository.rerun(run, { by });
    },

    thread: (number) => {
      const issue = record.issues.get(number);
      if (issue === undefined) return null;
      const said = issue.comments.map(({ id, user, body, reactions, updatedAt }) => {
        return { id, by: user.login, body, reactions: reactions.map((one) => one.content), updatedAt };
      });
      return { ...lineOf(issue), body: issue.body ?? '', said };
    },
    threads: () => [...record.issues.values()].map(lineOf),
    releases: () => record.releases.map(({ tag, name, draft, body }) => ({ tag, name: name ?? tag, draft, body: body ?? '' })),
    checks: (of) => {
      const sha = typeof of === 'number' ? pullOf(of).head.sha : repository.sha(of);
      return record.checks
        .filter((one) => one.suite.sha === sha)
        .map(({ name, suite, status, conclusion, output }) => {
          return { name, app: suite.app.slug, status, conclusion, title: output.title, summary: output.summary };
        });
    },
    runs: () => runsOf(repository),
    deployments: () =>
      [...record.deployments].reverse().map(({ id, environment, ref, sha, statuses }) => {
        return { id, environment, ref, sha, state: statuses.at(-1)?.state ?? 'waiting' };
      }),
    people: () => Object.entries(PEOPLE).map(([login, role]) => ({ login, role })),
  };
}

function manifestOf(): { readonly permissions: Permissions; readonly events: readonly string[] } {
  const { default_permissions: permissions, default_events: events } = readManifest();
  return { permissions, events };
}

/** Two releases were made by hand and deployed, before anybody thought of installing an App. */
function foundRepository(world: World): RepositoryStory {
  const repository = world.repository(REPOSITORY, { commits: [], collaborators: PEOPLE });
  for (const { tag, message, files } of HISTORY) {
    repository.push('main', [{ message, files, author: 'ben' }], { by: 'ben' });
    repository.tag(tag, { by: 'carol' });
    repository.release(tag, { by: 'carol', name: tag, body: `- ${message}` });
    for (const environment of ['qa', 'production']) {
      world.clock.advance('24h');
      repository.deploy(environment, { ref: tag });
    }
    world.clock.advance('3d');
  }
  return repository;
}

function lineOf({ number, pull, title, state, user, comments }: Issue): ThreadLine {
  const merged = pull?.merged ? 'merged' : state;
  return { number, pull: pull !== null, title, state: merged, author: user.login, comments: comments.length };
}

function runsOf({ record }: RepositoryStory): RunSeen[] {
  return [...record.runs].reverse().map((run) => {
    const jobs = currentJobs(run);
    return {
      id: run.id,
      attempt: run.attempt,
      file: run.workflow.path.split('/').at(-1) ?? '',
      ref: run.ref,
      status: run.status,
      conclusion: run.conclusion,
      environment: jobs.find((one) => one.environment !== null)?.environment ?? null,
      jobs: jobs.map(({ name, status, conclusion }) => ({ name, status, conclusion })),
      answers: run.approvals.map(({ user, state, comment }) => ({ by: user.login, state, comment })),
    };
  });
}
