// The words of the policy's schema: how a key says what it is, and the shapes of text that several keys share.

import * as z from 'zod/mini';

/** What is told about a key. `default` is what holds without it, as the file would say it. */
export interface About {
  readonly description: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

/** What is told about each key: its schema → its description. */
export const ABOUT = z.registry<About>();

/** An optional key and what is told about it. */
export function key<T extends z.core.$ZodType>(
  schema: T,
  description: string,
  rest: Omit<About, 'description'> = {},
): z.ZodMiniOptional<T> {
  const optional = z.optional(schema);
  ABOUT.add(optional, { description, ...rest });
  return optional;
}

/** A key without which its map means nothing. */
export function needed<T extends z.core.$ZodType>(schema: T, description: string, examples: readonly unknown[]): T {
  ABOUT.add(schema, { description, examples });
  return schema;
}

// A message continues what was written: `"24"` is not a duration…
export const text = (says: string) => z.string(says).check(z.minLength(1, 'must not be empty'));
export const shaped = (pattern: RegExp, says: string) => z.string(says).check(z.regex(pattern, says));

const ANYBODY = /^@[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9][A-Za-z0-9_.-]*)?$/;
/** Somebody on GitHub. The @ is required, so that a role is never taken for a person of that name. */
export const anybody = () => shaped(ANYBODY, 'is nobody: write "@user" or "@organisation/team", in quotes because of the @');
