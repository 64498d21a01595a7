// Makes a repository of a given size with realistic Conventional Commits, the same one for the same seed: through `git fast-import`, so
// that 100,000 commits take seconds. It has no reverts, since fast-import tells no commit's id while it writes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export interface Shape {
  readonly commits: number;
  /** Release tags, spread evenly over the history up to `unreleased`; every second one is annotated. */
  readonly tags: number;
  /** Commits after the last tag. Their messages depend on the seed alone, so that repositories of any size end in the same range. */
  readonly unreleased: number;
  readonly seed: number;
}

const START = 1_500_000_000;
const TYPES: readonly (readonly [string, number])[] = [
  ['fix', 32],
  ['feat', 13],
  ['chore', 12],
  ['docs', 9],
  ['chore(deps)', 11],
  ['fix(deps)', 4],
  ['refactor', 7],
  ['test', 4],
  ['ci', 3],
  ['perf', 2],
  ['build', 2],
  ['', 1],
];
const SCOPES = ['cli', 'core', 'ssr', 'css', 'optimizer', 'html', 'worker', 'types', 'config', 'server', 'hmr', 'build', 'plugin-legacy'];
const WORDS =
  `add allow avoid cache correct drop emit ensure expose fail faster handle ignore improve keep load merge move normalise only parse
pass prefer prevent read recover reduce remove rename resolve respect restore return reuse run skip split stop support tolerate update use
validate wait warn watch write alias asset browser bundle chunk client command dependency directory entry environment error export file
flag function hook import index input locale manifest middleware module option order output package path pattern platform plugin port
preload proxy query request response route runtime schema script server source style symlink target template timeout token url value`.split(
    /\s+/,
  );
const NAMES = [
  'Ada Byron',
  'Jürgen Müller',
  'Zoë Ångström',
  '山田太郎',
  'Priya Nair',
  'Ole Ødegård',
  "Siobhán O'Neill",
  'renovate[bot]',
  'Kim',
  'Łukasz',
];

/** mulberry32: small, quick and the same everywhere. */
function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(random: () => number, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

function phrase(random: () => number, words: number): string {
  return Array.from({ length: words }, () => pick(random, WORDS)).join(' ');
}

function commitType(random: () => number): string {
  let left = random() * TYPES.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [type, weight] of TYPES) {
    left -= weight;
    if (left < 0) return type;
  }
  return 'fix';
}

/** One message, title to trailers: most have a pull request's number, a third a body, some a reference, a co-author or a breaking note. */
export function message(random: () => number, number: number): string {
  const type = commitType(random);
  const reference = random() < 0.85 ? ` (#${number})` : '';
  if (type.endsWith('(deps)')) {
    const version = `${Math.floor(random() * 9)}.${Math.floor(random() * 30)}.${Math.floor(random() * 9)}`;
    return `${type}: update dependency ${pick(random, WORDS)}-${pick(random, WORDS)} to v${version}${reference}\n`;
  }
  const breaking = type !== '' && random() < 0.008;
  const scope = type !== '' && random() < 0.55 ? `(${pick(random, SCOPES)})` : '';
  const head = type === '' ? '' : `${type}${scope}${breaking ? '!' : ''}: `;
  const paragraphs = [`${head}${phrase(random, 3 + Math.floor(random() * 7))}${reference}`];
  if (random() < 0.33) {
    const lines = Array.from({ length: 1 + Math.floor(random() * 8) }, () => phrase(random, 6 + Math.floor(random() * 6)));
    paragraphs.push(random() < 0.4 ? lines.map((line) => `* ${line}`).join('\n') : lines.join('\n'));
  }
  const trailers: string[] = [];
  if (breaking && random() < 0.5) trailers.push(`BREAKING CHANGE: ${phrase(random, 12)}`);
  if (random() < 0.15) trailers.push(`Closes #${1 + Math.floor(random() * number)}`);
  if (random() < 0.2) trailers.push(`Co-authored-by: ${pick(random, NAMES)} <${pick(random, WORDS)}@example.com>`);
  if (random() < 0.05) trailers.push(`Signed-off-by: ${pick(random, NAMES)} <${pick(random, WORDS)}@example.com>`);
  if (trailers.length > 0) paragraphs.push(trailers.join('\n'));
  return `${paragraphs.join('\n\n')}\n`;
}

/** `count` messages of the same make, for what reads messages and not repositories. */
export function messages(seed: number, count: number): string[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, (_, i) => message(random, i + 1));
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function* stream(shape: Shape): Generator<string> {
  const early = randomSource(shape.seed);
  const late = randomSource(shape.seed + 1);
  const released = shape.commits - shape.unreleased;
  let tagged = 0;
  for (let i = 0; i < shape.commits; i += 1) {
    const random = i < released ? early : late;
    // Pull request numbers of the unreleased range must not depend on the size, or its text would.
    const number = i < released ? i + 1 : 200_000 + i - released;
    const when = `${START + i * 900} +0000`;
    const name = pick(random, NAMES);
    const files = [
      `M 100644 inline packages/p${Math.floor(random() * 12)}/src/m${Math.floor(random() * 30)}.ts\n${data(`export const n = ${i};\n`)}`,
    ];
    if (i === 0) files.push(`M 100644 inline package.json\n${data('{ "name": "generated", "version": "1.0.0" }\n')}`);
    yield `commit refs/heads/main\nmark :${i + 1}\nauthor ${name} <${number % 97}@example.com> ${when}\ncommitter GitHub <noreply@github.com> ${when}\n${data(message(random, number))}${files.join('')}`;
    while (i < released && tagged < Math.floor(((i + 1) / released) * shape.tags)) {
      const version = `v${1 + Math.floor(tagged / 400)}.${Math.floor((tagged % 400) / 8)}.${tagged % 8}`;
      yield tagged % 2 === 0
        ? `reset refs/tags/${version}\nfrom :${i + 1}\n\n`
        : `tag ${version}\nfrom :${i + 1}\ntagger GitHub <noreply@github.com> ${when}\n${data(version)}`;
      tagged += 1;
    }
  }
}

async function feed(sink: Writable, parts: Iterable<string>): Promise<void> {
  let buffered = '';
  for (const part of parts) {
    buffered += part;
    if (buffered.length < 1 << 20) continue;
    if (!sink.write(buffered)) await once(sink, 'drain');
    buffered = '';
  }
  sink.end(buffered);
}

/** Fills an empty git repository at `directory` (already `git init`ed). */
export async function generateInto(directory: string, shape: Shape): Promise<void> {
  const git = spawn('git', ['-C', directory, 'fast-import', '--quiet', '--date-format=raw'], { stdio: ['pipe', 'inherit', 'inherit'] });
  const ended = once(git, 'close');
  await feed(git.stdin, stream(shape));
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with ${code} while generating ${directory}.`);
}
