// Holds one webhook payload against the community's schemas of GitHub's events (`@octokit/webhooks-schemas`).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Schema, SchemaSet, toJsonSchema } from './json-schema.ts';

interface Known {
  readonly set: SchemaSet;
  readonly names: ReadonlySet<string>;
}

const known: { strict?: Known; open?: Known } = {};

/**
 * Why GitHub would not send this payload as this event; empty when it might. `open` lets fields through that the schemas do not list:
 * what GitHub sends has more of them than anybody wrote down.
 */
export function deliveryProblems(event: string, payload: unknown, options: { readonly open?: boolean } = {}): string[] {
  const { set, names } = schemas(options.open ? 'open' : 'strict');
  const action = (payload as { action?: unknown } | null)?.action;
  const name = [`${event}$${String(action)}`, `${event}$event`, `${event}_event`].find((one) => names.has(one));
  if (!name) return [`${event}: there is no such event`];
  const title = typeof action === 'string' ? `${event}.${action}` : event;
  if (name === `${event}_event` && typeof action === 'string' && [...names].some((one) => one.startsWith(`${event}$`))) {
    return [`${title}: the event has no such action`];
  }
  return set.problems(name, { $ref: name }, payload).map((words) => `webhook ${title}: ${words}`);
}

function schemas(kind: 'strict' | 'open'): Known {
  const before = known[kind];
  if (before) return before;
  const require = createRequire(import.meta.url);
  const file = require.resolve('@octokit/webhooks-schemas/schema.json');
  const raw = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, unknown> };
  const named = new Map(Object.entries(raw.definitions).map(([name, schema]) => [name, toJsonSchema(schema, kind === 'open') as Schema]));
  // An App's events end in the year of the list here, which lacks `deployment_protection_rule` though it knows the event itself.
  const events = named.get('installation')?.properties as { events: { items: { enum?: unknown } } };
  delete events.events.items.enum;
  // A run waits at a gate in REST's description, and in the events of deployments it is older than gates.
  letWait(named.get('deployment-workflow-run'));
  // REST's check suites may be skipped.
  for (const schema of named.values()) letSkip(schema);
  const made = { set: new SchemaSet(named), names: new Set(named.keys()) };
  known[kind] = made;
  return made;
}

function letWait(run: Schema | undefined): void {
  const { status } = (run?.properties ?? {}) as { status?: { enum?: string[] } };
  status?.enum?.push('waiting');
}

function letSkip(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { enum: words } = schema as { enum?: unknown };
  if (Array.isArray(words) && words.includes('timed_out') && words.includes('stale') && !words.includes('skipped')) words.push('skipped');
  for (const part of Object.values(schema)) letSkip(part);
}
