// GraphQL's roots and its repository: refs and what they compare to, releases, labels, files.

import { canSee } from '../access.ts';
import type { GitRepository } from '../git/repository.ts';
import { findPath } from '../git/trees.ts';
import { htmlUrl } from '../present.ts';
import { pullsOf } from '../pulls.ts';
import type { Asset, Issue, Label, Milestone, Pull, Release, Repository } from '../records.ts';
import { latestRelease } from '../releases.ts';
import { fullName, ROLES } from '../state.ts';
import { type Context, connection, failure, type GitValue, gitValue, type RefValue, type Resolvers, refValue, visible } from './shape.ts';

interface ComparisonValue {
  readonly repository: Repository;
  readonly base: string;
  readonly head: string;
}

const ENUM_ROLE = { none: null, read: 'READ', triage: 'TRIAGE', write: 'WRITE', maintain: 'MAINTAIN', admin: 'ADMIN' } as const;

function resolveExpression(repository: Repository, expression: string): GitValue | null {
  const colon = expression.indexOf(':');
  const { git } = repository;
  const name = colon === -1 ? expression : expression.slice(0, colon);
  const sha = name === 'HEAD' ? git.head(repository.defaultBranch) : git.resolve(name);
  if (colon === -1 || sha === null) return gitValue(repository, sha ?? (/^[0-9a-f]{40}$/.test(name) ? name : null));
  return gitValue(repository, findPath(git.objects, git.commit(sha).tree, expression.slice(colon + 1))?.sha ?? null);
}

/** A full name, or a short one that GitHub completes. */
function findRef(repository: Repository, name: string): RefValue | null {
  return refValue(repository, name) ?? refValue(repository, `refs/heads/${name}`) ?? refValue(repository, `refs/tags/${name}`);
}

function comparisonOf(source: RefValue, headRef: string): ComparisonValue | null {
  const { git }: { git: GitRepository } = source.repository;
  const base = git.peel(source.sha);
  const head = findRef(source.repository, headRef)?.sha ?? git.resolve(headRef);
  const commit = head && git.peel(head);
  return base && commit ? { repository: source.repository, base, head: commit } : null;
}

function selectPulls(
  pulls: readonly Pull[],
  args: {
    states?: string[];
    baseRefName?: string;
    headRefName?: string;
    labels?: string[];
    orderBy?: { field: string; direction: string };
  },
): Pull[] {
  const chosen = pulls.filter((pull) => {
    if (args.states && !args.states.includes(stateOf(pull))) return false;
    if (args.baseRefName != null && pull.base.ref !== args.baseRefName) return false;
    if (args.headRefName != null && pull.head.ref !== args.headRefName) return false;
    return !args.labels || pull.issue.labels.some((label) => args.labels?.includes(label.name));
  });
  return order(chosen, args.orderBy, (pull) => (args.orderBy?.field === 'UPDATED_AT' ? pull.issue.updatedAt : pull.issue.createdAt));
}

function selectIssues(
  issues: readonly Issue[],
  args: { states?: string[]; labels?: string[]; orderBy?: { field: string; direction: string } },
): Issue[] {
  const chosen = issues.filter((issue) => {
    if (args.states && !args.states.includes(issue.state.toUpperCase())) return false;
    return !args.labels || issue.labels.some((label) => args.labels?.includes(label.name));
  });
  return order(chosen, args.orderBy, (issue) => (args.orderBy?.field === 'UPDATED_AT' ? issue.updatedAt : issue.createdAt));
}

interface Mark {
  readonly label?: Label;
  readonly milestone?: Milestone;
}

function issuesWith(repository: Repository, mark: Mark): Issue[] {
  return [...repository.issues.values()].filter((issue) => issue.pull === null && isMarked(issue, mark));
}

function pullsWith(repository: Repository, mark: Mark): Pull[] {
  return pullsOf(repository).filter((pull) => isMarked(pull.issue, mark));
}

function isMarked(issue: Issue, { label, milestone }: Mark): boolean {
  return (label !== undefined && issue.labels.includes(label)) || (milestone !== undefined && issue.milestone === milestone);
}

export function stateOf(pull: Pull): string {
  return pull.merged ? 'MERGED' : pull.issue.state.toUpperCase();
}

/** Stable: what came first stays first among equals, or last when the direction is down. */
function order<T>(items: readonly T[], by: { direction: string } | null | undefined, key: (item: T) => string): T[] {
  const sorted = [...items].sort((a, b) => (by ? (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) : 0));
  return by?.direction === 'DESC' ? sorted.reverse() : sorted;
}

function tagDate({ repository, sha }: RefValue): string {
  const commit = repository.git.peel(sha);
  return repository.git.objects.tag(sha)?.tagger?.date ?? (commit ? repository.git.commit(commit).committer.date : '');
}

function maySeeDrafts(context: Context, repository: Repository): boolean {
  const { actor } = context;
  if (actor.kind === 'installation') return actor.permissions.contents === 'write';
  return actor.kind === 'user' && ROLES.indexOf(context.state.role(repository, actor.account)) >= ROLES.indexOf('write');
}

export const repositoryResolvers: Resolvers = {
  Query: {
    repository: (_, { owner, name }: { owner: string; name: string }, context) => {
      return visible(context, context.state.repositories.get(`${owner}/${name}`.toLowerCase()), `${owner}/${name}`);
    },
    viewer: (_, __, { actor }) =>
      actor.kind === 'user' ? actor.account : actor.kind === 'installation' ? { ...actor.app.bot, __typename: 'User' } : null,
    node: (_, { id }: { id: string }, context) => nodeOf(context, id),
    // One that is not there is null beside an error, and the others come.
    nodes: (_, { ids }: { ids: string[] }, context) =>
      ids.map((id) => {
        try {
          return nodeOf(context, id);
        } catch (error) {
          return error;
        }
      }),
    user: (_, { login }: { login: string }, { state }) => {
      const account = state.accounts.get(login.toLowerCase());
      if (account?.type !== 'User') throw failure('NOT_FOUND', `Could not resolve to a User with the login of '${login}'.`);
      return account;
    },
    organization: (_, { login }: { login: string }, { state }) => {
      const account = state.accounts.get(login.toLowerCase());
      if (account?.type !== 'Organization')
        throw failure('NOT_FOUND', `Could not resolve to an Organization with the login of '${login}'.`);
      return account;
    },
    rateLimit: () => ({
      cost: 1,
      limit: 5_000,
      remaining: 4_999,
      used: 1,
      nodeCount: 0,
      resetAt: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  },
  Repository: {
    nameWithOwner: fullName,
    url: (repository: Repository, _, { urls }) => htmlUrl(repository, urls),
    isPrivate: (repository: Repository) => repository.private,
    isFork: (repository: Repository) => repository.parent !== null,
    isArchived: () => false,
    isEmpty: (repository: Repository) => repository.git.head(repository.defaultBranch) === null,
    visibility: (repository: Repository) => (repository.private ? 'PRIVATE' : 'PUBLIC'),
    mergeCommitAllowed: (repository: Repository) => repository.settings.allow_merge_commit,
    squashMergeAllowed: (repository: Repository) => repository.settings.allow_squash_merge,
    rebaseMergeAllowed: (repository: Repository) => repository.settings.allow_rebase_merge,
    deleteBranchOnMerge: (repository: Repository) => repository.settings.delete_branch_on_merge,
    mergeCommitTitle: (repository: Repository) => repository.settings.merge_commit_title,
    mergeCommitMessage: (repository: Repository) => repository.settings.merge_commit_message,
    squashMergeCommitTitle: (repository: Repository) => repository.settings.squash_merge_commit_title,
    squashMergeCommitMessage: (repository: Repository) => repository.settings.squash_merge_commit_message,
    // As REST lists them: whoever may only read what all may read is none.
    collaborators: (repository: Repository, args, context) => {
      const edges = [...context.state.accounts.values()].flatMap((node) => {
        const permission = node.type === 'User' ? ENUM_ROLE[context.state.role(repository, node)] : null;
        const more = repository.collaborators.has(node.login) || (permission !== null && permission !== 'READ');
        const asked = args.login == null || node.login.toLowerCase() === args.login.toLowerCase();
        return permission !== null && more && asked ? [{ node, permission, permissionSources: [] }] : [];
      });
      const shown = connection(context, 'collaborators', args, edges);
      return { ...shown, nodes: edges.map((one) => one.node), edges: shown.nodes };
    },
    viewerPermission: (repository: Repository, _, { actor, state }) =>
      actor.kind === 'user' ? ENUM_ROLE[state.role(repository, actor.account)] : null,
    defaultBranchRef: (repository: Repository) => refValue(repository, `refs/heads/${repository.defaultBranch}`),
    ref: (repository: Repository, { qualifiedName }: { qualifiedName: string }) => findRef(repository, qualifiedName),
    refs: (repository: Repository, args, context) => {
      const prefix: string = args.refPrefix.endsWith('/') ? args.refPrefix : `${args.refPrefix}/`;
      const all = repository.git.refs.list(prefix).map(({ name }) => refValue(repository, name) as RefValue);
      const chosen = all.filter((ref) => args.query == null || ref.name.toLowerCase().includes(args.query.toLowerCase()));
      const by = args.orderBy ?? (args.direction ? { field: 'ALPHABETICAL', direction: args.direction } : null);
      return connection(
        context,
        'refs',
        args,
        order(chosen, by, (ref) => (by?.field === 'TAG_COMMIT_DATE' ? tagDate(ref) : ref.name)),
      );
    },
    object: (repository: Repository, args: { oid?: string; expression?: string }) => {
      return args.oid ? gitValue(repository, args.oid) : resolveExpression(repository, args.expression ?? 'HEAD');
    },
    pullRequest: (repository: Repository, { number }: { number: number }) => {
      const pull = repository.issues.get(number)?.pull;
      if (!pull) throw failure('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
      return pull;
    },
    pullRequests: (repository: Repository, args, context) =>
      connection(context, 'pullRequests', args, selectPulls(pullsOf(repository), args)),
    issue: (repository: Repository, { number }: { number: number }) => {
      const issue = repository.issues.get(number);
      if (!issue || issue.pull) throw failure('NOT_FOUND', `Could not resolve to an Issue with the number of ${number}.`);
      return issue;
    },
    issueOrPullRequest: (repository: Repository, { number }: { number: number }) => {
      const issue = repository.issues.get(number);
      if (!issue) throw failure('NOT_FOUND', `Could not resolve to an issue or pull request with the number of ${number}.`);
      return issue.pull ?? issue;
    },
    issues: (repository: Repository, args, context) => {
      const issues = [...repository.issues.values()].filter((issue) => issue.pull === null);
      return connection(context, 'issues', args, selectIssues(issues, args));
    },
    label: (repository: Repository, { name }: { name: string }) =>
      repository.labels.find((label) => label.name.toLowerCase() === name.toLowerCase()) ?? null,
    labels: (repository: Repository, args, context) => connection(context, 'labels', args, repository.labels),
    milestones: (repository: Repository, args, context) => {
      const chosen = repository.milestones.filter((one) => !args.states || args.states.includes(one.state.toUpperCase()));
      const by: { field: string; direction: string } | null = args.orderBy ?? null;
      return connection(
        context,
        'milestones',
        args,
        order(chosen, by, (one) => (by?.field === 'UPDATED_AT' ? one.updatedAt : one.createdAt)),
      );
    },
    latestRelease: (repository: Repository) => latestRelease(repository),
    release: (repository: Repository, { tagName }: { tagName: string }, context) => {
      return (
        repository.releases.find((release) => release.tag === tagName && (!release.draft || maySeeDrafts(context, repository))) ?? null
      );
    },
    releases: (repository: Repository, args, context) => {
      const seen = repository.releases.filter((release) => !release.draft || maySeeDrafts(context, repository));
      const by = args.orderBy ?? { field: 'CREATED_AT', direction: 'DESC' };
      return connection(
        context,
        'releases',
        args,
        order(seen, by, (release) => (by.field === 'NAME' ? (release.name ?? release.tag) : release.createdAt)),
      );
    },
    deployments: (repository: Repository, args, context) => {
      const chosen = repository.deployments.filter((one) => !args.environments || args.environments.includes(one.environment));
      return connection(
        context,
        'deployments',
        args,
        order(chosen, args.orderBy, (one) => one.createdAt),
      );
    },
    environment: (repository: Repository, { name }: { name: string }) =>
      repository.environments.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? null,
    environments: (repository: Repository, args, context) => connection(context, 'environments', args, repository.environments),
  },
  Ref: {
    id: (ref: RefValue) => `REF_${Buffer.from(`${ref.repository.id}:${ref.name}`).toString('base64url')}`,
    name: (ref: RefValue) => ref.name.replace(/^refs\/(heads|tags|pull)\//, ''),
    prefix: (ref: RefValue) => /^refs\/[^/]+\//.exec(ref.name)?.[0] ?? 'refs/',
    target: (ref: RefValue) => gitValue(ref.repository, ref.sha),
    compare: (ref: RefValue, { headRef }: { headRef: string }) => comparisonOf(ref, headRef),
    associatedPullRequests: (ref: RefValue, args, context) => {
      const pulls = pullsOf(ref.repository).filter(
        (pull) => ref.name === `refs/heads/${pull.head.ref}` && pull.head.repository === ref.repository,
      );
      return connection(context, 'associatedPullRequests', args, selectPulls(pulls, args));
    },
  },
  Comparison: {
    id: ({ repository, base, head }: ComparisonValue) => `CMP_${Buffer.from(`${repository.id}:${base}...${head}`).toString('base64url')}`,
    aheadBy: ({ repository, base, head }: ComparisonValue) => repository.git.apart(base, head).ahead,
    behindBy: ({ repository, base, head }: ComparisonValue) => repository.git.apart(base, head).behind,
    baseTarget: ({ repository, base }: ComparisonValue) => gitValue(repository, base),
    headTarget: ({ repository, head }: ComparisonValue) => gitValue(repository, head),
    status: ({ repository, base, head }: ComparisonValue) => {
      const { ahead, behind } = repository.git.apart(base, head);
      return ahead === 0 ? (behind === 0 ? 'IDENTICAL' : 'BEHIND') : behind === 0 ? 'AHEAD' : 'DIVERGED';
    },
    commits: ({ repository, base, head }: ComparisonValue, args, context) => {
      const commits = [...repository.git.range(base, head)].reverse().map((sha) => gitValue(repository, sha));
      const authors = new Set(repository.git.range(base, head).map((sha) => repository.git.commit(sha).author.email));
      return connection(context, 'commits', args, commits, { authorCount: authors.size });
    },
  },
  Label: {
    isDefault: () => false,
    issues: (label: Label, args, context) =>
      connection(context, 'issues', args, selectIssues(issuesWith(label.repository, { label }), args)),
    pullRequests: (label: Label, args, context) =>
      connection(context, 'pullRequests', args, selectPulls(pullsWith(label.repository, { label }), args)),
    url: (label: Label, _, { urls }) => `${htmlUrl(label.repository, urls)}/labels/${encodeURIComponent(label.name)}`,
  },
  Milestone: {
    state: (milestone: Milestone) => milestone.state.toUpperCase(),
    issues: (milestone: Milestone, args, context) =>
      connection(context, 'issues', args, selectIssues(issuesWith(milestone.repository, { milestone }), args)),
    pullRequests: (milestone: Milestone, args, context) =>
      connection(context, 'pullRequests', args, selectPulls(pullsWith(milestone.repository, { milestone }), args)),
  },
  Release: {
    author: (release: Release) => (release.author.type === 'User' ? release.author : null),
    description: (release: Release) => release.body,
    isDraft: (release: Release) => release.draft,
    isPrerelease: (release: Release) => release.prerelease,
    isLatest: (release: Release) => latestRelease(release.repository) === release,
    tagName: (release: Release) => release.tag,
    tag: (release: Release) => refValue(release.repository, `refs/tags/${release.tag}`),
    tagCommit: (release: Release) => gitValue(release.repository, release.repository.git.resolve(`refs/tags/${release.tag}`)),
    url: (release: Release, _, { urls }) => `${htmlUrl(release.repository, urls)}/releases/tag/${release.tag}`,
    releaseAssets: (release: Release, args, context) => {
      const assets = release.assets.filter((asset) => args.name == null || asset.name === args.name);
      return connection(context, 'releaseAssets', args, assets);
    },
  },
  ReleaseAsset: { size: (asset: Asset) => asset.bytes.length, updatedAt: (asset: Asset) => asset.createdAt },
};

function nodeOf(context: Context, id: string): unknown {
  const known = context.state.nodes.get(id);
  if (known) {
    const { repository, issue } = known.value as { repository?: Repository; issue?: Issue };
    const home = repository ?? issue?.repository;
    if (!home || canSee(context.state, context.actor, home)) return known.value;
  }
  const [prefix, rest = ''] = id.split('_');
  const [number, sha = ''] = Buffer.from(rest, 'base64url').toString().split(':');
  const repository = [...context.state.repositories.values()].find((one) => one.id === Number(number));
  if (repository && canSee(context.state, context.actor, repository)) {
    const value = prefix === 'C' ? gitValue(repository, sha) : prefix === 'REF' ? refValue(repository, sha) : null;
    if (value) return value;
  }
  throw failure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}
