// The rooms of src/ keep to themselves because tools reject what crosses a wall. A guard is proven by what it catches: each case plants
// one violation in a small project with this project's own configuration and runs the real tool, which must reject exactly that,
// and must pass, having looked at the same files, once the violation is gone.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** A project laid out like this one, in which every import is allowed. */
const CLEAN: Readonly<Record<string, string>> = {
  'package.json': '{ "type": "module" }\n',
  'src/core/version.ts': `export type Version = string;\nexport const first: Version = '0.1.0';\n`,
  'src/core/plan.ts': `import { first, type Version } from './version.ts';\nexport const plan: Version = first;\n`,
  'src/flows/ports.ts': `import type { Version } from '../core/version.ts';\nexport interface Clone {\n  tags(): Promise<readonly Version[]>;\n}\n`,
  'src/flows/plan.ts': `import { plan } from '../core/plan.ts';\nimport type { Clone } from './ports.ts';\nexport const planRelease = async (clone: Clone) => [plan, ...(await clone.tags())];\n`,
  'src/flows/notes.ts': `export const notes = 'none';\n`,
  'src/flows/gate/decide.ts': `import { plan } from '../../core/plan.ts';\nimport { notes } from '../notes.ts';\nexport const decide = () => [plan, notes];\n`,
  'src/git/clone.ts': `import { readFile } from 'node:fs/promises';\nimport type { Version } from '../core/version.ts';\nimport type { Clone } from '../flows/ports.ts';\nexport const clone: Clone = { tags: async (): Promise<readonly Version[]> => [await readFile('HEAD', 'utf8')] };\n`,
  'src/github/repository.ts': `import type { Version } from '../core/version.ts';\nexport const latest = (): Version => '1.0.0';\n`,
  'src/cli.ts': `import { planRelease } from './flows/plan.ts';\nimport { clone } from './git/clone.ts';\nconsole.log(await planRelease(clone));\n`,
};

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function makeProject(configuration: readonly string[], files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-boundaries-'));
  made.push(folder);
  for (const name of configuration) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeInto(folder, name, text);
  return folder;
}

function writeInto(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function run(folder: string, tool: string, ...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr, error } = spawnSync(join(ROOT, 'node_modules/.bin', tool), args, { cwd: folder, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}

interface Violation {
  readonly what: string;
  readonly file: string;
  /** Lines added to the file of the clean project. */
  readonly planted: string;
  /** What the tool must name: its rule, or the words of its message. */
  readonly caught: string | RegExp;
}

const IMPORTS: readonly Violation[] = [
  ...['../flows/plan.ts', '../git/clone.ts', '../github/repository.ts', '../store/inbox.ts', '../board/page.ts', '../cli.ts'].map(
    (room): Violation => ({
      what: `core imports ${room}`,
      file: 'src/core/plan.ts',
      planted: `import * as other from '${room}';\nexport const x = other;`,
      caught: 'src/core knows nobody',
    }),
  ),
  ...['node:fs', 'node:fs/promises', 'fs', '@octokit/rest'].map(
    (from): Violation => ({
      what: `core imports ${from}`,
      file: 'src/core/plan.ts',
      planted: `import * as other from '${from}';\nexport const x = other;`,
      caught: 'src/core knows nobody',
    }),
  ),
  {
    what: 'core loads an adapter late',
    file: 'src/core/plan.ts',
    planted: `export const late = async () => import('../git/clone.ts');`,
    caught: 'src/core knows nobody',
  },
  {
    what: 'core passes on what another room exports',
    file: 'src/core/plan.ts',
    planted: `export { notes } from '../flows/notes.ts';`,
    caught: 'src/core knows nobody',
  },
  ...['../git/clone.ts', '../github/repository.ts', '../cli.ts', 'node:fs', 'yaml'].map(
    (from): Violation => ({
      what: `a flow imports ${from}`,
      file: 'src/flows/plan.ts',
      planted: `import * as other from '${from}';\nexport const x = other;`,
      caught: 'A flow knows src/core, the ports and its fellow',
    }),
  ),
  ...['../../git/clone.ts', '../../github/repository.ts', '../../cli.ts', 'node:fs', 'yaml'].map(
    (from): Violation => ({
      what: `a flow in a room of its own imports ${from}`,
      file: 'src/flows/gate/decide.ts',
      planted: `import * as other from '${from}';\nexport const x = other;`,
      caught: 'A flow knows src/core, the ports and its fellow',
    }),
  ),
  ...['../flows/notes.ts', '../github/repository.ts', '../cli.ts'].map(
    (from): Violation => ({
      what: `an adapter imports ${from}`,
      file: 'src/git/clone.ts',
      planted: `import * as other from '${from}';\nexport const x = other;`,
      caught: "An adapter knows core's types and flows/ports.ts",
    }),
  ),
  ...[
    `import { first } from '../core/version.ts';\nexport const x = first;`,
    `import { first, type Version as V } from '../core/version.ts';\nexport const x: V = first;`,
    `import * as version from '../core/version.ts';\nexport const x = version.first;`,
    `export { first } from '../core/version.ts';`,
    `export const late = async () => import('../core/version.ts');`,
  ].map(
    (planted): Violation => ({
      what: `an adapter asks core to decide: ${planted.split('\n')[0]}`,
      file: 'src/git/clone.ts',
      planted,
      caught: "An adapter takes core's types only",
    }),
  ),
  {
    what: 'two files import each other',
    file: 'src/core/version.ts',
    planted: `import { plan } from './plan.ts';\nexport const next = () => plan;`,
    caught: 'noImportCycles',
  },
];

const CLOCKS: readonly Violation[] = [
  'Date.now()',
  'new Date()',
  'new Date(0)',
  "new Date('2026-01-01')",
  'Date()',
  'Math.random()',
  'Date.now',
  "Date['now']()",
  "Math['random']()",
  'globalThis.Date',
].map((expression) => ({
  what: `core uses ${expression}`,
  file: 'src/core/plan.ts',
  planted: `export const x = ${expression};`,
  caught: 'src/core decides from what it is given',
}));

const HABITS: readonly Violation[] = [
  {
    what: 'a promise is left alone',
    file: 'src/flows/plan.ts',
    planted: `export function start(clone: Clone): void {\n  planRelease(clone);\n}`,
    caught: 'noFloatingPromises',
  },
  {
    what: 'a switch forgets a case',
    file: 'src/core/plan.ts',
    planted: `export function answer(verdict: 'met' | 'unmet'): string {\n  switch (verdict) {\n    case 'met':\n      return 'open';\n  }\n  return '';\n}`,
    caught: 'useExhaustiveSwitchCases',
  },
  {
    what: 'a barrel hands on a whole file',
    file: 'src/core/plan.ts',
    planted: `export * from './version.ts';`,
    caught: /noReExportAll|noBarrelFile/,
  },
  {
    what: 'an error is swallowed',
    file: 'src/core/plan.ts',
    planted: `export function read(): void {\n  try {\n    JSON.parse('{');\n  } catch {}\n}`,
    caught: 'noEmptyBlockStatements',
  },
  {
    what: 'a test is skipped',
    file: 'test/core/plan.test.ts',
    planted: `import { it } from 'vitest';\nit.skip('plans', () => undefined);`,
    caught: 'noSkippedTests',
  },
];

describe('biome', () => {
  const lint = (folder: string) => run(folder, 'biome', 'lint', '--error-on-warnings', '--colors=off');

  it.each([...IMPORTS, ...CLOCKS, ...HABITS])('rejects it when $what', ({ file, planted, caught }) => {
    const clean = { 'test/core/plan.test.ts': 'export {};\n', ...CLEAN };
    const folder = makeProject(['biome.json', 'lint'], clean);
    writeInto(folder, file, `${clean[file as keyof typeof clean]}${planted}\n`);
    const rejected = lint(folder);
    expect(rejected.output).toMatch(caught);
    expect(rejected.output).toContain(`${file}:`);
    expect(rejected.status).toBe(1);

    writeInto(folder, file, clean[file as keyof typeof clean]);
    const passed = lint(folder);
    expect(passed.output).toContain(`Checked ${Object.keys(clean).length + 3} files`);
    expect(passed.status).toBe(0);
  });

  it('leaves the clock and the dice to the other rooms', () => {
    const folder = makeProject(['biome.json', 'lint'], { ...CLEAN, 'test/a.test.ts': 'export {};\n' });
    writeInto(folder, 'src/cli.ts', `${CLEAN['src/cli.ts']}console.log(Date.now(), new Date(), Math.random());\n`);
    expect(lint(folder).status).toBe(0);
  });
});

describe('the compiler, given src/core alone,', () => {
  const compile = (folder: string) => run(folder, 'tsc', '-p', 'src/core/tsconfig.json', '--listFiles', '--pretty', 'false');

  it.each([
    ['process', 'export const x = process.env;', 'TS2591'],
    ['console', `export const x = () => console.log('x');`, 'TS2584'],
    ['fetch', `export const x = fetch('https://example.com');`, 'TS2304'],
    ['a timer', 'export const x = setTimeout(() => undefined, 1);', 'TS2304'],
    ['Buffer', `export const x = Buffer.from('x');`, 'TS2591'],
    ['URL', `export const x = new URL('https://example.com');`, 'TS2304'],
    ['crypto', 'export const x = crypto.randomUUID();', 'TS2304'],
    ['performance', 'export const x = performance.now();', 'TS2304'],
    ['require', `export const x = require('node:fs');`, 'TS2591'],
    ['a module of Node', `import { readFile } from 'node:fs/promises';\nexport const x = readFile;`, /TS2591|TS2307/],
    ['a file of another room', `import { notes } from '../flows/notes.ts';\nexport const x = notes;`, 'TS6059'],
    ['a type of another room', `export type X = import('../flows/ports.ts').Clone;`, 'TS6059'],
  ])('rejects %s', (_, planted, caught) => {
    const folder = makeProject(['tsconfig.json', 'src/core/tsconfig.json'], CLEAN);
    // Node's types lie beside the project as they do here: what keeps them out must be the configuration.
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeInto(folder, 'src/core/plan.ts', `${CLEAN['src/core/plan.ts']}${planted}\n`);
    const rejected = compile(folder);
    expect(rejected.output).toMatch(caught);
    expect(rejected.status).not.toBe(0);

    writeInto(folder, 'src/core/plan.ts', CLEAN['src/core/plan.ts'] ?? '');
    const passed = compile(folder);
    expect(passed.output).toContain('src/core/plan.ts');
    expect(passed.output).not.toContain('error TS');
    expect(passed.status).toBe(0);
  });
});

describe('knip', () => {
  const knip = (folder: string) => run(folder, 'knip', '--no-progress', '--no-config-hints');
  const manifest = JSON.stringify({ name: 'planted', type: 'module', dependencies: {} });
  const makeKnipProject = () => {
    const folder = makeProject(['knip.json', 'tsconfig.json'], {
      'package.json': manifest,
      'src/cli.ts': `import { used } from './core/used.ts';\nconsole.log(used);\n`,
      'src/core/used.ts': 'export const used = 1;\n',
    });
    return folder;
  };

  it.each([
    ['a file nobody imports', 'src/core/orphan.ts', 'export const orphan = 1;\n', 'Unused files'],
    ['an export nobody imports', 'src/core/used.ts', 'export const used = 1;\nexport const spare = 2;\n', 'spare'],
    ['a type nobody imports', 'src/core/used.ts', 'export const used = 1;\nexport type Spare = string;\n', 'Spare'],
    [
      'a package that is not declared',
      'src/core/used.ts',
      `import yaml from 'yaml';\nexport const used = yaml;\n`,
      'Unlisted dependencies',
    ],
    ['a declared package nobody imports', 'package.json', manifest.replace('{}', '{"yaml":"2.9.1"}'), 'Unused dependencies'],
  ])('rejects %s', (_, file, text, caught) => {
    const folder = makeKnipProject();
    const passed = knip(folder);
    expect(passed.output.trim()).toBe('');
    expect(passed.status).toBe(0);

    writeInto(folder, file, text);
    const rejected = knip(folder);
    expect(rejected.output).toContain(caught);
    expect(rejected.status).toBe(1);
  });
});
