// Milestones of the world: on issues and pull requests, over REST, over GraphQL and in webhooks, and labels by what they are on.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf } from './client.ts';
import { Receiver } from './receiver.ts';

let world: World;
let repository: RepositoryStory;
const at = { owner: 'acme', repo: 'app' };

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

const QUERY = `query { repository(owner: "acme", name: "app") {
  milestones(first: 10, states: OPEN, orderBy: { field: UPDATED_AT, direction: DESC }) {
    nodes { title number state issues(first: 5, states: OPEN) { totalCount } pullRequests(first: 5, states: OPEN) { nodes { number } } } }
  label(name: "Urgent") {
    issues(first: 5, states: OPEN) { nodes { number milestone { title } } }
    pullRequests(first: 5, states: OPEN) { totalCount nodes { number milestone { title } } } }
} }`;

it('milestones and labels tell what is open in them', async () => {
  const [one, two] = [repository.openIssue('One', { labels: ['urgent'] }), repository.openIssue('Two')];
  const pull = repository.openPull({ title: 'Three', labels: ['urgent'] });
  repository.milestone(one, '1.0.0');
  repository.milestone(pull, '1.0.0');
  repository.milestone(two, '2.0.0');
  const octokit = clientOf(world, world.userToken('maintainer'));
  const { data } = await octokit.request('POST /graphql', { query: QUERY });
  expect(data.data.repository).toEqual({
    milestones: {
      nodes: [
        { title: '2.0.0', number: 2, state: 'OPEN', issues: { totalCount: 1 }, pullRequests: { nodes: [] } },
        { title: '1.0.0', number: 1, state: 'OPEN', issues: { totalCount: 1 }, pullRequests: { nodes: [{ number: 3 }] } },
      ],
    },
    label: {
      issues: { nodes: [{ number: 1, milestone: { title: '1.0.0' } }] },
      pullRequests: { totalCount: 1, nodes: [{ number: 3, milestone: { title: '1.0.0' } }] },
    },
  });
  const { data: shown } = await octokit.rest.issues.get({ ...at, issue_number: 1 });
  expect(shown.milestone).toMatchObject({ title: '1.0.0', open_issues: 2, closed_issues: 0, state: 'open' });
  expect((await octokit.rest.pulls.get({ ...at, pull_number: 3 })).data.milestone?.title).toBe('1.0.0');
});

it('a token without the right to see issues sees the rest', async () => {
  repository.openIssue('One', { labels: ['urgent'] });
  const token = world.githubToken(repository, { contents: 'read', pull_requests: 'read', metadata: 'read' });
  const { data } = await clientOf(world, token).request('POST /graphql', { query: QUERY });
  expect(data.data.repository).toEqual({ milestones: null, label: null });
  expect(data.errors.map(({ type, path }: { type: string; path: string[] }) => `${type} ${path.join('.')}`)).toEqual([
    'FORBIDDEN repository.milestones',
    'FORBIDDEN repository.label.issues',
  ]);
});

it('putting something into a milestone is told', async () => {
  const receiver = new Receiver();
  world.install(
    world.app('planner', {
      permissions: { issues: 'read', pull_requests: 'read' },
      events: ['issues', 'pull_request'],
      webhook: await receiver.start(),
    }),
    'acme',
  );
  repository.milestone(repository.openIssue('One'), '1.0.0');
  repository.milestone(repository.openPull({ title: 'Two' }), '1.0.0');
  await world.deliveries.settled();
  expect(receiver.names.filter((name) => name.endsWith('milestoned'))).toEqual(['issues.milestoned', 'pull_request.milestoned']);
  await receiver.stop();
});
