// What esbuild is taught for dist/: which imports lead to another file of it, and how to get at Node's own modules at the least cost.
import { readFile } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { Plugin } from 'esbuild';

/** An `import()` of a source that is a file of its own in dist/ becomes one of that file. `outputs`: source → file, both absolute. */
export function separateFiles(outputs: ReadonlyMap<string, string>, outdir: string): Plugin {
  return {
    name: 'separate-files',
    setup({ onResolve }) {
      onResolve({ filter: /^\.\.?\// }, ({ path, kind, resolveDir }) => {
        const output = kind === 'dynamic-import' ? outputs.get(resolve(resolveDir, path)) : undefined;
        return output === undefined ? undefined : { path: `./${relative(outdir, output).replaceAll(sep, '/')}`, external: true };
      });
    },
  };
}

/**
 * Our own `import … from 'node:…'` becomes `process.getBuiltinModule` (Node 20.16). The statement reads every export of a built-in module
 * to make it one of an ES module, and so loads what stands behind those that are lazy: 6 ms of a plan for three modules.
 */
export function ownImports(sources: string): Plugin {
  return {
    name: 'own-imports',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (!path.startsWith(sources)) return undefined;
        const text = await readFile(path, 'utf8');
        const contents = text.replace(NODE_IMPORT, (_, whole: string | undefined, names: string | undefined, module: string) => {
          const values = (names ?? '').split(',').map((name) => name.trim());
          const used = values.filter((name) => name !== '' && !name.startsWith('type ')).map((name) => name.replace(' as ', ': '));
          return `const ${whole ?? `{ ${used.join(', ')} }`} = process.getBuiltinModule('${module}');`;
        });
        return { contents, loader: 'ts' };
      });
    },
  };
}

const NODE_IMPORT = /^import (?!type )(?:\* as (\w+)|\{([^}]*)\}) from '(node:[\w/]+)';$/gm;

/**
 * A CommonJS package asks for Node's own modules by `require`, which is not there in an ES module. Answering it with
 * `process.getBuiltinModule` (Node 20.16) costs nothing where it is not asked, unlike a `createRequire` banner on every file.
 */
export const nodeRequires: Plugin = {
  name: 'node-requires',
  setup({ onResolve, onLoad, initialOptions }) {
    if (initialOptions.platform !== 'node') throw new Error('only a bundle for Node has built-in modules');
    onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind }) =>
      kind === 'require-call' && process.getBuiltinModule(path) !== undefined
        ? { path: path.replace(/^(node:)?/, 'node:'), namespace: 'builtin' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      loader: 'js',
    }));
  },
};

/** What a package would use where it is installed, and never is beside dist/: asking for it fails as if it were missing, which it is. */
export function absent(names: readonly string[]): Plugin {
  return {
    name: 'absent',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^[a-z-]+$/ }, ({ path }) => (names.includes(path) ? { path, namespace: 'absent' } : undefined));
      onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
        contents: `throw Object.assign(new Error(${JSON.stringify(`Cannot find module '${path}'`)}), { code: 'MODULE_NOT_FOUND' })`,
        loader: 'js',
      }));
    },
  };
}
