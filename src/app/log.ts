// The App's log: a JSON object a line, and the one place that decides what may stand in it. No token, secret, key or payload does, whoever
// hands it over: values are taken out by the names of their fields, by their look, and by being a secret that this process knows.

import { type DestinationStream, destination, type Logger, pino } from 'pino';
import { withoutTokens } from '../github/problem.ts';
import type { Level } from './settings.ts';

export type Log = Logger;

export interface LogOptions {
  readonly level: Level;
  /** Standard output where absent, written at once: the last line before an end is the one that counts. */
  readonly to?: DestinationStream;
}

export function makeLog(options: LogOptions): { readonly log: Log; readonly hide: (secret: string) => void } {
  const secrets = new Set<string>();
  const clean = cleaner(secrets);
  const log = pino(
    {
      level: options.level,
      base: { name: 'shiplock' },
      // Errors are plain by then: pino's own serializer would call them all `Object`.
      serializers: { err: (value: unknown) => value },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((one) => clean(one, 0)) as Parameters<typeof method>);
        },
      },
    },
    options.to ?? destination({ fd: 1, sync: true }),
  );
  // Anything shorter would take words apart.
  const hide = (secret: string) => void (secret.length >= 6 && secrets.add(secret));
  return { log, hide };
}

/** Fields whose values are nobody's business, in any spelling. */
const PRIVATE =
  /token|secret|password|passwd|private.?key|^pem$|authorization|cookie|signature|^payload$|^body$|^event$|databaseurl|connectionstring/i;
const DEPTH = 4;
const ITEMS = 50;
const LENGTH = 4_000;

type Clean = (value: unknown, depth: number) => unknown;

function cleaner(secrets: ReadonlySet<string>): Clean {
  const text = (raw: string) => {
    let kept = raw.length > LENGTH ? `${raw.slice(0, LENGTH)}…` : raw;
    for (const secret of secrets) kept = kept.replaceAll(secret, '[hidden]');
    return withoutTokens(kept)
      .replace(/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g, '[hidden]')
      .replace(/\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g, '[hidden]')
      .replace(/(\w{1,20}:\/\/[^\s:/@]{0,200}):[^\s@]{1,200}@/g, '$1:[hidden]@');
  };
  const clean: Clean = (value, depth) => {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value;
    if (value instanceof Error) return depth === 0 ? { err: told(value, clean, depth) } : told(value, clean, depth);
    if (depth >= DEPTH || ArrayBuffer.isView(value)) return '[left out]';
    if (Array.isArray(value)) return value.slice(0, ITEMS).map((one) => clean(one, depth + 1));
    const entries = Object.entries(value).slice(0, ITEMS);
    return Object.fromEntries(
      entries.map(([name, one]) => [name, PRIVATE.test(name) && one !== null ? '[hidden]' : clean(one, depth + 1)]),
    );
  };
  return clean;
}

/** Of an error what helps to find it: Octokit's carry the whole request, with its headers, which is left behind. */
function told(error: Error, clean: Clean, depth: number): object {
  const { code, kind, status } = error as { code?: unknown; kind?: unknown; status?: unknown };
  const more = Object.entries({ code, kind, status }).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const causes = error instanceof AggregateError ? error.errors.slice(0, 5) : [];
  return {
    type: error.name,
    message: clean(error.message, depth + 1),
    ...Object.fromEntries(more),
    stack: clean(error.stack ?? '', depth + 1),
    ...(error.cause instanceof Error && depth < DEPTH ? { cause: told(error.cause, clean, depth + 1) } : {}),
    ...(causes.length > 0 && depth < DEPTH ? { errors: causes.map((one) => clean(one, depth + 1)) } : {}),
  };
}
