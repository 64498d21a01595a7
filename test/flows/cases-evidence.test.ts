// What counts for a commit is what was shown of that very commit: whatever dates it bears, whatever else has the same head, and in words that
// tell nobody who belongs to a team.
import { afterEach, describe, expect, it } from 'vitest';
import { worldsOf } from './gate-command-story.ts';
import { gateStories } from './gate-story.ts';

const native = gateStories();
const spoken = worldsOf();
afterEach(async () => {
  await native.end();
  await spoken.stop();
});

const APPROVAL = 'environments:\n  production: { requires: [{ approvals: { count: 1 } }] }\n';

describe('S-02: a commit that says it is of another time', () => {
  const dates = ['2001-01-01T00:00:00Z', '2099-01-01T00:00:00Z'];

  it.each(dates)('is not what a comment meant that was written before it came: %s', async (date) => {
    const story = await spoken.begin();
    const pull = story.merged();
    const errand = story.says(pull, '/approve production', 'rob');
    story.world.clock.advance('1m');
    story.repository.push('main', [{ message: 'feat: two', date }], { by: 'ada' });
    const run = await story.deploy('production');
    await story.answers(errand);
    expect(story.own(pull).at(-1)?.body).toContain(`\`${run.sha.slice(0, 7)}\` came only after your comment was written`);
    expect(story.entriesOf('approve')).toEqual([]);
    expect(run.status).toBe('waiting');
    await story.endsClean();
  });

  it.each(dates)('has stood in an environment for as long as GitHub saw it there: %s', async (date) => {
    const story = await native.begin('environments:\n  qa: {}\n  production: { after: qa, requires: [{ soak: 2h }] }\n');
    story.repository.push('main', [{ message: 'feat: one', date }], { by: 'ada' });
    await story.succeed(await story.deploy('qa'));
    const run = await story.deploy('production');
    await story.pass('119m');
    expect(run.status).toBe('waiting');
    await story.pass('1m');
    expect(run.status).toBe('in_progress');
  });

  it.each(dates)('is no newer and no older than a review of another head: %s', async (date) => {
    const story = await native.begin(APPROVAL);
    const pull = story.repository.openPull({ title: 'feat: one', author: 'ada' });
    story.repository.review(pull, 'APPROVE', { by: 'bob' });
    story.repository.update(pull, [{ message: 'more', date }]);
    story.repository.merge(pull);
    expect((await story.deploy('production')).status).toBe('waiting');
  });
});

describe('S-24: two pull requests with the same head', () => {
  it('a review of one counts for what its own merge left, and not for what that of the other did', async () => {
    const story = await native.begin(APPROVAL);
    const { repository, world } = story;
    repository.branch('next');
    const one = repository.openPull({ title: 'feat: one', author: 'ada', branch: 'topic' });
    const headers = { authorization: `Bearer ${world.userToken('ada')}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ title: 'feat: other', head: 'topic', base: 'next' });
    const opened = await fetch(`${world.url}/repos/acme/app/pulls`, { method: 'POST', headers, body });
    const { number } = (await opened.json()) as { number: number };
    const other = repository.record.issues.get(number)?.pull as typeof one;
    expect(other.head.sha).toBe(one.head.sha);
    repository.review(one, 'APPROVE', { by: 'bob' });
    repository.merge(one);
    repository.merge(other);
    expect((await story.deploy('production')).status).toBe('in_progress');
    expect((await story.deploy('production', { ref: 'refs/heads/next' })).status).toBe('waiting');
  });
});
