// `/approve` and `/reject`: whose word counts, and what comes of it.
import { afterEach, describe, expect, it } from 'vitest';
import { type GateStory, worldsOf } from './gate-command-story.ts';

const { begin, stop } = worldsOf();
afterEach(stop);

const MEMBERS = 'GET /orgs/{org}/teams/{team_slug}/members';
const ROLE = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';

function approvals(story: GateStory): readonly (readonly [string, string])[] {
  return story.entries
    .filter(({ what }) => what === 'approve' || what === 'reject')
    .map(({ what, actor }) => [what, 'login' in actor ? actor.login : actor.app]);
}

describe('/approve', () => {
  it('of two people opens the gate, and each is told what is still missing', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    expect(story.isOpen(run)).toBe(false);
    const first = await story.hears(pull, '/approve production', 'rob');
    expect(first).toContain(`You approve \`production\` at \`${run.sha.slice(0, 7)}\``);
    expect(first).toContain('Its one requirement is not met:');
    expect(first).toContain('one more person');
    expect(story.isOpen(run)).toBe(false);
    const second = await story.hears(pull, '/approve production', 'sue');
    expect(second).toContain('Nothing is missing: the gate opens');
    expect(story.isOpen(run)).toBe(true);
    const id = (login: string) => story.world.state.account(login).id;
    expect(story.entriesOf('approve')).toMatchObject([
      { actor: { login: 'rob', id: id('rob'), role: 'write' }, sha: run.sha, environment: 'production', run: { id: run.id, attempt: 1 } },
      { actor: { login: 'sue', id: id('sue'), role: 'write' }, sha: run.sha, environment: 'production', run: { id: run.id, attempt: 1 } },
    ]);
    expect(new Set(story.entriesOf('approve').map((one) => one.comment)).size).toBe(2);
    await story.endsClean();
  });

  it('before anything waits holds for the commit, and the gate opens at once when it is asked', async () => {
    const story = await begin();
    const pull = story.merged();
    const first = await story.hears(pull, '/approve production', 'rob');
    expect(first).toContain('No deployment of it waits there yet');
    // Whoever will deploy it may not approve it, and who that is is not known yet.
    expect(first).toContain('The policy does not count whoever deploys it: if that will be you, this approval will not count.');
    await story.hears(pull, '/approve production', 'sue');
    const run = await story.deploy('production');
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('holds for a re-run of the same commit, and for no other commit (S-05)', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    await story.hears(pull, '/approve production', 'rob');
    await story.hears(pull, '/approve production', 'sue');
    story.repository.finish(run, 'failure');
    await story.rerun(run, 'production', 'mia');
    expect(story.isOpen(run)).toBe(true);
    story.merged({ title: 'feat: two' });
    const next = await story.deploy('production');
    expect(story.isOpen(next)).toBe(false);
    await story.endsClean();
  });

  it('S-27: the same person twice is one person', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    await story.hears(pull, '/approve production', 'rob');
    expect(await story.hears(pull, '/approve production', 'rob')).toContain('one more person');
    expect(story.isOpen(run)).toBe(false);
    await story.endsClean();
  });

  it('S-31: of somebody whom the gate does not count is refused with whom it counts, and stands in nobody’s way', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    const errand = story.says(pull, '/approve production', 'mia');
    await story.answers(errand);
    expect(story.reactions(errand)).toEqual(['eyes', 'confused']);
    const says = story.own(pull).at(-1)?.body ?? '';
    expect(says).toContain('`/approve` is for those whom the gate of `production` counts: `@acme/release`.');
    expect(says).toContain('with the role `maintain`');
    expect(approvals(story)).toEqual([]);
    await story.hears(pull, '/approve production', 'rob');
    await story.hears(pull, '/approve production', 'sue');
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('S-32: of a member of a child team counts', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    expect(await story.hears(pull, '/approve production', 'sam')).toContain('You approve');
    await story.hears(pull, '/approve production', 'rob');
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('S-34: of a team’s member who may only read counts for nothing, and that is told', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.deploy('production');
    const says = await story.hears(pull, '/approve production', 'eve');
    expect(says).toContain('with the role `read`');
    expect(says).toContain('It counts nobody without write access');
    expect(approvals(story)).toEqual([]);
    await story.endsClean();
  });

  it('S-33: roles in the policy are those of GitHub, maintain above write', async () => {
    const story = await begin('environments:\n  production:\n    requires: [{ approvals: { count: 1, from: [maintain] } }]\n');
    const pull = story.merged();
    const run = await story.deploy('production', { by: 'ada' });
    expect(await story.hears(pull, '/approve production', 'rob')).toContain('counts: those with the `maintain` role');
    expect(await story.hears(pull, '/approve production', 'mia')).toContain('Nothing is missing');
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('S-36: a name in the policy is a whole name, and no pattern', async () => {
    const story = await begin('environments:\n  production:\n    requires: [{ approvals: { count: 1, from: ["@ro"] } }]\n');
    const pull = story.merged();
    await story.deploy('production');
    expect(await story.hears(pull, '/approve production', 'rob')).toContain('counts: `@ro`');
    expect(approvals(story)).toEqual([]);
    await story.endsClean();
  });

  it('where the team cannot be seen nobody is counted, and nothing is noted', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.deploy('production');
    story.world.faults.answer(MEMBERS, 403, { message: 'Resource not accessible by integration' });
    const says = await story.hears(pull, '/approve production', 'rob');
    expect(says).toContain('who belongs to `@acme/release` could not be seen');
    expect(says).toContain('Nothing was done; try again in a moment.');
    expect(approvals(story)).toEqual([]);
    expect(await story.hears(pull, '/approve production', 'rob')).toContain('You approve');
    await story.endsClean();
  });

  it('where the author’s role cannot be seen nothing is done', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.deploy('production');
    story.world.faults.answer(ROLE, 500, { times: 10 });
    const says = await story.hears(pull, '/approve production', 'rob');
    expect(says).toContain('could not be seen');
    expect(approvals(story)).toEqual([]);
    story.world.faults.revive();
    story.world.effects.ignore();
  });

  it.each([
    ['no entry', 'environments: {}\n', 'The policy has no entry for `production`'],
    ['an entry that asks for none', 'environments:\n  production: { requires: [{ ticket: "CHG-1" }] }\n', 'asks for nobody’s approval'],
  ])('where the policy has %s for the environment there is nothing to approve', async (_, policy, says) => {
    const story = await begin(policy);
    const pull = story.merged();
    await story.deploy('production');
    expect(await story.hears(pull, '/approve production', 'rob')).toContain(says);
    expect(await story.hears(pull, '/reject production it is broken', 'rob')).toContain('`/hold production REASON` keeps it out');
    expect(story.entriesOf('approve')).toEqual([]);
    await story.endsClean();
  });
});

describe('separation of duties is told at once', () => {
  it.each([
    ['author', 'rob', 'mia', 'and you are an author. Nothing was done.'],
    ['deployer', 'ada', 'rob', 'and you are a deployer. Nothing was done.'],
  ])('S-29: to the %s', async (_, author, deployer, why) => {
    const story = await begin();
    const pull = story.merged({ author });
    await story.deploy('production', { by: deployer });
    const errand = story.says(pull, '/approve production', 'rob');
    await story.answers(errand);
    const says = story.own(pull).at(-1)?.body ?? '';
    expect(says).toContain('would not count');
    expect(says).toContain(why);
    expect(says).toContain('another of `@acme/release`');
    expect(story.reactions(errand)).toEqual(['eyes', 'confused']);
    expect(approvals(story)).toEqual([]);
    await story.endsClean();
  });

  it('S-29: to who is named as a co-author', async () => {
    const story = await begin();
    const { email } = story.world.state.account('rob');
    const message = `feat: one\n\nCo-authored-by: rob <${email}>`;
    const pull = story.merged({ commits: [{ message, author: 'ada' }] });
    await story.deploy('production');
    expect(await story.hears(pull, '/approve production', 'rob')).toContain('would not count');
    await story.endsClean();
  });

  it('S-29: where GitHub knows no account for who made a change, approvals are noted and nothing opens', async () => {
    const story = await begin();
    const nobody = { name: 'Nobody', email: 'nobody@example.org', date: '2026-01-05T10:00:00Z' };
    const pull = story.merged({ commits: [{ message: 'feat: one', author: nobody }] });
    const run = await story.deploy('production');
    await story.hears(pull, '/approve production', 'rob');
    const says = await story.hears(pull, '/approve production', 'sue');
    expect(says).toContain('GitHub knows no account for Nobody');
    expect(story.isOpen(run)).toBe(false);
    await story.endsClean();
  });

  it('S-30: to who runs it again, although somebody else began it', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    await story.hears(pull, '/approve production', 'rob');
    await story.hears(pull, '/approve production', 'sue');
    story.repository.finish(run, 'failure');
    await story.rerun(run, 'production', 'rob');
    expect(run.status).toBe('waiting');
    expect(await story.hears(pull, '/approve production', 'rob')).toContain('you are a deployer');
    await story.endsClean();
  });
});

describe('/reject', () => {
  it('stops the deployment for good, and says so with its reason', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    await story.hears(pull, '/approve production', 'sue');
    const says = await story.hears(pull, '/reject production the migration was not rehearsed', 'rob');
    expect(says).toContain('You reject `production`');
    expect(says).toContain('the migration was not rehearsed');
    expect(says).toContain('Only you can take that back, with `/approve production`');
    expect(run.approvals.at(-1)?.state).toBe('rejected');
    expect(run.conclusion).toBe('failure');
    expect(approvals(story)).toEqual([
      ['approve', 'sue'],
      ['reject', 'rob'],
    ]);
    await story.endsClean();
  });

  it('S-28: is taken back by who gave it alone, and no older approval of theirs comes to life', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    await story.hears(pull, '/approve production', 'rob');
    await story.hears(pull, '/reject production not like that', 'rob');
    await story.rerun(run, 'production', 'mia');
    expect(run.conclusion).toBe('failure');
    await story.hears(pull, '/approve production', 'sue');
    await story.hears(pull, '/approve production', 'sam');
    await story.rerun(run, 'production', 'mia');
    expect(run.conclusion).toBe('failure');
    expect(await story.hears(pull, '/approve production', 'rob')).toContain('You approve');
    await story.rerun(run, 'production', 'mia');
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('of somebody whom the gate does not count stops nothing', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    expect(await story.hears(pull, '/reject production I do not like it', 'mia')).toContain('is for those whom the gate of');
    expect(run.status).toBe('waiting');
    await story.endsClean();
  });

  it('of the author counts, who may not approve', async () => {
    const story = await begin();
    const pull = story.merged({ author: 'rob' });
    const run = await story.deploy('production');
    await story.hears(pull, '/reject production I found a mistake', 'rob');
    expect(run.conclusion).toBe('failure');
    await story.endsClean();
  });

  it('of an environment that only GitHub knows never falls on the one that waits', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    story.repository.environment('staging');
    expect(await story.hears(pull, '/reject staging the build is broken', 'rob')).toContain('no entry for `staging`');
    expect(run.status).toBe('waiting');
    const says = await story.hears(pull, '/reject the build is broken', 'rob');
    expect(says).toContain('You reject `production`');
    expect(run.conclusion).toBe('failure');
    await story.endsClean();
  });
});
