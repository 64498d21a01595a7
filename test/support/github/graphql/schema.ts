// GitHub's published GraphQL schema, built once a worker and only when something asks over GraphQL.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSchema, type GraphQLSchema } from 'graphql';

let schema: GraphQLSchema | null = null;

export function githubSchema(): GraphQLSchema {
  if (!schema) {
    // The package exports its code only, which parses two more copies of the schema; its text lies beside that code.
    const file = new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema'));
    // The published text is valid; validating it again takes longer than a test.
    schema = buildSchema(readFileSync(fileURLToPath(file), 'utf8'), { assumeValid: true, assumeValidSDL: true });
  }
  return schema;
}
