// GitHub's published GraphQL schema, built once a worker and only when something asks over GraphQL.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSchema, type GraphQLSchema } from 'graphql';

const FILE = '@octokit/graphql-schema/schema.graphql';

let schema: GraphQLSchema | null = null;

export function githubSchema(): GraphQLSchema {
  if (!schema) {
    // The package exports its code only, which parses three more copies of the schema; its text is read past the exports.
    const folders = createRequire(import.meta.url).resolve.paths(FILE) ?? [];
    const file = folders.map((folder) => join(folder, FILE)).find((one) => existsSync(one));
    if (!file) throw new Error(`${FILE} is not installed; run npm install.`);
    // The published text is valid; validating it again takes longer than a test.
    schema = buildSchema(readFileSync(file, 'utf8'), { assumeValid: true, assumeValidSDL: true });
  }
  return schema;
}
