// Holds one webhook payload against the community's schemas of GitHub's events (`@octokit/webhooks-schemas`).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Schema, SchemaSet, toJsonSchema } from './json-schema.ts';

let known: { readonly set: SchemaSet; readonly names: ReadonlySet<string> } | null = null;

/** Why GitHub would not send this payload as this event; empty when it might. */
export function deliveryProblems(event: string, payload: unknown): string[] {
  const { set, names } = schemas();
  const action = (payload as { action?: unknown } | null)?.action;
  const name = [`${event}$${String(action)}`, `${event}$event`, `${event}_event`].find((one) => names.has(one));
  if (!name) return [`${event}: there is no such event`];
  const title = typeof action === 'string' ? `${event}.${action}` : event;
  if (name === `${event}_event` && typeof action === 'string' && [...names].some((one) => one.startsWith(`${event}$`))) {
    return [`${title}: the event has no such action`];
  }
  return set.problems(name, { $ref: name }, payload).map((words) => `webhook ${title}: ${words}`);
}

function schemas(): NonNullable<typeof known> {
  if (known) return known;
  const file = createRequire(import.meta.url).resolve('@octokit/webhooks-schemas/schema.json');
  const raw = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, unknown> };
  const named = new Map(Object.entries(raw.definitions).map(([name, schema]) => [name, toJsonSchema(schema) as Schema]));
  known = { set: new SchemaSet(named), names: new Set(named.keys()) };
  return known;
}
