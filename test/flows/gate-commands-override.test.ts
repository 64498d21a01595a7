// `/override`: who may break the glass, for what and how long, and that it is always looked back at.
import { afterEach, describe, expect, it } from 'vitest';
import type { Issue } from '../support/github/records.ts';
import { type GateStory, TWO_APPROVALS, worldsOf } from './gate-command-story.ts';

const { begin, stop } = worldsOf();
afterEach(stop);

const REASON = 'INC-1234: the shop is down';

function reviews({ repository }: GateStory): readonly Issue[] {
  return [...repository.record.issues.values()].filter((one) => one.title.startsWith('Look back: override'));
}

describe('/override', () => {
  it('lets the commit in, is recorded, shown in the status, and looked back at in an issue of its own', async () => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    const says = await story.hears(pull, `/override production ${REASON}`, 'boss');
    const [review, ...others] = reviews(story);
    expect(others).toEqual([]);
    expect(says).toContain('The glass is broken: 1 requirement of `production`');
    expect(says).toContain('Nothing is missing: the gate opens, and GitHub is told so.');
    expect(says).toContain(`[#${review?.number}](https://github.com/acme/app/issues/${review?.number}) looks back at it`);
    expect(story.isOpen(run)).toBe(true);
    expect(review?.body).toContain(`\`boss\` overrode the gate of \`production\` at \`${run.sha.slice(0, 7)}\` in #${pull.issue.number}`);
    expect(review?.body).toContain('- Why: INC-1234: the shop is down');
    expect(review?.body).toContain('| 2 approvals | ⏳ pending |');
    expect(review?.body).toContain(`[run ${run.id}](https://github.com/acme/app/actions/runs/${run.id})`);
    expect(review?.body).toMatch(/issues\/1#issuecomment-\d+\)/);
    // It pings nobody.
    expect(review?.body).not.toMatch(/(?<!`)@/);
    const entry = story.entriesOf('override')[0];
    expect(entry).toMatchObject({ actor: { login: 'boss', role: 'admin' }, environment: 'production', sha: run.sha, requirement: 'all' });
    expect(story.entriesOf('review')[0]).toMatchObject({ issue: review?.number });
    // What opened the gate is its decision, with the waiver as a fact: nothing skips it.
    const decided = story.entriesOf('gate').at(-1);
    expect(decided?.decision).toMatchObject({ outcome: 'approve', findings: [{ code: 'waived', who: ['boss'] }] });
    const status = pull.issue.comments.find((one) => one.body.startsWith('<!-- shiplock:status'))?.body;
    expect(status).toContain('Waived by `@boss` until');
    await story.endsClean();
  });

  it('S-26: holds for this commit alone, in this environment alone, and for an hour', async () => {
    const story = await begin(
      'environments:\n  qa: { requires: [{ ticket: "CHG-1" }] }\n  production: { requires: [{ ticket: "CHG-1" }] }\n',
    );
    const pull = story.merged();
    const run = await story.deploy('production');
    await story.hears(pull, `/override production ${REASON}`, 'boss');
    expect(story.isOpen(run)).toBe(true);
    const elsewhere = await story.deploy('qa');
    expect(elsewhere.status).toBe('waiting');
    story.repository.finish(run, 'failure');
    await story.rerun(run, 'production', 'mia');
    expect(story.isOpen(run)).toBe(true);
    story.repository.finish(run, 'failure');
    story.world.clock.advance('1h');
    await story.rerun(run, 'production', 'mia');
    expect(run.status).toBe('waiting');
    story.merged({ title: 'feat: two' });
    const other = await story.deploy('production');
    expect(other.status).toBe('waiting');
    await story.endsClean();
  });

  it('stands above a hold and a freeze, which stay for everything else', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.hears(pull, '/hold production the database is moved', 'rob');
    await story.hears(pull, '/freeze production year end', 'mia');
    const run = await story.deploy('production');
    await story.hears(pull, `/override production ${REASON}`, 'boss');
    expect(story.isOpen(run)).toBe(true);
    expect(reviews(story)[0]?.body).toContain('the database is moved');
    expect(await story.noted('hold')).toHaveLength(1);
    expect(await story.noted('freeze')).toHaveLength(1);
    await story.endsClean();
  });

  it.each(['mia', 'rob', 'eve'])('by %s, who is no admin, is refused', async (by) => {
    const story = await begin();
    const pull = story.merged();
    const run = await story.deploy('production');
    expect(await story.hears(pull, `/override production ${REASON}`, by)).toContain('is for admins of the repository');
    expect(run.status).toBe('waiting');
    expect(reviews(story)).toEqual([]);
    expect(await story.noted('waiver')).toEqual([]);
    await story.endsClean();
  });

  it('where the role cannot be seen, or GitHub names one that does not say what it allows, it is refused', async () => {
    const story = await begin();
    const pull = story.merged();
    await story.deploy('production');
    story.world.faults.answer('GET /repos/{owner}/{repo}/collaborators/{username}/permission', 404, { message: 'Not Found' });
    expect(await story.hears(pull, `/override production ${REASON}`, 'boss')).toContain('could not be seen. Nothing was done');
    expect(await story.noted('waiver')).toEqual([]);
    await story.endsClean();
  });

  it('without a reason that says something is refused', async () => {
    const story = await begin();
    const pull = story.merged();
    expect(await story.hears(pull, '/override production asap', 'boss')).toContain('Write at least 10 characters');
    expect(await story.noted('waiver')).toEqual([]);
    await story.endsClean();
  });

  it('of what is met anyway is refused, and so is one that is read too late', async () => {
    const story = await begin('environments:\n  production: { requires: [] }\n');
    const pull = story.merged();
    expect(await story.hears(pull, `/override production ${REASON}`, 'boss')).toContain('There is nothing to override');
    await story.hears(pull, '/hold production no', 'rob');
    const errand = story.says(pull, `/override production ${REASON}`, 'boss');
    story.world.clock.advance('1h');
    await story.answers(errand);
    expect(story.own(pull).at(-1)?.body).toContain('was read too late');
    expect(reviews(story)).toEqual([]);
    await story.endsClean();
  });

  it('before anything waits opens for the one that asks within the hour', async () => {
    const story = await begin();
    const pull = story.merged();
    expect(await story.hears(pull, `/override production ${REASON}`, 'boss')).toContain(
      'a deployment of this commit that asked now would be let in',
    );
    const run = await story.deploy('production');
    expect(story.isOpen(run)).toBe(true);
    await story.endsClean();
  });

  it('works where the facts cannot be seen, which is when it is needed', async () => {
    const story = await begin('environments:\n  production: { requires: [{ checks: ["test"] }] }\n');
    const pull = story.merged();
    const run = await story.deploy('production');
    story.world.faults.answer('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', 403, { message: 'Resource not accessible', times: 9 });
    const says = await story.hears(pull, `/override production ${REASON}`, 'boss');
    expect(says).toContain('The glass is broken');
    expect(story.isOpen(run)).toBe(true);
    story.world.effects.ignore();
  });

  it('opens nothing where the record is broken, which it would be recorded in', async () => {
    const story = await begin();
    const pull = story.merged();
    story.write({
      kind: 'record-broken',
      name: 'chain',
      body: { seq: 3, says: 'entry 3: its hash is another', since: '2026-01-05T09:00:00Z' },
    });
    const run = await story.deploy('production');
    const says = await story.hears(pull, `/override production ${REASON}`, 'boss');
    expect(says).toContain('The record of this repository was found broken');
    expect(await story.hears(pull, '/why production', 'eve')).toContain('entry 3: its hash is another');
    expect(run.status).toBe('waiting');
    expect(reviews(story)).toEqual([]);
    await story.endsClean();
  });

  it('asks whom the policy asks to look back', async () => {
    const story = await begin(`${TWO_APPROVALS}    review: { after: 72h, to: ["@acme/sre", "@boss"] }\n`);
    const pull = story.merged();
    await story.hears(pull, `/override production ${REASON}`, 'boss');
    expect(reviews(story)[0]?.body).toContain('Asked to look: @acme/sre @boss');
    await story.endsClean();
  });
});
