// REST as this adapter uses it: lists to their last page, and things that may not be there.

import { GitHubProblem } from '../flows/github-port.ts';
import type { Place } from './graphql.ts';

/** The parameters that every route of a repository has. */
export function at({ owner, name }: Place): { readonly owner: string; readonly repo: string } {
  return { owner, repo: name };
}

/** Page after page while GitHub says that there is a next one. Its address is not followed, only counted up to. */
export async function* pagesOf<R extends { readonly headers: { readonly link?: string } }>(
  read: (page: number) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  for (let page = 1; ; page += 1) {
    const response = await read(page);
    yield response;
    if (!/;\s*rel="?next"?/.test(response.headers.link ?? '')) return;
  }
}

/** A list that an answer holds, or no answer: what is no list must not pass for an empty one. */
export function listOf<T>(value: readonly T[] | undefined, what: string): readonly T[] {
  if (Array.isArray(value)) return value;
  throw new GitHubProblem('unavailable', `GitHub's answer has no list of ${what}. Try again.`);
}

/** Null for what is not there. */
export async function orNull<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof GitHubProblem && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Null for what is not there, or is there no more: of deleted issues and their comments GitHub says 410. */
export async function orGone<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await orNull(read);
  } catch (error) {
    if (error instanceof GitHubProblem && error.status === 410) return null;
    throw error;
  }
}
