// What people were last shown of a line's next release, and whether it still is what would be released: a release is published only as it
// was shown (docs/decisions/0009-publish-what-was-shown.md).

/** The plan that somebody agreed to. */
export interface Expected {
  /** The commit at the line's head. */
  readonly head: string;
  readonly version: string;
}

export interface Shown extends Expected {
  readonly tag: string;
  /** An answer to `/release plan`, the draft release, or the release pull request. */
  readonly where: 'plan' | 'draft' | 'pull';
  /** Since when it has looked like that, by GitHub's clock, in ISO 8601; null where GitHub does not say. */
  readonly at: string | null;
  /** The release pull request as it was then. */
  readonly pull: { readonly number: number; readonly head: string } | null;
}

/** True if the plan is still exactly that one, and may be released. */
export function isExpected(
  { plan, head }: { readonly plan: { readonly version: string | null; readonly objections: readonly unknown[] }; readonly head: string },
  expected: Expected,
): boolean {
  return plan.version !== null && plan.version === expected.version && head === expected.head && plan.objections.length === 0;
}

/**
 * The newest that was to be seen before the comment was written. What came to be shown in the same second, later, or nobody knows when, is
 * nothing that its author can have agreed to: webhooks come late and in any order, so that it may have been made since.
 */
export function lastShown(shown: readonly Shown[], before: string): Shown | null {
  const limit = Date.parse(before);
  let last: Shown | null = null;
  let newest = Number.NEGATIVE_INFINITY;
  for (const one of shown) {
    const at = one.at === null ? Number.NaN : Date.parse(one.at);
    if (!(at < limit) || at < newest) continue;
    last = one;
    newest = at;
  }
  return last;
}

/** What was noted of a plan that was shown in an answer; null where it does not read as that. */
export function readShown(body: unknown): Shown | null {
  if (typeof body !== 'object' || body === null) return null;
  const { where, head, version, tag, at, pull } = body as Record<string, unknown>;
  // Of a draft and of a release pull request GitHub itself says since when they look as they do.
  if (where !== 'plan' || typeof head !== 'string' || typeof version !== 'string' || typeof tag !== 'string' || typeof at !== 'string')
    return null;
  const { number, head: tip } = (typeof pull === 'object' && pull !== null ? pull : {}) as Record<string, unknown>;
  return {
    head,
    version,
    tag,
    where: 'plan',
    at,
    pull: typeof number === 'number' && typeof tip === 'string' ? { number, head: tip } : null,
  };
}
