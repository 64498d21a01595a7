// Comments and labels of pull requests and issues: our own found among all, and made so that a repeated run does not say things twice.

import { type CommentSeen, GitHubProblem } from '../flows/github-port.ts';
import { askRepository, type List, nodesOf, type Place } from './graphql.ts';
import { at, orNull } from './rest.ts';
import { isSameText } from './same-text.ts';
import { verified } from './verified.ts';

interface RawComment {
  /** A number too large for GraphQL's Int is sent as text. */
  readonly fullDatabaseId: string | number | null;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
}

interface RawComments extends List<RawComment> {
  readonly pageInfo: List<RawComment>['pageInfo'] & { readonly hasPreviousPage: boolean; readonly startCursor: string | null };
}

const READ = { needs: 'issues: read and pull-requests: read', partial: true } as const;
const NUMBERS_A_CALL = 50;
const COMMENTS = '{ nodes { fullDatabaseId body viewerDidAuthor } pageInfo { hasPreviousPage startCursor hasNextPage endCursor } }';

export async function readOwnComments(place: Place, numbers: readonly number[]): Promise<ReadonlyMap<number, readonly CommentSeen[]>> {
  const found = new Map<number, CommentSeen[]>();
  let asked: { readonly number: number; readonly before: string | null }[] = [...new Set(numbers)].map((number) => ({
    number,
    before: null,
  }));
  // Newest page first; most have no other.
  while (asked.length > 0) {
    const next: typeof asked = [];
    for (let from = 0; from < asked.length; from += NUMBERS_A_CALL) {
      const some = asked.slice(from, from + NUMBERS_A_CALL);
      const parts = some.map(({ number, before }) => {
        const list = `comments(last: 100${before === null ? '' : `, before: ${JSON.stringify(before)}`}) ${COMMENTS}`;
        return `n${number}: issueOrPullRequest(number: ${number}) { ... on Issue { ${list} } ... on PullRequest { ${list} } }`;
      });
      const data = await askRepository<Record<string, { comments?: RawComments } | null>>(place, parts.join(' '), { how: READ });
      for (const { number } of some) {
        const list = data[`n${number}`]?.comments;
        if (list === undefined) continue;
        const own = nodesOf(list).filter((comment) => comment.viewerDidAuthor);
        found.set(number, [...own.map(commentOf), ...(found.get(number) ?? [])]);
        if (list.pageInfo.hasPreviousPage) next.push({ number, before: list.pageInfo.startCursor });
      }
    }
    asked = next;
  }
  return found;
}

function commentOf(raw: RawComment): CommentSeen {
  const id = Number(raw.fullDatabaseId ?? Number.NaN);
  if (!Number.isSafeInteger(id)) throw new GitHubProblem('unavailable', 'GitHub does not tell the id of a comment. Try again.');
  return { id, body: raw.body, own: raw.viewerDidAuthor };
}

const WRITE = { needs: 'issues: write and pull-requests: write' } as const;

export async function writeComment(place: Place, number: number, body: string): Promise<CommentSeen> {
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const write = async () => {
    const { data } = await place.octokit.request(route, { ...at(place), issue_number: number, body, request: WRITE });
    return { id: Number(data.id), body: data.body ?? body, own: true };
  };
  const look = async () => (await readOwnComments(place, [number])).get(number)?.findLast((one) => isSameText(one.body, body)) ?? null;
  return verified(place, write, look);
}

/** What is gone already is as it should be. */
export async function deleteComment(place: Place, id: number): Promise<void> {
  const route = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}';
  await orNull(place.octokit.request(route, { ...at(place), comment_id: id, request: { ...WRITE, repeatable: true } }));
}

export async function addLabels(place: Place, number: number, labels: readonly string[]): Promise<void> {
  if (labels.length === 0) return;
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels';
  const request = { ...WRITE, repeatable: true };
  await place.octokit.request(route, { ...at(place), issue_number: number, labels: [...labels], request });
}
