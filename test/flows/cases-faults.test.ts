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

/** All that a decision asks GitHub; true where it can be made without. */
const ASKED: readonly (readonly [string, boolean])[] = [
  ['graphql', false],
  ['GET /repos/{owner}/{repo}/actions/runs/{run_id}', false],
  ['GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals', false],
  ['GET /repos/{owner}/{repo}/commits/{ref}/check-runs', false],
  ['GET /repos/{owner}/{repo}/commits/{ref}/statuses', false],
  ['GET /repos/{owner}/{repo}/compare/{basehead}', false],
  ['GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', false],
  ['GET /repos/{owner}/{repo}/deployments', false],
  ['GET /repos/{owner}/{repo}/collaborators/{username}/permission', false],
  ['GET /orgs/{org}/teams/{team_slug}/members', false],
  // Only how an environment is spelled, and what else guards it.
  ['GET /repos/{owner}/{repo}/environments', true],
  ['GET /repos/{owner}/{repo}/environments/{environment_name}/deployment_protection_rules', true],
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
  expect([...asked].filter((route) => route !== RULE && ASKED.every(([one]) => one !== route))).toEqual([]);
  // What it can go without may be remembered from another look.
  expect(ASKED.filter(([route, goesWithout]) => !goesWithout && !asked.has(route))).toEqual([]);
});

const FAULTS = [
  [403, 'Resource not accessible by integration'],
  [404, 'Not Found'],
  [502, 'Server Error'],
] as const;

describe('S-25, S-41: while GitHub does not answer', () => {
  it.each(ASKED)(
    '%s',
    async (route, goesWithout) => {
      const { story, pull } = await allMet();
      for (const [status, message] of FAULTS) {
        story.world.faults.answer(route, status, { message, times: 10_000 });
        const run = await story.deploy('production');
        await story.pass('1m');
        expect({ status, open: run.status === 'in_progress' }).toEqual({ status, open: goesWithout });
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
