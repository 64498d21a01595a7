// What GitHub sends within a larger query, as it is allowed to by its schema: whatever is missing of a list may be the no that counts, so that
// what is there is not taken for all of it.
import { describe, expect, it } from 'vitest';
import { readDeployments } from '../../src/github/gate-deployments.ts';
import { readMergedPulls } from '../../src/github/gate-pulls.ts';
import type { Place } from '../../src/github/graphql.ts';
import { type RawComparison, rangeShown } from '../../src/github/range.ts';
import { checksShown, type RawChecks } from '../../src/github/sight-checks.ts';
import { deploymentsShown, type RawDeployments } from '../../src/github/sight-deployments.ts';
import { mergedShown, type RawMerge, type RawReviewed, reviewsShown } from '../../src/github/sight-pulls.ts';

const SHA = 'a'.repeat(40);
const PLACE = {
  endpoints: { api: 'https://api.github.com' },
  patience: { now: () => Date.parse('2026-02-01T00:00:00Z') },
  owner: 'acme',
  name: 'app',
} as unknown as Place;
const END = { hasNextPage: false, endCursor: null };
const MORE = { hasNextPage: true, endCursor: 'x' };
const list = (...nodes: (object | null)[]) => ({ nodes, pageInfo: END });
const NONE = { nodes: null, pageInfo: END };

const run = {
  databaseId: 1,
  name: 'test',
  status: 'COMPLETED',
  conclusion: 'SUCCESS',
  startedAt: null,
  completedAt: null,
  url: 'https://github.com/acme/app/runs/1',
  detailsUrl: null,
};
const suite = { databaseId: 2, app: { databaseId: 3, slug: 'ci' }, checkRuns: list(run) };
const checks = (checkSuites: unknown) => ({ oid: SHA, status: null, checkSuites }) as RawChecks;

describe('of checks', () => {
  it('all that came is all there is where nothing of it is missing', () => {
    expect(checksShown(PLACE, SHA, checks(list(suite)))?.runs).toMatchObject([{ name: 'test', state: 'success' }]);
  });

  it.each([
    ['of another commit', { ...checks(list(suite)), oid: 'b'.repeat(40) }],
    ['no suites', checks(null)],
    ['suites without a list', checks(NONE)],
    ['a suite that is null', checks(list(suite, null))],
    ['a page of suites', checks({ nodes: [suite], pageInfo: MORE })],
    ['a suite without runs', checks(list(suite, { ...suite, checkRuns: null }))],
    ['a suite whose runs are no list', checks(list(suite, { ...suite, checkRuns: NONE }))],
    ['a run that is null', checks(list({ ...suite, checkRuns: list(run, null) }))],
    ['a page of runs', checks(list({ ...suite, checkRuns: { nodes: [run], pageInfo: MORE } }))],
    ['a run without a number', checks(list({ ...suite, checkRuns: list({ ...run, databaseId: null }) }))],
    ['a run of no App', checks(list({ ...suite, app: null }))],
  ])('%s is not all of them', (_, raw) => {
    expect(checksShown(PLACE, SHA, raw as RawChecks)).toBeNull();
  });
});

const review = {
  fullDatabaseId: '1',
  state: 'APPROVED',
  author: { __typename: 'User', login: 'ada', databaseId: 7 },
  commit: { oid: SHA },
  submittedAt: '2026-01-01T00:00:00Z',
  authorAssociation: 'MEMBER',
};

describe('of reviews', () => {
  it.each([
    ['no reviews', null],
    ['no list', NONE],
    ['one that is null', list(review, null)],
    ['a page', { nodes: [review], pageInfo: MORE }],
    ['one without a commit', list({ ...review, commit: null })],
    ['one of somebody who has no number', list({ ...review, author: { __typename: 'Mannequin', login: 'old' } })],
  ])('%s is not all of them', (_, reviews) => {
    expect(reviewsShown({ reviews } as RawReviewed)).toBeNull();
    expect(reviewsShown({ reviews: list(review) } as RawReviewed)).toHaveLength(1);
  });
});

const pull = {
  number: 1,
  title: 'feat: one',
  body: '',
  state: 'MERGED',
  url: 'https://github.com/acme/app/pull/1',
  headRefName: 'one',
  headRefOid: 'c'.repeat(40),
  headRepository: null,
  baseRefName: 'main',
  mergeCommit: { oid: SHA },
  author: null,
  authorAssociation: 'NONE',
  labels: list({ name: 'bug' }),
  mergedAt: null,
  mergedBy: null,
  reviews: list(review),
};

describe('of the pull requests behind a commit', () => {
  const merged = (associatedPullRequests: unknown) => mergedShown(SHA, { oid: SHA, associatedPullRequests } as RawMerge);
  it.each([
    ['no list', NONE],
    ['one that is null', list(pull, null)],
    ['a label that is null', list({ ...pull, labels: list({ name: 'bug' }, null) })],
    ['no labels', list({ ...pull, labels: null })],
  ])('%s is not all of them', (_, pulls) => {
    expect(merged(pulls)).toBeNull();
    expect(merged(list(pull))?.merged).toHaveLength(1);
  });

  it('reviews of which one is missing are left out, and not the pull request', () => {
    const found = merged(list({ ...pull, reviews: list(review, null) }));
    expect([found?.merged.length, found?.reviews.size]).toEqual([1, 0]);
  });
});

const status = { id: 'x', state: 'SUCCESS', createdAt: '2026-01-01T00:00:00Z', logUrl: null, creator: null };
const deployment = {
  databaseId: 1,
  commitOid: SHA,
  environment: 'qa',
  createdAt: '2026-01-01T00:00:00Z',
  state: 'ACTIVE',
  creator: null,
  statuses: list(status),
};

describe('of deployments', () => {
  it.each([
    ['no list', NONE],
    ['one that is null', list(deployment, null)],
    ['one without its statuses', list({ ...deployment, statuses: NONE })],
    ['a status that is null', list({ ...deployment, statuses: list(status, null) })],
    ['one of another environment', list({ ...deployment, environment: 'QA' })],
  ])('%s is not all of them', (_, raw) => {
    expect(deploymentsShown(PLACE, 'qa', raw as RawDeployments)).toBeNull();
    expect(deploymentsShown(PLACE, 'qa', list(deployment) as RawDeployments)?.items).toHaveLength(1);
  });
});

describe('of a range', () => {
  const ada = { name: 'Ada', email: 'ada@acme.example', user: { __typename: 'User', login: 'ada', databaseId: 7 } };
  const bob = { name: 'Bob', email: 'bob@acme.example', user: { __typename: 'User', login: 'bob', databaseId: 8 } };
  const commit = {
    oid: SHA,
    message: 'feat: one',
    authoredDate: '2026-01-01T00:00:00Z',
    committedDate: '2026-01-01T00:00:00Z',
    author: ada,
    committer: ada,
    parents: list(),
    authors: list(ada, bob),
    associatedPullRequests: list(pull),
  };
  const range = (one: object, behindBy = 0) => {
    const commits = { totalCount: 1, ...list({ ...commit, ...one }) };
    return rangeShown(PLACE, { compare: { behindBy, commits } } as unknown as RawComparison);
  };

  it.each([
    ['an author', { authors: list(null, bob) }],
    ['all authors', { authors: NONE }],
    ['a pull request', { associatedPullRequests: list(null) }],
    ['the list of pull requests', { associatedPullRequests: NONE }],
    ['a label', { associatedPullRequests: list({ ...pull, labels: list(null) }) }],
    ['a parent', { parents: list(null) }],
  ])('%s that is null is not all of it', async (_, one) => {
    expect(await range(one)).toBeNull();
    expect((await range({}))?.people?.coauthors).toMatchObject([{ account: { login: 'bob' } }]);
  });
});

describe('what is missing when it is read by itself, too, is unknown', () => {
  const answering = (answers: (route: string) => unknown): Place => {
    const request = async (asked: string | object) => ({ data: answers(String(asked)), status: 200, headers: {} });
    const endpoints = { api: 'https://api.github.com', graphql: 'https://api.github.com/graphql' };
    return { ...PLACE, endpoints, octokit: { request } } as unknown as Place;
  };

  it.each([
    ['a pull request', list(pull, null)],
    ['all of them', NONE],
  ])('%s behind a commit', async (_, associatedPullRequests) => {
    const object = { oid: SHA, message: 'feat: one', committedDate: '2026-01-01T00:00:00Z', associatedPullRequests };
    const place = answering(() => ({ data: { repository: { object } } }));
    expect(await readMergedPulls(place, SHA)).toMatchObject({ known: false });
  });

  it.each([
    ['a status', list(status, null)],
    ['all of them', NONE],
  ])('%s of a deployment', async (_, statuses) => {
    const listed = { id: 1, node_id: 'D', sha: SHA, ref: 'main', environment: 'qa', task: 'deploy', payload: {}, creator: null };
    const created_at = '2026-01-01T00:00:00Z';
    const of = (all: object) =>
      answering((route) =>
        route.startsWith('GET ') ? [{ ...listed, created_at }] : { data: { nodes: [{ id: 'D', state: 'ACTIVE', statuses: all }] } },
      );
    expect(await readDeployments(of(statuses), 'qa', { limit: 1 })).toMatchObject({ known: false });
    expect(await readDeployments(of(list(status)), 'qa', { limit: 1 })).toMatchObject({ known: true });
  });
});
