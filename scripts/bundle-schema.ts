// GitHub's GraphQL schema for the demo's simulated GitHub, as text inside its file of dist/: without descriptions and directives, which only
// people read, a quarter of it is left.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { type ASTNode, parse, print, stripIgnoredCharacters, visit } from 'graphql';

export function schemaInside(root: string): Plugin {
  return {
    name: 'schema-inside',
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]graphql[\\/]schema-text\.ts$/ }, async () => {
        const text = await readFile(join(root, 'node_modules/@octokit/graphql-schema/schema.graphql'), 'utf8');
        return { contents: `export const schemaText = () => ${JSON.stringify(withoutWords(text))};`, loader: 'js' };
      });
    },
  };
}

function withoutWords(schema: string): string {
  const bare = visit(parse(schema, { noLocation: true }), {
    enter: (node: ASTNode) => ({ ...node, ...('description' in node ? { description: undefined } : {}), ...bareOf(node) }),
  });
  return stripIgnoredCharacters(print(bare));
}

function bareOf(node: ASTNode): object {
  return 'directives' in node ? { directives: [] } : {};
}
