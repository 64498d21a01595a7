// Comments on issues and pull requests, and reactions to either.
import { issueOf, issueShape } from './issues.ts';
import { appOf, associationOf, htmlUrl, reactionsOf, repositoryUrl, userOf } from './present.ts';
import type { Account, App, Comment, Issue, Reaction, Repository } from './records.ts';
import { actingAccount, actingApp, type Call, found, invalid, notFound, page, Refusal, Reply, type Route, route } from './routing.ts';
import type { GitHubState, Urls } from './state.ts';

const READ = { needs: ['issues:read', 'pull_requests:read'] } as const;
// Whoever can read may comment and react.
const SPEAK = { needs: ['issues:write', 'pull_requests:write'], role: 'read' } as const;
const LONGEST = 65_536;

export function commentShape(state: GitHubState, comment: Comment, urls: Urls) {
  const { repository } = comment.issue;
  const url = `${repositoryUrl(repository, urls)}/issues/comments/${comment.id}`;
  const kind = comment.issue.pull ? 'pull' : 'issues';
  return {
    id: comment.id,
    node_id: comment.nodeId,
    url,
    html_url: `${htmlUrl(repository, urls)}/${kind}/${comment.issue.number}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(repository, urls)}/issues/${comment.issue.number}`,
    body: comment.body,
    user: userOf(comment.user, urls),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(state, repository, comment.user),
    reactions: reactionsOf(comment.reactions, url),
    performed_via_github_app: comment.app ? appOf(comment.app, urls) : null,
  };
}

export function createComment(state: GitHubState, issue: Issue, user: Account, app: App | null, body: string): Comment {
  if (body.length > LONGEST) throw invalid('IssueComment', 'body', 'unprocessable', `Body is too long (maximum is ${LONGEST} characters)`);
  if (issue.locked && state.role(issue.repository, user) === 'read')
    throw new Refusal(403, 'Unable to create comment because issue is locked.');
  const at = state.clock.iso();
  const comment = state.make('IssueComment', (made): Comment => {
    return {
      ...made,
      issue,
      user,
      app,
      body,
      createdAt: at,
      updatedAt: at,
      editor: null,
      lastEditedAt: null,
      reactions: [],
      minimized: null,
    };
  });
  issue.comments.push(comment);
  issue.updatedAt = at;
  emitComment(state, comment, 'created', user);
  return comment;
}

export function editComment(state: GitHubState, comment: Comment, by: Account, body: string): void {
  const from = comment.body;
  const at = state.clock.iso();
  Object.assign(comment, { body, updatedAt: at, lastEditedAt: at, editor: by });
  emitComment(state, comment, 'edited', by, { changes: { body: { from } } });
}

function emitComment(state: GitHubState, comment: Comment, action: string, sender: Account, more: object = {}): void {
  const payload = (urls: Urls) => ({ issue: issueShape(state, comment.issue, urls), comment: commentShape(state, comment, urls), ...more });
  state.emit({ name: 'issue_comment', action, repository: comment.issue.repository, sender, payload });
}

function commentOf(repository: Repository, id: string | undefined): Comment {
  const all = [...repository.issues.values()].flatMap((issue) => issue.comments);
  return found(all.find((comment) => comment.id === Number(id)));
}

function mayChange(call: Call, comment: Comment): void {
  const account = actingAccount(call.actor);
  if (account === comment.user || call.actor.kind === 'installation') return;
  if (!['write', 'maintain', 'admin'].includes(call.state.role(call.repository, account)))
    throw new Refusal(403, 'Must have admin rights to Repository.');
}

export function react(state: GitHubState, reactions: Reaction[], user: Account, content: string): { reaction: Reaction; made: boolean } {
  const known = reactions.find((one) => one.user === user && one.content === content);
  if (known) return { reaction: known, made: false };
  const reaction = state.make('Reaction', (made): Reaction => ({ ...made, user, content, createdAt: state.clock.iso() }));
  reactions.push(reaction);
  return { reaction, made: true };
}

function reactionShape(reaction: Reaction, urls: Urls) {
  return {
    id: reaction.id,
    node_id: reaction.nodeId,
    user: userOf(reaction.user, urls),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

function listReactions(call: Call, reactions: readonly Reaction[]): Reply {
  const content = call.query.get('content');
  return page(
    call,
    reactions.filter((one) => content === null || one.content === content),
    (one) => reactionShape(one, call.urls),
  );
}

function addReaction(call: Call<{ content: string }>, reactions: Reaction[]): Reply {
  const { reaction, made } = react(call.state, reactions, actingAccount(call.actor), call.body.content);
  return new Reply(made ? 201 : 200, reactionShape(reaction, call.urls), {}, made);
}

export const commentRoutes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', READ, (call) => {
    const since = call.query.get('since');
    const comments = issueOf(call.repository, call.params.issue_number).comments;
    const shown = comments.filter((one) => since === null || Date.parse(one.updatedAt) >= Date.parse(since));
    return page(call, shown, (one) => commentShape(call.state, one, call.urls));
  }),
  route<{ body: string }>(
    'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    SPEAK,
    (call) => {
      const issue = issueOf(call.repository, call.params.issue_number);
      const comment = createComment(call.state, issue, actingAccount(call.actor), actingApp(call.actor), call.body.body);
      return new Reply(201, commentShape(call.state, comment, call.urls));
    },
    'comment on #{issue_number}',
  ),
  route('GET /repos/{owner}/{repo}/issues/comments', READ, (call) => {
    const comments = [...call.repository.issues.values()].flatMap((issue) => issue.comments).sort((a, b) => a.id - b.id);
    const since = call.query.get('since');
    const shown = comments.filter((one) => since === null || Date.parse(one.updatedAt) >= Date.parse(since));
    return page(call, call.query.get('direction') === 'desc' ? shown.reverse() : shown, (one) => commentShape(call.state, one, call.urls));
  }),
  route('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', READ, (call) => {
    return commentShape(call.state, commentOf(call.repository, call.params.comment_id), call.urls);
  }),
  route<{ body: string }>(
    'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
    SPEAK,
    (call) => {
      const comment = commentOf(call.repository, call.params.comment_id);
      mayChange(call, comment);
      editComment(call.state, comment, actingAccount(call.actor), call.body.body);
      return commentShape(call.state, comment, call.urls);
    },
    'edit comment {comment_id}',
  ),
  route(
    'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
    SPEAK,
    (call) => {
      const comment = commentOf(call.repository, call.params.comment_id);
      mayChange(call, comment);
      comment.issue.comments.splice(comment.issue.comments.indexOf(comment), 1);
      emitComment(call.state, comment, 'deleted', actingAccount(call.actor));
      return new Reply(204);
    },
    'delete comment {comment_id}',
  ),
  route('GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', READ, (call) =>
    listReactions(call, commentOf(call.repository, call.params.comment_id).reactions),
  ),
  route<{ content: string }>(
    'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
    SPEAK,
    (call) => addReaction(call, commentOf(call.repository, call.params.comment_id).reactions),
    'react {body.content} to comment {comment_id}',
  ),
  route(
    'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}',
    SPEAK,
    (call) => {
      const { reactions } = commentOf(call.repository, call.params.comment_id);
      const at = reactions.findIndex((one) => one.id === Number(call.params.reaction_id));
      if (at === -1) throw notFound();
      reactions.splice(at, 1);
      return new Reply(204);
    },
    'take back a reaction to comment {comment_id}',
  ),
  route('GET /repos/{owner}/{repo}/issues/{issue_number}/reactions', READ, (call) =>
    listReactions(call, issueOf(call.repository, call.params.issue_number).reactions),
  ),
  route<{ content: string }>(
    'POST /repos/{owner}/{repo}/issues/{issue_number}/reactions',
    SPEAK,
    (call) => addReaction(call, issueOf(call.repository, call.params.issue_number).reactions),
    'react {body.content} to #{issue_number}',
  ),
];
