// The words of the policy's schema: how a key says what it is, and the shapes of text that several keys share.

import * as z from 'zod/mini';

/** What is told about a key. `default` is what holds without it, as the file would say it. */
export interface About {
  readonly description?: string;
  /** A word for the shape of a text: duration, tag. */
  readonly title?: string;
  /** The name of a part that is used in several places, under which the JSON Schema has it once. */
  readonly id?: string;
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
  ABOUT.add(schema, { ...ABOUT.get(schema), description, examples });
  return schema;
}

// A message continues what was written where it begins with "is": `"24" is not a duration…`; else it stands alone.

/** A text that is not empty. */
export const text = (says: string) => z.string(says).check(z.minLength(1, 'must not be empty'));

/** A text of a certain shape, which `title` names. */
export function shaped(pattern: RegExp, title: string, says: string) {
  const schema = z.string(says).check(z.regex(pattern, says));
  ABOUT.add(schema, { title });
  return schema;
}

/** A part that is used in several places. */
export function named<T extends z.core.$ZodType>(id: string, schema: T): T {
  ABOUT.add(schema, { id });
  return schema;
}

const ANYBODY = /^@[A-Za-z0-9][A-Za-z0-9_-]*(?:\/[A-Za-z0-9][A-Za-z0-9_.-]*)?$/;
/** Somebody on GitHub. The @ is required, so that a role is never taken for a person of that name. */
export const anybody = () =>
  shaped(ANYBODY, 'person or team', 'is nobody: write "@user" or "@organisation/team", in quotes because of the @');
