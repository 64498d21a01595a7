// What only the App does: its check, comments and their authors, roles, issues, merging, and the pull requests of late.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppGitHubPort, CheckWrite } from '../../src/flows/app-port.ts';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { appPortOf } from './app-world.ts';
import { problemOf } from './port.ts';
import { json, serve } from './server.ts';

let world: World;
let repository: RepositoryStory;
let github: AppGitHubPort;
let waits: number[];

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  ({ github, waits } = appPortOf(world, repository));
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

describe('the check', () => {
  const check = (more: Partial<CheckWrite> = {}): CheckWrite => ({
    name: 'shiplock',
    sha: repository.sha(),
    externalId: 'a1',
    conclusion: null,
    title: 'minor: 1.1.0',
    summary: 'Because\nof #1',
    ...more,
  });
  const runs = () => repository.record.checks.map((one) => [one.suite.app.slug, one.name, one.status, one.conclusion, one.output.title]);

  it('is made once, brought up to date, and left alone where it says so already', async () => {
    expect(await github.putCheck(check())).toBe('written');
    expect(await github.putCheck(check({ summary: 'Because\r\nof #1\n' }))).toBe('same');
    expect(await github.putCheck(check({ conclusion: 'success' }))).toBe('written');
    expect(await github.putCheck(check({ conclusion: 'success' }))).toBe('same');
    expect(runs()).toEqual([['shiplock', 'shiplock', 'completed', 'success', 'minor: 1.1.0']]);
    world.expectEffects([/^create check shiplock/, /^update check shiplock/]);
  });

  it.each([
    ['title', { title: 'other' }],
    ['summary', { summary: 'other' }],
    ['external id', { externalId: 'b2' }],
    ['conclusion', { conclusion: 'neutral' as const }],
  ])('is written where the %s differs', async (_, more) => {
    await github.putCheck(check({ conclusion: 'success' }));
    expect(await github.putCheck(check({ conclusion: 'success', ...more }))).toBe('written');
    world.expectEffects([/^create/, /^update/]);
  });

  it('that has ended begins again as a new run, and the newest is the one from then on', async () => {
    await github.putCheck(check({ conclusion: 'failure' }));
    expect(await github.putCheck(check())).toBe('written');
    expect(await github.putCheck(check())).toBe('same');
    await github.putCheck(check({ conclusion: 'success' }));
    expect(runs().map((one) => one[3])).toEqual(['failure', 'success']);
    world.expectEffects([/^create/, /^create/, /^update/]);
  });

  it('of that name by another App or with our text is not ours', async () => {
    repository.check('shiplock', 'success');
    await github.putCheck(check({ conclusion: 'success' }));
    expect(runs().map((one) => one[0])).toEqual(['github-actions', 'shiplock']);
    world.expectEffects([/^create check/]);
  });

  it('is found among others on pages of one', async () => {
    await github.putCheck(check());
    for (const name of ['a', 'b', 'c']) await github.putCheck(check({ name }));
    world.faults.pageSize(1);
    expect(await github.putCheck(check())).toBe('same');
    world.effects.ignore();
  });

  it('stands on the head of a fork’s pull request', async () => {
    const pull = repository.openPull({ title: 'feat: x', fork: 'mallory' });
    expect(await github.putCheck(check({ sha: pull.head.sha }))).toBe('written');
    expect(await github.putCheck(check({ sha: pull.head.sha }))).toBe('same');
    world.expectEffects([`create check shiplock on ${pull.head.sha.slice(0, 7)}`]);
  });

  it.each([
    ['made', false, 'POST /repos/{owner}/{repo}/check-runs'],
    ['updated', true, 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}'],
  ])('is %s once although the answer is lost or GitHub fails', async (_, before, route) => {
    for (const breaks of [
      () => world.faults.drop(route, 'after'),
      () => world.faults.drop(route, 'before'),
      () => world.faults.answer(route, 502),
    ]) {
      repository.record.checks.length = 0;
      if (before) await github.putCheck(check());
      breaks();
      expect(await github.putCheck(check({ conclusion: 'success' }))).toBe('written');
      expect(runs()).toEqual([['shiplock', 'shiplock', 'completed', 'success', 'minor: 1.1.0']]);
    }
    world.effects.ignore();
  });

  it.each([
    ['letters', 'x'.repeat(70_000)],
    ['lines', 'a line of text\n'.repeat(7_000)],
    ['letters of several bytes', '🚢 ü'.repeat(20_000)],
  ])('with too many %s is cut, says so, and is the same the next time', async (_, summary) => {
    await github.putCheck(check({ summary }));
    const written = repository.record.checks[0]?.output.summary ?? '';
    expect(Buffer.byteLength(written)).toBeLessThanOrEqual(65_535);
    expect(Buffer.byteLength(written)).toBeGreaterThan(60_000);
    expect(written).toMatch(/GitHub takes 65,535 bytes\._\s*$/);
    expect(written).not.toContain('\uFFFD');
    expect(await github.putCheck(check({ summary }))).toBe('same');
    world.expectEffects([/^create check/]);
  });

  it('of a commit that is not there, or without the right to it, is a problem in words', async () => {
    expect(await problemOf(github.putCheck(check({ sha: 'a'.repeat(40) })))).toMatchObject({ kind: 'refused', status: 422 });
    const token = world.githubToken(repository, { metadata: 'read', checks: 'read' });
    const narrow = appPortOf(world, repository, { token }).github;
    expect(await problemOf(narrow.putCheck(check()))).toMatchObject({
      kind: 'forbidden',
      message: expect.stringContaining('`checks: write`'),
    });
  });
});

describe('a comment', () => {
  it('tells whose it is, where, and by which app', async () => {
    const pull = repository.openPull({ title: 'feat: x' });
    const { id } = repository.comment(pull, '/release\r\nplease', { by: 'contributor' });
    expect(await github.commentById(id)).toMatchObject({
      known: true,
      value: { id, issue: 1, body: '/release\r\nplease', author: { login: 'contributor', bot: false }, app: null, edited: false },
    });
    const own = await github.comment(1, 'Here is the plan.');
    expect(await github.commentById(own.id)).toMatchObject({
      value: { author: { login: 'shiplock[bot]', bot: true }, app: 'shiplock', edited: false },
    });
    world.expectEffects(['comment on #1']);
  });

  it('that was edited is known for it, and one that is gone is null', async () => {
    const issue = repository.openIssue('One');
    const own = await github.comment(1, 'one');
    await github.updateComment(own.id, 'two');
    expect(await github.commentById(own.id)).toMatchObject({ value: { body: 'two', edited: true } });
    await github.deleteComment(own.id);
    expect(await github.commentById(own.id)).toEqual({ known: true, value: null });
    expect(issue.comments).toEqual([]);
    world.effects.ignore();
  });

  it('that is deleted between the two questions is gone', async () => {
    const comment = repository.comment(repository.openIssue('One'), 'x');
    world.state.nodes.delete(comment.nodeId);
    expect(await github.commentById(comment.id)).toEqual({ known: true, value: null });
  });

  it.each([
    ['REST', 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}'],
    ['GraphQL', 'graphql'],
  ])('is not seen where %s fails, and never taken for unedited', async (_, route) => {
    const { id } = repository.comment(repository.openIssue('One'), 'x');
    world.faults.answer(route, 503, { times: 4 });
    expect(await github.commentById(id)).toMatchObject({ known: false, why: expect.stringContaining('503') });
    world.faults.answer(route, 403);
    expect(await github.commentById(id)).toMatchObject({ known: false });
  });

  it('is changed once although the answer is lost', async () => {
    repository.openIssue('One');
    const { id } = await github.comment(1, 'one');
    world.faults.drop('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', 'after');
    await github.updateComment(id, 'two');
    expect(repository.record.issues.get(1)?.comments.map((one) => one.body)).toEqual(['two']);
    expect(await problemOf(github.updateComment(99, 'x'))).toMatchObject({ kind: 'not-found' });
    world.effects.ignore();
  });
});

describe('a reaction', () => {
  const REACT = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';

  it('is made once', async () => {
    const comment = repository.comment(repository.openIssue('One'), '/plan');
    await github.react(comment.id, 'eyes');
    await github.react(comment.id, 'eyes');
    await github.react(comment.id, 'rocket');
    expect(comment.reactions.map((one) => [one.user.login, one.content])).toEqual([
      ['shiplock[bot]', 'eyes'],
      ['shiplock[bot]', 'rocket'],
    ]);
    world.expectEffects([/^react eyes/, /^react rocket/]);
  });

  it.each([
    ['is gone', () => undefined],
    ['cannot be reached', () => world.faults.drop(REACT, 'before')],
    ['is not ours to touch', () => world.faults.answer(REACT, 403)],
    ['meets a limit', () => world.faults.rateLimit(REACT, { retryAfter: 60 })],
    ['fails', () => world.faults.answer(REACT, 500)],
  ])('to a comment that %s holds nothing up', async (_, breaks) => {
    breaks();
    await github.react(99, 'confused');
    expect(waits).toEqual([]);
  });
});

describe('T14, S-33: a role', () => {
  const PERMISSION = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';

  it.each(['read', 'triage', 'write', 'maintain', 'admin'] as const)('%s is told by its own name', async (role) => {
    world.grant(repository, 'somebody', role);
    expect(await github.roleOf('somebody')).toEqual({ known: true, value: role });
  });

  it('is read anew each time', async () => {
    world.grant(repository, 'somebody', 'admin');
    expect(await github.roleOf('somebody')).toMatchObject({ value: 'admin' });
    world.grant(repository, 'somebody', 'triage');
    expect(await github.roleOf('Somebody')).toMatchObject({ value: 'triage' });
  });

  it('of who is no person is none, of whom GitHub does not know unknown', async () => {
    expect(await github.roleOf('github-actions[bot]')).toEqual({ known: true, value: 'none' });
    expect(await github.roleOf('acme')).toEqual({ known: true, value: 'none' });
    expect(await github.roleOf('nobody-of-that-name')).toMatchObject({ known: false });
  });

  it.each([
    ['a failure', 500, 4],
    ['a refusal', 403, 1],
    ['a hidden repository', 404, 1],
  ])('is unknown after %s, never none', async (_, status, times) => {
    world.faults.answer(PERMISSION, status, { times });
    expect(await github.roleOf('maintainer')).toMatchObject({ known: false });
  });

  it.each([
    [
      'a custom role',
      { role_name: 'release-manager', user: { type: 'User', permissions: { pull: true, triage: true, push: true, admin: false } } },
      'write',
    ],
    [
      'a custom role over maintain',
      { role_name: 'captain', user: { type: 'User', permissions: { maintain: true, push: true } } },
      'maintain',
    ],
    ['a custom role without rights', { role_name: 'guest', user: { type: 'User', permissions: {} } }, 'none'],
    ['a word of Object’s', { role_name: 'constructor', user: { type: 'User', permissions: { pull: true } } }, 'read'],
    ['somebody without an account', { role_name: 'none', user: null }, 'none'],
    ['a bot that GitHub answers for', { role_name: 'admin', user: { type: 'Bot', permissions: { admin: true } } }, 'none'],
  ])('of %s', async (_, answer, role) => {
    const server = await serve((__, response) => json(response, 200, { permission: 'admin', ...answer }));
    expect(await appPortOf(world, repository, { api: server.url, token: 'x' }).github.roleOf('x')).toEqual({ known: true, value: role });
    await server.close();
  });

  it('that nobody can read is unknown', async () => {
    const server = await serve((_, response) => json(response, 200, { permission: 'write', role_name: 'captain', user: null }));
    const seen = await appPortOf(world, repository, { api: server.url, token: 'x' }).github.roleOf('x');
    expect(seen).toMatchObject({ known: false, why: expect.stringContaining('"captain"') });
    await server.close();
  });
});

describe('an issue', () => {
  const OPEN = 'POST /repos/{owner}/{repo}/issues';

  it('is seen, as is a pull request; one that is not there is null', async () => {
    repository.openIssue('One', { labels: ['bug', 'on hold'] });
    repository.openPull({ title: 'feat: two' });
    expect(await github.issue(1)).toEqual({
      known: true,
      value: {
        number: 1,
        pull: false,
        state: 'open',
        title: 'One',
        labels: ['bug', 'on hold'],
        author: 'contributor',
        body: '',
        closedBy: null,
      },
    });
    expect(await github.issue(2)).toMatchObject({ value: { pull: true, title: 'feat: two' } });
    expect(await github.issue(3)).toEqual({ known: true, value: null });
    world.faults.answer('GET /repos/{owner}/{repo}/issues/{issue_number}', 410);
    expect(await github.issue(1)).toEqual({ known: true, value: null });
    world.faults.answer('GET /repos/{owner}/{repo}/issues/{issue_number}', 403);
    expect(await github.issue(1)).toMatchObject({ known: false });
  });

  it('that moved to another repository is not one of here', async () => {
    const server = await serve((asked, response) => {
      if (asked.url.startsWith('/repos/')) response.writeHead(301, { location: '/repositories/2/issues/7' }).end();
      else json(response, 200, { number: 7, title: 'x', state: 'open', labels: [], user: null });
    });
    expect(await appPortOf(world, repository, { api: server.url, token: 'x' }).github.issue(1)).toEqual({ known: true, value: null });
    await server.close();
  });

  it('is opened with its labels and closed', async () => {
    const opened = await github.openIssue({ title: 'Review of v1.0.0', body: 'What shipped', labels: ['review'] });
    expect(opened).toEqual({ number: 1, url: 'https://github.com/acme/app/issues/1' });
    await github.closeIssue(1);
    await github.closeIssue(1);
    expect(await github.issue(1)).toMatchObject({ value: { state: 'closed', labels: ['review'], author: 'shiplock[bot]' } });
    world.expectEffects(['open issue #1', 'update issue #1', 'update issue #1']);
  });

  it.each([
    ['the answer is lost', () => world.faults.drop(OPEN, 'after')],
    ['the connection breaks', () => world.faults.drop(OPEN, 'before')],
    ['GitHub fails', () => world.faults.answer(OPEN, 502)],
  ])('is opened once when %s, beside those of others', async (_, breaks) => {
    repository.openIssue('Review', { body: 'x' });
    breaks();
    expect(await github.openIssue({ title: 'Review', body: 'x' })).toMatchObject({ number: 2 });
    expect(repository.record.issues.size).toBe(2);
    world.expectEffects(['open issue #2']);
  });

  it('loses a label once; one that it has not is no matter', async () => {
    const issue = repository.openIssue('One', { labels: ['kind/bug fix', 'other'] });
    world.faults.drop('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', 'after');
    await github.removeLabel(1, 'kind/bug fix');
    await github.removeLabel(1, 'kind/bug fix');
    await github.removeLabel(1, 'never');
    expect(issue.labels.map((one) => one.name)).toEqual(['other']);
    world.expectEffects([/^remove label kind\/bug fix/]);
  });
});

describe('merging', () => {
  const MERGE = 'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge';

  it('merges at the head that was seen', async () => {
    const pull = repository.openPull({ title: 'chore: release 1.0.0' });
    expect(await github.mergePull(1, pull.head.sha)).toEqual({ merged: true, says: 'Pull Request successfully merged' });
    expect(await github.mergePull(1, pull.head.sha)).toMatchObject({ merged: true });
    expect(pull.merged?.method).toBe('squash');
    world.expectEffects(['merge pull request #1']);
  });

  it('does not where the head has moved', async () => {
    const pull = repository.openPull({ title: 'chore: release 1.0.0' });
    const seen = pull.head.sha;
    repository.update(pull, [{ message: 'one more' }]);
    expect(await github.mergePull(1, seen)).toEqual({ merged: false, says: 'Head branch was modified. Review and try the merge again' });
    await github.mergePull(1, pull.head.sha);
    // Merged, but not what was asked for.
    expect(await github.mergePull(1, seen)).toMatchObject({ merged: false });
    world.expectEffects(['merge pull request #1']);
  });

  it.each([
    ['merge', { allow_squash_merge: false }],
    ['rebase', { allow_squash_merge: false, allow_merge_commit: false }],
  ])('takes %s where the repository has no other way', async (method, settings) => {
    Object.assign(repository.record.settings, settings);
    const pull = repository.openPull({ title: 'feat: x' });
    expect(await github.mergePull(1, pull.head.sha)).toMatchObject({ merged: true });
    expect(pull.merged?.method).toBe(method);
    world.expectEffects(['merge pull request #1']);
  });

  it('tries another method where the branch’s rules forbid one', async () => {
    const pull = repository.openPull({ title: 'feat: x' });
    world.faults.answer(MERGE, 405, { message: 'Squash merges are not allowed on this branch.' });
    expect(await github.mergePull(1, pull.head.sha)).toMatchObject({ merged: true });
    expect(pull.merged?.method).toBe('merge');
    world.expectEffects(['merge pull request #1']);
  });

  it('says what GitHub says against it', async () => {
    repository.record.protectedBranches.set('main', { requiredChecks: ['ci'], requiredApprovals: 1 });
    const pull = repository.openPull({ title: 'feat: x' });
    const refused = await github.mergePull(1, pull.head.sha);
    expect(refused).toMatchObject({ merged: false, says: expect.stringMatching(/review|check/i) });
    expect(world.calls.count(MERGE)).toBe(1);
    world.faults.answer(MERGE, 403, { message: 'Resource not accessible by integration' });
    expect(await github.mergePull(1, pull.head.sha)).toEqual({ merged: false, says: 'Resource not accessible by integration' });
    expect(await problemOf(github.mergePull(9, pull.head.sha))).toMatchObject({ kind: 'not-found' });
  });

  it.each([
    ['the answer is lost', () => world.faults.drop(MERGE, 'after')],
    ['the connection breaks', () => world.faults.drop(MERGE, 'before')],
    ['GitHub fails', () => world.faults.answer(MERGE, 502)],
  ])('merges once when %s', async (_, breaks) => {
    const pull = repository.openPull({ title: 'feat: x' });
    breaks();
    expect(await github.mergePull(1, pull.head.sha)).toMatchObject({ merged: true });
    world.expectEffects(['merge pull request #1']);
  });
});

describe('pull requests of late', () => {
  it('come newest activity first, as far back as asked, from pages of one too', async () => {
    const old = repository.openPull({ title: 'old', labels: ['a', 'b'] });
    world.clock.advance('10h');
    const since = world.clock.iso();
    const [one, two, three] = ['one', 'two', 'three'].map((title) => {
      world.clock.advance('1h');
      return repository.openPull({ title, labels: ['x', 'y'] });
    });
    if (!one || !two || !three) throw new Error('unreachable');
    world.clock.advance('1h');
    repository.comment(old, 'no activity of its own');
    repository.merge(two);
    world.clock.advance('1h');
    repository.update(one, [{ message: 'more' }]);
    repository.label(one, 'z');
    for (const cap of [null, 1]) {
      world.faults.pageSize(cap);
      const open = await github.recentPulls('open', since);
      expect(open.map((pull) => pull.title).filter((title) => title !== 'old')).toEqual(['one', 'three']);
      expect(open.find((pull) => pull.title === 'one')).toMatchObject({ labels: ['x', 'y', 'z'], state: 'open' });
      expect((await github.recentPulls('closed', since)).map((pull) => [pull.title, pull.state])).toEqual([['two', 'merged']]);
    }
    expect(await github.recentPulls('closed', world.clock.iso())).toEqual([]);
  });

  it('are not read further back than needed', async () => {
    for (let index = 0; index < 60; index += 1) repository.openPull({ title: `old ${index}` });
    world.clock.advance('1h');
    const since = world.clock.iso();
    repository.openPull({ title: 'new' });
    world.calls.reset();
    expect((await github.recentPulls('open', since)).map((pull) => pull.title)).toEqual(['new']);
    world.calls.expectAtMost(1);
  });
});
