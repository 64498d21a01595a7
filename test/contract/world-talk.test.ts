// What people and Apps say about a change: issues, comments, reactions, labels, reviews, check runs and statuses.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf, refusalOf } from './client.ts';

let world: World;
let repository: RepositoryStory;
let octokit: ReturnType<typeof clientOf>;
const at = { owner: 'acme', repo: 'app' };

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  octokit = clientOf(world, world.userToken('maintainer'));
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

describe('issues', () => {
  it('are opened, changed, closed and found', async () => {
    const { data } = await octokit.rest.issues.create({
      ...at,
      title: 'Broken',
      body: 'It is',
      labels: ['bug'],
      assignees: ['maintainer'],
    });
    await octokit.rest.issues.update({ ...at, issue_number: data.number, title: 'Still broken', labels: ['bug', 'urgent'] });
    await octokit.rest.issues.update({ ...at, issue_number: data.number, state: 'closed', state_reason: 'not_planned' });
    expect((await octokit.rest.issues.get({ ...at, issue_number: 1 })).data).toMatchObject({
      state: 'closed',
      state_reason: 'not_planned',
      title: 'Still broken',
    });
    repository.openPull({ title: 'A change', labels: ['urgent'] });
    const numbers = async (filter: object) => (await octokit.rest.issues.listForRepo({ ...at, ...filter })).data.map((one) => one.number);
    expect(await numbers({})).toEqual([2]);
    expect(await numbers({ state: 'all', labels: 'urgent' })).toEqual([2, 1]);
    expect(await numbers({ state: 'closed', creator: 'maintainer' })).toEqual([1]);
    const search = await octokit.rest.search.issuesAndPullRequests({ q: 'repo:acme/app is:pr is:open label:urgent' });
    expect(search.data.items.map((one) => one.number)).toEqual([2]);
    world.expectEffects(['open issue #1', 'update issue #1', { by: 'maintainer', says: 'update issue #1', body: { state: 'closed' } }]);
  });

  it('tell when the text of a pull request was last edited, which its title and labels are not', async () => {
    const pull_number = repository.openPull({ title: 'feat: one', body: 'Before' }).issue.number;
    const edited = async () => {
      const query = `{ repository(owner: "acme", name: "app") { pullRequest(number: ${pull_number}) { lastEditedAt } } }`;
      const seen = await octokit.graphql<{ repository: { pullRequest: { lastEditedAt: string | null } } }>(query);
      return seen.repository.pullRequest.lastEditedAt;
    };
    await octokit.rest.issues.addLabels({ ...at, issue_number: pull_number, labels: ['bug'] });
    await octokit.rest.pulls.update({ ...at, pull_number, title: 'feat: two' });
    expect(await edited()).toBeNull();
    await octokit.rest.pulls.update({ ...at, pull_number, body: 'After' });
    expect(await edited()).toBe(world.clock.iso());
    world.effects.ignore();
  });

  it('carry labels, which are made when they are not known', async () => {
    const pull = repository.openPull({ title: 'A change' });
    const issue = { ...at, issue_number: pull.issue.number };
    await octokit.rest.issues.createLabel({ ...at, name: 'bug', color: 'ff0000', description: 'Broken' });
    expect(await refusalOf(octokit.rest.issues.createLabel({ ...at, name: 'Bug' }))).toMatch(/already_exists/);
    expect((await octokit.rest.issues.addLabels({ ...issue, labels: ['bug', 'new one'] })).data.map((one) => one.name)).toEqual([
      'bug',
      'new one',
    ]);
    expect(await refusalOf(octokit.rest.issues.removeLabel({ ...issue, name: 'none' }))).toMatch(/^404/);
    await octokit.rest.issues.removeLabel({ ...issue, name: 'new one' });
    await octokit.rest.issues.setLabels({ ...issue, labels: ['other'] });
    expect((await octokit.rest.issues.listLabelsOnIssue(issue)).data.map((one) => one.name)).toEqual(['other']);
    expect((await octokit.rest.issues.listLabelsForRepo(at)).data).toHaveLength(3);
    expect((await octokit.rest.issues.getLabel({ ...at, name: 'bug' })).data.color).toBe('ff0000');
    expect((await octokit.rest.pulls.get({ ...at, pull_number: 1 })).data.labels.map((one) => one.name)).toEqual(['other']);
    world.expectEffects(['create label bug', 'add label bug, new one to #1', 'remove label new one from #1', 'set labels of #1 to other']);
  });
});

describe('comments', () => {
  it('are made, edited, listed since a time, reacted to and deleted', async () => {
    const pull = repository.openPull({ title: 'A change' });
    const first = repository.comment(pull, 'Thanks');
    world.clock.advance('1h');
    const { data } = await octokit.rest.issues.createComment({ ...at, issue_number: 1, body: '/release plan' });
    await octokit.rest.issues.updateComment({ ...at, comment_id: data.id, body: 'edited' });
    expect((await octokit.rest.issues.getComment({ ...at, comment_id: data.id })).data.body).toBe('edited');
    const bodies = async (filter: object) =>
      (await octokit.rest.issues.listComments({ ...at, issue_number: 1, ...filter })).data.map((one) => one.body);
    expect(await bodies({})).toEqual(['Thanks', 'edited']);
    expect(await bodies({ since: '2026-01-05T10:30:00Z' })).toEqual(['edited']);
    expect(
      (await octokit.rest.issues.listCommentsForRepo({ ...at, direction: 'desc', sort: 'created' })).data.map((one) => one.id),
    ).toEqual([data.id, first.id]);
    const eyes = await octokit.rest.reactions.createForIssueComment({ ...at, comment_id: data.id, content: 'eyes' });
    const again = await octokit.rest.reactions.createForIssueComment({ ...at, comment_id: data.id, content: 'eyes' });
    expect([eyes.status, again.status, again.data.id]).toEqual([201, 200, eyes.data.id]);
    await octokit.rest.reactions.createForIssue({ ...at, issue_number: 1, content: 'rocket' });
    expect((await octokit.rest.reactions.listForIssueComment({ ...at, comment_id: data.id })).data.map((one) => one.content)).toEqual([
      'eyes',
    ]);
    await octokit.rest.reactions.deleteForIssueComment({ ...at, comment_id: data.id, reaction_id: eyes.data.id });
    expect((await octokit.rest.reactions.listForIssue({ ...at, issue_number: 1 })).data).toHaveLength(1);
    await octokit.rest.issues.deleteComment({ ...at, comment_id: data.id });
    expect(await bodies({})).toEqual(['Thanks']);
    // The second 👀 changed nothing and is no effect.
    world.expectEffects(['comment on #1', /^edit comment/, /^react eyes/, 'react rocket to #1', /^take back/, /^delete comment/]);
  });

  it('may be edited by their author and by those who write', async () => {
    const pull = repository.openPull({ title: 'A change' });
    const comment = repository.comment(pull, 'mine', { by: 'contributor' });
    const change = (login: string) =>
      clientOf(world, world.userToken(login)).rest.issues.updateComment({ ...at, comment_id: comment.id, body: login });
    expect(await refusalOf(change('stranger'))).toMatch(/^403/);
    await change('contributor');
    await change('maintainer');
    expect(comment.editor?.login).toBe('maintainer');
    world.expectEffects([{ by: 'contributor' }, { by: 'maintainer' }]);
  });

  it('longer than GitHub takes are refused', async () => {
    repository.openPull({ title: 'A change' });
    expect(await refusalOf(octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'x'.repeat(65_537) }))).toMatch(
      /^422 .*too long/,
    );
  });
});

describe('reviews', () => {
  it('approve a commit, are dismissed, and never by the author', async () => {
    const pull = repository.openPull({ title: 'A change', author: 'contributor' });
    const reviewer = clientOf(world, world.userToken('reviewer'));
    const author = clientOf(world, world.userToken('contributor'));
    expect(await refusalOf(author.rest.pulls.createReview({ ...at, pull_number: 1, event: 'APPROVE' }))).toMatch(/^422/);
    const { data } = await reviewer.rest.pulls.createReview({ ...at, pull_number: 1, event: 'APPROVE', body: 'Good' });
    expect(data).toMatchObject({ state: 'APPROVED', commit_id: pull.head.sha });
    await octokit.rest.pulls.dismissReview({ ...at, pull_number: 1, review_id: data.id, message: 'Look again' });
    repository.review(pull, 'REQUEST_CHANGES', { by: 'reviewer' });
    expect((await octokit.rest.pulls.listReviews({ ...at, pull_number: 1 })).data.map((one) => one.state)).toEqual([
      'DISMISSED',
      'CHANGES_REQUESTED',
    ]);
    expect((await octokit.rest.pulls.getReview({ ...at, pull_number: 1, review_id: data.id })).data.user?.login).toBe('reviewer');
    world.expectEffects(['review #1: APPROVE', /^dismiss review/]);
  });

  it('are asked of people and teams', async () => {
    repository.openPull({ title: 'A change' });
    world.team('acme', 'core', ['reviewer']);
    const ask = { ...at, pull_number: 1, reviewers: ['reviewer'], team_reviewers: ['core'] };
    await octokit.rest.pulls.requestReviewers(ask);
    const { data } = await octokit.rest.pulls.listRequestedReviewers({ ...at, pull_number: 1 });
    expect([data.users.map((one) => one.login), data.teams.map((one) => one.slug)]).toEqual([['reviewer'], ['core']]);
    world.expectEffects([/^ask /]);
  });
});

describe('checks and statuses', () => {
  it('are made by an App on a commit, changed by it alone, and listed newest first', async () => {
    const app = world.app('shiplock', { permissions: { checks: 'write' } });
    const other = world.app('other', { permissions: { checks: 'write' } });
    const own = clientOf(world, world.installationToken(world.install(app, 'acme')));
    const foreign = clientOf(world, world.installationToken(world.install(other, 'acme')));
    const pull = repository.openPull({ title: 'A change' });
    const head = { ...at, head_sha: pull.head.sha };
    const { data } = await own.rest.checks.create({ ...head, name: 'shiplock / release', status: 'in_progress', external_id: 'x' });
    expect(data.pull_requests.map((one) => one.number)).toEqual([1]);
    expect(await refusalOf(foreign.rest.checks.update({ ...at, check_run_id: data.id, conclusion: 'success' }))).toMatch(/^403/);
    expect(await refusalOf(octokit.rest.checks.create({ ...head, name: 'by a person' }))).toMatch(/^403/);
    await own.rest.checks.update({
      ...at,
      check_run_id: data.id,
      conclusion: 'success',
      output: { title: 'Minor', summary: 'One feature' },
    });
    await own.rest.checks.create({ ...head, name: 'shiplock / release', conclusion: 'failure' });
    const list = await octokit.rest.checks.listForRef({ ...at, ref: pull.head.sha, app_id: app.id });
    expect(list.data.check_runs.map((one) => [one.name, one.conclusion])).toEqual([['shiplock / release', 'failure']]);
    expect((await octokit.rest.checks.listForRef({ ...at, ref: pull.head.sha, filter: 'all' })).data.total_count).toBe(2);
    const suites = await octokit.rest.checks.listSuitesForRef({ ...at, ref: pull.head.sha });
    expect(suites.data.check_suites.map((one) => [one.app?.slug, one.conclusion])).toEqual([['shiplock', 'failure']]);
    const suite = suites.data.check_suites[0]?.id ?? 0;
    expect((await octokit.rest.checks.listForSuite({ ...at, check_suite_id: suite })).data.total_count).toBe(1);
    await octokit.rest.checks.getSuite({ ...at, check_suite_id: suite });
    await octokit.rest.checks.get({ ...at, check_run_id: data.id });
    const sha = pull.head.sha.slice(0, 7);
    world.expectEffects([
      `create check shiplock / release on ${sha}`,
      `update check shiplock / release on ${sha}`,
      `create check shiplock / release on ${sha}`,
    ]);
  });

  it('leave forks out of the pull requests of a check', async () => {
    const app = world.app('shiplock', { permissions: { checks: 'write' } });
    const own = clientOf(world, world.installationToken(world.install(app, 'acme')));
    const pull = repository.openPull({ title: 'A change', fork: 'stranger' });
    const { data } = await own.rest.checks.create({ ...at, head_sha: pull.head.sha, name: 'x' });
    expect(data.pull_requests).toEqual([]);
    world.expectEffects([/^create check/]);
  });

  it.each([
    [[], 'pending'],
    [['success', 'success'], 'success'],
    [['success', 'pending'], 'pending'],
    [['failure', 'success'], 'failure'],
    [['error', 'pending'], 'failure'],
  ] as const)('statuses %j combine to %s', async (states, combined) => {
    for (const [index, state] of states.entries())
      await octokit.rest.repos.createCommitStatus({ ...at, sha: repository.sha(), state, context: `ci/${index}` });
    const { data } = await octokit.rest.repos.getCombinedStatusForRef({ ...at, ref: 'main' });
    expect([data.state, data.total_count]).toEqual([combined, states.length]);
    expect((await octokit.rest.repos.listCommitStatusesForRef({ ...at, ref: 'main' })).data).toHaveLength(states.length);
    world.effects.ignore();
  });
});

describe('people', () => {
  it('have roles from collaboration, teams, nested teams and ownership', async () => {
    world.team('acme', 'everyone', [], { repositories: { 'acme/app': 'triage' } });
    world.team('acme', 'releases', ['deputy'], { parent: 'everyone', repositories: {} });
    world.grant(repository, 'writer', 'write');
    world.organization('acme', { boss: 'admin' });
    const role = async (username: string) => {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username });
      return [data.permission, data.role_name];
    };
    world.state.account('stranger');
    expect(await role('deputy')).toEqual(['read', 'triage']);
    expect(await role('writer')).toEqual(['write', 'write']);
    expect(await role('maintainer')).toEqual(['write', 'maintain']);
    expect(await role('boss')).toEqual(['admin', 'admin']);
    expect(await role('stranger')).toEqual(['read', 'read']);
    expect(await refusalOf(role('github-actions[bot]'))).toBe('404 github-actions[bot] is not a user');
    const team = { org: 'acme', team_slug: 'everyone' };
    expect((await octokit.rest.teams.listMembersInOrg(team)).data.map((one) => one.login)).toEqual(['deputy']);
    expect((await octokit.rest.teams.getMembershipForUserInOrg({ ...team, username: 'deputy' })).data.state).toBe('active');
    expect(await refusalOf(octokit.rest.teams.getMembershipForUserInOrg({ ...team, username: 'writer' }))).toBe('404 Not Found');
    expect((await octokit.rest.teams.getByName({ org: 'acme', team_slug: 'releases' })).data.parent?.slug).toBe('everyone');
    expect((await octokit.rest.users.getAuthenticated()).data.login).toBe('maintainer');
    expect((await octokit.rest.users.getByUsername({ username: 'writer' })).data.type).toBe('User');
    expect((await octokit.rest.rateLimit.get()).data.rate.limit).toBe(5_000);
  });
});
