// Whatever GitHub does not tell while a gate is decided keeps it shut, is told where people look, and is made good once GitHub tells it.
import { afterEach, describe, expect, it } from 'vitest';
import type { Run } from '../support/github/deployment-records.ts';
import type { Pull } from '../support/github/records.ts';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

/** Asks all that a gate can look at. */
const ALL = `environments:
  qa: {}
  production:
    after: qa
    requires:
      - { checks: [test], app: github-actions, baseline: previous-release }
      - { approvals: { count: 1, from: ["@acme/release"], except: [author, committer, pusher, deployer] } }
      - { ticket: "CHG-[0-9]+" }
      - soak: 1h
`;

/** Three outages, each with the hours around it. */
const LONG = 120_000;

const RULE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';

interface Asked {
  readonly route: string;
  /** A field of GraphQL that shows the same: only where it is refused is the route asked. */
  readonly instead?: string;
  /** The decision can be made without it. */
  readonly spared?: true;
}

/** All that a decision asks GitHub. */
const ASKED: readonly Asked[] = [
  { route: 'graphql' },
  { route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}' },
  { route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals' },
  { route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs', instead: 'Commit.checkSuites' },
  { route: 'GET /repos/{owner}/{repo}/commits/{ref}/statuses', instead: 'Commit.status' },
  { route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', instead: 'PullRequest.reviews' },
  { route: 'GET /repos/{owner}/{repo}/deployments', instead: 'Repository.deployments' },
  { route: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission', instead: 'Repository.collaborators' },
  { route: 'GET /orgs/{org}/teams/{team_slug}/members' },
  // Only how an environment is spelled, and what else guards it.
  { route: 'GET /repos/{owner}/{repo}/environments', spared: true },
  { route: 'GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules', spared: true },
];

/** Everything that is asked has come, and was long enough ago that nothing of it is remembered. */
async function allMet(): Promise<{ readonly story: GateStory; readonly pull: Pull }> {
  const story = await begin(ALL);
  story.world.team('acme', 'release', ['bob']);
  story.repository.check('test', 'success', { at: 'v1.0.0' });
  const pull = story.merge('feat: one CHG-1', { author: 'ada', by: 'cat' });
  await story.check('test', 'success');
  await story.succeed(await story.deploy('qa'));
  await story.says(pull, '/approve production', 'bob');
  await story.pass('3h');
  return { story, pull };
}

async function isTold(story: GateStory, run: Run, pull: Pull): Promise<boolean> {
  return story.states(run).includes('pending') || story.status(pull).includes('could not be told') || (await story.dead()).length > 0;
}

it('what a decision asks GitHub is all in the list', async () => {
  const { story } = await allMet();
  const before = story.world.calls.all.length;
  const run = await story.deploy('production');
  expect(run.status).toBe('in_progress');
  const asked = new Set(story.world.calls.all.slice(before));
  expect([...asked].filter((route) => route !== RULE && ASKED.every((one) => one.route !== route))).toEqual([]);
  // What it can go without may be remembered from another look.
  expect(ASKED.filter(({ route, instead, spared }) => instead === undefined && spared === undefined && !asked.has(route))).toEqual([]);
});

const FAULTS = [
  [403, 'Resource not accessible by integration'],
  [404, 'Not Found'],
  [502, 'Server Error'],
] as const;

describe('S-25, S-41: while GitHub does not answer', () => {
  it.each(ASKED)(
    '$route',
    async ({ route, instead, spared: goesWithout = false }) => {
      const { story, pull } = await allMet();
      for (const [status, message] of FAULTS) {
        story.world.faults.answer(route, status, { message, times: 10_000 });
        if (instead !== undefined) story.world.faults.hide(instead);
        const before = story.world.calls.all.length;
        const run = await story.deploy('production');
        await story.pass('1m');
        expect({ status, open: run.status === 'in_progress' }).toEqual({ status, open: goesWithout });
        expect(goesWithout || story.world.calls.all.slice(before).includes(route)).toBe(true);
        expect({ status, told: goesWithout || (await isTold(story, run, pull)) }).toEqual({ status, told: true });
        story.world.faults.clear();
        await story.pass('16m');
        await story.pass('62m');
        expect({ status, after: run.status }).toEqual({ status, after: 'in_progress' });
        await story.succeed(run);
        await story.pass('3h');
      }
    },
    LONG,
  );
});
