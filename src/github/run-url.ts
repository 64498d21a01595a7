// The workflow run that an address of GitHub's pages leads to. It is only read, never followed: others may have written it.

import type { Place } from './graphql.ts';

/** A job's number, which is its check's, too; null for any other address. */
export function jobOfUrl({ owner, name }: Pick<Place, 'owner' | 'name'>, url: string | null | undefined): number | null {
  const text = url ?? '';
  if (!URL.canParse(text)) return null;
  const found = /^\/([^/]+\/[^/]+)\/actions\/runs\/\d{1,15}\/job\/(\d{1,15})$/.exec(new URL(text).pathname);
  return found?.[1]?.toLowerCase() === `${owner}/${name}`.toLowerCase() ? Number(found[2]) : null;
}

/** The number of a run of this repository; null for any other address. */
export function runOfUrl({ owner, name }: Pick<Place, 'owner' | 'name'>, url: string | null | undefined): number | null {
  const text = url ?? '';
  if (!URL.canParse(text)) return null;
  const found = /^\/([^/]+\/[^/]+)\/actions\/runs\/(\d{1,15})(?:\/|$)/.exec(new URL(text).pathname);
  return found?.[1]?.toLowerCase() === `${owner}/${name}`.toLowerCase() ? Number(found[2]) : null;
}
