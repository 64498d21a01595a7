// Pull requests, commits and people: what is asked of GitHub about them, and how its answer is read. GraphQL and REST call the same things
// by different names; beyond this file there is one.

import type { Commit, Person } from '../core/change.ts';
import type { PullSeen } from '../flows/github-port.ts';
import type { RawAccount } from './actors.ts';
import { type Beginning, type List, nodesOf, PAGE_INFO } from './graphql.ts';

export interface RawActor {
  readonly __typename: string;
  readonly login: string;
}

export interface RawPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'OPEN' | 'CLOSED' | 'MERGED';
  readonly url: string;
  readonly headRefName: string;
  readonly headRefOid: string;
  /** Null where the fork was deleted. */
  readonly headRepository: { readonly nameWithOwner: string } | null;
  readonly baseRefName: string;
  readonly mergeCommit: { readonly oid: string } | null;
  /** Null where the account was deleted. */
  readonly author: RawActor | null;
  readonly authorAssociation: string;
  readonly labels: List<{ readonly name: string }> | null;
  /** Asked for where it matters when the text was written. */
  readonly createdAt?: string;
  readonly lastEditedAt?: string | null;
}

/** A pull request has at most 100 labels (documented), so that one page is all of them. */
export const PULL = `number title body state url headRefName headRefOid headRepository { nameWithOwner } baseRefName mergeCommit { oid }
  author { __typename login } authorAssociation labels(first: 100) { nodes { name } ${PAGE_INFO} }`;

export function pullOf(raw: RawPull): PullSeen {
  const state = raw.state === 'MERGED' ? 'merged' : raw.state === 'OPEN' ? 'open' : 'closed';
  return {
    number: raw.number,
    title: raw.title,
    body: raw.body,
    state,
    labels: nodesOf(raw.labels).map((label) => label.name),
    head: { ref: raw.headRefName, sha: raw.headRefOid, repository: raw.headRepository?.nameWithOwner ?? null },
    base: raw.baseRefName,
    mergeSha: state === 'merged' ? (raw.mergeCommit?.oid ?? null) : null,
    author: personOf(raw.author),
    firstTime: isFirst(raw.authorAssociation),
    url: raw.url,
    ...(raw.createdAt === undefined ? {} : { writtenAt: raw.lastEditedAt ?? raw.createdAt }),
  };
}

/** The labels of which only some came. */
export function labelsOf(raw: RawPull): Beginning[] {
  if (raw.labels === null) return [];
  return [{ owner: `pullRequest(number: ${raw.number})`, field: 'labels', selection: 'name', list: raw.labels }];
}

/** REST's pull request: `pulls` and `pulls/{number}` alike, of which the list has no `merged`. */
export interface RestPull {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly html_url: string;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly labels: readonly { readonly name: string }[];
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly ref: string };
  readonly user: { readonly login: string } | null;
  readonly author_association: string;
}

export function pullOfRest(raw: RestPull): PullSeen {
  const state = raw.merged_at !== null ? 'merged' : raw.state === 'open' ? 'open' : 'closed';
  return {
    number: raw.number,
    title: raw.title,
    body: raw.body ?? '',
    state,
    labels: raw.labels.map((label) => label.name),
    head: { ref: raw.head.ref, sha: raw.head.sha, repository: raw.head.repo?.full_name ?? null },
    base: raw.base.ref,
    // Of an open pull request it is a test merge, which no branch has.
    mergeSha: state === 'merged' ? raw.merge_commit_sha : null,
    author: raw.user === null ? GHOST : { name: raw.user.login, login: raw.user.login },
    firstTime: isFirst(raw.author_association),
    url: raw.html_url,
  };
}

function isFirst(association: string): boolean {
  return association === 'FIRST_TIMER' || association === 'FIRST_TIME_CONTRIBUTOR';
}

/** As GitHub shows a deleted account; without the login, which is somebody's. */
const GHOST: Person = { name: 'ghost' };

/** REST writes bots with `[bot]`, GraphQL without: here as REST. */
export function personOf(actor: RawActor | null): Person {
  if (actor === null) return GHOST;
  const login = actor.__typename === 'Bot' && !actor.login.endsWith('[bot]') ? `${actor.login}[bot]` : actor.login;
  return { name: login, login };
}

export interface RawGitActor {
  readonly name: string | null;
  readonly email: string | null;
  readonly user: RawAccount | null;
}

export interface RawCommit {
  readonly oid: string;
  readonly message: string;
  readonly authoredDate: string;
  readonly author: RawGitActor | null;
  readonly parents: List<{ readonly oid: string }>;
}

const GIT_ACTOR = 'name email user { __typename login databaseId }';

export const COMMIT = `oid message authoredDate author { ${GIT_ACTOR} } parents(first: 10) { nodes { oid } ${PAGE_INFO} }`;

export function parentsOf(raw: RawCommit): Beginning {
  return { owner: `object(oid: "${raw.oid}")`, on: 'Commit', field: 'parents', selection: 'oid', list: raw.parents };
}

export function commitOf(raw: RawCommit): Commit {
  return {
    sha: raw.oid,
    parents: nodesOf(raw.parents).map((parent) => parent.oid),
    author: gitPersonOf(raw.author),
    date: raw.authoredDate,
    ...splitMessage(raw.message),
  };
}

/** A commit with who made it, as GitHub reads its trailers, and the pull requests that it came by. */
export interface RawRangeCommit extends RawCommit {
  readonly committedDate: string;
  readonly committer: RawGitActor | null;
  readonly authors: List<RawGitActor>;
  readonly associatedPullRequests: List<RawPull> | null;
}

export const RANGE_COMMIT = `${COMMIT} committedDate committer { ${GIT_ACTOR} } authors(first: 10) { nodes { ${GIT_ACTOR} } ${PAGE_INFO} }
  associatedPullRequests(first: 5) { nodes { ${PULL} } ${PAGE_INFO} }`;

/** A commit of a long-lived branch may be in hundreds of pull requests; the oldest, which come first, are those that brought it. */
const MOST_PULLS = 50;

/** The lists of which only some came. */
export function listsOf(raw: RawRangeCommit): Beginning[] {
  const commit = { owner: `object(oid: "${raw.oid}")`, on: 'Commit' };
  const pulls = { ...commit, field: 'associatedPullRequests', selection: PULL, upTo: MOST_PULLS, size: 10 };
  return [
    parentsOf(raw),
    { ...commit, field: 'authors', selection: GIT_ACTOR, list: raw.authors },
    ...(raw.associatedPullRequests === null ? [] : [{ ...pulls, list: raw.associatedPullRequests }]),
  ];
}

export function gitPersonOf(actor: RawGitActor | null): Person {
  const { name, email, user } = actor ?? { name: null, email: null, user: null };
  return {
    name: name ?? user?.login ?? 'unknown',
    ...(email === null || email === '' ? {} : { email }),
    ...(user === null ? {} : { login: user.login }),
  };
}

/** What a rebase keeps of a commit. A squash is written anew, at the time of the merge. */
export type Written = Pick<RawCommit, 'message' | 'authoredDate'>;

export function isRebaseOf(commit: Written, original: Written | undefined): boolean {
  return commit.message === original?.message && commit.authoredDate === original.authoredDate;
}

/** As git reads a message: blank lines before it, white space after it and the line ends of Windows do not count. */
export function splitMessage(message: string): { readonly subject: string; readonly body: string } {
  const text = message.replaceAll('\r\n', '\n').trim();
  const cut = text.indexOf('\n');
  if (cut === -1) return { subject: text, body: '' };
  // Blank lines between the two go; an indented first line of the body keeps its indent.
  let from = cut + 1;
  for (let at = from; at < text.length && /\s/.test(text[at] as string); at += 1) if (text[at] === '\n') from = at + 1;
  return { subject: text.slice(0, cut).trimEnd(), body: text.slice(from) };
}
