// GitHub's OpenAPI description, trimmed to what a check reads. Reading the 13 MB original takes seconds of a test worker's life, so
// the trimmed form is kept under node_modules/.cache and made anew whenever the package's version or this file's format changes.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Schema, toJsonSchema } from './json-schema.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly id: string;
  readonly parameters: readonly Parameter[];
  /** Null: the operation takes no body, or one that is not JSON (`otherBody`). */
  readonly body: { readonly schema: Schema; readonly required: boolean } | null;
  readonly otherBody: boolean;
  /** By status. `json` null: this status has no JSON body; `other`: it may have one of another media type. */
  readonly responses: Readonly<Record<string, { readonly json: Schema | null; readonly other: boolean }>>;
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

const FORMAT = 5;
let loaded: Description | null = null;

export function githubDescription(): Description {
  loaded ??= readTrimmed();
  return loaded;
}

function readTrimmed(): Description {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@octokit/openapi/package.json'));
  const version = (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
  const cache = join(dirname(dirname(folder)), '.cache', 'shiplock', `github-openapi-${version}-${FORMAT}.json`);
  try {
    return JSON.parse(readFileSync(cache, 'utf8')) as Description;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const trimmed = trim(JSON.parse(readFileSync(join(folder, 'generated', 'api.github.com.json'), 'utf8')) as Raw);
  mkdirSync(dirname(cache), { recursive: true });
  // Several workers may get here at once: each writes its own file and renames it into place.
  const mine = `${cache}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(mine, JSON.stringify(trimmed));
  renameSync(mine, cache);
  return trimmed;
}

type Raw = {
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, unknown>; parameters: Record<string, RawParameter>; responses: Record<string, RawResponse> };
};
type RawParameter = { $ref?: string; name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: unknown };
type RawContent = { content?: Record<string, { schema?: unknown }> };
type RawResponse = RawContent & { $ref?: string };
type RawOperation = {
  operationId: string;
  parameters?: RawParameter[];
  requestBody?: RawContent & { required?: boolean };
  responses: Record<string, RawResponse>;
};

function trim(raw: Raw): Description {
  const methods = new Set(['get', 'put', 'post', 'delete', 'patch', 'head']);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const [path, operations] of Object.entries(raw.paths)) {
    paths[path] = Object.fromEntries(
      Object.entries(operations).flatMap(([method, operation]) => (methods.has(method) ? [[method, trimOperation(raw, operation)]] : [])),
    );
  }
  const schemas = Object.fromEntries(
    Object.entries(raw.components.schemas).map(([name, schema]) => [name, toJsonSchema(schema) as Schema]),
  );
  correct(paths, schemas);
  return { paths, schemas };
}

/** Where the description is known to be wrong about GitHub; each would reject what GitHub really sends. */
function correct(paths: Record<string, Record<string, Operation>>, schemas: Record<string, Schema>): void {
  // A label without a description has null (as `label` itself says).
  (schemas['pull-request-simple'] as AnySchema).properties.labels.items.properties.description = { type: ['string', 'null'] };
  // An installation's account is a user or an enterprise; only here the description asks for both at once.
  const installations: AnySchema = paths['/app/installations']?.get?.responses['200']?.json;
  const [both] = installations.items.properties.account.anyOf;
  both.anyOf = both.allOf;
  delete both.allOf;
}

// biome-ignore lint/suspicious/noExplicitAny: corrections reach deep into schemas.
type AnySchema = any;

function trimOperation(raw: Raw, operation: RawOperation): Operation {
  const named = <T extends { $ref?: string }>(part: T, from: Record<string, T>): T =>
    part.$ref ? (from[part.$ref.slice(part.$ref.lastIndexOf('/') + 1)] as T) : part;
  const json = (part: RawContent): unknown => part.content?.['application/json']?.schema;
  const others = (part: RawContent): boolean => Object.keys(part.content ?? {}).some((type) => type !== 'application/json');
  const body = operation.requestBody ? json(operation.requestBody) : undefined;
  return {
    id: operation.operationId,
    parameters: (operation.parameters ?? [])
      .map((one) => named(one, raw.components.parameters))
      .map((one) => ({ name: one.name, in: one.in, required: one.required === true, schema: toJsonSchema(one.schema) as Schema })),
    body: body === undefined ? null : { schema: toJsonSchema(body) as Schema, required: operation.requestBody?.required === true },
    otherBody: operation.requestBody !== undefined && others(operation.requestBody),
    responses: Object.fromEntries(
      Object.entries(operation.responses).map(([status, part]) => {
        const response = named(part, raw.components.responses);
        const schema = json(response);
        return [status, { json: schema === undefined ? null : (toJsonSchema(schema) as Schema), other: others(response) }];
      }),
    ),
  };
}
