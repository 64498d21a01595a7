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

describe('S-08: what was reviewed and what is deployed', () => {
  it('are both in the record, where they are two commits', async () => {
    const story = await native.begin(APPROVAL);
    const { repository } = story;
    const pull = repository.openPull({ title: 'feat: one', author: 'ada' });
    repository.review(pull, 'APPROVE', { by: 'bob' });
    const head = pull.head.sha;
    const merge = repository.merge(pull);
    expect((await story.deploy('production')).status).toBe('in_progress');
    const entry = (await story.record()).find((one) => one.what === 'gate');
    expect(entry).toMatchObject({ sha: merge, facts: { sha: merge, approvals: { value: [{ sha: merge, reviewed: head }] } } });
    expect(head).not.toBe(merge);
  });

  it('is one commit where a branch is deployed as it stands, and then a merge of it is another', async () => {
    const story = await native.begin(APPROVAL);
    const { repository } = story;
    const pull = repository.openPull({ title: 'feat: one', author: 'ada', branch: 'topic' });
    repository.review(pull, 'APPROVE', { by: 'bob' });
    // What GitHub would merge is made of the head and the base, and bears no review.
    const test = `refs/pull/${pull.issue.number}/merge`;
    const headers = { authorization: `Bearer ${story.world.userToken('ada')}`, accept: 'application/vnd.github+json' };
    await fetch(`${story.world.url}/repos/acme/app/pulls/${pull.issue.number}`, { headers });
    expect(repository.sha(test)).not.toBe(pull.head.sha);
    expect((await story.deploy('production', { ref: test })).status).toBe('waiting');
  });
});

describe('S-47: who belongs to a team', () => {
  it('is told neither at GitHub’s gate nor in the status, whoever approved', async () => {
    const story = await native.begin('environments:\n  production: { requires: [{ approvals: { count: 2, from: ["@acme/release"] } }] }\n');
    story.world.team('acme', 'release', ['bob', 'cat', 'boss']);
    const pull = story.merge('feat: one');
    const run = await story.deploy('production');
    await story.says(pull, '/approve production', 'bob');
    await story.says(pull, '/approve production', 'eve');
    const told = [
      ...story.answers(run).map((one) => one.comment),
      ...pull.issue.comments.filter((one) => one.user.login === 'shiplock[bot]').map((one) => one.body),
    ];
    expect(told.length).toBeGreaterThan(3);
    expect(told.join('\n')).toContain('@acme/release');
    expect(told.join('\n')).toContain('bob');
    expect(told.filter((text) => /\b(?:cat|boss)\b/.test(text))).toEqual([]);
    expect(told.filter((text) => /(?<![`\w])@(?:acme\/release|bob)\b/.test(text.replace(/^<!--.*-->\n@bob\b/, '')))).toEqual([]);
    expect(run.status).toBe('waiting');
  });
});

describe('S-37: a change that names its own owners', () => {
  it('is approved by those whom the default branch names', async () => {
    const policy = 'environments:\n  production: { requires: [{ approvals: { count: 1, from: [owners] } }] }\n';
    const story = await native.begin(policy, { files: { '.github/CODEOWNERS': '* @bob\n' } });
    const { repository } = story;
    const commits = [{ message: 'feat: mine', files: { '.github/CODEOWNERS': '* @cat\n', 'mine.txt': 'mine\n' } }];
    repository.openPull({ title: 'feat: mine', author: 'ada', branch: 'topic', commits });
    const run = await story.deploy('production', { ref: 'refs/heads/topic' });
    const [issue] = story.issues();
    await story.says(issue as NonNullable<typeof issue>, '/approve production', 'cat');
    expect(issue?.comments.at(-1)?.body).toContain('owners');
    expect(run.status).toBe('waiting');
    await story.says(issue as NonNullable<typeof issue>, '/approve production', 'bob');
    expect(run.status).toBe('in_progress');
  });
});
