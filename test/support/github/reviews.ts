// Reviews of pull requests and who was asked for one.

import { associationOf, htmlUrl, repositoryUrl, userOf } from './present.ts';
import { pullSimple, requestedReviewersOf } from './pull-shape.ts';
import { emitPull, pullFull, pullOf } from './pulls.ts';
import type { Account, Pull, Review } from './records.ts';
import { actingAccount, found, page, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState, Urls } from './state.ts';

export type ReviewEvent = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

export function reviewShape(state: GitHubState, review: Review, urls: Urls) {
  const { repository, number } = review.pull.issue;
  const html = `${htmlUrl(repository, urls)}/pull/${number}#pullrequestreview-${review.id}`;
  const pullUrl = `${repositoryUrl(repository, urls)}/pulls/${number}`;
  return {
    id: review.id,
    node_id: review.nodeId,
    user: userOf(review.user, urls),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(state, repository, review.user),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    ...(review.submittedAt === null ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commit,
  };
}

export function createReview(
  state: GitHubState,
  pull: Pull,
  user: Account,
  event: ReviewEvent,
  body: string,
  commit = pull.head.sha,
): Review {
  const own = event === 'COMMENT' ? null : event === 'APPROVE' ? 'approve' : 'request changes on';
  if (own && pull.issue.user === user) {
    throw new Refusal(422, 'Unprocessable Entity', { errors: [`Can not ${own} your own pull request`] });
  }
  const at = state.clock.iso();
  const review = state.make('PullRequestReview', (made): Review => {
    return { ...made, pull, user, state: STATES[event], body, commit, submittedAt: at, lastEditedAt: null };
  });
  pull.reviews.push(review);
  pull.requestedReviewers = pull.requestedReviewers.filter((one) => one !== user);
  pull.issue.updatedAt = at;
  emitReview(state, review, 'submitted', user);
  return review;
}

export function dismissReview(state: GitHubState, review: Review, by: Account): void {
  review.state = 'DISMISSED';
  emitReview(state, review, 'dismissed', by);
}

function emitReview(state: GitHubState, review: Review, action: string, sender: Account): void {
  const { repository } = review.pull.issue;
  const payload = (urls: Urls) => ({
    // States are lower-case in webhooks and upper-case in REST.
    review: { ...reviewShape(state, review, urls), state: review.state.toLowerCase(), submitted_at: review.submittedAt },
    pull_request: pullSimple(state, repository, review.pull, urls),
  });
  state.emit({ name: 'pull_request_review', action, repository, sender, payload });
}

/** Each person's last review that is an opinion: what `latestOpinionatedReviews` and branch protection look at. */
export function opinions(pull: Pull): Review[] {
  const latest = new Map<string, Review>();
  for (const review of pull.reviews) if (review.state !== 'COMMENTED' && review.state !== 'PENDING') latest.set(review.user.login, review);
  return [...latest.values()];
}

export const reviewRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', 'pull_requests:read', (call) => {
    return page(call, pullOf(call.repository, call.params.pull_number).reviews, (review) => reviewShape(call.state, review, call.urls));
  }),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', 'pull_requests:read', (call) => {
    const { reviews } = pullOf(call.repository, call.params.pull_number);
    return reviewShape(call.state, found(reviews.find((one) => one.id === Number(call.params.review_id))), call.urls);
  }),
  route<{ event?: ReviewEvent; body?: string; commit_id?: string }>(
    'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    { needs: 'pull_requests:write', role: 'read' },
    (call) => {
      const pull = pullOf(call.repository, call.params.pull_number);
      const { event = 'COMMENT', body = '', commit_id } = call.body;
      return reviewShape(call.state, createReview(call.state, pull, actingAccount(call.actor), event, body, commit_id), call.urls);
    },
    'review #{pull_number}: {body.event}',
  ),
  route<{ message: string }>(
    'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals',
    'pull_requests:write',
    (call) => {
      const { reviews } = pullOf(call.repository, call.params.pull_number);
      const review = found(reviews.find((one) => one.id === Number(call.params.review_id)));
      dismissReview(call.state, review, actingAccount(call.actor));
      return reviewShape(call.state, review, call.urls);
    },
    'dismiss review {review_id} of #{pull_number}',
  ),
  route('GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', 'pull_requests:read', (call) => {
    return requestedReviewersOf(pullOf(call.repository, call.params.pull_number), call.urls);
  }),
  route<{ reviewers?: string[]; team_reviewers?: string[] }>(
    'POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers',
    'pull_requests:write',
    (call) => {
      const { state, repository } = call;
      const pull = pullOf(repository, call.params.pull_number);
      for (const login of call.body.reviewers ?? []) {
        const account = state.accounts.get(login.toLowerCase());
        if (!account || state.role(repository, account) === 'none')
          throw new Refusal(422, 'Reviews may only be requested from collaborators.');
        if (account === pull.issue.user) throw new Refusal(422, 'Review cannot be requested from pull request author.');
        if (!pull.requestedReviewers.includes(account)) pull.requestedReviewers.push(account);
        emitPull(state, repository, pull, 'review_requested', actingAccount(call.actor), {
          requested_reviewer: userOf(account, call.urls),
        });
      }
      for (const slug of call.body.team_reviewers ?? []) {
        const team = state.teams.get(`${repository.owner.login}/${slug}`);
        if (!team) throw new Refusal(422, 'Could not resolve to a node with the global id of the team.');
        if (!pull.requestedTeams.includes(team)) pull.requestedTeams.push(team);
      }
      return new Reply(201, pullFull(state, repository, pull, call.urls));
    },
    'ask {body.reviewers}{body.team_reviewers} to review #{pull_number}',
  ),
];
