// JSON Schema on demand: compiles one named schema at a time with ajv, after turning OpenAPI 3.0's `nullable` into what JSON Schema
// understands. Nothing is compiled before something asks, because GitHub's descriptions hold thousands of schemas.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

export type Schema = { readonly [key: string]: unknown };

/** Compiles schemas that refer to each other by `#/…/NAME`; only those that a validator reaches are handed to ajv. */
export class SchemaSet {
  readonly #ajv: Ajv;
  readonly #named: ReadonlyMap<string, Schema>;
  readonly #added = new Set<string>();
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(named: ReadonlyMap<string, Schema>, options: { readonly coerce?: boolean } = {}) {
    // GitHub's formats (`repo.nwo`, `timestamp`) that ajv does not know are ignored, as its own documentation does.
    this.#ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, logger: false, coerceTypes: options.coerce ?? false });
    (addFormats as unknown as (ajv: Ajv) => void)(this.#ajv);
    // GitHub writes an address that nobody gave as an empty text (a deployment status's `log_url`).
    const uri = this.#ajv.formats.uri as (text: string) => boolean;
    this.#ajv.addFormat('uri', (text) => text === '' || uri(text));
    // And an App's has brackets, which no format allows: `41898282+github-actions[bot]@users.noreply.github.com`.
    const email = this.#ajv.formats.email as RegExp;
    this.#ajv.addFormat('email', (text) => email.test(text.replace('[bot]@', '@')));
    this.#named = named;
  }

  /** Every way in which `value` breaks `schema`, in words; empty when it keeps it. `key` names the schema for the cache. */
  problems(key: string, schema: Schema, value: unknown): string[] {
    let validate = this.#compiled.get(key);
    if (!validate) {
      this.#addReferred(schema);
      validate = this.#ajv.compile(schema);
      this.#compiled.set(key, validate);
    }
    return validate(value) ? [] : describeErrors(validate.errors ?? [], value);
  }

  #addReferred(schema: Schema): void {
    for (const name of referredNames(schema)) {
      if (this.#added.has(name)) continue;
      this.#added.add(name);
      const target = this.#named.get(name);
      if (!target) throw new Error(`The description refers to the schema ${name}, which it does not hold.`);
      this.#ajv.addSchema(target, name);
      this.#addReferred(target);
    }
  }
}

/** `$ref: '#/components/schemas/x'` becomes `$ref: 'x'`; `nullable` becomes an alternative; prose goes; `open`: unlisted fields are fine. */
export function toJsonSchema(value: unknown, open = false): unknown {
  if (Array.isArray(value)) return value.map((part) => toJsonSchema(part, open));
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, unknown> = {};
  const source = value as Record<string, unknown>;
  for (const [key, part] of Object.entries(source)) {
    if (key === 'description' || key === 'example' || key === 'examples' || key === 'title' || key === 'nullable') continue;
    if (key.startsWith('x-') || key === 'externalDocs' || key === 'deprecated' || key === 'readOnly' || key === 'discriminator') continue;
    if (key === 'tsAdditionalProperties' || key === '$schema' || key === '$id') continue;
    // GitHub's alternatives overlap (a plain error is also a rule violation), so any of them will do.
    if (key === 'oneOf') out.anyOf = toJsonSchema(part, open);
    else if (key === '$ref') out[key] = String(part).slice(String(part).lastIndexOf('/') + 1);
    else if (key === 'properties' || key === 'patternProperties' || key === 'definitions') {
      out[key] = Object.fromEntries(Object.entries(part as object).map(([name, schema]) => [name, toJsonSchema(schema, open)]));
    } else if (key === 'enum' || key === 'const' || key === 'default' || key === 'required') out[key] = part;
    else if (!(open && key === 'additionalProperties' && part === false)) out[key] = toJsonSchema(part, open);
  }
  return source.nullable === true ? makeNullable(out) : out;
}

function makeNullable(schema: Record<string, unknown>): Record<string, unknown> {
  const simple = typeof schema.type === 'string' && !('anyOf' in schema || 'allOf' in schema || '$ref' in schema);
  if (!simple) return { anyOf: [schema, { type: 'null' }] };
  const values = schema.enum;
  return {
    ...schema,
    type: [schema.type, 'null'],
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
  };
}

function* referredNames(value: unknown): Generator<string> {
  if (Array.isArray(value)) for (const part of value) yield* referredNames(part);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      if (key === '$ref' && typeof part === 'string') yield part;
      else yield* referredNames(part);
    }
  }
}

function describeErrors(errors: readonly ErrorObject[], value: unknown): string[] {
  const words = errors.map((error) => {
    const extra = error.keyword === 'additionalProperties' ? ` (${String(error.params.additionalProperty)})` : '';
    const allowed = error.keyword === 'enum' ? ` (${JSON.stringify(error.params.allowedValues)})` : '';
    return `${error.instancePath || '/'} ${error.message ?? 'is wrong'}${extra}${allowed}; got ${shown(at(value, error.instancePath))}`;
  });
  return [...new Set(words)].slice(0, 8);
}

function at(value: unknown, pointer: string): unknown {
  let here: unknown = value;
  for (const part of pointer.split('/').slice(1)) {
    here = (here as Record<string, unknown> | null | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return here;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
