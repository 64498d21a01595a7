// GitHub's GraphQL schema for the demo's simulated GitHub, as text inside its file of dist/: without descriptions and directives, which only
// people read, a quarter of it is left.
import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { type ASTNode, parse, print, stripIgnoredCharacters, visit } from 'graphql';

export function schemaInside(root: string): Plugin {
  return {
    name: 'schema-inside',
    setup({ onLoad }) {
      // Imported as a file of its package, whose licence is then among those of dist/.
      onLoad({ filter: /[\\/]graphql[\\/]schema-text\.ts$/ }, () => {
        const contents = `import text from './${SCHEMA}'; export const schemaText = () => text;`;
        return { contents, loader: 'js', resolveDir: root };
      });
      onLoad({ filter: /\.graphql$/ }, async ({ path }) => ({ contents: withoutWords(await readFile(path, 'utf8')), loader: 'text' }));
    },
  };
}

const SCHEMA = 'node_modules/@octokit/graphql-schema/schema.graphql';

function withoutWords(schema: string): string {
  const bare = visit(parse(schema, { noLocation: true }), {
    enter: (node: ASTNode) => ({ ...node, ...('description' in node ? { description: undefined } : {}), ...bareOf(node) }),
  });
  return stripIgnoredCharacters(print(bare));
}

function bareOf(node: ASTNode): object {
  return 'directives' in node ? { directives: [] } : {};
}
