// The traps of GitHub's contract for custom deployment protection rules, T1 to T15, each as it would be met.
import { afterEach, describe, expect, it } from 'vitest';
import { type GateStory, gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const RULE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';
const APPROVAL = 'environments:\n  production: { requires: [{ approvals: { count: 1 } }] }\n';
const CHECKS = 'environments:\n  production: { requires: [{ checks: [test] }] }\n';

const BOTH = `name: Both
on: { push: {} }
jobs:
  qa: { environment: qa }
  production: { environment: production }
  again: { environment: production }
`;

/** A delivery as somebody would forge it who could sign it. */
async function forge(story: GateStory, callback: string): Promise<void> {
  const { id, name, owner } = story.repository.record;
  const [installation] = story.world.state.installations.keys();
  const payload = {
    action: 'requested',
    environment: 'production',
    deployment_callback_url: callback,
    repository: { id, name, full_name: `${owner.login}/${name}`, owner: { login: owner.login } },
    installation: { id: installation },
    sender: { login: 'eve', id: 1, type: 'User' },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(payload));
  const event = { guid: 'forged', event: 'deployment_protection_rule', action: 'requested', key: `repo:${id}`, payload: bytes };
  await story.app.store.accept([{ ...event, receivedAt: story.world.clock.now() }]);
  await story.settle();
}

it('T1, S-38: an address that leads elsewhere is not asked, and no other is either', async () => {
  const story = await begin(APPROVAL);
  story.merge('feat: one');
  const run = await story.deploy('production');
  const calls = story.world.calls.all.length;
  await forge(story, `https://evil.example/repos/acme/app/actions/runs/${run.id}/deployment_protection_rule`);
  expect(story.world.calls.all.length).toBe(calls);
  expect(story.states(run)).toEqual(['pending']);
});

it('T2, T6: two environments of one run are told apart, and one answer lets all of an environment’s jobs through', async () => {
  const policy = 'environments:\n  qa: {}\n  production: { requires: [{ approvals: { count: 1 } }] }\n';
  const story = await begin(policy, { files: { '.github/workflows/both.yml': BOTH } });
  const pull = story.merge('feat: one');
  const run = story.repository.run('both.yml');
  await story.settle();
  const jobs = () => Object.fromEntries(run.jobs.map((job) => [job.name, job.status]));
  expect(jobs()).toEqual({ qa: 'in_progress', production: 'waiting', again: 'waiting' });
  expect(story.states(run).toSorted()).toEqual(['approved', 'pending']);
  await story.says(pull, '/approve production', 'bob');
  expect(jobs()).toEqual({ qa: 'in_progress', production: 'in_progress', again: 'in_progress' });
  expect(await story.waiting()).toEqual([]);
});

it.each(['schedule', 'push', 'release', 'merge_group', 'workflow_run', 'repository_dispatch'])(
  'T3: a run by %s is answered, though no pull request is named',
  async (event) => {
    const story = await begin(APPROVAL);
    const pull = story.merge('feat: one');
    const run = story.repository.run('deploy.yml', { event, inputs: { environment: 'production' } });
    story.repository.finish(run, 'success', 'build');
    await story.settle();
    expect(story.states(run)).toEqual(['pending']);
    expect(story.status(pull)).toContain('🟡 waits');
  },
);

it('T4: reports are ten at most, each no longer than GitHub takes, and the last says where to read on', async () => {
  const long = Array.from({ length: 40 }, (_, index) => `"a rather long name of a check, number ${index}"`).join(', ');
  const story = await begin(`environments:\n  production: { requires: [{ checks: [test, ${long}] }] }\n`);
  const pull = story.merge('feat: one');
  const run = await story.deploy('production');
  for (let times = 0; times < 12; times += 1) await story.check('test', times % 2 === 0 ? 'failure' : 'success');
  expect(story.states(run)).toEqual(Array.from({ length: 10 }, () => 'pending'));
  for (const { comment } of story.answers(run)) expect(comment.length).toBeLessThanOrEqual(1_024);
  expect(story.answers(run)[0]?.comment).toMatch(/…and \d+ more/);
  expect(story.word(run)).toContain(
    `GitHub takes no more reports for this deployment: what follows stands in https://github.com/acme/app/issues/${pull.issue.number}.`,
  );
  // What goes on is still told where people look.
  await story.check('test', 'failure');
  expect(story.status(pull)).toContain('test ended as failure');
  expect(story.states(run)).toHaveLength(10);
});

it('T4: nothing is reported on the clock alone, nor twice', async () => {
  const story = await begin(CHECKS);
  story.merge('feat: one');
  const run = await story.deploy('production');
  for (let times = 0; times < 5; times += 1) {
    await story.check('other', 'success');
    await story.pass('1h');
  }
  expect(story.states(run)).toEqual(['pending']);
});

describe('T5: an answer', () => {
  it('of 422 is no proof of our approval: it is looked up, and given again', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    const run = await story.deploy('production');
    story.world.faults.answer(RULE, 422, { message: 'Something else.' });
    await story.check('test', 'success');
    expect(run.status).toBe('waiting');
    await story.pass('1m');
    expect(story.states(run)).toEqual(['pending', 'approved']);
    expect(run.status).toBe('in_progress');
  });

  it('that was lost on its way is found in GitHub’s history', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    const run = await story.deploy('production');
    story.world.faults.drop(RULE, 'after');
    await story.check('test', 'success');
    await story.pass('1m');
    expect(story.states(run)).toEqual(['pending', 'approved']);
    expect(await story.waiting()).toEqual([]);
  });

  it('of 404 ends it: there is no such run any more', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    const run = await story.deploy('production');
    story.world.faults.answer(RULE, 404);
    await story.check('test', 'success');
    expect(await story.waiting()).toEqual([]);
    expect(story.states(run)).toEqual(['pending']);
  });
});

it('T7: names are compared without case, as GitHub does', async () => {
  const story = await begin('environments:\n  PRODUCTION:\n    after: QA\n    requires: [{ approvals: { count: 1 } }]\n  QA: {}\n');
  const pull = story.merge('feat: one');
  await story.succeed(await story.deploy('Qa'));
  const run = await story.deploy('Production');
  expect(story.word(run)).not.toContain('after');
  await story.says(pull, '/approve production', 'bob');
  expect(run.status).toBe('in_progress');
});

it('T8: an administrator’s bypass is found and recorded, and is no approval of the next run', async () => {
  const story = await begin(APPROVAL);
  const pull = story.merge('feat: one');
  const run = await story.deploy('production');
  story.repository.bypass(run, { by: 'boss', comment: 'now' });
  await story.settle();
  const entry = (await story.record()).at(-1);
  expect(entry).toMatchObject({
    what: 'bypassed',
    environment: 'production',
    sha: run.sha,
    actor: { login: 'boss' },
    run: { id: run.id, attempt: 1 },
  });
  expect(story.status(pull)).toContain('⚠️ passed without us');
  expect(story.comments(pull).at(-1)?.body).toContain('was passed without us');
  expect(await story.waiting()).toEqual([]);
  await story.succeed(run);
  story.repository.rerun(run, { by: 'ada' });
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  expect(run.status).toBe('waiting');
  expect((await story.record()).filter((one) => one.what === 'bypassed')).toHaveLength(1);
});

it('T8: a deployment past a gate that GitHub never asked about is recorded, too', async () => {
  const story = await begin('environments:\n  staging: { requires: [{ approvals: { count: 1 } }] }\n');
  story.merge('feat: one');
  // GitHub makes an environment that nobody guards of any name that a workflow has.
  const run = await story.deploy('Staging');
  expect(run.status).toBe('in_progress');
  expect((await story.record()).at(-1)).toMatchObject({ what: 'bypassed', environment: 'Staging', run: { id: run.id } });
  const other = await story.deploy('preview');
  expect(other.status).toBe('in_progress');
  expect((await story.record()).filter((one) => one.environment === 'preview')).toEqual([]);
});

it('T9, S-30: a re-run is a new attempt, keeps what was approved for the commit, and whoever began it is a deployer', async () => {
  const story = await begin('environments:\n  production: { requires: [{ approvals: { count: 1, except: [deployer] } }] }\n');
  const pull = story.merge('feat: one');
  const run = await story.deploy('production', { by: 'ada' });
  await story.says(pull, '/approve production', 'bob');
  expect(run.status).toBe('in_progress');
  story.repository.finish(run, 'failure');
  story.repository.rerun(run, { by: 'bob' });
  story.repository.finish(run, 'success', 'build');
  await story.settle();
  expect(run.status).toBe('waiting');
  expect(await story.waiting()).toMatchObject([{ run: run.id, attempt: 2, before: { answers: 1 } }]);
  expect(story.word(run)).toContain('approved too, but is a deployer');
  await story.says(pull, '/approve production', 'cat');
  expect(story.states(run).filter((one) => one === 'approved')).toHaveLength(2);
  expect(run.status).toBe('in_progress');
});

it('T10: a run that ends while it waits is settled, and a token that has run out is had anew', async () => {
  const story = await begin(APPROVAL);
  const pull = story.merge('feat: one');
  const run = await story.deploy('production');
  story.world.faults.expireTokens();
  await story.says(pull, '/hold production not yet', 'bob');
  expect(story.word(run)).toContain('bob');
  const token = story.world.userToken('boss');
  const address = `${story.world.url}/repos/acme/app/actions/runs/${run.id}/cancel`;
  await fetch(address, { method: 'POST', headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' } });
  await story.settle();
  expect(run.conclusion).toBe('cancelled');
  expect(await story.waiting()).toEqual([]);
  expect(story.status(pull)).toContain('⚪ over');
  expect((await story.record()).some((one) => one.what === 'bypassed')).toBe(false);
});

it.each(['action_required', 'timed_out', 'cancelled', 'skipped', 'neutral'])(
  'T11, S-22: a check that ends as %s is no pass',
  async (conclusion) => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    await story.check('test', conclusion);
    const run = await story.deploy('production');
    expect(story.states(run)).toEqual(['pending']);
  },
);

it('T12, S-22: no check at all is no pass', async () => {
  const story = await begin('environments:\n  production: { requires: [{ checks: ["*"] }] }\n');
  story.merge('feat: one');
  story.repository.record.checks.splice(0);
  const run = story.repository.run('deploy.yml', { inputs: { environment: 'production' } });
  story.repository.finish(run, 'failure', 'build');
  await story.settle();
  expect(story.states(run)).toEqual([]);
  const second = await begin(CHECKS);
  second.merge('feat: one');
  const other = await second.deploy('production');
  expect(second.word(other)).toContain('No check named test has reported');
});

it('T13, S-21: everything is read to its end, whatever a page holds', async () => {
  const story = await begin(`environments:
  qa: {}
  production:
    after: qa
    requires:
      - { checks: [test, lint, build it], app: github-actions, baseline: previous-release }
      - { approvals: { count: 1, from: ["@acme/release"], except: [author, committer, pusher, deployer] } }
`);
  story.world.team('acme', 'release', ['bob', 'cat', 'ada']);
  const pull = story.merge('feat: one', { author: 'cat' });
  story.merge('feat: two', { author: 'ada' });
  const last = story.merge('feat: three', { author: 'eve' });
  for (const name of ['test', 'lint', 'build it']) await story.check(name, 'success');
  await story.succeed(await story.deploy('qa'));
  story.world.faults.pageSize(1);
  const run = await story.deploy('production');
  // Authors, on whatever page their commits are.
  await story.says(last, '/approve production', 'cat');
  await story.says(last, '/approve production', 'ada');
  expect(run.status).toBe('waiting');
  await story.says(last, '/approve production', 'bob');
  expect(run.status).toBe('in_progress');
  expect(pull.issue.comments).toEqual([]);
  story.world.faults.pageSize(null);
});

it('T14, S-34: whoever may not write approves nothing, by whatever way', async () => {
  const story = await begin(APPROVAL);
  story.world.grant(story.repository, 'tri', 'triage');
  const pull = story.merge('feat: one');
  story.repository.review(pull, 'APPROVE', { by: 'tri' });
  story.repository.review(pull, 'APPROVE', { by: 'eve' });
  const run = await story.deploy('production');
  expect(story.states(run)).toEqual(['pending']);
  expect(story.word(run)).toContain('no write access');
  story.repository.review(pull, 'APPROVE', { by: 'bob' });
  await story.settle();
  expect(run.status).toBe('in_progress');
});

it('T15: GitHub’s wait timer is no soak', async () => {
  const story = await begin('environments:\n  qa: {}\n  production: { after: qa, requires: [{ soak: 2h }] }\n');
  story.environment('production', { waitTimer: 30 });
  story.merge('feat: one');
  await story.succeed(await story.deploy('qa'));
  const run = await story.deploy('production');
  await story.pass('1h');
  expect(story.states(run)).toEqual(['pending']);
  await story.pass('1h');
  expect(story.states(run)).toEqual(['pending', 'approved']);
  expect(run.status).toBe('in_progress');
});

it('a lost event is found: runs that wait are looked for', async () => {
  const story = await begin(APPROVAL);
  const pull = story.merge('feat: one');
  story.world.deliveries.vanish(1, 'deployment_protection_rule');
  const run = await story.deploy('production');
  expect(story.states(run)).toEqual([]);
  await story.pass('61m');
  await story.pass('61m');
  expect(story.states(run)).toEqual(['pending']);
  await story.says(pull, '/approve production', 'bob');
  expect(run.status).toBe('in_progress');
});
