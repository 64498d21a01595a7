// Facts of a gate as JSON, from a file or the record, checked before anybody decides by them: what is missing is a problem with its place,
// never taken for "none". Only what says nothing may be left out: a null, or a fact that nobody looked for.

import * as z from 'zod/mini';
import type { GateFacts } from './facts.ts';

export type ReadFacts =
  | { readonly facts: GateFacts; readonly problems: null }
  | { readonly facts: null; readonly problems: readonly string[] };

/** Never throws. Problems are half a line each: `checks.value[2].state: must be a text, and is 7`. */
export function readFacts(text: string): ReadFacts {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return { facts: null, problems: [`not JSON: ${(error as Error).message.slice(0, 200)}`] };
  }
  return checkFacts(value);
}

export function checkFacts(value: unknown): ReadFacts {
  const read = FACTS.safeParse(value);
  if (read.success) return { facts: read.data as GateFacts, problems: null };
  const problems = read.error.issues.flatMap((issue) => wordsOf(issue, value));
  const more = problems.length - MOST;
  return { facts: null, problems: more > 0 ? [...problems.slice(0, MOST), `and ${more} more`] : problems };
}

const MOST = 30;

const text = () => z.string('must be a text');
const name = () => text().check(z.minLength(1, 'must not be empty'));
const number = () => z.int('must be a whole number');
const flag = () => z.boolean('must be true or false');
const orNull = <T extends z.core.$ZodType>(inner: T) => z._default(z.nullable(inner), null);
const list = <T extends z.core.$ZodType>(of: T) => z.array(of, 'must be a list');
const map = <T extends z.core.$ZodShape>(shape: T) => z.strictObject(shape);

const observed = <T extends z.core.$ZodType>(value: T) =>
  z.exactOptional(z.discriminatedUnion('known', [map({ known: z.literal(true), value }), map({ known: z.literal(false), why: text() })]));

const account = () => map({ login: name(), id: number() });

const check = map({
  name: name(),
  kind: z.enum(['check', 'status']),
  app: orNull(text()),
  appId: orNull(number()),
  state: text(),
  id: orNull(number()),
  startedAt: orNull(text()),
  completedAt: orNull(text()),
  suite: orNull(number()),
});

const approval = map({
  by: account(),
  bot: flag(),
  state: text(),
  at: text(),
  sha: text(),
  reviewed: z.exactOptional(text()),
  environment: orNull(text()),
  source: text(),
  entitled: z.exactOptional(flag()),
  role: z.discriminatedUnion('known', [map({ known: z.literal(true), value: text() }), map({ known: z.literal(false), why: text() })]),
});

const deployment = map({
  id: number(),
  sha: text(),
  digest: orNull(text()),
  state: text(),
  createdAt: text(),
  succeededAt: z.exactOptional(z.nullable(text())),
  endedAt: z.exactOptional(z.nullable(text())),
  by: z.exactOptional(z.nullable(map({ login: name(), id: number(), app: orNull(text()) }))),
});

const FACTS = map({
  now: name(),
  environment: name(),
  sha: text().check(z.regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'must be the full SHA of a commit, in lower case')),
  digest: z.exactOptional(z.nullable(text())),
  run: z.exactOptional(z.nullable(map({ id: number(), attempt: number(), event: text(), initiators: orNull(list(account())) }))),
  release: observed(
    map({
      version: orNull(text()),
      tag: orNull(text()),
      kind: text(),
      occasion: orNull(text()),
      texts: list(map({ where: text(), text: text() })),
    }),
  ),
  checks: observed(list(check)),
  baseline: observed(z.nullable(map({ tag: text(), sha: text(), checks: list(check) }))),
  people: observed(
    map({
      authors: list(account()),
      coauthors: list(account()),
      committers: list(account()),
      pushers: orNull(list(account())),
      unattributed: list(map({ as: z.enum(['author', 'committer']), name: text() })),
    }),
  ),
  approvals: observed(list(approval)),
  teams: z.exactOptional(z.record(z.string(), observed(list(account())))),
  owners: observed(list(account())),
  deployments: z.exactOptional(z.record(z.string(), observed(list(deployment)))),
  holds: observed(list(map({ by: text(), reason: text(), at: text() }))),
  freezes: observed(list(map({ by: text(), reason: text(), at: text(), until: z.nullable(text()) }))),
  waivers: observed(
    list(map({ requirement: name(), by: text(), reason: text(), sha: text(), environment: text(), at: text(), until: text() })),
  ),
});

function wordsOf(issue: z.core.$ZodIssue, value: unknown): string[] {
  const path = issue.path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`),
    '',
  );
  const at = (says: string, where = path) => (where === '' ? says : `${where}: ${says}`);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => at('is no fact that is known here', path === '' ? key : `${path}.${key}`));
  const there = issue.path.reduce<unknown>(
    (inner, part) => (inner as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[part],
    value,
  );
  if (there === undefined) return [at('is missing')];
  if (issue.code === 'invalid_union') return [at('must be { "known": true, "value": … } or { "known": false, "why": "…" }')];
  if (issue.code === 'invalid_value') return [at(`must be ${issue.values.join(' or ')}, and is ${shown(there)}`)];
  if (issue.message === 'Invalid input') return [at(`must be a map, and is ${shown(there)}`)];
  return [at(`${issue.message}, and is ${shown(there)}`)];
}

function shown(value: unknown): string {
  return Array.isArray(value) ? 'a list' : typeof value === 'object' && value !== null ? 'a map' : JSON.stringify(value).slice(0, 60);
}
