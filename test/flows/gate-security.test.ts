// What attackers, forgers and accidents try at a gate, by the numbers of the cases; those that are pure are told in test/core/gate.
import { afterEach, describe, expect, it } from 'vitest';
import { waiverNote } from '../../src/flows/gate/gate-notes.ts';
import { gateStories } from './gate-story.ts';

const { begin, end } = gateStories();
afterEach(end);

const RULE = 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule';
const APPROVAL = 'environments:\n  production: { requires: [{ approvals: { count: 1 } }] }\n';
const CHECKS = 'environments:\n  production: { requires: [{ checks: [test], app: github-actions }] }\n';

describe('commit and time', () => {
  it('S-01: an approval is of the commit that was shown, not of what was pushed meanwhile', async () => {
    const story = await begin(APPROVAL);
    const first = story.merge('feat: one');
    const run = await story.deploy('production');
    story.repository.push('main', [{ message: 'feat: sneaked in' }], { by: 'ada' });
    await story.says(first, '/approve production', 'bob');
    expect(run.status).toBe('in_progress');
    const next = await story.deploy('production');
    expect(next.sha).not.toBe(run.sha);
    expect(next.status).toBe('waiting');
  });

  it('S-02: a forged date makes no commit older than an approval', async () => {
    const story = await begin(APPROVAL);
    const pull = story.merge('feat: one');
    const run = await story.deploy('production');
    await story.says(pull, '/approve production', 'bob');
    story.repository.push('main', [{ message: 'feat: two', date: '2001-01-01T00:00:00Z' }], { by: 'ada' });
    const next = await story.deploy('production');
    expect([run.status, next.status]).toEqual(['in_progress', 'waiting']);
  });

  it('S-05: what was decided too long ago is decided anew before it is told', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    const run = await story.deploy('production');
    story.world.faults.answer(RULE, 502, { times: 4 });
    await story.check('test', 'success');
    expect(story.states(run)).toEqual(['pending']);
    // While GitHub was away the check was run again, and fails.
    story.repository.check('test', 'failure');
    await story.pass('2m');
    await story.pass('2m');
    expect(run.status).toBe('waiting');
    expect(story.word(run)).toContain('test ended as failure');
    await story.check('test', 'success');
    expect(run.status).toBe('in_progress');
  });

  it('S-06: a run that is run again asks with its own commit, whatever main is by then', async () => {
    const story = await begin(APPROVAL);
    const first = story.merge('feat: one');
    const run = await story.deploy('production');
    await story.says(first, '/reject production not this one', 'bob');
    expect(run.conclusion).toBe('failure');
    const second = story.merge('feat: two');
    await story.settle();
    await story.says(second, '/approve production', 'cat');
    story.repository.rerun(run, { by: 'ada' });
    story.repository.finish(run, 'success', 'build');
    await story.settle();
    // It stays rejected: cat approved another commit.
    expect(run.conclusion).toBe('failure');
  });

  it('S-07: a tag that was moved carries no approval along', async () => {
    const story = await begin(APPROVAL);
    const pull = story.merge('feat: one');
    story.tag('v1.1.0');
    const run = await story.deploy('production', { ref: 'refs/tags/v1.1.0' });
    await story.says(pull, '/approve production', 'bob');
    expect(run.status).toBe('in_progress');
    await story.succeed(run);
    story.repository.push('main', [{ message: 'feat: two' }], { by: 'ada' });
    story.repository.deleteRef('refs/tags/v1.1.0');
    story.repository.tag('v1.1.0', { message: 'v1.1.0' });
    const again = await story.deploy('production', { ref: 'refs/tags/v1.1.0' });
    expect(again.sha).not.toBe(run.sha);
    expect(again.status).toBe('waiting');
  });

  it('S-08: a review counts for the merge of the head that was reviewed, and for nothing else', async () => {
    const story = await begin(APPROVAL);
    const { repository } = story;
    const pull = repository.openPull({ title: 'feat: one', author: 'ada' });
    repository.review(pull, 'APPROVE', { by: 'bob' });
    repository.update(pull, [{ message: 'more' }]);
    repository.merge(pull);
    const run = await story.deploy('production');
    // The head that was merged is another than the one that was reviewed.
    expect(run.status).toBe('waiting');
    const second = repository.openPull({ title: 'feat: two', author: 'ada' });
    repository.review(second, 'APPROVE', { by: 'bob' });
    repository.merge(second, { method: 'merge' });
    expect((await story.deploy('production')).status).toBe('in_progress');
    repository.push('main', [{ message: 'feat: on top' }], { by: 'ada' });
    expect((await story.deploy('production')).status).toBe('waiting');
  });

  it('S-28: an approval that its author took back, or that was dismissed, counts no more', async () => {
    const story = await begin(APPROVAL);
    const { repository } = story;
    const pull = repository.openPull({ title: 'feat: one', author: 'ada' });
    repository.review(pull, 'APPROVE', { by: 'bob' });
    story.world.clock.advance('1m');
    repository.review(pull, 'REQUEST_CHANGES', { by: 'bob' });
    repository.merge(pull);
    expect((await story.deploy('production')).status).toBe('waiting');
  });

  it('S-29: whoever wrote part of a release does not approve it, by whatever name GitHub knows them', async () => {
    const story = await begin('environments:\n  production: { requires: [{ approvals: { count: 1, except: [author, committer] } }] }\n');
    const bob = story.world.state.account('bob');
    const mail = `${bob.id}+bob@users.noreply.github.com`;
    story.repository.push('main', [{ message: `feat: one\n\nCo-authored-by: Bob <${mail}>` }], { by: 'ada' });
    const pull = story.merge('fix: on top', { author: 'cat' });
    const run = await story.deploy('production');
    await story.says(pull, '/approve production', 'bob');
    await story.says(pull, '/approve production', 'ada');
    expect(run.status).toBe('waiting');
    const nobody = { name: 'Nobody', email: 'nobody@example.com', date: '2026-11-23T11:00:00Z' };
    const second = await begin('environments:\n  production: { requires: [{ approvals: { count: 1, except: [author] } }] }\n');
    second.repository.push('main', [{ message: 'feat: one', author: nobody }], { by: 'ada' });
    const top = second.merge('fix: on top', { author: 'cat' });
    const other = await second.deploy('production');
    await second.says(top, '/approve production', 'bob');
    expect(second.word(other)).toContain('GitHub knows no account for Nobody');
    expect(other.status).toBe('waiting');
  });
});

describe('checks', () => {
  it('S-19: one of the same name by another app, or as a person’s status, does not count, and that is told', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    const other = story.world.app('other', { permissions: { checks: 'write' } });
    story.repository.check('test', 'success', { app: other });
    story.repository.status('test', 'success', { by: 'ada' });
    const run = await story.deploy('production');
    expect(run.status).toBe('waiting');
    expect(story.word(run)).toContain('test was reported by other, not by github-actions');
  });

  it('S-20: the newest run counts, not the best', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    await story.check('test', 'success');
    await story.check('test', 'failure');
    expect((await story.deploy('production')).status).toBe('waiting');
  });

  it('S-23: a check and a status of one name are both asked', async () => {
    const story = await begin('environments:\n  production: { requires: [{ checks: [test] }] }\n');
    story.merge('feat: one');
    story.repository.status('test', 'failure');
    await story.check('test', 'success');
    const run = await story.deploy('production');
    expect(run.status).toBe('waiting');
    story.repository.status('test', 'success');
    await story.pass('5s');
    expect(run.status).toBe('in_progress');
  });

  it('S-24: what was reported on another commit proves nothing of this one', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    await story.check('test', 'success');
    story.merge('feat: two');
    expect((await story.deploy('production')).status).toBe('waiting');
  });

  it('S-25: an error is not "no checks": it is unknown, told, and looked at again', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    story.repository.check('test', 'success');
    await story.settle();
    const giveBack = story.world.faults.withdraw('checks');
    const run = await story.deploy('production');
    expect(story.word(run)).toContain('❔ check test of github-actions: The checks of this commit could not be seen');
    expect(story.word(run)).toContain('checks: read');
    giveBack();
    await story.pass('1m');
    expect(story.states(run)).toEqual(['pending', 'approved']);
  });
});

describe('S-26: an override', () => {
  it('opens this commit’s gate while it lasts, and no other', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    const run = await story.deploy('production');
    const now = story.world.clock.now();
    const iso = (at: number) => new Date(at).toISOString();
    const waiver = { requirement: 'all', by: 'boss', reason: 'the shop is down', sha: run.sha, environment: 'production' };
    await story.app.store.write([waiverNote(story.key, { ...waiver, at: iso(now), until: iso(now + 60_000) })], now);
    await story.check('other', 'success');
    expect(run.status).toBe('in_progress');
    await story.succeed(run);
    await story.pass('10m');
    const late = await story.deploy('production');
    expect(late.status).toBe('waiting');
    story.merge('feat: two');
    expect((await story.deploy('production')).status).toBe('waiting');
    const findings = (await story.record()).filter((one) => one.what === 'gate' && one.decision?.outcome === 'approve')[0]?.decision
      ?.findings;
    expect(findings?.map((one) => one.code)).toEqual(['waived']);
  });
});

describe('S-40: what goes wrong on the way to GitHub is not swallowed', () => {
  it('a server error is tried again until it is taken', async () => {
    const story = await begin(CHECKS);
    story.merge('feat: one');
    story.world.faults.answer(RULE, 503, { times: 4 });
    const run = await story.deploy('production');
    expect(story.states(run)).toEqual([]);
    await story.pass('30s');
    expect(story.states(run)).toEqual(['pending']);
  });

  it('a missing permission stands where people look, and the answer follows once it is given', async () => {
    const story = await begin(CHECKS);
    const pull = story.merge('feat: one');
    const run = await story.deploy('production');
    story.world.faults.answer(RULE, 403, { message: 'Resource not accessible by integration', times: 2 });
    await story.check('test', 'success');
    expect(run.status).toBe('waiting');
    expect(story.status(pull)).toContain('**GitHub could not be told.**');
    expect(story.status(pull)).toContain('deployments: write');
    await story.pass('1m');
    await story.pass('2m');
    expect(run.status).toBe('in_progress');
    expect(story.status(pull)).not.toContain('could not be told');
  });
});

describe('S-41: every path ends in an answer', () => {
  it('a policy that is not valid waits and says where it is wrong', async () => {
    const story = await begin('environments:\n  production: { requires: [{ aprovals: { count: 1 } }] }\n');
    story.merge('feat: one');
    const run = await story.deploy('production');
    expect(story.word(run)).toContain('The policy is not valid');
    expect(story.word(run)).toContain('.github/shiplock.yml:3');
    story.policy(APPROVAL);
    await story.settle();
    // The push of another policy has every waiting gate looked at.
    expect(story.word(run)).toContain('Needs approval by one person');
  });

  it.each([
    ['the repository', 'graphql', 'The policy could not be seen'],
    ['the run', 'GET /repos/{owner}/{repo}/actions/runs/{run_id}', 'The workflow run could not be seen'],
    ['the run’s reviews', 'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals', 'The approvals could not be seen'],
  ])('%s cannot be seen: it waits, says so, and looks again', async (_, route, says) => {
    const story = await begin(APPROVAL);
    const pull = story.merge('feat: one');
    await story.settle();
    story.world.faults.answer(route, 403, { message: 'Resource not accessible by integration' });
    const run = await story.deploy('production');
    expect(story.word(run)).toContain(says);
    expect(run.status).toBe('waiting');
    await story.pass('2m');
    expect(story.word(run)).toContain('Needs approval by one person');
    await story.says(pull, '/approve production', 'bob');
    expect(run.status).toBe('in_progress');
    expect(await story.waiting()).toEqual([]);
  });

  it('an environment that the policy does not name waits, and says what is missing', async () => {
    const story = await begin(APPROVAL);
    story.merge('feat: one');
    story.environment('produktion');
    const run = await story.deploy('produktion');
    expect(story.word(run)).toContain('The policy has no entry for produktion');
    expect(story.word(run)).toContain('Did you mean production?');
  });

  it('a record that was tampered with keeps every gate shut', async () => {
    const story = await begin('environments:\n  production: {}\n');
    story.merge('feat: one');
    const broken = { says: 'entry 3: its hash is another', seq: 3, since: '2026-11-23T10:00:00Z' };
    await story.app.store.write([{ repository: story.key, kind: 'record-broken', name: 'chain', body: broken }], 0);
    const run = await story.deploy('production');
    expect(run.status).toBe('waiting');
    expect(story.word(run)).toContain('entry 3: its hash is another');
  });
});
