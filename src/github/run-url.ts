// The workflow run that an address of GitHub's pages leads to. It is only read, never followed: others may have written it.

import type { Place } from './graphql.ts';

/**
 * A job's number, which is its check's, too; null for any other address. Of whatever repository: this one may have had another name then, and
 * the check is looked for in this one alone.
 */
export function jobOfUrl(url: string | null | undefined): number | null {
  const found = /^\/[^/]+\/[^/]+\/actions\/runs\/\d{1,15}\/job\/(\d{1,15})$/.exec(pathOf(url));
  return found === null ? null : Number(found[1]);
}

/** The number of a run of this repository; null for any other address. */
export function runOfUrl({ owner, name }: Pick<Place, 'owner' | 'name'>, url: string | null | undefined): number | null {
  const found = /^\/([^/]+\/[^/]+)\/actions\/runs\/(\d{1,15})(?:\/|$)/.exec(pathOf(url));
  return found?.[1]?.toLowerCase() === `${owner}/${name}`.toLowerCase() ? Number(found[2]) : null;
}

/** Whether it is the address of a run by its form, in whatever repository. */
export function isRunUrl(url: string | null | undefined): boolean {
  return /^\/[^/]+\/[^/]+\/actions\/runs\/\d{1,15}(?:\/|$)/.test(pathOf(url));
}

function pathOf(url: string | null | undefined): string {
  const text = url ?? '';
  return URL.canParse(text) ? new URL(text).pathname : '';
}
