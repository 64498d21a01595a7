// The policy's schema as JSON Schema, for editors. Draft 7, the newest that the YAML language server reads in full.
import * as z from 'zod/mini';
import { POLICY_SCHEMA } from '../src/core/policy/schema.ts';
import { ABOUT } from '../src/core/policy/schema-words.ts';
import { SCHEMA_URL } from '../src/core/policy/text.ts';

/** As much of JSON Schema as the policy's uses. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly allOf?: readonly JsonSchema[];
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
}

export function policyJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(POLICY_SCHEMA, { target: 'draft-07', io: 'input', metadata: ABOUT }) as JsonSchema;
  return {
    $schema: $schema ?? 'http://json-schema.org/draft-07/schema#',
    $id: SCHEMA_URL,
    title: 'Shiplock policy',
    description: 'How Shiplock classifies, releases and gates a repository: .github/shiplock.yml. Every key is optional.',
    ...schema,
  };
}
