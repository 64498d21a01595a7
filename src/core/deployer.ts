// Whose word it is that a deployment succeeded, and whether that proves anything: whoever may write to a repository can post a deployment
// and its success (docs/decisions/0011-proof-of-a-deployment.md).

/** Who said how a deployment went. */
export interface Poster {
  readonly login: string;
  readonly id: number;
  /** Slug of the App that said it, `github-actions` for a job of a workflow; null: a person did, or whoever has their token. */
  readonly app: string | null;
}

interface Said {
  readonly state: string;
  /** Null: GitHub does not say. Absent: it was not looked for, and counts as it did before anybody did. */
  readonly by?: Poster | null;
}

/** An App's word counts, and that of the accounts that the policy names. */
export function isBelieved(by: Poster | null | undefined, deployers: readonly string[] = []): boolean {
  if (by === undefined) return true;
  return by !== null && (by.app !== null || deployers.some((one) => one.toLowerCase() === by.login.toLowerCase()));
}

/** No word of GitHub's, so that it counts as nothing. */
const BY_HAND = 'by-hand';

/** The deployment without the successes that prove nothing. What ends one counts whoever says it: it opens nothing. */
export function believedPart<T extends { readonly state: string; readonly statuses: readonly Said[] }>(
  one: T,
  deployers: readonly string[],
): T {
  const statuses = one.statuses.filter(({ state, by }) => state !== 'success' || isBelieved(by, deployers));
  if (statuses.length === one.statuses.length) return one;
  return { ...one, statuses, state: statuses.at(-1)?.state ?? BY_HAND };
}

/** Who posted a success that proves nothing; undefined: there is none. */
export function byHandOf({ statuses }: { readonly statuses: readonly Said[] }, deployers: readonly string[]): Poster | null | undefined {
  const success = statuses.findLast(({ state, by }) => state === 'success' && !isBelieved(by, deployers));
  return success === undefined ? undefined : (success.by ?? null);
}
