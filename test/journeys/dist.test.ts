// dist/ is what people run, from a clone or as the Action, with nothing installed: it is what the sources build, holds only packages under
// permissive licences, runs alone under the oldest Node promised, and loads for a plan no more than a plan needs.
import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, bundle, ENTRIES, LICENCES, staleness, staticClosure, writeBundle } from '../../scripts/bundle.ts';

const ROOT = join(import.meta.dirname, '../..');
const PERMISSIVE = ['MIT', 'Apache-2.0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

let built: Bundle;
const made: string[] = [];
const makeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'shiplock-dist-'));
  made.push(folder);
  return folder;
};

beforeAll(async () => {
  built = await bundle(ROOT);
});
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** The Node that a user of this machine has: the first on PATH that no package brought. Its version tells what a run has shown. */
function systemNode(): { readonly path: string; readonly version: string } {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    if (folder === '' || folder.includes('node_modules') || !existsSync(path)) continue;
    const { stdout, status } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    if (status === 0) return { path, version: stdout.trim() };
  }
  return { path: process.execPath, version: process.version };
}

const node = systemNode();
if (!/^v20\./.test(node.version)) console.warn(`dist/ is run with Node ${node.version}: this machine has no Node 20, the oldest promised.`);

/** Runs a copy of dist/ that lies alone in a folder: neither the project's package.json nor node_modules beside it. */
function runAlone(args: readonly string[], { cwd = makeFolder(), env = {} }: { cwd?: string; env?: Record<string, string> } = {}) {
  const alone = makeFolder();
  cpSync(join(ROOT, 'dist'), join(alone, 'dist'), { recursive: true });
  const { PATH = '' } = process.env;
  const result = spawnSync(node.path, [join(alone, 'dist/cli.js'), ...args], { cwd, env: { PATH, ...env }, encoding: 'utf8', input: '' });
  return { ...result, alone };
}

describe('dist/', () => {
  it('is what the sources build (else: npm run build, and commit)', async () => {
    expect(await staleness(join(ROOT, 'dist'), built)).toEqual([]);
  });

  it('comes out the same twice', async () => {
    expect((await bundle(ROOT)).files).toEqual(built.files);
  });

  it('knows nothing of the machine that built it', () => {
    for (const [path, contents] of built.files) expect(Buffer.from(contents).includes(ROOT), path).toBe(false);
  });

  it('asks for nothing that Node does not bring', () => {
    for (const { imports } of Object.values(built.metafile.outputs)) {
      const outside = imports.filter(({ external, path }) => external === true && !path.startsWith('node:'));
      expect(outside).toEqual([]);
    }
  });

  it('carries the licence of each package in it, and only permissive ones', () => {
    const text = Buffer.from(built.files.get(LICENCES) ?? []).toString();
    for (const { name, version, licence } of built.packages) {
      expect(PERMISSIVE, `${name}@${version}`).toContain(licence);
      expect(text).toContain(`${name} ${version} (${licence})`);
    }
    const inside = Object.values(built.metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
    expect(built.packages.length > 0).toBe(inside.some((path) => path.includes('node_modules/')));
  });
});

describe('the freshness check', () => {
  it.each([
    [
      'a changed file',
      (folder: string) => appendFileSync(join(folder, 'cli.js'), '\n'),
      ['dist/cli.js differs from what the sources build'],
    ],
    ['a missing file', (folder: string) => rmSync(join(folder, 'cli.js')), ['dist/cli.js is missing']],
    [
      'a file left over',
      (folder: string) => writeFileSync(join(folder, 'old.js'), ''),
      ['dist/old.js is left over: the sources no longer build it'],
    ],
    ['a CLI that cannot be run', (folder: string) => chmodSync(join(folder, 'cli.js'), 0o644), ['dist/cli.js is not executable']],
    ['no dist/ at all', (folder: string) => rmSync(folder, { recursive: true }), ['dist/chunks/a.js is missing', 'dist/cli.js is missing']],
  ])('catches %s', async (_, spoil, says) => {
    const small: Bundle = {
      files: new Map([
        ['cli.js', Buffer.from('#!/usr/bin/env node\n')],
        ['chunks/a.js', Buffer.from('export {};\n')],
      ]),
      packages: [],
      metafile: { inputs: {}, outputs: {} },
    };
    const folder = join(makeFolder(), 'dist');
    await writeBundle(folder, small);
    expect(await staleness(folder, small)).toEqual([]);
    spoil(folder);
    expect(await staleness(folder, small)).toEqual(says);
  });
});

describe('the command line', () => {
  const exists = existsSync(join(ROOT, ENTRIES.cli ?? ''));

  it(`runs alone under Node ${node.version}`, ({ skip }) => {
    skip(!exists, 'src/cli.ts is not there yet');
    const { stdout, stderr, status } = runAlone(['--help']);
    expect(stderr).toBe('');
    expect(stdout).toContain('plan');
    expect(status).toBe(0);
  });

  it('says the version of package.json', ({ skip }) => {
    skip(!exists, 'src/cli.ts is not there yet');
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(runAlone(['--version']).stdout.trim()).toBe(version);
  });

  it('loads for a plan neither the parser of arguments nor those of policies', ({ skip }) => {
    skip(!exists, 'src/cli.ts is not there yet');
    const clone = makeRepository();
    const traces = makeFolder();
    const { alone, status, stderr, stdout } = runAlone(['plan', '--json'], {
      cwd: clone,
      env: { NODE_V8_COVERAGE: traces, NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'feature' });

    const loaded = loadedFiles(traces, alone);
    expect(loaded).toContain('dist/cli.js');
    const sources = loaded.flatMap((file) => Object.keys(outputs()[file]?.inputs ?? {}));
    expect(sources.filter((path) => /node_modules\/(commander|yaml|zod)\//.test(path))).toEqual([]);
    expect(loaded.reduce((sum, file) => sum + (outputs()[file]?.bytes ?? 0), 0)).toBeLessThan(200_000);
  });
});

describe('the Action', () => {
  it('starts with less than 700 KB of code', ({ skip }) => {
    skip(!existsSync(join(ROOT, ENTRIES.action ?? '')), 'src/action.ts is not there yet');
    const loaded = staticClosure(built.metafile, 'dist/action.js');
    expect(loaded.reduce((sum, file) => sum + (outputs()[file]?.bytes ?? 0), 0)).toBeLessThan(700_000);
  });
});

const outputs = () => built.metafile.outputs;

function makeRepository(): string {
  const folder = makeFolder();
  const git = (...args: string[]) => {
    const { status, stderr } = spawnSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  };
  git('init', '-q', '-b', 'main');
  git('commit', '-q', '--allow-empty', '-m', 'fix: begin');
  git('tag', 'v1.0.0');
  git('commit', '-q', '--allow-empty', '-m', 'feat: open the gate');
  return folder;
}

/** Which files of dist/ a process loaded: V8 lists in its coverage each script that it ran. */
function loadedFiles(traces: string, alone: string): readonly string[] {
  const urls = readdirSync(traces).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(traces, name), 'utf8')) as { result: readonly { url: string }[] };
    return result.map(({ url }) => url);
  });
  const files = urls.filter((url) => url.startsWith('file:')).map((url) => fileURLToPath(url));
  return [...new Set(files.filter((file) => file.startsWith(join(alone, 'dist/'))).map((file) => file.slice(alone.length + 1)))];
}
