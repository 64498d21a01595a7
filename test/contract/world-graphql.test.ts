// GraphQL of the world: queries are held against GitHub's schema and limits, and answered from the same records as REST.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RepositoryStory } from '../support/github/stories.ts';
import { startWorld, type World } from '../support/github/world.ts';
import { clientOf } from './client.ts';

let world: World;
let repository: RepositoryStory;
let token: string;

beforeEach(async () => {
  world = await startWorld();
  repository = world.repository('acme/app');
  token = world.userToken('maintainer');
});
afterEach(async () => {
  await world.assertClean();
  await world.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: each query has its own shape.
async function ask(query: string, variables: object = {}, auth = token): Promise<any> {
  const { data } = await clientOf(world, auth).request('POST /graphql', { query, variables });
  return data;
}

const inRepository = (selection: string) => `query { repository(owner: "acme", name: "app") { ${selection} } }`;

describe('the range between two refs', () => {
  const COMPARE = `query ($base: String!, $head: String!, $after: String) {
    repository(owner: "acme", name: "app") {
      ref(qualifiedName: $base) {
        compare(headRef: $head) {
          aheadBy behindBy status
          commits(first: 100, after: $after) {
            totalCount pageInfo { hasNextPage endCursor }
            nodes {
              oid message messageHeadline author { name user { login } } authors(first: 5) { nodes { name email } } parents(first: 2) { totalCount }
              associatedPullRequests(first: 5) { nodes { number title mergedAt mergeCommit { oid } author { login } labels(first: 10) { nodes { name } } } }
            }
          }
        }
      }
    }
  }`;

  beforeEach(() => {
    repository.tag('v1.0.0');
    repository.merge(
      repository.openPull({
        title: 'feat: one',
        labels: ['enhancement'],
        commits: [{ message: 'feat: one' }, { message: 'more', author: 'helper' }],
      }),
    );
    repository.merge(repository.openPull({ title: 'Two', commits: [{ message: 'fix: a' }, { message: 'fix: b' }] }), { method: 'rebase' });
    repository.push('main', [{ message: 'docs: direct' }]);
  });

  it('is topological, oldest first, each commit with its pull request', async () => {
    const { data } = await ask(COMPARE, { base: 'v1.0.0', head: 'main' });
    const { compare } = data.repository.ref;
    expect([compare.aheadBy, compare.behindBy, compare.status, compare.commits.totalCount]).toEqual([4, 0, 'AHEAD', 4]);
    expect(
      compare.commits.nodes.map((node: { messageHeadline: string; associatedPullRequests: { nodes: { number: number }[] } }) => [
        node.messageHeadline,
        node.associatedPullRequests.nodes[0]?.number,
      ]),
    ).toEqual([
      ['feat: one (#1)', 1],
      ['fix: a', 2],
      ['fix: b', 2],
      ['docs: direct', undefined],
    ]);
    expect(compare.commits.nodes[0].authors.nodes).toHaveLength(2);
    expect(compare.commits.nodes[0].associatedPullRequests.nodes[0].labels.nodes).toEqual([{ name: 'enhancement' }]);
  });

  it('comes page by page when GitHub sends less than was asked', async () => {
    world.faults.pageSize(1);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask(COMPARE, { base: 'refs/tags/v1.0.0', head: 'refs/heads/main', after });
      const { nodes, pageInfo } = data.repository.ref.compare.commits;
      seen.push(...nodes.map((node: { messageHeadline: string }) => node.messageHeadline));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    expect(seen).toHaveLength(4);
  });

  it('has no pull requests while the index lags', async () => {
    const catchUp = world.faults.lagIndex();
    const first = async () => (await ask(COMPARE, { base: 'v1.0.0', head: 'main' })).data.repository.ref.compare.commits.nodes[0];
    expect((await first()).associatedPullRequests.nodes).toEqual([]);
    catchUp();
    expect((await first()).associatedPullRequests.nodes).toHaveLength(1);
  });
});

describe('the rest of a repository', () => {
  it('is answered from the records that REST shows', async () => {
    const sha = repository.tag('v1', { message: 'One' });
    repository.release('v1', { name: 'One', body: 'notes' });
    repository.release('v2', { draft: true });
    const { data } = await ask(
      inRepository(`
      id databaseId nameWithOwner isPrivate viewerPermission squashMergeCommitTitle mergeCommitAllowed
      defaultBranchRef { name prefix target { oid __typename } }
      refs(refPrefix: "refs/tags/", first: 10, orderBy: { field: TAG_COMMIT_DATE, direction: DESC }) { nodes { name target { __typename ... on Tag { message target { oid } } } } }
      object(expression: "main:README.md") { ... on Blob { text byteSize } }
      latestRelease { tagName isLatest tagCommit { oid } }
      release(tagName: "v1") { name description author { login } releaseAssets(first: 5) { totalCount } }
      releases(first: 10) { nodes { tagName isDraft } }
    `),
    );
    expect(data.repository).toMatchObject({
      nameWithOwner: 'acme/app',
      viewerPermission: 'MAINTAIN',
      defaultBranchRef: { name: 'main', prefix: 'refs/heads/', target: { oid: repository.sha(), __typename: 'Commit' } },
      refs: { nodes: [{ name: 'v1', target: { __typename: 'Tag', message: 'One', target: { oid: sha } } }] },
      object: { text: '# Hello\n', byteSize: 8 },
      latestRelease: { tagName: 'v1', isLatest: true, tagCommit: { oid: sha } },
      release: { name: 'One', description: 'notes', author: { login: 'maintainer' } },
      releases: {
        nodes: [
          { tagName: 'v2', isDraft: true },
          { tagName: 'v1', isDraft: false },
        ],
      },
    });
    const again = await ask('query ($id: ID!) { node(id: $id) { ... on Repository { databaseId } } }', { id: data.repository.id });
    expect(again.data.node.databaseId).toBe(data.repository.databaseId);
  });

  it('shows a pull request with its reviews, checks and files', async () => {
    repository.record.protectedBranches.set('main', { requiredChecks: ['ci'], requiredApprovals: 1 });
    const pull = repository.openPull({
      title: 'feat: one',
      body: 'Why',
      commits: [{ message: 'feat: one', files: { 'a.txt': 'a\n', 'README.md': null } }],
    });
    world.grant(repository, 'writer', 'write');
    repository.review(pull, 'REQUEST_CHANGES', { by: 'writer' });
    repository.review(pull, 'APPROVE', { by: 'writer' });
    repository.review(pull, 'COMMENT', { by: 'writer' });
    repository.review(pull, 'APPROVE', { by: 'stranger' });
    repository.comment(pull, 'hello');
    const app = world.app('ci', { permissions: { checks: 'write', statuses: 'write' } });
    const ci = clientOf(world, world.installationToken(world.install(app, 'acme')));
    await ci.rest.checks.create({ owner: 'acme', repo: 'app', name: 'ci', head_sha: pull.head.sha, conclusion: 'failure' });
    await ci.rest.checks.create({ owner: 'acme', repo: 'app', name: 'ci', head_sha: pull.head.sha, conclusion: 'success' });
    await ci.rest.repos.createCommitStatus({ owner: 'acme', repo: 'app', context: 'lint', sha: pull.head.sha, state: 'pending' });
    const { data } = await ask(
      inRepository(`
      pullRequest(number: 1) {
        title state isDraft mergeable mergeStateStatus reviewDecision isCrossRepository headRefOid additions deletions changedFiles
        author { login } baseRefName
        latestOpinionatedReviews(first: 10, writersOnly: true) { nodes { state author { login } authorCanPushToRepository commit { oid } submittedAt } }
        reviews(first: 10, states: [APPROVED]) { totalCount }
        comments(last: 5) { nodes { body author { login } lastEditedAt } }
        files(first: 10) { nodes { path changeType } }
        commits(last: 1) { nodes { commit { statusCheckRollup { state contexts(first: 10) { checkRunCount statusContextCount nodes {
          __typename ... on CheckRun { name conclusion isRequired(pullRequestNumber: 1) checkSuite { app { databaseId slug } } }
          ... on StatusContext { context state creator { login } } } } } } } }
      }
    `),
    );
    const [commit] = data.repository.pullRequest.commits.nodes;
    expect(data.repository.pullRequest).toMatchObject({
      state: 'OPEN',
      mergeable: 'MERGEABLE',
      mergeStateStatus: 'UNSTABLE',
      reviewDecision: 'APPROVED',
      changedFiles: 2,
    });
    expect(data.repository.pullRequest.latestOpinionatedReviews.nodes).toMatchObject([{ state: 'APPROVED', author: { login: 'writer' } }]);
    expect(data.repository.pullRequest.reviews.totalCount).toBe(2);
    expect(commit.commit.statusCheckRollup).toMatchObject({
      state: 'PENDING',
      contexts: {
        checkRunCount: 1,
        nodes: [
          {
            __typename: 'CheckRun',
            name: 'ci',
            conclusion: 'SUCCESS',
            isRequired: true,
            checkSuite: { app: { databaseId: app.id, slug: 'ci' } },
          },
          { __typename: 'StatusContext', context: 'lint', state: 'PENDING', creator: { login: 'ci' } },
        ],
      },
    });
    world.expectEffects([/check ci/, /check ci/, /status lint/]);
  });
});

describe('writing', () => {
  const COMMIT =
    'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid message signature { isValid } } ref { name } } }';
  const input = (expectedHeadOid: string) => ({
    branch: { repositoryNameWithOwner: 'acme/app', branchName: 'main' },
    expectedHeadOid,
    message: { headline: 'chore: release', body: 'Both files' },
    fileChanges: {
      additions: [{ path: 'CHANGELOG.md', contents: Buffer.from('# 1\n').toString('base64') }],
      deletions: [{ path: 'README.md' }],
    },
  });

  it('commits several files at once, signed, and only on the head that was seen', async () => {
    const before = repository.sha();
    const { data } = await ask(COMMIT, { input: input(before) });
    expect(data.createCommitOnBranch.commit).toMatchObject({
      oid: repository.sha(),
      message: 'chore: release\n\nBoth files',
      signature: { isValid: true },
    });
    const stale = await ask(COMMIT, { input: input(before) });
    expect(stale.errors[0]).toMatchObject({ type: 'STALE_DATA', path: ['createCommitOnBranch'] });
    world.expectEffects(['commit README.md, CHANGELOG.md on main']);
  });

  it('comments, edits and folds', async () => {
    const pull = repository.openPull({ title: 'One' });
    const add = 'mutation ($id: ID!) { addComment(input: { subjectId: $id, body: "hi" }) { commentEdge { node { id } } } }';
    const id = (await ask(add, { id: pull.nodeId })).data.addComment.commentEdge.node.id;
    await ask('mutation ($id: ID!) { updateIssueComment(input: { id: $id, body: "ho" }) { issueComment { body lastEditedAt } } }', { id });
    const fold =
      'mutation ($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } } }';
    expect((await ask(fold, { id })).data.minimizeComment.minimizedComment).toEqual({ isMinimized: true, minimizedReason: 'outdated' });
    world.expectEffects(['comment on #1', /^edit comment/, /^fold comment/]);
  });
});

describe('what is missing or not allowed is null with an error', () => {
  it.each([
    ['query { repository(owner: "acme", name: "none") { id } }', 'NOT_FOUND', ['repository']],
    [inRepository('pullRequest(number: 9) { id }'), 'NOT_FOUND', ['repository', 'pullRequest']],
    ['query { node(id: "nothing") { id } }', 'NOT_FOUND', ['node']],
    ['query { nodes(ids: ["nothing"]) { id } }', 'NOT_FOUND', ['nodes', 0]],
    [inRepository('labels { totalCount }'), 'MISSING_PAGINATION_BOUNDARIES', ['repository', 'labels']],
    [inRepository('labels(first: 101) { totalCount }'), 'EXCESSIVE_PAGINATION', ['repository', 'labels']],
  ])('%s', async (query, type, path) => {
    const { errors } = await ask(query);
    expect(errors).toEqual([expect.objectContaining({ type, path, message: expect.any(String), locations: expect.any(Array) })]);
  });

  it('also for an installation without the permission', async () => {
    const installation = world.install(world.app('narrow', { permissions: { contents: 'read' } }), 'acme');
    repository.openPull({ title: 'One' });
    const answer = await ask(inRepository('name pullRequest(number: 1) { title }'), {}, world.installationToken(installation));
    expect(answer.data.repository).toEqual({ name: 'app', pullRequest: null });
    expect(answer.errors[0]).toMatchObject({ type: 'FORBIDDEN', message: 'Resource not accessible by integration' });
  });

  it('and for more nodes than GitHub would compute', async () => {
    const { errors } = await ask(
      inRepository(
        'pullRequests(first: 100) { nodes { commits(first: 100) { nodes { commit { history(first: 100) { totalCount } } } } } }',
      ),
    );
    expect(errors[0].type).toBe('MAX_NODE_LIMIT_EXCEEDED');
  });
});

describe('a breach of the contract is kept for the end', () => {
  it.each([
    ['a field that GitHub does not have', inRepository('colour'), /Cannot query field "colour"/],
    ['a field that this world does not serve', inRepository('stargazerCount'), /does not serve Repository.stargazerCount/],
    ['a query that is no query', '{', /Syntax Error/],
  ])('%s', async (_, query, words) => {
    await ask(query);
    expect(world.violations).toEqual(expect.arrayContaining([expect.stringMatching(words)]));
    world.violations.length = 0;
  });
});

describe('what gates look at', () => {
  it('has every run of a check where all are asked for, and the newest of each where not', async () => {
    repository.check('test', 'failure');
    repository.check('test', 'success');
    const runs = async (filter: string) => {
      const suites = `checkSuites(first: 5) { nodes { checkRuns(first: 5${filter}) { nodes { databaseId conclusion } } } }`;
      const { data } = await ask(inRepository(`object(oid: "${repository.sha()}") { ... on Commit { status { state } ${suites} } }`));
      expect(data.repository.object.status).toBeNull();
      return data.repository.object.checkSuites.nodes[0].checkRuns.nodes.map((one: { conclusion: string }) => one.conclusion);
    };
    expect(await runs(', filterBy: { checkType: ALL }')).toEqual(['FAILURE', 'SUCCESS']);
    expect(await runs('')).toEqual(['SUCCESS']);
  });

  it('tells who may do what, of those who may do more than anybody', async () => {
    world.grant(repository, 'ada', 'write');
    world.state.account('stranger');
    const roleOf = async (login: string) => {
      const edges = `collaborators(login: "${login}", first: 1) { edges { permission node { login } } }`;
      return (await ask(inRepository(edges))).data.repository.collaborators.edges;
    };
    expect(await roleOf('ADA')).toEqual([{ permission: 'WRITE', node: { login: 'ada' } }]);
    expect(await roleOf('stranger')).toEqual([]);
  });

  it('is refused part by part, and as a whole where a part may not be null', async () => {
    const app = world.app('blind', { permissions: { contents: 'read' } });
    const token = world.installationToken(world.install(app, 'acme'));
    const status = `object(oid: "${repository.sha()}") { ... on Commit { status { state } } }`;
    const partly = await ask(inRepository(`name ${status}`), {}, token);
    expect(partly).toMatchObject({ data: { repository: { name: 'app', object: { status: null } } }, errors: [{ type: 'FORBIDDEN' }] });
    const nothing = await ask(inRepository('name deployments(first: 1) { nodes { databaseId } }'), {}, token);
    expect(nothing).toMatchObject({ data: { repository: null }, errors: [{ type: 'FORBIDDEN', path: ['repository', 'deployments'] }] });
  });
});
