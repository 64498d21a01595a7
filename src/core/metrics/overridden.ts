// Which deployments a gate was overridden for: those of the commit that the override was about which came in under it.

import { instantOf } from '../gate/clock.ts';
import { courseOf, type DeploymentCourse } from './course.ts';

/** As the record tells of it. */
export interface OverrideSeen {
  readonly environment: string;
  readonly sha: string;
  /** ISO 8601. */
  readonly at: string;
  readonly until: string;
}

/** What an entry of the record tells of an override; null: it is about something else, or cannot be read. */
export function overrideIn(text: string): OverrideSeen | null {
  // Most entries are decisions, with all their facts: they need not be parsed.
  if (!text.includes('"what":"override"')) return null;
  let entry: Partial<Record<string, unknown>>;
  try {
    entry = JSON.parse(text) as Partial<Record<string, unknown>>;
  } catch {
    // Whoever checks the record tells of it.
    return null;
  }
  const { what, environment, sha, at, until } = entry;
  const isTold = typeof environment === 'string' && typeof sha === 'string' && typeof at === 'string' && typeof until === 'string';
  return what === 'override' && isTold ? { environment, sha, at, until } : null;
}

/** By id. A deployment that was there before the override, or was made after its time, owes it nothing. */
export function overriddenDeployments(
  overrides: readonly OverrideSeen[],
  environment: string,
  deployments: readonly DeploymentCourse[],
): ReadonlySet<number> {
  const here = overrides.filter((one) => one.environment.toLowerCase() === environment.toLowerCase());
  if (here.length === 0) return new Set();
  const made = new Map(deployments.map(({ id, createdAt }) => [id, instantOf(createdAt) ?? Number.POSITIVE_INFINITY]));
  const arrivals = courseOf(deployments).arrivals.filter(({ id, sha, at }) =>
    here.some((one) => one.sha === sha && at >= (instantOf(one.at) ?? Number.POSITIVE_INFINITY) && isWithin(made.get(id), one.until)),
  );
  return new Set(arrivals.map(({ id }) => id));
}

function isWithin(at: number | undefined, until: string): boolean {
  return at !== undefined && at <= (instantOf(until) ?? Number.NEGATIVE_INFINITY);
}
