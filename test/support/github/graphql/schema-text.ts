// The text of GitHub's published GraphQL schema. A bundle has it inside, without what only people read (scripts/bundle-plugins.ts).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export function schemaText(): string {
  // The package exports its code only, which parses two more copies of the schema; its text lies beside that code.
  return readFileSync(fileURLToPath(new URL('schema.graphql', import.meta.resolve('@octokit/graphql-schema'))), 'utf8');
}
