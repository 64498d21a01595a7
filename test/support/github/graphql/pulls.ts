// Pull requests, issues, their comments and reviews over GraphQL.

import { commitsOfPull } from '../commits.ts';
import { changedFiles } from '../git/diff.ts';
import { associationOf, htmlUrl } from '../present.ts';
import { mergeability } from '../pulls.ts';
import type { Comment, Issue, Pull, Reaction, Review } from '../records.ts';
import { opinions } from '../reviews.ts';
import { ROLES } from '../state.ts';
import { rollupOf } from './commits.ts';
import { stateOf } from './repository.ts';
import { type Context, connection, type GitValue, gitValue, type Resolvers, refValue } from './shape.ts';

const issueUrl = (issue: Issue, { urls }: Context) =>
  `${htmlUrl(issue.repository, urls)}/${issue.pull ? 'pull' : 'issues'}/${issue.number}`;
const association = (issue: Issue, { state }: Context) => associationOf(state, issue.repository, issue.user);

function filesOf({ issue, base, head, merged }: Pull) {
  const { git } = issue.repository;
  const from = merged ? base.sha : (git.head(base.ref) ?? base.sha);
  return changedFiles(git, git.mergeBase(from, head.sha), head.sha);
}

const PATCH_STATUS = { added: 'ADDED', removed: 'DELETED', modified: 'MODIFIED', renamed: 'RENAMED', changed: 'CHANGED' } as const;
const KINDS = {
  '+1': 'THUMBS_UP',
  '-1': 'THUMBS_DOWN',
  laugh: 'LAUGH',
  hooray: 'HOORAY',
  confused: 'CONFUSED',
  heart: 'HEART',
  rocket: 'ROCKET',
  eyes: 'EYES',
};

const reactable = {
  reactions: (subject: { reactions: readonly Reaction[] }, args: { first?: number }, context: Context) => {
    const shown = subject.reactions.map((one) => ({ ...one, content: KINDS[one.content as keyof typeof KINDS], databaseId: one.id }));
    return connection(context, 'reactions', args, shown, { viewerHasReacted: false });
  },
};

export const pullResolvers: Resolvers = {
  PullRequest: {
    number: ({ issue }: Pull) => issue.number,
    title: ({ issue }: Pull) => issue.title,
    body: ({ issue }: Pull) => issue.body ?? '',
    bodyText: ({ issue }: Pull) => issue.body ?? '',
    author: ({ issue }: Pull) => issue.user,
    authorAssociation: ({ issue }: Pull, _, context) => association(issue, context),
    createdAt: ({ issue }: Pull) => issue.createdAt,
    updatedAt: ({ issue }: Pull) => issue.updatedAt,
    lastEditedAt: ({ issue }: Pull) => issue.lastEditedAt,
    closedAt: ({ issue }: Pull) => issue.closedAt,
    closed: ({ issue }: Pull) => issue.state === 'closed',
    locked: ({ issue }: Pull) => issue.locked,
    state: stateOf,
    isDraft: (pull: Pull) => pull.draft,
    url: ({ issue }: Pull, _, context) => issueUrl(issue, context),
    permalink: ({ issue }: Pull, _, context) => issueUrl(issue, context),
    repository: ({ issue }: Pull) => issue.repository,
    baseRepository: ({ issue }: Pull) => issue.repository,
    baseRef: ({ issue, base }: Pull) => refValue(issue.repository, `refs/heads/${base.ref}`),
    baseRefName: ({ base }: Pull) => base.ref,
    baseRefOid: ({ base }: Pull) => base.sha,
    headRepository: ({ head }: Pull) => head.repository,
    headRepositoryOwner: ({ head }: Pull) => head.repository.owner,
    headRef: ({ head }: Pull) => refValue(head.repository, `refs/heads/${head.ref}`),
    headRefName: ({ head }: Pull) => head.ref,
    headRefOid: ({ head }: Pull) => head.sha,
    isCrossRepository: ({ issue, head }: Pull) => issue.repository !== head.repository,
    isInMergeQueue: () => false,
    mergeQueueEntry: () => null,
    merged: ({ merged }: Pull) => merged !== null,
    mergedAt: ({ merged }: Pull) => merged?.at ?? null,
    mergedBy: ({ merged }: Pull) => merged?.by ?? null,
    mergeCommit: ({ issue, merged }: Pull) => gitValue(issue.repository, merged?.sha ?? null),
    potentialMergeCommit: (pull: Pull) => {
      mergeability(pull.issue.repository, pull);
      return gitValue(pull.issue.repository, pull.issue.repository.git.refs.read(`refs/pull/${pull.issue.number}/merge`));
    },
    mergeable: (pull: Pull) =>
      ({ true: 'MERGEABLE', false: 'CONFLICTING', null: 'UNKNOWN' })[String(mergeability(pull.issue.repository, pull).mergeable)],
    mergeStateStatus: (pull: Pull) => mergeability(pull.issue.repository, pull).state.toUpperCase(),
    maintainerCanModify: (pull: Pull) => pull.maintainerCanModify,
    labels: ({ issue }: Pull, args, context) => connection(context, 'labels', args, issue.labels),
    milestone: ({ issue }: Pull) => issue.milestone,
    assignees: ({ issue }: Pull, args, context) => connection(context, 'assignees', args, issue.assignees),
    comments: ({ issue }: Pull, args, context) => connection(context, 'comments', args, issue.comments),
    commits: (pull: Pull, args, context) => {
      const { repository } = pull.issue;
      const commits = commitsOfPull(repository, pull).map((sha) => ({
        id: `PRC_${sha}`,
        commit: gitValue(repository, sha),
        pullRequest: pull,
      }));
      return connection(context, 'commits', args, commits);
    },
    files: (pull: Pull, args, context) => {
      const files = filesOf(pull).map((file) => ({
        path: file.path,
        additions: file.additions,
        deletions: file.deletions,
        changeType: PATCH_STATUS[file.status],
      }));
      return connection(context, 'files', args, files);
    },
    additions: (pull: Pull) => filesOf(pull).reduce((sum, file) => sum + file.additions, 0),
    deletions: (pull: Pull) => filesOf(pull).reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: (pull: Pull) => filesOf(pull).length,
    reviews: (pull: Pull, args, context) => {
      const chosen = pull.reviews.filter(
        (review) => (!args.states || args.states.includes(review.state)) && (!args.author || review.user.login === args.author),
      );
      return connection(context, 'reviews', args, chosen);
    },
    latestReviews: (pull: Pull, args, context) => {
      return connection(context, 'latestReviews', args, [...new Map(pull.reviews.map((review) => [review.user.login, review])).values()]);
    },
    latestOpinionatedReviews: (pull: Pull, args: { writersOnly?: boolean; first?: number }, context) => {
      const chosen = opinions(pull).filter((review) => !args.writersOnly || canWrite(review, context));
      return connection(context, 'latestOpinionatedReviews', args, chosen);
    },
    // Null where the base branch asks for no review (documented).
    reviewDecision: (pull: Pull) => {
      const rule = pull.issue.repository.protectedBranches.get(pull.base.ref);
      if (!rule || rule.requiredApprovals === 0) return null;
      const all = opinions(pull);
      if (all.some((review) => review.state === 'CHANGES_REQUESTED')) return 'CHANGES_REQUESTED';
      return all.filter((review) => review.state === 'APPROVED').length >= rule.requiredApprovals ? 'APPROVED' : 'REVIEW_REQUIRED';
    },
    reviewRequests: (pull: Pull, args, context) => {
      const asked = [...pull.requestedReviewers, ...pull.requestedTeams].map((one) => ({
        id: `RR_${one.id}`,
        requestedReviewer: one,
        pullRequest: pull,
        asCodeOwner: false,
      }));
      return connection(context, 'reviewRequests', args, asked);
    },
    statusCheckRollup: (pull: Pull) => rollupOf(gitValue(pull.issue.repository, pull.head.sha) as GitValue),
    ...Object.fromEntries(
      Object.entries(reactable).map(([name, resolve]) => [name, ({ issue }: Pull, args, context) => resolve(issue, args, context)]),
    ),
  },
  Issue: {
    body: (issue: Issue) => issue.body ?? '',
    author: (issue: Issue) => issue.user,
    authorAssociation: (issue: Issue, _, context) => association(issue, context),
    state: (issue: Issue) => issue.state.toUpperCase(),
    stateReason: (issue: Issue) => issue.stateReason?.toUpperCase() ?? null,
    closed: (issue: Issue) => issue.state === 'closed',
    url: (issue: Issue, _, context) => issueUrl(issue, context),
    labels: (issue: Issue, args, context) => connection(context, 'labels', args, issue.labels),
    assignees: (issue: Issue, args, context) => connection(context, 'assignees', args, issue.assignees),
    comments: (issue: Issue, args, context) => connection(context, 'comments', args, issue.comments),
    ...reactable,
  },
  IssueComment: {
    author: (comment: Comment) => comment.user,
    authorAssociation: (comment: Comment, _, { state }) => associationOf(state, comment.issue.repository, comment.user),
    bodyText: (comment: Comment) => comment.body,
    includesCreatedEdit: (comment: Comment) => comment.lastEditedAt !== null,
    publishedAt: (comment: Comment) => comment.createdAt,
    isMinimized: (comment: Comment) => comment.minimized !== null,
    minimizedReason: (comment: Comment) => comment.minimized,
    pullRequest: (comment: Comment) => comment.issue.pull,
    repository: (comment: Comment) => comment.issue.repository,
    url: (comment: Comment, _, context) => `${issueUrl(comment.issue, context)}#issuecomment-${comment.id}`,
    viewerDidAuthor: (comment: Comment, _, { actor }) =>
      (actor.kind === 'user' ? actor.account : actor.kind === 'installation' ? actor.app.bot : null) === comment.user,
    ...reactable,
  },
  PullRequestReview: {
    author: (review: Review) => review.user,
    authorAssociation: (review: Review, _, { state }) => associationOf(state, review.pull.issue.repository, review.user),
    authorCanPushToRepository: (review: Review, _, context) => canWrite(review, context),
    commit: (review: Review) => gitValue(review.pull.issue.repository, review.commit),
    createdAt: (review: Review) => review.submittedAt,
    updatedAt: (review: Review) => review.lastEditedAt ?? review.submittedAt,
    publishedAt: (review: Review) => review.submittedAt,
    includesCreatedEdit: (review: Review) => review.lastEditedAt !== null,
    editor: () => null,
    pullRequest: (review: Review) => review.pull,
    repository: (review: Review) => review.pull.issue.repository,
    url: (review: Review, _, context) => `${issueUrl(review.pull.issue, context)}#pullrequestreview-${review.id}`,
    onBehalfOf: (review: Review, args, context) => {
      const teams = [...context.state.teams.values()].filter(
        (team) => review.pull.requestedTeams.includes(team) && team.members.has(review.user.login),
      );
      return connection(context, 'onBehalfOf', args, teams);
    },
  },
};

function canWrite(review: Review, { state }: Context): boolean {
  return ROLES.indexOf(state.role(review.pull.issue.repository, review.user)) >= ROLES.indexOf('write');
}
