// Webhooks of the world: every event that Shiplock could hear is made to happen, is signed, and keeps GitHub's schema of it.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf } from './client.ts';
import { Receiver } from './receiver.ts';

let world: World;
let repository: RepositoryStory;
let receiver: Receiver;
let url: string;

beforeEach(async () => {
  world = await startWorld();
  receiver = new Receiver();
  const started = await receiver.start();
  url = started.url;
  world.organization('acme', { boss: 'admin' });
  repository = world.repository('acme/app');
  world.hook(repository, url, started.secret);
});
afterEach(async () => {
  world.effects.ignore();
  await world.assertClean();
  expect(receiver.received.every((one) => one.verified)).toBe(true);
  await world.stop();
  await receiver.stop();
});

const WORKFLOW = `on: { workflow_dispatch: { inputs: { environment: { required: true } } } }\njobs: { deploy: { environment: "\${{ inputs.environment }}" } }\n`;

describe('events', () => {
  const happens: Readonly<Record<string, () => unknown>> = {
    'push create': () => repository.push('topic', [{ message: 'x', files: { a: '1', 'README.md': null } }]),
    'push create release.published release.created release.released': () => repository.release('v1', { name: 'One' }),
    'release.created': () => repository.release('v1', { draft: true }),
    'push delete': () => {
      repository.record.git.refs.write('refs/tags/old', repository.sha());
      repository.deleteRef('refs/tags/old');
    },
    'push create pull_request.opened': () => repository.openPull({ title: 'One' }),
    'push create pull_request.opened pull_request.labeled': () => repository.openPull({ title: 'One', labels: ['bug'] }),
    'pull_request.opened': () => repository.openPull({ title: 'One', fork: 'stranger' }),
    'issues.opened': () => repository.openIssue('Broken'),
    'check_run.created check_run.completed check_suite.completed': () => repository.check('ci', 'success'),
    status: () => repository.status('ci', 'success'),
    'deployment.created deployment_status.created': () => repository.deploy('qa'),
  };

  it.each(Object.entries(happens))('%s', async (names, happen) => {
    happen();
    await world.deliveries.settled();
    const ignored = receiver.names.filter((name) => name !== 'push' || names.includes('push'));
    expect(ignored.sort()).toEqual(names.split(' ').sort());
  });

  it('of a pull request from its branch to its merge', async () => {
    const pull = repository.openPull({ title: 'One' });
    repository.update(pull, [{ message: 'more' }]);
    const comment = repository.comment(pull, '/release plan');
    const admin = clientOf(world, world.userToken('maintainer'));
    const at = { owner: 'acme', repo: 'app' };
    await admin.rest.issues.updateComment({ ...at, comment_id: comment.id, body: 'changed' });
    await admin.rest.issues.deleteComment({ ...at, comment_id: comment.id });
    const review = repository.review(pull, 'APPROVE', { by: 'reviewer' });
    await admin.rest.pulls.dismissReview({ ...at, pull_number: 1, review_id: review.id, message: 'again' });
    await admin.rest.pulls.update({ ...at, pull_number: 1, title: 'Two' });
    await admin.rest.pulls.update({ ...at, pull_number: 1, state: 'closed' });
    await admin.rest.pulls.update({ ...at, pull_number: 1, state: 'open' });
    await admin.rest.issues.addLabels({ ...at, issue_number: 1, labels: ['bug'] });
    await admin.rest.issues.removeLabel({ ...at, issue_number: 1, name: 'bug' });
    await admin.rest.pulls.requestReviewers({ ...at, pull_number: 1, reviewers: ['reviewer'] });
    repository.merge(pull);
    await world.deliveries.settled();
    const seen = new Set(receiver.names);
    for (const name of `synchronize edited closed reopened labeled unlabeled review_requested`.split(' '))
      expect(seen).toContain(`pull_request.${name}`);
    for (const name of ['created', 'edited', 'deleted']) expect(seen).toContain(`issue_comment.${name}`);
    for (const name of ['submitted', 'dismissed']) expect(seen).toContain(`pull_request_review.${name}`);
    const last = receiver.received.at(-1)?.payload;
    expect(last.pull_request).toMatchObject({ merged: true, merge_commit_sha: repository.sha() });
  });

  it('of a run that waits for an App and for people, and goes on', async () => {
    const app = world.app('shiplock', {
      permissions: { deployments: 'write', actions: 'read' },
      events: ['deployment_protection_rule', 'deployment_review', 'workflow_run'],
    });
    app.webhook = { url, secret: receiver.secret };
    const installation = world.install(app, 'acme');
    repository.record.hooks.length = 0;
    repository.push('main', [{ message: 'workflow', files: { '.github/workflows/deploy.yml': WORKFLOW } }]);
    repository.environment('production', { rules: [app], reviewers: ['boss'] });
    const run = repository.run('deploy.yml', { event: 'workflow_dispatch', inputs: { environment: 'production' } });
    await world.deliveries.settled();
    const asked = receiver.received.find((one) => one.event === 'deployment_protection_rule')?.payload;
    expect(asked).toMatchObject({
      environment: 'production',
      event: 'workflow_dispatch',
      pull_requests: [],
      deployment: { sha: repository.sha(), ref: 'main' },
      installation: { id: installation.id },
    });
    expect(asked.deployment_callback_url).toBe(`${world.url}/repos/acme/app/actions/runs/${run.id}/deployment_protection_rule`);
    repository.reviewDeployment(run, 'production', 'approved', { by: 'boss', comment: 'go' });
    const own = clientOf(world, world.installationToken(installation));
    await own.request('POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule', {
      owner: 'acme',
      repo: 'app',
      run_id: run.id,
      environment_name: 'production',
      state: 'approved',
      comment: 'all met',
    });
    repository.finish(run);
    await world.deliveries.settled();
    expect(receiver.names).toEqual([
      'installation.created',
      'workflow_run.requested',
      'deployment_protection_rule.requested',
      'deployment_review.requested',
      'deployment_review.approved',
      'workflow_run.in_progress',
      'workflow_run.completed',
    ]);
  });
});

describe('trouble on the way', () => {
  const talk = async () => {
    const issue = repository.openIssue('Talk');
    for (const body of ['one', 'two', 'three']) repository.comment(issue, body);
    await world.deliveries.settled();
    return receiver.received.filter((one) => one.event === 'issue_comment').map((one) => one.payload.comment.body);
  };

  it('loses a delivery, which the log knows', async () => {
    world.deliveries.lose(1, 'issue_comment');
    expect(await talk()).toEqual(['two', 'three']);
    expect(world.deliveries.log.find((one) => one.statusCode === 502)?.event).toBe('issue_comment');
  });

  it('never sends one at all', async () => {
    world.deliveries.vanish(1, 'issue_comment');
    expect(await talk()).toEqual(['two', 'three']);
    expect(world.deliveries.log.every((one) => one.status === 'OK')).toBe(true);
  });

  it('sends one twice with the same GUID', async () => {
    world.deliveries.double(1, 'issue_comment');
    expect(await talk()).toEqual(['one', 'one', 'two', 'three']);
    const guids = receiver.received.filter((one) => one.event === 'issue_comment').map((one) => one.guid);
    expect([guids[0] === guids[1], new Set(guids).size]).toEqual([true, 3]);
    expect(guids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('keeps them back and sends them the other way round', async () => {
    world.deliveries.hold();
    expect(await talk()).toEqual([]);
    world.deliveries.release('reversed');
    await world.deliveries.settled();
    expect(receiver.received.filter((one) => one.event === 'issue_comment').map((one) => one.payload.comment.body)).toEqual([
      'three',
      'two',
      'one',
    ]);
  });

  it('is late by the clock of the world', async () => {
    world.deliveries.delay('5m');
    expect(await talk()).toEqual([]);
    world.clock.advance('6m');
    await world.deliveries.settled();
    expect(receiver.received.filter((one) => one.event === 'issue_comment')).toHaveLength(3);
  });
});
