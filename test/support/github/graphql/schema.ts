// GitHub's published GraphQL schema, built once a worker and only when something asks over GraphQL.
import { buildSchema, type GraphQLSchema } from 'graphql';
import { schemaText } from './schema-text.ts';

let schema: GraphQLSchema | null = null;

export function githubSchema(): GraphQLSchema {
  // The published text is valid; validating it again takes longer than a test.
  schema ??= buildSchema(schemaText(), { assumeValid: true, assumeValidSDL: true });
  return schema;
}
