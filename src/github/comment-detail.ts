// One comment with all that decides whether it may command: whose it is, which app wrote it, and whether it was changed since.

import type { CommentDetail } from '../flows/app-port.ts';
import { GitHubProblem, type Observed } from '../flows/github-port.ts';
import { ask, type Place } from './graphql.ts';
import { observe } from './pull.ts';
import { at, orGone } from './rest.ts';

const READ = { needs: 'issues: read and pull-requests: read' } as const;
const WRITE = { needs: 'issues: write and pull-requests: write' } as const;
const EDITED = 'query ($id: ID!) { node(id: $id) { ... on IssueComment { lastEditedAt } } }';

interface RawComment {
  readonly id: number | bigint;
  readonly node_id: string;
  readonly body?: string;
  readonly issue_url: string;
  readonly created_at: string;
  readonly user: { readonly login: string; readonly id: number | bigint; readonly type: string } | null;
  readonly performed_via_github_app?: { readonly slug?: string } | null;
}

/**
 * Null: it is gone. REST knows the app, only GraphQL when the text was edited (`updated_at` moves for other reasons too); in this order an
 * edit between the two makes it edited, never an unedited comment with another text.
 */
export async function readComment(place: Place, id: number): Promise<Observed<CommentDetail | null>> {
  return observe(async () => {
    const route = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}';
    const found = await orGone(place.octokit.request(route, { ...at(place), comment_id: id, request: READ }));
    if (found === null) return null;
    const raw: RawComment = found.data;
    const how = { ...READ, partial: true };
    const { node } = await ask<{ node: { lastEditedAt?: string | null } | null }>(place, EDITED, { id: raw.node_id }, how);
    return node === null ? null : detailOf(raw, node.lastEditedAt);
  });
}

function detailOf(raw: RawComment, lastEditedAt: string | null | undefined): CommentDetail {
  const issue = /\/issues\/(\d+)$/.exec(raw.issue_url)?.[1];
  if (raw.user === null || issue === undefined || lastEditedAt === undefined) {
    throw new GitHubProblem('unavailable', `GitHub does not tell who wrote the comment ${raw.id}, where, and whether it was edited.`);
  }
  const { login, id, type } = raw.user;
  return {
    id: Number(raw.id),
    issue: Number(issue),
    body: raw.body ?? '',
    author: { login, id: Number(id), bot: type !== 'User' },
    app: raw.performed_via_github_app?.slug ?? null,
    createdAt: raw.created_at,
    edited: lastEditedAt !== null,
  };
}

export async function updateComment(place: Place, id: number, body: string): Promise<void> {
  const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';
  await place.octokit.request(route, { ...at(place), comment_id: id, body, request: { ...WRITE, repeatable: true } });
}

/** Decoration: what goes wrong with it must not hold up what it decorates. GitHub keeps one reaction of a kind from each account. */
export async function react(place: Place, comment: number, content: 'eyes' | 'rocket' | 'confused'): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions';
  try {
    await place.octokit.request(route, { ...at(place), comment_id: comment, content, request: WRITE });
  } catch {
    // Nobody waits for it; what is wrong with the token or with GitHub shows in the next thing that matters.
  }
}
