// `shiplock demo` as a newcomer runs it, from the bundle: the story comes about as it is told, its record is verified by the commands that
// anybody has, and afterwards the prompt takes what a newcomer types. Nothing is left behind.
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, writeBundle } from '../../scripts/bundle.ts';
import { widthOf } from '../../src/demo/wrap.ts';

const ROOT = join(import.meta.dirname, '../..');
const NODE = join(ROOT, 'node_modules/.bin/node');
const PATIENCE_MS = 90_000;

const folder = mkdtempSync(join(tmpdir(), 'shiplock-demo-test-'));
const cli = join(folder, 'dist/cli.js');
beforeAll(async () => {
  await writeBundle(join(folder, 'dist'), await bundle(ROOT));
  copyFileSync(join(ROOT, 'app.yml'), join(folder, 'app.yml'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
  /** What it left in the folder for temporary files. */
  readonly left: readonly string[];
}

async function run(args: readonly string[], typed = ''): Promise<Ran> {
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const env = { PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1', TMPDIR: temporary };
  const child = spawn(NODE, [cli, 'demo', ...args], { cwd: temporary, env, stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.end(typed);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { out, err, code, left: readdirSync(temporary) };
}

describe('shiplock demo --script', () => {
  const keep = join(folder, 'kept');
  let told: Ran;
  beforeAll(async () => {
    told = await run(['--script', '--keep', keep]);
  }, PATIENCE_MS);

  it('ends well by itself', () => {
    expect({ code: told.code, err: told.err }).toEqual({ code: 0, err: '' });
  });

  it('tells of each step, and of what Shiplock answered', () => {
    const steps = [
      'maintenance · patch → 1.3.2',
      'Disputed: a person must say what it is',
      '/classify feature',
      'keeps one draft release: v1.4.0',
      '/release publish is for those with the maintain role',
      'v1.4.0 is published',
      '/deploy qa',
      'The gate of qa waits',
      'regression / api ended as failure',
      'The gate of qa is open',
      'is in qa',
      'is on its way to production',
      'The gate of production waits: 2 of 5 not met',
      'would not count',
      'still needs approval by one more person',
      'soak 24h',
      'The gate of production is open',
      'is in production',
      '/rollback production',
      'production goes back from v1.4.0',
      'approval: Needs approval by one person',
      'production is back at v1.3.1',
      'production is held now',
      'Look back: rollback of production',
      'sound  record of acme/harbour',
    ];
    let at = 0;
    for (const step of steps) {
      const found = told.out.indexOf(step, at);
      expect(found, `${step} is told in its turn`).toBeGreaterThanOrEqual(0);
      at = found;
    }
  });

  it('is readable at 100 columns, and without colours where no terminal is', () => {
    const lines = told.out.split('\n');
    const wide = lines.filter((line) => widthOf(line) > 100 && !line.startsWith('    '));
    expect(wide).toEqual([]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(told.out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('keeps the record, which is sound to whoever checks it elsewhere', () => {
    const file = join(keep, 'record.jsonl');
    const verified = spawnSync(NODE, [cli, 'verify', file, '--json'], { encoding: 'utf8' });
    expect(JSON.parse(verified.stdout)).toMatchObject({ sound: true, decisions: { qa: { approve: 1 }, production: { approve: 2 } } });
    const record = readFileSync(file, 'utf8');
    for (const what of ['deploy', 'approve', 'gate', 'deployment', 'rollback', 'hold', 'review'])
      expect(record).toContain(`"what":"${what}"`);
    const spoiled = join(folder, 'spoiled.jsonl');
    writeFileSync(spoiled, record.replace('"wait"', '"approve"'));
    expect(readFileSync(spoiled, 'utf8')).not.toBe(record);
    expect(spawnSync(NODE, [cli, 'verify', spoiled]).status).toBe(1);
  });

  it('gives up nothing, and logs no failure', () => {
    const log = readFileSync(join(keep, 'app.log'), 'utf8');
    const levels = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string });
    expect(levels.filter(({ level }) => level !== 'info' && level !== 'debug')).toEqual([]);
  });

  it('leaves nothing behind', () => {
    expect(told.left.filter((name) => name.startsWith('shiplock-'))).toEqual([]);
  });

  it('writes over nothing that is there', async () => {
    const again = await run(['--script', '--keep', keep]);
    expect(again.code).toBe(2);
    expect(again.err).toContain('name a folder that is empty');
  });
});

describe('the prompt after the story', () => {
  it(
    'takes what a newcomer types as one of the people, and shows what Shiplock says',
    async () => {
      const typed = [
        'status',
        'as ben: /hold qa the crane is broken',
        '/why qa',
        'open fix: mend the crane',
        'merge #999',
        'as zoe: hello',
        'mrege #5',
        'clock +2h',
        'quit',
        'open nothing after that',
      ];
      const { out, err, code, left } = await run([], `${typed.join('\n')}\n`);
      const turn = out.slice(out.indexOf('Your turn'));
      expect(turn).toMatch(/production\s+v1\.3\.1/);
      expect(turn).toContain('qa is held');
      expect(turn).toContain('the crane is broken');
      expect(turn).toContain('maintenance · patch → 1.4.1');
      expect(turn).toContain('It is Wed 4 Mar');
      expect(turn).not.toContain('nothing after that');
      expect(err.trim().split('\n')).toEqual([
        'There is no #999 in acme/harbour.',
        'There is no zoe here. There are ada, ben, carol, dan, grace.',
        'That is none of what can be done here. Did you mean `merge`?',
      ]);
      expect({ code, left: left.filter((name) => name.startsWith('shiplock-')) }).toEqual({ code: 0, left: [] });
    },
    PATIENCE_MS,
  );
});

describe('with a Node that is too old', () => {
  const old = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((one) => one !== '' && !one.includes('node_modules'))
    .map((one) => join(one, 'node'))
    .find((path) => existsSync(path) && /^v(?:20|22)\./.test(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout));

  it(`says which it needs, and how to get it (${old ?? 'there is none on this machine'})`, ({ skip }) => {
    skip(old === undefined, 'this machine has no Node 20 or 22');
    const { status, stderr } = spawnSync(old ?? '', [cli, 'demo', '--script'], { encoding: 'utf8' });
    expect(stderr).toContain('needs Node 24');
    expect(stderr).toContain('npm ci && npm run demo');
    expect(status).toBe(2);
  });
});
