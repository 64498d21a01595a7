// The one description of dist/: what is bundled, from which entry points, and how. Building it and proving it fresh both read this,
// and the result depends on nothing but the sources and package-lock.json: no clock, no absolute path, no trace of the machine.
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { absent, nodeRequires, ownImports, separateFiles } from './bundle-plugins.ts';
import { schemaInside } from './bundle-schema.ts';

/** Output name → entry point. An entry point that is not there yet is left out. */
export const ENTRIES: Readonly<Record<string, string>> = { cli: 'src/cli.ts', action: 'src/action.ts' };

/**
 * What is a file of its own in dist/chunks/, because it is loaded late or not at all. Everything else that an entry point imports, at once
 * or later, is in its file: Node takes longer to find and link a file than V8 to skip what a run does not use of a larger one.
 */
const SEPARATE: Readonly<Record<string, string>> = {
  // Apart from src/cli.ts, which asks for the compile cache: only what is loaded after that comes out of it.
  main: 'src/cli/main.ts',
  // With the parser of YAML and that of schemas, more code than all the rest, and most repositories have no policy.
  'policy-file': 'src/core/policy/file.ts',
  'policy-text': 'src/core/policy/text.ts',
  // Reads other tools' configurations, with the same parsers.
  import: 'src/cli/import.ts',
  // With Octokit: a plan of a checkout asks GitHub nothing.
  tasks: 'src/action/tasks.ts',
  // The App and its store, with Probot and the driver of PostgreSQL: as much again as all the rest, and for Node 24.
  app: 'src/app.ts',
  store: 'src/store/open.ts',
  // What speaks of gates and clocks, which few runs do: time zones, hashes, and some of it Octokit.
  gate: 'src/cli/gate.ts',
  verify: 'src/cli/verify.ts',
  record: 'src/cli/record.ts',
  inbox: 'src/cli/inbox.ts',
  'store-file': 'src/cli/store.ts',
  calendar: 'src/cli/calendar.ts',
  doctor: 'src/cli/doctor.ts',
  metrics: 'src/cli/metrics.ts',
  // The demo's story, and its simulated GitHub with GitHub's schema and a GraphQL engine: no other command needs either.
  demo: 'src/cli/demo.ts',
  github: 'src/demo/github.ts',
};

/** Of packages that ask for what is found at run time (Probot's log): they need a `require` of their own. */
const REQUIRING: readonly string[] = ['app', 'store'];
const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** Each of these share most of what they are made of. */
const TOGETHER: readonly (readonly string[])[] = [
  ['policy-file', 'policy-text', 'import'],
  ['gate', 'verify', 'record', 'inbox', 'store-file', 'calendar', 'doctor', 'metrics'],
];

export const LICENCES = 'THIRD_PARTY_LICENSES.txt';

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** The SPDX expression of its package.json. */
  readonly licence: string;
  readonly text: string;
}

export interface Bundle {
  /** Path inside dist/ → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly packages: readonly BundledPackage[];
  /** esbuild's account of what went where; its paths are relative to the project, outputs begin with `dist/`. */
  readonly metafile: Metafile;
}

/** Bundles the project in memory, exactly as dist/ should be. */
export async function bundle(root: string): Promise<Bundle> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const present = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(join(root, source))));
  const separate = present(SEPARATE);
  const outputs = new Map(Object.entries(separate).map(([name, source]) => [join(root, source), join(root, `dist/chunks/${name}.js`)]));
  const run = (entryPoints: Readonly<Record<string, string>>, outdir: string, splitting: boolean, requiring = false) =>
    build({
      absWorkingDir: root,
      entryPoints,
      outdir,
      chunkNames: '[name]-[hash]',
      bundle: true,
      splitting,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      mainFields: ['module', 'main'],
      minify: true,
      legalComments: 'none', // the whole licence of each bundled package stands in THIRD_PARTY_LICENSES.txt
      ...(requiring ? { banner: { js: REQUIRE } } : {}),
      define: { __SHIPLOCK_VERSION__: JSON.stringify(version) },
      plugins: [
        separateFiles(outputs, join(root, outdir)),
        ownImports(join(root, 'src')),
        nodeRequires,
        absent(['pg-native']),
        schemaInside(root),
      ],
      metafile: true,
      write: false,
      logLevel: 'silent', // a failure is thrown with all its messages; nothing else is worth a word
    });
  const groups = TOGETHER.map((names) => Object.fromEntries(Object.entries(separate).filter(([name]) => names.includes(name))));
  const alone = Object.entries(separate).filter(([name]) => !TOGETHER.flat().includes(name));
  const built = await Promise.all([
    ...groups.filter((group) => Object.keys(group).length > 0).map((group) => run(group, 'dist/chunks', true)),
    ...alone.map(([name, source]) => run({ [name]: source }, 'dist/chunks', false, REQUIRING.includes(name))),
    ...Object.entries(present(ENTRIES)).map(([name, source]) => run({ [name]: source }, 'dist', false)),
  ]);
  const metafile = joinMetafiles(built.map((one) => one.metafile));
  const prefix = join(root, 'dist/');
  // With it dist/ stands alone, wherever it is copied: the nearest package.json is what makes a .js file an ES module.
  const files = new Map<string, Uint8Array>([['package.json', Buffer.from('{ "type": "module" }\n')]]);
  for (const { path, contents } of built.flatMap((one) => one.outputFiles)) {
    files.set(path.slice(prefix.length).replaceAll('\\', '/'), contents);
  }

  for (const [path, contents] of files) {
    const text = Buffer.from(contents).toString();
    if (text.includes('Dynamic require of') && !text.startsWith('import{createRequire') && !text.startsWith(REQUIRE))
      throw new Error(`dist/${path} would call require(), which an ES module does not have: see scripts/bundle.ts`);
    if (path === 'cli.js' && !text.startsWith('#!')) files.set(path, Buffer.from(`#!/usr/bin/env node\n${text}`));
  }
  const packages = await bundledPackages(root, metafile);
  if (packages.length > 0) files.set(LICENCES, Buffer.from(licenceFile(packages)));
  return { files, packages, metafile };
}

/** Empties the folder and writes the bundle there. */
export async function writeBundle(into: string, { files }: Bundle): Promise<void> {
  await rm(into, { recursive: true, force: true });
  for (const [path, contents] of files) {
    const file = join(into, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, contents);
    if (path === 'cli.js') await chmod(file, 0o755);
  }
}

/** Where a folder differs from the bundle, a sentence a file; empty where it is the same byte by byte. */
export async function staleness(folder: string, { files }: Bundle): Promise<readonly string[]> {
  const found = existsSync(folder)
    ? (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => !entry.isDirectory())
    : [];
  const present = new Set(
    found.map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    ),
  );
  const says: string[] = [];
  for (const [path, contents] of files) {
    if (!present.has(path)) says.push(`dist/${path} is missing`);
    else if (!(await readFile(join(folder, path))).equals(contents)) says.push(`dist/${path} differs from what the sources build`);
    else if (path === 'cli.js' && ((await stat(join(folder, path))).mode & 0o111) === 0) says.push(`dist/${path} is not executable`);
  }
  for (const path of present) if (!files.has(path)) says.push(`dist/${path} is left over: the sources no longer build it`);
  return says.sort();
}

/**
 * Files that are loaded with an output at once, itself first: what a start costs before any `import()`.
 * Takes and returns names as the metafile has them (`dist/cli.js`).
 */
export function staticClosure(metafile: Metafile, output: string): readonly string[] {
  const seen = new Set([output]);
  for (const name of seen) {
    for (const { path, kind, external } of metafile.outputs[name]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) seen.add(path);
    }
  }
  return [...seen];
}

/** One account of several builds, in which an import of another build's output is an import like any other. */
function joinMetafiles(metafiles: readonly Metafile[]): Metafile {
  const joined: Metafile = { inputs: {}, outputs: {} };
  for (const { inputs, outputs } of metafiles) {
    Object.assign(joined.inputs, inputs);
    for (const [name, output] of Object.entries(outputs)) {
      const imports = output.imports.map((one) =>
        one.path.startsWith('./') && one.external === true ? { path: join(dirname(name), one.path), kind: one.kind } : one,
      );
      joined.outputs[name] = { ...output, imports };
    }
  }
  return joined;
}

async function bundledPackages(root: string, metafile: Metafile): Promise<readonly BundledPackage[]> {
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const packages = await Promise.all([...folders].map((folder) => describePackage(join(root, folder))));
  return packages.sort((one, other) => (`${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1));
}

async function describePackage(folder: string): Promise<BundledPackage> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string };
  const file = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying)/i.test(name)).sort()[0];
  const licence = manifest.license ?? 'UNKNOWN';
  return {
    name: manifest.name,
    version: manifest.version,
    licence,
    text:
      file === undefined
        ? `The package carries no licence text; its package.json says: ${licence}`
        : (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n').trim(),
  };
}

function licenceFile(packages: readonly BundledPackage[]): string {
  const line = '-'.repeat(80);
  const parts = packages.map(({ name, version, licence, text }) => `${line}\n${name} ${version} (${licence})\n${line}\n\n${text}\n`);
  return `Shiplock's dist/ contains code of the following packages.\n\n${parts.join('\n')}`;
}
