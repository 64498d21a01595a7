// Holds one REST exchange against GitHub's OpenAPI description: the request that our side sent, and the answer that the world gave.
// A breach is a sentence; the world collects them and the test fails on any.
import { matchSegments } from '../route-table.ts';
import { type Description, githubDescription, type Operation } from './description.ts';
import { type Schema, SchemaSet } from './json-schema.ts';

export interface RestRequest {
  readonly method: string;
  /** Without query and without a base such as `/api/v3`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; undefined when there was no body or it was not JSON. */
  readonly body: unknown;
}

export interface RestResponse {
  readonly status: number;
  readonly contentType: string;
  /** Parsed JSON, or undefined when there was no JSON body. */
  readonly body: unknown;
}

export interface FoundOperation {
  readonly template: string;
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
}

let strict: SchemaSet | null = null;
let coercing: SchemaSet | null = null;
let routes: Map<string, { readonly template: string; readonly segments: readonly string[] }[]> | null = null;

/** The operation that GitHub documents for a path, or null. Literal segments win over parameters, as in GitHub's own routing. */
export function findOperation(method: string, path: string): FoundOperation | null {
  const description = githubDescription();
  routes ??= indexPaths(description);
  const segments = path.split('/').slice(1);
  let best: { found: FoundOperation; literals: number } | null = null;
  for (const { template, segments: pattern } of routes.get(segments[0] ?? '') ?? []) {
    const operation = description.paths[template]?.[method.toLowerCase()];
    if (!operation) continue;
    const params = matchSegments(pattern, segments);
    if (!params) continue;
    const literals = pattern.filter((part) => !part.includes('{')).length;
    if (!best || literals > best.literals) best = { found: { template, operation, params }, literals };
  }
  return best?.found ?? null;
}

export function requestProblems(request: RestRequest): string[] {
  const found = findOperation(request.method, request.path);
  const name = `${request.method.toUpperCase()} ${request.path}`;
  if (!found) return [`${name}: GitHub documents no such operation`];
  const { operation, template, params } = found;
  const key = `${request.method} ${template}`;
  const problems: string[] = [];
  const query = new Map([...request.query]);
  for (const parameter of operation.parameters) {
    const given =
      parameter.in === 'path'
        ? params[parameter.name]
        : parameter.in === 'query'
          ? query.get(parameter.name)
          : header(request, parameter.name);
    if (parameter.in === 'query') query.delete(parameter.name);
    if (given === undefined) {
      if (parameter.required && parameter.in !== 'header') problems.push(`the ${parameter.in} parameter ${parameter.name} is missing`);
      continue;
    }
    // Everything in a URL is text: coerced as GitHub does, in a wrapper because ajv coerces in place.
    const schema: Schema = { type: 'object', properties: { value: parameter.schema } };
    const wrong = schemas(true).problems(`${key} ${parameter.in} ${parameter.name}`, schema, { value: listIf(parameter.schema, given) });
    problems.push(...wrong.map((words) => `the ${parameter.in} parameter ${parameter.name}: ${words.replace('/value', '')}`));
  }
  for (const extra of query.keys()) problems.push(`the query parameter ${extra} is not documented`);
  problems.push(...bodyProblems(key, operation, request.body));
  return problems.map((words) => `${name}: request: ${words}`);
}

export function responseProblems(request: RestRequest, response: RestResponse): string[] {
  const found = findOperation(request.method, request.path);
  if (!found) return [];
  const documented = found.operation.responses[String(response.status)];
  const name = `${request.method.toUpperCase()} ${request.path} → ${response.status}`;
  if (!documented) {
    // GitHub answers with many error statuses that it does not document; a success that it does not document is ours.
    if (response.status >= 400 || response.status === 304) return [];
    return [`${name}: GitHub does not document this status`];
  }
  if (documented.json === null) {
    // An error without a described body still carries GitHub's `{message}` (recorded: 422 of a release asset that exists).
    if (response.body === undefined || documented.other || response.status >= 400) return [];
    return [`${name}: GitHub answers this without a JSON body`];
  }
  // Another media type was asked for and given (`application/vnd.github.raw`, `.diff`, `.sha`); its text is not JSON to be checked.
  if (response.body === undefined && response.contentType !== '' && !response.contentType.includes('json')) return [];
  if (response.body === undefined) return [`${name}: GitHub answers this with a JSON body`];
  const key = `${request.method} ${found.template} ${response.status}`;
  return schemas(false)
    .problems(key, documented.json, response.body)
    .map((words) => `${name}: response: ${words}`);
}

function bodyProblems(key: string, operation: Operation, body: unknown): string[] {
  if (operation.body === null) return body === undefined || operation.otherBody ? [] : ['this operation takes no JSON body'];
  if (body === undefined) return operation.body.required && !operation.otherBody ? ['the body is missing'] : [];
  const problems = schemas(false).problems(`${key} body`, operation.body.schema, body);
  // GitHub ignores unknown fields in silence, which turns a misspelt option into its default; a client of ours must not send them.
  const known = operation.body.schema.properties;
  const open = operation.body.schema.additionalProperties !== undefined || hasAlternatives(operation.body.schema);
  if (known && !open && typeof body === 'object' && body !== null && !Array.isArray(body)) {
    for (const field of Object.keys(body)) if (!(field in (known as object))) problems.push(`the body's field ${field} is not documented`);
  }
  return problems.map((words) => `body: ${words}`);
}

function hasAlternatives(schema: Schema): boolean {
  return 'oneOf' in schema || 'anyOf' in schema || 'allOf' in schema || '$ref' in schema;
}

function schemas(coerce: boolean): SchemaSet {
  const make = () => new SchemaSet(new Map(Object.entries(githubDescription().schemas)), { coerce });
  if (coerce) {
    coercing ??= make();
    return coercing;
  }
  strict ??= make();
  return strict;
}

function listIf(schema: Schema, given: string): unknown {
  return schema.type === 'array' ? given.split(',') : given;
}

function header(request: RestRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}

function indexPaths(description: Description): Map<string, { template: string; segments: readonly string[] }[]> {
  const index = new Map<string, { template: string; segments: readonly string[] }[]>();
  for (const template of Object.keys(description.paths)) {
    const segments = template.split('/').slice(1);
    const first = segments[0] ?? '';
    index.set(first, [...(index.get(first) ?? []), { template, segments }]);
  }
  return index;
}
